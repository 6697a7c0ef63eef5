//! What the short commands do: consent, sending, network, lists, keys.

use std::path::Path;

use serde_json::json;

use crate::app::App;
use crate::backoff::Wish;
use crate::consent::{Consent, Sharing, Statement};
use crate::keys::Keys;
use crate::lists::Edition;
use crate::network::Here;
use crate::run;
use crate::stop::{Exit, Stop};
use crate::upload::Uploader;
use crate::words::Value;

/// Prints the statement, and whether the person agreed.
pub fn show_consent(app: &App) -> Result<Exit, Stop> {
    let words = app.out.words();
    let statement = Statement::of(words);
    let given = Consent::read(&app.state)?;
    let sharing = |consent: &Consent| words.text(&format!("sharing-{}", consent.sharing.word()));
    let status = match &given {
        Some(consent) if consent.holds() => {
            let sharing = sharing(consent);
            words.say("consent-state-given", &[("sharing", Value::Text(&sharing))])
        }
        Some(_) => words.text("consent-state-old"),
        None => words.text("consent-state-none"),
    };
    let id = [("id", Value::Text(&statement.id))];
    let (told, how) = (words.say("statement-id", &id), words.say("statement-how", &id));
    let data = json!({
        "statement": statement.id,
        "text": statement.to_string(),
        "given": given.filter(Consent::holds),
    });
    let text = format!("{statement}\n{told}\n\n{how}\n\n{status}");
    app.out.data("consent", &data, &text)?;
    Ok(Exit::Done)
}

/// Stores that the person agreed to a statement.
pub fn accept(app: &App, statement: &str, sharing: Sharing) -> Result<Exit, Stop> {
    let words = app.out.words();
    let given = Consent::accept(&app.state, statement, sharing, app.edge.now())?;
    let sharing = words.text(&format!("sharing-{}", sharing.word()));
    let args = [("id", Value::Text(&given.statement)), ("sharing", Value::Text(&sharing))];
    app.out.data("consent", &json!({ "given": given }), &words.say("consent-accepted", &args))?;
    Ok(Exit::Done)
}

/// Withdraws the person's consent.
pub fn withdraw(app: &App) -> Result<Exit, Stop> {
    let words = app.out.words();
    Consent::withdraw(&app.state)?;
    let unsent = app.spool()?.list()?.len();
    let text = words.say("consent-withdrawn", &[("count", Value::Count(unsent))]);
    app.out.data("consent", &json!({ "given": null, "unsent": unsent }), &text)?;
    Ok(Exit::Done)
}

/// Sends what waits.
pub async fn send(app: &App) -> Result<Exit, Stop> {
    let consent = Consent::demand(&app.state)?;
    if consent.sharing == Sharing::Local {
        return Err(Stop::new(Exit::Consent, "error-local-only"));
    }
    let _lock = app.lock()?;
    let spool = app.spool()?;
    spool.sweep()?;
    let (roots, keys) = (app.roots()?, Keys::open(&app.state)?);
    let collector = app.collector(&roots)?;
    let uploader = Uploader {
        state: &app.state,
        spool: &spool,
        keys: &keys,
        collector: &collector,
        edge: &app.edge,
    };
    let delivery = uploader.deliver(Wish::Person).await?;
    let data = json!({
        "sent": delivery.sent,
        "held": delivery.held,
        "rejected": delivery.rejected,
        "unsendable": delivery.unsendable,
    });
    app.out.data("queue-send", &data, "")?;
    run::rows::tell_delivery(&app.out, &delivery);
    Ok(delivery.stopped.map_or(Exit::Done, |stop| stop.exit))
}

/// Shows which network records will name.
pub async fn network(app: &App) -> Result<Exit, Stop> {
    Consent::demand(&app.state)?;
    let here = Here::ask(&app.collector(&app.roots()?)?).await?;
    let asn = here.asn.map_or_else(|| "?".to_owned(), |asn| asn.to_string());
    run::prepare::tell_network(&app.out, &here);
    app.out.data("network", &json!(here), &asn)?;
    Ok(Exit::Done)
}

/// Fetches the list.
pub async fn update(app: &App) -> Result<Exit, Stop> {
    Consent::demand(&app.state)?;
    let collector = app.collector(&app.roots()?)?;
    let edition = Edition::update(&collector, &app.state, app.edge.now()).await?;
    tell_lists(app, &edition)
}

/// Takes a list in from a file; nobody is contacted.
pub fn import(app: &App, file: &Path) -> Result<Exit, Stop> {
    let collector = app.collector(&app.roots()?)?;
    let edition = Edition::import(file, &app.state, collector.key(), app.edge.now())?;
    tell_lists(app, &edition)
}

fn tell_lists(app: &App, edition: &Edition) -> Result<Exit, Stop> {
    let snapshot = &edition.snapshot;
    let (issued, expires) = (snapshot.issued.rfc3339(), snapshot.expires.rfc3339());
    let args = [
        ("issued", Value::Text(&issued)),
        ("expires", Value::Text(&expires)),
        ("count", Value::Count(snapshot.targets.len())),
        ("controls", Value::Count(snapshot.controls.len())),
    ];
    let data = json!({
        "digest": edition.digest,
        "issued": issued,
        "expires": expires,
        "targets": snapshot.targets.len(),
        "controls": snapshot.controls.len(),
    });
    app.out.data("lists", &data, &app.out.words().say("lists-updated", &args))?;
    Ok(Exit::Done)
}

/// Shows the key of this machine as a control, and makes it where it is missing.
pub fn keys(app: &App) -> Result<Exit, Stop> {
    let key = Keys::open(&app.state)?.for_control(&app.edge)?.credential().to_string();
    let text = app.out.words().say("keys-control", &[("key", Value::Text(&key))]);
    app.out.data("keys", &json!({ "credential": key }), &text)?;
    Ok(Exit::Done)
}
