//! Pictures out of a file or a pipe: YUV4MPEG2, of which the grey is used.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use qr_search::Picture;

use super::Camera;
use crate::error::{Error, Result};
use crate::serial_port::unusable;

/// Largest picture in pixels.
const MOST_PIXELS: usize = 16_000_000;

/// Longest line of a header, in bytes.
const LONGEST_LINE: u64 = 512;

/// A stream under way.
pub struct Stream {
    input: BufReader<File>,
    path: PathBuf,
    width: usize,
    height: usize,
    /// Bytes of colour after the grey of each picture.
    colour: usize,
    ended: bool,
}

impl Stream {
    /// Opens a stream and reads its header.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|cause| unusable(path, &cause))?;
        let mut stream =
            Self { input: BufReader::new(file), path: path.to_owned(), width: 0, height: 0, colour: 0, ended: false };
        let header = stream.line()?.ok_or_else(|| stream.unusable())?;
        let mut words = header.split(' ');
        if words.next() != Some("YUV4MPEG2") {
            return Err(stream.unusable());
        }
        let mut space = "420";
        for word in words {
            match word.split_at_checked(1) {
                Some(("W", width)) => stream.width = width.parse().unwrap_or(0),
                Some(("H", height)) => stream.height = height.parse().unwrap_or(0),
                Some(("C", name)) => space = name,
                _ => {}
            }
        }
        let pixels = stream.width.checked_mul(stream.height).filter(|pixels| (1..=MOST_PIXELS).contains(pixels));
        let pixels = pixels.ok_or_else(|| stream.unusable())?;
        let halves = stream.width.div_ceil(2) * stream.height.div_ceil(2);
        stream.colour = match space {
            "mono" => 0,
            "444" => 2 * pixels,
            "422" => 2 * stream.width.div_ceil(2) * stream.height,
            // More than eight bits a pixel.
            other if other.contains('p') && !other.starts_with("420paldv") => return Err(stream.unusable()),
            other if other.starts_with("420") => 2 * halves,
            _ => return Err(stream.unusable()),
        };
        Ok(stream)
    }

    fn unusable(&self) -> Error {
        Error::usage("camera-no-stream").with("device", self.path.display().to_string())
    }

    /// A line of a header without its end; `None` at the end of the stream.
    fn line(&mut self) -> Result<Option<String>> {
        let mut line = Vec::new();
        let read = self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
        if read.map_err(|cause| unusable(&self.path, &cause))? == 0 {
            return Ok(None);
        }
        match line.pop() {
            Some(b'\n') => Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            _ => Err(self.unusable()),
        }
    }
}

impl Camera for Stream {
    /// A stream that ends is a camera that went away without a code.
    fn next(&mut self, deadline: Instant) -> Result<Option<Picture<'static>>> {
        if Instant::now() >= deadline {
            return Ok(None);
        }
        match self.line()? {
            None => {
                self.ended = true;
                return Ok(None);
            }
            Some(line) if line.starts_with("FRAME") => {}
            Some(_) => return Err(self.unusable()),
        }
        let mut luma = vec![0; self.width * self.height];
        let mut colour = vec![0; self.colour];
        let read = self.input.read_exact(&mut luma).and_then(|()| self.input.read_exact(&mut colour));
        if read.is_err() {
            self.ended = true;
            return Ok(None);
        }
        Ok(Picture::new(luma, self.width, self.height))
    }

    fn is_at_its_end(&self) -> bool {
        self.ended
    }
}
