//! Laws of the recipes, whatever the network answers, and the stories they are made for.

#[path = "recipes/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::net::IpAddr;

use proptest::prelude::*;

use plan::{Confirm, Planned, is_public, neutral, recipe, screen_failed};
use record::{
    Arm, Contrast, Handshake, Hello, Kind, Observation, Part, Seen, Step, Target, Trust, limits,
    order,
};

use world::{Run, Setting, World, name};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_recipe_always_ends(setting in settings(), world in any::<u64>(), turn in any::<u64>()) {
        let run = Run::drive(&setting, &World::random(world), turn);

        prop_assert!(run.seen.len() <= limits::OBSERVATIONS, "{} steps", run.seen.len());
    }

    #[test]
    fn only_public_addresses_that_a_lookup_gave_are_gone_to(
        setting in settings(), world in any::<u64>(), turn in any::<u64>(),
    ) {
        let run = Run::drive(&setting, &World::random(world), turn);

        let lookups = run.seen.iter().filter_map(Observation::as_lookup);
        let answers = lookups.filter_map(|seen| seen.outcome.as_ref().ok());
        let given: BTreeSet<IpAddr> = answers.flat_map(record::Answers::all_addresses).collect();
        for planned in &run.planned {
            if let (Some(to), false) = (world::place(&planned.step), is_beacon(planned.part)) {
                prop_assert!(given.contains(&to) && is_public(to), "{planned:?}");
            }
        }
    }

    #[test]
    fn what_is_due_depends_on_what_was_seen_and_on_nothing_else(
        setting in settings(), world in any::<u64>(), turns in any::<[u64; 2]>(), cut in any::<prop::sample::Index>(),
    ) {
        let run = Run::drive(&setting, &World::random(world), turns[0]);
        let other = Run::drive(&setting, &World::random(world), turns[1]);

        // Whoever finishes first, the same steps are made in the end.
        prop_assert_eq!(texts(&run.planned), texts(&other.planned));
        let mut seen = run.seen[..cut.index(run.seen.len() + 1)].to_vec();
        let due = setting.next(&seen);
        prop_assert_eq!(&due, &setting.next(&seen));
        seen.reverse();
        prop_assert_eq!(texts(&due), texts(&setting.next(&seen)));
    }

    #[test]
    fn blocks_are_made_as_they_were_committed(
        setting in settings(), world in any::<u64>(), turn in any::<u64>(),
    ) {
        let run = Run::drive(&setting, &World::random(world), turn);

        for (channel, word) in [(world::SITE, "site"), (world::BEACON, "beacon")] {
            let attempts: Vec<&Planned> =
                run.planned.iter().filter(|planned| channel(planned.part).is_some()).collect();
            let at = (&setting.job.target, world::HOUR, setting.job.round);
            let drawn = order(&world::SEED, &world::CREDENTIAL, at, word);
            let made: Vec<(u8, Arm)> =
                attempts.iter().filter_map(|planned| channel(planned.part)).collect();
            let wanted: Vec<(u8, Arm)> = (0..).zip(drawn).collect();
            prop_assert!(made.is_empty() || made == wanted, "{made:?}");
            let places: BTreeSet<_> = attempts.iter().map(|made| world::place(&made.step)).collect();
            prop_assert!(places.len() <= 1, "{places:?}");
            let stations = run.planned.iter().filter_map(|planned| {
                let Step::Lookup(step) = &planned.step else { return None };
                matches!(planned.part, Part::Screen | Part::Hop { .. }).then(|| step.name.clone())
            });
            let hosts: BTreeSet<record::Host> = stations.collect();
            let named = attempts.iter().find(|planned| channel(planned.part).is_some_and(|(_, arm)| arm == Arm::Named));
            let subject = named.and_then(|planned| name(&planned.step)).unwrap_or_default();
            for (planned, (slot, arm)) in attempts.iter().zip(made) {
                let Some(host) = hosts.iter().find(|host| host.as_str() == subject).cloned() else {
                    return Err(TestCaseError::fail(format!("a name of nobody's: {subject}")));
                };
                let wanted = match arm {
                    Arm::Named => host,
                    Arm::Neutral => neutral(&host, &world::SEED, slot),
                };
                prop_assert_eq!(name(&planned.step), Some(wanted.as_str().to_owned()));
                prop_assert_eq!(planned.wait_ms, world::SPACING_MS);
            }
        }
        prop_assert!(run.most_in_a_block_at_once <= 1);
        let pauses = run.planned.iter().filter(|planned| !is_block(planned.part));
        let is_paused = |planned: &&Planned| planned.wait_ms > 0;
        let outside = |planned: &Planned| matches!(planned.part, Part::Variation | Part::Block { .. });
        prop_assert!(pauses.into_iter().filter(is_paused).all(outside));
    }

    #[test]
    fn a_control_outside_makes_neither_blocks_nor_known_good_controls(
        mut setting in settings(), world in any::<u64>(), turn in any::<u64>(),
    ) {
        setting.job.confirm = Confirm::Never;

        let run = Run::drive(&setting, &World::random(world), turn);

        let extra = |planned: &&Planned| match planned.part {
            Part::Screen | Part::Hop { .. } | Part::OverQuic => false,
            // The handshake with an encrypted name.
            Part::Variation => !matches!(planned.step, Step::Variant(_)),
            Part::Before | Part::After => true,
            Part::SiteBlock { .. } | Part::BeaconBlock { .. } | Part::Block { .. } => true,
        };
        prop_assert_eq!(run.planned.iter().find(extra), None);
    }

    #[test]
    fn a_page_is_asked_for_once_and_over_https_only_from_whom_the_certificate_names(
        setting in settings(), world in any::<u64>(), turn in any::<u64>(),
    ) {
        let run = Run::drive(&setting, &World::random(world), turn);

        let mut asked = BTreeSet::new();
        for planned in &run.planned {
            let (Step::Fetch(fetch), Part::Screen | Part::Hop { .. }) = (&planned.step, planned.part)
            else { continue };
            prop_assert!(asked.insert(format!("{:?}", planned.part)), "asked twice: {planned:?}");
            let shaken = run.seen.iter().filter_map(Observation::as_handshake).any(|seen| {
                let trusted = |session: &record::Session| session.trust == Trust::Trusted;
                seen.part == planned.part
                    && seen.step.to == fetch.to
                    && seen.step.sni == fetch.url.host()
                    && seen.outcome.as_ref().is_ok_and(trusted)
            });
            prop_assert!(shaken || !fetch.url.is_https(), "{planned:?}");
        }
    }

    #[test]
    fn blocks_follow_a_failed_screen_between_passing_controls_and_no_other(
        setting in settings(), world in any::<u64>(), turn in any::<u64>(),
    ) {
        let run = Run::drive(&setting, &World::random(world), turn);

        let passed = |part| run.seen.iter().filter_map(Observation::as_fetch)
            .any(|seen| seen.part == part && seen.outcome.is_ok());
        let wanted = match setting.job.confirm {
            Confirm::Always => true,
            Confirm::IfFailed => screen_failed(&setting.job, &run.seen),
            Confirm::Never => false,
        };
        let connected = run.seen.iter().filter_map(Observation::as_connect)
            .any(|seen| seen.part == Part::Screen && seen.outcome.is_ok());
        let count = |channel: world::Channel| {
            run.planned.iter().filter(|planned| channel(planned.part).is_some()).count()
        };
        let due = wanted && passed(Part::Before) && passed(Part::After);
        let went_on = run.planned.iter().any(|planned| matches!(planned.part, Part::Hop { .. }));
        match count(world::SITE) {
            0 => prop_assert!(!due || !connected || went_on),
            made => prop_assert!(due && made == 6),
        }
        prop_assert_eq!(count(world::BEACON), if due && setting.beacon { 6 } else { 0 });
    }
}

