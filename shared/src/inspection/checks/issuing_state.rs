//! The same state in DG1, document signer and issuer: no state signs for another (BSI TR-03135-1 §3.7).

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
    let mut unknown = !country::is_state(mrz.issuing_state());
    for found in countries {
        match found {
            Some(found) if country::is_country(&found) => {
                if !unknown && !country::agree(mrz.issuing_state(), &found) {
                    return row.failed(ReasonCode::ISSUING_STATE_MISMATCH);
                }
            }
            _ => unknown = true,
        }
    }
    if unknown { row.undetermined(ReasonCode::ISSUING_STATE_UNKNOWN_CODE) } else { row }
}
