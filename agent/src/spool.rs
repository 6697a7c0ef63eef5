//! A bounded folder of records, written whole: those that wait to be sent, and those kept to read.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use record::{Hour, KeyText, Measurement, MeasurementId};

use crate::state::write_whole;

/// The folder.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
    limits: SpoolLimits,
    /// What lay there after the last record was put: thousands of files are not looked at for each
    /// one more. Whatever else changes the folder through this type clears it.
    known: Arc<Mutex<Option<BTreeSet<Waiting>>>>,
}

/// What may lie in it, and how long.
#[derive(Clone, Copy, Debug)]
pub struct SpoolLimits {
    /// Bytes of all records together.
    pub bytes: u64,
    /// Hours that a record stays at most.
    pub hours: u32,
}

/// One record in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waiting {
    /// When it was measured: the oldest come first.
    pub hour: Hour,
    /// Its name.
    pub id: MeasurementId,
    /// Its bytes on disk.
    pub bytes: u64,
}

/// A record that was read back.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its name.
    pub id: MeasurementId,
    /// The key that signs it.
    pub credential: KeyText,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
}

/// Why a record will never be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The collector will never take it.
    Rejected,
    /// It cannot be sent from here: its key is gone, or it is too large.
    Unsendable,
}

impl Spool {
    /// Opens the folder, and makes it where it is missing.
    pub fn open(folder: &Path, limits: SpoolLimits) -> Result<Self, SpoolError> {
        let spool = Self { folder: folder.to_owned(), limits, known: Arc::default() };
        fs::create_dir_all(folder).map_err(|source| spool.error(folder, source))?;
        Ok(spool)
    }

    /// Stores a record for good before it returns, and drops the oldest ones where there is no
    /// room. `free` is the free room on the disk in bytes, where it is known; at most 5 % of it is
    /// ever used. Returns how many were dropped.
    pub fn put(&self, record: &Measurement, free: Option<u64>) -> Result<usize, SpoolError> {
        let bytes = record.encode();
        let id = MeasurementId::of(&bytes);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out: where something goes wrong below, the folder is read anew the next time.
        let mut waiting = match known.take() {
            Some(waiting) => waiting,
            None => self.list()?.into_iter().collect(),
        };
        let used: u64 = waiting.iter().map(|waiting| waiting.bytes).sum();
        let share = free.map_or(u64::MAX, |free| free.saturating_add(used) / 20);
        let room = self.limits.bytes.min(share);
        let oldest = record.hour.0.saturating_sub(self.limits.hours);
        let (mut used, mut dropped) = (used + bytes.len() as u64, 0);
        while let Some(first) = waiting.pop_first() {
            if used <= room && first.hour.0 >= oldest {
                waiting.insert(first);
                break;
            }
            self.unlink(&first)?;
            used = used.saturating_sub(first.bytes);
            dropped += 1;
        }
        if used > room {
            return Err(SpoolError::NoRoom { room });
        }
        waiting.insert(self.write(record.hour, id, &bytes)?);
        *known = Some(waiting);
        Ok(dropped)
    }

    /// Stores a record for good in the place of `old`, which it tells more than; nothing else is dropped
    /// for it. Whoever is stopped in between has both, and none is lost.
    pub fn replace(&self, old: &Waiting, record: &Measurement) -> Result<(), SpoolError> {
        self.forget();
        let bytes = record.encode();
        self.write(record.hour, MeasurementId::of(&bytes), &bytes)?;
        self.unlink(old)
    }

    fn write(&self, hour: Hour, id: MeasurementId, bytes: &[u8]) -> Result<Waiting, SpoolError> {
        let path = self.folder.join(file_name(hour, id));
        let part = self.folder.join(format!("{id}.part"));
        write_whole(&path, &part, bytes).map_err(|source| self.error(&path, source))?;
        Ok(Waiting { hour, id, bytes: bytes.len() as u64 })
    }

