//! What `judge` makes of measurements in OONI's format: never interference without a control, and a
//! server's own doing is the server's. All are made up here after OONI's data formats.

use std::process::Command;

use serde_json::{Value, json};

use crate::running::write_lists;

#[test]
fn without_a_control_nothing_is_interference() {
    for failure in [
        "generic_timeout_error",
        "connection_reset",
        "eof_error",
        "ssl_unknown_authority",
        "ssl_invalid_hostname",
        "unknown_failure: remote error: tls: internal error",
    ] {
        let mut seen = https(failed_handshake(failure), Value::Null);
        seen["test_keys"]["control_failure"] = json!("unknown_failure: all backends failed");
        seen["test_keys"]["blocking"] = json!("http-failure");

        let told = judged(&seen);

        assert_eq!(told.state, "inconclusive", "{failure}: {told:?}");
    }
    let mut lying = lying_resolver();
    lying["test_keys"]["control"] = Value::Null;
    assert_ne!(judged(&lying).state, "interference");
    for answer in ["dns_nxdomain_error", "dns_no_answer", "dns_refused_error"] {
        let denied =
            json!({ "queries": [query("getaddrinfo", Err(answer)), query("udp", Ok(SITE))] });
        assert_ne!(judged(&measurement(denied)).state, "interference", "{answer}");
    }
}

#[test]
fn one_failed_handshake_beside_a_control_that_got_through_proves_nothing() {
    for failure in ["generic_timeout_error", "connection_reset", "eof_error"] {
        let told = judged(&https(failed_handshake(failure), control(page_there(200, "News"))));

        assert_eq!((told.state.as_str(), told.layer.as_str()), ("inconclusive", "tls"), "{told:?}");
    }
}

#[test]
fn a_robot_check_is_the_servers() {
    for (status, title) in [
        (403, "Just a moment..."),
        (503, "Just a moment..."),
        (403, "Attention Required! | Cloudflare"),
        (403, "DDoS-Guard"),
        (429, "Too Many Requests"),
        (451, "Unavailable For Legal Reasons"),
        (403, "Forbidden"),
    ] {
        let seen = https(page_here(status, title), control(page_there(200, "News")));

        let told = judged(&seen);

        assert_eq!(
            (told.state.as_str(), told.layer.as_str()),
            ("server", "http"),
            "{title} {told:?}"
        );
    }
    let unnamed = https(page_here(503, "Checking your browser"), control(page_there(200, "News")));
    assert_eq!(judged(&unnamed).state, "inconclusive");
}

#[test]
fn a_robot_check_over_plain_http_is_the_servers() {
    let mut there = control(page_there(200, "News"));
    there["tcp_connect"] = json!({ "192.0.2.7:80": { "status": true, "failure": null } });
    there["tls_handshake"] = json!({});
    let request = request(
        "http://news.test/",
        0,
        json!({ "code": 403, "body": "<title>Just a moment...</title>" }),
    );
    let mut seen = measurement(json!({
        "queries": [query("getaddrinfo", Ok(SITE)), query("udp", Ok(SITE))],
        "tcp_connect": [connect(SITE, 80)], "requests": [with(request, json!({ "address": "192.0.2.7:80" }))],
        "control": there,
    }));
    seen["input"] = json!("http://news.test/");

    assert_eq!(judged(&seen).state, "server");
}

#[test]
fn a_redirect_without_a_host_is_no_interference() {
    let moved = json!({ "code": 302, "body": "", "headers_list": [["Location", "http://"]] });
    let first = request("https://news.test/", 0, moved);
    let nowhere = with(
        request("http:///", 1, json!({})),
        json!({ "failure": "http_invalid_redirect_location_host", "address": "" }),
    );
    let refused = with(
        request("https://news.test/", 0, json!({})),
        json!({ "failure": "http_invalid_redirect_location_host" }),
    );
    for requests in [json!([first]), json!([nowhere, first]), json!([refused])] {
        for there in [control(failed_there("http_invalid_redirect_location_host")), Value::Null] {
            let keys = with(handshaken(), json!({ "requests": requests }));

            let told = judged(&https(keys, there));

            assert_ne!(told.state, "interference", "{told:?}");
        }
    }
}

