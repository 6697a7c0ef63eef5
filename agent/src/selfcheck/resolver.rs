//! Whose resolver this line asks.

use std::net::IpAddr;
use std::sync::Arc;

use record::{Asn, Host};
use testlists::{Lists, Prefixes};

use super::{ask, system};
use crate::control::whoami;
use crate::edge::Edge;
use crate::probe::Prober;

/// What may be done to learn of the line's own resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnResolver {
    /// Nothing: the settings want it left alone.
    LeftAlone,
    /// The system's settings name it here, where they name any.
    Named(Option<IpAddr>),
}

/// What is known of the resolver that a line asks. Its addresses are compared and never written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The address that the system's settings name, perhaps that of a router at home.
    pub named: Option<IpAddr>,
    /// The address from which questions arrive at the project's own name server.
    pub asker: Option<IpAddr>,
}

/// Where the resolver sits that answers this line in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its network, where it is one of the line's own provider's.
    pub network: Option<Asn>,
    /// Whether that is another provider's than the line's own.
    pub is_foreign: bool,
    /// Whether the settings name an address of the line's own provider's.
    pub is_own: bool,
}

/// Hears of the line's own resolver what may be heard.
pub async fn hear<P: Prober>(
    prober: &Arc<P>,
    own: OwnResolver,
    zone: Option<&Host>,
    edge: &Edge,
) -> Heard {
    match own {
        OwnResolver::LeftAlone => Heard::default(),
        OwnResolver::Named(named) => Heard { named, asker: asker(prober, zone, edge).await },
    }
}

/// Lets the line's resolver look a fresh name up below `zone`, whose server answers with the address that asked.
async fn asker<P: Prober>(prober: &Arc<P>, zone: Option<&Host>, edge: &Edge) -> Option<IpAddr> {
    let name: Host = format!("{:016x}.{}", edge.random(), zone?).parse().ok()?;
    let answers = ask(prober, &name, system()).await?;
    whoami::asker(&name, answers.addresses())
}

/// Compares the network of the resolver with the line's `own`.
///
/// The address from which questions arrive counts first: the settings may name a router at home, or a resolver in
/// whose place the provider answers. A private address tells nothing; the tables are read only where there is
/// something to compare.
pub fn look(
    heard: Heard,
    own: Option<Asn>,
    prefixes: Option<&Prefixes>,
    lists: impl FnOnce() -> Lists,
) -> Asked {
    let public = |ip: &IpAddr| plan::is_public(*ip);
    let (named, asker) = (heard.named.filter(public), heard.asker.filter(public));
    let Some(counts) = asker.or(named) else { return Asked::default() };
    let lists = lists();
    let table = prefixes.unwrap_or(&lists.prefixes);
    let provider = |asn: Asn| lists.network(asn).map(|network| &network.provider);
    let is_own = |ip: IpAddr| {
        table.asn(ip).zip(own).is_some_and(|(theirs, own)| {
            theirs == own || provider(theirs).is_some_and(|theirs| provider(own) == Some(theirs))
        })
    };
    // The table holds all of a network that it knows, so an address outside of it is not its own.
    let is_known = own.is_some_and(|own| table.holds(own));
    let at_home = is_own(counts);
    Asked {
        // Whose network it is where it is not the line's own is nobody's business.
        network: table.asn(counts).filter(|_| at_home),
        is_foreign: is_known && !at_home,
        // Some providers' resolvers ask others in their turn: their answers may be those others' word.
        is_own: at_home && named.is_some_and(is_own),
    }
}

#[cfg(test)]
mod tests {
    use record::{Answer, Answers, Datagram, Observation, Seen, Step, Transport};

    use super::*;
    use crate::probe::scripted::ScriptedProber;

    #[test]
    fn a_public_resolver_of_another_network_is_foreign() {
        for heard in [named("9.9.9.9"), asking("9.9.9.9"), named("192.0.2.1"), asking("192.0.2.1")]
        {
            let asked = look(heard, OWN, Some(&table()), testlists::builtin);

            assert!(asked.is_foreign && !asked.is_own, "{heard:?}: {asked:?}");
        }
    }

    #[test]
    fn an_address_of_the_providers_own_is_not() {
        let own = Asked { network: OWN, is_foreign: false, is_own: true };

        assert_eq!(look(named("198.51.100.53"), OWN, Some(&table()), testlists::builtin), own);
        let behind = Asked { is_own: false, ..own };
        assert_eq!(look(asking("198.51.100.53"), OWN, Some(&table()), testlists::builtin), behind);
    }

