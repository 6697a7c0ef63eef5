//! The page that a forged DNS answer leads to. Its words are invented and say so.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::StatusCode;

use super::accept::accept;
use super::authority::{Flaw, LabAuthority};
use super::http::{Sent, serve};
use super::sockets::Sockets;
use super::tls::{ByName, acceptor};
use super::{BLOCK_PAGE, HTTP, HTTPS};
use crate::LabError;

/// The block page's title.
pub const BLOCK_PAGE_TITLE: &str = "Lab notice: this page stands in for another";

/// A text that stands in the block page alone; the lab's lists know it.
pub const BLOCK_PAGE_TEXT: &str = "invented censor shows this page instead";

/// The block page's body, byte for byte; a censor may also inject it.
pub const BLOCK_PAGE_HTML: &str = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
<title>Lab notice: this page stands in for another</title></head>\n<body>\n\
<h1>Lab notice</h1>\n\
<p>You asked for another site. The lab's invented censor shows this page instead.</p>\n\
<p>No real provider, authority or law is meant: all of this happens in a test.</p>\n\
</body>\n</html>\n";

/// The name on the block page's own certificate: never the one that was asked for.
pub const BLOCK_PAGE_NAME: &str = "notice.lab-censor.test";

/// Serves the page at [`BLOCK_PAGE`] to whatever name is asked for.
pub(super) fn prepare(
    sockets: &Sockets,
    authority: &LabAuthority,
) -> Result<impl Future<Output = ()> + use<>, LabError> {
    let default = authority.issue(BLOCK_PAGE_NAME, Flaw::None)?;
    let tls = acceptor(Arc::new(ByName { named: BTreeMap::new(), default }))?;
    let plain = sockets.tcp(BLOCK_PAGE, HTTP)?;
    let secure = sockets.tcp(BLOCK_PAGE, HTTPS)?;
    let page = |_| std::future::ready(Sent::html(StatusCode::OK, BLOCK_PAGE_HTML));
    Ok(async move {
        let plain = accept(plain, move |stream| serve(stream, page));
        let secure = accept(secure, move |stream| {
            let tls = tls.clone();
            async move {
                if let Ok(stream) = tls.accept(stream).await {
                    serve(stream, page).await;
                }
            }
        });
        tokio::join!(plain, secure);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_carries_its_title_and_its_listed_text() {
        assert!(BLOCK_PAGE_HTML.contains(BLOCK_PAGE_TEXT));
        assert!(BLOCK_PAGE_HTML.contains(&format!("<title>{BLOCK_PAGE_TITLE}</title>")));
    }
}
