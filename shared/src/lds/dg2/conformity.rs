//! Whether EF.DG2 is built as the standards say, field by field. Reading does without: see [`super::Dg2::parse`].
//!
//! Biometric templates by ICAO 9303-10 §4.7.2 (table 45 and following), records by ISO/IEC 19794-5:2005 §5. The ranges are those of its
//! tables: gender, colours of eyes and hair, pose angles (an angle of two degrees a step, from 1 to 181), kinds of image.

use super::{DATA_BLOCK, DATA_BLOCK_CONSTRUCTED, GROUP_TEMPLATE, HEADER, ImageFormat, TEMPLATE, face_record, outermost};
use crate::dossier::DataGroup;
use crate::tlv::asn1::INTEGER;
use crate::tlv::{Element, Tag, TlvError};

const BIOMETRIC_TYPE: Tag = Tag(0x81);
const FORMAT_OWNER: Tag = Tag(0x87);
const FORMAT_TYPE: Tag = Tag(0x88);
/// Facial features, in the numbers of ISO/IEC 7816-11.
const FACIAL_FEATURES: u8 = 0x02;
/// ISO/IEC JTC 1/SC 37
const OWNER: &[u8] = &[0x01, 0x01];
/// Face images by ISO/IEC 19794-5.
const FACE_IMAGE: &[u8] = &[0x00, 0x08];
const RECORD_VERSION: &[u8] = b"010\0";
const LARGEST_ANGLE: u8 = 181;

/// Whether the file is built as it should be. A file without a template, as on children's cards, is.
pub fn conforms(bytes: &[u8]) -> bool {
    file(bytes).unwrap_or(false)
}

