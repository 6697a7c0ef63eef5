//! The state folder: where everything lies, and files that are written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The folder that holds settings, consent, keys, lists and records.
#[derive(Clone, Debug)]
pub struct State {
    dir: PathBuf,
}

impl State {
    /// Opens the folder and makes it where it is missing, readable to its owner alone.
    pub fn open(dir: &Path) -> Result<Self, StateError> {
        let state = Self { dir: dir.to_owned() };
        make_folder(dir)?;
        Ok(state)
    }

    /// Keeps every other run of the program out until the returned file is dropped; none where
    /// another one is at work.
    pub fn lock(&self) -> Result<Option<File>, StateError> {
        let path = self.path("lock");
        let locked = File::create(&path).and_then(|file| match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        });
        locked.map_err(|source| StateError::Write { path, source })
    }

    /// Returns the path of `name` in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Returns the folder `name` in the folder and makes it where it is missing.
    pub fn folder(&self, name: &str) -> Result<PathBuf, StateError> {
        let path = self.path(name);
        make_folder(&path)?;
        Ok(path)
    }

    /// Reads the text of `name`; none where there is no such file.
    pub fn read(&self, name: &str) -> Result<Option<String>, StateError> {
        let path = self.path(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StateError::Read { path, source }),
        }
    }

    /// Reads the JSON of `name`; none where there is no such file.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StateError> {
        let Some(text) = self.read(name)? else {
            return Ok(None);
        };
        let parsed = serde_json::from_str(&text);
        parsed.map(Some).map_err(|source| StateError::Parse { path: self.path(name), source })
    }

    /// Writes `name` whole or not at all, readable to its owner alone.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StateError> {
        let path = self.path(name);
        write_whole(&path, &self.path(&format!("{name}.part")), bytes)
            .map_err(|source| StateError::Write { path, source })
    }

    /// Adds `line` to the end of `name`, for good before it returns. A crash may leave half of it.
    pub fn append(&self, name: &str, line: &str) -> Result<(), StateError> {
        let path = self.path(name);
        let written = OpenOptions::new().append(true).open(&path).and_then(|mut file| {
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_data()
        });
        written.map_err(|source| StateError::Write { path, source })
    }

    /// Writes `value` as the JSON of `name`.
    pub fn write_json<T: Serialize>(&self, name: &str, value: &T) -> Result<(), StateError> {
        let text = serde_json::to_vec_pretty(value)
            .map_err(|source| StateError::Parse { path: self.path(name), source })?;
        self.write(name, &text)
    }

    /// Removes `name`, where it is there.
    pub fn remove(&self, name: &str) -> Result<(), StateError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(StateError::Write { path, source }),
        }
    }
}

/// Writes `part`, syncs it, renames it to `path` and syncs the folder: after a power cut there is
/// the old file, the new file, or besides them a `.part` that nobody reads.
pub fn write_whole(path: &Path, part: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(part, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn make_folder(path: &Path) -> Result<(), StateError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| StateError::Write { path: path.to_owned(), source })
}

/// Why the state folder could not be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{} is damaged", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(&dir.path().join("deep/state")).unwrap();

        state.write_json("a.json", &7).unwrap();

        assert_eq!(state.read_json::<u8>("a.json").unwrap(), Some(7));
        assert_eq!(state.read_json::<u8>("b.json").unwrap(), None);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&state.path("a.json")), 0o600);
        assert_eq!(mode(&state.path("")), 0o700);
    }

    #[test]
    fn one_run_at_a_time_has_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();

        let held = state.lock().unwrap();

        assert!(held.is_some() && state.lock().unwrap().is_none());
        drop(held);
        assert!(state.lock().unwrap().is_some());
    }

    #[test]
    fn a_damaged_file_is_said_to_be_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        state.write("a.json", b"{").unwrap();

        assert!(matches!(state.read_json::<u8>("a.json"), Err(StateError::Parse { .. })));
    }
}
