//! The servers of the lab's internet: names, resolvers, sites, authorities, and interception.
//!
//! All names end in `.test`; all addresses lie in ranges kept for documentation.

mod accept;
mod authority;
mod block_page;
mod dns;
mod http;
mod interceptor;
mod resolver;
mod router;
mod service;
mod sites;
mod sockets;
mod spec;
#[cfg(test)]
mod tests;
mod tls;
mod web;
mod world;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::task::JoinSet;

use record::Host;

use crate::LabError;
use crate::netns::Space;

pub use authority::{
    ChainStyle, Flaw, IntermediateAge, IntermediateSent, LabAuthority, NationalAuthority, RootSent,
};
pub use block_page::{BLOCK_PAGE_HTML, BLOCK_PAGE_NAME, BLOCK_PAGE_TEXT, BLOCK_PAGE_TITLE};
pub use dns::Lie;
pub use interceptor::Interceptor;
pub use resolver::{Absent, Resolver};
pub use router::Router;
pub use spec::{Behaviour, Handshake, Near, Refusal, Scheme, Site, WorldSpec};
pub use web::LISTED_PAGE_TITLE;
pub use world::World;

use sockets::Sockets;

/// Starts the world's servers on `space`, which must hold routes for all of the lab's addresses.
///
/// Each address is bound by itself, so that others remain free for other programs.
pub fn start_world(space: &Space, spec: &WorldSpec) -> Result<World, LabError> {
    world::start(space, &Sockets::World, spec)
}

/// Starts a provider's own resolver on `space` at every address of `listen`, from where the name servers must be reachable.
/// Its `lies` are on at the start.
pub fn start_resolver(
    space: &Space,
    listen: &[IpAddr],
    lies: Vec<Lie>,
    absent: Absent,
) -> Result<Resolver, LabError> {
    resolver::start(space, Sockets::World, listen, (lies, absent))
}

/// Starts a router on the volunteer's host `space`, whose own address `listen` is; it asks `upstream`.
pub fn start_router(space: &Space, listen: Ipv4Addr, upstream: IpAddr) -> Result<Router, LabError> {
    router::start(space, &Sockets::World, listen, upstream)
}

/// Starts an interceptor on `mitm`, where all of the sites' addresses must be local; it connects
/// to the sites from `upstream`. Names below one of `names` are intercepted too.
pub fn start_interceptor(
    mitm: &Space,
    upstream: &Space,
    names: Vec<Host>,
    authority: &NationalAuthority,
) -> Result<Interceptor, LabError> {
    interceptor::start([mitm, upstream], &Sockets::World, names, authority)
}

/// Serves all of these at once.
async fn all(servers: Vec<impl Future<Output = ()> + Send + 'static>) {
    servers.into_iter().collect::<JoinSet<()>>().join_all().await;
}

/// Where the root's name server answers.
pub const ROOT_SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
/// Where the name server of `test.` answers.
pub const TEST_SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
/// Where the name server of every zone below `test.` answers.
pub const LEAF_SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 3);
/// Where the first control answers for the zone that tells who asked.
pub const WHOAMI_SERVER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 20);
/// The name of that server.
pub const WHOAMI_HOST: &str = "baqylau-dns.test";
/// The zone that tells who asked.
pub const WHOAMI_ZONE: &str = "kim-surady.test";
/// The address of the first public resolver.
pub const PUBLIC_A: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 11);
/// The address of the first public resolver over IPv6.
pub const PUBLIC_A_6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 0x11);
/// The name of the first public resolver.
pub const PUBLIC_A_HOST: &str = "dns.quad-a.test";
/// The address of the second public resolver.
pub const PUBLIC_B: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 22);
/// The address of the second public resolver over IPv6.
pub const PUBLIC_B_6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 0x22);
/// The name of the second public resolver.
pub const PUBLIC_B_HOST: &str = "dns.quad-b.test";
/// The address of the block page.
pub const BLOCK_PAGE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 66);

const DNS: u16 = 53;
const HTTP: u16 = 80;
const HTTPS: u16 = 443;
