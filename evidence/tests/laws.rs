//! Laws that hold for any data.

use proptest::prelude::*;

use evidence::{
    ALPHA, Abroad, AgentDay, CellDay, DAY_CAP, agent_e, block_e, cell_e, e_bh, grade_day,
};

#[test]
fn whatever_the_faults_an_agents_mean_is_at_most_one() {
    // Every combination of failures in three blocks, each draw of the order weighed by its chance.
    for faults in 0..7_usize.pow(3) {
        let ks = [faults % 7, faults / 7 % 7, faults / 49];
        let mut mean = 0.0;
        for draw in 0..4_usize.pow(3) {
            let xs = [draw % 4, draw / 4 % 4, draw / 16];
            let chance: f64 = ks.iter().zip(xs).map(|(k, x)| CHANCE[*k][x]).product();
            if chance > 0.0 {
                let block = |(k, x): (&usize, usize)| block_e(small(x), small(k - x));
                let blocks: Vec<f64> = ks.iter().zip(xs).map(block).collect();
                mean += chance * agent_e(&blocks, false, DAY_CAP);
            }
        }

        assert!(mean <= 1.0 + 1e-12, "{ks:?}: {mean}");
    }
}

proptest! {
    #[test]
    fn setting_more_agents_aside_never_raises_the_value(values in values(), f in 0_usize..4) {
        prop_assert!(cell_e(&values, f + 1) <= cell_e(&values, f));
    }

    #[test]
    fn the_value_is_at_most_that_of_any_honest_set(
        values in values(),
        dishonest in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let mut honest = values.clone();
        for at in dishonest.iter().filter(|_| !values.is_empty()) {
            honest[at.index(values.len())] = 1.0;
        }

        let trimmed = cell_e(&values, dishonest.len());

        prop_assert!(trimmed <= cell_e(&honest, 0) * (1.0 + 1e-12));
    }

    #[test]
    fn an_agent_that_stays_away_gains_nothing(
        values in values().prop_filter("somebody is there", |values| !values.is_empty()),
        who in any::<prop::sample::Index>(),
        f in 0_usize..3,
    ) {
        let who = who.index(values.len());
        let (mut silent, mut absent) = (values.clone(), values);
        silent[who] = 1.0;
        absent.remove(who);

        prop_assert!(cell_e(&absent, f) <= cell_e(&silent, f));
    }

    #[test]
    fn a_missing_attempt_never_raises_the_value(
        blocks in prop::collection::vec((0_u8..=3, 0_u8..=3), 1..6),
        which in any::<prop::sample::Index>(),
        named in any::<bool>(),
    ) {
        let mut worse = blocks.clone();
        let block = &mut worse[which.index(blocks.len())];
        // Missing with the name counts as passed, missing without it as failed.
        *block = if named { (block.0.saturating_sub(1), block.1) } else { (block.0, (block.1 + 1).min(3)) };
        let worth = |blocks: &[(u8, u8)]| {
            let values: Vec<f64> = blocks.iter().map(|(x, y)| block_e(*x, *y)).collect();
            agent_e(&values, false, DAY_CAP)
        };

        prop_assert!(worth(&worse) <= worth(&blocks));
    }

    #[test]
    fn exactly_what_is_at_the_bar_or_above_is_claimed(values in values()) {
        let (claimed, bar) = e_bh(&values, ALPHA);

        prop_assert_eq!(values.iter().filter(|value| **value >= bar).count(), claimed);
    }

    #[test]
    fn grades_do_not_depend_on_the_order_of_anything(
        (cells, shuffled) in cells().prop_flat_map(|cells| {
            let agents = cells.iter().map(|cell| Just(cell.agents.clone()).prop_shuffle());
            let agents = agents.collect::<Vec<_>>();
            (Just(cells.clone()), Just(cells).prop_shuffle(), agents)
        }).prop_map(|(cells, order, agents)| {
            let reordered = order.into_iter().map(|mut cell| {
                cell.agents.clone_from(&agents[cell.key]);
                for agent in &mut cell.agents {
                    agent.site.reverse();
                    agent.beacon.reverse();
                    agent.buckets.reverse();
                }
                cell
            });
            (cells, reordered.collect::<Vec<_>>())
        }),
    ) {
        prop_assert_eq!(grade_day(&cells), grade_day(&shuffled));
    }

    #[test]
    fn more_credentials_behind_one_prefix_weigh_no_more_than_the_strongest(
        blocks in prop::collection::vec((0_u8..=3, 0_u8..=3), 1..4),
        copies in 1_u16..6,
    ) {
        let agents = |copies: u16| (0..copies).map(|at| AgentDay {
            agent: format!("a{at}"), buckets: vec![7], site: blocks.clone(), screens: 1, failed: 1,
            slots: 1, ..AgentDay::default()
        });
        let value = |copies| {
            let cell = CellDay { key: 0, agents: agents(copies).collect(), ..CellDay::default() };
            grade_day(&[cell])[0].site_e[0]
        };

        prop_assert!(value(copies) <= value(1) * (1.0 + 1e-12));
    }
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![Just(0.5), Just(1.0), Just(50.5), 0.5..50.5_f64], 0..12)
}

fn cells() -> impl Strategy<Value = Vec<CellDay<usize>>> {
    let abroad = (0_u32..3, 0_u32..20, 0_u32..3).prop_map(|(countries_ok, ok, failed)| Abroad {
        countries_ok,
        ok,
        failed,
    });
    let cell = (prop::collection::vec(agent(), 0..8), abroad, 0_u32..4);
    prop::collection::vec(cell, 1..6).prop_map(|cells| {
        let numbered = cells.into_iter().enumerate();
        let cell = |(key, (agents, abroad, unreachable))| {
            let agents: Vec<AgentDay> = agents;
            let named = agents.into_iter().enumerate();
            let agents = named.map(|(at, agent)| AgentDay { agent: format!("a{at}"), ..agent });
            CellDay { key, agents: agents.collect(), abroad, unreachable }
        };
        numbered.map(cell).collect()
    })
}

fn agent() -> impl Strategy<Value = AgentDay> {
    let blocks = || prop::collection::vec((0_u8..=3, 0_u8..=3), 0..4);
    let buckets = prop::collection::vec(0_u16..12, 0..3);
    (buckets, blocks(), blocks(), 0_u32..4, 0_u32..4, 0_u32..2).prop_map(
        |(buckets, site, beacon, screens, failed, forged_answers)| AgentDay {
            buckets,
            site,
            beacon,
            screens,
            failed: failed.min(screens),
            slots: screens,
            forged_answers,
            ..AgentDay::default()
        },
    )
}

fn small(n: usize) -> u8 {
    u8::try_from(n).expect("a block has six attempts")
}

/// The chance that x of k failures fell on the three attempts with the name, by counting the 20
/// orders: row k, column x.
const CHANCE: [[f64; 4]; 7] = [
    [1.0, 0.0, 0.0, 0.0],
    [0.5, 0.5, 0.0, 0.0],
    [0.2, 0.6, 0.2, 0.0],
    [0.05, 0.45, 0.45, 0.05],
    [0.0, 0.2, 0.6, 0.2],
    [0.0, 0.0, 0.5, 0.5],
    [0.0, 0.0, 0.0, 1.0],
];
