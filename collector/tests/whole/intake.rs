//! What is taken, what is refused, and what a receipt promises.

use std::io::{Read as _, Write as _};

use ed25519_dalek::{Signature, VerifyingKey};

use record::{BATCH_TYPE, Batch, BatchId, Receipt, Signed, limits};

use crate::ask::{self, connect, parse};
use crate::made::{Job, Signer};
use crate::running::{Running, until};

#[test]
fn a_receipt_is_signed_for_exactly_the_bytes_that_were_sent() {
    let running = Running::start();
    let signer = Signer::agent(1);
    let bytes = signer.batch(&[Job::new(&signer, &running.snapshot()).reached()]);

    let signed: Signed = serde_json::from_slice(&running.upload(&bytes, "127.1.0.1").body).unwrap();

    let receipt: Receipt = serde_json::from_str(&signed.body).unwrap();
    assert_eq!((receipt.batch, receipt.index), (BatchId::of(&bytes), 0));
    assert_eq!((signed.purpose.as_str(), signed.key), ("receipt", running.key));
    let key = VerifyingKey::from_bytes(signed.key.bytes()).unwrap();
    let text = Signed::signed_bytes("receipt", &signed.body);
    key.verify_strict(&text, &Signature::from_bytes(&signed.signature.0)).unwrap();
}

#[test]
fn sending_again_brings_the_same_receipt_even_after_a_restart_and_hours_later() {
    let running = Running::start();
    let signer = Signer::agent(1);
    let bytes = signer.batch(&[Job::new(&signer, &running.snapshot()).reached()]);
    let other = signer.raw_batch(b"another");
    let first = running.upload(&bytes, "127.1.0.1").body;

    assert_ne!(running.upload(&other, "127.1.0.1").body, first);
    running.set_hour(record::Hour(crate::running::NOON.0 + 3));
    assert_eq!(running.upload(&bytes, "127.2.0.1").body, first);
    let running = running.restarted();
    assert_eq!(running.upload(&bytes, "127.1.0.1").body, first);
    assert_eq!(running.counts()["batches"], 2);
}

#[test]
fn many_senders_at_once_get_one_place_each() {
    let running = Running::start();
    let send = |number: u32| {
        let bytes = Signer::agent(number % 7).raw_batch(&(number % 40).to_be_bytes());
        let signed: Signed =
            serde_json::from_slice(&running.upload(&bytes, "127.1.0.1").body).unwrap();
        let receipt: Receipt = serde_json::from_str(&signed.body).unwrap();
        assert_eq!(receipt.batch, BatchId::of(&bytes), "somebody else's receipt");
        receipt
    };
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|t| scope.spawn(move || (0..35).map(|n| send(t * 35 + n)).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });

    let by_batch: std::collections::BTreeMap<_, _> =
        receipts.iter().map(|receipt| (receipt.batch, receipt.index)).collect();
    assert!(receipts.iter().all(|receipt| by_batch[&receipt.batch] == receipt.index));
    let mut places: Vec<u64> = by_batch.values().copied().collect();
    places.sort_unstable();
    assert_eq!(places, (0..by_batch.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_batch_may_be_as_long_as_the_limit_and_no_longer() {
    let running = Running::start();
    let head = Signer::agent(1).raw_batch(b"").len();
    for (length, status) in
        [(limits::BATCH_BYTES - 1, 200), (limits::BATCH_BYTES, 200), (limits::BATCH_BYTES + 1, 413)]
    {
        let bytes = Signer::agent(1).raw_batch(&vec![7; length - head]);

        let reply = running.upload(&bytes, "127.1.0.1");

        assert_eq!((bytes.len(), reply.status), (length, status), "{}", reply.text());
    }
}

#[test]
fn a_long_body_of_unknown_length_is_cut_off_at_the_limit() {
    let running = Running::start();
    let mut stream = connect(running.address, [127, 1, 0, 1].into()).unwrap();
    let head = format!(
        "POST /api/v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: {BATCH_TYPE}\r\n\
         transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[7; 0x10000], b"\r\n"].concat();
    // The collector may close before everything was written.
    let written = (0..40).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!(written > 10);
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes));

    // Unread bytes make the system reset the connection, and the answer may be lost with it.
    assert!(parse(&bytes).is_none_or(|reply| reply.status == 413));
    assert_eq!(running.counts()["batches"], 0);
}

#[test]
fn what_is_no_batch_is_refused_with_the_reason() {
    let running = Running::start();
    let good = Signer::agent(1).raw_batch(b"payload");
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] ^= byte;
        bytes
    };
    for (bytes, part) in [
        (Vec::new(), "does not begin with QJB1"),
        (b"QJB2".to_vec(), "does not begin with QJB1"),
        (good[..60].to_vec(), "cut on the way"),
        (with(4, 9), "suite 9"),
        (with(5, 1), "signature does not fit"),
        (with(40, 1), "signature does not fit"),
        (with(good.len() - 1, 1), "signature does not fit"),
    ] {
        let reply = running.upload(&bytes, "127.1.0.1");

        assert_eq!(reply.status, 400);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert!(reply.text().contains(part), "{}", reply.text());
    }
    assert_eq!(running.counts()["batches"], 0);
    assert_eq!(running.upload(&good, "127.1.0.1").status, 200);
}

