//! What is known of the answers that interference gives.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use record::Host;

use crate::ListError;
use crate::error::At;
use crate::local::Interceptor;
use crate::table::{self, Entry, File, Once};

/// Everything known of forged answers. Part of the snapshot, so that agent and collector agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprints {
    /// Authorities whose certificates are shown by interception.
    pub authorities: Vec<Authority>,
    /// Addresses that forged DNS answers are known to give.
    #[serde(default)]
    pub dns: Vec<IpAddr>,
    /// Hosts that forged DNS answers are known to make a site an alias of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Host>,
    /// Address ranges (CIDR) that no public site can have, such as `10.0.0.0/8`. Data, since the
    /// lab's own sites live in documentation ranges.
    #[serde(default)]
    pub bogus: Vec<String>,
    /// Networks that serve any name of theirs from all of their addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content_networks: Vec<ContentNetwork>,
    /// Pages that stand in for a site.
    #[serde(default)]
    pub pages: Vec<PageMark>,
    /// Programs on machines and lines that end TLS: their doing is not the network's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<Interceptor>,
}

/// One interception authority: a chain matches when any of the given marks does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// Its stable id.
    pub id: String,
    /// The name on it.
    pub name: String,
    /// SHA-256 of DER certificates of it (root, intermediate or leaf), hexadecimal.
    #[serde(default)]
    pub sha256: Vec<String>,
    /// SHA-1 of DER certificates of it, hexadecimal: older reports print nothing else.
    #[serde(default)]
    pub sha1: Vec<String>,
    /// SHA-256 of subject public keys of it, hexadecimal.
    #[serde(default)]
    pub spki_sha256: Vec<String>,
    /// Common names which, together with the country `C=KZ` or the organisation below, mark an issuer.
    #[serde(default)]
    pub issuer_names: Vec<String>,
    /// The issuer's organisation (`O`), where it is part of the mark.
    #[serde(default)]
    pub issuer_organisation: String,
    /// Where this is known from.
    #[serde(default)]
    pub source: String,
}

/// A company that serves any name of its from all of its addresses, as far as its ranges are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentNetwork {
    /// Its stable id.
    pub id: String,
    /// Its ranges (CIDR).
    pub ranges: Vec<String>,
}

/// A page that stands in for a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMark {
    /// Its stable id.
    pub id: String,
    /// The page's exact title, where it marks the page.
    #[serde(default)]
    pub title: String,
    /// SHA-256 of the page's body, where it marks the page, hexadecimal. Of a body that shows IP
    /// addresses it is that of the text with `[address]` in the place of each, as records tell it.
    #[serde(default)]
    pub body: String,
    /// A text that stands in the page's body as it is sent, where it marks the page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contains: String,
    /// Where this is known from.
    #[serde(default)]
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityEntry {
    id: String,
    name: String,
    #[serde(default)]
    sha256: Vec<String>,
    #[serde(default)]
    sha1: Vec<String>,
    #[serde(default)]
    spki_sha256: Vec<String>,
    #[serde(default)]
    issuer_names: Vec<String>,
    #[serde(default)]
    issuer_organisation: String,
    #[serde(default)]
    source: String,
}

/// Reads the interception authorities.
pub(crate) fn read_authorities(file: &File<'_>) -> Result<Vec<Authority>, ListError> {
    let mut once = Once::new();
    let mut authorities = Vec::new();
    for Entry { at, value: entry } in table::entries::<AuthorityEntry>(file, "authority")? {
        table::check_id(at, &entry.id)?;
        once.check(at, entry.id.clone(), &entry.id)?;
        let long = entry.sha256.iter().chain(&entry.spki_sha256).map(|hex| (hex, 64));
        for (hex, digits) in long.chain(entry.sha1.iter().map(|hex| (hex, 40))) {
            check_hex(at, hex, digits)?;
            once.check(at, hex.clone(), &format!("the fingerprint {hex}"))?;
        }
        let authority = Authority {
            id: entry.id,
            name: entry.name,
            sha256: entry.sha256,
            sha1: entry.sha1,
            spki_sha256: entry.spki_sha256,
            issuer_names: entry.issuer_names,
            issuer_organisation: entry.issuer_organisation,
            source: entry.source,
        };
        if !has_mark(&authority) {
            return Err(at.wrong(
                format!("nothing marks a certificate of {}", authority.id),
                "give a fingerprint or an issuer's name",
            ));
        }
        authorities.push(authority);
    }
    Ok(authorities)
}

fn has_mark(authority: &Authority) -> bool {
    let Authority { sha256, sha1, spki_sha256, issuer_names, issuer_organisation, .. } = authority;
    let lists = [sha256, sha1, spki_sha256, issuer_names];
    lists.iter().any(|list| !list.is_empty()) || !issuer_organisation.is_empty()
}

