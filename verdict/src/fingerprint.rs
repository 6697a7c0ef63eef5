//! Recognises the authorities that sign for interception, in certificates as they were shown.

use sha1::{Digest as _, Sha1};
use x509_parser::certificate::X509Certificate;
use x509_parser::x509::AttributeTypeAndValue;

use record::{Certificates, Digest, Session, Trust};
use testlists::{Authority, Fingerprints};

/// Finds the first certificate of a session's chain that bears a listed authority's mark.
///
/// A certificate's own digest or its key's is mark enough. An issuer's name is not: anybody can
/// write it, so it counts only where the chain is not valid for the name, and only together with
/// the country KZ or the authority's organisation.
pub(crate) fn listed<'a>(
    session: &Session,
    certificates: &Certificates,
    known: &'a Fingerprints,
) -> Option<(Digest, &'a Authority)> {
    let names_count = session.trust != Trust::Trusted;
    session.chain.iter().find_map(|digest| {
        let der = certificates.0.get(digest).map(Vec::as_slice);
        let marks = Marks::read(*digest, der);
        let bears = |authority: &&Authority| {
            marks.has_digest(authority) || (names_count && marks.has_issuer(authority))
        };
        known.authorities.iter().find(bears).map(|authority| (*digest, authority))
    })
}

/// Who issued a leaf, and for which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Whether the certificate names itself as its issuer.
    pub(crate) self_issued: bool,
    /// The SHA-256 of its subject public key.
    pub(crate) key: Digest,
}

impl Leaf {
    /// Reads the first certificate of a session's chain, where its bytes are known and readable.
    pub(crate) fn of(session: &Session, certificates: &Certificates) -> Option<Self> {
        let certificate = parse(certificates.0.get(session.chain.first()?)?)?;
        Some(Self {
            self_issued: certificate.issuer().as_raw() == certificate.subject().as_raw(),
            key: Digest::of(certificate.public_key().raw),
        })
    }
}

/// Everything that an authority may be recognised by.
struct Marks {
    sha256: String,
    sha1: String,
    key: String,
    issuer: Issuer,
}

#[derive(Default)]
struct Issuer {
    names: Vec<String>,
    organisations: Vec<String>,
    countries: Vec<String>,
}

impl Marks {
    fn read(digest: Digest, der: Option<&[u8]>) -> Self {
        let certificate = der.and_then(parse);
        let key = certificate.as_ref().map(|read| Digest::of(read.public_key().raw).to_string());
        Self {
            sha256: digest.to_string(),
            sha1: der.map(|der| hex::encode(Sha1::digest(der))).unwrap_or_default(),
            key: key.unwrap_or_default(),
            issuer: certificate.as_ref().map(Issuer::of).unwrap_or_default(),
        }
    }

    fn has_digest(&self, authority: &Authority) -> bool {
        let lists = |list: &[String], mark: &str| {
            !mark.is_empty() && list.iter().any(|listed| same_hex(listed, mark))
        };
        lists(&authority.sha256, &self.sha256)
            || lists(&authority.sha1, &self.sha1)
            || lists(&authority.spki_sha256, &self.key)
    }

    fn has_issuer(&self, authority: &Authority) -> bool {
        let named = self.issuer.names.iter().any(|name| authority.issuer_names.contains(name));
        let country = self.issuer.countries.iter().any(|country| country == "KZ");
        let organisation = !authority.issuer_organisation.is_empty()
            && self.issuer.organisations.contains(&authority.issuer_organisation);
        named && (country || organisation)
    }
}

impl Issuer {
    fn of(certificate: &X509Certificate<'_>) -> Self {
        let issuer = certificate.issuer();
        let texts =
            |attribute: &AttributeTypeAndValue<'_>| attribute.as_str().ok().map(str::to_owned);
        Self {
            names: issuer.iter_common_name().filter_map(texts).collect(),
            organisations: issuer.iter_organization().filter_map(texts).collect(),
            countries: issuer.iter_country().filter_map(texts).collect(),
        }
    }
}

fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    x509_parser::parse_x509_certificate(der).ok().map(|(_, certificate)| certificate)
}

/// Compares digests as people write them: upper or lower case, with or without colons.
fn same_hex(listed: &str, mark: &str) -> bool {
    let digits = listed.bytes().filter(|byte| *byte != b':' && *byte != b' ');
    digits.map(|byte| byte.to_ascii_lowercase()).eq(mark.bytes())
}
