//! Keeps two programs from working in one data folder.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The right to work in a data folder. The system takes it back when the program ends, however it
/// ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "it is held, not used")] File);

/// Takes the folder, or says that another program has it.
pub(crate) fn take(data: &Path) -> Result<Lock, LockError> {
    let path = data.join("lock");
    let disk = |source| LockError::Disk { path: path.clone(), source };
    let file = File::options().create(true).append(true).open(&path).map_err(disk)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(LockError::Taken { data: data.to_owned() }),
        Err(TryLockError::Error(source)) => Err(disk(source)),
    }
}

/// Why the folder cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another program works in it.
    #[error("another collector works in {}: stop it first", data.display())]
    Taken {
        /// The folder.
        data: PathBuf,
    },
    /// The disk did not give the lock.
    #[error("could not lock {}", path.display())]
    Disk {
        /// The lock's file.
        path: PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
}