fn file(bytes: &[u8]) -> Result<bool, TlvError> {
    for group in outermost(bytes, DataGroup::DG2.tag())?.children()? {
        if !group_template(&group?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `7F61 { 02 number of instances, 7F60 … }`
fn group_template(group: &Element<'_>) -> Result<bool, TlvError> {
    if group.tag != GROUP_TEMPLATE {
        return Ok(false);
    }
    let mut objects = group.children()?;
    let Some(stated) = objects.optional(INTEGER)? else { return Ok(false) };
    let mut found = 0_usize;
    for instance in objects {
        let instance = instance?;
        if instance.tag == TEMPLATE {
            found += 1;
            if !template(&instance)? {
                return Ok(false);
            }
        }
    }
    Ok(matches!(*stated.value, [number] if usize::from(number) == found))
}

/// `7F60 { A1 header, 5F2E or 7F2E biometric data }`
fn template(instance: &Element<'_>) -> Result<bool, TlvError> {
    let (mut has_header, mut has_data) = (false, false);
    for object in instance.children()? {
        let object = object?;
        match object.tag {
            HEADER => has_header = header(&object)?,
            DATA_BLOCK => has_data = record(object.value).unwrap_or(false),
            // ISO/IEC 39794-5: its ASN.1 is looked at where the image is taken out.
            DATA_BLOCK_CONSTRUCTED => has_data = true,
            _ => {}
        }
    }
    Ok(has_header && has_data)
}

fn header(header: &Element<'_>) -> Result<bool, TlvError> {
    let (mut has_owner, mut has_format) = (false, false);
    for object in header.children()? {
        let object = object?;
        match object.tag {
            // One to three bytes, as the older form has it.
            BIOMETRIC_TYPE => match object.value {
                [zeros @ .., FACIAL_FEATURES] if zeros.len() <= 2 && zeros.iter().all(|octet| *octet == 0) => {}
                _ => return Ok(false),
            },
            FORMAT_OWNER => has_owner = object.value == OWNER,
            FORMAT_TYPE => has_format = object.value == FACE_IMAGE,
            _ => {}
        }
    }
    Ok(has_owner && has_format)
}

/// The facial record: `None` where it is cut short.
fn record(record: &[u8]) -> Option<bool> {
    let (identifier, rest) = record.split_first_chunk::<4>()?;
    let (version, rest) = rest.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (faces, mut rest) = rest.split_first_chunk::<2>()?;
    let is_whole = usize::try_from(u32::from_be_bytes(*length)).ok() == Some(record.len());
    if identifier != face_record::MAGIC || version != RECORD_VERSION || !is_whole {
        return Some(false);
    }
    let faces = u16::from_be_bytes(*faces);
    for _ in 0..faces {
        let length = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        let (data, after) = rest.split_at_checked(length)?;
        if !face(data)? {
            return Some(false);
        }
        rest = after;
    }
    Some(faces > 0 && rest.is_empty())
}

/// Facial information, feature points, image information, image.
fn face(data: &[u8]) -> Option<bool> {
    let (information, rest) = data.split_first_chunk::<20>()?;
    let [_, _, _, _, points @ .., _, _, _, _, _, _] = information;
    let [high, low, gender, eyes, hair, ..] = points;
    let [.., yaw, pitch, roll, yaw_off, pitch_off, roll_off] = information;
    let points = usize::from(u16::from_be_bytes([*high, *low]));
    let (_, rest) = rest.split_at_checked(points.checked_mul(8)?)?;
    let ([image_type, data_type, ..], image) = rest.split_first_chunk::<12>()?;
    let is_format = match ImageFormat::of(image)? {
        ImageFormat::Jpeg => *data_type == 0,
        ImageFormat::Jp2 | ImageFormat::Jpeg2000CodeStream => *data_type == 1,
    };
    Some(
        matches!(gender, 0..=2 | 0xFF)
            && matches!(eyes, 0..=7 | 0xFF)
            && matches!(hair, 0..=7 | 0xFF)
            && [yaw, pitch, roll, yaw_off, pitch_off, roll_off].into_iter().all(|angle| *angle <= LARGEST_ANGLE)
            // Basic, full frontal, token.
            && matches!(image_type, 0..=2)
            && is_format,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::build::tlv;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// One face of a few bytes, every field at its default but those that a test changes by their place in the record.
    fn with(changes: &[(usize, u8)]) -> Vec<u8> {
        let image = [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xD9];
        let length = 20 + 12 + image.len();
        let size = |length: usize| u32::try_from(length).unwrap_or_default().to_be_bytes();
        let mut record =
            [b"FAC\x00010\x00".as_slice(), &size(14 + length), &[0, 1], &size(length), &[0; 16], &[1, 0], &[0; 10]].concat();
        record.extend(image);
        for (place, octet) in changes {
            if let Some(found) = record.get_mut(*place) {
                *found = *octet;
            }
        }
        let header = tlv(0xA1, &[&tlv(0x81, &[&[2]]), &tlv(0x87, &[OWNER]), &tlv(0x88, &[FACE_IMAGE])]);
        let instance = tlv(0x7F60, &[&header, &tlv(0x5F2E, &[&record])]);
        tlv(0x75, &[&tlv(0x7F61, &[&[2, 1, 1], &instance])])
    }

    #[test]
    fn each_field_has_its_range() {
        assert!(conforms(&with(&[])));
        // Gender, eyes, hair, the six angles, type of the face image.
        for (place, last) in
            [(20, 2), (21, 7), (22, 7), (28, 181), (29, 181), (30, 181), (31, 181), (32, 181), (33, 181), (34, 2)]
        {
            assert!(conforms(&with(&[(place, last)])), "{place}");
            assert!(!conforms(&with(&[(place, last + 1)])), "{place}");
        }
        assert!(conforms(&with(&[(20, 0xFF), (21, 0xFF), (22, 0xFF)])));
        // Identifier, version, length, number of faces, feature points, type of the image data.
        for change in [(0, b'G'), (4, b'9'), (11, 0xFF), (13, 0), (13, 2), (19, 1), (35, 1)] {
            assert!(!conforms(&with(&[change])), "{change:?}");
        }
    }

    #[test]
    fn a_file_without_a_template_is_a_childs() {
        assert!(conforms(&[0x75, 0]));
        assert!(!conforms(&[0x76, 0]));
    }

    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = with(&[]);
            let at = at.index(bytes.len());
            if let Some(octet) = bytes.get_mut(at) {
                *octet = to;
            }
            let _ = conforms(&bytes);
        }
    }
}
