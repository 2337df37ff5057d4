//! The QR code of a Vietnamese card against DG1 and DG13.

use alloc::string::String;

use super::Comparison;
use crate::inspection::checks::cross_checks::is_same_day;
use crate::inspection::reason::ReasonCode;
use crate::mrz::MachineReadableZone;
use crate::vietnam::dg13::Dg13;
use crate::vietnam::name::without_diacritics;
use crate::vietnam::{PartialDate, Qr};

/// Each field that both have. The residence is left out: how an address is written is no one's rule. `None` where it is no such code.
pub(super) fn compare(bytes: &[u8], mrz: &MachineReadableZone, data: Option<&Dg13>) -> Option<Comparison> {
    let code = Qr::from_bytes(bytes).ok()?;
    let mut comparison = Comparison::default();
    let field = |pick: fn(&Dg13) -> Option<&str>| data.and_then(pick);

    let is_own = |number: &str| number == code.personal_number.as_str();
    let written = field(|data| data.personal_number.as_deref());
    // Where the chip gives the whole number nowhere, its last nine digits stand in the MRZ. Other states have no such number.
    let number = match written.or_else(|| mrz.vietnamese_number()) {
        Some(number) => is_own(number) && mrz.vietnamese_number().is_none_or(is_own),
        None => mrz.issuing_state() == "VNM" && code.personal_number.document_number() == mrz.document_number().as_str(),
    };
    comparison.field(number, ReasonCode::QR_NUMBER_DIFFERS);

    let old_number = field(|data| data.old_number.as_deref()).filter(|number| !number.is_empty());
    let old_number = old_number.zip(code.old_number.as_ref()).is_none_or(|(number, printed)| number == printed.as_str());
    comparison.field(old_number, ReasonCode::QR_OLD_NUMBER_DIFFERS);

    match is_same_name(&code, mrz, field(|data| data.name.as_deref())) {
        Some(same) => comparison.field(same, ReasonCode::QR_NAME_DIFFERS),
        None => comparison.notes.push(ReasonCode::QR_TEXT_SPOILT),
    }

    let birth = code.birth.is_none_or(|birth| {
        let written = field(|data| data.birth.as_deref()).and_then(PartialDate::parse);
        is_same_day(birth, &mrz.birth()) && written.is_none_or(|written| written.agrees_with(birth))
    });
    comparison.field(birth, ReasonCode::QR_BIRTH_DIFFERS);
    comparison.field(code.sex.is_none_or(|sex| sex == mrz.sex()), ReasonCode::QR_SEX_DIFFERS);

    let issue = field(|data| data.issue.as_deref()).and_then(PartialDate::parse);
    let issue = issue.zip(code.issue).is_none_or(|(written, printed)| written.agrees_with(printed));
    comparison.field(issue, ReasonCode::QR_ISSUE_DIFFERS);
    Some(comparison)
}

/// `None` where the name did not come through the scanner whole: what is spoilt says nothing about the card.
fn is_same_name(code: &Qr, mrz: &MachineReadableZone, written: Option<&str>) -> Option<bool> {
    if code.name.is_empty() || !code.name_is_intact() {
        return None;
    }
    let spelt = without_diacritics(&code.name);
    let Some(written) = written else {
        let printed = alloc::format!("{} {}", *mrz.primary_name(), *mrz.secondary_name());
        return Some(spelt.starts_with(printed.trim()));
    };
    if spelt == without_diacritics(written) {
        return Some(true);
    }
    // A scanner that types nothing but ASCII leaves out every letter with a mark.
    let typed: String = written.chars().filter(char::is_ascii).collect();
    (without_diacritics(&typed) != spelt).then_some(false)
}
