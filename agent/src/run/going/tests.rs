//! Tests of going through a list.

use std::collections::BTreeMap;

use plan::Planned;
use record::{
    Answer, Answers, Connected, Datagram, Digest, Failed, Failure, KeyText, Kind, Observation,
    Page, Part, Role, RunFacts, Seed, Seen, Session, Step, Target, Timestamp, Trust,
};
use testlists::{Fingerprints, Snapshot};

use super::*;
use crate::config::Config;
use crate::edge::Edge;
use crate::lists::Edition;
use crate::out::Out;
use crate::probe::scripted::ScriptedProber;
use crate::schedule::places::Most;
use crate::state::State as Folder;
use crate::words::{Lang, Words};

#[tokio::test(start_paused = true)]
async fn a_target_whose_screen_failed_runs_blocks_in_its_next_slots_though_it_passes() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(&dir);

    let failing = go(&app, Err(Failure::Reset)).await;
    let passing = go(&app, Ok(())).await;
    let fresh = tempfile::tempdir().unwrap();
    let never_failed = go(&self::app(&fresh), Ok(())).await;

    let blocks = |record: &Measurement| {
        let in_block = |seen: &&Observation| matches!(seen.part(), Part::SiteBlock { .. });
        record.seen.iter().filter(in_block).count()
    };
    assert_eq!(failing.verdict.state, State::Inconclusive, "{:?}", failing.verdict);
    assert_eq!((blocks(&failing), blocks(&passing), blocks(&never_failed)), (6, 6, 0));
    let rounds: Vec<u32> = [&failing, &passing].map(round).to_vec();
    assert_eq!(rounds, [0, 2], "the second number is kept for a repeat");
}

#[tokio::test(start_paused = true)]
async fn a_day_that_is_full_leaves_the_rest_unmeasured() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(&dir);
    let spent = Spent { day: Timestamp(NOW).hour().local_day(), bytes: 2_000_000 };
    app.state.write_json(SPENT, &spent).unwrap();
    let governor = Arc::new(Governor::new(MOST, 0, []));
    let store = Store { spool: None, records: app.records().unwrap(), controls: None };
    let mut going = Going::new(&app, Arc::new(here()), store, governor, 2);
    let mut journal = Journal::open(&app.state, "all", Timestamp(NOW)).unwrap();

    going.go(&prober(Ok(())), &mut Turns::new([job()], 9, 0), 0, &mut journal).await.unwrap();

    assert_eq!((going.tally.rows.len(), going.tally.unmeasured), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn targets_begin_one_after_another() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(&dir);
    let began = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (noted, answer) = (Arc::clone(&began), script(Ok(())));
    let prober = Arc::new(ScriptedProber::new(move |planned| {
        if let Step::Lookup(lookup) = &planned.step {
            let now = Instant::now();
            noted.lock().unwrap().push((lookup.name.clone(), now));
        }
        answer(planned)
    }));
    let governor = Arc::new(Governor::new(MOST, 0, []));
    let store = Store { spool: None, records: None, controls: None };
    let mut going = Going::new(&app, Arc::new(here()), store, governor, 0);
    let mut journal = Journal::open(&app.state, "all", Timestamp(NOW)).unwrap();
    let jobs = ["a.test", "b.test", "c.test"]
        .map(|host| Job { target: format!("https://{host}/").parse().unwrap(), ..job() });

    going.go(&prober, &mut Turns::new(jobs, 9, 0), 0, &mut journal).await.unwrap();

    let began = began.lock().unwrap();
    let first = |host: &str| {
        let of = began.iter().filter(|(name, _)| name.as_str() == host);
        of.map(|(_, at)| *at).min().unwrap()
    };
    assert!(first("b.test") - first("a.test") >= PACE);
    assert!(first("c.test") - first("b.test") >= PACE);
}

/// Measures the one target and returns its record.
async fn go(app: &App, named: Result<(), Failure>) -> Measurement {
    let governor = Arc::new(Governor::new(MOST, 0, []));
    let store = Store { spool: Some(app.spool().unwrap()), records: None, controls: None };
    let mut going = Going::new(app, Arc::new(here()), store, governor, 0);
    let mut journal = Journal::open(&app.state, "all", Timestamp(NOW)).unwrap();

    going.go(&prober(named), &mut Turns::new([job()], 9, 0), 0, &mut journal).await.unwrap();

    Journal::close(&app.state).unwrap();
    let spool = app.spool().unwrap();
    let id = going.tally.rows[0].id;
    let found = spool.list().unwrap().into_iter().find(|waiting| waiting.id == id).unwrap();
    Measurement::decode(&spool.read(&found).unwrap().unwrap().bytes).unwrap()
}

