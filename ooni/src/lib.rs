//! OONI's measurement format, both ways: reads any `web_connectivity`, writes what OONI's own
//! tools read.
//!
//! Format: <https://github.com/ooni/spec/tree/master/data-formats> (df-000 base, df-001 http, df-002
//! dns, df-005 tcp, df-006 tls, df-007 failures, df-008 network events) and
//! <https://github.com/ooni/spec/blob/master/nettests/ts-017-web-connectivity.md>. Nothing else of
//! OONI's is read yet: no other test and no verdict of OONI's.
//!
//! What becomes of what:
//!
//! | OONI | here |
//! |---|---|
//! | `queries`, one an A or AAAA question | one [`record::Lookup`] a name, resolver and transaction |
//! | `tcp_connect` | [`record::Connect`] |
//! | `tls_handshakes`, `ssl_*` failures included | [`record::Handshake`]; a chain that is not valid is a session with its trust |
//! | `quic_handshakes` | [`record::Quic`], as a part of the visit over QUIC |
//! | handshakes with an `echconfig`, `x_ech` included | [`record::Variant`] with the name encrypted |
//! | `requests` with the network `udp` | a page over HTTP/3 |
//! | all other `requests`, latest first | [`record::Fetch`], in order; the body as its digest |
//! | tag `depth=N` | the screen for 0, else hop N |
//! | `control` | observations as a control of ours would have made them |
//!
//! Not kept of OONI's: the addresses of resolvers, request headers, bodies, timings finer than
//! milliseconds and what OONI concluded.
//!
//! Not written of ours, since OONI's format has no place for it or would read it as a step towards
//! the target: confirm blocks and known-good controls; hellos that are cut in two or carry no name;
//! HTTPS records; loads; ladders of hop limits; lookups that ask nobody; a session's bytes, the
//! word of the machine's own roots and what became of an encrypted name; marks and similarity of a
//! page; what a run's self-checks found; the verdict. Handshakes with the name encrypted stand in a
//! list of their own, `x_ech`: readers that do not know ECH would take one that failed for a failed
//! visit. Pages over HTTP/3 stand behind all others, since the first is taken for the one that was
//! reached.

mod body;
mod certificates;
mod control;
mod ech;
mod failure;
mod handshakes;
mod lookups;
mod pages;
mod read;
mod shape;
mod write;

pub use read::{MOST_BYTES, OoniError, Read, read};
pub use write::{write, write_with_control};
