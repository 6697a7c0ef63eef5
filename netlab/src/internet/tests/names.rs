//! Names: from the root down, through resolvers, with and without lies.

use std::net::{IpAddr, Ipv4Addr};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::RecordType;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use tokio::net::UdpSocket;

use super::Fixture;
use super::client::{addresses, get, question, send};
use crate::internet::service::Here;
use crate::internet::sockets::Protocol;
use crate::internet::{
    Absent, BLOCK_PAGE, LEAF_SERVER, Lie, PUBLIC_A, PUBLIC_A_HOST, PUBLIC_B, ROOT_SERVER, Resolver,
    TEST_SERVER, resolver,
};
use crate::packet::embed;

#[tokio::test]
async fn each_server_refers_to_the_one_below_and_the_last_answers() {
    let lab = Fixture::start();

    let root = lab.ask(ROOT_SERVER, "tan-jarygy.test.", RecordType::A).await.unwrap();
    let test = lab.ask(TEST_SERVER, "tan-jarygy.test.", RecordType::A).await.unwrap();
    let leaf = lab.ask(LEAF_SERVER, "tan-jarygy.test.", RecordType::A).await.unwrap();

    assert!(root.answers.is_empty() && test.answers.is_empty());
    assert_eq!(root.authorities[0].name.to_ascii(), "test.");
    assert_eq!(test.authorities[0].name.to_ascii(), "tan-jarygy.test.");
    assert_eq!(test.additionals.len(), 1);
    assert!(leaf.metadata.authoritative);
    assert_eq!(addresses(&leaf), [IpAddr::from([203, 0, 113, 21])]);
}

#[tokio::test]
async fn a_public_resolver_finds_every_site_of_the_world() {
    let lab = Fixture::start();

    for site in lab.world.sites() {
        let mut found = Vec::new();
        for kind in [RecordType::A, RecordType::AAAA] {
            let answer = lab.ask(PUBLIC_A, &format!("{}.", site.host), kind).await.unwrap();
            let aliases = answer.answers.iter().filter(|record| record.record_type().is_cname());
            assert_eq!(
                aliases.count(),
                site.via.iter().chain(&site.alias).count(),
                "{}",
                site.host
            );
            found.extend(addresses(&answer));
        }

        assert_eq!(found, site.named().collect::<Vec<_>>(), "{}", site.host);
    }
}

#[tokio::test]
async fn a_missing_name_and_a_missing_record_are_told_apart() {
    let lab = Fixture::start();

    for (name, kind, code) in [
        ("tan-jarygy.test.", RecordType::AAAA, ResponseCode::NoError),
        ("boztorgai.test.", RecordType::A, ResponseCode::NXDomain),
        ("www.tan-jarygy.test.", RecordType::A, ResponseCode::NXDomain),
        ("example.invalid.", RecordType::A, ResponseCode::NXDomain),
    ] {
        // The second time comes from what the resolver remembers.
        for _ in 0..2 {
            let answer = lab.ask(PUBLIC_B, name, kind).await.unwrap();
            assert_eq!(answer.metadata.response_code, code, "{name} {kind}");
            assert!(answer.answers.is_empty());
            assert!(answer.authorities[0].record_type().is_soa(), "{name} {kind}");
        }
    }
}

#[tokio::test]
async fn a_resolver_that_reaches_nobody_says_so() {
    let lab = Fixture::start();
    let alone = crate::internet::sockets::Sockets::Loopback(std::sync::Arc::default());
    let _resolver =
        resolver::start(&Here, alone.clone(), &[PROVIDER.into()], (Vec::new(), Absent::Told))
            .unwrap();
    let lab = Fixture { sockets: alone, ..lab };

    let answer = lab.ask(PROVIDER, "tan-jarygy.test.", RecordType::A).await.unwrap();

    assert_eq!(answer.metadata.response_code, ResponseCode::ServFail);
}

#[tokio::test]
async fn lies_cover_a_name_and_those_below_it_while_they_are_on() {
    let lab = Fixture::start();
    let resolver = start_liar(&lab, Absent::Told);
    let ask = |name, kind| lab.ask(PROVIDER, name, kind);

    let forged = ask("tan-jarygy.test.", RecordType::A).await.unwrap();
    let below = ask("m.Tan-Jarygy.test.", RecordType::A).await.unwrap();
    let other_kind = ask("tan-jarygy.test.", RecordType::AAAA).await.unwrap();
    let denied = ask("sybyrlas.test.", RecordType::A).await.unwrap();
    let spared = ask("xtan-jarygy.test.", RecordType::A).await.unwrap();
    let honest = ask("dala-tynysy.test.", RecordType::A).await.unwrap();
    resolver.set_lying(false);
    let truth = ask("tan-jarygy.test.", RecordType::A).await.unwrap();
    let found = ask("sybyrlas.test.", RecordType::A).await.unwrap();

    assert_eq!(addresses(&forged), [IpAddr::from(BLOCK_PAGE)]);
    assert_eq!(addresses(&below), [IpAddr::from(BLOCK_PAGE)]);
    assert!(other_kind.answers.is_empty());
    assert_eq!(other_kind.metadata.response_code, ResponseCode::NoError);
    assert_eq!(denied.metadata.response_code, ResponseCode::NXDomain);
    assert!(spared.answers.is_empty());
    assert_eq!(addresses(&honest), [IpAddr::from([203, 0, 113, 22])]);
    assert_eq!(addresses(&truth), [IpAddr::from([203, 0, 113, 21])]);
    assert_eq!(addresses(&found).len(), 2);
}

