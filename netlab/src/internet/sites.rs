//! The sites of the standard world: all invented, all names under `.test`.

mod odd;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use record::Host;

use super::spec::Site;

/// Returns the sites of the standard world.
pub(super) fn standard() -> Vec<Site> {
    let plain = PLAIN.iter().map(|row| site(row, false));
    let known_good = KNOWN_GOOD.iter().map(|row| site(row, true));
    plain.chain(known_good).chain(odd::faulty()).chain(odd::peculiar()).collect()
}

/// A host, its title, its category's id, and the last bytes of its addresses.
type Row = (&'static str, &'static str, &'static str, &'static [u8]);

/// Sites that work. Those at [`EDGES`] share them, as behind a content network, and are aliases.
const PLAIN: &[Row] = &[
    ("tan-jarygy.test", "Tań jaryǵy: morning news", "news", &[21]),
    ("dala-tynysy.test", "Dala tynysy: news of the steppe", "news", &[22]),
    ("kok-jiyek-lab.test", "Kókjıek: news from the horizon", "news", &[10, 11]),
    ("qyran-kozi.test", "Qyran kózi: investigations", "news", &[23, 24]),
    ("esil-jarshysy.test", "Esil jarshysy: city paper", "regional_news", &[25]),
    ("boz-torgai.test", "Boztorǵai: daily", "news", &[10, 11]),
    ("tau-samaly-lab.test", "Taý samaly: opinion", "news", &[26]),
    ("keruen-zholy.test", "Kerýen joly: business news", "news", &[27]),
    ("shanyraq-uni.test", "Shańyraq úni: family weekly", "news", &[10, 11]),
    ("tobylgy-sozi.test", "Tobylǵy sózi: long reads", "news", &[28]),
    ("aq-bulaq-apta.test", "Aqbulaq apta: weekly", "regional_news", &[10]),
    ("jusan-iisi.test", "Jýsan ıisi: culture news", "news", &[29]),
    ("sybyrlas.test", "Sybyrlas: short messages", "social", &[31, 32]),
    ("dostar-alany.test", "Dostar alańy: friends", "social", &[11]),
    ("tanys-tap-lab.test", "Tanys tap: meet people", "social", &[33]),
    ("qonaq-jai.test", "Qonaqjaı: groups", "social", &[34]),
    ("kirpi-aitar.test", "Kirpi aıtar: forum", "social", &[11]),
    ("ushqyn-live.test", "Ushqyn: live talk", "social", &[35]),
    ("bizdin-talap.test", "Bizdiń talap: petitions", "petition", &[36]),
    ("qol-qoiaiyq.test", "Qol qoıaıyq: petitions", "petition", &[11]),
    ("korinis-lab.test", "Kórinis: video", "video", &[37, 38]),
    ("bir-minut.test", "Bir mınut: short video", "video", &[39]),
    ("an-sandyq.test", "Án sandyq: music", "video", &[12]),
    ("quqyq-qalqany.test", "Quqyq qalqany: legal aid", "human_rights", &[40]),
    ("tunel-jol.test", "Túnel jol: private networks", "circumvention", &[41]),
    // In Kazakh letters, as its readers write it: жаңалық-хат.test.
    ("xn----7sbab0a6a3cwa6c95csc.test", "Jańalyq hat: newsletter", "news", &[112]),
];

/// Benign sites that work, none of them beside a contested one.
const KNOWN_GOOD: &[Row] = &[
    ("aua-raiy-lab.test", "Aýa raıy: weather", "reference", &[51]),
    ("nan-dukeni.test", "Nan dúkeni: bakery", "services", &[52]),
    ("mektep-sabaq.test", "Mektep sabaq: school books", "reference", &[53, 54]),
    ("poiyz-kestesi.test", "Poıyz kestesi: timetable", "services", &[55]),
    ("gul-saudasy.test", "Gúl saýdasy: flowers", "services", &[56]),
    ("daua-shop.test", "Daýa shóp: herbs", "services", &[57]),
    ("shahmat-klub.test", "Shahmat klýby: chess", "society", &[58]),
    ("sozjumbaq.test", "Sózjumbaq: crosswords", "society", &[59]),
];

