//! A small internet with censors in it: real kernels' TCP and real programs at both ends, one
//! plain thread per provider in between, in network namespaces that need no privilege.

pub mod censor;
pub mod error;
pub mod flow;
pub mod hello;
pub mod internet;
pub mod link;
pub mod netns;
pub mod packet;

pub use error::LabError;
pub use netns::Space;
