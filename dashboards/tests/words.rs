//! The texts: complete in every language, used, and without numbers typed by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dashboards::Language;

#[test]
fn every_text_exists_in_every_language_with_the_same_arguments() {
    let (kk, ru, en) = (texts(Language::Kk), texts(Language::Ru), texts(Language::En));
    let keys = |texts: &[Text]| texts.iter().map(|text| text.key.clone()).collect::<Vec<_>>();

    assert_eq!(keys(&kk), keys(&en));
    assert_eq!(keys(&ru), keys(&en));
    for other in [&kk, &ru] {
        for (text, english) in other.iter().zip(&en) {
            assert_eq!(text.arguments(), english.arguments(), "{}", text.key);
        }
    }
}

#[test]
fn no_text_is_left_unused() {
    let code = code();
    let unused: Vec<String> = texts(Language::En)
        .into_iter()
        .map(|text| text.key)
        .filter(|key| {
            let (whole, attribute) = key.split_once('.').unwrap_or((key, ""));
            let family =
                FAMILIES.iter().any(|(family, _)| whole.starts_with(&format!("{family}-")));
            let named = code.contains(&format!("\"{whole}\"")) || family;
            let asked = attribute.is_empty()
                || code.contains(&format!("\"{attribute}\""))
                || code.contains(&format!(".{attribute}\""));
            // A message with further texts about it is used when one of those is.
            !(named && asked)
        })
        .collect();

    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn no_text_is_missing_that_pages_ask_for() {
    let code = code();
    let asked: BTreeSet<&str> =
        ["say(\"", "say(\n            \"", "with_data(\"", "with_data(\n            \""]
            .iter()
            .flat_map(|call| code.split(call).skip(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
    let named = fs::read_to_string(root().join("src/keys.rs")).unwrap();
    let named: Vec<String> = named
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect();

    assert!(asked.len() > 60 && named.len() > 40, "{} {}", asked.len(), named.len());
    for language in Language::ALL {
        for key in asked.iter().copied().chain(named.iter().map(String::as_str)) {
            assert!(language.find(key, &[]).is_some(), "{language}: {key}");
        }
    }
}

#[test]
fn every_published_id_has_its_text_and_no_text_is_of_another() {
    let all = texts(Language::En);
    for (family, ids) in FAMILIES {
        let written: BTreeSet<&str> =
            all.iter().filter_map(|text| text.key.strip_prefix(&format!("{family}-"))).collect();
        let published: Vec<String> = ids.iter().map(|id| id.replace('_', "-")).collect();

        assert_eq!(written, published.iter().map(String::as_str).collect(), "{family}");
    }
}

#[test]
fn every_rule_that_can_judge_has_its_text() {
    let (_, known) = FAMILIES[0];
    let published: BTreeSet<&str> = verdict::rule_ids().iter().map(|rule| rule.id).collect();

    assert_eq!(published, known.iter().copied().collect());
}

#[test]
fn every_category_is_called_as_in_the_lists() {
    let lists = testlists::builtin();

    assert!(!lists.categories.is_empty());
    for category in &lists.categories {
        let key = format!("category-{}", category.id.replace('_', "-"));
        let named = |language: Language| language.find(&key, &[]).unwrap_or_default();
        let names = &category.names;
        assert_eq!(
            [&named(Language::Kk), &named(Language::Ru), &named(Language::En)],
            [&names.kk, &names.ru, &names.en]
        );
    }
}

#[test]
fn no_number_is_typed_by_hand() {
    for language in Language::ALL {
        for text in texts(language) {
            let mut rest = text.value.clone();
            for name in ["SHA-256", "UTC+5", "[0]", "HTTP/3", "JA4", "NAT64", "IPv4", "IPv6"] {
                rest = rest.replace(name, "");
            }
            assert!(
                !rest.chars().any(|c| c.is_ascii_digit()),
                "{language} {}: {}",
                text.key,
                text.value
            );
        }
    }
}

#[test]
fn no_text_loses_an_argument_or_shows_its_braces() {
    let args: Vec<(String, u64)> = texts(Language::En)
        .iter()
        .flat_map(Text::arguments)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|name| (name, 2))
        .collect();
    let args: Vec<(&str, dashboards::Value<'_>)> =
        args.iter().map(|(name, value)| (name.as_str(), (*value).into())).collect();
    for language in Language::ALL {
        for text in texts(language) {
            let said = language.say(&text.key, &args);
            assert!(
                !said.is_empty() && !said.contains(['{', '}', '$']),
                "{language} {}: {said}",
                text.key
            );
        }
    }
}

/// Texts that are looked up by an id which is only known when a page is made.
const FAMILIES: [(&str, &[&str]); 4] = [
    (
        "rule",
        &[
            "dns_consistent",
            "dns_forged_answer",
            "dns_name_denied",
            "dns_injected",
            "dns_redirect_denied",
            "dns_redirect_no_answer",
            "dns_unvouched",
            "dns_no_answer",
            "dns_down",
            "tcp_connected",
            "tcp_unreachable",
            "tcp_down",
            "tls_reached",
            "tls_interception_listed",
            "tls_interception_unlisted",
            "tls_machine_root",
            "tls_untrusted",
            "tls_name_dropped",
            "tls_name_reset",
            "tls_name_closed",
            "tls_failed",
            "tls_down",
            "tls_server",
            "http_reached",
            "http_injected",
            "http_name_dropped",
            "http_name_reset",
            "http_name_closed",
            "http_server_refuses",
            "http_differs",
            "http_failed",
            "http_down",
            "tls_name_stalled",
            "tls_name_fails_elsewhere",
            "tls_same_as_outside",
            "tls_name_slowed",
            "tls_encrypted_name_dropped",
            "tls_name_split",
            "http_name_slowed",
            "http_redirect_broken",
            "quic_reached",
            "quic_name_dropped",
            "quic_udp_dropped",
            "quic_address_unreachable",
            "quic_down",
            "quic_failed",
            "void_controls",
            "void_run",
            "no_rule",
        ],
    ),
    (
        "category",
        &[
            "news",
            "regional_news",
            "public_broadcasting",
            "social",
            "video",
            "messenger",
            "blogs",
            "petition",
            "human_rights",
            "media_freedom",
            "politics",
            "society",
            "reference",
            "search",
            "files",
            "software",
            "services",
            "government",
            "circumvention",
            "other",
        ],
    ),
    ("alternative", &["site_down", "site_refuses", "own_line", "own_software"]),
    ("finding", &["excluded", "possible", "unknown"]),
];

/// One text of a locale, or one of its attributes as `key.attribute`.
struct Text {
    key: String,
    value: String,
}

impl Text {
    fn arguments(&self) -> BTreeSet<String> {
        let name = |rest: &str| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
        };
        self.value.split('$').skip(1).map(name).collect()
    }
}

/// Reads the texts of a language in the order of its files.
fn texts(language: Language) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for file in ["site", "grades", "rules", "methods"] {
        let path = root().join(format!("locales/{language}/{file}.ftl"));
        let mut message = String::new();
        for line in fs::read_to_string(path).expect("every language has every file").lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let attribute = line.strip_prefix("    .").and_then(|rest| rest.split_once(" = "));
            if let Some((name, value)) = attribute {
                texts.push(Text { key: format!("{message}.{name}"), value: value.to_owned() });
            } else if let Some((key, value)) =
                line.split_once(" = ").filter(|_| !line.starts_with([' ', '}']))
            {
                message = key.to_owned();
                texts.push(Text { key: key.to_owned(), value: value.to_owned() });
            } else {
                let last = texts.last_mut().expect("a file begins with a text");
                last.value.push('\n');
                last.value.push_str(line);
            }
        }
    }
    texts
}

/// Returns all sources and templates as one text.
fn code() -> String {
    let mut code = String::new();
    let mut folders: Vec<PathBuf> = vec![root().join("src"), root().join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let file = fs::read_to_string(path).expect("it is text");
                code.push_str(file.split("#[cfg(test)]").next().unwrap_or_default());
            }
        }
    }
    code
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
