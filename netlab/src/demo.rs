//! The demo: five invented providers, four of them with censors; real agents inside, a real
//! collector outside, and the lab's truth beside the grades that were reached.

mod compare;
mod door;
mod figures;
mod privacy;
mod stage;
mod truth;
