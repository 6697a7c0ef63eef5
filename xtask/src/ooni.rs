//! OONI's own library, made to read what this project writes in its format.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::counts::Counts;
use crate::{demo, shell};

/// Runs the stage alone.
pub(crate) fn run() -> Result<ExitCode> {
    let counts = read_by_its_own_tools(true)?.unwrap_or_default();
    shell::print(&counts.line());
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the golden cases in OONI's format and has OONI's own library load them and make its
/// observations of them; none where the library cannot be installed, unless it `must` be.
pub(crate) fn read_by_its_own_tools(must: bool) -> Result<Option<Counts>> {
    let folder = demo::target_folder()?.join("ooni-tools");
    let tools = match installed(&folder, must) {
        Ok(tools) => tools,
        Err(error) if !must => {
            shell::say(&format!("OONI's library: {error:#}"));
            return Ok(None);
        }
        Err(error) => return Err(error.context("installing OONI's library")),
    };
    let cases = shell::root().join("verdict").join("cases");
    let lines = folder.join("golden.jsonl");
    let mut write =
        shell::cargo(&["run", "--quiet", "-p", "ooni", "--example", "golden_cases", "--"]);
    write.arg(&cases);
    let (status, text) = shell::output(write)?;
    if !status.success() {
        bail!("writing the golden cases in OONI's format ended with {status}");
    }
    fs::write(&lines, text).context("keeping what was written in OONI's format")?;
    let mut counts = checked(tools.python("observations"), &cases, &lines)?;
    let mut newest = tools.python("loader");
    newest.env("PYTHONPATH", &tools.newest);
    counts.add(checked(newest, &cases, &lines)?);
    Ok(Some(counts))
}

/// Runs the check of one version of the library.
fn checked(mut python: Command, cases: &Path, lines: &Path) -> Result<Counts> {
    python.arg(cases).arg(lines);
    let (status, text) = shell::output(python)?;
    let counts = Counts::read(&text);
    if !status.success() {
        shell::print(text.trim_end());
    }
    if counts.passed + counts.failed == 0 || (!status.success() && counts.failed == 0) {
        bail!("OONI's library ended with {status} without saying what failed");
    }
    Ok(counts)
}

/// A virtual environment with the version that makes observations, and the newest one beside it.
struct Tools {
    environment: PathBuf,
    newest: PathBuf,
}

impl Tools {
    fn python(&self, mode: &str) -> Command {
        let program = self.environment.join("bin").join("python");
        let script = ["-W", "ignore", "ooni/tests/load.py", mode];
        shell::command(&program.to_string_lossy(), &script)
    }
}

/// Installs the versions that the lists beside the script name; what is there already is kept.
fn installed(folder: &Path, must: bool) -> Result<Tools> {
    let lists = shell::root().join("ooni").join("tests");
    let [requirements, newest] = ["requirements.txt", "newest.txt"].map(|name| lists.join(name));
    let wanted = [&requirements, &newest].map(fs::read_to_string);
    let wanted: String = wanted.into_iter().collect::<Result<_, _>>().context("reading lists")?;
    let tools = Tools { environment: folder.join("environment"), newest: folder.join("newest") };
    let mark = folder.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|there| there == wanted) {
        return Ok(tools);
    }
    if folder.exists() {
        fs::remove_dir_all(folder).context("removing what was installed before")?;
    }
    fs::create_dir_all(folder).context("making the folder of OONI's library")?;
    if must && !makes_environments() {
        shell::run(shell::command("apt-get", &["update", "--quiet"]))?;
        let mut install = shell::command("apt-get", &["install", "--yes", "--quiet"]);
        install.args(["python3", "python3-venv"]).env("DEBIAN_FRONTEND", "noninteractive");
        shell::run(install)?;
    }
    let mut make = shell::command("python3", &["-m", "venv"]);
    make.arg(&tools.environment);
    shell::run(make)?;
    shell::run(pip(&tools, &requirements))?;
    let mut beside = pip(&tools, &newest);
    beside.args(["--no-deps", "--target"]).arg(&tools.newest);
    shell::run(beside)?;
    fs::write(&mark, wanted).context("marking what was installed")?;
    Ok(tools)
}

/// Returns whether Python is there, with what Debian keeps apart from it.
fn makes_environments() -> bool {
    let mut probe = shell::command("python3", &["-c", "import ensurepip, venv"]);
    probe.stderr(Stdio::null());
    shell::status(&mut probe).is_ok_and(|status| status.success())
}

fn pip(tools: &Tools, list: &Path) -> Command {
    let program = tools.environment.join("bin").join("pip");
    let words = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"];
    let mut pip = shell::command(&program.to_string_lossy(), &words);
    pip.arg(list);
    pip
}
