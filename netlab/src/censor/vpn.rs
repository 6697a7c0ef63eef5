//! A tunnel to a host in a data centre.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way};
use crate::hello;
use crate::packet::{Packet, destination, for_receiver, from_sender, sender};
use crate::road::{customer_behind, exit_of};

/// Lets every customer's packets of IPv4 seem to come from a host in a data centre, and leads what comes
/// back to the customer.
#[derive(Debug)]
pub struct Vpn {
    /// What it begins with; none where it has begun.
    before: Option<Watch>,
}

impl Vpn {
    /// Makes a tunnel that is there from the first packet on.
    pub fn at_once() -> Self {
        Self { before: None }
    }

    /// Makes one that is switched on when a ClientHello names one of `names`.
    pub fn beginning_with(names: Names) -> Self {
        Self { before: Some(Watch::new(names, hello::tls)) }
    }

    /// Returns whether it carries a packet that comes now.
    fn carries(&mut self, now: Instant, way: Way, bytes: &[u8]) -> bool {
        let Some(watch) = &mut self.before else { return true };
        let look = Packet::read(bytes).map(|packet| watch.look(now, way, &packet));
        let begins = look == Some(Look::Names);
        if begins {
            self.before = None;
        }
        begins
    }
}

impl Censor for Vpn {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        if !self.carries(now, way, packet) {
            return Act::Pass;
        }
        let made = match way {
            Way::Out => sender(packet)
                .and_then(four)
                .and_then(exit_of)
                .and_then(|exit| from_sender(packet, exit)),
            Way::Back => destination(packet)
                .and_then(four)
                .and_then(customer_behind)
                .and_then(|customer| for_receiver(packet, customer)),
        };
        made.map_or(Act::Pass, |made| Act::Replace(vec![(way, made)]))
    }
}

fn four(ip: IpAddr) -> Option<Ipv4Addr> {
    if let IpAddr::V4(ip) = ip { Some(ip) } else { None }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::names::tests::names;
    use super::*;
    use crate::hello::tests::hello_for;
    use crate::packet::Sort;
    use crate::packet::tests::{SERVER, segment};

    #[test]
    fn a_packet_leaves_from_the_exit_and_its_answer_reaches_the_customer() {
        let customer: SocketAddr = "198.18.34.10:40000".parse().unwrap();
        let exit: SocketAddr = "198.18.47.202:40000".parse().unwrap();
        let mut vpn = Vpn::at_once();
        let mut inspect = |way, packet: &[u8]| {
            let act = vpn.inspect(Instant::now(), way, packet);
            let Act::Replace(made) = act else { panic!("{act:?}") };
            made
        };

        let out = inspect(Way::Out, &segment(customer, SERVER, Sort::Plain, b"hello"));
        let back = inspect(Way::Back, &segment(SERVER, exit, Sort::Plain, b"answer"));

        let (out, back) = (Packet::read(&out[0].1).unwrap(), Packet::read(&back[0].1).unwrap());
        assert_eq!((out.from, out.to), (exit, SERVER));
        assert_eq!((back.from, back.to), (SERVER, customer));
    }

    #[test]
    fn what_is_no_customers_passes() {
        let packet = segment(SERVER, SERVER, Sort::Plain, b"hello");

        assert_eq!(Vpn::at_once().inspect(Instant::now(), Way::Out, &packet), Act::Pass);
        assert_eq!(Vpn::at_once().inspect(Instant::now(), Way::Back, &packet), Act::Pass);
    }

    #[test]
    fn one_that_begins_with_a_name_lets_all_pass_before() {
        let mut vpn = Vpn::beginning_with(names(&["listed.test"]));
        let mut say = |port, name| {
            let customer = SocketAddr::from(([198, 18, 34, 10], port));
            let packet = segment(customer, SERVER, Sort::Plain, &hello_for(name));
            vpn.inspect(Instant::now(), Way::Out, &packet)
        };

        assert_eq!(say(40_000, "other.test"), Act::Pass);
        assert_ne!(say(40_001, "listed.test"), Act::Pass);
        assert_ne!(say(40_002, "other.test"), Act::Pass);
    }
}
