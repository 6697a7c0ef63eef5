//! The answer to an address at which nothing is published.

use askama::Template;

use crate::Language;
use crate::model::Frame;
use crate::page::Page;
use crate::pages::PageError;

/// Writes the page for an unknown address.
pub fn not_found(frame: &Frame, language: Language) -> Result<String, PageError> {
    let page = Page::new(frame, language, "", language.say("not-found-title", &[])).unlisted();
    Ok(NotFound { page }.render()?)
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'a> {
    page: Page<'a>,
}
