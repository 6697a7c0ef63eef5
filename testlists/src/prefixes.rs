//! Which network an address belongs to: a sorted table of ranges, searched by halving.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use record::Asn;

use crate::ListError;
use crate::error::At;
use crate::table::{self, File};

/// Address ranges and the networks that announce them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefixes {
    v4: Vec<Range<Ipv4Addr>>,
    v6: Vec<Range<Ipv6Addr>>,
    notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range<A> {
    first: A,
    last: A,
    asn: Asn,
}

impl Prefixes {
    /// Reads one table (columns `first,last,asn`); `path` names it in errors.
    pub fn parse(path: &str, text: &str) -> Result<Self, ListError> {
        let file = File::new(path, text);
        crate::lists::check_size(&file)?;
        read(&[file])
    }

    /// Returns the network that `ip` belongs to; none where the table does not know it.
    pub fn asn(&self, ip: IpAddr) -> Option<Asn> {
        match ip.to_canonical() {
            IpAddr::V4(ip) => search(&self.v4, ip),
            IpAddr::V6(ip) => search(&self.v6, ip),
        }
    }

    /// Returns whether the table holds addresses of the network `asn`.
    pub fn holds(&self, asn: Asn) -> bool {
        self.v4.iter().any(|range| range.asn == asn) || self.v6.iter().any(|range| range.asn == asn)
    }

    /// Returns the comment lines on top of the files: date, source, licence and the attribution
    /// that pages with results must carry.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Counts the ranges.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Returns whether there is no range.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn search<A: Ord + Copy>(ranges: &[Range<A>], ip: A) -> Option<Asn> {
    let after = ranges.partition_point(|range| range.first <= ip);
    let range = ranges.get(after.checked_sub(1)?)?;
    (ip <= range.last).then_some(range.asn)
}

pub(crate) fn read(files: &[File<'_>]) -> Result<Prefixes, ListError> {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    let mut notes = Vec::new();
    for file in files {
        let comments = file.text.lines().take_while(|line| line.starts_with('#'));
        notes.extend(comments.map(|line| line.trim_start_matches('#').trim().to_owned()));
        for row in table::rows(file, ["first", "last", "asn"])? {
            let [first, last, asn] = &row.cells;
            let asn = asn.trim_start_matches("AS").parse().map(Asn).map_err(|_| {
                row.at.wrong(format!("{asn:?} is not a network's number"), "write 9198 for AS9198")
            })?;
            match (address(row.at, first)?, address(row.at, last)?) {
                (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
                    v4.push((Range { first, last, asn }, row.at));
                }
                (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
                    v6.push((Range { first, last, asn }, row.at));
                }
                (first, last) => {
                    return Err(row.at.wrong(
                        format!("{first} to {last} is not a range"),
                        "write the lower address first, both of one family",
                    ));
                }
            }
        }
    }
    Ok(Prefixes { v4: sorted(v4)?, v6: sorted(v6)?, notes })
}

fn address(at: At<'_>, text: &str) -> Result<IpAddr, ListError> {
    text.parse().map_err(|_| {
        at.wrong(format!("{text:?} is not an address"), "write it such as 192.0.2.1 or 2001:db8::1")
    })
}

/// Sorts ranges by their first address; refuses overlaps, which would make an answer arbitrary.
fn sorted<A: Ord + Copy + std::fmt::Display>(
    mut ranges: Vec<(Range<A>, At<'_>)>,
) -> Result<Vec<Range<A>>, ListError> {
    ranges.sort_by_key(|(range, _)| range.first);
    for pair in ranges.windows(2) {
        let [(before, first), (range, at)] = pair else { continue };
        if range.first <= before.last {
            return Err(at.wrong(
                format!(
                    "the range from {} overlaps that of {}, line {}",
                    range.first, first.file, first.line
                ),
                "leave each address in one range only",
            ));
        }
    }
    Ok(ranges.into_iter().map(|(range, _)| range).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_its_range_up_to_both_ends() {
        let prefixes = read(&[File::new("prefixes/x.csv", TABLE)]).unwrap();

        for (ip, asn) in [
            ("192.0.1.255", None),
            ("192.0.2.0", Some(64496)),
            ("192.0.2.127", Some(64496)),
            ("192.0.2.128", None),
            ("198.51.100.7", Some(64497)),
            ("255.255.255.255", None),
            ("::ffff:192.0.2.5", Some(64496)),
            ("2001:db8::", Some(64498)),
            ("2001:db8:0:ffff:ffff:ffff:ffff:ffff", Some(64498)),
            ("2001:db8:1::", None),
            ("::1", None),
        ] {
            assert_eq!(prefixes.asn(ip.parse().unwrap()), asn.map(Asn), "{ip}");
        }
        assert_eq!((prefixes.len(), prefixes.notes()), (3, &["invented".to_owned()][..]));
    }

    #[test]
    fn a_bad_range_is_refused_with_its_line() {
        for (row, part) in [
            ("192.0.2.200,192.0.2.100,1", "192.0.2.200 to 192.0.2.100 is not a range"),
            ("192.0.2.200,2001:db8::1,1", "192.0.2.200 to 2001:db8::1 is not a range"),
            ("192.0.2.300,192.0.3.1,1", "\"192.0.2.300\" is not an address"),
            ("203.0.113.0,203.0.113.255,x", "\"x\" is not a network's number"),
            (
                "192.0.2.127,192.0.2.255,1",
                "the range from 192.0.2.127 overlaps that of prefixes/x.csv, line 4",
            ),
        ] {
            let text = format!("{TABLE}{row}\n");
            let error = read(&[File::new("prefixes/x.csv", &text)]).unwrap_err().to_string();
            assert!(error.starts_with(&format!("prefixes/x.csv, line 6: {part}")), "{error}");
        }
    }

    const TABLE: &str = "# invented\nfirst,last,asn\n198.51.100.0,198.51.100.255,64497\n192.0.2.0,192.0.2.127,64496\n2001:db8::,2001:db8:0:ffff:ffff:ffff:ffff:ffff,64498\n";
}
