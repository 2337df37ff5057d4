//! What a camera sees, in a terminal: two pixels a letter, in greys.

#[cfg(target_os = "linux")]
use std::fmt::Write;

use qr_search::Picture;

/// The picture reduced to at most so many columns and rows of letters: the levels of each letter's upper and lower half.
pub fn halves(picture: &Picture<'_>, columns: usize, rows: usize) -> Vec<Vec<(u8, u8)>> {
    let (width, height) = (picture.width(), picture.height());
    let factor = width.div_ceil(columns.max(1)).max(height.div_ceil((rows * 2).max(1))).max(1);
    let small = picture.reduced(factor);
    let mut letters = Vec::new();
    let mut lines = small.rows();
    while let Some(upper) = lines.next() {
        let lower = lines.next().unwrap_or(upper);
        letters.push(upper.iter().copied().zip(lower.iter().copied()).collect());
    }
    letters
}

/// The same as text for a terminal. Rows end so that what stood there before goes.
#[cfg(target_os = "linux")]
pub fn blocks(picture: &Picture<'_>, columns: usize, rows: usize) -> String {
    let mut text = String::new();
    for line in halves(picture, columns, rows) {
        for (upper, lower) in line {
            let _ = write!(text, "\x1b[38;5;{};48;5;{}m▀", grey(upper), grey(lower));
        }
        text.push_str("\x1b[0m\x1b[K\n");
    }
    text
}

/// One of the 24 greys of a terminal of 256 colours.
pub fn grey(level: u8) -> u8 {
    232 + level / 11
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_and_has_two_pixels_a_letter() {
        let picture = Picture::new([vec![0; 8], vec![255; 8]].concat(), 4, 4).unwrap();
        let text = blocks(&picture, 80, 24);
        assert_eq!(text.lines().count(), 2);
        assert_eq!(text.matches('▀').count(), 8);
        assert!(text.starts_with("\x1b[38;5;232;48;5;232m▀") && text.contains("\x1b[38;5;255;48;5;255m▀"));
        let wide = Picture::new(vec![128; 640 * 480], 640, 480).unwrap();
        let text = blocks(&wide, 80, 24);
        assert!(text.lines().count() <= 24 && text.lines().all(|line| line.matches('▀').count() <= 80));
    }
}
