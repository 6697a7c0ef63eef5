//! What a measurement counts as when many are taken together.

use crate::Case;

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
pub fn screen(case: &Case<'_>) -> Screen {
    let verdict = crate::judge(*case);
    crate::rules::find(verdict.rule.as_str()).map_or(Screen::Unclear, |rule| rule.screen)
}
