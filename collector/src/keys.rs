//! The collector's key: made once, read at start, used for receipts and snapshots.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use record::{Batch, KeyText, SignatureText, Signed};

/// Makes the key from 32 drawn bytes and writes it where only its owner can read it; refuses to
/// replace one.
pub(crate) fn create(path: &Path, drawn: [u8; 32]) -> Result<SigningKey, KeyError> {
    let disk = |source| KeyError::Disk { path: path.to_owned(), source };
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).map_err(disk)?;
    writeln!(file, "{}", hex::encode(drawn)).and_then(|()| file.sync_all()).map_err(disk)?;
    Ok(SigningKey::from_bytes(&drawn))
}

/// Reads the key.
pub(crate) fn load(path: &Path) -> Result<SigningKey, KeyError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| KeyError::Disk { path: path.to_owned(), source })?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret)
        .map_err(|_| KeyError::Shape { path: path.to_owned() })?;
    Ok(SigningKey::from_bytes(&secret))
}

/// Returns the public half.
pub(crate) fn public(key: &SigningKey) -> KeyText {
    KeyText::new(key.verifying_key().to_bytes())
}

/// Signs a JSON text for one purpose.
pub(crate) fn sign(key: &SigningKey, purpose: &str, body: String) -> Signed {
    let signature = key.sign(&Signed::signed_bytes(purpose, &body));
    Signed {
        purpose: purpose.to_owned(),
        body,
        key: public(key),
        signature: SignatureText(signature.to_bytes()),
    }
}

/// Returns whether the batch was signed with the credential it names.
///
/// The strict check also refuses keys of small order, which would fit any text.
pub(crate) fn is_signed(batch: &Batch) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(batch.credential.bytes()) else { return false };
    let signed = Batch::signed_bytes(batch.suite, &batch.payload);
    let signature = ed25519_dalek::Signature::from_bytes(&batch.signature.0);
    key.verify_strict(&signed, &signature).is_ok()
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk did not give or take it.
    #[error("could not read or write the key {}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{} does not hold 64 hexadecimal digits", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
    },
}
