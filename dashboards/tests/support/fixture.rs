//! One invented day, from which every page is made: all words, all grades, hostile texts.

use std::net::SocketAddr;

use dashboards::Language;
use dashboards::model::{
    Alternative, Artefact, CellView, EvidenceView, Frame, Matrix, MeasurementRow, MeasurementView,
    Names, NetworkEvidence, ProviderPage, ProviderView, ReachPlace, ReachView, SitePage, SiteView,
    StepCount, bucket,
};
use dashboards::pages;
use evidence::{Grade, Interval};
use record::{
    Answer, Answers, Arm, Asn, BatchId, Came, Certificates, Claim, Connect, Connected, Datagram,
    Day, Digest, FORMAT, Failed, Failure, Fetch, Handshake, Hops, Host, Hour, KeyText, Kind, Label,
    Layer, Lookup, Measurement, MeasurementId, NetworkKind, Observation, Page, Part, Resolver,
    Role, RuleId, RunFacts, Rung, Rungs, Seen, Session, State, Target, Transport, Trust, Verdict,
    VoidReason,
};

/// What nobody may smuggle into a page.
pub(crate) const HOSTILE: &str =
    "</code><script>alert(1)</script><img src=x onerror=\"a('b')\">&\u{202e}";

/// Writes every page of the fixture in one language, with a name for each.
pub(crate) fn all(language: Language) -> Vec<(&'static str, String)> {
    let demo = frame(true);
    let real = frame(false);
    let matrix = matrix();
    let nothing =
        Matrix { providers: Vec::new(), cells: Vec::new(), closed: false, ..matrix.clone() };
    let at = |provider: usize, site: usize| evidence(&matrix, provider, site);
    let pages = [
        ("overview", pages::overview(&demo, &matrix, language)),
        ("overview-empty", pages::overview(&real, &nothing, language)),
        ("provider", pages::provider(&demo, &provider_page(&matrix, 0), language)),
        ("site", pages::site(&demo, &site_page(&matrix, 0), language)),
        ("evidence-artefact", pages::evidence(&demo, &at(0, 1), language)),
        ("evidence-by-name", pages::evidence(&demo, &at(0, 0), language)),
        ("evidence-likely", pages::evidence(&demo, &at(1, 0), language)),
        ("evidence-address", pages::evidence(&demo, &at(2, 0), language)),
        ("evidence-reachable", pages::evidence(&real, &at(3, 0), language)),
        ("evidence-no-data", pages::evidence(&demo, &at(4, 0), language)),
        ("measurement", pages::measurement(&demo, &measurement(&matrix), language)),
        ("measurement-void", pages::measurement(&demo, &void_measurement(&matrix), language)),
        ("methods", pages::methods(&real, language)),
        ("not-found", pages::not_found(&demo, language)),
        ("error", pages::error(&demo, language)),
    ];
    pages.into_iter().map(|(name, page)| (name, page.expect("the fixture is sound"))).collect()
}

/// The frame of a page made at five past eleven in the evening, Kazakh time, of the fixture's day.
pub(crate) fn frame(demo: bool) -> Frame {
    Frame { made: "2026-11-23T18:05:00Z".to_owned(), batches: 1234, demo }
}

