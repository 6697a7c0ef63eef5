//! Tests of one job.

use std::net::SocketAddr;
use std::sync::Mutex;

use plan::{Confirm, Planned};
use record::{
    Answer, Answers, Connect, Connected, Datagram, Failed, Failure, Fetch, Handshake, Kind, Page,
    Rungs, Seed, Seen, Services, Session, State, Target, Timestamp, Trust,
};
use testlists::{ControlSeen, Fingerprints, Listed, Snapshot, Tier};

use super::*;
use crate::probe::scripted::ScriptedProber;

#[tokio::test(start_paused = true)]
async fn a_step_under_way_is_not_begun_again() {
    let begun = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&begun);
    let prober = scripted(move |planned| {
        log.lock().unwrap().push(planned.step.clone());
        connected(planned, 0)
    });
    // Plans both until both are seen, as a recipe does that sees only what is finished.
    let recipe =
        Scripted(
            |seen: &[Observation]| {
                if seen.len() < 2 { vec![connect(1, 0), connect(2, 500)] } else { Vec::new() }
            },
        );

    let done = carry_out(&prober, &recipe, &job(), &plan(), SECOND).await.unwrap();

    assert_eq!(done.seen.len(), 2);
    assert_eq!(begun.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_pause_before_a_step_counts_from_when_it_was_planned() {
    let prober = scripted(|planned| connected(planned, 0));
    let recipe = Scripted(|seen: &[Observation]| {
        if seen.len() == 3 {
            return Vec::new();
        }
        vec![connect(1, 400), connect(2, 0), connect(3, 700)]
    });
    let began = Instant::now();

    carry_out(&prober, &recipe, &job(), &plan(), SECOND).await.unwrap();

    assert_eq!(began.elapsed(), Duration::from_millis(700));
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_before_the_deadline_stays() {
    let prober = scripted(|planned| connected(planned, 0));
    let recipe = Scripted(|seen: &[Observation]| match seen.len() {
        0 => vec![connect(1, 0)],
        _ => vec![connect(2, 60_000)],
    });
    let began = Instant::now();

    let done = carry_out(&prober, &recipe, &job(), &plan(), SECOND).await.unwrap();

    assert_eq!(done.seen.len(), 1);
    assert_eq!(began.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_recipe_that_never_ends_is_ended() {
    let prober = scripted(|planned| connected(planned, 0));
    let recipe =
        Scripted(|seen: &[Observation]| vec![connect(u16::try_from(seen.len() + 1).unwrap(), 0)]);

    let done = carry_out(&prober, &recipe, &job(), &plan(), SECOND).await.unwrap();

    assert_eq!(done.seen.len(), limits::OBSERVATIONS);
}

#[tokio::test(start_paused = true)]
async fn observations_stand_in_the_order_of_beginning() {
    let prober = scripted(|planned| {
        let Step::Connect(step) = &planned.step else { return None };
        connected(planned, 10 - u32::from(step.to.port()))
    });
    let recipe = Scripted(|seen: &[Observation]| {
        if seen.is_empty() { (1..=5).map(|port| connect(port, 0)).collect() } else { Vec::new() }
    });

    let done = carry_out(&prober, &recipe, &job(), &plan(), SECOND).await.unwrap();

    let at: Vec<u32> = done.seen.iter().map(Observation::at_ms).collect();
    assert_eq!(at, [5, 6, 7, 8, 9]);
}

#[tokio::test(start_paused = true)]
async fn our_own_fault_makes_no_record() {
    let prober = scripted(|_| None);

    let failed = measure(&prober, &job(), Hour(1), &here(Role::Agent, Vec::new())).await;

    assert!(failed.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_open_site_is_ok_and_the_record_decodes() {
    let prober = scripted(|planned| Some(world(planned, Ok(()))));

    let record =
        measure(&prober, &job(), Hour(1), &here(Role::Agent, Vec::new())).await.unwrap().record;

    assert_eq!(record.verdict.state, State::Ok, "{record:#?}");
    let bytes = record.encode();
    assert_eq!(Measurement::decode(&bytes).unwrap().encode(), bytes);
    assert_eq!((record.role, record.hour, record.format.as_str()), (Role::Agent, Hour(1), FORMAT));
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_dropped_is_told_by_the_blocks_and_the_controls_word() {
    let prober = scripted(|planned| Some(world(planned, Err(Failure::Timeout))));
    let open = scripted(|planned| Some(world(planned, Ok(()))));
    let outside =
        measure(&open, &job(), Hour(1), &here(Role::Control, Vec::new())).await.unwrap().record;
    let recent = ControlSeen {
        id: outside.id(),
        target: outside.target.clone(),
        hour: outside.hour,
        country: "de".into(),
        seen: outside.seen,
    };

    let record =
        measure(&prober, &job(), Hour(1), &here(Role::Agent, vec![recent])).await.unwrap().record;

    assert_eq!(record.verdict.rule.as_str(), "tls_name_dropped", "{:#?}", record.verdict);
    let in_block = |seen: &&Observation| matches!(seen.part(), Part::SiteBlock { .. });
    assert_eq!(record.seen.iter().filter(in_block).count(), 6);
    assert_eq!(record.control, None);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_changed_voids_the_record() {
    let prober = scripted(|planned| Some(world(planned, Ok(()))));
    let mut here = here(Role::Agent, Vec::new());
    here.own_address = Some("203.0.113.9".parse().unwrap());

    let record = measure(&prober, &job(), Hour(1), &here).await.unwrap().record;

    assert_eq!(record.run.void, [VoidReason::NetworkChanged]);
    assert_eq!(record.verdict.state, State::Void);
    let text = String::from_utf8(record.encode()).unwrap();
    assert!(!text.contains("203.0.113.9"), "{text}");
}

/// A world in which the target's name fails in a handshake as `named` says, and all else works.
fn world(planned: &Planned, named: Result<(), Failure>) -> Observation {
    let (part, at_ms, took_ms) = (planned.part, 0, 1);
    let session = || Session {
        version: "TLSv1_3".into(),
        chain: Vec::new(),
        trust: Trust::Trusted,
        read: 900,
        written: 300,
        system: None,
        encrypted_name: None,
    };
    let of = |name: &str| match named {
        Err(failure) if name == "site.test" => Err(Failed::plain(failure)),
        Ok(()) | Err(_) => Ok(()),
    };
    match planned.step.clone() {
        Step::Lookup(step) => {
            let outcome = Ok(Answers { datagrams: vec![answer()] });
            Observation::Lookup(Seen { step, part, at_ms, took_ms, outcome })
        }
        Step::Connect(step) => {
            Observation::Connect(Seen { step, part, at_ms, took_ms, outcome: Ok(Connected {}) })
        }
        Step::Handshake(step) => {
            let outcome = of(step.sni.as_str()).map(|()| session());
            Observation::Handshake(Seen::<Handshake, _> { step, part, at_ms, took_ms, outcome })
        }
        Step::Fetch(step) => {
            let page = Page {
                status: 200,
                headers: BTreeMap::new(),
                body: Digest([3; 32]),
                bytes: 10,
                truncated: false,
                title: None,
                similarity: None,
                marks: Vec::new(),
                session: step.url.is_https().then(session),
            };
            let outcome = of(step.url.host().as_str()).map(|()| page);
            Observation::Fetch(Seen::<Fetch, _> { step, part, at_ms, took_ms, outcome })
        }
        Step::Service(step) => {
            let outcome = Ok(Services::default());
            Observation::Service(Seen { step, part, at_ms, took_ms, outcome })
        }
        Step::Variant(step) => {
            let outcome = of(step.name.as_str()).map(|()| session());
            Observation::Variant(Seen { step, part, at_ms, took_ms, outcome })
        }
        Step::Quic(step) => {
            let outcome = of(step.sni.as_str()).map(|()| session());
            Observation::Quic(Seen { step, part, at_ms, took_ms, outcome })
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
            let outcome = Ok(Rungs::default());
            Observation::Hops(Seen { step, part, at_ms, took_ms, outcome })
        }
    }
}

fn answer() -> Datagram {
    let address = Answer::Address("198.51.100.7".parse().unwrap());
    Datagram { question: "A".into(), after_ms: 1, fits: true, rcode: 0, answers: vec![address] }
}

struct Scripted<F>(F);

impl<F: Fn(&[Observation]) -> Vec<Planned> + Sync> Recipe for Scripted<F> {
    fn next(&self, _: &Job, _: &Plan<'_>, seen: &[Observation]) -> Vec<Planned> {
        (self.0)(seen)
    }
}

fn scripted(
    script: impl Fn(&Planned) -> Option<Observation> + Send + Sync + 'static,
) -> Arc<ScriptedProber> {
    Arc::new(ScriptedProber::new(script))
}

fn connect(port: u16, wait_ms: u32) -> Planned {
    let to: SocketAddr = ([198, 51, 100, 7], port).into();
    Planned { step: Step::Connect(Connect { to }), part: Part::Screen, wait_ms }
}

fn connected(planned: &Planned, at_ms: u32) -> Option<Observation> {
    let Step::Connect(step) = planned.step.clone() else { return None };
    let outcome = Ok(Connected {});
    Some(Observation::Connect(Seen { step, part: planned.part, at_ms, took_ms: 1, outcome }))
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

fn plan() -> Plan<'static> {
    let policy = Policy { spacing_ms: 5, addresses: 4, ..Policy::default() };
    Plan {
        seed: Seed(Digest([0; 32])),
        credential: &[1; 32],
        hour: Hour(1),
        resolvers: &[],
        own_resolver: false,
        control: None,
        beacon: None,
        policy,
    }
}

fn here(role: Role, recent: Vec<ControlSeen>) -> Circumstances {
    let listed = Listed {
        target: target("site"),
        category: "news".into(),
        tier: Tier::Everyday,
        added: record::Day(1),
        source: String::new(),
        note: String::new(),
        endpoint: None,
    };
    let snapshot = Snapshot {
        issued: Timestamp(1),
        expires: Timestamp(2),
        seed: Seed(Digest([0; 32])),
        targets: vec![listed],
        known_good: vec![target("good"), target("fine")],
        resolvers: Vec::new(),
        known: Fingerprints::default(),
        controls: Vec::new(),
        recent,
        followed: Vec::new(),
    };
    Circumstances {
        role,
        edition: Arc::new(Edition { snapshot, digest: Digest([9; 32]) }),
        credential: KeyText::new([1; 32]),
        network: None,
        facts: RunFacts::default(),
        own_address: line::own_address(),
        policy: plan().policy,
        deadline: Duration::from_secs(600),
        controls: None,
    }
}

fn target(name: &str) -> Target {
    format!("https://{name}.test/").parse().unwrap()
}

const SECOND: Duration = Duration::from_secs(1);
