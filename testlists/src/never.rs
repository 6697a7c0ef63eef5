//! Hosts that are never tested, whatever list they come from.

use record::Host;

use crate::ListError;
use crate::table::{self, File, Once};

/// The hosts that are never tested, and their subdomains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Never {
    hosts: Vec<NeverHost>,
}

/// A host that is never tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverHost {
    /// Its name; names under it are not tested either.
    pub host: Host,
    /// Why a test could harm a volunteer.
    pub reason: String,
    /// Where that is known from.
    pub source: String,
}

impl Never {
    /// Returns whether `host`, or a name above it, is never tested.
    pub fn covers(&self, host: &Host) -> bool {
        self.find(host).is_some()
    }

    /// Returns the entry that forbids a test of `host`.
    pub fn find(&self, host: &Host) -> Option<&NeverHost> {
        let host = host.as_str();
        self.hosts.iter().find(|never| {
            let rest = host.strip_suffix(never.host.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// Returns the entries.
    pub fn hosts(&self) -> &[NeverHost] {
        &self.hosts
    }

    /// Adds the entries of another list.
    pub(crate) fn extend(&mut self, other: Self) {
        for never in other.hosts {
            if !self.hosts.iter().any(|known| known.host == never.host) {
                self.hosts.push(never);
            }
        }
    }
}

pub(crate) fn read(files: &[File<'_>]) -> Result<Never, ListError> {
    let mut once = Once::new();
    let mut hosts = Vec::new();
    for file in files {
        for row in table::rows(file, ["host", "reason", "source"])? {
            let [host, reason, source] = row.cells;
            let host: Host = host.parse().map_err(|_| {
                row.at.wrong(format!("{host:?} is not a host name"), "write a name such as a.test")
            })?;
            once.check(row.at, host.clone(), host.as_str())?;
            hosts.push(NeverHost { host, reason, source });
        }
    }
    Ok(Never { hosts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_covers_the_names_under_it_and_no_others() {
        let never = read(&[File::new("never.csv", "host,reason,source\nbad.test,r,s\n")]).unwrap();

        for (host, covered) in [
            ("bad.test", true),
            ("www.bad.test", true),
            ("notbad.test", false),
            ("bad.test.example", false),
            ("test", false),
        ] {
            assert_eq!(never.covers(&host.parse().unwrap()), covered, "{host}");
        }
    }

    #[test]
    fn an_address_with_a_path_is_no_host() {
        let text = "host,reason,source\nhttps://bad.test/,r,s\n";

        let error = read(&[File::new("never.csv", text)]).unwrap_err().to_string();

        assert!(error.starts_with("never.csv, line 2: \"https://bad.test/\" is not"), "{error}");
    }
}
