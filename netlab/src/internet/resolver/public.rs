//! The public resolvers: each answers over UDP and over HTTPS.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Absent, Recursive};
use crate::LabError;
use crate::internet::accept::accept;
use crate::internet::authority::{Flaw, LabAuthority};
use crate::internet::dns::{self, Lies, answer_over_https};
use crate::internet::http;
use crate::internet::sockets::Sockets;
use crate::internet::tls::{ByName, acceptor};
use crate::internet::{DNS, HTTPS};

/// A resolver anybody may use.
#[derive(Clone, Copy, Debug)]
pub(in crate::internet) struct Public {
    /// Its address.
    pub(in crate::internet) address: Ipv4Addr,
    /// Its address over IPv6.
    pub(in crate::internet) address_6: Ipv6Addr,
    /// The name on its certificate.
    pub(in crate::internet) host: &'static str,
}

/// Binds a public resolver's addresses and returns what serves them.
pub(in crate::internet) fn prepare(
    public: Public,
    sockets: &Sockets,
    authority: &LabAuthority,
) -> Result<impl Future<Output = ()> + use<>, LabError> {
    let honest = Lies::new(&[], Arc::new(AtomicBool::new(false)))?;
    let recursive = Arc::new(Recursive::new(sockets.clone(), honest, Absent::Told));
    let default = authority.issue(public.host, Flaw::None)?;
    let tls = acceptor(Arc::new(ByName { named: BTreeMap::new(), default }))?;
    let connections = [sockets.tcp(public.address, HTTPS)?, sockets.tcp(public.address_6, HTTPS)?];
    let datagrams = [sockets.udp(public.address, DNS)?, sockets.udp(public.address_6, DNS)?];
    Ok(async move {
        let over_https = connections.map(|listener| {
            accept(listener, |stream| {
                let (tls, recursive) = (tls.clone(), Arc::clone(&recursive));
                async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        let answer = |asked| answer_over_https(asked, Arc::clone(&recursive));
                        http::serve(stream, answer).await;
                    }
                }
            })
        });
        let [four, six] = datagrams.map(|socket| dns::serve(socket, Arc::clone(&recursive)));
        let [secure_four, secure_six] = over_https;
        tokio::join!(four, six, secure_four, secure_six);
    })
}
