//! A collector that behaves well, or as badly as asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use ed25519_dalek::{Signer as _, SigningKey, Verifier as _};

use record::{
    Batch, BatchId, Digest, Hour, KeyText, Measurement, Receipt, Seed, SignatureText, Signed,
    Timestamp,
};
use testlists::{ControlServer, Fingerprints, Listed, PublicResolver, Snapshot, Tier};

/// How the collector answers a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Stores it and gives a receipt.
    Good,
    /// Is a login page that says 200 to everything.
    Portal,
    /// Says 200 and an empty object to everything.
    Braces,
    /// Signs the receipt with another key.
    WrongKey,
    /// Gives a good receipt for another batch.
    OtherBatch,
    /// Stores it, and the answer is lost.
    Lost,
    /// Is busy, and asks to wait a year.
    Busy,
    /// Will never take it.
    Reject,
}

pub(crate) struct Fake {
    pub(crate) at: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    mood: Mutex<Mood>,
    snapshot: Mutex<Snapshot>,
    list_key: Mutex<u8>,
    batches: Mutex<Vec<BatchId>>,
    records: Mutex<Vec<Measurement>>,
    seen_outside: Mutex<Option<Measurement>>,
    connections: AtomicUsize,
}

impl Fake {
    pub(crate) fn start(targets: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            mood: Mutex::new(Mood::Good),
            snapshot: Mutex::new(snapshot(targets)),
            list_key: Mutex::new(KEY),
            batches: Mutex::default(),
            records: Mutex::default(),
            seen_outside: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&inner);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                let serving = Arc::clone(&serving);
                thread::spawn(move || serving.talk(stream));
            }
        });
        Self { at, inner }
    }

    pub(crate) fn key() -> KeyText {
        KeyText::new(signing(KEY).verifying_key().to_bytes())
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.inner.mood.lock().unwrap() = mood;
    }

    /// Signs lists with another key from now on.
    pub(crate) fn lose_key(&self) {
        *self.inner.list_key.lock().unwrap() = KEY + 1;
    }

    /// Returns the signed list as the collector gives it.
    pub(crate) fn list(&self) -> String {
        self.inner.signed_list()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.inner.snapshot.lock().unwrap());
    }

    /// Answers with `record` as a control from now on, whatever target it is asked for.
    pub(crate) fn sees_outside(&self, record: Measurement) {
        *self.inner.seen_outside.lock().unwrap() = Some(record);
    }

    pub(crate) fn connections(&self) -> usize {
        self.inner.connections.load(Ordering::SeqCst)
    }

    /// Every batch in the order of arrival, doubles included.
    pub(crate) fn batches(&self) -> Vec<BatchId> {
        self.inner.batches.lock().unwrap().clone()
    }

    /// Every record in the order of arrival, doubles included.
    pub(crate) fn records(&self) -> Vec<Measurement> {
        self.inner.records.lock().unwrap().clone()
    }
}

