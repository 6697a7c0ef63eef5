//! Asks for names whose answers tell of a filter or a translator on the machine or line.

use std::net::IpAddr;
use std::sync::Arc;

use record::{Host, Resolver, Transport};
use testlists::PublicResolver;

use super::{ask, system};
use crate::probe::Prober;

/// What the computer's own resolver says of an advertiser's name that a public one knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advertiser {
    /// It gives an address.
    Known,
    /// It denies the name, or gives an address of nobody.
    LeftOut,
}

/// Asks for advertisers' names; those that no public resolver knows are passed over, and the
/// computer's own is not asked for them.
pub async fn look<P: Prober>(prober: &Arc<P>, resolvers: &[PublicResolver]) -> Vec<Advertiser> {
    let Some(resolver) = resolvers.iter().find_map(public) else { return Vec::new() };
    let names = testlists::advertisers();
    let mut asked = Vec::new();
    let mut running = tokio::task::JoinSet::new();
    for name in names.into_iter().take(NAMES) {
        let (prober, resolver) = (Arc::clone(prober), resolver.clone());
        running.spawn(async move { one(&prober, &name, resolver).await });
    }
    while let Some(joined) = running.join_next().await {
        asked.extend(joined.ok().flatten());
    }
    asked
}

async fn one<P: Prober>(prober: &Arc<P>, name: &Host, public: Resolver) -> Option<Advertiser> {
    let outside = ask(prober, name, public).await?;
    if !outside.addresses().iter().any(is_somebody) {
        return None;
    }
    let own = ask(prober, name, system()).await?;
    let known = own.addresses().iter().any(is_somebody);
    Some(if known { Advertiser::Known } else { Advertiser::LeftOut })
}

/// Returns the IPv6 addresses that the computer's own resolver makes for a name that has none by
/// definition (RFC 7050 §3).
pub async fn made_up<P: Prober>(prober: &Arc<P>) -> Vec<IpAddr> {
    let Ok(name) = IPV4_ONLY.parse() else { return Vec::new() };
    let answers = ask(prober, &name, system()).await;
    let mut addresses = answers.map(|answers| answers.addresses()).unwrap_or_default();
    addresses.retain(IpAddr::is_ipv6);
    addresses
}

/// Returns whether a filter leaves advertisers out: at least two names that others know.
pub fn is_filtered(advertisers: &[Advertiser]) -> bool {
    advertisers.iter().filter(|one| **one == Advertiser::LeftOut).count() >= ENOUGH
}

fn public(resolver: &PublicResolver) -> Option<Resolver> {
    // Over HTTPS nobody on the way can answer in its place.
    let transport = match (&resolver.doh, resolver.udp) {
        (Some(_), _) => Transport::Doh,
        (None, Some(_)) => Transport::Udp,
        (None, None) => return None,
    };
    Some(Resolver { id: resolver.id.clone(), transport })
}

fn is_somebody(ip: &IpAddr) -> bool {
    !ip.is_unspecified() && !ip.is_loopback()
}

const IPV4_ONLY: &str = "ipv4only.arpa";
const NAMES: usize = 3;
const ENOUGH: usize = 2;

#[cfg(test)]
mod tests {
    use record::{Answer, Answers, Datagram, Observation, Seen, Step};

    use super::*;
    use crate::probe::scripted::ScriptedProber;

    #[tokio::test(start_paused = true)]
    async fn a_name_that_the_own_resolver_leaves_out_tells_of_a_filter() {
        for (own, filtered) in [
            (&["0.0.0.0"][..], true),
            (&["127.0.0.1", "::1"], true),
            (&[], true),
            (&["198.51.100.4"], false),
        ] {
            let prober = resolvers(&["198.51.100.4"], own);

            let asked = look(&prober, &[known()]).await;

            assert_eq!((asked.len(), is_filtered(&asked)), (3, filtered), "{own:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_nobody_knows_tells_nothing_and_without_resolvers_nobody_is_asked() {
        let prober = resolvers(&[], &["0.0.0.0"]);

        assert!(look(&prober, &[known()]).await.is_empty());
        assert!(look(&prober, &[]).await.is_empty());
        assert!(!is_filtered(&[Advertiser::LeftOut, Advertiser::Known]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_translator_makes_addresses_for_a_name_that_has_none() {
        let made = made_up(&resolvers(&[], &["192.0.0.170", "64:ff9b::c000:aa"])).await;
        assert_eq!(made, ["64:ff9b::c000:aa".parse::<IpAddr>().unwrap()]);
        assert!(made_up(&resolvers(&[], &["192.0.0.170"])).await.is_empty());
    }

    fn known() -> PublicResolver {
        let udp = Some("192.0.2.53:53".parse().unwrap());
        PublicResolver { id: "open".into(), udp, doh: None }
    }

    fn resolvers(public: &[&str], own: &[&str]) -> Arc<ScriptedProber> {
        let parse =
            |list: &[&str]| -> Vec<IpAddr> { list.iter().map(|ip| ip.parse().unwrap()).collect() };
        let (public, own) = (parse(public), parse(own));
        Arc::new(ScriptedProber::new(move |planned| {
            let Step::Lookup(step) = planned.step.clone() else { return None };
            let list = if step.resolver.id == Resolver::SYSTEM { &own } else { &public };
            let datagram = |question: &str, six: bool| Datagram {
                question: question.into(),
                after_ms: 1,
                fits: true,
                rcode: 0,
                answers: (list.iter().filter(|ip| ip.is_ipv6() == six))
                    .map(|ip| Answer::Address(*ip))
                    .collect(),
            };
            let datagrams = vec![datagram("A", false), datagram("AAAA", true)];
            let (part, outcome) = (planned.part, Ok(Answers { datagrams }));
            Some(Observation::Lookup(Seen { step, part, at_ms: 0, took_ms: 1, outcome }))
        }))
    }
}
