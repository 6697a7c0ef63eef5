//! The collector: takes batches and keeps them for good, works out what they mean, and tells it.
//!
//! Three parts that meet in the [`store`] alone. [`intake`] keeps raw batches and answers with signed
//! receipts; `derive` opens, judges and grades them in a thread of its own; `api` and `pages` read.
//! Everything that `derive` writes can be thrown away and made again from what `intake` kept.

mod api;
pub mod check;
pub mod cli;
pub mod config;
pub mod derive;
mod disk;
mod edge;
mod init;
mod intake;
mod keys;
mod lists;
mod lock;
mod offline;
mod out;
mod pages;
mod place;
mod problem;
mod reference;
mod serve;
pub mod store;
mod views;

pub use api::openapi;
pub use edge::Edge;
pub use init::{InitError, init};
pub use keys::KeyError;
pub use lock::LockError;
pub use reference::{Reference, ReferenceError};
pub use serve::{ServeError, serve};
