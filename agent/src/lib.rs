//! The volunteer's program, and in the role `control` the eye outside.
//!
//! `plan` decides what is due, [`probe`] performs it, [`job`] makes the record, [`spool`] keeps it
//! until the collector has acknowledged it. Clock and randomness come in through [`edge`].

pub mod app;
pub mod backoff;
pub mod batch;
pub mod cli;
pub mod collector;
pub mod commands;
pub mod config;
pub mod consent;
pub mod control;
pub mod edge;
pub mod export;
pub mod follow;
pub mod job;
pub mod keys;
pub mod lists;
pub mod network;
pub mod out;
pub mod probe;
pub mod roots;
pub mod run;
pub mod schedule;
pub mod selfcheck;
pub mod show;
pub mod spool;
pub mod state;
pub mod stop;
pub mod upload;
pub mod watch;
pub mod words;
