//! Small measurements in the spellings of several years.

use serde_json::{Value, json};

use ooni::{MOST_BYTES, OoniError, Read, read};
use record::{
    Answers, Asn, Failure, Handshake, Observation, Page, Part, Seen, Session, Transport, Trust,
};

#[test]
fn the_base_says_what_where_and_when() {
    let read = of(json!({}));

    let measurement = &read.measurement;
    assert_eq!(measurement.target.as_str(), "https://news.test/");
    assert_eq!(measurement.hour.start().rfc3339(), "2024-01-24T13:00:00Z");
    assert_eq!(measurement.network, Some(Asn(9198)));
    assert_eq!(measurement.software, "ooniprobe-android 3.8.8 web_connectivity 0.5.28");
    assert_eq!(measurement.verdict.rule.as_str(), "no_rule");
    assert_eq!(read.country.as_deref(), Some("KZ"));
    assert_eq!(read.report_id.as_deref(), Some("20240124T134219Z_webconnectivity_KZ_9198_n1_x"));
    assert_eq!((read.control, read.left_out, read.assumed), (None, 0, 0));
}

#[test]
fn what_is_read_is_a_record() {
    let read = of(modern());

    let bytes = read.measurement.encode();

    assert_eq!(record::Measurement::decode(&bytes).unwrap(), read.measurement);
}

