//! Checks blocks against the order that was committed before.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use record::{Arm, Host, Hour, Observation, Part, Seed, order};

use crate::case::Slot;
use crate::{Case, Channel};

/// Returns whether the attempts of every block were made in the order that `seed` gives.
///
/// Each slot holds the arm that was drawn for it, at most once, under a name of that arm (the
/// target's, or that of a host that its redirects led to; or another of the same length), begun no
/// earlier than the slot before, all of a block at one address. Missing attempts are no breach; they
/// count against a finding (see [`crate::blocks()`]). Where this is false the measurement is void:
/// `VoidReason::WrongOrder`.
pub fn order_followed(case: &Case<'_>, seed: &Seed, credential: &[u8; 32], hour: Hour) -> bool {
    let mut by_block = BTreeMap::<(Channel, u32), Vec<Attempt<'_>>>::new();
    for seen in case.seen {
        let Some(Slot { channel, round, slot, arm }) = Slot::of(seen.part()) else { continue };
        let attempt = Attempt { channel, slot, arm, seen };
        by_block.entry((channel, round)).or_default().push(attempt);
    }
    let hosts = hosts(case);
    by_block.into_iter().all(|((channel, round), mut attempts)| {
        let drawn = order(seed, credential, (case.target, hour, round), channel.word());
        attempts.sort_by_key(|attempt| attempt.slot);
        let in_order =
            |attempt: &Attempt<'_>| drawn.get(usize::from(attempt.slot)) == Some(&attempt.arm);
        let about = |host: &Host| attempts.iter().all(|attempt| attempt.is_named_so(host));
        attempts.iter().all(in_order)
            && hosts.iter().any(about)
            && attempts.windows(2).all(|pair| follows(&pair[0], &pair[1]))
    })
}

/// The target's host, and those of its redirects.
fn hosts(case: &Case<'_>) -> BTreeSet<Host> {
    let met = case.seen.iter().filter(|seen| matches!(seen.part(), Part::Hop { .. }));
    let names = met.filter_map(|seen| match seen {
        Observation::Handshake(seen) => Some(seen.step.sni.clone()),
        Observation::Fetch(seen) => Some(seen.step.url.host()),
        Observation::Lookup(seen) => Some(seen.step.name.clone()),
        Observation::Connect(_) | Observation::Service(_) | Observation::Variant(_) => None,
        Observation::Quic(_) | Observation::Http3(_) => None,
        Observation::Load(_) | Observation::Hops(_) => None,
    });
    names.chain([case.target.host()]).collect()
}

struct Attempt<'a> {
    channel: Channel,
    slot: u8,
    arm: Arm,
    seen: &'a Observation,
}

impl Attempt<'_> {
    fn is_named_so(&self, host: &Host) -> bool {
        let name = match self.seen {
            Observation::Handshake(seen) => seen.step.sni.clone(),
            Observation::Fetch(seen) => seen.step.url.host(),
            Observation::Variant(seen) => seen.step.name.clone(),
            Observation::Quic(seen) => seen.step.sni.clone(),
            Observation::Load(seen) => seen.step.name.clone(),
            Observation::Connect(_) => return true,
            Observation::Lookup(_) | Observation::Service(_) => return false,
            Observation::Http3(_) | Observation::Hops(_) => return false,
        };
        let neutral = name != *host && name.as_str().len() == host.as_str().len();
        match (self.channel, self.arm) {
            // Here the shape of the hello is drawn, not the name.
            (Channel::SiteEncrypted, Arm::Named) => {
                name == *host && self.seen.as_variant().is_some()
            }
            (Channel::SiteEncrypted, Arm::Neutral) => {
                name == *host && self.seen.as_handshake().is_some()
            }
            (_, Arm::Named) => name == *host,
            (_, Arm::Neutral) => neutral,
        }
    }

    fn begun(&self) -> Option<(SocketAddr, u32)> {
        Some((self.seen.to()?, self.seen.at_ms()))
    }
}

fn follows(one: &Attempt<'_>, next: &Attempt<'_>) -> bool {
    let (Some((place, begun)), Some((next_place, next_begun))) = (one.begun(), next.begun()) else {
        return false;
    };
    one.slot < next.slot && place == next_place && begun <= next_begun
}

#[cfg(test)]
mod tests {
    use record::{Certificates, Digest, Failed, Failure, Handshake, Seen, Target};
    use testlists::Fingerprints;

    use super::*;

