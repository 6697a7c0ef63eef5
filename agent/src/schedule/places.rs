//! How many connections are open at once: to one address, to one network, and overall.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The most connections that are open at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// Overall.
    pub overall: usize,
    /// To one address.
    pub address: usize,
    /// To one network: 256 addresses of IPv4 (/24), a /48 of IPv6.
    pub network: usize,
}

/// The connections that are open.
#[derive(Clone, Debug)]
pub struct Places {
    most: Most,
    /// Servers of the project: every block goes to them, so only the overall limit holds there.
    own: BTreeSet<IpAddr>,
    overall: usize,
    addresses: BTreeMap<IpAddr, usize>,
    networks: BTreeMap<IpAddr, usize>,
}

impl Places {
    /// Opens none yet; `own` are the project's own servers.
    pub fn new(most: Most, own: impl IntoIterator<Item = IpAddr>) -> Self {
        Self {
            most,
            own: own.into_iter().collect(),
            overall: 0,
            addresses: BTreeMap::new(),
            networks: BTreeMap::new(),
        }
    }

    /// Takes a place for a connection to `ip`, where there is one; a limit of 0 counts as 1.
    pub fn enter(&mut self, ip: IpAddr) -> bool {
        let (address, network) = (ip.to_canonical(), network(ip));
        if self.overall >= self.most.overall.max(1) {
            return false;
        }
        if !self.own.contains(&address) {
            let held = |map: &BTreeMap<IpAddr, usize>, key| map.get(&key).copied().unwrap_or(0);
            if held(&self.addresses, address) >= self.most.address.max(1)
                || held(&self.networks, network) >= self.most.network.max(1)
            {
                return false;
            }
            *self.addresses.entry(address).or_default() += 1;
            *self.networks.entry(network).or_default() += 1;
        }
        self.overall += 1;
        true
    }

    /// Gives back a place that was taken for `ip`.
    pub fn leave(&mut self, ip: IpAddr) {
        self.overall = self.overall.saturating_sub(1);
        if !self.own.contains(&ip.to_canonical()) {
            give(&mut self.addresses, ip.to_canonical());
            give(&mut self.networks, network(ip));
        }
    }

    /// Returns how many connections are open.
    pub fn open(&self) -> usize {
        self.overall
    }
}

/// Takes one away, and the entry with the last one: the maps never outgrow what is open.
fn give(map: &mut BTreeMap<IpAddr, usize>, key: IpAddr) {
    if let Some(count) = map.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            map.remove(&key);
        }
    }
}

/// Returns the first address of the network of `ip`.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4((ip.to_bits() & !0xff).into()),
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() >> 80 << 80).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_a_network_and_all_together_have_their_limits() {
        let mut places = Places::new(Most { overall: 5, address: 2, network: 3 }, []);

        let taken = ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"]
            .map(|ip| places.enter(ip.parse().unwrap()));
        assert_eq!(taken, [true, true, false, true, false]);
        let more = ["198.51.100.1", "2001:db8:1:2::1", "203.0.113.1"]
            .map(|ip| places.enter(ip.parse().unwrap()));
        assert_eq!(more, [true, true, false]);
        assert_eq!(places.open(), 5);
    }

    #[test]
    fn a_place_that_was_left_can_be_taken_again_and_nothing_is_remembered_of_it() {
        let mut places = Places::new(Most { overall: 9, address: 1, network: 1 }, []);
        let (one, other) = ("2001:db8:1:2::1", "2001:db8:1:ffff::2");

        assert!(places.enter(one.parse().unwrap()) && !places.enter(other.parse().unwrap()));
        places.leave(one.parse().unwrap());

        assert!(places.enter(other.parse().unwrap()));
        places.leave(other.parse().unwrap());
        assert!(places.addresses.is_empty() && places.networks.is_empty());
    }

    #[test]
    fn the_projects_own_servers_have_the_overall_limit_alone() {
        let own: IpAddr = "198.51.100.9".parse().unwrap();
        let mut places = Places::new(Most { overall: 3, address: 1, network: 1 }, [own]);

        assert_eq!([(); 4].map(|()| places.enter(own)), [true, true, true, false]);
        places.leave(own);
        assert!(places.enter("198.51.100.8".parse().unwrap()));
    }
}
