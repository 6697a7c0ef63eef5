//! Texts that may be bytes, and what is kept of a page.

use base64::Engine as _;
use serde::Deserialize;

/// A text, or bytes that are none (df-001 "binary data").
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Blob {
    /// Written as it is.
    Plain(String),
    /// Written in base64.
    Coded {
        /// The text.
        data: String,
        /// Always `base64`.
        format: String,
    },
}

impl Blob {
    /// Returns the bytes; none for a coding that is not known or wrong.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Plain(text) => Some(text.as_bytes().to_vec()),
            Self::Coded { data, format } if format == "base64" => {
                base64::engine::general_purpose::STANDARD.decode(data).ok()
            }
            Self::Coded { .. } => None,
        }
    }
}

/// Returns the text of `<title>` in the beginning of a page.
pub(crate) fn title(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..HEAD_BYTES).unwrap_or(body));
    // Lower case changes no byte's place for the ASCII letters that are looked for.
    let lower = text.to_ascii_lowercase();
    let opening = lower.find("<title")?;
    let start = opening + lower.get(opening..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    short_title(text.get(start..end)?)
}

/// Returns a title with its spaces set right, at most 120 characters; none for an empty one.
pub(crate) fn short_title(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(TITLE_CHARS).collect();
    (!title.is_empty()).then_some(title)
}

/// Returns the headers of the record's allow-list, lower-case names, the first of each.
pub(crate) fn headers<'a>(
    all: impl Iterator<Item = (&'a str, String)>,
) -> std::collections::BTreeMap<String, String> {
    let mut kept = std::collections::BTreeMap::new();
    for (name, value) in all {
        let name = name.to_ascii_lowercase();
        if ALLOWED.contains(&name.as_str()) {
            let value = value.chars().filter(|c| !c.is_control()).take(HEADER_CHARS).collect();
            kept.entry(name).or_insert(value);
        }
    }
    kept
}

/// As much of a body as an agent of ours reads: digests of the same page are then the same.
pub(crate) const BODY_BYTES: usize = 256 << 10;

/// The headers that `record::Page` may hold.
const ALLOWED: [&str; 8] = [
    "server",
    "content-type",
    "content-length",
    "location",
    "via",
    "retry-after",
    "alt-svc",
    "qoljetim-beacon",
];
const HEAD_BYTES: usize = 64 << 10;
const TITLE_CHARS: usize = 120;
const HEADER_CHARS: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_in_any_spelling() {
        let found = title("<HTML><Title lang=kk>\n Жаңа\t заман </TITLE>".as_bytes());

        assert_eq!(found.as_deref(), Some("Жаңа заман"));
        assert_eq!(title(b"<title></title>"), None);
        assert_eq!(title(b"<title>never closed"), None);
    }

    #[test]
    fn bytes_come_from_either_spelling() {
        let read = |json| serde_json::from_str::<Blob>(json).unwrap().bytes();

        assert_eq!(read(r#""ab""#).as_deref(), Some(&b"ab"[..]));
        assert_eq!(read(r#"{"data":"/wA=","format":"base64"}"#).as_deref(), Some(&[255, 0][..]));
        assert_eq!(read(r#"{"data":"/w","format":"base85"}"#), None);
    }

    #[test]
    fn only_headers_of_the_allow_list_are_kept() {
        let all = [("Set-Cookie", "id=1"), ("Server", "one"), ("server", "two")];

        let kept = headers(all.into_iter().map(|(name, value)| (name, value.to_owned())));

        assert_eq!(kept.into_iter().collect::<Vec<_>>(), [("server".into(), "one".into())]);
    }
}
