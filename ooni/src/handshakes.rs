//! TCP connections and TLS handshakes.

use std::net::{IpAddr, SocketAddr};

use record::{
    Connect, Connected, Failed, Failure, Handshake, Hello, Host, Observation, Part, Quic, Seen,
    Session, Trust, Variant,
};

use crate::certificates::Collected;
use crate::failure::of_ooni;
use crate::shape::{NetworkEvent, TcpConnect, TlsHandshake, part, word};

/// Makes connections of `tcp_connect`.
pub(crate) fn connects(all: &[TcpConnect], left_out: &mut u32) -> Vec<Observation> {
    let made = all.iter().filter_map(|one| connect(one).map(Observation::Connect));
    let made: Vec<Observation> = made.collect();
    *left_out += missing(all.len(), made.len());
    made
}

fn connect(one: &TcpConnect) -> Option<Seen<Connect, Connected>> {
    let ip: IpAddr = one.ip.as_deref()?.parse().ok()?;
    let status = one.status.as_ref()?;
    let outcome = match (word(status.failure.as_ref()), status.success) {
        (Some(failure), _) => Err(of_ooni(failure)),
        (None, Some(false)) => {
            Err(Failed { detail: "not told".to_owned(), ..Failed::plain(Failure::Cancelled) })
        }
        (None, Some(true) | None) => Ok(Connected {}),
    };
    Some(Seen {
        step: Connect { to: SocketAddr::new(ip, one.port?) },
        part: part(one.when.depth().unwrap_or(0)),
        at_ms: one.when.at_ms(),
        took_ms: one.when.took_ms(),
        outcome,
    })
}

/// A handshake, with the transaction that ties it to a page.
pub(crate) struct Shaken {
    pub(crate) seen: Seen<Handshake, Session>,
    pub(crate) transaction: Option<i64>,
    /// Whether it was a part of a fetch and no step of its own.
    pub(crate) of_fetch: bool,
    /// The key with which its name was encrypted, where it was.
    pub(crate) config: Option<String>,
}

impl Shaken {
    /// Makes a step of its own of it.
    pub(crate) fn observation(self) -> Observation {
        let Seen { step: Handshake { to, sni }, part, at_ms, took_ms, outcome } = self.seen;
        match self.config {
            None => {
                let step = Handshake { to, sni };
                Observation::Handshake(Seen { step, part, at_ms, took_ms, outcome })
            }
            Some(config) => {
                let step = Variant { to, name: sni, hello: Hello::Encrypted { config } };
                let part = Part::Variation;
                Observation::Variant(Seen { step, part, at_ms, took_ms, outcome })
            }
        }
    }

    /// Makes a step over QUIC of it.
    pub(crate) fn over_quic(self) -> Observation {
        let Seen { step: Handshake { to, sni }, at_ms, took_ms, outcome, .. } = self.seen;
        let (step, part) = (Quic { to, sni }, Part::OverQuic);
        Observation::Quic(Seen { step, part, at_ms, took_ms, outcome })
    }
}

/// Makes handshakes of `tls_handshakes`.
pub(crate) fn handshakes(
    all: &[TlsHandshake],
    events: &[NetworkEvent],
    certificates: &mut Collected,
    left_out: &mut u32,
) -> Vec<Shaken> {
    let done = done(events);
    let made: Vec<Shaken> =
        all.iter().filter_map(|one| handshake(one, &done, certificates)).collect();
    *left_out += missing(all.len(), made.len());
    made
}

fn handshake(
    one: &TlsHandshake,
    done: &[(f64, SocketAddr)],
    certificates: &mut Collected,
) -> Option<Shaken> {
    let to = match one.address.as_deref().filter(|address| !address.is_empty()) {
        Some(address) => address.parse().ok()?,
        None => told_by_events(one, done)?,
    };
    let sni: Host = one.server_name.as_deref()?.parse().ok()?;
    let verified = !one.no_tls_verify.unwrap_or(false);
    let trust = match word(one.failure.as_ref()) {
        None if verified => Ok(Trust::Trusted),
        None => Ok(Trust::Other("not verified".to_owned())),
        // A chain was shown, and it is not valid: the handshake itself went well.
        Some("ssl_invalid_hostname") => Ok(Trust::WrongName),
        Some("ssl_unknown_authority") => Ok(Trust::UnknownIssuer),
        Some("ssl_invalid_certificate") => Ok(Trust::Other("ssl_invalid_certificate".to_owned())),
        Some(failure) => Err(of_ooni(failure)),
    };
    let chain = certificates.take(one.peer_certificates.as_deref().unwrap_or_default());
    let version = one.tls_version.as_deref().unwrap_or_default().replace('.', "_");
    let seen = Seen {
        step: Handshake { to, sni },
        part: part(one.when.depth().unwrap_or(0)),
        at_ms: one.when.at_ms(),
        took_ms: one.when.took_ms(),
        outcome: trust.map(|trust| Session {
            version,
            chain,
            trust,
            read: 0,
            written: 0,
            system: None,
            encrypted_name: None,
        }),
    };
    let of_fetch = one.when.tags.iter().flatten().any(|tag| tag == OF_FETCH);
    // A made-up key (GREASE) hides nothing: the name is in the open.
    let config = one.echconfig.clone().filter(|config| !config.is_empty() && config != "GREASE");
    Some(Shaken { seen, transaction: one.when.transaction_id, of_fetch, config })
}

/// Handshakes of version 0.4 and older do not tell their address; the event of their end does, by
/// the same time and the connection before it. None where two addresses end at once.
fn told_by_events(one: &TlsHandshake, done: &[(f64, SocketAddr)]) -> Option<SocketAddr> {
    let ended = one.when.t?;
    let mut same = done.iter().filter(|(at, _)| at.total_cmp(&ended).is_eq()).map(|(_, to)| *to);
    let first = same.next()?;
    same.all(|other| other == first).then_some(first)
}

/// When handshakes ended, and on the connection to where. Each connection's events stand together in
/// such a record; where they do not, nothing is told.
fn done(events: &[NetworkEvent]) -> Vec<(f64, SocketAddr)> {
    let (mut connected, mut shaking, mut done) = (None, None, Vec::new());
    for event in events {
        match event.operation.as_deref() {
            Some("connect") if shaking.is_none() => {
                let went_well = word(event.failure.as_ref()).is_none();
                let address = event.address.as_deref().filter(|_| went_well);
                connected = address.and_then(|address| address.parse::<SocketAddr>().ok());
            }
            Some("tls_handshake_start") if shaking.is_none() && connected.is_some() => {
                shaking = connected.take();
            }
            Some("tls_handshake_done") => done.extend(event.t.zip(shaking.take())),
            Some("connect" | "tls_handshake_start") => return Vec::new(),
            Some(_) | None => {}
        }
    }
    done
}

fn missing(all: usize, made: usize) -> u32 {
    u32::try_from(all - made).unwrap_or(u32::MAX)
}

/// The tag with which this project marks a handshake that is a part of a fetch.
pub(crate) const OF_FETCH: &str = "x_qoljetim_of_fetch";
