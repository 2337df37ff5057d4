//! The plug into pcscd: the protocol of vsmartcard's virtual reader, vpcd.
//!
//! vpcd listens, the card connects. Messages have a two-byte length before them; one byte is a control, anything longer an APDU:
//!
//! | byte | control | answer |
//! |---|---|---|
//! | 0 | power off | none |
//! | 1 | power on | none |
//! | 2 | reset | none |
//! | 4 | answer to reset | ATR |

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::SharedChip;
use crate::chip::status;

/// The port of the first virtual reader.
pub const DEFAULT_PORT: u16 = 35_963;

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const ATR: u8 = 4;
/// How often the flag and the card's presence are looked at between messages.
const TICK: Duration = Duration::from_millis(20);

/// How long a card is away at least: pcscd looks every 400 ms.
const ABSENCE: Duration = Duration::from_millis(600);

/// Why the card is no longer in the virtual reader.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing listens: pcscd is not running, or has no vpcd reader at this address.
    #[error("no virtual reader listens at the address: is pcscd running, with vpcd?")]
    NoReader(#[source] io::Error),
    /// The virtual reader closed the connection, as pcscd does when it ends.
    #[error("the virtual reader closed the connection")]
    Closed,
    /// The connection failed.
    #[error("the connection to the virtual reader failed")]
    Io(#[from] io::Error),
}

/// Keeps the chip in a virtual reader until `stop` is set. A chip that is taken away leaves the reader, and enters it again when
/// it is put back.
///
/// # Errors
/// [`Error::NoReader`] where nothing listens, [`Error::Closed`] when pcscd goes away, [`Error::Io`] else.
pub fn serve(chip: &SharedChip, address: impl ToSocketAddrs, stop: &AtomicBool) -> Result<(), Error> {
    while !stop.load(Ordering::Relaxed) {
        if chip.is_present() {
            let stream = TcpStream::connect(&address).map_err(Error::NoReader)?;
            serve_connection(chip, stream, stop)?;
        } else {
            std::thread::sleep(ABSENCE);
            // A lost tag comes back by it; one that was taken away stays away.
            chip.reset();
        }
    }
    Ok(())
}

/// One stay in the reader: ends when the chip is taken away or `stop` is set.
fn serve_connection(chip: &SharedChip, mut stream: TcpStream, stop: &AtomicBool) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TICK))?;
    chip.reset();
    while chip.is_present() {
        let Some(message) = receive(&mut stream, || stop.load(Ordering::Relaxed) || !chip.is_present())? else {
            return Ok(());
        };
        match *message.as_slice() {
            [] | [POWER_OFF | POWER_ON | RESET] => {
                chip.reset();
            }
            [ATR] => send(&mut stream, &chip.atr())?,
            [_] => {}
            _ => {
                let answer = chip.transmit(&message);
                if answer.is_empty() && !chip.is_present() {
                    return Ok(());
                }
                // An answer that the link lost: vpcd knows no other way to say so than a status.
                let answer = if answer.is_empty() { status::NO_DIAGNOSIS.to_be_bytes().to_vec() } else { answer };
                send(&mut stream, &answer)?;
            }
        }
    }
    Ok(())
}

/// The next message; none when `leave` says so.
fn receive(stream: &mut TcpStream, leave: impl Fn() -> bool) -> Result<Option<Vec<u8>>, Error> {
    let mut length = [0; 2];
    if !fill(stream, &mut length, &leave)? {
        return Ok(None);
    }
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    Ok(fill(stream, &mut message, &leave)?.then_some(message))
}

/// Fills a buffer over read time-outs; false when `leave` says so.
fn fill(stream: &mut TcpStream, mut buffer: &mut [u8], leave: &impl Fn() -> bool) -> Result<bool, Error> {
    while !buffer.is_empty() {
        match stream.read(buffer) {
            Ok(0) => return Err(Error::Closed),
            Ok(read) => buffer = buffer.get_mut(read..).unwrap_or_default(),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                if leave() {
                    return Ok(false);
                }
            }
            Err(error) => return Err(gone(error)),
        }
    }
    Ok(true)
}

