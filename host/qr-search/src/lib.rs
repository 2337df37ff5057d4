//! Finds QR codes in grey pictures of cards: small in a large photo, dim, blurred, rotated, skewed, several in one picture.
//!
//! One way of looking finds few of them, so that a search is a list of looks from cheap to dear: the picture at several scales, with
//! several thresholds, then only the places where the corners of a code were seen, enlarged. How much is spent, [`Effort`] says: the list
//! and the bounds in each look are fixed, and so is what a whole search may spend on what looks like codes and is none (`budget`): the same
//! picture always gives the same codes, and none takes long.
#![forbid(unsafe_code)]

mod budget;
mod contained;
mod decoder;
mod look;
mod picture;
mod threshold;

use zeroize::Zeroizing;

pub use contained::contained;
pub use picture::Picture;

use budget::Budget;
use decoder::Corner;
use look::Look;

/// A code that was found.
#[derive(Clone)]
pub struct Found {
    /// Its content, as bytes: what character set they are in, codes of cards do not say.
    pub content: Zeroizing<Vec<u8>>,
    /// The corners of its middle in the picture, in pixels.
    pub place: [(f32, f32); 4],
}

/// How long to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// One picture of a camera, of which the next comes soon.
    Frame,
    /// A photograph, of which there is but one.
    Photograph,
}

/// The codes in a picture, each once, in the order in which they were found.
pub fn search(picture: &Picture, effort: Effort) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut corners: Vec<Corner> = Vec::new();
    let mut budget = Budget::new(effort);
    for round in look::rounds(picture, effort) {
        for look in round {
            look_at(picture, &look, &mut budget, &mut found, &mut corners);
        }
        if !found.is_empty() || budget.is_spent() {
            return found;
        }
    }
    for window in look::windows(picture, &corners, effort) {
        for look in window {
            look_at(picture, &look, &mut budget, &mut found, &mut Vec::new());
            if !found.is_empty() || budget.is_spent() {
                break;
            }
        }
    }
    found
}

/// One look, where the budget has room for one; what it finds is added, in the measures of the whole picture.
fn look_at(whole: &Picture, look: &Look, budget: &mut Budget, found: &mut Vec<Found>, corners: &mut Vec<Corner>) {
    if budget.is_spent() {
        return;
    }
    let (prepared, scale) = look.prepare(whole);
    let bits = threshold::black(&prepared, look.threshold, look.inverted);
    let seen = decoder::decode(bits, budget);
    let moved = |(x, y): (f32, f32)| (x * scale + look.origin().0, y * scale + look.origin().1);
    for code in seen.codes {
        if !found.iter().any(|known| known.content == code.content) {
            found.push(Found { content: code.content, place: code.place.map(moved) });
        }
    }
    corners.extend(seen.corners.into_iter().map(|corner| Corner { center: moved(corner.center), size: corner.size * scale }));
}

#[cfg(test)]
mod tests;
