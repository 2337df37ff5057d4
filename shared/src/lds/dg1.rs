//! EF.DG1: the machine-readable zone (ICAO 9303-10 §4.7.1).

use super::{LdsError, LdsErrorReason, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::mrz::MachineReadableZone;
use crate::tlv::Tag;

const FILE: FileId = FileId::DataGroup(DataGroup::DG1);
const MRZ: Tag = Tag(0x5F1F);

/// Reads EF.DG1. Check digits are not looked at: see [`MachineReadableZone::mismatches`].
///
/// # Errors
/// Where the elements are torn, or there is no zone of a known format.
pub fn parse(bytes: &[u8]) -> Result<MachineReadableZone, LdsError> {
    let element = outermost(bytes, DataGroup::DG1.tag()).and_then(|file| file.children()?.expect(MRZ)).map_err(in_file(FILE))?;
    let text = core::str::from_utf8(element.value).map_err(|_| in_file(FILE)(element.invalid("not text")))?;
    MachineReadableZone::parse(text).map_err(|error| LdsError {
        file: FILE,
        position: element.value_position,
        reason: LdsErrorReason::Mrz(error),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lds::build::tlv;
    use crate::mrz::{Field, MrzError};
    use crate::tlv::TlvErrorKind;
    use proptest::prelude::*;

    const ZONE: &str = "IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<";

    fn file(zone: &str) -> alloc::vec::Vec<u8> {
        tlv(0x61, &[&tlv(0x5F1F, &[zone.as_bytes()])])
    }

    #[test]
    fn a_zone_and_one_whose_check_digit_is_wrong() {
        assert_eq!(file(ZONE).len(), 95);
        let zone = parse(&file(ZONE)).unwrap();
        assert_eq!(zone.vietnamese_number(), Some("001199000001"));
        let wrong = parse(&file(&ZONE.replace("9901018F", "9901017F"))).unwrap();
        let fields: alloc::vec::Vec<_> = wrong.mismatches().into_iter().map(|digit| digit.field).collect();
        assert_eq!(fields, [Field::Birth, Field::Composite]);
    }

    #[test]
    fn what_is_no_dg1() {
        let reason = |bytes: &[u8]| parse(bytes).unwrap_err().reason;
        assert_eq!(reason(&file("IDVNM")), LdsErrorReason::Mrz(MrzError::Length { found: 5 }));
        let character = MrzError::Character { line: 1, column: 1 };
        assert_eq!(reason(&file(&ZONE.replace("IDVNM", "*DVNM"))), LdsErrorReason::Mrz(character));
        let binary = tlv(0x61, &[&tlv(0x5F1F, &[&[0xFF; 90]])]);
        assert_eq!(reason(&binary), LdsErrorReason::Tlv(TlvErrorKind::Value("not text")));
        let other = TlvErrorKind::Unexpected { expected: MRZ, found: Tag(0x5F0E) };
        assert_eq!(reason(&[0x61, 3, 0x5F, 0x0E, 0]), LdsErrorReason::Tlv(other));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = parse(&bytes);
            let _ = parse(&tlv(0x61, &[&tlv(0x5F1F, &[&bytes])]));
        }
    }
}