    #[test]
    fn attempts_in_the_drawn_order_follow_it() {
        assert!(follows_order(&drawn()));
        assert!(follows_order(&drawn()[..4]), "missing attempts are no breach");
        assert!(follows_order(&[]));
    }

    #[test]
    fn any_other_order_of_names_is_a_breach() {
        let right = drawn();
        for at in 0..6 {
            let mut wrong = right.clone();
            let arm = match right[at].arm {
                Arm::Named => Arm::Neutral,
                Arm::Neutral => Arm::Named,
            };
            wrong[at] = Made { arm, name: name(arm), ..right[at].clone() };

            assert!(!follows_order(&wrong), "slot {at}");
        }
    }

    #[test]
    fn a_name_that_is_not_the_arms_own_is_a_breach() {
        let right = drawn();
        for (at, made) in right.iter().enumerate() {
            let mut wrong = right.clone();
            wrong[at].name = match made.arm {
                Arm::Named => "bcdf.test".to_owned(),
                Arm::Neutral => "longer-than-it.test".to_owned(),
            };

            assert!(!follows_order(&wrong), "slot {at}");
        }
    }

    #[test]
    fn attempts_out_of_turn_doubled_or_elsewhere_are_a_breach() {
        let mut late = drawn();
        late[0].at_ms = 9_000;
        let mut doubled = drawn();
        doubled.push(doubled[5].clone());
        let mut moved = drawn();
        moved[3].port = 8443;
        let mut seventh = drawn();
        seventh[5].slot = 6;

        for wrong in [late, doubled, moved, seventh] {
            assert!(!follows_order(&wrong), "{wrong:?}");
        }
    }

    #[test]
    fn another_seed_key_or_hour_is_another_order() {
        let seen = seen(&drawn());
        let target = target();
        let of = |seed: u8, key: u8, hour: u32| {
            let (known, certificates) = (Fingerprints::default(), Certificates::default());
            let case = case(&target, &seen, &certificates, &known);
            order_followed(&case, &Seed(Digest([seed; 32])), &[key; 32], Hour(hour))
        };

        assert!(of(1, 2, 3));
        // One draw in twenty is the same by chance: of thirty others at least one differs.
        assert!(!(4..34).all(|other| of(other, 2, 3)));
        assert!(!(4..34).all(|other| of(1, other, 3)));
        assert!(!(4..34).all(|other| of(1, 2, other)));
    }

    #[derive(Clone, Debug)]
    struct Made {
        slot: u8,
        arm: Arm,
        name: String,
        at_ms: u32,
        port: u16,
    }

    fn target() -> Target {
        "https://news.test/".parse().unwrap()
    }

    fn name(arm: Arm) -> String {
        match arm {
            Arm::Named => "news.test".to_owned(),
            Arm::Neutral => "bcdf.test".to_owned(),
        }
    }

    fn drawn() -> Vec<Made> {
        let drawn = order(&Seed(Digest([1; 32])), &[2; 32], (&target(), Hour(3), 0), "site");
        let made = (0_u8..).zip(drawn).map(|(slot, arm)| Made {
            slot,
            arm,
            name: name(arm),
            at_ms: u32::from(slot) * 1000,
            port: 443,
        });
        made.collect()
    }

    fn follows_order(made: &[Made]) -> bool {
        let (target, seen) = (target(), seen(made));
        let (known, certificates) = (Fingerprints::default(), Certificates::default());
        let case = case(&target, &seen, &certificates, &known);
        order_followed(&case, &Seed(Digest([1; 32])), &[2; 32], Hour(3))
    }

    fn seen(made: &[Made]) -> Vec<Observation> {
        let handshake = |made: &Made| {
            Observation::Handshake(Seen {
                step: Handshake {
                    to: ([192, 0, 2, 7], made.port).into(),
                    sni: made.name.parse().unwrap(),
                },
                part: Part::SiteBlock { round: 0, slot: made.slot, arm: made.arm },
                at_ms: made.at_ms,
                took_ms: 1,
                outcome: Err(Failed::plain(Failure::Timeout)),
            })
        };
        // The record holds observations in the order of beginning; the check must not rest on that.
        made.iter().rev().map(handshake).collect()
    }

    fn case<'a>(
        target: &'a Target,
        seen: &'a [Observation],
        certificates: &'a Certificates,
        known: &'a Fingerprints,
    ) -> Case<'a> {
        Case {
            kind: record::Kind::Web,
            target,
            seen,
            certificates,
            control: None,
            known,
            void: &[],
            resolver: crate::Answerer::default(),
        }
    }
}
