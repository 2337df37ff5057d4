//! DG13 against DG1, field by field.

use alloc::vec::Vec;

use super::is_same_day;
use crate::inspection::reason::ReasonCode;
use crate::mrz::{MachineReadableZone, Sex};
use crate::time::Date;
use crate::vietnam::PartialDate;
use crate::vietnam::dg13::Dg13;
use crate::vietnam::expiry::CardExpiry;
use crate::vietnam::name::without_diacritics;

/// The fields that both have and that say different things.
pub(super) fn contradictions(data: &Dg13, mrz: &MachineReadableZone, today: Date) -> Vec<ReasonCode> {
    let number = data.personal_number.as_deref().is_none_or(|number| {
        mrz.vietnamese_number().is_none_or(|printed| printed == number) && number.ends_with(mrz.document_number().as_str())
    });
    let name = data.name.as_deref().is_none_or(|name| {
        let printed = alloc::format!("{} {}", *mrz.primary_name(), *mrz.secondary_name());
        let spelt = without_diacritics(name);
        if mrz.name_may_be_cut() { spelt.starts_with(printed.trim()) } else { spelt == printed.trim() }
    });
    let birth = data.birth.as_deref().and_then(PartialDate::parse).is_none_or(|birth| is_same_day(birth, &mrz.birth()));
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
    let fields = [
        (number, ReasonCode::DG13_NUMBER_DIFFERS),
        (name, ReasonCode::DG13_NAME_DIFFERS),
        (birth, ReasonCode::DG13_BIRTH_DIFFERS),
        (sex, ReasonCode::DG13_SEX_DIFFERS),
        (expiry, ReasonCode::DG13_EXPIRY_DIFFERS),
    ];
    fields.into_iter().filter(|(same, _)| !same).map(|(_, code)| code).collect()
}