fn check_hex(at: At<'_>, hex: &str, digits: usize) -> Result<(), ListError> {
    let allowed = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hex.len() == digits && hex.bytes().all(allowed) {
        return Ok(());
    }
    Err(at.wrong(
        format!("{hex:?} is not a fingerprint of {digits} hexadecimal digits"),
        "write it in lower case without colons",
    ))
}

/// Reads what forged answers are known to give: addresses, and hosts that they make a site an alias
/// of.
pub(crate) fn read_dns(file: &File<'_>) -> Result<(Vec<IpAddr>, Vec<Host>), ListError> {
    let mut once = Once::new();
    let (mut addresses, mut aliases) = (Vec::new(), Vec::new());
    for row in table::rows(file, ["address", "source"])? {
        let [address, _source] = row.cells;
        once.check(row.at, address.to_ascii_lowercase(), &address)?;
        if let Ok(ip) = address.parse::<IpAddr>() {
            addresses.push(ip);
            continue;
        }
        let host = address.parse::<Host>().ok().filter(|host| host.as_str().contains('.'));
        aliases.push(host.ok_or_else(|| {
            row.at.wrong(
                format!("{address:?} is neither an address nor a host"),
                "write it such as 192.0.2.1 or notice.example",
            )
        })?);
    }
    Ok((addresses, aliases))
}

/// Reads the ranges that no public site can have.
pub(crate) fn read_bogus(file: &File<'_>) -> Result<Vec<String>, ListError> {
    let mut once = Once::new();
    let mut ranges = Vec::new();
    for row in table::rows(file, ["cidr", "source"])? {
        let [cidr, _source] = row.cells;
        check_cidr(row.at, &cidr)?;
        once.check(row.at, cidr.clone(), &cidr)?;
        ranges.push(cidr);
    }
    Ok(ranges)
}

/// Reads the content networks, in the order of their ids.
pub(crate) fn read_content_networks(file: &File<'_>) -> Result<Vec<ContentNetwork>, ListError> {
    let mut once = Once::new();
    let mut ranges = BTreeMap::<String, Vec<String>>::new();
    for row in table::rows(file, ["cidr", "network", "source"])? {
        let [cidr, network, _source] = row.cells;
        check_cidr(row.at, &cidr)?;
        table::check_id(row.at, &network)?;
        once.check(row.at, cidr.clone(), &cidr)?;
        ranges.entry(network).or_default().push(cidr);
    }
    Ok(ranges.into_iter().map(|(id, ranges)| ContentNetwork { id, ranges }).collect())
}

