//! Reference data: targets, providers, networks, prefixes, resolvers, fingerprints, and the
//! signed snapshot of them that agents measure by. Pure: text in, types out.
//!
//! [`builtin`] gives the lists of this repository, [`load()`] those of another folder of the same
//! shape. The folder's `README.md` tells how its files are edited.

mod categories;
pub mod citizenlab;
mod endpoints;
mod error;
mod fingerprints;
mod lists;
mod load;
mod local;
mod networks;
mod never;
mod prefixes;
mod resolvers;
mod snapshot;
mod table;
mod targets;

pub use categories::Category;
pub use endpoints::{Endpoint, Serves};
pub use error::ListError;
pub use fingerprints::{Authority, ContentNetwork, Fingerprints, PageMark};
pub use lists::{Lists, TARGETS_MOST};
pub use load::{builtin, load};
pub use local::{Interceptor, advertisers, interceptors};
pub use networks::{Names, Network, Provider, ProviderId};
pub use never::{Never, NeverHost};
pub use prefixes::Prefixes;
pub use snapshot::{
    ControlSeen, ControlServer, DohServer, Followed, PublicResolver, SNAPSHOT, Snapshot,
};
pub use targets::{Listed, Tier};
