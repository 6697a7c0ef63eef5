//! Threads that serve: each with a runtime of its own, on the host where it was started.

use std::thread::JoinHandle;

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::LabError;
use crate::netns::Space;

/// Something that can start threads: a host of the lab, or in tests this very process.
pub(super) trait Ground {
    /// Starts a thread.
    fn thread(&self, name: &str, work: Work) -> Result<JoinHandle<()>, LabError>;
}

impl Ground for Space {
    fn thread(&self, name: &str, work: Work) -> Result<JoinHandle<()>, LabError> {
        Self::thread(self, name, work)
    }
}

/// What a thread does.
pub(super) type Work = Box<dyn FnOnce() + Send>;

/// A thread that serves until this handle is dropped.
#[derive(Debug)]
pub(super) struct Service {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts a thread, runs `prepare` on it within its runtime (sockets are bound there), and
    /// lets it serve the future that came of it. Returns with what `prepare` found.
    pub(super) fn start<T, F>(
        ground: &dyn Ground,
        name: &str,
        prepare: impl FnOnce() -> Result<(T, F), LabError> + Send + 'static,
    ) -> Result<(Self, T), LabError>
    where
        T: Send + 'static,
        F: Future<Output = ()> + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        let work = move || {
            let runtime = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(source) => {
                    tell.send(Err(LabError::failed("making a server's runtime")(source))).ok();
                    return;
                }
            };
            let prepared = {
                let _within = runtime.enter();
                prepare()
            };
            match prepared {
                Err(error) => drop(tell.send(Err(error))),
                Ok((facts, serve)) => {
                    tell.send(Ok(facts)).ok();
                    runtime.block_on(async {
                        tokio::select! {
                            _ = stopped => {}
                            () = serve => {}
                        }
                    });
                }
            }
        };
        let thread = ground.thread(name, Box::new(work))?;
        let gone = || LabError::Gone { space: name.to_owned() };
        let facts = told.recv().map_err(|_| gone())??;
        Ok((Self { stop: Some(stop), thread: Some(thread) }, facts))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself.
            stop.send(()).ok();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// This very process: where unit tests let servers run.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(super) struct Here;

#[cfg(test)]
impl Ground for Here {
    fn thread(&self, name: &str, work: Work) -> Result<JoinHandle<()>, LabError> {
        let builder = std::thread::Builder::new().name(name.to_owned());
        builder.spawn(work).map_err(LabError::failed("starting a thread"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_dropped_service_gives_its_address_back() {
        let prepare = || {
            let listener = TcpListener::bind("127.0.0.1:0").map_err(LabError::failed("binding"))?;
            let address = listener.local_addr().map_err(LabError::failed("asking"))?;
            Ok((address, async move {
                let _held = listener;
                std::future::pending::<()>().await;
            }))
        };
        let (service, address) = Service::start(&Here, "held", prepare).unwrap();
        assert!(TcpListener::bind(address).is_err());

        drop(service);

        assert!(TcpListener::bind(address).is_ok());
    }

    #[test]
    fn what_fails_in_preparation_is_told_to_the_starter() {
        let prepare = || Err::<((), std::future::Ready<()>), _>(LabError::Wrong("no".to_owned()));

        let started = Service::start(&Here, "failing", prepare);

        assert_eq!(started.unwrap_err().to_string(), "no");
    }
}
