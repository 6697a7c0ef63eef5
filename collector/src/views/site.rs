//! One site on one day.

use dashboards::model::SitePage;
use record::Day;

use crate::reference::Reference;
use crate::store::{ReadTx, StoreError};
use crate::views::matrix::cell_view;
use crate::views::{find_target, provider_view, site_view};

/// Fills a site's page; none when the slug is not known.
pub(crate) fn site(
    tx: &ReadTx<'_>,
    reference: &Reference,
    day: Day,
    slug: &str,
) -> Result<Option<SitePage>, StoreError> {
    let rows = tx.provider_cells(day)?;
    let Some(target) = find_target(slug, reference, &rows) else { return Ok(None) };
    let volunteers = tx.volunteers(day)?;
    let cells = reference.providers().filter_map(|provider| {
        let row = rows.iter().find(|row| row.target == target && row.provider == provider.id.0)?;
        Some((provider_view(provider, reference, &volunteers), cell_view(row)))
    });
    let abroad = tx.abroad(day)?.remove(&target).unwrap_or_default();
    Ok(Some(SitePage {
        site: site_view(&target, reference),
        day,
        cells: cells.collect(),
        abroad: (abroad.ok, abroad.ok + abroad.failed),
    }))
}
