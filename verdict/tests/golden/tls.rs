//! Cases about TLS.

use record::{Failure, Session, Trust};
use verdict::Screen;

use crate::build::*;
use crate::der::{Certificate, Name};
use crate::other::ladders;
use crate::story::{AUTHORITY, LISTED_KEY, Story, listed_by_digest, listed_by_sha1};

/// Cases in which failures follow the name, or do not.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn names() -> Vec<Story> {
    vec![
        Story::new(
            "name_reached",
            HTTPS,
            "The site shows a valid certificate and brings its page.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_failed", "tls_untrusted", "http_differs", "http_failed"]),
        Story::new(
            "name_reached_without_a_page",
            HTTPS,
            "The handshake ended with a valid certificate; the test was cut short before the page.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(trusted()))])
        .concludes("tls_reached", Screen::Passed)
        .against(&["http_failed"]),
        Story::new(
            "name_dropped_on_both_servers",
            HTTPS,
            "Handshakes under the target's name get no answer from the site nor from the project's own server; under neutral names both answer.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Timeout), sessions()))
        .outside(up_outside())
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["tls_failed", "tls_name_reset"]),
        Story::new(
            "name_dropped_on_the_site",
            HTTPS,
            "The contrast is on the site's address only. Some filters act only on the way to certain hosts, so the quiet beacon does not clear the network.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, sessions(), sessions()))
        .outside(up_outside())
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["tls_failed"]),
        Story::new(
            "name_dropped_at_another_address_of_the_same_network",
            HTTPS,
            "The control was given another address of a listed content network, and nobody else is asked here: the address is the site's.",
        )
        .inside([system(&[CONTENT_TOO]), connect(CONTENT_TOO, None)])
        .inside([shake(CONTENT_TOO, Err(Failure::Timeout))])
        .inside(tls_block(ON_SITE, CONTENT_TOO, fails(Failure::Timeout), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Timeout), sessions()))
        .outside([system(&[CONTENT]), connect(CONTENT, None), shake(CONTENT, Ok(trusted()))])
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["dns_unvouched", "tls_failed"]),
        Story::new(
            "name_dropped_at_another_address_of_that_network_alone",
            HTTPS,
            "The project's own server answers under the name: perhaps the network serves it from other addresses alone.",
        )
        .inside([system(&[CONTENT_TOO]), connect(CONTENT_TOO, None)])
        .inside([shake(CONTENT_TOO, Err(Failure::Timeout))])
        .inside(tls_block(ON_SITE, CONTENT_TOO, fails(Failure::Timeout), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, sessions(), sessions()))
        .outside([system(&[CONTENT]), connect(CONTENT, None), shake(CONTENT, Ok(trusted()))])
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "name_dropped_at_an_address_beside_that_network",
            HTTPS,
            "The address lies beside that network's ranges: nobody vouches for it, and nothing is claimed from it.",
        )
        .inside([system(&[BESIDE_CONTENT]), connect(BESIDE_CONTENT, None)])
        .inside([shake(BESIDE_CONTENT, Err(Failure::Timeout))])
        .inside(tls_block(ON_SITE, BESIDE_CONTENT, fails(Failure::Timeout), alerts()))
        .outside([system(&[CONTENT]), connect(CONTENT, None), shake(CONTENT, Ok(trusted()))])
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["tls_name_dropped", "dns_consistent"]),
        Story::new(
            "name_dropped_on_the_beacon_of_a_site_that_is_down",
            HTTPS,
            "The site answers nobody, which excuses its own block; on the project's server the name alone decides.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Timeout), sessions()))
        .outside(down_outside())
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["tls_down"]),
        Story::new(
            "name_dropped_on_the_site_for_the_control_too",
            HTTPS,
            "The same contrast on the site, but the control gets no answer under the name either: the server itself treats its names differently.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .outside(down_outside())
        .concludes("tls_down", Screen::Excused)
        .against(&["tls_name_dropped", "tls_failed"]),
        Story::new(
            "name_dropped_without_a_control",
            HTTPS,
            "A failure that follows the name through the blocks needs no control. The address is vouched for by a resolver that was asked over HTTPS.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["tls_down"]),
        Story::new(
            "name_dropped_at_an_address_that_nobody_vouches_for",
            HTTPS,
            "The block was made at an address that only the system's resolver gave: what answers there may be anybody.",
        )
        .inside([system(&[STRANGE]), connect(STRANGE, None), shake(STRANGE, Err(Failure::Timeout))])
        .inside(tls_block(ON_SITE, STRANGE, fails(Failure::Timeout), alerts()))
        .outside(up_outside())
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["tls_name_dropped", "tls_failed", "tcp_connected"]),
        Story::new(
            "name_reset",
            HTTPS,
            "Two of three handshakes under the target's name are reset, the third is lost in silence; neutral names pass. The kind that outweighs counts.",
        )
        .inside(failing(Failure::Reset))
        .inside(tls_block(
            ON_SITE,
            SITE,
            [Err(Failure::Reset), Err(Failure::Timeout), Err(Failure::Reset)],
            alerts(),
        ))
        .outside(up_outside())
        .concludes("tls_name_reset", Screen::Failed)
        .against(&["tls_name_dropped", "tls_name_closed", "tls_failed"]),
        Story::new(
            "name_closed",
            HTTPS,
            "Connections are closed on handshakes under the target's name, not under neutral ones.",
        )
        .inside(failing(Failure::Closed))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Closed), sessions()))
        .outside(up_outside())
        .concludes("tls_name_closed", Screen::Failed)
        .against(&["tls_name_reset", "tls_failed"]),
        Story::new(
            "names_dropped_here_and_reset_there",
            HTTPS,
            "The site's block times out, the beacon's is reset. Both follow the name; the rule that is tried first makes the claim.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Reset), sessions()))
        .outside(up_outside())
        .concludes("tls_name_dropped", Screen::Failed)
        .against(&["tls_name_reset"]),
        Story::new(
            "names_reset_here_and_closed_there",
            HTTPS,
            "The site's block is reset, the beacon's is closed. Both follow the name; the rule that is tried first makes the claim.",
        )
        .inside(failing(Failure::Reset))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Reset), alerts()))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Closed), sessions()))
        .outside(up_outside())
        .concludes("tls_name_reset", Screen::Failed)
        .against(&["tls_name_closed"]),
        Story::new(
            "name_closed_on_the_beacon_by_a_site_that_refuses_everybody",
            HTTPS,
            "The site answers everybody with the same alert, the control too; the beacon's block shows that the name is cut off as well.",
        )
        .inside(failing(Failure::Alert))
        .inside(tls_block(ON_BEACON, BEACON, fails(Failure::Closed), sessions()))
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Err(Failure::Alert))])
        .concludes("tls_name_closed", Screen::Failed)
        .against(&["tls_server"]),
        Story::new(
            "every_name_fails",
            HTTPS,
            "Neutral names fail as often as the target's: the line or the address, not the name.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), fails(Failure::Timeout)))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped", "tls_down"]),
        Story::new(
            "failures_that_hardly_follow_the_name",
            HTTPS,
            "Two failures under the target's name against one under a neutral name: a bad line does that as well.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(
            ON_SITE,
            SITE,
            [Err(Failure::Timeout), Err(Failure::Timeout), Err(Failure::Alert)],
            [Err(Failure::Alert), Err(Failure::Timeout), Err(Failure::Alert)],
        ))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "failures_that_hardly_follow_the_name_on_the_beacon",
            HTTPS,
            "The same on the project's own server.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(
            ON_BEACON,
            BEACON,
            [Err(Failure::Timeout), Err(Failure::Timeout), Err(Failure::Alert)],
            [Err(Failure::Alert), Err(Failure::Timeout), Err(Failure::Alert)],
        ))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "name_closed_by_the_server",
            HTTPS,
            "Connections that name the site are closed at its address alone, and every router on the way reports the hello: it was the server that closed them.",
        )
        .inside(failing(Failure::Closed))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Closed), alerts()))
        .inside(ladders("eeeea", "eeeec"))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_closed"]),
        Story::new(
            "name_closed_before_the_server",
            HTTPS,
            "The same, but from the third router on nobody reports the hello that names the site: it was stopped before.",
        )
        .inside(failing(Failure::Closed))
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Closed), alerts()))
        .inside(ladders("eeeea", "eennc"))
        .outside(up_outside())
        .concludes("tls_name_closed", Screen::Failed)
        .against(&["tls_failed"]),
        Story::new(
            "two_failures_of_three_under_the_name",
            HTTPS,
            "Twice the target's name gets no answer and once it does; neutral names always do: a busy server does that by chance.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(
            ON_SITE,
            SITE,
            [Err(Failure::Timeout), Err(Failure::Timeout), Err(Failure::Alert)],
            alerts(),
        ))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "connections_that_were_never_opened",
            HTTPS,
            "Under the target's name no connection was opened, so that no name was sent: a server that lets few in does that.",
        )
        .inside(failing(Failure::Timeout))
        .inside(unopened(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts())))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "failures_of_three_kinds",
            HTTPS,
            "Every attempt under the target's name fails, each in another way: no one thing was done to it.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(
            ON_SITE,
            SITE,
            [Err(Failure::Timeout), Err(Failure::Reset), Err(Failure::Closed)],
            alerts(),
        ))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped", "tls_name_reset", "tls_name_closed"]),
        Story::new(
            "a_lost_neutral_attempt_is_a_failed_one",
            HTTPS,
            "Two neutral attempts were cut short: they count as failed, so that nothing is won by losing them.",
        )
        .inside(failing(Failure::Timeout))
        .inside(tls_block(
            ON_SITE,
            SITE,
            fails(Failure::Timeout),
            [Err(Failure::Alert), Err(Failure::Cancelled), Err(Failure::Cancelled)],
        ))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "contrast_although_the_screen_passed",
            HTTPS,
            "The screen reached the site. The block's failures are kept for the evidence of many; one measurement does not outweigh its own success.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .inside(tls_block(ON_SITE, SITE, fails(Failure::Timeout), alerts()))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_name_dropped"]),
        Story::new(
            "failing_here_only",
            HTTPS,
            "The handshake fails here and not for the control, and no block was made: a question.",
        )
        .inside(failing(Failure::Reset))
        .outside(up_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_name_reset", "tls_down", "tls_server"]),
        Story::new(
            "alert_here_and_silence_outside",
            HTTPS,
            "The control gets no answer at all; here the server does answer, with an alert. It is not down.",
        )
        .inside(failing(Failure::Alert))
        .outside(down_outside())
        .concludes("tls_failed", Screen::Failed)
        .against(&["tls_down", "tls_server"]),
    ]
}

