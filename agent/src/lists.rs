//! The signed list snapshot: fetched, verified, kept as it came.

use std::io;
use std::path::Path;

use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use record::{Digest, Host, Hour, KeyText, Signed, Target, Timestamp};
use testlists::{ControlSeen, SNAPSHOT, Snapshot};

use crate::collector::Collector;
use crate::state::State;
use crate::stop::{Exit, Stop};

/// The edition of the lists in force and the digest that names them in records.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The lists.
    pub snapshot: Snapshot,
    /// The digest of the signed text.
    pub digest: Digest,
}

/// A snapshot as it came.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The snapshot.
    pub edition: Edition,
    /// Its signed text.
    pub text: String,
}

impl Edition {
    /// Reads the snapshot that was kept; none where none was. It is verified anew.
    pub fn read(state: &State, key: &KeyText) -> Result<Option<Self>, Stop> {
        state.read(FILE)?.map(|text| Self::verify(&text, key)).transpose()
    }

    /// Fetches the collector's snapshot and keeps it, if it is good and not older than the one
    /// that is there.
    pub async fn update(
        collector: &Collector,
        state: &State,
        now: Timestamp,
    ) -> Result<Self, Stop> {
        let Fetched { edition, text } = Self::fetch(collector).await?;
        edition.check_time(now)?;
        edition.keep(state, collector.key(), &text)?;
        Ok(edition)
    }

    /// Fetches the collector's snapshot; looks at no clock, and keeps nothing.
    pub async fn fetch(collector: &Collector) -> Result<Fetched, Stop> {
        let text = collector.get_text("api/v1/lists/snapshot", SNAPSHOT_BYTES).await?;
        let edition =
            Self::verify(&text, collector.key()).map_err(|stop| collector.not_ours(stop, &text))?;
        Ok(Fetched { edition, text })
    }

    /// Takes in a snapshot that was handed over as a file, whatever way it came, and keeps it under
    /// the same conditions as a fetched one; it may have expired as long ago as one is used for lack
    /// of a newer.
    pub fn import(file: &Path, state: &State, key: &KeyText, now: Timestamp) -> Result<Self, Stop> {
        let failed = |error: io::Error| {
            Stop::new(Exit::Usage, "error-import").with("path", file.display()).because(error)
        };
        let size = std::fs::metadata(file).map_err(failed)?.len();
        if usize::try_from(size).map_or(true, |size| size > SNAPSHOT_BYTES) {
            return Err(failed(io::Error::other("it is too large")));
        }
        let text = std::fs::read_to_string(file).map_err(failed)?;
        let given = Self::verify(&text, key).map_err(|stop| {
            if stop.exit == Exit::Integrity {
                return stop;
            }
            // Whatever is no list at all is the wrong file.
            Stop::new(Exit::Usage, "error-import").with("path", file.display()).because(stop)
        })?;
        if given.is_usable(now) {
            given.keep(state, key, &text)?;
            return Ok(given);
        }
        given.check_time(now).map(|()| given)
    }

    /// Returns the snapshot that was given to the program when it was built; none where none was.
    pub fn builtin(key: &KeyText) -> Option<Self> {
        Self::verify(BUILTIN, key).ok().filter(|_| !BUILTIN.is_empty())
    }

    /// Keeps `text`, which is this snapshot's, unless a newer one is there.
    pub fn keep(&self, state: &State, key: &KeyText, text: &str) -> Result<(), Stop> {
        // Of the one that is kept nothing else is read: two whole lists at once are heavy.
        let kept = state.read(FILE).ok().flatten();
        let kept = kept.and_then(|text| open::<Issued>(&text, SNAPSHOT, key).ok());
        // An old list with a good signature would bring back controls and orders of the past.
        if kept.is_some_and(|(kept, _)| kept.issued > self.snapshot.issued) {
            return Err(Stop::new(Exit::Integrity, "error-snapshot-older")
                .with("issued", self.snapshot.issued.rfc3339()));
        }
        Ok(state.write(FILE, text.as_bytes())?)
    }

