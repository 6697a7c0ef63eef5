//! What a measurement counts as when many are taken together.

use record::RuleId;

use crate::Case;
use crate::rules::find;

/// What a screen counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Screen {
    /// The site was reached.
    Passed,
    /// Something failed, with or without a known cause on the way.
    Failed,
    /// It failed, and fails elsewhere too or by the site's own word: neither passed nor failed.
    Excused,
    /// What was seen does not say whether the site was reached.
    Unclear,
    /// The measurement does not count.
    Void,
}

/// Returns what the case's screen counts as: each rule says what it stands for.
///
/// Where the headline is an open question, a failure on any layer makes the screen a failed one.
/// QUIC has no say: a site that is reached over TCP is reached.
pub fn screen(case: &Case<'_>) -> Screen {
    let verdict = crate::judge(*case);
    let stands_for = |rule: &RuleId| find(rule.as_str()).map(|rule| rule.screen);
    let headline = crate::over_tcp(case).map_or(Screen::Unclear, |rule| rule.screen);
    let failed = verdict.layers.iter().any(|claim| stands_for(&claim.rule) == Some(Screen::Failed));
    if headline == Screen::Unclear && failed { Screen::Failed } else { headline }
}
