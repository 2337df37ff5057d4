//! PC/SC readers (PC/SC Workgroup, parts 5 and 10).

mod capability;

use std::ffi::{CStr, CString};
use std::time::{Duration, Instant};

use pcsc::{Context, Disposition, Protocols, ReaderState, Scope, ShareMode, State};
use soat::chip::{CardChannel, ChannelLimits, TransportError};

use crate::abandon::{Abandon, Patience, SLICE};
use crate::error::{Error, Result};

pub use capability::ApduSupport;

/// How long another program may hold the card before it is said.
const BUSY_LIMIT: Duration = Duration::from_secs(2);
/// How long a lost card may stay away before the read is given up.
const RETURN_LIMIT: Duration = Duration::from_secs(20);

/// The system's PC/SC service.
pub struct Service {
    context: Context,
}

/// A reader as the service sees it.
pub struct Reader {
    name: CString,
    state: State,
    /// What the card answered to reset; empty where none lies there.
    pub atr: Vec<u8>,
}

impl Reader {
    /// Its name.
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Whether a card lies there.
    pub fn card_present(&self) -> bool {
        self.state.contains(State::PRESENT)
    }

    /// Whether the card does not answer to reset.
    pub fn card_mute(&self) -> bool {
        self.state.contains(State::MUTE)
    }
}

impl Service {
    /// Connects to the service.
    ///
    /// # Errors
    /// That it does not run, or does not let this user in.
    pub fn connect() -> Result<Self> {
        match Context::establish(Scope::User) {
            Ok(context) => Ok(Self { context }),
            Err(pcsc::Error::NoService | pcsc::Error::ServiceStopped) => Err(Error::card("pcsc-not-running")),
            Err(pcsc::Error::SecurityViolation | pcsc::Error::NoAccess) => Err(Error::card("pcsc-refused")),
            Err(cause) => Err(Error::card("pcsc-failed").with("cause", cause.to_string())),
        }
    }

    /// All readers with what lies on them.
    ///
    /// # Errors
    /// What the service says.
    pub fn readers(&self) -> Result<Vec<Reader>> {
        let failed = |cause: pcsc::Error| Error::card("pcsc-failed").with("cause", cause.to_string());
        let names = match self.context.list_readers_owned() {
            Ok(names) => names,
            Err(pcsc::Error::NoReadersAvailable) => return Ok(Vec::new()),
            Err(pcsc::Error::SecurityViolation) => return Err(Error::card("pcsc-refused")),
            Err(cause) => return Err(failed(cause)),
        };
        let mut states: Vec<_> = names.into_iter().map(|name| ReaderState::new(name, State::UNAWARE)).collect();
        if !states.is_empty() {
            self.context.get_status_change(Duration::ZERO, &mut states).map_err(failed)?;
        }
        let known = states.iter().filter(|state| !state.event_state().contains(State::UNKNOWN));
        Ok(known
            .map(|state| Reader { name: state.name().to_owned(), state: state.event_state(), atr: state.atr().to_vec() })
            .collect())
    }

    /// The reader of this name, or of the only name that contains it; without a name the only reader there is.
    ///
    /// # Errors
    /// That there is none, or that there are several, with their names.
    pub fn choose(&self, wanted: Option<&str>) -> Result<Reader> {
        let mut readers = self.readers()?;
        let names = readers.iter().map(|reader| format!("“{}”", reader.name())).collect::<Vec<_>>().join(", ");
        if readers.is_empty() {
            return Err(Error::card("reader-none"));
        }
        if let Some(wanted) = wanted {
            if let Some(place) = readers.iter().position(|reader| reader.name() == wanted) {
                return Ok(readers.swap_remove(place));
            }
            let wanted_lower = wanted.to_lowercase();
            readers.retain(|reader| reader.name().to_lowercase().contains(&wanted_lower));
        }
        match (readers.len(), readers.pop(), wanted) {
            (1, Some(reader), _) => Ok(reader),
            (0, _, _) => {
                Err(Error::usage("reader-unknown").with("name", wanted.unwrap_or_default().to_owned()).with("readers", names))
            }
            _ => Err(Error::usage("reader-several").with("readers", names)),
        }
    }

    /// Waits until a card lies on the reader, and connects to it.
    ///
    /// # Errors
    /// That none came in time, that the reader went, or why the card cannot be used.
    pub fn wait_for_card(self, reader: &Reader, limit: Duration, abandon: &Abandon) -> Result<PcscChannel> {
        match wait(&self.context, &reader.name, &Patience::until(limit, abandon.clone())) {
            Ok(()) => {}
            Err(TransportError::TimedOut) => return Err(Error::card("card-absent").with("seconds", limit.as_secs())),
            Err(error) => return Err(error.into()),
        }
        let card = match connect(&self.context, &reader.name) {
            Err(pcsc::Error::SecurityViolation) => return Err(Error::card("pcsc-refused")),
            Err(pcsc::Error::UnresponsiveCard | pcsc::Error::UnsupportedCard | pcsc::Error::ProtoMismatch) => {
                return Err(Error::card("card-mute"));
            }
            result => result.map_err(|error| Error::from(transport_error(error)))?,
        };
        let support = ApduSupport::of(&card);
        let (reader, abandon) = (reader.name.clone(), abandon.clone());
        Ok(PcscChannel { context: self.context, reader, card: Some(card), support, buffer: Vec::new(), abandon })
    }

