//! The MRZ on the data page against DG1 (BSI TR-03135-1 §5.7.2, ICAO 9303-10 §4.7.1: DG1 is the MRZ as printed).

use super::Comparison;
use crate::inspection::reason::ReasonCode;
use crate::mrz::MachineReadableZone;

/// Field by field; lines that were left out are not compared. `None` where it is no MRZ.
pub(super) fn compare(bytes: &[u8], chip: &MachineReadableZone) -> Option<Comparison> {
    let page = MachineReadableZone::parse_typed(core::str::from_utf8(bytes).ok()?).ok()?;
    let mut comparison = Comparison::default();
    if page.format() != chip.format() {
        comparison.differing.push(ReasonCode::DATA_PAGE_OTHER_DIFFERS);
        return Some(comparison);
    }
    let name = (page.primary_name(), page.secondary_name());
    let fields = [
        (page.document_number() == chip.document_number(), ReasonCode::DATA_PAGE_NUMBER_DIFFERS),
        (page.birth() == chip.birth(), ReasonCode::DATA_PAGE_BIRTH_DIFFERS),
        (page.expiry() == chip.expiry(), ReasonCode::DATA_PAGE_EXPIRY_DIFFERS),
        (page.sex() == chip.sex(), ReasonCode::DATA_PAGE_SEX_DIFFERS),
        (name.0.is_empty() || name == (chip.primary_name(), chip.secondary_name()), ReasonCode::DATA_PAGE_NAME_DIFFERS),
    ];
    for (same, code) in fields {
        comparison.field(same, code);
    }
    let given = |line: &str| line.bytes().any(|character| character != b'<');
    let whole = page.lines().zip(chip.lines()).all(|(page, chip)| !given(page) || page == chip);
    if !whole && comparison.differing.is_empty() {
        comparison.differing.push(ReasonCode::DATA_PAGE_OTHER_DIFFERS);
    }
    Some(comparison)
}
