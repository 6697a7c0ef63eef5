//! Namespaces: the way into the lab's own, and one thread for each host within.

mod space;
mod sysctl;

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{getgid, getuid};

use crate::LabError;

pub use space::{Running, Space};

/// Enters namespaces of our own (user, mounts, network, processes), runs this program again in
/// them with `--inside DIR` before `arguments`, waits for it and returns its exit code.
///
/// Must come first in `main`, before any thread: a process with threads may not do this. Every
/// process of the lab is in that namespace of processes, so none outlives it, however it ends.
/// `DIR` is fresh and removed afterwards. `door` is a listener of the host's network that the
/// lab may accept from (see [`arrive`]); it takes the place of standard input.
pub fn enter(
    arguments: impl IntoIterator<Item = OsString>,
    door: Option<TcpListener>,
    interrupt: Interrupt,
) -> Result<u8, LabError> {
    let (user, group) = (getuid(), getgid());
    let flags = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWPID;
    unshare(flags).map_err(LabError::not_permitted("making user, mount and network namespaces"))?;
    write_map("setgroups", "deny")?;
    write_map("uid_map", &format!("0 {user} 1"))?;
    write_map("gid_map", &format!("0 {group} 1"))?;
    keep_mounts_private()?;

    let dir = tempfile::Builder::new().prefix("netlab-").tempdir();
    let dir = dir.map_err(LabError::failed("making a folder for the lab"))?;
    let signals =
        SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGCHLD]);
    signals.thread_block().map_err(LabError::failed("holding signals back"))?;
    let mut command = Command::new("/proc/self/exe");
    command.arg("--inside").arg(dir.path()).args(arguments);
    if let Some(door) = door {
        command.stdin(Stdio::from(OwnedFd::from(door)));
    }
    let child = command.spawn().map_err(LabError::failed("starting the program within"))?;
    let code = wait_for(child, signals, interrupt)?;
    dir.close().map_err(LabError::failed("removing the lab's folder"))?;
    Ok(code)
}

/// Whom an interrupt from the keyboard is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// The lab: it ends.
    Lab,
    /// A command that runs in the lab.
    Command,
}

/// What the program within finds on arrival.
#[derive(Debug)]
pub struct Inside {
    /// A fresh folder; removed with the lab.
    pub dir: PathBuf,
}

impl Inside {
    /// Returns the listener of the host's network that was handed to [`enter`].
    pub fn door(&self) -> Result<TcpListener, LabError> {
        let handed = std::io::stdin().as_fd().try_clone_to_owned();
        handed.map(TcpListener::from).map_err(LabError::failed("taking over the host's listener"))
    }
}

/// Makes the program that [`enter`] started at home in its namespaces.
pub fn arrive(dir: &Path) -> Result<Inside, LabError> {
    // As the first process of its namespace, this one takes all others with it when it dies.
    set_pdeathsig(Signal::SIGKILL).map_err(LabError::failed("tying the lab to its parent"))?;
    unshare(CloneFlags::CLONE_NEWNS)
        .map_err(LabError::not_permitted("making a mount namespace"))?;
    // Where a container hides parts of /proc this is refused. Then the old one stays: process
    // ids read from it are those of the host, which nothing here depends on.
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), None::<&str>).ok();
    Ok(Inside { dir: dir.to_owned() })
}

fn write_map(file: &'static str, text: &str) -> Result<(), LabError> {
    let step = format!("writing /proc/self/{file}");
    fs::write(Path::new("/proc/self").join(file), text).map_err(LabError::not_permitted(step))
}

fn keep_mounts_private() -> Result<(), LabError> {
    let flags = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(None::<&str>, "/", None::<&str>, flags, None::<&str>)
        .map_err(LabError::not_permitted("making mounts private"))
}

fn wait_for(mut child: Child, signals: SigSet, interrupt: Interrupt) -> Result<u8, LabError> {
    loop {
        let signal = signals.wait().map_err(LabError::failed("waiting for the lab"))?;
        let for_the_command = signal == Signal::SIGINT && interrupt == Interrupt::Command;
        if signal != Signal::SIGCHLD && !for_the_command {
            child.kill().map_err(LabError::failed("ending the lab"))?;
            child.wait().map_err(LabError::failed("waiting for the lab's end"))?;
            return Ok(u8::try_from(128 + signal as i32).unwrap_or(1));
        }
        if let Some(status) = child.try_wait().map_err(LabError::failed("asking for the lab"))? {
            return Ok(exit_code(status));
        }
    }
}

/// Returns what a shell would say of `status`.
pub fn exit_code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;

    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
