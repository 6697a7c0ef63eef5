//! OONI's measurement format, both ways: reads any `web_connectivity`, writes what OONI's own
//! tools read.
//!
//! Format: <https://github.com/ooni/spec/tree/master/data-formats> (df-000 base, df-001 http, df-002
//! dns, df-005 tcp, df-006 tls, df-007 failures, df-008 network events) and
//! <https://github.com/ooni/spec/blob/master/nettests/ts-017-web-connectivity.md>. Nothing else of
//! OONI's is read yet: no other test, no verdict of OONI's, no QUIC.
//!
//! What becomes of what:
//!
//! | OONI | here |
//! |---|---|
//! | `queries`, one an A or AAAA question | one [`record::Lookup`] a name, resolver and transaction |
//! | `tcp_connect` | [`record::Connect`] |
//! | `tls_handshakes`, `ssl_*` failures included | [`record::Handshake`]; a chain that is not valid is a session with its trust |
//! | `requests`, latest first | [`record::Fetch`], in order; the body as its digest |
//! | tag `depth=N` | the screen for 0, else hop N |
//! | `control` | observations as a control of ours would have made them |
//!
//! Not kept: the addresses of resolvers, request headers, bodies, timings finer than milliseconds
//! and what OONI concluded.

mod body;
mod certificates;
mod control;
mod failure;
mod handshakes;
mod lookups;
mod pages;
mod read;
mod shape;
mod write;

pub use read::{MOST_BYTES, OoniError, Read, read};
pub use write::write;
