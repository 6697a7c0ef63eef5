//! Where a provider turns its customers' IPv6 into IPv4 and back (NAT64, RFC 6146 in the small).

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddrV4, SocketAddrV6};
use std::time::{Duration, Instant};

use crate::packet::{End, receiver_4, sender_6, to_4, to_6};

/// The gate: one address of IPv4 for all customers, and who has which of its ports.
#[derive(Debug)]
pub(super) struct Gate {
    own: Ipv4Addr,
    ports: HashMap<End<SocketAddrV6>, u16>,
    holders: HashMap<(u8, u16), Holder>,
}

#[derive(Debug)]
struct Holder {
    end: End<SocketAddrV6>,
    seen: Instant,
}

impl Gate {
    /// Makes a gate with the address `own`.
    pub(super) fn new(own: Ipv4Addr) -> Self {
        Self { own, ports: HashMap::new(), holders: HashMap::new() }
    }

    /// Makes IPv4 of a customer's packet; none where that cannot be, or no port is left.
    pub(super) fn out(&mut self, now: Instant, packet: &[u8]) -> Option<Vec<u8>> {
        let end = sender_6(packet)?;
        let port = match self.ports.get(&end) {
            Some(port) => *port,
            None => self.hand_out(now, end)?,
        };
        if let Some(holder) = self.holders.get_mut(&(end.protocol, port)) {
            holder.seen = now;
        }
        to_4(packet, SocketAddrV4::new(self.own, port))
    }

    /// Makes IPv6 of a packet to the gate's own address, for whoever has the port.
    pub(super) fn back(&mut self, now: Instant, packet: &[u8]) -> Option<Vec<u8>> {
        let End { protocol, at } = receiver_4(packet)?;
        let holder = self.holders.get_mut(&(protocol, at.port()))?;
        holder.seen = now;
        to_6(packet, holder.end.at)
    }

    /// Gives a port to `end`: its own number, or the next that is free.
    fn hand_out(&mut self, now: Instant, end: End<SocketAddrV6>) -> Option<u16> {
        if self.holders.len() >= MOST_PORTS {
            self.holders.retain(|_, holder| now.duration_since(holder.seen) < IDLE);
            let holders = &self.holders;
            self.ports.retain(|end, port| holders.contains_key(&(end.protocol, *port)));
        }
        if self.holders.len() >= MOST_PORTS {
            return None;
        }
        let first = end.at.port().max(FIRST_PORT);
        let free = |port: &u16| !self.holders.contains_key(&(end.protocol, *port));
        let port = (first..=u16::MAX).chain(FIRST_PORT..first).find(free)?;
        self.ports.insert(end, port);
        self.holders.insert((end.protocol, port), Holder { end, seen: now });
        Some(port)
    }
}

const FIRST_PORT: u16 = 1024;
const MOST_PORTS: usize = 16_384;
/// How long a silent port is kept where others want one: what TCP needs at least (RFC 5382 §5 has
/// more, for connections that last).
const IDLE: Duration = Duration::from_secs(240);

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::packet::tests::{CLIENT_6, datagram};
    use crate::packet::{Packet, embed};

    #[test]
    fn two_customers_with_the_same_port_get_their_own_answers() {
        let (mut gate, now) = (Gate::new(OWN), Instant::now());
        let other = SocketAddr::new("2001:db8:1102::10".parse().unwrap(), CLIENT_6.port());
        let server: SocketAddr = "203.0.113.21:53".parse().unwrap();
        let far = SocketAddr::new(embed([203, 0, 113, 21].into()).into(), 53);
        for client in [CLIENT_6, other, CLIENT_6] {
            let out = gate.out(now, &datagram(client, far, b"x")).unwrap();
            let out = Packet::read(&out).unwrap();
            assert_eq!((out.from.ip(), out.to), (OWN.into(), server));

            let back = gate.back(now, &datagram(server, out.from, b"y")).unwrap();

            let back = Packet::read(&back).unwrap();
            assert_eq!((back.from, back.to), (far, client));
        }
        assert_eq!((gate.ports.len(), gate.holders.len()), (2, 2));
    }

    #[test]
    fn nobody_gets_what_nobody_asked_for() {
        let mut gate = Gate::new(OWN);
        let unasked = datagram("203.0.113.21:53".parse().unwrap(), (OWN, 5000).into(), b"y");

        assert_eq!(gate.back(Instant::now(), &unasked), None);
    }

    #[test]
    fn silent_ports_are_taken_back_when_many_are_held() {
        let (mut gate, now) = (Gate::new(OWN), Instant::now());
        let end = |port: u16| {
            let at = SocketAddrV6::new("2001:db8:1101::10".parse().unwrap(), port, 0, 0);
            End { protocol: 6, at }
        };
        for port in 1..=u16::try_from(MOST_PORTS).unwrap() {
            gate.hand_out(now, end(port)).unwrap();
        }

        assert_eq!(gate.hand_out(now, end(60_000)), None);
        assert_eq!(gate.hand_out(now + IDLE, end(60_000)), Some(60_000));
        assert_eq!((gate.ports.len(), gate.holders.len()), (1, 1));
    }

    const OWN: Ipv4Addr = Ipv4Addr::new(198, 18, 31, 64);
}
