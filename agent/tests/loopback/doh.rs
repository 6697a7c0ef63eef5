//! Lookups over HTTPS.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use hickory_proto::op::Message;
use hickory_proto::rr::RecordType;
use rustls::ServerConfig;

use agent::config::Config;
use record::{Answers, Failed, Failure, Lookup, Resolver, ServiceLookup, Step, Transport};
use testlists::{DohServer, PublicResolver};

use crate::dns::{address, services};
use crate::servers::{Authority, answer, perform, quick, serve_tls};

#[tokio::test]
async fn both_families_are_asked_on_one_connection() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve(authority.server("dns.test"));

    let answers = lookup(&authority.trusted_in(dir.path()), at).await.unwrap();

    assert_eq!(answers.datagrams.len(), 2);
    assert_eq!(answers.addresses()[0].to_string(), "192.0.2.1");
    assert!(answers.datagrams.iter().all(|datagram| datagram.fits));
}

#[tokio::test]
async fn an_answer_under_anybodys_certificate_does_not_count() {
    let at = serve(Authority::new().server("dns.test"));

    let failed = lookup(&quick(), at).await.unwrap_err();

    assert_eq!(failed.failure, Failure::BadMessage);
    assert!(failed.detail.contains("UnknownIssuer"), "{failed:?}");
}

#[tokio::test]
async fn a_resolver_that_answers_with_an_error_has_failed() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve_tls(authority.server("dns.test"), |mut stream| {
        answer(&mut stream, b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    });

    let failed = lookup(&authority.trusted_in(dir.path()), at).await.unwrap_err();

    assert_eq!(
        (failed.failure, failed.detail.as_str()),
        (Failure::ResolverFailed, "HTTP status 503")
    );
}

#[tokio::test]
async fn a_resolver_that_cannot_be_reached_refuses() {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    assert_eq!(lookup(&quick(), at).await.unwrap_err().failure, Failure::Refused);
}

#[tokio::test]
async fn https_records_are_asked_for_in_the_same_way() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let at = serve(authority.server("dns.test"));
    let step = ServiceLookup {
        name: "site.test".parse().unwrap(),
        resolver: Resolver { id: "one".into(), transport: Transport::Doh },
    };

    let config = authority.trusted_in(dir.path());
    let performed = perform(&config, resolvers(at), Step::Service(step)).await;

    let services = performed.observation.as_service().unwrap().outcome.clone().unwrap();
    assert_eq!(services.records[1].alpn, ["h3", "h2"]);
    assert!(performed.certificates.is_empty(), "of the resolver, not of the site");
}

/// Answers every question of a connection, one after another.
fn serve(config: Arc<ServerConfig>) -> SocketAddr {
    serve_tls(config, |mut stream| {
        loop {
            let head = answer(&mut stream, b"").to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let Some(length) = length.and_then(|length| length.parse::<usize>().ok()) else {
                return;
            };
            let mut question = vec![0; length];
            stream.read_exact(&mut question).unwrap();
            let query = Message::from_vec(&question).unwrap();
            assert_eq!(query.metadata.id, 0);
            let is_https = query.queries[0].query_type() == RecordType::HTTPS;
            let bytes = if is_https { services(&query) } else { address(&query, "192.0.2.1") };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: {}\r\n\r\n",
                bytes.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&bytes).unwrap();
        }
    })
}

fn resolvers(at: SocketAddr) -> Vec<PublicResolver> {
    let doh = DohServer {
        addresses: vec![at.ip()],
        port: at.port(),
        host: "dns.test".parse().unwrap(),
        path: "/dns-query".into(),
    };
    vec![PublicResolver { id: "one".into(), udp: None, doh: Some(doh) }]
}

async fn lookup(config: &Config, at: SocketAddr) -> Result<Answers, Failed> {
    let step = Lookup {
        name: "site.test".parse().unwrap(),
        resolver: Resolver { id: "one".into(), transport: Transport::Doh },
    };
    let performed = perform(config, resolvers(at), Step::Lookup(step)).await;
    performed.observation.as_lookup().unwrap().outcome.clone()
}