    /// Returns whether the snapshot may be used at `now` where there is no newer one: it is in
    /// force, or was two weeks ago. An old list measures better than none; records name it by its
    /// digest, so everybody can tell.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        let earlier = now.shifted(-GRACE_S).max(self.snapshot.issued.min(now));
        self.check_time(now).is_ok() || self.check_time(earlier).is_ok()
    }

    /// Verifies the signed text of a snapshot; looks at no clock.
    pub fn verify(text: &str, key: &KeyText) -> Result<Self, Stop> {
        let (snapshot, body): (Snapshot, String) = open(text, SNAPSHOT, key)?;
        Ok(Self { snapshot, digest: Digest::of(body.as_bytes()) })
    }

    /// Stops where the snapshot is not in force at `now`.
    pub fn check_time(&self, now: Timestamp) -> Result<(), Stop> {
        let Snapshot { issued, expires, .. } = &self.snapshot;
        if now >= *expires {
            return Err(Stop::new(Exit::Meaningless, "error-snapshot-expired")
                .with("expires", expires.rfc3339()));
        }
        if issued.0 > now.0.saturating_add(CLOCK_SLACK_S) {
            return Err(Stop::new(Exit::Meaningless, "error-snapshot-future")
                .with("issued", issued.rfc3339()));
        }
        Ok(())
    }

    /// Returns the newest that a control saw of `target` in the day before `hour`: what is older says
    /// nothing of a site today.
    pub fn recent(&self, target: &Target, hour: Hour) -> Option<&ControlSeen> {
        let day = hour.0.saturating_sub(RECENT_HOURS)..=hour.0.saturating_add(1);
        let recent = self.snapshot.recent.iter();
        let recent = recent.filter(|seen| seen.target == *target && day.contains(&seen.hour.0));
        recent.max_by_key(|seen| (seen.hour, seen.id))
    }
}

/// The one field of a snapshot that tells which of two is newer.
#[derive(Deserialize)]
struct Issued {
    issued: Timestamp,
}

/// Returns whether `host` or a name above it is one of `never`.
pub fn is_never(host: &Host, never: &[Host]) -> bool {
    never.iter().any(|named| {
        let below = host.as_str().strip_suffix(named.as_str());
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    })
}

/// Opens a signed text of `purpose`: what it says, and the very text that was signed.
pub fn open<T: DeserializeOwned>(
    text: &str,
    purpose: &'static str,
    key: &KeyText,
) -> Result<(T, String), Stop> {
    let strange =
        |error: serde_json::Error| Stop::new(Exit::Unsent, "error-snapshot").because(error);
    let signed: Signed = serde_json::from_str(text).map_err(strange)?;
    let forged = || Stop::new(Exit::Integrity, "error-signature").with("what", purpose);
    let verifying = VerifyingKey::from_bytes(key.bytes()).map_err(|_| forged())?;
    let signature = Signature::from_bytes(&signed.signature.0);
    let bytes = Signed::signed_bytes(purpose, &signed.body);
    let genuine = verifying.verify_strict(&bytes, &signature).is_ok();
    if signed.purpose != purpose || signed.key != *key || !genuine {
        return Err(forged());
    }
    let said = serde_json::from_str(&signed.body).map_err(strange)?;
    Ok((said, signed.body))
}

