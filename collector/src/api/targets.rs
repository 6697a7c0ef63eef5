//! `GET /api/v1/targets`: what is tested.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;

use testlists::{Category, Listed};

use crate::api::app::{App, Asked, Open};
use crate::api::question::Nothing;

/// What is tested, and in which sorts it falls.
#[derive(Serialize)]
pub(super) struct Targets {
    targets: Vec<Target>,
    categories: Vec<Category>,
}

/// One target with its name in addresses.
#[derive(Serialize)]
struct Target {
    slug: String,
    #[serde(flatten)]
    listed: Listed,
}

/// Answers with the lists as they are now.
pub(super) async fn targets(
    State(app): State<Arc<App>>,
    Asked(Nothing {}): Asked<Nothing>,
) -> Open<Targets> {
    let lists = &app.reference.lists;
    let target =
        |listed: &Listed| Target { slug: dashboards::slug(&listed.target), listed: listed.clone() };
    let targets = lists.targets.iter().map(target).collect();
    std::future::ready(Open(Targets { targets, categories: lists.categories.clone() })).await
}
