//! The chip's data against each other: check digits of the MRZ; on a Vietnamese card DG13 against DG1, and both against what the 12-digit
//! number says of its holder (`vietnam.md`).

mod details;
mod number;

use crate::dossier::DataGroup;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::mrz::MrzDate;
use crate::vietnam::PartialDate;
use crate::vietnam::dg13::Dg13;

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::DataCrossChecks);
    let Some(mrz) = examination.mrz() else {
        return row.undetermined(ReasonCode::FILE_NOT_VERIFIED);
    };
    if !mrz.mismatches().is_empty() {
        return row.failed(ReasonCode::MRZ_CHECK_DIGIT);
    }
    // Other states use DG13 for something else.
    if mrz.issuing_state() != "VNM" {
        return row;
    }
    let Some(today) = examination.time.date() else {
        return row;
    };
    let group = DataGroup::DG13;
    let parsed = examination.file(group).map(Dg13::parse);
    let data = parsed.as_ref().and_then(|parsed| parsed.as_ref().ok());
    let details = data.map(|data| details::contradictions(data, &mrz, today)).unwrap_or_default();
    let number = number::contradictions(data, &mrz, today);
    let notes = number::notes(data, &mrz, today);
    let row = [&details, &number, &notes].into_iter().flatten().fold(row, |row, &code| row.finding(code, None));
    if !details.is_empty() {
        row.failed(ReasonCode::DG13_CONTRADICTS_DG1)
    } else if !number.is_empty() {
        row.failed(ReasonCode::NUMBER_CONTRADICTS_HOLDER)
    } else if matches!(parsed, Some(Err(_))) {
        row.undetermined(ReasonCode::FILE_MALFORMED)
    } else {
        row
    }
}

/// Whether no part of a date that both know differs. The MRZ has no century.
pub(super) fn is_same_day(date: PartialDate, printed: &MrzDate) -> bool {
    let same = |one: Option<u8>, other: Option<u8>| one.zip(other).is_none_or(|(one, other)| one == other);
    printed.year_of_century().is_none_or(|year| u16::from(year) == date.year() % 100)
        && same(date.month(), printed.month())
        && same(date.day(), printed.day())
}
