//! The prober against real sockets on this machine: every class of failure apart.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod beacon;
mod dns;
mod doh;
mod hello;
mod http;
mod load;
mod opening;
mod quic;
mod servers;
mod tcp;
mod tls;
mod variant;
