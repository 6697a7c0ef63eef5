//! The program as a person runs it, against a collector that this test plays.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod checks;
mod consent;
mod control;
mod crash;
mod export;
mod fake;
mod help;
mod person;
mod queue;
mod run;
mod watch;
