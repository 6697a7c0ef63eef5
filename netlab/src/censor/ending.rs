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

    use super::super::Censor;
    use super::*;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    /// Checks that `censor` ends the flow that names listed.test with `sort` on both sides, swallows what
    /// follows, and lets another name pass; `naming` makes what names a name.
    pub(in crate::censor) fn ends_where_named(
        mut censor: impl Censor,
        sort: Sort,
        naming: fn(&str) -> Vec<u8>,
    ) {
        let now = Instant::now();
        let mut say = |port, name| {
            let mut from = CLIENT;
            from.set_port(port);
            censor.inspect(now, Way::Out, &segment(from, SERVER, Sort::Plain, &naming(name)))
        };

        let (listed, other) = (say(40_000, "listed.test"), say(40_001, "other.test"));

        assert_eq!(told(&listed), [(Way::Back, CLIENT, sort), (Way::Out, SERVER, sort)]);
        assert_eq!(other, Act::Pass);
        assert_eq!(say(40_000, "listed.test"), Act::Drop);
    }

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
