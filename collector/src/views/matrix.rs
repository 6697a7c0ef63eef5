//! The matrix of one day.

use std::collections::{BTreeMap, BTreeSet};

use dashboards::model::{
    CellView, EndpointView, Matrix, Names, ProviderView, Serves, SiteView, bucket,
};
use evidence::Grade;
use record::{Asn, Day, Target};
use testlists::{Provider, Tier};

use crate::reference::Reference;
use crate::store::{DayRow, ReadTx, StoreError};

/// Fills a day's matrix: the providers that were measured, by every target that is handed out or
/// was measured.
pub(crate) fn matrix(
    tx: &ReadTx<'_>,
    reference: &Reference,
    day: Day,
) -> Result<Matrix, StoreError> {
    let rows = tx.provider_cells(day)?;
    let measured: BTreeSet<&str> = rows.iter().map(|row| row.provider.as_str()).collect();
    let volunteers = tx.volunteers(day)?;
    let providers: Vec<ProviderView> = reference
        .providers()
        .filter(|provider| measured.contains(provider.id.0.as_str()))
        .map(|provider| provider_view(provider, reference, &volunteers))
        .collect();
    let sites: Vec<SiteView> =
        targets(reference, &rows).iter().map(|target| site_view(target, reference)).collect();
    let by_key: BTreeMap<(&Target, &str), &DayRow> =
        rows.iter().map(|row| ((&row.target, row.provider.as_str()), row)).collect();
    let cells = sites.iter().flat_map(|site| {
        let cell = |provider: &ProviderView| {
            let row = by_key.get(&(&site.target, provider.id.as_str()));
            row.map_or_else(|| empty_cell(&provider.id, &site.target), |row| cell_view(row))
        };
        providers.iter().map(cell).collect::<Vec<_>>()
    });
    Ok(Matrix {
        day,
        closed: tx.closing(day)?.is_some(),
        cells: cells.collect(),
        providers,
        tested: tx.tested(day)?.unwrap_or(0),
        sites,
    })
}

/// Returns the targets of a day's rows, in the order of their addresses.
fn targets(reference: &Reference, rows: &[DayRow]) -> BTreeSet<Target> {
    let sensitive = reference.config.sensitive;
    let listed = reference.lists.targets.iter();
    let listed = listed.filter(|listed| sensitive || matches!(listed.tier, Tier::Everyday));
    listed
        .map(|listed| listed.target.clone())
        .chain(rows.iter().map(|row| row.target.clone()))
        .collect()
}

/// Fills what is told of a provider.
pub(crate) fn provider_view(
    provider: &Provider,
    reference: &Reference,
    volunteers: &[(Asn, u32)],
) -> ProviderView {
    let networks = reference.networks_of(&provider.id.0);
    let heard = volunteers.iter().filter(|(asn, _)| networks.contains(asn));
    let volunteers = bucket(heard.map(|(_, agents)| agents).sum()).to_owned();
    let testlists::Names { kk, ru, en } = provider.names.clone();
    ProviderView {
        id: provider.id.0.clone(),
        names: Names { kk, ru, en },
        kind: provider.kind,
        networks,
        volunteers,
    }
}

/// Fills what is told of a site.
pub(crate) fn site_view(target: &Target, reference: &Reference) -> SiteView {
    let listed = reference.lists.targets.iter().find(|listed| listed.target == *target);
    SiteView {
        target: target.clone(),
        slug: dashboards::slug(target),
        category: listed.map(|listed| listed.category.clone()).unwrap_or_default(),
        endpoint: listed.and_then(|listed| listed.endpoint.as_ref()).map(|endpoint| EndpointView {
            platform: endpoint.platform.clone(),
            serves: match endpoint.serves {
                testlists::Serves::Api => Serves::Api,
                testlists::Serves::Web => Serves::Web,
                testlists::Serves::Cdn => Serves::Cdn,
                testlists::Serves::Socket => Serves::Socket,
            },
        }),
    }
}

/// Fills a cell from its row.
pub(crate) fn cell_view(row: &DayRow) -> CellView {
    CellView {
        provider: row.provider.clone(),
        target: row.target.clone(),
        word: row.grade.word(),
        grade: row.grade,
        layer: row.layer,
        rule: row.rule.clone(),
        screens: row.screens,
        failed: row.failed,
        share: row.share,
        agents: row.agents,
        void: row.void,
        networks: row.networks,
    }
}

/// Fills a cell that nobody measured.
pub(crate) fn empty_cell(provider: &str, target: &Target) -> CellView {
    CellView {
        provider: provider.to_owned(),
        target: target.clone(),
        word: Grade::Insufficient.word(),
        grade: Grade::Insufficient,
        layer: None,
        rule: None,
        screens: 0,
        failed: 0,
        share: None,
        agents: 0,
        void: 0,
        networks: (0, 0),
    }
}
