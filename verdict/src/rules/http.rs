//! What pages from vouched addresses say, and blocks of two names over plain HTTP.

use std::collections::BTreeSet;

use record::{Failure, Layer, Observation, Onward, Page, State, Target, plain};

use super::Rule;
use crate::blocks::{End, Tried, is_marked};
use crate::contrast::contrast;
use crate::journey::Journey;
use crate::side::is_trusted_page;
use crate::vouch::vouched;
use crate::{Case, Channel, Screen};

/// The site's page came: by a valid certificate, or over plain HTTP the one that the control saw.
pub(super) static REACHED: Rule = Rule {
    id: "http_reached",
    layer: Some(Layer::Http),
    claims: State::Ok,
    screen: Screen::Passed,
    holds: |case| {
        let (at, page, is_vouched) = landing(case)?;
        let outside = case.outside().and_then(Journey::of);
        let there = outside.as_ref().and_then(Journey::landing).map(|(_, _, page)| *page);
        let same = there.is_some_and(|there| is_same(page, there));
        if sends_on(page) {
            return None;
        }
        let reached = page.status < 500 && !refuses(page);
        let own = (is_vouched && reached) || (same && there.is_some_and(|there| !refuses(there)));
        (own && page.status < 500).then(|| vec![at])
    },
};

/// Another page stands in for the site's: the target's name gets it in place of the beacon's answer,
/// or it bears a listed mark and the control does not see it.
pub(super) static INJECTED: Rule = Rule {
    id: "http_injected",
    layer: Some(Layer::Http),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| replaced(case).or_else(|| marked(case)),
};

/// Requests with the target's name get no answer; with a neutral name they do.
pub(super) static NAME_DROPPED: Rule = Rule {
    id: "http_name_dropped",
    layer: Some(Layer::Http),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| named(case, End::Failed(Failure::Timeout)),
};

/// Requests with the target's name are reset; with a neutral name they are not.
pub(super) static NAME_RESET: Rule = Rule {
    id: "http_name_reset",
    layer: Some(Layer::Http),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| named(case, End::Failed(Failure::Reset)),
};

/// On the project's own server, connections are closed on requests with the target's name; with a neutral
/// name they are not. At the site's own address that says nothing: servers close like that on readers whom
/// they do not serve.
pub(super) static NAME_CLOSED: Rule = Rule {
    id: "http_name_closed",
    layer: Some(Layer::Http),
    claims: State::Interference,
    screen: Screen::Failed,
    holds: |case| {
        contrast(case, over_http(Channel::Beacon), |end| end == End::Failed(Failure::Closed))
    },
};

/// The site itself refuses this client or this country, or asks it to prove that it is human.
///
/// Over plain HTTP anybody can write that, so there the control must be refused alike, or the page be the
/// robot check of a known maker on the target's own host, or where the control was led too: those who stand
/// in between show their own pages, or lead elsewhere.
pub(super) static SERVER_REFUSES: Rule = Rule {
    id: "http_server_refuses",
    layer: Some(Layer::Http),
    claims: State::Server,
    screen: Screen::Excused,
    holds: |case| {
        let (at, page, is_vouched) = landing(case)?;
        let outside = case.outside().and_then(Journey::of);
        let there = outside.as_ref().and_then(Journey::landing).map(|(_, _, page)| *page);
        let alike = there.is_some_and(|there| there.status == page.status);
        let is_at_home = journey(case)
            .is_some_and(|journey| journey.lands_at_home(case.inside(), outside.as_ref()));
        let is_own_check = is_check(page) && is_at_home;
        (is_own_check || (refuses(page) && (is_vouched || alike))).then(|| vec![at])
    },
};

/// The site's own redirects end nowhere: in a circle, at no web address, or never. Over plain HTTP
/// anybody can write that, so there the control must be sent alike.
pub(super) static REDIRECT_BROKEN: Rule = Rule {
    id: "http_redirect_broken",
    layer: Some(Layer::Http),
    claims: State::Server,
    screen: Screen::Excused,
    holds: |case| {
        let inside = journey(case)?;
        let outside = case.outside().and_then(Journey::of);
        let alike = outside.is_some_and(|outside| {
            case.control.is_some_and(|control| ends_nowhere(control, &outside))
        });
        let is_vouched = landing(case).is_some_and(|(_, _, is_vouched)| is_vouched);
        let own = is_vouched || alike;
        (own && ends_nowhere(case.seen, &inside)).then(|| last(&inside))
    },
};

