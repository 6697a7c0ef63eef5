//! Lets the host's browser in: connections to a listener of the host's network go on to the
//! collector inside the lab.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::LabError;
use crate::netns::Space;

/// Passes every connection on to `collector`, as seen from `world`; returns only on an error.
pub(super) fn keep_open(
    door: &TcpListener,
    world: &Space,
    collector: SocketAddr,
) -> Result<(), LabError> {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let (outside, _) = door.accept().map_err(LabError::failed("accepting a connection"))?;
        if open.load(Ordering::Relaxed) >= MOST_OPEN {
            // Dropped: a browser tries again.
            continue;
        }
        // The socket must be made in the world's thread; it is then usable from any.
        let connected = world.run(move || TcpStream::connect_timeout(&collector, PATIENCE))?;
        let Ok(inside) = connected else { continue };
        open.fetch_add(1, Ordering::Relaxed);
        let open = Arc::clone(&open);
        thread::spawn(move || {
            let passed = pass_on(&outside, &inside);
            open.fetch_sub(1, Ordering::Relaxed);
            // A reader who closes the page early is no fault of ours.
            passed.ok();
        });
    }
}

/// Copies both ways until one side is done.
fn pass_on(outside: &TcpStream, inside: &TcpStream) -> std::io::Result<()> {
    for stream in [outside, inside] {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
    }
    let (from, to) = (outside.try_clone()?, inside.try_clone()?);
    let asking = thread::spawn(move || copy(&from, &to));
    let answered = copy(inside, outside);
    outside.shutdown(Shutdown::Both).ok();
    inside.shutdown(Shutdown::Both).ok();
    asking.join().map_err(|_| std::io::Error::other("the copying thread panicked"))?.ok();
    answered
}

fn copy(mut from: &TcpStream, mut to: &TcpStream) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(buffer.get(..read).unwrap_or_default())?;
    }
}

const MOST_OPEN: usize = 64;
const PATIENCE: Duration = Duration::from_secs(30);
