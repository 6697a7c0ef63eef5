//! Looks at the line and the machine before a run and after it: facts first, conclusions by a pure
//! function. No target is looked at.

pub mod canary;
pub mod filter;
pub mod portal;
pub mod resolver;
pub mod told;
pub mod trial;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use plan::Planned;
use record::{
    Answers, Asn, Host, Label, Lookup, NetworkKind, Observation, Part, Resolver, Step, Transport,
    VoidReason,
};

use testlists::Prefixes;

use crate::collector::Collector;
use crate::edge::Edge;
use crate::lists::Edition;
use crate::network::Here;
use crate::probe::translation::Translation;
use crate::probe::{Performed, Prober};

use canary::Canary;
use filter::Advertiser;
use portal::Answer;
use resolver::OwnResolver;
use trial::Trials;

/// What was seen of line and machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the collector says of the network.
    pub network: Option<NetworkKind>,
    /// Whether the collector answered.
    pub collector: bool,
    /// What answered in the place of each beacon, over plain HTTP.
    pub portal: Vec<Answer>,
    /// By how many seconds the project's servers are ahead of this machine.
    pub ahead_s: Vec<i64>,
    /// Trial connections, by server.
    pub trials: Vec<Trials>,
    /// Known-good sites.
    pub canaries: Vec<Canary>,
    /// Advertisers' names.
    pub advertisers: Vec<Advertiser>,
    /// The families of addresses.
    pub families: Families,
    /// Where the resolver sits.
    pub resolver: resolver::Asked,
}

/// The families of addresses that the line has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Families {
    /// Whether packets of IPv4 have a way out.
    pub ipv4: bool,
    /// Whether packets of IPv6 have a way out.
    pub ipv6: bool,
    /// Whether the resolver makes IPv6 addresses for names that have none (RFC 7050).
    pub translated: bool,
    /// Under which prefix, where one of 96 bits explains them.
    pub translation: Option<Translation>,
}

/// What follows from the facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// Why the run's measurements do not count, where they do not.
    pub void: Vec<VoidReason>,
    /// What else is known.
    pub labels: Vec<Label>,
    /// The line's round-trip time, where it was measured.
    pub rtt_ms: Option<u32>,
    /// The resolver's network, where it is known.
    pub resolver_network: Option<Asn>,
    /// Whether it is the provider's own, by its address.
    pub resolver_direct: bool,
    /// How IPv4 is reached, where this machine has none of its own.
    pub translation: Option<Translation>,
}

/// Where and how to look.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The lists in force.
    pub edition: &'a Edition,
    /// The way to the project's servers.
    pub collector: &'a Collector,
    /// What the collector said of the network; none where it did not answer.
    pub network: Option<&'a Here>,
    /// The line's own resolver: compared in memory, never written down.
    pub resolver: OwnResolver,
    /// Whose an address is, where the settings say so.
    pub prefixes: Option<&'a Prefixes>,
    /// Clock and randomness.
    pub edge: &'a Edge,
}

/// Looks at everything at once, for about six seconds at most.
pub async fn look<P: Prober>(prober: &Arc<P>, around: Around<'_>) -> Facts {
    let snapshot = &around.edition.snapshot;
    let (ipv4, ipv6) = (routes(V4_ELSEWHERE.into()), routes(V6_ELSEWHERE.into()));
    let beacons: Vec<SocketAddr> =
        snapshot.controls.iter().map(|control| control.beacon_tls).take(BEACONS).collect();
    // Only a line with IPv6 can have its addresses translated.
    let own = around.network.and_then(|network| network.asn);
    let made_up = async { if ipv6 { filter::made_up(prober).await } else { Vec::new() } };
    let zone = snapshot.controls.iter().find_map(|control| control.whoami.as_ref());
    let (portal, trials, canaries, advertisers, made_up, heard) = tokio::join!(
        portal::look(around),
        trial::look(prober, &beacons),
        canary::look(prober, around, ipv6),
        filter::look(prober, &snapshot.resolvers),
        made_up,
        Box::pin(resolver::hear(prober, around.resolver, zone, around.edge)),
    );
    let (translated, translation) = (!made_up.is_empty(), Translation::of(&made_up));
    Facts {
        network: around.network.and_then(|network| network.kind),
        collector: around.network.is_some(),
        portal: portal.answers,
        ahead_s: portal.ahead_s,
        trials,
        canaries,
        advertisers,
        families: Families { ipv4, ipv6, translated, translation },
        resolver: resolver::look(heard, own, around.prefixes, testlists::builtin),
    }
}