/// Cases about certificates.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn certificates() -> Vec<Story> {
    let program = Certificate::issued(
        &Name { country: "ZZ", organisation: "Test", common: "Test Guard Filter CA" },
        "news.test",
        5,
    );
    let by_issuer = Certificate::issued(&AUTHORITY, "news.test", 9);
    let by_key = Certificate::issued(&UNKNOWN, "news.test", LISTED_KEY);
    let elsewhere =
        Certificate::issued(&Name { country: "ZZ", organisation: "", ..AUTHORITY }, "news.test", 9);
    let organised = Certificate::issued(&Name { country: "", ..AUTHORITY }, "news.test", 9);
    let unknown = Certificate::issued(&UNKNOWN, "news.test", 9);
    let own = Certificate::self_issued("news.test", 9);
    let strange = Certificate::issued(&AUTHORITY, "news.test", 10);
    vec![
        shown("interception_by_a_listed_issuer", "An authority that is listed by its issuer's name shows its certificate in place of the site's. It proves itself: no control is needed.", &by_issuer)
            .concludes("tls_interception_listed", Screen::Failed)
            .against(&["tls_untrusted", "tls_interception_unlisted"]),
        shown("interception_by_a_listed_key", "The issuer's name is unknown, but the certificate is for a key that is listed.", &by_key)
            .outside(up_outside())
            .concludes("tls_interception_listed", Screen::Failed)
            .against(&["tls_untrusted"]),
        shown("interception_by_a_listed_certificate", "The certificate is listed by its SHA-256.", &listed_by_digest())
            .outside(up_outside())
            .concludes("tls_interception_listed", Screen::Failed),
        shown("listed_certificate_outside_too", "The control is shown the very same certificate: the site's own choice of an authority.", &listed_by_digest())
            .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&listed_by_digest()])))])
            .concludes("tls_server", Screen::Excused)
            .against(&["tls_interception_listed"]),
        shown("interception_by_an_older_listed_certificate", "The certificate is listed by its SHA-1, as older reports print it.", &listed_by_sha1())
            .outside(up_outside())
            .concludes("tls_interception_listed", Screen::Failed),
        shown("interception_by_a_listed_issuers_organisation", "The issuer bears a listed name and organisation; the country is left out.", &organised)
            .outside(up_outside())
            .concludes("tls_interception_listed", Screen::Failed)
            .against(&["tls_untrusted"]),
        shown("a_listed_issuers_name_from_elsewhere", "The issuer bears a listed name, but neither the country nor the organisation that mark it.", &elsewhere)
            .outside(up_outside())
            .concludes("tls_untrusted", Screen::Failed)
            .against(&["tls_interception_listed"]),
        Story::new(
            "a_listed_issuers_name_on_a_valid_chain",
            HTTPS,
            "The chain is valid for the name, whatever its issuer is called.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(session(Trust::Trusted, &[&by_issuer])))])
        .inside([fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .with_certificates(&[&by_issuer])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tls_interception_listed"]),
        Story::new(
            "a_listed_issuer_where_a_forged_answer_led",
            HTTPS,
            "The certificate was shown at an address that only a forged answer gave: that is not the way to the site, and the forged answer is claim enough.",
        )
        .inside([system(&["203.0.113.99"]), doh(&[SITE]), connect("203.0.113.99", None)])
        .inside([shake("203.0.113.99", Ok(untrusted(&[&strange])))])
        .inside([connect(SITE, None), shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .with_certificates(&[&strange])
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["tls_interception_listed"]),
        on_the_beacon("interception_on_the_beacon", "Under the target's name the project's own server seems to show a certificate of another issuer; under neutral names it shows its own. Who intercepts is not known.", &unknown, 1)
            .concludes("tls_interception_unlisted", Screen::Failed)
            .against(&["tls_untrusted", "tls_interception_listed"]),
        on_the_beacon("interception_on_the_beacon_by_a_known_program", "A program that offices run ends TLS for some names: its name stands on the certificate.", &program, 1)
            .concludes("tls_untrusted", Screen::Failed)
            .against(&["tls_interception_unlisted"]),
        on_the_beacon("interception_with_a_certificate_that_signs_itself", "The beacon has one key of its own, and under the target's name another is shown.", &own, 1)
            .concludes("tls_interception_unlisted", Screen::Failed)
            .against(&["tls_untrusted"]),
        on_the_beacon("beacon_with_a_key_for_each_name", "Every name's certificate signs itself with a key of its own, neutral names' too: nothing tells the target's apart.", &own, 3)
            .concludes("tls_untrusted", Screen::Failed)
            .against(&["tls_interception_unlisted"]),
        on_the_beacon("interception_on_the_beacon_by_a_listed_issuer", "On the beacon as well the certificate is a listed authority's: the name of the authority says more.", &by_issuer, 1)
            .concludes("tls_interception_listed", Screen::Failed)
            .against(&["tls_interception_unlisted"]),
        Story::new(
            "interception_on_the_beacon_of_a_site_that_is_reached",
            HTTPS,
            "The site is reached with a valid certificate, and on the project's server the name is intercepted all the same: proven, though not on every way.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .inside(beacon_block(&unknown, 1))
        .with_certificates(&[&unknown, &beacon(0, 1), &beacon(1, 1), &beacon(2, 1)])
        .outside(up_outside())
        .concludes("tls_interception_unlisted", Screen::Failed)
        .against(&["tls_reached"]),
        shown("unknown_certificate_here_and_outside", "The site's certificate signs itself, here and for the control: the site's own doing.", &own)
            .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&own])))])
            .concludes("tls_server", Screen::Excused)
            .against(&["tls_untrusted", "tls_interception_unlisted"]),
        shown("unknown_certificates_that_differ", "The certificate is not valid here, and neither is the control's, which is another one: the site's own failing does not account for what is shown here.", &own)
            .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&unknown])))])
            .concludes("tls_untrusted", Screen::Failed)
            .against(&["tls_server"]),
        shown("unknown_certificate_here_only", "The certificate is not valid here and is for the control; who made it is not known.", &own)
            .outside(up_outside())
            .concludes("tls_untrusted", Screen::Failed)
            .against(&["tls_server", "tls_failed"]),
        shown("unknown_certificate_of_a_site_that_is_silent_outside", "The control gets no answer; here somebody answers with a certificate that nobody knows.", &own)
            .outside(down_outside())
            .concludes("tls_untrusted", Screen::Failed)
            .against(&["tls_down"]),
        Story::new(
            "certificate_that_this_machine_alone_believes",
            HTTPS,
            "A root that somebody put on this machine vouches for the certificate, and no public one does; the control is shown another, which is valid.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(believed_by_the_machine(&[&own])))])
        .with_certificates(&[&own])
        .outside(up_outside())
        .concludes("tls_machine_root", Screen::Failed)
        .against(&["tls_untrusted", "tls_interception_unlisted"]),
        Story::new(
            "certificate_of_the_sites_own_that_this_machine_believes",
            HTTPS,
            "The site's certificate is by a root that this machine believes and the embedded list does not know; the control is shown the very same.",
        )
        .inside(resolved())
        .inside([shake(SITE, Ok(believed_by_the_machine(&[&own])))])
        .with_certificates(&[&own])
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Ok(untrusted(&[&own])))])
        .concludes("tls_server", Screen::Excused)
        .against(&["tls_machine_root"]),
        Story::new(
            "unknown_certificate_at_one_address_of_two",
            HTTPS,
            "One address shows a certificate that is not valid, the other gets no answer: the certificate says more.",
        )
        .inside([system(&[SITE, SITE_TOO]), doh(&[SITE, SITE_TOO])])
        .inside([connect(SITE, None), connect(SITE_TOO, None)])
        .inside([shake(SITE, Ok(untrusted(&[&own]))), shake(SITE_TOO, Err(Failure::Timeout))])
        .with_certificates(&[&own])
        .outside(up_outside())
        .concludes("tls_untrusted", Screen::Failed)
        .against(&["tls_failed"]),
        Story::new(
            "alert_here_and_outside",
            HTTPS,
            "The server answers the name with an alert, here and for the control.",
        )
        .inside(failing(Failure::Alert))
        .outside([system(&[SITE]), connect(SITE, None), shake(SITE, Err(Failure::Alert))])
        .concludes("tls_server", Screen::Excused)
        .against(&["tls_failed", "tls_down"]),
        Story::new(
            "handshake_answered_nowhere",
            HTTPS,
            "The server accepts connections and answers no handshake, here or for the control.",
        )
        .inside(failing(Failure::Timeout))
        .outside(down_outside())
        .concludes("tls_down", Screen::Excused)
        .against(&["tls_failed", "tls_server"]),
    ]
}

