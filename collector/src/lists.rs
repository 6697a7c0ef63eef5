//! Issues snapshots: one edition of the lists with a fresh seed and what controls saw lately.

use std::collections::{BTreeMap, BTreeSet};

use record::{Digest, Hour, Measurement, Part, Seed, Signed, Target, Timestamp};
use testlists::{ControlSeen, Followed, Listed, SNAPSHOT, Snapshot, Tier};

use crate::Edge;
use crate::keys;
use crate::reference::{Issuer, Reference};
use crate::store::{FailedByName, Held, ReadTx, Store, StoreError};

/// When the last edition was issued and what it knew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issued {
    /// When.
    pub(crate) at: Timestamp,
    /// How many measurements of controls the worker had taken.
    pub(crate) controls: u64,
}

/// Returns whether a new edition is due: a quarter of its life has passed, or controls have
/// measured since and the pause is over.
pub(crate) fn is_due(last: &Issued, now: Timestamp, controls: u64, reference: &Reference) -> bool {
    let age = now.0.saturating_sub(last.at.0);
    let pause = reference.config.snapshot_pause();
    let quarter = reference.config.snapshot_ttl_s / 4;
    // A clock that was set back must not stop the editions.
    now < last.at || age >= quarter || (controls != last.controls && age >= pause)
}

/// Issues an edition, keeps it for good and returns its signed text.
pub(crate) fn issue(
    store: &Store,
    issuer: &Issuer<'_>,
    edge: &Edge,
    controls: u64,
) -> Result<(String, Issued), StoreError> {
    let now = (edge.now)();
    let since = Hour(now.hour().0.saturating_sub(RECENT_HOURS));
    let recent = |tx: &ReadTx<'_>| recent(tx, since, issuer.reference);
    let recent = store.read_at_leisure("read recent controls", recent)?;
    let failed = |tx: &ReadTx<'_>| tx.failed_by_name(since);
    let failed = store.read_at_leisure("read what failed by name", failed)?;
    let followed = followed(failed, issuer.reference);
    let body = text(edition(issuer.reference, now, (edge.random)(), (recent, followed)))?;
    let signed = keys::sign(issuer.key, SNAPSHOT, body);
    store.write("keep a snapshot", |tx| tx.keep_snapshot(&signed, now))?;
    Ok((written(&signed)?, Issued { at: now, controls }))
}

/// Puts an edition together.
fn edition(
    reference: &Reference,
    now: Timestamp,
    seed: [u8; 32],
    (recent, followed): (Vec<ControlSeen>, Vec<Followed>),
) -> Snapshot {
    let config = &reference.config;
    let lists = &reference.lists;
    let offered = |listed: &&Listed| config.sensitive || matches!(listed.tier, Tier::Everyday);
    let ttl = i64::try_from(config.snapshot_ttl_s).unwrap_or(i64::MAX);
    Snapshot {
        issued: now,
        expires: now.shifted(ttl),
        seed: Seed(Digest(seed)),
        targets: lists.targets.iter().filter(offered).cloned().collect(),
        known_good: lists.known_good.iter().map(|listed| listed.target.clone()).collect(),
        resolvers: lists.resolvers.clone(),
        known: lists.known.clone(),
        controls: config.controls.clone(),
        recent,
        followed,
    }
}

/// Sorts what failed by name by provider, a bounded number each: whoever says that everything fails
/// must not send everybody after it.
fn followed(failed: Vec<FailedByName>, reference: &Reference) -> Vec<Followed> {
    let offered: BTreeSet<_> =
        reference.lists.targets.iter().map(|listed| &listed.target).collect();
    let mut agents = BTreeMap::<&str, BTreeMap<Target, u32>>::new();
    for FailedByName { asn, target, agents: count } in failed {
        let Some((_, provider)) = reference.customers(asn) else { continue };
        if offered.contains(&target) {
            let of_provider = agents.entry(provider.id.0.as_str()).or_default();
            *of_provider.entry(target).or_default() += count;
        }
    }
    let of_provider = |(provider, targets): (&str, BTreeMap<Target, u32>)| {
        let mut targets: Vec<_> = targets.into_iter().collect();
        targets.sort_by_key(|(_, agents)| std::cmp::Reverse(*agents));
        let targets = targets.into_iter().take(FOLLOWED).map(|(target, _)| target).collect();
        Followed { provider: provider.to_owned(), targets }
    };
    agents.into_iter().map(of_provider).collect()
}

