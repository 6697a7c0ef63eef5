//! Cases about names, addresses and the run itself.

use record::{Failure, Observation, Part, Resolver, Transport, Trust, VoidReason};
use verdict::{Answerer, Screen};

use crate::build::*;
use crate::der::Certificate;
use crate::story::{AUTHORITY, Story};

/// Cases about the run.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn void() -> Vec<Story> {
    let good = "https://good.test/";
    let before = |page| fetch_as(Part::Before, good, "192.0.2.99", page);
    let dropped =
        || [system(&[SITE]), doh(&[SITE]), connect(SITE, None), shake(SITE, Err(Failure::Timeout))];
    let state_root = Certificate::issued(&AUTHORITY, "good.test", 9);
    vec![
        Story::new(
            "control_site_fails",
            HTTPS,
            "The known-good site beside the screen fails too: the line is at fault, whatever became of the target.",
        )
        .inside([before(Err(Failure::Timeout))])
        .inside(dropped())
        .outside(up_outside())
        .concludes("void_controls", Screen::Void)
        .against(&["tls_failed"]),
        Story::new(
            "control_site_fails_in_a_tunnel",
            HTTPS,
            "Both a known-good site and the self-checks void the run. What was seen comes first: it names observations.",
        )
        .inside([before(Err(Failure::Timeout))])
        .inside(dropped())
        .outside(up_outside())
        .void(VoidReason::Tunnel)
        .concludes("void_controls", Screen::Void)
        .against(&["void_run"]),
        Story::new("tunnel", HTTPS, "The agent is behind a VPN: it measures another network.")
            .inside([before(Ok(secure(200, "Good")))])
            .inside(dropped())
            .outside(up_outside())
            .void(VoidReason::Tunnel)
            .concludes("void_run", Screen::Void)
            .against(&["void_controls", "tls_failed"]),
        Story::new(
            "control_site_intercepted",
            HTTPS,
            "A listed authority intercepts even the known-good site. That is no fault of the line, so the measurement counts.",
        )
        .inside([before(Ok(record::Page {
            session: Some(untrusted(&[&state_root])),
            ..page(200, "Good")
        }))])
        .inside(dropped())
        .outside(up_outside())
        .with_certificates(&[&state_root])
        .concludes("tls_failed", Screen::Failed)
        .against(&["void_controls", "void_run", "tls_interception_listed"]),
        Story::new(
            "every_site_intercepted",
            HTTPS,
            "A listed authority ends TLS for the known-good site as well as for the target: no page was asked for anywhere, and the certificates prove themselves.",
        )
        .inside([
            before(Err(Failure::BadMessage)),
            shake_as(Part::Before, "good.test", "192.0.2.99", Ok(untrusted(&[&state_root]))),
        ])
        .inside(crate::tls::resolved())
        .inside([shake(SITE, Ok(untrusted(&[&state_root])))])
        .with_certificates(&[&state_root])
        .concludes("tls_interception_listed", Screen::Failed)
        .against(&["void_controls"]),
        Story::new(
            "control_site_shows_an_unknown_certificate",
            HTTPS,
            "The known-good site brings a page under a certificate that nobody knows: a portal of the local network, perhaps.",
        )
        .inside([before(Ok(record::Page {
            session: Some(untrusted(&[&Certificate::self_issued("portal.test", 9)])),
            ..page(200, "Log in")
        }))])
        .inside(dropped())
        .outside(up_outside())
        .concludes("void_controls", Screen::Void),
        Story::new("nothing_seen", HTTPS, "Nothing was seen; nothing is claimed.")
            .concludes("no_rule", Screen::Unclear)
            .against(&["dns_no_answer", "tcp_unreachable", "http_failed"]),
        Story::new(
            "nobody_vouches_and_the_system_was_not_asked",
            HTTPS,
            "One resolver alone gives an address, without HTTPS, and no control is known: what answers there says nothing.",
        )
        .inside([udp(&[STRANGE]), connect(STRANGE, None), shake(STRANGE, Err(Failure::Reset))])
        .concludes("no_rule", Screen::Unclear)
        .against(&["tcp_connected", "tls_failed"]),
    ]
}

