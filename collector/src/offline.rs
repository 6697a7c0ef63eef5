//! Judges records in files, without a database.

use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use record::{Batch, Layer, Measurement, Observation, State, Target, Verdict};
use verdict::{Answerer, Case};

use crate::Reference;

/// One record's conclusion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Line {
    file: String,
    /// SHA-256 of the record's bytes as they stand in the file.
    id: String,
    target: Target,
    state: State,
    layer: Option<Layer>,
    rule: String,
    verdict: Verdict,
}

/// Judges every record of a file: one JSON text, or one a line.
pub(crate) fn judge_file(path: &Path, reference: &Reference) -> Vec<Result<Line, OfflineError>> {
    let disk = |source| OfflineError::Disk { path: path.to_owned(), source };
    let bytes = match std::fs::read(path).map_err(disk) {
        Ok(bytes) => bytes,
        Err(error) => return vec![Err(error)],
    };
    // A record is one line; what is no record a line may be one text over many.
    let whole = serde_json::from_slice::<IgnoredAny>(&bytes).is_ok();
    let records: Vec<&[u8]> = if whole { vec![&bytes] } else { Batch::records(&bytes).collect() };
    records.into_iter().map(|record| judge(path, record, reference)).collect()
}

fn judge(path: &Path, bytes: &[u8], reference: &Reference) -> Result<Line, OfflineError> {
    let (measurement, control) = read(bytes, reference)?;
    let verdict = verdict::judge(Case {
        kind: measurement.kind,
        target: &measurement.target,
        seen: &measurement.seen,
        certificates: &measurement.certificates,
        control: control.as_deref(),
        known: &reference.lists.known,
        void: &measurement.run.void,
        resolver: Answerer::of(&measurement.run, measurement.network),
    });
    Ok(Line {
        file: path.display().to_string(),
        id: record::MeasurementId::of(bytes).to_string(),
        target: measurement.target,
        state: verdict.state,
        layer: verdict.layer,
        rule: verdict.rule.to_string(),
        verdict,
    })
}

/// Reads a record of this project or one of OONI's, with the control that it holds.
///
/// OONI's word about a chain is taken, since its measurements are older than our list of
/// authorities.
fn read(
    bytes: &[u8],
    reference: &Reference,
) -> Result<(Measurement, Option<Vec<Observation>>), OfflineError> {
    #[derive(Deserialize)]
    struct Head {
        format: Option<IgnoredAny>,
        test_keys: Option<IgnoredAny>,
    }
    let head = serde_json::from_slice::<Head>(bytes).ok();
    let is_oonis = head.is_some_and(|head| head.format.is_none() && head.test_keys.is_some());
    if is_oonis {
        let read = ooni::read(bytes)?;
        return Ok((read.measurement, read.control));
    }
    let mut measurement = Measurement::decode(bytes)?;
    reference.roots.judge_again(&mut measurement);
    Ok((measurement, None))
}

/// Why a record could not be judged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OfflineError {
    /// The disk did not give the file.
    #[error("could not read {}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// The disk's answer.
        #[source]
        source: std::io::Error,
    },
    /// Not a record.
    #[error("not a record")]
    Record(#[from] record::DecodeError),
    /// Not a measurement of OONI's that can be read.
    #[error("not a measurement of OONI's that can be judged")]
    Ooni(#[from] ooni::OoniError),
}
