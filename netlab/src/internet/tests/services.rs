//! HTTPS records, and what a handshake with the key in one of them comes to.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use hickory_proto::rr::rdata::HTTPS;
use hickory_proto::rr::rdata::svcb::{SvcParamKey, SvcParamValue};
use hickory_proto::rr::{RData, RecordType};
use rustls::crypto::hpke::{
    EncapsulatedSecret, Hpke, HpkeOpener, HpkePrivateKey, HpkePublicKey, HpkeSealer, HpkeSuite,
};
use rustls::internal::msgs::enums::{HpkeAead, HpkeKdf, HpkeKem};
use rustls::internal::msgs::handshake::HpkeSymmetricCipherSuite;
use rustls::pki_types::{EchConfigListBytes, ServerName};
use rustls::{ClientConfig, Error, PeerIncompatible};
use tokio_rustls::TlsConnector;

use super::Fixture;
use crate::internet::{LEAF_SERVER, PUBLIC_A, tls};

#[tokio::test]
async fn owners_and_resolvers_tell_what_a_site_offers() {
    let lab = Fixture::start();
    for site in lab.world.sites() {
        for server in [LEAF_SERVER, PUBLIC_A] {
            let found = service(&lab, server, site.host.as_str()).await;

            let offers = site.http3 || site.ech.is_some();
            assert_eq!(found.is_some(), offers, "{} from {server}", site.host);
            let Some(HTTPS(service)) = found else { continue };
            let told: Vec<_> = service.svc_params.iter().map(|(_, value)| value).collect();
            let SvcParamValue::Alpn(alpn) = told[0] else { panic!("no protocols: {told:?}") };
            let SvcParamValue::Ipv4Hint(hint) = told[1] else { panic!("no address: {told:?}") };
            assert_eq!(alpn.0, ["h3", "h2"], "{}", site.host);
            let mut hints: Vec<_> = hint.0.iter().map(|hint| IpAddr::from(hint.0)).collect();
            let last = told[told.len() - 1];
            if let SvcParamValue::Ipv6Hint(hint) = last {
                hints.extend(hint.0.iter().map(|hint| IpAddr::from(hint.0)));
            }
            assert_eq!(hints, site.addresses, "{}", site.host);
            let six = usize::from(site.addresses.iter().any(IpAddr::is_ipv6));
            assert_eq!(told.len(), 2 + usize::from(site.ech.is_some()) + six, "{}", site.host);
        }
    }
}

#[tokio::test]
async fn an_encrypted_hello_ends_as_the_outer_name_and_is_rejected() {
    let lab = Fixture::start();
    let site = lab.world.sites().iter().find(|site| site.ech.is_some()).unwrap();
    let HTTPS(service) = service(&lab, LEAF_SERVER, site.host.as_str()).await.unwrap();
    let ech = service.svc_params.iter().find(|(key, _)| *key == SvcParamKey::EchConfigList);
    let Some((_, SvcParamValue::EchConfigList(list))) = ech else { panic!("no key: {service:?}") };
    let list = EchConfigListBytes::from(list.0.clone());
    let ech = rustls::client::EchConfig::new(list, &[&Garbling]).unwrap();
    let config = ClientConfig::builder_with_provider(tls::provider())
        .with_ech(ech.into())
        .unwrap()
        .with_webpki_verifier(lab.verifier())
        .with_no_client_auth();
    let name = ServerName::try_from(site.host.to_string()).unwrap();

    let stream = lab.connect(site.addresses[0], 443).await;
    let failed = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap_err();

    // Only after a handshake whose certificate is good for the outer name is this said.
    let why = failed.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    let rejected = PeerIncompatible::ServerRejectedEncryptedClientHello(None);
    assert_eq!(*why, Error::PeerIncompatible(rejected));
}

/// Returns the HTTPS record that `server` tells of `host`.
async fn service(lab: &Fixture, server: Ipv4Addr, host: &str) -> Option<HTTPS> {
    let answer = lab.ask(server, &format!("{host}."), RecordType::HTTPS).await.unwrap();
    answer.answers.iter().find_map(|record| {
        let RData::HTTPS(service) = &record.data else { return None };
        Some(service.clone())
    })
}

/// Encrypts so that nobody can ever read it.
#[derive(Debug)]
struct Garbling;

impl Hpke for Garbling {
    fn seal(
        &self,
        _info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
        _to: &HpkePublicKey,
    ) -> Result<(EncapsulatedSecret, Vec<u8>), Error> {
        Ok((EncapsulatedSecret(vec![9; 32]), HpkeSealer::seal(&mut Self, aad, plaintext)?))
    }

    fn setup_sealer(
        &self,
        _info: &[u8],
        _to: &HpkePublicKey,
    ) -> Result<(EncapsulatedSecret, Box<dyn HpkeSealer>), Error> {
        Ok((EncapsulatedSecret(vec![9; 32]), Box::new(Self)))
    }

    fn open(
        &self,
        _secret: &EncapsulatedSecret,
        _info: &[u8],
        _aad: &[u8],
        _text: &[u8],
        _key: &HpkePrivateKey,
    ) -> Result<Vec<u8>, Error> {
        Err(Error::DecryptError)
    }

    fn setup_opener(
        &self,
        _secret: &EncapsulatedSecret,
        _info: &[u8],
        _key: &HpkePrivateKey,
    ) -> Result<Box<dyn HpkeOpener>, Error> {
        Err(Error::DecryptError)
    }

    fn generate_key_pair(&self) -> Result<(HpkePublicKey, HpkePrivateKey), Error> {
        Err(Error::EncryptError)
    }

    fn suite(&self) -> HpkeSuite {
        let sym = HpkeSymmetricCipherSuite {
            kdf_id: HpkeKdf::HKDF_SHA256,
            aead_id: HpkeAead::AES_128_GCM,
        };
        HpkeSuite { kem: HpkeKem::DHKEM_X25519_HKDF_SHA256, sym }
    }
}

impl HpkeSealer for Garbling {
    fn seal(&mut self, _aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(vec![0; plaintext.len() + 16])
    }
}