/// The day's table: each grade stands somewhere.
pub(crate) fn matrix() -> Matrix {
    use Grade::{A, B, C, D, Down, Insufficient, Reachable};
    let rows = [
        ("https://news-1.test/", "news", [B, C, D, Reachable, Insufficient]),
        ("https://news-2.test/", "news", [A, A, C, Reachable, Insufficient]),
        (
            "https://a-very-long-name-of-a-regional-newspaper.test/",
            "regional_news",
            [C, Reachable, Reachable, Reachable, Insufficient],
        ),
        ("http://plain.test/", "blogs", [A, Reachable, Reachable, D, Insufficient]),
        (
            "https://chat.test/",
            "messenger",
            [Reachable, Reachable, Reachable, Reachable, Insufficient],
        ),
        ("https://petition.test/sign?lang=kk", "petition", [B, B, B, B, D]),
        ("https://down.test/", "reference", [Down, Down, Down, Down, Insufficient]),
        ("https://open.test/", "other", [Reachable, Reachable, Reachable, Reachable, Insufficient]),
        (
            "https://new-category.test/",
            "weather_&_more",
            [Reachable, D, Reachable, Insufficient, Insufficient],
        ),
    ];
    let providers = providers();
    let mut sites = Vec::new();
    let mut cells = Vec::new();
    for (target, category, grades) in rows {
        let target: Target = target.parse().expect("the fixture is sound");
        for (at, grade) in grades.into_iter().enumerate() {
            cells.push(cell(&providers[at], &target, grade, at));
        }
        let slug = dashboards::slug(&target);
        sites.push(SiteView { target, slug, category: category.to_owned(), endpoint: None });
    }
    let untested: Target = "https://untested.test/".parse().expect("the fixture is sound");
    for (at, provider) in providers.iter().enumerate() {
        let cell = cell(provider, &untested, Insufficient, at);
        cells.push(CellView { screens: 0, failed: 0, void: 0, agents: 0, ..cell });
    }
    let slug = dashboards::slug(&untested);
    sites.push(SiteView { target: untested, slug, category: "news".to_owned(), endpoint: None });
    Matrix { day: day(), closed: false, providers, sites, cells, tested: 90 }
}

/// A table of any size, for its weight.
pub(crate) fn large_matrix(sites: usize, providers: usize) -> Matrix {
    let small = matrix();
    let providers: Vec<ProviderView> = (0..providers)
        .map(|at| ProviderView { id: format!("provider-{at}"), ..small.providers[at % 5].clone() })
        .collect();
    let sites: Vec<SiteView> = (0..sites)
        .map(|at| {
            let target: Target =
                format!("https://www.newspaper-{at}.test/").parse().expect("the fixture is sound");
            SiteView {
                slug: dashboards::slug(&target),
                target,
                category: "news".to_owned(),
                endpoint: None,
            }
        })
        .collect();
    let grades = [Grade::B, Grade::C, Grade::Reachable, Grade::D, Grade::Insufficient];
    let mut cells = Vec::new();
    for (row, site) in sites.iter().enumerate() {
        for (at, provider) in providers.iter().enumerate() {
            cells.push(cell(provider, &site.target, grades[(row + at) % 5], at % 5));
        }
    }
    Matrix { providers, sites, cells, ..small }
}

fn day() -> Day {
    Day::parse("2026-11-23").expect("the fixture is sound")
}

fn providers() -> Vec<ProviderView> {
    let named = [
        ("orken", ["Өркен Телеком", "Оркен Телеком", "Orken Telecom"], NetworkKind::Mixed, 12),
        ("dala", ["Дала Мобайл", "Дала Мобайл", "Dala Mobile"], NetworkKind::Mobile, 7),
        ("zhibek", ["Жібек Нет", "Жибек Нет", "Zhibek Net"], NetworkKind::Fixed, 5),
        ("samal", ["Самал Байланыс", "Самал Связь", "Samal Link"], NetworkKind::Fixed, 6),
        ("bulaq", ["Бұлақ", "Булак", "Bulaq <b>&amp;</b>"], NetworkKind::Mobile, 1),
    ];
    let asn = |at: usize| Asn(64_496 + u32::try_from(at).expect("the fixture is sound"));
    let view = |(at, (id, [kk, ru, en], kind, volunteers)): (
        usize,
        (&str, [&str; 3], NetworkKind, u32),
    )| {
        ProviderView {
            id: id.to_owned(),
            names: Names { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() },
            kind,
            networks: vec![asn(at), asn(at + 5)],
            volunteers: bucket(volunteers).to_owned(),
        }
    };
    named.into_iter().enumerate().map(view).collect()
}

