//! Why a command ends early: an exit code, and a message in the user's language.

use std::error::Error;
use std::fmt;

use crate::words::{Value, Words};

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

    /// Returns the causes in one line, outermost first; empty where none is known. A cause that is
    /// itself the end of a command is told by its message in `words`.
    pub fn causes(&self, words: &Words) -> String {
        let mut texts = Vec::new();
        let mut next: Option<&(dyn Error + 'static)> = Error::source(self);
        while let Some(error) = next {
            let stop = error.downcast_ref::<Self>();
            texts.push(stop.map_or_else(|| error.to_string(), |stop| stop.message(words)));
            next = error.source();
        }
        texts.dedup();
        texts.join(": ")
    }

    /// Returns the message in the language of `words`.
    pub fn message(&self, words: &Words) -> String {
        let args: Vec<(&str, Value<'_>)> =
            self.args.iter().map(|(name, value)| (*name, Value::Text(value))).collect();
        words.say(self.word, &args)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::words::Lang;

    #[test]
    fn a_cause_is_told_in_words_never_by_its_key() {
        let below = Stop::new(Exit::Failed, "error-snapshot").because("line 1");
        let stop = Stop::new(Exit::Unsent, "error-collector").because(below);

        for words in Lang::ALL.map(Words::new) {
            let causes = stop.causes(&words);
            assert!(!causes.contains("error-") && causes.ends_with(": line 1"), "{causes}");
            assert!(causes.starts_with(&words.text("error-snapshot")), "{causes}");
        }
    }

    #[test]
    fn every_key_that_the_program_names_has_words_in_three_languages() {
        let mut keys = BTreeSet::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut keys);

        // The name of a JSON document.
        keys.remove("queue-send");
        let known = keys.iter().filter(|key| key.starts_with("error-")).count();
        assert!(known > 30 && keys.contains("queue-later"), "{keys:?}");
        for words in Lang::ALL.map(Words::new) {
            for key in &keys {
                assert_ne!(words.text(key), *key, "{:?} has no {key}", words.lang());
            }
        }
    }

    /// Collects every text of the production sources that begins as a key does.
    fn collect(folder: &Path, keys: &mut BTreeSet<String>) {
        const BEGINNINGS: [&str; 10] = [
            "error-", "queue-", "run-", "check-", "lists-", "network-", "consent-", "control-",
            "show-", "column-",
        ];
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, keys);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let production = text.split("#[cfg(test)]").next().unwrap_or_default();
                let quoted = production.split('"').skip(1).step_by(2);
                let is_key = |text: &&str| {
                    BEGINNINGS.iter().any(|begins| text.starts_with(begins))
                        && text
                            .chars()
                            .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
                };
                keys.extend(quoted.filter(is_key).map(str::to_owned));
            }
        }
    }
}
