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

/// What DG2 says around an image, field by field; the default is right in everything.
#[derive(Clone, Debug)]
pub struct Dg2Options {
    /// Number of instances in the group template; None leaves the object out
    pub instances: Option<u8>,
    /// Biometric type (tag 81); empty leaves the object out
    pub biometric_type: Vec<u8>,
    /// Format owner (tag 87)
    pub format_owner: Option<u16>,
    /// Format type (tag 88)
    pub format_type: Option<u16>,
    /// Format identifier of the record
    pub identifier: [u8; 4],
    /// Version of the record
    pub version: [u8; 4],
    /// Feature points, eight bytes each
    pub feature_points: u16,
    /// Feature points that are there and not counted in the length of the face's data
    pub uncounted_feature_points: u16,
    /// Gender
    pub gender: u8,
    /// Eye colour
    pub eye_colour: u8,
    /// Hair colour
    pub hair_colour: u8,
    /// Yaw, pitch and roll
    pub pose: [u8; 3],
    /// How far each may be off
    pub pose_uncertainty: [u8; 3],
    /// Face image type
    pub image_type: u8,
    /// Image data type, where it shall differ from the image's own
    pub data_type: Option<u8>,
    /// Whether the biometric data block is there
    pub has_data: bool,
}

impl Default for Dg2Options {
    fn default() -> Dg2Options {
        Dg2Options {
            instances: Some(1),
            biometric_type: vec![0x02], // facial features
            format_owner: Some(0x0101), // ISO/IEC JTC 1/SC 37
            format_type: Some(0x0008),  // face image
            identifier: *b"FAC\0",
            version: *b"010\0",
            feature_points: 0,
            uncounted_feature_points: 0,
            gender: 0,
            eye_colour: 0,
            hair_colour: 0,
            pose: [0; 3],
            pose_uncertainty: [0; 3],
            image_type: 1, // full frontal
            data_type: None,
            has_data: true,
        }
    }
}

/// DG2 with one face.
pub fn dg2(kind: ImageKind, image: &[u8]) -> Vec<u8> {
    dg2_with(kind, image, &Dg2Options::default())
}

/// The same with changes.
pub fn dg2_with(kind: ImageKind, image: &[u8], options: &Dg2Options) -> Vec<u8> {
    let mut header = vec![tlv(0x80, &[0x01, 0x01])]; // ICAO header version 1.1
    if !options.biometric_type.is_empty() {
        header.push(tlv(0x81, &options.biometric_type));
    }
    header.push(tlv(0x82, &[0x00])); // no subtype
    header.extend(options.format_owner.map(|owner| tlv(0x87, &owner.to_be_bytes())));
    header.extend(options.format_type.map(|format| tlv(0x88, &format.to_be_bytes())));
    let mut instance = vec![constructed(0xA1, &header)];
    if options.has_data {
        instance.push(tlv(0x5F2E, &facial_record(kind, image, options)));
    }
    let mut group = Vec::new();
    group.extend(options.instances.map(|instances| tlv(0x02, &[instances])));
    group.push(constructed(0x7F60, &instance));
    constructed(0x75, &[constructed(0x7F61, &group)])
}

/// Facial record header, one facial information block, feature points, one image (ISO/IEC 19794-5 §5).
fn facial_record(kind: ImageKind, image: &[u8], options: &Dg2Options) -> Vec<u8> {
    let points = options.feature_points + options.uncounted_feature_points;
    let mut face = points.to_be_bytes().to_vec();
    face.extend([options.gender, options.eye_colour, options.hair_colour]);
    face.extend([0; 3]); // no properties
    face.extend([0; 2]); // expression unspecified
    face.extend(options.pose);
    face.extend(options.pose_uncertainty);
    for point in 0..points {
        let [high, low] = (60 + point).to_be_bytes();
        face.extend([1, 0x31, high, low, high, low, 0, 0]); // a point of MPEG-4, at some place
    }
    let own_type = if kind == ImageKind::Jpeg { 0 } else { 1 };
    face.extend([options.image_type, options.data_type.unwrap_or(own_type)]);
    face.extend(WIDTH.to_be_bytes());
    face.extend(HEIGHT.to_be_bytes());
    face.extend([1, 2]); // sRGB24, still photograph from a digital camera
    face.extend([0; 4]); // device and quality unspecified
    face.extend(image);

    let block_len = length_of(face.len() + 4);
    let stated_len = block_len - 8 * u32::from(options.uncounted_feature_points);
    let mut record = [options.identifier, options.version].concat();
    record.extend((block_len + 14).to_be_bytes());
    record.extend([0, 1]); // one face
    record.extend(stated_len.to_be_bytes());
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
