//! One provider × site pair: what exactly the evidence is, and how to check it.

mod tables;

use askama::Template;

use crate::format::{Pattern, date, percent};
use crate::html::Html;
use crate::model::{EvidenceView, Frame};
use crate::page::Page;
use crate::pages::PageError;
use crate::strip::strip;
use crate::{Language, badge, cell, claim, link};

/// Writes the page of one cell's evidence.
pub fn evidence(
    frame: &Frame,
    view: &EvidenceView,
    language: Language,
) -> Result<String, PageError> {
    let site = view.site.name(language);
    let provider = view.provider.names.in_language(language).to_owned();
    let path = link::evidence_path(&view.provider.id, &view.site.slug, view.day);
    let list = link::measurements_json(Some(&view.provider.id), Some(&view.site.target), view.day);
    let page = Page::new(frame, language, &path, format!("{site} · {provider}"))
        .with_data("data-json", link::evidence_json(&view.provider.id, &view.site.slug, view.day))
        .with_data("data-measurements", list);
    let template = Evidence {
        day: page.day(view.day),
        provisional: page.provisional(view.closed),
        badge: badge::long(view.cell.word, language),
        sentence: claim::sentence(view.cell.grade, view.cell.layer, (&site, &provider), language),
        how: cell::how(&view.cell, language),
        empty: empty(view, language),
        numbers: Numbers::of(view, language),
        lines: tables::lines(view, language),
        strip: days(view, language),
        has_strip: !view.strip.is_empty(),
        steps: tables::steps(view, language),
        alternatives: tables::alternatives(view, language),
        artefacts: tables::artefacts(view, language),
        measurements: tables::measurements(view, language),
        listed: language.say("measurements-part", &[("n", view.measurements.len().into())]),
        cite: cite(&page, view, (&site, &provider)),
        limit: claim::limit(view.cell.grade, language),
        provider: (provider, link::provider(language, &view.provider.id, view.day)),
        site: (site, link::site(language, &view.site.slug, view.day)),
        page,
    };
    Ok(template.render()?)
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct Evidence<'a> {
    page: Page<'a>,
    site: (String, String),
    provider: (String, String),
    day: String,
    provisional: Option<String>,
    badge: Html,
    sentence: String,
    how: String,
    empty: Option<String>,
    numbers: Numbers,
    lines: Vec<tables::Line>,
    strip: Html,
    has_strip: bool,
    steps: Html,
    alternatives: Option<Html>,
    artefacts: Option<Html>,
    measurements: Option<Html>,
    listed: String,
    cite: String,
    limit: String,
}

/// The numbers of the cell, never one without its denominator.
struct Numbers {
    text: Html,
    interval: String,
    set_aside: String,
    networks: String,
}

impl Numbers {
    fn of(view: &EvidenceView, language: Language) -> Self {
        let level = percent(0.95, language);
        let interval = match view.cell.share {
            Some(_) => language.say("numbers-interval", &[("level", level.into())]),
            None => language.say("numbers-no-interval", &[("few", "3".into())]),
        };
        Self {
            text: cell::numbers_drawn(&view.cell, language),
            interval,
            set_aside: language.say("numbers-void", &[("n", view.cell.void.into())]),
            networks: cell::networks(&view.cell, language),
        }
    }
}

fn days(view: &EvidenceView, language: Language) -> Html {
    let href = |day| link::evidence(language, &view.provider.id, &view.site.slug, day);
    strip(&view.strip, &language.say("strip-label", &[]), href, language)
}

/// Says which of the reasons for "no data" it is.
fn empty(view: &EvidenceView, language: Language) -> Option<String> {
    if view.cell.word != ::evidence::Word::NoData {
        return None;
    }
    Some(if view.cell.screens > 0 {
        language.say("empty-thin", &[])
    } else if view.cell.void > 0 {
        language.say("empty-void", &[])
    } else {
        language.say("empty-untested", &[])
    })
}

fn cite(page: &Page<'_>, view: &EvidenceView, names: (&str, &str)) -> String {
    let language = page.language;
    let (made, batches) = page.made();
    let path = link::evidence(language, &view.provider.id, &view.site.slug, view.day);
    language.say(
        "cite-text",
        &[
            ("site", names.0.into()),
            ("provider", names.1.into()),
            ("day", date(view.day, Pattern::Long, language).into()),
            ("word", language.name(&view.cell.word).into()),
            ("n", batches.into()),
            ("made", made.into()),
            ("path", path.into()),
        ],
    )
}