#[tokio::test]
async fn addresses_are_made_up_only_for_names_without_one_of_ipv6() {
    let lab = Fixture::start();
    let resolver = start_liar(&lab, Absent::MadeUp);
    let ask = async |name: &str, kind| addresses(&lab.ask(PROVIDER, name, kind).await.unwrap());
    let six = |ip: Ipv4Addr| [IpAddr::from(embed(ip))];

    assert_eq!(ask("tan-jarygy.test.", RecordType::AAAA).await, six(BLOCK_PAGE));
    assert!(ask("sybyrlas.test.", RecordType::AAAA).await.is_empty());
    resolver.set_lying(false);
    assert_eq!(ask("tan-jarygy.test.", RecordType::AAAA).await, six([203, 0, 113, 21].into()));
    assert_eq!(ask("tan-jarygy.test.", RecordType::A).await, [IpAddr::from([203, 0, 113, 21])]);
    let own: IpAddr = "2001:db8:113::22".parse().unwrap();
    assert_eq!(ask("dala-tynysy.test.", RecordType::AAAA).await, [own]);
    assert_eq!(ask("dostar-alany.test.", RecordType::AAAA).await, six([203, 0, 113, 11].into()));
    // RFC 7050 §2.2: how a machine finds out where it is.
    let known: [IpAddr; 2] =
        ["64:ff9b::192.0.0.170", "64:ff9b::192.0.0.171"].map(|ip| ip.parse().unwrap());
    assert_eq!(ask("ipv4only.arpa.", RecordType::AAAA).await, known);
    let honest = lab.ask(PUBLIC_A, "ipv4only.arpa.", RecordType::AAAA).await.unwrap();
    assert!(honest.answers.is_empty());
}

#[tokio::test]
async fn names_are_answered_over_https_by_get_and_by_post() {
    let lab = Fixture::start();
    let bytes = question("tan-jarygy.test.", RecordType::A);
    let open = || async {
        let stream = lab.connect(PUBLIC_A, 443).await;
        lab.secure(stream, PUBLIC_A_HOST).await.unwrap()
    };

    let path = format!("/dns-query?dns={}", URL_SAFE_NO_PAD.encode(&bytes));
    let by_get = get(open().await, PUBLIC_A_HOST, &path).await;
    let request = Request::post("/dns-query")
        .header("host", PUBLIC_A_HOST)
        .header("content-type", "application/dns-message")
        .body(Full::new(Bytes::from(bytes)))
        .unwrap();
    let by_post = send(open().await, request).await;
    let bad = get(open().await, PUBLIC_A_HOST, "/dns-query?dns=AAAA").await;

    for fetched in [by_get, by_post] {
        let message = Message::from_vec(&fetched.body).unwrap();
        assert_eq!(fetched.headers["content-type"], "application/dns-message");
        assert_eq!(addresses(&message), [IpAddr::from([203, 0, 113, 21])]);
    }
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn rubbish_is_ignored_and_the_server_goes_on() {
    let lab = Fixture::start();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for server in [ROOT_SERVER, PUBLIC_A] {
        let to = lab.place(Protocol::Udp, server, 53);
        for rubbish in [&b""[..], b"\0", &[0xff; 40], &[0; 12], &[0xc0; 600]] {
            socket.send_to(rubbish, to).await.unwrap();
        }
    }

    let answer = lab.ask(PUBLIC_A, "tan-jarygy.test.", RecordType::A).await.unwrap();

    assert_eq!(addresses(&answer).len(), 1);
    let mut buffer = [0; 100];
    assert!(socket.try_recv(&mut buffer).is_err(), "rubbish was answered");
}

fn start_liar(lab: &Fixture, absent: Absent) -> Resolver {
    let lies = vec![
        Lie::Forge { name: "tan-jarygy.test".parse().unwrap(), address: BLOCK_PAGE },
        Lie::Deny { name: "sybyrlas.test".parse().unwrap() },
    ];
    resolver::start(&Here, lab.sockets.clone(), &[PROVIDER.into()], (lies, absent)).unwrap()
}

const PROVIDER: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 53);
