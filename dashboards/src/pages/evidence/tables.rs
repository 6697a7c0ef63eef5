//! The tables of a page of evidence.

use crate::format::{e_value, hour, percent, whole};
use crate::html::Html;
use crate::model::{Artefact, EvidenceView, MeasurementRow, NetworkEvidence, StepCount, bucket};
use crate::table::{Row, Table};
use crate::{Key, Language, link};

/// One network: the contrasts, the bar, and what the claim withstands.
pub(super) struct Line {
    pub(super) network: String,
    pub(super) facts: Vec<(String, Html)>,
}

/// Writes out the statistics of each network.
pub(super) fn lines(view: &EvidenceView, language: Language) -> Vec<Line> {
    view.networks.iter().map(|network| line(network, language)).collect()
}

fn line(network: &NetworkEvidence, language: Language) -> Line {
    let [zero, one, two] = [0_u32, 1, 2].map(|n| whole(n, language));
    let aside = [("zero", zero.into()), ("one", one.into()), ("two", two.into())];
    let e = |values: &[f64; 3]| values.map(|value| e_value(value, language)).join(" · ");
    let lines = language.say(
        "lines-prefixes",
        &[("bucket", bucket(network.agents).into()), ("prefixes", network.prefixes.into())],
    );
    let blocks =
        [network.site_blocks, network.beacon_blocks].map(|n| whole(n, language)).join(" · ");
    let methods = link::methods(language, &format!("#{}", network.grade.key()));
    let facts: [(&str, Html); 8] = [
        ("col-grade", Html::link(&methods, &language.about(&network.grade, "name"))),
        ("col-site-e", e(&network.site_e).into()),
        ("col-beacon-e", e(&network.beacon_e).into()),
        ("col-bar", e_value(network.bar, language).into()),
        ("col-strength", strength(network, language).into()),
        ("col-lines", lines.into()),
        ("col-blocks", blocks.into()),
        ("col-abroad", whole(network.abroad, language).into()),
    ];
    Line {
        network: network.asn.to_string(),
        facts: facts.into_iter().map(|(key, value)| (language.say(key, &aside), value)).collect(),
    }
}

fn strength(network: &NetworkEvidence, language: Language) -> String {
    if let Some(upper) = network.upper {
        let level = percent(0.95, language);
        let args = [("upper", percent(upper, language).into()), ("level", level.into())];
        return language.say("strength-upper", &args);
    }
    match network.f_star {
        Some(f) => language.say("strength-f", &[("n", f.into())]),
        None => language.say("nothing", &[]),
    }
}

/// How each step went, agents beside controls.
pub(super) fn steps(view: &EvidenceView, language: Language) -> Html {
    let columns = ["col-step", "col-agents", "col-controls"].map(|key| language.say(key, &[]));
    let row = |step: &StepCount| {
        Row::new(vec![
            language.name(&step.layer).into(),
            step_count(step.agents_ok, step.agents_failed, language),
            step_count(step.controls_ok, step.controls_failed, language),
        ])
    };
    Table::new(language.say("fails-caption", &[]), columns.to_vec())
        .with(view.steps.iter().map(row))
        .html()
}

fn step_count(ok: u32, failed: u32, language: Language) -> Html {
    let all = u64::from(ok) + u64::from(failed);
    let (mark, key) = match (ok, failed) {
        (0, 0) => ("–", "step-none"),
        (_, 0) => ("✓", "step-all-ok"),
        (0, _) => ("✗", "step-all-failed"),
        (_, _) => ("✗", "step-mixed"),
    };
    let mut html = Html::markup("<span aria-hidden=\"true\">");
    html.push(mark).push("</span> ");
    html.push_text(&language.say(key, &[("n", all.into()), ("failed", failed.into())]));
    html
}

/// Other explanations, and what was checked.
pub(super) fn alternatives(view: &EvidenceView, language: Language) -> Option<Html> {
    let columns = ["col-explanation", "col-finding", "col-checks"];
    let rows = view.alternatives.iter().map(|alternative| {
        Row::new(vec![
            language.of_family("alternative", &alternative.id).into(),
            language.of_family("finding", &alternative.finding).into(),
            whole(alternative.n, language).into(),
        ])
    });
    (!view.alternatives.is_empty()).then(|| {
        Table::new(
            language.say("alternatives-caption", &[]),
            columns.map(|key| language.say(key, &[])).to_vec(),
        )
        .with(rows)
        .html()
    })
}

/// Certificates of listed interception authorities.
pub(super) fn artefacts(view: &EvidenceView, language: Language) -> Option<Html> {
    let columns =
        ["col-certificate", "col-subject", "col-issuer", "col-authority", "col-volunteers"];
    let row = |artefact: &Artefact| {
        Row::new(vec![
            Html::code(&artefact.sha256),
            artefact.subject.clone().into(),
            artefact.issuer.clone().into(),
            artefact.authority.clone().into(),
            bucket(artefact.agents).into(),
        ])
    };
    (!view.artefacts.is_empty()).then(|| {
        Table::new(
            language.say("artefacts-caption", &[]),
            columns.map(|key| language.say(key, &[])).to_vec(),
        )
        .with(view.artefacts.iter().map(row))
        .html()
    })
}

/// The measurements behind the cell.
pub(super) fn measurements(view: &EvidenceView, language: Language) -> Option<Html> {
    let columns = ["col-hour", "col-network", "col-who", "col-concluded", "col-how", "col-counted"];
    (!view.measurements.is_empty()).then(|| {
        Table::new(
            language.say("measurements-caption", &[]),
            columns.map(|key| language.say(key, &[])).to_vec(),
        )
        .with(view.measurements.iter().map(|row| measurement(row, language)))
        .html()
    })
}

fn measurement(row: &MeasurementRow, language: Language) -> Row {
    let role = if row.control { record::Role::Control } else { record::Role::Agent };
    let rule = language.rule(&record::RuleId(row.rule.clone()));
    let layer = row.layer.map(|layer| format!("{}: ", language.about(&layer, "short")));
    let network =
        row.asn.map_or_else(|| language.say("network-unknown", &[]), |asn| asn.to_string());
    let counted = match (row.counted, row.control) {
        (false, _) => "counted-no",
        (true, false) => "counted-yes",
        (true, true) => "counted-as-control",
    };
    Row::new(vec![
        Html::link(&link::measurement(language, row.id), &hour(row.hour, language)),
        network.into(),
        language.name(&role).into(),
        language.name(&row.state).into(),
        format!("{}{rule}", layer.unwrap_or_default()).into(),
        language.say(counted, &[]).into(),
    ])
}
