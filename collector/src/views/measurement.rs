//! One measurement, whole or as a line of a list.

use dashboards::model::{MeasurementRow, MeasurementView, ReachPlace, ReachView};
use record::{Asn, Measurement, MeasurementId, State};

use crate::reference::Reference;
use crate::store::{ReadTx, Row, StoreError};

/// Fills everything about one measurement; none when it is not known or not judged yet.
pub(crate) fn measurement(
    tx: &ReadTx<'_>,
    reference: &Reference,
    id: MeasurementId,
) -> Result<Option<MeasurementView>, StoreError> {
    let (Some(row), Some(kept), Some(verdict)) = (tx.row(id)?, tx.record(id)?, tx.verdict(id)?)
    else {
        return Ok(None);
    };
    let record = Measurement::decode(&kept.record)
        .map_err(|_| StoreError::Foreign(format!("the record {id}, which is none")))?;
    let provider = |asn| reference.customers(asn).map(|(_, provider)| &provider.id);
    let is_own = |there: Asn| {
        row.asn.map(|here| {
            here == there || provider(there).is_some_and(|theirs| provider(here) == Some(theirs))
        })
    };
    let shown = Some(&record.seen).filter(|_| verdict.state == State::Interference);
    let reach = shown.and_then(|seen| verdict::reach(seen)).map(|reach| ReachView {
        within: reach.within,
        beyond: reach.beyond,
        server: reach.server,
        network: reach.network,
        place: match [reach.before, reach.network, reach.after].map(|at| at.and_then(is_own)) {
            [Some(true), Some(true), Some(true)] => ReachPlace::Inside,
            [_, Some(true), Some(true)] => ReachPlace::Within,
            [_, Some(true), _] => ReachPlace::Edge,
            [_, Some(false), _] => ReachPlace::Beyond,
            [_, None, _] => ReachPlace::Unknown,
        },
    });
    Ok(Some(MeasurementView {
        row: row_view(row, reference),
        record,
        verdict,
        reach,
        batch: (kept.batch, kept.index),
        bytes: kept.record.len() as u64,
    }))
}

/// Fills a line of a list.
pub(crate) fn row_view(row: Row, reference: &Reference) -> MeasurementRow {
    let provider = row.asn.filter(|_| !row.control).and_then(|asn| reference.customers(asn));
    MeasurementRow {
        id: row.id,
        target: row.target,
        asn: row.asn,
        provider: provider.map(|(_, provider)| provider.id.0.clone()),
        hour: row.hour,
        control: row.control,
        state: row.state,
        layer: row.layer,
        rule: row.rule,
        counted: row.counted,
    }
}
