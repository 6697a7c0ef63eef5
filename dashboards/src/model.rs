//! What a page or an API answer is made of: plain data, filled by the collector.
//!
//! The same values are serialised as the API's JSON and handed to the pages, so that a page and a
//! file can never say different things.

use serde::Serialize;

use evidence::{Grade, Interval, Word};
use record::{Asn, Day, Hour, Layer, MeasurementId, NetworkKind, State, Target};

use crate::{Language, site_name};

/// What every page says about itself.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// When the page was made, RFC 3339 in UTC.
    pub made: String,
    /// How many batches the collector holds: names the state the page was made from.
    pub batches: u64,
    /// Whether the data are invented (the lab's demo): then every page says so.
    pub demo: bool,
}

/// A provider's names.
#[derive(Clone, Debug, Serialize)]
pub struct Names {
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
    /// In English.
    pub en: String,
}

impl Names {
    /// Returns the name in `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}

/// Returns how many volunteers there are, as coarsely as it is published: `<3`, `3–5`, `6–10`, `>10`.
pub fn bucket(volunteers: u32) -> &'static str {
    match volunteers {
        0..=2 => "<3",
        3..=5 => "3–5",
        6..=10 => "6–10",
        11.. => ">10",
    }
}

/// A provider as readers know it.
#[derive(Clone, Debug, Serialize)]
pub struct ProviderView {
    /// Its stable id, as in addresses.
    pub id: String,
    /// Its names.
    pub names: Names,
    /// What kind of networks it runs.
    pub kind: NetworkKind,
    /// Its networks.
    pub networks: Vec<Asn>,
    /// Volunteers heard on the day, as a bucket: `<3`, `3–5`, `6–10`, `>10`.
    pub volunteers: String,
}

/// A site as readers know it.
#[derive(Clone, Debug, Serialize)]
pub struct SiteView {
    /// The target.
    pub target: Target,
    /// Its slug in addresses: the host, and the scheme where it is http.
    pub slug: String,
    /// Its category's id, as in `testlists/categories.toml`.
    pub category: String,
    /// What it serves and for which platform, where it is no page but a serving host.
    pub endpoint: Option<EndpointView>,
}

impl SiteView {
    /// Returns its name for readers: its host, and before it what it serves, where it is no page.
    pub fn name(&self, language: Language) -> String {
        let site = site_name(&self.target);
        let Some(endpoint) = &self.endpoint else { return site };
        let host = self.target.host();
        let args = [
            ("platform", endpoint.platform.as_str().into()),
            ("serves", language.name(&endpoint.serves).into()),
            ("host", host.as_str().into()),
        ];
        language.say("endpoint-name", &args)
    }
}

/// A serving host of a messenger or platform.
#[derive(Clone, Debug, Serialize)]
pub struct EndpointView {
    /// The platform's name as its users write it.
    pub platform: String,
    /// What the host is for.
    pub serves: Serves,
}

/// What a serving host is for.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// Signing in and messages.
    Api,
    /// The version for browsers.
    Web,
    /// Pictures, video, programs.
    Cdn,
    /// A connection that stays open.
    Socket,
}

/// Provider × site, one day.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// The Kazakh calendar day.
    pub day: Day,
    /// Whether the day is over and was graded for good; before that the grades are provisional.
    pub closed: bool,
    /// The providers, in the order of the columns.
    pub providers: Vec<ProviderView>,
    /// The sites, in the order of the rows.
    pub sites: Vec<SiteView>,
    /// The cells, row by row: `sites.len() * providers.len()` of them.
    pub cells: Vec<CellView>,
    /// How many (cell, channel) pairs were tested together in the day's e-BH step.
    pub tested: u64,
}

/// One provider × site cell of one day.
#[derive(Clone, Debug, Serialize)]
pub struct CellView {
    /// The provider's id.
    pub provider: String,
    /// The target.
    pub target: Target,
    /// The public word.
    pub word: Word,
    /// The statistical grade behind the word.
    pub grade: Grade,
    /// The layer at which access fails, where it does.
    pub layer: Option<Layer>,
    /// The rule that most of the failing measurements rest on, where there is one.
    pub rule: Option<String>,
    /// Screens that count: n.
    pub screens: u32,
    /// Screens of them that failed: k.
    pub failed: u32,
    /// Share of failing screens with its clustered 95 % interval; none below three volunteers.
    pub share: Option<Interval>,
    /// Volunteers (credentials) that contributed.
    pub agents: u32,
    /// Measurements set aside, with a reason each.
    pub void: u32,
    /// Networks of the provider in which the cell has this grade, of those measured.
    pub networks: (u32, u32),
}

/// Everything about one provider × site pair on one day.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceView {
    /// The cell.
    pub cell: CellView,
    /// The provider.
    pub provider: ProviderView,
    /// The site.
    pub site: SiteView,
    /// The day.
    pub day: Day,
    /// Whether the day was graded for good.
    pub closed: bool,
    /// One row a network.
    pub networks: Vec<NetworkEvidence>,
    /// How the steps went: agents beside controls.
    pub steps: Vec<StepCount>,
    /// Other explanations, with what was checked.
    pub alternatives: Vec<Alternative>,
    /// Certificates of listed interception authorities that agents were shown.
    pub artefacts: Vec<Artefact>,
    /// The measurements behind it, newest hour first, at most 200.
    pub measurements: Vec<MeasurementRow>,
    /// The words of the day before, for the strip: up to 30 days, oldest first.
    pub strip: Vec<(Day, Word)>,
}

