//! `GET /api/v1/providers`: the providers and their networks.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;

use dashboards::model::ProviderView;
use record::Day;

use crate::api::app::{App, Asked, Open};
use crate::api::question::OneDay;
use crate::problem::Problem;
use crate::views;

/// The providers.
#[derive(Serialize)]
pub(super) struct Providers {
    /// The day of the counts of volunteers.
    day: Day,
    providers: Vec<ProviderView>,
}

/// Answers with every provider, measured or not.
pub(super) async fn providers(
    State(app): State<Arc<App>>,
    Asked(question): Asked<OneDay>,
) -> Result<Open<Providers>, Problem> {
    let day = question.day()?;
    let found = app.read("read the providers", move |tx, reference| {
        let day = views::day_or_newest(tx, day)?;
        let volunteers = tx.volunteers(day)?;
        let view = |provider| views::provider_view(provider, reference, &volunteers);
        Ok(Providers { day, providers: reference.providers().map(view).collect() })
    });
    Ok(Open(found.await?))
}
