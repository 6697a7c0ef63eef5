//! Where a page sends its reader.

use url::Url;

use crate::{Page, Target};

/// Where a page that sends its reader on sends him to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onward {
    /// To a web address.
    To(Target),
    /// To one that is not followed: its host is no name, or it is too long.
    Unfollowed,
    /// To no web address.
    Nowhere,
}

impl Page {
    /// Returns where the page sends its reader, who asked for `from`; none where it does not send him
    /// on (RFC 9110, §15.4: 301, 302, 303, 307 and 308).
    pub fn onward(&self, from: &Target) -> Option<Onward> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let joined = |location: &String| Url::parse(from.as_str()).ok()?.join(location).ok();
        let Some(onward) = self.headers.get("location").and_then(joined) else {
            return Some(Onward::Nowhere);
        };
        // Without a scheme a target would be read as https: keep to what the address says.
        if !matches!(onward.scheme(), "http" | "https") {
            return Some(Onward::Nowhere);
        }
        Some(onward.as_str().parse().map_or(Onward::Unfollowed, Onward::To))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Digest;

    fn sent(status: u16, location: Option<&str>) -> Option<Onward> {
        let headers = location.map(|to| ("location".to_owned(), to.to_owned()));
        let page = Page {
            status,
            headers: BTreeMap::from_iter(headers),
            body: Digest::of(b""),
            bytes: 0,
            truncated: false,
            title: None,
            similarity: None,
            marks: Vec::new(),
            session: None,
        };
        page.onward(&"https://news.test/a/b".parse().unwrap())
    }

    #[test]
    fn a_location_is_read_from_where_it_stands() {
        let to = |text: &str| Some(Onward::To(text.parse().unwrap()));
        assert_eq!(sent(301, Some("c?d=1")), to("https://news.test/a/c?d=1"));
        assert_eq!(sent(302, Some("/")), to("https://news.test/"));
        assert_eq!(sent(303, Some("//other.test/x")), to("https://other.test/x"));
        assert_eq!(sent(308, Some("http://other.test")), to("http://other.test/"));
        assert_eq!(sent(307, Some("http://192.0.2.1/")), Some(Onward::Unfollowed));
        for nowhere in [Some("https://"), Some("mailto:a@b.test"), Some("intent:x"), None] {
            assert_eq!(sent(302, nowhere), Some(Onward::Nowhere), "{nowhere:?}");
        }
        for status in [200, 300, 304, 404] {
            assert_eq!(sent(status, Some("/")), None, "{status}");
        }
    }
}
