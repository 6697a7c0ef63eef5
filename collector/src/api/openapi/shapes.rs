//! The shapes of the answers, field by field.

use serde_json::{Map, Value, json};

/// A JSON object.
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) told: &'static str,
    /// Name, kind and meaning. A kind is a word of JSON Schema or another shape's name; `?` before
    /// it means "or null", brackets around it a list, braces a map, parentheses fixed places.
    pub(super) fields: &'static [(&'static str, &'static str, &'static str)],
}

impl Shape {
    /// Writes the shape as JSON Schema.
    pub(super) fn schema(&self) -> Value {
        if self.fields.is_empty() {
            return json!({ "type": "object", "description": self.told });
        }
        let property = |(name, kind, told): &(&str, &str, &str)| {
            let mut schema = kind_schema(kind);
            schema["description"] = json!(told);
            ((*name).to_owned(), schema)
        };
        let properties: Map<String, Value> = self.fields.iter().map(property).collect();
        let required: Vec<&str> = self.fields.iter().map(|(name, ..)| *name).collect();
        json!({
            "type": "object",
            "description": self.told,
            "properties": properties,
            "required": required,
        })
    }
}

fn kind_schema(kind: &str) -> Value {
    if let Some(kind) = kind.strip_prefix('?') {
        return json!({ "anyOf": [kind_schema(kind), { "type": "null" }] });
    }
    let inside = |open, close| kind.strip_prefix(open).and_then(|kind| kind.strip_suffix(close));
    if let Some(item) = inside('[', ']') {
        return json!({ "type": "array", "items": kind_schema(item) });
    }
    if let Some(value) = inside('{', '}') {
        return json!({ "type": "object", "additionalProperties": kind_schema(value) });
    }
    if let Some(places) = inside('(', ')') {
        let places: Vec<Value> = places.split(", ").map(kind_schema).collect();
        let count = places.len();
        return json!({
            "type": "array", "prefixItems": places, "minItems": count, "maxItems": count,
        });
    }
    match kind {
        "string" | "integer" | "number" | "boolean" => json!({ "type": kind }),
        shape => json!({ "$ref": format!("#/components/schemas/{shape}") }),
    }
}

/// Closed lists of words: name, meaning, words.
pub(super) const WORDS: &[(&str, &str, &[&str])] = &[
    (
        "Word",
        "The public word for a grade.",
        &["confirmed", "likely", "inconclusive", "reachable", "no_data"],
    ),
    (
        "Grade",
        "How strongly a cell is established; see the page on methods.",
        &["a", "b", "c", "d", "reachable", "down", "insufficient"],
    ),
    (
        "State",
        "What one measurement is concluded to show.",
        &["ok", "down", "server", "interference", "inconclusive", "void"],
    ),
    (
        "ReachPlace",
        "Where names begin to fare differently: between routers of the provider's own, before two of \
         them, before one, before another's, or before an unknown one.",
        &["inside", "within", "edge", "beyond", "unknown"],
    ),
    ("Serves", "What a serving host is for.", &["api", "web", "cdn", "socket"]),
    ("Layer", "The layer a claim is about.", &["dns", "tcp", "tls", "http", "quic"]),
    ("NetworkKind", "What kind of network it is.", &["fixed", "mobile", "mixed", "hosting"]),
];
