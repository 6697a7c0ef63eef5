//! The world outside the providers: names, public resolvers, sites, and the block page.

use std::sync::Arc;

use super::authority::LabAuthority;
use super::dns::{self, zones};
use super::resolver::{Public, prepare_public};
use super::service::{Ground, Service};
use super::sockets::Sockets;
use super::spec::{Site, WorldSpec};
use super::{
    DNS, PUBLIC_A, PUBLIC_A_6, PUBLIC_A_HOST, PUBLIC_B, PUBLIC_B_6, PUBLIC_B_HOST, all, block_page,
    web,
};
use crate::LabError;

/// The running world; its servers end when this handle is dropped.
#[derive(Debug)]
pub struct World {
    spec: WorldSpec,
    root_pem: String,
    _services: [Service; 3],
}

impl World {
    /// Returns the sites.
    pub fn sites(&self) -> &[Site] {
        self.spec.sites()
    }

    /// Returns the certificate of the root that the sites' chains end at, as PEM.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }
}

/// Starts all servers of the world, each sort on a thread of its own.
pub(super) fn start(
    ground: &dyn Ground,
    sockets: &Sockets,
    spec: &WorldSpec,
) -> Result<World, LabError> {
    let mut spec = spec.clone();
    for public in PUBLIC_RESOLVERS {
        let host = public.host.parse().map_err(LabError::failed("naming a public resolver"))?;
        spec.hosts.insert(host, public.address);
    }
    let authority = Arc::new(LabAuthority::create()?);
    let services = [
        start_names(ground, sockets.clone(), &spec)?,
        start_public_resolvers(ground, sockets.clone(), Arc::clone(&authority))?,
        start_web(ground, sockets.clone(), spec.clone(), Arc::clone(&authority))?,
    ];
    Ok(World { spec, root_pem: authority.root_pem(), _services: services })
}

fn start_names(
    ground: &dyn Ground,
    sockets: Sockets,
    spec: &WorldSpec,
) -> Result<Service, LabError> {
    let zones = zones(spec)?;
    let prepare = move || {
        let mut servers = Vec::new();
        for (address, zones) in zones {
            servers.push(dns::serve(sockets.udp(address, DNS)?, Arc::new(zones)));
        }
        Ok(((), all(servers)))
    };
    Service::start(ground, "names", prepare).map(|(service, ())| service)
}

fn start_public_resolvers(
    ground: &dyn Ground,
    sockets: Sockets,
    authority: Arc<LabAuthority>,
) -> Result<Service, LabError> {
    let prepare = move || {
        let mut servers = Vec::new();
        for public in PUBLIC_RESOLVERS {
            servers.push(prepare_public(public, &sockets, &authority)?);
        }
        Ok(((), all(servers)))
    };
    Service::start(ground, "public resolvers", prepare).map(|(service, ())| service)
}

fn start_web(
    ground: &dyn Ground,
    sockets: Sockets,
    spec: WorldSpec,
    authority: Arc<LabAuthority>,
) -> Result<Service, LabError> {
    let prepare = move || {
        let sites = web::prepare(&spec, &sockets, &authority)?;
        let block_page = block_page::prepare(&sockets, &authority)?;
        Ok(((), async move {
            tokio::join!(sites, block_page);
        }))
    };
    Service::start(ground, "web", prepare).map(|(service, ())| service)
}

const PUBLIC_RESOLVERS: [Public; 2] = [
    Public { address: PUBLIC_A, address_6: PUBLIC_A_6, host: PUBLIC_A_HOST },
    Public { address: PUBLIC_B, address_6: PUBLIC_B_6, host: PUBLIC_B_HOST },
];
