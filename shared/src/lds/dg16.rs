//! EF.DG16: persons to notify (ICAO 9303-10 §4.7.16).

use alloc::string::String;
use alloc::vec::Vec;

use super::text::{HolderName, parts, text};
use super::{FullDate, LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::{Element, TlvError};

/// A person to notify. Every field may be missing; shows nothing in `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonToNotify {
    /// When the details were recorded.
    pub recorded: Option<FullDate>,
    /// The name.
    pub name: Option<HolderName>,
    /// Telephone number.
    pub telephone: Option<String>,
    /// Address in its parts.
    pub address: Vec<String>,
}

opaque_debug!(PersonToNotify);

/// The persons in EF.DG16.
///
/// # Errors
/// Where the elements are torn.
pub fn parse(bytes: &[u8]) -> Result<Vec<PersonToNotify>, LdsError> {
    read(bytes).map_err(in_file(FileId::DataGroup(DataGroup::DG16)))
}

fn read(bytes: &[u8]) -> Result<Vec<PersonToNotify>, TlvError> {
    let mut persons = Vec::new();
    for element in outermost(bytes, DataGroup::DG16.tag())?.children()? {
        let element = element?;
        // A1, A2 … one template a person, behind their count
        if element.tag.is_constructed() {
            persons.push(read_person(&element)?);
        }
    }
    Ok(persons)
}

fn read_person(template: &Element<'_>) -> Result<PersonToNotify, TlvError> {
    let mut person = PersonToNotify::default();
    for element in template.children()? {
        let element = element?;
        match element.tag.0 {
            0x5F50 => person.recorded = FullDate::read(element.value),
            0x5F51 => person.name = HolderName::read(element.value),
            0x5F52 => person.telephone = text(element.value),
            0x5F53 => person.address = parts(element.value),
            _ => {}
        }
    }
    Ok(person)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::lds::build::tlv;
    use crate::tlv::TlvErrorKind;
    use proptest::prelude::*;

    #[test]
    fn one_template_a_person() {
        let first = tlv(0xA1, &[&tlv(0x5F50, &[b"20020101"]), &tlv(0x5F51, &[b"SMITH<<CHARLES"]), &tlv(0x5F53, &[b"A<B"])]);
        let second = tlv(0xA2, &[&tlv(0x5F52, &[b"<"])]);
        let file = tlv(0x70, &[&[2, 1, 2], &first, &second]);
        let persons = parse(&file).unwrap();
        assert_eq!(persons.len(), 2);
        assert_eq!(persons[0].name.as_ref().unwrap().secondary, "CHARLES");
        assert_eq!((persons[0].address.len(), persons[0].recorded.unwrap().year), (2, 2002));
        assert!(persons[1] == PersonToNotify::default());
        assert_eq!(parse(&file[..20]).unwrap_err().reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }
    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = tlv(0x70, &[&[2, 1, 1], &tlv(0xA1, &[&tlv(0x5F50, &[b"20020101"]), &tlv(0x5F51, &[b"A<<B"])])]);
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = parse(&bytes);
        }
    }
}
