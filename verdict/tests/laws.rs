//! Laws of judging, whatever was seen.

#[path = "laws/anything.rs"]
mod anything;
#[path = "golden/der.rs"]
mod der;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use record::{Failure, Hello, Kind, Layer, Observation, State, Verdict, VoidReason};
use testlists::Fingerprints;
use verdict::{Block, Channel, Screen, artefacts, blocks, judge, order_followed, rule_ids, screen};

use anything::{Anything, anything, known, shuffled};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    #[test]
    fn judging_never_panics_and_points_at_what_was_seen(any in anything()) {
        let known = known();
        let case = any.case(&known);
        let verdict = judge(case);

        let claims = verdict.layers.iter().flat_map(|claim| &claim.because);
        prop_assert!(claims.chain(&verdict.because).all(|at| *at < any.seen.len()));
        let published = rule_ids();
        let matches = |rule: &str, layer: Option<Layer>, state: State| {
            published.iter().any(|one| (one.id, one.layer, one.state) == (rule, layer, state))
        };
        prop_assert!(matches(verdict.rule.as_str(), verdict.layer, verdict.state));
        for claim in &verdict.layers {
            prop_assert!(matches(claim.rule.as_str(), Some(claim.layer), claim.state));
            prop_assert!(!claim.because.is_empty());
        }
        prop_assert!(verdict.layers.windows(2).all(|pair| pair[0].layer < pair[1].layer));
        let (seed, hour) = (record::Seed(record::Digest([1; 32])), record::Hour(1));
        let _: bool = order_followed(&case, &seed, &[0; 32], hour);
        prop_assert_eq!(verdict, judge(case));
    }

    #[test]
    fn interference_needs_a_contrast_an_artefact_or_lookups_that_contradict(any in anything()) {
        let known = known();
        let case = any.case(&known);
        let verdict = judge(case);

        let follows = |block: &Block| block.named_failed >= block.neutral_failed + 2;
        let contrast = blocks(&case).iter().any(follows);
        let answered = |block: &Block| {
            block.channel == Channel::Beacon && block.named_failed <= 1 && block.neutral_failed <= 1
        };
        for claim in claims_of(&verdict, State::Interference) {
            let backed = match claim {
                "dns_forged_answer" | "dns_name_denied" | "dns_redirect_denied" => {
                    any.control.is_some()
                }
                // A question to nobody that is answered.
                "dns_injected" => any.seen.iter().any(is_answer_of_nobody),
                "tls_interception_listed" => !artefacts(&case).is_empty(),
                "tls_interception_unlisted" => blocks(&case).iter().any(answered),
                // Whole and cut hellos of one name at one address are a contrast, too.
                "tls_name_split" => any.seen.iter().any(is_cut_and_answered),
                // Six loads that all came, or handshakes on both servers, told apart by time.
                "tls_name_slowed" | "http_name_slowed" => contrast || timed(&blocks(&case)),
                "http_injected" => {
                    contrast || (any.control.is_some() && any.has_marked_page(&known))
                }
                _ => contrast,
            };
            prop_assert!(backed, "{claim}: {verdict:#?}");
        }
    }

    #[test]
    fn without_a_control_nothing_is_down_and_no_lookup_is_accused(mut any in anything()) {
        any.control = None;
        let known = known();
        let verdict = judge(any.case(&known));

        let of = |state| claims_of(&verdict, state);
        prop_assert!(of(State::Down).is_empty());
        let about_lookups = |rule: &&str| rule.starts_with("dns") && *rule != "dns_injected";
        prop_assert!(!of(State::Interference).iter().any(about_lookups));
        prop_assert_ne!(verdict.state, State::Down);
    }

    #[test]
    fn without_a_control_only_what_proves_itself_is_accused(mut any in anything()) {
        any.control = None;
        let known = known();
        let verdict = judge(any.case(&known));

        for claim in claims_of(&verdict, State::Interference) {
            prop_assert!(PROVING_THEMSELVES.contains(&claim), "{claim}: {verdict:#?}");
        }
    }

    #[test]
    fn without_blocks_artefacts_and_marks_only_lookups_are_accused(mut any in anything()) {
        any.seen.retain(|seen| !is_attempt(seen));
        let known = Fingerprints { authorities: Vec::new(), pages: Vec::new(), ..known() };
        let verdict = judge(any.case(&known));

        for claim in claims_of(&verdict, State::Interference) {
            prop_assert!(claim.starts_with("dns"), "{claim}");
        }
    }

    #[test]
    fn the_order_of_observations_decides_nothing(any in anything(), order in any::<u64>()) {
        let known = known();
        let other = Anything { seen: shuffled(&any.seen, order), ..any.clone() };

        let (one, two) = (judge(any.case(&known)), judge(other.case(&known)));
        prop_assert_eq!((one.state, &one.rule), (two.state, &two.rule), "{:#?}\n{:#?}", one, two);
        prop_assert_eq!(rules(&one), rules(&two));
        prop_assert_eq!(blocks(&any.case(&known)), blocks(&other.case(&known)));
        prop_assert_eq!(artefacts(&any.case(&known)), artefacts(&other.case(&known)));
    }

    #[test]
    fn a_voided_case_is_void(mut any in anything()) {
        any.void.push(VoidReason::Tunnel);
        let known = known();
        let verdict = judge(any.case(&known));

        prop_assert_eq!(verdict.state, State::Void);
        prop_assert!(verdict.layers.is_empty());
        prop_assert_eq!(screen(&any.case(&known)), Screen::Void);
    }

    #[test]
    fn what_is_reached_is_not_failed_and_what_is_excused_is_neither(any in anything()) {
        let known = known();
        let case = any.case(&known);

        let fits = matches!(
            (judge(case).state, screen(&case)),
            (State::Ok, Screen::Passed)
                | (State::Down | State::Server, Screen::Excused)
                // A name that is slowed, or cut off over QUIC alone, is reached all the same.
                | (State::Interference, Screen::Failed | Screen::Unclear | Screen::Passed | Screen::Excused)
                | (State::Inconclusive, Screen::Failed | Screen::Unclear)
                | (State::Void, Screen::Void)
        );
        prop_assert!(fits, "{:?} {:?}", judge(case), screen(&case));
    }

    #[test]
    fn the_same_beside_an_unvouched_address_changes_no_claim_above_the_lookup(mut any in anything()) {
        // The addresses of an endpoint that is listed by address are vouched for by the list.
        any.kind = Kind::Web;
        let known = known();
        let more = any.with_a_stranger();

        let above = |any: &Anything| -> Vec<String> {
            let verdict = judge(any.case(&known));
            let claims = verdict.layers.iter().filter(|claim| claim.layer > Layer::Dns);
            claims.map(|claim| claim.rule.to_string()).collect()
        };
        prop_assert_eq!(above(&any), above(&more));
    }
}