/// Concludes from the facts. What was not found out is never held against a run.
pub fn conclude(facts: &Facts) -> Conclusion {
    let families = facts.families;
    let share = trial::Share::of(&facts.trials);
    let clock = portal::median(&facts.ahead_s).map(i64::unsigned_abs);
    let answered = facts.portal.contains(&Answer::Beacon) || facts.collector;
    let reached = answered || share.is_some() || facts.canaries.iter().any(Canary::is_reached);
    let tried = !facts.portal.is_empty() || !facts.trials.is_empty() || !facts.canaries.is_empty();
    let void = [
        (VoidReason::WrongClock, clock.is_some_and(|off| off > A_DAY_S)),
        (VoidReason::CaptivePortal, portal::is_captive(&facts.portal, &facts.canaries)),
        (VoidReason::Tunnel, facts.network == Some(NetworkKind::Hosting)),
        (VoidReason::LocalInterception, canary::is_local_interception(&facts.canaries)),
        (VoidReason::LossyLine, share.is_some_and(|share| share.failed_permille > HALF)),
    ];
    let lossy = share.is_some_and(|share| share.late_permille.max(share.failed_permille) > TENTH);
    let labels = [
        (Label::Nat64, families.translated),
        (Label::BrokenIpv6, families.ipv6 && canary::is_ipv6_broken(&facts.canaries)),
        (Label::NoIpv4, !families.ipv4 && families.ipv6),
        (Label::ForeignResolver, facts.resolver.is_foreign),
        (Label::DnsFilter, filter::is_filtered(&facts.advertisers)),
        (Label::SystemRoots, facts.canaries.iter().any(Canary::is_believed_by_machine_alone)),
        (Label::LossyLine, lossy),
        (Label::ClockOff, clock.is_some_and(|off| off > A_MINUTE_S)),
        (Label::NothingReached, tried && !reached),
    ];
    Conclusion {
        void: void.into_iter().filter_map(|(reason, is)| is.then_some(reason)).collect(),
        labels: labels.into_iter().filter_map(|(label, is)| is.then_some(label)).collect(),
        rtt_ms: trial::median(&facts.trials),
        resolver_network: facts.resolver.network,
        resolver_direct: facts.resolver.is_own,
        translation: families.translation.filter(|_| !families.ipv4),
    }
}

/// Lets `resolver` look `name` up; none where no answer came.
async fn ask<P: Prober>(prober: &Arc<P>, name: &Host, resolver: Resolver) -> Option<Answers> {
    let step = Step::Lookup(Lookup { name: name.clone(), resolver });
    let seen = see(prober, step, LOOKUP_PATIENCE).await?;
    Observation::as_lookup(&seen)?.outcome.as_ref().ok().cloned()
}

fn system() -> Resolver {
    Resolver { id: Resolver::SYSTEM.to_owned(), transport: Transport::System }
}

/// Performs one step for at most `patience`; none where it took longer or could not be done.
async fn perform<P: Prober>(prober: &Arc<P>, step: Step, patience: Duration) -> Option<Performed> {
    let planned = Planned { step, part: Part::Screen, wait_ms: 0 };
    timeout(patience, prober.perform(&planned, Instant::now())).await.ok()?.ok()
}

/// Performs one step and returns what was seen.
async fn see<P: Prober>(prober: &Arc<P>, step: Step, patience: Duration) -> Option<Observation> {
    perform(prober, step, patience).await.map(|performed| performed.observation)
}

