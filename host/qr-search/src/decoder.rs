//! The decoder out of `rxing`, contained.

use rxing::Point;
use rxing::common::cpp_essentials::ConcentricPattern;
use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use zeroize::Zeroizing;

use crate::budget::Budget;
use crate::contained::contained;

/// Most triples of corners that are tried in one look, the likeliest first: in a picture full of patterns there are thousands.
const MOST_TRIPLES: usize = 160;

/// Most corners out of which triples are made.
const MOST_CORNERS: usize = 400;

/// What one look found.
#[derive(Default)]
pub struct Seen {
    /// The codes that could be read.
    pub codes: Vec<Code>,
    /// What looks like the corner of a code, whether it could be read or not.
    pub corners: Vec<Corner>,
}

/// A code that could be read.
pub struct Code {
    /// Its bytes.
    pub content: Zeroizing<Vec<u8>>,
    /// Where it lies.
    pub place: [(f32, f32); 4],
}

/// What looks like the corner of a code.
#[derive(Clone, Copy, Debug)]
pub struct Corner {
    /// Its center.
    pub center: (f32, f32),
    /// Its side in pixels: seven modules.
    pub size: f32,
}

/// Looks for codes in a picture in black and white.
///
/// A torn or crafted picture can make the decoder panic.
pub fn decode(bits: Option<BitMatrix>, budget: &mut Budget) -> Seen {
    let Some(bits) = bits else { return Seen::default() };
    contained(|| read(&bits, budget)).unwrap_or_default()
}

fn read(bits: &BitMatrix, budget: &mut Budget) -> Seen {
    let mut patterns = FindFinderPatterns(bits, true, 0);
    budget.saw(patterns.len());
    let corners = patterns.iter().map(corner).collect();
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.size));
    patterns.truncate(MOST_CORNERS);
    let mut used: Vec<ConcentricPattern> = Vec::new();
    let mut codes = Vec::new();
    for triple in GenerateFinderPatternSets(&mut patterns).into_iter().take(MOST_TRIPLES) {
        if !budget.tries() {
            break;
        }
        let own = [triple.bl, triple.tl, triple.tr];
        if own.iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        let Ok(sampled) = SampleQR(bits, &triple) else { continue };
        let Ok(decoded) = Decode(sampled.getBits()) else { continue };
        if !decoded.isValid() {
            continue;
        }
        used.extend(own);
        // Where the code names its character set, its text is that; else its bytes are as they are.
        let content = decoded.content();
        let content = if content.has_eci { decoded.text().into_bytes() } else { content.bytes().to_vec() };
        let place = match sampled.getPoints() {
            [a, b, c, d] => [a, b, c, d].map(place),
            _ => [place(&triple.tl.p), place(&triple.tr.p), place(&triple.tr.p), place(&triple.bl.p)],
        };
        codes.push(Code { content: Zeroizing::new(content), place });
    }
    Seen { codes, corners }
}

fn place(point: &Point) -> (f32, f32) {
    (point.x, point.y)
}

#[allow(clippy::cast_precision_loss, reason = "the side of a corner in pixels is far below 2^23")]
fn corner(pattern: &ConcentricPattern) -> Corner {
    Corner { center: place(&pattern.p), size: pattern.size as f32 }
}
