//! Validity of document signer and issuer: at signing, and today (`quirks.md` 17: three dates).

use crate::dossier::DataGroup;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::lds::dg12::Dg12;
use crate::pki::certificate::Validity;
use crate::time::{Date, Timestamp};
use crate::vietnam::dg13::Dg13;
use crate::vietnam::expiry::day_month_year;

/// By how much two clocks may differ, time zones included: a day, in seconds.
const CLOCKS_APART: i64 = 86_400;

/// When the document was signed: a moment, or the whole day of issue.
#[derive(Clone, Copy)]
struct Signing {
    first: Timestamp,
    last: Timestamp,
}

impl Signing {
    fn lies_in(self, validity: Validity) -> bool {
        validity.not_before <= self.last && self.first <= validity.not_after
    }
}

pub(in crate::inspection) fn at_signing(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::Validity);
    let Some(message) = &examination.message else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    let signer = message.signer().validity;
    let Some(signing) = signing(examination) else {
        // A signature that was made by now under a certificate that is valid now was made within its validity.
        return if signer.contains(examination.time) {
            row.finding(ReasonCode::VALIDITY_SIGNING_TIME_ABSENT, None)
        } else {
            row.undetermined(ReasonCode::SIGNING_TIME_UNKNOWN)
        };
    };
    // Either this clock was set back, or the signer's was wrong: no other comparison with today means anything then.
    if signing.first.0 > examination.time.0.saturating_add(CLOCKS_APART) {
        return row.undetermined(ReasonCode::SIGNING_TIME_IN_FUTURE);
    }
    if !signing.lies_in(signer) {
        return row.failed(ReasonCode::DS_NOT_VALID_AT_SIGNING);
    }
    if examination.path().is_some_and(|path| !signing.lies_in(path.anchor().certificate.validity)) {
        return row.failed(ReasonCode::CSCA_NOT_VALID_AT_SIGNING);
    }
    row
}

pub(in crate::inspection) fn today(examination: &Examination<'_>) -> Check {
    let mut row = examination.row(CheckKind::ValidityToday);
    let dossier = examination.dossier;
    if !examination.is_attested() && examination.time_stamp.is_none() && dossier.read_at.is_some() {
        row = row.finding(ReasonCode::EVIDENCE_TIME_UNPROVEN, None);
    }
    let Some(message) = &examination.message else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    let now = examination.time;
    let signer = message.signer().validity;
    if now < signer.not_before {
        return row.failed(ReasonCode::DS_NOT_YET_VALID);
    }
    if signer.not_after < now {
        return row.failed(ReasonCode::DS_EXPIRED);
    }
    match examination.path().map(|path| path.anchor().certificate.validity) {
        Some(issuer) if now < issuer.not_before => row.failed(ReasonCode::CSCA_NOT_YET_VALID),
        Some(issuer) if issuer.not_after < now => row.failed(ReasonCode::CSCA_EXPIRED),
        _ => row,
    }
}

/// signingTime, else the date of issue out of a verified DG12 or DG13.
fn signing(examination: &Examination<'_>) -> Option<Signing> {
    if let Some(moment) = examination.message.as_ref()?.signing_time() {
        return Some(Signing { first: moment, last: moment });
    }
    let issue = issue_date(examination)?;
    Some(Signing { first: Timestamp::new(issue, 0, 0, 0)?, last: Timestamp::new(issue, 23, 59, 59)? })
}

pub(super) fn issue_date(examination: &Examination<'_>) -> Option<Date> {
    let optional = examination.file(DataGroup::DG12).and_then(|bytes| Dg12::parse(bytes).ok()?.issue?.date());
    optional.or_else(|| day_month_year(Dg13::parse(examination.file(DataGroup::DG13)?).ok()?.issue.as_deref()?))
}