#[test]
fn a_site_that_is_reached_is_asked_for_its_page_and_left_alone() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open(), 0);

    assert!(!screen_failed(&setting.job, &run.seen));
    assert_eq!(
        run.told(),
        [
            "before lookup system",
            "screen lookup doh",
            "screen lookup system",
            "screen lookup udp",
            "screen service",
            "before fetch",
            "screen connect",
            "screen handshake",
            "screen fetch",
            "after lookup system",
            "after fetch",
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<BTreeSet<_>>()
    );
}

#[test]
fn a_name_that_is_dropped_is_set_against_neutral_ones_on_both_servers() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::dropping("news.test"), 0);

    assert!(screen_failed(&setting.job, &run.seen));
    assert_eq!(run.planned.iter().filter(|planned| is_block(planned.part)).count(), 12);
}

#[test]
fn a_screen_beside_a_failed_control_is_not_confirmed() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::dropping("good1.test").and_dropping("news.test"), 0);

    assert!(screen_failed(&setting.job, &run.seen));
    assert!(!run.planned.iter().any(|planned| is_block(planned.part)));
}

#[test]
fn a_page_without_tls_is_always_confirmed_with_the_targets_own_request() {
    let setting = Setting::of("http://news.test:8080/page?x=1");

    let run = Run::drive(&setting, &World::open(), 0);

    let urls: BTreeSet<Target> = run
        .planned
        .iter()
        .filter(|planned| is_block(planned.part))
        .filter_map(|planned| {
            let Step::Fetch(fetch) = &planned.step else { return None };
            Some(fetch.url.clone())
        })
        .collect();
    assert!(urls.contains(&setting.job.target));
    assert!(urls.iter().all(|url| (url.port(), url.path()) == (8080, "/page?x=1")), "{urls:?}");
}

