//! An invented network that answers every step, and a driver that performs a recipe on it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use plan::{Beacon, Confirm, Job, Plan, Planned, Policy, recipe};
use record::{
    Answer, Answers, Arm, Connected, Datagram, Digest, Failed, Failure, Hour, Kind, Observation,
    Page, Part, Resolver, Rungs, Seed, Seen, ServiceRecord, Services, Session, Step, Target,
    Transport, Trust,
};
use testlists::{DohServer, PublicResolver};

pub(crate) const SEED: Seed = Seed(Digest([5; 32]));
pub(crate) const CREDENTIAL: [u8; 32] = [6; 32];
pub(crate) const HOUR: Hour = Hour(498_000);
pub(crate) const SPACING_MS: u32 = 5000;

/// Tells slot and arm of a block's attempts.
pub(crate) type Channel = fn(Part) -> Option<(u8, Arm)>;

pub(crate) const SITE: Channel = |part| match part {
    Part::SiteBlock { slot, arm, .. } => Some((slot, arm)),
    Part::Screen | Part::Before | Part::After | Part::Hop { .. } => None,
    Part::BeaconBlock { .. } | Part::Block { .. } | Part::Variation | Part::OverQuic => None,
};

pub(crate) const BEACON: Channel = |part| match part {
    Part::BeaconBlock { slot, arm, .. } => Some((slot, arm)),
    Part::Screen | Part::Before | Part::After | Part::Hop { .. } => None,
    Part::SiteBlock { .. } | Part::Block { .. } | Part::Variation | Part::OverQuic => None,
};

/// A job and its circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) job: Job,
    pub(crate) resolvers: Vec<PublicResolver>,
    pub(crate) beacon: bool,
    pub(crate) policy: Policy,
    pub(crate) control: Vec<Observation>,
}

impl Setting {
    pub(crate) fn of(target: &str) -> Self {
        let resolver = |id: &str, udp: Option<&str>, doh: bool| PublicResolver {
            id: id.to_owned(),
            udp: udp.map(parsed),
            doh: doh.then(|| DohServer {
                addresses: vec![parsed("203.0.113.53")],
                port: 443,
                host: parsed("dns.test"),
                path: "/dns-query".to_owned(),
            }),
        };
        Self {
            job: Job {
                kind: Kind::Web,
                target: parsed(target),
                addresses: Vec::new(),
                before: parsed("https://good1.test/"),
                after: parsed("https://good2.test/"),
                round: 0,
                confirm: Confirm::IfFailed,
            },
            resolvers: vec![resolver("one", Some("203.0.113.1:53"), true)],
            beacon: true,
            policy: Policy { spacing_ms: SPACING_MS, addresses: 4, ..Policy::default() },
            control: Vec::new(),
        }
        .with(resolver("two", Some("203.0.113.2:53"), false), resolver("three", None, true))
    }

    pub(crate) fn next(&self, seen: &[Observation]) -> Vec<Planned> {
        let beacon = Beacon {
            tls: SocketAddr::from(([198, 51, 100, 9], 443)),
            http: SocketAddr::from(([198, 51, 100, 9], 80)),
        };
        let plan = Plan {
            seed: SEED,
            credential: &CREDENTIAL,
            hour: HOUR,
            resolvers: &self.resolvers,
            own_resolver: true,
            control: Some(self.control.as_slice()).filter(|seen| !seen.is_empty()),
            beacon: self.beacon.then_some(beacon),
            policy: self.policy,
        };
        recipe(self.job.kind).next(&self.job, &plan, seen)
    }

    fn with(mut self, two: PublicResolver, three: PublicResolver) -> Self {
        self.resolvers.extend([two, three]);
        self
    }
}

/// Decides what comes of each step: a function of the step alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// Draws every outcome, where there is one.
    random: Option<u64>,
    dropped: BTreeSet<String>,
    hidden: BTreeSet<String>,
    forged: BTreeSet<String>,
    redirects: BTreeMap<String, String>,
    no_quic: BTreeSet<String>,
    slow: bool,
    no_blocks: bool,
    tls_alone: bool,
    /// Addresses of every name beside the usual one.
    besides: Vec<IpAddr>,
    failing_over_ipv6: BTreeSet<String>,
    /// Names whose certificates no public root vouches for.
    own_authority: BTreeSet<String>,
    /// The keys for encrypted names that HTTPS records hold, over UDP and over HTTPS.
    keys: Option<[String; 2]>,
    /// How every fetch fails, where all do.
    pages_fail: Option<Failure>,
}

impl World {
    pub(crate) fn random(draw: u64) -> Self {
        Self { random: Some(draw), ..Self::default() }
    }

