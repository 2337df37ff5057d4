//! HEIC, as iPhones write photographs: pictures of HEVC (ITU-T H.265) in HEIF (ISO/IEC 23008-12), mostly tiles of a grid.
//!
//! The decoder believes the size in the container; what it reserves goes by the pictures' own. So theirs are looked at before.

use heic_rs::context::Context;
use heic_rs::{DecodeOptions, Error, PixelLayout};

/// The type of a NAL unit that is a sequence parameter set (§7.4.2.2).
const SEQUENCE_PARAMETER_SET: u8 = 33;
/// The bytes of a sequence parameter set in which its size stands: the profiles of seven sub-layers before it take 86.
const SIZE_WITHIN: usize = 128;

/// More NAL units no picture of a camera has: a slice or a few, and what is said beside them.
const MOST_UNITS: u64 = 16;

/// Grey pixels and their width and height.
pub struct Grey {
    /// Row by row.
    pub pixels: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Why there is no picture.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// So many pixels are more than are decoded.
    TooLarge(u64),
    /// HEIF of a kind that is not decoded, as AV1 or sequences.
    Kind,
    /// What is there is no whole picture.
    Torn,
}

/// Decodes the picture of a file, of so many pixels at most.
///
/// # Errors
/// Why there is no picture.
pub fn decode(bytes: &[u8], most_pixels: u64) -> Result<Grey, Refusal> {
    let decoded = qr_search::contained(|| {
        check_size(bytes, most_pixels)?;
        let options = DecodeOptions { max_pixels: Some(most_pixels), ..DecodeOptions::default().with_layout(PixelLayout::Gray8) };
        heic_rs::decode(bytes, &options).map_err(refusal)
    });
    let image = decoded.unwrap_or(Err(Refusal::Torn))?;
    Ok(Grey { pixels: image.data, width: image.width, height: image.height })
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::PixelLimit { pixels, .. } => Refusal::TooLarge(pixels),
        Error::Unsupported(_) => Refusal::Kind,
        _ => Refusal::Torn,
    }
}

/// Adds up the pixels of all pictures that are decoded for one: its own, or the tiles of its grid, each as often as it is laid.
fn check_size(bytes: &[u8], most_pixels: u64) -> Result<(), Refusal> {
    let file = Context::open(bytes).map_err(refusal)?;
    let primary = file.meta.primary;
    let items = file.grid(primary).map_err(refusal)?.map_or_else(|| vec![primary], |(_, tiles)| tiles);
    let mut all: u64 = 0;
    for item in items {
        let properties = file.props(item).map_err(refusal)?;
        let configuration = properties.hvcc.ok_or(Refusal::Kind)?;
        let sets = configuration.parameter_sets();
        let sizes = sets.iter().filter(|set| set.first().is_some_and(|first| first >> 1 & 0x3F == SEQUENCE_PARAMETER_SET));
        let mut largest = 0;
        for set in sizes {
            largest = largest.max(pixels(set).ok_or(Refusal::Torn)?);
        }
        // Each slice is decoded over the whole picture: a file may repeat them without end.
        let units = configuration.split_nals(&file.item_data(item).map_err(refusal)?).map_err(refusal)?.len();
        let slices = u64::try_from(units).unwrap_or(u64::MAX);
        if slices > MOST_UNITS {
            return Err(Refusal::Torn);
        }
        all = all.saturating_add(largest);
        if all > most_pixels {
            return Err(Refusal::TooLarge(all));
        }
    }
    Ok(())
}

/// The pixels of a picture, of the part too that is not shown, by its sequence parameter set (§7.3.2.2.1).
fn pixels(set: &[u8]) -> Option<u64> {
    let mut bits = Bits::new(set.get(2..)?);
    bits.skip(4)?; // sps_video_parameter_set_id
    let sub_layers = bits.take(3)?; // sps_max_sub_layers_minus1
    bits.skip(1 + 88 + 8)?; // sps_temporal_id_nesting_flag; profile_tier_level (§7.3.3): the profile and level of all
    if sub_layers > 0 {
        let mut there = 0;
        for _ in 0..sub_layers {
            there += 88 * usize::try_from(bits.take(1)?).ok()? + 8 * usize::try_from(bits.take(1)?).ok()?;
        }
        let filling = 8_usize.checked_sub(usize::try_from(sub_layers).ok()?)?;
        bits.skip(2 * filling + there)?;
    }
    bits.exp_golomb()?; // sps_seq_parameter_set_id
    if bits.exp_golomb()? == 3 {
        bits.skip(1)?; // separate_colour_plane_flag
    }
    bits.exp_golomb()?.checked_mul(bits.exp_golomb()?)
}

/// The bits of a NAL unit, without the bytes that only keep start codes out of it (§7.3.1.1).
struct Bits {
    bytes: Vec<u8>,
    place: usize,
}

impl Bits {
    fn new(unit: &[u8]) -> Self {
        let mut bytes: Vec<u8> = Vec::with_capacity(SIZE_WITHIN);
        let mut zeros = 0;
        for &byte in unit.iter().take(SIZE_WITHIN) {
            if zeros >= 2 && byte == 3 {
                zeros = 0;
                continue;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            bytes.push(byte);
        }
        Self { bytes, place: 0 }
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.place = self.place.checked_add(count).filter(|place| *place <= self.bytes.len() * 8)?;
        Some(())
    }

    fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.place / 8)?;
            value = value << 1 | u64::from(byte >> (7 - self.place % 8) & 1);
            self.place += 1;
        }
        Some(value)
    }

    /// `ue(v)` (§9.2), of 32 bits at most.
    fn exp_golomb(&mut self) -> Option<u64> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 32 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
