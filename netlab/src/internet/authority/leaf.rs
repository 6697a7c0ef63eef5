//! The parts that certificates are made of.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::LabError;

/// A key, and what its certificate is to say.
pub(super) struct Draft {
    /// What the certificate is to say.
    pub(super) params: CertificateParams,
    /// The key.
    pub(super) key: KeyPair,
}

/// From when to when a certificate is valid, each as year, month and day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validity((i32, u8, u8), (i32, u8, u8));

impl Validity {
    /// Longer than any lab will run.
    pub(super) const LONG: Self = Self((2020, 1, 1), (2049, 12, 31));
    /// Over long ago.
    pub(super) const PAST: Self = Self((2021, 1, 1), (2021, 12, 31));
    /// 75 days, over long ago: the span that interception's intermediates were seen with.
    pub(super) const PAST_75_DAYS: Self = Self((2021, 6, 18), (2021, 9, 1));
}

/// Drafts an authority whose name has `parts` of the kinds C, O and CN.
pub(super) fn authority(
    parts: &[(&'static str, String)],
    validity: Validity,
) -> Result<Draft, rcgen::Error> {
    let mut draft = draft(parts, validity)?;
    draft.params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    draft.params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(draft)
}

/// Drafts a server's certificate for `name`.
pub(super) fn leaf(name: &str, validity: Validity) -> Result<Draft, rcgen::Error> {
    let mut draft = draft(&[("CN", name.to_owned())], validity)?;
    draft.params.subject_alt_names = CertificateParams::new([name.to_owned()])?.subject_alt_names;
    draft.params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    draft.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(draft)
}

/// Joins the chain for `name`, leaf first, with the leaf's key.
pub(super) fn certified(
    name: &str,
    chain: Vec<CertificateDer<'static>>,
    key: &KeyPair,
) -> Result<Arc<CertifiedKey>, LabError> {
    let key = any_supported_type(&PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .map_err(LabError::failed(format!("taking over the key for {name}")))?;
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

fn draft(parts: &[(&'static str, String)], validity: Validity) -> Result<Draft, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    for (kind, text) in parts {
        let kind = match *kind {
            "C" => DnType::CountryName,
            "O" => DnType::OrganizationName,
            _ => DnType::CommonName,
        };
        params.distinguished_name.push(kind, text.as_str());
    }
    let Validity((year, month, day), until) = validity;
    params.not_before = date_time_ymd(year, month, day);
    params.not_after = date_time_ymd(until.0, until.1, until.2);
    params.use_authority_key_identifier_extension = true;
    Ok(Draft { params, key: KeyPair::generate()? })
}
