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
    let title: String = scrub(&words.join(" ")).chars().take(TITLE_CHARS).collect();
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
            let clean: String = value.chars().filter(|c| !c.is_control()).collect();
            let clean = scrub(&clean).chars().take(HEADER_CHARS).collect();
            kept.entry(name).or_insert(clean);
        }
    }
    kept
}

/// Replaces addresses: a page that stands in for a site may show the client's own, and no record
/// may hold it.
fn scrub(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(in_address) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !in_address(c)).unwrap_or(from.len()));
        clean.push_str(before);
        clean.push_str(if is_address(word) { "[address]" } else { word });
        rest = after;
    }
    clean + rest
}

fn in_address(letter: char) -> bool {
    letter.is_ascii_hexdigit() || letter == '.' || letter == ':'
}

/// Returns whether a run of digits, dots and colons is an address, with or without a port.
fn is_address(word: &str) -> bool {
    let bare = word.trim_matches('.').trim_end_matches(':');
    let without_port = bare.rsplit_once(':').map_or(bare, |(address, _)| address);
    [bare, bare.trim_start_matches(':'), without_port]
        .iter()
        .any(|text| text.parse::<std::net::IpAddr>().is_ok())
}

/// As much of a body as an agent of ours reads: digests of the same page are then the same.
pub(crate) const BODY_BYTES: usize = 256 << 10;

/// The headers that `record::Page` may hold.
const ALLOWED: [&str; 9] = [
    "server",
    "content-type",
    "content-length",
    "location",
    "via",
    "retry-after",
    "alt-svc",
    "cf-mitigated",
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
    fn a_page_that_shows_an_address_does_not_tell_it() {
        for (shown, told) in [
            ("Blocked for 192.0.2.7.", "Blocked for [address]"),
            ("http://192.0.2.7:8080/x?ip=2001:db8::1", "http://[address]/x?ip=[address]"),
            ("At 12:30 version 1.2.3", "At 12:30 version 1.2.3"),
        ] {
            assert_eq!(scrub(shown).trim_end_matches('.'), told);
        }
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
