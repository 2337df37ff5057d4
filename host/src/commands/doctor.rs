//! `soat doctor`: looks at everything that a read needs, and says what to mend.

use serde_json::json;

use crate::command_line::{Doctor, Store};
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::messages::Messages;
use crate::readers::pcsc::{ApduSupport, Reader, Service};
use crate::render::moment::moment;
use crate::render::screen;
use crate::trust_folder::TrustFolder;

/// A clock that shows less is wrong: this program did not exist then. 2026-11-01.
const EARLIEST: i64 = 1_793_491_200;
/// Drivers of the kernel that take an NFC reader away from pcscd.
const NFC_DRIVERS: [&str; 5] = ["pn533_usb", "pn533", "pn533_i2c", "port100", "acr122u"];

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing to do.
    Ok,
    /// Something to mend.
    Problem,
    /// It could not be looked at.
    Unknown,
}

impl State {
    /// The name in JSON, and the end of the message's id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was looked at.
pub struct Probe {
    name: &'static str,
    /// How it ended.
    pub state: State,
    /// The exit code where it is a problem.
    exit: Exit,
    arguments: Vec<(&'static str, String)>,
    /// What another part of the program says is wrong, in whose words it is told.
    refusal: Option<Error>,
}

impl Probe {
    fn new(name: &'static str, state: State) -> Self {
        Self { name, state, exit: Exit::Card, arguments: Vec::new(), refusal: None }
    }

    /// A problem that has a message of its own.
    fn failed(name: &'static str, error: Error) -> Self {
        Self { refusal: Some(error), ..Self::new(name, State::Problem) }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }

    fn of_configuration(self) -> Self {
        Self { exit: Exit::Usage, ..self }
    }

    fn id(&self) -> String {
        format!("doctor-{}-{}", self.name, self.state.name())
    }