/// The statistics of one network's cell.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkEvidence {
    /// The network.
    pub asn: Asn,
    /// Its grade.
    pub grade: Grade,
    /// E-values of the contrast on the site's own address, with 0, 1 and 2 agents trimmed.
    pub site_e: [f64; 3],
    /// E-values of the contrast on the project's beacon, with 0, 1 and 2 agents trimmed.
    pub beacon_e: [f64; 3],
    /// The bar that an e-value had to pass on that day.
    pub bar: f64,
    /// The largest number of agents that can be set aside with the claim still standing.
    pub f_star: Option<u32>,
    /// For a reachable cell: the upper 95 % bound of the share of restricted lines.
    pub upper: Option<f64>,
    /// Agents that contributed.
    pub agents: u32,
    /// Different prefixes among them.
    pub prefixes: u32,
    /// Countries abroad in which a control reached the site on that day.
    pub abroad: u32,
    /// Confirm blocks on the site's address.
    pub site_blocks: u32,
    /// Confirm blocks on the beacon.
    pub beacon_blocks: u32,
}

/// How often one step went well or failed.
#[derive(Clone, Debug, Serialize)]
pub struct StepCount {
    /// The layer.
    pub layer: Layer,
    /// Agents' claims of `ok` at this layer.
    pub agents_ok: u32,
    /// Agents' other claims at this layer.
    pub agents_failed: u32,
    /// Controls' claims of `ok` at this layer.
    pub controls_ok: u32,
    /// Controls' other claims at this layer.
    pub controls_failed: u32,
}

/// Something else that it could be.
#[derive(Clone, Debug, Serialize)]
pub struct Alternative {
    /// The explanation's id: `site_down`, `site_refuses`, `own_line`, `own_software`.
    pub id: String,
    /// What was found: `excluded`, `possible`, `unknown`.
    pub finding: String,
    /// How many checks stand behind the finding.
    pub n: u32,
}

/// A certificate of a listed interception authority.
#[derive(Clone, Debug, Serialize)]
pub struct Artefact {
    /// SHA-256 of the certificate.
    pub sha256: String,
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// The authority's id in `testlists/fingerprints/tls.csv`.
    pub authority: String,
    /// Agents that were shown it.
    pub agents: u32,
}

/// One measurement in a list.
#[derive(Clone, Debug, Serialize)]
pub struct MeasurementRow {
    /// Its name.
    pub id: MeasurementId,
    /// Its target.
    pub target: Target,
    /// Its network.
    pub asn: Option<Asn>,
    /// Its provider's id.
    pub provider: Option<String>,
    /// Its hour.
    pub hour: Hour,
    /// Whether a control made it.
    pub control: bool,
    /// What the collector concluded.
    pub state: State,
    /// The layer, where the conclusion is about one.
    pub layer: Option<Layer>,
    /// The rule.
    pub rule: String,
    /// Whether it counts.
    pub counted: bool,
}

/// One measurement, whole.
#[derive(Clone, Debug, Serialize)]
pub struct MeasurementView {
    /// Its row.
    pub row: MeasurementRow,
    /// The record as it was received.
    pub record: record::Measurement,
    /// What the collector concluded, every layer.
    pub verdict: record::Verdict,
    /// How far away what treats the site's name differently sits, where the verdict is interference
    /// and the steps tell.
    pub reach: Option<ReachView>,
    /// The batch it came in, and that batch's place in the order of intake.
    pub batch: (record::BatchId, u64),
    /// Bytes of the record as received.
    pub bytes: u64,
}

/// How many hops away what treats the site's name otherwise than a neutral one sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReachView {
    /// At most.
    pub within: u8,
    /// More than that; 0 where nothing tells.
    pub beyond: u8,
    /// How many hops away the server is, where that is known.
    pub server: Option<u8>,
    /// The network of the router there, where it is known.
    pub network: Option<Asn>,
    /// Where that is, seen from the provider that was measured from.
    pub place: ReachPlace,
}

/// Where names begin to fare differently, seen from a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReachPlace {
    /// Between routers of its own: the last that both names passed and two behind it.
    Inside,
    /// Before two routers of its own.
    Within,
    /// Before a router of its own behind which stands one that is not, or is not known.
    Edge,
    /// Before a router of another's.
    Beyond,
    /// Before a router of which nothing is known.
    Unknown,
}

/// One provider's page.
#[derive(Clone, Debug, Serialize)]
pub struct ProviderPage {
    /// The provider.
    pub provider: ProviderView,
    /// The day.
    pub day: Day,
    /// Its cells, with their sites.
    pub cells: Vec<(SiteView, CellView)>,
    /// Sites that this provider's customers cannot reach while other providers' can: for each the
    /// number of other providers with that word `reachable`.
    pub only_here: Vec<(SiteView, u32)>,
}

/// One site's page.
#[derive(Clone, Debug, Serialize)]
pub struct SitePage {
    /// The site.
    pub site: SiteView,
    /// The day.
    pub day: Day,
    /// Its cells, with their providers.
    pub cells: Vec<(ProviderView, CellView)>,
    /// Controls abroad that reached it on the day, of those that tried.
    pub abroad: (u32, u32),
}
