//! The program's words in Kazakh, Russian and English.

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// All languages.
    pub const ALL: [Self; 3] = [Self::Kk, Self::Ru, Self::En];

    /// Returns the language's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kk => "kk",
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// Finds the language of a locale such as `ru_KZ.UTF-8`; English where it is none of ours.
    pub fn of_locale(locale: &str) -> Self {
        let starts = |lang: &Self| locale.to_ascii_lowercase().starts_with(lang.code());
        Self::ALL.into_iter().find(starts).unwrap_or_default()
    }

    fn text(self) -> &'static str {
        match self {
            Self::Kk => include_str!("../locales/kk/agent.ftl"),
            Self::Ru => include_str!("../locales/ru/agent.ftl"),
            Self::En => include_str!("../locales/en/agent.ftl"),
        }
    }
}

/// The words of one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Loads the words of `lang`.
    pub fn new(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolating marks are for mixed directions; all three languages run left to right.
        bundle.set_use_isolating(false);
        // What does not parse is missing from the bundle: the test of the keys tells.
        let resource =
            FluentResource::try_new(lang.text().to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    /// Returns the language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Returns the text of `key`.
    pub fn text(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// Returns the text of `key` with its arguments; the key itself where there is no such text.
    pub fn say(&self, key: &str, args: &[(&str, Value<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| (*name, value.to_fluent())).collect();
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.lang.code())
    }
}

/// An argument of a text.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A count: decides the plural form.
    Count(usize),
    /// A text.
    Text(&'a str),
}

impl Value<'_> {
    fn to_fluent(self) -> FluentValue<'static> {
        match self {
            Self::Count(count) => FluentValue::from(count),
            Self::Text(text) => FluentValue::from(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_language_has_the_same_keys_with_the_same_arguments() {
        let [kk, ru, en] = Lang::ALL.map(|lang| keys(lang.text()));

        assert!(en.len() > 40);
        assert_eq!(kk, en);
        assert_eq!(ru, en);
    }

    #[test]
    fn every_text_parses() {
        for lang in Lang::ALL {
            let parsed = FluentResource::try_new(lang.text().to_owned());
            assert!(parsed.is_ok(), "{lang:?}: {:?}", parsed.err().map(|(_, errors)| errors));
        }
    }

    #[test]
    fn counts_take_the_plural_of_the_language() {
        let words = Words::new(Lang::Ru);
        let say = |count| words.say("run-sent", &[("count", Value::Count(count))]);

        assert!(say(1).contains("1 запись"), "{}", say(1));
        assert!(say(3).contains("3 записи"), "{}", say(3));
        assert!(say(5).contains("5 записей"), "{}", say(5));
    }

    #[test]
    fn a_locale_gives_its_language() {
        assert_eq!(Lang::of_locale("ru_KZ.UTF-8"), Lang::Ru);
        assert_eq!(Lang::of_locale("kk_KZ"), Lang::Kk);
        assert_eq!(Lang::of_locale("C.UTF-8"), Lang::En);
    }

    /// Returns every key with the arguments its text names.
    fn keys(text: &str) -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" =")
                && line.starts_with(|first: char| first.is_ascii_lowercase())
            {
                key = name.to_owned();
                found.insert(key.clone(), Vec::new());
            }
            for part in line.split('$').skip(1) {
                let name: String = part.chars().take_while(|c| c.is_ascii_lowercase()).collect();
                let arguments = found.get_mut(&key).unwrap();
                if !arguments.contains(&name) {
                    arguments.push(name);
                }
            }
        }
        found.values_mut().for_each(|arguments| arguments.sort());
        found
    }
}