#[test]
fn redirects_without_an_end_are_no_interference() {
    let moved = |depth| {
        let on = json!({ "code": 302, "body": "", "headers_list": [["Location", "https://news.test/"]] });
        request("https://news.test/", depth, on)
    };
    let mut requests: Vec<Value> = (0..11).map(moved).collect();
    let ended =
        with(moved(11), json!({ "failure": "unknown_failure: stopped after 10 redirects" }));
    requests.push(ended);
    requests.reverse();
    let keys = with(handshaken(), json!({ "requests": requests }));
    let word = "unknown_failure: stopped after 10 redirects";

    let both = judged(&https(keys.clone(), control(failed_there(word))));
    let alone = judged(&https(keys, Value::Null));

    assert_eq!((both.state.as_str(), both.rule.as_str()), ("server", "http_redirect_broken"));
    assert_eq!(alone.state, "inconclusive", "{alone:?}");
}

#[test]
fn a_bad_certificate_of_the_sites_own_is_the_servers() {
    for word in ["ssl_unknown_authority", "ssl_invalid_hostname", "ssl_invalid_certificate"] {
        let mut there = control(failed_there(word));
        there["tls_handshake"]["192.0.2.7:443"] =
            json!({ "server_name": "news.test", "status": false, "failure": word });

        let told = judged(&https(failed_handshake(word), there));

        assert_eq!(
            (told.state.as_str(), told.layer.as_str()),
            ("server", "tls"),
            "{word} {told:?}"
        );
    }
}

#[test]
fn what_a_lying_resolver_alone_says_accuses_nobody() {
    // Whether it is the provider's own or another's: a router at home may have answered in its place.
    for network in ["AS64500", "AS64510"] {
        let mut lied = lying_resolver();
        lied["resolver_asn"] = json!(network);

        let told = judged(&lied);

        let told = (told.state.as_str(), told.rule.as_str());
        assert_eq!(told, ("inconclusive", "dns_unvouched"), "{network}");
    }
}

#[test]
fn a_site_that_is_down_everywhere_is_down() {
    for failure in ["generic_timeout_error", "connection_refused"] {
        let mut there = control(failed_there(failure));
        there["tcp_connect"]["192.0.2.7:443"] = json!({ "status": false, "failure": failure });
        there["tls_handshake"] = json!({});
        let failed =
            with(connect(SITE, 443), json!({ "status": { "failure": failure, "success": false } }));

        let told = judged(&https(json!({ "tcp_connect": [failed] }), there));

        assert_eq!((told.state.as_str(), told.layer.as_str()), ("down", "tcp"), "{told:?}");
    }
    let gone = json!({
        "queries": [query("getaddrinfo", Err("dns_nxdomain_error")), query("udp", Err("dns_nxdomain_error"))],
        "control": { "dns": { "failure": "dns_name_error", "addrs": [] }, "tcp_connect": {},
            "http_request": { "failure": "dns_lookup_error", "status_code": -1, "body_length": -1 } },
    });
    assert_eq!(judged(&measurement(gone)).state, "down");
}

#[test]
fn old_and_later_layouts_of_one_visit_are_judged_alike() {
    let there = || control(page_there(200, "News"));
    for (keys, state) in [
        (page_here(200, "News"), "ok"),
        (page_here(403, "Forbidden"), "server"),
        (failed_handshake("generic_timeout_error"), "inconclusive"),
    ] {
        let later = https(keys, there());

        let (one, other) = (judged(&as_version_0_4(&later)), judged(&later));

        assert_eq!((one.state.as_str(), &one.layer, &one.rule), (state, &other.layer, &other.rule));
        assert_eq!(one.state, other.state);
    }
}

