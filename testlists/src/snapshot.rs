//! What an agent takes along on a run: lists, resolvers, controls and the seed, signed as one.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use record::{Host, Hour, KeyText, MeasurementId, Observation, Seed, Target, Timestamp};

use crate::{Fingerprints, Listed};

/// The purpose under which a snapshot is signed (see `record::Signed`).
pub const SNAPSHOT: &str = "snapshot";

/// One edition of the lists, as the collector signs it. Its digest is that of the signed JSON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// When it was made.
    pub issued: Timestamp,
    /// From when on agents measure by it only where they get no newer one, for two weeks at most.
    pub expires: Timestamp,
    /// Drawn for this edition: orders of confirm blocks follow from it.
    pub seed: Seed,
    /// What is tested.
    pub targets: Vec<Listed>,
    /// Benign, widely used sites that stand beside each screen as known-good controls.
    pub known_good: Vec<Target>,
    /// The resolvers asked beside the system's.
    pub resolvers: Vec<PublicResolver>,
    /// What is known of forged answers.
    pub known: Fingerprints,
    /// The project's controls outside.
    pub controls: Vec<ControlServer>,
    /// What controls saw lately.
    pub recent: Vec<ControlSeen>,
    /// What failed by name lately, provider by provider: agents there confirm it whatever their own
    /// screens say, as long as this edition is in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub followed: Vec<Followed>,
}

impl Snapshot {
    /// Returns what agents of `provider` confirm whatever their screens say.
    pub fn followed_by(&self, provider: &str) -> &[Target] {
        let of = self.followed.iter().find(|followed| followed.provider == provider);
        of.map(|followed| followed.targets.as_slice()).unwrap_or_default()
    }
}

/// What failed by name lately on one provider's networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// The provider's id.
    pub provider: String,
    /// The targets, those that failed for the most agents first.
    pub targets: Vec<Target>,
}

/// A resolver anybody may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicResolver {
    /// Its stable id, such as `quad9`.
    pub id: String,
    /// Where it answers over UDP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udp: Option<SocketAddr>,
    /// Where it answers over HTTPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doh: Option<DohServer>,
}

/// Where a resolver answers over HTTPS (RFC 8484).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DohServer {
    /// Its addresses, tried in order, port 443 unless the port says otherwise.
    pub addresses: Vec<IpAddr>,
    /// Its port.
    pub port: u16,
    /// Its name: SNI, Host header and certificate.
    pub host: Host,
    /// The path, such as `/dns-query`.
    pub path: String,
}

/// A control outside, run by the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlServer {
    /// The base of its address, such as `https://control.example/`.
    pub url: String,
    /// The key it signs its measurements with.
    pub credential: KeyText,
    /// The country it stands in, two letters.
    pub country: String,
    /// Where its beacon ends any TLS name.
    pub beacon_tls: SocketAddr,
    /// Where its beacon answers any Host over HTTP.
    pub beacon_http: SocketAddr,
    /// The zone in which its name server answers every name with the address that asked for it, where it
    /// runs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whoami: Option<Host>,
}

/// What a control saw of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ControlSeen {
    /// The control's measurement.
    pub id: MeasurementId,
    /// What was tested.
    pub target: Target,
    /// When.
    pub hour: Hour,
    /// The country the control stands in.
    pub country: String,
    /// What it saw.
    pub seen: Vec<Observation>,
}
