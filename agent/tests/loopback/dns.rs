//! Lookups over UDP: everything of the window is kept.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, CNAME};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use agent::config::Config;
use record::{Answer, Answers, Failed, Failure, Lookup, Resolver, Step, Transport};
use testlists::PublicResolver;

use crate::servers::{hasty, perform, quick};

#[tokio::test]
async fn a_forged_answer_does_not_hide_the_real_one() {
    let at = resolver(|socket, query, from| {
        socket.send_to(&address(query, "192.0.2.66"), from).unwrap();
        socket.send_to(&address(query, "192.0.2.1"), from).unwrap();
    });

    let answers = lookup(&quick(), at).await.unwrap();

    let told: Vec<_> = answers.all_addresses().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["192.0.2.66", "192.0.2.1"]);
    assert!(answers.datagrams.iter().all(|datagram| datagram.fits));
    assert_eq!(answers.addresses()[0].to_string(), "192.0.2.66");
}

#[tokio::test]
async fn what_does_not_fit_the_question_is_kept_and_marked() {
    let at = resolver(|socket, query, from| {
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        stranger.send_to(&address(query, "192.0.2.66"), from).unwrap();
        let mut wrong_id = address(query, "192.0.2.67");
        wrong_id[0] ^= 1;
        socket.send_to(&wrong_id, from).unwrap();
        socket.send_to(b"??", from).unwrap();
        socket.send_to(&address(query, "192.0.2.1"), from).unwrap();
    });

    let answers = lookup(&quick(), at).await.unwrap();

    let a: Vec<bool> = answers
        .datagrams
        .iter()
        .filter(|datagram| datagram.question == "A")
        .map(|datagram| datagram.fits)
        .collect();
    assert_eq!(a.iter().filter(|fits| **fits).count(), 1, "{answers:?}");
    assert_eq!(a.len(), 4);
    assert_eq!(answers.addresses()[0].to_string(), "192.0.2.1");
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_an_answer() {
    let at = coded(ResponseCode::NXDomain);

    assert!(lookup(&quick(), at).await.unwrap().denies());
}

#[tokio::test]
async fn a_resolver_in_trouble_has_failed_by_its_own_word() {
    let failure = |code| async move { lookup(&quick(), coded(code)).await.unwrap_err().failure };

    assert_eq!(failure(ResponseCode::ServFail).await, Failure::ResolverFailed);
    assert_eq!(failure(ResponseCode::Refused).await, Failure::ResolverRefused);
}

#[tokio::test]
async fn silence_is_a_timeout_and_so_is_an_answer_to_nothing() {
    let silent = resolver(|_, _, _| {});
    let strange = resolver(|socket, _, from| {
        socket.send_to(b"???", from).unwrap();
    });

    assert_eq!(lookup(&hasty(), silent).await.unwrap_err().failure, Failure::Timeout);
    let failed = lookup(&hasty(), strange).await.unwrap_err();
    assert_eq!(
        (failed.failure, failed.detail.as_str()),
        (Failure::Timeout, "2 answers, none to the question")
    );
}

#[tokio::test]
async fn a_question_that_was_lost_is_asked_once_more() {
    let asked = std::sync::Mutex::new(std::collections::BTreeMap::new());
    let at = resolver(move |socket, query, from| {
        let mut asked = asked.lock().unwrap();
        let times = asked.entry(query.queries[0].query_type().to_string()).or_insert(0);
        *times += 1;
        if *times == 2 {
            socket.send_to(&address(query, "192.0.2.1"), from).unwrap();
        }
    });

    let answers = lookup(&hasty(), at).await.unwrap();

    assert_eq!(answers.datagrams.len(), 2, "{answers:?}");
    assert!(answers.datagrams.iter().all(|datagram| datagram.after_ms >= 150));
}

#[tokio::test]
async fn an_answer_that_was_cut_to_nothing_denies_nothing() {
    let at = resolver(|socket, query, from| {
        let mut message = response(query, ResponseCode::NoError);
        message.metadata.truncation = true;
        socket.send_to(&message.to_vec().unwrap(), from).unwrap();
    });

    assert_eq!(lookup(&hasty(), at).await.unwrap_err().failure, Failure::Timeout);
}

#[tokio::test]
async fn aliases_are_told_by_name() {
    let at = resolver(|socket, query, from| {
        let name = Name::from_ascii("cdn.test.").unwrap();
        let alias = Record::from_rdata(asked(query), 60, RData::CNAME(CNAME(name)));
        let mut message = response(query, ResponseCode::NoError);
        message.add_answer(alias);
        socket.send_to(&message.to_vec().unwrap(), from).unwrap();
    });

    let answers = lookup(&quick(), at).await.unwrap();

    assert_eq!(answers.datagrams[0].answers, [Answer::Alias("cdn.test".into())]);
}

async fn lookup(config: &Config, at: SocketAddr) -> Result<Answers, Failed> {
    let resolvers = vec![PublicResolver { id: "one".into(), udp: Some(at), doh: None }];
    let step = Lookup {
        name: "site.test".parse().unwrap(),
        resolver: Resolver { id: "one".into(), transport: Transport::Udp },
    };
    let performed = perform(config, resolvers, Step::Lookup(step)).await;
    performed.observation.as_lookup().unwrap().outcome.clone()
}

/// A resolver that does what `answer` says with every question.
fn resolver(answer: impl Fn(&UdpSocket, &Message, SocketAddr) + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut buffer = [0; 1024];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            answer(&socket, &Message::from_vec(&buffer[..length]).unwrap(), from);
        }
    });
    at
}

fn coded(code: ResponseCode) -> SocketAddr {
    resolver(move |socket, query, from| {
        socket.send_to(&response(query, code).to_vec().unwrap(), from).unwrap();
    })
}

/// Answers with one address; an AAAA question gets an empty answer.
pub(crate) fn address(query: &Message, ip: &str) -> Vec<u8> {
    let mut message = response(query, ResponseCode::NoError);
    if query.queries[0].query_type() == RecordType::A {
        let ip: Ipv4Addr = ip.parse().unwrap();
        message.add_answer(Record::from_rdata(asked(query), 60, RData::A(A(ip))));
    }
    message.to_vec().unwrap()
}

fn response(query: &Message, code: ResponseCode) -> Message {
    let mut message = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
    message.metadata.response_code = code;
    message.add_query(query.queries[0].clone());
    message
}

fn asked(query: &Message) -> Name {
    query.queries[0].name().clone()
}
