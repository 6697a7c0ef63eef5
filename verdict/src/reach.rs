//! How far away what treats two names differently sits: two ladders of hop limits, compared.

use std::net::SocketAddr;

use record::{Asn, Came, Observation, Part, Rung};

/// How far a hello must travel for the target's name to fare otherwise than a neutral one.
///
/// After Raman et al., "Network measurement methods for locating and examining censorship devices"
/// (`CenTrace`, `CoNEXT` 2022), with the neutral name in place of their control domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The smallest hop limit at which the two fared differently: what makes the difference is no
    /// more hops away.
    pub within: u8,
    /// The largest smaller limit at which routers reported both hellos: it is further away than
    /// that. 0 where there is none.
    pub beyond: u8,
    /// How many hops away the server is, where a connection attempt tells it. Larger than `within`.
    pub server: Option<u8>,
    /// The network of the router at `within`, where it is known.
    pub network: Option<Asn>,
    /// The network of the router at `beyond`, where it is known.
    pub before: Option<Asn>,
    /// The network of the router at the next larger limit that tells, where it is known. Paths that
    /// part, and a router that is silent once, can make `within` one too small.
    pub after: Option<Asn>,
}

/// Compares the ladders of the target's name and of a neutral one to the same address; none where
/// there are not both, or where they do not tell.
///
/// A limit tells only where a router or the server answered the neutral name's hello. The names must
/// fare alike up to some limit and differently at every one that tells after it, at two at least:
/// a single hello may be lost. Where the first of these is the server itself, nothing is told.
pub fn reach(seen: &[Observation]) -> Option<Reach> {
    let ladders: Vec<_> = seen.iter().filter_map(ladder).collect();
    // The neutral name goes first, and provokes nobody; the other one is right behind it.
    let [.., (there, neutral), (to, named)] = *ladders.as_slice() else { return None };
    if there != to {
        return None;
    }
    let told = neutral.iter().filter_map(|spared| {
        let met = named.iter().find(|met| met.limit == spared.limit)?;
        Some((spared, differ(*spared, *met)?))
    });
    let told: Vec<(&Rung, bool)> = told.collect();
    let alike = told.iter().rposition(|(_, differ)| !differ);
    let differing = told.get(alike.map_or(0, |at| at + 1)..)?;
    let [(first, _), (second, _), ..] = differing else { return None };
    let server = neutral.iter().find(|rung| rung.knock == Some(Came::Answer));
    let server = server.map(|rung| rung.limit);
    let before_server = first.came == Came::Expired && server.is_none_or(|at| first.limit < at);
    let passed = alike.and_then(|at| told.get(at)).map(|(rung, _)| rung);
    before_server.then(|| Reach {
        within: first.limit,
        beyond: passed.map_or(0, |rung| rung.limit),
        server,
        network: first.network,
        before: passed.and_then(|rung| rung.network),
        after: second.network,
    })
}

/// Returns whether routers reported the target's hello at every limit at which they reported the neutral
/// one's, at two at least and up to the last before the server at `to`: then nothing on the way stopped
/// it, and what it met there, and neutral names do not, is the server's doing, or that of somebody who
/// lets it pass.
pub(crate) fn passes_to_the_server(seen: &[Observation], to: SocketAddr) -> bool {
    let ladders: Vec<_> = seen.iter().filter_map(ladder).collect();
    let [.., (there, neutral), (here, named)] = *ladders.as_slice() else { return false };
    let answered = neutral.iter().find(|rung| rung.came == Came::Answer);
    // Routers that are silent may stand behind whatever reads the name.
    let to_the_last = answered.is_some_and(|first| {
        let before = |rung: &&Rung| rung.limit.checked_add(1) == Some(first.limit);
        neutral.iter().find(before).is_some_and(|rung| rung.came == Came::Expired)
    });
    let reported = neutral.iter().filter(|rung| rung.came == Came::Expired);
    let alike = reported.map(|spared| {
        named.iter().any(|met| met.limit == spared.limit && met.came == Came::Expired)
    });
    let alike: Vec<bool> = alike.collect();
    there == to && here == to && to_the_last && alike.len() >= 2 && !alike.contains(&false)
}

/// Returns whether two hellos of one limit fared differently; none where that tells nothing.
fn differ(neutral: Rung, named: Rung) -> Option<bool> {
    // "Expired" where connection attempts arrive is a word that nothing leads there, and silence
    // tells only where the routers still speak (they keep to a few words a second).
    let arrives = neutral.knock == Some(Came::Answer);
    let unheard = !matches!(named.knock, Some(Came::Expired | Came::Answer));
    match (neutral.came, named.came) {
        (_, Came::NoConnection) => None,
        (_, Came::Nothing) if unheard => None,
        (Came::Expired, met) => (!arrives).then_some(met != Came::Expired),
        // Two answers may still be those of two hosts: that counts as alike.
        (Came::Answer, met) => Some(met != Came::Answer),
        (Came::Nothing | Came::Reset | Came::Closed | Came::NoConnection, _) => None,
    }
}

