//! One measurement: what was done, what came of it, and what is concluded.

use std::collections::BTreeMap;

use askama::Template;

use record::{Claim, Digest, Label, Layer, Observation, Role, RuleId, State, Verdict};

use crate::format::hour;
use crate::html::Html;
use crate::model::{Frame, MeasurementView, ReachPlace, ReachView};
use crate::page::Page;
use crate::pages::PageError;
use crate::table::{Row, Table};
use crate::{Language, link, site_name, steps};

/// Writes a measurement's page.
pub fn measurement(
    frame: &Frame,
    view: &MeasurementView,
    language: Language,
) -> Result<String, PageError> {
    let id = view.row.id;
    let site = site_name(&view.record.target);
    let title = language.say("measurement-title", &[("site", site.into())]);
    let page = Page::new(frame, language, &format!("m/{id}"), title)
        .with_data("data-record", link::measurement_json(id))
        .with_data("data-raw", link::measurement_raw(id))
        .unlisted();
    let template = Measured {
        facts: facts(view, language),
        counted: counted(view, language),
        headline: headline(&view.verdict, language),
        agent: agent_said(&view.record.verdict, language),
        verdict: verdict(&view.verdict, language),
        reach: view.reach.map(|reach| told(reach, language)),
        steps: step_table(&view.record.seen, language),
        certificates: certificates(view, language),
        id: id.to_string(),
        page,
    };
    Ok(template.render()?)
}

#[derive(Template)]
#[template(path = "measurement.html")]
struct Measured<'a> {
    page: Page<'a>,
    id: String,
    facts: Vec<(String, Html)>,
    counted: Vec<String>,
    headline: Html,
    agent: String,
    verdict: Html,
    reach: Option<String>,
    steps: Html,
    certificates: Option<Html>,
}

fn facts(view: &MeasurementView, language: Language) -> Vec<(String, Html)> {
    let record = &view.record;
    let (batch, index) = &view.batch;
    let network =
        view.row.asn.map_or_else(|| language.say("network-unknown", &[]), |asn| asn.to_string());
    let mut place = Html::code(&batch.to_string());
    place.push(", ").push_text(&language.say("batch-place", &[("n", (*index).into())]));
    let mut facts = vec![
        ("fact-address", Html::code(record.target.as_str())),
        ("fact-hour", hour(view.row.hour, language).into()),
        ("fact-who", language.name(&record.role).into()),
        ("fact-network", network.into()),
    ];
    if let Some(provider) = &view.row.provider {
        let href = link::provider(language, provider, view.row.hour.local_day());
        facts.push(("fact-provider", Html::link(&href, provider)));
    }
    let hello = &record.run.hello;
    facts.extend((!hello.is_empty()).then(|| ("fact-hello", Html::code(hello))));
    facts.extend([
        ("fact-line", line(&record.run.labels, language).into()),
        ("fact-software", Html::text(&record.software)),
        ("fact-snapshot", Html::code(&record.snapshot.to_string())),
        ("fact-batch", place),
        ("fact-bytes", steps::bytes(view.bytes, language).into()),
    ]);
    facts.into_iter().map(|(key, value)| (language.say(key, &[]), value)).collect()
}

/// Says what the checks noted of the line and the machine.
fn line(labels: &[Label], language: Language) -> String {
    let named: Vec<String> = labels.iter().map(|label| language.name(label)).collect();
    if named.is_empty() { language.say("line-nothing-noted", &[]) } else { named.join("; ") }
}

/// Says whether the measurement counts, and why.
fn counted(view: &MeasurementView, language: Language) -> Vec<String> {
    let say = |key| language.say(key, &[]);
    let reasons = &view.record.run.void;
    if view.record.role == Role::Control {
        vec![say("counted-control")]
    } else if view.row.counted {
        vec![say("counted-because-good")]
    } else if !reasons.is_empty() {
        let named = reasons.iter().map(|reason| language.name(reason));
        std::iter::once(say("counted-void")).chain(named).collect()
    } else if view.verdict.state == State::Void {
        vec![say("counted-void"), language.rule(&view.verdict.rule)]
    } else if view.row.provider.is_none() {
        vec![say("counted-no-provider")]
    } else {
        vec![say("counted-other")]
    }
}

fn headline(verdict: &Verdict, language: Language) -> Html {
    let layer = verdict.layer.map(|layer| format!("{}: ", language.about(&layer, "short")));
    let mut html = Html::markup("<strong>");
    html.push_text(&language.name(&verdict.state)).push("</strong> · ");
    html.push_text(&layer.unwrap_or_default()).push_text(&language.rule(&verdict.rule));
    html
}

