//! Resolvers: from the root down, and for a provider's own resolver with lies on top.

mod cache;
mod public;
mod walk;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::AAAA;
use hickory_proto::rr::{RData, Record, RecordType};
use tokio::time::sleep;

use super::dns::{Answerer, Lie, Lies, Question, Reply, Speaker, serve};
use super::service::{Ground, Service};
use super::sockets::Sockets;
use super::{DNS, ROOT_SERVER, all};
use crate::LabError;
use crate::packet::embed;

pub(super) use public::{Public, prepare as prepare_public};
use walk::Walk;

/// A provider's own resolver; it ends when this handle is dropped.
#[derive(Debug)]
pub struct Resolver {
    address: SocketAddr,
    lying: Arc<AtomicBool>,
    recursive: Arc<Recursive>,
    _service: Service,
}

impl Resolver {
    /// Returns where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the switch of its lies, which may be kept and turned from any thread.
    pub fn lying(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.lying)
    }

    /// Lets it wait so long before each answer.
    pub fn slow_down(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.recursive.slow_ms.store(by, Ordering::Relaxed);
    }

    /// Turns its lies on or off; they are on at the start. Forgets what it was told so far, since
    /// a censor on its own way to the name servers may have told it lies as well.
    pub fn set_lying(&self, on: bool) {
        self.lying.store(on, Ordering::Relaxed);
        self.recursive.walk.forget();
    }
}

/// Starts a resolver at `listen`.
pub(super) fn start(
    ground: &dyn Ground,
    sockets: Sockets,
    listen: &[IpAddr],
    (lies, absent): (Vec<Lie>, Absent),
) -> Result<Resolver, LabError> {
    let Some(first) = listen.first() else {
        return Err(LabError::Wrong("a resolver needs an address".to_owned()));
    };
    let address = SocketAddr::new(*first, DNS);
    let lying = Arc::new(AtomicBool::new(true));
    let lies = Lies::new(&lies, Arc::clone(&lying))?;
    let recursive = Arc::new(Recursive::new(sockets.clone(), lies, absent));
    let answerer = Arc::clone(&recursive);
    let listen = listen.to_vec();
    let prepare = move || {
        let bound = listen.iter().map(|ip| sockets.udp(*ip, DNS));
        let bound = bound.collect::<Result<Vec<_>, _>>()?;
        let serving = bound.into_iter().map(move |socket| serve(socket, Arc::clone(&answerer)));
        Ok(((), all(serving.collect())))
    };
    let (service, ()) = Service::start(ground, "resolver", prepare)?;
    Ok(Resolver { address, lying, recursive, _service: service })
}

/// Answers with a lie where there is one, else with what the owners of the name say.
#[derive(Debug)]
pub(super) struct Recursive {
    walk: Walk,
    lies: Lies,
    absent: Absent,
    /// Milliseconds that it waits before each answer.
    slow_ms: AtomicU64,
}

/// What a resolver says where a name has no address of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// That it has none.
    Told,
    /// One that stands for its address of IPv4 (DNS64, RFC 6147).
    MadeUp,
}

impl Recursive {
    /// Makes a resolver that begins at the lab's root.
    pub(super) fn new(sockets: Sockets, lies: Lies, absent: Absent) -> Self {
        let slow_ms = AtomicU64::new(0);
        Self { walk: Walk::new(sockets, ROOT_SERVER), lies, absent, slow_ms }
    }

    async fn find(&self, question: &Question) -> Reply {
        if let Some(lie) = self.lies.tell(question) {
            return lie;
        }
        let found = self.walk.resolve(&question.name, question.kind).await;
        let mut reply = Reply::empty(found.code, Speaker::Resolver);
        reply.answers = found.answers;
        reply.authorities = found.authorities;
        reply
    }
}

impl Answerer for Recursive {
    async fn answer(&self, question: &Question) -> Reply {
        let slow = Duration::from_millis(self.slow_ms.load(Ordering::Relaxed));
        if !slow.is_zero() {
            sleep(slow).await;
        }
        let reply = self.find(question).await;
        let answers = reply.answers.iter().any(|record| record.record_type() == question.kind);
        let wanted = question.kind == RecordType::AAAA && reply.code == ResponseCode::NoError;
        match self.absent {
            Absent::MadeUp if wanted && !answers => {
                let mut four = question.clone();
                four.kind = RecordType::A;
                let mut four = self.find(&four).await;
                four.answers.iter_mut().for_each(make_up);
                four
            }
            Absent::Told | Absent::MadeUp => reply,
        }
    }
}

/// Makes an AAAA record of an A record.
fn make_up(record: &mut Record) {
    if let RData::A(address) = record.data {
        record.data = RData::AAAA(AAAA(embed(address.0)));
    }
}
