//! How agents test, what each word rests on, and what this cannot see.

use askama::Template;

use evidence::{ALPHA, DAY_CAP, Floor, Grade, REACHABLE_AT_MOST};

use crate::format::{GRADED_AFTER_HOURS, decimal, percent, whole};
use crate::html::Html;
use crate::model::{Frame, bucket};
use crate::page::Page;
use crate::pages::PageError;
use crate::{Key, Language, Value, badge};

/// Writes the page on methods.
pub fn methods(frame: &Frame, language: Language) -> Result<String, PageError> {
    let page = Page::new(frame, language, "methods/", language.say("methods-title", &[]));
    let figures = figures(language);
    let say = |key: &str| language.say(key, &figures);
    let template = Methods {
        intro: say("methods-intro"),
        before: BEFORE.map(|section| section.said(&say)).into(),
        words: badge::WORDS
            .map(|word| Meaning {
                id: word.key(),
                badge: badge::long(word, language),
                text: language.about(&word, "meaning"),
            })
            .into(),
        grades: GRADES.map(|grade| Rule::of(grade, &say)).into(),
        after: AFTER.map(|section| section.said(&say)).into(),
        glossary: TERMS.map(|term| (say(term), say(&format!("{term}.meaning")))).to_vec(),
        page,
    };
    Ok(template.render()?)
}

#[derive(Template)]
#[template(path = "methods.html")]
struct Methods<'a> {
    page: Page<'a>,
    intro: String,
    before: Vec<Said>,
    words: Vec<Meaning>,
    grades: Vec<Rule>,
    after: Vec<Said>,
    glossary: Vec<(String, String)>,
}

/// A section: its name in addresses, the key of its title, and the keys of its paragraphs.
struct Section {
    id: &'static str,
    title: &'static str,
    paragraphs: &'static [&'static str],
}

impl Section {
    fn said(&self, say: &impl Fn(&str) -> String) -> Said {
        Said {
            id: self.id,
            title: say(self.title),
            paragraphs: self.paragraphs.iter().map(|key| say(key)).collect(),
        }
    }
}

struct Said {
    id: &'static str,
    title: String,
    paragraphs: Vec<String>,
}

struct Meaning {
    id: &'static str,
    badge: Html,
    text: String,
}

struct Rule {
    id: &'static str,
    badge: Html,
    name: String,
    rule: String,
    may: String,
    not: String,
}

impl Rule {
    fn of(grade: Grade, say: &impl Fn(&str) -> String) -> Self {
        let about = |attribute: &str| say(&format!("{}.{attribute}", grade.key()));
        let mut badge = Html::default();
        badge.push("<span aria-hidden=\"true\">").push(badge::mark(grade.word()));
        badge.push("</span> ").push_text(&say(&format!("{}.short", grade.word().key())));
        Self {
            id: grade.key(),
            badge,
            name: about("name"),
            rule: about("rule"),
            may: about("may"),
            not: about("not"),
        }
    }
}

/// The numbers that the texts speak of: they are typed nowhere else.
fn figures(language: Language) -> Vec<(&'static str, Value<'static>)> {
    let count = |n: u32| Value::from(whole(n, language));
    let share = |share: f64| Value::from(percent(share, language));
    let aside = |floor: Floor| Value::from(whole(floor.set_aside as u64, language));
    vec![
        ("artefact-lines", count(Floor::ARTEFACT.lines)),
        ("artefact-prefixes", count(Floor::ARTEFACT.prefixes)),
        ("by-name-lines", count(Floor::BY_NAME.lines)),
        ("by-name-prefixes", count(Floor::BY_NAME.prefixes)),
        ("by-name-countries", count(Floor::BY_NAME.countries)),
        ("by-name-aside", aside(Floor::BY_NAME)),
        ("likely-lines", count(Floor::LIKELY.lines)),
        ("likely-aside", aside(Floor::LIKELY)),
        ("level", share(1.0 - ALPHA)),
        ("alpha", share(ALPHA)),
        ("reachable-share", share(REACHABLE_AT_MOST)),
        ("cap", decimal(DAY_CAP, 0, language).into()),
        ("each", count(ATTEMPTS_EACH)),
        ("orders", whole(record::ORDERS as u64, language).into()),
        ("body", count(BODY_KB)),
        ("graded", count(GRADED_AFTER_HOURS)),
        ("few", bucket(0).into()),
    ]
}

/// Attempts of a block with each of the two names.
const ATTEMPTS_EACH: u32 = 3;
/// Most of a page's body that an agent reads, in kB.
const BODY_KB: u32 = 256;

const GRADES: [Grade; 7] =
    [Grade::A, Grade::B, Grade::C, Grade::D, Grade::Reachable, Grade::Down, Grade::Insufficient];

const BEFORE: [Section; 4] = [
    Section {
        id: "steps",
        title: "methods-steps",
        paragraphs: &["methods-steps-order", "methods-steps-kept", "methods-steps-layers"],
    },
    Section {
        id: "controls",
        title: "methods-controls",
        paragraphs: &["methods-controls-near", "methods-controls-far", "methods-controls-void"],
    },
    Section {
        id: "contrast",
        title: "methods-contrast",
        paragraphs: &["methods-contrast-why", "methods-contrast-how", "methods-contrast-beacon"],
    },
    Section {
        id: "numbers",
        title: "methods-numbers",
        paragraphs: &[
            "methods-numbers-e",
            "methods-numbers-aside",
            "methods-numbers-many",
            "methods-numbers-share",
            "methods-numbers-day",
        ],
    },
];

const AFTER: [Section; 5] = [
    Section {
        id: "blind-spots",
        title: "methods-blind",
        paragraphs: &[
            "methods-blind-address",
            "methods-blind-beacon",
            "methods-blind-partial",
            "methods-blind-lines",
            "methods-blind-ech",
            "methods-blind-apps",
            "methods-blind-list",
            "methods-blind-liars",
        ],
    },
    Section {
        id: "errors",
        title: "methods-errors",
        paragraphs: &["methods-errors-false", "methods-errors-missed"],
    },
    Section {
        id: "volunteers",
        title: "methods-volunteers",
        paragraphs: &["methods-volunteers-kept", "methods-volunteers-buckets"],
    },
    Section {
        id: "corrections",
        title: "methods-corrections",
        paragraphs: &["methods-corrections-how", "methods-corrections-kept"],
    },
    Section {
        id: "data",
        title: "methods-data",
        paragraphs: &["methods-data-where", "methods-data-prefixes"],
    },
];

const TERMS: [&str; 14] = [
    "term-provider",
    "term-network",
    "term-agent",
    "term-control",
    "term-measurement",
    "term-test",
    "term-block",
    "term-beacon",
    "term-artefact",
    "term-rule",
    "term-grade",
    "term-e-value",
    "term-prefix",
    "term-batch",
];