fn site(&(host, title, category, last): &Row, known_good: bool) -> Site {
    let four = last.iter().map(|last| IpAddr::from(Ipv4Addr::new(203, 0, 113, *last)));
    let six = |rows: &'static [(&str, u16)]| {
        let own = rows.iter().filter(move |(name, _)| *name == host);
        own.map(|(_, last)| IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0x113, 0, 0, 0, 0, *last)))
    };
    let (addresses, dead) = (four.chain(six(SIX)).collect(), six(DEAD_SIX).collect());
    let host: Host = host.parse().expect("the table holds host names");
    let edge = || format!("{}.{EDGE_NETWORK}", host.as_str().trim_end_matches(".test"));
    let alias = last.iter().any(|last| EDGES.contains(last)).then(edge);
    Site {
        http3: HTTP_3.contains(&host.as_str()),
        alias: alias.map(|alias| alias.parse().expect("the alias is a host name")),
        known_good,
        dead,
        ..Site::new(host, title, category, addresses)
    }
}

/// Sites that answer over QUIC too.
const HTTP_3: &[&str] = &[
    "korinis-lab.test",
    "bir-minut.test",
    "tunel-jol.test",
    "aua-raiy-lab.test",
    "mektep-sabaq.test",
    "shahmat-klub.test",
];

/// Sites that answer over IPv6 too, each with the end of its address there; among them all known-good
/// ones but one, so that those that an agent looks at tell whether IPv6 works.
const SIX: &[(&str, u16)] = &[
    ("dala-tynysy.test", 0x22),
    ("tobylgy-sozi.test", 0x28),
    ("korinis-lab.test", 0x37),
    ("aua-raiy-lab.test", 0x51),
    ("nan-dukeni.test", 0x52),
    ("mektep-sabaq.test", 0x53),
    ("poiyz-kestesi.test", 0x55),
    ("gul-saudasy.test", 0x56),
    ("shahmat-klub.test", 0x58),
    ("sozjumbaq.test", 0x59),
];

/// Sites whose name has an address of IPv6 at which nobody answers.
const DEAD_SIX: &[(&str, u16)] = &[("jusan-iisi.test", 0x29)];

/// The last bytes of the addresses that several sites share behind one content network.
const EDGES: [u8; 3] = [10, 11, 12];

/// The content network's name; on it are aliases and the certificates for unknown names.
pub(super) const EDGE_NETWORK: &str = "bult-tarat.test";

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_standard_world_has_what_the_demo_needs() {
        let sites = standard();
        let count = |wanted: fn(&&Site) -> bool| sites.iter().filter(wanted).count();
        let names: BTreeSet<_> = sites.iter().map(|site| &site.host).collect();

        assert_eq!(names.len(), sites.len(), "every name is there once");
        assert!(names.iter().all(|host| host.as_str().ends_with(".test")));
        assert!(count(|site| site.is_plain() && site.category.ends_with("news")) >= 12);
        assert!(count(|site| site.is_plain() && site.category == "social") >= 6);
        assert!(count(|site| site.is_plain() && site.known_good) >= 6);
        assert!(count(|site| site.addresses.len() == 2) >= 3);
        assert!(count(|site| site.alias.is_some()) >= 5);
        assert!(count(|site| site.known_good && site.addresses.iter().any(IpAddr::is_ipv6)) >= 1);
        assert!(count(|site| site.is_plain() && !site.dead.is_empty()) >= 1);
    }

    #[test]
    fn no_known_good_site_shares_an_address() {
        let mut users = BTreeMap::new();
        for address in standard().iter().flat_map(|site| site.addresses.clone()) {
            *users.entry(address).or_insert(0) += 1;
        }

        for site in standard().iter().filter(|site| site.known_good) {
            assert!(site.addresses.iter().all(|address| users[address] == 1), "{}", site.host);
        }
    }
}
