//! `soat serve --hn212`: reads one card after the other as `soat read` does, and tells programs of this computer whose cards they are,
//! once each has passed, in the words of the HN212 reader.

use std::io::{BufRead, IsTerminal, Read};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use soat::chip::reading::Face;
use soat::chip::{AccessKey, ReadingOptions};
use soat::inspection::{Disclosure, IdentityField};
use zeroize::Zeroizing;

use crate::abandon::Patience;
use crate::command_line::{Judging, Scanner, Serve};
use crate::commands::Session;
use crate::commands::judging::{Judged, profile_of};
use crate::commands::key::{self, Given};
use crate::commands::read::source::Source;
use crate::error::{Error, Exit, Result};
use crate::hn212::events;
use crate::hn212::guard::Origin;
use crate::hn212::server::{Ears, Server, Voice, address};
use crate::messages::Messages;
use crate::render::screen;
use crate::scan::source as scanner_source;
use crate::scan::watch::Console;

/// Longest line of standard input that is read as a key, in bytes.
const LONGEST_LINE: u64 = 4096;
/// How long a scanner is listened to before it is opened anew.
const LISTENING: Duration = Duration::from_secs(24 * 3600);
/// How long a scanner that failed is left alone.
const AGAIN: Duration = Duration::from_secs(2);
/// How long after a number that a program gave and that was wrong the next is not tried.
const AFTER_WRONG: Duration = Duration::from_secs(1);

/// A card that is to be read.
enum Wish {
    /// The virtual card, with its own key.
    Own,
    /// With what was scanned or typed.
    Key(Given),
    /// With the number that a program gave.
    Program(Given),
}

/// Serves until the process is told to end.
///
/// # Errors
/// What is wrong with the arguments, before anything listens; that a door is taken.
pub fn run(arguments: Serve, session: &mut Session) -> Result<Exit> {
    let Serve { hn212: _, listen, allow_origin, allow_programs, reader, gate, scanner, judging, wait } = arguments;
    let doors = listen.iter().map(|text| address(text)).collect::<Result<Vec<_>>>()?;
    let origins = allow_origin.iter().map(|text| Origin::parse(text)).collect::<Result<Vec<_>>>()?;
    if profile_of(&judging)?.disclosure == Disclosure::Decision {
        return Err(Error::usage("disclosure-decision").with("name", "--hn212"));
    }
    if judging.pseudonym.is_some() {
        return Err(Error::usage("usage-argument-conflict").with("name", "--pseudonym").with("other", "--hn212"));
    }
    let mut source = Source::new(reader.as_deref(), &gate, Duration::from_secs(wait.into()))?;
    source.judge(&judging)?;
    source.find()?;
    let is_virtual = source.is_virtual();
    let server = Server::open(&doors)?;
    for (text, origin) in allow_origin.iter().zip(&origins) {
        if origin.is_open() {
            session.note(&session.messages.format("serve-origin-open", &[("origin", text.clone().into())]));
        }
    }
    greet(server.addresses(), &source, is_virtual, &scanner, session);

    let terminal = Terminal::now();
    let messages = Arc::clone(&session.messages);
    let (wishes, wished) = sync_channel(1);
    let not_offered = session.messages.text("serve-not-offered");
    let ears = Hearing { wishes: wishes.clone(), messages: Arc::clone(&messages), not_offered };
    server.run(origins, allow_programs, Arc::new(ears), move |voice| {
        let session = Session { messages: Arc::clone(&messages) };
        thread::spawn(move || serve(source, &judging, &wished, &voice, session));
        thread::spawn(move || keys(&scanner, &wishes, Session { messages }));
    })?;
    terminal.restore();
    session.note(&session.messages.text("serve-ended"));
    Ok(Exit::Successful)
}

/// How the terminal was: who is asked for a key types unseen, and the end may come in the middle of that.
struct Terminal {
    #[cfg(unix)]
    settings: Option<rustix::termios::Termios>,
}

impl Terminal {
    fn now() -> Self {
        #[cfg(unix)]
        return Self { settings: rustix::termios::tcgetattr(std::io::stdin()).ok() };
        #[cfg(not(unix))]
        Self {}
    }

    fn restore(self) {
        #[cfg(unix)]
        if let Some(settings) = self.settings {
            rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, &settings).ok();
        }
    }
}

fn greet(doors: &[SocketAddr], source: &Source, is_virtual: bool, scanner: &Scanner, session: &mut Session) {
    for door in doors {
        session.note(&session.messages.format("serve-listening", &[("address", format!("http://{door}").into())]));
    }
    session.note(&session.messages.format("serve-reader", &[("reader", source.name().into())]));
    session.note(&session.messages.text("report-offline"));
    let has_scanner = scanner.serial.is_some() || scanner.hid.is_some() || scanner.camera.is_some();
    let how = match (has_scanner, is_virtual) {
        (true, _) => "serve-keys-scanner",
        (false, true) => "serve-keys-virtual",
        (false, false) => "serve-keys-typed",
    };
    session.note(&session.messages.text(how));
}

