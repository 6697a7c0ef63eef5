//! `GET /api/v1/openapi.json`: the interface told to programs. Written from two tables: the
//! endpoints here and the shapes of their answers beside.

mod answers;
mod shapes;

use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::api::app;

use answers::SHAPES;
use shapes::WORDS;

/// Answers with the description.
pub(super) async fn answer() -> Response {
    std::future::ready(app::json(text())).await
}

/// Returns the description as it is written to `openapi.json`.
pub fn openapi() -> String {
    text()
}

fn text() -> String {
    let paths: Map<String, Value> = PATHS.iter().map(path).collect();
    let words = WORDS.iter().map(|(name, told, words)| {
        ((*name).to_owned(), json!({ "type": "string", "description": told, "enum": words }))
    });
    let shapes = SHAPES.iter().map(|shape| (shape.name.to_owned(), shape.schema()));
    let schemas: Map<String, Value> = words.chain(shapes).collect();
    let whole = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Qoljetim collector",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Which sites are restricted on which provider, how, since when and how \
                surely. Days are Kazakh calendar days (UTC+5), counted from 1970-01-01; hours are \
                counted from 1970-01-01 00:00 UTC.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": { "schemas": schemas },
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

/// One endpoint.
struct Endpoint {
    path: &'static str,
    told: &'static str,
    /// Names and meanings of what may follow the `?`.
    query: &'static [(&'static str, &'static str)],
    /// The shape of its answer.
    answer: &'static str,
}

fn path(endpoint: &Endpoint) -> (String, Value) {
    let mut methods = Map::new();
    let in_path = endpoint
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')));
    let in_path = in_path.map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let in_query = endpoint.query.iter().map(|(name, told)| {
        json!({ "name": name, "in": "query", "description": told, "schema": { "type": "string" } })
    });
    let parameters: Vec<Value> = in_path.chain(in_query).collect();
    methods.insert(
        "get".to_owned(),
        json!({
            "summary": endpoint.told,
            "parameters": parameters,
            "responses": {
                "200": answered("What was asked for.", "application/json", endpoint.answer),
                "default": answered("Why not.", "application/problem+json", "Problem"),
            },
        }),
    );
    if endpoint.path == "/api/v1/batches" {
        methods.insert("post".to_owned(), upload());
    }
    (endpoint.path.to_owned(), Value::Object(methods))
}

fn upload() -> Value {
    json!({
        "summary": "Takes a batch of records. The answer is given once the batch is on the disk; \
            sending it again brings the same receipt.",
        "requestBody": {
            "required": true,
            "content": { record::BATCH_TYPE: { "schema": { "type": "string", "format": "binary" } } },
        },
        "responses": {
            "200": answered("The signed receipt.", "application/json", "Signed"),
            "400": answered("Not a batch: do not send it again.", "application/problem+json", "Problem"),
            "408": answered("The body came too slowly.", "application/problem+json", "Problem"),
            "413": answered("Too long.", "application/problem+json", "Problem"),
            "415": answered("Another content type.", "application/problem+json", "Problem"),
            "503": answered("Busy: keep it, try after Retry-After.", "application/problem+json", "Problem"),
            "507": answered("No room: keep it, try later.", "application/problem+json", "Problem"),
        },
    })
}

fn answered(told: &str, kind: &str, shape: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{shape}") });
    json!({ "description": told, "content": { kind: { "schema": schema } } })
}

const DAY: (&str, &str) =
    ("day", "The day as 2026-11-23; the newest with measurements when left out.");

const PATHS: &[Endpoint] = &[
    Endpoint {
        path: "/api/v1/matrix",
        told: "Provider × site on one day.",
        query: &[DAY],
        answer: "Matrix",
    },
    Endpoint {
        path: "/api/v1/evidence/{provider}/{slug}",
        told: "Everything about one provider and site on one day.",
        query: &[DAY],
        answer: "Evidence",
    },
    Endpoint {
        path: "/api/v1/measurements",
        told: "Measurements, newest hour first.",
        query: &[
            ("provider", "Only of this provider's networks: its id."),
            ("target", "Only of this target: its address."),
            ("state", "Only with this conclusion: a word of State."),
            ("day", "Only of this day, as 2026-11-23."),
            ("limit", "Rows in one answer, 1 to 1000; 100 when left out."),
            ("after", "Where to go on: the `next` of the answer before."),
        ],
        answer: "Measurements",
    },
    Endpoint {
        path: "/api/v1/measurements/{id}",
        told: "Everything about one measurement.",
        query: &[],
        answer: "Measurement",
    },
    Endpoint {
        path: "/api/v1/measurements/{id}/raw",
        told: "The record's bytes as received: their SHA-256 is the measurement's name.",
        query: &[],
        answer: "Record",
    },
    Endpoint {
        path: "/api/v1/days",
        told: "Which days were measured, and whether they were graded for good.",
        query: &[],
        answer: "Days",
    },
    Endpoint {
        path: "/api/v1/providers",
        told: "The providers and their networks.",
        query: &[DAY],
        answer: "Providers",
    },
    Endpoint {
        path: "/api/v1/targets",
        told: "What is tested, and in which sorts it falls.",
        query: &[],
        answer: "Targets",
    },
    Endpoint {
        path: "/api/v1/batches",
        told: "How many batches there are and what came of them.",
        query: &[],
        answer: "Batches",
    },
    Endpoint {
        path: "/api/v1/lists/snapshot",
        told: "The signed lists that agents measure by.",
        query: &[],
        answer: "Signed",
    },
    Endpoint {
        path: "/api/v1/network",
        told: "Which network the asker is on. Nothing is kept of the question.",
        query: &[],
        answer: "Network",
    },
    Endpoint {
        path: "/api/v1/health",
        told: "What is still to do: all zero when every answer is up to date.",
        query: &[],
        answer: "Health",
    },
    Endpoint {
        path: "/api/v1/openapi.json",
        told: "This description.",
        query: &[],
        answer: "Anything",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_that_is_named_is_told() {
        let told = |name: &str| {
            SHAPES.iter().any(|shape| shape.name == name)
                || WORDS.iter().any(|(word, ..)| *word == name)
        };
        for endpoint in PATHS {
            assert!(told(endpoint.answer), "{}", endpoint.answer);
        }
        let text = openapi();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(told(name), "{name}");
        }
    }
}
