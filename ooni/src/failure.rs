//! OONI's words for failures (df-007) and ours.

use record::{Failed, Failure};

/// Returns our failure for OONI's word; where ours says less, the word is kept as the detail.
///
/// A word that is not known is taken as a fault of the machine that measured, from which nothing
/// is concluded about the target.
pub(crate) fn of_ooni(word: &str) -> Failed {
    if let Some(alert) = word.strip_prefix(ALERT) {
        return failed(Failure::Alert, alert);
    }
    if let Some(detail) = word.strip_prefix(BAD_MESSAGE) {
        return failed(Failure::BadMessage, detail.trim_start_matches(": "));
    }
    let known = WORDS.iter().find(|(_, words)| words.contains(&word));
    let failure = known.map_or(Failure::Cancelled, |(failure, _)| *failure);
    failed(failure, if word == to_ooni(&Failed::plain(failure)) { "" } else { word })
}

/// Returns OONI's word for our failure.
pub(crate) fn to_ooni(failed: &Failed) -> String {
    match failed.failure {
        Failure::Timeout => "generic_timeout_error".to_owned(),
        Failure::Reset => "connection_reset".to_owned(),
        Failure::Refused => "connection_refused".to_owned(),
        Failure::Unreachable => "host_unreachable".to_owned(),
        Failure::Closed => "eof_error".to_owned(),
        Failure::Alert => format!("{ALERT}{}", failed.detail),
        Failure::BadMessage if failed.detail.is_empty() => BAD_MESSAGE.to_owned(),
        Failure::BadMessage => format!("{BAD_MESSAGE}: {}", failed.detail),
        Failure::ResolverFailed => "dns_servfail_error".to_owned(),
        Failure::ResolverRefused => "dns_refused_error".to_owned(),
        Failure::TooManyRedirects => "unknown_failure: stopped after 10 redirects".to_owned(),
        Failure::BadRedirect => "http_invalid_redirect_location_host".to_owned(),
        Failure::NoRoute => "network_unreachable".to_owned(),
        Failure::Cancelled => "interrupted".to_owned(),
    }
}

fn failed(failure: Failure, detail: &str) -> Failed {
    Failed { detail: detail.chars().take(120).collect(), ..Failed::plain(failure) }
}

/// How OONI writes every TLS alert but a few (Go's words for it).
const ALERT: &str = "unknown_failure: remote error: tls: ";

/// How we write, in OONI's way, what OONI has no word for.
const BAD_MESSAGE: &str = "unknown_failure: bad message";

/// Every word of df-007 and of older data that says something about the far end or the way there.
/// Not named, and so taken as the machine's own: errors of sockets and permissions, `socks_*`.
const WORDS: &[(Failure, &[&str])] = &[
    (
        Failure::Timeout,
        &["generic_timeout_error", "timed_out", "tcp_timed_out_error", "response_never_received"],
    ),
    (Failure::Reset, &["connection_reset"]),
    (Failure::Refused, &["connection_refused", "connection_refused_error"]),
    (Failure::Unreachable, &["host_unreachable"]),
    (
        Failure::Closed,
        &["eof_error", "connection_lost_error", "connection_done", "connection_lost"],
    ),
    (Failure::Alert, &["ssl_failed_handshake"]),
    (
        Failure::BadMessage,
        &[
            "ssl_invalid_hostname",
            "ssl_unknown_authority",
            "ssl_invalid_certificate",
            "ssl_error",
            "dns_bogon_error",
            "dns_reply_with_wrong_query_id",
            "http_request_failed",
            "http_unexpected_status_code",
            "quic_incompatible_version",
        ],
    ),
    (
        Failure::ResolverFailed,
        &[
            "dns_servfail_error",
            "dns_server_misbehaving",
            "dns_server_failure",
            "dns_temporary_failure",
            "dns_non_recoverable_failure",
            "dns_lookup_error",
            "dns_nxdomain_error",
            "dns_name_error",
            "dns_name_failure",
            "dns_no_answer",
            "android_dns_cache_no_data",
        ],
    ),
    (Failure::ResolverRefused, &["dns_refused_error"]),
    (Failure::TooManyRedirects, &["unknown_failure: stopped after 10 redirects"]),
    (
        Failure::BadRedirect,
        &["http_invalid_redirect_location_host", "http_unexpected_redirect_url"],
    ),
    (
        // A router's word and a missing route of one's own read alike, and the latter is the rule
        // where a machine has no IPv6.
        Failure::NoRoute,
        &[
            "network_unreachable",
            "network_down",
            "address_family_not_supported",
            "address_family_not_supported_error",
            "address_not_available",
        ],
    ),
    (Failure::Cancelled, &["interrupted", "deferred_timeout_error", "task_timed_out"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_ours_comes_back_from_oonis_word() {
        for failure in ALL {
            for detail in ["", "internal error"] {
                let ours = Failed { detail: detail.to_owned(), ..Failed::plain(failure) };

                let back = of_ooni(&to_ooni(&ours));

                assert_eq!(back.failure, failure, "{ours:?}");
                let says_more = matches!(failure, Failure::Alert | Failure::BadMessage);
                assert_eq!(back.detail, if says_more { detail } else { "" }, "{ours:?}");
            }
        }
    }

    #[test]
    fn no_word_stands_for_two_failures() {
        let words: Vec<&str> = WORDS.iter().flat_map(|(_, words)| *words).copied().collect();
        let mut once = words.clone();
        once.sort_unstable();
        once.dedup();

        assert_eq!(once.len(), words.len());
    }

    #[test]
    fn a_word_that_says_more_is_kept() {
        assert_eq!(of_ooni("connection_refused_error").detail, "connection_refused_error");
        assert_eq!(of_ooni("connection_refused").detail, "");
    }

    #[test]
    fn nothing_is_concluded_from_a_word_that_is_not_known() {
        for word in ["permission_denied", "unknown_failure: something", "socks_error", ""] {
            assert!(of_ooni(word).failure.is_local(), "{word}");
        }
    }

    const ALL: [Failure; 13] = [
        Failure::Timeout,
        Failure::Reset,
        Failure::Refused,
        Failure::Unreachable,
        Failure::Closed,
        Failure::Alert,
        Failure::BadMessage,
        Failure::ResolverFailed,
        Failure::ResolverRefused,
        Failure::TooManyRedirects,
        Failure::BadRedirect,
        Failure::NoRoute,
        Failure::Cancelled,
    ];
}
