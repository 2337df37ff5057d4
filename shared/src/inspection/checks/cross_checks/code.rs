//! The QR code printed on a Vietnamese card against the chip. The code is unsigned text: what it says is never shown, only compared.

use crate::mrz::{MachineReadableZone, Sex};
use crate::time::Date;
use crate::vietnam::dg13::Dg13;
use crate::vietnam::expiry::day_month_year;
use crate::vietnam::name::without_diacritics;
use crate::vietnam::qr::Qr;

/// Whether each field that both have says the same. The residence is left out: how an address is written is no one's rule.
pub(super) fn agrees(code: &Qr<'_>, mrz: &MachineReadableZone, data: Option<&Dg13>, today: Date) -> bool {
    let field = |pick: fn(&Dg13) -> Option<&str>| data.and_then(pick);
    let is_own = |number: &str| number == code.personal_number;
    // Where the chip gives the whole number nowhere, its last nine digits stand in the MRZ.
    let number = match field(|data| data.personal_number.as_deref()).or_else(|| mrz.vietnamese_number()) {
        Some(number) => is_own(number),
        None => code.personal_number.ends_with(mrz.document_number().as_str()),
    };
    let number = number && mrz.vietnamese_number().is_none_or(is_own);
    let old_number = field(|data| data.old_number.as_deref())
        .is_none_or(|number| number.is_empty() || code.old_number.is_empty() || number == code.old_number);
    let name = !is_spelt(code.name)
        || match field(|data| data.name.as_deref()) {
            Some(name) => without_diacritics(name) == without_diacritics(code.name),
            None => {
                let printed = alloc::format!("{} {}", *mrz.primary_name(), *mrz.secondary_name());
                without_diacritics(code.name).starts_with(printed.trim())
            }
        };
    let birth = date(code.birth).is_none_or(|birth| match mrz.birth().birth(today) {
        Some(printed) => printed == birth,
        // A date that lacks a part cannot be compared whole.
        None => true,
    });
    let sex = match without_diacritics(code.sex).as_str() {
        "NAM" => mrz.sex() == Sex::Male,
        "NU" => mrz.sex() == Sex::Female,
        _ => true,
    };
    let issue = date(code.issue)
        .is_none_or(|issue| field(|data| data.issue.as_deref()).and_then(day_month_year).is_none_or(|signed| signed == issue));
    number && old_number && name && birth && sex && issue
}

/// Whether the name came through the scanner: one that is set to another character set spoils letters with diacritics, and what is spoilt
/// says nothing about the card.
fn is_spelt(name: &str) -> bool {
    let plain = without_diacritics(name);
    !plain.is_empty() && plain.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b' ')
}

/// `DDMMYYYY`
fn date(digits: &str) -> Option<Date> {
    let (day, rest) = digits.split_at_checked(2)?;
    let (month, year) = rest.split_at_checked(2)?;
    day_month_year(&alloc::format!("{day}/{month}/{year}"))
}