fn cell(provider: &ProviderView, target: &Target, grade: Grade, at: usize) -> CellView {
    let agents = [12, 7, 5, 6, 1][at];
    let (failed, n, share, layer, rule) = match grade {
        Grade::A => {
            (41, 44, Some((0.932, 0.71, 0.99)), Some(Layer::Tls), Some("tls_interception_listed"))
        }
        Grade::B | Grade::C => {
            (71, 76, Some((0.934, 0.764, 0.992)), Some(Layer::Tls), Some("tls_name_dropped"))
        }
        Grade::D => (9, 12, None, Some(Layer::Tcp), Some("tcp_unreachable")),
        Grade::Reachable => (0, 54, Some((0.0, 0.0, 0.459)), None, None),
        Grade::Down => (17, 18, Some((0.944, 0.6, 1.0)), Some(Layer::Http), Some("http_down")),
        Grade::Insufficient => (0, 2, None, None, None),
    };
    let (layer, rule) = match (target.is_https(), grade) {
        (false, Grade::A) => (Some(Layer::Http), Some("http_injected")),
        _ => (layer, rule),
    };
    let n = if agents < 3 { n.min(2) } else { n };
    let some = |(share, low, high)| Interval { share, low, high };
    CellView {
        provider: provider.id.clone(),
        target: target.clone(),
        word: grade.word(),
        grade,
        layer,
        rule: rule.map(str::to_owned),
        screens: n,
        failed: failed.min(n),
        share: share.filter(|_| agents >= 3).map(some),
        agents,
        void: u32::try_from(at).expect("the fixture is sound") * 2,
        networks: (1, 2),
    }
}

fn provider_page(matrix: &Matrix, at: usize) -> ProviderPage {
    let width = matrix.providers.len();
    let cells = matrix.sites.iter().cloned().enumerate();
    ProviderPage {
        provider: matrix.providers[at].clone(),
        day: matrix.day,
        cells: cells.map(|(row, site)| (site, matrix.cells[row * width + at].clone())).collect(),
        only_here: vec![(matrix.sites[2].clone(), 3), (matrix.sites[3].clone(), 2)],
    }
}

fn site_page(matrix: &Matrix, row: usize) -> SitePage {
    let cells = matrix.providers.iter().cloned().enumerate();
    let width = matrix.providers.len();
    SitePage {
        site: matrix.sites[row].clone(),
        day: matrix.day,
        cells: cells
            .map(|(at, provider)| (provider, matrix.cells[row * width + at].clone()))
            .collect(),
        abroad: (23, 24),
    }
}

fn evidence(matrix: &Matrix, at: usize, row: usize) -> EvidenceView {
    let cell = matrix.cells[row * matrix.providers.len() + at].clone();
    let grade = cell.grade;
    let quiet = grade == Grade::Insufficient;
    let artefacts =
        if grade == Grade::A { vec![artefact(), artefact_with(HOSTILE)] } else { vec![] };
    EvidenceView {
        provider: matrix.providers[at].clone(),
        site: matrix.sites[row].clone(),
        day: matrix.day,
        closed: grade == Grade::Reachable,
        networks: if quiet { vec![] } else { lines(grade) },
        steps: Layer::ALL.into_iter().map(|layer| step(layer, &cell)).collect(),
        alternatives: alternatives(),
        artefacts,
        measurements: if quiet { vec![] } else { rows(&cell) },
        strip: if quiet { vec![] } else { strip(&cell) },
        cell,
    }
}

fn lines(grade: Grade) -> Vec<NetworkEvidence> {
    let strong = matches!(grade, Grade::A | Grade::B);
    let upper = (grade == Grade::Reachable).then_some(0.451);
    let line = |asn: u32, site_e: [f64; 3], beacon_e: [f64; 3], f_star| NetworkEvidence {
        asn: Asn(asn),
        grade,
        site_e,
        beacon_e,
        bar: 400.0,
        f_star,
        upper,
        agents: 7,
        prefixes: 5,
        abroad: 3,
        site_blocks: 14,
        beacon_blocks: 12,
    };
    let beacon = if strong { [328_509_000.0, 6_503_765.1, 128_787.6] } else { [1.2, 0.61, 0.0119] };
    let weak = line(64_501, [29.2429, 1.0, 1.0], [1.0; 3], None);
    let f = if strong { Some(3) } else { Some(1) };
    vec![
        line(
            64_496,
            [328_509_000.0, 6_503_765.1, 128_787.6],
            beacon,
            f.filter(|_| upper.is_none()),
        ),
        weak,
    ]
}

