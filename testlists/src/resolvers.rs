//! The public resolvers that are asked beside the system's.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use record::{Host, Resolver};

use crate::table::{self, Entry, File, Once};
use crate::{DohServer, ListError, PublicResolver};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResolverEntry {
    id: String,
    udp: Option<SocketAddr>,
    doh: Option<DohEntry>,
    #[serde(default, rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DohEntry {
    addresses: Vec<IpAddr>,
    #[serde(default = "https_port")]
    port: u16,
    host: Host,
    path: String,
}

fn https_port() -> u16 {
    443
}

pub(crate) fn read(file: &File<'_>) -> Result<Vec<PublicResolver>, ListError> {
    let mut once = Once::new();
    let mut resolvers = Vec::new();
    for Entry { at, value } in table::entries::<ResolverEntry>(file, "resolver")? {
        let ResolverEntry { id, udp, doh, .. } = value;
        table::check_id(at, &id)?;
        once.check(at, id.clone(), &id)?;
        if [Resolver::SYSTEM, Resolver::PROVIDER, Resolver::NOBODY].contains(&id.as_str()) {
            return Err(
                at.wrong(format!("{id} is the word for a resolver of no list"), "give another id")
            );
        }
        if udp.is_none() && doh.is_none() {
            return Err(at.wrong(
                format!("the resolver {id} answers nowhere"),
                "write udp = \"address:53\", or a [resolver.doh] below it",
            ));
        }
        let doh = doh.map(|DohEntry { addresses, port, host, path }| DohServer {
            addresses,
            port,
            host,
            path,
        });
        if doh.as_ref().is_some_and(|doh| doh.addresses.is_empty() || !doh.path.starts_with('/')) {
            return Err(at.wrong(
                format!("the resolver {id} lacks an address or a path for DNS over HTTPS"),
                "write addresses = [\"…\"] and path = \"/dns-query\"",
            ));
        }
        resolvers.push(PublicResolver { id, udp, doh });
    }
    Ok(resolvers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_is_read_with_the_usual_port() {
        let resolvers = read(&File::new("resolvers.toml", TEXT)).unwrap();

        let doh = resolvers[0].doh.as_ref().unwrap();
        assert_eq!((doh.port, doh.host.as_str()), (443, "dns.test"));
        assert_eq!(resolvers[0].udp, Some("192.0.2.53:53".parse().unwrap()));
    }

    #[test]
    fn a_bad_resolver_is_refused_with_its_line() {
        for (from, to, part) in [
            ("\"open\"", "\"system\"", "system is the word for a resolver of no list"),
            ("192.0.2.53:53", "192.0.2.53", "invalid socket address"),
            ("[\"192.0.2.54\"]", "[]", "the resolver open lacks an address or a path"),
            ("path = \"/dns-query\"", "path = \"dns-query\"", "the resolver open lacks"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            let error = read(&File::new("resolvers.toml", &text)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("resolvers.toml, line 1: {part}")), "{error}");
        }
        let error = read(&File::new("resolvers.toml", "[[resolver]]\nid = \"x\"\n")).unwrap_err();
        assert!(error.to_string().contains("answers nowhere"), "{error}");
    }

    const TEXT: &str = r#"[[resolver]]
id = "open"
udp = "192.0.2.53:53"
[resolver.doh]
addresses = ["192.0.2.54"]
host = "dns.test"
path = "/dns-query"
"#;
}
