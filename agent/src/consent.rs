//! Consent: the statement, what the person chose, and whether that still holds.

use std::fmt;

use serde::{Deserialize, Serialize};

use record::{Digest, Timestamp};

use crate::state::{State, StateError};
use crate::stop::{Exit, Stop};
use crate::words::{Lang, Words};

/// What happens to records after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// They are sent after each run.
    Send,
    /// They wait until the person sends them.
    Hold,
    /// They never leave this computer.
    Local,
}

impl Sharing {
    /// Returns the published word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Hold => "hold",
            Self::Local => "local",
        }
    }
}

/// The statement in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id: language, edition and eight digits of the text's digest, such as `kk-1-7f3a19c2`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its points.
    pub points: Vec<String>,
}

impl Statement {
    /// Returns the statement in the language of `words`.
    pub fn of(words: &Words) -> Self {
        let title = words.text("statement-title");
        let point = |number| words.text(&format!("statement-{number}"));
        let points: Vec<String> = (1..=POINTS).map(point).collect();
        let digest = Digest::of(format!("{title}\n{}", points.join("\n")).as_bytes()).to_string();
        let short: String = digest.chars().take(8).collect();
        Self { id: format!("{}-{EDITION}-{short}", words.lang().code()), title, points }
    }

    fn find(id: &str) -> Option<Self> {
        Lang::ALL.map(|lang| Self::of(&Words::new(lang))).into_iter().find(|one| one.id == id)
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.title)?;
        for (number, point) in (1..).zip(&self.points) {
            writeln!(f, "{number}. {point}")?;
        }
        Ok(())
    }
}

/// What the person chose. Never leaves this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The statement that was agreed to.
    pub statement: String,
    /// What happens to records.
    pub sharing: Sharing,
    /// When.
    pub given: Timestamp,
}

impl Consent {
    /// Reads what was chosen; none where nobody agreed or the person withdrew.
    pub fn read(state: &State) -> Result<Option<Self>, StateError> {
        state.read_json(FILE)
    }

    /// Returns whether the statement that was agreed to is still the one in force.
    pub fn holds(&self) -> bool {
        Statement::find(&self.statement).is_some()
    }

    /// Returns the consent in force; stops where there is none. Nothing may be measured and no
    /// connection made before this was asked.
    pub fn demand(state: &State) -> Result<Self, Stop> {
        let consent = Self::read(state)?.filter(Self::holds);
        consent.ok_or_else(|| Stop::new(Exit::Consent, "error-consent"))
    }

    /// Stores that the person agreed to the statement `id`.
    pub fn accept(state: &State, id: &str, sharing: Sharing, now: Timestamp) -> Result<Self, Stop> {
        let Some(statement) = Statement::find(id) else {
            return Err(Stop::new(Exit::Usage, "error-statement").with("id", id));
        };
        let consent = Self { statement: statement.id, sharing, given: now };
        state.write_json(FILE, &consent)?;
        Ok(consent)
    }

    /// Forgets that anybody agreed.
    pub fn withdraw(state: &State) -> Result<(), StateError> {
        state.remove(FILE)
    }
}

const FILE: &str = "consent.json";
/// Counted up when the meaning changes; a change of words alone changes the digest.
const EDITION: u32 = 1;
const POINTS: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_has_nine_points_in_every_language_and_an_id_of_its_own() {
        for lang in Lang::ALL {
            let statement = Statement::of(&Words::new(lang));

            assert!(statement.id.starts_with(&format!("{}-1-", lang.code())), "{}", statement.id);
            assert_eq!(statement.id.len(), 13);
            assert_eq!(statement.points.len(), 9);
            assert!(statement.points.iter().all(|point| point.len() > 100), "{statement}");
        }
    }

    #[test]
    fn consent_holds_only_while_the_statement_stays_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        let id = Statement::of(&Words::new(Lang::Kk)).id;

        assert_eq!(Consent::demand(&state).unwrap_err().exit, Exit::Consent);
        Consent::accept(&state, &id, Sharing::Hold, Timestamp(5)).unwrap();
        assert_eq!(Consent::demand(&state).unwrap().sharing, Sharing::Hold);

        let old = Consent {
            statement: "kk-1-00000000".into(),
            sharing: Sharing::Send,
            given: Timestamp(5),
        };
        state.write_json(FILE, &old).unwrap();
        assert_eq!(Consent::demand(&state).unwrap_err().exit, Exit::Consent);
    }

    #[test]
    fn only_a_statement_that_exists_can_be_agreed_to_and_withdrawing_ends_it() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        let id = Statement::of(&Words::new(Lang::En)).id;

        let refused = Consent::accept(&state, "en-1-12345678", Sharing::Send, Timestamp(5));
        assert_eq!(refused.unwrap_err().exit, Exit::Usage);
        Consent::accept(&state, &id, Sharing::Send, Timestamp(5)).unwrap();
        Consent::withdraw(&state).unwrap();
        Consent::withdraw(&state).unwrap();

        assert!(Consent::demand(&state).is_err());
    }
}
