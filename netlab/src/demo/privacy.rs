//! Searches what the collector wrote for the addresses of volunteers.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// Returns, for each file below `folder` that holds one of `addresses` in some spelling, its name
/// with the spelling found.
pub(super) fn search(folder: &Path, addresses: &[IpAddr]) -> io::Result<Vec<String>> {
    let spellings: Vec<String> = addresses.iter().flat_map(|ip| spellings(*ip)).collect();
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // What is not text becomes marks in between; the spellings are all text.
            let bytes = fs::read(&path)?;
            let text = String::from_utf8_lossy(&bytes);
            for spelling in &spellings {
                if text.contains(spelling) {
                    found.push(format!("{}: {spelling}", path.display()));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The ways in which software writes an address: dotted, dashed, reversed, as a number, in
/// hexadecimal, as IPv6.
fn spellings(address: IpAddr) -> Vec<String> {
    match address {
        IpAddr::V4(address) => spellings_4(address).into(),
        IpAddr::V6(address) => spellings_6(address).into(),
    }
}

fn spellings_4(address: Ipv4Addr) -> [String; 7] {
    let [a, b, c, d] = address.octets();
    let hex = format!("{a:02x}{b:02x}{c:02x}{d:02x}");
    [
        address.to_string(),
        format!("{a}-{b}-{c}-{d}"),
        format!("{d}.{c}.{b}.{a}"),
        u32::from(address).to_string(),
        hex.to_uppercase(),
        hex,
        format!("::ffff:{a:02x}{b:02x}:{c:02x}{d:02x}"),
    ]
}

/// Shortened, in full, the number, in hexadecimal either way, and the network alone.
fn spellings_6(address: Ipv6Addr) -> [String; 6] {
    let full = address.segments().map(|word| format!("{word:04x}")).join(":");
    let hex = full.replace(':', "");
    let network = address.segments().first_chunk::<4>().map(|four| {
        four.map(|word| format!("{word:x}")).join(":").trim_end_matches(":0").to_owned() + ":"
    });
    [
        address.to_string(),
        full,
        u128::from(address).to_string(),
        hex.to_uppercase(),
        hex,
        network.unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_however_it_is_written() {
        let four = IpAddr::from([198, 18, 17, 10]);
        let six: IpAddr = "2001:db8:1101::10".parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("deeper")).unwrap();

        let told = |address| spellings(address).into_iter().map(move |told| (address, told));
        for (at, (address, spelling)) in told(four).chain(told(six)).enumerate() {
            let file = folder.path().join("deeper").join(format!("{at}.log"));
            fs::write(&file, format!("before {spelling} after")).unwrap();
            let found = search(folder.path(), &[address]).unwrap();
            assert!(!found.is_empty(), "{spelling}");
            fs::remove_file(file).unwrap();
        }
        fs::write(folder.path().join("clean"), "198.18.18.10 2001:db8:1102::10").unwrap();

        assert_eq!(search(folder.path(), &[four, six]).unwrap(), Vec::<String>::new());
    }
}
