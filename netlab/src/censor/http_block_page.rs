//! Answers plain HTTP requests for listed names with a page of its own.

use std::time::Instant;

use super::watch::{Look, Watch};
use super::{Act, Censor, Names, Way};
use crate::hello;
use crate::packet::{Packet, answer_data, reset_receiver};

/// Answers a plain HTTP request whose Host is listed, in the server's stead, and resets the server.
#[derive(Debug)]
pub struct HttpBlockPage {
    watch: Watch,
    page: Vec<u8>,
}

impl HttpBlockPage {
    /// Makes a censor of requests for `names`, which answers with the bytes `page`.
    pub fn new(names: Names, page: Vec<u8>) -> Self {
        Self { watch: Watch::new(names, hello::http), page }
    }
}

impl Censor for HttpBlockPage {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        let Some(packet) = Packet::read(packet) else { return Act::Pass };
        let Some(tcp) = packet.tcp() else { return Act::Pass };
        match self.watch.look(now, way, &packet) {
            Look::Clean => Act::Pass,
            Look::Marked => Act::Drop,
            Look::Names => {
                let page = answer_data(&packet, &tcp, &self.page);
                let page = page.into_iter().map(|part| (Way::Back, part));
                let reset = (Way::Out, reset_receiver(&packet, &tcp));
                Act::Replace(page.chain([reset]).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::names;
    use super::*;
    use crate::packet::Sort;
    use crate::packet::tests::{CLIENT, SERVER, segment};

    #[test]
    fn a_listed_host_gets_the_page_and_another_passes() {
        let page = b"HTTP/1.1 403 Forbidden\r\n\r\nno".to_vec();
        let mut censor = HttpBlockPage::new(names(&["listed.test"]), page.clone());
        let now = Instant::now();
        let mut request = |port, host: &str| {
            let mut from = CLIENT;
            from.set_port(port);
            let text = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            censor.inspect(now, Way::Out, &segment(from, SERVER, Sort::Plain, text.as_bytes()))
        };

        let listed = request(1, "listed.test");
        let other = request(2, "other.test");

        let Act::Replace(forged) = listed else { panic!("{listed:?}") };
        let [(Way::Back, answer), (Way::Out, reset)] = forged.as_slice() else {
            panic!("{forged:?}")
        };
        let (answer, reset) = (Packet::read(answer).unwrap(), Packet::read(reset).unwrap());
        assert_eq!((answer.from, answer.tcp().unwrap().data), (SERVER, page.as_slice()));
        assert_eq!((reset.to, reset.tcp().unwrap().sort), (SERVER, Sort::Reset));
        assert_eq!(other, Act::Pass);
    }
}