fn check_cidr(at: At<'_>, text: &str) -> Result<(), ListError> {
    if is_cidr(text) {
        return Ok(());
    }
    Err(at.wrong(
        format!("{text:?} is not an address range"),
        "write its first address and its length, such as 10.0.0.0/8",
    ))
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let (Ok(ip), Ok(length)) = (address.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    match ip {
        IpAddr::V4(ip) => {
            let rest = u32::MAX.checked_shr(length).unwrap_or(0);
            length <= u32::BITS && ip.to_bits() & rest == 0
        }
        IpAddr::V6(ip) => {
            let rest = u128::MAX.checked_shr(length).unwrap_or(0);
            length <= u128::BITS && ip.to_bits() & rest == 0
        }
    }
}

/// Reads the pages that stand in for a site.
pub(crate) fn read_pages(file: &File<'_>) -> Result<Vec<PageMark>, ListError> {
    let mut once = Once::new();
    let mut pages = Vec::new();
    for row in table::rows(file, ["id", "title", "body", "contains", "source"])? {
        let [id, title, body, contains, source] = row.cells;
        table::check_id(row.at, &id)?;
        once.check(row.at, id.clone(), &id)?;
        if title.is_empty() && body.is_empty() && contains.is_empty() {
            return Err(row.at.wrong(
                format!("nothing marks the page {id}"),
                "give its exact title, the SHA-256 of its body, or a text that stands in it",
            ));
        }
        let beside = !title.is_empty() || !body.is_empty();
        if beside && !contains.is_empty() {
            return Err(row.at.wrong(
                format!("the page {id} is marked by a text inside it and by something else"),
                "give the text alone: agents that know no such texts would take the rest for the whole mark",
            ));
        }
        if !contains.is_empty() && contains.chars().count() < LEAST_CONTAINED {
            return Err(row.at.wrong(
                format!("{contains:?} stands in many pages"),
                format!("write at least {LEAST_CONTAINED} characters that only this page has"),
            ));
        }
        if !body.is_empty() {
            check_hex(row.at, &body, 64)?;
        }
        pages.push(PageMark { id, title, body, contains, source });
    }
    Ok(pages)
}

/// Characters of a text that marks a page by standing in it.
const LEAST_CONTAINED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_read() {
        let authorities = read_authorities(&File::new("fingerprints/tls.toml", AUTHORITY)).unwrap();

        assert_eq!(authorities[0].sha1, [SHA1]);
        assert_eq!(authorities[0].issuer_organisation, "Nobody");
    }

    #[test]
    fn a_bad_authority_is_refused_with_its_line() {
        let digest = format!("sha1 = [\"{SHA1}\"]");
        for (from, to, part) in [
            (SHA1, "AB:CD", "\"AB:CD\" is not a fingerprint of 40"),
            (digest.as_str(), "sha256 = [\"00\"]", "\"00\" is not a fingerprint of 64"),
            ("\"invented\"", "\"An id\"", "\"An id\" is not an id"),
            ("Nobody\"", "Nobody\"\nkey = 1", "unknown field `key`"),
        ] {
            let text = AUTHORITY.replacen(from, to, 1);
            let error = read_authorities(&File::new("tls.toml", &text)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("tls.toml, line 1: {part}")), "{error}");
        }
        let bare = "[[authority]]\nid = \"a\"\nname = \"A\"\n";
        let error = read_authorities(&File::new("tls.toml", bare)).unwrap_err().to_string();
        assert!(error.contains("nothing marks a certificate of a"), "{error}");
    }

    #[test]
    fn a_range_must_begin_where_its_length_says() {
        for (cidr, good) in [
            ("10.0.0.0/8", true),
            ("0.0.0.0/0", true),
            ("255.255.255.255/32", true),
            ("3fff::/20", true),
            ("::1/128", true),
            ("10.0.0.1/8", false),
            ("10.0.0.0/33", false),
            ("3fff:1000::/19", false),
            ("10.0.0.0", false),
            ("x/8", false),
        ] {
            let text = format!("cidr,source\n{cidr},RFC\n");
            assert_eq!(read_bogus(&File::new("bogus.csv", &text)).is_ok(), good, "{cidr}");
        }
    }

    #[test]
    fn the_ranges_of_a_content_network_are_one() {
        let text = "cidr,network,source\n192.0.2.0/25,twin,s\n2001:db8::/32,lone,s\n198.51.100.0/24,twin,s\n";

        let networks = read_content_networks(&File::new("content.csv", text)).unwrap();

        let told: Vec<(&str, usize)> =
            networks.iter().map(|one| (one.id.as_str(), one.ranges.len())).collect();
        assert_eq!(told, [("lone", 1), ("twin", 2)]);
        let bad = read_content_networks(&File::new(
            "content.csv",
            "cidr,network,source\n192.0.2.1/25,twin,s\n",
        ));
        let bad = bad.unwrap_err().to_string();
        assert!(bad.starts_with("content.csv, line 2: \"192.0.2.1/25\" is not"), "{bad}");
    }

    #[test]
    fn what_forged_answers_give_is_an_address_or_a_host() {
        let text = "address,source\n192.0.2.1,s\nNotice.test,s\n2001:db8::1,s\n";

        let (addresses, aliases) = read_dns(&File::new("dns.csv", text)).unwrap();

        assert_eq!(addresses.len(), 2);
        assert_eq!(aliases, ["notice.test".parse().unwrap()]);
    }

    #[test]
    fn a_bad_address_or_page_is_refused_with_its_line() {
        let dns = read_dns(&File::new("dns.csv", "address,source\n192.0.2.1,s\n192.0.2.1,s\n"));
        let page = read_pages(&File::new("http.csv", "id,title,body,contains,source\na,,,,s\n"));
        let body = read_pages(&File::new("http.csv", "id,title,body,contains,source\na,,xyz,,s\n"));

        let short =
            read_pages(&File::new("http.csv", "id,title,body,contains,source\na,,,stop,s\n"));
        let host = read_dns(&File::new("dns.csv", "address,source\nlocalhost,s\n"));
        let two = "id,title,body,contains,source\na,Stop,,access is restricted,s\n";
        let two = read_pages(&File::new("http.csv", two)).unwrap_err().to_string();

        assert!(two.starts_with("http.csv, line 2: the page a is marked by a text"), "{two}");
        let short = short.unwrap_err().to_string();
        assert!(short.starts_with("http.csv, line 2: \"stop\" stands in many pages"), "{short}");
        let host = host.unwrap_err().to_string();
        assert!(host.starts_with("dns.csv, line 2: \"localhost\" is neither"), "{host}");
        let dns = dns.unwrap_err().to_string();
        assert!(dns.starts_with("dns.csv, line 3: 192.0.2.1 stands in dns.csv, line 2"), "{dns}");
        let page = page.unwrap_err().to_string();
        assert!(page.starts_with("http.csv, line 2: nothing marks the page a"), "{page}");
        let body = body.unwrap_err().to_string();
        assert!(body.starts_with("http.csv, line 2: \"xyz\" is not a fingerprint"), "{body}");
    }

    const SHA1: &str = "00112233445566778899aabbccddeeff00112233";

    const AUTHORITY: &str = r#"[[authority]]
id = "invented"
name = "Invented Authority"
sha1 = ["00112233445566778899aabbccddeeff00112233"]
issuer_names = ["Invented Authority"]
issuer_organisation = "Nobody"
source = "none"
"#;
}
