//! Writes golden cases of `verdict` in OONI's format, each with its control, one JSON text a line:
//! `golden_cases CASES_FOLDER`. What OONI's own tools make of them is checked by
//! `ooni/tests/load.py`.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::Deserialize;

use record::{
    Certificates, Digest, FORMAT, Hour, KeyText, Kind, Measurement, Observation, Role, RunFacts,
    State, Target, Verdict,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("the folder of cases is missing")?;
    let mut cases: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    cases.sort_by_key(fs::DirEntry::file_name);
    let mut out = std::io::stdout().lock();
    for case in cases.iter().map(fs::DirEntry::path).filter(|path| path.is_dir()) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut written = write(&case)?;
        // In OONI's data the server names each measurement; its tools demand a name.
        written["measurement_uid"] = name.into();
        writeln!(out, "{written}")?;
    }
    Ok(())
}

fn write(case: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let inside: Inside = serde_json::from_slice(&fs::read(case.join("seen.json"))?)?;
    let control = case.join("control.json");
    let control: Option<Vec<Observation>> = match control.exists() {
        true => Some(serde_json::from_slice(&fs::read(control)?)?),
        false => None,
    };
    let measurement = Measurement {
        format: FORMAT.to_owned(),
        software: env!("CARGO_PKG_VERSION").to_owned(),
        role: Role::Agent,
        credential: KeyText::new([7; 32]),
        kind: Kind::Web,
        target: inside.target,
        hour: Hour(473_917),
        snapshot: Digest([0; 32]),
        network: Some(record::Asn(64500)),
        run: RunFacts::default(),
        seen: inside.seen,
        certificates: inside.certificates,
        control: None,
        verdict: Verdict {
            state: State::Inconclusive,
            layer: None,
            rule: "no_rule".into(),
            because: Vec::new(),
            layers: Vec::new(),
        },
        extra: std::collections::BTreeMap::new(),
    };
    Ok(ooni::write_with_control(&measurement, control.as_deref()))
}

/// What an agent saw, as `verdict` keeps it.
#[derive(Deserialize)]
struct Inside {
    target: Target,
    certificates: Certificates,
    seen: Vec<Observation>,
}
