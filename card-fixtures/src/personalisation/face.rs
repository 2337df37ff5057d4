//! A face image in the biometric format of DG2: ISO/IEC 19794-5:2005 inside the templates of ICAO 9303-10 §4.7.2.
//!
//! The faces are drawn by a program for this project: they show nobody.

use crate::der::{constructed, tlv};

/// The face of a woman, JPEG, 240 × 320.
pub const WOMAN_JPEG: Image = Image { kind: ImageKind::Jpeg, bytes: include_bytes!("images/nguyen-thi-mau.jpg") };
/// The same in JPEG 2000, in its file format.
pub const WOMAN_JPEG_2000: Image = Image { kind: ImageKind::Jpeg2000, bytes: include_bytes!("images/nguyen-thi-mau.jp2") };
/// The same as a bare JPEG 2000 code stream.
pub const WOMAN_CODE_STREAM: Image = Image { kind: ImageKind::Jpeg2000, bytes: include_bytes!("images/nguyen-thi-mau.j2k") };
/// The face of a man, JPEG, 240 × 320.
pub const MAN_JPEG: Image = Image { kind: ImageKind::Jpeg, bytes: include_bytes!("images/tran-van-mau.jpg") };
/// A signature, JPEG, 200 × 60.
pub const SIGNATURE_JPEG: &[u8] = include_bytes!("images/signature.jpg");

const WIDTH: u16 = 240;
const HEIGHT: u16 = 320;

/// Coding of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// JPEG, image data type 0
    Jpeg,
    /// JPEG 2000, image data type 1
    Jpeg2000,
}

/// An image.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// Its coding
    pub kind: ImageKind,
    /// Its bytes
    pub bytes: &'static [u8],
}

/// DG2 with one face.
pub fn dg2(kind: ImageKind, image: &[u8]) -> Vec<u8> {
    let header = constructed(
        0xA1,
        &[
            tlv(0x80, &[0x01, 0x01]), // ICAO header version 1.1
            tlv(0x81, &[0x02]),       // facial features
            tlv(0x82, &[0x00]),       // no subtype
            tlv(0x87, &[0x01, 0x01]), // format owner: ISO/IEC JTC 1/SC 37
            tlv(0x88, &[0x00, 0x08]), // format type: face image
        ],
    );
    let instance = constructed(0x7F60, &[header, tlv(0x5F2E, &facial_record(kind, image))]);
    constructed(0x75, &[constructed(0x7F61, &[tlv(0x02, &[1]), instance])])
}

/// Facial record header, one facial information block, no feature points, one image (ISO/IEC 19794-5 §5).
fn facial_record(kind: ImageKind, image: &[u8]) -> Vec<u8> {
    let mut face = vec![0, 0]; // no feature points
    face.extend([0, 0, 0]); // gender, eye and hair colour: unspecified
    face.extend([0; 3]); // no properties
    face.extend([0; 2]); // expression unspecified
    face.extend([0; 6]); // pose and its uncertainty unspecified
    face.extend([1, if kind == ImageKind::Jpeg { 0 } else { 1 }]); // full frontal
    face.extend(WIDTH.to_be_bytes());
    face.extend(HEIGHT.to_be_bytes());
    face.extend([1, 2]); // sRGB24, still photograph from a digital camera
    face.extend([0; 4]); // device and quality unspecified
    face.extend(image);

    let block_len = length_of(face.len() + 4);
    let mut record = b"FAC\x00010\x00".to_vec();
    record.extend((block_len + 14).to_be_bytes());
    record.extend([0, 1]); // one face
    record.extend(block_len.to_be_bytes());
    record.extend(face);
    record
}

fn length_of(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("an image of this crate is some kilobytes")
}

/// A JPEG lengthened by `surplus` bytes of comment segments behind its start marker; 0, or 4 and more.
pub fn with_comment(jpeg: &[u8], surplus: usize) -> Vec<u8> {
    let Some((start, rest)) = jpeg.split_at_checked(2) else { return jpeg.to_vec() };
    let mut out = start.to_vec();
    let mut left = surplus;
    while left >= 4 {
        // Not so much that too little for another segment were left over.
        let segment = if left > 60_000 { 60_000.min(left - 4) } else { left };
        let length = u16::try_from(segment - 2).unwrap_or(u16::MAX);
        out.extend([0xFF, 0xFE]);
        out.extend(length.to_be_bytes());
        out.resize(out.len() + segment - 4, b' ');
        left -= segment;
    }
    out.extend(rest);
    out
}
