//! Devices, addresses and routes of a host, by netlink and TUN.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use rtnetlink::packet_route::route::{RouteScope, RouteType};
use rtnetlink::{Handle, LinkUnspec, RouteMessageBuilder, new_connection};
use tun_rs::{DeviceBuilder, SyncDevice};

use crate::{LabError, Space};

/// A range: the first address and the length of the prefix.
pub type Range = (IpAddr, u8);

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
        if addresses.iter().chain(&routes).any(|(ip, _)| ip.is_ipv6()) {
            allow_ipv6(&name)?;
        }
        netlink(&name, async |handle, index| {
            // At the kernel's default of 500 packets bursts are dropped unseen and look like loss.
            let up = LinkUnspec::new_with_index(index).mtu(MTU).txqueuelen(10_000).up();
            handle.link().set(up.build()).execute().await?;
            for (address, length) in addresses {
                handle.address().add(index, address, length).execute().await?;
            }
            for (to, length) in routes {
                let route = RouteMessageBuilder::<IpAddr>::new()
                    .destination_prefix(to, length)
                    .map_err(|wrong| rtnetlink::Error::InvalidNla(wrong.to_string()))?
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
                if to.is_ipv6() {
                    // Without one the kernel has nothing to send ICMP messages from.
                    handle.address().add(index, to, 128).execute().await?;
                }
                let route = RouteMessageBuilder::<IpAddr>::new()
                    .destination_prefix(to, length)
                    .map_err(|wrong| rtnetlink::Error::InvalidNla(wrong.to_string()))?
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

/// Lets a device carry IPv6, and nothing of it that was not asked for.
fn allow_ipv6(device: &str) -> Result<(), LabError> {
    let folder = Path::new("/proc/sys/net/ipv6/conf").join(device);
    // The last one starts it: by then no link-local address may be made, and no router sought.
    for (setting, value) in [("addr_gen_mode", "1"), ("accept_ra", "0"), ("disable_ipv6", "0")] {
        fs::write(folder.join(setting), value)
            .map_err(LabError::not_permitted(format!("writing {setting} of IPv6 on {device}")))?;
    }
    Ok(())
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
