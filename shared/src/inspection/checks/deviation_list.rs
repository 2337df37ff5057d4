//! Deviation lists (ICAO 9303-3 §7.3): known defects of documents. They are not read yet.

use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    examination.row(CheckKind::DeviationList).not_supported(ReasonCode::DEVIATION_LIST_NOT_EVALUATED).not_run()
}
