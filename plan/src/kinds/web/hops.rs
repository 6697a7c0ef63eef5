//! The screen with its redirects.

use url::Url;

use record::{Page, Part, Resolver, Target, Transport};

use super::view::{View, system};
use super::visit::{Visit, visit};
use crate::Planned;

/// Returns what is due of the screen and of the redirects that it meets; nothing when it has ended.
///
/// A redirect ends the journey where it leads to something that is no web address, back to an
/// address that was visited, or further than the policy follows.
pub(super) fn due(view: View<'_>) -> Vec<Planned> {
    let policy = view.plan.policy;
    let mut target = view.job.target.clone();
    let mut visited = Vec::new();
    for number in 0..=policy.redirects {
        let visit = match number {
            0 => visit(view, &target, Part::Screen, &all_resolvers(view), policy.addresses),
            _ => {
                let most = policy.addresses.min(HOP_ADDRESSES);
                visit(view, &target, Part::Hop { number }, &two_resolvers(view), most)
            }
        };
        let page = match visit {
            Visit::Due(due) => return due,
            Visit::Ended(fetch) => fetch.and_then(|fetch| fetch.outcome.as_ref().ok()),
        };
        let Some(onward) = page.and_then(|page| redirect(&target, page)) else { break };
        visited.push(target);
        if visited.contains(&onward) {
            break;
        }
        target = onward;
    }
    Vec::new()
}

/// Returns where `page` sends its reader on to, if to a web address.
fn redirect(from: &Target, page: &Page) -> Option<Target> {
    let is_redirect = matches!(page.status, 301 | 302 | 303 | 307 | 308);
    let location = page.headers.get("location").filter(|_| is_redirect)?;
    let onward = Url::parse(from.as_str()).ok()?.join(location).ok()?;
    // Without a scheme a target would be read as https: keep to what the address says.
    matches!(onward.scheme(), "http" | "https").then(|| onward.as_str().parse().ok()).flatten()
}

/// The system's resolver, and every public one in every way it can be asked.
fn all_resolvers(view: View<'_>) -> Vec<Resolver> {
    let mut all = vec![system()];
    for resolver in view.plan.resolvers {
        let ways = [
            resolver.udp.is_some().then_some(Transport::Udp),
            resolver.doh.is_some().then_some(Transport::Doh),
        ];
        let named = |transport| Resolver { id: resolver.id.clone(), transport };
        all.extend(ways.into_iter().flatten().map(named));
    }
    all
}

/// The system's resolver and one that is asked over HTTPS, or over UDP where none can be.
fn two_resolvers(view: View<'_>) -> Vec<Resolver> {
    let mut public: Vec<Resolver> = all_resolvers(view).split_off(1);
    public.sort_by_key(|resolver| resolver.transport != Transport::Doh);
    public.truncate(1);
    public.insert(0, system());
    public
}

/// Addresses that are tried for a redirect's host: it matters whether the page is reached, not at
/// how many places.
const HOP_ADDRESSES: usize = 3;
