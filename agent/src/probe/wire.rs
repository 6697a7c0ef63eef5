//! The prober that really goes out on the wire.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use plan::Planned;
use record::{
    Answers, Connect, Connected, Failed, Failure, Fetch, Handshake, Hops, Host, Load, Loaded,
    Lookup, Observation, Page, Quic, Resolver, Rungs, Seen, ServiceLookup, Services, Session, Step,
    Transport, Trust, Variant,
};
use testlists::{DohServer, PageMark, Prefixes, PublicResolver};

use super::deadline::millis;
use super::eye::Shown;
use super::failure::{LocalFault, Trouble, failed, settle};
use super::stream::{Counted, Counts};
use super::tls::Tls;
use super::translation::Translation;
use super::{
    Performed, Prober, dns, doh, hops, http, http3, load, provider, quic, service, system, tcp,
    variant,
};
use crate::config::{Config, Limits};
use crate::edge::Edge;
use crate::lists::is_never;
use crate::roots::Roots;

/// Performs steps with real sockets.
#[derive(Debug)]
pub struct Wire {
    limits: Limits,
    tls: Tls,
    edge: Edge,
    resolvers: Vec<PublicResolver>,
    never: Vec<Host>,
    system_turns: Arc<Semaphore>,
    /// Where no resolver runs: the beacon.
    nobody: Option<SocketAddr>,
    /// The resolver that this line was given. Never written anywhere.
    provider: Option<SocketAddr>,
    /// The listed pages that stand in for others.
    marks: Vec<PageMark>,
    /// Whose an address is; read when the first ladder is climbed, unless it was given.
    prefixes: OnceLock<Prefixes>,
    /// How IPv4 is reached, where this machine has none of its own.
    translation: Option<Translation>,
}

impl Wire {
    /// Prepares to perform steps by the settings; the lists' `resolvers` are those that steps may
    /// name.
    pub fn new(config: &Config, roots: Roots, resolvers: Vec<PublicResolver>, edge: Edge) -> Self {
        let limits = config.limits.clone();
        let patience = Duration::from_millis(limits.handshake_timeout_ms);
        let machine = roots.of_the_machine(config.system_roots.as_deref());
        let tls = Tls::new(roots, machine, edge.clone(), patience);
        let system_turns = Arc::new(Semaphore::new(SYSTEM_LOOKUPS));
        Self {
            limits,
            tls,
            edge,
            resolvers,
            never: config.never.clone(),
            system_turns,
            nobody: None,
            provider: provider::resolver(),
            marks: Vec::new(),
            prefixes: OnceLock::new(),
            translation: None,
        }
    }

    /// Tells by `prefixes` whose an address is, in place of the table in the program.
    #[must_use]
    pub fn with_prefixes(mut self, prefixes: Prefixes) -> Self {
        self.prefixes = OnceLock::from(prefixes);
        self
    }

    /// Looks for the `marks` on every page.
    #[must_use]
    pub fn with_marks(mut self, marks: Vec<PageMark>) -> Self {
        self.marks = marks;
        self
    }

    /// Takes another resolver for the one that this line was given.
    #[must_use]
    pub fn with_provider(mut self, resolver: Option<SocketAddr>) -> Self {
        self.provider = resolver;
        self
    }

    /// Sends the questions that nobody should answer to the host of `beacon`.
    #[must_use]
    pub fn with_beacon(mut self, beacon: Option<SocketAddr>) -> Self {
        self.nobody = beacon.map(|beacon| SocketAddr::new(beacon.ip(), DNS_PORT));
        self
    }

    /// Reaches IPv4 through the network's translator.
    #[must_use]
    pub fn with_translation(mut self, translation: Option<Translation>) -> Self {
        self.translation = translation;
        self
    }

    /// Returns where to go for `to`.
    fn way_to(&self, to: SocketAddr) -> SocketAddr {
        self.translation.map_or(to, |translation| translation.way_to(to))
    }

