//! Makes a TLS handshake with a ClientHello that is shaped otherwise.
//!
//! It tells more about a handshake that failed: whether the name alone makes the difference, and
//! whether whoever looks for it puts segments together.

use std::time::Duration;

use rustls::client::EchStatus;

use record::{EncryptedName, Hello, Session, Variant};

use super::cut::Cut;
use super::ech;
use super::eye::Shown;
use super::failure::{Trouble, of_tls};
use super::stream::Counts;
use super::tcp;
use super::tls::{Naming, Tls};

/// Connects within `patience` and makes the handshake that `step` describes.
///
/// Whatever the shape, the chain is judged for the step's name; only a server that could not read
/// an encrypted one answers, and is judged, under the public name of its key.
pub async fn perform(
    step: &Variant,
    tls: &Tls,
    patience: Duration,
    shown: &mut Shown,
) -> Result<Session, Trouble> {
    let counts = Counts::default();
    match &step.hello {
        Hello::Split => {
            let cut = Cut::new(tcp::connect(step.to, patience).await?, step.name.as_str());
            Ok(tls.secure(cut, &step.name, &counts, shown).await?.session)
        }
        Hello::Nameless => finish((step, Naming::Absent), tls, patience, shown).await,
        Hello::Encrypted { config } => {
            let naming = Naming::Encrypted(Box::new(ech::key(config)?));
            finish((step, naming), tls, patience, shown).await
        }
    }
}

/// Connects and makes a handshake whose name stands where `naming` says.
async fn finish(
    (step, naming): (&Variant, Naming),
    tls: &Tls,
    patience: Duration,
    shown: &mut Shown,
) -> Result<Session, Trouble> {
    let counts = Counts::default();
    let encrypted = matches!(naming, Naming::Encrypted(_));
    let stream = tcp::connect(step.to, patience).await?;
    let shaken = tls.shake(stream, (&step.name, naming), &counts, shown).await?;
    match shaken.stream {
        Ok(stream) => {
            let accepted = stream.get_ref().1.ech_status() == EchStatus::Accepted;
            let encrypted_name = accepted.then_some(EncryptedName::Accepted);
            Ok(Session { encrypted_name, ..shaken.session })
        }
        // The handshake was finished before the client ended it over this, always in TLS 1.3.
        Err(error) if encrypted && ech::is_rejection(&error) => Ok(Session {
            version: "TLSv1_3".to_owned(),
            encrypted_name: Some(EncryptedName::Rejected),
            ..shaken.session
        }),
        Err(error) => Err(counts.fill(of_tls(&error)).into()),
    }
}
