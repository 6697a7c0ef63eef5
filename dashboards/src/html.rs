//! Pieces of finished HTML, and the only way to make them from text.

use std::fmt;

/// A piece of HTML that is safe to put into a page as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Html(String);

impl Html {
    /// Escapes `text`.
    pub(crate) fn text(text: &str) -> Self {
        let mut html = Self(String::with_capacity(text.len()));
        html.push_text(text);
        html
    }

    /// Takes markup of this crate's own as it is.
    pub(crate) fn markup(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    /// Makes a link.
    pub(crate) fn link(href: &str, text: &str) -> Self {
        let mut html = Self::default();
        html.push("<a href=\"").push_text(href).push("\">").push_text(text).push("</a>");
        html
    }

    /// Makes a text in the typeface of programs, for ids and digests.
    pub(crate) fn code(text: &str) -> Self {
        let mut html = Self::default();
        html.push("<code>").push_text(text).push("</code>");
        html
    }

    /// Adds markup of this crate's own.
    pub(crate) fn push(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text, escaped.
    pub(crate) fn push_text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Text from outside must not turn the direction of what stands around it.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => self.0.push('\u{fffd}'),
                _ => self.0.push(character),
            }
        }
        self
    }

    /// Adds a finished piece.
    pub(crate) fn push_html(&mut self, piece: &Self) -> &mut Self {
        self.0.push_str(&piece.0);
        self
    }

    /// Returns the HTML.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

impl From<&str> for Html {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Html {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        let hostile = "<script>alert('1')</script> \"&\u{202e}";

        let html = Html::link(hostile, hostile);

        assert!(!html.as_str().contains("<script"));
        assert!(!html.as_str().contains('\u{202e}'));
        assert_eq!(html.as_str().matches('"').count(), 2);
    }
}
