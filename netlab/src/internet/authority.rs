//! The lab's certificate authorities: the one that its public trusts, and the one that intercepts.

mod leaf;
mod national;

use std::sync::Arc;

use rcgen::CertifiedIssuer;
use rcgen::KeyPair;
use rustls::sign::CertifiedKey;

use crate::LabError;

pub use national::{ChainStyle, IntermediateAge, IntermediateSent, NationalAuthority, RootSent};

use leaf::{Draft, Validity, authority, certified, leaf};

/// The authority behind every site of the lab: a root and one intermediate.
#[derive(Debug)]
pub struct LabAuthority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

impl LabAuthority {
    /// Makes an authority with fresh keys, valid from 2020 to 2049.
    pub fn create() -> Result<Self, LabError> {
        let failed = || LabError::failed("making the lab's certificate authority");
        let names = |name: &str| [("O", "Lab Public Trust"), ("CN", name)].map(owned);
        let root = authority(&names("Lab Public Root"), Validity::LONG).map_err(failed())?;
        let root = CertifiedIssuer::self_signed(root.params, root.key).map_err(failed())?;
        let middle = authority(&names("Lab Public Intermediate"), Validity::LONG);
        let middle = middle.map_err(failed())?;
        let intermediate =
            CertifiedIssuer::signed_by(middle.params, middle.key, &root).map_err(failed())?;
        Ok(Self { root, intermediate })
    }

    /// Returns the root's certificate as PEM, fit for `SSL_CERT_FILE`.
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// Issues a certificate for `name`, with the flaw that the site is to have, and its chain.
    pub fn issue(&self, name: &str, flaw: Flaw) -> Result<Arc<CertifiedKey>, LabError> {
        let failed = || LabError::failed(format!("issuing a certificate for {name}"));
        let (name, validity) = match flaw {
            Flaw::Expired => (name, Validity::PAST),
            Flaw::WrongName => (WRONG_NAME, Validity::LONG),
            Flaw::None | Flaw::SelfSigned | Flaw::NoIntermediate | Flaw::LongChain => {
                (name, Validity::LONG)
            }
        };
        let leaf = leaf(name, validity).map_err(failed())?;
        if flaw == Flaw::LongChain {
            return self.long_chain(name, &leaf);
        }
        let signed = match flaw {
            Flaw::SelfSigned => leaf.params.self_signed(&leaf.key),
            Flaw::None
            | Flaw::Expired
            | Flaw::WrongName
            | Flaw::NoIntermediate
            | Flaw::LongChain => leaf.params.signed_by(&leaf.key, &self.intermediate),
        }
        .map_err(failed())?;
        let mut chain = vec![signed.der().clone()];
        match flaw {
            Flaw::None | Flaw::Expired | Flaw::WrongName => {
                chain.push(self.intermediate.der().clone());
            }
            Flaw::SelfSigned | Flaw::NoIntermediate | Flaw::LongChain => {}
        }
        certified(name, chain, &leaf.key)
    }

    /// Signs `leaf` below four more intermediates, and sends others along that nobody needs.
    fn long_chain(&self, name: &str, leaf: &Draft) -> Result<Arc<CertifiedKey>, LabError> {
        let failed = || LabError::failed(format!("issuing a long chain for {name}"));
        let mut chain = Vec::new();
        let mut issuer: Option<CertifiedIssuer<'static, KeyPair>> = None;
        for number in 1..=LONG_CHAIN {
            let title = format!("Lab Public Intermediate below {number}");
            let names = [("O", "Lab Public Trust"), ("CN", title.as_str())].map(owned);
            let draft = authority(&names, Validity::LONG).map_err(failed())?;
            let above = issuer.as_ref().unwrap_or(&self.intermediate);
            let made = CertifiedIssuer::signed_by(draft.params, draft.key, above);
            let made = made.map_err(failed())?;
            chain.insert(0, made.der().clone());
            issuer = Some(made);
        }
        let above = issuer.as_ref().unwrap_or(&self.intermediate);
        let signed = leaf.params.signed_by(&leaf.key, above).map_err(failed())?;
        chain.insert(0, signed.der().clone());
        chain.push(self.intermediate.der().clone());
        for number in 1..=UNNEEDED {
            let title = format!("Lab Certificate that nobody needs {number}");
            let names = [("O", "Lab Public Trust"), ("CN", title.as_str())].map(owned);
            let draft = authority(&names, Validity::LONG).map_err(failed())?;
            let made = draft.params.self_signed(&draft.key).map_err(failed())?;
            chain.push(made.der().clone());
        }
        certified(name, chain, &leaf.key)
    }
}

/// What is wrong with a site's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    #[default]
    None,
    /// It ended in 2021.
    Expired,
    /// It is made for another name.
    WrongName,
    /// Nobody but itself signed it.
    SelfSigned,
    /// The chain lacks the intermediate.
    NoIntermediate,
    /// Nothing, but the chain is as long as verifiers bear, with others at its end.
    LongChain,
}

fn owned((key, text): (&'static str, &str)) -> (&'static str, String) {
    (key, text.to_owned())
}

/// With the usual one: five of the six that rustls-webpki bears.
const LONG_CHAIN: usize = 4;
const UNNEEDED: usize = 8;
const WRONG_NAME: &str = "basqa-at.test";

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::pki_types::{ServerName, UnixTime};

    use super::super::tls;
    use super::*;

    #[test]
    fn a_chain_is_as_good_as_its_flaw_allows() {
        let authority = LabAuthority::create().unwrap();
        let verdict = |flaw| verify(&authority, &authority.issue("a.test", flaw).unwrap());

        assert_eq!(verdict(Flaw::None), "good");
        assert_eq!(verdict(Flaw::LongChain), "good");
        assert!(verdict(Flaw::Expired).contains("Expired"));
        assert!(verdict(Flaw::WrongName).contains("NotValidForName"));
        assert!(verdict(Flaw::SelfSigned).contains("UnknownIssuer"));
        assert!(verdict(Flaw::NoIntermediate).contains("UnknownIssuer"));
    }

    #[test]
    fn what_the_national_authority_signs_the_public_does_not_trust() {
        let authority = LabAuthority::create().unwrap();
        let national = NationalAuthority::create(ChainStyle::default()).unwrap();

        let chain = national.issue("a.test").unwrap();

        assert_eq!(chain.cert.len(), 2);
        assert!(verify(&authority, &chain).contains("UnknownIssuer"));
    }

    fn verify(authority: &LabAuthority, chain: &CertifiedKey) -> String {
        let mut roots = RootCertStore::empty();
        roots.add(authority.root.der().clone()).unwrap();
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), tls::provider());
        let (leaf, rest) = chain.cert.split_first().unwrap();
        let name = ServerName::try_from("a.test").unwrap();
        let result =
            verifier.build().unwrap().verify_server_cert(leaf, rest, &name, &[], UnixTime::now());
        result.map_or_else(|error| format!("{error:?}"), |_| "good".to_owned())
    }
}