#[test]
fn a_signature_for_another_suite_or_purpose_does_not_fit() {
    let running = Running::start();
    let signer = Signer::agent(1);
    let batch = Batch::from_bytes(&signer.raw_batch(b"payload")).unwrap();
    let moved = Batch { credential: Signer::agent(2).key(), ..batch };

    assert_eq!(running.upload(&moved.to_bytes(), "127.1.0.1").status, 400);
}

#[test]
fn another_content_type_is_refused() {
    let running = Running::start();
    let bytes = Signer::agent(1).raw_batch(b"payload");
    let to = (running.address, [127, 1, 0, 1].into());

    let reply =
        ask::ask(to, ("POST", "/api/v1/batches"), &[("content-type", "text/plain")], &bytes);

    assert_eq!(reply.unwrap().status, 415);
}

#[test]
fn a_full_disk_refuses_uploads_and_goes_on_answering() {
    let running = Running::start_with(|config| config.min_free_mb = u64::MAX >> 21);
    let bytes = Signer::agent(1).raw_batch(b"payload");

    let reply = running.upload(&bytes, "127.1.0.1");

    assert_eq!(reply.status, 507, "{}", reply.text());
    assert!(reply.header("retry-after").is_some());
    assert_eq!(running.get("/api/v1/matrix").status, 200);
}

#[test]
fn a_database_that_fails_ends_the_program_without_a_receipt() {
    let running = Running::start();
    running.keep(&Signer::agent(1).raw_batch(b"kept"), "127.1.0.1");
    running.settle();
    let database = rusqlite::Connection::open(running.data.join("collector.sqlite")).unwrap();
    database.execute_batch("ALTER TABLE batches RENAME TO gone").unwrap();

    let reply = running.try_upload(&Signer::agent(1).raw_batch(b"lost"), "127.1.0.1");

    // The program may be gone before its answer is out.
    if let Ok(reply) = reply {
        assert_eq!(reply.status, 500, "{}", reply.text());
    }
    assert!(matches!(running.failure(), collector::ServeError::Disk));
}

#[test]
fn a_body_that_stalls_or_drips_is_given_up() {
    let running = Running::start_with(|config| {
        config.limits.body_idle_ms = 100;
        config.limits.body_total_ms = 400;
    });
    let head = format!(
        "POST /api/v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: {BATCH_TYPE}\r\n\
         content-length: 5000\r\nconnection: close\r\n\r\n"
    );
    for drips in [false, true] {
        let mut stream = connect(running.address, [127, 1, 0, 1].into()).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_millis(40))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut bytes = Vec::new();

        until("an answer comes", || {
            if drips {
                drop(stream.write_all(b"x"));
            }
            let mut some = [0; 4096];
            let read = stream.read(&mut some).unwrap_or(0);
            bytes.extend_from_slice(&some[..read]);
            parse(&bytes).is_some()
        });

        assert_eq!(parse(&bytes).unwrap().status, 408, "drips: {drips}");
    }
}

#[test]
fn a_head_that_does_not_end_is_given_up() {
    let running = Running::start_with(|config| config.limits.head_ms = 100);
    let mut stream = connect(running.address, [127, 1, 0, 1].into()).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").unwrap();
    let mut bytes = Vec::new();

    // The end of the stream is what is waited for.
    stream.read_to_end(&mut bytes).unwrap();

    assert!(parse(&bytes).is_none_or(|reply| reply.status == 408), "{bytes:?}");
}

#[test]
fn a_head_with_too_many_or_too_long_fields_is_refused() {
    let running = Running::start();
    let many: Vec<(String, String)> =
        (0..40).map(|number| (format!("x-{number}"), "1".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let long = "y".repeat(9_000);

    assert_eq!(ask::get(running.address, "/api/v1/health", &many).status, 431);
    assert_eq!(ask::get(running.address, "/api/v1/health", &[("x", &long)]).status, 431);
}

#[test]
fn beyond_so_many_uploads_at_once_others_are_asked_to_come_again() {
    let running = Running::start_with(|config| config.limits.uploads_at_once = 1);
    let mut slow = connect(running.address, [127, 1, 0, 1].into()).unwrap();
    let bytes = Signer::agent(1).raw_batch(b"slow");
    let head = format!(
        "POST /api/v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: {BATCH_TYPE}\r\n\
         content-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        bytes.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    // The collector asks for the body once the upload has its place.
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    slow.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    let other = running.upload(&Signer::agent(2).raw_batch(b"other"), "127.2.0.1");
    slow.write_all(&bytes).unwrap();
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).unwrap();

    assert_eq!((other.status, other.header("retry-after")), (503, Some("5")));
    assert_eq!(parse(&answer).unwrap().status, 200);
}
