//! The serving hosts of messengers and platforms: what their programs talk to.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use record::{Day, Target};

use crate::table::{self, Entry, File, Once};
use crate::targets::{check_category, parse_day, target};
use crate::{Category, ListError, Listed, Never, Tier};

/// What makes a listed target a serving host rather than a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The platform's name as its users write it, such as `WhatsApp`.
    pub platform: String,
    /// What the host is for.
    pub serves: Serves,
    /// Its addresses, where the platform's programs know them by heart; else its name is looked up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
}

/// What a serving host is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// Signing in and messages.
    Api,
    /// The version for browsers.
    Web,
    /// Pictures, video, programs.
    Cdn,
    /// A connection that stays open: messages as they come.
    Socket,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    platform: String,
    target: String,
    serves: Serves,
    #[serde(default)]
    addresses: Vec<IpAddr>,
    category: String,
    added: String,
    source: String,
    #[serde(default)]
    note: String,
}

/// Reads the file of serving hosts.
///
/// A host without a name of its own stands under a name in `.invalid` with its addresses; only such
/// a one may have the scheme http, and then the connection alone is tested.
pub(crate) fn read(
    file: &File<'_>,
    categories: &[Category],
    never: &Never,
) -> Result<Vec<Listed>, ListError> {
    let mut once = Once::new();
    let mut listed = Vec::new();
    for Entry { at, value } in table::entries::<Row>(file, "endpoint")? {
        let Row { platform, serves, addresses, category, source, note, .. } = value;
        if platform.is_empty() || platform.len() > 40 || platform.chars().any(char::is_control) {
            return Err(
                at.wrong("the platform has no fit name", "write its name, such as WhatsApp")
            );
        }
        let target: Target = target(at, &value.target, never)?;
        once.check(at, target.clone(), target.as_str())?;
        check_category(at, &category, Tier::Everyday, categories)?;
        let nameless = target.host().as_str().ends_with(".invalid");
        if nameless == addresses.is_empty() || addresses.len() > ADDRESSES_MOST {
            return Err(at.wrong(
                format!("{target} has {} addresses", addresses.len()),
                "give 1 to 8 addresses to a host under .invalid, and none to any other",
            ));
        }
        if let Some(inside) = addresses.iter().find(|ip| is_inside(**ip)) {
            return Err(at.wrong(
                format!("{inside} is no public address"),
                "write the address that the platform's programs connect to",
            ));
        }
        if !nameless && !target.is_https() {
            return Err(at.wrong(
                format!("{target} would be tested without encryption"),
                "write https://, or a host under .invalid with its addresses",
            ));
        }
        let added: Day = parse_day(at, &value.added)?;
        let endpoint = Some(Endpoint { platform, serves, addresses });
        let tier = Tier::Everyday;
        listed.push(Listed { target, category, tier, added, source, note, endpoint });
    }
    Ok(listed)
}

/// Returns whether the address belongs to a home or a machine. Documentation ranges do not count:
/// laboratories live in them.
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local(),
    }
}

const ADDRESSES_MOST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_and_without_a_name_are_read() {
        let listed = read_text(TEXT).unwrap();

        let endpoints: Vec<&Endpoint> =
            listed.iter().filter_map(|row| row.endpoint.as_ref()).collect();
        assert_eq!(endpoints.len(), 2);
        assert_eq!(endpoints[0].serves, Serves::Api);
        assert_eq!(endpoints[1].addresses.len(), 1);
    }

    #[test]
    fn a_row_that_could_harm_or_mislead_is_refused() {
        for (from, to, part) in [
            ("192.0.2.50", "192.168.1.1", "is no public address"),
            ("[\"192.0.2.50\"]", "[]", "has 0 addresses"),
            ("https://api.talk.test/", "http://api.talk.test/", "without encryption"),
            ("\"messenger\"", "\"nothing\"", "is not known"),
        ] {
            let error = read_text(&TEXT.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    fn read_text(text: &str) -> Result<Vec<Listed>, ListError> {
        let categories = crate::builtin().categories;
        read(&File::new("endpoints.toml", text), &categories, &Never::default())
    }

    const TEXT: &str = r#"[[endpoint]]
platform = "Talk"
target = "https://api.talk.test/"
serves = "api"
category = "messenger"
added = "2026-11-24"
source = "https://talk.test/hosts"

[[endpoint]]
platform = "Talk"
target = "http://one.talk.invalid:443/"
addresses = ["192.0.2.50"]
serves = "socket"
category = "messenger"
added = "2026-11-24"
source = "https://talk.test/hosts"
"#;
}
