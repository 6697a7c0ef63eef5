//! Fetches one page over HTTP/3 (RFC 9114).

use hyper::body::{Buf as _, Bytes};
use hyper::{Request, Uri};
use tokio::task::JoinSet;

use record::{Failed, Failure, Fetch, Page, Trust};
use testlists::PageMark;

use super::deadline::Deadline;
use super::eye::Shown;
use super::failure::{LocalFault, Trouble, failed};
use super::http::{self, BODY_BYTES, Patience};
use super::page;
use super::quic::{self, Spoken};
use super::tls::Tls;

/// Asks for the page of `step` over a fresh QUIC connection and reads it, at most 256 kB of it; only
/// from whom the certificate names.
pub async fn perform(
    step: &Fetch,
    tls: &Tls,
    (shaking, patience): (std::time::Duration, Patience),
    marks: &[PageMark],
    shown: &mut Shown,
) -> Result<Page, Trouble> {
    let host = step.url.host();
    let Spoken { connection, session, endpoint } =
        quic::shake((step.to, &host), tls, shaking, shown).await?;
    if session.trust != Trust::Trusted {
        return Err(http::untrusted().into());
    }
    let uri: Uri = step.url.as_str().parse().map_err(|_| LocalFault::Name(host.to_string()))?;
    let mut request = Request::get(uri).body(()).map_err(|_| LocalFault::Broken)?;
    http::dress(request.headers_mut());
    let asking = async {
        let (mut driver, mut sender) =
            h3::client::new(h3_quinn::Connection::new(connection)).await.map_err(|_| broken())?;
        // Dropped with this future, and the connection with it: no step outlives its end.
        let mut driving = JoinSet::new();
        driving.spawn(async move { std::future::poll_fn(|cx| driver.poll_close(cx)).await });
        let mut stream = sender.send_request(request).await.map_err(|_| broken())?;
        stream.finish().await.map_err(|_| broken())?;
        let response = stream.recv_response().await.map_err(|_| broken())?;
        Ok::<_, Failed>((response, stream, sender, driving))
    };
    let head = Deadline::after(patience.head);
    let (response, mut stream, _sender, _driving) = head.hold("request", asking).await??;
    let end = Deadline::after(patience.body);
    let mut body = Vec::new();
    let mut truncated = false;
    while let Some(mut data) = end.hold("body", stream.recv_data()).await?.map_err(|_| broken())? {
        let data: Bytes = data.copy_to_bytes(data.remaining());
        let room = BODY_BYTES - body.len();
        body.extend_from_slice(data.get(..room).unwrap_or(&data));
        if data.len() > room {
            truncated = true;
            break;
        }
    }
    drop(endpoint);
    let told = (response.status().as_u16(), response.headers());
    let page = page::tell(told, &host, (&body, truncated), marks);
    Ok(Page { session: Some(session), ..page })
}

/// The connection ended before the page did.
fn broken() -> Failed {
    failed(Failure::Closed, "before the end of the answer")
}
