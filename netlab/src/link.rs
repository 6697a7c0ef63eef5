//! Devices, addresses and routes of a host, by netlink and TUN.

use std::net::Ipv4Addr;

use rtnetlink::packet_route::route::{RouteScope, RouteType};
use rtnetlink::{Handle, LinkUnspec, RouteMessageBuilder, new_connection};
use tun_rs::{DeviceBuilder, SyncDevice};

use crate::{LabError, Space};

/// An IPv4 range: the first address and the length of the prefix.
pub type Range = (Ipv4Addr, u8);

/// Makes a TUN device on `space` with these addresses, brings it up and routes `routes` into it.
///
/// Whoever holds the returned handle is the other end of the wire, wherever it runs.
pub fn tun(
    space: &Space,
    name: &str,
    addresses: Vec<Range>,
    routes: Vec<Range>,
) -> Result<SyncDevice, LabError> {
    let name = name.to_owned();
    space.run(move || {
        let device = DeviceBuilder::new().name(&name).enable(false).build_sync();
        let device =
            device.map_err(LabError::not_permitted("making a TUN device (/dev/net/tun)"))?;
        device
            .set_nonblocking(true)
            .map_err(LabError::failed("setting a TUN device non-blocking"))?;
        netlink(&name, async |handle, index| {
            // At the kernel's default of 500 packets bursts are dropped unseen and look like loss.
            let up = LinkUnspec::new_with_index(index).mtu(MTU).txqueuelen(10_000).up();
            handle.link().set(up.build()).execute().await?;
            for (address, length) in addresses {
                handle.address().add(index, address.into(), length).execute().await?;
            }
            for (to, length) in routes {
                let route = RouteMessageBuilder::<Ipv4Addr>::new()
                    .destination_prefix(to, length)
                    .output_interface(index)
                    .scope(RouteScope::Link);
                handle.route().add(route.build()).execute().await?;
            }
            Ok(())
        })?;
        Ok(device)
    })?
}

/// Makes every address of `ranges` one of the host's own (any of them can be bound and answers).
pub fn own(space: &Space, ranges: Vec<Range>) -> Result<(), LabError> {
    space.run(move || {
        netlink("lo", async |handle, index| {
            for (to, length) in ranges {
                let route = RouteMessageBuilder::<Ipv4Addr>::new()
                    .destination_prefix(to, length)
                    .output_interface(index)
                    .table_id(LOCAL_TABLE)
                    .scope(RouteScope::Host)
                    .kind(RouteType::Local);
                handle.route().add(route.build()).execute().await?;
            }
            Ok(())
        })
    })?
}

/// Brings the loopback device of the calling thread's namespace up.
pub(crate) fn loopback_up() -> Result<(), LabError> {
    netlink("lo", async |handle, index| {
        let up = LinkUnspec::new_with_index(index).up();
        handle.link().set(up.build()).execute().await
    })
}

/// Does something to the device `name` of the calling thread's namespace.
fn netlink(
    name: &str,
    work: impl AsyncFnOnce(Handle, u32) -> Result<(), rtnetlink::Error>,
) -> Result<(), LabError> {
    let doing = || format!("setting up the device {name}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(LabError::failed(doing()))?;
    let index = nix::net::if_::if_nametoindex(name).map_err(LabError::failed(doing()))?;
    runtime.block_on(async {
        let (connection, handle, _) = new_connection().map_err(LabError::failed(doing()))?;
        let pump = tokio::spawn(connection);
        let done = work(handle, index).await.map_err(LabError::failed(doing()));
        pump.abort();
        done
    })
}

/// The largest packet.
pub const MTU: u32 = 1500;

const LOCAL_TABLE: u32 = 255;
