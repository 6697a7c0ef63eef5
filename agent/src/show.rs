//! Shows what lies on this computer: records, what waits, the list. Contacts nobody.

use serde_json::{Value as Json, json};

use record::{Failed, Hello, Measurement, Observation, Timestamp};
use testlists::{Listed, Tier};

use crate::app::App;
use crate::backoff::Backoff;
use crate::lists::{Edition, is_never};
use crate::out::{Out, table};
use crate::run::rows::{Row, here_word, step_word};
use crate::selfcheck::told;
use crate::spool::{Ended, Spool, Waiting};
use crate::stop::{Exit, Stop};
use crate::upload::BACKOFF;
use crate::words::Value;

/// Lists the records kept here, newest first.
pub fn list(app: &App) -> Result<Exit, Stop> {
    let out = &app.out;
    let mut records = kept(app)?;
    records.reverse();
    let rows = records.iter().map(|(waiting, record)| {
        let verdict = &record.verdict;
        let short: String = waiting.id.to_string().chars().take(12).collect();
        let here = format!("{} {}", out.mark(verdict.state), here_word(out, verdict));
        vec![hour(record), record.target.to_string(), here, step_word(out, verdict), short]
    });
    let head = ["column-time", "column-site", "column-here", "column-step", "column-id"];
    let head = head.map(|key| out.words().text(key)).to_vec();
    let text = match records.is_empty() {
        true => out.words().text("list-empty"),
        false => table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()),
    };
    let told = records.iter().map(|(_, record)| {
        let mut told = Row::of(record).brief();
        told["hour"] = json!(hour(record));
        told
    });
    out.data("list", &json!({ "records": told.collect::<Vec<Json>>() }), &text)?;
    Ok(Exit::Done)
}

/// Shows one record step by step.
pub fn one(app: &App, wanted: &str) -> Result<Exit, Stop> {
    let out = &app.out;
    let mut found = kept(app)?;
    found.retain(|(waiting, _)| waiting.id.to_string().starts_with(wanted));
    let record = match (found.pop(), found.is_empty()) {
        (Some((_, record)), true) => record,
        (Some(_), false) => {
            return Err(Stop::new(Exit::Usage, "error-many-records").with("id", wanted));
        }
        (None, _) => {
            return Err(Stop::new(Exit::Failed, "error-unknown-record").with("id", wanted));
        }
    };
    let hour = hour(&record);
    let args = [("target", Value::Text(record.target.as_str())), ("hour", Value::Text(&hour))];
    let title = out.words().say("show-title", &args);
    let (word, rule) = (here_word(out, &record.verdict), record.verdict.rule.to_string());
    let args = [("word", Value::Text(&word)), ("rule", Value::Text(&rule))];
    let verdict =
        format!("{} {}", out.mark(record.verdict.state), out.words().say("show-verdict", &args));
    let ok = out.words().text("show-step-ok");
    let rows: Vec<Vec<String>> = record.seen.iter().map(|seen| step(seen, &ok)).collect();
    let labels = record.run.labels.iter().map(|label| out.words().text(told::label_key(*label)));
    let beside = labels.chain(reach(out, &record)).map(|told| format!("\n{told}"));
    let beside: String = beside.collect();
    let local = out.words().text("show-local");
    let text = format!("{title}\n{verdict}{beside}\n\n{}\n{local}", table(&rows));
    out.data("record", &json!(record), &text)?;
    Ok(Exit::Done)
}

/// Says how far away the two names begin to fare differently, where ladders tell it.
fn reach(out: &Out, record: &Measurement) -> Option<String> {
    let reach = verdict::reach(&record.seen)?;
    let told = |key, name, hops: u8| out.words().say(key, &[(name, Value::Count(hops.into()))]);
    let within = told("show-reach", "within", reach.within);
    let beyond = (reach.beyond > 0).then(|| told("show-reach-beyond", "beyond", reach.beyond));
    let server = reach.server.map(|server| told("show-reach-server", "server", server));
    let all: Vec<String> = [Some(within), beyond, server].into_iter().flatten().collect();
    Some(all.join(" "))
}

