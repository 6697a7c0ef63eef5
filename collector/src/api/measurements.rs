//! `GET /api/v1/measurements`: lists of measurements.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};

use dashboards::model::MeasurementRow;
use record::State as Conclusion;

use crate::api::app::{App, Asked, Open};
use crate::api::question;
use crate::problem::Problem;
use crate::reference::Reference;
use crate::store::Filter;
use crate::views;

/// What may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    provider: Option<String>,
    target: Option<String>,
    state: Option<String>,
    day: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

/// One page of a list.
#[derive(Serialize)]
pub(super) struct Page {
    measurements: Vec<MeasurementRow>,
    /// What `after` must be for the next page; none on the last.
    next: Option<String>,
}

/// Answers with measurements, newest hour first.
pub(super) async fn measurements(
    State(app): State<Arc<App>>,
    Asked(asked): Asked<Question>,
) -> Result<Open<Page>, Problem> {
    let limit = question::limit(asked.limit.as_deref())?;
    let filter = filter(&asked, &app.reference)?;
    let page = app.read("list measurements", move |tx, reference| {
        let mut rows = tx.rows(&filter, limit + 1)?;
        let is_last = rows.len() <= limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| !is_last);
        let next = last.map(|row| question::cursor(row.hour, row.id));
        let measurements = rows.into_iter().map(|row| views::row_view(row, reference)).collect();
        Ok(Page { measurements, next })
    });
    Ok(Open(page.await?))
}

fn filter(asked: &Question, reference: &Reference) -> Result<Filter, Problem> {
    let networks = asked.provider.as_deref().map(|provider| {
        let known = reference.providers().any(|known| known.id.0 == provider);
        let advice = "provider: no such provider; see /api/v1/providers";
        known.then(|| reference.networks_of(provider)).ok_or_else(|| Problem::bad_query(advice))
    });
    let target = asked.target.as_deref().map(|target| {
        target.parse().map_err(|error| Problem::bad_query(format!("target: {error}")))
    });
    let state = asked.state.as_deref().map(|state| {
        let known = STATES.into_iter().find(|known| known.word() == state);
        let words = STATES.map(Conclusion::word).join(", ");
        known.ok_or_else(|| Problem::bad_query(format!("state: one of {words}")))
    });
    Ok(Filter {
        networks: networks.transpose()?,
        with_controls: false,
        target: target.transpose()?,
        state: state.transpose()?,
        day: question::day(asked.day.as_deref())?,
        after: question::after(asked.after.as_deref())?,
    })
}

const STATES: [Conclusion; 6] = [
    Conclusion::Ok,
    Conclusion::Down,
    Conclusion::Server,
    Conclusion::Interference,
    Conclusion::Inconclusive,
    Conclusion::Void,
];
