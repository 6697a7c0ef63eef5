//! What may be told of a page: a few headers, the title, and no addresses.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use hyper::header::HeaderMap;
use url::Url;

use record::{Digest, Host, Page};
use testlists::PageMark;

use super::similarity::similarity;

/// Tells of a page with this status and these headers from `host` what may be told, and which of
/// the `marks` it bears. Its `body` is what was read of it, and whether there was more.
pub fn tell(
    (status, all): (u16, &HeaderMap),
    host: &Host,
    (body, truncated): (&[u8], bool),
    marks: &[PageMark],
) -> Page {
    let (title, digest) = (title(body), digest(body));
    Page {
        status,
        headers: headers(all, host),
        body: digest,
        bytes: body.len() as u64,
        truncated,
        marks: borne(marks, title.as_deref(), body, digest),
        title,
        similarity: similarity(body),
        session: None,
    }
}

/// Hashes a body without the addresses in it: a filter's page may show the client's own, and whoever has
/// the page's other words could try them all.
fn digest(body: &[u8]) -> Digest {
    let text = String::from_utf8_lossy(body);
    let clean = scrub(&text);
    if clean == text { Digest::of(body) } else { Digest::of(clean.as_bytes()) }
}

/// Returns the ids of the marks that a page bears, at most eight: everything that marks it must be
/// there.
fn borne(marks: &[PageMark], title: Option<&str>, body: &[u8], digest: Digest) -> Vec<String> {
    let digest = digest.to_string();
    let bears = |mark: &&PageMark| {
        let same_title = mark.title.is_empty() || title == Some(&mark.title);
        let same_body = mark.body.is_empty() || mark.body.eq_ignore_ascii_case(&digest);
        let contained = mark.contains.is_empty() || stands_in(body, mark.contains.as_bytes());
        let says = [&mark.title, &mark.body, &mark.contains].iter().any(|text| !text.is_empty());
        same_title && same_body && contained && says
    };
    marks.iter().filter(bears).take(MARKS).map(|mark| mark.id.clone()).collect()
}

/// Returns whether `text`, which is not empty, stands in `body`.
fn stands_in(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|window| window == text)
}

/// Returns the headers of the allow-list.
pub fn headers(all: &HeaderMap, host: &Host) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for name in ALLOWED {
        let Some(value) = all.get(*name) else { continue };
        let value = String::from_utf8_lossy(value.as_bytes());
        let value: String = value.chars().filter(|c| !c.is_control()).take(HEADER_CHARS).collect();
        let value = if *name == "location" { location(&value, host) } else { scrub(&value) };
        told.insert((*name).to_owned(), value);
    }
    told
}

/// Returns the text of `<title>` in the beginning of a page, scrubbed.
pub fn title(body: &[u8]) -> Option<String> {
    let head = body.get(..HEAD_BYTES).unwrap_or(body);
    let text = String::from_utf8_lossy(head);
    // Lower case changes no byte's place for the ASCII letters that are looked for.
    let lower = text.to_ascii_lowercase();
    let opening = lower.find("<title")?;
    let start = opening + lower.get(opening..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let words: Vec<&str> = text.get(start..end)?.split_whitespace().collect();
    let title: String = scrub(&words.join(" ")).chars().take(TITLE_CHARS).collect();
    (!title.is_empty()).then_some(title)
}

/// Keeps of a redirect's address what leads on: to another site no query, since a filter's page is
/// often handed the client's address there.
fn location(value: &str, host: &Host) -> String {
    let Ok(mut url) = Url::parse(value) else {
        // A path within the site; whatever else does not lead on either.
        return scrub(value);
    };
    let same = url
        .host_str()
        .and_then(|other| other.parse::<Host>().ok())
        .is_some_and(|other| other.site() == host.site());
    if !same {
        url.set_query(None);
    }
    url.set_fragment(None);
    url.set_username("").ok();
    url.set_password(None).ok();
    let text = url.to_string();
    // The host itself may be an address: of a filter's page, never of the client.
    match url.host() {
        Some(url::Host::Domain(_)) => scrub(&text),
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) | None => text,
    }
}

/// Replaces whatever reads as an IP address: a filter's page may show the client's own.
pub fn scrub(text: &str) -> String {
    let mut clean = String::new();
    let mut word = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_hexdigit() || letter == '.' || letter == ':' {
            word.push(letter);
            continue;
        }
        clean.push_str(&if holds_address(&word) { "[address]".to_owned() } else { word.clone() });
        word.clear();
        clean.push(letter);
    }
    clean.pop();
    clean
}

/// Returns whether a run of hexadecimal digits, dots and colons holds an address.
fn holds_address(word: &str) -> bool {
    let bare = word.trim_end_matches(['.', ':']);
    let groups = word.split(':').filter(|group| !group.is_empty()).count();
    let is_v6 =
        groups >= GROUPS && [word, bare].iter().any(|text| text.parse::<Ipv6Addr>().is_ok());
    // Letters and a port around it do not hide four numbers in a row.
    let numbers = word.split(|c: char| !c.is_ascii_digit() && c != '.');
    let is_v4 = numbers.into_iter().any(|run| {
        let parts: Vec<&str> = run.split('.').collect();
        parts.windows(4).any(|four| four.iter().all(|part| part.parse::<u8>().is_ok()))
    });
    is_v6 || is_v4
}

