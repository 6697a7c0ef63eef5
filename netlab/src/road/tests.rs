//! Packets on a road without wires.

use std::net::{IpAddr, SocketAddr};

use super::*;
use crate::packet::tests::{CLIENT, CLIENT_6, SERVER, SERVER_6, datagram};
use crate::packet::{Packet, sender};

#[test]
fn a_packet_crosses_in_exactly_the_delay() {
    let (mut road, now) = (road(), Instant::now());

    take(&mut road, now, Port::Near(17), &datagram(CLIENT, SERVER, b"x"));
    let too_early = sent(&mut road, now + 39 * MS, &mut Mute);
    let arrived = sent(&mut road, now + 40 * MS, &mut Mute);

    assert_eq!(too_early, []);
    let [(Port::World, packet)] = arrived.as_slice() else { panic!("{arrived:?}") };
    assert_eq!(packet.get(8), Some(&(64 - 4)));
    assert_eq!(Packet::read(packet).unwrap().udp(), Some(&b"x"[..]));
}

#[test]
fn each_hop_tells_of_the_packet_that_died_at_it() {
    for ttl in 1..=4 {
        let (mut road, now) = (road(), Instant::now());
        let mut packet = datagram(CLIENT, SERVER, b"x");
        packet[8] = ttl;

        take(&mut road, now, Port::Near(17), &packet);

        let told = sent(&mut road, now + 80 * MS, &mut Mute);
        let [(Port::Near(17), packet)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(packet.get(12..16), Some(&[198, 18, 30, ttl][..]));
    }
}

#[test]
fn hops_tell_the_world_too() {
    let (mut road, now) = (road(), Instant::now());
    let mut packet = datagram(SERVER, CLIENT, b"x");
    packet[8] = 1;

    take(&mut road, now, Port::World, &packet);

    let told = sent(&mut road, now + 80 * MS, &mut Mute);
    let [(Port::World, packet)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(packet.get(12..16), Some(&[198, 18, 30, 4][..]));
}

#[test]
fn the_provider_s_own_resolver_is_this_side_of_the_censor() {
    let (mut road, now) = (road(), Instant::now());
    let resolver = SocketAddr::from(([198, 18, 16, 53], 53));

    take(&mut road, now, Port::Near(17), &datagram(CLIENT, resolver, b"question"));

    let arrived = sent(&mut road, now + MS, &mut Refuser);
    assert!(matches!(arrived.as_slice(), [(Port::Near(16), _)]), "{arrived:?}");
    assert_eq!(road.tally().censored, 0);
}

#[test]
fn what_the_censor_says_is_done() {
    let (now, end) = (Instant::now(), Instant::now() + 100 * MS);
    let question = datagram(CLIENT, SERVER, b"question");
    let forged = || vec![(Way::Back, datagram(SERVER, CLIENT, b"forged"))];
    let ports = |act| {
        let mut road = road();
        take(&mut road, now, Port::Near(17), &question);
        sent(&mut road, end, &mut Always(act)).iter().map(|(port, _)| *port).collect::<Vec<_>>()
    };

    assert_eq!(ports(Act::Drop), []);
    assert_eq!(ports(Act::Divert), [Port::Mitm]);
    assert_eq!(ports(Act::Replace(forged())), [Port::Near(17)]);
    assert_eq!(ports(Act::Inject(forged())), [Port::Near(17), Port::World]);
}

#[test]
fn a_forged_answer_comes_before_the_true_one_can() {
    let (mut road, now) = (road(), Instant::now());
    let forged = vec![(Way::Back, datagram(SERVER, CLIENT, b"forged"))];

    take(&mut road, now, Port::Near(17), &datagram(CLIENT, SERVER, b"question"));

    let arrived = sent(&mut road, now + 40 * MS, &mut Always(Act::Replace(forged)));
    assert_eq!(arrived.len(), 1, "half way there and back is one way");
}

#[test]
fn what_the_interception_host_says_reaches_the_customer_and_no_one_else() {
    let (mut road, now) = (road(), Instant::now());

    take(&mut road, now, Port::Mitm, &datagram(SERVER, CLIENT, b"x"));
    take(&mut road, now, Port::Mitm, &datagram(CLIENT, SERVER, b"x"));

    let arrived = sent(&mut road, now + 100 * MS, &mut Refuser);
    assert!(matches!(arrived.as_slice(), [(Port::Near(17), _)]), "{arrived:?}");
}

#[test]
fn nobody_s_addresses_and_no_packets_are_lost() {
    let (mut road, now) = (road(), Instant::now());
    let nobody = SocketAddr::from(([198, 18, 20, 10], 1));

    take(&mut road, now, Port::World, &datagram(SERVER, nobody, b"x"));
    take(&mut road, now, Port::Near(17), &[0x70; 40]);
    take(&mut road, now, Port::Near(17), &[]);

    assert_eq!((road.tally().lost, road.next()), (3, None));
}

#[test]
fn ipv6_crosses_and_its_hops_tell_of_what_died() {
    let (mut road, now) = (road(), Instant::now());
    let mut dying = datagram(CLIENT_6, SERVER_6, b"x");
    dying[7] = 3;

    take(&mut road, now, Port::Near(17), &datagram(CLIENT_6, SERVER_6, b"x"));
    take(&mut road, now, Port::World, &datagram(SERVER_6, CLIENT_6, b"y"));
    take(&mut road, now, Port::Near(17), &dying);

    let [out, back, told] = sent(&mut road, now + 100 * MS, &mut Mute).try_into().unwrap();
    assert_eq!((out.0, out.1.get(7)), (Port::World, Some(&(64 - 4))));
    assert_eq!((back.0, back.1.get(7)), (Port::Near(17), Some(&(64 - 4))));
    let hop: IpAddr = "2001:db8:110e::3".parse().unwrap();
    assert_eq!((told.0, sender(&told.1)), (Port::Near(17), Some(hop)));
}

#[test]
fn ipv6_that_leads_nowhere_is_swallowed_or_refused_and_ipv4_passes() {
    for (ipv6, answers) in [(Ipv6::Broken, 0), (Ipv6::Unreachable, 1)] {
        let (mut road, now) = (road_with(ipv6), Instant::now());

        take(&mut road, now, Port::Near(17), &datagram(CLIENT_6, SERVER_6, b"x"));
        let told = sent(&mut road, now + 100 * MS, &mut Mute);
        take(&mut road, now, Port::Near(17), &datagram(CLIENT, SERVER, b"x"));

        assert_eq!(told.len(), answers, "{ipv6:?}");
        assert!(
            told.iter().all(|(port, told)| {
                *port == Port::Near(17) && told.get(40..42) == Some(&[1, 3])
            })
        );
        assert_eq!(sent(&mut road, now + 100 * MS, &mut Mute).len(), 1);
    }
}

#[test]
fn what_is_translated_crosses_as_ipv4_and_comes_back_as_ipv6() {
    let (mut road, now) = (road_with(Ipv6::Nat64), Instant::now());
    let far = SocketAddr::new("64:ff9b::203.0.113.21".parse().unwrap(), 443);
    let mut dying = datagram(CLIENT_6, far, b"x");
    dying[7] = 3;

    take(&mut road, now, Port::Near(17), &datagram(CLIENT_6, far, b"x"));
    let [(Port::World, out)] = &sent(&mut road, now + 40 * MS, &mut Mute)[..] else { panic!() };
    let gate = Packet::read(out).unwrap().from;
    assert_eq!((gate.ip(), out.get(8)), ([198, 18, 31, 64].into(), Some(&(64 - 4))));
    take(&mut road, now, Port::World, &datagram(SERVER, gate, b"y"));
    take(&mut road, now, Port::Near(17), &dying);
    take(&mut road, now, Port::World, &datagram(SERVER, (gate.ip(), 1).into(), b"unasked"));

    let [back, told] = sent(&mut road, now + 100 * MS, &mut Mute).try_into().unwrap();
    let read = Packet::read(&back.1).unwrap();
    assert_eq!((back.0, read.from, read.to), (Port::Near(17), far, CLIENT_6));
    let hop: IpAddr = "64:ff9b::198.18.30.3".parse().unwrap();
    assert_eq!((told.0, sender(&told.1), told.1[40]), (Port::Near(17), Some(hop), 3));
    assert_eq!(road.tally().lost, 2, "the dying one, and what nobody asked for");
}

#[test]
fn a_censor_of_one_version_does_not_see_the_other() {
    let mut road = road();
    road.plan.censored = Versions::Ipv4;
    let now = Instant::now();

    take(&mut road, now, Port::Near(17), &datagram(CLIENT, SERVER, b"x"));
    take(&mut road, now, Port::Near(17), &datagram(CLIENT_6, SERVER_6, b"x"));

    let [(Port::World, passed)] = &sent(&mut road, now + 100 * MS, &mut Refuser)[..] else {
        panic!()
    };
    assert_eq!(Packet::read(passed).unwrap().from, CLIENT_6);
}

fn road() -> Road {
    road_with(Ipv6::Works)
}

fn road_with(ipv6: Ipv6) -> Road {
    let delay = Duration::from_millis(40);
    Road::new(Plan {
        provider: 1,
        customers: 1,
        delay,
        hops_before: 2,
        hops_after: 2,
        ipv6,
        censored: Versions::Both,
    })
}

fn take(road: &mut Road, now: Instant, from: Port, packet: &[u8]) {
    road.take(now, from, packet.to_vec(), &Noise::default());
}

fn sent(road: &mut Road, now: Instant, censor: &mut dyn Censor) -> Vec<(Port, Vec<u8>)> {
    std::iter::from_fn(|| road.due(now, censor)).collect()
}

struct Always(Act);

impl Censor for Always {
    fn inspect(&mut self, _now: Instant, _way: Way, _packet: &[u8]) -> Act {
        self.0.clone()
    }
}

struct Mute;

impl Censor for Mute {
    fn inspect(&mut self, _now: Instant, _way: Way, _packet: &[u8]) -> Act {
        Act::Pass
    }
}

struct Refuser;

impl Censor for Refuser {
    fn inspect(&mut self, _now: Instant, _way: Way, _packet: &[u8]) -> Act {
        Act::Drop
    }
}

const MS: Duration = Duration::from_millis(1);
