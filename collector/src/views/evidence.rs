//! Everything about one provider and site on one day.

use std::collections::BTreeMap;

use dashboards::model::{Artefact, EvidenceView, NetworkEvidence, StepCount};
use evidence::Word;
use record::{Asn, Day, Layer, State};

use crate::reference::Reference;
use crate::store::{ArtefactRow, Claims, Filter, GradeRow, ReadTx, StoreError};
use crate::views::alternatives::alternatives;
use crate::views::matrix::{cell_view, empty_cell};
use crate::views::{find_target, provider_view, row_view, site_view};

/// Fills the evidence of a provider and site; none when either is not known.
pub(crate) fn evidence(
    tx: &ReadTx<'_>,
    reference: &Reference,
    day: Day,
    (provider, slug): (&str, &str),
) -> Result<Option<EvidenceView>, StoreError> {
    let rows = tx.provider_cells(day)?;
    let known = reference.providers().find(|known| known.id.0 == provider);
    let (Some(known), Some(target)) = (known, find_target(slug, reference, &rows)) else {
        return Ok(None);
    };
    let row = rows.iter().find(|row| row.target == target && row.provider == provider);
    let networks = reference.networks_of(provider);
    let claims = tx.claims(day, &target)?;
    let own: Vec<&Claims> = claims.iter().filter(|claims| is_of(claims, &networks)).collect();
    let controls: Vec<&Claims> = claims.iter().filter(|claims| claims.control).collect();
    let abroad = tx.abroad(day)?.remove(&target).unwrap_or_default();
    let graded = tx.network_grades(day, &target, provider)?;
    let filter = Filter {
        networks: Some(networks.clone()),
        with_controls: true,
        target: Some(target.clone()),
        day: Some(day),
        ..Filter::default()
    };
    let measurements = tx.rows(&filter, MEASUREMENTS)?;
    let artefacts = tx.artefacts(day, &target)?;
    let from = Day(day.0.saturating_sub(STRIP_DAYS - 1));
    let strip = tx.strip(provider, &target, (from, day))?;
    Ok(Some(EvidenceView {
        cell: row.map_or_else(|| empty_cell(provider, &target), cell_view),
        provider: provider_view(known, reference, &tx.volunteers(day)?),
        site: site_view(&target, reference),
        day,
        closed: tx.closing(day)?.is_some(),
        steps: steps(&own, &controls),
        alternatives: alternatives(row, &graded, (&own, &controls), abroad),
        networks: graded.into_iter().map(|row| network(row, abroad.countries_ok)).collect(),
        artefacts: together(artefacts, &networks),
        measurements: measurements.into_iter().map(|row| row_view(row, reference)).collect(),
        strip: strip
            .into_iter()
            .map(|(day, grade)| (day, grade.word()))
            .collect::<Vec<(Day, Word)>>(),
    }))
}

fn is_of(claims: &Claims, networks: &[Asn]) -> bool {
    !claims.control && claims.counted && claims.asn.is_some_and(|asn| networks.contains(&asn))
}

fn network(row: GradeRow, abroad: u32) -> NetworkEvidence {
    NetworkEvidence {
        asn: row.asn,
        grade: row.grade,
        site_e: row.site_e,
        beacon_e: row.beacon_e,
        bar: row.bar,
        f_star: row.f_star,
        upper: row.upper,
        agents: row.agents,
        prefixes: row.prefixes,
        abroad,
        site_blocks: row.blocks.0,
        beacon_blocks: row.blocks.1,
    }
}

/// Counts claims by layer, agents' beside controls'.
fn steps(own: &[&Claims], controls: &[&Claims]) -> Vec<StepCount> {
    let count = |of: &[&Claims], layer: Layer, ok: bool| {
        let claims = of.iter().flat_map(|claims| &claims.verdict.layers);
        let such = claims.filter(|claim| claim.layer == layer && (claim.state == State::Ok) == ok);
        u32::try_from(such.count()).unwrap_or(u32::MAX)
    };
    let step = |layer| StepCount {
        layer,
        agents_ok: count(own, layer, true),
        agents_failed: count(own, layer, false),
        controls_ok: count(controls, layer, true),
        controls_failed: count(controls, layer, false),
    };
    Layer::ALL.map(step).to_vec()
}

/// Adds up what the provider's networks were shown. An agent's key is its network's, so nobody is
/// counted twice.
fn together(rows: Vec<ArtefactRow>, networks: &[Asn]) -> Vec<Artefact> {
    let mut by_certificate = BTreeMap::new();
    for row in rows.into_iter().filter(|row| networks.contains(&row.asn)) {
        let key = (row.authority.clone(), row.certificate);
        let artefact = by_certificate.entry(key).or_insert_with(|| Artefact {
            sha256: row.certificate.to_string(),
            subject: row.subject,
            issuer: row.issuer,
            authority: row.authority,
            agents: 0,
        });
        artefact.agents += row.agents;
    }
    by_certificate.into_values().collect()
}

/// Measurements listed with the evidence; all of them are in the list that the page links to.
const MEASUREMENTS: usize = 200;

/// Days in the strip, the day itself included.
const STRIP_DAYS: u32 = 30;
