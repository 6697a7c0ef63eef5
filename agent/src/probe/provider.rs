//! The resolver that this line was given: usually the provider's own.

use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// Returns the resolver that the system's settings name, asked directly over UDP; none where they
/// name none but programs of this machine.
///
/// Whoever changed the settings asks somebody else than the provider. The address tells a line
/// from its neighbours, perhaps a home's own router: it is kept in memory only.
pub fn resolver() -> Option<SocketAddr> {
    configured(Path::new(SETTINGS), Path::new(BEHIND_SYSTEMD))
}

/// Reads the `settings`; where they name systemd's own program, reads the file `behind` it.
fn configured(settings: &Path, behind: &Path) -> Option<SocketAddr> {
    let mut named = servers(&read(settings)?);
    if named.first().is_some_and(|first| STUBS.contains(&first.to_string().as_str())) {
        named = servers(&read(behind)?);
    }
    let far = named.into_iter().find(|ip| !ip.is_loopback() && !ip.is_unspecified());
    far.map(|ip| SocketAddr::new(ip, PORT))
}

/// Returns the servers that a system asks: those of the first three lines (resolv.conf(5)).
///
/// An IPv6 address with a zone (`%eth0`) is left out: it holds on one link only.
fn servers(text: &str) -> Vec<IpAddr> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next())?
    });
    named.take(SERVERS).filter_map(|address| address.parse().ok()).collect()
}

fn read(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(SETTINGS_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

const SETTINGS: &str = "/etc/resolv.conf";
/// systemd-resolved(8) lists the servers that it asks itself here.
const BEHIND_SYSTEMD: &str = "/run/systemd/resolve/resolv.conf";
/// Where systemd-resolved answers on this machine.
const STUBS: [&str; 2] = ["127.0.0.53", "127.0.0.54"];
const SERVERS: usize = 3;
const SETTINGS_BYTES: u64 = 64 << 10;
/// RFC 1035 §4.2.
const PORT: u16 = 53;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_server_that_is_not_this_machine_is_taken() {
        for (settings, behind, server) in [
            ("nameserver 192.0.2.53\nnameserver 192.0.2.54\n", None, Some("192.0.2.53:53")),
            (
                "# nameserver 192.0.2.9\n;x\n  nameserver\t2001:db8::53 # x",
                None,
                Some("[2001:db8::53]:53"),
            ),
            ("nameserver 127.0.0.1\nnameserver 192.0.2.53", None, Some("192.0.2.53:53")),
            ("nameserver fe80::1%eth0\nnameserver 192.0.2.53", None, Some("192.0.2.53:53")),
            ("nameserver ::1\nnameserver 0.0.0.0\nnameserver x\nnameserver 192.0.2.53", None, None),
            ("nameservers 192.0.2.53\nsearch x.test", None, None),
            ("nameserver 127.0.0.53\n", Some("nameserver 192.0.2.7"), Some("192.0.2.7:53")),
            ("nameserver 127.0.0.53\n", Some("# none"), None),
            ("nameserver 127.0.0.53\n", None, None),
            ("nameserver 192.0.2.53\n", Some("nameserver 192.0.2.7"), Some("192.0.2.53:53")),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let [first, second] = ["resolv.conf", "behind.conf"].map(|name| dir.path().join(name));
            std::fs::write(&first, settings).unwrap();
            if let Some(text) = behind {
                std::fs::write(&second, text).unwrap();
            }

            let found = configured(&first, &second).map(|at| at.to_string());

            assert_eq!(found.as_deref(), server, "{settings}");
        }
    }

    #[test]
    fn a_system_without_settings_names_nobody() {
        let dir = tempfile::tempdir().unwrap();

        assert_eq!(configured(&dir.path().join("none"), &dir.path().join("none")), None);
    }
}
