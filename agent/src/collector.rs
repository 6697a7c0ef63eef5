//! Speaks HTTP with the project's own servers: the collector, and the controls.

use std::error::Error;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode, header};

use record::KeyText;

use crate::config::Config;
use crate::roots::{Roots, provider};
use crate::stop::{Exit, Stop};

/// The way to the project's servers.
#[derive(Clone, Debug)]
pub struct Collector {
    client: Client,
    url: String,
    key: KeyText,
}

impl Collector {
    /// Prepares the way to the collector that `config` names; connects nowhere yet.
    pub fn new(config: &Config, roots: &Roots, settings: &str) -> Result<Self, Stop> {
        let missing = |setting| {
            Stop::new(Exit::Usage, "error-unconfigured")
                .with("setting", setting)
                .with("path", settings)
        };
        if config.collector_url.is_empty() {
            return Err(missing("collector_url"));
        }
        let key = config.collector_key.ok_or_else(|| missing("collector_key"))?;
        let failed = |error: Box<dyn Error + Send + Sync>| {
            Stop::new(Exit::Failed, "error-roots").because(error)
        };
        let tls = rustls::ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.into()))?
            .with_root_certificates(roots.store.as_ref().clone())
            .with_no_client_auth();
        // Redirects are refused: a login page of the network must not pass for the collector. No
        // proxy of the environment is asked: the network that is recorded is the one measured.
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // A run lasts longer than servers keep idle connections: one that was closed in the
            // moment of its use would fail an upload.
            .pool_max_idle_per_host(0)
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .user_agent(concat!("qoljetim/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(error.into()))?;
        Ok(Self { client, url: config.collector_url.clone(), key })
    }

    /// Returns the collector's key.
    pub fn key(&self) -> &KeyText {
        &self.key
    }

    /// Fetches a text of at most `most` bytes from the collector.
    pub async fn get_text(&self, path: &str, most: usize) -> Result<String, Stop> {
        let asked = self.client.get(format!("{}{path}", self.url)).send().await;
        let response = asked.map_err(|error| self.unreachable(error))?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(self.refused(status));
        }
        let bytes = read(response, most).await.map_err(|error| self.unreachable(error))?;
        String::from_utf8(bytes).map_err(|error| {
            self.strange(Stop::new(Exit::Unsent, "error-collector-strange").because(error))
        })
    }

    /// Sends a batch; returns status, `Retry-After` in seconds and the answer's text.
    pub async fn post_batch(&self, bytes: Vec<u8>) -> Result<Answer, Stop> {
        let request = self
            .client
            .post(format!("{}api/v1/batches", self.url))
            .header(header::CONTENT_TYPE, record::BATCH_TYPE)
            .body(bytes);
        let response = request.send().await.map_err(|error| self.unreachable(error))?;
        let status = response.status().as_u16();
        let wait =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after_s = wait.and_then(|value| value.trim().parse().ok());
        let body = read(response, ANSWER_BYTES).await.map_err(|error| self.unreachable(error))?;
        Ok(Answer { status, retry_after_s, body: String::from_utf8_lossy(&body).into_owned() })
    }

    /// Looks who answers at `url`, within `patience`; none where nobody does.
    pub async fn glance(&self, url: &str, patience: Duration) -> Option<Glance> {
        let response = self.client.get(url).timeout(patience).send().await.ok()?;
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(|text| text.chars().take(HEADER_CHARS).collect::<String>())
        };
        Some(Glance {
            status: response.status().as_u16(),
            is_beacon: text(BEACON_HEADER).is_some(),
            date: text(header::DATE.as_str()),
        })
    }

    /// Looks at the collector itself.
    pub async fn glance_home(&self, patience: Duration) -> Option<Glance> {
        self.glance(&format!("{}api/v1/network", self.url), patience).await
    }

    /// Asks the control at `url` for a fresh measurement; none when it does not give one.
    pub async fn ask_control(&self, url: &str, body: String) -> Option<Vec<u8>> {
        let base = url.trim_end_matches('/');
        let request = self
            .client
            .post(format!("{base}/api/v1/control"))
            .timeout(CONTROL_PATIENCE)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        let response = request.send().await.ok().filter(|got| got.status() == StatusCode::OK)?;
        read(response, record::limits::RECORD_BYTES).await.ok()
    }

    /// Says that what answered is not the collector, unless `text` is JSON like the collector's.
    pub fn not_ours(&self, stop: Stop, text: &str) -> Stop {
        if text.trim_start().starts_with('{') { stop } else { self.strange(stop) }
    }

    /// Says that what answered is not the collector.
    pub fn strange(&self, stop: Stop) -> Stop {
        Stop::new(Exit::Unsent, "error-collector-strange").with("url", &self.url).because(stop)
    }

    fn unreachable(&self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Stop {
        Stop::new(Exit::Unsent, "error-collector").with("url", &self.url).because(error)
    }

    fn refused(&self, status: StatusCode) -> Stop {
        Stop::new(Exit::Unsent, "error-collector-status").with("status", status)
    }
}

/// What can be seen of a server at a glance; its words are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The HTTP status.
    pub status: u16,
    /// Whether it bears the mark of a beacon.
    pub is_beacon: bool,
    /// Its time as it tells it, at most 40 characters.
    pub date: Option<String>,
}

/// What came back for a batch.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds that the server asks to wait.
    pub retry_after_s: Option<u64>,
    /// The text, as far as it was read.
    pub body: String,
}

/// Reads a body of at most `most` bytes.
async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > most {
            return Err(ReadError::TooLong(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Why an answer could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("the answer broke off")]
    Broken(#[from] reqwest::Error),
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

const BEACON_HEADER: &str = "qoljetim-beacon";
const HEADER_CHARS: usize = 40;
const ANSWER_BYTES: usize = 64 << 10;
/// A control measures afresh before it answers.
const CONTROL_PATIENCE: Duration = Duration::from_secs(90);
