//! The lab's interception authority. Its names are invented; it stands for no real authority.

use std::sync::Arc;

use rcgen::{CertifiedIssuer, KeyPair, PublicKeyData as _};
use rustls::sign::CertifiedKey;

use record::Digest;

use super::leaf::{Validity, authority, certified, leaf};
use super::owned;
use crate::LabError;

/// The authority whose certificates interception shows: a root and one intermediate. Clones are
/// the same authority.
#[derive(Clone, Debug)]
pub struct NationalAuthority(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
    style: ChainStyle,
}

/// What the chains that interception shows look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainStyle {
    /// Whether the intermediate is still valid.
    pub intermediate: IntermediateAge,
    /// Whether the root is sent along.
    pub root: RootSent,
    /// Whether the intermediate is sent along.
    pub sent: IntermediateSent,
}

/// Whether the intermediate is sent along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntermediateSent {
    /// It is.
    #[default]
    Yes,
    /// The chain is the leaf alone.
    No,
}

/// Whether the intermediate is still valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntermediateAge {
    /// It is.
    #[default]
    Valid,
    /// It was over after 75 days in 2021.
    Expired,
}

/// Whether the root is sent along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RootSent {
    /// The chain ends with the intermediate.
    #[default]
    No,
    /// The chain ends with the root.
    Yes,
}

impl NationalAuthority {
    /// The country on its certificates.
    pub const COUNTRY: &'static str = "KZ";
    /// The organisation on its certificates; invented.
    pub const ORGANISATION: &'static str = "Netlab Invented Interception";
    /// The common name of its root; invented.
    pub const NAME: &'static str = "Lab National Authority";
    /// The common name of its intermediate; invented.
    pub const INTERMEDIATE_NAME: &'static str = "Lab National Intermediate";

    /// Makes an authority with fresh keys, the root valid from 2020 to 2049.
    pub fn create(style: ChainStyle) -> Result<Self, LabError> {
        let failed = || LabError::failed("making the lab's national authority");
        let names =
            |name| [("C", Self::COUNTRY), ("O", Self::ORGANISATION), ("CN", name)].map(owned);
        let validity = match style.intermediate {
            IntermediateAge::Valid => Validity::LONG,
            IntermediateAge::Expired => Validity::PAST_75_DAYS,
        };
        let root = authority(&names(Self::NAME), Validity::LONG).map_err(failed())?;
        let root = CertifiedIssuer::self_signed(root.params, root.key).map_err(failed())?;
        let middle = authority(&names(Self::INTERMEDIATE_NAME), validity).map_err(failed())?;
        let intermediate =
            CertifiedIssuer::signed_by(middle.params, middle.key, &root).map_err(failed())?;
        Ok(Self(Arc::new(Parts { root, intermediate, style })))
    }

    /// Issues a certificate for `name`, with the chain that interception shows.
    pub fn issue(&self, name: &str) -> Result<Arc<CertifiedKey>, LabError> {
        let failed = || LabError::failed(format!("forging a certificate for {name}"));
        let leaf = leaf(name, Validity::LONG).map_err(failed())?;
        let signed = leaf.params.signed_by(&leaf.key, &self.0.intermediate).map_err(failed())?;
        let mut chain = vec![signed.der().clone()];
        match self.0.style.sent {
            IntermediateSent::No => {}
            IntermediateSent::Yes => chain.push(self.0.intermediate.der().clone()),
        }
        match self.0.style.root {
            RootSent::No => {}
            RootSent::Yes => chain.push(self.0.root.der().clone()),
        }
        certified(name, chain, &leaf.key)
    }

    /// Returns the root's certificate, as PEM.
    pub fn root_pem(&self) -> String {
        self.0.root.pem()
    }

    /// Returns the SHA-256 of the root's certificate.
    pub fn sha256(&self) -> Digest {
        Digest::of(self.0.root.der())
    }

    /// Returns the SHA-256 of the root's public key.
    pub fn spki_sha256(&self) -> Digest {
        Digest::of(&self.0.root.key().subject_public_key_info())
    }

    /// Returns the SHA-256 of the intermediate's certificate, which every chain shows.
    pub fn intermediate_sha256(&self) -> Digest {
        Digest::of(self.0.intermediate.der())
    }

    /// Returns the SHA-256 of the intermediate's public key.
    pub fn intermediate_spki_sha256(&self) -> Digest {
        Digest::of(&self.0.intermediate.key().subject_public_key_info())
    }
}

#[cfg(test)]
mod tests {
    use x509_parser::parse_x509_certificate;

    use super::*;

    #[test]
    fn the_chain_names_the_authority_and_shows_what_its_digests_say() {
        let style = ChainStyle {
            intermediate: IntermediateAge::Expired,
            root: RootSent::Yes,
            sent: IntermediateSent::Yes,
        };
        let national = NationalAuthority::create(style).unwrap();

        let chain = national.issue("news.test").unwrap();

        let parsed: Vec<_> =
            chain.cert.iter().map(|der| parse_x509_certificate(der).unwrap().1).collect();
        let issuer = parsed[1].issuer().to_string();
        assert_eq!(issuer, "C=KZ, O=Netlab Invented Interception, CN=Lab National Authority");
        let days = parsed[1].validity().not_after - parsed[1].validity().not_before;
        assert_eq!(days.unwrap().whole_days(), 75);
        assert_eq!(Digest::of(&chain.cert[1]), national.intermediate_sha256());
        assert_eq!(Digest::of(parsed[1].public_key().raw), national.intermediate_spki_sha256());
        assert_eq!(Digest::of(&chain.cert[2]), national.sha256());
        assert_eq!(Digest::of(parsed[2].public_key().raw), national.spki_sha256());
    }
}
