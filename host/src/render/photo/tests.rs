#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::PathBuf;

use super::*;

/// A file of the folder of other people's data; `None`, with a loud line, where the folder is not there.
fn real(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("SOAT_REAL_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let content = std::fs::read(folder.join("faces").join(name)).ok();
    if content.is_none() {
        eprintln!("\n*** SKIPPED: no {name} in the folder of real data: set SOAT_REAL_DATA ***\n");
    }
    content
}

fn refusal(image: &[u8], kind: Kind) -> &'static str {
    convert(image, kind).unwrap_err().id()
}

#[test]
fn a_jpeg_passes_as_it_is_and_becomes_png_on_request() {
    let mut jpeg = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(8, 6).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    assert_eq!(convert(&jpeg, Kind::Jpeg).unwrap(), jpeg);
    let png = convert(&jpeg, Kind::Png).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(image::load_from_memory(&png).unwrap().width(), 8);
}

#[test]
fn jpeg_2000_faces_become_jpeg_and_png() {
    for name in ["dg2_bsi_silver_2008.jp2", "dg2_loes2006.jp2"] {
        let Some(face) = real(name) else { return };
        for (kind, format) in [(Kind::Jpeg, ImageFormat::Jpeg), (Kind::Png, ImageFormat::Png)] {
            let content = convert(&face, kind).unwrap();
            let image = image::load_from_memory_with_format(&content, format).unwrap();
            assert!(image.width() > 100 && image.height() > 100, "{name}");
            let (first, rest) = image.to_rgb8().pixels().fold((None, false), |(first, differs), pixel| {
                (first.or(Some(*pixel)), differs || first.is_some_and(|first| first != *pixel))
            });
            assert!(first.is_some() && rest, "{name} is of one colour");
        }
    }
}

#[test]
fn attack_25_an_image_that_asks_for_gigabytes() {
    let Some(bomb) = real("huge-allocation.jp2") else { return };
    assert_eq!(refusal(&bomb, Kind::Png), "photo-too-large");
}

#[test]
fn attack_25_dimensions_in_a_stream_made_by_hand() {
    let siz = |sizes: [u32; 8], components: u16| {
        let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
        sizes.iter().for_each(|size| stream.extend(size.to_be_bytes()));
        stream.extend(components.to_be_bytes());
        stream
    };
    let ordinary = [400, 500, 0, 0, 400, 500, 0, 0];
    assert_eq!(refusal(&siz(ordinary, 3), Kind::Png), "photo-unreadable", "the rest of the stream is missing");
    for sizes in [
        [u32::MAX, 500, 0, 0, 400, 500, 0, 0],
        [4000, 4000, 0, 0, 4000, 4000, 0, 0],
        [400, 500, 0, 0, 1, 1, 0, 0],
        [0, 500, 0, 0, 400, 500, 0, 0],
    ] {
        assert_eq!(refusal(&siz(sizes, 3), Kind::Png), "photo-too-large", "{sizes:?}");
    }
    assert_eq!(refusal(&siz(ordinary, 9), Kind::Png), "photo-too-large");
    assert_eq!(refusal(&siz([400, 500, 0, 0, 0, 0, 0, 0], 3), Kind::Png), "photo-unreadable");
    assert_eq!(refusal(&siz(ordinary, 3)[..20], Kind::Png), "photo-unreadable");
}

#[test]
fn no_image_and_a_torn_one_are_refused() {
    assert_eq!(refusal(b"", Kind::Jpeg), "photo-unreadable");
    assert_eq!(refusal(b"GIF89a", Kind::Jpeg), "photo-unreadable");
    assert_eq!(refusal(&[0xFF, 0xD8, 0xFF, 0xE0], Kind::Png), "photo-unreadable");
}

#[test]
fn the_ending_decides() {
    assert_eq!(Kind::of(Path::new("a.JPG")).unwrap(), Kind::Jpeg);
    assert_eq!(Kind::of(Path::new("a.png")).unwrap(), Kind::Png);
    assert_eq!(Kind::of(Path::new("a.gif")).unwrap_err().id(), "photo-ending");
    assert_eq!(Kind::of(Path::new("jpg")).unwrap_err().id(), "photo-ending");
}
