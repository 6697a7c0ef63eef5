//! A captive portal: everybody is led to a page where one must log in.

use std::net::Ipv4Addr;
use std::time::Instant;

use super::{Act, Censor, DnsForge, HttpBlockPage, Names, Timing, Way};
use crate::packet::Packet;

/// Answers every question over UDP with the portal's address and every plain request with the
/// portal's page, and swallows everything to port 443: for all names, as before a log-in.
#[derive(Debug)]
pub struct Portal {
    names: DnsForge,
    pages: HttpBlockPage,
}

impl Portal {
    /// Makes a portal that lives at `address` and answers with the bytes `page`.
    pub fn new(address: Ipv4Addr, page: Vec<u8>) -> Self {
        Self {
            names: DnsForge::new(Names::All, address, Timing::Instead),
            pages: HttpBlockPage::new(Names::All, page),
        }
    }
}

impl Censor for Portal {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(read) = Packet::read(packet) else { return Act::Pass };
        let far = match way {
            Way::Out => read.to,
            Way::Back => read.from,
        };
        match (read.tcp().is_some(), far.port()) {
            (true, HTTP) => self.pages.inspect(now, way, packet),
            (_, HTTPS) => Act::Drop,
            (false, _) => self.names.inspect(now, way, packet),
            (true, _) => Act::Pass,
        }
    }
}

const HTTP: u16 = 80;
const HTTPS: u16 = 443;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use hickory_proto::rr::RData;
    use hickory_proto::rr::RecordType;
    use hickory_proto::rr::rdata::A;

    use super::super::question::tests::{ask, read};
    use super::*;
    use crate::hello::tests::request_for;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn every_name_leads_to_the_portal_and_other_ports_pass() {
        let address = Ipv4Addr::new(192, 0, 2, 66);
        let mut portal = Portal::new(address, b"HTTP/1.1 302 Found\r\n\r\n".to_vec());
        let now = Instant::now();
        let at = |port| SocketAddr::new(SERVER.ip(), port);
        let mut say = |to, data: &[u8]| {
            portal.inspect(now, Way::Out, &segment(CLIENT, to, Sort::Plain, data))
        };

        assert!(matches!(say(at(80), &request_for("any.test")), Act::Replace(_)));
        assert_eq!(say(at(443), b"hello"), Act::Drop);
        assert_eq!(say(at(8080), &request_for("any.test")), Act::Pass);
        let asked = portal.inspect(now, Way::Out, &ask("any.test.", RecordType::A));
        let Act::Replace(forged) = asked else { panic!("{asked:?}") };
        assert_eq!(read(&forged[0].1).answers[0].data, RData::A(A(address)));
    }
}
