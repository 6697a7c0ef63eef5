//! Makes records and batches as agents and controls would.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex};

use ed25519_dalek::{Signer as _, SigningKey};
use rcgen::{CertificateParams, DnType, IsCa, Issuer, KeyPair};

use record::{
    Answer, Answers, Arm, Asn, Batch, Certificates, Connect, Connected, Datagram, Digest, FORMAT,
    Failed, Failure, Fetch, Handshake, Host, Hour, KeyText, Kind, Lookup, Measurement, Observation,
    Page, Part, Resolver, Role, RunFacts, Seed, Seen, Session, SignatureText, State, Suite, Target,
    Transport, Trust, Verdict, order,
};

/// Somebody who signs.
#[derive(Clone)]
pub(crate) struct Signer(SigningKey);

impl Signer {
    pub(crate) fn agent(number: u32) -> Self {
        Self(SigningKey::from_bytes(&Digest::of(&number.to_be_bytes()).0))
    }

    pub(crate) fn control(number: u32) -> Self {
        Self::agent(1_000_000 + number)
    }

    pub(crate) fn key(&self) -> KeyText {
        KeyText::new(self.0.verifying_key().to_bytes())
    }

    /// Puts records into a signed batch.
    pub(crate) fn batch<'a>(&self, records: impl IntoIterator<Item = &'a Measurement>) -> Vec<u8> {
        let lines: Vec<Vec<u8>> = records.into_iter().map(Measurement::encode).collect();
        self.raw_batch(&zstd::bulk::compress(&lines.join(&b'\n'), 3).unwrap())
    }

    /// Signs any payload.
    pub(crate) fn raw_batch(&self, payload: &[u8]) -> Vec<u8> {
        let signature = self.0.sign(&Batch::signed_bytes(Suite::Plain, payload));
        Batch {
            suite: Suite::Plain,
            credential: self.key(),
            signature: SignatureText(signature.to_bytes()),
            payload: payload.to_vec(),
        }
        .to_bytes()
    }
}

/// A certificate authority with the certificates it signs.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

impl Authority {
    /// The one that the collector is told to trust.
    pub(crate) fn public() -> &'static Self {
        static PUBLIC: LazyLock<Authority> = LazyLock::new(|| Authority::named("Public", "Public"));
        &PUBLIC
    }

    /// The one that the lists name as an interceptor's.
    pub(crate) fn listed() -> &'static Self {
        static LISTED: LazyLock<Authority> =
            LazyLock::new(|| Authority::named("Listed Authority", "Listed"));
        &LISTED
    }

    fn named(common: &str, organisation: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, common);
        params.distinguished_name.push(DnType::OrganizationName, organisation);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Signs a certificate for a host; the same one each time.
    pub(crate) fn chain(&self, host: &Host) -> Vec<Vec<u8>> {
        static MADE: LazyLock<Mutex<Leaves>> = LazyLock::new(Default::default);
        let root = self.certificate.der().to_vec();
        let mut made = MADE.lock().unwrap();
        let leaf = made.entry((root.clone(), host.to_string())).or_insert_with(|| {
            let params = CertificateParams::new(vec![host.to_string()]).unwrap();
            let key = KeyPair::generate().unwrap();
            params.signed_by(&key, &self.issuer).unwrap().der().to_vec()
        });
        vec![leaf.clone(), root]
    }
}

/// Leaves by their authority's certificate and their host.
type Leaves = BTreeMap<(Vec<u8>, String), Vec<u8>>;

/// One measurement to be made.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) signer: Signer,
    pub(crate) role: Role,
    pub(crate) target: Target,
    pub(crate) hour: Hour,
    pub(crate) snapshot: Digest,
    pub(crate) seed: Seed,
    pub(crate) round: u32,
    pub(crate) network: Option<Asn>,
}

impl Job {
    /// An agent's measurement of `https://news.test/` at noon, on the first network.
    pub(crate) fn new(signer: &Signer, snapshot: &(testlists::Snapshot, Digest)) -> Self {
        Self {
            signer: signer.clone(),
            role: Role::Agent,
            target: "https://news.test/".parse().unwrap(),
            hour: crate::running::NOON,
            snapshot: snapshot.1,
            seed: snapshot.0.seed,
            round: 0,
            network: Some(Asn(64_501)),
        }
    }

    /// The same by a control.
    pub(crate) fn by_control(number: u32, snapshot: &(testlists::Snapshot, Digest)) -> Self {
        Self { role: Role::Control, ..Self::new(&Signer::control(number), snapshot) }
    }

    pub(crate) fn of(&self, target: &str) -> Self {
        Self { target: target.parse().unwrap(), ..self.clone() }
    }

    pub(crate) fn at(&self, hour: Hour) -> Self {
        Self { hour, ..self.clone() }
    }

    pub(crate) fn in_round(&self, round: u32) -> Self {
        Self { round, ..self.clone() }
    }

    /// The site is reached.
    pub(crate) fn reached(&self) -> Measurement {
        let chain = Authority::public().chain(&self.target.host());
        let page = Page {
            status: 200,
            headers: BTreeMap::new(),
            body: Digest::of(b"the page"),
            bytes: 8,
            truncated: false,
            title: Some("News".to_owned()),
            similarity: None,
            marks: Vec::new(),
            session: Some(session(&chain)),
        };
        let fetch = Fetch { to: SITE, url: self.target.clone() };
        let mut seen = self.beginning();
        seen.push(Observation::Handshake(seen_as(
            self.hello(),
            Part::Screen,
            20,
            Ok(session(&chain)),
        )));
        seen.push(Observation::Fetch(seen_as(fetch, Part::Screen, 30, Ok(page))));
        self.record(seen, &chain)
    }