fn send(stream: &mut TcpStream, message: &[u8]) -> Result<(), Error> {
    // 65,536 bytes do not fit the length field: such an answer becomes a refusal.
    let refusal = status::WRONG_LENGTH.to_be_bytes();
    let (length, message) = match u16::try_from(message.len()) {
        Ok(length) => (length, message),
        Err(_) => (2, refusal.as_slice()),
    };
    let framed = [length.to_be_bytes().as_slice(), message].concat();
    stream.write_all(&framed).map_err(gone)
}

fn gone(error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::UnexpectedEof => {
            Error::Closed
        }
        _ => Error::Io(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;
    use std::net::TcpListener;

    use super::*;
    use crate::chip::VirtualChip;
    use crate::personalisation::Personalisation;

    fn chip() -> SharedChip {
        let card = Personalisation {
            name: "plain".into(),
            description: String::new(),
            master_files: BTreeMap::from([(0x011C, vec![0x31, 0x00])]),
            application_files: BTreeMap::new(),
            guarded_files: Vec::new(),
            mrz_key: None,
            can: None,
            pin: None,
            puk: None,
            bac: false,
            pace: Vec::new(),
            chip_keys: Vec::new(),
            mapping_key: None,
            active_authentication: None,
        };
        VirtualChip::new(card, 1).into()
    }

    fn say(reader: &mut TcpStream, message: &[u8]) {
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        reader.write_all(&[&length, message].concat()).unwrap();
    }

    fn hear(reader: &mut TcpStream) -> Vec<u8> {
        let mut length = [0; 2];
        reader.read_exact(&mut length).unwrap();
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        reader.read_exact(&mut message).unwrap();
        message
    }

    #[test]
    fn controls_and_commands() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (chip, stop) = (chip(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let server = scope.spawn(|| serve(&chip, listener.local_addr().unwrap(), &stop));
            let (mut reader, _) = listener.accept().unwrap();
            say(&mut reader, &[POWER_ON]);
            say(&mut reader, &[ATR]);
            assert_eq!(hear(&mut reader), chip.atr());
            say(&mut reader, &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0x01, 0x1C]);
            assert_eq!(hear(&mut reader), [0x90, 0x00]);
            say(&mut reader, &[0x00, 0xB0, 0x00, 0x00, 0x00]);
            assert_eq!(hear(&mut reader), [0x31, 0x00, 0x90, 0x00]);
            say(&mut reader, &[RESET]);
            say(&mut reader, &[0x00, 0xB0, 0x00, 0x00, 0x00]);
            assert_eq!(hear(&mut reader), [0x69, 0x86], "the reset forgot the current file");
            stop.store(true, Ordering::Relaxed);
            server.join().unwrap().unwrap();
        });
        assert_eq!(chip.apdus(), 3);
    }

    #[test]
    fn a_reader_that_goes_away() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (chip, stop) = (chip(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let server = scope.spawn(|| serve(&chip, address, &stop));
            let (mut reader, _) = listener.accept().unwrap();
            reader.write_all(&[0x00, 0x05, 0x00]).unwrap();
            drop((reader, listener));
            assert!(matches!(server.join().unwrap(), Err(Error::Closed)));
        });
        assert!(matches!(serve(&chip, address, &stop), Err(Error::NoReader(_))));
    }

    #[test]
    fn a_card_taken_away_leaves_the_reader() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (chip, stop) = (chip(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let server = scope.spawn(|| serve(&chip, listener.local_addr().unwrap(), &stop));
            let (mut reader, _) = listener.accept().unwrap();
            chip.remove();
            assert_eq!(reader.read(&mut [0]).unwrap(), 0, "the connection ends");
            chip.insert();
            let (mut reader, _) = listener.accept().unwrap();
            say(&mut reader, &[ATR]);
            assert_eq!(hear(&mut reader), chip.atr());
            stop.store(true, Ordering::Relaxed);
            server.join().unwrap().unwrap();
        });
    }
}
