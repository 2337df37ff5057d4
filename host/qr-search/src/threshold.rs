//! Which pixels are black: each is compared with its surroundings, so that shadows and glare do not matter.

use rxing::common::{BitArray, BitMatrix};

use crate::picture::Picture;

/// How surroundings are measured: the side of a block in pixels. The surroundings are five by five blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Side of a block.
    pub block: usize,
}

/// Least difference between light and dark in which anything is looked for; less is paper, or noise.
const LEAST_CONTRAST: u32 = 22;

/// Levels in one block.
#[derive(Clone, Copy)]
struct Levels {
    sum: u32,
    count: u32,
    darkest: u8,
    lightest: u8,
}

impl Levels {
    const NONE: Self = Self { sum: 0, count: 0, darkest: u8::MAX, lightest: 0 };

    fn add(&mut self, pixels: &[u8]) {
        let (mut sum, mut darkest, mut lightest) = (0_u32, self.darkest, self.lightest);
        for &pixel in pixels {
            sum += u32::from(pixel);
            darkest = darkest.min(pixel);
            lightest = lightest.max(pixel);
        }
        self.sum += sum;
        self.count += u32::try_from(pixels.len()).unwrap_or(0);
        (self.darkest, self.lightest) = (darkest, lightest);
    }

    fn join(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            count: self.count + other.count,
            darkest: self.darkest.min(other.darkest),
            lightest: self.lightest.max(other.lightest),
        }
    }

    /// The level below which a pixel is black. In flat surroundings nothing is.
    fn threshold(self) -> u8 {
        let contrast = u32::from(self.lightest.saturating_sub(self.darkest));
        let mean = self.sum.checked_div(self.count).unwrap_or(0);
        let level = if contrast < LEAST_CONTRAST { u32::from(self.darkest) / 2 } else { mean.saturating_sub(contrast / 24) };
        u8::try_from(level).unwrap_or(u8::MAX)
    }
}

/// The picture in black and white; inverted, where the code is light on dark. `None` where it is too small to hold a code.
pub fn black(picture: &Picture, threshold: Threshold, inverted: bool) -> Option<BitMatrix> {
    const SMALLEST: usize = 21;
    if picture.width() < SMALLEST || picture.height() < SMALLEST {
        return None;
    }
    let block = threshold.block.max(1);
    let columns = picture.width().div_ceil(block);
    let mut levels = vec![Levels::NONE; columns * picture.height().div_ceil(block)];
    for (blocks, rows) in levels.chunks_exact_mut(columns).zip(picture.luma().chunks(picture.width() * block)) {
        for row in rows.chunks_exact(picture.width()) {
            for (levels, pixels) in blocks.iter_mut().zip(row.chunks(block)) {
                levels.add(pixels);
            }
        }
    }
    let thresholds = surroundings(&levels, columns);
    let width = u32::try_from(picture.width()).ok()?;
    let mut bits = BitMatrix::new(width, u32::try_from(picture.height()).ok()?).ok()?;
    let mut line = BitArray::with_size(picture.width());
    let words = usize::BITS as usize;
    let mut flags = vec![false; picture.width()];
    for (y, row) in (0_u32..).zip(picture.rows()) {
        let index = usize::try_from(y).ok()? / block * columns;
        let thresholds = thresholds.get(index..index + columns)?;
        for ((flags, pixels), &threshold) in flags.chunks_mut(block).zip(row.chunks(block)).zip(thresholds) {
            for (flag, &pixel) in flags.iter_mut().zip(pixels) {
                *flag = (pixel < threshold) != inverted;
            }
        }
        for (index, flags) in flags.chunks(words).enumerate() {
            let word = flags.iter().rev().fold(0_usize, |word, &flag| word << 1 | usize::from(flag));
            line.setBulk(index * words, word);
        }
        bits.setRow(y, &line);
    }
    Some(bits)
}

/// The threshold of each block, out of it and the two to each side.
fn surroundings(levels: &[Levels], columns: usize) -> Vec<u8> {
    const REACH: usize = 2;
    let joined = |items: &mut dyn Iterator<Item = Levels>| items.fold(Levels::NONE, Levels::join);
    // Along the rows first, then along the columns: a square out of two lines.
    let mut along_rows = Vec::with_capacity(levels.len());
    for row in levels.chunks_exact(columns) {
        for x in 0..columns {
            let from = x.saturating_sub(REACH);
            along_rows.push(joined(&mut row.iter().skip(from).take(x + REACH + 1 - from).copied()));
        }
    }
    let rows: Vec<&[Levels]> = along_rows.chunks_exact(columns).collect();
    let mut thresholds = Vec::with_capacity(levels.len());
    let mut column = vec![Levels::NONE; columns];
    for y in 0..rows.len() {
        column.fill(Levels::NONE);
        let from = y.saturating_sub(REACH);
        for row in rows.iter().skip(from).take(y + REACH + 1 - from) {
            for (sum, levels) in column.iter_mut().zip(row.iter()) {
                *sum = sum.join(*levels);
            }
        }
        thresholds.extend(column.iter().map(|levels| levels.threshold()));
    }
    thresholds
}
