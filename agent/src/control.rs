//! The role `control`: the eye outside, with the project's beacon.

pub mod beacon;
pub mod measure;
pub mod serve;
pub mod whoami;

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Notify, RwLock};

use record::{Role, RunFacts};

use crate::app::App;
use crate::backoff::Wish;
use crate::cli::{ControlArgs, WhoamiArgs};
use crate::job::Circumstances;
use crate::keys::Keys;
use crate::lists::Edition;
use crate::probe::line;
use crate::probe::tls::HELLO;
use crate::run::prepare::wire;
use crate::stop::{Exit, Stop};
use crate::upload::{Delivery, Uploader};
use crate::words::Value;

use beacon::Beacon;
use measure::{Desk, Now};
use whoami::Zone;

/// Runs the control's API, the beacon, the name server where there is one, and the rounds, until one round
/// is done (`--once`) or for
/// ever. It needs no consent: it runs on a server of the project.
pub async fn control(app: &App, args: &ControlArgs) -> Result<Exit, Stop> {
    let _lock = app.lock()?;
    let keys = Keys::open(&app.state)?;
    let key = keys.for_control(&app.edge)?;
    let roots = app.roots()?;
    let collector = app.collector(&roots)?;
    let spool = app.spool()?;
    spool.sweep()?;
    let (api, tls, http) = (
        listen(args.listen).await?,
        listen(args.beacon_tls).await?,
        listen(args.beacon_http).await?,
    );
    let beacon = Beacon::open(&tls)
        .map_err(|error| Stop::new(Exit::Failed, "error-server").because(error))?;
    let whoami = Whoami::open(args).await?;
    tell_start(app, &key.credential().to_string(), [&api, &tls, &http])?;
    let fresh = Arc::new(Notify::new());
    let desk = Arc::new(Desk::new(spool.clone(), app.edge.clone(), Arc::clone(&fresh)));
    let uploader = Uploader {
        state: &app.state,
        spool: &spool,
        keys: &keys,
        collector: &collector,
        edge: &app.edge,
    };
    let rounds = async {
        loop {
            let updated = Edition::update(&collector, &app.state, app.edge.now()).await;
            let edition = match updated {
                Ok(edition) => Arc::new(edition),
                Err(stop) if args.once => return Err(stop),
                // The collector may start after the control.
                Err(stop) => {
                    app.out.tell(&stop);
                    tokio::time::sleep(PATIENCE.min(Duration::from_secs(args.every_s))).await;
                    continue;
                }
            };
            let prober = Arc::new(wire(app, roots.clone(), &edition)?);
            let here = Circumstances {
                role: Role::Control,
                credential: key.credential(),
                network: None,
                facts: RunFacts {
                    void: Vec::new(),
                    roots: roots.name.clone(),
                    hello: HELLO.to_owned(),
                    ..RunFacts::default()
                },
                own_address: line::own_address(),
                policy: app.config.limits.policy(),
                deadline: app.config.limits.target_deadline(),
                controls: None,
                edition,
            };
            desk.begin(Now { here: Arc::new(here), prober }).await;
            let (measured, faults) = desk.round(app.config.limits.targets_at_once).await?;
            let delivery = uploader.deliver(Wish::Automatic).await?;
            tell_round(app, (measured, faults), &delivery);
            if args.once {
                return Ok(delivery.stopped.map_or(Exit::Done, |stop| stop.exit));
            }
            tokio::time::sleep(Duration::from_secs(args.every_s)).await;
        }
    };
    let sending = async {
        loop {
            fresh.notified().await;
            // What could not be sent goes with the next round.
            uploader.deliver(Wish::Automatic).await.ok();
        }
    };
    tokio::select! {
        exit = rounds => exit,
        () = sending => Ok(Exit::Done),
        () = serve::serve(api, Arc::clone(&desk)) => Ok(Exit::Done),
        () = beacon::serve(tls, http, beacon) => Ok(Exit::Done),
        () = Whoami::serve(whoami) => Ok(Exit::Done),
        _ = tokio::signal::ctrl_c() => Ok(Exit::Done),
    }
}

/// The name server of the zone that tells who asked.
struct Whoami {
    socket: UdpSocket,
    zone: Zone,
}

impl Whoami {
    /// Opens it where the arguments name one.
    async fn open(args: &ControlArgs) -> Result<Option<Self>, Stop> {
        let Some(WhoamiArgs { at, zone, server }) = &args.whoami else { return Ok(None) };
        let zone = Zone::new(zone, server)
            .map_err(|error| Stop::new(Exit::Usage, "error-server").because(error))?;
        let socket = UdpSocket::bind(at).await.map_err(|error| not_listening(*at, error))?;
        Ok(Some(Self { socket, zone }))
    }

    /// Answers for ever, where there is one.
    async fn serve(opened: Option<Self>) {
        match opened {
            Some(Self { socket, zone }) => whoami::serve(socket, zone).await,
            None => pending().await,
        }
    }
}

fn not_listening(address: SocketAddr, error: io::Error) -> Stop {
    Stop::new(Exit::Failed, "error-listen").with("address", address).because(error)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Stop> {
    TcpListener::bind(address).await.map_err(|error| not_listening(address, error))
}

fn tell_start(app: &App, key: &str, at: [&TcpListener; 3]) -> Result<(), Stop> {
    let mut texts = Vec::new();
    for listener in at {
        let address = listener.local_addr();
        texts
            .push(address.map_err(|error| Stop::new(Exit::Failed, "error-server").because(error))?);
    }
    let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    let [api, tls, http] = texts.as_slice() else { return Ok(()) };
    let data = serde_json::json!({
        "credential": key, "listen": api, "beacon_tls": tls, "beacon_http": http,
    });
    let args = [
        ("key", Value::Text(key)),
        ("api", Value::Text(api)),
        ("tls", Value::Text(tls)),
        ("http", Value::Text(http)),
    ];
    app.out.data("control", &data, &app.out.words().say("control-started", &args))
}

fn tell_round(app: &App, (measured, faults): (usize, usize), delivery: &Delivery) {
    let [faults, sent, held] = [faults, delivery.sent, delivery.held].map(|n| n.to_string());
    let args = [
        ("count", Value::Count(measured)),
        ("faults", Value::Text(&faults)),
        ("sent", Value::Text(&sent)),
        ("held", Value::Text(&held)),
    ];
    app.out.note("control-round", &args);
    if let Some(stop) = &delivery.stopped {
        app.out.tell(stop);
    }
}

/// What a request needs, replaced with every round.
type Current = RwLock<Option<Arc<Now>>>;

const PATIENCE: Duration = Duration::from_secs(5);
