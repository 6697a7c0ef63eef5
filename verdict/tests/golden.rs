//! Golden cases: what was seen, what the control saw, what is concluded and why, one folder each
//! under `cases/`. `BLESS=1 cargo test -p verdict` writes the folders anew; read the diff.

#[path = "golden/build.rs"]
mod build;
#[path = "golden/der.rs"]
mod der;
#[path = "golden/http.rs"]
mod http;
#[path = "golden/lower.rs"]
mod lower;
#[path = "golden/other.rs"]
mod other;
#[path = "golden/quic.rs"]
mod quic;
#[path = "golden/speed.rs"]
mod speed;
#[path = "golden/story.rs"]
mod story;
#[path = "golden/tls.rs"]
mod tls;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use record::{Kind, Observation, Verdict};
use verdict::{Answerer, artefacts, blocks, judge, rule_ids, screen};

use story::{Story, known};

#[test]
fn every_case_concludes_what_its_story_says() {
    for story in stories() {
        let known = known();
        let case = story.case(&known);
        let verdict = judge(case);

        assert_eq!(verdict.rule.as_str(), story.rule, "{}: {verdict:#?}", story.name);
        assert_eq!(screen(&case), story.screen, "{}", story.name);
        for rule in story.against {
            assert!(!rules(&verdict).contains(rule), "{}: {rule} holds\n{verdict:#?}", story.name);
        }
    }
}

#[test]
fn every_case_is_kept_as_it_was_blessed() {
    let mut kept = BTreeSet::new();
    for story in stories() {
        assert!(kept.insert(story.name.to_owned()), "two stories are called {}", story.name);
        let folder = cases().join(story.name);
        for (file, wanted) in files(&story) {
            let path = folder.join(file);
            match wanted {
                Some(wanted) if is_blessing() => {
                    fs::create_dir_all(&folder).expect("the folder of cases can be written");
                    fs::write(&path, wanted).expect("the folder of cases can be written");
                }
                Some(wanted) => {
                    let found = fs::read_to_string(&path).unwrap_or_default();
                    assert_eq!(found, wanted, "{}: bless it if this is meant", path.display());
                }
                None => assert!(!path.exists(), "{} is left over", path.display()),
            }
        }
    }
    let entries = fs::read_dir(cases()).expect("the folder of cases exists");
    let folders = entries
        .map(|entry| entry.expect("an entry can be read"))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let found: BTreeSet<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(found, kept, "a case without a story, or the other way round");
}

#[test]
fn every_rule_has_a_case_for_it_and_one_against() {
    let known = known();
    let (mut claimed, mut denied) = (BTreeSet::new(), BTreeSet::new());
    for story in stories() {
        let verdict = judge(story.case(&known));
        claimed.extend(rules(&verdict).into_iter().map(str::to_owned));
        denied.extend(story.against.iter().map(|rule| (*rule).to_owned()));
    }
    for published in rule_ids() {
        assert!(claimed.contains(published.id), "no case for {}", published.id);
        // Something is always seen that is not nothing.
        let is_denied = denied.contains(published.id) || published.id == "no_rule";
        assert!(is_denied, "no case against {}", published.id);
    }
}

#[test]
fn published_rules_are_only_ever_added() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules.txt");
    let mut list = fs::read_to_string(&path).expect("rules.txt can be read");
    let listed: Vec<String> =
        list.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let words = |published: &verdict::Published| {
        let layer = published.layer.map_or("-", record::Layer::word);
        format!("{} {layer} {}", published.id, published.state.word())
    };
    let current: Vec<String> = rule_ids().iter().map(words).collect();

    for line in &listed {
        assert!(current.contains(line), "published and now gone or changed: {line}");
    }
    let names: BTreeSet<&str> = listed.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names.len(), listed.len(), "a rule is listed twice");
    for line in current.iter().filter(|line| !listed.contains(line)) {
        assert!(is_blessing(), "not published yet: {line}; bless it to append it");
        writeln!(list, "{line}").expect("a text can be written to");
    }
    if is_blessing() {
        fs::write(&path, list).expect("rules.txt can be written");
    }
}

fn stories() -> Vec<Story> {
    let groups = [
        lower::void(),
        lower::dns(),
        lower::tcp(),
        tls::names(),
        tls::certificates(),
        http::secured(),
        http::plain(),
        quic::cases(),
        speed::slowed(),
        speed::shapes(),
        speed::endpoints(),
    ];
    groups.into_iter().flatten().collect()
}

fn files(story: &Story) -> [(&'static str, Option<String>); 5] {
    let known = known();
    let case = story.case(&known);
    let mut seen = json!({
        "target": story.target,
        "void": story.void,
        "certificates": story.certificates,
        "seen": story.seen,
    });
    if story.kind != Kind::Web {
        seen["kind"] = json!(story.kind);
    }
    if story.resolver != Answerer::Provider {
        seen["resolver"] = json!(format!("{:?}", story.resolver));
    }
    let control = story.control.as_ref().map(|seen: &Vec<Observation>| json!(seen));
    let counted = blocks(&case).into_iter().map(|block| {
        json!({
            "channel": block.channel.word(),
            "layer": block.layer,
            "round": block.round,
            "named_failed": block.named_failed,
            "neutral_failed": block.neutral_failed,
        })
    });
    let counted: Vec<Value> = counted.collect();
    let found: Vec<Value> =
        artefacts(&case).iter().map(|artefact| json!(artefact.authority)).collect();
    let counts = json!({
        "screen": format!("{:?}", screen(&case)).to_lowercase(),
        "blocks": counted,
        "artefacts": found,
    });
    let why = format!("# {}\n\n{}\n", story.name.replace('_', " "), story.why);
    [
        ("seen.json", Some(text(&seen))),
        ("control.json", control.as_ref().map(text)),
        ("verdict.json", Some(text(&json!(judge(case))))),
        ("counts.json", Some(text(&counts))),
        ("why.md", Some(why)),
    ]
}

/// The rules of the headline and of every layer.
fn rules(verdict: &Verdict) -> Vec<&str> {
    let layers = verdict.layers.iter().map(|claim| claim.rule.as_str());
    layers.chain([verdict.rule.as_str()]).collect()
}

fn text(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value is JSON");
    text.push('\n');
    text
}

fn is_blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

#[test]
fn what_is_known_of_forged_answers_is_kept_beside_the_cases() {
    let path = cases().join("known.json");
    let wanted = text(&json!(known()));

    if is_blessing() {
        fs::write(&path, &wanted).expect("the folder of cases can be written");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), wanted);
}
