//! Encrypts the name in a ClientHello (ECH, RFC 9849) by a site's published key.
//!
//! rustls has the protocol; the encryption (HPKE, RFC 9180) its ring provider lacks. Here it is, for
//! the one key exchange and the two ciphers that published keys ask for, over the crate `hpke`.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hpke::aead::{AeadCtxR, AeadCtxS, AesGcm128, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, HpkeError, Kem as _, OpModeR, OpModeS, Serializable as _};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rustls::client::EchConfig;
use rustls::crypto::hpke::{
    EncapsulatedSecret, Hpke, HpkeOpener, HpkePrivateKey, HpkePublicKey, HpkeSealer, HpkeSuite,
};
use rustls::internal::msgs::enums::{HpkeAead, HpkeKdf, HpkeKem};
use rustls::internal::msgs::handshake::HpkeSymmetricCipherSuite;
use rustls::{Error, PeerIncompatible};
use rustls_pki_types::EchConfigListBytes;

use record::{Failed, Failure};

use super::failure::failed;
use crate::roots::provider;

/// Reads an `ECHConfigList` in base64, at most 4 kB, and takes its first key that can be used.
pub fn key(config: &str) -> Result<EchConfig, Failed> {
    let bad = |why: &str| failed(Failure::BadMessage, format!("ECH configuration: {why}"));
    if config.len() > CONFIG_CHARS {
        return Err(bad("longer than 4 kB"));
    }
    let bytes = STANDARD.decode(config).map_err(|_| bad("not base64"))?;
    EchConfig::new(EchConfigListBytes::from(bytes), SUITES).map_err(|error| {
        if let Error::InvalidEncryptedClientHello(wrong) = error {
            return bad(&format!("{wrong:?}"));
        }
        bad(&format!("{error:?}"))
    })
}

/// Returns whether a handshake failed only because the server could not read the name: it finished
/// under the key's public name, and said so.
pub fn is_rejection(error: &std::io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    matches!(
        inner,
        Some(Error::PeerIncompatible(PeerIncompatible::ServerRejectedEncryptedClientHello(_)))
    )
}

/// Everything that can be encrypted with: X25519 with HKDF-SHA256, and AES-128-GCM or
/// ChaCha20-Poly1305.
pub static SUITES: &[&dyn Hpke] = &[&AES, &CHACHA];

static AES: Suite<AesGcm128> = Suite(HpkeAead::AES_128_GCM, PhantomData);
static CHACHA: Suite<ChaCha20Poly1305> = Suite(HpkeAead::CHACHA20_POLY_1305, PhantomData);

/// One cipher, for messages to the holder of a key.
struct Suite<A>(HpkeAead, PhantomData<fn() -> A>);

type Kem = X25519HkdfSha256;
type PublicKey = <Kem as hpke::Kem>::PublicKey;
type PrivateKey = <Kem as hpke::Kem>::PrivateKey;
type EncappedKey = <Kem as hpke::Kem>::EncappedKey;

impl<A: hpke::aead::Aead + 'static> Hpke for Suite<A> {
    fn seal(
        &self,
        info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
        pub_key: &HpkePublicKey,
    ) -> Result<(EncapsulatedSecret, Vec<u8>), Error> {
        let (secret, mut sealer) = self.setup_sealer(info, pub_key)?;
        Ok((secret, sealer.seal(aad, plaintext)?))
    }

    fn setup_sealer(
        &self,
        info: &[u8],
        pub_key: &HpkePublicKey,
    ) -> Result<(EncapsulatedSecret, Box<dyn HpkeSealer + 'static>), Error> {
        let to = PublicKey::from_bytes(&pub_key.0).map_err(fault)?;
        let mut random = random()?;
        let (secret, context) =
            hpke::setup_sender::<A, HkdfSha256, Kem, _>(&OpModeS::Base, &to, info, &mut random)
                .map_err(fault)?;
        Ok((EncapsulatedSecret(secret.to_bytes().to_vec()), Box::new(Sealer(context))))
    }

    fn open(
        &self,
        enc: &EncapsulatedSecret,
        info: &[u8],
        aad: &[u8],
        ciphertext: &[u8],
        secret_key: &HpkePrivateKey,
    ) -> Result<Vec<u8>, Error> {
        self.setup_opener(enc, info, secret_key)?.open(aad, ciphertext)
    }

    fn setup_opener(
        &self,
        enc: &EncapsulatedSecret,
        info: &[u8],
        secret_key: &HpkePrivateKey,
    ) -> Result<Box<dyn HpkeOpener + 'static>, Error> {
        let own = PrivateKey::from_bytes(secret_key.secret_bytes()).map_err(fault)?;
        let secret = EncappedKey::from_bytes(&enc.0).map_err(fault)?;
        let mode = OpModeR::Base;
        let context = hpke::setup_receiver::<A, HkdfSha256, Kem>(&mode, &own, &secret, info);
        Ok(Box::new(Opener(context.map_err(fault)?)))
    }

    fn generate_key_pair(&self) -> Result<(HpkePublicKey, HpkePrivateKey), Error> {
        let (own, public) = Kem::gen_keypair(&mut random()?);
        let public = HpkePublicKey(public.to_bytes().to_vec());
        Ok((public, HpkePrivateKey::from(own.to_bytes().to_vec())))
    }

    fn suite(&self) -> HpkeSuite {
        let sym = HpkeSymmetricCipherSuite { kdf_id: HpkeKdf::HKDF_SHA256, aead_id: self.0 };
        HpkeSuite { kem: HpkeKem::DHKEM_X25519_HKDF_SHA256, sym }
    }
}

