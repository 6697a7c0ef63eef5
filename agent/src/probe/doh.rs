//! Asks a resolver over HTTPS (RFC 8484), on a connection of our own.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_proto::rr::RecordType;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use record::{Answers, Failed, Failure, Host, Trust};
use testlists::DohServer;

use super::deadline::Deadline;
use super::dns::{Heard, Question, conclude};
use super::eye::Shown;
use super::failure::{LocalFault, Trouble, failed, of_http};
use super::stream::Counts;
use super::tcp;
use super::tls::{Secured, Tls};
use crate::edge::Edge;

/// Time limits of a lookup over HTTPS.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// For both answers together.
    pub answers: Duration,
}

/// Asks `server` for the A and AAAA records of `name` on one connection.
///
/// Its addresses are tried in order until one connects. An answer counts only under a certificate
/// that is valid for the resolver's name: else it could be anybody's.
pub async fn lookup(
    name: &Host,
    server: &DohServer,
    (tls, edge): (&Tls, &Edge),
    patience: Patience,
    shown: &mut Shown,
) -> Result<Answers, Trouble> {
    let questions = [RecordType::A, RecordType::AAAA].map(|kind| Question::new(name, kind, edge));
    let questions = questions.into_iter().collect::<Result<Vec<_>, _>>()?;
    let heard = ask(questions, server, tls, patience, shown).await?;
    Ok(conclude(heard.into_iter().map(|heard| heard.datagram).collect())?)
}

/// Asks `server` the `questions` in turn on one connection.
pub async fn ask(
    questions: Vec<Question>,
    server: &DohServer,
    tls: &Tls,
    patience: Patience,
    shown: &mut Shown,
) -> Result<Vec<Heard>, Trouble> {
    let counts = Counts::default();
    let secured = connect(server, tls, patience.connect, (&counts, shown)).await?;
    if secured.session.trust != Trust::Trusted {
        let why = format!("the resolver's certificate is not valid: {:?}", secured.session.trust);
        return Err(counts.fill(failed(Failure::BadMessage, why)).into());
    }
    let talk = talk(secured, server, questions);
    let answered = Deadline::after(patience.answers).hold("answers", talk).await;
    let filled = |trouble| match trouble {
        Trouble::Failed(failed) => Trouble::Failed(counts.fill(failed)),
        Trouble::Local(fault) => Trouble::Local(fault),
    };
    answered.map_err(|late| filled(late.into()))?.map_err(filled)
}

async fn connect(
    server: &DohServer,
    tls: &Tls,
    patience: Duration,
    (counts, shown): (&Counts, &mut Shown),
) -> Result<Secured<TcpStream>, Trouble> {
    let mut last = Trouble::Failed(failed(Failure::NoRoute, "the lists name no address"));
    for ip in &server.addresses {
        match tcp::connect(SocketAddr::new(*ip, server.port), patience).await {
            Ok(stream) => return tls.secure(stream, &server.host, counts, shown).await,
            Err(trouble) => last = trouble,
        }
    }
    Err(last)
}

async fn talk(
    secured: Secured<TcpStream>,
    server: &DohServer,
    questions: Vec<Question>,
) -> Result<Vec<Heard>, Trouble> {
    let (mut sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(secured.stream))
        .await
        .map_err(|error| of_http(&error))?;
    // Dropped with this future, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let mut heard = Vec::new();
    for question in questions {
        let question = question.without_id();
        let began = Instant::now();
        let request = request(server, question.bytes()?)
            .ok_or_else(|| LocalFault::Name(server.host.to_string()))?;
        sender.ready().await.map_err(|error| of_http(&error))?;
        let response = sender.send_request(request).await.map_err(|error| of_http(&error))?;
        if response.status() != StatusCode::OK {
            let status = response.status().as_u16();
            return Err(failed(Failure::ResolverFailed, format!("HTTP status {status}")).into());
        }
        let body = Limited::new(response.into_body(), ANSWER_BYTES).collect().await;
        let body = body.map_err(|_| broken())?.to_bytes();
        heard.push(question.read(&body, began.elapsed(), true));
    }
    Ok(heard)
}

fn request(server: &DohServer, question: Vec<u8>) -> Option<Request<Full<Bytes>>> {
    let host = match server.port {
        443 => server.host.to_string(),
        port => format!("{}:{port}", server.host),
    };
    Request::post(server.path.as_str())
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/dns-message")
        .header(header::ACCEPT, "application/dns-message")
        .body(Full::new(Bytes::from(question)))
        .ok()
}

fn broken() -> Failed {
    failed(Failure::Closed, "before the end of the answer")
}

const ANSWER_BYTES: usize = 64 << 10;
