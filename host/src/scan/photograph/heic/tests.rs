//! Pictures by heif-enc (libheif and x265), and grids of them as iPhones write: this program's own decoder reads what others made.

use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use image::{GrayImage, ImageFormat, Luma, imageops};

use super::*;

const TEXT: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021";
const MOST: u64 = 1_000_000;
/// The flag of an item that is no picture by itself (ISO/IEC 23008-12 §6.4.2).
const HIDDEN: u8 = 1;

/// A code of 3 pixels a module, in a picture of odd sides: what is coded is larger than what is shown.
fn code() -> GrayImage {
    let code = qrcodegen::QrCode::encode_text(TEXT, qrcodegen::QrCodeEcc::Medium).unwrap();
    GrayImage::from_fn(202, 202, |x, y| {
        let at = |place: u32| i32::try_from(place / 3).unwrap() - 6;
        Luma([if code.get_module(at(x), at(y)) { 20 } else { 230 }])
    })
}

/// The picture as heif-enc writes it; `None`, and said, where it is not installed.
fn heic(picture: &GrayImage) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let (png, heic) = (folder.path().join("code.png"), folder.path().join("code.heic"));
    picture.save_with_format(&png, ImageFormat::Png).unwrap();
    let Ok(output) = Command::new("heif-enc").args(["-q", "80", "-o"]).args([&heic, &png]).output() else {
        eprintln!("skipped: heif-enc is not installed (apt-get install libheif-examples)");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(std::fs::read(heic).unwrap())
}

fn says(bytes: &[u8]) -> Vec<String> {
    let grey = decode(bytes, MOST).unwrap();
    let side = |pixels: u32| usize::try_from(pixels).unwrap();
    let picture = qr_search::Picture::new(grey.pixels, side(grey.width), side(grey.height)).unwrap();
    let found = qr_search::search(&picture, qr_search::Effort::Photograph);
    found.iter().map(|code| String::from_utf8(code.content.to_vec()).unwrap()).collect()
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len() + 8).unwrap().to_be_bytes(), &kind[..], content].concat()
}

/// A box with a version, and no flags (ISO/IEC 14496-12 §4.2).
fn full(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}

/// Four pictures of the same size as the tiles of one, which is shown turned by a quarter, as iPhones write a photograph.
fn grid(tiles: &[Vec<u8>; 4], side: u32) -> Vec<u8> {
    let [width, height] = [side * 2, side * 2].map(u32::to_be_bytes);
    let tile_size = full(b"ispe", 0, &[side.to_be_bytes(), side.to_be_bytes()].concat());
    let full_range = boxed(b"colr", b"nclx\0\x01\0\x0D\0\x06\x80");
    let mut properties = [tile_size, full(b"ispe", 0, &[width, height].concat()), boxed(b"irot", &[1]), full_range].concat();
    let (mut items, mut associations, mut data) = (Vec::new(), Vec::new(), Vec::new());
    for (id, tile) in (1_u8..).zip(tiles) {
        let place = tile.windows(4).position(|window| window == b"hvcC").unwrap() - 4;
        let len = u32::from_be_bytes(tile[place..place + 4].try_into().unwrap());
        properties.extend(&tile[place..place + usize::try_from(len).unwrap()]);
        items.extend(boxed(b"infe", &[2, 0, 0, HIDDEN, 0, id, 0, 0, b'h', b'v', b'c', b'1', 0]));
        associations.extend([0, id, 3, 1, 4, 0x80 | (4 + id)]);
        let file = Context::open(tile).unwrap();
        data.push(file.item_data(file.meta.primary).unwrap().into_owned());
    }
    items.extend(full(b"infe", 2, &[0, 5, 0, 0, b'g', b'r', b'i', b'd', 0]));
    associations.extend([0, 5, 3, 2, 4, 0x80 | 3]);
    let grid = [&[0, 0, 1, 1][..], &width[2..], &height[2..]].concat();
    let located = |mut offset: u32| {
        let mut places = vec![0x44, 0, 0, 5];
        for (id, tile) in (1_u8..).zip(&data) {
            let len = u32::try_from(tile.len()).unwrap();
            places.extend([&[0, id, 0, 0, 0, 0, 0, 1][..], &offset.to_be_bytes(), &len.to_be_bytes()].concat());
            offset += len;
        }
        places.extend([&[0, 5, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0][..], &[u8::try_from(grid.len()).unwrap()]].concat());
        full(b"iloc", 1, &places)
    };
    let head = |offset| {
        let parts = [
            full(b"hdlr", 0, &[&[0; 4][..], b"pict", &[0; 13]].concat()),
            full(b"pitm", 0, &[0, 5]),
            located(offset),
            full(b"iinf", 0, &[&[0, 5], items.as_slice()].concat()),
            full(b"iref", 0, &boxed(b"dimg", &[0, 5, 0, 4, 0, 1, 0, 2, 0, 3, 0, 4])),
            boxed(
                b"iprp",
                &[boxed(b"ipco", &properties), full(b"ipma", 0, &[&[0, 0, 0, 5], associations.as_slice()].concat())].concat(),
            ),
            boxed(b"idat", &grid),
        ];
        [boxed(b"ftyp", b"heic\0\0\0\0mif1heic"), full(b"meta", 0, &parts.concat())].concat()
    };
    let before = u32::try_from(head(0).len() + 8).unwrap();
    [head(before), boxed(b"mdat", &data.concat())].concat()
}

