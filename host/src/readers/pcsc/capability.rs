//! What a reader can carry: PC/SC part 10 §2.6.14, FEATURE_GET_TLV_PROPERTIES, property dwMaxAPDUDataSize.

/// Control code that asks which features a reader has (PC/SC part 10 §2.2).
const GET_FEATURE_REQUEST: u32 = 3400;
const FEATURE_GET_TLV_PROPERTIES: u8 = 0x12;
const PROPERTY_MAX_APDU_DATA_SIZE: u8 = 0x0A;

/// Which APDUs a reader passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApduSupport {
    /// Up to 256 bytes of data.
    Short,
    /// More than that.
    Extended,
    /// The driver does not say.
    Unknown,
}

impl ApduSupport {
    /// Asks the driver of the reader on which this card lies.
    pub fn of(card: &pcsc::Card) -> Self {
        Self::ask(card).unwrap_or(Self::Unknown)
    }

    fn ask(card: &pcsc::Card) -> Option<Self> {
        let mut buffer = [0; 512];
        let features = card.control(pcsc::ctl_code(GET_FEATURE_REQUEST.into()), &[], &mut buffer).ok()?;
        let code = <[u8; 4]>::try_from(property(features, FEATURE_GET_TLV_PROPERTIES)?).ok()?;
        let mut buffer = [0; 512];
        let properties = card.control(u32::from_be_bytes(code).into(), &[], &mut buffer).ok()?;
        let size = <[u8; 4]>::try_from(property(properties, PROPERTY_MAX_APDU_DATA_SIZE)?).ok()?;
        Some(if u32::from_le_bytes(size) > 256 { Self::Extended } else { Self::Short })
    }
}

/// The value of a property in a list of tag, length, value with one byte each for tag and length.
fn property(mut list: &[u8], wanted: u8) -> Option<&[u8]> {
    while let [tag, length, rest @ ..] = list {
        let (value, after) = rest.split_at_checked(usize::from(*length))?;
        if *tag == wanted {
            return Some(value);
        }
        list = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_found_and_torn_lists_are_not_read_past_their_end() {
        let list = [0x06, 4, 0x42, 0, 0x0D, 0x48, 0x12, 4, 0x42, 0, 0x0D, 0x49];
        assert_eq!(property(&list, 0x12), Some(&[0x42, 0, 0x0D, 0x49][..]));
        assert_eq!(property(&list, 0x0A), None);
        assert_eq!(property(&[0x0A, 4, 0, 1], 0x0A), None);
        assert_eq!(property(&[0x0A], 0x0A), None);
    }
}
