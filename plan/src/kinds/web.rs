//! Can this page be fetched? Looks the name up, connects, shakes hands, fetches; what fails is
//! tried again in blocks that tell the name's fault from the line's.

mod confirm;
mod controls;
mod hops;
mod place;
mod screen;
mod services;
mod variations;
mod view;
mod visit;

use record::{Observation, Part};

use crate::{Confirm, Job, Plan, Planned, Recipe};
pub(super) use hops::leads_to_the_unfound;
pub(super) use place::failing_address;
pub(super) use screen::{is_slow, screen_failed};

use view::View;

pub(super) struct Web;

impl Recipe for Web {
    /// The known-good control C0 and the screen begin together; C1 follows the screen; the blocks
    /// follow when both controls passed, since a voided screen has nothing to confirm.
    fn next(&self, job: &Job, plan: &Plan<'_>, seen: &[Observation]) -> Vec<Planned> {
        let view = View { job, plan, seen };
        let mut screen = hops::due(view);
        screen.extend(services::lookups(view));
        if screen.is_empty() {
            screen.extend(services::over_quic(view));
            screen.extend(services::encrypted(view));
        }
        if job.confirm == Confirm::Never {
            return screen;
        }
        let mut due = controls::due(view, &job.before, Part::Before);
        if !screen.is_empty() {
            due.extend(screen);
            return due;
        }
        due.extend(controls::due(view, &job.after, Part::After));
        if due.is_empty() && controls::passed(view) {
            due = confirm::due(view);
        }
        due
    }
}
