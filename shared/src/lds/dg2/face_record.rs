//! ISO/IEC 19794-5:2005 face records.
//!
//! Header of 14 bytes: `FAC\0`, `010\0`, length of the record (4), number of faces (2). Each face: information block of 20 bytes (length
//! of the face's data (4), number of feature points (2), …), feature points of 8 bytes, image information of 12 bytes, image.

use super::{Face, ImageFormat, RecordEncoding};

pub(super) const MAGIC: &[u8] = b"FAC\0";
const HEADER_LEN: usize = 14;
const INFORMATION_LEN: usize = 20;
const FEATURE_POINT_LEN: usize = 8;
const IMAGE_INFORMATION_LEN: usize = 12;
/// Both JPEG and JPEG 2000 code streams end so.
const END_OF_IMAGE: &[u8] = &[0xFF, 0xD9];

/// How many faces the record says that it has.
pub(super) fn count(record: &[u8]) -> Option<u16> {
    record.get(12..HEADER_LEN)?.first_chunk().map(|octets| u16::from_be_bytes(*octets))
}

/// The faces of a record, as far as an image is found in each.
pub(super) fn faces(record: &[u8]) -> impl Iterator<Item = Face<'_>> {
    let mut rest = record.get(HEADER_LEN..).unwrap_or_default();
    let mut left = count(record).unwrap_or_default();
    core::iter::from_fn(move || {
        left = left.checked_sub(1)?;
        let declared = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
        // The last face ends where the record ends, whatever its length says; the others must be cut apart by it.
        let data = if left == 0 { rest } else { rest.get(..declared)? };
        rest = rest.get(data.len()..).unwrap_or_default();
        let (format, image) = find_image(data)?;
        let start = data.len() - image.len();
        let image = trim(image, declared.saturating_sub(start));
        Some(Face { encoding: RecordEncoding::Iso19794, format, image })
    })
}

/// The image of a face's data: where it should begin, or else at the first place that looks like the beginning of one.
fn find_image(data: &[u8]) -> Option<(ImageFormat, &[u8])> {
    let points = usize::from(u16::from_be_bytes(*data.get(4..)?.first_chunk()?));
    let regular = data.get(INFORMATION_LEN + points * FEATURE_POINT_LEN + IMAGE_INFORMATION_LEN..);
    if let Some((image, format)) = regular.and_then(|image| Some((image, ImageFormat::of(image)?))) {
        return Some((format, image));
    }
    (INFORMATION_LEN..data.len()).filter_map(|start| data.get(start..)).find_map(|image| Some((ImageFormat::of(image)?, image)))
}

/// Cuts what follows the image: at its declared length if an image ends there, else after the last end-of-image mark that only zeros
/// follow; where there is none, nothing is cut.
fn trim(image: &[u8], declared: usize) -> &[u8] {
    if let Some(exact) = image.get(..declared).filter(|exact| exact.ends_with(END_OF_IMAGE)) {
        return exact;
    }
    let padding = image.iter().rev().take_while(|&&byte| byte == 0).count();
    image.get(..image.len() - padding).filter(|trimmed| trimmed.ends_with(END_OF_IMAGE)).unwrap_or(image)
}