    /// Fails a step towards a host that the person named as never to be contacted: a redirect may
    /// lead there.
    fn admit(&self, host: &Host) -> Result<(), Trouble> {
        if is_never(host, &self.never) {
            return Err(failed(Failure::Cancelled, "never to be contacted").into());
        }
        Ok(())
    }

    /// Finds the way to a resolver.
    fn way(&self, resolver: &Resolver) -> Result<Way, LocalFault> {
        let known = self.resolvers.iter().find(|known| known.id == resolver.id);
        let udp = |server| Way::Udp(self.way_to(server));
        let way = match (resolver.transport, resolver.id.as_str()) {
            (Transport::System, _) => Some(Way::System),
            (Transport::Udp, Resolver::NOBODY) => self.nobody.map(udp),
            (Transport::Udp, Resolver::PROVIDER) => self.provider.map(udp),
            (Transport::Udp, _) => known.and_then(|known| known.udp).map(udp),
            (Transport::Doh, _) => known.and_then(|known| known.doh.clone()).map(|mut server| {
                for ip in &mut server.addresses {
                    *ip = self.way_to(SocketAddr::new(*ip, server.port)).ip();
                }
                Way::Doh(server)
            }),
        };
        way.ok_or_else(|| LocalFault::UnknownResolver(resolver.id.clone()))
    }

    async fn lookup(&self, step: &Lookup, shown: &mut Shown) -> Result<Answers, Trouble> {
        self.admit(&step.name)?;
        match self.way(&step.resolver)? {
            Way::System => {
                let (patience, turns) = (self.dns_patience().first, &self.system_turns);
                system::lookup(&step.name, patience, turns).await
            }
            Way::Udp(server) => {
                dns::lookup(&step.name, server, self.dns_patience(), &self.edge).await
            }
            Way::Doh(server) => {
                let tools = (&self.tls, &self.edge);
                doh::lookup(&step.name, &server, tools, self.doh_patience(), shown).await
            }
        }
    }

    async fn service(&self, step: &ServiceLookup, shown: &mut Shown) -> Result<Services, Trouble> {
        self.admit(&step.name)?;
        match self.way(&step.resolver)? {
            // The system can be asked for addresses only.
            Way::System => Err(LocalFault::UnknownResolver(step.resolver.id.clone()).into()),
            Way::Udp(server) => {
                service::lookup(&step.name, server, self.dns_patience(), &self.edge).await
            }
            Way::Doh(server) => {
                let (tools, patience) = ((&self.tls, &self.edge), self.doh_patience());
                service::lookup_over_https(&step.name, &server, tools, patience, shown).await
            }
        }
    }

    fn dns_patience(&self) -> dns::Patience {
        let first = Duration::from_millis(self.limits.dns_timeout_ms);
        dns::Patience { first, window: Duration::from_millis(self.limits.dns_window_ms) }
    }

    fn doh_patience(&self) -> doh::Patience {
        let answers = Duration::from_millis(self.limits.dns_timeout_ms);
        doh::Patience { connect: self.connect_patience(), answers }
    }

    async fn connect(&self, step: &Connect) -> Result<Connected, Trouble> {
        tcp::connect(self.way_to(step.to), self.connect_patience()).await?;
        Ok(Connected {})
    }

    async fn handshake(&self, step: &Handshake, shown: &mut Shown) -> Result<Session, Trouble> {
        self.admit(&step.sni)?;
        let stream = tcp::connect(self.way_to(step.to), self.connect_patience()).await?;
        let secured = self.tls.secure(stream, &step.sni, &Counts::default(), shown).await?;
        Ok(secured.session)
    }

    async fn variant(&self, step: &Variant, shown: &mut Shown) -> Result<Session, Trouble> {
        self.admit(&step.name)?;
        let step = Variant { to: self.way_to(step.to), ..step.clone() };
        variant::perform(&step, &self.tls, self.connect_patience(), shown).await
    }

    async fn quic(&self, step: &Quic, shown: &mut Shown) -> Result<Session, Trouble> {
        self.admit(&step.sni)?;
        let step = Quic { to: self.way_to(step.to), ..step.clone() };
        quic::perform(&step, &self.tls, self.handshake_patience(), shown).await
    }