fn step(layer: Layer, cell: &CellView) -> StepCount {
    let (ok, failed) = match cell.layer {
        Some(failing) if failing == layer => (cell.screens - cell.failed, cell.failed),
        Some(failing) if failing < layer => (cell.screens - cell.failed, 0),
        Some(_) | None => (cell.screens, 0),
    };
    let controls_ok = if cell.grade == Grade::Down { 1 } else { 24 };
    StepCount {
        layer,
        agents_ok: ok,
        agents_failed: failed,
        controls_ok,
        controls_failed: 24 - controls_ok,
    }
}

fn alternatives() -> Vec<Alternative> {
    [
        ("site_down", "excluded", 24),
        ("site_refuses", "possible", 24),
        ("own_line", "excluded", 76),
        ("own_software", "unknown", 0),
    ]
    .map(|(id, finding, n)| Alternative { id: id.to_owned(), finding: finding.to_owned(), n })
    .to_vec()
}

fn artefact() -> Artefact {
    artefact_with("CN=news-2.test")
}

fn artefact_with(subject: &str) -> Artefact {
    Artefact {
        sha256: Digest::of(subject.as_bytes()).to_string(),
        subject: subject.to_owned(),
        issuer: "C=KZ, CN=Invented Security Authority".to_owned(),
        authority: "invented-authority".to_owned(),
        agents: 4,
    }
}

fn rows(cell: &CellView) -> Vec<MeasurementRow> {
    let row = |at: u32, control: bool, state: State| MeasurementRow {
        id: MeasurementId::of(format!("{} {at}", cell.target).as_bytes()),
        target: cell.target.clone(),
        asn: Some(Asn(64_496 + at % 2 * 5)),
        provider: (!control).then(|| cell.provider.clone()),
        hour: Hour(day().first_hour().0 + 22 - at * 7),
        control,
        state,
        layer: cell.layer.filter(|_| state == State::Interference),
        rule: match state {
            State::Interference => cell.rule.clone().expect("the fixture is sound"),
            State::Void => "void_controls".to_owned(),
            State::Ok | State::Down | State::Server | State::Inconclusive => {
                "http_reached".to_owned()
            }
        },
        counted: state != State::Void,
    };
    let seen = if cell.rule.is_some() { State::Interference } else { State::Ok };
    vec![
        row(0, false, seen),
        row(1, true, State::Ok),
        row(2, false, State::Void),
        row(3, false, seen),
    ]
}

fn strip(cell: &CellView) -> Vec<(Day, evidence::Word)> {
    use evidence::Word::{Inconclusive, Likely, NoData, Reachable};
    let words =
        [Reachable; 8].into_iter().chain([Inconclusive, Inconclusive, Likely, Likely, NoData]);
    let words = words.chain([Likely; 10]).chain([cell.word; 5]);
    let first = day().0 - 30;
    // Two days have no grade at all.
    words
        .enumerate()
        .map(|(at, word)| {
            let at = u32::try_from(at).expect("the fixture is sound");
            (Day(first + at + if at > 12 { 2 } else { 0 }), word)
        })
        .collect()
}

