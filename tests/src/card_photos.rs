//! Photographs of cards that never were: a card with its QR code is laid in a plane, seen by a camera with a pinhole, and then lens, light,
//! sensor and JPEG do to it what they do. Everything follows from a seed.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels and levels, which are small"
)]

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat};
use qr_search::Picture;
use qrcodegen::{QrCode, QrCodeEcc};
use rand_core::TryRng;

use crate::seeded::SeededRng;

/// What is done to a photograph. Ranges are the stated degradations; each photograph has its own values in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A steady hand in good light: turned anyhow, tilted up to 10°, the card 60–95 % of the picture's width.
    Good,
    /// Tilted by 20–40°.
    Skewed,
    /// The card 30–42 % of the picture's width: modules of 2 to 3 pixels.
    Small,
    /// Blurred by 1.2–1.8 pixels (standard deviation).
    Blurred,
    /// Noise of 14–24 levels (standard deviation).
    Noisy,
    /// 8–20 % of the light, and noise of 2 levels.
    Dim,
    /// A light that lies on the code and takes up to 70 % of its contrast.
    Glare,
    /// JPEG of quality 12–25.
    Compressed,
    /// Something of everything: 15–25°, 0.8–1.1 pixels, 6–10 levels, 35–60 % of the light, a light beside the code, quality 40–60.
    Mixed,
}

impl Condition {
    /// All of them, with what a reader of the README is told.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Good, "steady hand, good light, turned anyhow, tilted up to 10°"),
        (Self::Skewed, "tilted by 20–40°"),
        (Self::Small, "card 30–42 % of the width: modules of 2–3 pixels"),
        (Self::Blurred, "blur of 1.2–1.8 pixels (standard deviation)"),
        (Self::Noisy, "noise of 14–24 levels of 256 (standard deviation)"),
        (Self::Dim, "8–20 % of the light, noise of 2 levels"),
        (Self::Glare, "a light on the code: up to 70 % of its contrast"),
        (Self::Compressed, "JPEG quality 12–25"),
        (Self::Mixed, "a little of everything at once"),
    ];
}

/// A photograph: the picture as a JPEG file, and the text of the code on it.
pub struct CardPhoto {
    /// The file.
    pub jpeg: Vec<u8>,
    /// The text of the code.
    pub text: String,
}

impl CardPhoto {
    /// The photograph of a seed.
    ///
    /// # Panics
    /// Never: the texts fit a code, and the encoder writes to memory.
    pub fn new(condition: Condition, seed: u64) -> Self {
        let mut random = Random(SeededRng(seed ^ 0x51A7_0000));
        let text = text(&mut random);
        let settings = Settings::new(condition, &mut random);
        let mut levels = scene(&text, &settings, &mut random);
        blur(&mut levels, WIDTH, settings.blur);
        let luma: Vec<u8> = levels
            .iter()
            .map(|level| (level * settings.light + random.normal() * settings.noise).clamp(0.0, 255.0) as u8)
            .collect();
        let mut jpeg = Vec::new();
        let size = (WIDTH as u32, HEIGHT as u32);
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, settings.quality);
        image::ImageEncoder::write_image(encoder, &luma, size.0, size.1, ExtendedColorType::L8)
            .expect("memory takes every write");
        Self { jpeg, text }
    }

    /// The picture out of the file.
    ///
    /// # Panics
    /// Never: it was just written.
    pub fn picture(&self) -> Picture<'static> {
        let picture = image::load_from_memory_with_format(&self.jpeg, ImageFormat::Jpeg).map(DynamicImage::into_luma8);
        let picture = picture.expect("it was just written");
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Picture::new(picture.into_raw(), width, height).expect("as many pixels as it has")
    }
}

const WIDTH: usize = 1600;
const HEIGHT: usize = 1200;

/// A card of ID-1 (ISO 7810) and its code, in millimetres.
const CARD: (f32, f32) = (85.6, 54.0);
const CODE: f32 = 18.0;

struct Random(SeededRng);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        let Ok(number) = self.0.try_next_u64();
        number % bound
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.below(10_001) as f32 / 10_000.0
    }

    /// Near enough to normal: the sum of six.
    fn normal(&mut self) -> f32 {
        let Ok(bits) = self.0.try_next_u64();
        let sum: u64 = (0..6).map(|index| bits >> (index * 10) & 0x3FF).sum();
        (sum as f32 - 3069.0) / 723.0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(self.below(from.len() as u64) as usize).copied().unwrap_or_default()
    }
}

