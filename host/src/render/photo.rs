//! The face of a verified card as an image file: JPEG as the card holds it, JPEG 2000 decoded, each as JPEG or PNG by the file's ending.

mod jpeg2000;

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use qr_search::Picture;

use crate::error::{Error, Result};
use crate::safe_file;

/// No face on a card is as wide or high (ICAO 9303-9 asks for some 500 × 650 at most).
const LARGEST_SIDE: u32 = 4096;
/// Pixels of the largest image that is decoded.
const MOST_PIXELS: u64 = 8_000_000;

/// Which kind of file a path asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `.jpg`, `.jpeg`
    Jpeg,
    /// `.png`
    Png,
}

impl Kind {
    /// The kind by the file's ending.
    ///
    /// # Errors
    /// That it is neither.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        match ending.as_deref() {
            Some("jpg" | "jpeg") => Ok(Self::Jpeg),
            Some("png") => Ok(Self::Png),
            _ => Err(Error::usage("photo-ending").with("path", path.display().to_string())),
        }
    }
}

/// Writes the image of a verified DG2.
///
/// # Errors
/// That it is no image this program knows or wants to decode, or that the file cannot be written.
pub fn write(path: &Path, image: &[u8]) -> Result<()> {
    let content = convert(image, Kind::of(path)?)?;
    safe_file::create(path, &content).map_err(|cause| Error::not_created(path, &cause))
}

/// The pixels of a verified DG2's image, within bounds.
///
/// # Errors
/// That it is no image this program knows or wants to decode.
pub fn decode(image: &[u8]) -> Result<DynamicImage> {
    if image.starts_with(&[0xFF, 0xD8, 0xFF]) { decode_jpeg(image) } else { jpeg2000::decode(image) }
}

/// A verified face in grey, its longer side at most so many pixels. `None` where it is no image that this program decodes.
pub fn small(image: &[u8], side: u32) -> Option<Picture<'static>> {
    let grey = decode(image).ok()?.thumbnail(side, side).into_luma8();
    let (width, height) = (usize::try_from(grey.width()).ok()?, usize::try_from(grey.height()).ok()?);
    Picture::new(grey.into_raw(), width, height)
}

fn convert(image: &[u8], kind: Kind) -> Result<Vec<u8>> {
    let is_jpeg = image.starts_with(&[0xFF, 0xD8, 0xFF]);
    let decoded = match kind {
        Kind::Jpeg if is_jpeg => return Ok(image.to_vec()),
        Kind::Png if is_jpeg => decode_jpeg(image)?,
        _ => jpeg2000::decode(image)?,
    };
    let mut content = Cursor::new(Vec::new());
    let format = match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
    };
    decoded.write_to(&mut content, format).map_err(|_| Error::card("photo-unreadable"))?;
    Ok(content.into_inner())
}

fn decode_jpeg(image: &[u8]) -> Result<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(image), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(MOST_PIXELS * 4);
    reader.limits(limits);
    reader.decode().map_err(|_| Error::card("photo-unreadable"))
}

#[cfg(test)]
mod tests;
