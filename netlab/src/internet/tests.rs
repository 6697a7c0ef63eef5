//! The whole world on loopback: names from root to leaf, resolvers, sites, interception.

mod client;
mod interception;
mod names;
mod quic;
mod services;
mod web;

use std::sync::Arc;

use super::service::Here;
use super::sockets::Sockets;
use super::spec::WorldSpec;
use super::world::{self, World};

/// The standard world on ports of 127.0.0.1.
struct Fixture {
    sockets: Sockets,
    world: World,
}

impl Fixture {
    fn start() -> Self {
        let sockets = Sockets::Loopback(Arc::default());
        let world = world::start(&Here, &sockets, &WorldSpec::standard()).unwrap();
        Self { sockets, world }
    }
}
