//! Reads the test lists of Citizen Lab (<https://github.com/citizenlab/test-lists>), for those
//! who want to measure by them as well.
//!
//! Those lists are licensed CC BY-NC-SA 4.0 and never part of this repository: an operator brings
//! a copy. Their notes are not taken over.

use std::collections::BTreeMap;

use record::Target;

use crate::error::At;
use crate::table::{self, File, Once};
use crate::{ListError, Listed, Never, Tier, lists, targets};

/// What became of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// How many targets were added.
    pub added: usize,
    /// How many rows were passed over, by the reason.
    pub skipped: BTreeMap<Skip, usize>,
}

/// A list, sifted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sifted {
    /// The rows that may be tested, all of the tier sensitive: nobody of this project weighed them.
    pub rows: Vec<Listed>,
    /// How many rows were passed over, by the reason.
    pub skipped: BTreeMap<Skip, usize>,
}

/// Why a row was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// Not a web address with a host name.
    NotWebAddress,
    /// Of a category whose test could harm a volunteer.
    Harmful,
    /// Of a category that this project does not measure, or does not know.
    OutOfScope,
    /// On the list of hosts that are never tested.
    Never,
    /// Listed already.
    Known,
}

/// Reads a list of Citizen Lab's; leaves out what must not be tested.
pub fn read(text: &str) -> Result<Vec<Listed>, ListError> {
    sift(text).map(|sifted| sifted.rows)
}

/// Reads a list of Citizen Lab's, and counts what it leaves out.
///
/// Addresses lose their path: a network that filters names sees none, and a page on a platform
/// may be that of a banned organisation.
pub fn sift(text: &str) -> Result<Sifted, ListError> {
    let file = File::new("the list of Citizen Lab", text);
    lists::check_size(&file)?;
    let never = lists::own_never()?;
    let mut once = Once::new();
    let mut sifted = Sifted::default();
    let columns = ["url", "category_code", "category_description", "date_added", "source", "notes"];
    for row in table::rows(&file, columns)? {
        let [url, code, _, added, ..] = row.cells;
        match sort(row.at, [&url, &code, &added], &never)? {
            Ok(listed) if once.check(row.at, listed.target.clone(), "").is_err() => {
                *sifted.skipped.entry(Skip::Known).or_default() += 1;
            }
            Ok(listed) => sifted.rows.push(listed),
            Err(skip) => *sifted.skipped.entry(skip).or_default() += 1,
        }
    }
    Ok(sifted)
}

fn sort(
    at: At<'_>,
    [url, code, added]: [&str; 3],
    never: &Never,
) -> Result<Result<Listed, Skip>, ListError> {
    let category = match meaning(code) {
        Meaning::Category(category) => category,
        Meaning::Skip(skip) => return Ok(Err(skip)),
    };
    let Some(target) = root(url) else { return Ok(Err(Skip::NotWebAddress)) };
    if never.covers(&target.host()) {
        return Ok(Err(Skip::Never));
    }
    Ok(Ok(Listed {
        target,
        category: category.to_owned(),
        tier: Tier::Sensitive,
        added: targets::parse_day(at, added)?,
        source: SOURCE.to_owned(),
        note: String::new(),
        endpoint: None,
    }))
}

/// Returns the first page of the address's host.
fn root(url: &str) -> Option<Target> {
    let (scheme, _) = url.split_once("://")?;
    let target: Target = url.parse().ok()?;
    let host = target.host();
    format!("{scheme}://{host}:{}/", target.port()).parse().ok()
}

enum Meaning {
    Category(&'static str),
    Skip(Skip),
}

/// Says what a category code of the lists means here. Source of the codes:
/// `lists/00-LEGEND-new_category_codes.csv` in Citizen Lab's repository.
fn meaning(code: &str) -> Meaning {
    match code {
        "NEWS" => Meaning::Category("news"),
        "POLR" => Meaning::Category("politics"),
        "HUMR" => Meaning::Category("human_rights"),
        "GRP" => Meaning::Category("social"),
        "COMT" => Meaning::Category("messenger"),
        "MMED" => Meaning::Category("video"),
        "HOST" => Meaning::Category("blogs"),
        "SRCH" => Meaning::Category("search"),
        "CULTR" | "ENV" | "ECON" | "PUBH" => Meaning::Category("society"),
        "GOVT" | "IGO" => Meaning::Category("government"),
        "FILE" => Meaning::Category("files"),
        "ANON" => Meaning::Category("circumvention"),
        // Pornography, dating, provocative attire, sex education, LGBT content (its mere spread
        // may be an offence where a volunteer lives), gambling, drugs, hacking, hate speech,
        // militants, and religion, whose sites cannot be told apart from those of groups that
        // are banned in Kazakhstan without knowing each.
        "PORN" | "DATE" | "PROV" | "XED" | "LGBT" | "GMB" | "ALDR" | "HACK" | "HATE" | "MILX"
        | "REL" => Meaning::Skip(Skip::Harmful),
        _ => Meaning::Skip(Skip::OutOfScope),
    }
}

const SOURCE: &str = "Citizen Lab test lists (https://github.com/citizenlab/test-lists)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin;

