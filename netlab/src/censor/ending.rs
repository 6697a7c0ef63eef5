//! How a censor ends a connection in its ends' stead.

use super::{Act, Way};
use crate::packet::{Packet, Tcp, close_receiver, close_sender, reset_receiver, reset_sender};

/// Resets both sides of the flow of `packet`, which is on its way `way`.
pub(super) fn reset(way: Way, packet: &Packet<'_>, tcp: &Tcp<'_>) -> Act {
    Act::Replace(vec![
        (way.turned(), reset_sender(packet, tcp)),
        (way, reset_receiver(packet, tcp)),
    ])
}

/// Tells both sides of the flow of `packet`, which is on its way `way`, that no more will come.
pub(super) fn close(way: Way, packet: &Packet<'_>, tcp: &Tcp<'_>) -> Act {
    Act::Replace(vec![
        (way.turned(), close_sender(packet, tcp)),
        (way, close_receiver(packet, tcp)),
    ])
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::packet::Sort;

    /// Reads what was forged: which way, for whom, and what for.
    pub(in crate::censor) fn told(act: &Act) -> Vec<(Way, SocketAddr, Sort)> {
        let Act::Replace(forged) = act else { panic!("{act:?}") };
        let read = |(way, bytes): &(Way, Vec<u8>)| {
            let packet = Packet::read(bytes).unwrap();
            (*way, packet.to, packet.tcp().unwrap().sort)
        };
        forged.iter().map(read).collect()
    }
}
