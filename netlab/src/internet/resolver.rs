//! Resolvers: from the root down, and for a provider's own resolver with lies on top.

mod cache;
mod public;
mod walk;

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::dns::{Answerer, Lie, Lies, Question, Reply, Speaker, serve};
use super::service::{Ground, Service};
use super::sockets::Sockets;
use super::{DNS, ROOT_SERVER};
use crate::LabError;

pub(super) use public::{Public, prepare as prepare_public};
use walk::Walk;

/// A provider's own resolver; it ends when this handle is dropped.
#[derive(Debug)]
pub struct Resolver {
    address: SocketAddrV4,
    lying: Arc<AtomicBool>,
    recursive: Arc<Recursive>,
    _service: Service,
}

impl Resolver {
    /// Returns where it answers.
    pub fn address(&self) -> SocketAddrV4 {
        self.address
    }

    /// Returns the switch of its lies, which may be kept and turned from any thread.
    pub fn lying(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.lying)
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
    listen: Ipv4Addr,
    lies: Vec<Lie>,
) -> Result<Resolver, LabError> {
    let lying = Arc::new(AtomicBool::new(true));
    let lies = Lies::new(&lies, Arc::clone(&lying))?;
    let recursive = Arc::new(Recursive::new(sockets.clone(), lies));
    let answerer = Arc::clone(&recursive);
    let prepare = move || {
        let socket = sockets.udp(listen, DNS)?;
        Ok(((), serve(socket, answerer)))
    };
    let (service, ()) = Service::start(ground, "resolver", prepare)?;
    Ok(Resolver { address: SocketAddrV4::new(listen, DNS), lying, recursive, _service: service })
}

/// Answers with a lie where there is one, else with what the owners of the name say.
#[derive(Debug)]
pub(super) struct Recursive {
    walk: Walk,
    lies: Lies,
}

impl Recursive {
    /// Makes a resolver that begins at the lab's root.
    pub(super) fn new(sockets: Sockets, lies: Lies) -> Self {
        Self { walk: Walk::new(sockets, ROOT_SERVER), lies }
    }
}

impl Answerer for Recursive {
    async fn answer(&self, question: &Question) -> Reply {
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
