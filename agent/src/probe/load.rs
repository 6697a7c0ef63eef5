//! Loads bytes from the beacon and tells how fast they came.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::Instant;

use record::{Failed, Failure, Load, Loaded};

use super::deadline::{Deadline, millis};
use super::eye::Shown;
use super::failure::{LocalFault, Trouble, failed, of_http};
use super::stream::Counts;
use super::tcp;
use super::tls::Tls;

/// How long a load waits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// From the request to the last byte.
    pub whole: Duration,
}

/// Loads what `step` asks for, whatever certificate is shown. A load that stops in the middle is a
/// timeout with the bytes of the body so far in `read`.
pub async fn perform(step: &Load, tls: &Tls, patience: Patience) -> Result<Loaded, Trouble> {
    let began = Instant::now();
    let stream = tcp::connect(step.to, patience.connect).await?;
    if step.tls {
        let mut shown = Shown::new();
        let secured = tls.secure(stream, &step.name, &Counts::default(), &mut shown).await?;
        return count(secured.stream, step, began, patience.whole).await;
    }
    count(stream, step, began, patience.whole).await
}

async fn count<S>(
    stream: S,
    step: &Load,
    began: Instant,
    patience: Duration,
) -> Result<Loaded, Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let ready_ms = millis(began.elapsed());
    let deadline = Deadline::after(patience);
    let request = Request::get(format!("/load?bytes={}", step.bytes.min(MOST_BYTES)))
        .header(header::HOST, step.name.as_str())
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|_| LocalFault::Name(step.name.to_string()))?;
    let talk = async {
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| of_http(&error))?;
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let response = sender.send_request(request).await.map_err(|error| of_http(&error))?;
        Ok::<_, Failed>((response, sender, driver))
    };
    let (response, _sender, _driver) = deadline.hold("request", talk).await??;
    let from_beacon = response.headers().contains_key("qoljetim-beacon");
    let mut body = response.into_body();
    let mut bytes = 0_u32;
    let mut first_ms = None;
    loop {
        let stopped = |failure| Failed {
            read: bytes.into(),
            ..failed(failure, format!("body after {bytes} bytes"))
        };
        let frame =
            deadline.hold("body", body.frame()).await.map_err(|_| stopped(Failure::Timeout))?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|error| stopped(of_http(&error).failure))?;
        let data = frame.into_data().unwrap_or_default();
        first_ms.get_or_insert_with(|| millis(began.elapsed()));
        bytes = bytes.saturating_add(u32::try_from(data.len()).unwrap_or(u32::MAX));
        if bytes > MOST_BYTES {
            return Err(failed(Failure::BadMessage, "more than was asked for").into());
        }
    }
    let last_ms = millis(began.elapsed());
    Ok(Loaded { ready_ms, first_ms: first_ms.unwrap_or(last_ms), bytes, last_ms, from_beacon })
}

/// The most that the beacon gives.
const MOST_BYTES: u32 = 1 << 20;