/// A code of either generation, of nobody.
fn text(random: &mut Random) -> String {
    let name = ["Nguyễn Thị Mẫu", "Trần Văn Thử", "Lê Hoàng Giả Định", "Phạm Thị Ví Dụ", "Đặng Mẫu"];
    let street = [
        "Số 1, Phường Mẫu, Ba Đình, Hà Nội",
        "Tổ 5, Khu phố Thử, Phường Ví Dụ, Quận 1, TP Hồ Chí Minh",
        "Thôn Mẫu, Xã Thử, Huyện Ví Dụ, Nghệ An",
    ];
    let (name, street) = (random.pick(&name), random.pick(&street));
    let (sex, digit) = if random.below(2) == 0 { ("Nam", 0) } else { ("Nữ", 1) };
    let (year, serial) = (50 + random.below(50), random.below(1_000_000));
    let (day, month) = (1 + random.below(28), 1 + random.below(12));
    let old = if random.below(2) == 0 { String::new() } else { format!("{:09}", random.below(1_000_000_000)) };
    let (issued, end) = if random.below(2) == 0 { ("15032021", "") } else { ("15092024", "||||") };
    format!("001{digit}{year:02}{serial:06}|{old}|{name}|{day:02}{month:02}19{year:02}|{sex}|{street}|{issued}{end}")
}

struct Settings {
    /// Angles of the card to the camera, in radians: about the picture's axes, and in its plane.
    tilt: (f32, f32, f32),
    /// Width of the card in parts of the picture's.
    width: f32,
    blur: f32,
    noise: f32,
    light: f32,
    glare: f32,
    quality: u8,
}

impl Settings {
    fn new(condition: Condition, random: &mut Random) -> Self {
        let degrees = |degrees: f32| degrees.to_radians();
        let tilted = |random: &mut Random, least: f32, most: f32| {
            let (angle, direction) = (degrees(random.between(least, most)), degrees(random.between(0.0, 360.0)));
            (angle * direction.cos(), angle * direction.sin(), degrees(random.between(0.0, 360.0)))
        };
        let tilt = tilted(random, 0.0, 10.0);
        let good = Self { tilt, width: random.between(0.6, 0.95), blur: 0.6, noise: 2.0, light: 0.9, glare: 0.0, quality: 85 };
        match condition {
            Condition::Good => good,
            Condition::Skewed => Self { tilt: tilted(random, 20.0, 40.0), width: random.between(0.6, 0.8), ..good },
            Condition::Small => Self { width: random.between(0.30, 0.42), ..good },
            Condition::Blurred => Self { blur: random.between(1.2, 1.8), ..good },
            Condition::Noisy => Self { noise: random.between(14.0, 24.0), ..good },
            Condition::Dim => Self { light: random.between(0.08, 0.2), ..good },
            Condition::Glare => Self { glare: random.between(0.4, 0.7), ..good },
            Condition::Compressed => Self { quality: random.between(12.0, 25.0) as u8, ..good },
            Condition::Mixed => Self {
                tilt: tilted(random, 15.0, 25.0),
                width: random.between(0.6, 0.8),
                blur: random.between(0.8, 1.1),
                noise: random.between(6.0, 10.0),
                light: random.between(0.35, 0.6),
                glare: random.between(0.2, 0.35),
                quality: random.between(40.0, 60.0) as u8,
            },
        }
    }
}

/// The light that comes from each point of the picture, before lens and sensor.
fn scene(text: &str, settings: &Settings, random: &mut Random) -> Vec<f32> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("the text of a card fits");
    let focal = 1.1 * WIDTH as f32;
    let distance = CARD.0 * focal / (settings.width * WIDTH as f32);
    let turned = rotation(settings.tilt);
    let normal = (turned.0.2, turned.1.2, turned.2.2);
    // A place at which the code lies in the picture: it is some 25 mm from the middle of the card.
    let shift = (random.between(-4.0, 4.0), random.between(-4.0, 4.0));
    let at_code = apply(&turned, (CODE_CENTER.0, CODE_CENTER.1, 0.0));
    let center = (shift.0 - at_code.0 * 0.7, shift.1 - at_code.1 * 0.7, distance);
    let glare = (CODE_CENTER.0 + random.between(-6.0, 6.0), CODE_CENTER.1 + random.between(-6.0, 6.0), random.between(5.0, 9.0));
    let mut levels = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let mut level = 0.0;
            for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let ray = (x as f32 + dx - WIDTH as f32 / 2.0, y as f32 + dy - HEIGHT as f32 / 2.0, focal);
                let along = dot(center, normal) / dot(ray, normal);
                let hit = (ray.0 * along - center.0, ray.1 * along - center.1, ray.2 * along - center.2);
                level += card(&code, back(&turned, hit), settings.glare, glare);
            }
            levels.push(level / 4.0);
        }
    }
    levels
}

/// Where the middle of the code lies on the card, from the card's middle.
const CODE_CENTER: (f32, f32) = (28.0, -12.0);