/// No page comes here, or only the server's own failure, and the control fares alike.
pub(super) static DOWN: Rule = Rule {
    id: "http_down",
    layer: Some(Layer::Http),
    claims: State::Down,
    screen: Screen::Excused,
    holds: |case| {
        let outside = Journey::of(case.outside()?)?;
        let inside = journey(case)?;
        (fails(&outside) && fails(&inside)).then(|| last(&inside))
    },
};

/// A page came that nothing shows to be the site's: it is not the one that the control saw, or no
/// control is known and no certificate speaks for it.
pub(super) static DIFFERS: Rule = Rule {
    id: "http_differs",
    layer: Some(Layer::Http),
    claims: State::Inconclusive,
    screen: Screen::Unclear,
    holds: |case| landing(case).map(|(at, _, _)| vec![at]),
};

/// No page came, and nothing tells why.
pub(super) static FAILED: Rule = Rule {
    id: "http_failed",
    layer: Some(Layer::Http),
    claims: State::Inconclusive,
    screen: Screen::Failed,
    holds: |case| journey(case).map(|journey| last(&journey)),
};

/// The agent's journey, where it began at a vouched address.
fn journey<'a>(case: &Case<'a>) -> Option<Journey<'a>> {
    let vouched = vouched(case);
    let mut fetches = case.inside().fetches();
    let began = fetches.any(|(_, seen)| vouched.contains(&plain(seen.step.to.ip())));
    Journey::of(case.inside()).filter(|_| began)
}

/// The last page, its position, and whether it is the site's own word.
fn landing<'a>(case: &Case<'a>) -> Option<(usize, &'a Page, bool)> {
    let journey = journey(case)?;
    let outside = case.outside().and_then(Journey::of);
    let is_vouched = journey.is_vouched_for(case.inside(), outside.as_ref());
    journey.landing().map(|(at, _, page)| (*at, *page, is_vouched))
}

fn fails(journey: &Journey<'_>) -> bool {
    journey.landing().is_none_or(|(_, _, page)| page.status >= 500 && !refuses(page))
}

fn last(journey: &Journey<'_>) -> Vec<usize> {
    match journey.landing() {
        Some((at, _, _)) => vec![*at],
        None => journey.broken.clone(),
    }
}

/// Selects blocks of plain requests.
fn over_http(channel: Channel) -> impl Fn(&Tried) -> bool {
    move |tried| tried.channel == channel && tried.layer() == Layer::Http
}

/// Returns the attempts that show an end to follow the name. At the site's own address they count only where
/// requests with the name fail on the project's own server, too: servers drop and reset readers whom they
/// do not serve, and no router tells how far a plain request came.
fn named(case: &Case<'_>, end: End) -> Option<Vec<usize>> {
    let beside = contrast(case, over_http(Channel::Beacon), |ended| ended != End::Passed)?;
    let on = |channel| contrast(case, over_http(channel), |ended| ended == end);
    let found = [on(Channel::Site), on(Channel::Beacon)].into_iter().flatten().flatten();
    let found: BTreeSet<usize> = found.collect();
    let because = || found.iter().copied().chain(beside).collect::<BTreeSet<usize>>();
    (!found.is_empty()).then(|| because().into_iter().collect())
}

/// Returns the attempts that show another page to stand in for the name's. At the site's own address that
/// needs a control which is shown no such page: it may be what the site says under its name.
fn replaced(case: &Case<'_>) -> Option<Vec<usize>> {
    let unmarked = is_unmarked_outside(case);
    let by_name = |tried: &Tried| {
        let counts =
            tried.channel == Channel::Beacon || (tried.channel == Channel::Site && unmarked);
        counts && tried.layer() == Layer::Http
    };
    contrast(case, by_name, |ended| ended == End::Replaced)
}

/// Returns the pages of the journey that bear a listed mark and no valid certificate.
fn marked(case: &Case<'_>) -> Option<Vec<usize>> {
    let is_marked = |page: &Page| is_marked(page, &case.known.pages);
    if !is_unmarked_outside(case) {
        return None;
    }
    let journey = journey(case)?;
    let pages = journey.pages.iter().filter(|(_, _, page)| !is_trusted_page(page));
    let found: Vec<usize> =
        pages.filter(|(_, _, page)| is_marked(page)).map(|(at, _, _)| *at).collect();
    (!found.is_empty()).then_some(found)
}

