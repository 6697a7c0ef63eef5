//! The two shapes that lists are written in: comma-separated tables and TOML entries.

use serde::de::DeserializeOwned;

use crate::ListError;
use crate::error::At;

/// One file of the lists.
#[derive(Clone, Debug)]
pub(crate) struct File<'a> {
    /// Its path relative to the lists' folder, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: std::borrow::Cow<'a, str>,
}

impl<'a> File<'a> {
    /// Names a text that is in memory already.
    pub(crate) fn new(path: &str, text: &'a str) -> Self {
        Self { path: path.to_owned(), text: text.into() }
    }
}

/// One row of a table.
pub(crate) struct Row<'a, const N: usize> {
    /// Where it stands.
    pub(crate) at: At<'a>,
    /// Its cells, trimmed, in the order of the columns.
    pub(crate) cells: [String; N],
}

/// Reads a table with exactly these `columns`. Lines that begin with `#` and empty lines are
/// comments; a byte-order mark, which some editors write, is passed over.
pub(crate) fn rows<'a, const N: usize>(
    file: &'a File<'_>,
    columns: [&str; N],
) -> Result<Vec<Row<'a, N>>, ListError> {
    let mut lines = Vec::new();
    let mut text = String::with_capacity(file.text.len());
    for (index, line) in file.text.trim_start_matches('\u{feff}').lines().enumerate() {
        if !line.trim().is_empty() && !line.starts_with('#') {
            lines.push(index + 1);
            text.push_str(line);
            text.push('\n');
        }
    }
    let at = |position: Option<&csv::Position>| {
        let index = position.map_or(1, csv::Position::line).saturating_sub(1);
        let line = usize::try_from(index).ok().and_then(|index| lines.get(index));
        At { file: &file.path, line: line.copied().unwrap_or(1) }
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut found = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            at(error.position()).wrong(format!("not a row of a table ({error})"), "save as UTF-8")
        })?;
        let at = at(record.position());
        if index == 0 {
            expect_columns(at, &record, columns)?;
        } else {
            found.push(Row { at, cells: cells(at, &record, columns)? });
        }
    }
    if reader.position().record() == 0 {
        return Err(ListError::file(&file.path, "the file holds no table", heading(columns)));
    }
    Ok(found)
}

fn expect_columns<const N: usize>(
    at: At<'_>,
    record: &csv::StringRecord,
    columns: [&str; N],
) -> Result<(), ListError> {
    if record.iter().eq(columns) {
        return Ok(());
    }
    let found = record.iter().collect::<Vec<_>>().join(",");
    Err(at.wrong(format!("the columns are {found:?}"), heading(columns)))
}

fn cells<const N: usize>(
    at: At<'_>,
    record: &csv::StringRecord,
    columns: [&str; N],
) -> Result<[String; N], ListError> {
    let cells: Vec<String> = record.iter().map(str::to_owned).collect();
    cells.try_into().map_err(|cells: Vec<String>| {
        at.wrong(
            format!("the row has {} cells where {N} belong ({})", cells.len(), columns.join(",")),
            "put a cell that holds a comma between double quotes, with no space before them",
        )
    })
}

fn heading<const N: usize>(columns: [&str; N]) -> String {
    format!("begin the table with the line `{}`", columns.join(","))
}

/// One entry of a TOML file.
pub(crate) struct Entry<'a, T> {
    /// Where it stands: the line of its first field.
    pub(crate) at: At<'a>,
    /// What it says.
    pub(crate) value: T,
}