    async fn http3(&self, step: &Fetch, shown: &mut Shown) -> Result<Page, Trouble> {
        self.admit(&step.url.host())?;
        let patience = (self.handshake_patience(), self.page_patience());
        let step = Fetch { to: self.way_to(step.to), ..step.clone() };
        http3::perform(&step, &self.tls, patience, &self.marks, shown).await
    }

    async fn load(&self, step: &Load) -> Result<Loaded, Trouble> {
        let whole = Duration::from_millis(self.limits.load_timeout_ms);
        let patience = load::Patience { connect: self.connect_patience(), whole };
        let step = Load { to: self.way_to(step.to), ..step.clone() };
        load::perform(&step, &self.tls, patience).await
    }

    async fn hops(&self, step: &Hops) -> Result<Rungs, Trouble> {
        self.admit(&step.sni)?;
        let rung = self.handshake_patience().min(RUNG_PATIENCE);
        let patience = hops::Patience { connect: self.connect_patience(), rung };
        let network = |ip| self.prefixes.get_or_init(|| testlists::builtin().prefixes).asn(ip);
        let step = Hops { to: self.way_to(step.to), ..step.clone() };
        hops::perform(&step, &self.tls, patience, &network).await
    }

    fn handshake_patience(&self) -> Duration {
        Duration::from_millis(self.limits.handshake_timeout_ms)
    }

    async fn fetch(&self, step: &Fetch, shown: &mut Shown) -> Result<Page, Trouble> {
        self.admit(&step.url.host())?;
        let (patience, marks) = (self.page_patience(), &self.marks);
        let counts = Counts::default();
        let fill = |trouble| match trouble {
            Trouble::Failed(failed) => Trouble::Failed(counts.fill(failed)),
            Trouble::Local(fault) => Trouble::Local(fault),
        };
        let stream = tcp::connect(self.way_to(step.to), self.connect_patience()).await?;
        if !step.url.is_https() {
            let counted = Counted::new(stream, counts.clone());
            return http::fetch(counted, &step.url, patience, marks).await.map_err(fill);
        }
        let secured = self.tls.secure(stream, &step.url.host(), &counts, shown).await?;
        if secured.session.trust != Trust::Trusted {
            return Err(fill(http::untrusted().into()));
        }
        let page = http::fetch(secured.stream, &step.url, patience, marks).await.map_err(fill)?;
        Ok(Page { session: Some(secured.session), ..page })
    }

    fn page_patience(&self) -> http::Patience {
        let head = Duration::from_millis(self.limits.fetch_timeout_ms);
        http::Patience { head, body: Duration::from_millis(self.limits.body_timeout_ms) }
    }

    fn connect_patience(&self) -> Duration {
        Duration::from_millis(self.limits.connect_timeout_ms)
    }
}

impl Prober for Wire {
    async fn perform(
        &self,
        planned: &Planned,
        job_began: Instant,
    ) -> Result<Performed, LocalFault> {
        let mut shown = Shown::new();
        let frame = Frame { planned, job_began, began: Instant::now() };
        let observation = match &planned.step {
            Step::Lookup(step) => {
                let outcome = settle(self.lookup(step, &mut shown).await)?;
                // Certificates of the way to a resolver say nothing about the target.
                shown.clear();
                Observation::Lookup(frame.seen(step, outcome))
            }
            Step::Connect(step) => {
                Observation::Connect(frame.seen(step, settle(self.connect(step).await)?))
            }
            Step::Handshake(step) => {
                let outcome = settle(self.handshake(step, &mut shown).await)?;
                Observation::Handshake(frame.seen(step, outcome))
            }
            Step::Fetch(step) => {
                let outcome = settle(self.fetch(step, &mut shown).await)?;
                Observation::Fetch(frame.seen(step, outcome))
            }
            Step::Service(step) => {
                let outcome = settle(self.service(step, &mut shown).await)?;
                shown.clear();
                Observation::Service(frame.seen(step, outcome))
            }
            Step::Variant(step) => {
                let outcome = settle(self.variant(step, &mut shown).await)?;
                Observation::Variant(frame.seen(step, outcome))
            }
            Step::Quic(step) => {
                let outcome = settle(self.quic(step, &mut shown).await)?;
                Observation::Quic(frame.seen(step, outcome))
            }
            Step::Http3(step) => {
                let outcome = settle(self.http3(step, &mut shown).await)?;
                Observation::Http3(frame.seen(step, outcome))
            }
            Step::Load(step) => Observation::Load(frame.seen(step, settle(self.load(step).await)?)),
            Step::Hops(step) => Observation::Hops(frame.seen(step, settle(self.hops(step).await)?)),
        };
        Ok(Performed { observation, certificates: shown })
    }

