//! The lab: a world, providers, volunteers, and the wires between.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tun_rs::SyncDevice;

use crate::LabError;
use crate::censor::{CensorSpec, Censorship, Chains, build};
use crate::forward::Forwarder;
use crate::internet::{
    self, Absent, ChainStyle, Interceptor, IntermediateAge, IntermediateSent, NationalAuthority,
    PUBLIC_A, Resolver, RootSent, Router, World, WorldSpec,
};
use crate::link::{self, Range};
use crate::netns::Space;
use crate::noise::Noise;
use crate::road::{Ipv6, MOST_CUSTOMERS, MOST_PROVIDERS, Plan, Port, Road, Versions};

/// What a lab is built from.
#[derive(Clone, Debug)]
pub struct LabSpec {
    /// Its providers, at most fifteen.
    pub providers: Vec<ProviderSpec>,
    /// Its world.
    pub world: WorldSpec,
    /// A folder for what programs must read.
    pub dir: PathBuf,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct ProviderSpec {
    /// Its id.
    pub id: String,
    /// How many volunteers it has, at most thirteen; each has a network of its own.
    pub volunteers: u8,
    /// Delay each way, in milliseconds.
    pub delay_ms: u32,
    /// Routers on the way to the world; the censor stands behind half of them.
    pub hops: u8,
    /// What its volunteers have of IPv6.
    pub ipv6: Ipv6,
    /// Of which versions its censors on the path see packets.
    pub censored: Versions,
    /// Whom its volunteers' computers ask for names.
    pub home: Home,
    /// Its censors, on at the start.
    pub censors: Vec<CensorSpec>,
}

/// Whom a volunteer's computer asks for names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Home {
    /// The provider's resolver.
    #[default]
    Bare,
    /// A router at home, which asks the provider's resolver.
    Router,
    /// A router at home, which asks a resolver in a data centre.
    RouterElsewhere,
}

/// A running lab; all of it ends when this handle is dropped.
#[derive(Debug)]
pub struct Lab {
    // In the order in which they must end.
    providers: Vec<Provider>,
    _servers: World,
    world: Space,
    national: NationalAuthority,
    spec: WorldSpec,
    roots: PathBuf,
}

#[derive(Debug)]
struct Provider {
    forwarder: Forwarder,
    resolver: Resolver,
    _interceptor: Option<Interceptor>,
    _routers: Vec<Router>,
    volunteers: Vec<(Space, Vec<IpAddr>)>,
}

impl Lab {
    /// Builds the lab; its servers answer when this returns.
    pub fn start(spec: LabSpec) -> Result<Self, LabError> {
        if spec.providers.len() > MOST_PROVIDERS {
            let told = format!("a lab has addresses for {MOST_PROVIDERS} providers");
            return Err(LabError::Wrong(told));
        }
        let world = Space::new("world")?;
        link::own(&world, WORLD.to_vec())?;
        world.ask(PUBLIC_A)?;
        let servers = internet::start_world(&world, &spec.world)?;
        let national = NationalAuthority::create(style(&spec.providers))?;
        let mut providers = Vec::new();
        for (number, provider) in (1..).zip(&spec.providers) {
            let site = Site { number, world: &world, sites: &spec.world, national: &national };
            providers.push(site.build(provider)?);
        }
        let roots = spec.dir.join("roots.pem");
        fs::write(&roots, servers.root_pem())
            .map_err(LabError::failed("writing the lab's roots"))?;
        Ok(Self { providers, _servers: servers, world, national, spec: spec.world, roots })
    }

    /// Returns the host on which the world's servers run.
    pub fn world(&self) -> &Space {
        &self.world
    }

    /// Returns a volunteer's host and addresses; both numbers count from 0.
    pub fn volunteer(&self, provider: usize, volunteer: usize) -> (&Space, &[IpAddr]) {
        let (space, addresses) = &self.providers[provider].volunteers[volunteer];
        (space, addresses)
    }

    /// Switches a provider's censors on or off, the lies of its resolver among them.
    pub fn censor(&self, provider: usize, on: bool) {
        let provider = &self.providers[provider];
        provider.forwarder.censor(on);
        provider.resolver.set_lying(on);
    }

    /// Makes a provider's line as bad as `noise` says.
    pub fn disturb(&self, provider: usize, noise: Noise) {
        self.providers[provider].forwarder.disturb(noise);
    }

    /// Lets a provider's own resolver wait so long before each answer.
    pub fn slow_resolver(&self, provider: usize, by: Duration) {
        self.providers[provider].resolver.slow_down(by);
    }

    /// Returns how many packets a provider's censors did something about on the path.
    pub fn censored(&self, provider: usize) -> u64 {
        self.providers[provider].forwarder.censored()
    }

    /// Counts a provider's censors on the path that never did anything.
    pub fn idle(&self, provider: usize) -> usize {
        self.providers[provider].forwarder.idle()
    }

