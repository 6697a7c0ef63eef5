#![doc = include_str!("../README.md")]

mod agent;
mod block;
mod cell;
mod day;
mod fdr;
mod grade;
mod interval;
mod line;
mod power;
mod reachable;
mod share;

pub use agent::{DAY_CAP, agent_e};
pub use block::block_e;
pub use cell::{cell_e, f_star};
pub use day::{Abroad, AgentDay, CellDay, Graded, grade_day, tested};
pub use fdr::{ALPHA, e_bh};
pub use grade::{Floor, Grade, Word};
pub use interval::Interval;
pub use power::agents_needed;
pub use reachable::{REACHABLE_AT_MOST, upper_bound};
pub use share::clustered_share;
