//! What is known of the answers that interference gives.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Everything known of forged answers. Part of the snapshot, so that agent and collector agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprints {
    /// Authorities whose certificates are shown by interception.
    pub authorities: Vec<Authority>,
    /// Addresses that forged DNS answers are known to give.
    #[serde(default)]
    pub dns: Vec<IpAddr>,
    /// Address ranges (CIDR) that no public site can have, such as `10.0.0.0/8`. Data, since the
    /// lab's own sites live in documentation ranges.
    #[serde(default)]
    pub bogus: Vec<String>,
    /// Pages that stand in for a site.
    #[serde(default)]
    pub pages: Vec<PageMark>,
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

/// A page that stands in for a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMark {
    /// Its stable id.
    pub id: String,
    /// The page's exact title, where it marks the page.
    #[serde(default)]
    pub title: String,
    /// SHA-256 of the page's body, where it marks the page, hexadecimal.
    #[serde(default)]
    pub body: String,
    /// Where this is known from.
    #[serde(default)]
    pub source: String,
}
