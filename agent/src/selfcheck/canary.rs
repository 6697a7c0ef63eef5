//! Known-good sites: whether they are reached over each family, and who signs for them.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use record::{
    Certificates, Connect, Failure, Handshake, Kind, Lookup, Observation, Step, Target, Trust,
};
use testlists::{Fingerprints, Interceptor};
use verdict::Case;

use super::{Around, perform, see, system};
use crate::probe::Prober;

/// What was seen of one known-good site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canary {
    /// Whether it was connected to over IPv4; none where that was not tried.
    pub over_ipv4: Option<bool>,
    /// Whether it was connected to over IPv6; none where that was not tried.
    pub over_ipv6: Option<bool>,
    /// What its handshake showed, where one was finished.
    pub shown: Option<Shown>,
}

/// Who vouches for a certificate that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The public roots.
    Valid,
    /// A listed interception authority: the network's doing, and a finding.
    Listed,
    /// A program on this machine or line, by its name on the certificate.
    Program,
    /// This machine's own list of roots, and no public one.
    MachineAlone,
    /// Nobody.
    Nobody,
}

impl Canary {
    /// Returns whether anything of it was reached.
    pub fn is_reached(&self) -> bool {
        self.over_ipv4 == Some(true) || self.over_ipv6 == Some(true) || self.shown.is_some()
    }

    /// Returns whether it showed a valid certificate.
    pub fn is_valid(&self) -> bool {
        self.shown == Some(Shown::Valid)
    }

    /// Returns whether a root that is on this machine alone signed for it.
    pub fn is_believed_by_machine_alone(&self) -> bool {
        self.shown == Some(Shown::MachineAlone)
    }
}

/// Looks at a few known-good sites.
pub async fn look<P: Prober>(prober: &Arc<P>, around: Around<'_>, has_ipv6: bool) -> Vec<Canary> {
    let snapshot = &around.edition.snapshot;
    let mut sites: Vec<&Target> =
        snapshot.known_good.iter().filter(|site| site.is_https()).collect();
    let programs = Arc::new(testlists::interceptors());
    let known = Arc::new(snapshot.known.clone());
    let mut running = JoinSet::new();
    for _ in 0..SITES.min(sites.len()) {
        let count = u64::try_from(sites.len()).unwrap_or(1).max(1);
        let at = usize::try_from(around.edge.random() % count).unwrap_or(0);
        let site = sites.swap_remove(at).clone();
        let (prober, known) = (Arc::clone(prober), Arc::clone(&known));
        let programs = Arc::clone(&programs);
        running.spawn(async move { one(&prober, &site, has_ipv6, (&known, &programs)).await });
    }
    let mut canaries = Vec::new();
    while let Some(joined) = running.join_next().await {
        canaries.extend(joined.ok());
    }
    canaries
}

async fn one<P: Prober>(
    prober: &Arc<P>,
    site: &Target,
    has_ipv6: bool,
    lists: (&Fingerprints, &[Interceptor]),
) -> Canary {
    let lookup = Step::Lookup(Lookup { name: site.host(), resolver: system() });
    let seen = see(prober, lookup, PATIENCE).await;
    let answers = seen.as_ref().and_then(Observation::as_lookup);
    let found = answers.and_then(|seen| seen.outcome.as_ref().ok());
    let found = found.map(record::Answers::addresses).unwrap_or_default();
    let public = |ip: &&IpAddr| plan::is_public(**ip);
    let four = found.iter().filter(public).find(|ip| ip.is_ipv4()).copied();
    let six = found.iter().filter(public).find(|ip| ip.is_ipv6()).copied();
    let at = |ip: IpAddr| SocketAddr::new(ip, site.port());
    let over_six = async {
        let to = at(six.filter(|_| has_ipv6)?);
        let seen = see(prober, Step::Connect(Connect { to }), PATIENCE).await;
        match seen.as_ref().map(Observation::failure) {
            Some(Some(Failure::NoRoute)) => None,
            Some(failure) => Some(failure.is_none()),
            None => Some(false),
        }
    };
    let shaking = async {
        let to = at(four.or(six)?);
        let step = Step::Handshake(Handshake { to, sni: site.host() });
        Some((to, perform(prober, step, PATIENCE).await))
    };
    let (over_ipv6, shaken) = tokio::join!(over_six, shaking);
    let over_four = shaken.as_ref().filter(|(to, _)| to.is_ipv4());
    let over_ipv4 = over_four
        .map(|(_, done)| done.as_ref().is_some_and(|done| done.observation.session().is_some()));
    let shown = shaken.and_then(|(_, done)| done).and_then(|done| {
        let certificates = Certificates(done.certificates);
        shown(site, &done.observation, &certificates, lists)
    });
    Canary { over_ipv4, over_ipv6, shown }
}