#[test]
fn redirects_are_followed_to_the_page_that_they_lead_to() {
    let setting = Setting::of("http://news.test/");
    let world = World::open()
        .redirecting("http://news.test/", "https://news.test/")
        .redirecting("https://news.test/", "/kk/start");

    let run = Run::drive(&setting, &world, 0);

    let last = run.planned.iter().filter_map(|planned| match (&planned.step, planned.part) {
        (Step::Fetch(fetch), Part::Hop { number }) => Some((number, fetch.url.as_str().to_owned())),
        _ => None,
    });
    assert_eq!(last.max(), Some((2, "https://news.test/kk/start".to_owned())));
    assert!(!screen_failed(&setting.job, &run.seen), "it ended on a trusted page");
}

#[test]
fn circles_and_other_schemes_end_the_journey() {
    for onward in [
        "https://news.test/",
        "https://NEWS.test:443/#top",
        "mailto:x@news.test",
        "ftp://news.test/",
        "https://192.0.2.9/",
        "https://",
        "http://[::1",
    ] {
        let setting = Setting::of("https://news.test/");
        let world = World::open().redirecting("https://news.test/", onward);

        let run = Run::drive(&setting, &world, 0);

        assert!(
            !run.planned.iter().any(|planned| matches!(planned.part, Part::Hop { .. })),
            "{onward}"
        );
    }
}

#[test]
fn a_forged_answer_of_the_systems_resolver_is_a_failed_screen() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open().lying("news.test"), 0);

    // The honest address is reached all the same, and the page with it.
    assert!(run.told().contains("screen fetch"));
    assert!(screen_failed(&setting.job, &run.seen));
}

#[test]
fn quic_that_fails_beside_tls_is_set_against_neutral_names() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open().without_quic("news.test"), 0);

    assert!(plan::is_suspicious(&setting.job, &run.seen));
    assert!(!screen_failed(&setting.job, &run.seen), "the page came over TCP");
    assert_eq!((block(&run, Contrast::SiteQuic), block(&run, Contrast::BeaconQuic)), (6, 6));
    assert!(!run.planned.iter().any(|planned| is_block(planned.part)));
}

#[test]
fn a_redirect_to_a_host_that_the_system_does_not_find_asks_for_a_control() {
    let setting = Setting::of("https://news.test/");
    let world = || World::open().redirecting("https://news.test/", "https://paper.test/");

    let run = Run::drive(&setting, &world().hiding("paper.test"), 0);

    assert!(plan::is_suspicious(&setting.job, &run.seen));
    assert!(!screen_failed(&setting.job, &run.seen), "another resolver led to the page");
    assert!(!plan::is_suspicious(&setting.job, &Run::drive(&setting, &world(), 0).seen));
}

