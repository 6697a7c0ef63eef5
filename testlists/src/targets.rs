//! The lists of targets: what is tested, why, and on whose word it is listed.

use serde::{Deserialize, Serialize};

use record::{Day, ParseTargetError, Target};

use crate::error::At;
use crate::table::{self, File, Once};
use crate::{Category, Endpoint, ListError, Never};

/// One row of a list of targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What to test.
    pub target: Target,
    /// Its category's id, one of `categories.toml`.
    pub category: String,
    /// How much risk a test carries for a volunteer.
    pub tier: Tier,
    /// When it was added.
    pub added: Day,
    /// Where the reason for listing it can be read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The reason, in a few words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What makes it a serving host, where it is one and no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
}

/// How much risk a test carries for a volunteer.
///
/// There is no tier for sites of organisations banned as extremist: they are never on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Everyday news and social sites: tested by default.
    Everyday,
    /// Political and circumvention sites: tested only by those who choose to.
    Sensitive,
}

/// Reads the files of targets.
pub(crate) fn read(
    files: &[File<'_>],
    categories: &[Category],
    never: &Never,
) -> Result<Vec<Listed>, ListError> {
    let mut once = Once::new();
    let mut targets = Vec::new();
    for file in files {
        let columns = ["url", "note", "source", "category", "tier", "added"];
        for row in table::rows(file, columns)? {
            let [url, note, source, category, tier, added] = row.cells;
            let target = target(row.at, &url, never)?;
            once.check(row.at, target.clone(), target.as_str())?;
            let tier = parse_tier(row.at, &tier)?;
            check_category(row.at, &category, tier, categories)?;
            let added = parse_day(row.at, &added)?;
            targets.push(Listed { target, category, tier, added, source, note, endpoint: None });
        }
    }
    Ok(targets)
}

/// Reads the file of known-good controls. They are everyday sites by definition; `added` has no
/// column there and is the first day of the calendar.
pub(crate) fn read_known_good(
    file: &File<'_>,
    categories: &[Category],
    never: &Never,
) -> Result<Vec<Listed>, ListError> {
    let mut once = Once::new();
    let mut targets = Vec::new();
    for row in table::rows(file, ["url", "category", "source", "note"])? {
        let [url, category, source, note] = row.cells;
        let target = target(row.at, &url, never)?;
        once.check(row.at, target.clone(), target.as_str())?;
        let tier = Tier::Everyday;
        check_category(row.at, &category, tier, categories)?;
        let added = Day::default();
        targets.push(Listed { target, category, tier, added, source, note, endpoint: None });
    }
    Ok(targets)
}

pub(crate) fn target(at: At<'_>, url: &str, never: &Never) -> Result<Target, ListError> {
    let target: Target = url.parse().map_err(|error: ParseTargetError| {
        at.wrong(
            error.to_string(),
            "write the address as a browser shows it, such as https://vlast.kz/",
        )
    })?;
    if never.covers(&target.host()) {
        return Err(at.wrong(
            format!("{} is never tested (never.csv tells why)", target.host()),
            "remove the row: a test could harm a volunteer",
        ));
    }
    Ok(target)
}

fn parse_tier(at: At<'_>, text: &str) -> Result<Tier, ListError> {
    match text {
        "everyday" => Ok(Tier::Everyday),
        "sensitive" => Ok(Tier::Sensitive),
        other => Err(at.wrong(
            format!("{other:?} is not a tier"),
            "write everyday, or sensitive for what only volunteers who choose so should test",
        )),
    }
}

pub(crate) fn check_category(
    at: At<'_>,
    id: &str,
    tier: Tier,
    categories: &[Category],
) -> Result<(), ListError> {
    let Some(category) = categories.iter().find(|category| category.id == id) else {
        let known = categories.iter().map(|known| known.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(at.wrong(
            format!("the category {id:?} is not known"),
            format!("use one of {known}, or add it to categories.toml"),
        ));
    };
    if tier < category.tier {
        return Err(at.wrong(
            format!("a target of the category {id} is never everyday"),
            "write sensitive as its tier",
        ));
    }
    Ok(())
}

/// Reads a day of a list.
pub(crate) fn parse_day(at: At<'_>, text: &str) -> Result<Day, ListError> {
    Day::parse(text).ok_or_else(|| {
        at.wrong(format!("{text:?} is not a day"), "write it as year-month-day, such as 2026-11-23")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Names;

    #[test]
    fn a_row_is_read() {
        let text = "# how to edit\nurl,note,source,category,tier,added\nhttps://a.test/,\"blocked, once\",https://s.test/,news,everyday,2026-11-23\n";

        let targets = read(&[File::new("targets/x.csv", text)], &categories(), &Never::default());

        let listed = &targets.unwrap()[0];
        assert_eq!(listed.target.as_str(), "https://a.test/");
        assert_eq!(
            (listed.tier, listed.added.to_string().as_str()),
            (Tier::Everyday, "2026-11-23")
        );
        assert_eq!(listed.note, "blocked, once");
    }

    #[test]
    fn a_bad_row_is_refused_with_its_line() {
        let never =
            crate::never::read(&[File::new("never.csv", "host,reason,source\nbad.test,r,s\n")]);
        let never = never.unwrap();
        for (row, part) in [
            ("ftp://b.test/,n,s,news,everyday,2026-11-23", "only http and https"),
            ("192.0.2.1,n,s,news,everyday,2026-11-23", "\"192.0.2.1\" is not a host name"),
            (
                "https://b.test/,n,s,gossip,everyday,2026-11-23",
                "the category \"gossip\" is not known",
            ),
            ("https://b.test/,n,s,tools,everyday,2026-11-23", "a target of the category tools"),
            ("https://b.test/,n,s,news,daily,2026-11-23", "\"daily\" is not a tier"),
            ("https://b.test/,n,s,news,everyday,23.11.2026", "\"23.11.2026\" is not a day"),
            (
                "https://A.test,n,s,news,everyday,2026-11-23",
                "https://a.test/ stands in targets/x.csv, line 2",
            ),
            ("https://m.bad.test/,n,s,news,everyday,2026-11-23", "m.bad.test is never tested"),
        ] {
            let text = format!(
                "url,note,source,category,tier,added\nhttps://a.test/,n,s,news,everyday,2026-11-23\n{row}\n"
            );
            let error =
                read(&[File::new("targets/x.csv", &text)], &categories(), &never).unwrap_err();
            let expected = format!("targets/x.csv, line 3: {part}");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }

    #[test]
    fn a_known_good_control_is_refused_like_a_target() {
        let text = "url,category,source,note\nhttps://a.test/,news,s,n\na.test,news,s,n\n";

        let read =
            read_known_good(&File::new("known_good.csv", text), &categories(), &Never::default());

        let error = read.unwrap_err().to_string();
        assert!(error.starts_with("known_good.csv, line 3: https://a.test/ stands in"), "{error}");
    }

    fn categories() -> Vec<Category> {
        let names = || Names { kk: "к".into(), ru: "р".into(), en: "e".into() };
        vec![
            Category { id: "news".into(), names: names(), tier: Tier::Everyday },
            Category { id: "tools".into(), names: names(), tier: Tier::Sensitive },
        ]
    }
}
