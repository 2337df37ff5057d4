//! The card's own date of expiry. 991231 means that it has none, and is never compared with today.

use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::vietnam::expiry::CardExpiry;

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::CardExpiry);
    let Some(mrz) = examination.mrz() else {
        return row.undetermined(ReasonCode::FILE_NOT_VERIFIED);
    };
    let Some(today) = examination.time.date() else {
        return row.undetermined(ReasonCode::CARD_EXPIRY_UNREADABLE);
    };
    match CardExpiry::from_mrz(&mrz.expiry(), today) {
        Some(expiry) if expiry.has_passed(today) => row.failed(ReasonCode::CARD_EXPIRED),
        Some(_) => row,
        None => row.undetermined(ReasonCode::CARD_EXPIRY_UNREADABLE),
    }
}
