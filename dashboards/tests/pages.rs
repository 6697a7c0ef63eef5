//! Every page in every language: as before, well formed, and free of what may not be in it.

#[path = "support/fixture.rs"]
mod fixture;
#[path = "support/markup.rs"]
mod markup;

use std::fs;
use std::path::Path;

use dashboards::{Language, PageError, pages};

#[test]
fn every_page_reads_as_it_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let bless = std::env::var_os("BLESS").is_some();
    let mut changed = Vec::new();
    for language in Language::ALL {
        for (name, page) in fixture::all(language) {
            let file = folder.join(format!("{name}.{language}.html"));
            if bless {
                fs::write(&file, page).unwrap();
            } else if fs::read_to_string(&file).ok().as_deref() != Some(&page) {
                changed.push(format!("{name}.{language}.html"));
            }
        }
    }

    assert!(changed.is_empty(), "changed (BLESS=1 rewrites them): {changed:?}");
}

#[test]
fn every_page_is_well_formed() {
    each(|name, page| {
        let faults = markup::faults(page);

        assert!(faults.is_empty(), "{name}: {faults:?}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
    });
}

#[test]
fn no_page_needs_or_reaches_anything_else() {
    each(|name, page| {
        for element in ["script", "svg", "style", "iframe", "img", "object", "form", "base"] {
            assert!(!markup::elements(page).contains(element), "{name} has <{element}>");
        }
        assert!(markup::attributes(page, "style").is_empty(), "{name} has styles of its own");
        for (attribute, allowed) in [("src", None), ("href", Some(OUTSIDE))] {
            for value in markup::attributes(page, attribute) {
                let inside = value.starts_with('#') || value.starts_with('/');
                let outside = allowed.is_some_and(|allowed| allowed.contains(&value));
                assert!(
                    (inside && !value.starts_with("//")) || outside,
                    "{name}: {attribute} {value}"
                );
            }
        }
    });
}

#[test]
fn what_others_wrote_stays_text() {
    each(|name, page| {
        assert!(!page.contains("<script") && !page.contains("<img"), "{name}");
        assert!(!page.contains("onerror=\"") && !page.contains('\u{202e}'), "{name}");
    });
    let page = fixture::all(Language::En).into_iter().find(|(name, _)| *name == "measurement");
    assert!(page.unwrap().1.matches("script&gt;").count() >= 2, "it is shown, escaped");
}

#[test]
fn invented_data_say_so_on_every_page_in_every_language() {
    let demo = fixture::frame(true);
    for language in Language::ALL {
        for page in [
            pages::overview(&demo, &fixture::matrix(), language),
            pages::measurement(&demo, &fixture::measurement(&fixture::matrix()), language),
            pages::methods(&demo, language),
            pages::not_found(&demo, language),
            pages::error(&demo, language),
        ] {
            let page = page.unwrap();
            for told in Language::ALL {
                assert!(page.contains(&told.say("demo", &[])), "{language}: {told}");
            }
        }
        let real = pages::methods(&fixture::frame(false), language).unwrap();
        assert!(!real.contains("class=\"demo\""));
    }
}

#[test]
fn language_links_keep_the_page() {
    let page = fixture::all(Language::Ru).into_iter().find(|(name, _)| *name == "provider");
    let page = page.unwrap().1;

    for language in Language::ALL {
        let link = format!("<a href=\"/{language}/p/orken/?day=2026-11-23\" lang=\"{language}\"");
        assert!(page.contains(&link), "{link}");
    }
}

#[test]
fn no_page_claims_more_than_was_measured() {
    let forbidden =
        ["blocked by", "censored", "заблокирован", "цензур", "бұғатталған", "not blocked"];
    each(|name, page| {
        for words in forbidden {
            assert!(!page.to_lowercase().contains(words), "{name} says {words}");
        }
    });
}

#[test]
fn a_provisional_day_is_labelled_and_a_closed_one_is_not() {
    for language in Language::ALL {
        let label = language.say("provisional", &[]);
        for (name, page) in fixture::all(language) {
            let without = [
                "evidence-reachable",
                "measurement",
                "measurement-void",
                "methods",
                "not-found",
                "error",
            ];
            let provisional = !without.contains(&name);
            assert_eq!(page.contains(&label), provisional, "{name}.{language}");
        }
    }
}

#[test]
fn a_large_table_stays_below_half_a_megabyte() {
    for language in Language::ALL {
        let matrix = fixture::large_matrix(60, 14);

        let page = pages::overview(&fixture::frame(false), &matrix, language).unwrap();

        assert!(page.len() < 500_000, "{language}: {} bytes", page.len());
    }
}

#[test]
fn a_table_with_holes_is_refused() {
    let mut matrix = fixture::matrix();
    matrix.cells.pop();

    let page = pages::overview(&fixture::frame(false), &matrix, Language::Kk);

    assert!(matches!(page, Err(PageError::Cells { cells: 49, sites: 10, providers: 5 })));
}

/// The only addresses outside that a page may name: licence and attribution.
const OUTSIDE: &[&str] = &[
    "https://creativecommons.org/licenses/by/4.0/",
    "https://www.routeviews.org/",
    "https://db-ip.com/",
    "https://www.nro.net/",
];

fn each(check: impl Fn(&str, &str)) {
    for language in Language::ALL {
        for (name, page) in fixture::all(language) {
            check(&format!("{name}.{language}"), &page);
        }
    }
}
