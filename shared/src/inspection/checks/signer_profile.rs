//! The document signer's own properties (ICAO 9303-12 tables 5 and 6), and the issuer's role.

use crate::inspection::examination::Examination;
use crate::inspection::profile::Weight;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::mrz::MachineReadableZone;
use crate::pki::{Certificate, VerifiedMessage};

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::SignerProfile);
    let Some(message) = &examination.message else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    let signer = message.signer();
    let issuer = examination.path().map(|path| &path.anchor().certificate);
    let row = findings(message, examination, row);
    // A certificate whose conditions of use are not understood is worth nothing, under any profile (RFC 5280 §4.2).
    if !signer.extensions.unknown_critical.is_empty() {
        return row.failed(ReasonCode::DS_UNKNOWN_CRITICAL_EXTENSION).weighing(Weight::Mandatory);
    }
    if issuer.is_some_and(|issuer| !issuer.extensions.unknown_critical.is_empty()) {
        return row.failed(ReasonCode::CSCA_UNKNOWN_CRITICAL_EXTENSION).weighing(Weight::Mandatory);
    }
    // A critical purpose is the only one that the key may serve (RFC 5280 §4.2.1.12), and none is that of a document signer.
    if signer.extensions.extended_key_usage.is_some() {
        let row = row.failed(ReasonCode::DS_EXTENDED_KEY_USAGE);
        return if signer.extensions.extended_key_usage_critical { row.weighing(Weight::Mandatory) } else { row };
    }
    if !signer.algorithms_agree() {
        return row.failed(ReasonCode::DS_ALGORITHM_MISMATCH);
    }
    if signer.extensions.is_certificate_authority() {
        return row.failed(ReasonCode::DS_IS_AUTHORITY);
    }
    if signer.extensions.key_usage.is_some_and(|usage| !usage.digital_signature()) {
        return row.failed(ReasonCode::DS_KEY_USAGE);
    }
    if issuer.is_some_and(|issuer| issuer.extensions.key_usage.is_some_and(|usage| !usage.key_cert_sign())) {
        return row.failed(ReasonCode::CSCA_KEY_USAGE);
    }
    row
}

fn findings(message: &VerifiedMessage, examination: &Examination<'_>, row: Check) -> Check {
    let signer = message.signer();
    let extensions = &signer.extensions;
    let outside = |moment| extensions.private_key_usage.is_some_and(|period| !period.contains(moment));
    // The issuer's key signed when the document signer's time begins (ICAO 9303-12 §7.1, table 6).
    let issuer_period = examination.path().and_then(|path| path.anchor().certificate.extensions.private_key_usage);
    let issuer_outside = issuer_period.is_some_and(|period| !period.contains(signer.validity.not_before));
    let bent = [
        (signer.version != 3, ReasonCode::DS_VERSION),
        (!signer.validity.canonical_form, ReasonCode::DS_TIME_ENCODING),
        (extensions.key_usage.is_none(), ReasonCode::DS_KEY_USAGE_MISSING),
        (extensions.key_usage.is_some() && !extensions.key_usage_critical, ReasonCode::DS_KEY_USAGE_NOT_CRITICAL),
        ([&signer.issuer, &signer.subject].iter().any(|name| name.country().is_none()), ReasonCode::DS_COUNTRY_MISSING),
        (extensions.authority_key_identifier.is_none(), ReasonCode::DS_AUTHORITY_KEY_IDENTIFIER_MISSING),
        (message.signing_time().is_some_and(outside), ReasonCode::DS_PRIVATE_KEY_PERIOD),
        (issuer_outside, ReasonCode::CSCA_PRIVATE_KEY_PERIOD),
        (!may_sign(signer, examination.mrz()), ReasonCode::DS_DOCUMENT_TYPE),
    ];
    bent.into_iter().filter(|(is_bent, _)| *is_bent).fold(row, |row, (_, code)| row.finding(code, None))
}

/// Whether the documentType extension, where there is one, has the document's code; one letter there stands for all codes that begin
/// with it (ICAO 9303-12 §7.1.1.6).
fn may_sign(signer: &Certificate, mrz: Option<MachineReadableZone>) -> bool {
    let (Some(types), Some(mrz)) = (&signer.extensions.document_types, mrz) else {
        return true;
    };
    let code = mrz.document_code();
    types
        .iter()
        .map(|kind| kind.trim_end_matches('<'))
        .any(|kind| if kind.len() == 1 { code.starts_with(kind) } else { code == kind })
}
