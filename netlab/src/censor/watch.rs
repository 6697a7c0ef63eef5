//! Looks for listed names in the first bytes of TCP flows.

use std::time::Instant;

use super::{Names, Way};
use crate::flow::{FirstBytes, FlowKey, Flows};
use crate::hello::Opening;
use crate::packet::{Packet, Sort};

/// Looks for listed names in the first bytes of TCP flows.
#[derive(Debug)]
pub(super) struct Watch {
    names: Names,
    read: fn(&[u8]) -> Opening,
    flows: Flows<Watched>,
}

/// What is to be thought of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing speaks against it.
    Clean,
    /// With it, its flow has named a listed name.
    Names,
    /// Its flow named a listed name before.
    Marked,
}

#[derive(Debug)]
enum Watched {
    Reading(FirstBytes),
    Free,
    Marked,
}

impl Default for Watched {
    fn default() -> Self {
        Self::Reading(FirstBytes::default())
    }
}

impl Watch {
    /// Watches for `names`, which `read` finds in a flow's first bytes.
    pub(super) fn new(names: Names, read: fn(&[u8]) -> Opening) -> Self {
        Self { names, read, flows: Flows::default() }
    }

    /// Looks at one packet.
    pub(super) fn look(&mut self, now: Instant, way: Way, packet: &Packet<'_>) -> Look {
        let Some(tcp) = packet.tcp() else { return Look::Clean };
        let watched = self.flows.at(now, FlowKey::of(way, packet));
        if way == Way::Out && tcp.sort == Sort::Open {
            *watched = Watched::default();
        }
        match watched {
            Watched::Free => Look::Clean,
            Watched::Marked => Look::Marked,
            Watched::Reading(_) if way == Way::Back => Look::Clean,
            Watched::Reading(first) => {
                let bytes = first.add(&tcp);
                if bytes.is_empty() {
                    return Look::Clean;
                }
                let opening = (self.read)(bytes);
                let listed = matches!(&opening, Opening::Named(name) if self.names.cover(name));
                if listed {
                    *watched = Watched::Marked;
                    return Look::Names;
                }
                if opening.is_final() {
                    *watched = Watched::Free;
                }
                Look::Clean
            }
        }
    }
}
