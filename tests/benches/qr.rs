//! How long a picture is searched: the grey plane of a photograph of 12 megapixels with a code and without, and a frame of a camera. What
//! decoding the JPEG costs stands apart. And how long a teller waits: from the text of a code to the verdict on the screen of `soat desk`, with a
//! virtual card that answers at once.
#![allow(missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation)]

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use image::GrayImage;
use image::imageops::{FilterType, resize};
use qr_search::{Effort, Picture, search};
use soat_tests::card_photos::{CardPhoto, Condition};
use soat_tests::command::release_binary;
use soat_tests::pty::Pty;

/// A photograph of a card, as large as a sensor of 12 megapixels makes it; with its code painted over, where it has none.
fn picture(width: u32, height: u32, with_code: bool) -> GrayImage {
    let photo = CardPhoto::new(Condition::Good, 3);
    let decoded = photo.picture();
    let size = (u32::try_from(decoded.width()).unwrap(), u32::try_from(decoded.height()).unwrap());
    let mut small = GrayImage::from_raw(size.0, size.1, decoded.luma().to_vec()).unwrap();
    if !with_code {
        for code in search(&decoded, Effort::Photograph) {
            let xs = code.place.map(|(x, _)| x as i64);
            let ys = code.place.map(|(_, y)| y as i64);
            let (left, right) = (xs.iter().min().unwrap() - 40, xs.iter().max().unwrap() + 40);
            let (top, bottom) = (ys.iter().min().unwrap() - 40, ys.iter().max().unwrap() + 40);
            for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
                if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
                    && x < size.0
                    && y < size.1
                {
                    small.get_pixel_mut(x, y).0 = [if (x / 7 + y / 5) % 3 == 0 { 60 } else { 210 }];
                }
            }
        }
    }
    resize(&small, width, height, FilterType::Triangle)
}

/// What something takes of a processor, which on a busy machine is less than what passes on the clock (Linux).
fn processor_time(run: impl FnOnce()) -> Option<Duration> {
    let spent = || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok();
    let before: u64 = spent()?;
    run();
    Some(Duration::from_nanos(spent()?.saturating_sub(before)))
}

fn searches(c: &mut Criterion) {
    let mut group = c.benchmark_group("qr");
    group.sample_size(20).measurement_time(Duration::from_secs(6));
    for (name, width, height, with_code, effort) in [
        ("12 megapixels with a code", 4000, 3000, true, Effort::Photograph),
        ("12 megapixels without", 4000, 3000, false, Effort::Photograph),
        ("frame of 640x480 with a code", 640, 480, true, Effort::Frame),
        ("frame of 640x480 without", 640, 480, false, Effort::Frame),
    ] {
        let image = picture(width, height, with_code);
        let (width, height) = (image.width() as usize, image.height() as usize);
        let picture = Picture::new(image.as_raw().as_slice(), width, height).unwrap();
        let found = search(&picture, effort).len();
        let processor = (0..20).filter_map(|_| processor_time(|| drop(black_box(search(&picture, effort))))).min();
        eprintln!("{name}: {found} found, {processor:.1?} of a processor");
        group.bench_function(name, |b| b.iter(|| black_box(search(&picture, effort)).len()));
    }
    let mut jpeg = Vec::new();
    let image = picture(4000, 3000, true);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 85).encode_image(&image).unwrap();
    group.bench_function("decoding the JPEG of 12 megapixels", |b| {
        b.iter(|| black_box(image::load_from_memory(&jpeg).unwrap().into_luma8()).len());
    });
    group.finish();
}

/// The command as users have it, on a terminal.
fn counter(c: &mut Criterion) {
    const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||\r";
    let mut command = Command::new(release_binary());
    command.args(["desk", "--reader", "virtual", "--silent", "--lang", "en"]).env("TERM", "xterm-256color");
    let mut terminal = Pty::start(&mut command).unwrap();
    terminal.wait_for("NEXT CARD").unwrap();
    let mut group = c.benchmark_group("desk");
    group.sample_size(20).measurement_time(Duration::from_secs(6));
    group.bench_function("from the text of a code to the verdict on the screen", |b| {
        b.iter_custom(|cards| {
            let mut time = Duration::ZERO;
            for _ in 0..cards {
                let began = Instant::now();
                terminal.type_text(CODE).unwrap();
                terminal.wait_for("GENUINE").unwrap();
                time += began.elapsed();
                terminal.type_text("n").unwrap();
                terminal.wait_for("NEXT CARD").unwrap();
            }
            time
        });
    });
    group.finish();
}

criterion_group!(benches, searches, counter);
criterion_main!(benches);