    #[test]
    fn the_address_from_which_questions_arrive_counts_first() {
        let look = |named: &str, asker: &str| {
            let heard = Heard { named: named.parse().ok(), asker: asker.parse().ok() };
            look(heard, OWN, Some(&table()), testlists::builtin)
        };

        let router = look("192.168.1.1", "9.9.9.9");
        assert!(router.is_foreign, "{router:?}");
        let replaced = look("9.9.9.9", "198.51.100.53");
        assert_eq!(replaced, Asked { network: OWN, is_foreign: false, is_own: false });
        let forwards = look("198.51.100.53", "192.0.2.1");
        assert_eq!(forwards, Asked { network: None, is_foreign: true, is_own: false });
    }

    #[test]
    fn networks_of_one_provider_are_one() {
        let lists = testlists::builtin();
        let twins = lists.networks.iter().find_map(|one| {
            let is_twin = |other: &&testlists::Network| {
                other.provider == one.provider && other.asn != one.asn
            };
            lists.networks.iter().find(is_twin).map(|other| [one.asn, other.asn])
        });
        let [own, theirs] = twins.expect("a provider with two networks is listed");
        let text = format!(
            "first,last,asn\n192.0.2.0,192.0.2.255,{}\n198.51.100.0,198.51.100.255,{}\n",
            theirs.0, own.0
        );
        let table = Prefixes::parse("prefixes/x.csv", &text).unwrap();

        let asked = look(named("192.0.2.1"), Some(own), Some(&table), || lists);

        assert_eq!(asked, Asked { network: Some(theirs), is_foreign: false, is_own: true });
    }

    #[test]
    fn a_resolver_in_the_home_or_a_line_that_is_not_known_tells_nothing() {
        let never = || -> Lists { unreachable!("there is nothing to compare") };

        assert_eq!(look(Heard::default(), OWN, None, never), Asked::default());
        assert_eq!(look(named("192.168.1.1"), OWN, None, never), Asked::default());
        for own in [None, Some(Asn(64999))] {
            let unknown = look(named("9.9.9.9"), own, Some(&table()), testlists::builtin);
            assert!(!unknown.is_foreign, "{own:?}");
        }
    }

    #[tokio::test]
    async fn the_system_is_asked_for_a_fresh_name_and_a_resolver_left_alone_for_none() {
        let zone: Host = "whoami.test".parse().unwrap();
        let edge = Edge::new(|| record::Timestamp(0), || 0xabc);
        let name = "0000000000000abc.whoami.test";
        let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = Arc::clone(&asked);
        let prober = Arc::new(ScriptedProber::new(move |planned| {
            let Step::Lookup(step) = planned.step.clone() else { return None };
            noted.lock().unwrap().push((step.name.to_string(), step.resolver.transport));
            let given = [whoami::mark(step.name.as_str()).into(), "192.0.2.53".parse().unwrap()];
            let answers = given.map(Answer::Address).to_vec();
            let datagram =
                Datagram { question: "A".into(), after_ms: 1, fits: true, rcode: 0, answers };
            let outcome = Ok(Answers { datagrams: vec![datagram] });
            let part = planned.part;
            Some(Observation::Lookup(Seen { step, part, at_ms: 0, took_ms: 1, outcome }))
        }));

        let alone = hear(&prober, OwnResolver::LeftAlone, Some(&zone), &edge).await;
        let without = hear(&prober, OwnResolver::Named(None), None, &edge).await;
        assert_eq!([alone, without], [Heard::default(); 2]);
        assert!(asked.lock().unwrap().is_empty());
        let heard = hear(&prober, OwnResolver::Named(None), Some(&zone), &edge).await;

        assert_eq!(heard, asking("192.0.2.53"));
        assert_eq!(*asked.lock().unwrap(), [(name.to_owned(), Transport::System)]);
    }

    fn named(ip: &str) -> Heard {
        Heard { named: ip.parse().ok(), asker: None }
    }

    fn asking(ip: &str) -> Heard {
        Heard { named: None, asker: ip.parse().ok() }
    }

    fn table() -> Prefixes {
        let text =
            "first,last,asn\n192.0.2.0,192.0.2.255,64497\n198.51.100.0,198.51.100.255,64496\n";
        Prefixes::parse("prefixes/x.csv", text).unwrap()
    }

    const OWN: Option<Asn> = Some(Asn(64496));
}
