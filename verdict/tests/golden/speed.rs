//! Cases about names that are slowed down, and about hellos of other shapes.

use record::{Failure, Hello};
use verdict::Screen;

use crate::build::*;
use crate::der::Certificate;
use crate::other::*;
use crate::story::Story;
use crate::tls::{UNKNOWN, alerts, beacon, beacon_block, failing, fails, sessions};

const SLOW: [Ended; 3] = [Ok(4_000), Ok(5_200), Ok(4_600)];
const FAST: [Ended; 3] = [Ok(500), Ok(700), Ok(560)];
const STALLED: [Ended; 3] = [Err(65_536), Err(65_536), Err(64_120)];

/// Cases of time.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn slowed() -> Vec<Story> {
    let unknown = Certificate::issued(&UNKNOWN, "news.test", 9);
    vec![
        Story::new(
            "slowed_by_name",
            HTTPS,
            "The page comes. From the project's own server the same bytes take eight times as long under the site's name.",
        )
        .inside(reached())
        .inside(load_block(true, SLOW, FAST))
        .outside(up_outside())
        .concludes("tls_name_slowed", Screen::Unclear)
        .against(&["tls_name_stalled", "tls_reached"]),
        Story::new("slow_under_every_name", HTTPS, "The line is slow, whatever the name.")
            .inside(reached())
            .inside(load_block(true, SLOW, [Ok(4_100), Ok(5_000), Ok(4_700)]))
            .outside(up_outside())
            .concludes("http_reached", Screen::Passed)
            .against(&["tls_name_slowed", "tls_name_stalled"]),
        Story::new(
            "hardly_slower_by_name",
            HTTPS,
            "All loads under the name are slower, by a factor of two: one block does not show that.",
        )
        .inside(reached())
        .inside(load_block(true, [Ok(1_200), Ok(1_300), Ok(1_250)], [Ok(600), Ok(640), Ok(620)]))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_slowed"]),
        Story::new(
            "slower_by_name_by_a_breath",
            HTTPS,
            "All loads under the name take five times as long, which is a fifth of a second: nobody feels it, and a busy line does it.",
        )
        .inside(reached())
        .inside(load_block(true, [Ok(250), Ok(260), Ok(255)], [Ok(50), Ok(54), Ok(52)]))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_slowed"]),
        Story::new(
            "one_fast_load_under_the_name",
            HTTPS,
            "Two of three loads under the name are slow, and so is a neutral one: a line with gaps.",
        )
        .inside(reached())
        .inside(load_block(true, [Ok(4_000), Ok(5_200), Ok(600)], [Ok(500), Ok(4_400), Ok(560)]))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_slowed"]),
        Story::new(
            "handshakes_slowed_on_both_servers",
            HTTPS,
            "Handshakes under the name take ten times as long at the site and at the project's own server.",
        )
        .inside(reached())
        .inside(timed_block(ON_SITE, SITE, [4_000, 4_400, 4_200], [300, 340, 320]))
        .inside(timed_block(ON_BEACON, BEACON, [3_900, 4_300, 4_100], [310, 330, 320]))
        .outside(up_outside())
        .concludes("tls_name_slowed", Screen::Unclear)
        .against(&["tls_reached"]),
        Story::new(
            "handshakes_slow_at_the_site_alone",
            HTTPS,
            "Three lost packets do the same to one block: nothing is claimed from the site's alone.",
        )
        .inside(reached())
        .inside(timed_block(ON_SITE, SITE, [1_300, 1_340, 1_320], [300, 340, 320]))
        .inside(timed_block(ON_BEACON, BEACON, [320, 330, 310], [310, 330, 320]))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_slowed"]),
        Story::new(
            "stalled_by_name",
            HTTPS,
            "Under the site's name every load from the project's server stops at 64 kB; under neutral names all of it comes.",
        )
        .inside(reached())
        .inside(load_block(true, STALLED, FAST))
        .outside(up_outside())
        .concludes("tls_name_stalled", Screen::Unclear)
        .against(&["tls_name_slowed", "tls_reached"]),
        Story::new("stalled_under_every_name", HTTPS, "Loads stop in the middle, whatever the name.")
            .inside(reached())
            .inside(load_block(true, STALLED, STALLED))
            .outside(up_outside())
            .concludes("http_reached", Screen::Passed)
            .against(&["tls_name_stalled", "tls_name_slowed"]),
        Story::new(
            "stalled_and_intercepted_on_the_beacon",
            HTTPS,
            "On the project's server the name meets a foreign certificate and loads that stop: the certificate says more.",
        )
        .inside(reached())
        .inside(beacon_block(&unknown, 1))
        .inside(load_block(true, STALLED, FAST))
        .with_certificates(&[&unknown, &beacon(0, 1), &beacon(1, 1), &beacon(2, 1)])
        .outside(up_outside())
        .concludes("tls_interception_unlisted", Screen::Failed)
        .against(&["tls_name_stalled"]),
        Story::new(
            "slowed_by_name_over_plain_http",
            HTTP,
            "The same bytes take eight times as long where the request bears the site's name.",
        )
        .inside([system(&[SITE]), doh(&[SITE]), connect_80(SITE, None)])
        .inside([fetch(HTTP, SITE, Ok(page(200, "News")))])
        .inside(http_block(ON_BEACON, BEACON, &Ok(beacon_page()), &Ok(beacon_page())))
        .inside(load_block(false, SLOW, FAST))
        .outside(up_outside_http())
        .concludes("http_name_slowed", Screen::Unclear)
        .against(&["http_reached", "tls_name_slowed"]),
        Story::new("slow_under_every_name_over_plain_http", HTTP, "The line is slow.")
            .inside([system(&[SITE]), doh(&[SITE]), connect_80(SITE, None)])
            .inside([fetch(HTTP, SITE, Ok(page(200, "News")))])
            .inside(http_block(ON_BEACON, BEACON, &Ok(beacon_page()), &Ok(beacon_page())))
            .inside(load_block(false, SLOW, SLOW))
            .outside(up_outside_http())
            .concludes("http_reached", Screen::Passed)
            .against(&["http_name_slowed"]),
    ]
}