#[test]
fn a_name_that_fails_at_one_address_of_two_is_set_against_neutral_names_there() {
    let setting = Setting::of("https://news.test/");
    let world = World::open().with_ipv6().failing_over_ipv6("news.test");

    let run = Run::drive(&setting, &world, 0);

    let at = |planned: &&Planned| {
        matches!(planned.part, Part::Block { on: Contrast::SiteElsewhere, .. })
            && world::place(&planned.step).is_some_and(|ip| ip.is_ipv6())
    };
    assert!(plan::is_suspicious(&setting.job, &run.seen));
    assert!(!screen_failed(&setting.job, &run.seen), "the other address brought the page");
    assert_eq!(run.planned.iter().filter(at).count(), 6);
    let healthy = Run::drive(&setting, &World::open().with_ipv6(), 0);
    assert_eq!(block(&healthy, Contrast::SiteElsewhere), 0);
}

#[test]
fn a_serving_host_that_shows_what_a_control_was_shown_is_not_confirmed() {
    let mut setting = Setting::of("https://chat.test/");
    setting.job.kind = Kind::Endpoint;
    let own = World::open().with_own_authority("chat.test");

    let alone = Run::drive(&setting, &own, 0);
    setting.control = alone.seen.clone();
    let known = Run::drive(&setting, &own, 0);
    setting.job.kind = Kind::Web;
    let page = Run::drive(&setting, &own, 0);

    let blocks = |run: &Run| run.planned.iter().filter(|planned| is_block(planned.part)).count();
    assert_eq!((blocks(&alone), blocks(&known), blocks(&page)), (12, 0, 12));
}

#[test]
fn requests_that_fail_together_are_repeated_where_a_control_got_the_page() {
    let mut setting = Setting::of("http://news.test/");
    let world = World::dropping("news.test").and_dropping_all_in_blocks();
    let round = setting.job.round + 1;
    let again = |setting: &Setting| {
        let run = Run::drive(setting, &world, 0);
        let repeats = run.planned.iter().filter(
            |planned| matches!(planned.part, Part::SiteBlock { round: of, .. } if of == round),
        );
        repeats.count()
    };

    let alone = again(&setting);
    setting.control = Run::drive(&setting, &World::open(), 0).seen;

    assert_eq!((alone, again(&setting)), (0, 6));
}

#[test]
fn the_key_of_an_encrypted_name_is_taken_from_what_came_over_https() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open().with_keys("FALSE", "TRUE"), 0);

    let hellos = run.seen.iter().filter_map(Observation::as_variant).map(|seen| &seen.step.hello);
    let keys = hellos.filter_map(|hello| match hello {
        Hello::Encrypted { config } => Some(config.as_str()),
        Hello::Split | Hello::Nameless => None,
    });
    assert_eq!(keys.collect::<BTreeSet<_>>(), BTreeSet::from(["TRUE"]));
}

#[test]
fn a_known_good_site_with_a_strange_certificate_keeps_its_chain() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open().without_pages(), 0);

    let told = run.told();
    assert!(told.contains("before handshake") && told.contains("after handshake"), "{told:?}");
    assert!(!run.planned.iter().any(|planned| is_block(planned.part)), "the controls failed");
}

#[test]
fn quic_that_works_is_asked_for_its_page_and_left_alone() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open().without_quic("other.test"), 0);

    assert!(run.told().contains("overquic http3"));
    assert_eq!(block(&run, Contrast::SiteQuic), 0);
}

#[test]
fn a_slow_screen_is_timed_against_neutral_names() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::open().slow(), 0);

    assert!(!screen_failed(&setting.job, &run.seen));
    assert_eq!(block(&run, Contrast::BeaconLoad), 6);
    assert_eq!(run.planned.iter().filter(|planned| is_block(planned.part)).count(), 12);
}

#[test]
fn a_name_that_fails_is_tried_in_other_shapes_and_followed_hop_by_hop() {
    let setting = Setting::of("https://news.test/");

    let run = Run::drive(&setting, &World::dropping("news.test"), 0);

    let told = run.told();
    for wanted in ["variant split", "variant nameless", "hops", "lookup udp"] {
        assert!(told.contains(&format!("variation {wanted}")), "{wanted}: {told:?}");
    }
    let first = |wanted: &str| told.iter().position(|one| one.contains(wanted));
    assert!(first("variant nameless") < first("variant split"), "{told:?}");
    let ladders = run.planned.iter().filter_map(|planned| {
        let Step::Hops(hops) = &planned.step else { return None };
        Some(hops.sni.to_string())
    });
    assert_eq!(ladders.skip(1).collect::<Vec<_>>(), ["news.test"], "the neutral name goes first");
}

