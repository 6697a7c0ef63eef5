//! The pages of a screen, from the target's own through its redirects to the last.

use record::{Host, Observation, Page, Part};

use crate::side::{Side, is_trusted_page};

/// The pages that a screen came by.
#[derive(Clone, Debug)]
pub(crate) struct Journey<'a> {
    /// Every page with its position and its host, the target's own first.
    pub(crate) pages: Vec<(usize, Host, &'a Page)>,
    /// The observations of the last stage that bring no page; none when the last page was reached.
    pub(crate) broken: Vec<usize>,
}

impl<'a> Journey<'a> {
    /// Retraces a side's journey; none when no page was asked for and no redirect followed.
    pub(crate) fn of(side: Side<'a>) -> Option<Self> {
        let first = side.fetches().collect::<Vec<_>>();
        let mut stages = vec![first.iter().map(|(at, _)| *at).collect::<Vec<usize>>()];
        let last = side.seen.iter().filter_map(hop).max().unwrap_or(0);
        for number in 1..=last {
            let of_hop = side.seen.iter().enumerate().filter(|(_, seen)| hop(seen) == Some(number));
            stages.push(of_hop.map(|(at, _)| at).collect());
        }
        let page = |at: &usize| {
            let fetch = side.seen.get(*at)?.as_fetch()?;
            Some((*at, fetch.step.url.host(), fetch.outcome.as_ref().ok()?))
        };
        let pages: Vec<_> = stages.iter().filter_map(|stage| stage.iter().find_map(page)).collect();
        let end = stages.pop().unwrap_or_default();
        let broken = if end.iter().any(|at| page(at).is_some()) { Vec::new() } else { end };
        (!pages.is_empty() || !broken.is_empty()).then_some(Self { pages, broken })
    }

    /// The last page, where the journey reached one.
    pub(crate) fn landing(&self) -> Option<&(usize, Host, &'a Page)> {
        self.pages.last().filter(|_| self.broken.is_empty())
    }

    /// Returns whether the last page is the site's own word: a valid certificate stands for it, and
    /// either for every page that led there, or it is the page of the target's own host or of the
    /// host where the control's journey ended.
    pub(crate) fn is_vouched_for(&self, side: Side<'_>, outside: Option<&Journey<'_>>) -> bool {
        let Some((_, _, page)) = self.landing() else { return false };
        let led_there = self.pages.iter().all(|(_, _, page)| is_trusted_page(page));
        is_trusted_page(page) && (led_there || self.lands_at_home(side, outside))
    }

    /// Returns whether the last page is that of the target's own host, or of the one where the control's
    /// journey ended.
    pub(crate) fn lands_at_home(&self, side: Side<'_>, outside: Option<&Journey<'_>>) -> bool {
        let Some((_, host, _)) = self.landing() else { return false };
        let there = outside.and_then(Journey::landing).map(|(_, there, _)| there);
        bare(host) == bare(&side.target.host()) || there == Some(host)
    }
}

fn hop(seen: &Observation) -> Option<u8> {
    match seen.part() {
        Part::Hop { number } => Some(number),
        Part::Screen | Part::Before | Part::After => None,
        Part::SiteBlock { .. } | Part::BeaconBlock { .. } | Part::Block { .. } => None,
        Part::Variation | Part::OverQuic => None,
    }
}

/// Returns the host without a leading `www.`.
pub(crate) fn bare(host: &Host) -> &str {
    host.as_str().strip_prefix("www.").unwrap_or(host.as_str())
}
