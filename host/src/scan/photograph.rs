//! Photographs and screenshots of cards: JPEG, PNG and, with the feature `heic`, HEIC; bounded before they are decoded.

#[cfg(feature = "heic")]
mod heic;

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use qr_search::{Effort, Picture};

use super::{Content, Scan};
use crate::error::{Error, Result};

/// Largest picture, in pixels: the cameras of phones make 12 to 50 million.
const MOST_PIXELS: u64 = 64_000_000;

/// Largest file in bytes.
pub const LONGEST_FILE: u64 = 64 << 20;

/// What a decoder may reserve, in bytes: four a pixel and some more.
const MOST_MEMORY: u64 = 5 * MOST_PIXELS;

/// Whether bytes are a picture of any kind, so that they are no text.
pub fn is_picture(bytes: &[u8]) -> bool {
    is_heic(bytes) || image::guess_format(bytes).is_ok()
}

/// The codes in a picture.
///
/// # Errors
/// That it is no picture, too large, torn, or without a code.
pub fn scan(bytes: &[u8], source: &str) -> Result<Scan> {
    let picture = decode(bytes, source)?;
    let found = qr_search::search(&picture, Effort::Photograph);
    if found.is_empty() {
        let id = if is_torn(bytes) { "qr-photo-torn" } else { "qr-none" };
        return Err(Error::usage(id).with("path", source));
    }
    let contents: Vec<Content> = found.into_iter().map(|code| code.content).collect();
    Ok(Scan { source: source.to_owned(), contents })
}

/// The picture in grey.
///
/// # Errors
/// That it is no picture, too large or torn.
pub fn decode(bytes: &[u8], source: &str) -> Result<Picture<'static>> {
    let error = |id| Error::usage(id).with("path", source);
    if is_heic(bytes) {
        return decode_heic(bytes, source);
    }
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png)) => format,
        _ => return Err(error("qr-not-a-picture")),
    };
    let reader = || ImageReader::with_format(Cursor::new(bytes), format);
    let (width, height) = reader().into_dimensions().map_err(|_| error("qr-photo-torn"))?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS {
        return Err(too_large(pixels, source));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = reader();
    reader.limits(limits);
    let decoded = qr_search::contained(|| reader.decode().ok().map(DynamicImage::into_luma8)).flatten();
    picture(decoded.ok_or_else(|| error("qr-photo-torn"))?.into_raw(), width, height, source)
}

/// HEIC, where this program was built with a decoder.
#[cfg(feature = "heic")]
fn decode_heic(bytes: &[u8], source: &str) -> Result<Picture<'static>> {
    match heic::decode(bytes, MOST_PIXELS) {
        Ok(grey) => picture(grey.pixels, grey.width, grey.height, source),
        Err(heic::Refusal::TooLarge(pixels)) => Err(too_large(pixels, source)),
        Err(heic::Refusal::Kind) => Err(Error::usage("qr-heif-kind").with("path", source)),
        Err(heic::Refusal::Torn) => Err(Error::usage("qr-photo-torn").with("path", source)),
    }
}

#[cfg(not(feature = "heic"))]
fn decode_heic(_: &[u8], source: &str) -> Result<Picture<'static>> {
    Err(Error::usage("qr-heic").with("path", source))
}

fn too_large(pixels: u64, source: &str) -> Error {
    let millions = |pixels: u64| pixels / 1_000_000;
    Error::usage("qr-photo-too-large").with("path", source).with("pixels", millions(pixels)).with("most", millions(MOST_PIXELS))
}

fn picture(luma: Vec<u8>, width: u32, height: u32, source: &str) -> Result<Picture<'static>> {
    let side = |pixels: u32| usize::try_from(pixels).unwrap_or(usize::MAX);
    Picture::new(luma, side(width), side(height)).ok_or_else(|| Error::usage("qr-photo-torn").with("path", source))
}

/// HEIF as phones write it: `ftyp` and a brand of HEVC or AV1 (ISO 23008-12 §10).
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 9] = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

