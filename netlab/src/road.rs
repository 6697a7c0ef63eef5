//! A provider's network between its customers and the world: delay, hops, and the censor amid
//! them. Pure: packets and the time in, packets out.

mod nat64;
mod plan;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::censor::{Act, Censor, Way};
use crate::noise::{Lane, Noise};
use crate::packet::{destination, embedded, host_unreachable, pass_hops, time_exceeded};

use nat64::Gate;
pub use plan::{Ipv6, Plan, Versions};
pub(crate) use plan::{MOST_CUSTOMERS, MOST_PROVIDERS};
pub(crate) use plan::{customer_behind, exit_of};

/// Where a packet leaves the provider's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port {
    /// To a customer, or to the provider's own resolver; by the third byte of its addresses.
    Near(u8),
    /// To the world.
    World,
    /// To the interception host.
    Mitm,
    /// To where IPv4 becomes IPv6 again: no wire, but a place within.
    Gate,
}

/// A provider's network.
#[derive(Debug)]
pub struct Road {
    plan: Plan,
    under_way: BinaryHeap<Reverse<Waiting>>,
    counter: u64,
    out: Lane,
    back: Lane,
    gate: Gate,
    tally: Tally,
}

/// What became of packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that were delivered.
    pub delivered: u64,
    /// Those that a censor swallowed, replaced or diverted, and those that it forged.
    pub censored: u64,
    /// Those that the line lost, that no host has, or whose time to live ended.
    pub lost: u64,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    due: Instant,
    /// Keeps packets that are due at the same time in their order.
    number: u64,
    what: Step,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Inspect(Passing, Vec<u8>),
    Deliver(Port, Vec<u8>),
}

/// [`Way`], in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Passing {
    Out,
    Back,
}

impl Road {
    /// Makes an empty network.
    pub fn new(plan: Plan) -> Self {
        let seed = u64::from(plan.provider) << 1;
        let gate = Gate::new(plan.gate());
        Self {
            plan,
            gate,
            under_way: BinaryHeap::new(),
            counter: 0,
            out: Lane::new(seed),
            back: Lane::new(seed + 1),
            tally: Tally::default(),
        }
    }

    /// Takes a packet that came in by `from`.
    pub fn take(&mut self, now: Instant, from: Port, packet: Vec<u8>, noise: &Noise) {
        let Some(packet) = self.translated(now, from, packet) else {
            self.tally.lost += 1;
            return;
        };
        let to = destination(&packet).and_then(|to| self.plan.port(to));
        match (from, to) {
            (_, None) => self.tally.lost += 1,
            (Port::Near(_), Some(near @ Port::Near(_))) => {
                // Within the provider's network: one hop, and no censor.
                self.stay_near(now, near, packet);
            }
            (Port::Near(_), Some(Port::World)) if self.leads_nowhere(&packet) => {
                self.tally.lost += 1;
                if self.plan.ipv6 == Ipv6::Unreachable {
                    self.tell_unreachable(now, from, &packet);
                }
            }
            (Port::Near(_), Some(Port::World)) => {
                let Some(at) = self.out.enter(noise, now, packet.len()) else {
                    self.tally.lost += 1;
                    return;
                };
                let (before, delay) = (self.plan.hops_before, self.plan.delay_before());
                self.towards_censor(at, Passing::Out, (before, delay), packet);
            }
            (Port::World, Some(Port::Near(_) | Port::Gate)) => {
                let Some(at) = self.back.enter(noise, now, packet.len()) else {
                    self.tally.lost += 1;
                    return;
                };
                let (after, delay) = (self.plan.hops_after, self.plan.delay_after());
                self.towards_censor(at, Passing::Back, (after, delay), packet);
            }
            // The interception host stands where the censor stands.
            (Port::Mitm, Some(Port::Near(_) | Port::Gate)) => {
                self.leave_censor(now, Way::Back, packet)
            }
            (Port::World | Port::Mitm | Port::Gate, Some(_))
            | (Port::Near(_), Some(Port::Mitm | Port::Gate)) => self.tally.lost += 1,
        }
    }

    /// Returns when something is due next.
    pub fn next(&self) -> Option<Instant> {
        self.under_way.peek().map(|Reverse(waiting)| waiting.due)
    }

    /// Returns the next packet that is due, and the wire it leaves by; `censor` looks at those
    /// that pass it meanwhile.
    pub fn due(&mut self, now: Instant, censor: &mut dyn Censor) -> Option<(Port, Vec<u8>)> {
        while self.next().is_some_and(|due| due <= now) {
            let Reverse(Waiting { due, what, .. }) = self.under_way.pop()?;
            match what {
                Step::Deliver(Port::Gate, packet) => {
                    let made = self.gate.back(due, &packet).filter(|made| made.len() <= MTU);
                    let to = made.as_deref().and_then(destination);
                    if let (Some(made), Some(port)) = (made, to.and_then(|to| self.plan.port(to))) {
                        self.tally.delivered += 1;
                        return Some((port, made));
                    }
                    self.tally.lost += 1;
                }
                Step::Deliver(port, packet) => {
                    self.tally.delivered += 1;
                    return Some((port, packet));
                }
                Step::Inspect(Passing::Out, packet) => self.inspect(due, Way::Out, packet, censor),
                Step::Inspect(Passing::Back, packet) => {
                    self.inspect(due, Way::Back, packet, censor);
                }
            }
        }
        None
    }

