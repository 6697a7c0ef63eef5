//! A small internet with censors in it: real kernels' TCP and real programs at both ends, one
//! plain thread per provider in between, in network namespaces that need no privilege.

pub mod bench;
pub mod censor;
pub mod demo;
pub mod error;
pub mod flow;
pub mod forward;
pub mod hello;
pub mod internet;
pub mod lab;
pub mod link;
pub mod lists;
pub mod netns;
pub mod noise;
pub mod packet;
pub mod programs;
pub mod road;
pub mod run;
pub mod scenario;
pub mod selftest;

pub use error::LabError;
pub use netns::Space;
