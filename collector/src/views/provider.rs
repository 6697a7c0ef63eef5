//! One provider on one day.

use std::collections::BTreeMap;

use dashboards::model::ProviderPage;
use evidence::Word;
use record::{Day, Target};

use crate::reference::Reference;
use crate::store::{ReadTx, StoreError};
use crate::views::matrix::cell_view;
use crate::views::{provider_view, site_view};

/// Fills a provider's page; none when it is not known.
pub(crate) fn provider(
    tx: &ReadTx<'_>,
    reference: &Reference,
    day: Day,
    id: &str,
) -> Result<Option<ProviderPage>, StoreError> {
    let Some(known) = reference.providers().find(|known| known.id.0 == id) else {
        return Ok(None);
    };
    let rows = tx.provider_cells(day)?;
    let mut elsewhere = BTreeMap::<&Target, u32>::new();
    for row in rows.iter().filter(|row| row.provider != id) {
        if row.grade.word() == Word::Reachable {
            *elsewhere.entry(&row.target).or_default() += 1;
        }
    }
    let own = rows.iter().filter(|row| row.provider == id);
    let only_here = own.clone().filter_map(|row| {
        let restricted = matches!(row.grade.word(), Word::Confirmed | Word::Likely);
        let reached = elsewhere.get(&row.target).filter(|_| restricted)?;
        Some((site_view(&row.target, reference), *reached))
    });
    Ok(Some(ProviderPage {
        provider: provider_view(known, reference, &tx.volunteers(day)?),
        day,
        only_here: only_here.collect(),
        cells: own.map(|row| (site_view(&row.target, reference), cell_view(row))).collect(),
    }))
}