    /// Returns what became of packets so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn inspect(&mut self, now: Instant, way: Way, packet: Vec<u8>, censor: &mut dyn Censor) {
        let seen = destination(&packet).is_none_or(|to| self.plan.censored.cover(to));
        let act = if seen { censor.inspect(now, way, &packet) } else { Act::Pass };
        if act != Act::Pass {
            self.tally.censored += 1;
        }
        match act {
            Act::Pass => self.leave_censor(now, way, packet),
            Act::Drop => {}
            Act::Divert => self.push(now, Step::Deliver(Port::Mitm, packet)),
            Act::Inject(forged) => {
                forged.into_iter().for_each(|(way, forged)| self.leave_censor(now, way, forged));
                self.leave_censor(now, way, packet);
            }
            Act::Replace(forged) => {
                forged.into_iter().for_each(|(way, forged)| self.leave_censor(now, way, forged));
            }
        }
    }

    fn towards_censor(
        &mut self,
        now: Instant,
        passing: Passing,
        (hops, delay): (u8, Duration),
        mut packet: Vec<u8>,
    ) {
        match pass_hops(&mut packet, hops) {
            Ok(()) => self.push(now + delay, Step::Inspect(passing, packet)),
            Err(passed) => {
                let (hop, back) = match passing {
                    Passing::Out => (passed + 1, self.plan.port_of_sender(&packet)),
                    Passing::Back => (self.plan.hops() - passed, Some(Port::World)),
                };
                self.expired(now + delay * 2, hop, back, &packet);
            }
        }
    }

    fn leave_censor(&mut self, now: Instant, way: Way, mut packet: Vec<u8>) {
        let (hops, delay) = match way {
            Way::Out => (self.plan.hops_after, self.plan.delay_after()),
            Way::Back => (self.plan.hops_before, self.plan.delay_before()),
        };
        let to = match way {
            Way::Out => Some(Port::World),
            Way::Back => destination(&packet).and_then(|to| self.plan.port(to)),
        };
        match (pass_hops(&mut packet, hops), to) {
            (Ok(()), Some(to)) => self.push(now + delay, Step::Deliver(to, packet)),
            (Ok(()), None) => self.tally.lost += 1,
            (Err(passed), _) => {
                let (hop, back) = match way {
                    Way::Out => {
                        (self.plan.hops_before + passed + 1, self.plan.port_of_sender(&packet))
                    }
                    Way::Back => (self.plan.hops_before - passed, Some(Port::World)),
                };
                self.expired(now + delay * 2 + self.plan.delay_before(), hop, back, &packet);
            }
        }
    }

    /// Makes IPv4 of what a customer sends to an address that stands for one of IPv4.
    fn translated(&mut self, now: Instant, from: Port, packet: Vec<u8>) -> Option<Vec<u8>> {
        let near = matches!(from, Port::Near(_)) && self.plan.ipv6.is_translated();
        match destination(&packet) {
            Some(IpAddr::V6(to)) if near && embedded(to).is_some() => self.gate.out(now, &packet),
            Some(_) | None => Some(packet),
        }
    }

    /// Returns whether a customer's packet to the world gets no further than the first router.
    fn leads_nowhere(&self, packet: &[u8]) -> bool {
        let six = destination(packet).is_some_and(|to| to.is_ipv6());
        six && match self.plan.ipv6 {
            Ipv6::Works | Ipv6::Nat64 | Ipv6::Clat => false,
            Ipv6::None | Ipv6::Broken | Ipv6::Unreachable => true,
        }
    }

    /// Lets the first router tell the sender that there is no way to where the packet goes.
    fn tell_unreachable(&mut self, now: Instant, back: Port, packet: &[u8]) {
        let told =
            destination(packet).and_then(|to| host_unreachable(self.plan.hop(1, to), packet));
        if let Some(told) = told {
            self.push(now + LOCAL_DELAY, Step::Deliver(back, told));
        }
    }

    fn stay_near(&mut self, now: Instant, to: Port, mut packet: Vec<u8>) {
        match pass_hops(&mut packet, 1) {
            Ok(()) => self.push(now + LOCAL_DELAY, Step::Deliver(to, packet)),
            Err(_) => {
                let back = self.plan.port_of_sender(&packet);
                self.expired(now + LOCAL_DELAY * 2, 1, back, &packet);
            }
        }
    }

    /// Lets the router `hop`, counted from the customer, tell the sender that the packet died.
    fn expired(&mut self, at: Instant, hop: u8, back: Option<Port>, packet: &[u8]) {
        self.tally.lost += 1;
        let told = destination(packet).and_then(|to| time_exceeded(self.plan.hop(hop, to), packet));
        if let (Some(told), Some(back)) = (told, back) {
            self.push(at, Step::Deliver(back, told));
        }
    }

    fn push(&mut self, due: Instant, what: Step) {
        self.counter += 1;
        self.under_way.push(Reverse(Waiting { due, number: self.counter, what }));
    }
}

/// The largest packet that a customer's wire carries.
const MTU: usize = crate::link::MTU as usize;
/// How long a packet takes to another host of the same provider.
const LOCAL_DELAY: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests;
