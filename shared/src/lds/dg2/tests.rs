use super::*;
use crate::lds::LdsErrorReason;
use crate::lds::build::tlv;
use crate::tlv::TlvErrorKind;
use alloc::vec;
use proptest::prelude::*;

/// A JPEG of headers alone: an application segment, a Huffman table, a frame of 240 × 320 with 3 components, the end.
const JPEG: &[u8] = &[
    0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC4, 0, 3, 9, 0xFF, 0xC0, 0, 11, 8, 0x01, 0x40, 0x00, 0xF0, 3, 0, 0, 0, 0xFF, 0xD9,
];

/// A bare code stream: SIZ of 300 × 400 at offset 10 × 20, 3 components, the end.
fn code_stream() -> Vec<u8> {
    let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 47, 0, 0];
    for number in [310_u32, 420, 10, 20, 310, 420, 0, 0] {
        stream.extend(number.to_be_bytes());
    }
    stream.extend([0, 3, 0xFF, 0xD9]);
    stream
}

fn jp2() -> Vec<u8> {
    let mut file = vec![0, 0, 0, 12];
    file.extend(b"jP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ");
    file.extend(&[0, 0, 0, 0][..]);
    file.extend(b"jp2c");
    file.extend(code_stream());
    file
}

/// A face's data, whose declared length is off by `off`.
fn face(image: &[u8], points: u16, off: i64) -> Vec<u8> {
    let len = 32 + 8 * usize::from(points) + image.len();
    let mut data = u32::try_from(len as i64 + off).unwrap().to_be_bytes().to_vec();
    data.extend(points.to_be_bytes());
    data.resize(32 + 8 * usize::from(points), 0);
    data.extend(image);
    data
}

fn record(faces: &[Vec<u8>]) -> Vec<u8> {
    let body = faces.concat();
    let mut record = b"FAC\x00010\0".to_vec();
    record.extend((body.len() as u32 + 14).to_be_bytes());
    record.extend((faces.len() as u16).to_be_bytes());
    record.extend(body);
    record
}

fn file_of(block: &[u8]) -> Vec<u8> {
    let header = tlv(0xA1, &[&[0x81, 1, 2], &[0x87, 2, 1, 1], &[0x88, 2, 0, 8]]);
    tlv(0x75, &[&tlv(0x7F61, &[&[2, 1, 1], &tlv(0x7F60, &[&header, block])])])
}

fn file(faces: &[Vec<u8>]) -> Vec<u8> {
    file_of(&tlv(0x5F2E, &[&record(faces)]))
}

#[test]
fn every_image_format_with_its_size() {
    let size = |width, height| Some(ImageSize { width, height, components: 3 });
    for (image, format, expected) in [
        (JPEG.to_vec(), ImageFormat::Jpeg, size(240, 320)),
        (jp2(), ImageFormat::Jp2, size(300, 400)),
        (code_stream(), ImageFormat::Jpeg2000CodeStream, size(300, 400)),
    ] {
        let bytes = file(&[face(&image, 3, 0)]);
        let dg2 = Dg2::parse(&bytes).unwrap();
        assert_eq!(dg2.faces.len(), 1);
        assert_eq!((dg2.faces[0].format, dg2.faces[0].image), (format, &image[..]));
        assert_eq!(dg2.faces[0].encoding, RecordEncoding::Iso19794);
        assert_eq!(dg2.faces[0].size(), expected);
    }
}

#[test]
fn lengths_that_are_off_and_padding() {
    let mut padded = JPEG.to_vec();
    padded.extend([0; 7]);
    for (data, off) in [(JPEG, -1), (JPEG, 1), (JPEG, 8), (JPEG, 1_000_000), (&padded, -7), (&padded, 0), (&padded, -1)] {
        let bytes = file(&[face(data, 0, off)]);
        assert_eq!(Dg2::parse(&bytes).unwrap().faces[0].image, JPEG, "{off}");
    }
}

