//! Makes censors from what a scenario says.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

use record::Host;

use super::{
    AddressDrop, Censor, CensorSpec, Chain, DnsDeny, DnsForge, HttpBlockPage, Intercept, Names,
    Place, SniDrop, SniReset,
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
        match spec {
            CensorSpec::DnsForge { place: Place::Resolver, names, address, .. } => {
                let forge = |name: &Host| Lie::Forge { name: name.clone(), address: *address };
                made.lies.extend(names.iter().map(forge));
            }
            CensorSpec::DnsForge { place: Place::Path, names, address, timing } => {
                let (address, timing) = (*address, *timing);
                path.push(Box::new(DnsForge { names: Names::new(names), address, timing }));
            }
            CensorSpec::DnsDeny { place: Place::Resolver, names } => {
                made.lies.extend(names.iter().map(|name| Lie::Deny { name: name.clone() }));
            }
            CensorSpec::DnsDeny { place: Place::Path, names } => {
                path.push(Box::new(DnsDeny { names: Names::new(names) }));
            }
            CensorSpec::AddressDrop(whom) => {
                let mut addresses = addresses(&whom.names, world)?;
                addresses.extend(&whom.addresses);
                path.push(Box::new(AddressDrop { addresses }));
            }
            CensorSpec::SniDrop { names, residual_s, residual } => {
                let lasts = Duration::from_secs(u64::from(*residual_s));
                path.push(Box::new(SniDrop::new(Names::new(names), *residual, lasts)));
            }
            CensorSpec::SniReset { names } => {
                path.push(Box::new(SniReset::new(Names::new(names))));
            }
            CensorSpec::Intercept { names, .. } => {
                path.push(Box::new(Intercept { addresses: addresses(names, world)? }));
                made.intercepted.extend(names.iter().cloned());
            }
            CensorSpec::HttpBlockPage { names, status } => {
                path.push(Box::new(HttpBlockPage::new(Names::new(names), page(*status))));
            }
        }
    }
    made.path = Chain::new(path);
    Ok(made)
}

fn addresses(names: &[Host], world: &WorldSpec) -> Result<BTreeSet<Ipv4Addr>, LabError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_made() {
        for rule in [
            "dns_forge",
            "dns_deny",
            "address_drop",
            "sni_drop",
            "sni_reset",
            "intercept",
            "http_block_page",
        ] {
            let text = format!("rule = \"{rule}\"\nnames = [\"tan-jarygy.test\"]");
            assert!(made(&text).is_ok(), "{rule}");
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
