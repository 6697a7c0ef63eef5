//! The public words as marks: a colour is never the only sign.

use evidence::Word;

use crate::Language;
use crate::html::Html;

/// All public words, in the order of keys and counts.
pub(crate) const WORDS: [Word; 5] =
    [Word::Confirmed, Word::Likely, Word::Inconclusive, Word::Reachable, Word::NoData];

/// Returns the word's mark.
pub(crate) fn mark(word: Word) -> &'static str {
    match word {
        Word::Confirmed => "●",
        Word::Likely => "◐",
        Word::Inconclusive => "?",
        Word::Reachable => "○",
        Word::NoData => "·",
    }
}

/// Returns the class that gives the word's colour.
pub(crate) fn class(word: Word) -> &'static str {
    match word {
        Word::Confirmed => "c",
        Word::Likely => "l",
        Word::Inconclusive => "i",
        Word::Reachable => "r",
        Word::NoData => "n",
    }
}

/// Returns whether the word says that access is restricted.
pub(crate) fn is_restricted(word: Word) -> bool {
    match word {
        Word::Confirmed | Word::Likely => true,
        Word::Inconclusive | Word::Reachable | Word::NoData => false,
    }
}

/// Makes a coloured label of mark and long word.
pub(crate) fn long(word: Word, language: Language) -> Html {
    badge(word, &language.name(&word))
}

/// Makes a coloured label of mark and short word.
pub(crate) fn short(word: Word, language: Language) -> Html {
    badge(word, &language.about(&word, "short"))
}

fn badge(word: Word, text: &str) -> Html {
    let mut html = Html::default();
    html.push("<span class=\"badge ")
        .push(class(word))
        .push("\"><span aria-hidden=\"true\">")
        .push(mark(word))
        .push("</span> ")
        .push_text(text)
        .push("</span>");
    html
}
