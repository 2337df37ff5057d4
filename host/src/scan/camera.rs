//! A camera: its pictures are searched one after the other until a code is seen, with a preview in the terminal meanwhile.
//!
//! What is no device is read as a stream of pictures (YUV4MPEG2), as `ffmpeg -f yuv4mpegpipe` writes them: a camera in the network, and the
//! stand-in of the tests.

mod pixels;
mod stream;
mod v4l;

use std::io::{IsTerminal, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::{Duration, Instant};

use qr_search::{Effort, Picture, search};

use super::Content;
use crate::commands::Session;
use crate::error::{Error, Result};
use crate::render::preview;

/// Where pictures come from.
trait Camera {
    /// The next picture; `None` where none came in time.
    fn next(&mut self, deadline: Instant) -> Result<Option<Picture<'static>>>;
}

/// Waits for codes.
///
/// # Errors
/// That the camera cannot be used, went away, or saw no code in time.
pub fn scan(device: &Path, wait: Duration, session: &mut Session) -> Result<Vec<Content>> {
    let mut camera = open(device)?;
    session.note(&session.messages.format("camera-waiting", &[("device", device.display().to_string().into())]));
    let deadline = Instant::now() + wait;
    let mut screen = Screen::new();
    let found = loop {
        let Some(picture) = camera.next(deadline)? else { break None };
        screen.show(&picture);
        let found = search(&picture, Effort::Frame);
        if !found.is_empty() {
            break Some(found);
        }
    };
    // What the camera saw does not stay on the screen.
    screen.wipe();
    match found {
        Some(found) => Ok(found.into_iter().map(|code| code.content).collect()),
        None => Err(Error::usage("scanner-silent").with("device", device.display().to_string())),
    }
}

fn open(device: &Path) -> Result<Box<dyn Camera>> {
    let kind = std::fs::metadata(device).map_err(|cause| super::serial::unusable(device, &cause))?.file_type();
    if kind.is_char_device() { Ok(Box::new(v4l::Device::open(device)?)) } else { Ok(Box::new(stream::Stream::open(device)?)) }
}

/// The preview, where standard error is a terminal.
struct Screen {
    size: Option<(usize, usize)>,
    lines: usize,
}

impl Screen {
    fn new() -> Self {
        let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok().filter(|_| std::io::stderr().is_terminal());
        Self { size: size.map(|size| (size.ws_col.into(), size.ws_row.into())), lines: 0 }
    }

    fn show(&mut self, picture: &Picture) {
        let Some((columns, rows)) = self.size else { return };
        let text = preview::blocks(picture, columns.min(100), rows.saturating_sub(2).min(40));
        let up = if self.lines > 0 { format!("\x1b[{}A", self.lines) } else { String::new() };
        self.lines = text.lines().count();
        let _ = write!(std::io::stderr(), "{up}{text}");
    }

    fn wipe(&mut self) {
        if self.lines > 0 {
            let _ = write!(std::io::stderr(), "\x1b[{}A\x1b[J", self.lines);
        }
    }
}
