//! One step of a measurement in words: what was done, which part it played, what came of it.

use record::{
    Answers, Arm, Came, Contrast, Failed, Hello, Loaded, Observation, Page, Part, Resolver, Rungs,
    Seen, Services, Session, Transport,
};

use crate::html::Html;
use crate::{Key, Language, Value};

/// Says what a step did.
pub(crate) fn did(step: &Observation, language: Language) -> String {
    match step {
        Observation::Lookup(seen) => {
            let resolver = asked(&seen.step.resolver, language);
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
        Observation::Service(seen) => {
            let resolver = asked(&seen.step.resolver, language);
            let args = [("name", seen.step.name.as_str().into()), ("resolver", resolver.into())];
            language.say("did-service", &args)
        }
        Observation::Variant(seen) => {
            let key = match seen.step.hello {
                Hello::Split => "did-split",
                Hello::Nameless => "did-nameless",
                Hello::Encrypted { .. } => "did-encrypted",
            };
            let to = seen.step.to.to_string();
            language.say(key, &[("to", to.into()), ("name", seen.step.name.as_str().into())])
        }
        Observation::Quic(seen) => {
            let to = seen.step.to.to_string();
            let args = [("to", to.into()), ("name", seen.step.sni.as_str().into())];
            language.say("did-quic", &args)
        }
        Observation::Http3(seen) => {
            let to = seen.step.to.to_string();
            language.say("did-http3", &[("to", to.into()), ("url", seen.step.url.as_str().into())])
        }
        Observation::Load(seen) => {
            let to = seen.step.to.to_string();
            let args = [
                ("to", to.into()),
                ("name", seen.step.name.as_str().into()),
                ("bytes", bytes(seen.step.bytes.into(), language).into()),
            ];
            language.say("did-load", &args)
        }
        Observation::Hops(seen) => {
            let to = seen.step.to.to_string();
            let args = [
                ("to", to.into()),
                ("name", seen.step.sni.as_str().into()),
                ("most", seen.step.most.into()),
            ];
            language.say("did-hops", &args)
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
        Part::Block { on, round, slot, arm } => {
            let key = match (on, arm) {
                (Contrast::SiteQuic, Arm::Named) => "part-site-quic-named",
                (Contrast::SiteQuic, Arm::Neutral) => "part-site-quic-neutral",
                (Contrast::BeaconQuic, Arm::Named) => "part-beacon-quic-named",
                (Contrast::BeaconQuic, Arm::Neutral) => "part-beacon-quic-neutral",
                (Contrast::BeaconLoad, Arm::Named) => "part-beacon-load-named",
                (Contrast::BeaconLoad, Arm::Neutral) => "part-beacon-load-neutral",
                (Contrast::SiteEncrypted, Arm::Named) => "part-site-encrypted",
                (Contrast::SiteEncrypted, Arm::Neutral) => "part-site-open",
                (Contrast::SiteElsewhere, Arm::Named) => "part-site-elsewhere-named",
                (Contrast::SiteElsewhere, Arm::Neutral) => "part-site-elsewhere-neutral",
            };
            attempt(key, round, slot, language)
        }
        Part::Variation => language.say("part-variation", &[]),
        Part::OverQuic => language.say("part-over-quic", &[]),
    }
}

/// Says when a step began and how long it took.
pub(crate) fn time(step: &Observation, language: Language) -> String {
    let (at, took) = (step.at_ms(), step.took_ms());
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
        Observation::Service(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| offered(seen, language))
        }
        Observation::Variant(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| session(seen, language))
        }
        Observation::Quic(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| session(seen, language))
        }
        Observation::Http3(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| page(seen, language))
        }
        Observation::Load(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| loaded(seen, language))
        }
        Observation::Hops(Seen { outcome, .. }) => {
            outcome.as_ref().map(|seen| rungs(seen, language))
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

fn asked(resolver: &Resolver, language: Language) -> String {
    let id = match resolver.id.as_str() {
        Resolver::PROVIDER => language.say("resolver-provider", &[]),
        Resolver::NOBODY => language.say("resolver-nobody", &[]),
        id => id.to_owned(),
    };
    match resolver.transport {
        Transport::System => language.say("resolver-system", &[]),
        Transport::Udp | Transport::Doh => {
            language.say(resolver.transport.key(), &[("id", id.into())])
        }
    }
}

fn offered(services: &Services, language: Language) -> String {
    if services.records.is_empty() {
        return language.say("saw-no-service", &[]);
    }
    let all: Vec<&str> =
        services.records.iter().flat_map(|record| &record.alpn).map(String::as_str).collect();
    let key = match services.records.iter().any(|record| record.ech.is_some()) {
        true => "saw-service-encrypted",
        false => "saw-service",
    };
    language.say(key, &[("offered", all.join(", ").into())])
}

fn loaded(loaded: &Loaded, language: Language) -> String {
    let args = [
        ("bytes", bytes(loaded.bytes.into(), language).into()),
        ("seconds", crate::format::seconds(loaded.last_ms, language).into()),
    ];
    language.say("saw-loaded", &args)
}

/// Tells each rung in a few letters: the published words are long, and there are up to 32.
fn rungs(path: &Rungs, language: Language) -> String {
    let told = path.rungs.iter().map(|rung| {
        let key = match rung.came {
            Came::Nothing => "rung-nothing",
            Came::Expired => "rung-expired",
            Came::Answer => "rung-answer",
            Came::Reset => "rung-reset",
            Came::Closed => "rung-closed",
            Came::NoConnection => "rung-no-connection",
        };
        let network = rung.network.map(|asn| format!(" ({asn})")).unwrap_or_default();
        format!("{}: {}{network}", rung.limit, language.say(key, &[]))
    });
    told.collect::<Vec<String>>().join("; ")
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
