//! What a run needs before its first step: lists, network, key, jobs.

use std::sync::Arc;

use plan::{Confirm, Job};
use record::{Label, Role, RunFacts, Target, Timestamp, VoidReason};
use testlists::{Prefixes, Snapshot, Tier};

use super::amend::Late;
use crate::app::App;
use crate::collector::Collector;
use crate::config::{Config, Limits};
use crate::job::Circumstances;
use crate::keys::Keys;
use crate::lists::{Edition, Fetched, is_never};
use crate::network::Here;
use crate::out::Out;
use crate::probe::tls::HELLO;
use crate::probe::{Wire, line, provider};
use crate::roots::Roots;
use crate::schedule::governor::{Governed, Governor};
use crate::schedule::places::Most;
use crate::selfcheck::resolver::OwnResolver;
use crate::selfcheck::{self, Around, Conclusion};
use crate::stop::{Exit, Stop};
use crate::words::Value;

/// A run that can begin.
#[derive(Debug)]
pub struct Ready {
    /// What holds for every job.
    pub here: Circumstances,
    /// Performs the steps, as far as the limits of the line allow.
    pub prober: Arc<Governed<Wire>>,
    /// The limits that all jobs share.
    pub governor: Arc<Governor>,
    /// The way to the collector.
    pub collector: Collector,
    /// The keys.
    pub keys: Keys,
    /// Where the agent is.
    pub network: Here,
    /// What the checks before the run concluded.
    pub concluded: Conclusion,
    /// Performs the checks, with the patience of the settings.
    checker: Arc<Wire>,
    /// Whose an address is, where the settings say so.
    prefixes: Option<Prefixes>,
}

impl Ready {
    /// Fetches what is missing and puts everything together.
    pub async fn new(app: &App) -> Result<Self, Stop> {
        let roots = app.roots()?;
        let collector = app.collector(&roots)?;
        let Current { edition, doubt } = current_lists(app, &collector).await?;
        let edition = Arc::new(edition);
        let asked = Here::ask(&collector).await.ok();
        let network = asked.clone().unwrap_or_default();
        tell_network(&app.out, &network);
        let checker = Arc::new(wire(app, roots.clone(), &edition)?);
        let prefixes = app.prefixes()?;
        let around = Around {
            edition: &edition,
            collector: &collector,
            network: asked.as_ref(),
            resolver: own_resolver(&app.config),
            prefixes: prefixes.as_ref(),
            edge: &app.edge,
        };
        let concluded = selfcheck::conclude(&selfcheck::look(&checker, around).await);
        if let Some(stop) = doubt.filter(|_| !concluded.void.contains(&VoidReason::WrongClock)) {
            return Err(stop);
        }
        selfcheck::told::tell(&app.out, &concluded, &[VoidReason::Tunnel]);
        let keys = Keys::open(&app.state)?;
        let key = keys.for_network(network.asn, &app.edge)?;
        let here = Circumstances {
            role: Role::Agent,
            credential: key.credential(),
            network: network.asn,
            facts: RunFacts {
                void: concluded.void.clone(),
                roots: roots.name.clone(),
                hello: HELLO.to_owned(),
                labels: concluded.labels.clone(),
                rtt_ms: concluded.rtt_ms,
                resolver_network: concluded.resolver_network,
                resolver_direct: concluded.resolver_direct,
            },
            own_address: line::own_address(),
            policy: app.config.limits.policy(),
            deadline: app.config.limits.target_deadline(),
            controls: Some(collector.clone()),
            edition: Arc::clone(&edition),
        };
        let governor = Arc::new(governor(&app.config.limits, &edition));
        let lossy = concluded.labels.contains(&Label::LossyLine);
        let limits = app.config.limits.adapted(concluded.rtt_ms.filter(|_| !lossy));
        let config = Config { limits, ..app.config.clone() };
        let wire = wire_by(&config, app, roots, &edition)?;
        let wire = Arc::new(wire.with_translation(concluded.translation));
        let prober = Arc::new(Governed::new(wire, Arc::clone(&governor)));
        Ok(Self { here, prober, governor, collector, keys, network, concluded, checker, prefixes })
    }

    /// Checks line and machine once more after a run, says what has gone wrong meanwhile, and returns it.
    pub async fn check_again(&self, app: &App) -> Late {
        let network = Here::ask(&self.collector).await.ok();
        let around = Around {
            edition: &self.here.edition,
            collector: &self.collector,
            network: network.as_ref(),
            resolver: own_resolver(&app.config),
            prefixes: self.prefixes.as_ref(),
            edge: &app.edge,
        };
        let now = selfcheck::conclude(&selfcheck::look(&self.checker, around).await);
        let after = network.as_ref().and_then(|network| network.asn);
        let networks = self.network.asn.zip(after).map(|(before, after)| [before, after]);
        let late = Late::of(&self.concluded, &now, networks);
        if !late.void.is_empty() {
            app.out.note("check-after", &[]);
            let now = Conclusion { void: late.void.clone(), ..now };
            selfcheck::told::tell(&app.out, &now, &[]);
        }
        late
    }
}