fn agent_said(verdict: &Verdict, language: Language) -> String {
    let state = language.name(&verdict.state);
    let rule = language.rule(&verdict.rule);
    language.say("verdict-agent", &[("state", state.into()), ("rule", rule.into())])
}

/// Tells how far away what treats the names differently sits.
fn told(reach: ReachView, language: Language) -> String {
    let say = |key, args: &[_]| language.say(key, args);
    let mut told = vec![say("reach-within", &[("within", reach.within.into())])];
    if reach.beyond > 0 {
        told.push(say("reach-beyond", &[("beyond", reach.beyond.into())]));
    }
    if let Some(server) = reach.server {
        told.push(say("reach-server", &[("server", server.into())]));
    }
    let network = reach.network.map(|asn| asn.to_string()).unwrap_or_default();
    let whose = match reach.place {
        ReachPlace::Inside => "reach-inside",
        ReachPlace::Within => "reach-own",
        ReachPlace::Edge => "reach-edge",
        ReachPlace::Beyond => "reach-other",
        ReachPlace::Unknown => "reach-unknown",
    };
    told.push(say(whose, &[("network", network.into())]));
    told.join(" ")
}

/// One row a layer, each pointing at the steps that it rests on.
fn verdict(verdict: &Verdict, language: Language) -> Html {
    let columns = ["col-step", "col-state", "col-rule", "col-because"];
    let row = |claim: &Claim| {
        verdict_row(claim.layer, claim.state, &claim.rule, &claim.because, language)
    };
    Table::new(
        language.say("verdict-caption", &[]),
        columns.map(|key| language.say(key, &[])).to_vec(),
    )
    .with(verdict.layers.iter().map(row))
    .html()
}

fn verdict_row(
    layer: Layer,
    state: State,
    rule: &RuleId,
    because: &[usize],
    language: Language,
) -> Row {
    let mut said = Html::text(&language.rule(rule));
    said.push(" ").push_html(&Html::code(&rule.0));
    Row::new(vec![
        language.name(&layer).into(),
        language.name(&state).into(),
        said,
        step_links(because.iter().copied(), language),
    ])
}

/// Links to the rows of steps; people count from 1.
fn step_links(positions: impl Iterator<Item = usize>, language: Language) -> Html {
    let mut html = Html::default();
    for position in positions {
        if !html.as_str().is_empty() {
            html.push(", ");
        }
        let number = (position + 1).to_string();
        html.push_html(&Html::link(&format!("#step-{number}"), &number));
    }
    if html.as_str().is_empty() { language.say("none", &[]).into() } else { html }
}

fn step_table(seen: &[Observation], language: Language) -> Html {
    let columns = ["col-number", "col-time", "col-did", "col-part", "col-outcome"];
    let row = |(position, step): (usize, &Observation)| {
        Row::new(vec![
            (position + 1).to_string().into(),
            steps::time(step, language).into(),
            steps::did(step, language).into(),
            steps::part(step.part(), language).into(),
            steps::outcome(step, language),
        ])
        .named(format!("step-{}", position + 1))
    };
    Table::new(
        language.say("steps-caption", &[]),
        columns.map(|key| language.say(key, &[])).to_vec(),
    )
    .with(seen.iter().enumerate().map(row))
    .html()
}

fn certificates(view: &MeasurementView, language: Language) -> Option<Html> {
    let columns = ["col-certificate", "col-size", "col-shown"];
    let mut shown: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
    for (position, step) in view.record.seen.iter().enumerate() {
        for digest in chain(step) {
            shown.entry(*digest).or_default().push(position);
        }
    }
    let row = |(digest, der): (&Digest, &Vec<u8>)| {
        let positions = shown.get(digest).into_iter().flatten().copied();
        Row::new(vec![
            Html::code(&digest.to_string()),
            steps::bytes(der.len() as u64, language).into(),
            step_links(positions, language),
        ])
    };
    (!view.record.certificates.0.is_empty()).then(|| {
        Table::new(
            language.say("certificates-caption", &[]),
            columns.map(|key| language.say(key, &[])).to_vec(),
        )
        .with(view.record.certificates.0.iter().map(row))
        .html()
    })
}

fn chain(step: &Observation) -> &[Digest] {
    step.session().map_or(&[], |session| &session.chain)
}
