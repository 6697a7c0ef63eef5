//! Where a measurement was made, never finer than a network.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of an autonomous system: one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Asn(pub u32);

impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

/// What kind of network an autonomous system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkKind {
    /// Homes and offices by cable.
    Fixed,
    /// Mobile telephones.
    Mobile,
    /// Both, where one network serves both.
    Mixed,
    /// Servers, VPNs: never counted as a provider's customers.
    Hosting,
}

/// The network an upload came from, looked up in memory from the connecting address, which is
/// then forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The network; none when the table does not know the address.
    pub asn: Option<Asn>,
    /// A 16-bit code of the address's /24 or /48 under a key that lives one day in memory only:
    /// it tells neighbours apart within that day and means nothing afterwards.
    pub bucket: u16,
}
