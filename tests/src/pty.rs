//! A pseudo-terminal with a program on it, for what is measured: no program draws between.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A program in a window of 80 × 24. It ends with this value.
pub struct Pty {
    ours: File,
    child: Child,
}

impl Pty {
    /// Starts a command.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(command: &mut Command) -> std::io::Result<Self> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        tcsetwinsize(&ours, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 })?;
        let theirs: File = rustix::fs::open(ptsname(&ours, Vec::new())?, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?.into();
        let child = command.stdin(theirs.try_clone()?).stdout(theirs.try_clone()?).stderr(theirs).spawn()?;
        Ok(Self { ours: ours.into(), child })
    }

    /// Types.
    ///
    /// # Errors
    /// That the program is gone.
    pub fn type_text(&mut self, text: &str) -> std::io::Result<()> {
        self.ours.write_all(text.as_bytes())
    }

    /// Reads what the program draws until these letters come, one after the other.
    ///
    /// # Errors
    /// That the program is gone, or that they did not come within a minute.
    pub fn wait_for(&mut self, text: &str) -> std::io::Result<()> {
        let mut drawn = Vec::new();
        let mut part = [0; 4096];
        let limit = Timespec { tv_sec: 60, tv_nsec: 0 };
        while !drawn.windows(text.len()).any(|window| window == text.as_bytes()) {
            if poll(&mut [PollFd::new(&self.ours, PollFlags::IN)], Some(&limit))? == 0 {
                let drawn = String::from_utf8_lossy(&drawn).into_owned();
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, drawn));
            }
            match self.ours.read(&mut part)? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                len => drawn.extend_from_slice(part.get(..len).unwrap_or_default()),
            }
        }
        Ok(())
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
