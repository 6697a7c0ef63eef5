//! The words of pages and programs in Kazakh, Russian and English.

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::format;

pub use fluent_bundle::FluentValue as Value;

/// A language that every page exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Kazakh in Cyrillic letters.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// Returns the language's tag, as in addresses and `lang` attributes.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// Returns the language's name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Kk => "Қазақша",
            Self::Ru => "Русский",
            Self::En => "English",
        }
    }

    /// Finds the language of a tag such as `ru`, `ru-KZ` or `kk_KZ.UTF-8`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', '.']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.tag() == primary)
    }

    /// Chooses from an `Accept-Language` header (RFC 9110 §12.5.4); Kazakh where nothing fits.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for range in accept_language.unwrap_or_default().split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight_of(weight);
            let Some(language) = Self::from_tag(tag) else { continue };
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map_or(Self::Kk, |(_, language)| language)
    }

    /// Returns the text of `key` with `args` put in; the key itself where there is no such text.
    pub fn say(self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        self.find(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// Returns the text of `key`, or of one of its attributes as `key.attribute`, where there is one.
    pub fn find(self, key: &str, args: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = self.bundle();
        let pattern = match key.split_once('.') {
            None => bundle.get_message(key)?.value()?,
            Some((key, attribute)) => bundle.get_message(key)?.get_attribute(attribute)?.value(),
        };
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            given.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned())
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Self::Kk => &KK,
            Self::Ru => &RU,
            Self::En => &EN,
        }
    }

    /// Returns the texts as they are written, a file each.
    fn sources(self) -> [&'static str; 4] {
        macro_rules! files {
            ($tag:literal) => {
                [
                    include_str!(concat!("../locales/", $tag, "/site.ftl")),
                    include_str!(concat!("../locales/", $tag, "/grades.ftl")),
                    include_str!(concat!("../locales/", $tag, "/rules.ftl")),
                    include_str!(concat!("../locales/", $tag, "/methods.ftl")),
                ]
            };
        }
        match self {
            Self::Kk => files!("kk"),
            Self::Ru => files!("ru"),
            Self::En => files!("en"),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

static KK: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| build(Language::Kk));
static RU: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| build(Language::Ru));
static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| build(Language::En));

fn build(language: Language) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.tag().parse().expect("the three tags are well formed");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks that isolate directions would end up in copied citations; none of the three
    // languages is written from right to left.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::Kk => |value, _| format::fluent_number(value, Language::Kk),
        Language::Ru => |value, _| format::fluent_number(value, Language::Ru),
        Language::En => |value, _| format::fluent_number(value, Language::En),
    }));
    for source in language.sources() {
        let resource = FluentResource::try_new(source.to_owned());
        bundle
            .add_resource(resource.expect("the texts are well formed, as the tests see"))
            .expect("no key stands twice, as the tests see");
    }
    bundle
}

/// Reads `q=0.8` as 800; a missing weight is 1000, a broken one 0.
fn weight_of(parameters: &str) -> u16 {
    let Some(text) = parameters.trim().strip_prefix("q=") else { return 1000 };
    match text.trim().split_once('.') {
        None => text.trim().parse::<u16>().map_or(0, |whole| whole.min(1) * 1000),
        Some(("1", _)) => 1000,
        Some((_, digits)) => {
            let padded: String = digits.chars().chain("000".chars()).take(3).collect();
            padded.parse().unwrap_or(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_chooses_the_language() {
        for (header, language) in [
            (None, Language::Kk),
            (Some(""), Language::Kk),
            (Some("de-DE,de;q=0.9"), Language::Kk),
            (Some("en-US,en;q=0.9,ru;q=0.8"), Language::En),
            (Some("de, ru;q=0.7, kk;q=0.3"), Language::Ru),
            (Some("en;q=0.2, kk-Cyrl;q=0.25"), Language::Kk),
            (Some("en;q=0, ru;q=0.1"), Language::Ru),
            (Some("en;q=nonsense"), Language::Kk),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header:?}");
        }
    }

    #[test]
    fn a_tag_may_come_from_a_path_or_a_locale() {
        assert_eq!(Language::from_tag("ru_KZ.UTF-8"), Some(Language::Ru));
        assert_eq!(Language::from_tag("KK"), Some(Language::Kk));
        assert_eq!(Language::from_tag("deutsch"), None);
    }

    #[test]
    fn a_number_is_counted_and_grouped_by_the_rules_of_the_language() {
        let ru = |n: u32| Language::Ru.say("provider-counts", &[("n", n.into())]);

        assert_eq!(ru(1), "1 сайт:");
        assert_eq!(ru(3), "3 сайта:");
        assert_eq!(ru(12_345), "12\u{a0}345 сайтов:");
    }

    #[test]
    fn a_key_without_text_shows_itself() {
        assert_eq!(Language::En.say("no-such-key", &[]), "no-such-key");
    }
}
