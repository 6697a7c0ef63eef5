//! The whole world on loopback: names from root to leaf, resolvers, sites, interception.

mod client;
mod interception;
mod names;
mod odd;
mod quic;
mod services;
mod web;

use std::net::Ipv4Addr;
use std::sync::Arc;

use super::service::Here;
use super::sockets::Sockets;
use super::spec::{Near, WorldSpec};
use super::world::{self, World};

/// The standard world on ports of 127.0.0.1.
struct Fixture {
    sockets: Sockets,
    world: World,
}

impl Fixture {
    fn start() -> Self {
        Self::of(&WorldSpec::standard())
    }

    /// Starts a world to which this machine is one of the providers' computers.
    fn start_near() -> Self {
        let near = Near::new(Ipv4Addr::LOCALHOST, 8);
        Self::of(&WorldSpec { near, ..WorldSpec::standard() })
    }

    fn of(spec: &WorldSpec) -> Self {
        let sockets = Sockets::Loopback(Arc::default());
        let world = world::start(&Here, &sockets, spec).unwrap();
        Self { sockets, world }
    }
}