    pub(crate) fn open() -> Self {
        Self::default()
    }

    pub(crate) fn dropping(name: &str) -> Self {
        Self::open().and_dropping(name)
    }

    pub(crate) fn and_dropping(mut self, name: &str) -> Self {
        self.dropped.insert(name.to_owned());
        self
    }

    /// Lets every attempt of a block fail, whatever its name.
    pub(crate) fn and_dropping_all_in_blocks(mut self) -> Self {
        self.no_blocks = true;
        self
    }

    /// Drops handshakes, not requests.
    pub(crate) fn dropping_tls(name: &str) -> Self {
        Self { tls_alone: true, ..Self::dropping(name) }
    }

    pub(crate) fn without_quic(mut self, name: &str) -> Self {
        self.no_quic.insert(name.to_owned());
        self
    }

    /// Gives every name an address of IPv6 as well.
    pub(crate) fn with_ipv6(mut self) -> Self {
        self.besides.push(parsed("2001:db8::7"));
        self
    }

    pub(crate) fn failing_over_ipv6(mut self, name: &str) -> Self {
        self.failing_over_ipv6.insert(name.to_owned());
        self
    }

    pub(crate) fn with_own_authority(mut self, name: &str) -> Self {
        self.own_authority.insert(name.to_owned());
        self
    }

    pub(crate) fn with_keys(mut self, over_udp: &str, over_https: &str) -> Self {
        self.keys = Some([over_udp, over_https].map(str::to_owned));
        self
    }

    /// Lets no page be asked for, as where certificates are not valid.
    pub(crate) fn without_pages(mut self) -> Self {
        self.pages_fail = Some(Failure::BadMessage);
        self
    }

    pub(crate) fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    pub(crate) fn lying(mut self, name: &str) -> Self {
        self.forged.insert(name.to_owned());
        self
    }

    pub(crate) fn hiding(mut self, name: &str) -> Self {
        self.hidden.insert(name.to_owned());
        self
    }

    pub(crate) fn redirecting(mut self, from: &str, to: &str) -> Self {
        self.redirects.insert(from.to_owned(), to.to_owned());
        self
    }