fn ladder(seen: &Observation) -> Option<(SocketAddr, &[Rung])> {
    let seen = seen.as_hops().filter(|seen| seen.part == Part::Variation)?;
    Some((seen.step.to, &seen.outcome.as_ref().ok()?.rungs))
}

#[cfg(test)]
mod tests {
    use record::{Hops, Rungs, Seen};

    use super::*;

    /// Letters: `e`xpired, `a`nswer, `n`othing, `r`eset, `c`losed, `x` no connection; the knock of
    /// limits up to `hops` expires and later ones arrive.
    fn climbed(letters: &str, hops: u8) -> Observation {
        let came = |letter| match letter {
            'e' => Came::Expired,
            'a' => Came::Answer,
            'r' => Came::Reset,
            'c' => Came::Closed,
            'x' => Came::NoConnection,
            _ => Came::Nothing,
        };
        let rung = |(limit, letter)| Rung {
            limit,
            came: came(letter),
            knock: Some(if limit > hops { Came::Answer } else { Came::Expired }),
            network: (limit > 2 && limit <= hops).then_some(Asn(u32::from(limit))),
        };
        let rungs = (1..).zip(letters.chars()).map(rung).collect();
        let to = "192.0.2.7:443".parse().unwrap();
        let step = Hops { to, sni: "any.test".parse().unwrap(), most: 24 };
        let outcome = Ok(Rungs { rungs });
        Observation::Hops(Seen { step, part: Part::Variation, at_ms: 0, took_ms: 0, outcome })
    }

    fn told(neutral: &str, named: &str) -> Option<Reach> {
        reach(&[climbed(neutral, 4), climbed(named, 4)])
    }

    #[test]
    fn the_first_limit_of_a_lasting_difference_is_told() {
        let three = Reach {
            within: 3,
            beyond: 2,
            server: Some(5),
            network: Some(Asn(3)),
            before: None,
            after: Some(Asn(4)),
        };
        for named in ["eennnn", "eerrrr", "eecccc", "eenrcr"] {
            assert_eq!(told("eeeeaa", named), Some(three), "{named}");
        }
        assert_eq!(told("nneeaa", "nnnnnn"), Some(Reach { beyond: 0, ..three }));
        let later = Reach {
            within: 4,
            beyond: 3,
            network: Some(Asn(4)),
            before: Some(Asn(3)),
            after: None,
            ..three
        };
        assert_eq!(told("eeeeaa", "eeennn"), Some(later));
    }

    #[test]
    fn a_hello_that_every_router_reports_passes_to_the_server() {
        let to: SocketAddr = "192.0.2.7:443".parse().unwrap();
        let passes = |neutral: &str, named: &str| {
            passes_to_the_server(&[climbed(neutral, 4), climbed(named, 4)], to)
        };

        assert!(passes("eeeeaa", "eeeecc") && passes("eneeaa", "eeeenn"));
        assert!(!passes("eeeeaa", "eeencc"), "the last router does not report it");
        assert!(!passes("eennaa", "eenncc"), "the last routers are silent");
        assert!(!passes("eeeenn", "eeeenn"), "the neutral name is not answered either");
        assert!(!passes("ennnaa", "ennncc"), "one router is too little");
        let elsewhere = "192.0.2.8:443".parse().unwrap();
        let seen = [climbed("eeeeaa", 4), climbed("eeeecc", 4)];
        assert!(!passes_to_the_server(&seen, elsewhere));
    }

    #[test]
    fn a_difference_at_one_limit_or_one_that_ends_tells_nothing() {
        for (neutral, named) in [
            ("eeeeaa", "eeeeaa"),
            ("eeeeaa", "eeneaa"),
            ("eeeeaa", "eennaa"),
            ("eeennn", "eennnn"),
            ("eeeeaa", "eexxxx"),
        ] {
            assert_eq!(told(neutral, named), None, "{neutral} {named}");
        }
    }

    #[test]
    fn where_no_router_speaks_before_the_server_nothing_is_told() {
        assert_eq!(told("nnnnaa", "nnnnnn"), None);
        assert_eq!(told("eeeeaa", "eeeenn"), None);
    }

    #[test]
    fn a_word_that_nothing_leads_there_is_no_routers_word() {
        assert_eq!(told("eeeeee", "eeeenn"), None);
    }

    #[test]
    fn silence_where_routers_do_not_speak_at_all_tells_nothing() {
        let Observation::Hops(mut named) = climbed("eennnn", 4) else { panic!("no ladder") };
        let path = named.outcome.as_mut().unwrap();
        path.rungs.iter_mut().for_each(|rung| rung.knock = Some(Came::Nothing));

        assert_eq!(reach(&[climbed("eeeeaa", 4), Observation::Hops(named)]), None);
    }

    #[test]
    fn one_ladder_or_two_to_different_addresses_tell_nothing() {
        let Observation::Hops(mut other) = climbed("eennnn", 4) else { panic!("no ladder") };
        other.step.to = "192.0.2.8:443".parse().unwrap();

        assert_eq!(reach(&[climbed("eeeeaa", 4), Observation::Hops(other)]), None);
        assert_eq!(reach(&[climbed("eeeeaa", 4)]), None);
        assert_eq!(reach(&[]), None);
    }
}