/// What stands at a point of the card, or beside it, in millimetres from its middle.
fn card(code: &QrCode, (x, y): (f32, f32), glare: f32, (gx, gy, radius): (f32, f32, f32)) -> f32 {
    if x.abs() > CARD.0 / 2.0 || y.abs() > CARD.1 / 2.0 {
        // A desk of wood: dark, with a grain.
        return 70.0 + 18.0 * (y * 0.9 + (x * 0.11).sin() * 3.0).sin();
    }
    let module = CODE / code.size() as f32;
    let (cx, cy) = (x - CODE_CENTER.0 + CODE / 2.0, y - CODE_CENTER.1 + CODE / 2.0);
    let quiet = -2.0 * module..CODE + 2.0 * module;
    let level = if quiet.contains(&cx) && quiet.contains(&cy) {
        if code.get_module((cx / module).floor() as i32, (cy / module).floor() as i32) { 35.0 } else { 225.0 }
    } else {
        print(x, y)
    };
    // The top of a glare adds as much light to black as to white, and white has no more to gain.
    let lit = (1.0 - ((x - gx).powi(2) + (y - gy).powi(2)) / (radius * radius)).max(0.0).sqrt() * glare;
    level + (245.0 - level) * lit
}

/// Waves of the guilloche, a photo, lines of text.
fn print(x: f32, y: f32) -> f32 {
    let ground = 205.0 + 10.0 * ((x * 2.1).sin() * (y * 1.7).cos());
    let is_photo = (-40.0..-18.0).contains(&x) && (-8.0..22.0).contains(&y);
    let is_text =
        (-14.0..38.0).contains(&x) && y > 2.0 && (y / 4.0).fract() < 0.45 && ((x * 1.3).sin() + (x * 2.9 + y).sin()) > -0.2;
    match (is_photo, is_text) {
        (true, _) => 110.0 + 50.0 * ((x * 0.35).sin() + (y * 0.3).cos()),
        (_, true) => 60.0,
        _ => ground,
    }
}

type Vector = (f32, f32, f32);

fn dot(a: Vector, b: Vector) -> f32 {
    a.0 * b.0 + a.1 * b.1 + a.2 * b.2
}

/// Turns in the plane first, then about the two axes. Rows of the matrix.
fn rotation((about_x, about_y, in_plane): (f32, f32, f32)) -> (Vector, Vector, Vector) {
    let ((sx, cx), (sy, cy), (sz, cz)) = (about_x.sin_cos(), about_y.sin_cos(), in_plane.sin_cos());
    (
        (cy * cz, -cy * sz, sy),
        (cx * sz + sx * sy * cz, cx * cz - sx * sy * sz, -sx * cy),
        (sx * sz - cx * sy * cz, sx * cz + cx * sy * sz, cx * cy),
    )
}

fn apply(rows: &(Vector, Vector, Vector), point: Vector) -> Vector {
    (dot(rows.0, point), dot(rows.1, point), dot(rows.2, point))
}

/// Back into the plane of the card.
fn back(rows: &(Vector, Vector, Vector), (x, y, z): Vector) -> (f32, f32) {
    (rows.0.0 * x + rows.1.0 * y + rows.2.0 * z, rows.0.1 * x + rows.1.1 * y + rows.2.1 * z)
}

/// A Gaussian blur, along the rows and then along the columns.
fn blur(levels: &mut [f32], width: usize, deviation: f32) {
    let reach = (deviation * 3.0).ceil() as usize;
    let weights: Vec<f32> =
        (0..=2 * reach).map(|at| (-(at as f32 - reach as f32).powi(2) / (2.0 * deviation * deviation)).exp()).collect();
    let sum: f32 = weights.iter().sum();
    let rows: Vec<f32> = levels.chunks_exact(width).flat_map(|row| line(row, &weights, sum)).collect();
    let height = levels.len() / width;
    let mut column = Vec::with_capacity(height);
    for x in 0..width {
        column.clear();
        column.extend(rows.iter().skip(x).step_by(width));
        for (level, blurred) in levels.iter_mut().skip(x).step_by(width).zip(line(&column, &weights, sum)) {
            *level = blurred;
        }
    }
}

/// The edge goes on as it ends.
fn line(line: &[f32], weights: &[f32], sum: f32) -> Vec<f32> {
    let reach = weights.len() / 2;
    let (first, last) = (line.first().copied().unwrap_or(0.0), line.last().copied().unwrap_or(0.0));
    let ends = |level: f32| std::iter::repeat_n(level, reach);
    let padded: Vec<f32> = ends(first).chain(line.iter().copied()).chain(ends(last)).collect();
    padded
        .windows(weights.len())
        .map(|window| window.iter().zip(weights).map(|(level, weight)| level * weight).sum::<f32>() / sum)
        .collect()
}
