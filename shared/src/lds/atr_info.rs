//! EF.ATR/INFO: buffer sizes and capabilities (ICAO 9303-10 §3.11.1, ISO 7816-4 §12.7).

use super::{LdsError, in_file};
use crate::dossier::FileId;
use crate::tlv::{Cursor, Rules, Tag, TlvError};

const CARD_CAPABILITIES: Tag = Tag(0x47);
const EXTENDED_LENGTH_INFORMATION: Tag = Tag(0x7F66);

/// What EF.ATR/INFO says of the sizes that the chip takes and gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AtrInfo {
    /// Buffer sizes, where the chip has extended length.
    pub extended_length: Option<ExtendedLength>,
    /// Third byte of the card capabilities (ISO 7816-4 table 119): bit 8 command chaining, bit 7 extended Lc and Le.
    pub capabilities: Option<u8>,
}

/// The longest commands and responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedLength {
    /// Longest command in bytes.
    pub command: u32,
    /// Longest response in bytes.
    pub response: u32,
}

impl AtrInfo {
    /// Reads EF.ATR/INFO. Unknown objects are passed over, zeros end the file.
    ///
    /// # Errors
    /// Where the objects are torn.
    pub fn parse(bytes: &[u8]) -> Result<Self, LdsError> {
        Self::read(bytes).map_err(in_file(FileId::AtrInfo))
    }

    fn read(bytes: &[u8]) -> Result<Self, TlvError> {
        let mut info = Self::default();
        let mut objects = Cursor::new(bytes, Rules::Ber);
        while objects.peek().is_some_and(|tag| tag != Tag(0)) {
            let object = objects.read()?;
            match object.tag {
                CARD_CAPABILITIES => info.capabilities = object.value.get(2).copied(),
                EXTENDED_LENGTH_INFORMATION => {
                    let mut sizes = object.children()?;
                    info.extended_length =
                        Some(ExtendedLength { command: sizes.small_integer()?, response: sizes.small_integer()? });
                }
                _ => {}
            }
        }
        Ok(info)
    }

    /// Whether it states both sizes, or that there is no extended length (ICAO 9303-10 §3.11.1).
    pub fn is_complete(&self) -> bool {
        self.extended_length.is_some() || self.capabilities.is_some_and(|byte| byte & 0x40 == 0)
    }

    /// Whether the card capabilities say that extended Lc and Le are taken.
    pub fn has_extended_length(&self) -> bool {
        self.extended_length.is_some() || self.capabilities.is_some_and(|byte| byte & 0x40 != 0)
    }

    /// Whether the card capabilities say that commands may be chained.
    pub fn has_command_chaining(&self) -> bool {
        self.capabilities.is_some_and(|byte| byte & 0x80 != 0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lds::LdsErrorReason;
    use crate::tlv::TlvErrorKind;
    use hex::decode;
    use proptest::prelude::*;

    #[test]
    fn sizes_and_capabilities() {
        let file = decode("47039401c07f6608020204000202040000000000").unwrap();
        let info = AtrInfo::parse(&file).unwrap();
        assert_eq!(info.extended_length, Some(ExtendedLength { command: 1024, response: 1024 }));
        assert!(info.has_extended_length() && info.has_command_chaining());
        assert_eq!(AtrInfo::parse(&[]), Ok(AtrInfo::default()));
        let torn = AtrInfo::parse(&[0x47, 3, 0x94, 1]).unwrap_err();
        assert_eq!((torn.file, torn.reason), (FileId::AtrInfo, LdsErrorReason::Tlv(TlvErrorKind::Truncated)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = AtrInfo::parse(&bytes);
        }
    }
}
