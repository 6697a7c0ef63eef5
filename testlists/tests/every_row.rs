//! Every row of the real lists: what the readers cannot know is checked here.

use std::collections::BTreeSet;
use std::path::Path;

use record::{Asn, Host, NetworkKind};
use testlists::{Category, Listed, Lists, Names, Tier, builtin, load};

#[test]
fn the_folder_holds_what_is_built_in() {
    let loaded = load(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();

    assert!(loaded == builtin(), "name every file of the folder in src/load.rs, in its order");
}

#[test]
fn there_is_enough_to_measure() {
    let lists = builtin();

    assert!(lists.targets.len() >= 200, "{} targets", lists.targets.len());
    assert!(lists.known_good.len() >= 32, "{} controls", lists.known_good.len());
    assert!(lists.networks.len() >= 40, "{} networks", lists.networks.len());
    assert!(lists.prefixes.len() >= 4_000, "{} ranges", lists.prefixes.len());
    assert!(lists.resolvers.iter().filter(|r| r.udp.is_some() && r.doh.is_some()).count() >= 3);
    assert!(lists.known.bogus.len() >= 25);
}

#[test]
fn every_target_has_a_source_and_every_plain_one_says_so() {
    let lists = builtin();
    for listed in lists.targets.iter().chain(&lists.known_good) {
        let Listed { target, source, note, .. } = listed;
        assert!(is_source(source), "{target}: {source:?}");
        let is_nameless = target.host().as_str().ends_with(".invalid");
        assert!(
            target.is_https() || is_nameless || note.starts_with("Plain HTTP."),
            "{target} lacks https, and its note does not begin with \"Plain HTTP.\""
        );
        assert!(note.len() <= 200, "the note of {target} is longer than 200 bytes");
        assert!(!note.to_lowercase().contains("blocked by"), "{target}: {note}");
        assert_eq!(target.path(), "/", "{target}: the front page is enough");
    }
}

#[test]
fn every_category_is_used_and_the_risky_ones_are_for_the_willing() {
    let lists = builtin();
    let used: BTreeSet<&str> =
        lists.targets.iter().map(|listed| listed.category.as_str()).collect();
    for Category { id, .. } in &lists.categories {
        let kept_for_citizenlab = id == "politics";
        assert!(used.contains(id.as_str()) || kept_for_citizenlab, "no target is of {id}");
    }

    let circumvention: Vec<_> =
        lists.targets.iter().filter(|listed| listed.category == "circumvention").collect();

    assert!((1..=12).contains(&circumvention.len()), "few, and only as a sample");
    assert!(circumvention.iter().all(|listed| listed.tier == Tier::Sensitive));
}

#[test]
fn the_hosts_that_matter_most_are_there() {
    let lists = builtin();
    for host in [
        "www.azattyqasia.org",
        "rus.azattyq.org",
        "respublika.kz.media",
        "orda.kz",
        "vlast.kz",
        "exclusive.kz",
        "protenge.kz",
        "tsargrad.tv",
        "sputnik24.tv",
        "thediplomat.com",
        "kloop.kg",
        "meduza.io",
        "web.telegram.org",
        "web.whatsapp.com",
        "chat.signal.org",
        "www.threads.net",
        "cdninstagram.com",
        "www.youtube.com",
        "www.instagram.com",
    ] {
        assert!(has(&lists.targets, host), "{host} is no target");
    }
    for host in ["kaspi.kz", "egov.kz", "www.wikipedia.org", "example.com"] {
        assert!(has(&lists.known_good, host), "{host} is no control");
    }
}

#[test]
fn no_control_is_a_target_and_all_controls_use_tls() {
    let lists = builtin();
    for control in &lists.known_good {
        let host = control.target.host();
        assert!(control.target.is_https(), "{host}");
        assert!(!has(&lists.targets, host.as_str()), "{host} is both");
    }
}

#[test]
fn what_could_harm_a_volunteer_is_never_tested() {
    let lists = builtin();
    for host in
        ["kavkazcenter.com", "www.kavkazcenter.com", "www.ablyazov.org", "hizb-ut-tahrir.org"]
    {
        assert!(lists.never(&host.parse::<Host>().unwrap()), "{host}");
    }
    for listed in lists.targets.iter().chain(&lists.known_good) {
        assert!(!lists.never(&listed.target.host()), "{}", listed.target);
    }
    for never in lists.never.hosts() {
        assert!(!never.reason.is_empty() && !never.source.is_empty(), "{}", never.host);
    }
}

#[test]
fn names_are_written_in_the_script_of_their_language() {
    let lists = builtin();
    let providers = lists.providers.iter().map(|provider| (&provider.id.0, &provider.names));
    let categories = lists.categories.iter().map(|category| (&category.id, &category.names));
    for (id, Names { kk, ru, en }) in providers.chain(categories) {
        assert!(kk.chars().any(is_cyrillic), "{id}: {kk}");
        assert!(ru.chars().any(is_cyrillic), "{id}: {ru}");
        assert!(!en.chars().any(is_cyrillic), "{id}: {en}");
        let kazakh_only = |letter: char| "ӘәҒғҚқҢңӨөҰұҮүҺһІі".contains(letter);
        assert!(!ru.chars().any(kazakh_only), "{id}: {ru} holds a letter that Russian lacks");
    }
    for category in &lists.categories {
        assert_ne!(category.names.kk, category.names.ru, "{}", category.id);
    }
}

#[test]
fn hosting_is_never_somebodys_customers() {
    let lists = builtin();
    for asn in [48716, 203_087, 44_477, 9009, 9123] {
        assert_eq!(lists.network(Asn(asn)).unwrap().kind, NetworkKind::Hosting, "AS{asn}");
    }
    for network in &lists.networks {
        assert!(!network.source.is_empty() && !network.registry_name.is_empty(), "{}", network.asn);
    }
    for provider in &lists.providers {
        let used = lists.networks.iter().any(|network| network.provider == provider.id);
        assert!(used, "{} runs no network", provider.id);
    }
}

#[test]
fn the_errors_of_lists_in_circulation_are_not_repeated() {
    let lists = builtin();
    for asn in [8895, 28_824] {
        assert!(lists.network(Asn(asn)).is_none(), "AS{asn} announces no Kazakh addresses");
    }
}

#[test]
fn addresses_of_large_networks_are_found() {
    let lists = builtin();
    // Hops of AS9198 that https://censoredplanet.org/kazakhstan prints.
    for ip in ["92.47.151.210", "92.47.150.198", "95.56.243.92", "95.59.170.59"] {
        let asn = lists.prefixes.asn(ip.parse().unwrap()).unwrap();
        assert_eq!(lists.provider_of(asn).unwrap().id.0, "kazakhtelecom", "{ip}");
    }
    for ip in ["192.0.2.1", "127.0.0.1", "10.1.2.3", "2001:db8::1", "8.8.8.8"] {
        assert_eq!(lists.prefixes.asn(ip.parse().unwrap()), None, "{ip}");
    }
    let notes = lists.prefixes.notes().join("\n");
    for part in ["2026-06-17", "CC BY 4.0", "https://db-ip.com/", "incorrect data"] {
        assert!(notes.contains(part), "the notes of the table lack {part}");
    }
}

#[test]
fn every_authority_is_marked_and_sourced() {
    let lists = builtin();
    let ids: Vec<_> = lists.known.authorities.iter().map(|known| known.id.as_str()).collect();

    // Published words: add to the end, never remove or rename.
    assert_eq!(ids, ["qaznet-2016", "isca-ca-2020", "isca-2020"]);
    assert_eq!(lists.known.authorities[0].sha256.len(), 10);
    assert_eq!(lists.known.authorities[2].sha1.len(), 11);
    for authority in &lists.known.authorities {
        assert!(authority.source.contains("https://"), "{}", authority.id);
        assert!(!authority.issuer_names.is_empty(), "{}", authority.id);
    }
}

#[test]
fn no_resolver_and_no_translated_network_counts_as_bogus() {
    let Lists { resolvers, known, .. } = builtin();
    assert!(!known.bogus.iter().any(|cidr| cidr.starts_with("64:ff9b")), "NAT64 is honest");
    for resolver in resolvers {
        assert_eq!(resolver.doh.unwrap().path, "/dns-query", "{}", resolver.id);
    }
}

fn has(list: &[Listed], host: &str) -> bool {
    list.iter().any(|listed| listed.target.host().as_str() == host)
}

fn is_source(text: &str) -> bool {
    let address = |part: &str| part.starts_with("https://") && part.len() > "https://a.b/".len();
    text.split("; ").all(address) || text.strip_prefix("public knowledge: ").is_some()
}

fn is_cyrillic(letter: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&letter)
}
