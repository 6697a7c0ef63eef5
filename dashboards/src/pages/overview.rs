//! Provider × site: what is restricted, where, and how surely.

use askama::Template;

use evidence::Word;
use record::Day;

use crate::format::whole;
use crate::html::Html;
use crate::model::{CellView, Frame, Matrix, ProviderView, SiteView, bucket};
use crate::page::Page;
use crate::pages::PageError;
use crate::{Key, Language, badge, category, cell, link, site_name};

/// Writes the overview of one day.
pub fn overview(frame: &Frame, matrix: &Matrix, language: Language) -> Result<String, PageError> {
    let (sites, providers) = (matrix.sites.len(), matrix.providers.len());
    if matrix.cells.len() != sites * providers {
        return Err(PageError::Cells { cells: matrix.cells.len(), sites, providers });
    }
    let path = link::overview_path(matrix.day);
    let page = Page::new(frame, language, &path, language.say("overview-title", &[]))
        .with_data("data-json", link::matrix_json(matrix.day));
    let pairs = language.say("overview-counts", &[("n", matrix.cells.len().into())]);
    let template = Overview {
        day: page.day(matrix.day),
        provisional: page.provisional(matrix.closed),
        pairs,
        tested: language.say("overview-tested", &[("n", matrix.tested.into())]),
        counts: cell::counts(matrix.cells.iter(), language),
        key: badge::WORDS.map(|word| key(word, language)).into(),
        columns: matrix
            .providers
            .iter()
            .map(|provider| column(provider, matrix.day, language))
            .collect(),
        groups: groups(matrix, language),
        lacking: lacking(matrix, language),
        page,
    };
    Ok(template.render()?)
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview<'a> {
    page: Page<'a>,
    day: String,
    provisional: Option<String>,
    pairs: String,
    tested: String,
    counts: Vec<Html>,
    key: Vec<Explained>,
    columns: Vec<Column>,
    groups: Vec<Group>,
    lacking: Option<String>,
}

/// A public word with its meaning.
struct Explained {
    badge: Html,
    meaning: String,
    more: String,
}

/// A provider at the head of a column.
struct Column {
    name: String,
    href: String,
    kind: String,
    volunteers: String,
}

/// The sites of one category.
struct Group {
    id: String,
    name: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    href: String,
    cells: Vec<Cell>,
}

struct Cell {
    class: &'static str,
    href: String,
    mark: &'static str,
    word: String,
    n: String,
}

fn key(word: Word, language: Language) -> Explained {
    Explained {
        badge: badge::long(word, language),
        meaning: language.about(&word, "meaning"),
        more: link::methods(language, &format!("#{}", word.key())),
    }
}

fn column(provider: &ProviderView, day: Day, language: Language) -> Column {
    Column {
        name: provider.names.in_language(language).to_owned(),
        href: link::provider(language, &provider.id, day),
        kind: language.name(&provider.kind),
        volunteers: language
            .say("count-volunteers", &[("bucket", provider.volunteers.as_str().into())]),
    }
}

/// Groups sites by category; what is restricted comes first, within a category and among them.
fn groups(matrix: &Matrix, language: Language) -> Vec<Group> {
    let width = matrix.providers.len().max(1);
    let mut rows: Vec<(&SiteView, &[CellView])> =
        matrix.sites.iter().zip(matrix.cells.chunks(width)).collect();
    rows.sort_by_key(|(site, cells)| (urgency(cells), site.target.host(), site.slug.clone()));
    let mut order: Vec<&str> = Vec::new();
    for (site, _) in &rows {
        if !order.contains(&site.category.as_str()) {
            order.push(&site.category);
        }
    }
    let first = |id: &str| rows.iter().find(|(site, _)| site.category == id);
    order.sort_by_key(|id| {
        (first(id).map_or(u8::MAX, |(_, cells)| urgency(cells)), category::rank(id))
    });
    let group = |id: &str| Group {
        id: format!("category-{id}"),
        name: category::name(id, language),
        rows: rows
            .iter()
            .filter(|(site, _)| site.category == id)
            .map(|(site, cells)| row(site, cells, matrix.day, language))
            .collect(),
    };
    order.into_iter().map(group).collect()
}

/// Returns the order of a site by the most urgent of its cells.
fn urgency(cells: &[CellView]) -> u8 {
    cells.iter().map(|cell| cell::urgency(cell.word)).min().unwrap_or(u8::MAX)
}

fn row(site: &SiteView, cells: &[CellView], day: Day, language: Language) -> Row {
    let cell = |cell: &CellView| Cell {
        class: badge::class(cell.word),
        href: link::evidence(language, &cell.provider, &site.slug, day),
        mark: badge::mark(cell.word),
        word: language.about(&cell.word, "short"),
        n: whole(cell.screens, language),
    };
    Row {
        name: site_name(&site.target),
        href: link::site(language, &site.slug, day),
        cells: cells.iter().map(cell).collect(),
    }
}

/// Names the providers with too few volunteers to say anything.
fn lacking(matrix: &Matrix, language: Language) -> Option<String> {
    let few = |provider: &&ProviderView| provider.volunteers == bucket(0);
    let names: Vec<&str> = matrix
        .providers
        .iter()
        .filter(few)
        .map(|provider| provider.names.in_language(language))
        .collect();
    let args = [("names", names.join(", ").into()), ("few", bucket(0).into())];
    (!names.is_empty()).then(|| language.say("overview-lacking", &args))
}
