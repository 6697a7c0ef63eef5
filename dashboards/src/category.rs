//! The categories of sites.

use crate::Language;

/// Returns the category's name; its id where it is newer than these texts.
pub(crate) fn name(id: &str, language: Language) -> String {
    language.of_family("category", id)
}

/// Returns the category's place among the others; unknown ones come last.
pub(crate) fn rank(id: &str) -> usize {
    ORDER.iter().position(|known| *known == id).unwrap_or(ORDER.len())
}

/// The categories of `testlists/categories.toml`, in the order of tables.
const ORDER: [&str; 20] = [
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
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_a_name_in_every_language() {
        for id in ORDER {
            for language in Language::ALL {
                assert_ne!(name(id, language), id, "{language}");
            }
        }
    }

    #[test]
    fn an_unknown_category_shows_its_id_and_comes_last() {
        assert_eq!(name("weather", Language::Kk), "weather");
        assert!(rank("weather") > rank("other"));
    }
}
