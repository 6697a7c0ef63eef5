//! What is wrong with a list: where, what, and what to do about it.

use std::path::PathBuf;

/// Why lists could not be read. The text is meant for the person who edited the file.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The disk did not give the file or folder.
    #[error("could not read {}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
    /// A file as a whole is wrong.
    #[error("{file}: {problem}; {advice}")]
    File {
        /// The file, relative to the lists' folder.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        advice: String,
    },
    /// One line of a file is wrong.
    #[error("{file}, line {line}: {problem}; {advice}")]
    Line {
        /// The file, relative to the lists' folder.
        file: String,
        /// The line, counted from 1, comments included.
        line: usize,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        advice: String,
    },
}

impl ListError {
    pub(crate) fn file(file: &str, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), problem: problem.into(), advice: advice.into() }
    }
}

/// A line of a file of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At<'a> {
    /// The file, relative to the lists' folder.
    pub(crate) file: &'a str,
    /// The line, counted from 1.
    pub(crate) line: usize,
}

impl At<'_> {
    /// Tells what is wrong here, and what to do about it.
    pub(crate) fn wrong(self, problem: impl Into<String>, advice: impl Into<String>) -> ListError {
        ListError::Line {
            file: self.file.to_owned(),
            line: self.line,
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}
