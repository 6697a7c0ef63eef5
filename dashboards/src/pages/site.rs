//! One site: through which providers it could be reached.

use askama::Template;

use crate::html::Html;
use crate::model::{CellView, Frame, ProviderView, SitePage};
use crate::page::Page;
use crate::pages::PageError;
use crate::table::{Row, Table};
use crate::{Language, badge, category, cell, link};

/// Writes a site's page.
pub fn site(frame: &Frame, view: &SitePage, language: Language) -> Result<String, PageError> {
    let target = &view.site.target;
    let page = Page::new(
        frame,
        language,
        &link::site_path(&view.site.slug, view.day),
        view.site.name(language),
    )
    .with_data("data-matrix", link::matrix_json(view.day))
    .with_data("data-measurements", link::measurements_json(None, Some(target), view.day));
    let (ok, tried) = view.abroad;
    let template = Site {
        day: page.day(view.day),
        provisional: page.provisional(page.is_closed(view.day)),
        abroad: language.say("site-abroad", &[("ok", ok.into()), ("tried", tried.into())]),
        providers: providers(view, language),
        category: category::name(&view.site.category, language),
        address: target.to_string(),
        host: target.host().to_string(),
        port: target.port(),
        path: target.path().to_owned(),
        page,
    };
    Ok(template.render()?)
}

#[derive(Template)]
#[template(path = "site.html")]
struct Site<'a> {
    page: Page<'a>,
    day: String,
    provisional: Option<String>,
    abroad: String,
    providers: Option<Html>,
    category: String,
    address: String,
    host: String,
    port: u16,
    path: String,
}

fn providers(view: &SitePage, language: Language) -> Option<Html> {
    let columns = ["col-provider", "col-word", "col-numbers", "col-how", "col-networks"];
    let mut cells: Vec<&(ProviderView, CellView)> = view.cells.iter().collect();
    cells.sort_by_key(|(_, cell)| cell::urgency(cell.word));
    let row = |(provider, cell): &&(ProviderView, CellView)| {
        let href = link::evidence(language, &provider.id, &view.site.slug, view.day);
        Row::new(vec![
            Html::link(&href, provider.names.in_language(language)),
            badge::short(cell.word, language),
            cell::numbers_drawn(cell, language),
            cell::how(cell, language).into(),
            cell::networks(cell, language).into(),
        ])
    };
    (!cells.is_empty()).then(|| {
        Table::new(
            language.say("providers-caption", &[]),
            columns.map(|key| language.say(key, &[])).to_vec(),
        )
        .with(cells.iter().map(row))
        .html()
    })
}