#[test]
fn a_block_in_which_both_names_fail_is_repeated_with_long_pauses_where_a_control_reaches_the_site()
{
    let mut setting = Setting::of("https://news.test/");
    let world = World::dropping("news.test").and_dropping_all_in_blocks();

    let alone = Run::drive(&setting, &world, 0);
    setting.control = outside();
    let run = Run::drive(&setting, &world, 0);

    let again = |run: &Run| {
        let waits = run.planned.iter().filter(|planned| {
            matches!(planned.part, Part::SiteBlock { round, .. } if round == setting.job.round + 1)
        });
        waits.map(|planned| planned.wait_ms).collect::<Vec<_>>()
    };
    assert_eq!(again(&alone), Vec::<u32>::new());
    assert_eq!(again(&run), [setting.policy.residual_ms; 6]);
}

#[test]
fn where_a_redirect_leads_to_a_name_that_fails_that_name_is_confirmed() {
    let setting = Setting::of("http://news.test/");
    let world =
        World::dropping_tls("news.test").redirecting("http://news.test/", "https://news.test/");

    let run = Run::drive(&setting, &world, 0);

    let handshakes = run.planned.iter().filter(|planned| {
        matches!(planned.part, Part::SiteBlock { .. }) && matches!(planned.step, Step::Handshake(_))
    });
    assert_eq!(handshakes.count(), 6);
}

#[test]
fn an_endpoint_is_asked_for_no_page_and_one_with_addresses_for_no_name() {
    let mut setting = Setting::of("http://dc1.messenger.test/");
    setting.job.kind = Kind::Endpoint;
    setting.job.addresses = vec!["192.0.2.50".parse().unwrap()];

    let run = Run::drive(&setting, &World::open(), 0);

    let of_screen = run.told().into_iter().filter(|told| told.starts_with("screen"));
    assert_eq!(of_screen.collect::<Vec<_>>(), ["screen connect"]);
    assert!(!screen_failed(&setting.job, &run.seen));
}

fn block(run: &Run, wanted: Contrast) -> usize {
    let attempts = run
        .planned
        .iter()
        .filter(|planned| matches!(planned.part, Part::Block { on, .. } if on == wanted));
    attempts.count()
}

/// What a control saw that reached the site.
fn outside() -> Vec<Observation> {
    let step =
        Handshake { to: ([192, 0, 2, 7], 443).into(), sni: "news.test".parse().expect("a name") };
    let outcome = Ok(world::session(Trust::Trusted));
    vec![Observation::Handshake(Seen { step, part: Part::Screen, at_ms: 0, took_ms: 1, outcome })]
}

fn settings() -> impl Strategy<Value = Setting> {
    let target = prop::sample::select(vec![
        "https://news.test/",
        "http://news.test/",
        "http://news.test:8080/a?b",
        "https://t.me.test:8443/x",
    ]);
    let confirm = prop::sample::select(vec![
        Confirm::IfFailed,
        Confirm::Always,
        Confirm::IfFailed,
        Confirm::Never,
    ]);
    (target, confirm, any::<bool>(), 0..=3_usize, 0..=5_usize, 0..=6_u8, 0..3_u32).prop_map(
        |(target, confirm, beacon, resolvers, addresses, redirects, round)| {
            let mut setting = Setting::of(target);
            setting.job.confirm = confirm;
            setting.job.round = round;
            setting.beacon = beacon;
            setting.resolvers.truncate(resolvers);
            setting.policy.addresses = addresses;
            setting.policy.redirects = redirects;
            setting
        },
    )
}

fn is_block(part: Part) -> bool {
    world::SITE(part).is_some() || world::BEACON(part).is_some()
}

fn is_beacon(part: Part) -> bool {
    let other = matches!(part, Part::Block { on: Contrast::BeaconQuic | Contrast::BeaconLoad, .. });
    other || world::BEACON(part).is_some()
}

fn texts(planned: &[Planned]) -> BTreeSet<String> {
    planned.iter().map(|planned| format!("{planned:?}")).collect()
}

#[test]
fn every_kind_has_a_recipe_that_begins() {
    let setting = Setting::of("https://news.test/");

    assert!(!setting.next(&[]).is_empty());
    let _: &dyn plan::Recipe = recipe(setting.job.kind);
}
