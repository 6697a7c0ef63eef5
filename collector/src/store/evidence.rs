//! What stands behind one provider's cell: claims by layer, and certificates.

use record::{Asn, Day, Digest, State, Target, Verdict};

use crate::store::{ReadTx, StoreError, words};

/// One measurement's claims.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// The measurement's network; none for a control's or an unknown one.
    pub asn: Option<Asn>,
    /// Whether a control made it.
    pub control: bool,
    /// Whether it counts.
    pub counted: bool,
    /// The headline's state.
    pub state: State,
    /// Everything that was concluded.
    pub verdict: Verdict,
}

/// A certificate with how many agents of one network were shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtefactRow {
    /// SHA-256 of the certificate.
    pub certificate: Digest,
    /// The listed authority's id.
    pub authority: String,
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// The network.
    pub asn: Asn,
    /// Agents.
    pub agents: u32,
}

impl ReadTx<'_> {
    /// Returns the claims of every measurement of a target and day, in the order of their names.
    pub fn claims(&self, day: Day, target: &Target) -> Result<Vec<Claims>, StoreError> {
        let sql = "SELECT m.asn, m.country IS NOT NULL, v.counted, v.body
                   FROM verdicts AS v JOIN measurements AS m ON m.id = v.measurement
                   WHERE v.day = ?1 AND v.target = ?2 ORDER BY m.id";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query((day.0, target.as_str()))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let verdict: Verdict = words::from_json(&row.get::<_, String>(3)?)?;
            found.push(Claims {
                asn: row.get::<_, Option<u32>>(0)?.map(Asn),
                control: row.get(1)?,
                counted: row.get(2)?,
                state: verdict.state,
                verdict,
            });
        }
        Ok(found)
    }

    /// Returns the listed authorities' certificates that agents were shown, by network.
    pub fn artefacts(&self, day: Day, target: &Target) -> Result<Vec<ArtefactRow>, StoreError> {
        let sql = "SELECT a.certificate, a.authority, a.subject, a.issuer, m.asn,
                          count(DISTINCT m.credential)
                   FROM artefacts AS a
                   JOIN measurements AS m ON m.id = a.measurement
                   JOIN verdicts AS v ON v.measurement = a.measurement
                   WHERE a.day = ?1 AND a.target = ?2 AND m.asn IS NOT NULL AND v.counted = 1
                   GROUP BY a.certificate, a.authority, a.subject, a.issuer, m.asn
                   ORDER BY a.authority, a.certificate, m.asn";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map((day.0, target.as_str()), |row| {
            Ok(ArtefactRow {
                certificate: Digest(row.get(0)?),
                authority: row.get(1)?,
                subject: row.get(2)?,
                issuer: row.get(3)?,
                asn: Asn(row.get(4)?),
                agents: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