/// Reads a TOML file that holds nothing but entries `[[key]]`.
pub(crate) fn entries<'a, T: DeserializeOwned>(
    file: &'a File<'_>,
    key: &str,
) -> Result<Vec<Entry<'a, T>>, ListError> {
    let text = file.text.as_ref();
    let at = |offset: usize| At { file: &file.path, line: line_of(text, offset) };
    let toml_error = |error: toml::de::Error| {
        let offset = error.span().map_or(0, |span| span.start);
        at(offset).wrong(
            error.message().to_owned(),
            format!("compare with the other [[{key}]] entries of the file"),
        )
    };
    let mut table: std::collections::BTreeMap<String, Vec<toml::Spanned<toml::Value>>> =
        toml::from_str(text).map_err(toml_error)?;
    let spanned = table.remove(key).unwrap_or_default();
    if let Some(other) = table.keys().next() {
        return Err(ListError::file(
            &file.path,
            format!("[[{other}]] does not belong here"),
            format!("every entry begins with [[{key}]]"),
        ));
    }
    spanned
        .into_iter()
        .map(|entry| {
            let at = at(entry.span().start);
            let value = T::deserialize(entry.into_inner()).map_err(|error| {
                at.wrong(
                    error.message().to_owned(),
                    format!("compare with the other [[{key}]] entries of the file"),
                )
            })?;
            Ok(Entry { at, value })
        })
        .collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Refuses an id that is not made of lower-case letters, digits, `_` and `-`.
pub(crate) fn check_id(at: At<'_>, id: &str) -> Result<(), ListError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if !id.is_empty() && id.chars().all(allowed) {
        return Ok(());
    }
    Err(at.wrong(
        format!("{id:?} is not an id"),
        "write an id in lower-case letters, digits, _ and -",
    ))
}

/// Refuses a thing that was seen before, and remembers where each was.
pub(crate) struct Once<'a, K> {
    seen: std::collections::BTreeMap<K, At<'a>>,
}

impl<'a, K: Ord> Once<'a, K> {
    pub(crate) fn new() -> Self {
        Self { seen: std::collections::BTreeMap::new() }
    }

    /// Fails when `key`, called `name` for readers, stood on an earlier line.
    pub(crate) fn check(&mut self, at: At<'a>, key: K, name: &str) -> Result<(), ListError> {
        match self.seen.insert(key, at) {
            None => Ok(()),
            Some(first) => Err(at.wrong(
                format!("{name} stands in {}, line {} already", first.file, first.line),
                "remove one of the two",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        id: String,
    }

    #[test]
    fn comments_and_empty_lines_are_passed_over_and_lines_are_counted_with_them() {
        let file = File::new("a.csv", "\u{feff}# how to edit\n\na,b\n# more\n1 ,\"x,y\"\n\n2,z\n");

        let rows = rows(&file, ["a", "b"]).unwrap();

        assert_eq!(rows[0].cells, ["1", "x,y"]);
        assert_eq!(rows[1].cells, ["2", "z"]);
        assert_eq!((rows[0].at.line, rows[1].at.line), (5, 7));
    }

    #[test]
    fn a_table_that_is_none_is_refused_with_its_line() {
        for (text, part) in [
            ("", "a.csv: the file holds no table; begin the table with the line `a,b`"),
            ("# x\n", "a.csv: the file holds no table"),
            ("# x\na;b\n", "a.csv, line 2: the columns are \"a;b\"; begin the table with"),
            ("# x\na,b\n\n1,2\n1,2,3\n", "a.csv, line 5: the row has 3 cells where 2 belong (a,b)"),
        ] {
            let file = File::new("a.csv", text);
            let error = rows(&file, ["a", "b"]).err().unwrap().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }

    #[test]
    fn an_entry_knows_its_line() {
        let file =
            File::new("a.toml", "# x\n\n[[thing]]\nid = \"one\"\n\n[[thing]]\nid = \"two\"\n");

        let things = entries::<Thing>(&file, "thing").unwrap();

        assert_eq!(things[1].value.id, "two");
        assert_eq!((things[0].at.line, things[1].at.line), (3, 6));
    }

    #[test]
    fn an_entry_that_is_none_is_refused_with_its_line() {
        for (text, part) in [
            (
                "[[thing]]\nid = \"x\"\n[[thing]]\nname = 1\n",
                "a.toml, line 3: unknown field `name`",
            ),
            ("[[thing]]\nid = \"x\"\nid = \"y\"\n", "a.toml, line 3: duplicate key"),
            ("[[think]]\nid = \"x\"\n", "a.toml: [[think]] does not belong here"),
            ("id = 7\n", "a.toml, line 1:"),
        ] {
            let file = File::new("a.toml", text);
            let error = entries::<Thing>(&file, "thing").err().unwrap().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }
}