#[test]
fn a_name_of_any_script_is_the_same_site_as_its_ascii_form() {
    let plain = https(page_here(200, "News"), control(page_there(200, "News"))).to_string();
    let text = plain.replace("news.test", "xn--80aswg.test");
    let mut seen: Value = serde_json::from_str(&text).unwrap();
    seen["input"] = json!("https://сайт.test/");
    seen["test_keys"]["requests"][0]["request"]["url"] = json!("https://сайт.test/");

    let told = judged(&seen);

    assert_eq!((told.state.as_str(), told.target.as_str()), ("ok", "https://xn--80aswg.test/"));
}

#[test]
fn a_large_body_that_was_cut_is_still_the_page() {
    let body = format!("<title>News</title>{}", "жаңалық ".repeat(60_000));
    let there = json!({
        "status_code": 200, "body_length": 3_000_000, "title": "News", "headers": {}, "failure": null,
    });
    for truncated in [json!(true), json!(false), Value::Null] {
        let page = json!({ "code": 200, "body": body, "body_is_truncated": truncated });
        let keys =
            with(handshaken(), json!({ "requests": [request("https://news.test/", 0, page)] }));

        assert_eq!(judged(&https(keys, control(there.clone()))).state, "ok", "{truncated}");
    }
}

/// What `judge` says of one measurement.
#[derive(Debug)]
struct Told {
    state: String,
    layer: String,
    rule: String,
    target: String,
}