    fn perform(&self, planned: &Planned, at_ms: u32) -> Observation {
        let part = planned.part;
        match planned.step.clone() {
            Step::Lookup(step) => {
                let outcome = self.lookup(step.name.as_str(), &step.resolver, planned);
                Observation::Lookup(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Connect(step) => {
                let outcome = self.failing(planned, 6).map_or(Ok(Connected {}), Err);
                Observation::Connect(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Handshake(step) => {
                let in_block = self.no_blocks && SITE(part).is_some();
                let by_version =
                    step.to.is_ipv6() && self.failing_over_ipv6.contains(step.sni.as_str());
                let outcome =
                    match in_block || by_version || self.dropped.contains(step.sni.as_str()) {
                        true => Err(Failed::plain(Failure::Timeout)),
                        false => {
                            self.failing(planned, 3).map_or_else(|| Ok(self.session(planned)), Err)
                        }
                    };
                let took_ms = if self.slow { 4000 } else { 1 };
                Observation::Handshake(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Fetch(step) => {
                if let Some(failure) = self.pages_fail {
                    let outcome = Err(Failed::plain(failure));
                    return Observation::Fetch(Seen { step, part, at_ms, took_ms: 1, outcome });
                }
                let in_block = self.no_blocks && SITE(part).is_some();
                let dropped = self.dropped.contains(step.url.host().as_str())
                    && (step.url.is_https() || !self.tls_alone);
                let outcome = match in_block || dropped {
                    true => Err(Failed::plain(Failure::Timeout)),
                    false => self
                        .failing(planned, 6)
                        .map_or_else(|| Ok(self.page(&step.url, planned)), Err),
                };
                Observation::Fetch(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Service(step) => {
                let services = || Ok(self.services(step.resolver.transport));
                let outcome = self.failing(planned, 4).map_or_else(services, Err);
                Observation::Service(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Variant(step) => {
                let outcome =
                    self.failing(planned, 2).map_or_else(|| Ok(self.session(planned)), Err);
                Observation::Variant(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Quic(step) => {
                let outcome = match self.no_quic.contains(step.sni.as_str()) {
                    true => Err(Failed::plain(Failure::Timeout)),
                    false => {
                        self.failing(planned, 2).map_or_else(|| Ok(self.session(planned)), Err)
                    }
                };
                Observation::Quic(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Http3(step) => {
                let page = || Ok(self.page(&step.url, planned));
                let outcome = self.failing(planned, 6).map_or_else(page, Err);
                Observation::Http3(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Load(step) => {
                let outcome = Err(Failed::plain(Failure::Timeout));
                Observation::Load(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
            Step::Hops(step) => {
                let outcome = Ok(Rungs::default());
                Observation::Hops(Seen { step, part, at_ms, took_ms: 1, outcome })
            }
        }
    }

    fn services(&self, transport: Transport) -> Services {
        let keys = self.keys.as_ref();
        let key = keys.map(|[udp, https]| if transport == Transport::Doh { https } else { udp });
        let record = ServiceRecord {
            priority: 1,
            alpn: vec!["h3".to_owned(), "h2".to_owned()],
            ech: Some(key.map_or("AAAA", String::as_str).to_owned()),
            ..ServiceRecord::default()
        };
        let offers = self.random.is_some_and(|draw| draw % 2 == 0)
            || !self.no_quic.is_empty()
            || self.keys.is_some();
        Services { records: if offers { vec![record] } else { Vec::new() } }
    }

    fn lookup(
        &self,
        name: &str,
        resolver: &Resolver,
        planned: &Planned,
    ) -> Result<Answers, Failed> {
        if let Some(failed) = self.failing(planned, 5) {
            return Err(failed);
        }
        let forged = resolver.transport == Transport::System && self.forged.contains(name);
        let hidden = resolver.transport == Transport::System && self.hidden.contains(name);
        let addresses = match self.random {
            None if hidden => Vec::new(),
            None if forged => vec![parsed(FORGED)],
            None => [vec![parsed("192.0.2.7")], self.besides.clone()].concat(),
            Some(_) => {
                let pool = POOL.iter().enumerate();
                let drawn =
                    pool.filter(|(at, _)| self.draw(planned, "address", *at).is_multiple_of(3));
                drawn.map(|(_, ip)| parsed::<IpAddr>(ip)).collect()
            }
        };
        let of = |question: &str, is_kind: fn(&IpAddr) -> bool| Datagram {
            question: question.to_owned(),
            after_ms: 1,
            fits: true,
            rcode: 0,
            answers: addresses.iter().copied().filter(is_kind).map(Answer::Address).collect(),
        };
        let datagrams = vec![of("A", IpAddr::is_ipv4), of("AAAA", IpAddr::is_ipv6)];
        Ok(Answers { datagrams })
    }

    fn session(&self, planned: &Planned) -> Session {
        if self.random.is_none() && at(planned) == Some(parsed(FORGED)) {
            return session(Trust::WrongName);
        }
        if name(&planned.step).is_some_and(|name| self.own_authority.contains(&name)) {
            let chain = vec![Digest::of(b"its own")];
            return Session { chain, ..session(Trust::UnknownIssuer) };
        }
        let trust = match self.random.map(|_| self.draw(planned, "trust", 0) % 4) {
            Some(0) => Trust::UnknownIssuer,
            Some(1) => Trust::WrongName,
            _ => Trust::Trusted,
        };
        session(trust)
    }

    fn page(&self, url: &Target, planned: &Planned) -> Page {
        let mut onward = self.redirects.get(url.as_str()).cloned();
        if self.random.is_some() {
            let choice = usize::from(self.draw(planned, "onward", 0)) % (2 * ONWARD.len());
            onward = ONWARD.get(choice).map(|onward| (*onward).to_owned());
        }
        Page {
            status: if onward.is_some() { 302 } else { 200 },
            headers: onward.map(|onward| ("location".to_owned(), onward)).into_iter().collect(),
            body: Digest::of(b"page"),
            bytes: 4,
            truncated: false,
            title: None,
            similarity: None,
            marks: Vec::new(),
            session: url.is_https().then(|| self.session(planned)),
        }
    }

    /// Draws a failure once in `every` steps.
    fn failing(&self, planned: &Planned, every: u8) -> Option<Failed> {
        self.random?;
        let kinds = [
            Failure::Timeout,
            Failure::Reset,
            Failure::NoRoute,
            Failure::Cancelled,
            Failure::Alert,
        ];
        let kind = usize::from(self.draw(planned, "kind", 0)) % kinds.len();
        self.draw(planned, "fails", 0).is_multiple_of(every).then(|| Failed::plain(kinds[kind]))
    }

    fn draw(&self, planned: &Planned, what: &str, at: usize) -> u8 {
        let text = format!("{:?} {:?} {:?} {what} {at}", self.random, planned.step, planned.part);
        Sha256::digest(text)[0]
    }
}

/// What a driver did and saw.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) planned: Vec<Planned>,
    pub(crate) seen: Vec<Observation>,
    pub(crate) most_in_a_block_at_once: usize,
}

impl Run {
    /// Performs a recipe to its end; `turn` draws which of the steps under way finishes next.
    pub(crate) fn drive(setting: &Setting, world: &World, turn: u64) -> Self {
        let mut run = Self::default();
        let mut under_way: Vec<Planned> = Vec::new();
        loop {
            for due in setting.next(&run.seen) {
                let same = |one: &&Planned| one.step == due.step && one.part == due.part;
                let done = run.planned.iter().find(same);
                let flying = under_way.iter().find(same);
                assert!(done.is_none() || flying.is_some(), "planned again: {due:?}");
                if done.is_none() {
                    run.planned.push(due.clone());
                    under_way.push(due);
                }
            }
            for channel in [SITE, BEACON] {
                let now = under_way.iter().filter(|planned| channel(planned.part).is_some());
                run.most_in_a_block_at_once = run.most_in_a_block_at_once.max(now.count());
            }
            if under_way.is_empty() {
                return run;
            }
            assert!(run.seen.len() < 2000, "no end");
            let drawn = Sha256::digest(format!("{turn} {}", run.seen.len()))[0];
            let finished = under_way.remove(usize::from(drawn) % under_way.len());
            let at_ms = u32::try_from(run.seen.len()).unwrap_or(u32::MAX);
            run.seen.push(world.perform(&finished, at_ms));
        }
    }

    /// Tells the kinds of steps that were made.
    pub(crate) fn told(&self) -> BTreeSet<String> {
        let told = |planned: &Planned| {
            let part = format!("{:?}", planned.part).to_lowercase();
            let step = match &planned.step {
                Step::Lookup(step) => {
                    format!("lookup {:?}", step.resolver.transport).to_lowercase()
                }
                Step::Connect(_) => "connect".to_owned(),
                Step::Handshake(_) => "handshake".to_owned(),
                Step::Fetch(_) => "fetch".to_owned(),
                Step::Service(_) => "service".to_owned(),
                Step::Variant(step) => format!("variant {:?}", step.hello).to_lowercase(),
                Step::Quic(_) => "quic".to_owned(),
                Step::Http3(_) => "http3".to_owned(),
                Step::Load(_) => "load".to_owned(),
                Step::Hops(_) => "hops".to_owned(),
            };
            format!("{part} {step}")
        };
        self.planned.iter().map(told).collect()
    }
}

fn at(planned: &Planned) -> Option<IpAddr> {
    if matches!(planned.step, Step::Connect(_)) { None } else { place(&planned.step) }
}

/// Returns the name that a step sends.
pub(crate) fn name(step: &Step) -> Option<String> {
    match step {
        Step::Lookup(_) | Step::Connect(_) | Step::Service(_) => None,
        Step::Handshake(step) => Some(step.sni.as_str().to_owned()),
        Step::Fetch(step) | Step::Http3(step) => Some(step.url.host().as_str().to_owned()),
        Step::Variant(step) => Some(step.name.as_str().to_owned()),
        Step::Quic(step) => Some(step.sni.as_str().to_owned()),
        Step::Load(step) => Some(step.name.as_str().to_owned()),
        Step::Hops(step) => Some(step.sni.as_str().to_owned()),
    }
}

/// Returns where a step goes.
pub(crate) fn place(step: &Step) -> Option<IpAddr> {
    match step {
        Step::Lookup(_) | Step::Service(_) => None,
        Step::Connect(step) => Some(step.to.ip()),
        Step::Handshake(step) => Some(step.to.ip()),
        Step::Fetch(step) | Step::Http3(step) => Some(step.to.ip()),
        Step::Variant(step) => Some(step.to.ip()),
        Step::Quic(step) => Some(step.to.ip()),
        Step::Load(step) => Some(step.to.ip()),
        Step::Hops(step) => Some(step.to.ip()),
    }
}

pub(crate) fn session(trust: Trust) -> Session {
    Session {
        version: "TLSv1_3".to_owned(),
        chain: Vec::new(),
        trust,
        read: 1,
        written: 1,
        system: None,
        encrypted_name: None,
    }
}

fn parsed<T: FromStr>(text: &str) -> T {
    text.parse().ok().expect("the text is well written")
}

const FORGED: &str = "203.0.113.66";

const POOL: &[&str] = &[
    "192.0.2.1",
    "192.0.2.2",
    "198.51.100.3",
    "203.0.113.4",
    "203.0.113.5",
    "10.0.0.1",
    "127.0.0.1",
    "192.168.1.1",
    "2001:db8::1",
    "2001:db8::2",
    "fe80::1",
    "::1",
];

const ONWARD: &[&str] = &[
    "https://news.test/a",
    "/b",
    "http://other.test/",
    "https://news.test/",
    "c?d",
    "mailto:x@y.test",
    "https://198.51.100.1/",
    "//third.test/",
    "http://",
    "\u{0}",
];
