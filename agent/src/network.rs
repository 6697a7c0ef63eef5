//! Which network the collector sees this agent on.

use serde::{Deserialize, Serialize};

use record::{Asn, NetworkKind, VoidReason};
use testlists::Names;

use crate::collector::Collector;
use crate::stop::{Exit, Stop};
use crate::words::Lang;

/// The network of the connecting address, as the collector's tables know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// The network; none where the tables do not know the address.
    #[serde(default)]
    pub asn: Option<Asn>,
    /// The provider that runs it.
    #[serde(default)]
    pub provider: Option<String>,
    /// The provider's names.
    #[serde(default)]
    pub names: Option<Names>,
    /// What kind of network it is.
    #[serde(default)]
    pub kind: Option<NetworkKind>,
}

impl Here {
    /// Asks the collector.
    pub async fn ask(collector: &Collector) -> Result<Self, Stop> {
        let text = collector.get_text("api/v1/network", 16 << 10).await?;
        serde_json::from_str(&text).map_err(|error| {
            let stop = Stop::new(Exit::Unsent, "error-collector-status").with("status", "200");
            collector.not_ours(stop.because(error), &text)
        })
    }

    /// Returns why measurements from here do not count, where they do not.
    pub fn void(&self) -> Vec<VoidReason> {
        match self.kind {
            Some(NetworkKind::Hosting) => vec![VoidReason::Tunnel],
            Some(NetworkKind::Fixed | NetworkKind::Mobile | NetworkKind::Mixed) | None => {
                Vec::new()
            }
        }
    }

    /// Returns the provider's name in `lang`, where it is known.
    pub fn provider_name(&self, lang: Lang) -> Option<&str> {
        let names = self.names.as_ref()?;
        Some(match lang {
            Lang::Kk => &names.kk,
            Lang::Ru => &names.ru,
            Lang::En => &names.en,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_collectors_answer_is_read_with_and_without_a_provider() {
        let known = r#"{"asn":29355,"provider":"kcell","names":{"kk":"а","ru":"б","en":"c"},"kind":"mobile","more":1}"#;
        let unknown = r#"{"asn":null,"provider":null,"names":null,"kind":null}"#;

        let known: Here = serde_json::from_str(known).unwrap();
        assert_eq!((known.asn, known.provider_name(Lang::Ru)), (Some(Asn(29355)), Some("б")));
        assert!(known.void().is_empty());
        assert_eq!(serde_json::from_str::<Here>(unknown).unwrap(), Here::default());
    }

    #[test]
    fn a_hosting_network_voids_the_run() {
        let here = Here { kind: Some(NetworkKind::Hosting), ..Here::default() };

        assert_eq!(here.void(), [VoidReason::Tunnel]);
    }
}