/// Returns what may be done to learn of the line's own resolver.
fn own_resolver(config: &Config) -> OwnResolver {
    if config.no_provider_resolver {
        return OwnResolver::LeftAlone;
    }
    OwnResolver::Named(provider::resolver().map(|resolver| resolver.ip()))
}

/// Sets the limits on connections and bytes, from which the project's own servers are exempt as far
/// as one address goes.
fn governor(limits: &Limits, edition: &Edition) -> Governor {
    let most = Most {
        overall: limits.connections,
        address: limits.connections_per_address,
        network: limits.connections_per_network,
    };
    let beacons = edition.snapshot.controls.iter();
    let own = beacons.flat_map(|control| [control.beacon_tls.ip(), control.beacon_http.ip()]);
    Governor::new(most, limits.megabits_per_second, own)
}

/// Makes the prober that knows the resolvers of `edition`.
pub fn wire(app: &App, roots: Roots, edition: &Edition) -> Result<Wire, Stop> {
    wire_by(&app.config, app, roots, edition)
}

fn wire_by(config: &Config, app: &App, roots: Roots, edition: &Edition) -> Result<Wire, Stop> {
    let resolvers = edition.snapshot.resolvers.clone();
    let beacon = edition.snapshot.controls.first().map(|control| control.beacon_tls);
    let marks = edition.snapshot.known.pages.clone();
    let wire = Wire::new(config, roots, resolvers, app.edge.clone());
    let wire = wire.with_beacon(beacon).with_marks(marks);
    let wire = match app.prefixes()? {
        Some(prefixes) => wire.with_prefixes(prefixes),
        None => wire,
    };
    Ok(if config.no_provider_resolver { wire.with_provider(None) } else { wire })
}

/// Lists to measure by.
struct Current {
    edition: Edition,
    /// Why they are not in force by this machine's clock, where the collector gave them all the same: they
    /// serve where the clock is found to be wrong, for records that say so and do not count.
    doubt: Option<Stop>,
}

/// Returns lists that are in force: fresh ones where those at hand are older than an hour and the
/// collector answers, else those at hand. Lists that the collector gives and this clock contradicts come
/// with a doubt.
async fn current_lists(app: &App, collector: &Collector) -> Result<Current, Stop> {
    let sure = |edition| Current { edition, doubt: None };
    let now = app.edge.now();
    let key = collector.key();
    // Looked for twice rather than held while a fresh one is read: two whole lists are heavy.
    let at_hand =
        || Ok::<_, Stop>(newest([Edition::read(&app.state, key)?, Edition::builtin(key)], now));
    let is_fresh = |kept: &Edition| {
        kept.check_time(now).is_ok() && now.0 < kept.snapshot.issued.0.saturating_add(FRESH_S)
    };
    if let Some(kept) = at_hand()?.filter(is_fresh) {
        return Ok(sure(kept));
    }
    match Edition::fetch(collector).await {
        Ok(Fetched { edition, text }) => {
            let doubt = edition.check_time(now).err();
            if doubt.is_none() {
                edition.keep(&app.state, key, &text)?;
            }
            Ok(Current { edition, doubt })
        }
        Err(stop) if stop.exit == Exit::Unsent => match at_hand()? {
            Some(kept) => {
                let Snapshot { issued, expires, .. } = &kept.snapshot;
                let (issued, expires) = (issued.rfc3339(), expires.rfc3339());
                app.out.note("lists-kept", &[("issued", Value::Text(&issued))]);
                if kept.check_time(now).is_err() {
                    app.out.note("lists-old", &[("expires", Value::Text(&expires))]);
                }
                Ok(sure(kept))
            }
            None => Err(stop),
        },
        Err(stop) => Err(stop),
    }
}

/// Returns the newest of the editions that may be used at `now`.
fn newest(found: [Option<Edition>; 2], now: Timestamp) -> Option<Edition> {
    let usable = found.into_iter().flatten().filter(|edition| edition.is_usable(now));
    usable.max_by_key(|edition| edition.snapshot.issued)
}

/// Says on stderr which network the records will name.
pub fn tell_network(out: &Out, network: &Here) {
    let Some(asn) = network.asn else {
        return out.note("network-unknown", &[]);
    };
    let asn = asn.to_string();
    if network.void().is_empty() {
        let none = out.words().text("network-provider-none");
        let provider = network.provider_name(out.words().lang()).unwrap_or(&none);
        let args = [("network", Value::Text(&asn)), ("provider", Value::Text(provider))];
        out.note("network-known", &args);
    } else {
        out.note("network-hosting", &[("network", Value::Text(&asn))]);
    }
}

/// Returns what failed by name lately with the provider of `network`, by the word of lists in force.
pub fn followed<'a>(edition: &'a Edition, network: &Here, now: Timestamp) -> &'a [Target] {
    let provider = network.provider.as_deref().filter(|_| edition.check_time(now).is_ok());
    provider.map(|provider| edition.snapshot.followed_by(provider)).unwrap_or_default()
}