/// Reads what controls saw: their screens, with certificates judged here, newest first.
fn recent(
    tx: &ReadTx<'_>,
    since: Hour,
    reference: &Reference,
) -> Result<Vec<ControlSeen>, StoreError> {
    let listed = reference.lists.targets.iter();
    let offered: BTreeSet<_> = listed.map(|listed| &listed.target).collect();
    let mut held = tx.latest_controls(since)?;
    held.retain(|held| offered.contains(&held.target));
    held.sort_by_key(|held| (std::cmp::Reverse(held.hour), held.credential, held.id));
    let mut recent = Vec::new();
    for Held { id, target, hour, country, .. } in held {
        let record = tx.record(id)?.map(|kept| kept.record).unwrap_or_default();
        let Ok(mut measurement) = Measurement::decode(&record) else { continue };
        reference.roots.judge_again(&mut measurement);
        measurement
            .seen
            .retain(|seen| matches!(seen.part(), Part::Screen | Part::OverQuic | Part::Variation));
        let country = country.unwrap_or_default();
        recent.push(ControlSeen { id, target, hour, country, seen: measurement.seen });
    }
    Ok(recent)
}

/// Writes an edition; leaves out the oldest controls' words where it would become too large.
fn text(mut snapshot: Snapshot) -> Result<String, StoreError> {
    let recent = std::mem::take(&mut snapshot.recent);
    let mut room = MOST_BYTES.saturating_sub(written(&snapshot)?.len());
    for control in recent {
        let bytes = written(&control)?.len() + 1;
        if bytes > room {
            break;
        }
        room -= bytes;
        snapshot.recent.push(control);
    }
    written(&snapshot)
}

fn written<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Foreign(source.to_string()))
}

/// Reads a snapshot out of its signed text.
pub(crate) fn read(signed: &Signed) -> Option<Snapshot> {
    serde_json::from_str(&signed.body).ok()
}

/// Bytes of an edition: an agent on a slow line must still get it.
const MOST_BYTES: usize = 4_000_000;

/// How old a control's word may be, and a failure by name that is followed: what goes on is confirmed
/// every day.
const RECENT_HOURS: u32 = 24;

/// Targets that are followed at most with each provider.
const FOLLOWED: usize = 50;

#[cfg(test)]
mod tests {
    use record::MeasurementId;

    use super::*;
    use crate::config::Config;

    #[test]
    fn an_edition_is_due_after_a_quarter_of_its_life_or_when_controls_spoke() {
        let config =
            Config { snapshot_ttl_s: 400, snapshot_pause_s: Some(10), ..Config::default() };
        let reference = Reference::read(config).unwrap();
        let last = Issued { at: Timestamp(1000), controls: 3 };
        let due = |now, controls| is_due(&last, Timestamp(now), controls, &reference);

        assert!(!due(1099, 3));
        assert!(due(1100, 3));
        assert!(!due(1009, 4));
        assert!(due(1010, 4));
        assert!(due(999, 3));
    }

    #[test]
    fn an_edition_that_would_be_too_large_loses_the_oldest_words_of_controls() {
        let reference = Reference::read(Config::default()).unwrap();
        let control = |number: u8| ControlSeen {
            id: MeasurementId(Digest([number; 32])),
            target: "https://news.test/".parse().unwrap(),
            hour: Hour(100 - u32::from(number)),
            country: "d".repeat(900_000),
            seen: Vec::new(),
        };
        let snapshot =
            edition(&reference, Timestamp(1), [0; 32], ((0..9).map(control).collect(), Vec::new()));

        let text = text(snapshot).unwrap();
        let read: Snapshot = serde_json::from_str(&text).unwrap();

        assert!(text.len() <= MOST_BYTES, "{}", text.len());
        let kept: Vec<u32> = read.recent.iter().map(|control| control.hour.0).collect();
        assert_eq!(kept, [100, 99, 98, 97]);
    }

    #[test]
    fn what_failed_by_name_is_followed_with_its_provider_in_bounds() {
        let reference = Reference::read(Config::default()).unwrap();
        let (asn, provider) = {
            let listed = reference.lists.networks.iter();
            let known = listed.filter_map(|network| reference.customers(network.asn));
            let (network, provider) = known.min_by_key(|(network, _)| network.asn).unwrap();
            (network.asn, provider.id.0.clone())
        };
        let all: Vec<Target> =
            reference.lists.targets.iter().map(|listed| listed.target.clone()).collect();
        let failed = |target: &Target, agents| FailedByName { asn, target: target.clone(), agents };
        let mut rows: Vec<_> = all.iter().map(|target| failed(target, 1)).collect();
        rows.push(failed(&all[0], 7));
        rows.push(failed(&"https://not-listed.test/".parse().unwrap(), 99));
        rows.push(FailedByName { asn: record::Asn(4_200_000_000), ..failed(&all[1], 9) });

        let followed = followed(rows, &reference);

        assert_eq!(followed.len(), 1);
        assert_eq!(followed[0].provider, provider);
        assert_eq!(followed[0].targets.len(), FOLLOWED);
        assert_eq!(followed[0].targets[0], all[0], "most agents first");
    }
}