/// A story in which the site shows `certificate`.
fn shown(name: &'static str, why: &'static str, certificate: &Certificate) -> Story {
    let story = Story::new(name, HTTPS, why).inside(resolved());
    story.inside([shake(SITE, Ok(untrusted(&[certificate])))]).with_certificates(&[certificate])
}

/// A story in which site and beacon show `certificate` under the target's name, and the beacon its
/// own, of `keys` different keys, under neutral ones.
pub(crate) fn on_the_beacon(
    name: &'static str,
    why: &'static str,
    certificate: &Certificate,
    keys: u8,
) -> Story {
    let of_beacon: Vec<Certificate> = (0..3).map(|turn| beacon(turn, keys)).collect();
    let of_beacon: Vec<&Certificate> = of_beacon.iter().collect();
    shown(name, why, certificate)
        .inside(beacon_block(certificate, keys))
        .with_certificates(&of_beacon)
        .outside(up_outside())
}

pub(crate) fn beacon_block(certificate: &Certificate, keys: u8) -> Vec<record::Observation> {
    let named = [(); 3].map(|()| Ok(untrusted(&[certificate])));
    let neutral = [0, 1, 2].map(|turn| Ok(untrusted(&[&beacon(turn, keys)])));
    tls_block(ON_BEACON, BEACON, named, neutral)
}