    /// The name is dropped, on the site's address and on the beacon; both blocks were made.
    pub(crate) fn dropped(&self) -> Measurement {
        let mut seen = self.beginning();
        let timeout = Err(Failed::plain(Failure::Timeout));
        seen.push(Observation::Handshake(seen_as(self.hello(), Part::Screen, 20, timeout)));
        for (channel, to) in [("site", SITE), ("beacon", BEACON)] {
            seen.extend(self.block(channel, to));
        }
        self.record(seen, &[])
    }

    /// Nothing comes back to the name; no block was made.
    pub(crate) fn silent(&self) -> Measurement {
        let mut seen = self.beginning();
        let timeout = Err(Failed::plain(Failure::Timeout));
        seen.push(Observation::Handshake(seen_as(self.hello(), Part::Screen, 20, timeout)));
        self.record(seen, &[])
    }

    /// A listed authority's certificate is shown in place of the site's.
    pub(crate) fn intercepted(&self) -> Measurement {
        let chain = Authority::listed().chain(&self.target.host());
        let shown = Session { trust: Trust::Trusted, ..session(&chain) };
        let mut seen = self.beginning();
        seen.push(Observation::Handshake(seen_as(self.hello(), Part::Screen, 20, Ok(shown))));
        self.record(seen, &chain)
    }

    /// As dropped, but the blocks were made in another order than was drawn.
    pub(crate) fn out_of_order(&self) -> Measurement {
        let drawn = |job: &Self| {
            order(&job.seed, job.signer.key().bytes(), (&job.target, job.hour, job.round), "site")
        };
        let others = (0_u8..).map(|salt| Self {
            seed: Seed(Digest::of(&[&self.seed.0.0[..], &[salt]].concat())),
            ..self.clone()
        });
        let mut others = others.filter(|other| drawn(other) != drawn(self));
        others.next().unwrap().dropped()
    }

    fn beginning(&self) -> Vec<Observation> {
        let name = self.target.host();
        let resolver = Resolver { id: "system".to_owned(), transport: Transport::System };
        let answers = Answers {
            datagrams: vec![Datagram {
                question: "A".to_owned(),
                after_ms: 5,
                fits: true,
                rcode: 0,
                answers: vec![Answer::Address(SITE.ip())],
            }],
        };
        let lookup = Lookup { name, resolver };
        vec![
            Observation::Lookup(seen_as(lookup, Part::Screen, 0, Ok(answers))),
            Observation::Connect(seen_as(Connect { to: SITE }, Part::Screen, 10, Ok(Connected {}))),
        ]
    }

    fn block(&self, channel: &str, to: SocketAddr) -> Vec<Observation> {
        let at = (&self.target, self.hour, self.round);
        let arms = order(&self.seed, self.signer.key().bytes(), at, channel);
        let attempt = |(slot, arm): (u8, Arm)| {
            let (sni, failed) = match arm {
                Arm::Named => (self.target.host(), Failed::plain(Failure::Timeout)),
                Arm::Neutral => (self.neutral(), Failed::plain(Failure::Alert)),
            };
            let round = self.round;
            let part = match channel {
                "site" => Part::SiteBlock { round, slot, arm },
                _ => Part::BeaconBlock { round, slot, arm },
            };
            let at_ms = 1_000 + 100 * u32::from(slot);
            Observation::Handshake(seen_as(Handshake { to, sni }, part, at_ms, Err(failed)))
        };
        (0_u8..).zip(arms).map(attempt).collect()
    }

    fn neutral(&self) -> Host {
        let name = self.target.host().to_string();
        name.replacen(|_: char| true, "z", 1).parse().unwrap()
    }

    fn hello(&self) -> Handshake {
        Handshake { to: SITE, sni: self.target.host() }
    }

    fn record(&self, seen: Vec<Observation>, chain: &[Vec<u8>]) -> Measurement {
        let certificates = chain.iter().map(|der| (Digest::of(der), der.clone())).collect();
        Measurement {
            format: FORMAT.to_owned(),
            software: "0.1.0".to_owned(),
            role: self.role,
            credential: self.signer.key(),
            kind: Kind::Web,
            target: self.target.clone(),
            hour: self.hour,
            snapshot: self.snapshot,
            network: self.network,
            run: RunFacts { void: Vec::new(), roots: "made".to_owned(), ..RunFacts::default() },
            seen,
            certificates: Certificates(certificates),
            control: None,
            verdict: Verdict {
                state: State::Inconclusive,
                layer: None,
                rule: "no_rule".into(),
                because: Vec::new(),
                layers: Vec::new(),
            },
            extra: BTreeMap::new(),
        }
    }
}

fn seen_as<S, T>(step: S, part: Part, at_ms: u32, outcome: Result<T, Failed>) -> Seen<S, T> {
    Seen { step, part, at_ms, took_ms: 5, outcome }
}

fn session(chain: &[Vec<u8>]) -> Session {
    Session {
        version: "TLSv1_3".to_owned(),
        chain: chain.iter().map(|der| Digest::of(der)).collect(),
        trust: Trust::Trusted,
        read: 3_000,
        written: 500,
        system: None,
        encrypted_name: None,
    }
}

const SITE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7)), 443);
const BEACON: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 10)), 443);
