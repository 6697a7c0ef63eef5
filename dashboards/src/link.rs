//! Addresses of pages and of the data behind them.

use record::{Day, MeasurementId, Target};

use crate::Language;

/// Returns the address of the overview.
pub(crate) fn overview(language: Language) -> String {
    format!("/{language}/")
}

/// Returns the address of a provider's page, on one day.
pub(crate) fn provider(language: Language, provider: &str, day: Day) -> String {
    format!("/{language}/{}", provider_path(provider, day))
}

/// Returns the address of a site's page, on one day.
pub(crate) fn site(language: Language, slug: &str, day: Day) -> String {
    format!("/{language}/{}", site_path(slug, day))
}

/// Returns the address of a cell's page, on one day.
pub(crate) fn evidence(language: Language, provider: &str, slug: &str, day: Day) -> String {
    format!("/{language}/{}", evidence_path(provider, slug, day))
}

/// Returns the part of the overview's address after the language.
pub(crate) fn overview_path(day: Day) -> String {
    format!("?day={day}")
}

/// Returns the part of the address of a provider's page after the language.
pub(crate) fn provider_path(provider: &str, day: Day) -> String {
    format!("p/{}/?day={day}", encode(provider))
}

/// Returns the part of the address of a site's page after the language.
pub(crate) fn site_path(slug: &str, day: Day) -> String {
    format!("s/{}/?day={day}", encode(slug))
}

/// Returns the part of the address of a cell's page after the language.
pub(crate) fn evidence_path(provider: &str, slug: &str, day: Day) -> String {
    format!("e/{}/{}/?day={day}", encode(provider), encode(slug))
}

/// Returns the address of a measurement's page.
pub(crate) fn measurement(language: Language, id: MeasurementId) -> String {
    format!("/{language}/m/{id}")
}

/// Returns the address of the page on methods, at one of its paragraphs.
pub(crate) fn methods(language: Language, paragraph: &str) -> String {
    format!("/{language}/methods/{paragraph}")
}

/// Returns the address of the day's table as JSON.
pub(crate) fn matrix_json(day: Day) -> String {
    format!("/api/v1/matrix?day={day}")
}

/// Returns the address of a cell's evidence as JSON.
pub(crate) fn evidence_json(provider: &str, slug: &str, day: Day) -> String {
    format!("/api/v1/evidence/{}/{}?day={day}", encode(provider), encode(slug))
}

/// Returns the address of a list of measurements as JSON.
pub(crate) fn measurements_json(
    provider: Option<&str>,
    target: Option<&Target>,
    day: Day,
) -> String {
    let mut address = String::from("/api/v1/measurements?");
    if let Some(provider) = provider {
        address.push_str(&format!("provider={}&", encode(provider)));
    }
    if let Some(target) = target {
        address.push_str(&format!("target={}&", encode(target.as_str())));
    }
    address + &format!("day={day}")
}

/// Returns the address of a measurement as JSON.
pub(crate) fn measurement_json(id: MeasurementId) -> String {
    format!("/api/v1/measurements/{id}")
}

/// Returns the address of a measurement's record, byte for byte as it was received.
pub(crate) fn measurement_raw(id: MeasurementId) -> String {
    format!("/api/v1/measurements/{id}/raw")
}

/// Percent-encodes all but the unreserved characters of RFC 3986 §2.3.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_is_made_of_cannot_break_out_of_it() {
        let address = provider(Language::En, "a/../b?c", Day(0));

        assert_eq!(address, "/en/p/a%2F..%2Fb%3Fc/?day=1970-01-01");
    }
}