    fn has_provider_resolver(&self) -> bool {
        self.provider.is_some()
    }
}

/// How a resolver is asked.
enum Way {
    System,
    Udp(SocketAddr),
    Doh(DohServer),
}

/// What every observation holds beside its outcome.
struct Frame<'a> {
    planned: &'a Planned,
    job_began: Instant,
    began: Instant,
}

impl Frame<'_> {
    fn seen<S: Clone, T>(&self, step: &S, outcome: Result<T, Failed>) -> Seen<S, T> {
        Seen {
            step: step.clone(),
            part: self.planned.part,
            at_ms: millis(self.began.duration_since(self.job_began)),
            took_ms: millis(self.began.elapsed()),
            outcome,
        }
    }
}

/// A router's word comes within a second or does not come.
const RUNG_PATIENCE: Duration = Duration::from_millis(1500);
/// Where resolvers answer (RFC 1035 §4.2).
const DNS_PORT: u16 = 53;
/// Questions to the system's resolver that run at the same time.
const SYSTEM_LOOKUPS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_with_addresses_of_ipv4_are_asked_through_the_translator() {
        let host = "dns.test".parse().unwrap();
        let addresses = vec!["192.0.2.53".parse().unwrap(), "2001:db8::53".parse().unwrap()];
        let resolver = PublicResolver {
            id: "open".into(),
            udp: Some("192.0.2.53:53".parse().unwrap()),
            doh: Some(DohServer { addresses, port: 443, host, path: "/dns-query".into() }),
        };
        let roots = Roots::load(None).unwrap();
        let edge = Edge::new(|| record::Timestamp(0), || 7);
        let translation = Translation::of(&["64:ff9b::192.0.0.170".parse().unwrap()]);
        let wire = Wire::new(&Config::default(), roots, vec![resolver], edge);
        let wire = wire.with_translation(translation);
        let way = |transport| wire.way(&Resolver { id: "open".into(), transport });

        let Ok(Way::Udp(at)) = way(Transport::Udp) else { panic!("no way over UDP") };
        let Ok(Way::Doh(server)) = way(Transport::Doh) else { panic!("no way over HTTPS") };

        assert_eq!(at.to_string(), "[64:ff9b::c000:235]:53");
        let addresses: Vec<String> = server.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["64:ff9b::c000:235", "2001:db8::53"]);
    }

    #[test]
    fn nobody_is_the_beacons_host_where_resolvers_answer() {
        let roots = Roots::load(None).unwrap();
        let edge = Edge::new(|| record::Timestamp(0), || 7);
        let wire = Wire::new(&Config::default(), roots, Vec::new(), edge);
        let nobody = Resolver { id: Resolver::NOBODY.to_owned(), transport: Transport::Udp };
        let beacon = "192.0.2.1:443".parse().unwrap();

        assert!(matches!(wire.way(&nobody), Err(LocalFault::UnknownResolver(_))));
        let wire = wire.with_beacon(Some(beacon));

        let Ok(Way::Udp(at)) = wire.way(&nobody) else { panic!("no way to nobody") };
        assert_eq!(at.to_string(), "192.0.2.1:53");
    }
}
