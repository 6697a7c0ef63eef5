//! Makes a data folder: settings, key, room for the database.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use record::KeyText;

use crate::Edge;
use crate::keys::{self, KeyError};
use crate::serve::KEY;

/// The settings' file in the data folder.
pub(crate) const CONFIG: &str = "collector.toml";

/// Makes the folder, readable by its owner only, with a fresh key and the sample's settings.
/// What is there already stays as it is; a folder that was made before gives its key again.
pub fn init(data: &Path, edge: &Edge) -> Result<KeyText, InitError> {
    let disk = |path: &Path| {
        let path = path.to_owned();
        move |source| InitError::Disk { path, source }
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(disk(data))?;
    let config = data.join(CONFIG);
    if !config.exists() {
        std::fs::write(&config, SAMPLE).map_err(disk(&config))?;
    }
    let path = data.join(KEY);
    let key =
        if path.exists() { keys::load(&path)? } else { keys::create(&path, (edge.random)())? };
    Ok(keys::public(&key))
}

/// Why a data folder could not be made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The disk did not take a file or folder.
    #[error("could not make {}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
    /// The key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

const SAMPLE: &str = include_str!("../collector.sample.toml");
