//! Codes out of photographs, scanners and cameras, as a user meets them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod devices;
mod photographs;
mod reading;

use serde_json::Value;
use soat_tests::command::Finished;

const NOW: &str = "2026-11-22T08:00:00Z";
const OF_2021: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021";
const OF_2024: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

fn json(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("no JSON: {finished:?}"))
}

/// A code as a picture, in modules of so many pixels with a white edge.
fn picture(text: &str, module: u32) -> image::GrayImage {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).unwrap();
    let side = u32::try_from(code.size()).unwrap() + 8;
    image::GrayImage::from_fn(side * module, side * module, |x, y| {
        let at = |place: u32| i32::try_from(place / module).unwrap() - 4;
        image::Luma([if code.get_module(at(x), at(y)) { 20 } else { 230 }])
    })
}

fn file(picture: &image::GrayImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}
