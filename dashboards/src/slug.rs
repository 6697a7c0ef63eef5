//! The short names of targets in addresses.

use record::{Digest, Target};

/// Returns a target's slug: its host for `https://host/`, `http--host` for `http://host/`, and for
/// anything else the host with the first 8 hexadecimal digits of the address's SHA-256.
pub fn slug(target: &Target) -> String {
    let host = target.host();
    let host = host.as_str();
    if target.as_str() == format!("https://{host}/") {
        host.to_owned()
    } else if target.as_str() == format!("http://{host}/") {
        format!("http--{host}")
    } else {
        let digest = Digest::of(target.as_str().as_bytes()).to_string();
        format!("{host}--{}", digest.chars().take(8).collect::<String>())
    }
}

/// Finds the target that has the slug.
pub fn find<'a>(wanted: &str, targets: impl IntoIterator<Item = &'a Target>) -> Option<&'a Target> {
    targets.into_iter().find(|target| slug(target) == wanted)
}

/// Returns a target's name for readers: its host for `https://host/`, else the whole address.
pub(crate) fn site_name(target: &Target) -> String {
    let host = target.host();
    if target.as_str() == format!("https://{}/", host.as_str()) {
        host.to_string()
    } else {
        target.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_a_host_has_its_own_slug() {
        let targets: Vec<Target> = [
            "https://news.test/",
            "http://news.test/",
            "https://news.test/a",
            "http://news.test/a",
            "https://news.test:8443/",
        ]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();

        let slugs: Vec<String> = targets.iter().map(slug).collect();

        assert_eq!(slugs[0], "news.test");
        assert_eq!(slugs[1], "http--news.test");
        assert!(slugs[2].starts_with("news.test--") && slugs[2].len() == 19, "{}", slugs[2]);
        for (target, slug) in targets.iter().zip(&slugs) {
            assert_eq!(find(slug, &targets), Some(target));
        }
        assert_eq!(find("other.test", &targets), None);
    }
}
