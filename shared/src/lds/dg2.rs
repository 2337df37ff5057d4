//! EF.DG2: the face (ICAO 9303-10 §4.7.2), as ISO/IEC 19794-5 or ISO/IEC 39794-5 records in CBEFF templates.
//!
//! The lengths inside the records of some states are off by a few bytes, or padding follows the image (`quirks.md` 20): the elements of
//! the file decide where a record ends, and the image is found by its first bytes.

pub mod conformity;
mod face_record;
mod image;

use alloc::vec::Vec;

use super::{LdsError, in_file, outermost};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::{Element, Rules, Tag, TlvError};

pub use image::{ImageFormat, ImageSize};

const GROUP_TEMPLATE: Tag = Tag(0x7F61);
const TEMPLATE: Tag = Tag(0x7F60);
const HEADER: Tag = Tag(0xA1);
const DATA_BLOCK: Tag = Tag(0x5F2E);
const DATA_BLOCK_CONSTRUCTED: Tag = Tag(0x7F2E);

/// The faces in EF.DG2, borrowed from it; mostly one. Shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg2<'a> {
    /// The faces in order. Empty where the file has no template or no image in one (children's cards).
    pub faces: Vec<Face<'a>>,
}

opaque_debug!(Dg2<'_>);

/// One image of the face. Shows nothing in `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Face<'a> {
    /// Which standard the record obeys.
    pub encoding: RecordEncoding,
    /// The image's own format, by its first bytes.
    pub format: ImageFormat,
    /// The image.
    pub image: &'a [u8],
}

opaque_debug!(Face<'_>);

/// The standard of a face record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordEncoding {
    /// ISO/IEC 19794-5:2005, binary records.
    Iso19794,
    /// ISO/IEC 39794-5:2019, ASN.1.
    Iso39794,
}

impl Face<'_> {
    /// Width, height and components by the image's own header: what a decoder would allocate for. `None` where the header is torn.
    pub fn size(&self) -> Option<ImageSize> {
        self.format.size(self.image)
    }
}

impl<'a> Dg2<'a> {
    /// Reads EF.DG2.
    ///
    /// # Errors
    /// Where its elements are torn, or a record that is there has no image.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, LdsError> {
        Self::read(bytes).map_err(in_file(FileId::DataGroup(DataGroup::DG2)))
    }

    fn read(bytes: &'a [u8]) -> Result<Self, TlvError> {
        let mut faces = Vec::new();
        for group in outermost(bytes, DataGroup::DG2.tag())?.children()? {
            let group = group?;
            if group.tag != GROUP_TEMPLATE {
                continue;
            }
            // Their number stands before the templates; the templates themselves decide.
            for template in group.children()? {
                let template = template?;
                if template.tag == TEMPLATE {
                    read_template(&template, &mut faces)?;
                }
            }
        }
        Ok(Self { faces })
    }
}

fn read_template<'a>(template: &Element<'a>, faces: &mut Vec<Face<'a>>) -> Result<(), TlvError> {
    for element in template.children()? {
        let element = element?;
        match element.tag {
            HEADER => {}
            DATA_BLOCK if element.value.starts_with(face_record::MAGIC) => {
                let before = faces.len();
                faces.extend(face_record::faces(element.value));
                if faces.len() == before && face_record::count(element.value) != Some(0) {
                    return Err(element.invalid("there is no image in the face record"));
                }
            }
            DATA_BLOCK | DATA_BLOCK_CONSTRUCTED => {
                let before = faces.len();
                find_images(&element, faces)?;
                if faces.len() == before {
                    return Err(element.invalid("there is no image in the face record"));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The images of an ISO/IEC 39794-5 block: those primitive elements that begin as an image does, wherever the issuer's profile has put
/// them (representationBlocks → imageRepresentation → base → representationData2D).
fn find_images<'a>(element: &Element<'a>, faces: &mut Vec<Face<'a>>) -> Result<(), TlvError> {
    for inside in element.inner(Rules::Ber)? {
        let inside = inside?;
        if inside.tag.is_constructed() {
            find_images(&inside, faces)?;
        } else if let Some(format) = ImageFormat::of(inside.value) {
            faces.push(Face { encoding: RecordEncoding::Iso39794, format, image: inside.value });
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
