//! The kernel's settings that every host of the lab needs to behave alike on every machine.

use std::fs;
use std::path::Path;

use crate::LabError;

/// Writes the settings of the calling thread's network namespace.
pub(super) fn settle() -> Result<(), LabError> {
    SETTINGS.iter().try_for_each(|(name, value)| set(name, value))
}

fn set(name: &str, value: &str) -> Result<(), LabError> {
    let path = Path::new("/proc/sys/net").join(name);
    if !path.exists() {
        return Ok(());
    }
    let refused = match fs::write(&path, value) {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    // Containers mount /proc/sys read-only; that does no harm where the value is right already.
    let present = fs::read_to_string(&path).unwrap_or_default();
    if present.split_whitespace().eq(value.split_whitespace()) {
        return Ok(());
    }
    Err(LabError::NotPermitted { step: format!("writing {}", path.display()), source: refused })
}

const SETTINGS: [(&str, &str); 12] = [
    // Answers come back by another device than the one the kernel would choose.
    ("ipv4/conf/all/rp_filter", "0"),
    ("ipv4/conf/default/rp_filter", "0"),
    // The provider's thread forwards, not the kernel.
    ("ipv4/ip_forward", "0"),
    // Otherwise the host's choice would change results; reno is allowed everywhere.
    ("ipv4/tcp_congestion_control", "reno"),
    ("ipv4/tcp_no_metrics_save", "1"),
    // Wider ranges are refused: only id 0 is mapped.
    ("ipv4/ping_group_range", "0 0"),
    ("ipv4/icmp_ratelimit", "0"),
    ("ipv4/tcp_max_syn_backlog", "4096"),
    ("core/somaxconn", "4096"),
    // No link-local chatter on the devices.
    ("ipv6/conf/default/disable_ipv6", "1"),
    ("ipv6/conf/default/accept_dad", "0"),
    ("ipv6/ip_nonlocal_bind", "1"),
];