/// `Page::headers` names them.
const ALLOWED: &[&str] = &[
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
const HEADER_CHARS: usize = 512;
/// Shorter addresses of IPv6 are hardly ever a person's, and style sheets are full of what reads like one
/// (`e::before`).
const GROUPS: usize = 3;
/// `Page::marks` names it.
const MARKS: usize = 8;
const TITLE_CHARS: usize = 120;
const HEAD_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_found_whatever_its_case_and_spaces() {
        let page = "<HTML><Title lang=\"ru\">\n  Доступ   ограничен </TITLE>".as_bytes();

        assert_eq!(title(page).as_deref(), Some("Доступ ограничен"));
        assert_eq!(title(b"<title>never ends"), None);
        assert_eq!(title(b"\xff\xfe<title>\xff</title>").as_deref(), Some("\u{fffd}"));
        assert_eq!(
            title(format!("<title>{}</title>", "ж".repeat(500)).as_bytes())
                .unwrap()
                .chars()
                .count(),
            120
        );
    }

    #[test]
    fn a_page_bears_a_mark_when_everything_that_marks_it_is_there() {
        let page = "<title>Stop</title><p>Қолжетімділік шектелген".as_bytes();
        let mark = |id: &str, title: &str, body: &str| PageMark {
            id: id.to_owned(),
            title: title.to_owned(),
            body: body.to_owned(),
            ..PageMark::default()
        };
        let (digest, other) = (Digest::of(page).to_string(), Digest::of(b"").to_string());
        let marks = [
            mark("title", "Stop", ""),
            mark("case", "stop", ""),
            mark("body", "", &digest),
            mark("both", "Stop", &digest),
            mark("half", "Stop", &other),
            mark("nothing", "", ""),
            PageMark {
                contains: "Қолжетімділік шектелген".into(), ..mark("text", "", "")
            },
            PageMark {
                contains: "Қолжетімділік шектелген".into(), ..mark("both texts", "Go", "")
            },
            PageMark {
                contains: "қолжетімділік шектелген".into(), ..mark("other", "", "")
            },
        ];
        let told = |marks: &[PageMark]| {
            let host = "a.test".parse().unwrap();
            tell((200, &HeaderMap::new()), &host, (page, false), marks).marks
        };

        assert_eq!(told(&marks), ["title", "body", "both", "text"]);
        assert_eq!(told(&vec![marks[0].clone(); 20]).len(), 8);
    }

    #[test]
    fn only_listed_headers_are_told() {
        let mut all = HeaderMap::new();
        all.insert("server", "nginx".parse().unwrap());
        all.insert("set-cookie", "id=1".parse().unwrap());
        all.insert("x-client-ip", "203.0.113.7".parse().unwrap());
        all.insert("via", "1.1 cache-203.0.113.7 (x)".parse().unwrap());

        let told = headers(&all, &"a.test".parse().unwrap());

        assert_eq!(told.len(), 2);
        assert_eq!(told["via"], "1.1 cache-[address] (x)");
    }

    #[test]
    fn a_redirect_to_another_site_loses_its_query() {
        let host = "news.test".parse().unwrap();
        for (given, told) in [
            ("https://www.news.test/a?b=1#c", "https://www.news.test/a?b=1"),
            ("/login?next=x", "/login?next=x"),
            ("https://block.com.kz/?u=news", "https://block.com.kz/"),
            ("http://block.example/?ip=203.0.113.7&u=news", "http://block.example/"),
            ("http://u:p@192.0.2.80/blocked?c=203.0.113.7", "http://192.0.2.80/blocked"),
            ("https://news.test/203.0.113.7", "https://news.test/[address]"),
        ] {
            assert_eq!(location(given, &host), told);
        }
    }

    #[test]
    fn a_body_that_shows_an_address_is_hashed_without_it() {
        let shown = |ip: &str| digest(format!("<p>Your address {ip} is refused.").as_bytes());

        assert_eq!(shown("203.0.113.7"), shown("198.51.100.99"));
        assert_eq!(digest(b"\xffno address"), Digest::of(b"\xffno address"));
    }

    #[test]
    fn addresses_are_taken_out_of_texts() {
        for text in [
            "your ip 203.0.113.7!",
            "203.0.113.7:8080",
            "ip:203.0.113.7.",
            "[2001:db8::7]",
            "2001:db8:1:2:3:4:5:6",
            "fe80::1:2",
        ] {
            let clean = scrub(text);
            assert!(clean.contains("[address]") && !clean.contains("113"), "{text}: {clean}");
        }
        for text in ["10:30", "nginx/1.24.0", "3.11", "Новости", "a::b c", "abc.de", "e::before"]
        {
            assert_eq!(scrub(text), text);
        }
    }
}
