//! A camera: its pictures are searched one after the other until a code is seen, with a preview in the terminal meanwhile.
//!
//! What is no device is read as a stream of pictures (YUV4MPEG2), as `ffmpeg -f yuv4mpegpipe` writes them: a camera in the network, and the
//! stand-in of the tests.

mod pixels;
mod stream;
mod v4l;

use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::{Duration, Instant};

use qr_search::{Effort, Picture, search};

use super::Content;
use super::watch::Watch;
use crate::abandon::Patience;
use crate::error::{Error, Result};

/// How long one picture may take.
const LATE: Duration = Duration::from_millis(500);

/// Where pictures come from.
trait Camera {
    /// The next picture; `None` where none came in time.
    fn next(&mut self, deadline: Instant) -> Result<Option<Picture<'static>>>;

    /// Whether none will come any more.
    fn is_at_its_end(&self) -> bool {
        false
    }
}

/// Waits for codes.
///
/// # Errors
/// That the camera cannot be used, went away, or saw no code in time.
pub fn scan(device: &Path, patience: &Patience, watch: &mut dyn Watch) -> Result<Vec<Content>> {
    let mut camera = open(device)?;
    watch.waits("camera-waiting", device);
    let found = loop {
        if patience.is_over() {
            break None;
        }
        // A picture that is late is waited for again, as long as a code is wanted.
        let deadline = Instant::now() + patience.left().min(LATE);
        let Some(picture) = camera.next(deadline)? else {
            if camera.is_at_its_end() || patience.is_over() {
                break None;
            }
            continue;
        };
        watch.sees(&picture);
        let found = search(&picture, Effort::Frame);
        if watch.takes(!found.is_empty()) {
            break Some(found);
        }
    };
    // What the camera saw does not stay on the screen.
    watch.forgets();
    match found {
        Some(found) => Ok(found.into_iter().map(|code| code.content).collect()),
        None => Err(Error::usage("scanner-silent").with("device", device.display().to_string())),
    }
}

fn open(device: &Path) -> Result<Box<dyn Camera>> {
    let kind = std::fs::metadata(device).map_err(|cause| crate::serial_port::unusable(device, &cause))?.file_type();
    if kind.is_char_device() { Ok(Box::new(v4l::Device::open(device)?)) } else { Ok(Box::new(stream::Stream::open(device)?)) }
}