/// Shows what waits to be sent.
pub fn queue(app: &App) -> Result<Exit, Stop> {
    let (out, spool) = (&app.out, app.spool()?);
    let waiting = spool.list()?;
    let bytes: u64 = waiting.iter().map(|waiting| waiting.bytes).sum();
    let rejected = spool.count(Ended::Rejected);
    let unsendable = spool.count(Ended::Unsendable);
    let backoff: Backoff = app.state.read_json(BACKOFF)?.unwrap_or_default();
    let later = backoff.not_before > app.edge.now();
    let mut lines = Vec::new();
    if waiting.is_empty() {
        lines.push(out.words().text("queue-empty"));
    } else {
        let size = bytes.div_ceil(1000).to_string();
        let args = [("count", Value::Count(waiting.len())), ("size", Value::Text(&size))];
        lines.push(out.words().say("queue-waiting", &args));
    }
    for (key, count, ended) in [
        ("queue-rejected", rejected, Ended::Rejected),
        ("queue-unsendable", unsendable, Ended::Unsendable),
    ] {
        let folder = spool.place(ended).display().to_string();
        let args = [("count", Value::Count(count)), ("folder", Value::Text(&folder))];
        if count > 0 {
            lines.push(out.words().say(key, &args));
        }
    }
    let not_before = backoff.not_before.rfc3339();
    if later {
        lines.push(out.words().say("queue-later", &[("time", Value::Text(&not_before))]));
    }
    let data = json!({
        "waiting": waiting.iter().map(|waiting| waiting.id).collect::<Vec<_>>(),
        "bytes": bytes,
        "rejected": rejected,
        "unsendable": unsendable,
        "not_before": later.then_some(not_before),
    });
    out.data("queue", &data, &lines.join("\n"))?;
    Ok(Exit::Done)
}

/// Prints the list in force, or the one that came with the program.
pub fn lists(app: &App) -> Result<Exit, Stop> {
    let out = &app.out;
    let kept = match &app.config.collector_key {
        Some(key) => Edition::read(&app.state, key)?,
        None => None,
    };
    let is_builtin = kept.is_none();
    let targets = kept.map_or_else(|| testlists::builtin().targets, |kept| kept.snapshot.targets);
    let is_tested = |listed: &Listed| {
        let wanted = listed.tier == Tier::Everyday || app.config.sensitive;
        wanted && !is_never(&listed.target.host(), &app.config.never)
    };
    let columns = ["site", "category", "tier", "tested"];
    let head = columns.map(|name| out.words().text(&format!("lists-column-{name}"))).to_vec();
    let rows = targets.iter().map(|listed| {
        let tier = match listed.tier {
            Tier::Everyday => "tier-everyday",
            Tier::Sensitive => "tier-sensitive",
        };
        let tested = if is_tested(listed) { "word-yes" } else { "word-no" };
        let words = [tier, tested].map(|key| out.words().text(key));
        let [tier, tested] = words;
        vec![listed.target.to_string(), listed.category.clone(), tier, tested]
    });
    let text = table(&std::iter::once(head).chain(rows).collect::<Vec<_>>());
    let told = targets.iter().map(|listed| {
        json!({
            "target": listed.target, "category": listed.category, "tier": listed.tier,
            "tested": is_tested(listed),
        })
    });
    let data = json!({ "builtin": is_builtin, "targets": told.collect::<Vec<Json>>() });
    out.data("lists", &data, &text)?;
    if is_builtin {
        out.note("lists-builtin", &[]);
    }
    Ok(Exit::Done)
}

/// Reads the readable records, oldest first.
fn kept(app: &App) -> Result<Vec<(Waiting, Measurement)>, Stop> {
    let Some(records) = app.records()? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for waiting in records.list()? {
        found.extend(read(&records, waiting)?);
    }
    Ok(found)
}