#[test]
fn questions_of_one_transaction_are_one_lookup() {
    let read = of(json!({ "queries": [
        query("udp", "1.1.1.1:53", "A", json!({ "answers": [a("192.0.2.7")], "t": 0.02 })),
        query("udp", "1.1.1.1:53", "AAAA", json!({ "failure": "dns_no_answer", "t": 0.03 })),
        query("doh", "https://dns.google/dns-query", "A", json!({ "answers": [a("192.0.2.7")] })),
    ]}));

    let lookups = lookups(&read);
    assert_eq!(lookups.len(), 2);
    let udp = lookups.iter().find(|seen| seen.step.resolver.transport == Transport::Udp).unwrap();
    assert_eq!(udp.step.resolver.id, "cloudflare");
    let answers = udp.outcome.as_ref().unwrap();
    assert_eq!(answers.addresses(), ["192.0.2.7".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(
        answers.datagrams.iter().map(|one| one.question.as_str()).collect::<String>(),
        "AAAAA"
    );
    assert_eq!((udp.at_ms, udp.took_ms), (10, 20));
}

#[test]
fn the_systems_answer_holds_both_kinds_of_address() {
    let answers = json!([a("192.0.2.7"), { "answer_type": "AAAA", "ipv6": "2001:db8::7" },
        { "answer_type": "CNAME", "hostname": "cdn.test." }]);
    let read =
        of(json!({ "queries": [query("getaddrinfo", "", "ANY", json!({ "answers": answers }))] }));

    let lookups = lookups(&read);
    assert_eq!(lookups[0].step.resolver.id, "system");
    assert_eq!(lookups[0].outcome.as_ref().unwrap().addresses().len(), 2);
}

#[test]
fn words_of_resolvers_are_told_from_silence() {
    let outcome = |more: Value| {
        let read = of(json!({ "queries": [query("getaddrinfo", "", "ANY", more)] }));
        lookups(&read)[0].outcome.clone()
    };

    assert!(outcome(json!({ "failure": "dns_nxdomain_error" })).unwrap().denies());
    assert!(outcome(json!({ "failure": "dns_nxdomain_error", "rcode": 3 })).unwrap().denies());
    assert!(outcome(json!({ "failure": "dns_no_answer" })).unwrap().addresses().is_empty());
    let failed = |word| outcome(json!({ "failure": word })).unwrap_err().failure;
    assert_eq!(failed("generic_timeout_error"), Failure::Timeout);
    assert_eq!(failed("dns_servfail_error"), Failure::ResolverFailed);
    assert_eq!(failed("dns_refused_error"), Failure::ResolverRefused);
    assert_eq!(failed("android_dns_cache_no_data"), Failure::ResolverFailed);
}

#[test]
fn a_late_second_answer_is_kept() {
    let forged = query("udp", "8.8.8.8:53", "A", json!({ "answers": [a("10.0.0.1")], "t": 0.02 }));
    let honest = query("udp", "8.8.8.8:53", "A", json!({ "answers": [a("192.0.2.7")], "t": 0.05 }));
    let read = of(json!({ "queries": [forged], "x_dns_duplicate_responses": [honest] }));

    let lookups = lookups(&read);
    let all = lookups[0].outcome.as_ref().unwrap().all_addresses();
    assert_eq!(all.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.1", "192.0.2.7"]);
}

#[test]
fn a_handshake_is_read_with_its_chain_and_its_trust() {
    let read = of(json!({ "tls_handshakes": [
        handshake(json!({ "peer_certificates": [{ "data": "bGVhZg==", "format": "base64" }] })),
        handshake(json!({ "failure": "ssl_unknown_authority" })),
        handshake(json!({ "failure": "connection_reset", "tags": ["depth=1"] })),
        handshake(json!({ "failure": "unknown_failure: remote error: tls: internal error" })),
    ]}));

    let all = handshakes(&read);
    let session = all[0].outcome.as_ref().unwrap();
    assert_eq!((session.trust.clone(), session.version.as_str()), (Trust::Trusted, "TLSv1_3"));
    assert_eq!(read.measurement.certificates.0.get(&session.chain[0]).unwrap(), b"leaf");
    assert_eq!(all[1].outcome.as_ref().unwrap().trust, Trust::UnknownIssuer);
    assert_eq!((all[2].failure(), all[2].part), (Some(Failure::Reset), Part::Hop { number: 1 }));
    assert_eq!((all[3].failure(), all[0].step.sni.as_str()), (Some(Failure::Alert), "news.test"));
}

#[test]
fn pages_come_in_order_with_their_sessions() {
    let read = of(modern());

    let pages = pages(&read);
    assert_eq!(pages.len(), 2);
    assert_eq!((pages[0].1.status, pages[0].0.part), (301, Part::Screen));
    assert_eq!(pages[0].1.headers.get("location").unwrap(), "/kk/");
    assert_eq!((pages[1].1.status, pages[1].0.part), (200, Part::Hop { number: 1 }));
    assert_eq!(pages[1].1.title.as_deref(), Some("Жаңалықтар"));
    let session = pages[1].1.session.as_ref().unwrap();
    assert_eq!((session.trust.clone(), session.version.as_str()), (Trust::Trusted, "TLSv1_3"));
}

#[test]
fn a_chain_that_is_not_valid_is_no_page_that_failed_to_come() {
    let failed = |word: &str| {
        let asked = request("https://news.test/", json!({}));
        with(asked, json!({ "failure": word, "response": null }))
    };
    let untrusted = handshake(json!({ "failure": "ssl_invalid_hostname" }));
    let control = json!({ "dns": { "addrs": ["192.0.2.7"] },
        "http_request": { "failure": "ssl_invalid_hostname", "status_code": -1 } });
    let read = of(json!({ "tls_handshakes": [untrusted], "control": control,
        "requests": [failed("ssl_invalid_hostname")] }));
    let alone = of(json!({ "requests": [failed("ssl_invalid_hostname")] }));
    let silent = of(json!({ "tls_handshakes": [handshake(json!({ "failure": "eof_error" }))],
        "requests": [failed("eof_error")] }));

    let fetches =
        |read: &Read| read.measurement.seen.iter().filter_map(Observation::as_fetch).count();
    assert_eq!((fetches(&read), fetches(&alone), fetches(&silent)), (0, 1, 1));
    assert_eq!(read.left_out, 0);
    let there = read.control.unwrap();
    let shaken = there.iter().find_map(Observation::as_handshake).unwrap();
    assert_eq!(shaken.outcome.as_ref().unwrap().trust, Trust::WrongName);
    assert!(there.iter().all(|seen| seen.as_fetch().is_none()));
}

#[test]
fn a_body_of_bytes_has_the_digest_of_the_bytes() {
    let coded = json!({ "data": "AP8=", "format": "base64" });
    let read = of(
        json!({ "requests": [request("https://news.test/", json!({ "body": coded, "code": 200 }))] }),
    );

    let pages = pages(&read);
    assert_eq!(pages[0].1.body, record::Digest::of(&[0, 255]));
}

#[test]
fn the_helper_becomes_a_control() {
    let read = of(json!({ "control": {
        "dns": { "failure": null, "addrs": ["192.0.2.7", "2001:db8::7"] },
        "tcp_connect": {
            "192.0.2.7:443": { "status": true, "failure": null },
            "[2001:db8::7]:443": { "status": false, "failure": "generic_timeout_error" },
        },
        "tls_handshake": { "192.0.2.7:443": { "server_name": "news.test", "status": true, "failure": null } },
        "http_request": { "body_length": 300_000, "failure": null, "title": " News ", "status_code": 200,
            "headers": { "Server": "one", "Set-Cookie": "id" } },
    }}));

    let control = read.control.unwrap();
    assert_eq!(control.len(), 5);
    assert_eq!(control[0].as_lookup().unwrap().outcome.as_ref().unwrap().addresses().len(), 2);
    let fetch = control[4].as_fetch().unwrap();
    let page = fetch.outcome.as_ref().unwrap();
    assert_eq!(fetch.step.to.to_string(), "192.0.2.7:443");
    assert_eq!((page.status, page.bytes, page.truncated), (200, 256 << 10, true));
    assert_eq!((page.title.as_deref(), page.headers.len()), (Some("News"), 1));
    assert_ne!(page.body, record::Digest::of(b""), "an unknown body is nobody's");
}

#[test]
fn a_helper_that_finds_no_name_says_so() {
    let read = of(json!({ "control": {
        "dns": { "failure": "dns_name_error", "addrs": [] }, "tcp_connect": {},
        "http_request": { "body_length": -1, "failure": "dns_lookup_error", "status_code": -1 },
    }}));

    let control = read.control.unwrap();
    assert_eq!(control.len(), 1);
    assert!(control[0].as_lookup().unwrap().outcome.as_ref().unwrap().denies());
    assert_eq!(of(json!({ "control": {} })).control, None);
    assert_eq!(of(json!({ "control": { "dns": { "failure": null, "addrs": [] } } })).control, None);
    assert_eq!(of(json!({ "control": null })).control, None);
}

#[test]
fn version_04_tells_addresses_by_its_events_and_pages_by_their_order() {
    let connect = |ip: &str, t: f64| json!({ "ip": ip, "port": 443, "status": { "blocked": false, "failure": null, "success": true }, "t": t });
    let event = |operation: &str, address: Option<&str>, t: f64| json!({ "operation": operation, "address": address, "failure": null, "t": t });
    let old = json!({ "server_name": "news.test", "failure": "connection_reset", "t": 0.7 });
    let request = |url: &str, code: u16| json!({ "request": { "url": url }, "response": { "code": code, "body": "" }, "t": 1.0 });

    let read = of(json!({
        "tcp_connect": [connect("192.0.2.8", 0.5), connect("192.0.2.7", 0.6)],
        "network_events": [
            event("connect", Some("192.0.2.7:443"), 0.6), event("tls_handshake_start", None, 0.6),
            event("tls_handshake_done", None, 0.7),
            event("connect", Some("192.0.2.8:443"), 0.5), event("tls_handshake_start", None, 0.5),
            event("tls_handshake_done", None, 0.8),
        ],
        "tls_handshakes": [old],
        "requests": [request("https://elsewhere.test/", 200), request("https://news.test/kk", 302), request("https://news.test/", 302)],
    }));

    assert_eq!(handshakes(&read)[0].step.to.to_string(), "192.0.2.7:443");
    let parts: Vec<Part> = pages(&read).iter().map(|(seen, _)| seen.part).collect();
    assert_eq!(parts, [Part::Screen, Part::Hop { number: 1 }]);
    assert_eq!(pages(&read)[0].0.step.to.to_string(), "192.0.2.8:443");
    assert_eq!((read.assumed, read.left_out), (2, 1), "the other host's address is nowhere told");
}

#[test]
fn events_that_are_mixed_up_tell_no_address() {
    let event = |operation: &str, address: Option<&str>| json!({ "operation": operation, "address": address, "failure": null, "t": 0.7 });
    let read = of(json!({
        "network_events": [
            event("connect", Some("192.0.2.7:443")), event("tls_handshake_start", None),
            event("connect", Some("192.0.2.8:443")), event("tls_handshake_done", None),
        ],
        "tls_handshakes": [{ "server_name": "news.test", "failure": null, "t": 0.7 }],
    }));

    assert_eq!((handshakes(&read).len(), read.left_out), (0, 1));
}

#[test]
fn nulls_and_damaged_entries_spoil_nothing_else() {
    let good =
        json!({ "ip": "192.0.2.7", "port": 443, "status": { "failure": false, "success": true } });
    let read = of(json!({
        "queries": null, "requests": null, "tls_handshakes": null, "network_events": null,
        "tcp_connect": [null, 7, { "ip": "nowhere", "port": 1, "status": {} }, good, { "port": "https" }],
    }));

    assert_eq!(read.measurement.seen.len(), 1);
    assert_eq!(read.left_out, 4);
}

#[test]
fn what_is_too_many_is_counted() {
    let one =
        json!({ "ip": "192.0.2.7", "port": 443, "status": { "failure": null, "success": true } });
    let read = of(json!({ "tcp_connect": vec![one; 405] }));

    assert_eq!((read.measurement.seen.len(), read.left_out), (400, 5));
}

#[test]
fn an_address_in_another_script_is_read() {
    let mut whole = whole(json!({}));
    whole["input"] = json!("http://жаңа.test/бет?a=1");

    let read = read(whole.to_string().as_bytes()).unwrap();

    assert!(
        read.measurement.target.as_str().starts_with("http://xn--"),
        "{}",
        read.measurement.target
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let with = |field: &str, value: Value| {
        let mut whole = whole(json!({}));
        whole[field] = value;
        read(whole.to_string().as_bytes()).unwrap_err()
    };

    assert!(
        matches!(with("test_name", json!("telegram")), OoniError::Test(test) if test == "telegram")
    );
    assert!(matches!(with("input", json!("http://192.0.2.7/")), OoniError::Input(_)));
    assert!(matches!(with("input", Value::Null), OoniError::Input(_)));
    assert!(matches!(
        with("measurement_start_time", json!("2024-13-01 00:00:00")),
        OoniError::Time(_)
    ));
    assert!(matches!(with("test_keys", Value::Null), OoniError::NoTestKeys));
    assert!(matches!(with("test_keys", json!(3)), OoniError::Shape(_)));
    assert!(matches!(read(b"{").unwrap_err(), OoniError::Shape(_)));
    assert!(matches!(read(&vec![b' '; MOST_BYTES + 1]).unwrap_err(), OoniError::TooLong(_)));
    let deep = format!("{{\"test_keys\":{{\"requests\":{}1", "[".repeat(5000));
    assert!(matches!(read(deep.as_bytes()).unwrap_err(), OoniError::Shape(_)));
}

fn of(test_keys: Value) -> Read {
    read(whole(test_keys).to_string().as_bytes()).expect("a measurement")
}

fn whole(test_keys: Value) -> Value {
    json!({
        "annotations": { "platform": "android" },
        "data_format_version": "0.2.0",
        "input": "https://news.test/",
        "measurement_start_time": "2024-01-24 13:42:19",
        "probe_asn": "AS9198",
        "probe_cc": "KZ",
        "probe_ip": "127.0.0.1",
        "report_id": "20240124T134219Z_webconnectivity_KZ_9198_n1_x",
        "software_name": "ooniprobe-android",
        "software_version": "3.8.8",
        "test_keys": test_keys,
        "test_name": "web_connectivity",
        "test_version": "0.5.28",
    })
}

/// A redirect and the page it leads to.
fn modern() -> Value {
    let moved = json!({ "code": 301, "body": "", "headers_list": [["Location", "/kk/"], ["Set-Cookie", "id=1"]] });
    let page =
        json!({ "code": 200, "body": "<title>Жаңалықтар</title>", "body_is_truncated": false });
    let mut second = request("https://news.test/kk/", page);
    second["tags"] = json!(["depth=1", "fetch_body=true"]);
    second["t0"] = json!(0.9);
    json!({
        "queries": [query("getaddrinfo", "", "ANY", json!({ "answers": [a("192.0.2.7")] }))],
        "tcp_connect": [{ "ip": "192.0.2.7", "port": 443, "status": { "failure": null, "success": true },
            "t0": 0.1, "t": 0.2, "tags": ["depth=0"], "transaction_id": 5 }],
        "tls_handshakes": [handshake(json!({}))],
        "requests": [second, request("https://news.test/", moved)],
    })
}

fn query(engine: &str, resolver: &str, asked: &str, more: Value) -> Value {
    with(
        json!({ "engine": engine, "resolver_address": resolver, "query_type": asked, "hostname": "news.test",
            "answers": null, "failure": null, "t0": 0.01, "t": 0.02, "tags": ["depth=0"], "transaction_id": 3 }),
        more,
    )
}

fn a(ip: &str) -> Value {
    json!({ "asn": 1, "as_org_name": "One", "answer_type": "A", "ipv4": ip, "ttl": null })
}

fn handshake(more: Value) -> Value {
    with(
        json!({ "network": "tcp", "address": "192.0.2.7:443", "failure": null, "no_tls_verify": false,
            "peer_certificates": null, "server_name": "news.test", "t0": 0.2, "t": 0.3,
            "tags": ["depth=0"], "tls_version": "TLSv1.3", "transaction_id": 5 }),
        more,
    )
}

fn request(url: &str, response: Value) -> Value {
    json!({ "network": "tcp", "address": "192.0.2.7:443", "failure": null, "request": { "url": url, "method": "GET" },
        "response": response, "t0": 0.4, "t": 0.5, "tags": ["depth=0", "fetch_body=true"], "transaction_id": 5 })
}

fn with(mut entry: Value, more: Value) -> Value {
    let more = more.as_object().expect("fields").clone();
    entry.as_object_mut().expect("an entry").extend(more);
    entry
}

fn lookups(read: &Read) -> Vec<Seen<record::Lookup, Answers>> {
    read.measurement.seen.iter().filter_map(Observation::as_lookup).cloned().collect()
}

fn handshakes(read: &Read) -> Vec<Seen<Handshake, Session>> {
    read.measurement.seen.iter().filter_map(Observation::as_handshake).cloned().collect()
}

fn pages(read: &Read) -> Vec<(Seen<record::Fetch, Page>, Page)> {
    let fetches = read.measurement.seen.iter().filter_map(Observation::as_fetch);
    fetches.map(|seen| (seen.clone(), seen.outcome.clone().expect("a page"))).collect()
}
