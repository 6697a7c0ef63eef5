//! Certificates of the national authority, made for each name when it is first met.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::internet::authority::NationalAuthority;

/// Chooses the forged certificate for the name in the ClientHello.
#[derive(Debug)]
pub(super) struct Forger {
    authority: NationalAuthority,
    made: Mutex<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl Forger {
    /// Makes a forger that signs with `authority`.
    pub(super) fn new(authority: NationalAuthority) -> Self {
        Self { authority, made: Mutex::default() }
    }
}

impl ResolvesServerCert for Forger {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_ascii_lowercase();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(&name) {
            return Some(Arc::clone(known));
        }
        let forged = self.authority.issue(&name).ok()?;
        if made.len() < MOST_KEPT {
            made.insert(name, Arc::clone(&forged));
        }
        Some(forged)
    }
}

/// Names below a listed one are without end.
const MOST_KEPT: usize = 256;
