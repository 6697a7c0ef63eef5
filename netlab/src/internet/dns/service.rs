//! HTTPS records (RFC 9460): what a site tells of its server beside its addresses.

use std::net::IpAddr;

use hickory_proto::rr::Name;
use hickory_proto::rr::rdata::svcb::{
    Alpn, EchConfigList, IpHint, SVCB, SvcParamKey, SvcParamValue,
};
use hickory_proto::rr::rdata::{A, AAAA, HTTPS};

use record::Host;

use crate::internet::spec::Site;

/// Returns the HTTPS record of `site`; none where it offers neither HTTP/3 nor encrypted hellos.
pub(super) fn service(site: &Site) -> Option<HTTPS> {
    if !site.http3 && site.ech.is_none() {
        return None;
    }
    let protocols = if site.http3 { &["h3", "h2"][..] } else { &["h2"] };
    let protocols = Alpn(protocols.iter().map(|name| (*name).to_owned()).collect());
    let four = site.addresses.iter().filter_map(|ip| match ip {
        IpAddr::V4(ip) => Some(A(*ip)),
        IpAddr::V6(_) => None,
    });
    let six = site.addresses.iter().filter_map(|ip| match ip {
        IpAddr::V4(_) => None,
        IpAddr::V6(ip) => Some(AAAA(*ip)),
    });
    let (hint, six) = (IpHint(four.collect()), IpHint(six.collect::<Vec<_>>()));
    // In the order of their numbers (RFC 9460 §2.2).
    let mut params = vec![
        (SvcParamKey::Alpn, SvcParamValue::Alpn(protocols)),
        (SvcParamKey::Ipv4Hint, SvcParamValue::Ipv4Hint(hint)),
    ];
    if let Some(outer) = &site.ech {
        let list = EchConfigList(ech_config_list(outer));
        params.push((SvcParamKey::EchConfigList, SvcParamValue::EchConfigList(list)));
    }
    if !six.0.is_empty() {
        params.push((SvcParamKey::Ipv6Hint, SvcParamValue::Ipv6Hint(six)));
    }
    Some(HTTPS(SVCB::new(1, Name::root(), params)))
}

/// Writes an `ECHConfigList` of one key (RFC 9849 §4). The lab's servers do not have its other
/// half: they finish each such handshake as `outer`, like servers that lost a key.
fn ech_config_list(outer: &Host) -> Vec<u8> {
    let name = outer.as_str().as_bytes();
    let suites = [[0, 1, 0, 1], [0, 1, 0, 3]].concat();
    let mut contents = vec![CONFIG_ID];
    contents.extend(X25519);
    contents.extend(prefixed(&PUBLIC_KEY));
    contents.extend(prefixed(&suites));
    contents.extend([MOST_NAME_BYTES, u8::try_from(name.len()).unwrap_or(u8::MAX)]);
    contents.extend(name);
    // No extensions.
    contents.extend([0, 0]);
    let config = [VERSION.to_vec(), prefixed(&contents)].concat();
    prefixed(&config)
}

/// Writes two bytes of length before `bytes`.
fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), bytes].concat()
}

const VERSION: [u8; 2] = [0xfe, 0x0d];
const CONFIG_ID: u8 = 7;
/// DHKEM(X25519, HKDF-SHA256) (RFC 9180 §7.1).
const X25519: [u8; 2] = [0, 0x20];
/// A name is padded to this length before it is encrypted.
const MOST_NAME_BYTES: u8 = 64;
/// A point of Curve25519: the public key of Alice in RFC 7748 §6.1.
const PUBLIC_KEY: [u8; 32] = [
    0x85, 0x20, 0xf0, 0x09, 0x89, 0x30, 0xa7, 0x54, 0x74, 0x8b, 0x7d, 0xdc, 0xb4, 0x3e, 0xf7, 0x5a,
    0x0d, 0xbf, 0x3a, 0x0d, 0x26, 0x38, 0x1a, 0xf4, 0xeb, 0xa4, 0xa9, 0x8e, 0xaa, 0x9b, 0x4e, 0x6a,
];
