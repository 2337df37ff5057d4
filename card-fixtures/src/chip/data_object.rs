//! BER-TLV data objects as the chip reads and writes them (ISO 7816-4 §5.2.2): definite, shortest lengths, tags of one or two bytes.

/// Writes one data object.
pub(super) fn encode(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut out = match tag.to_be_bytes() {
        [0, low] => vec![low],
        bytes => bytes.to_vec(),
    };
    let length = value.len().to_be_bytes();
    let significant: Vec<u8> = length.iter().copied().skip_while(|byte| *byte == 0).collect();
    match significant.as_slice() {
        [] => out.push(0),
        [short @ ..=0x7F] => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).expect("a length has at most 8 bytes"));
            out.extend(long);
        }
    }
    out.extend(value);
    out
}

/// Splits one data object off the front: tag, value, rest. None where it is cut short or not in the shortest form.
pub(crate) fn split(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    let mut tag = u16::from(*first);
    if first & 0x1F == 0x1F {
        let (second, after) = rest.split_first()?;
        if second & 0x80 != 0 {
            return None;
        }
        tag = tag << 8 | u16::from(*second);
        rest = after;
    }
    let (length, rest) = match rest {
        [short @ ..=0x7F, rest @ ..] => (usize::from(*short), rest),
        [0x81, length @ 0x80..=0xFF, rest @ ..] => (usize::from(*length), rest),
        [0x82, high @ 1..=0xFF, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// All data objects of a template, in their order.
pub(crate) fn split_all(mut bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut objects = Vec::new();
    while !bytes.is_empty() {
        let (tag, value, rest) = split(bytes)?;
        objects.push((tag, value));
        bytes = rest;
    }
    Some(objects)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 65_535] {
            let value = vec![0xAB; length];
            for tag in [0x7C, 0x7F49] {
                let encoded = encode(tag, &value);
                assert_eq!(split(&encoded), Some((tag, value.as_slice(), [].as_slice())));
            }
        }
    }

    #[test]
    fn longer_forms_and_cut_objects_are_refused() {
        for hex in ["87", "8702AA", "87810101", "8782007F", "8780", "7F", "7F8101", "8783000001AA"] {
            assert_eq!(split(&hex::decode(hex).unwrap()), None, "{hex}");
        }
    }
}