    #[test]
    fn rows_become_sensitive_targets_without_paths_and_notes() {
        let rows = read(&list("https://a.test:8443/page?x=1,NEWS,News Media,2020-05-04,me,secret"))
            .unwrap();

        assert_eq!(rows[0].target.as_str(), "https://a.test:8443/");
        assert_eq!((rows[0].category.as_str(), rows[0].tier), ("news", Tier::Sensitive));
        assert_eq!((rows[0].added.to_string().as_str(), rows[0].note.as_str()), ("2020-05-04", ""));
    }

    #[test]
    fn what_must_not_be_tested_is_counted_by_its_reason() {
        for (row, skip) in [
            ("ftp://a.test/,NEWS,News Media,2020-05-04,me,", Skip::NotWebAddress),
            ("https://192.0.2.1/,NEWS,News Media,2020-05-04,me,", Skip::NotWebAddress),
            ("https://a.test/,MILX,Militants,2020-05-04,me,", Skip::Harmful),
            ("https://a.test/,PORN,Pornography,2020-05-04,me,", Skip::Harmful),
            ("https://a.test/,GMB,Gambling,2020-05-04,me,", Skip::Harmful),
            ("https://a.test/,GAME,Gaming,2020-05-04,me,", Skip::OutOfScope),
            ("https://a.test/,WHAT,Unknown,2020-05-04,me,", Skip::OutOfScope),
            ("https://www.kavkazcenter.com/,NEWS,News Media,2020-05-04,me,", Skip::Never),
        ] {
            let sifted = sift(&list(row)).unwrap();
            assert_eq!(sifted.rows, [], "{row}");
            assert_eq!(sifted.skipped, BTreeMap::from([(skip, 1)]), "{row}");
        }
    }

    #[test]
    fn two_pages_of_one_host_are_one_target() {
        let sifted = sift(&list(
            "https://a.test/x,NEWS,News Media,2020-05-04,me,\nhttps://a.test/y,NEWS,News Media,2020-05-05,me,",
        ));

        let sifted = sifted.unwrap();
        assert_eq!((sifted.rows.len(), sifted.skipped[&Skip::Known]), (1, 1));
    }

    #[test]
    fn a_list_is_added_to_ours_once() {
        let mut lists = builtin();
        let before = lists.targets.len();
        let text = list("https://a.test/,HUMR,Human Rights,2020-05-04,me,");

        let first = lists.add_citizenlab(&text).unwrap();
        let second = lists.add_citizenlab(&text).unwrap();

        assert_eq!((first.added, lists.targets.len()), (1, before + 1));
        assert_eq!(second, Added { added: 0, skipped: BTreeMap::from([(Skip::Known, 1)]) });
    }

    #[test]
    fn every_category_that_a_code_means_is_ours() {
        let lists = builtin();
        for code in [
            "NEWS", "POLR", "HUMR", "GRP", "COMT", "MMED", "HOST", "SRCH", "CULTR", "GOVT", "FILE",
            "ANON",
        ] {
            let Meaning::Category(id) = meaning(code) else { panic!("{code} means nothing") };
            assert!(lists.category(id).is_some(), "{id}");
        }
    }

    #[test]
    fn a_text_that_is_no_such_list_is_refused() {
        let error = read("url,code\nhttps://a.test/,NEWS\n").unwrap_err().to_string();

        assert!(error.starts_with("the list of Citizen Lab, line 1: the columns are"), "{error}");
    }

    fn list(rows: &str) -> String {
        format!("url,category_code,category_description,date_added,source,notes\n{rows}\n")
    }
}
