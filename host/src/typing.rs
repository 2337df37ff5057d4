//! Typing the fields of a verified card into another program, as a keyboard would: by the tool that the session has for it on Linux, by
//! SendInput on Windows. Where there is none, what would have been typed is printed.
//!
//! Arguments of programs show in the process list. What is typed goes to a tool by its standard input alone.

mod template;
#[cfg(not(windows))]
mod tool;
#[cfg(windows)]
mod windows;

use std::fmt::Write;
use std::time::Duration;

use zeroize::Zeroizing;

pub use self::template::Template;
use crate::commands::Session;
use crate::error::Result;
#[cfg(not(windows))]
use tool as platform;
#[cfg(windows)]
use windows as platform;

/// Text for a keyboard: letters, and of controls `\t` and `\n` alone, the keys Tab and Enter.
pub struct Keys(Zeroizing<String>);

/// What became of it.
pub enum Typed {
    /// It was typed, by this.
    By(&'static str),
    /// Nothing here can type; the text, a line for people.
    Nowhere(Zeroizing<String>),
}

/// Waits, so that the field can be focused, and types.
///
/// # Errors
/// That what types here failed, or cannot type these letters.
pub fn type_out(keys: &Keys, after: Duration, session: &mut Session) -> Result<Typed> {
    let Some(keyboard) = platform::Keyboard::find() else {
        return Ok(Typed::Nowhere(keys.shown()));
    };
    keyboard.check(keys)?;
    if !after.is_zero() {
        session.note(&session.messages.format("type-focus", &[("seconds", after.as_secs().into())]));
        std::thread::sleep(after);
    }
    keyboard.type_out(keys)?;
    Ok(Typed::By(keyboard.name()))
}

impl Keys {
    fn text(&self) -> &str {
        &self.0
    }

    /// For people: the keys by their names.
    fn shown(&self) -> Zeroizing<String> {
        let mut shown = Zeroizing::new(String::with_capacity(self.0.len() * 2));
        for letter in self.0.chars() {
            let _ = match letter {
                '\t' => shown.write_str(" ⇥ "),
                '\n' => shown.write_str(" ⏎"),
                letter => shown.write_char(letter),
            };
        }
        shown.push('\n');
        shown
    }
}
