//! Reference data: targets, providers, networks, prefixes, resolvers, fingerprints, and the
//! signed snapshot of them that agents measure by. Pure: text in, types out.

mod fingerprints;
mod networks;
mod snapshot;
mod targets;

pub use fingerprints::{Authority, Fingerprints, PageMark};
pub use networks::{Names, Network, Provider, ProviderId};
pub use snapshot::{ControlSeen, ControlServer, DohServer, PublicResolver, SNAPSHOT, Snapshot};
pub use targets::{Listed, Tier};
