//! Lookups over UDP: everything of the window is kept.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::mpsc;
use std::thread;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::svcb::{Alpn, EchConfigList, IpHint, SvcParamKey, SvcParamValue};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, HTTPS, SVCB};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use tokio::time::Instant;

use agent::config::Config;
use agent::probe::{LocalFault, Prober as _, Wire};
use agent::roots::Roots;
use plan::Planned;
use record::{
    Answer, Answers, Failed, Failure, Lookup, Part, Resolver, ServiceLookup, Services, Step,
    Transport,
};
use testlists::PublicResolver;

use crate::servers::{edge, hasty, perform, quick};

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

#[tokio::test]
async fn an_answer_that_was_cut_short_is_asked_for_over_tcp() {
    let (at, _) = cut_short(Some(|query: &Message| address(query, "192.0.2.1")));

    let answers = lookup(&quick(), at).await.unwrap();

    assert_eq!(answers.addresses()[0].to_string(), "192.0.2.1");
    let fits: Vec<bool> = answers.datagrams.iter().map(|datagram| datagram.fits).collect();
    assert_eq!(fits, [false, true, false, true], "{answers:?}");
}

#[tokio::test]
async fn a_resolver_that_answers_nobody_over_tcp_is_not_waited_for_beyond_the_window() {
    let (at, _held) = cut_short(None);

    assert_eq!(lookup(&hasty(), at).await.unwrap_err().failure, Failure::Timeout);
}

#[tokio::test]
async fn https_records_are_told_with_all_that_leads_to_the_site() {
    let at = resolver(|socket, query, from| {
        socket.send_to(&services(query), from).unwrap();
    });

    let services = look_services_up(&quick(), at).await.unwrap();

    let [alias, service] = services.records.try_into().unwrap();
    assert_eq!((alias.priority, alias.target.as_str()), (0, "cdn.test"));
    assert_eq!((alias.alpn.len(), alias.hints.len(), alias.ech), (0, 0, None));
    assert_eq!((service.priority, service.target.as_str()), (1, ""));
    assert_eq!(service.alpn, ["h3", "h2"]);
    let hints: Vec<String> = service.hints.iter().map(ToString::to_string).collect();
    assert_eq!(hints, ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(service.ech.as_deref(), Some("AAEC"));
}

#[tokio::test]
async fn https_records_that_were_cut_short_come_over_tcp() {
    let (at, _) = cut_short(Some(services));

    let services = look_services_up(&quick(), at).await.unwrap();

    assert_eq!(services.records.len(), 2);
}

#[tokio::test]
async fn a_name_without_https_records_has_none_and_a_resolver_in_trouble_has_failed() {
    let look = |code| async move { look_services_up(&quick(), coded(code)).await };

    assert_eq!(look(ResponseCode::NoError).await.unwrap().records, []);
    assert_eq!(look(ResponseCode::NXDomain).await.unwrap().records, []);
    let failed = look(ResponseCode::ServFail).await.unwrap_err();
    assert_eq!(failed.failure, Failure::ResolverFailed);
}

#[tokio::test]
async fn the_lines_own_resolver_is_asked_under_a_name_that_gives_nothing_away() {
    let at = resolver(|socket, query, from| {
        socket.send_to(&address(query, "192.0.2.1"), from).unwrap();
    });
    let resolver = Resolver { id: Resolver::PROVIDER.into(), transport: Transport::Udp };
    let step = Step::Lookup(Lookup { name: "site.test".parse().unwrap(), resolver });
    let planned = Planned { step, part: Part::Screen, wait_ms: 0 };
    let wire = |at| {
        let roots = Roots::load(None).unwrap();
        Wire::new(&quick(), roots, Vec::new(), edge()).with_provider(at)
    };

    let asked = wire(Some(at)).perform(&planned, Instant::now()).await.unwrap();
    let refused = wire(None).perform(&planned, Instant::now()).await;

    let seen = asked.observation.as_lookup().unwrap().clone();
    assert_eq!(seen.outcome.unwrap().addresses()[0].to_string(), "192.0.2.1");
    let record = serde_json::to_string(&asked.observation).unwrap();
    assert!(!record.contains("127.0.0.1") && record.contains("provider"), "{record}");
    assert!(wire(Some(at)).has_provider_resolver() && !wire(None).has_provider_resolver());
    assert!(matches!(refused, Err(LocalFault::UnknownResolver(_))));
}

async fn look_services_up(config: &Config, at: SocketAddr) -> Result<Services, Failed> {
    let resolvers = vec![PublicResolver { id: "one".into(), udp: Some(at), doh: None }];
    let step = ServiceLookup {
        name: "site.test".parse().unwrap(),
        resolver: Resolver { id: "one".into(), transport: Transport::Udp },
    };
    let performed = perform(config, resolvers, Step::Service(step)).await;
    performed.observation.as_service().unwrap().outcome.clone()
}

/// A resolver that cuts every answer to nothing over UDP, and over TCP answers with `whole`, or
/// only keeps the connections open.
fn cut_short(whole: Option<fn(&Message) -> Vec<u8>>) -> (SocketAddr, mpsc::Receiver<TcpStream>) {
    // The same port for both, wherever it is free.
    let (at, listener) = loop {
        let at = resolver(|socket, query, from| {
            let mut message = response(query, ResponseCode::NoError);
            message.metadata.truncation = true;
            socket.send_to(&message.to_vec().unwrap(), from).unwrap();
        });
        if let Ok(listener) = TcpListener::bind(at) {
            break (at, listener);
        }
    };
    let (hold, held) = mpsc::channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if let Some(whole) = whole {
                let mut length = [0; 2];
                stream.read_exact(&mut length).unwrap();
                let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut question).unwrap();
                let answer = whole(&Message::from_vec(&question).unwrap());
                let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
                stream.write_all(&[&length, answer.as_slice()].concat()).unwrap();
            }
            hold.send(stream).ok();
        }
    });
    (at, held)
}

/// Answers with an alias and a service that has everything.
pub(crate) fn services(query: &Message) -> Vec<u8> {
    let mut message = response(query, ResponseCode::NoError);
    assert_eq!(query.queries[0].query_type(), RecordType::HTTPS);
    let everything = vec![
        (SvcParamKey::Alpn, SvcParamValue::Alpn(Alpn(vec!["h3".into(), "h2".into()]))),
        (SvcParamKey::Ipv4Hint, SvcParamValue::Ipv4Hint(IpHint(vec![A::new(192, 0, 2, 1)]))),
        (SvcParamKey::EchConfigList, SvcParamValue::EchConfigList(EchConfigList(vec![0, 1, 2]))),
        (
            SvcParamKey::Ipv6Hint,
            SvcParamValue::Ipv6Hint(IpHint(vec![AAAA("2001:db8::1".parse().unwrap())])),
        ),
    ];
    let cdn = Name::from_ascii("cdn.test.").unwrap();
    for record in [SVCB::new(0, cdn, Vec::new()), SVCB::new(1, Name::root(), everything)] {
        message.add_answer(Record::from_rdata(asked(query), 60, RData::HTTPS(HTTPS(record))));
    }
    message.to_vec().unwrap()
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