/// Cases about lookups.
#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(crate) fn dns() -> Vec<Story> {
    let reached = || {
        [
            connect(SITE, None),
            shake(SITE, Ok(trusted())),
            fetch(HTTPS, SITE, Ok(secure(200, "News"))),
        ]
    };
    let foreign = Certificate::public("other.test");
    let wrong_name = || session(Trust::WrongName, &[&Certificate::public("other.test")]);
    vec![
        Story::new(
            "forged_answer_of_a_known_address",
            HTTPS,
            "The system's resolver gives an address that forged answers are known to give; the control does not have it.",
        )
        .inside([system(&["203.0.113.99"]), udp(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_unvouched", "dns_consistent"]),
        Story::new(
            "forged_answer_of_a_listed_alias",
            HTTPS,
            "The system's resolver makes the site an alias of a host that forged answers are known to name; the control's does not.",
        )
        .inside([aliased("www.Notice.test.", &[STRANGE]), udp(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_unvouched", "dns_consistent"]),
        Story::new(
            "listed_alias_outside_too",
            HTTPS,
            "The control's resolver makes the site an alias of the listed host as well: the site's own doing.",
        )
        .inside([aliased("notice.test.", &[SITE]), udp(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .outside([aliased("notice.test.", &[SITE]), connect(SITE, None), shake(SITE, Ok(trusted()))])
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_forged_answer"]),
        Story::new(
            "alias_that_only_ends_alike",
            HTTPS,
            "The site is an alias of a host whose name merely ends with a listed one's letters.",
        )
        .inside([aliased("mynotice.test.", &[SITE]), udp(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_forged_answer"]),
        Story::new(
            "forged_answer_of_a_private_address",
            HTTPS,
            "The resolver gives an address that no public site can have. Nothing is claimed from what is never connected to.",
        )
        .inside([system(&["10.10.34.35"]), udp(&["10.10.34.35"]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["tcp_unreachable"]),
        Story::new(
            "forged_answer_that_came_first",
            HTTPS,
            "Two answers came to one question: first a strange one, then one that the control has. Somebody on the way was quicker than the resolver.",
        )
        .inside([system(&[SITE]), answered("quad", Transport::Udp, &[&[STRANGE], &[SITE]])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_consistent"]),
        Story::new(
            "forged_answer_outdone_by_a_certificate",
            HTTPS,
            "The system's resolver gives an address that shows somebody else's certificate; the address that the control and another resolver agree on shows the site's.",
        )
        .inside([system(&[STRANGE]), udp(&[SITE]), doh(&[SITE])])
        .inside([connect(STRANGE, None), shake(STRANGE, Ok(wrong_name()))])
        .inside(reached())
        .outside(up_outside())
        .with_certificates(&[&foreign])
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["tls_untrusted", "dns_unvouched"]),
        Story::new(
            "strange_answer_outdone_by_a_certificate_behind_a_router",
            HTTPS,
            "The same behind a router at home, which asks the provider's resolver in the end: a filter in the router may have answered.",
        )
        .asking(Answerer::ProviderBehind)
        .inside([system(&[STRANGE]), udp(&[SITE]), doh(&[SITE])])
        .inside([connect(STRANGE, None), shake(STRANGE, Ok(wrong_name()))])
        .inside(reached())
        .outside(up_outside())
        .with_certificates(&[&foreign])
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer"]),
        Story::new(
            "forged_answer_that_leads_nowhere",
            HTTPS,
            "The strange address does not even connect; the one that the control and another resolver agree on does.",
        )
        .inside([system(&[STRANGE]), udp(&[STRANGE]), doh(&[SITE])])
        .inside([connect(STRANGE, Some(Failure::Timeout))])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["tcp_unreachable", "dns_unvouched"]),
        Story::new(
            "forged_answer_and_dropped_name",
            HTTPS,
            "The lookup is forged, and on the site's own address the name is dropped: the headline is the lower layer's, and the upper one's claim stands beside it.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE]), udp(&[SITE])])
        .inside([connect(STRANGE, None), shake(STRANGE, Ok(wrong_name()))])
        .inside([connect(SITE, None), shake(SITE, Err(Failure::Timeout))])
        .inside(tls_block(ON_SITE, SITE, [const { Err(Failure::Timeout) }; 3], neutral_passes()))
        .outside(up_outside())
        .with_certificates(&[&foreign])
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["tls_failed"]),
        Story::new(
            "forged_answer_without_a_control",
            HTTPS,
            "The same strange answer, but no control says where the site really is: a question, not a claim.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE])])
        .inside([connect(STRANGE, Some(Failure::Timeout))])
        .inside(reached())
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer", "tcp_unreachable"]),
        Story::new(
            "another_address_of_the_same_site",
            HTTPS,
            "Sites are served from many places: the address differs from the control's, and a valid certificate stands for it.",
        )
        .inside([system(&[SITE_TOO]), connect(SITE_TOO, None), shake(SITE_TOO, Ok(trusted()))])
        .inside([fetch(HTTPS, SITE_TOO, Ok(secure(200, "News")))])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_forged_answer", "dns_unvouched"]),
        Story::new(
            "another_address_of_a_site_whose_name_is_dropped",
            HTTPS,
            "The resolvers give different addresses of one site and the name is dropped at all of them alike: nothing shows that one answer is worse than the other.",
        )
        .inside([system(&[SITE_TOO]), doh(&[SITE]), connect(SITE_TOO, None), connect(SITE, None)])
        .inside([shake(SITE_TOO, Err(Failure::Timeout)), shake(SITE, Err(Failure::Timeout))])
        .outside(up_outside())
        .concludes("dns_unvouched", Screen::Failed)
        .against(&["dns_forged_answer"]),
        Story::new(
            "denial_that_came_first",
            HTTPS,
            "A denial came first, and right behind it the resolver's own answer.",
        )
        .inside([system(&[SITE]), answered("quad", Transport::Udp, &[&[], &[SITE]])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_consistent"]),
        Story::new(
            "old_answer_of_a_cache",
            HTTPS,
            "The provider's resolver alone gives an address that no longer connects: caches hold old ones.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE]), udp(&[SITE])])
        .inside([connect(STRANGE, Some(Failure::Timeout))])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer"]),
        Story::new(
            "answer_of_a_filter_at_home",
            HTTPS,
            "The resolver at home gives an address that no site has; public ones give the site's. Filters for advertising answer so.",
        )
        .inside([system(&["0.0.0.0"]), doh(&[SITE]), udp(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .asking(Answerer::ProviderBehind)
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer"]),
        Story::new(
            "answer_of_a_filter_at_home_for_a_site_that_is_dropped",
            HTTPS,
            "A filter at home answers, a public resolver gives another of the site's places, and the name is dropped: of the lookup nothing is proven.",
        )
        .inside([system(&["0.0.0.0"]), doh(&[SITE]), udp(&[SITE_TOO])])
        .inside([connect(SITE_TOO, None), shake(SITE_TOO, Err(Failure::Timeout))])
        .inside([connect(SITE, None), shake(SITE, Err(Failure::Timeout))])
        .outside(up_outside())
        .asking(Answerer::Unknown)
        .concludes("dns_unvouched", Screen::Failed)
        .against(&["dns_forged_answer"]),
        Story::new(
            "denial_by_a_filter_at_home",
            HTTPS,
            "The resolver at home denies the name; public ones know it.",
        )
        .inside([system(&[]), udp(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .asking(Answerer::Unknown)
        .concludes("dns_no_answer", Screen::Failed)
        .against(&["dns_name_denied"]),
        Story::new(
            "denial_on_the_way",
            HTTPS,
            "The resolver at home denies the name, and so does a public one that is asked over UDP; over HTTPS it does not.",
        )
        .inside([system(&[]), answered("quad", Transport::Udp, &[&[]]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .asking(Answerer::Unknown)
        .concludes("dns_name_denied", Screen::Failed),
        Story::new(
            "denial_of_a_public_resolvers_own",
            HTTPS,
            "The resolver at home denies the name, and a public one does so over UDP; another gives an address over HTTPS. Some public resolvers filter by themselves.",
        )
        .inside([system(&[]), answered("strict", Transport::Udp, &[&[]]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .asking(Answerer::Unknown)
        .concludes("dns_no_answer", Screen::Failed)
        .against(&["dns_name_denied"]),
        Story::new(
            "denial_of_a_filter_that_answers_for_every_resolver",
            HTTPS,
            "The router at home sends all questions to a filter: it denies the name in every resolver's place, and answers where no resolver runs under any name.",
        )
        .inside([system(&[]), answered("quad", Transport::Udp, &[&[]]), doh(&[SITE])])
        .inside(reached())
        .inside([to_nobody("news.test", Some(&[])), to_nobody("bcdf.test", Some(&[SITE]))])
        .inside([to_nobody("cdfg.test", Some(&[SITE]))])
        .outside(up_outside())
        .asking(Answerer::Unknown)
        .concludes("dns_no_answer", Screen::Failed)
        .against(&["dns_name_denied", "dns_injected"]),
        Story::new(
            "answer_on_the_way_to_another_networks_resolver",
            HTTPS,
            "The line asks a resolver of another network; it and a public one over UDP give a strange address, which somebody on the way gives for both.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE]), udp(&[STRANGE])])
        .inside([connect(STRANGE, None), shake(STRANGE, Ok(wrong_name()))])
        .inside(reached())
        .outside(up_outside())
        .with_certificates(&[&foreign])
        .asking(Answerer::Unknown)
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_unvouched"]),
        Story::new(
            "answer_where_no_resolver_runs_and_one_neutral_question",
            HTTPS,
            "A question to an address that runs no resolver is answered, the single one under a neutral name is not: it may have been lost.",
        )
        .inside([system(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .inside([to_nobody("news.test", Some(&[STRANGE])), to_nobody("bcdf.test", None)])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_injected"]),
        Story::new(
            "answer_of_another_networks_resolver",
            HTTPS,
            "The line asks a resolver of another network, which shows a page of its own for what it filters.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE]), udp(&[SITE])])
        .inside([connect(STRANGE, None), shake(STRANGE, Ok(wrong_name()))])
        .inside(reached())
        .outside(up_outside())
        .with_certificates(&[&foreign])
        .asking(Answerer::Unknown)
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer"]),
        Story::new(
            "answer_from_where_no_resolver_runs",
            HTTPS,
            "A question to an address that runs no resolver is answered, those for neutral names are not: the answer was made on the way. No control is known.",
        )
        .inside([system(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .inside([to_nobody("news.test", Some(&[STRANGE]))])
        .inside([to_nobody("bcdf.test", None), to_nobody("cdfg.test", None)])
        .concludes("dns_injected", Screen::Unclear)
        .against(&["dns_consistent"]),
        Story::new(
            "answers_from_where_no_resolver_runs_whatever_the_name",
            HTTPS,
            "Questions to an address that runs no resolver are answered under every name: the router at home answers for all resolvers.",
        )
        .inside([system(&[SITE]), doh(&[SITE])])
        .inside(reached())
        .inside([to_nobody("news.test", Some(&[SITE])), to_nobody("bcdf.test", Some(&[]))])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_injected"]),
        Story::new(
            "name_denied_and_denied_on_the_way",
            HTTPS,
            "The provider's resolver denies the name, and so does whoever answers where no resolver runs.",
        )
        .inside([system(&[]), udp(&[SITE])])
        .inside(reached())
        .inside([to_nobody("news.test", Some(&[]))])
        .inside([to_nobody("bcdf.test", None), to_nobody("cdfg.test", None)])
        .outside(up_outside())
        .concludes("dns_name_denied", Screen::Failed),
        Story::new(
            "name_that_is_gone_and_denied_on_the_way",
            HTTPS,
            "The control's resolver denies the name as well, but somebody on the way does so too.",
        )
        .inside([system(&[])])
        .inside([to_nobody("news.test", Some(&[]))])
        .inside([to_nobody("bcdf.test", None), to_nobody("cdfg.test", None)])
        .outside([system(&[])])
        .concludes("dns_injected", Screen::Unclear)
        .against(&["dns_down"]),
        Story::new(
            "redirect_to_a_name_that_is_denied",
            HTTPS,
            "The site leads to another host, whose name the provider's resolver denies; over HTTPS, and for the control, it exists.",
        )
        .inside(led())
        .inside([of_hop("system", Transport::System, "paper.test", &[])])
        .inside([of_hop(Resolver::PROVIDER, Transport::Udp, "paper.test", &[])])
        .inside([of_hop("quad", Transport::Doh, "paper.test", &[SITE_TOO])])
        .outside(led_outside())
        .concludes("dns_redirect_denied", Screen::Failed)
        .against(&["dns_redirect_no_answer", "dns_consistent"]),
        Story::new(
            "redirect_to_a_name_that_the_system_alone_denies",
            HTTPS,
            "The system says that the host does not exist, and the provider's resolver, asked directly, gives its address: systems report other failures as denials.",
        )
        .inside(led())
        .inside([of_hop("system", Transport::System, "paper.test", &[])])
        .inside([of_hop(Resolver::PROVIDER, Transport::Udp, "paper.test", &[SITE_TOO])])
        .inside([of_hop("quad", Transport::Doh, "paper.test", &[SITE_TOO])])
        .outside(led_outside())
        .concludes("dns_redirect_no_answer", Screen::Failed)
        .against(&["dns_redirect_denied"]),
        Story::new(
            "redirect_to_a_name_that_is_denied_at_home",
            HTTPS,
            "The same, but whose the resolver is that denies the name is not known: filters at home do so too.",
        )
        .inside(led())
        .inside([of_hop("system", Transport::System, "paper.test", &[])])
        .inside([of_hop(Resolver::PROVIDER, Transport::Udp, "paper.test", &[])])
        .inside([of_hop("quad", Transport::Doh, "paper.test", &[SITE_TOO])])
        .outside(led_outside())
        .asking(Answerer::Unknown)
        .concludes("dns_redirect_no_answer", Screen::Failed)
        .against(&["dns_redirect_denied", "dns_consistent"]),
        Story::new(
            "redirect_to_a_name_with_an_address_that_no_site_has",
            HTTPS,
            "The system's resolver gives for the host that the site leads to an address that no site has; the control was not led there.",
        )
        .inside(led())
        .inside([of_hop("system", Transport::System, "paper.test", &["10.0.0.1"])])
        .inside([of_hop("quad", Transport::Doh, "paper.test", &[SITE_TOO])])
        .outside(up_outside())
        .concludes("dns_redirect_no_answer", Screen::Failed)
        .against(&["dns_redirect_denied", "dns_consistent"]),
        Story::new(
            "redirect_to_a_name_with_another_address",
            HTTPS,
            "The resolvers give different addresses of the host that the site leads to: sites are served from many places.",
        )
        .inside(led())
        .inside([of_hop("system", Transport::System, "paper.test", &[STRANGE])])
        .inside([of_hop("quad", Transport::Doh, "paper.test", &[SITE_TOO])])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_redirect_no_answer"]),
        Story::new(
            "redirect_to_a_name_that_is_denied_and_answers_on_the_way",
            HTTPS,
            "The name of the host that the site leads to is denied, and questions about the site's own are answered where no resolver runs: what is about the site's own name comes first.",
        )
        .inside(led())
        .inside([to_nobody("news.test", Some(&[]))])
        .inside([to_nobody("bcdf.test", None), to_nobody("cdfg.test", None)])
        .inside([of_hop("system", Transport::System, "paper.test", &[])])
        .inside([of_hop(Resolver::PROVIDER, Transport::Udp, "paper.test", &[])])
        .inside([of_hop("quad", Transport::Doh, "paper.test", &[SITE_TOO])])
        .outside(led_outside())
        .concludes("dns_injected", Screen::Unclear)
        .against(&["dns_redirect_denied"]),
        Story::new(
            "name_of_the_asker_itself",
            HTTPS,
            "Everybody everywhere is told an address that no site can have: the site has none.",
        )
        .inside([system(&["10.0.0.1"]), doh(&["10.0.0.1"])])
        .outside([system(&["10.0.0.1"])])
        .concludes("dns_down", Screen::Excused)
        .against(&["dns_consistent"]),
        Story::new(
            "name_of_the_asker_itself_where_nobody_outside_is_answered",
            HTTPS,
            "Inside everybody gives an address that no site can have, and outside the resolver fails: its failure is no word that the site has none.",
        )
        .inside([system(&["10.0.0.1"]), doh(&["10.0.0.1"])])
        .outside([failing(Transport::System)])
        .concludes("no_rule", Screen::Unclear)
        .against(&["dns_down"]),
        Story::new(
            "name_of_the_asker_itself_that_the_own_resolver_keeps_back",
            HTTPS,
            "The site has an address that no site can have; the provider's resolver gives none, as resolvers do that let no name lead into a home.",
        )
        .inside([system(&[]), doh(&["10.0.0.1"])])
        .outside([system(&["10.0.0.1"])])
        .concludes("dns_down", Screen::Excused)
        .against(&["dns_name_denied"]),
        Story::new(
            "forged_answers_for_a_name_that_is_gone",
            HTTPS,
            "The name exists nowhere, and somebody on the way gives it an address, whoever is asked.",
        )
        .inside([system(&[STRANGE]), udp(&[STRANGE]), doh(&[])])
        .inside([to_nobody("news.test", Some(&[STRANGE]))])
        .inside([to_nobody("bcdf.test", None), to_nobody("cdfg.test", None)])
        .outside([system(&[])])
        .concludes("dns_injected", Screen::Unclear)
        .against(&["dns_consistent"]),
        Story::new(
            "forged_answer_that_leads_nowhere_and_dropped_name",
            HTTPS,
            "The strange address, which a public resolver seems to give too, does not connect; the site's own does, though it gets no further.",
        )
        .inside([system(&[STRANGE]), udp(&[STRANGE]), doh(&[SITE])])
        .inside([connect(STRANGE, Some(Failure::Timeout)), connect(SITE, None)])
        .inside([shake(SITE, Err(Failure::Timeout))])
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_unvouched"]),
        Story::new(
            "another_address_at_which_the_handshake_fails",
            HTTPS,
            "The system's address connects, but the handshake fails there. What filters names may stand on one way and not on the other, so this does not show a forged answer.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE]), connect(STRANGE, None)])
        .inside([shake(STRANGE, Err(Failure::Timeout))])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer", "tls_failed"]),
        Story::new(
            "foreign_certificates_at_every_address",
            HTTPS,
            "The address that is vouched for shows a foreign certificate too: what is done here is done to the handshake, not to the answer.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE]), connect(STRANGE, None), connect(SITE, None)])
        .inside([shake(STRANGE, Ok(wrong_name())), shake(SITE, Ok(wrong_name()))])
        .outside(up_outside())
        .concludes("dns_unvouched", Screen::Failed)
        .against(&["dns_forged_answer"]),
        Story::new(
            "dead_address_of_a_site_that_is_served_from_many_places",
            HTTPS,
            "No resolver here gives what the control has: the site is served from other places here, and one of them is dead.",
        )
        .inside([system(&[STRANGE]), doh(&[SITE_TOO]), connect(STRANGE, Some(Failure::Timeout))])
        .inside([connect(SITE_TOO, None), shake(SITE_TOO, Ok(trusted()))])
        .inside([fetch(HTTPS, SITE_TOO, Ok(secure(200, "News")))])
        .outside(up_outside())
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_forged_answer"]),
        Story::new(
            "dead_address_beside_a_good_one",
            HTTPS,
            "One answer holds the site's address and a dead one: old records linger.",
        )
        .inside([system(&[STRANGE, SITE]), doh(&[SITE]), connect(STRANGE, Some(Failure::Timeout))])
        .inside(reached())
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["dns_forged_answer", "dns_unvouched"]),
        Story::new(
            "resolvers_divided_without_a_control",
            HTTPS,
            "Two resolvers give one address, two another, and no control is known: no majority vouches for either.",
        )
        .inside([system(&[STRANGE]), udp(&[STRANGE]), connect(STRANGE, None)])
        .inside(["three", "four"].map(|id| answered(id, Transport::Udp, &[&[SITE]])))
        .inside([shake(STRANGE, Err(Failure::Reset))])
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["tcp_connected", "tls_failed"]),
        Story::new(
            "resolvers_agreed_without_a_control",
            HTTPS,
            "Most resolvers agree on the address, and no control is known: that is the best there is.",
        )
        .inside([system(&[SITE]), udp(&[SITE]), connect(SITE, None)])
        .inside([answered("three", Transport::Udp, &[&[STRANGE]])])
        .inside([shake(SITE, Err(Failure::Reset))])
        .concludes("tls_failed", Screen::Failed)
        .against(&["dns_unvouched"]),
        Story::new(
            "no_address_by_the_systems_word_alone",
            HTTPS,
            "The system finds no address. It says so, too, where the question for IPv4 was lost and there is nothing over IPv6.",
        )
        .inside([without_address("system", Transport::System), doh(&[SITE]), connect(SITE, None)])
        .inside([shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .outside(up_outside())
        .concludes("dns_no_answer", Screen::Failed)
        .against(&["dns_name_denied"]),
        Story::new(
            "no_address_by_the_word_of_the_lines_own_resolver",
            HTTPS,
            "The line's own resolver, asked directly, says as well that there is no address; others find one.",
        )
        .inside([without_address("system", Transport::System)])
        .inside([without_address("provider", Transport::Udp), doh(&[SITE]), connect(SITE, None)])
        .inside([shake(SITE, Ok(trusted())), fetch(HTTPS, SITE, Ok(secure(200, "News")))])
        .outside(up_outside())
        .concludes("dns_name_denied", Screen::Failed)
        .against(&["dns_no_answer"]),
        Story::new(
            "name_denied",
            HTTPS,
            "The system's resolver says that there is no such name. The control and another resolver inside have it.",
        )
        .inside([system(&[]), udp(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_name_denied", Screen::Failed)
        .against(&["dns_no_answer", "dns_down"]),
        Story::new(
            "name_denied_and_forged_elsewhere",
            HTTPS,
            "The system's resolver denies the name, and a public resolver's answer is overtaken by a strange one. The forged answer is the stronger proof.",
        )
        .inside([system(&[]), answered("quad", Transport::Udp, &[&[STRANGE], &[SITE]]), doh(&[SITE])])
        .inside(reached())
        .outside(up_outside())
        .concludes("dns_forged_answer", Screen::Failed)
        .against(&["dns_name_denied"]),
        Story::new(
            "name_denied_everywhere",
            HTTPS,
            "The name exists neither here nor for the control.",
        )
        .inside([system(&[]), udp(&[])])
        .outside([system(&[])])
        .concludes("dns_down", Screen::Excused)
        .against(&["dns_name_denied", "dns_no_answer"]),
        Story::new(
            "name_denied_without_a_control",
            HTTPS,
            "Without a control the system's denial may be the truth of the moment: a question.",
        )
        .inside([system(&[]), doh(&[SITE])])
        .inside(reached())
        .concludes("dns_no_answer", Screen::Failed)
        .against(&["dns_name_denied", "dns_down"]),
        Story::new(
            "resolver_silent_here_and_outside",
            HTTPS,
            "Silence outside may be the control's own fault, so it does not say that the site is down.",
        )
        .inside([silent(Transport::System)])
        .outside([silent(Transport::System)])
        .concludes("dns_no_answer", Screen::Failed)
        .against(&["dns_down"]),
        Story::new(
            "resolver_gives_a_name_that_the_control_denies",
            HTTPS,
            "The control says that there is no such name; the resolver here gives an address that nobody vouches for.",
        )
        .inside([system(&[STRANGE]), connect(STRANGE, None), shake(STRANGE, Err(Failure::Reset))])
        .outside([system(&[])])
        .concludes("dns_unvouched", Screen::Unclear)
        .against(&["dns_down", "dns_no_answer", "tls_failed", "tcp_connected"]),
    ]
}

/// Cases about connections.
pub(crate) fn tcp() -> Vec<Story> {
    vec![
        Story::new(
            "address_dropped",
            HTTPS,
            "No address of the site answers here, the control connects. A connection carries no name, so this cannot be told from a fault on the way.",
        )
        .inside([system(&[SITE]), doh(&[SITE]), connect(SITE, Some(Failure::Timeout))])
        .outside(up_outside())
        .concludes("tcp_unreachable", Screen::Failed)
        .against(&["tcp_down", "tcp_connected", "tls_failed"]),
        Story::new(
            "address_answers_nowhere",
            HTTPS,
            "No address of the site answers, here or for the control.",
        )
        .inside([system(&[SITE]), connect(SITE, Some(Failure::Refused))])
        .outside([system(&[SITE]), connect(SITE, Some(Failure::Refused))])
        .concludes("tcp_down", Screen::Excused)
        .against(&["tcp_unreachable"]),
        Story::new(
            "one_address_of_two_answers",
            HTTPS,
            "One of the site's two addresses is unreachable here; the other brings the page. The site is reached, and the failing address is left aside.",
        )
        .inside([system(&[SITE, SITE_TOO]), connect(SITE, Some(Failure::Timeout))])
        .inside([connect(SITE_TOO, None), shake(SITE_TOO, Ok(trusted()))])
        .inside([fetch(HTTPS, SITE_TOO, Ok(secure(200, "News")))])
        .outside(up_outside())
        .concludes("http_reached", Screen::Passed)
        .against(&["tcp_unreachable"]),
        Story::new(
            "no_route_for_the_addresses_kind",
            HTTPS,
            "This machine has no route to the only address: that says nothing about the site.",
        )
        .inside([system(&["2001:db8::7"]), connect("2001:db8::7", Some(Failure::NoRoute))])
        .outside([system(&["2001:db8::7"]), connect("2001:db8::7", None)])
        .concludes("no_rule", Screen::Unclear)
        .against(&["tcp_unreachable", "tcp_down"]),
        Story::new(
            "one_address_here_and_none_outside",
            HTTPS,
            "An address answers here that does not answer the control, so the site is not down. An open connection alone is no site reached either.",
        )
        .inside([system(&[SITE, SITE_TOO]), connect(SITE, Some(Failure::Refused))])
        .inside([connect(SITE_TOO, None)])
        .outside([system(&[SITE, SITE_TOO]), connect(SITE, Some(Failure::Refused))])
        .concludes("no_rule", Screen::Unclear)
        .against(&["tcp_down"]),
    ]
}

fn neutral_passes() -> [Result<record::Session, Failure>; 3] {
    [(); 3].map(|()| Err(Failure::Alert))
}

/// What the agent sees of a site that leads to another host, and of the page there.
fn led() -> Vec<Observation> {
    let other = "https://paper.test/";
    let mut seen = crate::tls::resolved();
    seen.extend([shake(SITE, Ok(trusted()))]);
    seen.push(fetch(HTTPS, SITE, Ok(onward(secure(302, ""), other))));
    seen.push(fetch_as(Part::Hop { number: 1 }, other, SITE_TOO, Ok(secure(200, "News"))));
    seen
}

/// What the control sees of it.
fn led_outside() -> Vec<Observation> {
    let mut seen = up_outside();
    seen.push(of_hop("system", Transport::System, "paper.test", &[SITE_TOO]));
    seen
}