/// The beacon's certificate for the neutral name of one turn.
pub(crate) fn beacon(turn: u8, keys: u8) -> Certificate {
    let name = ["bcdf.test", "cdfg.test", "dfgh.test"][usize::from(turn)];
    Certificate::self_issued(name, 100 + turn % keys)
}

pub(crate) fn resolved() -> Vec<record::Observation> {
    vec![system(&[SITE]), doh(&[SITE]), connect(SITE, None)]
}

pub(crate) fn failing(failure: Failure) -> Vec<record::Observation> {
    resolved().into_iter().chain([shake(SITE, Err(failure))]).collect()
}

fn down_outside() -> Vec<record::Observation> {
    vec![system(&[SITE]), connect(SITE, None), shake(SITE, Err(Failure::Timeout))]
}

pub(crate) fn fails(failure: Failure) -> [Result<Session, Failure>; 3] {
    [Err(failure), Err(failure), Err(failure)]
}

pub(crate) fn alerts() -> [Result<Session, Failure>; 3] {
    fails(Failure::Alert)
}

pub(crate) fn sessions() -> [Result<Session, Failure>; 3] {
    [0, 1, 2].map(|turn| Ok(untrusted(&[&beacon(turn, 1)])))
}

pub(crate) const UNKNOWN: Name<'static> =
    Name { country: "ZZ", organisation: "Middle", common: "Middle Box" };
