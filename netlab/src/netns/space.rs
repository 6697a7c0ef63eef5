//! One host: a thread in its own network and mount namespace that does what it is handed.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::{Builder, JoinHandle};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use crate::LabError;
use crate::netns::sysctl;

/// One host of the lab. Clones are the same host; it ends with the last of them and the last
/// thread and process that was started in it.
#[derive(Clone, Debug)]
pub struct Space {
    name: Arc<str>,
    work: Sender<Work>,
}

impl Space {
    /// Makes a host with nothing but the kernel's settings; `name` is for messages.
    pub fn new(name: &str) -> Result<Self, LabError> {
        let (work, todo) = channel::<Work>();
        let (made, ready) = sync_channel(1);
        let live = move || {
            let settled = settle();
            let failed = settled.is_err();
            made.send(settled).ok();
            if !failed {
                work_off(todo);
            }
        };
        let thread = Builder::new().name(name.to_owned()).spawn(live);
        drop(thread.map_err(LabError::failed("starting a namespace's thread"))?);
        let space = Self { name: name.into(), work };
        ready.recv().map_err(|_| space.gone())??;
        Ok(space)
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs `work` on the host's thread and waits for what it returns. Sockets that it makes, and
    /// threads and processes that it starts, belong to the host for ever.
    ///
    /// One piece of work runs at a time: for what takes long there is [`Space::thread`].
    pub fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LabError> {
        let (answer, wait) = sync_channel(1);
        let work = move || {
            answer.send(work()).ok();
        };
        self.work.send(Box::new(work)).map_err(|_| self.gone())?;
        wait.recv().map_err(|_| self.gone())
    }

    /// Starts a thread on the host.
    pub fn thread(
        &self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<JoinHandle<()>, LabError> {
        let builder = Builder::new().name(format!("{}/{name}", self.name));
        self.run(move || builder.spawn(work))?.map_err(LabError::failed("starting a thread"))
    }

    /// Starts a program on the host; it is killed when the handle is dropped.
    pub fn spawn(&self, mut command: Command) -> Result<Running, LabError> {
        let doing = format!("starting {:?} on {}", command.get_program(), self.name);
        let child = self.run(move || command.spawn())?.map_err(LabError::failed(doing))?;
        Ok(Running { child: Some(child) })
    }

    /// Makes `resolver` the one that programs on this host ask.
    pub fn ask(&self, resolver: impl Into<IpAddr>) -> Result<(), LabError> {
        let resolver = resolver.into();
        self.run(move || {
            // A caching daemon of the machine would answer from the machine's own network.
            for folder in ["/run/nscd", "/run/systemd/resolve"] {
                hide(folder)?;
            }
            replace("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")?;
            replace("/etc/resolv.conf", &format!("nameserver {resolver}\n"))
        })?
    }

    fn gone(&self) -> LabError {
        LabError::Gone { space: self.name.to_string() }
    }
}

/// A program that runs on a host of the lab. Dropping it kills the program.
#[derive(Debug)]
pub struct Running {
    child: Option<Child>,
}

impl Running {
    /// Returns the process, for its pipes and its id.
    pub fn process(&mut self) -> &mut Child {
        self.child.as_mut().expect("the process is taken only by `output`, which ends `self`")
    }

    /// Waits until the program ends.
    pub fn wait(&mut self) -> Result<ExitStatus, LabError> {
        self.process().wait().map_err(LabError::failed("waiting for a program"))
    }

    /// Returns whether the program still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process().try_wait(), Ok(None))
    }

    /// Waits until the program ends and returns what it printed into its pipes.
    pub fn output(mut self) -> Result<Output, LabError> {
        let child = self.child.take().expect("the process is taken only here");
        child.wait_with_output().map_err(LabError::failed("waiting for a program"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            child.kill().ok();
            child.wait().ok();
        }
    }
}

type Work = Box<dyn FnOnce() + Send>;

fn settle() -> Result<(), LabError> {
    unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS)
        .map_err(LabError::not_permitted("making a host's network and mount namespace"))?;
    sysctl::settle()?;
    crate::link::loopback_up()
}

fn work_off(todo: Receiver<Work>) {
    for work in todo {
        work();
    }
}

fn hide(folder: &str) -> Result<(), LabError> {
    // What the resolver's file links to may lie in there: it is read before it is hidden.
    if !Path::new(folder).exists() {
        return Ok(());
    }
    mount(Some("tmpfs"), folder, Some("tmpfs"), MsFlags::empty(), None::<&str>)
        .map_err(LabError::not_permitted(format!("hiding {folder}")))
}

/// Puts a file with `text` over `path`, following links; makes what the link names where the
/// folder around it was hidden.
fn replace(path: &str, text: &str) -> Result<(), LabError> {
    let step = || format!("replacing {path} for one host");
    let link = Path::new("/etc").join(fs::read_link(path).unwrap_or_else(|_| path.into()));
    if !link.exists() {
        let Some(folder) = link.parent().filter(|_| link != Path::new(path)) else {
            return Ok(());
        };
        fs::create_dir_all(folder).map_err(LabError::not_permitted(step()))?;
        return fs::write(&link, text).map_err(LabError::not_permitted(step()));
    }
    let file = tempfile::NamedTempFile::new().map_err(LabError::failed(step()))?;
    fs::write(file.path(), text).map_err(LabError::failed(step()))?;
    // The mount keeps the file; its name goes when `file` is dropped.
    mount(Some(file.path()), path, None::<&str>, MsFlags::MS_BIND, None::<&str>)
        .map_err(LabError::not_permitted(step()))
}
