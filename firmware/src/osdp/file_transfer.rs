//! FILETRANSFER: a trust pack or a firmware image, in order and within its bounds (SIA OSDP 2.2 §6.21, §7.19).
//!
//! This checks where each part belongs; what the whole is worth (signature, version) is for whoever receives it.

use super::application::Refusal;
use super::reply::Nak;

/// What a file is: types that the standard leaves to the maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Type 80h.
    TrustPack,
    /// Type 81h.
    FirmwareImage,
}

impl FileKind {
    fn parse(code: u8) -> Option<Self> {
        match code {
            0x80 => Some(Self::TrustPack),
            0x81 => Some(Self::FirmwareImage),
            _ => None,
        }
    }
}

/// How it goes on, as FTSTAT tells the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStatus {
    /// 0: the next part, after so many milliseconds.
    Proceed {
        /// Milliseconds.
        after_ms: u16,
    },
    /// 1: the file was taken.
    Processed,
    /// 2: taken; this device starts anew.
    Rebooting,
    /// 3: still at work; the panel asks again after so many milliseconds.
    Finishing {
        /// Milliseconds.
        after_ms: u16,
    },
    /// −1: given up.
    Aborted,
    /// −2: no file of a kind, or for a device, that is known here.
    Unrecognised,
    /// −3: the file, or the place of a part, is wrong.
    Unacceptable,
}

impl FileStatus {
    /// FTSTAT's data: others may talk in between, in the session; no other size of parts is asked for.
    pub(super) fn to_bytes(self) -> [u8; 7] {
        let (status, after_ms): (i16, u16) = match self {
            Self::Proceed { after_ms } => (0, after_ms),
            Self::Processed => (1, 0),
            Self::Rebooting => (2, 0),
            Self::Finishing { after_ms } => (3, after_ms),
            Self::Aborted => (-1, 0),
            Self::Unrecognised => (-2, 0),
            Self::Unacceptable => (-3, 0),
        };
        let ([delay_low, delay_high], [low, high]) = (after_ms.to_le_bytes(), status.to_le_bytes());
        [0x01, delay_low, delay_high, low, high, 0, 0]
    }

    fn goes_on(self) -> bool {
        matches!(self, Self::Proceed { .. } | Self::Finishing { .. })
    }
}

/// Who receives files. It is called from [`Peripheral::poll`](super::Peripheral::poll), in the interrupt: it takes bytes and returns.
pub trait FileReceiver {
    /// Whether there is no room for a part yet: the panel is answered BUSY, and sends it again.
    fn is_busy(&self) -> bool {
        false
    }
    /// A file of so many bytes begins. Whatever was being received before is void.
    fn begin(&mut self, kind: FileKind, size: u32) -> FileStatus;
    /// Its next bytes.
    fn part(&mut self, bytes: &[u8]) -> FileStatus;
    /// Every byte has come: called again for as long as the answer is [`FileStatus::Finishing`].
    fn finish(&mut self) -> FileStatus;
    /// What was being received is void: the panel, the link or an error ended it.
    fn abort(&mut self);
}

/// Receives no files.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl FileReceiver for NoFiles {
    fn begin(&mut self, _kind: FileKind, _size: u32) -> FileStatus {
        FileStatus::Unrecognised
    }
    fn part(&mut self, _bytes: &[u8]) -> FileStatus {
        FileStatus::Aborted
    }
    fn finish(&mut self) -> FileStatus {
        FileStatus::Aborted
    }
    fn abort(&mut self) {}
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Transfer {
    kind: FileKind,
    size: u32,
    received: u32,
}

/// The transfer that is under way, if one is.
pub(super) struct Transfers<F> {
    pub(super) receiver: F,
    current: Option<Transfer>,
}

impl<F: FileReceiver> Transfers<F> {
    pub(super) fn new(receiver: F) -> Self {
        Self { receiver, current: None }
    }

