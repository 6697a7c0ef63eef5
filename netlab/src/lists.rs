//! Writes the lab's own lists: invented providers and sites, in the shape that `testlists` reads.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use record::Target;

use crate::LabError;
use crate::internet::{
    BLOCK_PAGE_NAME, BLOCK_PAGE_TEXT, LISTED_PAGE_TITLE, NationalAuthority, PUBLIC_A, PUBLIC_A_6,
    PUBLIC_A_HOST, PUBLIC_B, PUBLIC_B_6, PUBLIC_B_HOST, WorldSpec,
};

/// One invented provider.
#[derive(Clone, Copy, Debug)]
pub struct Invented {
    /// Its id.
    pub id: &'static str,
    /// The number of its network, out of those kept for documentation (RFC 5398).
    pub asn: u32,
    kind: &'static str,
    names: [&'static str; 3],
}

/// The providers of the demo, in the order of their networks.
pub const PROVIDERS: [Invented; 5] = [
    Invented {
        id: "altyn-net",
        asn: 64496,
        kind: "fixed",
        names: ["Алтын-Нет (ойдан)", "Алтын-Нет (вымысел)", "Altyn-Net (invented)"],
    },
    Invented {
        id: "baiterek-mobile",
        asn: 64497,
        kind: "mobile",
        names: [
            "Бәйтерек Мобайл (ойдан)",
            "Байтерек Мобайл (вымысел)",
            "Baiterek Mobile (invented)",
        ],
    },
    Invented {
        id: "dala-telecom",
        asn: 64498,
        kind: "fixed",
        names: ["Дала Телеком (ойдан)", "Дала Телеком (вымысел)", "Dala Telecom (invented)"],
    },
    Invented {
        id: "jibek-fiber",
        asn: 64499,
        kind: "fixed",
        names: ["Жібек Файбер (ойдан)", "Жибек Файбер (вымысел)", "Jibek Fiber (invented)"],
    },
    Invented {
        id: "samal-link",
        asn: 64500,
        kind: "mobile",
        names: ["Самал Линк (ойдан)", "Самал Линк (вымысел)", "Samal Link (invented)"],
    },
];

/// The data centre that tunnels lead to.
const DATA_CENTRE: Invented = Invented {
    id: "sayahat-server",
    asn: 64501,
    kind: "hosting",
    names: ["Саяхат Сервер (ойдан)", "Саяхат Сервер (вымысел)", "Sayahat Server (invented)"],
};

/// Returns the providers and the data centre.
fn invented() -> impl Iterator<Item = Invented> {
    PROVIDERS.into_iter().chain([DATA_CENTRE])
}

/// Writes the lists into `folder`, and the authority `national` where it is known.
///
/// They are `targets`, the world's known-good sites and resolvers, and the invented providers and the data
/// centre with their networks and prefixes.
pub fn write(
    folder: &Path,
    world: &WorldSpec,
    targets: &[Target],
    national: Option<&NationalAuthority>,
) -> Result<(), LabError> {
    for name in ["targets", "providers", "networks", "prefixes", "fingerprints"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(LabError::failed("making the folder of lists"))?;
    }
    let write = |name: &str, text: String| {
        fs::write(folder.join(name), text).map_err(LabError::failed(format!("writing {name}")))
    };
    write("targets/lab.csv", target_rows(world, targets))?;
    write("known_good.csv", known_good_rows(world))?;
    write("categories.toml", CATEGORIES.to_owned())?;
    write("providers/lab.toml", provider_rows())?;
    write("networks/lab.toml", network_rows())?;
    write(PREFIXES, prefix_rows())?;
    write("resolvers.toml", resolver_rows())?;
    write("fingerprints/tls.toml", national.map(authority_row).unwrap_or_default())?;
    write("fingerprints/bogus.csv", BOGUS.to_owned())?;
    write("fingerprints/content_networks.csv", content_rows(world))?;
    write(
        "fingerprints/dns.csv",
        format!("address,source\n{BLOCK_PAGE_NAME},invented for the lab\n"),
    )?;
    write(
        "fingerprints/http.csv",
        format!(
            "id,title,body,contains,source\n\
             lab-listed-page,{LISTED_PAGE_TITLE},,,invented for the lab\n\
             lab-notice,,,{BLOCK_PAGE_TEXT},invented for the lab\n"
        ),
    )
}

/// Where, in a folder of lists, the table of the lab's addresses stands.
pub const PREFIXES: &str = "prefixes/lab.csv";

fn target_rows(world: &WorldSpec, targets: &[Target]) -> String {
    let mut text = "url,note,source,category,tier,added\n".to_owned();
    for target in targets {
        let site = world.site(target.host().as_str());
        let category = site.map_or("society", |site| site.category.as_str());
        put(&mut text, &format!("{target},,invented for the lab,{category},everyday,2026-01-01\n"));
    }
    text
}

fn known_good_rows(world: &WorldSpec) -> String {
    let mut text = "url,category,source,note\n".to_owned();
    for site in world.sites().iter().filter(|site| site.known_good) {
        put(&mut text, &format!("{},{},invented for the lab,\n", site.target(), site.category));
    }
    text
}

fn provider_rows() -> String {
    let mut text = String::new();
    for Invented { id, kind, names: [kk, ru, en], .. } in invented() {
        let names = format!("kk = \"{kk}\"\nru = \"{ru}\"\nen = \"{en}\"\n");
        put(&mut text, &format!("[[provider]]\nid = \"{id}\"\n{names}kind = \"{kind}\"\n\n"));
    }
    text
}

fn network_rows() -> String {
    let mut text = String::new();
    for Invented { id, asn, kind, .. } in invented() {
        let what = format!("asn = {asn}\nprovider = \"{id}\"\nkind = \"{kind}\"\n");
        let rest = "registry_name = \"INVENTED\"\nsource = \"invented for the lab\"\n\n";
        put(&mut text, &format!("[[network]]\n{what}{rest}"));
    }
    text
}

/// Each provider has sixteen /24 but the last half of the last, and sixteen /48 of IPv6 (see `Plan`).
fn prefix_rows() -> String {
    let mut text = "# Invented for the lab.\nfirst,last,asn\n".to_owned();
    for (at, provider) in (1_u8..).zip(PROVIDERS) {
        let (first, last) = (16 * at, 16 * at + 15);
        put(&mut text, &format!("198.18.{first}.0,198.18.{last}.127,{}\n", provider.asn));
        let its = DATA_CENTRE.asn;
        put(&mut text, &format!("198.18.{last}.128,198.18.{last}.255,{its}\n"));
        let six = format!("2001:db8:1{at:x}00::,2001:db8:1{at:x}ff:ffff:ffff:ffff:ffff:ffff");
        put(&mut text, &format!("{six},{}\n", provider.asn));
    }
    text
}

/// Sites that tell addresses by the asker's network are content networks of their own.
fn content_rows(world: &WorldSpec) -> String {
    let mut text = "cidr,network,source\n".to_owned();
    for site in world.sites().iter().filter(|site| !site.nearby.is_empty()) {
        let network = site.host.as_str().trim_end_matches(".test");
        for ip in site.addresses.iter().chain(&site.nearby) {
            let length = if ip.is_ipv4() { 32 } else { 128 };
            put(&mut text, &format!("{ip}/{length},{network},invented for the lab\n"));
        }
    }
    text
}

fn resolver_rows() -> String {
    let mut text = String::new();
    for (id, address, six, host) in [
        ("quad-a", PUBLIC_A, PUBLIC_A_6, PUBLIC_A_HOST),
        ("quad-b", PUBLIC_B, PUBLIC_B_6, PUBLIC_B_HOST),
    ] {
        put(
            &mut text,
            &format!(
                "[[resolver]]\nid = \"{id}\"\nudp = \"{address}:53\"\n[resolver.doh]\n\
                 addresses = [\"{address}\", \"{six}\"]\nport = 443\nhost = \"{host}\"\npath = \"/dns-query\"\n\n"
            ),
        );
    }
    text
}

fn authority_row(national: &NationalAuthority) -> String {
    format!(
        "[[authority]]\nid = \"lab-national\"\nname = \"Lab National Authority (invented)\"\n\
         sha256 = [\"{}\", \"{}\"]\nspki_sha256 = [\"{}\", \"{}\"]\nsource = \"invented for the lab\"\n\
         issuer_names = [\"{}\", \"{}\"]\nissuer_organisation = \"{}\"\n",
        national.sha256(),
        national.intermediate_sha256(),
        national.spki_sha256(),
        national.intermediate_spki_sha256(),
        NationalAuthority::NAME,
        NationalAuthority::INTERMEDIATE_NAME,
        NationalAuthority::ORGANISATION,
    )
}

fn put(text: &mut String, line: &str) {
    text.write_str(line).expect("writing to memory does not fail");
}

/// Ranges that no public site can have, without those that the lab's own sites live in.
const BOGUS: &str = "cidr,source\n\
    0.0.0.0/8,RFC 791: this network\n\
    10.0.0.0/8,RFC 1918: private use\n\
    127.0.0.0/8,RFC 1122: the computer itself\n\
    172.16.0.0/12,RFC 1918: private use\n\
    192.168.0.0/16,RFC 1918: private use\n";

const CATEGORIES: &str = r#"
[[category]]
id = "news"
kk = "Жаңалықтар"
ru = "Новости"
en = "News"

[[category]]
id = "regional_news"
kk = "Өңірлік жаңалықтар"
ru = "Региональные новости"
en = "Regional news"

[[category]]
id = "social"
kk = "Әлеуметтік желілер"
ru = "Социальные сети"
en = "Social networks"

[[category]]
id = "petition"
kk = "Петициялар"
ru = "Петиции"
en = "Petitions"

[[category]]
id = "video"
kk = "Бейне"
ru = "Видео"
en = "Video"

[[category]]
id = "human_rights"
kk = "Адам құқықтары"
ru = "Права человека"
en = "Human rights"

[[category]]
id = "circumvention"
kk = "Айналып өту құралдары"
ru = "Средства обхода"
en = "Circumvention"
sensitive = true

[[category]]
id = "reference"
kk = "Анықтамалық"
ru = "Справочное"
en = "Reference"

[[category]]
id = "services"
kk = "Қызметтер"
ru = "Услуги"
en = "Services"

[[category]]
id = "society"
kk = "Қоғам"
ru = "Общество"
en = "Society"
"#;
