//! What the lab does to whom in the demo: the truth that the grades are compared with.

use serde::Serialize;

/// What one provider of the demo does to one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Treatment {
    /// Nothing.
    Open,
    /// Swallows the flow after a ClientHello that names the site.
    SniDrop,
    /// Resets the flow after a ClientHello that names the site.
    SniReset,
    /// Ends TLS on the site's own address with a certificate of the lab's national authority.
    Interception,
    /// Its resolver gives a forged address.
    DnsForged,
    /// Answers plain HTTP requests for the site with a page of its own.
    HttpBlockPage,
    /// Swallows packets to the site's addresses.
    AddressDrop,
    /// Nothing: the site itself is down for everybody.
    SiteDown,
}

impl Treatment {
    /// Returns the public words that a right answer may carry.
    ///
    /// An address that gets no answer cannot be told from a fault: "inconclusive" is the right word.
    pub(super) fn right_words(self) -> &'static [&'static str] {
        match self {
            Self::Open => &["reachable"],
            Self::SniDrop
            | Self::SniReset
            | Self::Interception
            | Self::DnsForged
            | Self::HttpBlockPage => &["confirmed"],
            Self::AddressDrop | Self::SiteDown => &["inconclusive"],
        }
    }

    /// Returns the layer at which a right answer sees the treatment.
    pub(super) fn layer(self) -> Option<&'static str> {
        match self {
            Self::Open | Self::SiteDown => None,
            Self::SniDrop | Self::SniReset | Self::Interception => Some("tls"),
            Self::DnsForged => Some("dns"),
            Self::HttpBlockPage => Some("http"),
            Self::AddressDrop => Some("tcp"),
        }
    }
}

/// One cell of the truth.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TrueCell {
    /// The provider's id.
    pub(super) provider: String,
    /// The target.
    pub(super) target: String,
    /// What is done to it.
    pub(super) treatment: Treatment,
    /// The words that are right for it.
    pub(super) right_words: Vec<&'static str>,
    /// The layer at which it shows.
    pub(super) layer: Option<&'static str>,
}

/// Spells the truth out, cell by cell.
pub(super) fn cells(
    providers: &[String],
    targets: &[String],
    treat: impl Fn(&str, &str) -> Treatment,
) -> Vec<TrueCell> {
    let pairs = targets.iter().flat_map(|target| providers.iter().map(move |one| (one, target)));
    let cell = |(provider, target): (&String, &String)| {
        let treatment = treat(provider, target);
        TrueCell {
            provider: provider.clone(),
            target: target.clone(),
            treatment,
            right_words: treatment.right_words().to_vec(),
            layer: treatment.layer(),
        }
    };
    pairs.map(cell).collect()
}
