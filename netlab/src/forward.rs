//! The thread of a provider: carries packets between TUN devices along a [`Road`].

use std::io::{PipeWriter, pipe};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use tun_rs::SyncDevice;

use crate::LabError;
use crate::censor::{Act, Acted, Censor, Chain, Way};
use crate::noise::Noise;
use crate::road::{Port, Road};

/// A provider's thread; it ends when this handle is dropped.
#[derive(Debug)]
pub struct Forwarder {
    acted: Acted,
    dials: Arc<Dials>,
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

/// What can be turned and read while the thread runs.
#[derive(Debug, Default)]
struct Dials {
    censoring: AtomicBool,
    noise: Mutex<Noise>,
    delivered: AtomicU64,
    censored: AtomicU64,
    lost: AtomicU64,
}

impl Forwarder {
    /// Starts to carry packets between `devices`; the censor is on.
    ///
    /// A plain thread and ppoll: an asynchronous runtime's timers are a millisecond late each way.
    pub fn start(
        name: &str,
        devices: Vec<(Port, SyncDevice)>,
        road: Road,
        censor: Chain,
    ) -> Result<Self, LabError> {
        let doing = || format!("starting the network of {name}");
        let dials = Arc::new(Dials { censoring: true.into(), ..Dials::default() });
        let (told, stop) = pipe().map_err(LabError::failed(doing()))?;
        let mut wires = Wires { devices, road, censor, dials: Arc::clone(&dials) };
        let acted = wires.censor.acted();
        let carry = move || wires.carry(told);
        let thread = Builder::new().name(format!("net/{name}")).spawn(carry);
        let thread = thread.map_err(LabError::failed(doing()))?;
        Ok(Self { dials, acted, stop: Some(stop), thread: Some(thread) })
    }

    /// Switches the censor on or off. What it remembers of flows it keeps.
    pub fn censor(&self, on: bool) {
        self.dials.censoring.store(on, Ordering::Relaxed);
    }

    /// Makes the line as bad as `noise` says.
    pub fn disturb(&self, noise: Noise) {
        *self.dials.noise.lock().unwrap_or_else(PoisonError::into_inner) = noise;
    }

    /// Counts the censors on the path that never did anything.
    pub fn idle(&self) -> usize {
        self.acted.idle()
    }

    /// Returns how many packets the censor did something about.
    pub fn censored(&self) -> u64 {
        self.dials.censored.load(Ordering::Relaxed)
    }

    /// Returns how many packets were delivered, and how many were lost on the way.
    pub fn delivered_and_lost(&self) -> (u64, u64) {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        (read(&self.dials.delivered), read(&self.dials.lost))
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        // Closing its end of the pipe tells the thread.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

struct Wires {
    devices: Vec<(Port, SyncDevice)>,
    road: Road,
    censor: Chain,
    dials: Arc<Dials>,
}

impl Wires {
    /// Carries packets until the other end of `told` is closed.
    fn carry(&mut self, told: impl AsFd) {
        let Self { devices, road, censor, dials } = self;
        let mut fds: Vec<_> =
            devices.iter().map(|(_, device)| PollFd::new(device.as_fd(), POLLIN)).collect();
        fds.push(PollFd::new(told.as_fd(), POLLIN));
        let mut gate = Gate { censor, open: true };
        let mut buffer = vec![0; LARGEST];
        loop {
            let wait = road.next().map(|due| due.saturating_duration_since(Instant::now()));
            match ppoll(&mut fds, wait.map(TimeSpec::from), None) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return,
            }
            if fds.last().is_some_and(|told| told.any() == Some(true)) {
                return;
            }
            let noise = *dials.noise.lock().unwrap_or_else(PoisonError::into_inner);
            for (fd, (port, device)) in fds.iter().zip(devices.iter()) {
                if fd.any() != Some(true) {
                    continue;
                }
                // Not more at once: what is due meanwhile must not be late.
                for _ in 0..MOST_AT_ONCE {
                    let Ok(length) = device.recv(&mut buffer) else { break };
                    let packet = buffer.get(..length).unwrap_or_default().to_vec();
                    road.take(Instant::now(), *port, packet, &noise);
                }
            }
            gate.open = !dials.censoring.load(Ordering::Relaxed);
            while let Some((to, packet)) = road.due(Instant::now(), &mut gate) {
                if let Some((_, device)) = devices.iter().find(|(port, _)| *port == to) {
                    // The kernel refuses when the device is going away; then nobody waits for it.
                    device.send(&packet).ok();
                }
            }
            let tally = road.tally();
            dials.delivered.store(tally.delivered, Ordering::Relaxed);
            dials.censored.store(tally.censored, Ordering::Relaxed);
            dials.lost.store(tally.lost, Ordering::Relaxed);
        }
    }
}

/// The censor behind its switch.
struct Gate<'a> {
    censor: &'a mut Chain,
    open: bool,
}

impl Censor for Gate<'_> {
    fn inspect(&mut self, now: Instant, way: Way, packet: &[u8]) -> Act {
        if self.open { Act::Pass } else { self.censor.inspect(now, way, packet) }
    }
}

const POLLIN: PollFlags = PollFlags::POLLIN;
const MOST_AT_ONCE: usize = 64;
const LARGEST: usize = 65_536;