fn read(records: &Spool, waiting: Waiting) -> Result<Option<(Waiting, Measurement)>, Stop> {
    let kept = records.read(&waiting)?;
    let record = kept.and_then(|kept| Measurement::decode(&kept.bytes).ok());
    Ok(record.map(|record| (waiting, record)))
}

fn hour(record: &Measurement) -> String {
    let start: Timestamp = record.hour.start();
    start.rfc3339()
}

/// Tells one step in a row: when, what, with whom, what came of it.
fn step(seen: &Observation, ok: &str) -> Vec<String> {
    let failed = |failed: &Failed| match failed.detail.as_str() {
        "" => word(&failed.failure),
        detail => format!("{} ({detail})", word(&failed.failure)),
    };
    let (did, outcome) = match seen {
        Observation::Lookup(seen) => {
            let told = seen.outcome.as_ref().map(|answers| {
                let all: Vec<String> =
                    answers.all_addresses().iter().map(ToString::to_string).collect();
                all.join(" ")
            });
            (format!("lookup {} @{}", seen.step.name, seen.step.resolver.id), told)
        }
        Observation::Connect(seen) => {
            (format!("connect {}", seen.step.to), seen.outcome.as_ref().map(|_| ok.to_owned()))
        }
        Observation::Handshake(seen) => (
            format!("handshake {} {}", seen.step.to, seen.step.sni),
            seen.outcome.as_ref().map(|session| word(&session.trust)),
        ),
        Observation::Fetch(seen) => (
            format!("fetch {} {}", seen.step.to, seen.step.url),
            seen.outcome.as_ref().map(|page| page.status.to_string()),
        ),
        Observation::Service(seen) => (
            format!("lookup-https {} @{}", seen.step.name, seen.step.resolver.id),
            seen.outcome.as_ref().map(|services| {
                let offered = services.records.iter().flat_map(|record| &record.alpn);
                offered.cloned().collect::<Vec<String>>().join(" ")
            }),
        ),
        Observation::Variant(seen) => (
            format!("handshake-{} {} {}", shape(&seen.step.hello), seen.step.to, seen.step.name),
            seen.outcome.as_ref().map(|session| word(&session.trust)),
        ),
        Observation::Quic(seen) => (
            format!("quic {} {}", seen.step.to, seen.step.sni),
            seen.outcome.as_ref().map(|session| word(&session.trust)),
        ),
        Observation::Http3(seen) => (
            format!("fetch-http3 {} {}", seen.step.to, seen.step.url),
            seen.outcome.as_ref().map(|page| page.status.to_string()),
        ),
        Observation::Load(seen) => (
            format!("load {} {}", seen.step.to, seen.step.name),
            seen.outcome
                .as_ref()
                .map(|loaded| format!("{} B, {} ms", loaded.bytes, loaded.last_ms)),
        ),
        Observation::Hops(seen) => (
            format!("hops {} {}", seen.step.to, seen.step.sni),
            seen.outcome.as_ref().map(|path| {
                let told =
                    path.rungs.iter().map(|rung| format!("{}:{}", rung.limit, word(&rung.came)));
                told.collect::<Vec<String>>().join(" ")
            }),
        ),
    };
    let (at_ms, took_ms) = (seen.at_ms(), seen.took_ms());
    let part = word(&seen.part());
    vec![format!("{at_ms} ms"), format!("+{took_ms}"), part, did, outcome.unwrap_or_else(failed)]
}

fn shape(hello: &Hello) -> &'static str {
    match hello {
        Hello::Split => "split",
        Hello::Nameless => "nameless",
        Hello::Encrypted { .. } => "encrypted",
    }
}

/// Returns the published word of a value: the one it has in records.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value).unwrap_or_default() {
        Json::String(word) => word,
        Json::Object(fields) => {
            let word = fields.get("as").and_then(Json::as_str).map(str::to_owned);
            word.or_else(|| fields.keys().next().cloned()).unwrap_or_default()
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => String::new(),
    }
}
