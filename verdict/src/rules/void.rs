//! What makes a measurement not count: decided without looking at the target.

use record::{Observation, Part, Session, State, Trust};

use super::Rule;
use crate::fingerprint::listed;
use crate::{Case, Screen};

/// A known-good control beside the screen failed.
pub(super) static CONTROLS: Rule = Rule {
    id: "void_controls",
    layer: None,
    claims: State::Void,
    screen: Screen::Void,
    holds: |case| {
        let failed: Vec<usize> =
            [Part::Before, Part::After].into_iter().flat_map(|part| failed(case, part)).collect();
        (!failed.is_empty()).then_some(failed)
    },
};

/// The run's self-checks found it at fault.
pub(super) static RUN: Rule = Rule {
    id: "void_run",
    layer: None,
    claims: State::Void,
    screen: Screen::Void,
    holds: |case| (!case.void.is_empty()).then(Vec::new),
};

/// Returns what was done for a control that did not pass; nothing when it passed or was not begun.
fn failed(case: &Case<'_>, part: Part) -> Vec<usize> {
    let seen = case.seen.iter().enumerate().filter(|(_, seen)| seen.part() == part);
    let done: Vec<usize> = seen.map(|(at, _)| at).collect();
    if done.iter().any(|at| passed(case, &case.seen[*at])) { Vec::new() } else { done }
}

/// Returns whether the control's page came. A listed authority's certificate on a control is no
/// fault of the line: whoever intercepts everything must not go unseen.
fn passed(case: &Case<'_>, seen: &Observation) -> bool {
    let intercepted = |session: &Session| listed(session, case.certificates, case.known).is_some();
    if let Some(shaken) = seen.as_handshake() {
        return shaken.outcome.as_ref().is_ok_and(intercepted);
    }
    let page = seen.as_fetch().and_then(|fetch| fetch.outcome.as_ref().ok());
    page.is_some_and(|page| {
        page.session
            .as_ref()
            .is_none_or(|session| session.trust == Trust::Trusted || intercepted(session))
    })
}
