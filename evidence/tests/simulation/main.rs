//! The error that the method makes in invented worlds, and the table of it in README.md.
//!
//! Quiet worlds have faults of every shape but no filter; restricted worlds have one. `BLESS=1`
//! writes the table anew, otherwise it is compared. Everything is drawn from fixed seeds.

mod days;
mod dice;
mod world;

use crate::days::{CELLS_A_DAY, Claims, SIMULATED_DAYS, SimulatedDay};
use crate::dice::Dice;
use crate::world::{FILTERED, NOISY, Order, PLAIN, World};

#[test]
fn a_quiet_cell_is_worth_at_most_one_on_average() {
    for (name, world, f) in QUIET {
        let found = Errors::of(world, f);

        if usize::from(world.liars) <= f && world.order == Order::Drawn {
            assert!(found.mean <= 1.0 + TOLERANCE, "{name}: mean {}", found.mean);
            assert!(found.above_20 <= 0.05, "{name}: {} reach 20", found.above_20);
        }
    }
}

#[test]
fn without_the_draw_a_fault_that_clears_looks_like_a_filter() {
    let clearing = World { shared: 0.3, clears: true, ..PLAIN };

    assert!(Errors::of(clearing, 1).mean <= 1.0);
    assert!(Errors::of(World { order: Order::NameFirst, ..clearing }, 1).mean > 2.0);
}

#[test]
fn more_liars_than_are_set_aside_can_make_a_claim() {
    let two_liars = World { liars: 2, ..QUIET[0].1 };

    assert!(Errors::of(two_liars, 1).above_20 > 10.0 * Errors::of(two_liars, 2).above_20);
}

#[test]
fn claims_of_a_day_are_false_at_most_once_in_twenty() {
    for (name, day) in DAYS {
        let found = day.run();

        assert!(found.false_share <= 0.05, "{name}: {}", found.false_share);
    }
}

#[test]
fn the_table_in_the_readme_is_what_the_simulation_gives() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).expect("README.md has the table's beginning");
    let (_, after) = rest.split_once(END).expect("README.md has the table's end");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", tables());

    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, wanted).unwrap();
    } else {
        assert_eq!(readme, wanted, "run the tests with BLESS=1 and read the difference");
    }
}

const QUIET: [(&str, World, usize); 11] = [
    ("faults 5 %", PLAIN, 1),
    ("faults 20 %", World { noise: 0.2, ..PLAIN }, 1),
    ("faults 45 %", World { noise: 0.45, ..PLAIN }, 1),
    ("faults 10 %, uneven from slot to slot", World { noise: 0.1, uneven: true, ..PLAIN }, 1),
    ("one fault hits all lines in 2 % of slots", World { shared: 0.02, ..PLAIN }, 1),
    (
        "the same in 30 % of slots, clearing half-way",
        World { shared: 0.3, clears: true, ..PLAIN },
        1,
    ),
    (
        "**the same, the name always first instead of drawn**",
        World { shared: 0.3, clears: true, order: Order::NameFirst, ..PLAIN },
        1,
    ),
    ("faults 20 %, shared faults 2 %, 1 liar", World { liars: 1, ..NOISY }, 1),
    ("the same, the liar sees the others first", World { liars: 1, sees: true, ..NOISY }, 1),
    ("faults 20 %, shared faults 2 %, 2 liars", World { liars: 2, ..NOISY }, 2),
    ("**2 liars, one more than is set aside**", World { liars: 2, ..NOISY }, 1),
];

const RESTRICTED: [(&str, World, usize); 8] = [
    ("3 lines, faults 5 %", World { lines: 3, ..FILTERED }, 1),
    ("3 lines, faults 20 %", World { lines: 3, noise: 0.2, ..FILTERED }, 1),
    ("5 lines, faults 20 %", World { noise: 0.2, ..FILTERED }, 1),
    ("5 lines, faults 20 %", World { noise: 0.2, ..FILTERED }, 2),
    ("5 lines, 1 of them hides it", World { hiders: 1, ..FILTERED }, 1),
    ("5 lines, 2 of them hide it", World { hiders: 2, ..FILTERED }, 1),
    ("5 lines, half of the attempts filtered", World { filter: 0.5, ..FILTERED }, 1),
    ("5 lines, one slot in the day", World { slots: 1, ..FILTERED }, 1),
];

