//! The HTTP interface: shapes, mistakes, headers, pages.

use std::path::Path;

use serde_json::Value;

use crate::ask;
use crate::derived::fill;
use crate::running::Running;

#[test]
fn the_description_is_the_one_that_was_blessed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let text = collector::openapi();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }

    let blessed = std::fs::read_to_string(&path).unwrap();

    assert!(blessed == text, "openapi.json is stale: run with BLESS=1 and read the difference");
}

#[test]
fn every_answer_has_the_shape_that_is_told() {
    let running = Running::start();
    fill(&running, &[("127.1", 4), ("127.2", 2)]);
    let told: Value = serde_json::from_str(&collector::openapi()).unwrap();
    let rows = running.get("/api/v1/measurements?limit=3").json();
    let id = rows["measurements"][0]["id"].as_str().unwrap();
    let snapshot = running.snapshot();
    let mut asked = 0;

    for (path, methods) in told["paths"].as_object().unwrap() {
        let path =
            path.replace("{provider}", "north").replace("{slug}", "news.test").replace("{id}", id);
        let reply = running.get(&path);
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-type"), Some("application/json"), "{path}");
        let schema = &methods["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        fits(&reply.json(), schema, (&told, &path));
        asked += 1;
    }

    assert_eq!(asked, 13);
    assert_eq!(snapshot.0.targets.len(), 2);
    let problem = running.get("/api/v1/matrix?day=yesterday").json();
    let schema = serde_json::json!({ "$ref": "#/components/schemas/Problem" });
    fits(&problem, &schema, (&told, "problem"));
}

#[test]
fn a_question_with_a_mistake_is_answered_with_what_to_do() {
    let running = Running::start();
    for (path, status, part) in [
        ("/api/v1/matrix?day=20-11-2026", 400, "write it as"),
        ("/api/v1/matrix?dya=2026-11-20", 400, "unknown field"),
        ("/api/v1/measurements?limit=1001", 400, "from 1 to 1000"),
        ("/api/v1/measurements?limit=0", 400, "from 1 to 1000"),
        ("/api/v1/measurements?after=x", 400, "`next`"),
        ("/api/v1/measurements?state=blocked", 400, "interference"),
        ("/api/v1/measurements?provider=nobody", 400, "/api/v1/providers"),
        ("/api/v1/measurements?target=ftp://x", 400, "only http and https"),
        ("/api/v1/measurements/zz", 404, "64 hexadecimal digits"),
        ("/api/v1/evidence/nobody/news.test", 404, "/api/v1/providers"),
        ("/api/v1/evidence/nobody/news.test", 404, "/api/v1/providers"),
        ("/api/v1/evidence/north/nowhere.test", 404, "/api/v1/targets"),
        ("/api/v1/nothing", 404, "openapi.json"),
    ] {
        let reply = running.get(path);

        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
        assert!(reply.text().contains(part), "{path}: {}", reply.text());
    }
    let to = (running.address, [127, 0, 0, 1].into());
    let reply = ask::ask(to, ("DELETE", "/api/v1/matrix"), &[], &[]).unwrap();
    assert_eq!((reply.status, reply.json()["status"].clone()), (405, 405.into()));
}

#[test]
fn a_list_is_paged_without_gaps_or_doubles() {
    let running = Running::start();
    fill(&running, &[("127.1", 3)]);
    let whole = running.get("/api/v1/measurements?limit=1000").json();
    let whole: Vec<Value> = whole["measurements"].as_array().unwrap().clone();
    let (mut paged, mut after) = (Vec::new(), String::new());

    loop {
        let page = running.get(&format!("/api/v1/measurements?limit=3{after}")).json();
        paged.extend(page["measurements"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }

    assert_eq!(whole.len(), 20);
    assert_eq!(paged, whole);
}

#[test]
fn the_asker_is_told_the_own_network_and_a_proxy_is_believed_only_if_trusted() {
    let running =
        Running::start_with(|config| config.trusted_proxies = vec!["127.0.0.8".parse().unwrap()]);
    let network = |from: [u8; 4], headers: &[(&str, &str)]| {
        let to = (running.address, from.into());
        ask::ask(to, ("GET", "/api/v1/network"), headers, &[]).unwrap().json()
    };

    assert_eq!(network([127, 1, 2, 3], &[])["provider"], "north");
    assert_eq!(network([127, 4, 2, 3], &[])["kind"], "hosting");
    assert_eq!(network([127, 0, 0, 9], &[])["asn"], Value::Null);
    let said = [("x-forwarded-for", "127.2.0.1")];
    assert_eq!(network([127, 0, 0, 8], &said)["provider"], "south");
    assert_eq!(network([127, 0, 0, 9], &said)["asn"], Value::Null);
    let said = [("x-forwarded-for", "127.1.0.1, 127.3.0.1"), ("x-forwarded-for", "127.0.0.8")];
    assert_eq!(network([127, 0, 0, 8], &said)["asn"], 64_503);
}

#[test]
fn every_answer_carries_the_headers_that_keep_browsers_in_check() {
    let running = Running::start();
    fill(&running, &[("127.1", 1)]);
    for path in [
        "/",
        "/kk/",
        "/assets/site.css",
        "/nothing",
        "/api/v1/matrix",
        "/api/v1/nothing",
        "/api/v1/matrix?day=x",
        "/api/v1/lists/snapshot",
    ] {
        let reply = running.get(path);

        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(reply.header("cache-control").is_some(), "{path}");
        assert!(reply.header("set-cookie").is_none() && reply.header("server").is_none());
    }
    let open = running.get("/api/v1/matrix");
    assert_eq!(open.header("access-control-allow-origin"), Some("*"));
    let own = running.get("/api/v1/network");
    assert_eq!(own.header("access-control-allow-origin"), None);
    assert_eq!(own.header("cache-control"), Some("no-store"));
}

#[test]
fn pages_come_in_three_languages_and_say_so() {
    let running = Running::start_with(|config| config.demo = true);
    fill(&running, &[("127.1", 5)]);
    let rows = running.get("/api/v1/measurements?limit=1").json();
    let id = rows["measurements"][0]["id"].as_str().unwrap().to_owned();
    for language in ["kk", "ru", "en"] {
        for path in [
            String::new(),
            "p/north/".to_owned(),
            "s/news.test/".to_owned(),
            "e/north/news.test/".to_owned(),
            format!("m/{id}"),
            "methods/".to_owned(),
        ] {
            let reply = running.get(&format!("/{language}/{path}"));

            assert_eq!(reply.status, 200, "{language} {path}: {}", reply.text());
            assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(reply.header("content-language"), Some(language));
            assert!(reply.text().contains(&format!("lang=\"{language}\"")), "{path}");
        }
        for path in ["p/nobody/", "s/nowhere.test/", "e/north/x/", "m/zz", "nothing", "?day=x"] {
            let reply = running.get(&format!("/{language}/{path}"));
            assert_eq!(reply.status, 404, "{language} {path}");
            assert_eq!(reply.header("content-language"), Some(language), "{path}");
        }
    }
    assert_eq!(running.get("/de/").status, 404);
}

#[test]
fn the_front_door_leads_to_the_readers_language() {
    let running = Running::start();
    for (accept, wanted) in
        [("ru-KZ,ru;q=0.9,en;q=0.8", "/ru/"), ("en", "/en/"), ("de,fr", "/kk/"), ("", "/kk/")]
    {
        let reply = ask::get(running.address, "/", &[("accept-language", accept)]);

        assert_eq!(reply.status, 303);
        assert_eq!(reply.header("location"), Some(wanted), "{accept}");
        assert_eq!(reply.header("vary"), Some("accept-language"));
    }
    assert_eq!(running.get("/kk").header("location"), Some("/kk/"));
    assert_eq!(running.get("/de").status, 404);
}

/// Checks that a value has a shape: every field told, every told field there.
fn fits(value: &Value, schema: &Value, (told, at): (&Value, &str)) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        return fits(value, &told["components"]["schemas"][name], (told, &format!("{at} {name}")));
    }
    if let Some(any) = schema["anyOf"].as_array() {
        if !value.is_null() {
            fits(value, &any[0], (told, at));
        }
        return;
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value}");
        return;
    }
    match schema["type"].as_str() {
        Some("string") => assert!(value.is_string(), "{at}: {value}"),
        Some("integer") => assert!(value.is_u64() || value.is_i64(), "{at}: {value}"),
        Some("number") => assert!(value.is_number(), "{at}: {value}"),
        Some("boolean") => assert!(value.is_boolean(), "{at}: {value}"),
        Some("array") => {
            let items = value.as_array().unwrap_or_else(|| panic!("{at}: {value}"));
            for (number, item) in items.iter().enumerate() {
                let places = schema["prefixItems"].as_array();
                fits(item, places.map_or(&schema["items"], |places| &places[number]), (told, at));
            }
        }
        Some("object") => {
            let fields = value.as_object().unwrap_or_else(|| panic!("{at}: {value}"));
            let Some(properties) = schema["properties"].as_object() else { return };
            for (name, property) in properties {
                let inner = format!("{at}.{name}");
                let field = fields.get(name).unwrap_or_else(|| panic!("{inner} is missing"));
                fits(field, property, (told, &inner));
            }
            // What stands only where there is any is told in words.
            let silent = ["source", "note", "layer"];
            for name in fields.keys().filter(|name| !silent.contains(&name.as_str())) {
                assert!(properties.contains_key(name), "{at}.{name} is not told");
            }
        }
        other => panic!("{at}: no such type {other:?}"),
    }
}
