//! Why the lab could not do its work: never what a measured connection met.

use std::error::Error;
use std::io;

/// Why the lab could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// This system does not let us build a lab; tests are skipped then.
    #[error("not permitted here: {step}")]
    NotPermitted {
        /// The step that was refused.
        step: String,
        /// The system's answer.
        #[source]
        source: io::Error,
    },
    /// Something that should work did not.
    #[error("{doing} failed")]
    Failed {
        /// What was being done, such as `binding 198.51.100.53:53`.
        doing: String,
        /// Why it failed.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The thread of a namespace ended, because work in it panicked.
    #[error("the namespace {space:?} is gone")]
    Gone {
        /// The namespace's name.
        space: String,
    },
    /// What was asked for makes no sense; the text says why.
    #[error("{0}")]
    Wrong(String),
}

impl LabError {
    /// Wraps `source` with what was being done; made for `map_err(LabError::failed("…"))`.
    pub fn failed<E>(doing: impl Into<String>) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let doing = doing.into();
        move |source| Self::Failed { doing, source: source.into() }
    }

    /// Wraps a refusal of the system with the step that was refused.
    pub fn not_permitted<E: Into<io::Error>>(step: impl Into<String>) -> impl FnOnce(E) -> Self {
        let step = step.into();
        move |source| Self::NotPermitted { step, source: source.into() }
    }

    /// Returns the whole chain of causes on one line.
    pub fn told(&self) -> String {
        let mut told = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            told = format!("{told}: {error}");
            cause = error.source();
        }
        told
    }
}
