//! Turns the list of targets into jobs.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use record::{Kind, Seed, Target};
use testlists::Listed;

use crate::{Confirm, Job};

/// Makes one job of every target listed, once each.
///
/// The order looks random and follows from `seed` and `salt` alone; an agent that draws its own
/// salt asks in an order of its own. The known-good controls take turns: neither has the target's
/// host, and the two differ wherever two are left (with one alone, it stands on both sides; with
/// none there is no job). About 2 % of the targets are drawn to run their confirm blocks whatever
/// the screen says.
pub fn jobs(list: &[Listed], known_good: &[Target], seed: &Seed, salt: u64) -> Vec<Job> {
    let distinct: BTreeMap<&Target, &Listed> =
        list.iter().map(|listed| (&listed.target, listed)).collect();
    let mut rows: Vec<&Listed> = distinct.into_values().collect();
    rows.sort_by_key(|listed| draw(seed, salt, "order", &listed.target));
    let turns = rows.into_iter().enumerate();
    turns.filter_map(|(turn, listed)| job(listed, known_good, turn, seed, salt)).collect()
}

fn job(listed: &Listed, known_good: &[Target], turn: usize, seed: &Seed, salt: u64) -> Option<Job> {
    let target = &listed.target;
    let host = target.host();
    let beside: Vec<&Target> = known_good.iter().filter(|good| good.host() != host).collect();
    let before = *beside.get(turn.checked_rem(beside.len())?)?;
    let others: Vec<&Target> =
        beside.iter().copied().filter(|good| good.host() != before.host()).collect();
    let after = turn.checked_rem(others.len()).and_then(|at| others.get(at).copied());
    let drawn = draw(seed, salt, "always", target);
    let always = u16::from_be_bytes([drawn[0], drawn[1]]) < ALWAYS_BELOW;
    Some(Job {
        kind: if listed.endpoint.is_some() { Kind::Endpoint } else { Kind::Web },
        target: target.clone(),
        addresses: listed.endpoint.iter().flat_map(|at| at.addresses.clone()).collect(),
        before: before.clone(),
        after: after.unwrap_or(before).clone(),
        round: 0,
        confirm: if always { Confirm::Always } else { Confirm::IfFailed },
    })
}

fn draw(seed: &Seed, salt: u64, what: &str, target: &Target) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [b"qoljetim jobs".as_slice(), &seed.0.0, &salt.to_be_bytes(), what.as_bytes()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.update(target.as_str());
    hash.finalize().into()
}

/// 2 % of 65,536.
const ALWAYS_BELOW: u16 = 1311;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use record::{Day, Digest};
    use testlists::Tier;

    use super::*;

    #[test]
    fn every_target_gets_one_job_in_an_order_of_the_salts_own() {
        let list: Vec<Listed> = (0..40).chain(0..3).map(listed).collect();
        let good = good(5);

        let one = jobs(&list, &good, &SEED, 1);
        let two = jobs(&list, &good, &SEED, 2);

        let names = |jobs: &[Job]| jobs.iter().map(|job| job.target.clone()).collect::<Vec<_>>();
        let sorted = |jobs: &[Job]| names(jobs).into_iter().collect::<BTreeSet<_>>();
        assert_eq!(one.len(), 40);
        assert_eq!(one, jobs(&list, &good, &SEED, 1));
        assert_ne!(names(&one), names(&two));
        assert_eq!(sorted(&one), sorted(&two));
    }

    #[test]
    fn the_controls_differ_from_each_other_and_from_the_target() {
        let mut good = good(3);
        good.push(listed(0).target);
        good.push("http://site1.test/".parse().unwrap());
        let list: Vec<Listed> = (0..20).map(listed).collect();

        for job in jobs(&list, &good, &SEED, 0) {
            assert_ne!(job.before.host(), job.after.host());
            assert_ne!(job.before.host(), job.target.host());
            assert_ne!(job.after.host(), job.target.host());
        }
    }

    #[test]
    fn every_control_gets_its_turn() {
        let list: Vec<Listed> = (0..60).map(listed).collect();
        let good = good(4);

        let jobs = jobs(&list, &good, &SEED, 9);

        for control in &good {
            assert!(jobs.iter().filter(|job| job.before == *control).count() >= 10, "{control}");
            assert!(jobs.iter().filter(|job| job.after == *control).count() >= 10, "{control}");
        }
    }

    #[test]
    fn one_control_stands_on_both_sides_and_none_makes_no_job() {
        let list = [listed(1)];

        let alone = jobs(&list, &good(1), &SEED, 0);

        assert_eq!(alone[0].before, alone[0].after);
        assert!(jobs(&list, &[], &SEED, 0).is_empty());
    }

    #[test]
    fn about_two_in_a_hundred_are_always_confirmed() {
        let list: Vec<Listed> = (0..10_000).map(listed).collect();

        let jobs = jobs(&list, &good(2), &SEED, 5);

        // 200 expected, standard deviation 14.
        let always = jobs.iter().filter(|job| job.confirm == Confirm::Always).count();
        assert!((130..270).contains(&always), "{always}");
    }

    const SEED: Seed = Seed(Digest([4; 32]));

    fn listed(number: u32) -> Listed {
        Listed {
            target: format!("https://site{number}.test/").parse().unwrap(),
            category: "NEWS".into(),
            tier: Tier::Everyday,
            added: Day(20_000),
            source: String::new(),
            note: String::new(),
            endpoint: None,
        }
    }

    fn good(count: u32) -> Vec<Target> {
        (0..count).map(|n| format!("https://good{n}.test/").parse().unwrap()).collect()
    }
}
