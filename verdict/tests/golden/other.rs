//! Builds observations beside those over TCP.

use record::{
    Arm, Came, Contrast, Failed, Failure, Hello, Hops, Load, Loaded, Observation, Part, Quic, Rung,
    Rungs, Seen, Session, Variant,
};

use crate::build::*;
use crate::tls::resolved;

/// What the agent sees of a site that is reached over TCP.
pub(crate) fn reached() -> Vec<Observation> {
    let mut seen = resolved();
    seen.extend([shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))]);
    seen
}

/// The target's own handshake over QUIC.
pub(crate) fn quic(outcome: Result<Session, Failure>) -> Observation {
    quic_as(Part::OverQuic, "news.test", SITE, outcome)
}

fn quic_as(part: Part, sni: &str, ip: &str, outcome: Result<Session, Failure>) -> Observation {
    Observation::Quic(Seen {
        step: Quic { to: to(ip, 443), sni: parsed(sni) },
        part,
        at_ms: 0,
        took_ms: 60,
        outcome: outcome.map_err(Failed::plain),
    })
}

/// What the control sees of a site that is up, over QUIC as well where it says so.
pub(crate) fn up_outside_and(over_quic: Result<Session, Failure>) -> Vec<Observation> {
    up_outside().into_iter().chain([quic(over_quic)]).collect()
}

/// Six handshakes over QUIC in turn.
pub(crate) fn quic_block(
    on: Contrast,
    ip: &str,
    named: [Result<Session, Failure>; 3],
    neutral: [Result<Session, Failure>; 3],
) -> Vec<Observation> {
    let part = |slot, arm| Part::Block { on, round: 0, slot, arm };
    let mut attempts = Vec::new();
    for (turn, (named, neutral)) in (0_u8..).zip(named.into_iter().zip(neutral)) {
        attempts.push(quic_as(part(2 * turn, Arm::Named), "news.test", ip, named));
        let sni = neutral_name(turn);
        attempts.push(quic_as(part(2 * turn + 1, Arm::Neutral), sni, ip, neutral));
    }
    attempts
}

/// How a load ended: after so many milliseconds, or with so many bytes and no more.
pub(crate) type Ended = Result<u32, u64>;

/// Six loads from the beacon in turn.
pub(crate) fn load_block(tls: bool, named: [Ended; 3], neutral: [Ended; 3]) -> Vec<Observation> {
    let part = |slot, arm| Part::Block { on: Contrast::BeaconLoad, round: 0, slot, arm };
    let load = |slot, arm, name: &str, ended: Ended| {
        let step = Load {
            to: to(BEACON, if tls { 443 } else { 80 }),
            name: parsed(name),
            tls,
            bytes: 131_072,
        };
        let outcome = ended.map_err(|read| Failed { read, ..Failed::plain(Failure::Timeout) });
        let outcome = outcome.map(|last_ms| Loaded {
            ready_ms: 90,
            first_ms: 130,
            bytes: 131_072,
            last_ms,
            from_beacon: true,
        });
        let took_ms = ended.unwrap_or(20_000);
        Observation::Load(Seen { step, part: part(slot, arm), at_ms: 0, took_ms, outcome })
    };
    let mut attempts = Vec::new();
    for (turn, (named, neutral)) in (0_u8..).zip(named.into_iter().zip(neutral)) {
        attempts.push(load(2 * turn, Arm::Named, "news.test", named));
        attempts.push(load(2 * turn + 1, Arm::Neutral, neutral_name(turn), neutral));
    }
    attempts
}

/// Six handshakes that are answered, each after so many milliseconds.
pub(crate) fn timed_block(
    part: BlockPart,
    ip: &str,
    named: [u32; 3],
    neutral: [u32; 3],
) -> Vec<Observation> {
    let timed = |mut seen: Observation, took: u32| {
        if let Observation::Handshake(seen) = &mut seen {
            seen.took_ms = took;
        }
        seen
    };
    let all = tls_block(part, ip, crate::tls::sessions(), crate::tls::sessions());
    let times = named.into_iter().zip(neutral).flat_map(|(named, neutral)| [named, neutral]);
    all.into_iter().zip(times).map(|(seen, took)| timed(seen, took)).collect()
}

/// Six handshakes in turn at the site's other address.
pub(crate) fn elsewhere_block(
    named: [Result<Session, Failure>; 3],
    neutral: [Result<Session, Failure>; 3],
) -> Vec<Observation> {
    let part: BlockPart =
        |slot, arm| Part::Block { on: Contrast::SiteElsewhere, round: 0, slot, arm };
    tls_block(part, SITE_TOO, named, neutral)
}

/// A neutral name's ladder and the target's, to the site's address. Letters: `e`xpired, `a`nswer,
/// `c`losed, `n`othing.
pub(crate) fn ladders(neutral: &str, named: &str) -> Vec<Observation> {
    let came = |letter| match letter {
        'e' => Came::Expired,
        'a' => Came::Answer,
        'c' => Came::Closed,
        _ => Came::Nothing,
    };
    let climbed = |sni: &str, letters: &str| {
        let rung = |(limit, letter)| Rung { limit, came: came(letter), knock: None, network: None };
        let rungs = (1..).zip(letters.chars()).map(rung).collect();
        let step = Hops { to: to(SITE, 443), sni: parsed(sni), most: 24 };
        let outcome = Ok(Rungs { rungs });
        Observation::Hops(Seen { step, part: Part::Variation, at_ms: 0, took_ms: 60, outcome })
    };
    vec![climbed(neutral_name(0), neutral), climbed("news.test", named)]
}

/// A handshake shaped otherwise, as a variation.
pub(crate) fn shaped(hello: Hello, outcome: Result<Session, Failure>) -> Observation {
    shaped_as(Part::Variation, hello, outcome)
}

fn shaped_as(part: Part, hello: Hello, outcome: Result<Session, Failure>) -> Observation {
    Observation::Variant(Seen {
        step: Variant { to: to(SITE, 443), name: parsed("news.test"), hello },
        part,
        at_ms: 0,
        took_ms: 60,
        outcome: outcome.map_err(Failed::plain),
    })
}

/// A hello whose name is encrypted.
pub(crate) fn encrypted() -> Hello {
    Hello::Encrypted { config: "AEX+DQBB".to_owned() }
}

/// Six handshakes in turn, all for the target's name: encrypted, in the open.
pub(crate) fn encrypted_block(
    hidden: [Result<Session, Failure>; 3],
    open: [Result<Session, Failure>; 3],
) -> Vec<Observation> {
    let part = |slot, arm| Part::Block { on: Contrast::SiteEncrypted, round: 0, slot, arm };
    let mut attempts = Vec::new();
    for (turn, (hidden, open)) in (0_u8..).zip(hidden.into_iter().zip(open)) {
        attempts.push(shaped_as(part(2 * turn, Arm::Named), encrypted(), hidden));
        attempts.push(shake_as(part(2 * turn + 1, Arm::Neutral), "news.test", SITE, open));
    }
    attempts
}
