//! The same state in DG1, document signer and issuer: no state signs for another (BSI TR-03135-1 §3.7).

use alloc::string::String;
use alloc::vec::Vec;

use crate::inspection::country;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::IssuingState);
    let Some(message) = &examination.message else {
        return row.undetermined(ReasonCode::SOD_NOT_VERIFIED);
    };
    let Some(mrz) = examination.mrz() else {
        return row.undetermined(ReasonCode::FILE_NOT_VERIFIED);
    };
    let signer = message.signer();
    let mut countries = alloc::vec![signer.subject.country(), signer.issuer.country()];
    if let Some(path) = examination.path() {
        countries.push(path.anchor().certificate.subject.country());
    }
    // What is known must agree, whatever else is not known: an invented code must not hide a contradiction.
    let known: Vec<&str> = countries.iter().flatten().map(String::as_str).filter(|found| country::is_country(found)).collect();
    let state = Some(mrz.issuing_state()).filter(|state| country::is_state(state));
    let contradicts = |found: &&str| state.is_some_and(|state| !country::agree(state, found));
    let differ = || known.windows(2).any(|pair| matches!(pair, [one, other] if !country::same_state(one, other)));
    if known.iter().any(contradicts) || differ() {
        return row.failed(ReasonCode::ISSUING_STATE_MISMATCH);
    }
    let all_known = state.is_some() && known.len() == countries.len();
    if all_known { row } else { row.undetermined(ReasonCode::ISSUING_STATE_UNKNOWN_CODE) }
}
