//! The words of many days, side by side.

use evidence::Word;
use record::Day;

use crate::format::{Pattern, date};
use crate::html::Html;
use crate::{Language, badge};

/// Writes one square a day, oldest first, each with its mark, the day of the month and, for those
/// who listen, the date and the word; each leads to its day. Days between that are missing stay visible as gaps.
pub(crate) fn strip(
    days: &[(Day, Word)],
    label: &str,
    href: impl Fn(Day) -> String,
    language: Language,
) -> Html {
    let mut html = Html::markup("<ol class=\"strip\" aria-label=\"");
    html.push_text(label).push("\">");
    let mut expected = None;
    for (day, word) in days {
        if expected.is_some_and(|expected| expected < *day) {
            html.push("<li class=\"gap\"><span aria-hidden=\"true\">…</span><span class=\"sr\">");
            html.push_text(&language.say("strip-gap", &[])).push("</span></li>");
        }
        expected = Some(Day(day.0.saturating_add(1)));
        html.push("<li class=\"").push(badge::class(*word)).push("\"><a href=\"");
        html.push_text(&href(*day)).push("\"><span aria-hidden=\"true\">");
        html.push(badge::mark(*word)).push("<small>");
        html.push_text(&day.civil().2.to_string());
        html.push("</small></span><span class=\"sr\">");
        html.push_text(&date(*day, Pattern::Short, language));
        html.push_text(": ").push_text(&language.about(word, "short"));
        html.push("</span></a></li>");
    }
    html.push("</ol>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_day_is_a_gap_and_never_bridged() {
        let days = [(Day(10), Word::Reachable), (Day(12), Word::Likely)];

        let html = strip(&days, "days", |day| format!("/{day}"), Language::En);

        assert_eq!(html.as_str().matches("class=\"gap\"").count(), 1);
        assert_eq!(html.as_str().matches("<li").count(), 3);
    }
}
