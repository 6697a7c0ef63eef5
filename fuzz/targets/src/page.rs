//! A web server's answer, read as the agent reads it.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::io::{join, sink};
use tokio::runtime::{Builder, Runtime};

use agent::probe::http::Patience;
use agent::probe::{http, page};
use record::Target;

/// Reads an answer, head and body, and what is told of it.
pub fn http_head(bytes: &[u8]) {
    let answer = std::io::Cursor::new(bytes.to_vec());
    RUNTIME.with(|runtime| {
        let stream = join(answer, sink());
        let second = Duration::from_secs(1);
        let patience = Patience { head: second, body: second };
        let fetched = runtime.block_on(http::fetch(stream, &TARGET, patience, &[]));
        if let Ok(page) = fetched {
            let title = page.title.unwrap_or_default();
            assert!(title.chars().count() <= 120, "a title of {} letters", title.chars().count());
        }
    });
    let text = String::from_utf8_lossy(bytes);
    let clean = page::scrub(&text);
    assert!(page::scrub(&clean) == clean, "an address was left in {clean:?}");
    assert!(page::title(bytes).is_none_or(|title| !title.is_empty()));
}

static TARGET: LazyLock<Target> =
    LazyLock::new(|| "http://news.test/".parse().expect("the target is well written"));

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_all().build().expect("a runtime without threads");
}
