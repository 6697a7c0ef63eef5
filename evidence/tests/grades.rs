//! Every grade with what makes it and what takes it away.

use evidence::{Abroad, AgentDay, CellDay, Grade, Graded, grade_day, tested};

#[test]
fn both_contrasts_on_four_lines_are_b() {
    let graded = grade(cell(4, restricted));

    assert_eq!(graded.grade, Grade::B);
    assert!((graded.site_e[2] - 50.5 * 50.5).abs() < 1e-9, "{:?}", graded.site_e);
    assert!((graded.bar - 40.0).abs() < 1e-9, "one cell, two channels: {}", graded.bar);
    assert_eq!(graded.f_star, Some(3));
    assert_eq!((graded.lines, graded.site_blocks, graded.beacon_blocks), (4, 8, 8));
}

#[test]
fn without_the_beacons_contrast_it_stays_c() {
    let no_beacon = |at| AgentDay { beacon: Vec::new(), ..restricted(at) };
    let blunt_beacon = |at| AgentDay { beacon: vec![(3, 3), (0, 0)], ..restricted(at) };

    assert_eq!(grade(cell(6, no_beacon)).grade, Grade::C);
    assert_eq!(grade(cell(6, blunt_beacon)).grade, Grade::C);
}

#[test]
fn b_needs_two_countries_abroad_and_c_needs_one() {
    let seen_from = |countries_ok| {
        let abroad = Abroad { countries_ok, ok: 9, failed: 0 };
        grade(CellDay { abroad, ..cell(5, restricted) }).grade
    };

    assert_eq!([2, 1, 0].map(seen_from), [Grade::B, Grade::C, Grade::D]);
}

#[test]
fn three_lines_are_c_two_are_signs() {
    assert_eq!([3, 2, 1].map(|n| grade(cell(n, restricted)).grade), [Grade::C, Grade::D, Grade::D]);
}

#[test]
fn many_credentials_behind_one_prefix_are_one_line() {
    let crowd = |at| AgentDay { buckets: vec![7, 100 + at], ..restricted(at) };

    let graded = grade(cell(9, crowd));

    assert_eq!((graded.grade, graded.lines, graded.agents, graded.prefixes), (Grade::D, 1, 9, 10));
    assert!(graded.site_e[1] <= 1.0);
}

#[test]
fn one_line_of_three_without_the_restriction_holds_c_back() {
    let one_open = |at| if at == 0 { open(at) } else { restricted(at) };

    assert_eq!(grade(cell(3, one_open)).grade, Grade::D);
    assert_eq!(grade(cell(5, one_open)).grade, Grade::B);
}

#[test]
fn where_controls_fail_too_no_contrast_counts() {
    let half = Abroad { countries_ok: 2, ok: 5, failed: 5 };
    let none = Abroad { countries_ok: 0, ok: 0, failed: 5 };
    let one_of_many = Abroad { countries_ok: 2, ok: 40, failed: 1 };
    let seen = |abroad| grade(CellDay { abroad, ..cell(6, restricted) });

    assert_eq!(seen(half).grade, Grade::Insufficient);
    assert!(seen(half).site_e[0] <= 1.0);
    assert_eq!(seen(none).grade, Grade::Down);
    assert_eq!(seen(one_of_many).grade, Grade::B);
}

#[test]
fn a_site_that_only_abroad_fails_to_reach_is_not_down() {
    let abroad = Abroad { countries_ok: 0, ok: 0, failed: 5 };

    assert_eq!(grade(CellDay { abroad, ..cell(6, open) }).grade, Grade::Reachable);
    assert_eq!(grade(CellDay { abroad, ..cell(2, open) }).grade, Grade::Insufficient);
}

#[test]
fn a_site_that_nobody_reaches_is_down_even_where_every_screen_is_excused() {
    let abroad = Abroad { countries_ok: 0, ok: 0, failed: 5 };
    let excused = |at| AgentDay { screens: 0, slots: 0, beacon: vec![(0, 0)], ..open(at) };
    let one_reaches_it = |at| if at == 0 { open(at) } else { all_fail(at) };

    assert_eq!(grade(CellDay { abroad, ..cell(3, excused) }).grade, Grade::Down);
    assert_eq!(grade(CellDay { abroad, ..cell(3, one_reaches_it) }).grade, Grade::Insufficient);
}

#[test]
fn an_artefact_needs_two_lines_that_hold_the_same() {
    let holding = |artefacts: &[&str], forged_answers| {
        let artefacts: Vec<String> = artefacts.iter().map(|id| (*id).to_owned()).collect();
        move |at| AgentDay { artefacts: artefacts.clone(), forged_answers, ..open(at) }
    };
    let mixed = |at: u16| holding(&[["one", "two"][usize::from(at % 2)]], 0)(at);
    let one_prefix = |at| AgentDay { buckets: vec![7], ..holding(&["one"], 0)(at) };
    let one_holds = |at| if at == 0 { holding(&["one"], 1)(at) } else { open(at) };

    assert_eq!(grade(cell(2, holding(&["one"], 0))).grade, Grade::A);
    assert_eq!(grade(cell(2, holding(&[], 3))).grade, Grade::A);
    assert_eq!(grade(cell(2, mixed)).grade, Grade::Insufficient);
    assert_eq!(grade(cell(9, one_prefix)).grade, Grade::Insufficient);
    assert_eq!(grade(cell(2, one_holds)).grade, Grade::Insufficient);
    assert_eq!(grade(cell(1, holding(&["one"], 3))).grade, Grade::Insufficient);
}