fn shown(
    site: &Target,
    seen: &Observation,
    certificates: &Certificates,
    (known, programs): (&Fingerprints, &[Interceptor]),
) -> Option<Shown> {
    let session = seen.session()?;
    if session.trust == Trust::Trusted {
        return Some(Shown::Valid);
    }
    let case = Case {
        kind: Kind::Web,
        target: site,
        seen: std::slice::from_ref(seen),
        certificates,
        control: None,
        known,
        void: &[],
        resolver: verdict::Answerer::default(),
    };
    if !verdict::artefacts(&case).is_empty() {
        return Some(Shown::Listed);
    }
    let made = |der: &Vec<u8>| programs.iter().any(|program| program.made(der));
    if certificates.0.values().any(made) {
        return Some(Shown::Program);
    }
    let believed = session.trust == Trust::UnknownIssuer && session.system == Some(Trust::Trusted);
    Some(if believed { Shown::MachineAlone } else { Shown::Nobody })
}

/// Returns whether a program on this machine or line ends TLS for every site: at least two sites
/// were shaken hands with, and all of them show its certificates.
pub fn is_local_interception(canaries: &[Canary]) -> bool {
    let shown: Vec<Shown> = canaries.iter().filter_map(|canary| canary.shown).collect();
    let local = |shown: &Shown| matches!(shown, Shown::Program | Shown::MachineAlone);
    shown.len() >= ENOUGH && shown.iter().all(local)
}

/// Returns whether IPv6 is there and leads nowhere: no site is reached over it, at least two were
/// tried, and IPv4 works.
pub fn is_ipv6_broken(canaries: &[Canary]) -> bool {
    let six: Vec<bool> = canaries.iter().filter_map(|canary| canary.over_ipv6).collect();
    let four = canaries.iter().any(|canary| canary.over_ipv4 == Some(true));
    six.len() >= ENOUGH && !six.contains(&true) && four
}

const SITES: usize = 3;
const ENOUGH: usize = 2;
/// For each of two steps, one after the other.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use record::{Digest, Failed, Part, Seen, Session};

    use super::*;

    #[test]
    fn a_program_that_ends_tls_for_every_site_voids_the_run() {
        for shown in [Shown::Program, Shown::MachineAlone] {
            assert!(is_local_interception(&[of(shown), of(shown), Canary::default()]));
        }
        assert!(is_local_interception(&[of(Shown::Program), of(Shown::MachineAlone)]));
    }

    #[test]
    fn one_site_alone_a_valid_one_or_a_listed_authority_is_no_program_of_this_machine() {
        assert!(!is_local_interception(&[of(Shown::Program)]));
        assert!(!is_local_interception(&[of(Shown::Program), of(Shown::Valid)]));
        assert!(!is_local_interception(&[of(Shown::Listed), of(Shown::Listed)]));
        assert!(!is_local_interception(&[of(Shown::Nobody), of(Shown::Nobody)]));
        assert!(!is_local_interception(&[]));
    }

    #[test]
    fn ipv6_is_broken_where_it_leads_nowhere_and_ipv4_does() {
        let with = |four, six| Canary { over_ipv4: four, over_ipv6: six, shown: None };
        let (yes, no) = (Some(true), Some(false));

        assert!(is_ipv6_broken(&[with(yes, no), with(no, no), with(yes, None)]));
        assert!(!is_ipv6_broken(&[with(yes, no), with(yes, yes)]));
        assert!(!is_ipv6_broken(&[with(yes, no), with(yes, None)]), "one is not enough");
        assert!(!is_ipv6_broken(&[with(no, no), with(no, no)]), "nothing works");
    }

    #[test]
    fn who_vouches_is_read_off_the_session_and_its_certificates() {
        let read = |trust, system, der: &[u8]| {
            let programs = testlists::interceptors();
            let chain = vec![Digest::of(der)];
            let certificates = Certificates(BTreeMap::from([(Digest::of(der), der.to_vec())]));
            let session = Session {
                version: String::new(),
                chain,
                trust,
                read: 0,
                written: 0,
                system,
                encrypted_name: None,
            };
            let seen = handshake(Ok(session));
            let known = Fingerprints::default();
            shown(&site(), &seen, &certificates, (&known, &programs))
        };

        assert_eq!(read(Trust::Trusted, None, b"ESET SSL Filter CA"), Some(Shown::Valid));
        assert_eq!(read(Trust::UnknownIssuer, None, b"ESET SSL Filter CA"), Some(Shown::Program));
        let machine = Some(Trust::Trusted);
        assert_eq!(read(Trust::UnknownIssuer, machine, b"x"), Some(Shown::MachineAlone));
        assert_eq!(read(Trust::UnknownIssuer, None, b"x"), Some(Shown::Nobody));
        let lost = handshake(Err(Failed::plain(Failure::Reset)));
        let none = Certificates::default();
        assert_eq!(shown(&site(), &lost, &none, (&Fingerprints::default(), &[])), None);
    }

    /// A known-good site as it should be.
    pub(crate) fn good() -> Canary {
        Canary { over_ipv4: Some(true), over_ipv6: None, shown: Some(Shown::Valid) }
    }

    fn of(shown: Shown) -> Canary {
        Canary { shown: Some(shown), ..Canary::default() }
    }

    fn site() -> Target {
        "https://good.test/".parse().unwrap()
    }

    fn handshake(outcome: Result<Session, Failed>) -> Observation {
        let step = Handshake { to: ([192, 0, 2, 1], 443).into(), sni: site().host() };
        Observation::Handshake(Seen { step, part: Part::Screen, at_ms: 0, took_ms: 1, outcome })
    }
}