    /// Returns what is in the world.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// Returns the file with the root that the world trusts (PEM).
    pub fn roots(&self) -> &Path {
        &self.roots
    }

    /// Returns the authority whose certificates interception shows.
    pub fn national(&self) -> &NationalAuthority {
        &self.national
    }
}

/// Where a provider is built.
struct Site<'a> {
    number: u8,
    world: &'a Space,
    sites: &'a WorldSpec,
    national: &'a NationalAuthority,
}

impl Site<'_> {
    fn build(&self, spec: &ProviderSpec) -> Result<Provider, LabError> {
        if spec.volunteers > MOST_CUSTOMERS {
            let told = format!("a provider has addresses for {MOST_CUSTOMERS} volunteers");
            return Err(LabError::Wrong(told));
        }
        let Censorship { path, lies, intercepted } = build(&spec.censors, self.sites)?;
        let plan = Plan {
            provider: self.number,
            customers: spec.volunteers,
            delay: Duration::from_millis(u64::from(spec.delay_ms)),
            hops_before: spec.hops.div_ceil(2),
            hops_after: spec.hops / 2,
            ipv6: spec.ipv6,
            censored: spec.censored,
        };
        let device = format!("p{}", self.number);
        let to_world = link::tun(self.world, &device, vec![], plan.ranges())?;
        let mut devices = vec![(Port::World, to_world)];

        let mut resolvers = vec![IpAddr::from(plan.resolver())];
        if spec.ipv6.is_translated() {
            resolvers.insert(0, plan.resolver_6().into());
        }
        let resolver_space = Space::new(&format!("{}/resolver", spec.id))?;
        devices.push((Port::Near(plan.third(0)), customer(&resolver_space, &resolvers)?));
        let (mut volunteers, mut routers) = (Vec::new(), Vec::new());
        for number in 1..=spec.volunteers {
            let space = Space::new(&format!("{}/{number}", spec.id))?;
            let addresses = plan.addresses(number);
            devices.push((Port::Near(plan.third(number)), customer(&space, &addresses)?));
            let upstream = match spec.home {
                Home::Bare => None,
                Home::Router => Some(resolvers[0]),
                Home::RouterElsewhere => Some(PUBLIC_A.into()),
            };
            match upstream {
                None => space.ask(resolvers[0])?,
                Some(upstream) => {
                    link::own(&space, vec![(ROUTER.into(), 32)])?;
                    space.ask(ROUTER)?;
                    routers.push(internet::start_router(&space, ROUTER, upstream)?);
                }
            }
            volunteers.push((space, addresses));
        }
        let interceptor = if intercepted.is_empty() {
            None
        } else {
            let mitm = Space::new(&format!("{}/mitm", spec.id))?;
            devices.push((Port::Mitm, customer(&mitm, &plan.mitm())?));
            link::own(&mitm, WORLD.to_vec())?;
            // From where it could reach nobody: all of the world's addresses are its own there.
            Some(internet::start_interceptor(&mitm, self.world, intercepted, self.national)?)
        };
        let absent = if spec.ipv6.is_translated() { Absent::MadeUp } else { Absent::Told };
        let forwarder = Forwarder::start(&spec.id, devices, Road::new(plan), path)?;
        let resolver = internet::start_resolver(&resolver_space, &resolvers, lies, absent)?;
        Ok(Provider {
            forwarder,
            resolver,
            _interceptor: interceptor,
            _routers: routers,
            volunteers,
        })
    }
}

/// Gives a host its one wire.
fn customer(space: &Space, addresses: &[IpAddr]) -> Result<SyncDevice, LabError> {
    let ranges = addresses.iter().map(|ip| (*ip, if ip.is_ipv4() { 24 } else { 64 })).collect();
    let everywhere = addresses.iter().map(|ip| match ip {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), 0),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), 0),
    });
    link::tun(space, "net0", ranges, everywhere.collect())
}

fn style(providers: &[ProviderSpec]) -> ChainStyle {
    let chains =
        providers.iter().flat_map(|provider| &provider.censors).find_map(CensorSpec::chain);
    let plain = ChainStyle::default();
    match chains.unwrap_or_default() {
        Chains::Valid => plain,
        Chains::Expired => ChainStyle { intermediate: IntermediateAge::Expired, ..plain },
        Chains::WithRoot => ChainStyle { root: RootSent::Yes, ..plain },
        Chains::LeafOnly => ChainStyle { sent: IntermediateSent::No, ..plain },
    }
}

/// A router's address as homes have it. In the lab it stands on the volunteer's computer itself.
const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
/// The world's addresses (RFC 5737, RFC 3849); those of providers are for benchmarks (RFC 2544), and
/// further on in the range of RFC 3849.
const WORLD: [Range; 4] = [
    (IpAddr::V4(Ipv4Addr::new(198, 51, 100, 0)), 24),
    (IpAddr::V4(Ipv4Addr::new(203, 0, 113, 0)), 24),
    (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 0)), 24),
    (IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)), 36),
];
