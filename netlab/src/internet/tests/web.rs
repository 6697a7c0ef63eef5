//! Sites: certificates, pages, redirects, refusals, and what is not there.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::time::timeout;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::Fixture;
use super::client::{chain, credulous, get};
use crate::internet::sockets::Protocol;
use crate::internet::spec::{Behaviour, Site};
use crate::internet::{BLOCK_PAGE, BLOCK_PAGE_HTML, BLOCK_PAGE_NAME, Flaw};

#[tokio::test]
async fn every_plain_site_shows_its_page_at_each_of_its_addresses() {
    let lab = Fixture::start();
    for site in lab.world.sites().iter().filter(|site| site.is_plain()) {
        for address in &site.addresses {
            let host = site.host.as_str();
            let fetched = if site.https() {
                let stream = lab.connect(*address, 443).await;
                get(lab.secure(stream, host).await.unwrap(), host, "/").await
            } else {
                get(lab.connect(*address, 80).await, host, "/").await
            };

            let body = String::from_utf8(fetched.body.to_vec()).unwrap();
            assert_eq!(fetched.status, 200, "{host}");
            assert!(body.contains(&format!("<title>{}</title>", site.title)), "{host}");
            assert_eq!(fetched.headers["content-length"], body.len().to_string());
            assert_eq!(fetched.headers["content-type"], "text/html; charset=utf-8");
            assert!(fetched.headers.contains_key("server"));
        }
    }
}

#[tokio::test]
async fn a_flawed_certificate_is_refused_for_its_own_reason() {
    let lab = Fixture::start();
    let mut seen = 0;
    for site in lab.world.sites() {
        let reason = match site.flaw {
            Flaw::None | Flaw::LongChain => continue,
            Flaw::Expired => "Expired",
            Flaw::WrongName => "not valid for name",
            Flaw::SelfSigned | Flaw::NoIntermediate => "UnknownIssuer",
        };
        let stream = lab.connect(site.addresses[0], 443).await;

        let refused = lab.secure(stream, site.host.as_str()).await.unwrap_err();

        assert!(format!("{refused} {refused:?}").contains(reason), "{}: {refused}", site.host);
        seen += 1;
    }
    assert_eq!(seen, 4);
}

#[tokio::test]
async fn an_unknown_name_gets_the_address_s_default_certificate_and_no_page() {
    let lab = Fixture::start();
    for (last, owner) in [(10, "edge-10.bult-tarat.test"), (21, "tan-jarygy.test")] {
        let stream = lab.connect(Ipv4Addr::new(203, 0, 113, last), 443).await;

        let stream = credulous(stream, "qwe-rtyui.test").await;

        assert_eq!(names(&chain(&stream)[0]), [owner]);
        assert_eq!(chain(&stream).len(), 2);
        assert_eq!(get(stream, "qwe-rtyui.test", "/").await.status, 404);
    }
}

#[tokio::test]
async fn plain_http_leads_to_https() {
    let lab = Fixture::start();
    let address = site(&lab, "tan-jarygy.test").addresses[0];

    let moved = get(lab.connect(address, 80).await, "TAN-jarygy.test:80", "/a?b=c").await;
    let unknown = get(lab.connect(address, 80).await, "qwe-rtyui.test", "/").await;

    assert_eq!(moved.status, 301);
    assert_eq!(moved.headers["location"], "https://tan-jarygy.test/a?b=c");
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn sites_behave_as_they_are_written_down() {
    let lab = Fixture::start();
    for site in lab.world.sites() {
        match &site.behaviour {
            // Those that need more than a glance are tested elsewhere.
            Behaviour::Normal
            | Behaviour::Sends(..)
            | Behaviour::Winding(_)
            | Behaviour::Large(_)
            | Behaviour::Stalls(_)
            | Behaviour::Empty
            | Behaviour::ListedPage
            | Behaviour::RefusesNear(_)
            | Behaviour::Elsewhere => {}
            Behaviour::Redirect(to) => {
                let fetched = fetch(&lab, site).await;
                assert_eq!(fetched.status, 302);
                assert_eq!(fetched.headers["location"], to.as_str());
            }
            Behaviour::Status(code) => {
                let fetched = fetch(&lab, site).await;
                assert_eq!(fetched.status, *code);
                assert!(String::from_utf8_lossy(&fetched.body).contains("CAPTCHA"));
            }
            Behaviour::Slow(delay) => {
                let begun = Instant::now();
                assert_eq!(fetch(&lab, site).await.status, 200);
                assert!(begun.elapsed() >= *delay);
            }
            Behaviour::Refused => {
                let to = lab.place(Protocol::Tcp, site.addresses[0], 443);
                let refused = TcpStream::connect(to).await.unwrap_err();
                assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
            }
            Behaviour::Silent => {
                let to = lab.place(Protocol::Tcp, site.addresses[0], 443);
                let waited = timeout(Duration::from_millis(300), TcpStream::connect(to)).await;
                assert!(waited.is_err(), "nothing comes back");
            }
        }
    }
}

#[tokio::test]
async fn the_block_page_answers_any_name_with_a_certificate_of_its_own() {
    let lab = Fixture::start();

    let plain = get(lab.connect(BLOCK_PAGE, 80).await, "tan-jarygy.test", "/").await;
    let stream = credulous(lab.connect(BLOCK_PAGE, 443).await, "tan-jarygy.test").await;
    let shown = names(&chain(&stream)[0]);
    let secure = get(stream, "tan-jarygy.test", "/").await;

    assert_eq!(plain.body, BLOCK_PAGE_HTML);
    assert_eq!(secure.body, BLOCK_PAGE_HTML);
    assert_eq!(shown, [BLOCK_PAGE_NAME]);
}

#[test]
fn a_site_that_is_down_may_not_share_its_address() {
    let mut spec = crate::internet::WorldSpec::standard();
    spec.sites[2].behaviour = Behaviour::Silent;

    assert!(spec.by_address().unwrap_err().to_string().contains("address of its own"));
}

fn site<'a>(lab: &'a Fixture, host: &str) -> &'a Site {
    lab.world.sites().iter().find(|site| site.host.as_str() == host).unwrap()
}

async fn fetch(lab: &Fixture, site: &Site) -> super::client::Fetched {
    let stream = lab.connect(site.addresses[0], 443).await;
    let stream = lab.secure(stream, site.host.as_str()).await.unwrap();
    get(stream, site.host.as_str(), "/").await
}

fn names(certificate: &[u8]) -> Vec<String> {
    let (_, parsed) = parse_x509_certificate(certificate).unwrap();
    let extension = parsed.subject_alternative_name().unwrap().unwrap();
    let names = extension.value.general_names.iter().map(|name| {
        let GeneralName::DNSName(name) = name else { panic!("not a DNS name: {name:?}") };
        (*name).to_owned()
    });
    names.collect()
}
