//! Draws what is seen beside handshakes and requests over TCP.

use std::net::SocketAddr;

use proptest::prelude::*;

use record::{
    Answer, Answers, Arm, Contrast, Datagram, Failed, Failure, Handshake, Hello, Load, Loaded,
    Lookup, Observation, Part, Quic, Resolver, Seen, Session, Transport, Trust, Variant,
};

use super::{BEACON, IPS, failure, parsed, session};

/// One visit over QUIC, contrasts and variations, or nothing.
pub(super) fn beside() -> impl Strategy<Value = Vec<Observation>> {
    let end = || prop_oneof![3 => Just(None), 4 => failure().prop_map(Some)];
    prop_oneof![
        5 => Just(Vec::new()),
        4 => (end(), end(), end(), end()).prop_map(|(visit, named, site, beacon)| {
            let mut seen = vec![quic(Part::OverQuic, "news.test", IPS[0], visit)];
            seen.extend(six(Contrast::SiteQuic, |part, name, named_arm| {
                quic(part, name, IPS[0], if named_arm { named } else { site })
            }));
            seen.extend(six(Contrast::BeaconQuic, |part, name, _| quic(part, name, BEACON, beacon)));
            seen
        }),
        2 => (any::<bool>(), 0..4_u8, 0..4_u8).prop_map(|(tls, named, neutral)| {
            six(Contrast::BeaconLoad, |part, name, is_named| {
                load(part, name, tls, if is_named { named } else { neutral })
            })
        }),
        3 => (end(), end(), end()).prop_map(|(alone, hidden, open)| {
            let mut seen = vec![shaped(Part::Variation, encrypted(), alone)];
            seen.extend(six(Contrast::SiteEncrypted, |part, _, is_named| {
                if is_named { shaped(part, encrypted(), hidden) } else { whole(part, open) }
            }));
            seen
        }),
        16 => (end(), end(), end()).prop_map(|(screen, named, cut)| {
            let part = |slot| Part::SiteBlock { round: 0, slot, arm: Arm::Named };
            let mut seen = vec![whole(Part::Screen, screen)];
            seen.extend((0..3).map(|slot| whole(part(slot), named)));
            seen.push(shaped(Part::Variation, Hello::Split, cut));
            seen
        }),
        3 => (end(), end(), end()).prop_map(|(screen, named, neutral)| {
            let at = |part, name: &str, end| shaken(part, name, IPS[1], ended(end));
            let mut seen = vec![whole(Part::Screen, None), at(Part::Screen, "news.test", screen)];
            seen.extend(six(Contrast::SiteElsewhere, |part, name, is_named| {
                at(part, name, if is_named { named } else { neutral })
            }));
            seen
        }),
        3 => (any::<bool>(), any::<bool>(), prop::option::of(any::<bool>())).prop_map(
            |(named, neutral, other)| {
                let other = other.map(|other| to_nobody("cdfg.test", other));
                let two = [to_nobody("news.test", named), to_nobody("bcdf.test", neutral)];
                two.into_iter().chain(other).collect()
            }
        ),
        3 => any::<bool>().prop_map(|denies| {
            let given = if denies { None } else { Some(IPS[1]) };
            vec![
                of_hop("system", Transport::System, given),
                of_hop(Resolver::PROVIDER, Transport::Udp, given),
                of_hop("quad", Transport::Doh, Some(IPS[1])),
            ]
        }),
        2 => any::<bool>().prop_map(|is_believed| {
            let mut session = session(Trust::UnknownIssuer, Some(4));
            session.system = is_believed.then_some(Trust::Trusted);
            vec![shaken(Part::Screen, "news.test", IPS[0], Ok(session))]
        }),
    ]
}

