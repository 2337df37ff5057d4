//! Data against data: check digits of the MRZ; on a Vietnamese card DG13 against DG1 (`vietnam.md`, the 12-digit number), and the QR code
//! that was scanned against both (`attacks.md` 32).

mod code;

use crate::dossier::DataGroup;
use crate::inspection::examination::Examination;
use crate::inspection::reason::ReasonCode;
use crate::inspection::report::{Check, CheckKind};
use crate::mrz::{MachineReadableZone, Sex};
use crate::time::Date;
use crate::vietnam::dg13::Dg13;
use crate::vietnam::expiry::{CardExpiry, day_month_year};
use crate::vietnam::name::without_diacritics;

pub(in crate::inspection) fn check(examination: &Examination<'_>) -> Check {
    let row = examination.row(CheckKind::DataCrossChecks);
    let Some(mrz) = examination.mrz() else {
        return row.undetermined(ReasonCode::FILE_NOT_VERIFIED);
    };
    if !mrz.mismatches().is_empty() {
        return row.failed(ReasonCode::MRZ_CHECK_DIGIT);
    }
    // Other states use DG13 for something else, and have no such code.
    if mrz.issuing_state() != "VNM" {
        return if examination.code.is_none() { row } else { row.failed(ReasonCode::QR_CONTRADICTS_CHIP) };
    }
    let Some(today) = examination.time.date() else {
        return row;
    };
    let parsed = examination.file(DataGroup::DG13).map(Dg13::parse);
    let data = parsed.as_ref().and_then(|parsed| parsed.as_ref().ok());
    if data.is_some_and(|data| !agree(data, &mrz, today)) {
        return row.failed(ReasonCode::DG13_CONTRADICTS_DG1);
    }
    // A DG13 that cannot be read hides no contradiction with the MRZ.
    if examination.code.is_some_and(|code| !code::agrees(&code, &mrz, data, today)) {
        return row.failed(ReasonCode::QR_CONTRADICTS_CHIP);
    }
    if matches!(parsed, Some(Err(_))) { row.undetermined(ReasonCode::FILE_MALFORMED) } else { row }
}

/// Whether each field that both have says the same.
fn agree(data: &Dg13, mrz: &MachineReadableZone, today: Date) -> bool {
    let number = data.personal_number.as_deref().is_none_or(|number| {
        mrz.vietnamese_number().is_none_or(|printed| printed == number) && number.ends_with(mrz.document_number().as_str())
    });
    let name = data.name.as_deref().is_none_or(|name| {
        let printed = alloc::format!("{} {}", *mrz.primary_name(), *mrz.secondary_name());
        let spelt = without_diacritics(name);
        if mrz.name_may_be_cut() { spelt.starts_with(printed.trim()) } else { spelt == printed.trim() }
    });
    // A date that lacks a part in DG13 cannot be compared whole.
    let birth = data.birth.as_deref().and_then(day_month_year).is_none_or(|date| mrz.birth().birth(today) == Some(date));
    let sex = data.sex.as_deref().is_none_or(|sex| match without_diacritics(sex).as_str() {
        "NAM" => mrz.sex() == Sex::Male,
        "NU" => mrz.sex() == Sex::Female,
        _ => true,
    });
    let expiry = data
        .expiry
        .as_deref()
        .and_then(CardExpiry::from_text)
        .is_none_or(|expiry| CardExpiry::from_mrz(&mrz.expiry(), today) == Some(expiry));
    number && name && birth && sex && expiry
}
