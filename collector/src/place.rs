//! Where an upload came from: the address is looked up in memory and forgotten.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use record::{Asn, Day, Place, Timestamp};
use testlists::Prefixes;

use crate::Edge;

/// The address of somebody who connects.
///
/// It cannot be printed, logged, compared or written: the type has no way to do so. It lives as
/// long as its connection and leaves this file as a network's number and a 16-bit code only.
#[derive(Clone)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    /// Takes the address of a connection.
    pub(crate) fn of(connection: SocketAddr) -> Self {
        Self(connection.ip().to_canonical())
    }

    /// Returns the one who speaks through a trusted proxy: the last address of
    /// `X-Forwarded-For` that is no such proxy. Any other proxy's word is ignored.
    pub(crate) fn behind(self, proxies: &BTreeSet<IpAddr>, forwarded: Option<&str>) -> Self {
        if !proxies.contains(&self.0) {
            return self;
        }
        let hops = forwarded.unwrap_or_default().rsplit(',').map(str::trim);
        for hop in hops {
            let Ok(ip) = hop.parse::<IpAddr>() else { return self };
            let ip = ip.to_canonical();
            if !proxies.contains(&ip) {
                return Self(ip);
            }
        }
        self
    }

    /// Returns the address's /24 or /48.
    fn prefix(&self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = Ipv4Addr::octets(&ip);
                vec![4, a, b, c]
            }
            IpAddr::V6(ip) => {
                let octets = Ipv6Addr::octets(&ip);
                [&[6], octets.get(..6).unwrap_or_default()].concat()
            }
        }
    }
}

/// Looks addresses up.
pub(crate) struct Places {
    prefixes: Prefixes,
    key: Mutex<Option<(Day, [u8; 32])>>,
    edge: Edge,
}

impl Places {
    /// Begins with a table of networks; the key of the codes is drawn at the first use.
    pub(crate) fn new(prefixes: Prefixes, edge: Edge) -> Self {
        Self { prefixes, key: Mutex::new(None), edge }
    }

    /// Returns the network of an address.
    pub(crate) fn asn(&self, peer: &Peer) -> Option<Asn> {
        self.prefixes.asn(peer.0)
    }

    /// Returns the network of an address and the code of its prefix.
    pub(crate) fn locate(&self, peer: &Peer) -> Place {
        let key = self.key_of_the_day((self.edge.now)());
        let mut hash = Sha256::new();
        hash.update(key);
        hash.update(peer.prefix());
        let hash = hash.finalize();
        Place { asn: self.asn(peer), bucket: u16::from_be_bytes([hash[0], hash[1]]) }
    }

    /// Returns the key in force. It changes with the Kazakh day, which is the day of a cell, so that
    /// all codes of one cell are made with one key; it is never written anywhere.
    fn key_of_the_day(&self, now: Timestamp) -> [u8; 32] {
        let today = now.hour().local_day();
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        match *key {
            Some((day, drawn)) if day == today => drawn,
            _ => {
                let drawn = (self.edge.random)();
                *key = Some((today, drawn));
                drawn
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn only_a_trusted_proxy_may_name_another() {
        let proxies = BTreeSet::from([ip("192.0.2.1"), ip("192.0.2.2")]);
        let heard = |from: &str, forwarded: Option<&str>| {
            Peer(ip(from)).behind(&proxies, forwarded).0.to_string()
        };

        assert_eq!(heard("198.51.100.7", Some("203.0.113.9")), "198.51.100.7");
        assert_eq!(heard("192.0.2.1", Some("10.9.9.9, 203.0.113.9")), "203.0.113.9");
        assert_eq!(heard("192.0.2.1", Some("203.0.113.9, 192.0.2.2")), "203.0.113.9");
        assert_eq!(heard("192.0.2.1", Some("nonsense")), "192.0.2.1");
        assert_eq!(heard("192.0.2.1", None), "192.0.2.1");
    }

    #[test]
    fn neighbours_share_a_code_within_a_day_and_none_beyond() {
        let (now, places) = places();
        let code = |from: &str| places.locate(&Peer(ip(from))).bucket;
        let first = [code("192.0.2.1"), code("198.51.100.1"), code("2001:db8:1::1")];

        assert_eq!(first[0], code("192.0.2.254"));
        assert_eq!(first[2], code("2001:db8:1:ffff::2"));
        assert_ne!(first[0], first[1]);
        now.fetch_add(86_400, Ordering::Relaxed);
        let next = [code("192.0.2.1"), code("198.51.100.1"), code("2001:db8:1::1")];
        assert_ne!(first, next);
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn places() -> (Arc<AtomicU64>, Places) {
        let now = Arc::new(AtomicU64::new(1_795_471_500));
        let drawn = AtomicU64::new(1);
        let clock = Arc::clone(&now);
        let edge = Edge {
            now: Arc::new(move || Timestamp(clock.load(Ordering::Relaxed))),
            random: Arc::new(move || {
                Sha256::digest(drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes()).into()
            }),
        };
        (now, Places::new(Prefixes::default(), edge))
    }
}
