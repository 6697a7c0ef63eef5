//! Runs a collector in this process on an invented list, with a clock that tests set.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use collector::config::Config;
use collector::{Edge, ServeError};
use record::{BATCH_TYPE, Hour, KeyText, Timestamp};
use testlists::{ControlServer, Snapshot};

use crate::ask::{self, Reply};
use crate::made::{Authority, Signer};

/// A collector that runs, on a folder that goes with it.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) edge: Edge,
    pub(crate) data: PathBuf,
    pub(crate) key: KeyText,
    clock: Arc<AtomicU64>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
    _folder: Arc<TempDir>,
}

impl Running {
    /// Starts on a fresh folder with two controls, in two countries.
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// Starts on a fresh folder with other settings.
    pub(crate) fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let data = folder.path().join("data");
        write_lists(folder.path());
        let mut config = settings(folder.path());
        change(&mut config);
        let clock = Arc::new(AtomicU64::new(NOON.start().0 + 60));
        Self::start_on((folder, data), config, clock)
    }

    fn start_on(
        (folder, data): (Arc<TempDir>, PathBuf),
        config: Config,
        clock: Arc<AtomicU64>,
    ) -> Self {
        let edge = edge(&clock);
        let key = collector::init(&data, &edge).unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let (at, handed) = (data.clone(), edge.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let stopped = async move {
                let _: Result<(), _> = stopped.await;
            };
            let tell = move |address| ready.send(address).unwrap();
            let served = runtime.block_on(collector::serve(&at, config, handed, tell, stopped));
            runtime.shutdown_background();
            served
        });
        let Ok(address) = is_ready.recv() else {
            panic!("the collector did not start: {:?}", thread.join().unwrap());
        };
        let (stop, thread) = (Some(stop), Some(thread));
        Self { address, edge, data, key, clock, stop, thread, _folder: folder }
    }

    /// Stops, and starts again on the same folder.
    pub(crate) fn restarted(mut self) -> Self {
        self.stop();
        let folder = Arc::clone(&self._folder);
        let config = settings(folder.path());
        Self::start_on((folder, self.data.clone()), config, Arc::clone(&self.clock))
    }

    /// Waits until it ends by itself, and returns why.
    pub(crate) fn failure(mut self) -> ServeError {
        self.thread.take().unwrap().join().unwrap().unwrap_err()
    }

    /// Stops.
    pub(crate) fn stop(&mut self) {
        if let (Some(stop), Some(thread)) = (self.stop.take(), self.thread.take()) {
            let _: Result<(), ()> = stop.send(());
            thread.join().unwrap().unwrap();
        }
    }

    /// Sets the clock to one minute past the hour.
    pub(crate) fn set_hour(&self, hour: Hour) {
        self.clock.store(hour.start().0 + 60, Ordering::Relaxed);
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        ask::get(self.address, path, &[])
    }

    /// Uploads bytes from an address.
    pub(crate) fn upload(&self, bytes: &[u8], from: &str) -> Reply {
        self.try_upload(bytes, from).unwrap()
    }

    /// Uploads bytes to a collector that may go away before it answers.
    pub(crate) fn try_upload(&self, bytes: &[u8], from: &str) -> std::io::Result<Reply> {
        let from: IpAddr = from.parse().map_err(std::io::Error::other)?;
        let headers = [("content-type", BATCH_TYPE)];
        ask::ask((self.address, from), ("POST", "/api/v1/batches"), &headers, bytes)
    }

    /// Uploads bytes that must be taken.
    pub(crate) fn keep(&self, bytes: &[u8], from: &str) {
        let reply = self.upload(bytes, from);
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    /// Returns the snapshot in force with its digest.
    pub(crate) fn snapshot(&self) -> (Snapshot, record::Digest) {
        let signed: record::Signed =
            serde_json::from_slice(&self.get("/api/v1/lists/snapshot").body).unwrap();
        let digest = record::Digest::of(signed.body.as_bytes());
        (serde_json::from_str(&signed.body).unwrap(), digest)
    }

    /// Waits until everything is worked out.
    pub(crate) fn settle(&self) {
        until("everything is worked out", || {
            let health = self.get("/api/v1/health").json();
            ["to_open", "to_judge", "to_grade"].iter().all(|left| health[left] == 0)
        });
    }

    /// Returns one count of `/api/v1/batches`.
    pub(crate) fn counts(&self) -> serde_json::Value {
        self.get("/api/v1/batches").json()
    }

    pub(crate) fn config(&self) -> Config {
        settings(self._folder.path())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _: Result<(), ()> = stop.send(());
        }
    }
}

