//! One step of a measurement in words: what was done, which part it played, what came of it.

use record::{Answers, Arm, Failed, Lookup, Observation, Page, Part, Seen, Session, Transport};

use crate::html::Html;
use crate::{Key, Language, Value};

/// Says what a step did.
pub(crate) fn did(step: &Observation, language: Language) -> String {
    match step {
        Observation::Lookup(seen) => {
            let resolver = resolver(&seen.step, language);
            let args = [("name", seen.step.name.as_str().into()), ("resolver", resolver.into())];
            language.say("did-lookup", &args)
        }
        Observation::Connect(seen) => {
            language.say("did-connect", &[("to", seen.step.to.to_string().into())])
        }
        Observation::Handshake(seen) => {
            let to = seen.step.to.to_string();
            let args = [("to", to.into()), ("name", seen.step.sni.as_str().into())];
            language.say("did-handshake", &args)
        }
        Observation::Fetch(seen) => {
            let to = seen.step.to.to_string();
            language.say("did-fetch", &[("to", to.into()), ("url", seen.step.url.as_str().into())])
        }
    }
}

/// Says which part a step played.
pub(crate) fn part(part: Part, language: Language) -> String {
    match part {
        Part::Screen => language.say("part-screen", &[]),
        Part::Before => language.say("part-before", &[]),
        Part::After => language.say("part-after", &[]),
        Part::Hop { number } => language.say("part-hop", &[("n", number.into())]),
        Part::SiteBlock { round, slot, arm } => {
            let key = match arm {
                Arm::Named => "part-site-named",
                Arm::Neutral => "part-site-neutral",
            };
            attempt(key, round, slot, language)
        }
        Part::BeaconBlock { round, slot, arm } => {
            let key = match arm {
                Arm::Named => "part-beacon-named",
                Arm::Neutral => "part-beacon-neutral",
            };
            attempt(key, round, slot, language)
        }
    }
}

/// Says when a step began and how long it took.
pub(crate) fn time(step: &Observation, language: Language) -> String {
    let (at, took) = match step {
        Observation::Lookup(seen) => (seen.at_ms, seen.took_ms),
        Observation::Connect(seen) => (seen.at_ms, seen.took_ms),
        Observation::Handshake(seen) => (seen.at_ms, seen.took_ms),
        Observation::Fetch(seen) => (seen.at_ms, seen.took_ms),
    };
    let seconds = |ms| crate::format::seconds(ms, language);
    language.say("step-time", &[("at", seconds(at).into()), ("took", seconds(took).into())])
}

/// Says what came of a step, with a mark before it.
pub(crate) fn outcome(step: &Observation, language: Language) -> Html {
    let said = match step {
        Observation::Lookup(Seen { outcome, .. }) => {
            outcome.as_ref().map(|answers| looked_up(answers, language))
        }
        Observation::Connect(Seen { outcome, .. }) => {
            outcome.as_ref().map(|_| language.say("saw-connected", &[]))
        }
        Observation::Handshake(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| session(seen, language))
        }
        Observation::Fetch(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| page(seen, language))
        }
    };
    match said {
        Ok(text) => marked("✓", &text),
        Err(failure) => marked("✗", &failed(failure, language)),
    }
}

/// Counts bytes in words.
pub(crate) fn bytes(count: u64, language: Language) -> String {
    language.say("bytes", &[("n", count.into())])
}

fn resolver(lookup: &Lookup, language: Language) -> String {
    match lookup.resolver.transport {
        Transport::System => language.say("resolver-system", &[]),
        Transport::Udp | Transport::Doh => {
            let id = lookup.resolver.id.as_str();
            language.say(lookup.resolver.transport.key(), &[("id", id.into())])
        }
    }
}

/// Names one attempt of a block; people count from 1.
fn attempt(key: &str, round: u32, slot: u8, language: Language) -> String {
    let args =
        [("round", Value::from(u64::from(round) + 1)), ("slot", Value::from(u64::from(slot) + 1))];
    language.say(key, &args)
}

fn looked_up(answers: &Answers, language: Language) -> String {
    let addresses: Vec<String> = answers.all_addresses().iter().map(ToString::to_string).collect();
    let first = if !addresses.is_empty() {
        language.say("saw-addresses", &[("addresses", addresses.join(", ").into())])
    } else if answers.denies() {
        language.say("saw-denied", &[])
    } else {
        language.say("saw-no-address", &[])
    };
    let late = language.say("saw-late", &[("n", answers.datagrams.len().into())]);
    format!("{first}; {late}")
}

fn session(session: &Session, language: Language) -> String {
    let trust = language.name(&session.trust);
    // rustls writes TLSv1_3.
    let version = session.version.replace("TLSv", "TLS ").replace('_', ".");
    let args = [("version", version.into()), ("trust", trust.into())];
    language.say("saw-session", &args)
}

fn page(page: &Page, language: Language) -> String {
    let mut args = vec![
        ("status", page.status.to_string().into()),
        ("bytes", bytes(page.bytes, language).into()),
    ];
    let said = match &page.title {
        Some(title) => {
            args.push(("title", title.as_str().into()));
            language.say("saw-page-title", &args)
        }
        None => language.say("saw-page", &args),
    };
    match &page.session {
        Some(under) => format!("{said}; {}", session(under, language)),
        None => said,
    }
}

fn failed(failed: &Failed, language: Language) -> String {
    let mut args = vec![
        ("failure", language.name(&failed.failure).into()),
        ("read", bytes(failed.read, language).into()),
        ("written", bytes(failed.written, language).into()),
    ];
    if failed.detail.is_empty() {
        return language.say("saw-failure", &args);
    }
    args.push(("detail", failed.detail.as_str().into()));
    language.say("saw-failure-detail", &args)
}

fn marked(mark: &'static str, text: &str) -> Html {
    let mut html = Html::markup("<span aria-hidden=\"true\">");
    html.push(mark).push("</span> ").push_text(text);
    html
}