impl Inner {
    fn talk(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.to_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length: ").and_then(|length| length.parse().ok())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let mood = *self.mood.lock().unwrap();
        let answer = match head.split(' ').nth(1).unwrap() {
            _ if mood == Mood::Portal => Some((200, "<html>Please log in</html>".to_owned())),
            _ if mood == Mood::Braces => Some((200, "{}".to_owned())),
            "/api/v1/network" => {
                Some((200, r#"{"asn":64500,"provider":"alfa","names":{"kk":"Альфа","ru":"Альфа","en":"Alfa"},"kind":"fixed"}"#.to_owned()))
            }
            "/portal" => Some((204, String::new())),
            "/api/v1/lists/snapshot" => Some((200, self.signed_list())),
            "/api/v1/batches" => self.take(&body, mood),
            "/api/v1/control" => {
                let record = self.seen_outside.lock().unwrap().clone();
                record.map(|record| (200, String::from_utf8(record.encode()).unwrap()))
            }
            _ => Some((404, String::new())),
        };
        let Some((status, text)) = answer else { return };
        let wait = if status == 503 { "Retry-After: 31536000\r\n" } else { "" };
        let mark = if status == 204 { "qoljetim-beacon: 0\r\n" } else { "" };
        let since_1970 = std::time::Duration::from_secs(Timestamp::now().0);
        let date = httpdate::fmt_http_date(std::time::UNIX_EPOCH + since_1970);
        let head = format!(
            "HTTP/1.1 {status} X\r\n{wait}{mark}Date: {date}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        (&stream).write_all((head + &text).as_bytes()).ok();
    }

    fn take(&self, bytes: &[u8], mood: Mood) -> Option<(u16, String)> {
        let id = BatchId::of(bytes);
        self.batches.lock().unwrap().push(id);
        match mood {
            Mood::Busy => return Some((503, String::new())),
            Mood::Reject => {
                return Some((400, r#"{"status":400,"title":"Bad","detail":"no"}"#.to_owned()));
            }
            Mood::Good
            | Mood::Portal
            | Mood::Braces
            | Mood::WrongKey
            | Mood::OtherBatch
            | Mood::Lost => {}
        }
        let batch = Batch::from_bytes(bytes).unwrap();
        let key = ed25519_dalek::VerifyingKey::from_bytes(batch.credential.bytes()).unwrap();
        let signature = ed25519_dalek::Signature::from_bytes(&batch.signature.0);
        let signed = Batch::signed_bytes(batch.suite, &batch.payload);
        key.verify(&signed, &signature).unwrap();
        let opened = zstd::bulk::decompress(&batch.payload, 16 << 20).unwrap();
        for record in Batch::records(&opened) {
            let record = Measurement::decode(record).unwrap();
            assert_eq!(record.credential, batch.credential);
            self.records.lock().unwrap().push(record);
        }
        let batch = if mood == Mood::OtherBatch { BatchId(Digest([0; 32])) } else { id };
        let receipt = Receipt { batch, index: 0, hour: Hour(1) };
        let key = if mood == Mood::WrongKey { KEY + 1 } else { KEY };
        let body = serde_json::to_string(&receipt).unwrap();
        (mood != Mood::Lost).then(|| (200, sign("receipt", body, key)))
    }

    fn signed_list(&self) -> String {
        let body = serde_json::to_string(&*self.snapshot.lock().unwrap()).unwrap();
        sign(testlists::SNAPSHOT, body, *self.list_key.lock().unwrap())
    }
}

/// The control that the lists name.
pub(crate) fn control(credential: KeyText, url: &str) -> ControlServer {
    ControlServer {
        url: url.to_owned(),
        credential,
        country: "de".into(),
        beacon_tls: "127.0.0.1:9".parse().unwrap(),
        beacon_http: "127.0.0.1:9".parse().unwrap(),
        whoami: None,
    }
}

/// Lists of which every name is in the system's own file of hosts: nobody outside is asked.
fn snapshot(targets: &[&str]) -> Snapshot {
    let now = Timestamp::now();
    let listed = |target: &&str| Listed {
        target: target.parse().unwrap(),
        category: "news".into(),
        tier: Tier::Everyday,
        added: record::Day(20_000),
        source: String::new(),
        note: String::new(),
        endpoint: None,
    };
    Snapshot {
        issued: now,
        expires: now.shifted(86_400),
        seed: Seed(Digest([5; 32])),
        targets: targets.iter().map(listed).collect(),
        known_good: vec![format!("http://{}/", neighbour()).parse().unwrap()],
        resolvers: Vec::<PublicResolver>::new(),
        known: Fingerprints::default(),
        controls: Vec::new(),
        recent: Vec::new(),
        followed: Vec::new(),
    }
}

/// Another name of this machine in the system's file of hosts.
fn neighbour() -> String {
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    let names = hosts.lines().flat_map(|line| line.split_whitespace().skip(1));
    let other = |name: &&str| *name != "localhost" && name.parse::<record::Host>().is_ok();
    names.filter(|name| !name.starts_with('#')).find(other).unwrap_or("ip6-localhost").to_owned()
}

fn sign(purpose: &str, body: String, key: u8) -> String {
    let key = signing(key);
    let signature = key.sign(&Signed::signed_bytes(purpose, &body));
    let signed = Signed {
        purpose: purpose.to_owned(),
        body,
        key: KeyText::new(key.verifying_key().to_bytes()),
        signature: SignatureText(signature.to_bytes()),
    };
    serde_json::to_string(&signed).unwrap()
}

fn signing(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

const KEY: u8 = 7;