/// Whoever adds a rule says here whether it needs a control.
#[test]
fn every_rule_of_interference_needs_a_control_or_proves_itself() {
    let all: BTreeSet<&str> = rule_ids()
        .into_iter()
        .filter(|rule| rule.state == State::Interference)
        .map(|rule| rule.id)
        .collect();
    let said: BTreeSet<&str> =
        PROVING_THEMSELVES.iter().chain(NEEDING_A_CONTROL).copied().collect();

    assert_eq!(all, said);
    assert_eq!(said.len(), PROVING_THEMSELVES.len() + NEEDING_A_CONTROL.len());
}

/// An answer for the name alone from where no resolver runs; a listed certificate; a stranger's certificate
/// or page on the project's own server; loads or failures that follow the name on one address.
const PROVING_THEMSELVES: &[&str] = &[
    "dns_injected",
    "tls_interception_listed",
    "tls_interception_unlisted",
    "tls_name_stalled",
    "tls_name_slowed",
    "tls_name_dropped",
    "tls_name_reset",
    "tls_name_closed",
    "tls_name_split",
    "http_name_slowed",
    "http_injected",
    "http_name_dropped",
    "http_name_reset",
    "http_name_closed",
    "quic_name_dropped",
];
/// What a server, a cache or the site itself could do as well.
const NEEDING_A_CONTROL: &[&str] = &[
    "dns_forged_answer",
    "dns_name_denied",
    "dns_redirect_denied",
    "tls_encrypted_name_dropped",
    "tls_name_fails_elsewhere",
];

/// The laws are worth what they are tried on.
#[test]
fn what_is_drawn_meets_every_rule() {
    let (known, mut runner) = (known(), TestRunner::deterministic());
    let mut met = BTreeSet::new();
    for _ in 0..60_000 {
        let any = anything().new_tree(&mut runner).expect("a case can be drawn").current();
        let verdict = judge(any.case(&known));
        met.insert(verdict.rule.to_string());
        met.extend(verdict.layers.iter().map(|claim| claim.rule.to_string()));
    }

    let missing: Vec<&str> =
        rule_ids().iter().map(|rule| rule.id).filter(|id| !met.contains(*id)).collect();
    assert!(missing.is_empty(), "never met: {missing:?}");
}

fn claims_of(verdict: &Verdict, state: State) -> Vec<&str> {
    let claims = verdict.layers.iter().filter(|claim| claim.state == state);
    claims.map(|claim| claim.rule.as_str()).collect()
}

fn rules(verdict: &Verdict) -> Vec<&str> {
    verdict.layers.iter().map(|claim| claim.rule.as_str()).collect()
}

fn is_cut_and_answered(seen: &Observation) -> bool {
    seen.as_variant().is_some_and(|seen| {
        seen.step.hello == Hello::Split && seen.failure().is_none_or(Failure::is_answer)
    })
}

fn is_answer_of_nobody(seen: &Observation) -> bool {
    seen.as_lookup().is_some_and(|seen| {
        seen.step.resolver.id == record::Resolver::NOBODY && seen.outcome.is_ok()
    })
}

fn timed(blocks: &[Block]) -> bool {
    let whole = |channel| {
        blocks.iter().any(|block| {
            block.channel == channel && block.named_failed == 0 && block.neutral_failed == 0
        })
    };
    whole(Channel::BeaconLoad) || (whole(Channel::Site) && whole(Channel::Beacon))
}

fn is_attempt(seen: &Observation) -> bool {
    use record::Part;
    match seen.part() {
        Part::SiteBlock { .. } | Part::BeaconBlock { .. } | Part::Block { .. } => true,
        // What tells more about a failure is a contrast as well.
        Part::Variation => true,
        Part::Screen | Part::Before | Part::After | Part::Hop { .. } | Part::OverQuic => false,
    }
}