/// Cases of serving hosts, which have no page.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn endpoints() -> Vec<Story> {
    let reached = || vec![system(&[SITE]), doh(&[SITE]), connect(SITE, None)];
    let own = Certificate::issued(&UNKNOWN, "news.test", 3);
    let other = Certificate::issued(&UNKNOWN, "news.test", 4);
    vec![
        Story::new(
            "endpoint_that_answers",
            HTTPS,
            "A serving host has no page to show: a valid certificate is all there is to reach.",
        )
        .of_an_endpoint()
        .inside(reached())
        .inside([shake(SITE, Ok(trusted()))])
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(trusted()))])
        .concludes("tls_reached", Screen::Passed)
        .against(&["http_failed", "tls_failed"]),
        Story::new(
            "endpoint_dropped_by_name",
            HTTPS,
            "The serving host's name gets no answer, neutral names do.",
        )
        .of_an_endpoint()
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(trusted()))])
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["tls_reached", "tls_same_as_outside"]),
        Story::new(
            "endpoint_with_an_authority_of_its_own",
            HTTPS,
            "The host's certificate is by an authority that only its own programs know; the control is shown the very same.",
        )
        .of_an_endpoint()
        .inside(reached())
        .inside([shake(SITE, Ok(untrusted(&[&own])))])
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&own])))])
        .concludes("tls_same_as_outside", Screen::Passed)
        .against(&["tls_server", "tls_untrusted"]),
        Story::new(
            "site_with_an_authority_of_its_own",
            HTTPS,
            "The same of a site that people read: browsers turn away from it everywhere.",
        )
        .inside(reached())
        .inside([shake(SITE, Ok(untrusted(&[&own])))])
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&own])))])
        .concludes("tls_server", Screen::Excused)
        .against(&["tls_same_as_outside"]),
        Story::new(
            "endpoint_with_an_unknown_certificate",
            HTTPS,
            "Nobody knows the certificate that the host shows here; the control is shown another.",
        )
        .of_an_endpoint()
        .inside(reached())
        .inside([shake(SITE, Ok(untrusted(&[&other])))])
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&own])))])
        .concludes("tls_untrusted", Screen::Failed)
        .against(&["tls_same_as_outside", "tls_server"]),
        Story::new(
            "endpoint_with_two_authorities",
            HTTPS,
            "One address shows a public certificate, the other one of the host's own, as it does outside; the rule that is tried first makes the claim.",
        )
        .of_an_endpoint()
        .inside([system(&[SITE, SITE_TOO]), connect(SITE, None), connect(SITE_TOO, None)])
        .inside([shake(SITE, Ok(trusted())), shake(SITE_TOO, Ok(untrusted(&[&own])))])
        .outside([
            system(&[SITE, SITE_TOO]),
            shake(SITE, Ok(trusted())),
            shake(SITE_TOO, Ok(untrusted(&[&own]))),
        ])
        .concludes("tls_reached", Screen::Passed),
        Story::new(
            "endpoint_dropped_by_name_at_one_address",
            HTTPS,
            "At one address the name gets no answer; the other shows the certificate that the host shows outside: it is reached.",
        )
        .of_an_endpoint()
        .inside([system(&[SITE, SITE_TOO]), connect(SITE, None), connect(SITE_TOO, None)])
        .inside([shake(SITE, Err(Failure::Timeout)), shake(SITE_TOO, Ok(untrusted(&[&own])))])
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .outside([
            system(&[SITE, SITE_TOO]),
            shake(SITE, Ok(untrusted(&[&own]))),
            shake(SITE_TOO, Ok(untrusted(&[&own]))),
        ])
        .concludes("tls_same_as_outside", Screen::Passed),
    ]
}