/// A volunteer's measurement of a name that is dropped.
pub(crate) fn measurement(matrix: &Matrix) -> MeasurementView {
    let target = matrix.sites[0].target.clone();
    let leaf = b"invented leaf certificate".to_vec();
    let session = Session {
        version: "TLSv1_3".to_owned(),
        chain: vec![Digest::of(&leaf)],
        trust: Trust::Other(HOSTILE.to_owned()),
        read: 3402,
        written: 512,
        system: None,
        encrypted_name: None,
    };
    let mut seen = journey(&target, session);
    seen.extend(blocks(&target));
    seen.extend(ladders(&target));
    let verdict = Verdict {
        state: State::Interference,
        layer: Some(Layer::Tls),
        rule: RuleId("tls_name_dropped".to_owned()),
        because: vec![3, 7, 8],
        layers: vec![
            claim(Layer::Dns, State::Ok, "dns_consistent", vec![1, 2]),
            claim(Layer::Tcp, State::Ok, "tcp_connected", vec![4]),
            claim(Layer::Tls, State::Interference, "tls_name_dropped", vec![3, 7, 8]),
            claim(Layer::Http, State::Inconclusive, "http_from_tomorrow", vec![]),
        ],
    };
    let certificates = Certificates([(Digest::of(&leaf), leaf)].into());
    let record = record(target, Role::Agent, (seen, certificates), verdict.clone());
    view(record, verdict, true)
}

/// A measurement that does not count.
fn void_measurement(matrix: &Matrix) -> MeasurementView {
    let target = matrix.sites[4].target.clone();
    let verdict = Verdict {
        state: State::Void,
        layer: None,
        rule: RuleId("void_run".to_owned()),
        because: vec![],
        layers: vec![],
    };
    let mut record =
        record(target, Role::Agent, (vec![], Certificates::default()), verdict.clone());
    record.run.void = vec![VoidReason::Tunnel, VoidReason::WrongClock];
    let mut view = view(record, verdict, false);
    (view.row.asn, view.row.provider) = (None, None);
    view
}

fn claim(layer: Layer, state: State, rule: &str, because: Vec<usize>) -> Claim {
    Claim { layer, state, rule: RuleId(rule.to_owned()), because }
}

fn record(
    target: Target,
    role: Role,
    (seen, certificates): (Vec<Observation>, Certificates),
    verdict: Verdict,
) -> Measurement {
    Measurement {
        format: FORMAT.to_owned(),
        software: "qoljetim 0.1.0".to_owned(),
        role,
        credential: KeyText::new([7; 32]),
        kind: Kind::Web,
        target,
        hour: Hour(day().first_hour().0 + 22),
        snapshot: Digest::of(b"snapshot"),
        network: Some(Asn(64_496)),
        run: RunFacts {
            void: vec![],
            roots: "webpki-roots 1.0.10".to_owned(),
            hello: "t13d1010h1_61a7ad8aa9b6_6a7d638fc319".to_owned(),
            labels: vec![Label::LossyLine, Label::ForeignResolver],
            ..RunFacts::default()
        },
        seen,
        certificates,
        control: None,
        verdict,
        extra: Default::default(),
    }
}

fn view(record: Measurement, verdict: Verdict, counted: bool) -> MeasurementView {
    let bytes = record.encode();
    MeasurementView {
        row: MeasurementRow {
            id: MeasurementId::of(&bytes),
            target: record.target.clone(),
            asn: Some(Asn(64_496)),
            provider: Some("orken".to_owned()),
            hour: record.hour,
            control: false,
            state: verdict.state,
            layer: verdict.layer,
            rule: verdict.rule.0.clone(),
            counted,
        },
        reach: reach(&record).filter(|_| verdict.state == State::Interference),
        record,
        verdict,
        batch: (BatchId::of(b"batch"), 1233),
        bytes: bytes.len() as u64,
    }
}

/// As the collector tells it of a record in which a name is dropped.
fn reach(record: &Measurement) -> Option<ReachView> {
    let ladders = record.seen.iter().any(|seen| seen.as_hops().is_some());
    let network = Some(Asn(64_496));
    let (server, place) = (Some(9), ReachPlace::Inside);
    ladders.then_some(ReachView { within: 5, beyond: 4, server, network, place })
}

fn to(last: u8) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, last], 443))
}

fn seen<S, T>(step: S, part: Part, at_ms: u32, outcome: Result<T, Failed>) -> Seen<S, T> {
    Seen { step, part, at_ms, took_ms: 180, outcome }
}

