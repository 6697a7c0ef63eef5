//! The measurement format: the one contract between the agent, the collector and readers.
//!
//! Nouns only. Nothing here opens a socket, reads a clock or draws a random number, and no type
//! can hold the address of the person who measures.

mod address;
mod batch;
mod facts;
mod failure;
mod format;
mod measurement;
mod observation;
mod place;
mod redirect;
mod seed;
mod signed;
mod step;
mod target;
mod time;
mod verdict;

pub use address::plain;
pub use batch::{BATCH_TYPE, Batch, BatchError, BatchId, Receipt, Suite, limits};
pub use facts::{Came, Loaded, ParseSimhashError, Rung, Rungs, ServiceRecord, Services, Simhash};
pub use failure::{Failed, Failure};
pub use format::{DecodeError, Digest, FORMAT, ParseDigestError};
pub use measurement::{
    Certificates, Label, Measurement, MeasurementId, Role, RunFacts, VoidReason,
};
pub use observation::{
    Answer, Answers, Connected, Datagram, EncryptedName, Observation, Page, Seen, Session, Trust,
};
pub use place::{Asn, NetworkKind, Place};
pub use redirect::Onward;
pub use seed::{Arm, ORDERS, Order, Seed, order};
pub use signed::{KeyText, SignatureText, Signed};
pub use step::{
    Connect, Contrast, Fetch, Handshake, Hello, Hops, Load, Lookup, Part, Quic, Resolver,
    ServiceLookup, Step, Transport, Variant,
};
pub use target::{Host, ParseTargetError, Target};
pub use time::{Day, Hour, Timestamp};
pub use verdict::{Claim, Kind, Layer, RuleId, State, Verdict};
