//! JPEG 2000 (ISO 15444-1), within bounds: a few bytes can ask a decoder for any amount of memory.

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};
use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};

use super::{LARGEST_SIDE, MOST_PIXELS};
use crate::error::{Error, Result};

/// Tiles of one image: a face has one.
const MOST_TILES: u64 = 1024;
const MOST_COMPONENTS: u16 = 4;

/// Decodes a code stream or a JP2 file whose stated dimensions are those of a face.
///
/// # Errors
/// That it is no JPEG 2000, or states dimensions that no face has.
pub fn decode(bytes: &[u8]) -> Result<DynamicImage> {
    let unreadable = || Error::card("photo-unreadable");
    check_sizes(bytes).map_err(Error::card)?;
    let image = Image::new(bytes, &DecodeSettings::default()).map_err(|_| unreadable())?;
    let (width, height) = (image.width(), image.height());
    if width > LARGEST_SIDE || height > LARGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Error::card("photo-too-large"));
    }
    let channels = usize::from(image.color_space().num_channels()) + usize::from(image.has_alpha());
    let is_cmyk = matches!(image.color_space(), ColorSpace::CMYK);
    let mut context = DecoderContext::default();
    let pixels = image.decode(&mut context).map_err(|_| unreadable())?.data_u8();
    let decoded = match channels {
        1 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::from),
        3 => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
        4 if !is_cmyk => RgbaImage::from_raw(width, height, pixels).map(|image| DynamicImage::from(image).to_rgb8().into()),
        _ => None,
    };
    decoded.ok_or_else(unreadable)
}

/// Looks at every SIZ marker segment (ISO 15444-1 §A.5.1), since which one a decoder finds first is its own affair.
fn check_sizes(bytes: &[u8]) -> std::result::Result<(), &'static str> {
    const START_AND_SIZ: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
    let mut found = false;
    for (place, window) in bytes.windows(START_AND_SIZ.len()).enumerate() {
        if window != START_AND_SIZ {
            continue;
        }
        found = true;
        let siz = bytes.get(place + START_AND_SIZ.len()..).and_then(Siz::read).ok_or("photo-unreadable")?;
        if !siz.is_a_face() {
            return Err("photo-too-large");
        }
    }
    if found { Ok(()) } else { Err("photo-unreadable") }
}

struct Siz {
    width: u64,
    height: u64,
    tiles: u64,
    components: u16,
}

impl Siz {
    /// `Lsiz Rsiz Xsiz Ysiz XOsiz YOsiz XTsiz YTsiz XTOsiz YTOsiz Csiz`
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.get(4..)?;
        let mut next = || {
            let (value, after) = rest.split_first_chunk::<4>()?;
            rest = after;
            Some(u64::from(u32::from_be_bytes(*value)))
        };
        let [x, y, x_offset, y_offset, tile_x, tile_y, tile_x_offset, tile_y_offset] =
            [next()?, next()?, next()?, next()?, next()?, next()?, next()?, next()?];
        let components = u16::from_be_bytes(*rest.first_chunk()?);
        let across =
            |size: u64, offset: u64, tile: u64| size.checked_sub(offset)?.checked_next_multiple_of(tile)?.checked_div(tile);
        Some(Self {
            width: x.checked_sub(x_offset)?,
            height: y.checked_sub(y_offset)?,
            tiles: across(x, tile_x_offset, tile_x)?.checked_mul(across(y, tile_y_offset, tile_y)?)?,
            components,
        })
    }

    fn is_a_face(&self) -> bool {
        let largest = u64::from(LARGEST_SIDE);
        (1..=largest).contains(&self.width)
            && (1..=largest).contains(&self.height)
            && self.width * self.height <= MOST_PIXELS
            && self.tiles <= MOST_TILES
            && (1..=MOST_COMPONENTS).contains(&self.components)
    }
}