const DAYS: [(&str, SimulatedDay); 4] = [
    ("40 quiet cells", SimulatedDay { quiet: NOISY, restricted: 0 }),
    ("36 quiet, 4 restricted", SimulatedDay { quiet: NOISY, restricted: 4 }),
    (
        "the same, 1 liar in every quiet cell",
        SimulatedDay { quiet: World { liars: 1, ..NOISY }, restricted: 4 },
    ),
    (
        "36 quiet, uneven faults 10 %, 4 restricted",
        SimulatedDay { quiet: World { noise: 0.1, uneven: true, ..PLAIN }, restricted: 4 },
    ),
];

/// What many cells of one world came to.
struct Errors {
    mean: f64,
    above_20: f64,
    above_100: f64,
    above_2000: f64,
}

impl Errors {
    fn of(world: World, f: usize) -> Self {
        let mut dice = Dice(20_261_123);
        let values: Vec<f64> = (0..CELLS).map(|_| world.value(f, &mut dice)).collect();
        let share = |bar: f64| values.iter().filter(|value| **value >= bar).count() as f64;
        let cells = f64::from(CELLS);
        Self {
            mean: values.iter().sum::<f64>() / cells,
            above_20: share(20.0) / cells,
            above_100: share(100.0) / cells,
            above_2000: share(2000.0) / cells,
        }
    }
}

fn tables() -> String {
    let mut text = format!(
        "\nQuiet cells: five lines, three slots a day, {CELLS} cells a row. E is the value with f \
         lines set aside.\n\n| world without any filter | f | mean of E | share of cells with E ≥ 20 \
         | E ≥ 100 |\n|---|---|---|---|---|\n"
    );
    for (name, world, f) in QUIET {
        let found = Errors::of(world, f);
        let numbers = [found.mean, found.above_20, found.above_100].map(short);
        text += &format!("| {name} | {f} | {} |\n", numbers.join(" | "));
    }
    text += &format!(
        "\nRestricted cells: {CELLS} cells a row, every line behind the same filter by name; the \
         share that reaches three bars.\n\n| world with a filter | f | E ≥ 20 | E ≥ 100 | E ≥ 2,000 \
         |\n|---|---|---|---|---|\n"
    );
    for (name, world, f) in RESTRICTED {
        let found = Errors::of(world, f);
        let numbers = [found.above_20, found.above_100, found.above_2000].map(short);
        text += &format!("| {name} | {f} | {} |\n", numbers.join(" | "));
    }
    text += &format!(
        "\nWhole days, graded as in production: {SIMULATED_DAYS} days of {CELLS_A_DAY} cells a row; \
         a claim is grade C or above.\n\n| day | false claims in all | mean share of false claims \
         (at most 0.05 is promised) | restricted cells found |\n|---|---|---|---|\n"
    );
    for (name, day) in DAYS {
        let Claims { false_share, false_claims, found } = day.run();
        let found = if day.restricted == 0 { "–".to_owned() } else { short(found) };
        text += &format!("| {name} | {false_claims} | {} | {found} |\n", short(false_share));
    }
    text
}

/// At most five decimal places, without trailing zeros.
fn short(number: f64) -> String {
    let text = format!("{number:.5}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Cells a row.
const CELLS: u32 = 20_000;

/// What the mean of 20,000 draws may be above its own mean.
const TOLERANCE: f64 = 0.05;

const BEGIN: &str = "<!-- simulated error: written by tests/simulation -->\n";
const END: &str = "<!-- end of simulated error -->\n";