/// Makes the jobs of a run: of the targets that were named, or of the whole list. What failed by name
/// for others of this provider runs its blocks whatever the screen says.
pub fn jobs(
    app: &App,
    ready: &Ready,
    named: &[Target],
    confirm: Option<Confirm>,
) -> Result<Vec<Job>, Stop> {
    let edition = &ready.here.edition;
    let (snapshot, config) = (&edition.snapshot, &app.config);
    let is_good = |target: &&Target| !is_never(&target.host(), &config.never);
    for target in named {
        let refused = |word| Stop::new(Exit::Usage, word).with("target", target);
        if !snapshot.targets.iter().any(|listed| listed.target == *target) {
            return Err(refused("error-not-listed"));
        }
        if !is_good(&target) {
            return Err(refused("error-never"));
        }
    }
    let mut chosen = snapshot.targets.clone();
    chosen.retain(|listed| {
        let wanted = listed.tier == Tier::Everyday || config.sensitive;
        is_good(&&listed.target)
            && if named.is_empty() { wanted } else { named.contains(&listed.target) }
    });
    let known_good: Vec<Target> = snapshot.known_good.iter().filter(is_good).cloned().collect();
    if known_good.is_empty() {
        return Err(Stop::new(Exit::Meaningless, "error-known-good"));
    }
    if chosen.is_empty() {
        return Err(Stop::new(Exit::Usage, "error-no-targets"));
    }
    let mut jobs = plan::jobs(&chosen, &known_good, &snapshot.seed, app.edge.random());
    let followed = followed(edition, &ready.network, app.edge.now());
    for job in &mut jobs {
        job.confirm = confirm.unwrap_or_else(|| usually(job, followed));
    }
    Ok(jobs)
}

/// Returns when the blocks of `job` are run where the person said nothing: always for what is followed,
/// else as it was drawn.
fn usually(job: &Job, followed: &[Target]) -> Confirm {
    if followed.contains(&job.target) { Confirm::Always } else { job.confirm }
}

const FRESH_S: u64 = 3600;

#[cfg(test)]
mod tests {
    use record::{Digest, Seed};
    use testlists::Fingerprints;

    use super::*;

    #[test]
    fn what_is_followed_with_this_provider_holds_while_the_list_does() {
        let target: Target = "https://news.test/".parse().unwrap();
        let mut edition = edition(100_000, 200_000);
        let followed_there =
            testlists::Followed { provider: "north".to_owned(), targets: vec![target.clone()] };
        edition.snapshot.followed = vec![followed_there];
        let on = |provider: Option<&str>, now| {
            let provider = provider.map(str::to_owned);
            followed(&edition, &Here { provider, ..Here::default() }, Timestamp(now)).to_vec()
        };

        assert_eq!(on(Some("north"), 150_000), [target]);
        assert!(on(Some("south"), 150_000).is_empty());
        assert!(on(None, 150_000).is_empty());
        assert!(on(Some("north"), 250_000).is_empty(), "the list has expired");
    }

    #[test]
    fn what_is_followed_is_confirmed_whatever_was_drawn() {
        let target = |text: &str| -> Target { text.parse().unwrap() };
        let job = |confirm| Job {
            kind: record::Kind::Web,
            target: target("https://news.test/"),
            addresses: Vec::new(),
            before: target("https://good1.test/"),
            after: target("https://good2.test/"),
            round: 0,
            confirm,
        };
        let other = [target("https://other.test/")];
        let drawn = job(Confirm::IfFailed);

        assert_eq!(usually(&drawn, std::slice::from_ref(&drawn.target)), Confirm::Always);
        assert_eq!(usually(&drawn, &other), Confirm::IfFailed);
        assert_eq!(usually(&job(Confirm::Always), &[]), Confirm::Always);
    }

    #[test]
    fn the_newest_list_that_may_be_used_is_taken_whether_kept_or_built_in() {
        let issued = |found: [Option<Edition>; 2], now| {
            newest(found, Timestamp(now)).map(|edition| edition.snapshot.issued.0)
        };
        let (old, new) = (edition(100_000, 200_000), edition(150_000, 250_000));

        assert_eq!(issued([Some(old.clone()), Some(new.clone())], 160_000), Some(150_000));
        assert_eq!(issued([Some(new.clone()), Some(old.clone())], 160_000), Some(150_000));
        assert_eq!(issued([None, Some(old.clone())], 210_000), Some(100_000), "lately expired");
        assert_eq!(issued([Some(old), Some(new)], 10_000_000), None);
        assert_eq!(issued([None, None], 0), None);
    }

    fn edition(issued: u64, expires: u64) -> Edition {
        let snapshot = Snapshot {
            issued: Timestamp(issued),
            expires: Timestamp(expires),
            seed: Seed(Digest([0; 32])),
            targets: Vec::new(),
            known_good: Vec::new(),
            resolvers: Vec::new(),
            known: Fingerprints::default(),
            controls: Vec::new(),
            recent: Vec::new(),
            followed: Vec::new(),
        };
        Edition { snapshot, digest: Digest([9; 32]) }
    }
}