/// Returns whether the routing table knows a way to `ip`; connecting a UDP socket sends nothing.
fn routes(ip: IpAddr) -> bool {
    let any: IpAddr = match ip {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    UdpSocket::bind((any, 0)).and_then(|socket| socket.connect((ip, 9))).is_ok()
}

const A_DAY_S: u64 = 86_400;
const A_MINUTE_S: u64 = 60;
const HALF: u32 = 500;
const TENTH: u32 = 100;
/// Two of them follow one another at most.
const LOOKUP_PATIENCE: Duration = Duration::from_secs(3);
/// Beacons that are looked at.
const BEACONS: usize = 2;
/// Public addresses of nobody: only the way there is asked for.
const V4_ELSEWHERE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const V6_ELSEWHERE: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_line_has_nothing_to_be_told_but_its_round_trip_time() {
        let concluded = conclude(&good());

        assert_eq!(concluded, Conclusion { rtt_ms: Some(80), ..Conclusion::default() });
    }

    #[test]
    fn each_fact_leads_to_its_own_conclusion() {
        type Change = fn(&mut Facts);
        let cases: [(Change, &[VoidReason], &[Label]); 9] = [
            (|facts| facts.resolver.is_foreign = true, &[], &[Label::ForeignResolver]),
            (|facts| facts.network = Some(NetworkKind::Hosting), &[VoidReason::Tunnel], &[]),
            (|facts| facts.ahead_s = vec![61, 70, 0], &[], &[Label::ClockOff]),
            (
                |facts| facts.ahead_s = vec![-90_000, -90_001],
                &[VoidReason::WrongClock],
                &[Label::ClockOff],
            ),
            (|facts| facts.ahead_s = vec![-90_000], &[], &[]),
            (|facts| facts.families.translated = true, &[], &[Label::Nat64]),
            (|facts| facts.families = ONLY_IPV6, &[], &[Label::NoIpv4]),
            (
                |facts| facts.trials = vec![Trials { asked: 20, refused: 0, took_ms: vec![80; 9] }],
                &[VoidReason::LossyLine],
                &[Label::LossyLine],
            ),
            (
                |facts| {
                    facts.trials = vec![Trials { asked: 20, refused: 0, took_ms: vec![80; 17] }];
                },
                &[],
                &[Label::LossyLine],
            ),
        ];
        for (number, (change, void, labels)) in cases.into_iter().enumerate() {
            let mut facts = good();
            change(&mut facts);

            let concluded = conclude(&facts);

            assert_eq!((&concluded.void[..], &concluded.labels[..]), (void, labels), "{number}");
        }
    }

    #[test]
    fn a_translator_is_used_where_there_is_no_ipv4_alone() {
        let translation = Translation::of(&["64:ff9b::192.0.0.170".parse().unwrap()]);
        let concluded = |families: Families| {
            let families = Families { translated: true, translation, ..families };
            conclude(&Facts { families, ..good() })
        };

        assert_eq!(concluded(ONLY_IPV6).translation, translation);
        assert_eq!(concluded(Families { ipv6: true, ..ONLY_IPV4 }).translation, None);
    }

    #[test]
    fn where_nothing_answers_that_is_said_and_nothing_else() {
        let facts = Facts {
            network: None,
            collector: false,
            portal: vec![Answer::None],
            ahead_s: Vec::new(),
            trials: vec![Trials { asked: 20, refused: 0, took_ms: Vec::new() }],
            canaries: vec![Canary::default(); 3],
            ..good()
        };

        let concluded = conclude(&facts);

        assert_eq!(concluded.labels, [Label::NothingReached]);
        assert!(concluded.void.is_empty() && concluded.rtt_ms.is_none());
    }

    #[test]
    fn a_run_without_beacons_and_canaries_says_nothing_of_the_line() {
        let facts = Facts { families: ONLY_IPV4, ..Facts::default() };

        assert_eq!(conclude(&facts), Conclusion::default());
    }

    fn good() -> Facts {
        Facts {
            network: Some(NetworkKind::Fixed),
            collector: true,
            portal: vec![Answer::Beacon; 2],
            ahead_s: vec![1, -2],
            trials: vec![Trials { asked: 20, refused: 0, took_ms: vec![80; 20] }],
            canaries: vec![canary::tests::good(); 3],
            advertisers: Vec::new(),
            families: ONLY_IPV4,
            resolver: resolver::Asked::default(),
        }
    }

    const ONLY_IPV4: Families =
        Families { ipv4: true, ipv6: false, translated: false, translation: None };
    const ONLY_IPV6: Families = Families { ipv4: false, ipv6: true, ..ONLY_IPV4 };
}
