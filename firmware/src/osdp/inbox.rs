//! Files that a panel sends, between the interrupt that receives them and the main thread that keeps them.
//!
//! It holds one part. A part that comes before the one before was kept is answered BUSY, and comes again: a curve, or a sector that is
//! erased, takes longer than a panel may wait.

use super::file_transfer::{FileKind, FileReceiver, FileStatus};
use super::frame::MAX_COMMAND;

/// Milliseconds after which a panel asks again, or sends the next part.
const LATER: u16 = 200;
const NEXT: u16 = 20;

/// What the main thread is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the file is.
    pub kind: FileKind,
    /// How many bytes the whole file has.
    pub size: u32,
    /// Where this part belongs. With 0 a file begins.
    pub offset: u32,
    bytes: [u8; MAX_COMMAND],
    len: u16,
}

impl Part {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Whether the file ends with it.
    pub fn is_last(&self) -> bool {
        self.offset.saturating_add(self.len.into()) == self.size
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Parts are kept, or there are none.
    Kept,
    /// A part waits, or is being kept.
    Waiting,
    /// The same, and nobody wants it any more.
    Void,
    /// All parts are kept, and the file was taken.
    Taken {
        /// Whether the panel knows.
        told: bool,
    },
    /// It was refused.
    Refused,
}

/// One part of a file at a time.
pub struct Inbox {
    part: Part,
    is_fetched: bool,
    progress: Progress,
}

impl Default for Inbox {
    fn default() -> Self {
        let part = Part { kind: FileKind::TrustPack, size: 0, offset: 0, bytes: [0; MAX_COMMAND], len: 0 };
        Self { part, is_fetched: false, progress: Progress::Kept }
    }
}

impl Inbox {
    /// The part that is to be kept: afterwards [`Self::kept`] is to be called.
    pub fn fetch(&mut self) -> Option<Part> {
        let is_new = self.progress == Progress::Waiting && !core::mem::replace(&mut self.is_fetched, true);
        is_new.then_some(self.part)
    }

    /// Says whether the part that was fetched last is kept, or, where it was the last, whether the file was taken.
    pub fn kept(&mut self, is_good: bool) {
        self.is_fetched = false;
        self.progress = match self.progress {
            Progress::Waiting if !is_good => Progress::Refused,
            Progress::Waiting if self.part.is_last() => Progress::Taken { told: false },
            Progress::Waiting | Progress::Void => Progress::Kept,
            progress => progress,
        };
    }

    /// Whether the panel knows that its file was taken.
    pub fn was_told(&self) -> bool {
        self.progress == Progress::Taken { told: true }
    }
}

impl FileReceiver for Inbox {
    fn is_busy(&self) -> bool {
        // What was taken holds from a start on, which comes at once: there is no time for another.
        matches!(self.progress, Progress::Waiting | Progress::Void | Progress::Taken { .. })
    }

    fn begin(&mut self, kind: FileKind, size: u32) -> FileStatus {
        (self.part.kind, self.part.size, self.part.offset, self.part.len) = (kind, size, 0, 0);
        self.progress = Progress::Kept;
        FileStatus::Proceed { after_ms: NEXT }
    }

    fn part(&mut self, bytes: &[u8]) -> FileStatus {
        let (Progress::Kept, Ok(len)) = (self.progress, u16::try_from(bytes.len())) else { return FileStatus::Unacceptable };
        let Some(room) = self.part.bytes.get_mut(..bytes.len()) else { return FileStatus::Unacceptable };
        room.copy_from_slice(bytes);
        self.part.offset = self.part.offset.saturating_add(self.part.len.into());
        (self.part.len, self.progress) = (len, Progress::Waiting);
        FileStatus::Proceed { after_ms: NEXT }
    }

    fn finish(&mut self) -> FileStatus {
        match &mut self.progress {
            Progress::Waiting => FileStatus::Finishing { after_ms: LATER },
            Progress::Taken { told } => {
                *told = true;
                FileStatus::Rebooting
            }
            Progress::Kept | Progress::Void | Progress::Refused => FileStatus::Unacceptable,
        }
    }

    fn abort(&mut self) {
        self.progress = match self.progress {
            // What waits and was not fetched is gone; what was fetched is being kept yet.
            Progress::Waiting if self.is_fetched => Progress::Void,
            Progress::Void => Progress::Void,
            // Nothing takes back what was taken.
            Progress::Taken { told } => Progress::Taken { told },
            Progress::Kept | Progress::Waiting | Progress::Refused => Progress::Kept,
        };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const NEXT_PART: FileStatus = FileStatus::Proceed { after_ms: NEXT };

    #[test]
    fn a_file_goes_through_part_by_part() {
        let mut inbox = Inbox::default();
        assert_eq!(inbox.fetch(), None);
        assert_eq!((inbox.begin(FileKind::TrustPack, 5), inbox.part(&[1, 2, 3])), (NEXT_PART, NEXT_PART));
        assert!(inbox.is_busy());
        let part = inbox.fetch().unwrap();
        assert_eq!(
            (part.kind, part.size, part.offset, part.bytes(), part.is_last()),
            (FileKind::TrustPack, 5, 0, &[1, 2, 3][..], false)
        );
        assert!(inbox.is_busy() && inbox.fetch().is_none(), "it is being kept");
        inbox.kept(true);
        assert!(!inbox.is_busy());
        assert_eq!(inbox.part(&[4, 5]), NEXT_PART);
        assert_eq!(inbox.finish(), FileStatus::Finishing { after_ms: LATER });
        let part = inbox.fetch().unwrap();
        assert_eq!((part.offset, part.bytes(), part.is_last()), (3, &[4, 5][..], true));
        inbox.kept(true);
        assert!(!inbox.was_told());
        assert!(inbox.is_busy(), "for another file");
        assert_eq!(inbox.finish(), FileStatus::Rebooting);
        assert!(inbox.was_told());
    }

    #[test]
    fn a_file_that_is_refused_ends() {
        let mut inbox = Inbox::default();
        inbox.begin(FileKind::FirmwareImage, 5);
        inbox.part(&[1]);
        inbox.fetch().unwrap();
        inbox.kept(false);
        assert!(!inbox.is_busy());
        assert_eq!((inbox.part(&[2]), inbox.finish()), (FileStatus::Unacceptable, FileStatus::Unacceptable));
        inbox.abort();
        assert_eq!((inbox.begin(FileKind::TrustPack, 1), inbox.part(&[7])), (NEXT_PART, NEXT_PART));
    }

    #[test]
    fn what_is_void_is_not_kept_as_part_of_the_next_file() {
        let mut inbox = Inbox::default();
        inbox.begin(FileKind::TrustPack, 5);
        inbox.part(&[1]);
        inbox.abort();
        assert!(inbox.fetch().is_none() && !inbox.is_busy());
        inbox.begin(FileKind::TrustPack, 1);
        inbox.part(&[1]);
        inbox.fetch().unwrap();
        inbox.abort();
        assert!(inbox.is_busy(), "until it is kept");
        inbox.kept(true);
        assert!(!inbox.is_busy() && inbox.fetch().is_none());
        assert_eq!(inbox.finish(), FileStatus::Unacceptable, "nobody was told of a file that is void");
    }
}
