//! Data against data: check digits of the MRZ, and on a Vietnamese card DG13 against DG1 (`vietnam.md`, the 12-digit number).

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
    let (Some(bytes), Some(today)) = (examination.file(DataGroup::DG13), examination.time.date()) else {
        return row;
    };
    // Other states use DG13 for something else.
    if mrz.issuing_state() != "VNM" {
        return row;
    }
    match Dg13::parse(bytes) {
        Ok(data) if agree(&data, &mrz, today) => row,
        Ok(_) => row.failed(ReasonCode::DG13_CONTRADICTS_DG1),
        Err(_) => row.undetermined(ReasonCode::FILE_MALFORMED),
    }
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
