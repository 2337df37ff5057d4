//! Revocation of the document signer (ICAO 9303-12 §4.1.5). Revocation lists are not read yet.

use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    examination.row(CheckKind::Revocation).undetermined(ReasonCode::REVOCATION_UNKNOWN).not_run()
}