/// The four quarters of the code as tiles of 128 pixels, and the whole.
fn grid_of_the_code() -> Option<Vec<u8>> {
    let mut whole = GrayImage::from_pixel(256, 256, Luma([230]));
    imageops::replace(&mut whole, &code(), 20, 30);
    let tiles =
        [(0, 0), (128, 0), (0, 128), (128, 128)].map(|(x, y)| heic(&imageops::crop_imm(&whole, x, y, 128, 128).to_image()));
    let [Some(a), Some(b), Some(c), Some(d)] = tiles else { return None };
    Some(grid(&[a, b, c, d], 128))
}

#[test]
fn a_photograph_is_read() {
    let Some(file) = heic(&code()) else { return };
    let grey = decode(&file, MOST).unwrap();
    assert_eq!((grey.width, grey.height), (202, 202));
    assert_eq!(says(&file), [TEXT]);
}

#[test]
fn a_grid_of_tiles_is_read_as_libheif_reads_it() {
    let Some(file) = grid_of_the_code() else { return };
    assert_eq!(says(&file), [TEXT]);
    let folder = tempfile::tempdir().unwrap();
    let (heic, png) = (folder.path().join("grid.heic"), folder.path().join("grid.png"));
    std::fs::write(&heic, &file).unwrap();
    let output = Command::new("heif-convert").args([&heic, &png]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (theirs, ours) = (image::open(Path::new(&png)).unwrap().into_luma8(), decode(&file, MOST).unwrap());
    assert_eq!((theirs.width(), theirs.height()), (ours.width, ours.height));
    let furthest = theirs.as_raw().iter().zip(&ours.pixels).map(|(theirs, ours)| theirs.abs_diff(*ours)).max();
    assert!(furthest.unwrap() <= 3, "{furthest:?}");
}

/// What is coded counts, whatever the container says: `ispe` is what the decoder looks at before it reserves memory.
#[test]
fn a_picture_that_asks_for_too_much_is_refused() {
    let Some(mut file) = heic(&code()) else { return };
    let size = file.windows(4).position(|window| window == b"ispe").unwrap() + 8;
    file[size..size + 8].copy_from_slice(&[0, 0, 0, 8, 0, 0, 0, 8]);
    let Err(Refusal::TooLarge(pixels)) = decode(&file, 40_000) else { panic!("decoded") };
    assert!(pixels > 202 * 202, "the coded picture is larger than the shown one: {pixels}");
    let Some(file) = grid_of_the_code() else { return };
    assert_eq!(decode(&file, 128 * 128 * 4 - 1).err(), Some(Refusal::TooLarge(128 * 128 * 4)));
}

#[test]
fn sizes_of_parameter_sets() {
    // As x265 writes it for 202 × 202, in blocks of eight: profile Main, level 2, no sub-layers.
    let Some(file) = heic(&code()) else { return };
    let opened = Context::open(&file).unwrap();
    let configuration = opened.props(opened.meta.primary).unwrap().hvcc.unwrap();
    let sets = configuration.parameter_sets();
    let set = sets.iter().find(|set| set[0] >> 1 & 0x3F == SEQUENCE_PARAMETER_SET).unwrap();
    assert_eq!(pixels(set), Some(208 * 208));
    for len in 0..15 {
        assert_eq!(pixels(&set[..len]), None, "{len} bytes");
    }
    assert_eq!(pixels(&[0; 128]), None, "a number of more than 32 bits");
}

/// Torn and altered files: each ends, in a picture or in a refusal, without a panic that is seen.
#[test]
fn altered_files_end() {
    let Some(file) = grid_of_the_code() else { return };
    for len in (0..file.len()).step_by(97) {
        assert!(decode(&file[..len], MOST).is_err(), "{len} bytes of {}", file.len());
    }
    let mut seed = 9_u32;
    for _ in 0..400 {
        let mut altered = file.clone();
        for _ in 0..4 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let place = usize::try_from(seed >> 8).unwrap() % altered.len();
            altered[place] ^= 1 << (seed & 7);
        }
        if let Ok(grey) = decode(&altered, MOST) {
            assert!(u64::from(grey.width) * u64::from(grey.height) <= MOST);
        }
    }
    let avif = Cursor::new(b"\0\0\0\x14ftypavif\0\0\0\0avif").into_inner();
    assert!(matches!(decode(avif, MOST), Err(Refusal::Kind | Refusal::Torn)));
}