    /// What was found, and what to do about it.
    pub fn texts(&self, messages: &Messages) -> (String, Option<String>) {
        if let Some(error) = &self.refusal {
            return (error.message(messages), Some(error.remedy(messages)));
        }
        let arguments: Vec<_> = self.arguments.iter().map(|(name, value)| (*name, value.clone().into())).collect();
        (messages.format(&self.id(), &arguments), messages.remedy(&self.id(), &arguments))
    }
}

/// Runs every probe.
///
/// # Errors
/// None: what cannot be looked at is a probe of its own.
pub fn run(arguments: &Doctor, session: &mut Session) -> Result<Exit> {
    let service = Service::connect();
    let mut probes = vec![service_probe(&service), permission_probe(&service), kernel_probe(loaded_modules().as_deref())];
    match service.and_then(|service| service.readers().map(|readers| (service, readers))) {
        Ok((service, readers)) => probes.extend(reader_probes(&service, &readers)),
        Err(error) => {
            let is_told =
                probes.iter().any(|probe| ["service", "permission"].contains(&probe.name) && probe.state == State::Problem);
            let readers = if is_told { Probe::new("readers", State::Unknown) } else { Probe::failed("readers", error) };
            probes.extend([readers, Probe::new("apdu", State::Unknown), Probe::new("card", State::Unknown)]);
        }
    }
    probes.push(clock_probe(now(), &session.messages));
    probes.push(trust_probe(&arguments.store));

    let exit = probes
        .iter()
        .filter(|probe| probe.state == State::Problem)
        .fold(Exit::Successful, |worst, probe| worst.worse(probe.exit));
    if arguments.json {
        let rows: Vec<_> = probes
            .iter()
            .map(|probe| {
                let (message, remedy) = probe.texts(&session.messages);
                json!({ "probe": probe.name, "state": probe.state.name(), "message": message, "remedy": remedy })
            })
            .collect();
        session.print_json(&json!({ "version": 1, "probes": rows, "exit_code": exit.code() }));
    } else {
        session.print(&screen::doctor(&probes, &session.messages));
    }
    Ok(exit)
}

fn service_probe(service: &Result<Service>) -> Probe {
    match service {
        Err(error) if error.id() == "pcsc-not-running" => Probe::new("service", State::Problem),
        // Who is refused was answered.
        Err(error) if error.id() != "pcsc-refused" => Probe::failed("service", error.clone()),
        _ => Probe::new("service", State::Ok),
    }
}

fn permission_probe(service: &Result<Service>) -> Probe {
    match service {
        Ok(_) => Probe::new("permission", State::Ok),
        Err(error) if error.id() == "pcsc-refused" => Probe::new("permission", State::Problem),
        Err(_) => Probe::new("permission", State::Unknown),
    }
}

fn loaded_modules() -> Option<String> {
    std::fs::read_to_string("/proc/modules").ok()
}

/// `modules` is the text of /proc/modules: a line each, beginning with the name.
fn kernel_probe(modules: Option<&str>) -> Probe {
    let Some(modules) = modules else {
        // Other systems have no such drivers.
        return Probe::new("kernel", if cfg!(target_os = "linux") { State::Unknown } else { State::Ok });
    };
    let loaded: Vec<&str> =
        modules.lines().filter_map(|line| line.split(' ').next()).filter(|name| NFC_DRIVERS.contains(name)).collect();
    if loaded.is_empty() {
        Probe::new("kernel", State::Ok)
    } else {
        Probe::new("kernel", State::Problem).with("modules", loaded.join(" "))
    }
}

fn reader_probes(service: &Service, readers: &[Reader]) -> Vec<Probe> {
    if readers.is_empty() {
        return vec![
            Probe::new("readers", State::Problem),
            Probe::new("apdu", State::Unknown),
            Probe::new("card", State::Unknown),
        ];
    }
    let names = readers.iter().map(Reader::name).collect::<Vec<_>>().join(", ");
    let mut probes = vec![Probe::new("readers", State::Ok).with("names", names)];
    let with_card: Vec<&Reader> = readers.iter().filter(|reader| reader.card_present() && !reader.card_mute()).collect();
    if with_card.is_empty() {
        probes.push(Probe::new("apdu", State::Unknown));
    }
    for reader in &with_card {
        let state = match service.apdu_support(reader) {
            ApduSupport::Extended => State::Ok,
            ApduSupport::Short => State::Problem,
            ApduSupport::Unknown => State::Unknown,
        };
        // Short APDUs make a read slower, never impossible.
        probes.push(Probe { exit: Exit::Successful, ..Probe::new("apdu", state).with("reader", reader.name()) });
    }
    let mute = readers.iter().find(|reader| reader.card_present() && reader.card_mute());
    probes.push(match (with_card.first(), mute) {
        (Some(reader), _) => Probe::new("card", State::Ok).with("reader", reader.name()),
        (None, Some(reader)) => Probe::new("card", State::Problem).with("reader", reader.name()),
        (None, None) => Probe::new("card", State::Unknown),
    });
    probes
}

fn clock_probe(now: soat::time::Timestamp, messages: &Messages) -> Probe {
    let state = if now.0 >= EARLIEST { State::Ok } else { State::Problem };
    Probe::new("clock", state).with("now", moment(now, messages)).of_configuration()
}

fn trust_probe(store: &Store) -> Probe {
    let anchors =
        TrustFolder::open(store.trust.as_deref()).and_then(|folder| Ok((folder.path().display().to_string(), folder.anchors()?)));
    match anchors {
        Ok((path, anchors)) if anchors.is_empty() => Probe::new("trust", State::Problem).with("path", path),
        Ok((path, anchors)) => Probe::new("trust", State::Ok).with("path", path).with("count", anchors.len().to_string()),
        Err(error) => Probe::failed("trust", error),
    }
    .of_configuration()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Language;

    /// A service that answers and fails was once said to run, with exit code 0.
    #[test]
    fn a_service_that_fails_is_a_problem() {
        let probe = |error| service_probe(&Err(error));
        let failed = probe(Error::card("pcsc-failed").with("cause", "an internal error"));
        assert_eq!((failed.state, failed.exit), (State::Problem, Exit::Card));
        assert!(failed.texts(&Messages::new(Language::En)).0.contains("an internal error"));
        assert_eq!(probe(Error::card("pcsc-not-running")).state, State::Problem);
        assert_eq!(probe(Error::card("pcsc-refused")).state, State::Ok);
    }

    #[test]
    fn a_driver_that_holds_the_reader_is_named() {
        let modules =
            "snd 1 2 - Live 0x0\npn533_usb 20480 0 - Live 0x0\npn533 49152 1 pn533_usb, Live 0x0\nnfc 135168 1 pn533, Live 0x0\n";
        let probe = kernel_probe(Some(modules));
        assert_eq!(probe.state, State::Problem);
        let (_, remedy) = probe.texts(&Messages::new(Language::En));
        assert!(remedy.is_some_and(|remedy| remedy.contains("modprobe -r pn533_usb pn533")));
        assert_eq!(kernel_probe(Some("nfc 135168 0 - Live 0x0\n")).state, State::Ok);
    }

    #[test]
    fn a_clock_before_this_program_is_wrong() {
        let state = |now| clock_probe(soat::time::Timestamp(now), &Messages::new(Language::En)).state;
        assert_eq!((state(EARLIEST - 1), state(EARLIEST)), (State::Problem, State::Ok));
    }

    #[test]
    fn every_probe_has_its_texts_in_every_state_it_can_take() {
        for language in Language::ALL {
            let messages = Messages::new(language);
            for name in ["service", "permission", "kernel", "readers", "apdu", "card", "clock", "trust"] {
                for state in [State::Ok, State::Problem, State::Unknown] {
                    if state == State::Unknown && matches!(name, "service" | "clock" | "trust") {
                        continue; // these are always known
                    }
                    let probe = Probe::new(name, state);
                    assert!(messages.optional(&probe.id(), &[]).is_some(), "{}", probe.id());
                    assert_eq!(probe.texts(&messages).1.is_some(), state != State::Ok, "{}", probe.id());
                }
            }
        }
    }
}
