//! Cases about pages.

use record::{Failure, Observation, Page, Part};
use verdict::Screen;

use crate::build::*;
use crate::story::Story;

/// Cases of pages over https.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn secured() -> Vec<Story> {
    let hop = Part::Hop { number: 1 };
    let elsewhere = "http://notice.test/";
    vec![
        Story::new(
            "page_refused_by_the_site",
            HTTPS,
            "The site itself, by its certificate, refuses this country. That is the server's own word, whatever the control sees.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(451, "Unavailable For Legal Reasons")))])
        .outside(up_outside())
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_reached", "http_differs"]),
        Story::new(
            "redirects_of_the_sites_own_that_lead_nowhere",
            HTTPS,
            "By its own certificate the site sends its reader to no address at all: its own fault, whatever the control sees.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, "Moved"), "https://")))])
        .outside(up_outside())
        .concludes("http_redirect_broken", Screen::Excused)
        .against(&["http_reached", "http_server_refuses", "http_down"]),
        Story::new(
            "redirect_of_the_sites_own_without_an_address",
            HTTPS,
            "By its own certificate the site sends its reader on, and names no address.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(302, "Moved")))])
        .outside(up_outside())
        .concludes("http_redirect_broken", Screen::Excused)
        .against(&["http_reached", "http_differs"]),
        Story::new(
            "redirects_of_the_sites_own_in_a_circle",
            HTTPS,
            "The site sends its reader to its other host, and that one sends him back, both by their certificates.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "https://www.news.test/")))])
        .inside([fetch_as(hop, "https://www.news.test/", SITE, Ok(onward(secure(302, ""), HTTPS)))])
        .outside(up_outside())
        .concludes("http_redirect_broken", Screen::Excused)
        .against(&["http_reached", "http_differs"]),
        Story::new(
            "redirects_of_the_sites_own_too_many",
            HTTPS,
            "The site sends its reader on six times, more often than is followed.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "/1")))])
        .inside((1..=5).map(|number: u8| {
            let url = format!("https://news.test/{number}");
            let next = format!("/{}", number + 1);
            fetch_as(Part::Hop { number }, &url, SITE, Ok(onward(secure(302, ""), &next)))
        }))
        .outside(up_outside())
        .concludes("http_redirect_broken", Screen::Excused)
        .against(&["http_reached", "http_differs"]),
        Story::new(
            "redirects_between_two_sites",
            HTTPS,
            "The site sends its reader to a host of another site, which sends him back. What was asked there is not kept, so nobody knows that it is a circle.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "https://login.test/")))])
        .inside([fetch_as(hop, "https://login.test/", SITE_TOO, Ok(onward(secure(302, ""), HTTPS)))])
        .outside(up_outside())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_redirect_broken", "http_reached"]),
        Story::new(
            "redirect_that_was_not_followed",
            HTTPS,
            "The site sends its reader to its other host, and the measurement ends before anybody asks there.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "https://www.news.test/")))])
        .outside(up_outside())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_redirect_broken", "http_reached"]),
        Story::new(
            "redirect_to_an_address_of_numbers",
            HTTPS,
            "The site sends its reader to an address without a name, which is not followed.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "https://192.0.2.80/")))])
        .outside(up_outside())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_redirect_broken", "http_reached"]),
        Story::new(
            "redirects_without_an_end_here_and_outside",
            HTTPS,
            "Here and for the control the redirects never end.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Err(Failure::TooManyRedirects))])
        .outside([
            system(&[SITE]),
            connect(SITE, None),
            shake(SITE, Ok(trusted())),
            fetch(HTTPS, SITE, Err(Failure::TooManyRedirects)),
        ])
        .concludes("http_redirect_broken", Screen::Excused)
        .against(&["http_down"]),
        Story::new(
            "redirects_without_an_end_here_alone",
            HTTPS,
            "The control gets the page: why the redirects do not end here is not known.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Err(Failure::TooManyRedirects))])
        .outside(up_outside())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_redirect_broken"]),
        Story::new(
            "robot_check",
            HTTPS,
            "The site asks its reader to prove that he is human.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(503, "Just a moment...")))])
        .outside(up_outside())
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_down", "http_differs"]),
        Story::new(
            "robot_check_with_a_good_status",
            HTTPS,
            "The site asks its reader to prove that he is human, and calls that a success.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(200, "Just a moment...")))])
        .outside(up_outside())
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_reached"]),
        Story::new(
            "robot_check_named_by_its_header",
            HTTPS,
            "The site says in a header that it challenges its reader, whatever the page is called.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(challenging(secure(200, "Bir sät"))))])
        .outside(up_outside())
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_reached"]),
        Story::new(
            "page_that_is_called_like_a_robot_check",
            HTTPS,
            "The site has an article whose title begins as robot checks do.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(200, "Just a moment: a pause at work")))])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["http_server_refuses"]),
        Story::new(
            "page_with_a_listed_mark_of_the_sites_own",
            HTTPS,
            "The page bears a listed mark, and the site's own certificate stands for it: what it says is the site's word.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(200, "Access restricted")))])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["http_injected"]),
        Story::new(
            "robot_check_of_a_site_that_is_failing_outside",
            HTTPS,
            "The control gets the server's failure, the agent a robot check: the server speaks to this agent, so it is not down.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(503, "Just a moment...")))])
        .outside(failing_outside())
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_down"]),
        Story::new(
            "server_failure_here_and_outside",
            HTTPS,
            "The server answers with a failure of its own, here and for the control.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(502, "Bad Gateway")))])
        .outside(failing_outside())
        .concludes("http_down", Screen::Excused)
        .against(&["http_differs", "http_reached"]),
        Story::new(
            "server_failure_here_only",
            HTTPS,
            "The server answers with a failure here and with its page outside: unclear.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(502, "Bad Gateway")))])
        .outside(up_outside())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_down", "http_reached", "http_server_refuses"]),
        Story::new(
            "page_missing_on_the_site",
            HTTPS,
            "The site says, by its certificate, that there is no such page. The site was reached.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(secure(404, "Not Found")))])
        .concludes("http_reached", Screen::Passed)
        .against(&["http_differs", "http_server_refuses"]),
        Story::new(
            "page_stalls",
            HTTPS,
            "The handshake ends well, the page never comes, and the control gets it: a question.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Err(Failure::Timeout))])
        .outside(up_outside())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_down", "http_name_dropped"]),
        Story::new(
            "page_stalls_outside_too",
            HTTPS,
            "The page comes neither here nor for the control.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Err(Failure::Timeout))])
        .outside([
            system(&[SITE]),
            connect(SITE, None),
            shake(SITE, Ok(trusted())),
            fetch(HTTPS, SITE, Err(Failure::Closed)),
        ])
        .concludes("http_down", Screen::Excused)
        .against(&["http_failed"]),
        Story::new(
            "redirect_that_breaks",
            HTTPS,
            "The site sends its reader on to its other host, and the name of that one gets no answer.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "https://www.news.test/")))])
        .inside([shake_as(hop, "www.news.test", SITE, Err(Failure::Timeout))])
        .outside(up_outside())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_reached", "http_differs"]),
        Story::new(
            "redirect_by_the_sites_own_word",
            HTTPS,
            "The site itself sends its reader to another host, which shows a valid certificate too.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), "https://other.test/")))])
        .inside([fetch_as(hop, "https://other.test/", SITE_TOO, Ok(secure(200, "Other")))])
        .concludes("http_reached", Screen::Passed)
        .against(&["http_differs"]),
        Story::new(
            "redirect_to_plain_http_and_a_block_page",
            HTTPS,
            "The site sends its reader on to plain HTTP, where a page with a listed mark stands in.",
        )
        .inside(reached())
        .inside([fetch(HTTPS, SITE, Ok(onward(secure(302, ""), elsewhere)))])
        .inside([fetch_as(hop, elsewhere, SITE_TOO, Ok(page(200, "Access restricted")))])
        .outside(up_outside())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_differs"]),
    ]
}

/// Cases of pages over plain http.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn plain() -> Vec<Story> {
    let hop = Part::Hop { number: 1 };
    let stand_in = || Ok(page(200, "By order"));
    let news = || Ok(page(200, "News"));
    let beacon = || Ok(beacon_page());
    let failed = |failure| move || Err::<Page, Failure>(failure);
    let (dropped, reset) = (failed(Failure::Timeout), failed(Failure::Reset));
    let closed = failed(Failure::Closed);
    vec![
        Story::new("plain_page_as_outside", HTTP, "The page is the one that the control saw.")
            .inside(resolved())
            .inside([fetch(HTTP, SITE, news())])
            .outside(up_outside_http())
            .concludes("http_reached", Screen::Passed)
            .against(&["http_differs", "http_injected"]),
        Story::new(
            "plain_page_without_a_control",
            HTTP,
            "Over plain HTTP anybody can write the page, and nothing is there to compare it with.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, news())])
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_reached"]),
        Story::new(
            "robot_check_over_plain_http",
            HTTP,
            "The page is a known maker's robot check, and the control gets the site's own: such servers ask some readers and not others.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(403, "Just a moment...")))])
        .outside(up_outside_http())
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_differs"]),
        Story::new(
            "robot_check_by_name_over_plain_http",
            HTTP,
            "The same page comes in place of the project's own server's, for the target's name alone: then it is not the site's.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(403, "Just a moment...")))])
        .inside(http_block(ON_BEACON, BEACON, &Ok(page(403, "Just a moment...")), &beacon()))
        .outside(up_outside_http())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_server_refuses"]),
        Story::new(
            "plain_page_unlike_the_one_outside",
            HTTP,
            "Another page than the control's came, and no block shows that the name decides: sites do speak differently to different readers.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, stand_in())])
        .outside(up_outside_http())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_injected", "http_reached"]),
        Story::new(
            "page_that_stands_in_by_name",
            HTTP,
            "Requests with the target's name get another page, from the site's address and even from the project's own server; neutral names get the right ones.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, stand_in())])
        .inside(http_block(ON_SITE, SITE, &stand_in(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &stand_in(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_differs"]),
        Story::new(
            "page_that_stands_in_for_every_name",
            HTTP,
            "Every name gets the other page from the project's own server: a portal of the local network, perhaps. It does not follow the name.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, stand_in())])
        .inside(http_block(ON_BEACON, BEACON, &stand_in(), &stand_in()))
        .outside(up_outside_http())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_injected"]),
        Story::new(
            "page_with_a_listed_mark",
            HTTP,
            "The page bears a listed mark; the control sees another.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(200, "Access restricted")))])
        .outside(up_outside_http())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_differs"]),
        Story::new(
            "page_with_a_listed_text",
            HTTP,
            "A listed text stands in the page, as the agent that read it says; the control sees another page.",
        )
        .inside(resolved())
        .inside([fetch(
            HTTP,
            SITE,
            Ok(Page { marks: vec!["test_block_text".to_owned()], ..page(200, "Sorry") }),
        )])
        .outside(up_outside_http())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_differs"]),
        Story::new(
            "page_with_a_mark_that_is_not_listed",
            HTTP,
            "The agent names a mark that no list has.",
        )
        .inside(resolved())
        .inside([fetch(
            HTTP,
            SITE,
            Ok(Page { marks: vec!["unheard_of".to_owned()], ..page(200, "Sorry") }),
        )])
        .outside(up_outside_http())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_injected"]),
        Story::new(
            "page_with_a_listed_mark_without_a_control",
            HTTP,
            "The page bears a listed mark; without a control nothing shows that it is not the site's own.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(200, "Access restricted")))])
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_injected"]),
        Story::new(
            "plain_page_in_nearly_the_same_words",
            HTTP,
            "Another title and another length, but the words are nearly those that the control saw.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(worded(page(200, "News at nine"), 0xff00)))])
        .outside([
            system(&[SITE]),
            connect_80(SITE, None),
            fetch(HTTP, SITE, Ok(worded(page(200, "News at ten"), 0xff07))),
        ])
        .concludes("http_reached", Screen::Passed)
        .against(&["http_differs"]),
        Story::new(
            "plain_page_in_other_words",
            HTTP,
            "Neither title nor words are those that the control saw.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(worded(page(200, "News at nine"), 0xff00)))])
        .outside([
            system(&[SITE]),
            connect_80(SITE, None),
            fetch(HTTP, SITE, Ok(worded(page(200, "News at ten"), 0xff0f))),
        ])
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_reached"]),
        Story::new(
            "page_with_a_listed_mark_by_name_outside_too",
            HTTP,
            "Under its name the server shows everybody a page with a listed mark, as the control sees; under neutral names another.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(451, "Access restricted")))])
        .inside(http_block(ON_SITE, SITE, &Ok(page(451, "Access restricted")), &Ok(page(200, "Host"))))
        .outside([
            system(&[SITE]),
            connect_80(SITE, None),
            fetch(HTTP, SITE, Ok(page(451, "Access restricted"))),
        ])
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_injected"]),
        Story::new(
            "page_with_a_listed_mark_outside_too",
            HTTP,
            "The control sees the marked page as well: it is what the site says.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(200, "Access restricted")))])
        .outside([
            system(&[SITE]),
            connect_80(SITE, None),
            fetch(HTTP, SITE, Ok(page(200, "Access restricted"))),
        ])
        .concludes("http_reached", Screen::Passed)
        .against(&["http_injected"]),
        Story::new(
            "redirect_to_a_block_page",
            HTTP,
            "The reader is sent to another host, whose page bears a listed mark.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(onward(page(302, ""), "http://notice.test/")))])
        .inside([fetch_as(hop, "http://notice.test/", SITE_TOO, Ok(page(200, "Access restricted")))])
        .outside(up_outside_http())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_reached"]),
        Story::new(
            "redirect_to_a_stranger_with_a_certificate",
            HTTP,
            "Over plain HTTP somebody sends the reader to a host of his own, where a valid certificate stands: it is valid for the stranger.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(onward(page(302, ""), "https://notice.test/")))])
        .inside([fetch_as(hop, "https://notice.test/", SITE_TOO, Ok(secure(200, "Notice")))])
        .outside(up_outside_http())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_reached", "http_injected"]),
        Story::new(
            "redirect_to_another_host_outside_too",
            HTTP,
            "The control is sent to the same other host, which shows a valid certificate.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(onward(page(302, ""), "https://other.test/")))])
        .inside([fetch_as(hop, "https://other.test/", SITE_TOO, Ok(secure(200, "Other")))])
        .outside([
            system(&[SITE]),
            connect_80(SITE, None),
            fetch(HTTP, SITE, Ok(onward(page(302, ""), "https://other.test/"))),
            fetch_as(hop, "https://other.test/", SITE_TOO, Ok(secure(200, "Other, in English"))),
        ])
        .concludes("http_reached", Screen::Passed)
        .against(&["http_differs"]),
        Story::new(
            "redirect_to_https_on_the_same_site",
            HTTP,
            "The reader is sent on to https, where the site's certificate stands for the page.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(onward(page(302, ""), "https://www.news.test/")))])
        .inside([fetch_as(hop, "https://www.news.test/", SITE, Ok(secure(200, "News")))])
        .concludes("http_reached", Screen::Passed)
        .against(&["http_differs"]),
        Story::new(
            "request_dropped_by_name",
            HTTP,
            "Requests with the target's name get no answer, at the site and on the project's own server; with neutral names they do.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, dropped())])
        .inside(http_block(ON_SITE, SITE, &dropped(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &dropped(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_name_dropped", Screen::Failed)
        .against(&["http_failed", "http_name_reset"]),
        Story::new(
            "request_dropped_by_name_at_the_site_alone",
            HTTP,
            "The site's address is silent on the target's name and answers neutral ones; the project's server answers all. Servers drop readers whom they do not serve.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, dropped())])
        .inside(http_block(ON_SITE, SITE, &dropped(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &beacon(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_name_dropped"]),
        Story::new(
            "request_reset_by_name_at_the_site_and_no_beacon",
            HTTP,
            "The site's address resets the target's name and answers neutral ones; the project's server was not reached.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, reset())])
        .inside(http_block(ON_SITE, SITE, &reset(), &news()))
        .outside(up_outside_http())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_name_reset"]),
        Story::new(
            "request_reset_by_name",
            HTTP,
            "Requests with the target's name are reset on the project's own server; with neutral names they are not.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, reset())])
        .inside(http_block(ON_BEACON, BEACON, &reset(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_name_reset", Screen::Failed)
        .against(&["http_failed", "http_name_dropped"]),
        Story::new(
            "request_dropped_under_every_name",
            HTTP,
            "Neutral names get no answer either.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, dropped())])
        .inside(http_block(ON_SITE, SITE, &dropped(), &dropped()))
        .outside(up_outside_http())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_name_dropped", "http_down"]),
        Story::new(
            "requests_replaced_here_and_dropped_there",
            HTTP,
            "The beacon's answer is replaced, the site's is dropped. Both follow the name; the rule that is tried first makes the claim.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, stand_in())])
        .inside(http_block(ON_SITE, SITE, &dropped(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &stand_in(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_injected", Screen::Failed)
        .against(&["http_name_dropped"]),
        Story::new(
            "requests_dropped_here_and_reset_there",
            HTTP,
            "The site's answer is dropped, the beacon's is reset. Both follow the name; the rule that is tried first makes the claim.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, dropped())])
        .inside(http_block(ON_SITE, SITE, &dropped(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &reset(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_name_dropped", Screen::Failed)
        .against(&["http_name_reset"]),
        Story::new(
            "request_closed_by_name",
            HTTP,
            "Connections are closed on requests with the target's name; with neutral names they are answered.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, closed())])
        .inside(http_block(ON_BEACON, BEACON, &closed(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_name_closed", Screen::Failed)
        .against(&["http_failed", "http_name_reset"]),
        Story::new(
            "requests_reset_here_and_closed_there",
            HTTP,
            "The site's answer is reset, the beacon's connection closed. Both follow the name; the rule that is tried first makes the claim.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, reset())])
        .inside(http_block(ON_SITE, SITE, &reset(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &closed(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_name_reset", Screen::Failed)
        .against(&["http_name_closed"]),
        Story::new(
            "request_closed_by_name_of_a_site_that_refuses_everybody",
            HTTP,
            "The site refuses everybody, the control too; the beacon's block shows that the name is closed as well.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(403, "Forbidden")))])
        .inside(http_block(ON_BEACON, BEACON, &closed(), &beacon()))
        .outside([system(&[SITE]), connect_80(SITE, None), fetch(HTTP, SITE, Ok(page(403, "Forbidden")))])
        .concludes("http_name_closed", Screen::Failed)
        .against(&["http_server_refuses"]),
        Story::new(
            "request_closed_by_name_at_the_site_alone",
            HTTP,
            "The site's address closes on the target's name and answers neutral ones; the project's server answers all. Servers close like that on readers whom they do not serve.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, closed())])
        .inside(http_block(ON_SITE, SITE, &closed(), &news()))
        .inside(http_block(ON_BEACON, BEACON, &beacon(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_name_closed"]),
        Story::new(
            "robot_check_where_a_redirect_on_the_way_led",
            HTTP,
            "A page over plain HTTP sends the reader to another host, which asks him to prove that he is human; the control was not sent there.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(onward(page(302, ""), "https://notice.test/")))])
        .inside([fetch_as(hop, "https://notice.test/", SITE, Ok(secure(403, "Just a moment...")))])
        .outside(up_outside_http())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_server_refuses"]),
        Story::new(
            "request_closed_whatever_the_name",
            HTTP,
            "The project's own server seems to close on every name: it does not follow the target's.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, closed())])
        .inside(http_block(ON_BEACON, BEACON, &closed(), &closed()))
        .outside(up_outside_http())
        .concludes("http_failed", Screen::Failed)
        .against(&["http_name_closed"]),
        Story::new(
            "request_reset_by_name_of_a_site_that_refuses_everybody",
            HTTP,
            "The site refuses everybody, the control too; the beacon's block shows that the name is reset as well.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(403, "Forbidden")))])
        .inside(http_block(ON_BEACON, BEACON, &reset(), &beacon()))
        .outside([system(&[SITE]), connect_80(SITE, None), fetch(HTTP, SITE, Ok(page(403, "Forbidden")))])
        .concludes("http_name_reset", Screen::Failed)
        .against(&["http_server_refuses"]),
        Story::new(
            "contrast_although_the_page_is_the_controls",
            HTTP,
            "The page that came is the one that the control saw; the beacon's block alone does not outweigh it.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, news())])
        .inside(http_block(ON_BEACON, BEACON, &stand_in(), &beacon()))
        .outside(up_outside_http())
        .concludes("http_reached", Screen::Passed)
        .against(&["http_injected"]),
        Story::new(
            "plain_refusal_here_only",
            HTTP,
            "Over plain HTTP anybody can refuse; the control is let in.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(403, "Forbidden")))])
        .outside(up_outside_http())
        .concludes("http_differs", Screen::Unclear)
        .against(&["http_server_refuses"]),
        Story::new(
            "plain_refusal_here_and_outside",
            HTTP,
            "The site refuses the control as well.",
        )
        .inside(resolved())
        .inside([fetch(HTTP, SITE, Ok(page(403, "Forbidden")))])
        .outside([system(&[SITE]), connect_80(SITE, None), fetch(HTTP, SITE, Ok(page(403, "No")))])
        .concludes("http_server_refuses", Screen::Excused)
        .against(&["http_differs", "http_reached"]),
        Story::new(
            "page_at_an_address_that_nobody_vouches_for",
            HTTP,
            "The page came from an address that only the system's resolver gave: nothing is claimed from it, not even by its mark.",
        )
        .inside([system(&[STRANGE]), connect_80(STRANGE, None)])
        .inside([fetch(HTTP, STRANGE, Ok(page(200, "Access restricted")))])
        .outside(up_outside_http())
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["http_injected", "http_differs", "tcp_connected"]),
    ]
}

fn reached() -> Vec<Observation> {
    vec![system(&[SITE]), doh(&[SITE]), connect(SITE, None), shake(SITE, Ok(trusted()))]
}

fn resolved() -> Vec<Observation> {
    vec![system(&[SITE]), doh(&[SITE]), connect_80(SITE, None)]
}

fn failing_outside() -> Vec<Observation> {
    vec![
        system(&[SITE]),
        connect(SITE, None),
        shake(SITE, Ok(trusted())),
        fetch(HTTPS, SITE, Ok(secure(502, "Bad Gateway"))),
    ]
}
