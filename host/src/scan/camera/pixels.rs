//! Pixels of cameras in grey.

use qr_search::Picture;

/// How a camera packs its pixels; the letters that V4L names it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// One byte a pixel.
    Grey,
    /// Two bytes a pixel, the grey first.
    Yuyv,
    /// The grey of all pixels, then colour.
    Nv12,
    /// A JPEG a picture.
    MotionJpeg,
}

impl Packing {
    /// In the order in which they are asked for: what needs no decoding first.
    pub const ALL: [Self; 4] = [Self::Grey, Self::Yuyv, Self::Nv12, Self::MotionJpeg];

    /// V4L2_PIX_FMT_…
    pub fn code(self) -> u32 {
        u32::from_le_bytes(match self {
            Self::Grey => *b"GREY",
            Self::Yuyv => *b"YUYV",
            Self::Nv12 => *b"NV12",
            Self::MotionJpeg => *b"MJPG",
        })
    }

    /// The picture out of what the camera gave; `stride` is the length of a row in bytes. `None` where it is cut off.
    pub fn picture(self, bytes: &[u8], width: usize, height: usize, stride: usize) -> Option<Picture<'static>> {
        let luma: Vec<u8> = match self {
            Self::MotionJpeg => return crate::scan::photograph::decode(bytes, "").ok(),
            Self::Yuyv => rows(bytes, stride, width * 2, height).flat_map(|row| row.iter().step_by(2).copied()).collect(),
            Self::Grey | Self::Nv12 => rows(bytes, stride, width, height).flatten().copied().collect(),
        };
        Picture::new(luma, width, height)
    }
}

fn rows(bytes: &[u8], stride: usize, used: usize, height: usize) -> impl Iterator<Item = &[u8]> {
    bytes.chunks(stride.max(used).max(1)).take(height).filter_map(move |row| row.get(..used))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn grey_is_taken_out_of_each_packing() {
        // Two by two pixels, rows of five bytes at least
        let yuyv = [1, 9, 2, 9, 0, 3, 9, 4, 9, 0];
        assert_eq!(Packing::Yuyv.picture(&yuyv, 2, 2, 5).unwrap().luma(), [1, 2, 3, 4]);
        assert_eq!(Packing::Nv12.picture(&[1, 2, 3, 4, 9, 9], 2, 2, 2).unwrap().luma(), [1, 2, 3, 4]);
        assert_eq!(Packing::Grey.picture(&[1, 2, 0, 3, 4, 0], 2, 2, 3).unwrap().luma(), [1, 2, 3, 4]);
        for packing in Packing::ALL {
            assert!(packing.picture(&[1, 2, 3], 2, 2, 2).is_none(), "{packing:?}");
        }
    }
}
