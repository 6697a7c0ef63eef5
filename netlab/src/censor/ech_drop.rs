//! Swallows flows whose ClientHello is encrypted.

use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way};
use crate::hello;
use crate::packet::Packet;

/// Swallows a flow, both ways, from the ClientHello on that carries an encrypted one (ECH), whatever
/// name stands outside.
#[derive(Debug)]
pub struct EchDrop {
    watch: Watch,
}

impl Default for EchDrop {
    fn default() -> Self {
        Self { watch: Watch::new(Names::All, hello::encrypted) }
    }
}

impl Censor for EchDrop {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        match self.watch.look(now, way, &packet) {
            Look::Clean => Act::Pass,
            Look::Marked | Look::Names => Act::Drop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::tests::{encrypted_hello_for, hello_for};
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn an_encrypted_hello_is_swallowed_and_a_plain_one_passes() {
        let mut censor = EchDrop::default();
        let now = Instant::now();
        let mut other = CLIENT;
        other.set_port(40_001);
        let mut say = |from, hello: Vec<u8>| {
            censor.inspect(now, Way::Out, &segment(from, SERVER, Sort::Plain, &hello))
        };

        assert_eq!(say(CLIENT, encrypted_hello_for("front.test")), Act::Drop);
        assert_eq!(say(other, hello_for("front.test")), Act::Pass);
    }
}
