//! Writes the records kept on this computer in OONI's format. Contacts nobody.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use record::{Hour, Measurement, MeasurementId};

use crate::app::App;
use crate::spool::{Spool, Waiting};
use crate::stop::{Exit, Stop};
use crate::words::Value;

/// Writes the records whose ids begin with `wanted`, all where none is named, as OONI writes them.
///
/// One JSON text a line, the oldest first, each record once, be it kept to read or waiting to be
/// sent: into a file of its own in the folder `out`, or to stdout where `out` is `-`.
pub fn ooni(app: &App, out: &Path, wanted: &[String]) -> Result<Exit, Stop> {
    let shelves = shelves(app)?;
    let chosen = chosen(&shelves, wanted)?;
    let controls = Controls::open(app)?;
    let mut lines =
        Lines { shelves: &shelves, controls: &controls, chosen: chosen.iter(), damaged: 0 };
    let written = if out.as_os_str() == "-" {
        let all: Vec<Json> = lines.by_ref().collect::<Result<_, Stop>>()?;
        let text = all.iter().map(Json::to_string).collect::<Vec<_>>().join("\n");
        app.out.data("export", &json!({ "format": "ooni", "measurements": all }), &text)?;
        all.len()
    } else {
        let (path, count) = write_file(&mut lines, out)?;
        let file = path.display().to_string();
        let data = json!({ "format": "ooni", "file": file, "count": count });
        app.out.data("export", &data, &file)?;
        count
    };
    if lines.damaged > 0 {
        app.out.note("export-damaged", &[("count", Value::Count(lines.damaged))]);
    }
    app.out.note("export-done", &[("count", Value::Count(written))]);
    Ok(Exit::Done)
}

/// The folders that hold records.
fn shelves(app: &App) -> Result<Vec<Spool>, Stop> {
    Ok(app.records()?.into_iter().chain([app.spool()?]).collect())
}

/// Which records are meant, and on which shelf each lies: by time, then by name.
type Chosen = BTreeMap<(Hour, MeasurementId), (usize, Waiting)>;

fn chosen(shelves: &[Spool], wanted: &[String]) -> Result<Chosen, Stop> {
    let mut all = Chosen::new();
    for (shelf, spool) in shelves.iter().enumerate() {
        for waiting in spool.list()? {
            all.entry((waiting.hour, waiting.id)).or_insert((shelf, waiting));
        }
    }
    if all.is_empty() {
        return Err(Stop::new(Exit::Failed, "error-export-empty"));
    }
    if wanted.is_empty() {
        return Ok(all);
    }
    let mut chosen = Chosen::new();
    for start in wanted {
        let begins = |(_, id): &(Hour, MeasurementId)| id.to_string().starts_with(start.as_str());
        let mut found = all.iter().filter(|(key, _)| begins(key));
        match (found.next(), found.next()) {
            (Some((key, place)), None) => {
                chosen.insert(*key, place.clone());
            }
            (Some(_), Some(_)) => {
                return Err(Stop::new(Exit::Usage, "error-many-records").with("id", start));
            }
            (None, _) => {
                return Err(Stop::new(Exit::Failed, "error-unknown-record").with("id", start));
            }
        }
    }
    Ok(chosen)
}

/// The chosen records as OONI writes them, read one at a time.
struct Lines<'a, I> {
    shelves: &'a [Spool],
    controls: &'a Controls,
    chosen: I,
    /// Records that could not be read back.
    damaged: usize,
}

impl<'a, I: Iterator<Item = (&'a (Hour, MeasurementId), &'a (usize, Waiting))>> Iterator
    for Lines<'a, I>
{
    type Item = Result<Json, Stop>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (_, (shelf, waiting)) = self.chosen.next()?;
            let kept = match self.shelves.get(*shelf)?.read(waiting) {
                Ok(kept) => kept,
                Err(error) => return Some(Err(error.into())),
            };
            match kept.and_then(|kept| Measurement::decode(&kept.bytes).ok()) {
                Some(record) => {
                    let control = match self.controls.of(&record) {
                        Ok(control) => control,
                        Err(error) => return Some(Err(error)),
                    };
                    let seen = control.as_ref().map(|control| control.seen.as_slice());
                    return Some(Ok(ooni::write_with_control(&record, seen)));
                }
                None => self.damaged += 1,
            }
        }
    }
}

/// The controls' records that others were judged with, where any are kept.
struct Controls {
    folder: Option<Spool>,
    kept: BTreeMap<MeasurementId, Waiting>,
}

impl Controls {
    fn open(app: &App) -> Result<Self, Stop> {
        let folder = app.kept_controls()?;
        let list = folder.as_ref().map_or(Ok(Vec::new()), Spool::list)?;
        let kept = list.into_iter().map(|waiting| (waiting.id, waiting)).collect();
        Ok(Self { folder, kept })
    }

    /// Returns the one that `record` names; none where it was not kept or cannot be read back.
    fn of(&self, record: &Measurement) -> Result<Option<Measurement>, Stop> {
        let waiting = record.control.and_then(|id| self.kept.get(&id));
        let Some((folder, waiting)) = self.folder.as_ref().zip(waiting) else { return Ok(None) };
        Ok(folder.read(waiting)?.and_then(|kept| Measurement::decode(&kept.bytes).ok()))
    }
}

/// Writes a line each into a new file of `folder`, whole or not at all.
fn write_file(
    lines: &mut impl Iterator<Item = Result<Json, Stop>>,
    folder: &Path,
) -> Result<(PathBuf, usize), Stop> {
    let (path, part) = (folder.join(FILE), folder.join(format!("{FILE}.part")));
    let fails = |source: io::Error| {
        Stop::new(Exit::Failed, "error-export-write").with("path", path.display()).because(source)
    };
    fs::create_dir_all(folder).map_err(fails)?;
    if fs::symlink_metadata(&path).is_ok() {
        return Err(Stop::new(Exit::Usage, "error-export-exists").with("path", path.display()));
    }
    let mut file = BufWriter::new(private(&part).map_err(fails)?);
    let mut count = 0;
    for line in lines {
        writeln!(file, "{}", line?).map_err(fails)?;
        count += 1;
    }
    let file = file.into_inner().map_err(|error| fails(error.into_error()))?;
    file.sync_all().and_then(|()| fs::rename(&part, &path)).map_err(fails)?;
    Ok((path, count))
}

/// Makes a file that its owner alone may read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The file in the folder that the person names.
const FILE: &str = "qoljetim-ooni.jsonl";
