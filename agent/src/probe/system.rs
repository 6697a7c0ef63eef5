//! Asks the system's resolver: what the person's browser would get.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use record::{Answer, Answers, Datagram, Failure, Host, limits};

use super::deadline::{Deadline, millis};
use super::failure::{LocalFault, Trouble, failed};

/// Asks `getaddrinfo` for the addresses of `name`.
///
/// The system reads its hosts file first and may keep a cache: what comes is what the person's
/// browser would get, not what the provider answers now.
///
/// The question runs on a thread that cannot be called back: it keeps its turn until the system
/// has given up, however early this step does, so that `turns` really bounds the threads that a
/// dead resolver holds. The time in the queue is not the resolver's; whoever waits there for as
/// long as a system takes to give up several times has asked nothing, and says so
/// ([`Failure::Cancelled`]). So a dead resolver delays every other step by nothing, and a lookup
/// by a known time.
pub async fn lookup(
    name: &Host,
    patience: Duration,
    turns: &Arc<Semaphore>,
) -> Result<Answers, Trouble> {
    let waiting = timeout(patience * QUEUE, Arc::clone(turns).acquire_owned()).await;
    let turn = waiting.map_err(|_| failed(Failure::Cancelled, "the system's resolver is busy"))?;
    let turn = turn.map_err(|_| LocalFault::Broken)?;
    let began = Instant::now();
    let name = name.to_string();
    let asking = tokio::spawn(async move {
        let found = tokio::net::lookup_host((name.as_str(), 0)).await;
        drop(turn);
        found.map(|addresses| addresses.map(|to| to.ip()).collect::<Vec<IpAddr>>())
    });
    let asked = Deadline::after(patience).hold("", asking).await?;
    let found = asked.map_err(|_| LocalFault::Broken)?;
    let after = millis(began.elapsed());
    match found {
        Ok(addresses) => Ok(answers(addresses, after)),
        Err(error) => match denial(&error) {
            Some(rcode) => {
                let nothing = |kind: &str| datagram(kind, after, rcode, Vec::new());
                Ok(Answers { datagrams: vec![nothing("A"), nothing("AAAA")] })
            }
            None => Err(failed(Failure::ResolverFailed, "getaddrinfo").into()),
        },
    }
}

fn answers(mut found: Vec<IpAddr>, after_ms: u32) -> Answers {
    let mut seen = Vec::new();
    found.retain(|ip| {
        !seen.contains(ip) && {
            seen.push(*ip);
            true
        }
    });
    let of = |kind: &str, is_kind: fn(&IpAddr) -> bool| {
        let kept = found.iter().filter(|ip| is_kind(ip)).take(limits::ANSWERS);
        datagram(kind, after_ms, 0, kept.copied().map(Answer::Address).collect())
    };
    Answers { datagrams: vec![of("A", IpAddr::is_ipv4), of("AAAA", IpAddr::is_ipv6)] }
}

fn datagram(kind: &str, after_ms: u32, rcode: u16, answers: Vec<Answer>) -> Datagram {
    Datagram { question: kind.to_owned(), after_ms, fits: true, rcode, answers }
}

/// Returns the response code behind an error of `getaddrinfo` that says "there is no such name" (3)
/// or "it has no address" (0). The error carries no number, only its fixed English words: those of
/// glibc, musl, the BSDs with macOS, and bionic.
fn denial(error: &io::Error) -> Option<u16> {
    let text = error.to_string();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["No address associated with", "Name has no usable address"]) {
        return Some(0);
    }
    says(&[
        "Name or service not known",
        "Name does not resolve",
        "nodename nor servname provided",
        "No such host is known",
    ])
    .then_some(3)
}

/// Times the patience for an answer that a lookup waits for its turn. glibc gives a dead resolver up
/// after 10 seconds, three of them after 30 (resolv.conf(5)).
const QUEUE: u32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn localhost_has_an_address() {
        let turns = Arc::new(Semaphore::new(1));

        let found =
            lookup(&"localhost".parse().unwrap(), Duration::from_secs(20), &turns).await.unwrap();

        assert!(found.addresses().iter().all(IpAddr::is_loopback), "{found:?}");
        assert!(!found.addresses().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_does_not_move_asks_nothing_and_says_so() {
        let turns = Arc::new(Semaphore::new(1));
        let stuck = Arc::clone(&turns).acquire_owned().await.unwrap();
        let began = Instant::now();

        let name = "localhost".parse().unwrap();
        let Err(Trouble::Failed(failed)) = lookup(&name, Duration::from_secs(5), &turns).await
        else {
            panic!("it had no turn");
        };

        assert_eq!(failed.failure, Failure::Cancelled);
        assert_eq!(began.elapsed().as_secs(), 30);
        drop(stuck);
        assert_eq!(turns.available_permits(), 1);
    }

    #[test]
    fn a_denied_name_is_told_from_a_resolver_that_failed() {
        let error = |words: &str| {
            io::Error::other(format!("failed to lookup address information: {words}"))
        };

        assert_eq!(denial(&error("Name or service not known")), Some(3));
        assert_eq!(denial(&error("No address associated with hostname")), Some(0));
        assert_eq!(denial(&error("Temporary failure in name resolution")), None);
    }

    #[test]
    fn families_are_kept_apart_and_doubles_told_once() {
        let ips = ["192.0.2.1", "2001:db8::1", "192.0.2.1"].map(|ip| ip.parse().unwrap());

        let told = answers(ips.to_vec(), 7);

        assert_eq!(told.datagrams[0].answers, [Answer::Address(ips[0])]);
        assert_eq!(told.datagrams[1].answers, [Answer::Address(ips[1])]);
    }
}