/// Returns whether a control was shown the site without a listed mark on any page: else nothing shows that
/// a page with one is not the site's own.
fn is_unmarked_outside(case: &Case<'_>) -> bool {
    let is_marked = |page: &Page| is_marked(page, &case.known.pages);
    let outside = case.outside().and_then(Journey::of);
    outside.is_some_and(|outside| !outside.pages.iter().any(|(_, _, page)| is_marked(page)))
}

/// Returns whether a journey's end is a redirect that leads nowhere: to no web address, back to where
/// the journey has been, or one more than is ever followed. A journey that was merely cut short, or
/// leads where it is not followed, shows nothing.
fn ends_nowhere(seen: &[Observation], journey: &Journey<'_>) -> bool {
    let astray = |at: &usize| {
        let failure = seen.get(*at).and_then(Observation::failure);
        matches!(failure, Some(Failure::TooManyRedirects | Failure::BadRedirect))
    };
    let Some((at, _, page)) = journey.landing() else {
        return journey.broken.iter().any(astray);
    };
    let url = |at: usize| seen.get(at)?.as_fetch().map(|fetch| &fetch.step.url);
    let Some(from) = url(*at) else { return false };
    match page.onward(from) {
        Some(Onward::Nowhere) => true,
        Some(Onward::To(onward)) => {
            let been = journey.pages.iter().filter_map(|(at, _, _)| url(*at));
            let circle = is_whole(from, &onward) && been.into_iter().any(|been| *been == onward);
            circle || journey.pages.len() > REDIRECTS
        }
        Some(Onward::Unfollowed) | None => false,
    }
}

/// Returns whether a redirect's address is known whole: towards another site agents leave out the
/// query, which may hold the client's address.
fn is_whole(from: &Target, onward: &Target) -> bool {
    from.host().site() == onward.host().site()
}

/// Returns whether a page sends its reader on, wherever to.
fn sends_on(page: &Page) -> bool {
    matches!(page.status, 301 | 302 | 303 | 307 | 308)
}

/// Returns whether a page refuses its reader: 403, 429 and 451, or a robot check.
fn refuses(page: &Page) -> bool {
    let begins = ROBOT_CHECKS.iter().any(|(begins, _)| title(page).starts_with(begins));
    matches!(page.status, 403 | 429 | 451) || is_check(page) || (begins && page.status != 200)
}

/// Returns whether a page is a known maker's robot check by its header or by its whole title: other pages
/// are called alike.
fn is_check(page: &Page) -> bool {
    ROBOT_CHECKS.iter().any(|(_, whole)| title(page) == *whole)
        || page.headers.get("cf-mitigated").is_some_and(|what| what == "challenge")
}

fn title(page: &Page) -> &str {
    page.title.as_deref().unwrap_or_default().trim()
}

/// Returns whether two pages are the same as far as a site's pages ever are: the same status, and
/// the same body, nearly the same words, the same title, or without titles about the same length.
fn is_same(one: &Page, other: &Page) -> bool {
    let (short, long) = (one.bytes.min(other.bytes), one.bytes.max(other.bytes));
    let alike = match (&one.title, &other.title) {
        (Some(one), Some(other)) => one.trim() == other.trim(),
        // OONI takes seven tenths as well ("body proportion").
        (None, None) => short.saturating_mul(10) >= long.saturating_mul(7),
        (Some(_), None) | (None, Some(_)) => false,
    };
    let words = one.similarity.zip(other.similarity);
    let near = words.is_some_and(|(one, other)| one.distance(other) <= NEAR_BITS);
    one.status == other.status && (one.body == other.body || near || alike)
}

/// Differing bits of two similarity hashes of 64 up to which two pages are near duplicates (Manku, Jain and
/// Das Sarma, "Detecting Near-Duplicates for Web Crawling", 2007).
const NEAR_BITS: u32 = 3;
/// How titles of robot checks begin, and whole ones (Cloudflare's, DDoS-Guard's).
const ROBOT_CHECKS: &[(&str, &str)] = &[
    ("Just a moment", "Just a moment..."),
    ("Attention Required!", "Attention Required! | Cloudflare"),
    ("DDoS-Guard", "DDoS-Guard"),
];
/// Redirects that agents follow where nobody sets another number.
const REDIRECTS: usize = 5;
