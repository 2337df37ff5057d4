//! What the 12-digit number says of its holder (`vietnam.md`, the 12-digit number), and what the card's expiry should be at such an age.

use alloc::vec::Vec;

use super::is_same_day;
use crate::inspection::reason::ReasonCode;
use crate::mrz::{MachineReadableZone, Sex};
use crate::time::Date;
use crate::vietnam::PartialDate;
use crate::vietnam::dg13::Dg13;
use crate::vietnam::expiry::{CardExpiry, day_month_year};
use crate::vietnam::personal_number::{BirthPlace, PersonalNumber};

/// Where the number contradicts the MRZ or the birth in DG13. A number that stands in neither says nothing.
pub(super) fn contradictions(data: Option<&Dg13>, mrz: &MachineReadableZone, today: Date) -> Vec<ReasonCode> {
    let Some(number) = number(data, mrz) else { return Vec::new() };
    let printed = mrz.document_number();
    let fields = [
        (number.document_number() == printed.as_str(), ReasonCode::NUMBER_DOCUMENT_NUMBER_DIFFERS),
        (mrz.sex() == Sex::Unspecified || number.sex() == mrz.sex(), ReasonCode::NUMBER_SEX_DIFFERS),
        (is_birth_year(number.birth_year(), data, mrz, today), ReasonCode::NUMBER_BIRTH_YEAR_DIFFERS),
    ];
    fields.into_iter().filter(|(same, _)| !same).map(|(_, code)| code).collect()
}

/// What is worth telling and contradicts nothing: codes of places and the rule of expiry are not known for certain.
pub(super) fn notes(data: Option<&Dg13>, mrz: &MachineReadableZone, today: Date) -> Vec<ReasonCode> {
    let place = number(data, mrz).map(|number| number.birth_place());
    let is_place_known = !matches!(place, Some(BirthPlace::Unknown(_)));
    let fields = [
        (is_place_known, ReasonCode::NUMBER_PLACE_UNKNOWN),
        (is_expiry_of_age(data, mrz, today), ReasonCode::CARD_EXPIRY_UNUSUAL),
    ];
    fields.into_iter().filter(|(usual, _)| !usual).map(|(_, code)| code).collect()
}

fn number(data: Option<&Dg13>, mrz: &MachineReadableZone) -> Option<PersonalNumber> {
    let written = data.and_then(|data| data.personal_number.as_deref());
    PersonalNumber::parse(written.or_else(|| mrz.vietnamese_number())?)
}

/// DG13 has the century of the birth. The MRZ has not: the latest that is past, and the one before for holders of a hundred and more.
fn is_birth_year(year: u16, data: Option<&Dg13>, mrz: &MachineReadableZone, today: Date) -> bool {
    let written =
        data.and_then(|data| PartialDate::parse(data.birth.as_deref()?)).filter(|birth| is_same_day(*birth, &mrz.birth()));
    match (written, mrz.birth().birth(today), mrz.birth().year_of_century()) {
        (Some(birth), ..) => birth.year() == year,
        (None, Some(birth), _) => birth.year() == year || birth.year() == year + 100,
        (None, None, Some(of_century)) => u16::from(of_century) == year % 100,
        (None, None, None) => true,
    }
}

/// Whether the card expires when cards of people of this age do. `true` where too little is known.
fn is_expiry_of_age(data: Option<&Dg13>, mrz: &MachineReadableZone, today: Date) -> bool {
    let written = |pick: fn(&Dg13) -> Option<&str>| data.and_then(pick).and_then(day_month_year);
    let birth = written(|data| data.birth.as_deref()).or_else(|| mrz.birth().birth(today));
    let issue = written(|data| data.issue.as_deref());
    match (birth, issue, CardExpiry::from_mrz(&mrz.expiry(), today)) {
        (Some(birth), Some(issue), Some(expiry)) => expiry.follows_rule(birth, issue),
        _ => true,
    }
}