/// What the server hears goes to this desk's loop, and is answered in its language.
struct Hearing {
    wishes: SyncSender<Wish>,
    messages: Arc<Messages>,
    not_offered: String,
}

impl Ears for Hearing {
    fn wish(&self, number: &str) -> std::result::Result<(), String> {
        let is_number = number.len() == 12 && number.bytes().all(|digit| digit.is_ascii_digit());
        let key = AccessKey::from_number(number).ok().filter(|_| is_number);
        let key = key.ok_or_else(|| self.messages.text("serve-number-wrong"))?;
        self.wishes.try_send(Wish::Program(Given::from(key))).map_err(|_| self.messages.text("serve-busy"))
    }

    fn refused(&self, origin: &str) {
        let mut session = Session { messages: Arc::clone(&self.messages) };
        session.note(&session.messages.format("serve-origin-refused", &[("origin", origin.to_owned().into())]));
    }

    fn not_offered(&self) -> &str {
        &self.not_offered
    }
}

/// Reads a card for each wish. Nothing of a card outlives its turn here.
fn serve(mut source: Source, judging: &Judging, wished: &Receiver<Wish>, voice: &Voice, mut notes: Session) {
    for wish in wished {
        let is_program = matches!(wish, Wish::Program(_));
        let given = match wish {
            Wish::Key(given) | Wish::Program(given) => Ok(given),
            Wish::Own => source.own_key().unwrap_or_else(|| Err(Error::usage("key-missing"))),
        };
        let given = match given {
            Ok(given) => given,
            Err(error) => {
                notes.note(&screen::error(&error, &notes.messages));
                continue;
            }
        };
        voice.say(&events::new_card());
        match read(&mut source, &given, judging, &notes) {
            Ok(judged) => tell(&judged, voice, &mut notes),
            Err(error) => {
                let message = error.message(&notes.messages);
                voice.say(&events::failure(&message));
                notes.note(&screen::error(&error, &notes.messages));
                if is_program {
                    thread::sleep(AFTER_WRONG);
                }
            }
        }
    }
}

/// A card, by the same way as `soat read`: anchors, lists and clock as they are now.
fn read(source: &mut Source, given: &Given, judging: &Judging, session: &Session) -> Result<Judged> {
    let judge = source.judge(judging)?;
    let face = if judge.released().has(IdentityField::Photo) { Face::Kept } else { Face::Skipped };
    let options = ReadingOptions { face, read_at: Some(judge.at()), ..ReadingOptions::default() };
    let dossier = source.read_shown(given, &options, session)?;
    Ok(judge.judge(dossier, source.name()))
}

/// Tells the programs. The operator's screen shows the verdict and nobody's name.
fn tell(judged: &Judged, voice: &Voice, notes: &mut Session) {
    let verdict = events::verdict(judged, &notes.messages);
    let (id, told) = match (events::texts(judged), events::files(judged)) {
        (Some(texts), Some(files)) => {
            let told = voice.say(&texts);
            voice.say(&files);
            ("serve-sent", told)
        }
        _ => ("serve-not-sent", voice.say(&events::failure(&verdict))),
    };
    notes.note(&notes.messages.format(id, &[("verdict", verdict.into()), ("count", told.into())]));
}

/// Where keys come from: the scanner, or lines of standard input.
fn keys(scanner: &Scanner, wishes: &SyncSender<Wish>, mut session: Session) {
    loop {
        let messages = Arc::clone(&session.messages);
        let wish = match scanner_source::device(scanner, &Patience::of(LISTENING), &mut Console::new(&messages)) {
            Ok(Some(scan)) => Given::of_scan(&scan, &messages).map(Wish::Key),
            Ok(None) => match line() {
                Some(line) => typed(&line, &session),
                None => return,
            },
            Err(error) if error.id() == "scanner-silent" => continue,
            Err(error) => {
                session.note(&screen::error(&error, &session.messages));
                thread::sleep(AGAIN);
                continue;
            }
        };
        match wish {
            Ok(wish) => {
                if wishes.send(wish).is_err() {
                    return;
                }
            }
            Err(error) => session.note(&screen::error(&error, &session.messages)),
        }
    }
}

/// A line, not shown where it is typed. `None` at the end of the input.
fn line() -> Option<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        // Verdicts appear in between: a question would stand before one of them.
        return rpassword::prompt_password("").ok().map(Zeroizing::new);
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let read = std::io::stdin().lock().take(LONGEST_LINE).read_until(b'\n', &mut bytes).ok()?;
    if read == 0 { None } else { Some(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())) }
}

fn typed(line: &str, session: &Session) -> Result<Wish> {
    let line = line.trim();
    if line.is_empty() { Ok(Wish::Own) } else { key::Given::of_text(line, &session.messages).map(Wish::Key) }
}
