//! Makes censors from what a scenario says.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use record::Host;

use super::{
    AddressDrop, Asked, Catch, Censor, CensorSpec, Chain, Close, DnsDeny, DnsFail, DnsFailSpec,
    DnsForge, EchDrop, Fails, HttpBlockPage, HttpDrop, Intercept, Names, Place, Portal, QuicDrop,
    Reach, Reset, SniDrop, SniDropSpec, TcpRefuse, TcpUnreachable, Throttle, UdpDrop, Vpn, Whom,
};
use crate::LabError;
use crate::internet::{BLOCK_PAGE, BLOCK_PAGE_HTML, Lie, WorldSpec};

/// What a provider's censors come to: those on the path, and what other programs must do.
#[derive(Debug, Default)]
pub struct Censorship {
    /// The censors on the path.
    pub path: Chain,
    /// The lies that the provider's own resolver tells.
    pub lies: Vec<Lie>,
    /// The names whose TLS the interception host ends.
    pub intercepted: Vec<Host>,
}

/// Makes a provider's censors. The sites of `world` give names their true addresses.
pub fn build(specs: &[CensorSpec], world: &WorldSpec) -> Result<Censorship, LabError> {
    let mut made = Censorship::default();
    let mut path: Vec<Box<dyn Censor>> = Vec::new();
    for spec in specs {
        made.lies.extend(lies(spec)?);
        made.intercepted.extend(intercepted(spec)?);
        path.extend(on_path(spec, world)?);
    }
    made.path = Chain::new(path);
    Ok(made)
}

/// Returns what the provider's own resolver is to say.
fn lies(spec: &CensorSpec) -> Result<Vec<Lie>, LabError> {
    if let CensorSpec::DnsForge { place: Place::Resolver, names, address, .. } = spec {
        let forge = |name: &Host| Lie::Forge { name: name.clone(), address: *address };
        return Ok(names.iter().map(forge).collect());
    }
    if let CensorSpec::DnsDeny { place: Place::Resolver, names } = spec {
        return Ok(names.iter().map(|name| Lie::Deny { name: name.clone() }).collect());
    }
    if let CensorSpec::DnsFail(DnsFailSpec { place: Place::Resolver, names, how, asked }) = spec {
        let Some(code) = code(*how).filter(|_| *asked == Asked::All) else {
            let told = "a resolver fails for all types of records and says so; leave `where` out";
            return Err(LabError::Wrong(told.to_owned()));
        };
        return Ok(names.iter().map(|name| Lie::Fail { name: name.clone(), code }).collect());
    }
    Ok(Vec::new())
}

/// Returns the names for which the interception host is to end TLS.
fn intercepted(spec: &CensorSpec) -> Result<Vec<Host>, LabError> {
    if let CensorSpec::Intercept(spec) = spec {
        return Ok(spec.names.clone());
    }
    if matches!(spec, CensorSpec::LocalAntivirus {}) {
        let every = EVERY_NAME.parse().map_err(LabError::failed("naming every name"))?;
        return Ok(vec![every]);
    }
    Ok(Vec::new())
}