const FILE: &str = "snapshot.json";
/// The snapshot that was named when the program was built; empty where none was.
const BUILTIN: &str = include_str!(concat!(env!("OUT_DIR"), "/snapshot.json"));
/// How old a control's word may be.
const RECENT_HOURS: u32 = 24;
/// How long after its end a list is used where there is no newer one.
const GRACE_S: i64 = 14 * 86_400;
const SNAPSHOT_BYTES: usize = 32 << 20;
/// How far the collector's clock may be ahead: a day, since orders and certificates still hold.
const CLOCK_SLACK_S: u64 = 86_400;

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use record::{Seed, SignatureText};

    use super::*;

    #[test]
    fn a_snapshot_is_named_by_the_text_that_was_signed() {
        let text = signed(&snapshot(100, 200), 1, SNAPSHOT);

        let lists = Edition::verify(&text, &key(1)).unwrap();

        let body = serde_json::from_str::<Signed>(&text).unwrap().body;
        assert_eq!(lists.digest, Digest::of(body.as_bytes()));
    }

    #[test]
    fn another_key_purpose_or_text_is_refused() {
        let good = signed(&snapshot(100, 200), 1, SNAPSHOT);
        let changed = good.replace("100", "101");

        for (text, pinned) in [
            (good, key(2)),
            (signed(&snapshot(100, 200), 2, SNAPSHOT), key(1)),
            (signed(&snapshot(100, 200), 1, "receipt"), key(1)),
            (changed, key(1)),
        ] {
            assert_eq!(
                Edition::verify(&text, &pinned).unwrap_err().exit,
                Exit::Integrity,
                "{text}"
            );
        }
    }

    #[test]
    fn of_controls_the_newest_word_of_a_day_counts() {
        let target: Target = "https://news.test/".parse().unwrap();
        let word = |hour: u32| ControlSeen {
            id: record::MeasurementId(Digest::of(&hour.to_be_bytes())),
            target: target.clone(),
            hour: Hour(hour),
            country: "de".to_owned(),
            seen: Vec::new(),
        };
        let mut snapshot = snapshot(100, 200);
        snapshot.recent = vec![word(10), word(30), word(20)];
        let edition = Edition { snapshot, digest: Digest::of(b"") };
        let recent = |hour| edition.recent(&target, Hour(hour)).map(|word| word.hour.0);

        assert_eq!((recent(31), recent(54), recent(55)), (Some(30), Some(30), None));
        assert_eq!(recent(15), Some(10), "what lies ahead is let go");
    }

    #[test]
    fn a_snapshot_holds_from_its_issue_to_its_end() {
        let text = signed(&snapshot(200_000, 300_000), 1, SNAPSHOT);
        let lists = Edition::verify(&text, &key(1)).unwrap();

        assert!(lists.check_time(Timestamp(200_000)).is_ok());
        assert!(lists.check_time(Timestamp(299_999)).is_ok());
        let word = |at| lists.check_time(Timestamp(at)).unwrap_err().word;
        assert_eq!(word(300_000), "error-snapshot-expired");
        assert_eq!(word(100_000), "error-snapshot-future");
    }

    #[test]
    fn for_lack_of_a_newer_one_a_snapshot_is_used_two_weeks_longer() {
        let text = signed(&snapshot(200_000, 300_000), 1, SNAPSHOT);
        let lists = Edition::verify(&text, &key(1)).unwrap();
        let two_weeks = 14 * 86_400;

        for (at, usable) in [
            (100_000, false),
            (113_600, true),
            (299_999, true),
            (300_000, true),
            (299_999 + two_weeks, true),
            (300_000 + two_weeks, false),
        ] {
            assert_eq!(lists.is_usable(Timestamp(at)), usable, "{at}");
        }
    }

    #[test]
    fn what_is_never_contacted_covers_the_names_below() {
        let never: Vec<Host> = vec!["bank.test".parse().unwrap()];

        for (host, is) in [("bank.test", true), ("www.bank.test", true), ("mybank.test", false)] {
            assert_eq!(is_never(&host.parse().unwrap(), &never), is, "{host}");
        }
    }

    fn key(seed: u8) -> KeyText {
        KeyText::new(SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes())
    }

    fn signed(snapshot: &Snapshot, seed: u8, purpose: &str) -> String {
        let body = serde_json::to_string(snapshot).unwrap();
        let signature =
            SigningKey::from_bytes(&[seed; 32]).sign(&Signed::signed_bytes(purpose, &body));
        let signed = Signed {
            purpose: purpose.into(),
            body,
            key: key(seed),
            signature: SignatureText(signature.to_bytes()),
        };
        serde_json::to_string(&signed).unwrap()
    }

    fn snapshot(issued: u64, expires: u64) -> Snapshot {
        Snapshot {
            issued: Timestamp(issued),
            expires: Timestamp(expires),
            seed: Seed(Digest([1; 32])),
            targets: Vec::new(),
            known_good: Vec::new(),
            resolvers: Vec::new(),
            known: testlists::Fingerprints::default(),
            controls: Vec::new(),
            recent: Vec::new(),
            followed: Vec::new(),
        }
    }
}
