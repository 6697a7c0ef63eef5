//! Provider × site: what is restricted, where, and how surely.

use askama::Template;

use evidence::Word;
use record::Day;

use crate::format::whole;
use crate::html::Html;
use crate::model::{CellView, Frame, Matrix, ProviderView, SiteView, bucket};
use crate::page::Page;
use crate::pages::PageError;
use crate::{Key, Language, badge, category, cell, link};

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
    let (tested, untested) = split(matrix);
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
        groups: groups(&tested, language, |(site, cells)| row(site, cells, matrix.day, language)),
        untested: groups(&untested, language, |(site, _)| {
            (site.name(language), link::site(language, &site.slug, matrix.day))
        }),
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
    groups: Vec<Group<Row>>,
    untested: Vec<Group<(String, String)>>,
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
struct Group<T> {
    id: String,
    name: String,
    rows: Vec<T>,
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

/// A site with its cells.
type Sited<'a> = (&'a SiteView, &'a [CellView]);

/// Splits the sites into those that were tested somewhere on the day and the others.
fn split(matrix: &Matrix) -> (Vec<Sited<'_>>, Vec<Sited<'_>>) {
    let width = matrix.providers.len();
    let cells = |row: usize| matrix.cells.get(row * width..(row + 1) * width).unwrap_or_default();
    let mut sites: Vec<Sited<'_>> =
        matrix.sites.iter().enumerate().map(|(row, site)| (site, cells(row))).collect();
    sites.sort_by_key(|(site, cells)| (urgency(cells), site.target.host(), site.slug.clone()));
    sites.into_iter().partition(|(_, cells)| cells.iter().any(|cell| cell.screens + cell.void > 0))
}

/// Groups sites by category; what is restricted comes first, within a category and among them.
fn groups<T>(
    sites: &[Sited<'_>],
    language: Language,
    row: impl Fn(&Sited<'_>) -> T,
) -> Vec<Group<T>> {
    let mut order: Vec<&str> = Vec::new();
    for (site, _) in sites {
        if !order.contains(&site.category.as_str()) {
            order.push(&site.category);
        }
    }
    let first = |id: &str| sites.iter().find(|(site, _)| site.category == id);
    order.sort_by_key(|id| {
        (first(id).map_or(u8::MAX, |(_, cells)| urgency(cells)), category::rank(id))
    });
    let group = |id: &str| Group {
        id: format!("category-{id}"),
        name: category::name(id, language),
        rows: sites.iter().filter(|(site, _)| site.category == id).map(&row).collect(),
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
        name: site.name(language),
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