/// Whether the end of a picture is missing: decoders fill it up with grey. The last scan of a JPEG has an end behind it, for its data have
/// no such marker (ISO 10918-1 §B.1.1.5); a PNG ends with IEND.
fn is_torn(bytes: &[u8]) -> bool {
    let last = |marker: &[u8]| bytes.windows(marker.len()).rposition(|window| window == marker);
    if bytes.starts_with(&[0xFF, 0xD8]) { last(&[0xFF, 0xD9]) < last(&[0xFF, 0xDA]) } else { last(b"IEND").is_none() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma};

    const TEXT: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021";

    fn code(text: &str, module: u32) -> GrayImage {
        let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).unwrap();
        let side = u32::try_from(code.size()).unwrap() + 8;
        GrayImage::from_fn(side * module, side * module, |x, y| {
            let at = |place: u32| i32::try_from(place / module).unwrap() - 4;
            Luma([if code.get_module(at(x), at(y)) { 20 } else { 230 }])
        })
    }

    fn file(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn refused(bytes: &[u8]) -> &'static str {
        scan(bytes, "x").err().unwrap().id()
    }

    #[test]
    fn jpeg_and_png_are_read() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let scan = scan(&file(&code(TEXT, 4), format), "x").unwrap();
            assert_eq!(scan.contents.len(), 1);
            assert_eq!(scan.contents[0].as_slice(), TEXT.as_bytes());
        }
    }

    #[test]
    fn two_people_in_one_picture() {
        let (one, other) = (code(TEXT, 4), code(&TEXT.replace("001199000001", "079099000002"), 4));
        let mut both = GrayImage::from_pixel(one.width() * 2 + 40, one.height() + 40, Luma([200]));
        image::imageops::replace(&mut both, &one, 10, 20);
        image::imageops::replace(&mut both, &other, i64::from(one.width()) + 30, 20);
        let found = scan(&file(&both, ImageFormat::Png), "x").unwrap();
        assert_eq!(found.contents.len(), 2);
        assert_eq!(found.check_one_person().unwrap_err().id(), "qr-several-people");
    }

    #[test]
    fn a_torn_photograph_is_told_from_one_without_a_code() {
        let whole = file(&code(TEXT, 6), ImageFormat::Jpeg);
        assert_eq!(refused(&whole[..whole.len() / 2]), "qr-photo-torn");
        assert_eq!(refused(&whole[..20]), "qr-photo-torn");
        let png = file(&code(TEXT, 6), ImageFormat::Png);
        assert_eq!(refused(&png[..png.len() / 2]), "qr-photo-torn");
        let empty = GrayImage::from_pixel(300, 200, Luma([128]));
        assert_eq!(refused(&file(&empty, ImageFormat::Jpeg)), "qr-none");
        assert_eq!(refused(&file(&empty, ImageFormat::Png)), "qr-none");
    }

    #[test]
    fn other_files_are_named() {
        let heic = refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
        assert_eq!(heic, if cfg!(feature = "heic") { "qr-photo-torn" } else { "qr-heic" });
        assert_eq!(refused(b"RIFF\0\0\0\0WEBPVP8 "), "qr-not-a-picture");
        assert_eq!(refused(b"%PDF-1.7"), "qr-not-a-picture");
        assert_eq!(refused(b""), "qr-not-a-picture");
        assert!(is_picture(b"\0\0\0\x18ftypheic") && is_picture(b"\xFF\xD8\xFF\xE0") && !is_picture(TEXT.as_bytes()));
    }

    /// The header of a PNG of 60,000 × 60,000 pixels: refused before anything is reserved.
    #[test]
    fn a_picture_that_asks_for_too_much_is_refused() {
        let mut png = file(&GrayImage::new(1, 1), ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let sum = crc(&png[12..29]);
        png[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(refused(&png), "qr-photo-too-large");
    }

    /// CRC-32 of PNG (ISO 15948 annex D).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ crc >> 1 } else { crc >> 1 })
        })
    }
}
