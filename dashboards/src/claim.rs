//! The sentence that a grade permits, and no more.

use evidence::Grade;
use record::Layer;

use crate::Language;

/// Returns the one sentence that may be said of a cell.
///
/// It names what was measured on whose network, never who did it or on whose order.
pub(crate) fn sentence(
    grade: Grade,
    layer: Option<Layer>,
    names: (&str, &str),
    language: Language,
) -> String {
    let (site, provider) = names;
    language.say(key(grade, layer), &[("site", site.into()), ("provider", provider.into())])
}

/// Returns what the grade does not say.
pub(crate) fn limit(grade: Grade, language: Language) -> String {
    let key = match grade {
        Grade::A => "limit-a",
        Grade::B => "limit-b",
        Grade::C => "limit-c",
        Grade::D => "limit-d",
        Grade::Reachable => "limit-reachable",
        Grade::Down => "limit-down",
        Grade::Insufficient => "limit-insufficient",
    };
    language.say(key, &[])
}

fn key(grade: Grade, layer: Option<Layer>) -> &'static str {
    match (grade, layer) {
        (Grade::A, Some(Layer::Dns)) => "claim-a-dns",
        (Grade::A, Some(Layer::Tls)) => "claim-a-tls",
        (Grade::A, Some(Layer::Http)) => "claim-a-http",
        (Grade::A, Some(Layer::Tcp | Layer::Quic) | None) => "claim-a",
        (Grade::B, _) => "claim-b",
        (Grade::C, _) => "claim-c",
        (Grade::D, Some(Layer::Tcp)) => "claim-d-tcp",
        (Grade::D, Some(Layer::Dns | Layer::Tls | Layer::Http | Layer::Quic) | None) => "claim-d",
        (Grade::Reachable, _) => "claim-reachable",
        (Grade::Down, _) => "claim-down",
        (Grade::Insufficient, _) => "claim-insufficient",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sentence_says_who_did_it() {
        let forbidden = ["blocked by", "censor", "заблокирован", "цензур", "бұғатта", "100"];
        for language in Language::ALL {
            for grade in [
                Grade::A,
                Grade::B,
                Grade::C,
                Grade::D,
                Grade::Reachable,
                Grade::Down,
                Grade::Insufficient,
            ] {
                for layer in [
                    None,
                    Some(Layer::Dns),
                    Some(Layer::Tcp),
                    Some(Layer::Tls),
                    Some(Layer::Http),
                    Some(Layer::Quic),
                ] {
                    let said = sentence(grade, layer, ("news.test", "Orken"), language);
                    assert!(said.contains("news.test") && said.contains("Orken"), "{said}");
                    assert!(!forbidden.iter().any(|word| said.contains(word)), "{said}");
                    assert!(!limit(grade, language).is_empty());
                }
            }
        }
    }
}