impl<A> fmt::Debug for Suite<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Suite({:?})", self.0)
    }
}

struct Sealer<A: hpke::aead::Aead>(AeadCtxS<A, HkdfSha256, Kem>);

impl<A: hpke::aead::Aead + 'static> HpkeSealer for Sealer<A> {
    fn seal(&mut self, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.seal(plaintext, aad).map_err(fault)
    }
}

impl<A: hpke::aead::Aead> fmt::Debug for Sealer<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

struct Opener<A: hpke::aead::Aead>(AeadCtxR<A, HkdfSha256, Kem>);

impl<A: hpke::aead::Aead + 'static> HpkeOpener for Opener<A> {
    fn open(&mut self, aad: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.open(ciphertext, aad).map_err(fault)
    }
}

impl<A: hpke::aead::Aead> fmt::Debug for Opener<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener")
    }
}

/// Seeds a generator where the rest of TLS draws its randomness.
fn random() -> Result<StdRng, Error> {
    let mut seed = [0; 32];
    provider().secure_random.fill(&mut seed).map_err(|_| Error::FailedToGetRandomBytes)?;
    Ok(StdRng::from_seed(seed))
}

fn fault(error: HpkeError) -> Error {
    Error::General(format!("HPKE: {error}"))
}

/// What `record` allows of a configuration.
const CONFIG_CHARS: usize = 4 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_the_standards_first_example_is_opened() {
        // RFC 9180, appendix A.1.1: DHKEM(X25519), HKDF-SHA256, AES-128-GCM, base mode.
        let hex = |text: &str| hex::decode(text).unwrap();
        let own = hex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
        let enc = hex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
        let info = hex("4f6465206f6e2061204772656369616e2055726e");
        let aad = hex("436f756e742d30");
        let text = hex(
            "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
        );

        let opened = AES.open(&EncapsulatedSecret(enc), &info, &aad, &text, &own.into()).unwrap();

        assert_eq!(opened, b"Beauty is truth, truth beauty");
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_cipher_only() {
        for suite in SUITES {
            let (public, own) = suite.generate_key_pair().unwrap();
            let (_, other) = suite.generate_key_pair().unwrap();

            let (enc, sealed) = suite.seal(b"info", b"aad", b"site.test", &public).unwrap();
            let (again, _) = suite.seal(b"info", b"aad", b"site.test", &public).unwrap();

            assert_eq!(suite.open(&enc, b"info", b"aad", &sealed, &own).unwrap(), b"site.test");
            assert!(suite.open(&enc, b"info", b"aad", &sealed, &other).is_err());
            assert!(suite.open(&enc, b"info", b"bad", &sealed, &own).is_err());
            assert_ne!(enc.0, again.0);
        }
    }

    #[test]
    fn what_is_no_configuration_is_said_to_be_none() {
        let unknown = STANDARD.encode([0, 6, 0xfe, 0x0a, 0, 2, 1, 2]);
        for (config, word) in [
            ("", "InvalidConfigList"),
            ("%", "not base64"),
            ("AAAA", "NoCompatibleConfig"),
            (unknown.as_str(), "NoCompatibleConfig"),
            (&"A".repeat(4097), "longer than 4 kB"),
        ] {
            let failed = key(config).unwrap_err();
            assert_eq!(failed.failure, Failure::BadMessage);
            assert!(failed.detail.ends_with(word), "{config}: {failed:?}");
        }
    }
}
