//! What disturbs a measurement on the volunteer's own machine or line: programs that end TLS for
//! every site, and names by which a DNS filter is recognised.

use serde::{Deserialize, Serialize};

use record::Host;

use crate::ListError;
use crate::table::{self, Entry, File, Once};

/// A program that ends TLS for every site and signs anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interceptor {
    /// Its stable id.
    pub id: String,
    /// The product's name.
    pub name: String,
    /// Text that stands in the issuer of the certificates it makes, letter for letter.
    pub issuer: String,
}

impl Interceptor {
    /// Returns whether a certificate (DER) bears the mark: names stand in DER as they are written.
    pub fn made(&self, der: &[u8]) -> bool {
        let mark = self.issuer.as_bytes();
        der.windows(mark.len()).any(|window| window == mark)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    name: String,
    issuer: String,
    source: String,
}

/// Returns the programs known to end TLS, as they were when this program was built.
pub fn interceptors() -> Vec<Interceptor> {
    let file = File::new("fingerprints/local.toml", include_str!("../fingerprints/local.toml"));
    read_interceptors(&file).expect("this repository's lists are read by its tests")
}

/// Returns names of advertisers that DNS filters leave out, as they were when this program was
/// built.
pub fn advertisers() -> Vec<Host> {
    let file = File::new("advertisers.csv", include_str!("../advertisers.csv"));
    read_advertisers(&file).expect("this repository's lists are read by its tests")
}

fn read_interceptors(file: &File<'_>) -> Result<Vec<Interceptor>, ListError> {
    let mut once = Once::new();
    let mut interceptors = Vec::new();
    for Entry { at, value } in table::entries::<Row>(file, "interceptor")? {
        let Row { id, name, issuer, source } = value;
        table::check_id(at, &id)?;
        once.check(at, id.clone(), &id)?;
        if issuer.len() < MARK_BYTES {
            return Err(at.wrong(
                format!("{issuer:?} is too short to mark an issuer"),
                "write at least 6 letters that no public authority's name holds",
            ));
        }
        if source.is_empty() {
            return Err(at.wrong(format!("{id} has no source"), "write where it is known from"));
        }
        interceptors.push(Interceptor { id, name, issuer });
    }
    Ok(interceptors)
}

fn read_advertisers(file: &File<'_>) -> Result<Vec<Host>, ListError> {
    let mut once = Once::new();
    let mut hosts = Vec::new();
    for row in table::rows(file, ["host", "source"])? {
        let [host, _source] = row.cells;
        let parsed: Host = host.parse().map_err(|_| {
            row.at.wrong(format!("{host:?} is not a host name"), "write it such as ads.example")
        })?;
        once.check(row.at, parsed.clone(), &host)?;
        hosts.push(parsed);
    }
    Ok(hosts)
}

/// Shorter marks stand in certificates by chance.
const MARK_BYTES: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_that_are_built_in_are_read() {
        let interceptors = interceptors();

        assert!(interceptors.len() >= 10 && advertisers().len() >= 3);
        assert!(interceptors.iter().all(|one| !one.name.is_empty()));
    }

    #[test]
    fn a_certificate_is_known_by_the_letters_of_its_issuer() {
        let one = &interceptors()[1];

        assert!(one.made(b"\x30\x19\x06\x03\x55\x04\x03ESET SSL Filter CA\x31"));
        assert!(!one.made(b"\x30\x19\x06\x03\x55\x04\x03ESET SSL filter CA\x31") && !one.made(b""));
    }

    #[test]
    fn a_mark_that_is_too_short_or_without_a_source_is_refused_with_its_line() {
        for (from, to, part) in [
            ("Invented Filter", "CA", "\"CA\" is too short"),
            ("source = \"s\"", "source = \"\"", "one has no source"),
            ("\"one\"", "\"One\"", "\"One\" is not an id"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            let error = read_interceptors(&File::new("local.toml", &text)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("local.toml, line 1: {part}")), "{error}");
        }
        let twice = File::new("a.csv", "host,source\nads.test,s\nads.test,s\n");
        assert!(read_advertisers(&twice).is_err());
    }

    const TEXT: &str = "[[interceptor]]\nid = \"one\"\nname = \"One\"\nissuer = \"Invented Filter\"\nsource = \"s\"\n";
}