    /// Takes the data of a FILETRANSFER: type, size, offset, length, bytes.
    pub(super) fn fragment(&mut self, data: &[u8]) -> Result<FileStatus, Refusal> {
        let (head, bytes) = data.split_first_chunk().ok_or(Nak::Length)?;
        let [kind, s0, s1, s2, s3, o0, o1, o2, o3, l0, l1] = *head;
        if usize::from(u16::from_le_bytes([l0, l1])) != bytes.len() {
            return Err(Nak::Length.into());
        }
        let (size, offset) = (u32::from_le_bytes([s0, s1, s2, s3]), u32::from_le_bytes([o0, o1, o2, o3]));
        let Some(kind) = FileKind::parse(kind) else { return Ok(FileStatus::Unrecognised) };
        if !bytes.is_empty() && self.receiver.is_busy() {
            return Err(Refusal::Busy);
        }
        let status = self.advance(kind, size, offset, bytes);
        if !status.goes_on() {
            if !matches!(status, FileStatus::Processed | FileStatus::Rebooting) {
                self.abort();
            }
            self.current = None;
        }
        Ok(status)
    }

    /// Ends what is under way.
    pub(super) fn abort(&mut self) {
        if self.current.take().is_some() {
            self.receiver.abort();
        }
    }

    fn advance(&mut self, kind: FileKind, size: u32, offset: u32, bytes: &[u8]) -> FileStatus {
        if offset == 0 && !bytes.is_empty() {
            self.abort();
            let status = self.receiver.begin(kind, size);
            if !status.goes_on() {
                return status;
            }
            self.current = Some(Transfer { kind, size, received: 0 });
        }
        let Some(transfer) = self.current.as_mut().filter(|transfer| transfer.kind == kind && transfer.size == size) else {
            return FileStatus::Unacceptable;
        };
        // An empty part asks how it stands.
        if bytes.is_empty() {
            return if transfer.received == size { self.receiver.finish() } else { FileStatus::Proceed { after_ms: 0 } };
        }
        let end = u32::try_from(bytes.len()).ok().and_then(|length| offset.checked_add(length));
        match end {
            Some(end) if offset == transfer.received && end <= size => {
                transfer.received = end;
                let status = self.receiver.part(bytes);
                if end == size && status.goes_on() { self.receiver.finish() } else { status }
            }
            _ => FileStatus::Unacceptable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Receiver {
        log: Vec<String>,
        finishing: usize,
    }

    impl FileReceiver for Receiver {
        fn begin(&mut self, kind: FileKind, size: u32) -> FileStatus {
            self.log.push(format!("begin {kind:?} {size}"));
            if size > 1000 { FileStatus::Unacceptable } else { FileStatus::Proceed { after_ms: 0 } }
        }
        fn part(&mut self, bytes: &[u8]) -> FileStatus {
            self.log.push(format!("part {bytes:?}"));
            FileStatus::Proceed { after_ms: 7 }
        }
        fn finish(&mut self) -> FileStatus {
            self.log.push("finish".into());
            self.finishing += 1;
            if self.finishing < 3 { FileStatus::Finishing { after_ms: 300 } } else { FileStatus::Processed }
        }
        fn abort(&mut self) {
            self.log.push("abort".into());
        }
    }

    fn fragment(kind: u8, size: u32, offset: u32, bytes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(bytes.len()).unwrap_or_default().to_le_bytes();
        [&[kind][..], &size.to_le_bytes(), &offset.to_le_bytes(), &length, bytes].concat()
    }

    fn run(parts: &[(u8, u32, u32, &[u8])]) -> (Vec<FileStatus>, Vec<String>) {
        let mut transfers = Transfers::new(Receiver::default());
        let statuses = parts.iter().filter_map(|(k, s, o, b)| transfers.fragment(&fragment(*k, *s, *o, b)).ok()).collect();
        (statuses, transfers.receiver.log)
    }

    use FileStatus::{Finishing, Proceed, Processed, Unacceptable, Unrecognised};

    #[test]
    fn a_file_in_order_is_taken_and_finished() {
        let (statuses, log) = run(&[(0x80, 5, 0, &[1, 2, 3]), (0x80, 5, 3, &[4, 5]), (0x80, 5, 5, &[]), (0x80, 5, 5, &[])]);
        let finishing = Finishing { after_ms: 300 };
        assert_eq!(statuses, [Proceed { after_ms: 7 }, finishing, finishing, Processed]);
        assert_eq!(log, ["begin TrustPack 5", "part [1, 2, 3]", "part [4, 5]", "finish", "finish", "finish"]);
    }

    #[test]
    fn a_part_out_of_place_ends_it() {
        for (why, part) in [
            ("a gap", (0x80, 5, 4, &[5][..])),
            ("again", (0x80, 5, 2, &[3][..])),
            ("past the end", (0x80, 5, 3, &[4, 5, 6][..])),
            ("another size", (0x80, 6, 3, &[4][..])),
            ("another kind", (0x81, 5, 3, &[4][..])),
            ("at the end of numbers", (0x80, 5, u32::MAX, &[4][..])),
        ] {
            let (statuses, log) = run(&[(0x80, 5, 0, &[1, 2, 3]), part, (0x80, 5, 3, &[4, 5])]);
            assert_eq!(statuses, [Proceed { after_ms: 7 }, Unacceptable, Unacceptable], "{why}");
            assert_eq!(log, ["begin TrustPack 5", "part [1, 2, 3]", "abort"], "{why}");
        }
    }

    #[test]
    fn a_beginning_voids_what_was_there() {
        let (_, log) = run(&[(0x80, 5, 0, &[1]), (0x81, 9, 0, &[2])]);
        assert_eq!(log, ["begin TrustPack 5", "part [1]", "abort", "begin FirmwareImage 9", "part [2]"]);
    }

    #[test]
    fn what_is_not_wanted_is_refused() {
        assert_eq!(run(&[(0x01, 5, 0, &[1]), (0x82, 5, 0, &[1])]), (vec![Unrecognised; 2], vec![]));
        assert_eq!(run(&[(0x80, 1001, 0, &[1])]), (vec![Unacceptable], vec!["begin TrustPack 1001".into()]));
        assert_eq!(run(&[(0x80, 5, 0, &[]), (0x80, 0, 0, &[])]), (vec![Unacceptable; 2], vec![]), "nothing was begun");
        assert_eq!(Transfers::new(NoFiles).fragment(&fragment(0x80, 5, 0, &[1])), Ok(Unrecognised));
    }

    #[test]
    fn lengths_must_agree() {
        let mut transfers = Transfers::new(Receiver::default());
        let mut data = fragment(0x80, 5, 0, &[1, 2]);
        data.pop();
        assert_eq!(transfers.fragment(&data), Err(Nak::Length.into()));
        assert_eq!(transfers.fragment(&[0x80; 10]), Err(Nak::Length.into()));
        assert!(transfers.receiver.log.is_empty());
    }

    #[test]
    fn statuses_are_those_of_the_standard() {
        assert_eq!(Finishing { after_ms: 0x0102 }.to_bytes(), [1, 2, 1, 3, 0, 0, 0]);
        assert_eq!(Unacceptable.to_bytes(), [1, 0, 0, 0xFD, 0xFF, 0, 0]);
        assert_eq!(Unrecognised.to_bytes(), [1, 0, 0, 0xFE, 0xFF, 0, 0]);
        assert_eq!(FileStatus::Aborted.to_bytes(), [1, 0, 0, 0xFF, 0xFF, 0, 0]);
        assert_eq!((Proceed { after_ms: 0 }.to_bytes(), Processed.to_bytes()), ([1, 0, 0, 0, 0, 0, 0], [1, 0, 0, 1, 0, 0, 0]));
    }
}
