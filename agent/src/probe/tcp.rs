//! Opens TCP connections.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;

use record::Failed;

use super::deadline::Deadline;
use super::failure::{Trouble, of_connect};

/// Opens one connection to `to`, from a new source port.
pub async fn connect(to: SocketAddr, patience: Duration) -> Result<TcpStream, Trouble> {
    let opened = Deadline::after(patience).hold(Failed::NOT_OPENED, TcpStream::connect(to)).await?;
    let stream = opened.map_err(|error| of_connect(error, to))?;
    // The ClientHello must leave at once and in one segment.
    stream.set_nodelay(true).map_err(|error| of_connect(error, to))?;
    Ok(stream)
}