fn round(record: &Measurement) -> u32 {
    let rounds = record.seen.iter().filter_map(|seen| {
        if let Part::SiteBlock { round, .. } = seen.part() { Some(round) } else { None }
    });
    rounds.min().unwrap()
}

/// A world in which handshakes and pages of the target's name end as `named` says.
fn prober(named: Result<(), Failure>) -> Arc<ScriptedProber> {
    Arc::new(ScriptedProber::new(script(named)))
}

fn script(named: Result<(), Failure>) -> impl Fn(&Planned) -> Option<Observation> {
    move |planned| {
        let (part, at_ms, took_ms) = (planned.part, 0, 1);
        let of = |name: &str| match named {
            Err(failure) if name == "site.test" => Err(Failed::plain(failure)),
            Ok(()) | Err(_) => Ok(()),
        };
        Some(match planned.step.clone() {
            Step::Lookup(step) => {
                let outcome = Ok(Answers { datagrams: vec![datagram()] });
                Observation::Lookup(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Connect(step) => {
                let outcome = Ok(Connected {});
                Observation::Connect(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Handshake(step) => {
                let outcome = of(step.sni.as_str()).map(|()| session());
                Observation::Handshake(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Fetch(step) => {
                let outcome = of(step.url.host().as_str()).map(|()| page());
                Observation::Fetch(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Variant(step) => {
                let outcome = of(step.name.as_str()).map(|()| session());
                Observation::Variant(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Quic(step) => {
                let outcome = Err(Failed::plain(Failure::NoRoute));
                Observation::Quic(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Service(step) => {
                let outcome = Err(Failed::plain(Failure::Timeout));
                Observation::Service(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Http3(step) => {
                let outcome = Err(Failed::plain(Failure::Timeout));
                Observation::Http3(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Load(step) => {
                let outcome = Err(Failed::plain(Failure::Timeout));
                Observation::Load(Seen { step, part, at_ms, took_ms, outcome })
            }
            Step::Hops(step) => {
                let outcome = Err(Failed::plain(Failure::Timeout));
                Observation::Hops(Seen { step, part, at_ms, took_ms, outcome })
            }
        })
    }
}

fn datagram() -> Datagram {
    let answers = vec![Answer::Address("198.51.100.7".parse().unwrap())];
    Datagram { question: "A".into(), after_ms: 1, fits: true, rcode: 0, answers }
}

fn session() -> Session {
    Session {
        version: "TLSv1_3".into(),
        chain: Vec::new(),
        trust: Trust::Trusted,
        read: 900,
        written: 300,
        system: None,
        encrypted_name: None,
    }
}

fn page() -> Page {
    Page {
        status: 200,
        headers: BTreeMap::new(),
        body: Digest([3; 32]),
        bytes: 10,
        truncated: false,
        title: None,
        similarity: None,
        marks: Vec::new(),
        session: Some(session()),
    }
}

fn app(dir: &tempfile::TempDir) -> App {
    App {
        state: Folder::open(dir.path()).unwrap(),
        config: Config::default(),
        settings: dir.path().join("agent.toml"),
        edge: Edge::new(|| Timestamp(NOW), || 7),
        out: Out::new(Words::new(Lang::En), false, false),
    }
}

fn here() -> Circumstances {
    let snapshot = Snapshot {
        issued: Timestamp(1),
        expires: Timestamp(2),
        seed: Seed(Digest([0; 32])),
        targets: Vec::new(),
        known_good: Vec::new(),
        resolvers: Vec::new(),
        known: Fingerprints::default(),
        controls: Vec::new(),
        recent: Vec::new(),
        followed: Vec::new(),
    };
    Circumstances {
        role: Role::Agent,
        edition: Arc::new(Edition { snapshot, digest: Digest([9; 32]) }),
        credential: KeyText::new([1; 32]),
        network: None,
        facts: RunFacts::default(),
        own_address: crate::probe::line::own_address(),
        policy: plan::Policy::default(),
        deadline: Duration::from_secs(600),
        controls: None,
    }
}

fn job() -> Job {
    Job {
        addresses: Vec::new(),
        kind: Kind::Web,
        target: target("site"),
        before: target("good"),
        after: target("fine"),
        round: 0,
        confirm: Confirm::IfFailed,
    }
}

fn target(name: &str) -> Target {
    format!("https://{name}.test/").parse().unwrap()
}

const MOST: Most = Most { overall: 99, address: 99, network: 99 };
const NOW: u64 = 1_700_000_000;
