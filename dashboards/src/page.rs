//! What stands around every page.

use record::Day;

use crate::format::{Pattern, date, is_closed, moment};
use crate::model::Frame;
use crate::{Language, Value, link};

/// The frame of a page: who made it from what, and in which languages it can be read.
pub(crate) struct Page<'a> {
    pub(crate) language: Language,
    pub(crate) title: String,
    /// Data behind the page: what it is, and where.
    pub(crate) data: Vec<(String, String)>,
    /// Whether search engines may list the page.
    pub(crate) listed: bool,
    frame: &'a Frame,
    /// The address after the language.
    path: String,
}

impl<'a> Page<'a> {
    /// Makes the frame of the page at `/{language}/{path}`.
    pub(crate) fn new(frame: &'a Frame, language: Language, path: &str, title: String) -> Self {
        Self { language, title, data: Vec::new(), listed: true, frame, path: path.to_owned() }
    }

    /// Adds data behind the page.
    pub(crate) fn with_data(mut self, key: &str, address: String) -> Self {
        self.data.push((self.say(key), address));
        self
    }

    /// Keeps the page out of search engines.
    pub(crate) fn unlisted(self) -> Self {
        Self { listed: false, ..self }
    }

    /// Returns the text of `key` in the page's language.
    pub(crate) fn say(&self, key: &str) -> String {
        self.language.say(key, &[])
    }

    /// Returns the languages, each with the address of this page in it, and whether it is this one.
    pub(crate) fn languages(&self) -> Vec<(Language, String, bool)> {
        let address = |language| format!("/{language}/{}", self.path);
        let each = |language| (language, address(language), language == self.language);
        Language::ALL.into_iter().map(each).collect()
    }

    /// Returns the address of the overview in the page's language.
    pub(crate) fn home(&self) -> String {
        link::overview(self.language)
    }

    /// Returns the address of the page on methods, at one of its paragraphs.
    pub(crate) fn methods(&self, paragraph: &str) -> String {
        link::methods(self.language, paragraph)
    }

    /// Returns the warning that the data are invented, in every language, the page's own first;
    /// nothing where they are real.
    pub(crate) fn demo(&self) -> Vec<(Language, String)> {
        if !self.frame.demo {
            return Vec::new();
        }
        let others = Language::ALL.into_iter().filter(|language| *language != self.language);
        let all = std::iter::once(self.language).chain(others);
        all.map(|language| (language, language.say("demo", &[]))).collect()
    }

    /// Says when and from what the page was made.
    pub(crate) fn as_of(&self) -> String {
        self.language.say(
            "as-of",
            &[
                ("moment", moment(&self.frame.made, self.language).into()),
                ("n", Value::from(self.frame.batches)),
            ],
        )
    }

    /// Says which day the page is about, in Kazakhstan's time with UTC beside it.
    pub(crate) fn day(&self, day: Day) -> String {
        let begins = day.first_hour().0 % 24;
        self.language.say(
            "day-line",
            &[
                ("date", date(day, Pattern::Long, self.language).into()),
                ("utc", format!("{begins:02}:00").into()),
            ],
        )
    }

    /// Warns that the day has not been graded for good; nothing where it has.
    pub(crate) fn provisional(&self, closed: bool) -> Option<String> {
        (!closed).then(|| self.say("provisional"))
    }

    /// Returns whether the day had been graded for good when the page was made.
    pub(crate) fn is_closed(&self, day: Day) -> bool {
        is_closed(day, &self.frame.made)
    }

    /// Returns when the page was made and from how many batches, for citations.
    pub(crate) fn made(&self) -> (&str, u64) {
        (&self.frame.made, self.frame.batches)
    }
}
