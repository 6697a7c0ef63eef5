//! `GET /api/v1/evidence/{provider}/{slug}`: everything about one provider and site on one day.

use std::sync::Arc;

use axum::extract::{Path, State};

use dashboards::model::EvidenceView;

use crate::api::app::{App, Asked, Open};
use crate::api::question::OneDay;
use crate::problem::Problem;
use crate::views;

/// Answers with the evidence of the newest day unless another is named.
pub(super) async fn evidence(
    State(app): State<Arc<App>>,
    Path((provider, slug)): Path<(String, String)>,
    Asked(question): Asked<OneDay>,
) -> Result<Open<EvidenceView>, Problem> {
    let day = question.day()?;
    let found = app.read("read evidence", move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        views::evidence(tx, reference, day, (&provider, &slug))
    });
    let advice = "no such provider or site: see /api/v1/providers and /api/v1/targets";
    found.await?.map(Open).ok_or_else(|| Problem::not_found(advice))
}
