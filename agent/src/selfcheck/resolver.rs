//! Whose resolver this line asks.

use std::net::IpAddr;

use record::Asn;
use testlists::{Lists, Prefixes};

/// Where the resolver sits that the system's settings name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its network, where its address is public and the tables know it.
    pub network: Option<Asn>,
    /// Whether that is another provider's than the line's own.
    pub is_foreign: bool,
    /// Whether it is the line's own provider's.
    pub is_own: bool,
}

/// Compares the network of `resolver` with the line's `own`.
///
/// A resolver in the home, or with a private address of the provider's, tells nothing; the tables are read only where there is
/// something to compare.
pub fn look(
    resolver: Option<IpAddr>,
    own: Option<Asn>,
    prefixes: Option<&Prefixes>,
    lists: impl FnOnce() -> Lists,
) -> Asked {
    let Some(resolver) = resolver.filter(|ip| plan::is_public(*ip)) else {
        return Asked::default();
    };
    let lists = lists();
    let network = prefixes.unwrap_or(&lists.prefixes).asn(resolver);
    let provider = |asn: Asn| lists.network(asn).map(|network| &network.provider);
    // Networks that the tables do not know cannot be compared, but for one thing: the tables hold
    // all of a known provider's, so an address outside of them is not its own.
    let is_foreign = own.and_then(provider).is_some_and(|own| {
        let theirs = network.and_then(provider);
        !lists.prefixes.is_empty() && theirs != Some(own)
    });
    let same = |own: Asn| {
        let theirs = network.and_then(provider);
        network == Some(own) || (theirs.is_some() && theirs == provider(own))
    };
    Asked { network, is_foreign, is_own: own.is_some_and(same) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_resolver_of_another_network_is_foreign() {
        let lists = testlists::builtin();
        let own = lists.networks[0].asn;
        let asked = look(Some("9.9.9.9".parse().unwrap()), Some(own), None, || lists);

        assert!(asked.is_foreign, "{asked:?}");
    }

    #[test]
    fn an_address_of_the_providers_own_is_not() {
        let lists = testlists::builtin();
        let mut addresses = (1..=223_u8).map(|first| IpAddr::from([first, 34, 0, 1]));
        let found = addresses.find_map(|ip| {
            let asn = lists.prefixes.asn(ip)?;
            lists.network(asn).map(|network| (ip, network.asn))
        });
        // The tables may change: any of their addresses will do.
        let Some((ip, asn)) = found else { return };

        let asked = look(Some(ip), Some(asn), None, || lists);

        assert_eq!(asked, Asked { network: Some(asn), is_foreign: false, is_own: true });
    }

    #[test]
    fn a_resolver_in_the_home_or_a_line_that_is_not_known_tells_nothing() {
        let own = testlists::builtin().networks[0].asn;
        let never = || -> Lists { unreachable!("there is nothing to compare") };

        assert_eq!(look(None, Some(own), None, never), Asked::default());
        assert_eq!(
            look(Some("192.168.1.1".parse().unwrap()), Some(own), None, never),
            Asked::default()
        );
        let unknown = look(Some("9.9.9.9".parse().unwrap()), None, None, testlists::builtin);
        assert!(!unknown.is_foreign);
    }
}
