//! What reads bytes from strangers, one function each: run by libFuzzer, and by the ordinary tests
//! on the seeds in `fuzz/corpus` and on changed ones.
//!
//! A target hands its bytes to a public function as a program would, and asserts what must hold of
//! whatever comes out; a failure to read is no finding.

mod lists;
mod page;

use std::sync::LazyLock;
use std::time::Duration;

use hickory_proto::rr::RecordType;

use agent::edge::Edge;
use agent::probe::dns::Question;
use agent::probe::ech;
use netlab::hello;
use record::{Batch, Measurement, Timestamp, limits};

pub use lists::lists;
pub use page::http_head;

/// A target's name and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target, by the name that its folder of seeds and its libFuzzer program bear.
pub const TARGETS: [Target; 9] = [
    ("dns_answer", dns_answer),
    ("ech_config", ech_config),
    ("tls_record", tls_record),
    ("quic_initial", quic_initial),
    ("http_head", http_head),
    ("ooni_read", ooni_read),
    ("record_decode", record_decode),
    ("batch_decode", batch_decode),
    ("lists", lists),
];

/// Reads a datagram as the answer to a question that was asked.
pub fn dns_answer(bytes: &[u8]) {
    for from_resolver in [true, false] {
        let datagram = QUESTION.read(bytes, Duration::from_millis(7), from_resolver).datagram;
        assert!(datagram.answers.len() <= limits::ANSWERS, "more records than a record may hold");
        assert!(from_resolver || !datagram.fits, "a stranger's answer fits");
    }
}

/// Reads the key of an encrypted hello, as a resolver gives it.
pub fn ech_config(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(failed) = ech::key(&text) {
        assert!(failed.detail.chars().count() <= 120, "{}", failed.detail);
    }
}

/// Reads the first bytes of a TLS flow and of a plain one, as inspecting boxes in the lab do.
pub fn tls_record(bytes: &[u8]) {
    let whole = hello::tls(bytes);
    // More bytes change no final answer: that is what final means.
    let longer = [bytes, &[0; 9]].concat();
    assert!(!whole.is_final() || hello::tls(&longer) == whole, "{whole:?} was not final");
    let (_, _, _) = (hello::encrypted(bytes), hello::message(bytes), hello::http(bytes));
}

/// Reads datagrams of a QUIC client, 1200 bytes each.
pub fn quic_initial(bytes: &[u8]) {
    let mut initials = hello::quic::Initials::default();
    for datagram in bytes.chunks(1200) {
        initials.add(datagram);
    }
}

/// Reads one of OONI's measurements; what is read is a record and can be written.
pub fn ooni_read(bytes: &[u8]) {
    let Ok(read) = ooni::read(bytes) else { return };
    let record = read.measurement.encode();
    assert!(Measurement::decode(&record).is_ok(), "what was read is no record");
    let control = read.control.as_deref();
    let written = ooni::write_with_control(&read.measurement, control).to_string();
    assert!(ooni::read(written.as_bytes()).is_ok(), "what was written cannot be read");
}

/// Reads one record; what is read is written as it is read again.
pub fn record_decode(bytes: &[u8]) {
    let Ok(read) = Measurement::decode(bytes) else { return };
    let again = Measurement::decode(&read.encode());
    assert!(again.is_ok_and(|again| again == read), "what was written reads otherwise");
    ooni::write(&read);
}

/// Reads an envelope, and the records of a payload.
pub fn batch_decode(bytes: &[u8]) {
    if let Ok(batch) = Batch::from_bytes(bytes) {
        assert!(batch.to_bytes() == bytes, "the envelope is written otherwise than it was read");
    }
    for record in Batch::records(bytes).take(limits::BATCH_RECORDS) {
        record_decode(record);
    }
}

static QUESTION: LazyLock<Question> = LazyLock::new(|| {
    // The id is the upper two bytes of what is drawn: the seeds answer to it.
    let edge = Edge::new(|| Timestamp(0), || 0x1234_0000_0000_0000);
    let name = "news.test".parse().expect("the name is well written");
    Question::new(&name, RecordType::A, &edge).expect("the question can be asked")
});
