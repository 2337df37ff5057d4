//! What an image's first bytes say, without decoding it.

/// The format of an image, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG (ISO/IEC 10918-1): `FFD8FF`.
    Jpeg,
    /// JPEG 2000 in its file format (ISO/IEC 15444-1 annex I): `0000000C6A5020`.
    Jp2,
    /// JPEG 2000 as a bare code stream: `FF4FFF51`.
    Jpeg2000CodeStream,
}

/// The measures of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Components a pixel: 1 grey, 3 colour.
    pub components: u16,
}

impl ImageFormat {
    /// The format of an image, if its first bytes are known.
    pub fn of(image: &[u8]) -> Option<Self> {
        match image {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0, 0, 0, 0x0C, b'j', b'P', b' ', ..] => Some(Self::Jp2),
            [0xFF, 0x4F, 0xFF, 0x51, ..] => Some(Self::Jpeg2000CodeStream),
            _ => None,
        }
    }

    /// The measures by the header of the image: of its frame (JPEG) or its code stream (JPEG 2000), since these are what a decoder
    /// allocates by. `None` where the header is torn or absurd.
    pub fn size(self, image: &[u8]) -> Option<ImageSize> {
        match self {
            Self::Jpeg => jpeg_size(image),
            Self::Jp2 => code_stream(image).and_then(code_stream_size),
            Self::Jpeg2000CodeStream => code_stream_size(image),
        }
    }
}

/// Segments up to the start of frame: `FF`, marker, length (2) with itself, data.
fn jpeg_size(image: &[u8]) -> Option<ImageSize> {
    let mut rest = image.get(2..)?;
    loop {
        let marker = match rest {
            [0xFF, 0xFF, ..] => {
                rest = rest.get(1..)?;
                continue;
            }
            [0xFF, marker, ..] => *marker,
            _ => return None,
        };
        rest = rest.get(2..)?;
        // Markers without data: TEM and restarts.
        if matches!(marker, 0x01 | 0xD0..=0xD7) {
            continue;
        }
        let len = usize::from(u16_at(rest, 0)?);
        match marker {
            // SOF0 to SOF15 without DHT, JPG and DAC, which stand between them.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                return Some(ImageSize {
                    height: u32::from(u16_at(rest, 3)?),
                    width: u32::from(u16_at(rest, 5)?),
                    components: u16::from(*rest.get(7)?),
                });
            }
            // The scan or the end before any frame.
            0xDA | 0xD9 => return None,
            _ => rest = rest.get(len.max(2)..)?,
        }
    }
}

/// The code stream of a JP2 file: the contents of the box `jp2c`. A box: length (4), type (4), and where the length is 1 its real length (8);
/// length 0 reaches to the end.
fn code_stream(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file;
    loop {
        let (header, len) = match u32_at(rest, 0)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(*rest.get(8..)?.first_chunk()?)).ok()?),
            len => (8, usize::try_from(len).ok()?),
        };
        if rest.get(4..8)? == b"jp2c" {
            return rest.get(header..);
        }
        rest = rest.get(len.max(header)..)?;
    }
}

/// SIZ: `FF4F FF51`, length (2), capabilities (2), Xsiz, Ysiz, XOsiz, YOsiz (4 each), tile size and offset (16), components (2).
fn code_stream_size(stream: &[u8]) -> Option<ImageSize> {
    if ImageFormat::of(stream) != Some(ImageFormat::Jpeg2000CodeStream) {
        return None;
    }
    Some(ImageSize {
        width: u32_at(stream, 8)?.checked_sub(u32_at(stream, 16)?)?,
        height: u32_at(stream, 12)?.checked_sub(u32_at(stream, 20)?)?,
        components: u16_at(stream, 40)?,
    })
}

fn u16_at(bytes: &[u8], position: usize) -> Option<u16> {
    bytes.get(position..)?.first_chunk().map(|octets| u16::from_be_bytes(*octets))
}

fn u32_at(bytes: &[u8], position: usize) -> Option<u32> {
    bytes.get(position..)?.first_chunk().map(|octets| u32::from_be_bytes(*octets))
}