/// Waits for a condition, for half a minute at most.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// The invented list's settings.
pub(crate) fn settings(folder: &Path) -> Config {
    let control = |signer: Signer, country: &str| ControlServer {
        url: format!("http://control-{country}.test/"),
        credential: signer.key(),
        country: country.to_owned(),
        beacon_tls: "203.0.113.10:443".parse().unwrap(),
        beacon_http: "203.0.113.10:80".parse().unwrap(),
        whoami: None,
    };
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        lists: Some(folder.join("lists")),
        extra_roots: Some(folder.join("roots.pem")),
        min_free_mb: 1,
        snapshot_pause_s: Some(1_000_000),
        snapshot_ttl_s: 40 * 86_400,
        controls: vec![control(Signer::control(1), "de"), control(Signer::control(2), "nl")],
        ..Config::default()
    }
}

/// Writes an invented list: two providers, one of them with two networks, and a hosting company.
pub(crate) fn write_lists(folder: &Path) {
    let lists = folder.join("lists");
    for (name, text) in [
        ("targets/all.csv", TARGETS),
        ("known_good.csv", KNOWN_GOOD),
        ("providers/all.toml", PROVIDERS),
        ("networks/all.toml", NETWORKS),
        ("prefixes/all.csv", PREFIXES),
        ("fingerprints/tls.toml", AUTHORITIES),
    ] {
        let path = lists.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(folder.join("roots.pem"), Authority::public().pem()).unwrap();
}

fn edge(clock: &Arc<AtomicU64>) -> Edge {
    let clock = Arc::clone(clock);
    let drawn = AtomicU64::new(1);
    Edge {
        now: Arc::new(move || Timestamp(clock.load(Ordering::Relaxed))),
        random: Arc::new(move || {
            record::Digest::of(&drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes()).0
        }),
    }
}

/// Noon in Kazakhstan on 2026-11-20.
pub(crate) const NOON: Hour = Hour(498_655);

const TARGETS: &str = "url,note,source,category,tier,added
https://news.test/,invented,https://list.test/,news,everyday,2026-01-01
https://other.test/,invented,https://list.test/,news,everyday,2026-01-01
";

const KNOWN_GOOD: &str = "url,category,source,note
https://good-a.test/,news,https://list.test/,invented
https://good-b.test/,news,https://list.test/,invented
";

const PROVIDERS: &str = r#"[[provider]]
id = "north"
kk = "Солтүстік"
ru = "Север"
en = "North"
kind = "fixed"
[[provider]]
id = "south"
kk = "Оңтүстік"
ru = "Юг"
en = "South"
kind = "mixed"
[[provider]]
id = "farm"
kk = "Ферма"
ru = "Ферма"
en = "Farm"
kind = "hosting"
"#;

const NETWORKS: &str = r#"[[network]]
asn = 64501
provider = "north"
kind = "fixed"
[[network]]
asn = 64502
provider = "south"
kind = "fixed"
[[network]]
asn = 64503
provider = "south"
kind = "mobile"
[[network]]
asn = 64504
provider = "farm"
kind = "hosting"
"#;

/// Every network is a range of loopback addresses, so that tests can come from each.
const PREFIXES: &str = "first,last,asn
127.1.0.0,127.1.255.255,64501
127.2.0.0,127.2.255.255,64502
127.3.0.0,127.3.255.255,64503
127.4.0.0,127.4.255.255,64504
";

const AUTHORITIES: &str = r#"[[authority]]
id = "listed"
name = "Listed Authority"
issuer_names = ["Listed Authority"]
issuer_organisation = "Listed"
source = "https://list.test/"
"#;
