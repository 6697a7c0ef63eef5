//! The page that says that the fault is ours. It never looks like a page without data.

use askama::Template;

use crate::Language;
use crate::model::Frame;
use crate::page::Page;
use crate::pages::PageError;

/// Writes the page for a failure of the collector.
pub fn error(frame: &Frame, language: Language) -> Result<String, PageError> {
    let page = Page::new(frame, language, "", language.say("error-title", &[])).unlisted();
    Ok(Failure { page }.render()?)
}

#[derive(Template)]
#[template(path = "error.html")]
struct Failure<'a> {
    page: Page<'a>,
}