/// A question to an address that runs no resolver.
fn to_nobody(name: &str, is_answered: bool) -> Observation {
    let resolver = Resolver { id: Resolver::NOBODY.into(), transport: Transport::Udp };
    let step = Lookup { name: parsed(name), resolver };
    let datagram = Datagram {
        question: "A".into(),
        after_ms: 1,
        fits: true,
        rcode: 0,
        answers: vec![Answer::Address(parsed(IPS[2]))],
    };
    let silent = Err(Failed::plain(Failure::Timeout));
    let outcome = if is_answered { Ok(Answers { datagrams: vec![datagram] }) } else { silent };
    Observation::Lookup(Seen { step, part: Part::Variation, at_ms: 0, took_ms: 1, outcome })
}

/// A lookup of a host that the site leads to; a denial where there is no address.
fn of_hop(id: &str, transport: Transport, ip: Option<&str>) -> Observation {
    let step =
        Lookup { name: parsed("www.news.test"), resolver: Resolver { id: id.into(), transport } };
    let answers: Vec<Answer> = ip.map(|ip| Answer::Address(parsed(ip))).into_iter().collect();
    let rcode = if answers.is_empty() { 3 } else { 0 };
    let datagram = Datagram { question: "A".into(), after_ms: 1, fits: true, rcode, answers };
    let outcome = Ok(Answers { datagrams: vec![datagram] });
    let part = Part::Hop { number: 1 };
    Observation::Lookup(Seen { step, part, at_ms: 0, took_ms: 1, outcome })
}

fn six(on: Contrast, attempt: impl Fn(Part, &str, bool) -> Observation) -> Vec<Observation> {
    let made = |slot: u8| {
        let is_named = slot.is_multiple_of(2);
        let arm = if is_named { Arm::Named } else { Arm::Neutral };
        let part = Part::Block { on, round: 0, slot, arm };
        attempt(part, if is_named { "news.test" } else { "bcdf.test" }, is_named)
    };
    (0..6).map(made).collect()
}

fn ended(failure: Option<Failure>) -> Result<Session, Failed> {
    failure.map_or_else(|| Ok(session(Trust::Trusted, None)), |failure| Err(Failed::plain(failure)))
}

fn quic(part: Part, name: &str, ip: &str, failure: Option<Failure>) -> Observation {
    let step = Quic { to: to(ip, 443), sni: parsed(name) };
    Observation::Quic(Seen { step, part, at_ms: 0, took_ms: 1, outcome: ended(failure) })
}

fn whole(part: Part, failure: Option<Failure>) -> Observation {
    shaken(part, "news.test", IPS[0], ended(failure))
}

fn shaken(part: Part, name: &str, ip: &str, outcome: Result<Session, Failed>) -> Observation {
    let step = Handshake { to: to(ip, 443), sni: parsed(name) };
    Observation::Handshake(Seen { step, part, at_ms: 0, took_ms: 1, outcome })
}

fn shaped(part: Part, hello: Hello, failure: Option<Failure>) -> Observation {
    let step = Variant { to: to(IPS[0], 443), name: parsed("news.test"), hello };
    Observation::Variant(Seen { step, part, at_ms: 0, took_ms: 1, outcome: ended(failure) })
}

fn encrypted() -> Hello {
    Hello::Encrypted { config: "AEX+DQBB".to_owned() }
}

/// A load that is fast, slow, stalls or never begins.
fn load(part: Part, name: &str, tls: bool, way: u8) -> Observation {
    let to = to(BEACON, if tls { 443 } else { 80 });
    let step = Load { to, name: parsed(name), tls, bytes: 1000 };
    let loaded =
        |last_ms| Ok(Loaded { ready_ms: 9, first_ms: 10, bytes: 1000, last_ms, from_beacon: true });
    let outcome = match way {
        0 => loaded(100),
        1 => loaded(5_000),
        2 => Err(Failed { read: 500, ..Failed::plain(Failure::Timeout) }),
        _ => Err(Failed::plain(Failure::Reset)),
    };
    Observation::Load(Seen { step, part, at_ms: 0, took_ms: 1, outcome })
}

fn to(ip: &str, port: u16) -> SocketAddr {
    SocketAddr::new(parsed(ip), port)
}