    /// Removes what a crash left half-written. Only while nobody else writes here.
    pub fn sweep(&self) -> Result<(), SpoolError> {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|end| end == "part") && !path.is_dir() {
                fs::remove_file(&path).map_err(|source| self.error(&path, source))?;
            }
        }
        Ok(())
    }

    /// Lists what lies there, oldest first. Whatever is no record of ours is set aside.
    pub fn list(&self) -> Result<Vec<Waiting>, SpoolError> {
        let mut waiting = Vec::new();
        let entries =
            fs::read_dir(&self.folder).map_err(|source| self.error(&self.folder, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| self.error(&self.folder, source))?;
            let path = entry.path();
            // Not followed: a link here is nothing of ours.
            let Ok(about) = fs::symlink_metadata(&path) else { continue };
            let name = entry.file_name().into_string().ok().and_then(|name| parse_name(&name));
            let is_own = OWN_FOLDERS.map(|own| self.folder.join(own)).contains(&path);
            match name {
                Some((hour, id)) if about.is_file() => {
                    waiting.push(Waiting { hour, id, bytes: about.len() });
                }
                _ if about.is_dir() && is_own => {}
                // Perhaps being written right now by another run of the program.
                _ if about.is_file() && path.extension().is_some_and(|end| end == "part") => {}
                _ => self.set_aside(&path)?,
            }
        }
        waiting.sort();
        Ok(waiting)
    }

    /// Reads a record back; none where it is damaged, which sets it aside.
    pub fn read(&self, waiting: &Waiting) -> Result<Option<Kept>, SpoolError> {
        let path = self.path(waiting);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.error(&path, source)),
        };
        let whole = MeasurementId::of(&bytes) == waiting.id;
        match Measurement::decode(&bytes) {
            Ok(record) if whole => {
                Ok(Some(Kept { id: waiting.id, credential: record.credential, bytes }))
            }
            Ok(_) | Err(_) => {
                self.set_aside(&path)?;
                Ok(None)
            }
        }
    }

    /// Removes a record: only for a receipt that was verified, or for lack of room.
    pub fn remove(&self, waiting: &Waiting) -> Result<(), SpoolError> {
        self.forget();
        self.unlink(waiting)
    }

    /// Lets the folder be read anew.
    fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn unlink(&self, waiting: &Waiting) -> Result<(), SpoolError> {
        let path = self.path(waiting);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.error(&path, error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Moves a record that will never be sent again to `rejected/` or `unsendable/`, with the reason.
    pub fn end(&self, waiting: &Waiting, ended: Ended, reason: &str) -> Result<(), SpoolError> {
        self.forget();
        let folder = self.place(ended);
        fs::create_dir_all(&folder).map_err(|source| self.error(&folder, source))?;
        let (from, to) = (self.path(waiting), folder.join(format!("{}.json", waiting.id)));
        let note = to.with_extension("reason.txt");
        fs::write(&note, reason).map_err(|source| self.error(&note, source))?;
        fs::rename(&from, &to).map_err(|source| self.error(&from, source))
    }

    /// Counts the records that were moved to where `ended` says.
    pub fn count(&self, ended: Ended) -> usize {
        let entries = fs::read_dir(self.place(ended)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter(|name| name.ends_with(".json")).count()
    }

    /// Returns the folder of the records that will never be sent again.
    pub fn place(&self, ended: Ended) -> PathBuf {
        self.folder.join(match ended {
            Ended::Rejected => OWN_FOLDERS[1],
            Ended::Unsendable => OWN_FOLDERS[2],
        })
    }

    fn path(&self, waiting: &Waiting) -> PathBuf {
        self.folder.join(file_name(waiting.hour, waiting.id))
    }

    /// Sets a file aside that is no record: a `.part` of a crash, a damaged record, somebody's note.
    fn set_aside(&self, path: &Path) -> Result<(), SpoolError> {
        let name = path.file_name().unwrap_or_default();
        let folder = self.folder.join(OWN_FOLDERS[0]);
        let mut path = path.to_owned();
        if fs::symlink_metadata(&folder).is_ok_and(|about| !about.is_dir()) {
            // A file stands where the folder should: it makes room first.
            let moved = folder.with_extension("file");
            fs::rename(&folder, &moved).map_err(|source| self.error(&folder, source))?;
            if path == folder {
                path = moved;
            }
        }
        fs::create_dir_all(&folder).map_err(|source| self.error(&folder, source))?;
        let mut to = folder.join(name);
        let mut number = 0;
        while fs::symlink_metadata(&to).is_ok() {
            number += 1;
            let mut numbered = name.to_owned();
            numbered.push(format!(".{number}"));
            to = folder.join(numbered);
        }
        fs::rename(&path, &to).map_err(|source| self.error(&path, source))
    }

    fn error(&self, path: &Path, source: io::Error) -> SpoolError {
        let path = path.strip_prefix(&self.folder).unwrap_or(path).to_owned();
        SpoolError::Files { path, source }
    }
}

fn file_name(hour: Hour, id: MeasurementId) -> String {
    format!("{:08}-{id}.json", hour.0)
}

fn parse_name(name: &str) -> Option<(Hour, MeasurementId)> {
    let (hour, id) = name.strip_suffix(".json")?.split_once('-')?;
    let parsed = (Hour(hour.parse().ok()?), MeasurementId(id.parse().ok()?));
    // One spelling a record: what lies under another is not the file that `path` finds.
    (file_name(parsed.0, parsed.1) == name).then_some(parsed)
}

/// Why records could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// A file could not be used.
    #[error("cannot use {} in the spool", path.display())]
    Files {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// One record alone is more than may be used.
    #[error("the record does not fit: {room} bytes of the disk may be used")]
    NoRoom {
        /// What may be used.
        room: u64,
    },
}

const OWN_FOLDERS: [&str; 3] = ["aside", "rejected", "unsendable"];

#[cfg(test)]
#[path = "spool/tests.rs"]
mod tests;
