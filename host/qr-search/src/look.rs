//! The looks of a search, from cheap to dear.

use crate::Effort;
use crate::decoder::Corner;
use crate::picture::Picture;
use crate::threshold::Threshold;

/// One way of looking at a picture or a part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The part: left, top, width, height.
    part: Option<(usize, usize, usize, usize)>,
    /// By how much it is reduced.
    reduced: usize,
    /// How often it is doubled.
    doubled: u32,
    filter: Filter,
    /// How black is told from white.
    pub threshold: Threshold,
    /// Light codes on dark.
    pub inverted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Filter {
    None,
    Soft,
    Sharp,
}

/// The side of a block at which a picture is looked at first.
const USUAL: Threshold = Threshold { block: 8 };
/// For large modules, which fill a block.
const WIDE: Threshold = Threshold { block: 24 };
/// For small modules in uneven light.
const NARROW: Threshold = Threshold { block: 4 };

const PLAIN: Look = Look { part: None, reduced: 1, doubled: 0, filter: Filter::None, threshold: USUAL, inverted: false };

/// The longer side of the smallest picture that is looked at, in pixels: a card that fills it has modules of some three pixels.
const OVERVIEW: usize = 1000;

/// Largest side that is enlarged whole.
const LARGEST_DOUBLED: usize = 1300;

/// Most places that are looked at enlarged, and the longer side to which they are enlarged.
const MOST_WINDOWS: usize = 6;
const WINDOW: usize = 700;

/// Looks at the whole picture. The looks of one round are all taken, so that of two codes of unlike size both are found; the next round
/// only where there was none.
pub fn rounds(picture: &Picture, effort: Effort) -> Vec<Vec<Look>> {
    let side = picture.width().max(picture.height());
    let overview = side.div_ceil(OVERVIEW).max(1);
    let at = |reduced: usize| Look { reduced, ..PLAIN };
    let doubled = |look: Look| Look { doubled: 1, ..look };
    let half = overview.div_ceil(2);
    if effort == Effort::Frame {
        return vec![vec![at(overview)], vec![Look { filter: Filter::Soft, threshold: NARROW, ..at(overview) }]];
    }
    let first = if half < overview { vec![at(overview), at(half)] } else { vec![at(overview)] };
    let mut second = vec![Look { threshold: WIDE, filter: Filter::Soft, ..at(half) }];
    if half > 1 {
        second.push(at(1));
    }
    if side <= LARGEST_DOUBLED {
        second.push(doubled(PLAIN));
    }
    let third = vec![
        Look { inverted: true, ..at(overview) },
        Look { filter: Filter::Sharp, ..at(half) },
        Look { threshold: NARROW, ..at(half) },
        Look { filter: Filter::Soft, threshold: WIDE, ..at(overview) },
    ];
    vec![first, second, third]
}

/// Looks at the places where corners were seen, those with most corners first. A code of a card is some eight corners wide.
pub fn windows(picture: &Picture, corners: &[Corner], effort: Effort) -> Vec<Vec<Look>> {
    let mut windows: Vec<(usize, Corner)> = Vec::new();
    for corner in corners {
        let near = |other: &&Corner| distance(corner, other) < corner.size * 10.0 && ratio(corner.size, other.size) < 2.0;
        let count = corners.iter().filter(near).count();
        if count >= 2 && !windows.iter().any(|(_, known)| distance(corner, known) < known.size * 4.0) {
            windows.push((count, *corner));
        }
    }
    windows.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let most = if effort == Effort::Frame { 1 } else { MOST_WINDOWS };
    windows.into_iter().take(most).filter_map(|(_, corner)| window(picture, &corner, effort)).collect()
}

fn distance(one: &Corner, other: &Corner) -> f32 {
    (one.center.0 - other.center.0).hypot(one.center.1 - other.center.1)
}

fn ratio(one: f32, other: f32) -> f32 {
    one.max(other) / one.min(other).max(1.0)
}

fn window(picture: &Picture, corner: &Corner, effort: Effort) -> Option<Vec<Look>> {
    let reach = corner.size * 10.0;
    let (left, right) = (pixel(corner.center.0 - reach), pixel(corner.center.0 + reach).min(picture.width()));
    let (top, bottom) = (pixel(corner.center.1 - reach), pixel(corner.center.1 + reach).min(picture.height()));
    let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    let side = width.max(height).max(1);
    let doubled = (0..3).take_while(|doubled| side << doubled < WINDOW).last().map_or(0, |doubled| doubled + 1).min(2);
    let look = Look { part: Some((left, top, width, height)), reduced: side.div_ceil(2 * WINDOW), doubled, ..PLAIN };
    let wide = Threshold { block: 12 };
    let looks = [
        look,
        Look { filter: Filter::Sharp, ..look },
        Look { filter: Filter::Soft, threshold: wide, ..look },
        Look { filter: Filter::Sharp, threshold: wide, ..look },
        Look { threshold: NARROW, ..look },
        Look { threshold: Threshold { block: 32 }, ..look },
    ];
    Some(looks.into_iter().take(if effort == Effort::Frame { 2 } else { looks.len() }).collect())
}

/// A place in pixels, 0 where it lies outside.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float beyond the range is cut to it")]
fn pixel(place: f32) -> usize {
    place as usize
}

impl Look {
    /// The part to look at, filtered and scaled; and how many pixels of the picture one of its own is.
    #[allow(clippy::cast_precision_loss, reason = "a small whole number")]
    pub fn prepare<'a>(&self, whole: &'a Picture) -> (Picture<'a>, f32) {
        let part = self.part.and_then(|(left, top, width, height)| whole.cropped(left, top, width, height));
        // What is cut out is looked at in its own light.
        let mut picture: Picture<'a> = match part {
            Some(part) => {
                let reduced = part.reduced(self.reduced);
                let luma = reduced.luma().to_vec();
                let (width, height) = (reduced.width(), reduced.height());
                Picture::new(luma, width, height).unwrap_or(reduced_whole(whole, self.reduced))
            }
            None => reduced_whole(whole, self.reduced),
        };
        picture = picture.stretched();
        for _ in 0..self.doubled {
            picture = picture.doubled();
        }
        picture = match self.filter {
            Filter::None => picture,
            Filter::Soft => picture.softened(),
            Filter::Sharp => picture.sharpened(),
        };
        (picture, self.reduced.max(1) as f32 / (1_u32 << self.doubled) as f32)
    }

    /// The left upper corner of the part in the picture.
    #[allow(clippy::cast_precision_loss, reason = "pixels of a picture are far below 2^23 a side")]
    pub fn origin(&self) -> (f32, f32) {
        self.part.map_or((0.0, 0.0), |(left, top, ..)| (left as f32, top as f32))
    }
}

fn reduced_whole<'a>(whole: &'a Picture, factor: usize) -> Picture<'a> {
    whole.reduced(factor)
}
