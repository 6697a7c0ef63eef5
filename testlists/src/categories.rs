//! What sorts of targets there are, named in three languages.

use serde::{Deserialize, Serialize};

use crate::error::At;
use crate::table::{self, File, Once};
use crate::{ListError, Names, Tier};

/// A sort of targets, such as news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its stable id, such as `regional_news`.
    pub id: String,
    /// Its names.
    pub names: Names,
    /// The least tier that a target of it may have.
    pub tier: Tier,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    kk: String,
    ru: String,
    en: String,
    #[serde(default)]
    sensitive: bool,
}

pub(crate) fn read(file: &File<'_>) -> Result<Vec<Category>, ListError> {
    let mut once = Once::new();
    let entries = table::entries::<Entry>(file, "category")?;
    let read = |entry: table::Entry<'_, Entry>| {
        let Entry { id, kk, ru, en, sensitive } = entry.value;
        table::check_id(entry.at, &id)?;
        once.check(At { file: &file.path, line: entry.at.line }, id.clone(), &id)?;
        let names = crate::networks::names(entry.at, [kk, ru, en])?;
        let tier = if sensitive { Tier::Sensitive } else { Tier::Everyday };
        Ok(Category { id, names, tier })
    };
    entries.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_named_in_three_languages() {
        let text =
            "[[category]]\nid = \"news\"\nkk = \"Жаңалықтар\"\nru = \"Новости\"\nen = \"News\"\n";

        let read = read(&File::new("categories.toml", text)).unwrap();

        assert_eq!(read[0].names.kk, "Жаңалықтар");
        assert_eq!(read[0].tier, Tier::Everyday);
    }

    #[test]
    fn a_missing_translation_and_a_second_category_of_the_name_are_refused() {
        let one = "[[category]]\nid = \"news\"\nkk = \"Ж\"\nru = \"Н\"\nen = \"N\"\n";
        for (text, part) in [
            (one.replace("ru = \"Н\"\n", ""), "categories.toml, line 1: missing field `ru`"),
            (one.replace("\"Ж\"", "\" \""), "categories.toml, line 1: the name in Kazakh (kk)"),
            (one.repeat(2), "categories.toml, line 6: news stands in categories.toml, line 1"),
            (one.replace("\"news\"", "\"My News\""), "categories.toml, line 1: \"My News\" is not"),
        ] {
            let error = read(&File::new("categories.toml", &text)).unwrap_err().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }
}