/// What the agent sees of a site that is reached at one of its two addresses.
fn one_of_two() -> Vec<record::Observation> {
    vec![
        system(&[SITE, SITE_TOO]),
        doh(&[SITE, SITE_TOO]),
        connect(SITE, None),
        connect(SITE_TOO, None),
        shake(SITE, Ok(trusted())),
        shake(SITE_TOO, Err(Failure::Timeout)),
        fetch(HTTPS, SITE, Ok(secure(200, "News"))),
    ]
}

/// What the control sees of a site with two addresses.
fn both_outside(other: Result<record::Session, Failure>) -> Vec<record::Observation> {
    vec![
        system(&[SITE, SITE_TOO]),
        connect(SITE, None),
        connect(SITE_TOO, None),
        shake(SITE, Ok(trusted())),
        shake(SITE_TOO, other),
        fetch(HTTPS, SITE, Ok(secure(200, "News"))),
    ]
}

/// Cases of hellos cut in two or with an encrypted name.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn shapes() -> Vec<Story> {
    let silent = || fails(Failure::Timeout);
    let opens = || [Ok(trusted()), Ok(trusted()), Ok(trusted())];
    let reads = || up_outside().into_iter().chain([shaped(encrypted(), Ok(trusted()))]);
    vec![
        Story::new(
            "encrypted_name_dropped",
            HTTPS,
            "In the open the site is reached; with the name encrypted, as the site offers it and the control can, nothing answers.",
        )
        .inside(reached())
        .inside([shaped(encrypted(), Err(Failure::Timeout))])
        .inside(encrypted_block(silent(), opens()))
        .outside(reads())
        .concludes("tls_encrypted_name_dropped", Screen::Unclear)
        .against(&["tls_name_dropped", "tls_reached"]),
        Story::new(
            "name_dropped_at_another_address",
            HTTPS,
            "One address is reached; at the other the name gets no answer, neutral names and the control's hellos do: what filters sees one version of IP alone.",
        )
        .inside(one_of_two())
        .inside(elsewhere_block(silent(), alerts()))
        .outside(both_outside(Ok(trusted())))
        .concludes("tls_name_fails_elsewhere", Screen::Unclear)
        .against(&["tls_reached", "tls_name_dropped"]),
        Story::new(
            "name_dropped_at_another_address_outside_too",
            HTTPS,
            "The same, but there the control gets no answer under the name either: the site is broken at that address.",
        )
        .inside(one_of_two())
        .inside(elsewhere_block(silent(), alerts()))
        .outside(both_outside(Err(Failure::Timeout)))
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_fails_elsewhere"]),
        Story::new(
            "name_dropped_at_another_address_that_no_control_tried",
            HTTPS,
            "The same, and the control was given one address of the two.",
        )
        .inside(one_of_two())
        .inside(elsewhere_block(silent(), alerts()))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_fails_elsewhere"]),
        Story::new(
            "name_dropped_at_another_address_and_when_encrypted",
            HTTPS,
            "The name fails at one address and, encrypted, at the other; the rule that is tried first makes the claim.",
        )
        .inside(one_of_two())
        .inside([shaped(encrypted(), Err(Failure::Timeout))])
        .inside(encrypted_block(silent(), opens()))
        .inside(elsewhere_block(silent(), alerts()))
        .outside(both_outside(Ok(trusted())).into_iter().chain([shaped(encrypted(), Ok(trusted()))]))
        .concludes("tls_encrypted_name_dropped", Screen::Unclear),
        Story::new(
            "encrypted_name_that_no_control_got_through",
            HTTPS,
            "The same, but nobody outside got an answer to an encrypted name: the server may fail over it.",
        )
        .inside(reached())
        .inside([shaped(encrypted(), Err(Failure::Timeout))])
        .inside(encrypted_block(silent(), opens()))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_encrypted_name_dropped"]),
        Story::new(
            "slowed_by_name_and_dropped_when_encrypted",
            HTTPS,
            "The name is slowed in the open and dropped when encrypted; the rule that is tried first makes the claim.",
        )
        .inside(reached())
        .inside(load_block(true, SLOW, FAST))
        .inside(encrypted_block(silent(), opens()))
        .outside(reads())
        .concludes("tls_name_slowed", Screen::Unclear)
        .against(&["tls_encrypted_name_dropped"]),
        Story::new(
            "name_read_though_neutral_names_fail_at_the_server",
            HTTPS,
            "The server resets every name but its own, so that its block tells nothing. Sent whole the hello gets no answer four times; cut in two inside the name it is answered.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, silent(), fails(Failure::Reset)))
        .inside([shaped(Hello::Split, Ok(trusted()))])
        .outside(up_outside())
        .concludes("tls_name_split", Screen::Failed)
        .against(&["tls_name_dropped", "tls_failed"]),
        Story::new(
            "cut_hello_that_another_host_answers",
            HTTPS,
            "Sent whole the hello gets no answer; cut in two it is answered with a certificate that is not valid for the name: by a host that could not read it.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, silent(), fails(Failure::Reset)))
        .inside([shaped(Hello::Split, Ok(untrusted(&[&Certificate::issued(&UNKNOWN, "other.test", 3)])))])
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_split"]),
        Story::new(
            "cut_hello_that_passes_when_an_outage_ends",
            HTTPS,
            "Neutral names got no answer either, as long as anything was sent whole: the address was out, and came back before the cut hello.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, silent(), silent()))
        .inside([shaped(Hello::Split, Ok(trusted()))])
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_split"]),
        Story::new(
            "cut_hello_that_fails_as_well",
            HTTPS,
            "Cut in two or whole, nothing answers: the address, the line or a filter that puts segments together.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, silent(), silent()))
        .inside([shaped(Hello::Split, Err(Failure::Timeout))])
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_split"]),
        Story::new(
            "cut_hello_that_passes_on_a_line_with_gaps",
            HTTPS,
            "One whole hello out of four was answered too: the cut one may have been lucky.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(
            ON_SITE,
            SITE,
            [Err(Failure::Timeout), Err(Failure::Timeout), Ok(trusted())],
            silent(),
        ))
        .inside([shaped(Hello::Split, Ok(trusted()))])
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_split"]),
        Story::new(
            "name_closed_and_read_when_cut",
            HTTPS,
            "The block follows the name and the cut hello passes: the contrast, which needs no luck, makes the claim.",
        )
        .inside(failing(Failure::Closed))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Closed), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Closed), sessions()))
        .inside([shaped(Hello::Split, Ok(trusted()))])
        .outside(up_outside())
        .concludes("tls_name_closed", Screen::Failed)
        .against(&["tls_name_split"]),
    ]
}