/// Makes the censor that stands on the path; none where only the resolver lies.
fn on_path(spec: &CensorSpec, world: &WorldSpec) -> Result<Option<Box<dyn Censor>>, LabError> {
    let censor: Box<dyn Censor> = match spec {
        CensorSpec::DnsForge { place: Place::Resolver, .. }
        | CensorSpec::DnsDeny { place: Place::Resolver, .. }
        | CensorSpec::DnsFail(DnsFailSpec { place: Place::Resolver, .. }) => return Ok(None),
        CensorSpec::DnsForge { place: Place::Path, names, address, timing, alias } => {
            let forge = DnsForge::new(Names::new(names), *address, *timing);
            Box::new(forge.with_alias(alias.clone()))
        }
        CensorSpec::DnsDeny { place: Place::Path, names } => {
            Box::new(DnsDeny { names: Names::new(names) })
        }
        CensorSpec::DnsFail(spec) => {
            let only = match spec.asked {
                Asked::All => None,
                Asked::A => Some(RecordType::A),
                Asked::Aaaa => Some(RecordType::AAAA),
            };
            Box::new(DnsFail { names: Names::new(&spec.names), code: code(spec.how), only })
        }
        CensorSpec::AddressDrop(whom) => Box::new(AddressDrop { addresses: of(whom, world)? }),
        CensorSpec::TcpRefuse(whom) => Box::new(TcpRefuse { addresses: of(whom, world)? }),
        CensorSpec::TcpUnreachable(whom) => {
            Box::new(TcpUnreachable { addresses: of(whom, world)? })
        }
        CensorSpec::UdpDrop(spec) => Box::new(UdpDrop {
            ports: spec.ports.iter().copied().collect(),
            addresses: spec.addresses.iter().copied().collect(),
        }),
        CensorSpec::SniDrop(spec) => Box::new(sni_drop(spec)),
        CensorSpec::SniReset { names } => Box::new(Reset::of_hellos(Names::new(names))),
        CensorSpec::SniClose { names } => Box::new(Close::of_hellos(Names::new(names))),
        CensorSpec::HttpClose { names } => Box::new(Close::of_requests(Names::new(names))),
        CensorSpec::SniThrottle { names, rate_kbit, after_kb } => {
            Box::new(Throttle::of_hellos(Names::new(names), *rate_kbit, *after_kb))
        }
        CensorSpec::HttpThrottle { names, rate_kbit, after_kb } => {
            Box::new(Throttle::of_requests(Names::new(names), *rate_kbit, *after_kb))
        }
        CensorSpec::AddressThrottle { addresses, rate_kbit } => {
            Box::new(Throttle::of_addresses(addresses.iter().copied().collect(), *rate_kbit))
        }
        CensorSpec::Vpn { begins_with } if begins_with.is_empty() => Box::new(Vpn::at_once()),
        CensorSpec::Vpn { begins_with } => Box::new(Vpn::beginning_with(Names::new(begins_with))),
        CensorSpec::EchDrop {} => Box::new(EchDrop::default()),
        CensorSpec::QuicDrop { names } => Box::new(QuicDrop::new(Names::new(names))),
        CensorSpec::Intercept(spec) => Box::new(Intercept {
            addresses: match spec.reach {
                Reach::Site => Some(addresses(&spec.names, world)?),
                Reach::Everywhere => None,
            },
        }),
        CensorSpec::LocalAntivirus {} => Box::new(Intercept { addresses: None }),
        CensorSpec::HttpBlockPage { names, status } => {
            Box::new(HttpBlockPage::new(Names::new(names), page(*status)))
        }
        CensorSpec::HttpDrop { names } => Box::new(HttpDrop::new(Names::new(names))),
        CensorSpec::HttpReset { names } => Box::new(Reset::of_requests(Names::new(names))),
        CensorSpec::Portal {} => Box::new(Portal::new(BLOCK_PAGE, page(LOG_IN))),
    };
    Ok(Some(censor))
}

fn sni_drop(spec: &SniDropSpec) -> SniDrop {
    let lasts = Duration::from_secs(u64::from(spec.residual_s));
    let catch = Catch::new(spec.from_attempt, spec.share_permille.unwrap_or(1000));
    let drop = SniDrop::new(Names::new(&spec.names), spec.residual, lasts);
    drop.seeing(spec.side, spec.reads, catch)
}

fn code(how: Fails) -> Option<ResponseCode> {
    match how {
        Fails::Servfail => Some(ResponseCode::ServFail),
        Fails::Refused => Some(ResponseCode::Refused),
        Fails::Silent => None,
    }
}

fn of(whom: &Whom, world: &WorldSpec) -> Result<BTreeSet<IpAddr>, LabError> {
    let mut addresses = addresses(&whom.names, world)?;
    addresses.extend(&whom.addresses);
    Ok(addresses)
}

