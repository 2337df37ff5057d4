//! The terminal of a counter: taken over at the start and given back whatever happens.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::cursor::Show;
#[cfg(not(unix))]
use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use zeroize::{Zeroize, Zeroizing};

#[cfg(unix)]
use super::keys::Decoder;
use super::state::Event;
#[cfg(not(unix))]
use super::state::Key;
use crate::error::{Error, Exit, Result};

/// Whether a thread of this program fell, so that its last words stand where the screen was.
static FALLEN: AtomicBool = AtomicBool::new(false);

/// The terminal while the counter has it.
pub struct Terminal {
    screen: ratatui::Terminal<CrosstermBackend<Output>>,
    signal: Arc<AtomicUsize>,
}

/// Refuses to start where nobody could see or type anything.
///
/// # Errors
/// That standard input or output is no terminal.
pub fn check() -> Result<()> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Error::usage("desk-no-terminal"))
}

impl Terminal {
    /// Takes the terminal over: keys as they are pressed, and a screen of its own that leaves nothing in the scrollback.
    ///
    /// # Errors
    /// What the terminal does not do.
    pub fn open(events: Sender<Event>) -> Result<Self> {
        let signal = Arc::new(AtomicUsize::new(0));
        signals(&signal).map_err(|cause| failed(&cause))?;
        restore_when_fallen();
        enable_raw_mode().map_err(|cause| failed(&cause))?;
        let opened = execute!(std::io::stdout(), EnterAlternateScreen, EnableBracketedPaste);
        let screen = opened.and_then(|()| Output::new()).and_then(|output| ratatui::Terminal::new(CrosstermBackend::new(output)));
        let screen = screen.inspect_err(|_| restore()).map_err(|cause| failed(&cause))?;
        thread::spawn(move || listen(&events));
        let mut terminal = Self { screen, signal };
        terminal.wipe()?;
        Ok(terminal)
    }

    /// Draws.
    ///
    /// # Errors
    /// That the terminal went away.
    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Result<()> {
        self.screen.draw(draw).map(|_| ()).map_err(|cause| failed(&cause))
    }

    /// Leaves nothing on the screen, nor in what is remembered of it.
    ///
    /// # Errors
    /// That the terminal went away.
    pub fn wipe(&mut self) -> Result<()> {
        let cleared = queue!(self.screen.backend_mut(), Clear(ClearType::All));
        let output = cleared.and_then(|()| self.screen.backend_mut().flush()).and_then(|()| Output::new());
        let screen = output.and_then(|output| ratatui::Terminal::new(CrosstermBackend::new(output)));
        self.screen = screen.map_err(|cause| failed(&cause))?;
        Ok(())
    }

    /// One stroke of the bell.
    ///
    /// # Errors
    /// That the terminal went away.
    pub fn ring(&mut self) -> Result<()> {
        let rung = self.screen.backend_mut().write_all(b"\x07").and_then(|()| self.screen.backend_mut().flush());
        rung.map_err(|cause| failed(&cause))
    }

    /// The signal that asks the program to end, if one came.
    pub fn signal(&self) -> Option<usize> {
        Some(self.signal.load(Ordering::Relaxed)).filter(|signal| *signal != 0)
    }

    /// Whether a thread fell and took the screen with it.
    pub fn is_broken(&self) -> bool {
        FALLEN.load(Ordering::Relaxed)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // The screen before it comes back; in case a terminal has none, nothing of a card stays.
        let _ = self.wipe();
        restore();
    }
}

fn restore() {
    let _ = execute!(std::io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}

fn failed(cause: &std::io::Error) -> Error {
    Error::card("desk-terminal").with("cause", cause.to_string())
}

/// A panic is told on the screen that was there before.
fn restore_when_fallen() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            FALLEN.store(true, Ordering::Relaxed);
            restore();
            report(panic);
        }));
    });
}

#[cfg(unix)]
fn signals(signal: &Arc<AtomicUsize>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    for number in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register_usize(number, Arc::clone(signal), usize::try_from(number).unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn signals(_: &Arc<AtomicUsize>) -> std::io::Result<()> {
    Ok(())
}

/// Ends as the signal would have ended it, so that whoever waits sees why.
#[cfg(unix)]
pub fn end_by(signal: usize) -> Exit {
    if let Ok(signal) = i32::try_from(signal) {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    Exit::Card
}

#[cfg(not(unix))]
pub fn end_by(_: usize) -> Exit {
    Exit::Card
}

#[cfg(unix)]
fn lost(events: &Sender<Event>, cause: &std::io::Error) {
    // Where nobody listens any more, the program is at its end.
    let _ = events.send(Event::Lost(failed(cause)));
}

/// Passes on what is typed, until the program ends.
#[cfg(unix)]
fn listen(events: &Sender<Event>) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    /// Within so long after ESC the rest of a sequence comes.
    const SEQUENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };
    let stdin = std::io::stdin();
    let mut decoder = Decoder::new();
    let mut typed = Zeroizing::new([0_u8; 512]);
    loop {
        if decoder.is_undecided() && poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&SEQUENCE)) == Ok(0) {
            let escape = decoder.pause();
            if escape.is_some_and(|event| events.send(event).is_err()) {
                return;
            }
        }
        let read = match rustix::io::read(&stdin, typed.as_mut_slice()) {
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => continue,
            Ok(0) => return lost(events, &std::io::ErrorKind::UnexpectedEof.into()),
            Err(cause) => return lost(events, &cause.into()),
            Ok(read) => read,
        };
        for byte in typed.iter().take(read) {
            if decoder.take(*byte).is_some_and(|event| events.send(event).is_err()) {
                return;
            }
        }
        typed.zeroize();
    }
}

/// Passes on what is typed, until the program ends.
#[cfg(not(unix))]
fn listen(events: &Sender<Event>) {
    while let Ok(event) = event::read() {
        let told = match event {
            event::Event::Key(pressed) => key(pressed).map(Event::Key),
            event::Event::Paste(text) => Some(Event::Pasted(Zeroizing::new(text))),
            _ => None,
        };
        if told.is_some_and(|event| events.send(event).is_err()) {
            return;
        }
    }
}

#[cfg(not(unix))]
fn key(pressed: KeyEvent) -> Option<Key> {
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    let control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    Some(match pressed.code {
        KeyCode::Char('c' | 'q') if control => Key::Stop,
        // A scanner that ends its lines with LF.
        KeyCode::Char('j') if control => Key::Enter,
        KeyCode::Char(_) if control || pressed.modifiers.contains(KeyModifiers::ALT) => return None,
        KeyCode::Char(letter) => Key::Letter(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Esc => Key::Escape,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(1) => Key::Help,
        _ => return None,
    })
}

/// What is on its way to the screen. A writer of the standard library would keep the last of it in its buffer.
struct Output {
    #[cfg(unix)]
    screen: std::fs::File,
    #[cfg(not(unix))]
    screen: std::io::Stdout,
    waiting: Zeroizing<Vec<u8>>,
}

impl Output {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use std::os::fd::AsFd;
        let screen = std::io::stdout().as_fd().try_clone_to_owned()?.into();
        Ok(Self { screen, waiting: Zeroizing::new(Vec::new()) })
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self { screen: std::io::stdout(), waiting: Zeroizing::new(Vec::new()) })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let written = self.screen.write_all(&self.waiting).and_then(|()| self.screen.flush());
        self.waiting.zeroize();
        written
    }
}
