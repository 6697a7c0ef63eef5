//! What a cell says in words: its numbers, where access fails, and in how many networks.

use evidence::Word;
use record::RuleId;

use crate::format::{share, whole};
use crate::html::Html;
use crate::interval::interval;
use crate::model::{CellView, bucket};
use crate::{Language, badge};

/// Returns the share of failing tests with interval, n and volunteers; without a share the counts.
pub(crate) fn numbers(cell: &CellView, language: Language) -> String {
    let failed = whole(cell.failed, language);
    let n = whole(cell.screens, language);
    if cell.screens == 0 {
        return language.say("numbers-zero", &[("n", n.into())]);
    }
    let mut args =
        vec![("failed", failed.into()), ("n", n.into()), ("bucket", bucket(cell.agents).into())];
    match &cell.share {
        Some(interval) => {
            args.push(("share", share(interval, language).into()));
            language.say("numbers-share", &args)
        }
        None => language.say("numbers-plain", &args),
    }
}

/// Returns the numbers with the interval drawn below them, where there is one.
pub(crate) fn numbers_drawn(cell: &CellView, language: Language) -> Html {
    let mut html = Html::text(&numbers(cell, language));
    if let Some(share) = cell.share.as_ref().filter(|_| cell.screens > 0) {
        html.push_html(&interval(share));
    }
    html
}

/// Says at which step access fails and by which rule; a dash where it does not fail.
pub(crate) fn how(cell: &CellView, language: Language) -> String {
    let layer = cell.layer.map(|layer| language.about(&layer, "short"));
    let rule = cell.rule.as_ref().map(|rule| language.rule(&RuleId(rule.clone())));
    match (layer, rule) {
        (Some(layer), Some(rule)) => format!("{layer}: {rule}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => language.say("nothing", &[]),
    }
}

/// Says in how many of the measured networks the cell has its grade.
pub(crate) fn networks(cell: &CellView, language: Language) -> String {
    let (same, all) = cell.networks;
    language.say("numbers-networks", &[("same", same.into()), ("all", all.into())])
}

/// Counts cells by word, as labels with numbers, in the order of the key.
pub(crate) fn counts<'a>(
    cells: impl Iterator<Item = &'a CellView>,
    language: Language,
) -> Vec<Html> {
    let mut found = [0_u64; badge::WORDS.len()];
    for cell in cells {
        for (word, count) in badge::WORDS.iter().zip(&mut found) {
            *count += u64::from(*word == cell.word);
        }
    }
    let label = |(word, count): (Word, u64)| {
        let mut html = badge::short(word, language);
        html.push_text(" ").push_text(&whole(count, language));
        html
    };
    badge::WORDS.into_iter().zip(found).map(label).collect()
}

/// Returns the order in which cells are listed: what is restricted for sure, then what likely is.
pub(crate) fn urgency(word: Word) -> u8 {
    match word {
        Word::Confirmed => 0,
        Word::Likely => 1,
        Word::Inconclusive | Word::Reachable | Word::NoData => 2,
    }
}
