//! A tunnel to a host in a data centre.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use super::{Act, Censor, Way};
use crate::packet::{destination, for_receiver, from_sender, sender};
use crate::road::{customer_behind, exit_of};

/// Lets every customer's packets of IPv4 seem to come from a host in a data centre, and leads what comes
/// back to the customer.
#[derive(Debug)]
pub struct Vpn;

impl Censor for Vpn {
    fn inspect(&mut self, _now: Instant, way: Way, packet: &[u8]) -> Act {
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

    use super::*;
    use crate::packet::tests::{SERVER, segment};
    use crate::packet::{Packet, Sort};

    #[test]
    fn a_packet_leaves_from_the_exit_and_its_answer_reaches_the_customer() {
        let customer: SocketAddr = "198.18.34.10:40000".parse().unwrap();
        let exit: SocketAddr = "198.18.47.202:40000".parse().unwrap();
        let inspect = |way, packet: &[u8]| {
            let act = Vpn.inspect(Instant::now(), way, packet);
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

        assert_eq!(Vpn.inspect(Instant::now(), Way::Out, &packet), Act::Pass);
        assert_eq!(Vpn.inspect(Instant::now(), Way::Back, &packet), Act::Pass);
    }
}
