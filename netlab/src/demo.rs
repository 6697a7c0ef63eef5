//! The demo: five invented providers, four of them with censors; real agents inside, a real
//! collector outside, and the lab's truth beside the grades that were reached.

mod compare;
mod door;
mod figures;
mod privacy;
mod rounds;
mod stage;
mod truth;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use crate::LabError;
use crate::lab::Lab;
use crate::netns::Space;
use crate::programs::{self, Programs, Project, Settings};

use compare::Comparison;
use figures::Figures;
use rounds::Volunteer;

/// How the demo is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// End after the comparison; do not serve.
    pub once: bool,
    /// Where the files are written.
    pub out: Option<PathBuf>,
    /// Volunteers in each provider's network.
    pub volunteers: u8,
    /// Rounds that each volunteer measures.
    pub rounds: u8,
}

/// Runs the demo in the lab's folder `dir`, and tells its progress through `say`. Returns whether
/// every cell agrees with the truth and no volunteer's address was found.
pub fn run(
    options: &Options,
    programs: &Programs,
    dir: &Path,
    door: Option<&TcpListener>,
    say: &dyn Fn(&str),
) -> Result<bool, LabError> {
    let began = Instant::now();
    let mut figures = Figures::default();
    let stage = stage::set(options.volunteers, dir)?;
    let settings = Settings { dir, lists: &stage.lists, roots: &stage.roots };
    let world = stage.lab.world().clone();
    let programs = rounds::at_the_same_hour_of_day(programs);
    say("starting the collector and two controls, which measure every site from outside");
    let mut project = Project::start(&world, &programs, &settings)?;
    let volunteers = rounds::enlist(&stage, &programs, &settings, &project.key)?;
    say(&format!("{} volunteers on {} providers measure", volunteers.len(), stage.providers.len()));
    let measuring = Instant::now();
    for round in 0..options.rounds {
        let measured = rounds::run(&volunteers, &programs, &mut figures)?;
        figures.measurements += measured;
        say(&format!("round {}: {measured} measurements, {} s", round + 1, seconds(measuring)));
    }
    figures.measured(figures.measurements, measuring.elapsed());

    let batches = volunteers.len() * usize::from(options.rounds);
    let settled = wait_until_settled(&mut project, &world, batches as u64)?;
    figures.see_collector(project.collector_id());
    let truth = truth::cells(&stage.providers, &stage.targets, stage::treatment);
    let mut comparison = compare::compare(&truth, &settled);
    comparison.addresses_found = searched(&project, dir, &volunteers)?;
    figures.ended(began.elapsed());
    say(&compare::table(&comparison));
    say(&format!(
        "{} cells agree with the truth, {} differ; {} files hold an address of a volunteer; {} s",
        comparison.agree,
        comparison.differ,
        comparison.addresses_found.len(),
        seconds(began)
    ));
    if let Some(out) = &options.out {
        write_files(out, &settled, &truth, &comparison, &figures)?;
    }
    if let Some(door) = door.filter(|_| !options.once) {
        let address = door.local_addr().map_err(LabError::failed("asking for the address"))?;
        say(&format!("serving http://{address}/"));
        door::keep_open(door, &world, programs::COLLECTOR.into())?;
    }
    Ok(comparison.differ == 0 && comparison.addresses_found.is_empty())
}

/// Builds the demo's lab with that many volunteers a provider, and starts no program.
pub fn lab(volunteers: u8, dir: &Path) -> Result<Lab, LabError> {
    stage::lab(volunteers, dir)
}

/// Waits until the collector has opened every batch and graded every cell, and returns the matrix.
fn wait_until_settled(
    project: &mut Project,
    world: &Space,
    batches: u64,
) -> Result<Value, LabError> {
    let settled = |health: &Value| {
        let number = |key: &str| health.get(key).and_then(Value::as_u64);
        let done = ["to_open", "to_judge", "to_grade"].iter().all(|key| number(key) == Some(0));
        done && number("batches") >= Some(batches)
    };
    project.wait_for(world, "/api/v1/health", settled)?;
    project.wait_for(world, "/api/v1/matrix", |_| true)
}

/// Searches the collector's folder and log.
fn searched(
    project: &Project,
    dir: &Path,
    volunteers: &[Volunteer],
) -> Result<Vec<String>, LabError> {
    let addresses = volunteers.iter().flat_map(|volunteer| volunteer.addresses.clone());
    let addresses: Vec<_> = addresses.collect();
    // The log is searched together with the folder.
    let log = project.data.join("searched.log");
    fs::copy(dir.join("collector.log"), &log).map_err(LabError::failed("copying the log"))?;
    let found = privacy::search(&project.data, &addresses);
    fs::remove_file(log).map_err(LabError::failed("removing the copied log"))?;
    found.map_err(LabError::failed("searching the collector's files"))
}

fn write_files(
    out: &Path,
    matrix: &Value,
    truth: &[truth::TrueCell],
    comparison: &Comparison,
    figures: &Figures,
) -> Result<(), LabError> {
    fs::create_dir_all(out).map_err(LabError::failed(format!("making {}", out.display())))?;
    write(out, "matrix.json", matrix)?;
    write(out, "truth.json", truth)?;
    write(out, "comparison.json", comparison)?;
    write(out, "figures.json", figures)
}

fn write(out: &Path, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), LabError> {
    let text = serde_json::to_vec_pretty(value).map_err(LabError::failed("writing JSON"))?;
    let path = out.join(name);
    fs::write(&path, text).map_err(LabError::failed(format!("writing {}", path.display())))
}

fn seconds(since: Instant) -> u64 {
    since.elapsed().saturating_sub(Duration::ZERO).as_secs()
}