#[test]
fn addresses_that_only_abroad_reaches_are_signs() {
    let blind = |at| AgentDay { site: vec![(3, 3)], beacon: Vec::new(), ..restricted(at) };
    let unreachable =
        |unreachable, abroad| grade(CellDay { unreachable, abroad, ..cell(3, blind) }).grade;

    assert_eq!(unreachable(2, reached()), Grade::D);
    assert_eq!(unreachable(1, reached()), Grade::Insufficient);
    assert_eq!(unreachable(3, Abroad::default()), Grade::Insufficient);
}

#[test]
fn six_lines_that_reach_it_twice_are_reachable() {
    let six = grade(cell(6, open));
    let once = |at| AgentDay { slots: 1, ..open(at) };

    assert_eq!(six.grade, Grade::Reachable);
    assert!((six.upper.unwrap() - 0.451).abs() < 5e-4);
    assert_eq!(grade(cell(5, open)).grade, Grade::Insufficient);
    assert_eq!(grade(cell(9, once)).grade, Grade::Insufficient);
}

#[test]
fn one_block_against_the_name_or_two_dark_lines_take_reachable_away() {
    let accused = |at| if at == 9 { one_full_block(at) } else { open(at) };
    let dark = |from: u16| move |at| if at >= from { all_fail(at) } else { open(at) };

    assert_eq!(grade(cell(10, accused)).grade, Grade::Insufficient);
    assert_eq!(grade(cell(10, dark(9))).grade, Grade::Reachable);
    assert_eq!(grade(cell(10, dark(8))).grade, Grade::Insufficient);
}

#[test]
fn many_quiet_cells_raise_the_bar_for_one() {
    let day = |quiet: u32| {
        let quiet = (1..=quiet).map(|key| CellDay { key, ..cell(3, open) });
        let cells: Vec<CellDay<u32>> = quiet.chain([cell(3, restricted)]).collect();
        (tested(&cells), grade_day(&cells)[0].clone())
    };

    let (few, alone) = day(9);
    let (many, lost) = day(99);

    assert_eq!((few, alone.grade), (20, Grade::C));
    assert_eq!((many, lost.grade), (200, Grade::D));
    assert!((lost.bar - 4000.0).abs() < 1e-9, "{}", lost.bar);
    assert_eq!(lost.f_star, Some(0));
}

#[test]
fn a_cell_without_screens_is_not_tested() {
    let blocks_only = |at| AgentDay { screens: 0, failed: 0, slots: 0, ..restricted(at) };
    let silent =
        |at| AgentDay { agent: format!("a{at}"), buckets: vec![at], ..AgentDay::default() };

    let cells = [cell(5, blocks_only), CellDay { key: 1, ..cell(5, silent) }];

    assert_eq!(tested(&cells), 0);
    assert_eq!(grade_day(&cells)[1].grade, Grade::Insufficient);
    assert_eq!(grade_day(&cells)[1].agents, 0);
    assert!(grade_day::<u32>(&[]).is_empty());
}

#[test]
fn the_share_is_told_from_three_lines_on() {
    assert_eq!(grade(cell(2, open)).share, None);
    assert_eq!(grade(cell(3, open)).share.map(|share| share.low), Some(0.0));
}

fn grade(cell: CellDay<u32>) -> Graded<u32> {
    grade_day(&[cell]).remove(0)
}

fn cell(lines: u16, agent: impl Fn(u16) -> AgentDay) -> CellDay<u32> {
    CellDay { key: 0, agents: (0..lines).map(agent).collect(), abroad: reached(), unreachable: 0 }
}

fn reached() -> Abroad {
    Abroad { countries_ok: 2, ok: 12, failed: 0 }
}

/// Three slots passed.
fn open(at: u16) -> AgentDay {
    AgentDay {
        agent: format!("a{at}"),
        buckets: vec![at],
        screens: 3,
        slots: 3,
        ..AgentDay::default()
    }
}

/// Every attempt of three slots failed, with both names.
fn all_fail(at: u16) -> AgentDay {
    AgentDay { failed: 3, site: vec![(3, 3)], ..open(at) }
}

/// One slot failed, and its block accuses the name.
fn one_full_block(at: u16) -> AgentDay {
    AgentDay { failed: 1, site: vec![(3, 0)], ..open(at) }
}

/// Two perfect blocks on each channel: the most an agent counts.
fn restricted(at: u16) -> AgentDay {
    AgentDay { failed: 3, site: vec![(3, 0); 2], beacon: vec![(3, 0); 2], ..open(at) }
}
