//! One provider: what its networks restrict, how, and what others' do not.

use askama::Template;

use record::Layer;

use crate::format::whole;
use crate::html::Html;
use crate::model::{CellView, Frame, ProviderPage, SiteView};
use crate::page::Page;
use crate::pages::PageError;
use crate::table::{Row, Table};
use crate::{Language, badge, cell, link};

/// Writes a provider's page.
pub fn provider(
    frame: &Frame,
    view: &ProviderPage,
    language: Language,
) -> Result<String, PageError> {
    let path = link::provider_path(&view.provider.id, view.day);
    let name = view.provider.names.in_language(language).to_owned();
    let page = Page::new(frame, language, &path, name)
        .with_data("data-matrix", link::matrix_json(view.day))
        .with_data(
            "data-measurements",
            link::measurements_json(Some(&view.provider.id), None, view.day),
        );
    let networks: Vec<String> = view.provider.networks.iter().map(ToString::to_string).collect();
    let template = Provider {
        day: page.day(view.day),
        provisional: page.provisional(page.is_closed(view.day)),
        kind: language.name(&view.provider.kind),
        networks: networks.join(", "),
        volunteers: view.provider.volunteers.clone(),
        total: language.say("provider-counts", &[("n", view.cells.len().into())]),
        counts: cell::counts(view.cells.iter().map(|(_, cell)| cell), language),
        layers: layers(view, language),
        only_here: only_here(view, language),
        sites: sites(view, language),
        page,
    };
    Ok(template.render()?)
}

#[derive(Template)]
#[template(path = "provider.html")]
struct Provider<'a> {
    page: Page<'a>,
    day: String,
    provisional: Option<String>,
    kind: String,
    networks: String,
    volunteers: String,
    total: String,
    counts: Vec<Html>,
    layers: Vec<(String, String)>,
    only_here: Option<Html>,
    sites: Option<Html>,
}

/// Counts restricted sites by the step at which access fails.
fn layers(view: &ProviderPage, language: Language) -> Vec<(String, String)> {
    let restricted = || view.cells.iter().filter(|(_, cell)| badge::is_restricted(cell.word));
    let count = |layer: Option<Layer>| {
        restricted().filter(|(_, cell)| cell.layer == layer).map(|_| 1_u64).sum::<u64>()
    };
    let known = Layer::ALL.map(|layer| (language.name(&layer), count(Some(layer))));
    let unnamed = (language.say("layer-unnamed", &[]), count(None));
    known
        .into_iter()
        .chain([unnamed])
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name, whole(count, language)))
        .collect()
}

fn only_here(view: &ProviderPage, language: Language) -> Option<Html> {
    let columns = ["col-site", "col-others"].map(|key| language.say(key, &[])).to_vec();
    let row = |(site, others): &(SiteView, u32)| {
        let href = link::evidence(language, &view.provider.id, &site.slug, view.day);
        Row::new(vec![Html::link(&href, &site.name(language)), whole(*others, language).into()])
    };
    (!view.only_here.is_empty()).then(|| {
        Table::new(language.say("only-here-intro", &[]), columns)
            .with(view.only_here.iter().map(row))
            .html()
    })
}

fn sites(view: &ProviderPage, language: Language) -> Option<Html> {
    let columns = ["col-site", "col-word", "col-numbers", "col-how", "col-networks"];
    let mut cells: Vec<&(SiteView, CellView)> = view.cells.iter().collect();
    cells.sort_by_key(|(site, cell)| {
        (cell::urgency(cell.word), site.target.host(), site.slug.clone())
    });
    let row = |(site, cell): &&(SiteView, CellView)| {
        let href = link::evidence(language, &view.provider.id, &site.slug, view.day);
        Row::new(vec![
            Html::link(&href, &site.name(language)),
            badge::short(cell.word, language),
            cell::numbers_drawn(cell, language),
            cell::how(cell, language).into(),
            cell::networks(cell, language).into(),
        ])
    };
    (!cells.is_empty()).then(|| {
        Table::new(
            language.say("sites-caption", &[]),
            columns.map(|key| language.say(key, &[])).to_vec(),
        )
        .with(cells.iter().map(row))
        .html()
    })
}
