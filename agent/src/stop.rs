//! Why a command ends early: an exit code, and a message in the user's language.

use std::error::Error;
use std::fmt;

/// What a program's exit code means; the numbers are published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Did what was asked, whatever the sites did.
    #[default]
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage.
    Usage = 2,
    /// Consent is missing, withdrawn, or was given to another statement.
    Consent = 3,
    /// A measurement would not be meaningful.
    Meaningless = 4,
    /// Some targets were not measured.
    Partial = 5,
    /// The collector could not be reached or refused; records are kept.
    Unsent = 6,
    /// A signature or a file is not what it should be.
    Integrity = 7,
    /// Stopped by the person with Ctrl-C (128 and the signal's number, as shells have it).
    Interrupted = 130,
}

/// The end of a command that could not do its work.
#[derive(Debug)]
pub struct Stop {
    /// The exit code.
    pub exit: Exit,
    /// The message's key in the locales.
    pub word: &'static str,
    /// The message's arguments.
    pub args: Vec<(&'static str, String)>,
    /// What lies below.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Stop {
    /// Stops with the message `word`.
    pub fn new(exit: Exit, word: &'static str) -> Self {
        Self { exit, word, args: Vec::new(), source: None }
    }

    /// Adds an argument of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Adds what lies below.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the causes in one line, outermost first; empty where none is known.
    pub fn causes(&self) -> String {
        let mut texts = Vec::new();
        let mut next: Option<&dyn Error> = self.source.as_deref().map(|source| source as _);
        while let Some(error) = next {
            texts.push(error.to_string());
            next = error.source();
        }
        texts.dedup();
        texts.join(": ")
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word)
    }
}

impl Error for Stop {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<crate::state::StateError> for Stop {
    fn from(error: crate::state::StateError) -> Self {
        Self::new(Exit::Failed, "error-state").because(error)
    }
}
