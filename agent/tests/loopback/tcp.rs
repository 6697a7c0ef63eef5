//! TCP connections.

use std::net::{SocketAddr, TcpListener, TcpStream};

use record::{Connect, Failed, Failure, Step};

use crate::servers::{hasty, perform, quick, serve, wait_for_end};

#[tokio::test]
async fn a_connection_that_stands_is_ok() {
    let at = serve(wait_for_end);

    assert_eq!(connect(at).await, Ok(()));
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    assert_eq!(connect(at).await.unwrap_err().failure, Failure::Refused);
}

#[tokio::test]
async fn silence_is_a_timeout() {
    // A full queue of a listener that accepts nobody drops further SYNs.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    socket.listen(0).unwrap();
    let at = socket.local_addr().unwrap().as_socket().unwrap();
    let _full: Vec<TcpStream> = (0..1).map(|_| TcpStream::connect(at).unwrap()).collect();

    let performed = perform(&hasty(), Vec::new(), Step::Connect(Connect { to: at })).await;

    let seen = performed.observation.as_connect().unwrap();
    assert_eq!(seen.failure(), Some(Failure::Timeout), "{seen:?}");
    assert!(seen.took_ms >= 300);
}

#[tokio::test]
async fn an_address_that_this_machine_cannot_route_says_nothing_of_the_target() {
    let everybody = "255.255.255.255:80".parse().unwrap();

    assert_eq!(connect(everybody).await.unwrap_err().failure, Failure::NoRoute);
}

async fn connect(to: SocketAddr) -> Result<(), Failed> {
    let performed = perform(&quick(), Vec::new(), Step::Connect(Connect { to })).await;
    performed.observation.as_connect().unwrap().outcome.clone().map(|_| ())
}