fn judged(measurement: &Value) -> Told {
    let folder = tempfile::tempdir().unwrap();
    write_lists(folder.path());
    let settings = "lists = \"lists\"\nextra_roots = \"roots.pem\"\n";
    std::fs::write(folder.path().join("collector.toml"), settings).unwrap();
    std::fs::write(folder.path().join("one.json"), measurement.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qoljetim-collector"));
    command.args(["--data", ".", "judge", "one.json"]).current_dir(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    Told { state: text("state"), layer: text("layer"), rule: text("rule"), target: text("target") }
}

/// The base of a measurement (df-000).
fn measurement(test_keys: Value) -> Value {
    json!({
        "data_format_version": "0.2.0", "input": "https://news.test/",
        "measurement_start_time": "2026-01-24 13:42:19", "probe_asn": "AS64500", "probe_cc": "KZ",
        "probe_ip": "127.0.0.1", "resolver_asn": "AS64500", "report_id": "", "software_name": "ooniprobe-android",
        "software_version": "5.0.0", "test_keys": test_keys, "test_name": "web_connectivity",
        "test_version": "0.5.28",
    })
}

/// A visit over HTTPS whose lookups and connection went well.
fn https(more: Value, control: Value) -> Value {
    let keys = json!({
        "queries": [query("getaddrinfo", Ok(SITE)), query("udp", Ok(SITE))],
        "tcp_connect": [connect(SITE, 443)], "tls_handshakes": [], "requests": [],
        "control": control, "control_failure": null,
    });
    measurement(with(keys, more))
}

fn handshaken() -> Value {
    json!({ "tls_handshakes": [handshake(SITE, Value::Null)] })
}

fn failed_handshake(failure: &str) -> Value {
    let request = with(request("https://news.test/", 0, json!({})), json!({ "failure": failure }));
    json!({ "tls_handshakes": [handshake(SITE, json!(failure))], "requests": [request] })
}

fn page_here(status: u16, title: &str) -> Value {
    let body = format!("<html><title>{title}</title></html>");
    let page = json!({ "code": status, "body": body, "body_is_truncated": false });
    with(handshaken(), json!({ "requests": [request("https://news.test/", 0, page)] }))
}

/// The system's resolver leads to a stranger with a certificate of its own.
fn lying_resolver() -> Value {
    let keys = json!({
        "queries": [query("getaddrinfo", Ok(STRANGER)), query("udp", Ok(SITE))],
        "tcp_connect": [connect(STRANGER, 443), connect(SITE, 443)],
        "tls_handshakes": [handshake(STRANGER, json!("ssl_unknown_authority")), handshake(SITE, Value::Null)],
    });
    https(keys, control(page_there(200, "News")))
}

/// The test helper's answer: all went well up to the page.
fn control(http_request: Value) -> Value {
    json!({
        "dns": { "failure": null, "addrs": [SITE] },
        "tcp_connect": { "192.0.2.7:443": { "status": true, "failure": null } },
        "tls_handshake": { "192.0.2.7:443": { "server_name": "news.test", "status": true, "failure": null } },
        "http_request": http_request,
    })
}

fn page_there(status: u16, title: &str) -> Value {
    json!({ "status_code": status, "body_length": 38, "title": title, "headers": {}, "failure": null })
}

fn failed_there(failure: &str) -> Value {
    json!({ "status_code": -1, "body_length": -1, "title": "", "headers": {}, "failure": failure })
}

fn query(engine: &str, came: Result<&str, &str>) -> Value {
    let asked = if engine == "getaddrinfo" { "ANY" } else { "A" };
    let address = if engine == "udp" { "1.1.1.1:53" } else { "" };
    json!({
        "engine": engine, "resolver_address": address, "query_type": asked, "hostname": "news.test",
        "answers": came.ok().map(|ip| json!([{ "answer_type": "A", "ipv4": ip, "ttl": null }])),
        "failure": came.err(), "t0": 0.01, "t": 0.02, "tags": ["depth=0"], "transaction_id": 1,
    })
}

fn connect(ip: &str, port: u16) -> Value {
    json!({
        "ip": ip, "port": port, "status": { "failure": null, "success": true },
        "t0": 0.1, "t": 0.2, "tags": ["depth=0"], "transaction_id": 2,
    })
}

fn handshake(ip: &str, failure: Value) -> Value {
    let shown = if failure.is_null() { "TLSv1.3" } else { "" };
    json!({
        "network": "tcp", "address": format!("{ip}:443"), "failure": failure, "no_tls_verify": false,
        "peer_certificates": [], "server_name": "news.test", "t0": 0.2, "t": 0.3,
        "tags": ["depth=0"], "tls_version": shown, "transaction_id": 2,
    })
}

fn request(url: &str, depth: u8, response: Value) -> Value {
    json!({
        "network": "tcp", "address": "192.0.2.7:443", "failure": null,
        "request": { "url": url, "method": "GET" }, "response": response,
        "t0": 0.4, "t": 0.5, "tags": [format!("depth={depth}")], "transaction_id": 2,
    })
}

/// The same in the layout of version 0.4: no tags, no transactions, no addresses of handshakes and
/// requests; events tell where a handshake was made.
fn as_version_0_4(later: &Value) -> Value {
    let mut old = later.clone();
    old["test_version"] = json!("0.4.0");
    let mut events = Vec::new();
    for list in ["queries", "tcp_connect", "tls_handshakes", "requests"] {
        for entry in old["test_keys"][list].as_array_mut().into_iter().flatten() {
            let fields = entry.as_object_mut().unwrap();
            fields.retain(|name, _| !matches!(name.as_str(), "tags" | "transaction_id" | "t0"));
            let address = fields.remove("address");
            if list == "tls_handshakes" {
                events.extend([
                    json!({ "operation": "connect", "address": address, "failure": null, "t": 0.2 }),
                    json!({ "operation": "tls_handshake_start", "failure": null, "t": 0.2 }),
                    json!({ "operation": "tls_handshake_done", "failure": null, "t": 0.3 }),
                ]);
            }
        }
    }
    old["test_keys"]["network_events"] = json!(events);
    if let Some(control) = old["test_keys"]["control"].as_object_mut() {
        // The helper of those days made no handshakes of their own.
        control.remove("tls_handshake");
    }
    old
}

fn with(mut entry: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    entry.as_object_mut().unwrap().extend(more);
    entry
}

const SITE: &str = "192.0.2.7";
const STRANGER: &str = "203.0.113.9";
