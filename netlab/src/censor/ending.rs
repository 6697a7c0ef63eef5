//! How a censor ends a connection in its ends' stead.

use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Way};
use crate::packet::{Packet, Tcp, close_receiver, close_sender, reset_receiver, reset_sender};

/// Lets `end` end the flow in which `bytes` travel where they name what `watch` watches for; swallows what
/// follows.
pub(super) fn where_named(
    watch: &mut Watch,
    now: Instant,
    way: Way,
    bytes: &[u8],
    end: fn(Way, &Packet<'_>, &Tcp<'_>) -> Act,
) -> Act {
    let Some(packet) = Packet::read(bytes) else { return Act::Pass };
    let Some(tcp) = packet.tcp() else { return Act::Pass };
    match watch.look(now, way, &packet) {
        Look::Clean => Act::Pass,
        Look::Marked => Act::Drop,
        Look::Names => end(way, &packet, &tcp),
    }
}

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
