//! What is tested: a web address with a stable spelling.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A web address to be tested, in its one spelling: scheme, lower-case host, optional port, path.
///
/// `https://news.test/` and `HTTPS://News.test` are the same target. At most 2,048 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Target(String);

impl Target {
    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the address asks for TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns the host's name: lower case, without port.
    pub fn host(&self) -> Host {
        let authority = self.authority();
        Host(authority.split_once(':').map_or(authority, |(host, _)| host).to_owned())
    }

    /// Returns the port, the scheme's own where the address names none.
    pub fn port(&self) -> u16 {
        let named = self.authority().split_once(':').and_then(|(_, port)| port.parse().ok());
        named.unwrap_or_else(|| if self.is_https() { 443 } else { 80 })
    }

    /// Returns path and query, at least `/`.
    pub fn path(&self) -> &str {
        let rest = self.after_scheme();
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
    }

    fn after_scheme(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| rest)
    }

    fn authority(&self) -> &str {
        let rest = self.after_scheme();
        rest.split_once('/').map_or(rest, |(authority, _)| authority)
    }
}

impl FromStr for Target {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(ParseTargetError::TooLong);
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("https", text));
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err(ParseTargetError::Scheme(scheme));
        }
        let rest = rest.split('#').next().unwrap_or(rest);
        let cut = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(cut);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => {
                let port: u16 = port.parse().map_err(|_| ParseTargetError::Port)?;
                (host, Some(port).filter(|port| *port != default_port(&scheme)))
            }
            None => (authority, None),
        };
        let Host(host) = host.parse()?;
        if path.bytes().any(|byte| byte.is_ascii_control() || byte == b' ') {
            return Err(ParseTargetError::Path);
        }
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self(format!("{scheme}://{host}{port}{slash}{path}")))
    }
}

impl TryFrom<String> for Target {
    type Error = ParseTargetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.0
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A host's name in lower case: letters, digits, hyphens and dots, at most 253 bytes.
///
/// An international name is written in its ASCII form (`xn--…`). Never an IP address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

impl Host {
    /// Returns the site that the host belongs to: its last two labels, or three where the second to last
    /// is one under which many register (`news.com.kz`). `www.news.test` and `m.news.test` are one site.
    pub fn site(&self) -> &str {
        let mut dots = self.0.rmatch_indices('.').map(|(at, _)| at);
        let (Some(last), Some(second)) = (dots.next(), dots.next()) else { return &self.0 };
        let open = self.0.get(second + 1..last).is_some_and(|label| SHARED.contains(&label));
        let cut = if open { dots.next() } else { Some(second) };
        cut.and_then(|at| self.0.get(at + 1..)).unwrap_or(&self.0)
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Host {
    type Err = ParseTargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let host = text.trim_end_matches('.').to_ascii_lowercase();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(allowed)
        };
        let numeric =
            host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
        if host.len() > 253 || !host.split('.').all(label) || numeric {
            return Err(ParseTargetError::Host(text.chars().take(80).collect()));
        }
        Ok(Self(host))
    }
}

impl TryFrom<String> for Host {
    type Error = ParseTargetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Host> for String {
    fn from(host: Host) -> Self {
        host.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseTargetError {
    /// Longer than 2,048 bytes.
    #[error("a web address may have at most {MAX_BYTES} bytes")]
    TooLong,
    /// Neither `http` nor `https`.
    #[error("only http and https addresses can be tested, not {0:?}")]
    Scheme(String),
    /// The host is no name.
    #[error(
        "{0:?} is not a host name (write international names as xn--…; addresses are not accepted)"
    )]
    Host(String),
    /// The port is no number below 65,536.
    #[error("the port is not a number between 0 and 65535")]
    Port,
    /// The path holds spaces or control characters.
    #[error("the path holds spaces or control characters; percent-encode them")]
    Path,
}

fn default_port(scheme: &str) -> u16 {
    if scheme == "https" { 443 } else { 80 }
}

const MAX_BYTES: usize = 2048;

/// Second-level names under which many register.
const SHARED: &[&str] = &["ac", "co", "com", "edu", "gov", "mil", "net", "org"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_site_are_told_from_neighbours() {
        for (host, site) in [
            ("news.test", "news.test"),
            ("www.news.test", "news.test"),
            ("news.com.kz", "news.com.kz"),
            ("www.news.com.kz", "news.com.kz"),
            ("com.kz", "com.kz"),
            ("a.b.co.test", "b.co.test"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(host.parse::<Host>().unwrap().site(), site);
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_one_target() {
        for text in
            ["news.test", "HTTPS://News.test", "https://news.test:443/", "https://news.test./#x"]
        {
            assert_eq!(text.parse::<Target>().unwrap().as_str(), "https://news.test/", "{text}");
        }
    }

    #[test]
    fn the_parts_of_an_address_are_found() {
        let target: Target = "http://news.test:8080/a?b=c:d/e".parse().unwrap();

        assert_eq!(target.host().as_str(), "news.test");
        assert_eq!((target.port(), target.path()), (8080, "/a?b=c:d/e"));
        assert_eq!("http://news.test?x".parse::<Target>().unwrap().as_str(), "http://news.test/?x");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for text in [
            "",
            "ftp://a.test",
            "http://192.0.2.1/",
            "http://a b.test",
            "http://a.test:99999",
            "https://a..test",
            "http://a.test/ x",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
