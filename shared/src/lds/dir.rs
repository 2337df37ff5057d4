//! EF.DIR: the applications on the card (ICAO 9303-10 §3.11.2, ISO 7816-4 §12.2.3).

use alloc::vec::Vec;

use super::{LdsError, in_file};
use crate::dossier::FileId;
use crate::tlv::{Cursor, Rules, Tag, TlvError};

const APPLICATION: Tag = Tag(0x61);
const APPLICATION_IDENTIFIER: Tag = Tag(0x4F);

/// The application identifiers in EF.DIR, in order. Zeros end the file.
///
/// # Errors
/// Where the templates are torn.
pub fn parse(bytes: &[u8]) -> Result<Vec<&[u8]>, LdsError> {
    read(bytes).map_err(in_file(FileId::Dir))
}

fn read(bytes: &[u8]) -> Result<Vec<&[u8]>, TlvError> {
    let mut applications = Vec::new();
    let mut objects = Cursor::new(bytes, Rules::Ber);
    while objects.peek().is_some_and(|tag| tag != Tag(0)) {
        let template = objects.read()?;
        if template.tag != APPLICATION {
            continue;
        }
        for element in template.children()? {
            let element = element?;
            if element.tag == APPLICATION_IDENTIFIER {
                applications.push(element.value);
            }
        }
    }
    Ok(applications)
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
    fn every_application() {
        let mrtd = [0xA0, 0, 0, 2, 0x47, 0x10, 1];
        let first = tlv(0x61, &[&tlv(0x4F, &[&mrtd]), &tlv(0x50, &[b"eMRTD"])]);
        let second = tlv(0x61, &[&tlv(0x4F, &[&[1, 2, 3, 4, 5]])]);
        let file = [first, second, alloc::vec![0; 5]].concat();
        assert_eq!(parse(&file).unwrap(), [&mrtd[..], &[1, 2, 3, 4, 5]]);
        assert_eq!(parse(&[0x61, 9, 0x4F]).unwrap_err().reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    }
    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = tlv(0x61, &[&tlv(0x4F, &[&[1, 2, 3, 4, 5]])]);
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = parse(&bytes);
        }
    }
}