fn journey(target: &Target, session: Session) -> Vec<Observation> {
    let resolver = |id: &str, transport| Resolver { id: id.to_owned(), transport };
    let lookup = |resolver| Lookup { name: target.host(), resolver };
    let answers = |rcode, answers| Answers {
        datagrams: vec![Datagram {
            question: "A".to_owned(),
            after_ms: 31,
            fits: true,
            rcode,
            answers,
        }],
    };
    let address = Answer::Address(to(10).ip());
    let fetch =
        Fetch { to: to(20), url: "https://known-good.test/".parse().expect("it is an address") };
    let page = Page {
        status: 200,
        headers: Default::default(),
        body: Digest::of(b"page"),
        bytes: 18_211,
        truncated: false,
        title: Some(HOSTILE.to_owned()),
        similarity: None,
        marks: Vec::new(),
        session: Some(session),
    };
    let dropped =
        Failed { failure: Failure::Timeout, detail: String::new(), read: 0, written: 517 };
    let strange = Failed { detail: HOSTILE.to_owned(), ..Failed::plain(Failure::Alert) };
    let hello = |sni| Handshake { to: to(10), sni };
    vec![
        Observation::Fetch(seen(fetch, Part::Before, 0, Ok(page))),
        Observation::Lookup(seen(
            lookup(resolver("system", Transport::System)),
            Part::Screen,
            400,
            Ok(answers(0, vec![address])),
        )),
        Observation::Lookup(seen(
            lookup(resolver("quad9", Transport::Doh)),
            Part::Screen,
            600,
            Ok(answers(3, vec![])),
        )),
        Observation::Handshake(seen(hello(target.host()), Part::Screen, 900, Err(dropped))),
        Observation::Connect(seen(Connect { to: to(10) }, Part::Screen, 800, Ok(Connected {}))),
        Observation::Handshake(seen(
            hello(target.host()),
            Part::Hop { number: 1 },
            9100,
            Err(strange),
        )),
        Observation::Lookup(seen(
            lookup(resolver("quad9", Transport::Udp)),
            Part::After,
            9_500,
            Err(Failed::plain(Failure::ResolverRefused)),
        )),
    ]
}

/// Ladders of hop limits: the names fare alike as far as the fourth router.
fn ladders(target: &Target) -> Vec<Observation> {
    let ladder = |sni: Host, named: bool, at_ms| {
        let rung = |limit: u8| Rung {
            limit,
            came: match limit {
                5.. if named => Came::Nothing,
                9.. => Came::Answer,
                _ => Came::Expired,
            },
            knock: Some(if limit < 9 { Came::Expired } else { Came::Answer }),
            network: (limit > 2 && limit < 9).then_some(Asn(64_496)),
        };
        let step = Hops { to: to(7), sni, most: 24 };
        let rungs = Rungs { rungs: (1..=12).map(rung).collect() };
        Observation::Hops(seen(step, Part::Variation, at_ms, Ok(rungs)))
    };
    let neutral = "hhbnpzqmfh.test".parse().expect("a host");
    vec![ladder(neutral, false, 40_000), ladder(target.host(), true, 42_000)]
}

fn blocks(target: &Target) -> Vec<Observation> {
    let neutral = "wrnk-7.test".parse().expect("it is a name");
    let attempt = |part, sni, outcome| {
        Observation::Handshake(seen(Handshake { to: to(10), sni }, part, 20_000, outcome))
    };
    let session = Session {
        version: "TLSv1_3".to_owned(),
        chain: vec![],
        trust: Trust::WrongName,
        read: 2800,
        written: 512,
        system: None,
        encrypted_name: None,
    };
    let dropped = || Err(Failed::plain(Failure::Timeout));
    vec![
        attempt(Part::SiteBlock { round: 0, slot: 0, arm: Arm::Named }, target.host(), dropped()),
        attempt(Part::BeaconBlock { round: 0, slot: 3, arm: Arm::Named }, target.host(), dropped()),
        attempt(Part::SiteBlock { round: 0, slot: 1, arm: Arm::Neutral }, neutral, Ok(session)),
    ]
}