fn addresses(names: &[Host], world: &WorldSpec) -> Result<BTreeSet<IpAddr>, LabError> {
    let mut addresses = BTreeSet::new();
    for name in names {
        let site = world.site(name.as_str()).ok_or_else(|| {
            LabError::Wrong(format!("{name} is no site of the lab's world: it has no address"))
        })?;
        addresses.extend(&site.addresses);
    }
    Ok(addresses)
}

fn page(status: u16) -> Vec<u8> {
    let place = match status {
        301..=308 => format!("Location: http://{BLOCK_PAGE}/\r\n"),
        _ => String::new(),
    };
    let length = BLOCK_PAGE_HTML.len();
    let head = format!(
        "HTTP/1.1 {status} Lab\r\nContent-Type: text/html; charset=utf-8\r\n{place}\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), BLOCK_PAGE_HTML.as_bytes()].concat()
}

/// All of the lab's names are below this one.
const EVERY_NAME: &str = "test";
/// The status with which a portal leads to its page.
const LOG_IN: u16 = 302;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_made() {
        for rule in [
            "dns_forge",
            "dns_deny",
            "dns_fail",
            "address_drop",
            "tcp_refuse",
            "tcp_unreachable",
            "sni_drop",
            "sni_reset",
            "sni_close",
            "quic_drop",
            "intercept",
            "http_block_page",
            "http_drop",
            "http_reset",
            "http_close",
        ] {
            let text = format!("rule = \"{rule}\"\nnames = [\"tan-jarygy.test\"]");
            assert!(made(&text).is_ok(), "{rule}");
        }
        for text in [
            "rule = \"udp_drop\"\nports = [443]",
            "rule = \"sni_throttle\"\nnames = [\"a.test\"]\nrate_kbit = 100",
            "rule = \"http_throttle\"\nnames = [\"a.test\"]\nrate_kbit = 100",
            "rule = \"address_throttle\"\naddresses = [\"203.0.113.9\"]\nrate_kbit = 8",
            "rule = \"vpn\"",
            "rule = \"ech_drop\"",
            "rule = \"local_antivirus\"",
            "rule = \"portal\"",
        ] {
            assert!(made(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn lies_are_told_where_the_scenario_says() {
        let on_path = made("rule = \"dns_deny\"\nnames = [\"a.test\"]").unwrap();
        let told = made("rule = \"dns_deny\"\nnames = [\"a.test\"]\nwhere = \"resolver\"");

        assert_eq!(on_path.lies, []);
        assert_eq!(told.unwrap().lies, [Lie::Deny { name: "a.test".parse().unwrap() }]);
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_name() {
        for (text, word) in [
            ("rule = \"sni_dorp\"\nnames = [\"a.test\"]", "sni_dorp"),
            ("rule = \"sni_reset\"\nnames = [\"a.test\"]\nresidual_s = 3", "residual_s"),
            ("rule = \"address_drop\"\nnames = [\"nowhere.test\"]", "nowhere.test"),
            ("rule = \"address_drop\"\nnmes = [\"nowhere.test\"]", "nmes"),
            ("rule = \"sni_drop\"", "names"),
            ("rule = \"sni_drop\"\nnames = []\nreeds = 1", "reeds"),
            ("rule = \"portal\"\nnames = [\"a.test\"]", "names"),
            ("rule = \"dns_fail\"\nnames = []\nwhere = \"resolver\"\nhow = \"silent\"", "where"),
        ] {
            let refused = made(text).map(|_| ()).unwrap_err();
            assert!(refused.contains(word), "{refused}");
        }
    }

    fn made(text: &str) -> Result<Censorship, String> {
        let spec = toml::from_str(text).map_err(|error| error.to_string())?;
        build(&[spec], &WorldSpec::standard()).map_err(|error| error.to_string())
    }
}
