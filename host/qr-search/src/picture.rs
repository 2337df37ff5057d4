//! A grey picture, and the few changes that searching needs.

use std::borrow::Cow;

/// A grey picture, row by row, 0 black to 255 white.
#[derive(Clone)]
pub struct Picture<'a> {
    luma: Cow<'a, [u8]>,
    width: usize,
    height: usize,
}

impl<'a> Picture<'a> {
    /// A picture of so many pixels. `None` where there are not as many, or none.
    pub fn new(luma: impl Into<Cow<'a, [u8]>>, width: usize, height: usize) -> Option<Self> {
        let luma = luma.into();
        (width > 0 && height > 0 && width.checked_mul(height) == Some(luma.len())).then_some(Self { luma, width, height })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.luma.chunks_exact(self.width)
    }

    /// All pixels.
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// A part of it, cut at its edges. `None` where nothing is left.
    pub fn cropped(&self, left: usize, top: usize, width: usize, height: usize) -> Option<Picture<'static>> {
        let width = width.min(self.width.saturating_sub(left));
        let height = height.min(self.height.saturating_sub(top));
        let rows = self.rows().skip(top).take(height).flat_map(|row| row.iter().skip(left).take(width).copied());
        Picture::new(rows.collect::<Vec<u8>>(), width, height)
    }

    /// A smaller picture, each pixel the mean of `factor` × `factor`. What is left over at the edges is dropped.
    pub fn reduced(&self, factor: usize) -> Picture<'_> {
        let (width, height) = (self.width / factor.max(1), self.height / factor.max(1));
        if factor < 2 || width == 0 || height == 0 {
            return Picture { luma: Cow::Borrowed(&self.luma), width: self.width, height: self.height };
        }
        let area = u32::try_from(factor * factor).unwrap_or(u32::MAX);
        let mut luma = Vec::with_capacity(width * height);
        let mut sums = vec![0_u32; width];
        for rows in self.luma.chunks_exact(self.width * factor) {
            sums.fill(0);
            for row in rows.chunks_exact(self.width) {
                add_chunks(&mut sums, row, factor);
            }
            luma.extend(sums.iter().map(|sum| low_byte(sum / area)));
        }
        Picture { luma: Cow::Owned(luma), width, height }
    }

    /// A picture of twice the width and height, pixels between others their mean.
    pub fn doubled(&self) -> Picture<'static> {
        let mut luma = Vec::with_capacity(self.luma.len() * 4);
        let mut rows = self.rows().peekable();
        let mut widened = Vec::with_capacity(self.width * 2);
        while let Some(row) = rows.next() {
            let below = rows.peek().copied().unwrap_or(row);
            widen(row, &mut widened);
            luma.extend_from_slice(&widened);
            let between: Vec<u8> = row.iter().zip(below).map(|(&one, &other)| mean(one, other)).collect();
            widen(&between, &mut widened);
            luma.extend_from_slice(&widened);
        }
        Picture { luma: Cow::Owned(luma), width: self.width * 2, height: self.height * 2 }
    }

    /// Each pixel weighed with its four neighbours: noise fades. The edge stays as it is.
    pub fn softened(&self) -> Picture<'static> {
        self.convolved(|center, around| low_byte((4 * u32::from(center) + around) / 8))
    }

    /// What a lens blurred, drawn apart: each pixel away from the mean of its neighbours.
    pub fn sharpened(&self) -> Picture<'static> {
        self.convolved(|center, around| {
            let sharp = (i64::from(center) * 12 - i64::from(around) * 2) / 4;
            u8::try_from(sharp.clamp(0, 255)).unwrap_or_default()
        })
    }

    fn convolved(&self, pixel: impl Fn(u8, u32) -> u8) -> Picture<'static> {
        let mut luma = Vec::with_capacity(self.luma.len());
        let rows: Vec<&[u8]> = self.rows().collect();
        for (y, &row) in rows.iter().enumerate() {
            let above = y.checked_sub(1).and_then(|y| rows.get(y)).copied().unwrap_or(row);
            let below = rows.get(y + 1).copied().unwrap_or(row);
            luma.extend(row.first());
            let middle = row.windows(3).zip(above.iter().skip(1)).zip(below.iter().skip(1));
            luma.extend(middle.map(|((window, &above), &below)| match window {
                &[left, center, right] => pixel(center, u32::from(left) + u32::from(right) + u32::from(above) + u32::from(below)),
                _ => 0,
            }));
            if self.width > 1 {
                luma.extend(row.last());
            }
        }
        Picture { luma: Cow::Owned(luma), width: self.width, height: self.height }
    }

    /// The same with its darkest at 0 and its lightest at 255, where little lies between; the darkest and lightest hundredth are passed over.
    pub fn stretched(self) -> Self {
        let mut counts = [0_usize; 256];
        for &pixel in self.luma.iter() {
            if let Some(count) = counts.get_mut(usize::from(pixel)) {
                *count += 1;
            }
        }
        let darkest = level_beyond((0..=255_u8).zip(&counts), self.luma.len() / 100).unwrap_or(0);
        let lightest = level_beyond((0..=255_u8).rev().zip(counts.iter().rev()), self.luma.len() / 100).unwrap_or(255);
        let range = u32::from(lightest.saturating_sub(darkest)).max(1);
        if range > 150 {
            return self;
        }
        let level = |pixel: u8| low_byte((u32::from(pixel.saturating_sub(darkest)) * 255 / range).min(255));
        let luma: Vec<u8> = self.luma.iter().map(|&pixel| level(pixel)).collect();
        Self { luma: Cow::Owned(luma), ..self }
    }
}

/// Adds each `factor` pixels of a row to their sum. The usual factors are known to the compiler.
fn add_chunks(sums: &mut [u32], row: &[u8], factor: usize) {
    fn add<const N: usize>(sums: &mut [u32], row: &[u8]) {
        for (sum, chunk) in sums.iter_mut().zip(row.as_chunks::<N>().0) {
            *sum += chunk.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
        }
    }
    match factor {
        2 => add::<2>(sums, row),
        3 => add::<3>(sums, row),
        4 => add::<4>(sums, row),
        _ => {
            for (sum, chunk) in sums.iter_mut().zip(row.chunks_exact(factor)) {
                *sum += chunk.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
            }
        }
    }
}

/// The first level that more pixels than so many have passed.
fn level_beyond<'a>(counts: impl Iterator<Item = (u8, &'a usize)>, pixels: usize) -> Option<u8> {
    let mut seen = 0;
    let mut counts = counts;
    counts
        .find(|(_, count)| {
            seen += **count;
            seen > pixels
        })
        .map(|(level, _)| level)
}

fn widen(row: &[u8], wide: &mut Vec<u8>) {
    wide.clear();
    for pair in row.windows(2) {
        if let &[left, right] = pair {
            wide.extend([left, mean(left, right)]);
        }
    }
    if let Some(&last) = row.last() {
        wide.extend([last, last]);
    }
}

fn mean(one: u8, other: u8) -> u8 {
    low_byte((u32::from(one) + u32::from(other)) / 2)
}

fn low_byte(level: u32) -> u8 {
    u8::try_from(level).unwrap_or(u8::MAX)
}
