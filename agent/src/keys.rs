//! The keys that sign: one a network and month, so that nobody can be followed for longer.

use ed25519_dalek::{Signer as _, SigningKey};

use record::{Asn, Batch, KeyText, SignatureText, Suite, Timestamp};

use crate::edge::Edge;
use crate::state::{State, StateError};

/// The keys of the state folder.
#[derive(Clone, Debug)]
pub struct Keys {
    state: State,
}

impl Keys {
    /// Opens the folder of keys.
    pub fn open(state: &State) -> Result<Self, StateError> {
        state.folder("keys")?;
        Ok(Self { state: state.clone() })
    }

    /// Returns the key for this network in this month, and makes it where it is missing.
    pub fn for_network(&self, network: Option<Asn>, edge: &Edge) -> Result<Key, KeyError> {
        let (year, month, _) = edge.now().hour().local_day().civil();
        let network = network.map_or_else(|| "unknown".to_owned(), |asn| asn.to_string());
        self.named(&format!("{year:04}-{month:02}-{network}"), edge)
    }

    /// Returns the one lasting key of a control, and makes it where it is missing.
    pub fn for_control(&self, edge: &Edge) -> Result<Key, KeyError> {
        self.named("control", edge)
    }

    /// Finds the key whose public half is `credential`.
    pub fn find(&self, credential: &KeyText) -> Result<Option<Key>, KeyError> {
        for name in self.names() {
            match self.read(&name) {
                Ok(Some(key)) if key.credential() == *credential => return Ok(Some(key)),
                // A damaged key must not keep the others from being used.
                Ok(_) | Err(KeyError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Removes the keys of months that ended more than two months ago and that `needed` does not
    /// hold any longer.
    pub fn forget(&self, now: Timestamp, needed: &[KeyText]) -> Result<(), KeyError> {
        let (year, month, _) = now.hour().local_day().civil();
        let this_month = year * 12 + month;
        for name in self.names() {
            let mut parts = name.splitn(3, '-').map(str::parse::<u32>);
            let (Some(Ok(year)), Some(Ok(month))) = (parts.next(), parts.next()) else {
                continue;
            };
            let old = year * 12 + month + 2 < this_month;
            let used = self.read(&name)?.is_some_and(|key| needed.contains(&key.credential()));
            if old && !used {
                self.state.remove(&file(&name))?;
            }
        }
        Ok(())
    }

    fn named(&self, name: &str, edge: &Edge) -> Result<Key, KeyError> {
        if let Some(key) = self.read(name)? {
            return Ok(key);
        }
        let secret = edge.random_bytes();
        self.state.write(&file(name), hex::encode(secret).as_bytes())?;
        Ok(Key(SigningKey::from_bytes(&secret)))
    }

    fn read(&self, name: &str) -> Result<Option<Key>, KeyError> {
        let Some(text) = self.state.read(&file(name))? else {
            return Ok(None);
        };
        let mut secret = [0; 32];
        hex::decode_to_slice(text.trim(), &mut secret)
            .map_err(|_| KeyError::Damaged { name: name.to_owned() })?;
        Ok(Some(Key(SigningKey::from_bytes(&secret))))
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.state.path("keys")).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> =
            names.filter_map(|name| name.strip_suffix(".key").map(str::to_owned)).collect();
        names.sort();
        names
    }
}

/// One key. Its public half names the agent on one network in one month.
#[derive(Clone, Debug)]
pub struct Key(SigningKey);

impl Key {
    /// Returns the public half.
    pub fn credential(&self) -> KeyText {
        KeyText::new(self.0.verifying_key().to_bytes())
    }

    /// Seals and signs a payload of records. The same payload always gives the same bytes.
    pub fn sign(&self, payload: Vec<u8>) -> Batch {
        let signature = self.0.sign(&Batch::signed_bytes(Suite::Plain, &payload));
        Batch {
            suite: Suite::Plain,
            credential: self.credential(),
            signature: SignatureText(signature.to_bytes()),
            payload,
        }
    }
}

fn file(name: &str) -> String {
    format!("keys/{name}.key")
}

/// Why a key could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its file could not be read or written.
    #[error("cannot use the folder of keys")]
    State(#[from] StateError),
    /// Its file does not hold 64 hexadecimal digits.
    #[error("the key {name} is damaged: it does not hold 64 hexadecimal digits")]
    Damaged {
        /// The key's name.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn a_key_lasts_a_month_on_one_network() {
        let (_dir, state) = state();
        let keys = Keys::open(&state).unwrap();
        let key = |day: &str, asn: u32| {
            keys.for_network(Some(Asn(asn)), &edge(day)).unwrap().credential()
        };

        assert_eq!(key("2026-11-02", 9198), key("2026-11-29", 9198));
        assert_ne!(key("2026-11-02", 9198), key("2026-11-02", 29555));
        assert_ne!(key("2026-11-02", 9198), key("2026-12-02", 9198));
    }

    #[test]
    fn a_key_is_found_by_its_public_half_and_forgotten_when_old_and_unused() {
        let (_dir, state) = state();
        let keys = Keys::open(&state).unwrap();
        let [kept, gone] = [1, 2]
            .map(|asn| keys.for_network(Some(Asn(asn)), &edge("2026-01-15")).unwrap().credential());
        let control = keys.for_control(&edge("2026-01-15")).unwrap().credential();
        state.write("keys/2026-02-x.key", b"short").unwrap();
        assert!(keys.find(&gone).unwrap().is_some());
        state.remove("keys/2026-02-x.key").unwrap();

        keys.forget(edge("2026-11-15").now(), &[kept]).unwrap();

        assert!(keys.find(&kept).unwrap().is_some());
        assert!(keys.find(&gone).unwrap().is_none());
        assert!(keys.find(&control).unwrap().is_some());
    }

    #[test]
    fn the_same_payload_gives_the_same_batch() {
        let (_dir, state) = state();
        let key = Keys::open(&state).unwrap().for_control(&edge("2026-11-02")).unwrap();

        assert_eq!(key.sign(vec![1, 2]).to_bytes(), key.sign(vec![1, 2]).to_bytes());
    }

    fn state() -> (tempfile::TempDir, State) {
        let dir = tempfile::tempdir().unwrap();
        let state = State::open(dir.path()).unwrap();
        (dir, state)
    }

    fn edge(day: &str) -> Edge {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let start = record::Day::parse(day).unwrap().first_hour().start();
        Edge::new(move || start, || COUNT.fetch_add(1, Ordering::Relaxed))
    }
}
