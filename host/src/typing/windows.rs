//! Typing on Windows: SendInput of user32, by the code units of the letters, whatever the keyboard's layout.

use windows_sys::Win32::UI::Input::KeyboardAndMouse::{
    INPUT, INPUT_0, INPUT_KEYBOARD, KEYBDINPUT, KEYEVENTF_KEYUP, KEYEVENTF_UNICODE, SendInput, VK_RETURN, VK_TAB,
};

use super::Keys;
use crate::error::{Error, Result};

/// The system's keyboard.
pub struct Keyboard;

impl Keyboard {
    /// It is always there.
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there may be none")]
    pub fn find() -> Option<Self> {
        Some(Self)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        "SendInput"
    }

    /// It has every letter.
    ///
    /// # Errors
    /// None.
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere there are tools that have not")]
    pub fn check(&self, _: &Keys) -> Result<()> {
        Ok(())
    }

    /// Types.
    ///
    /// # Errors
    /// That the system took only a part, as where the window in front belongs to an administrator.
    pub fn type_out(&self, keys: &Keys) -> Result<()> {
        for letter in keys.text().chars() {
            let strokes: Vec<(u16, u16, u32)> = match letter {
                '\t' => vec![(VK_TAB, 0, 0)],
                '\n' => vec![(VK_RETURN, 0, 0)],
                letter => letter.encode_utf16(&mut [0; 2]).iter().map(|unit| (0, *unit, KEYEVENTF_UNICODE)).collect(),
            };
            let down = strokes.iter().map(|(key, unit, flags)| input(*key, *unit, *flags));
            let up = strokes.iter().map(|(key, unit, flags)| input(*key, *unit, *flags | KEYEVENTF_KEYUP));
            let events: Vec<INPUT> = down.chain(up).collect();
            let count = u32::try_from(events.len()).unwrap_or_default();
            let size = i32::try_from(size_of::<INPUT>()).unwrap_or_default();
            // SAFETY: the pointer and the count are of one vector of whole events, which outlives the call.
            let taken = unsafe { SendInput(count, events.as_ptr(), size) };
            if taken != count {
                return Err(Error::usage("type-tool-failed").with("tool", self.name()).with("status", "SendInput"));
            }
        }
        Ok(())
    }
}

fn input(key: u16, unit: u16, flags: u32) -> INPUT {
    let keyboard = KEYBDINPUT { wVk: key, wScan: unit, dwFlags: flags, time: 0, dwExtraInfo: 0 };
    INPUT { r#type: INPUT_KEYBOARD, Anonymous: INPUT_0 { ki: keyboard } }
}