#[test]
fn an_image_that_does_not_begin_where_it_should_is_found() {
    let displaced = [&[0_u8; 5][..], JPEG].concat();
    assert_eq!(Dg2::parse(&file(&[face(&displaced, 0, 0)])).unwrap().faces[0].image, JPEG);
    let mut points_too_many = face(JPEG, 0, 0);
    points_too_many[5] = 200;
    assert_eq!(Dg2::parse(&file(&[points_too_many])).unwrap().faces[0].image, JPEG);
}

#[test]
fn several_faces() {
    let bytes = file(&[face(JPEG, 1, 0), face(&jp2(), 0, 8)]);
    let faces = Dg2::parse(&bytes).unwrap().faces;
    assert_eq!(faces.iter().map(|face| face.format).collect::<Vec<_>>(), [ImageFormat::Jpeg, ImageFormat::Jp2]);
    assert_eq!(faces[1].image, jp2());
}

#[test]
fn the_image_of_an_iso_39794_block() {
    let base = tlv(0xA0, &[&tlv(0x80, &[&jp2()]), &tlv(0xA1, &[&[0x80, 1, 0]])]);
    let representation = tlv(0x30, &[&[0x80, 1, 1], &tlv(0xA1, &[&tlv(0xA0, &[&base])])]);
    let block = tlv(0x7F2E, &[&tlv(0x65, &[&tlv(0xA0, &[&[0x80, 1, 3]]), &tlv(0xA1, &[&representation])])]);
    let bytes = file_of(&block);
    let faces = Dg2::parse(&bytes).unwrap().faces;
    assert_eq!(faces.len(), 1);
    assert_eq!((faces[0].encoding, faces[0].image), (RecordEncoding::Iso39794, &jp2()[..]));
}

#[test]
fn no_template_is_no_face() {
    let bytes = tlv(0x75, &[&tlv(0x7F61, &[&[2, 1, 0]])]);
    assert!(Dg2::parse(&bytes).unwrap().faces.is_empty());
}

#[test]
fn what_is_no_dg2() {
    let reason = |bytes: &[u8]| Dg2::parse(bytes).unwrap_err().reason;
    let no_image = LdsErrorReason::Tlv(TlvErrorKind::Value("there is no image in the face record"));
    assert_eq!(reason(&file(&[face(b"GIF89a", 0, 0)])), no_image);
    assert_eq!(reason(&file_of(&tlv(0x7F2E, &[&[0x80, 1, 0]]))), no_image);
    assert_eq!(reason(&file_of(&tlv(0x5F2E, &[b"FAC\x00010\0"]))), no_image);
    let whole = file(&[face(JPEG, 0, 0)]);
    assert_eq!(reason(&whole[..whole.len() - 1]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    assert_eq!(reason(&[0x75, 3, 0x7F, 0x61, 0x82]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
}

#[test]
fn headers_that_are_torn_or_absurd_have_no_size() {
    for cut in 2..JPEG.len() - 7 {
        assert_eq!(ImageFormat::Jpeg.size(&JPEG[..cut]), None);
    }
    let mut offset_beyond = code_stream();
    offset_beyond[16] = 0xFF;
    assert_eq!(ImageFormat::Jpeg2000CodeStream.size(&offset_beyond), None);
    assert_eq!(ImageFormat::Jp2.size(&jp2()[..40]), None);
}

proptest! {
    #[test]
    fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>(), also_at in any::<prop::sample::Index>()) {
        for image in [JPEG.to_vec(), jp2(), code_stream()] {
            let mut bytes = file(&[face(&image, 1, 0), face(&image, 0, 0)]);
            let positions = [at.index(bytes.len()), also_at.index(bytes.len())];
            for position in positions {
                bytes[position] = to;
            }
            if let Ok(dg2) = Dg2::parse(&bytes) {
                let _ = dg2.faces.iter().map(Face::size).count();
            }
        }
    }

    #[test]
    fn any_image_bytes_have_a_size_or_none(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for format in [ImageFormat::Jpeg, ImageFormat::Jp2, ImageFormat::Jpeg2000CodeStream] {
            let _ = format.size(&bytes);
        }
    }
}
