//! Resets flows that name a listed name.

use std::time::Instant;

use super::watch::Watch;
use super::{Act, Censor, Names, Way, ending};
use crate::hello;

/// Resets both sides of a flow at what names a listed name.
#[derive(Debug)]
pub struct Reset {
    watch: Watch,
}

impl Reset {
    /// Makes a censor of flows whose ClientHello names one of `names`.
    pub fn of_hellos(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::tls) }
    }

    /// Makes one of flows whose plain HTTP request is for one of `names`.
    pub fn of_requests(names: Names) -> Self {
        Self { watch: Watch::new(names, hello::http) }
    }
}

impl Censor for Reset {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        ending::where_named(&mut self.watch, now, way, packet, ending::reset)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ending::tests::ends_where_named;
    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::{hello_for, request_for};
    use crate::packet::Sort;

    #[test]
    fn the_flow_that_names_it_is_reset_on_both_sides_and_the_other_passes() {
        let listed = || names(&["listed.test"]);

        ends_where_named(Reset::of_hellos(listed()), Sort::Reset, hello_for);
        ends_where_named(Reset::of_requests(listed()), Sort::Reset, request_for);
    }
}
