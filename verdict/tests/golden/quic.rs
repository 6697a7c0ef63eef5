//! Cases about QUIC, beside a site that is reached over TCP.

use record::{Contrast, Failure};
use verdict::Screen;

use crate::build::*;
use crate::other::*;
use crate::story::Story;
use crate::tls::{alerts, fails, sessions};

/// Cases of QUIC.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn cases() -> Vec<Story> {
    let silent = || fails(Failure::Timeout);
    vec![
        Story::new("quic_works", HTTPS, "The site is reached over QUIC as over TCP.")
            .inside(reached())
            .inside([quic(Ok(trusted()))])
            .outside(up_outside_and(Ok(trusted())))
            .concludes("http_reached", Screen::Passed)
            .against(&["quic_failed", "quic_name_dropped"]),
        Story::new(
            "quic_dropped_by_name",
            HTTPS,
            "Over TCP the page comes. Over QUIC the site's address answers neutral names and not its own.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Timeout))])
        .inside(quic_block(Contrast::SiteQuic, SITE, silent(), alerts()))
        .inside(quic_block(Contrast::BeaconQuic, BEACON, sessions(), sessions()))
        .outside(up_outside_and(Ok(trusted())))
        .concludes("quic_name_dropped", Screen::Passed)
        .against(&["quic_reached", "quic_failed", "quic_udp_dropped"]),
        Story::new(
            "quic_closed_under_the_name",
            HTTPS,
            "The server closes QUIC connections under the site's name: it no longer speaks HTTP/3 for it.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Closed))])
        .inside(quic_block(Contrast::SiteQuic, SITE, fails(Failure::Closed), alerts()))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["quic_name_dropped"]),
        Story::new(
            "quic_contrast_although_the_visit_passed",
            HTTPS,
            "The visit over QUIC passed. The block's failures are kept for the evidence of many.",
        )
        .inside(reached())
        .inside([quic(Ok(trusted()))])
        .inside(quic_block(Contrast::SiteQuic, SITE, silent(), alerts()))
        .outside(up_outside_and(Ok(trusted())))
        .concludes("http_reached", Screen::Passed)
        .against(&["quic_name_dropped"]),
        Story::new(
            "quic_cut_off_altogether",
            HTTPS,
            "Nothing gets through over QUIC, not even to the project's own server under neutral names.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Timeout))])
        .inside(quic_block(Contrast::SiteQuic, SITE, silent(), silent()))
        .inside(quic_block(Contrast::BeaconQuic, BEACON, silent(), silent()))
        .outside(up_outside_and(Ok(trusted())))
        .concludes("http_reached", Screen::Passed)
        .against(&["quic_name_dropped", "quic_address_unreachable", "quic_failed"]),
        Story::new(
            "quic_by_name_at_the_site_and_altogether_at_the_beacon",
            HTTPS,
            "The site's own block follows the name; that the project's server is not reached over QUIC does not take it back.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Timeout))])
        .inside(quic_block(Contrast::SiteQuic, SITE, silent(), alerts()))
        .inside(quic_block(Contrast::BeaconQuic, BEACON, silent(), silent()))
        .outside(up_outside_and(Ok(trusted())))
        .concludes("quic_name_dropped", Screen::Passed)
        .against(&["quic_udp_dropped"]),
        Story::new(
            "quic_fails_at_the_address",
            HTTPS,
            "QUIC works to the project's server and, for the control, to the site. Here its address answers under no name.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Timeout))])
        .inside(quic_block(Contrast::SiteQuic, SITE, silent(), silent()))
        .inside(quic_block(Contrast::BeaconQuic, BEACON, sessions(), sessions()))
        .outside(up_outside_and(Ok(trusted())))
        .concludes("http_reached", Screen::Passed)
        .against(&["quic_name_dropped", "quic_udp_dropped", "quic_down", "quic_failed"]),
        Story::new(
            "quic_fails_at_the_address_and_no_control_tried_it",
            HTTPS,
            "The same, but nobody outside tried QUIC: the site may not speak it.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Timeout))])
        .inside(quic_block(Contrast::SiteQuic, SITE, silent(), silent()))
        .inside(quic_block(Contrast::BeaconQuic, BEACON, sessions(), sessions()))
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["quic_address_unreachable", "quic_down"]),
        Story::new(
            "quic_fails_outside_too",
            HTTPS,
            "The control is not answered over QUIC either: the site promises what it does not keep.",
        )
        .inside(reached())
        .inside([quic(Err(Failure::Timeout))])
        .outside(up_outside_and(Err(Failure::Timeout)))
        .concludes("http_reached", Screen::Passed)
        .against(&["quic_failed", "quic_name_dropped"]),
    ]
}
