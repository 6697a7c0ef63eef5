//! The interceptor's own way to the sites: connections made on another host of the lab, since the
//! host that plays all addresses cannot reach them itself.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::LabError;
use crate::internet::service::{Ground, Service};
use crate::internet::sockets::{Protocol, Sockets};

/// Asks for connections.
#[derive(Clone, Debug)]
pub(super) struct Upstream(mpsc::Sender<Wanted>);

type Wanted = (SocketAddr, oneshot::Sender<std::net::TcpStream>);

impl Upstream {
    /// Starts the thread that connects.
    pub(super) fn start(
        ground: &dyn Ground,
        sockets: Sockets,
    ) -> Result<(Service, Self), LabError> {
        let (ask, asked) = mpsc::channel(MOST_WAITING);
        let prepare = move || Ok(((), connect_all(asked, sockets)));
        let (service, ()) = Service::start(ground, "interceptor's upstream", prepare)?;
        Ok((service, Self(ask)))
    }

    /// Connects to `address`; none when that fails or takes too long.
    pub(super) async fn to(&self, address: SocketAddr) -> Option<TcpStream> {
        let (answer, answered) = oneshot::channel();
        self.0.send((address, answer)).await.ok()?;
        let stream = answered.await.ok()?;
        stream.set_nodelay(true).ok()?;
        TcpStream::from_std(stream).ok()
    }
}

async fn connect_all(mut asked: mpsc::Receiver<Wanted>, sockets: Sockets) {
    while let Some((address, answer)) = asked.recv().await {
        let place = sockets.find(Protocol::Tcp, address);
        drop(tokio::spawn(async move {
            let connected = timeout(PATIENCE, TcpStream::connect(place)).await;
            // The socket stays this host's, whichever runtime reads from it.
            if let Ok(Ok(stream)) =
                connected.map(|connected| connected.and_then(TcpStream::into_std))
            {
                answer.send(stream).ok();
            }
        }));
    }
}

const MOST_WAITING: usize = 256;
const PATIENCE: Duration = Duration::from_secs(10);
