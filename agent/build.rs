//! Takes a signed list along that is named when the program is built, so that it can measure where no
//! collector was ever reached.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), String> {
    println!("cargo:rerun-if-env-changed=QOLJETIM_SNAPSHOT");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(variable("OUT_DIR").unwrap_or_default()).join("snapshot.json");
    let text = match variable("QOLJETIM_SNAPSHOT") {
        Some(path) => {
            println!("cargo:rerun-if-changed={path}");
            let failed = |error| format!("QOLJETIM_SNAPSHOT: cannot read {path}: {error}");
            fs::read_to_string(&path).map_err(failed)?
        }
        None => String::new(),
    };
    fs::write(&out, text).map_err(|error| format!("cannot write {}: {error}", out.display()))
}

#[expect(clippy::disallowed_methods, reason = "what a program is built from enters here")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