    /// What APDUs the reader of a card that lies there can carry.
    pub fn apdu_support(&self, reader: &Reader) -> ApduSupport {
        match self.context.connect(&reader.name, ShareMode::Shared, Protocols::ANY) {
            Ok(card) => {
                let support = ApduSupport::of(&card);
                card.disconnect(Disposition::LeaveCard).ok();
                support
            }
            Err(_) => ApduSupport::Unknown,
        }
    }
}

/// The channel to a card on a PC/SC reader. No other program can speak between.
pub struct PcscChannel {
    context: Context,
    reader: CString,
    /// `None` once the connection is dead: a handle that is kept would hold the reader against the next.
    card: Option<pcsc::Card>,
    support: ApduSupport,
    buffer: Vec<u8>,
    abandon: Abandon,
}

impl CardChannel for PcscChannel {
    fn transmit(&mut self, command: &[u8]) -> std::result::Result<Vec<u8>, TransportError> {
        if self.abandon.is_abandoned() {
            return Err(TransportError::TimedOut);
        }
        self.buffer.resize(pcsc::MAX_BUFFER_SIZE_EXTENDED, 0);
        let card = self.card.as_ref().ok_or(TransportError::CardRemoved)?;
        card.transmit(command, &mut self.buffer).map(<[u8]>::to_vec).map_err(transport_error)
    }

    fn reset(&mut self) -> std::result::Result<(), TransportError> {
        let card = self.card.as_mut().ok_or(TransportError::CardRemoved)?;
        card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::ResetCard).map_err(transport_error)
    }

    fn reconnect(&mut self) -> std::result::Result<(), TransportError> {
        // A card that lost power for a moment still counts as present: the reset tells.
        let patience = Patience::until(RETURN_LIMIT, self.abandon.clone());
        wait(&self.context, &self.reader, &patience).map_err(|error| match error {
            TransportError::TimedOut => TransportError::CardRemoved,
            other => other,
        })?;
        if self.reset().is_ok() {
            return Ok(());
        }
        self.card = None;
        loop {
            match connect(&self.context, &self.reader).map_err(transport_error) {
                Ok(card) => {
                    self.card = Some(card);
                    return Ok(());
                }
                Err(TransportError::CardRemoved) if !patience.is_over() => {
                    wait(&self.context, &self.reader, &patience)?;
                    std::thread::sleep(Duration::from_millis(100));
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn limits(&self) -> ChannelLimits {
        match self.support {
            ApduSupport::Short => ChannelLimits::SHORT,
            // Drivers count an exchange in two bytes.
            ApduSupport::Extended | ApduSupport::Unknown => ChannelLimits { command: 65_520, response: 65_533 },
        }
    }
}

/// Connects so that no other program can come between, since a foreign command would end the secure session.
fn connect(context: &Context, reader: &CStr) -> std::result::Result<pcsc::Card, pcsc::Error> {
    let began = Instant::now();
    loop {
        match context.connect(reader, ShareMode::Exclusive, Protocols::ANY) {
            Err(pcsc::Error::SharingViolation) if began.elapsed() < BUSY_LIMIT => std::thread::sleep(Duration::from_millis(100)),
            result => return result,
        }
    }
}

/// Waits until a card lies there.
fn wait(context: &Context, reader: &CStr, patience: &Patience) -> std::result::Result<(), TransportError> {
    let mut states = [ReaderState::new(reader, State::UNAWARE)];
    loop {
        let [state] = &mut states;
        state.sync_current_state();
        let left = patience.left();
        match context.get_status_change(left.min(SLICE), &mut states) {
            Err(pcsc::Error::Timeout) if !left.is_zero() => continue,
            result => result.map_err(transport_error)?,
        }
        let [state] = &states;
        let state = state.event_state();
        if state.intersects(State::UNKNOWN | State::UNAVAILABLE) {
            return Err(TransportError::ReaderGone);
        }
        if state.contains(State::PRESENT) && !state.contains(State::MUTE) {
            return Ok(());
        }
        if left.is_zero() {
            return Err(TransportError::TimedOut);
        }
    }
}

fn transport_error(error: pcsc::Error) -> TransportError {
    use pcsc::Error;
    match error {
        Error::RemovedCard
        | Error::ResetCard
        | Error::NoSmartcard
        | Error::UnpoweredCard
        | Error::UnresponsiveCard
        | Error::NotTransacted
        | Error::CommError => TransportError::CardRemoved,
        Error::ReaderUnavailable
        | Error::UnknownReader
        | Error::NoReadersAvailable
        | Error::NoService
        | Error::ServiceStopped
        // A service that is ending answers so; who may not use the reader was refused before.
        | Error::SecurityViolation
        | Error::Shutdown => TransportError::ReaderGone,
        Error::Timeout | Error::WaitedTooLong => TransportError::TimedOut,
        Error::SharingViolation => TransportError::Busy,
        other => TransportError::Other(other.to_string()),
    }
}
