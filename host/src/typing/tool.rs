//! The tools that type on Linux and other Unix desktops: `wtype` (Wayland), `xdotool` (X11), `ydotool` (the kernel's uinput, ASCII alone).

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Keys;
use crate::error::{Error, Result};
use crate::installed;

/// How long a tool may take beyond its work.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take for a letter: xdotool waits 12 ms twice.
const A_LETTER: Duration = Duration::from_millis(60);

/// A tool that reads from standard input what it types.
#[derive(Clone, Copy)]
struct Tool {
    name: &'static str,
    arguments: &'static [&'static str],
    /// Whether it knows the keys of ASCII alone.
    ascii: bool,
}

const WTYPE: Tool = Tool { name: "wtype", arguments: &["-"], ascii: false };
const XDOTOOL: Tool = Tool { name: "xdotool", arguments: &["type", "--clearmodifiers", "--file", "-"], ascii: false };
const YDOTOOL: Tool = Tool { name: "ydotool", arguments: &["type", "--file", "-"], ascii: true };

/// A tool that is there.
pub struct Keyboard {
    tool: Tool,
    path: PathBuf,
}

impl Keyboard {
    /// The first tool for this session that is installed: under Wayland xdotool reaches the windows of X alone, and is none.
    pub fn find() -> Option<Self> {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let tools: &[Tool] = match (is_set("WAYLAND_DISPLAY"), is_set("DISPLAY")) {
            (true, _) => &[WTYPE, YDOTOOL],
            (false, true) => &[XDOTOOL, YDOTOOL],
            (false, false) => &[],
        };
        tools.iter().find_map(|tool| Some(Self { tool: *tool, path: installed::find(tool.name)? }))
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.tool.name
    }

    /// Whether it has a key for each letter.
    ///
    /// # Errors
    /// That it has not. The letter is not named: it is of a card.
    pub fn check(&self, keys: &Keys) -> Result<()> {
        if self.tool.ascii && !keys.text().is_ascii() {
            return Err(Error::usage("type-ascii-alone").with("tool", self.tool.name));
        }
        Ok(())
    }

    /// Types.
    ///
    /// # Errors
    /// That the tool cannot be started, failed, or does not end. What it says is not shown: it may repeat what it was given.
    pub fn type_out(&self, keys: &Keys) -> Result<()> {
        let failed = |status: String| Error::usage("type-tool-failed").with("tool", self.tool.name).with("status", status);
        let mut command = Command::new(&self.path);
        // The tools read letters by the locale, and the one that the session names may not be installed.
        command
            .env("LC_ALL", "C.UTF-8")
            .args(self.tool.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(|cause| failed(cause.to_string()))?;
        // Less than a pipe holds: this never waits for the tool.
        let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(keys.text().as_bytes()));
        let letters = u32::try_from(keys.text().chars().count()).unwrap_or(u32::MAX);
        let deadline = Instant::now() + PATIENCE + A_LETTER * letters;
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() && written.is_ok() => return Ok(()),
                Ok(Some(status)) => return Err(failed(status.to_string())),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(10)),
                Ok(None) => {
                    child.kill().ok();
                    child.wait().ok();
                    return Err(Error::usage("type-tool-hangs").with("tool", self.tool.name));
                }
                Err(cause) => return Err(failed(cause.to_string())),
            }
        }
    }
}
