//! Whatever one value of a measurement is replaced with, reading ends well: with a record that is
//! one, or with a reason.

use serde_json::{Value, json};

use ooni::{Read, read, write};
use record::Measurement;

#[test]
fn one_damaged_value_never_breaks_the_reader() {
    let whole: Value = serde_json::from_str(INVENTED).unwrap();
    let mut read_well = 0;
    for place in places(&whole, String::new()) {
        for damage in damages() {
            let mut damaged = whole.clone();
            *damaged.pointer_mut(&place).unwrap() = damage;

            if let Ok(read) = read(damaged.to_string().as_bytes()) {
                assert_is_a_record(&read);
                read_well += 1;
            }
        }
    }

    assert!(read_well > 500, "only {read_well} were read at all");
}

#[test]
fn a_measurement_that_was_cut_off_is_refused() {
    for end in (0..INVENTED.trim_end().len()).filter(|end| INVENTED.is_char_boundary(*end)) {
        assert!(read(INVENTED.split_at(end).0.as_bytes()).is_err(), "{end}");
    }
}

#[test]
fn undamaged_it_is_read_whole() {
    let read = read(INVENTED.as_bytes()).unwrap();

    assert_eq!((read.left_out, read.measurement.seen.len()), (0, 5));
    assert_eq!(read.control.map(|control| control.len()), Some(4));
}

fn assert_is_a_record(read: &Read) {
    let bytes = read.measurement.encode();
    assert_eq!(Measurement::decode(&bytes).expect("a record"), read.measurement);
    let written = write(&read.measurement).to_string();
    ooni::read(written.as_bytes()).expect("what is written can be read");
}

/// The pointers (RFC 6901) of every value below the root.
fn places(value: &Value, at: String) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (escaped(name), value)).collect()
        }
        Value::Array(list) => {
            list.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let inner = below.iter().flat_map(|(name, value)| places(value, format!("{at}/{name}")));
    let own = (!at.is_empty()).then(|| at.clone());
    own.into_iter().chain(inner).collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn damages() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("ж".repeat(3000)),
        json!("resolver=192.0.2.1"),
        json!([]),
        json!([null, 7]),
        json!({ "data": "=", "format": "base64" }),
    ]
}

const INVENTED: &str = include_str!("data/invented.json");
