//! What the boot loader does before it starts an image.

use embassy_boot::{BootLoader, BootLoaderConfig, State};
use embedded_storage::nor_flash::NorFlash;

use super::AT_ONCE;
use super::approval::Approvals;

/// What may be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// What stands there.
    Settled,
    /// What came, for the first time: unless it confirms itself, it is taken back with the next start.
    OnTrial,
    /// What ran before: what came has not confirmed itself.
    TakenBack,
    /// What ran before: what came is not what was approved.
    NotApproved,
    /// Nothing: what stands there is not what was approved, or nobody can say. Nothing opens until an engineer loads an image.
    Nothing,
}

/// Swaps in what was approved, takes back what did not confirm itself, goes on where a power cut stopped either, and says what may be
/// started. The flash of what comes holds a page more than that of what runs.
pub fn prepare<A: NorFlash, D: NorFlash, S: NorFlash>(active: A, dfu: D, state: S, approvals: &mut impl Approvals) -> Start {
    let mut buffer = Buffer([0; AT_ONCE]);
    Loader { active, dfu, state }.prepare(&mut buffer.0, approvals).unwrap_or(Start::Nothing)
}

/// The same where the flash of what comes does not answer: nothing is swapped, and half a swap starts nothing.
pub fn without_incoming<A: NorFlash>(mut active: A, approvals: &mut impl Approvals) -> Start {
    match approvals.approval() {
        Ok(None) => Start::Settled,
        Ok(Some(approval)) if approval.allows(&mut active) => Start::Settled,
        _ => Start::Nothing,
    }
}

/// Flash of a microcontroller is written by words.
#[repr(align(4))]
struct Buffer([u8; AT_ONCE]);

struct Loader<A, D, S> {
    active: A,
    dfu: D,
    state: S,
}

impl<A: NorFlash, D: NorFlash, S: NorFlash> Loader<A, D, S> {
    /// `None` where a flash fails.
    fn prepare(&mut self, buffer: &mut [u8], approvals: &mut impl Approvals) -> Option<Start> {
        // An image that nobody approved was loaded by an engineer, and runs until the first update.
        let Some(approval) = approvals.approval().ok()? else {
            if self.ordered(buffer)? == State::Swap {
                self.forget()?;
            }
            return Some(Start::Settled);
        };
        let mut start = Start::Settled;
        if self.ordered(buffer)? == State::Swap {
            let is_due = approval.is_pending() && (self.has_begun()? || approval.incoming.stands_in(&mut self.dfu));
            if is_due {
                self.run(buffer)?;
                let came = approval.incoming.stands_in(&mut self.active);
                start = if came { Start::OnTrial } else { Start::TakenBack };
                if !came && self.ordered(buffer)? == State::Swap {
                    // Something else was copied than what was approved: whoever rewrote it does not get it started.
                    self.run(buffer)?;
                }
            } else {
                // Neither half is done: the swap is not begun.
                self.forget()?;
                start = Start::NotApproved;
            }
        }
        Some(if approval.allows(&mut self.active) { start } else { Start::Nothing })
    }

    fn boot_loader(&mut self) -> BootLoader<&mut A, &mut D, &mut S> {
        BootLoader::new(BootLoaderConfig { active: &mut self.active, dfu: &mut self.dfu, state: &mut self.state })
    }

    /// Nothing is ordered any more.
    fn forget(&mut self) -> Option<()> {
        let whole = u32::try_from(self.state.capacity()).ok()?;
        self.state.erase(0, whole).ok()
    }

    fn ordered(&mut self, buffer: &mut [u8]) -> Option<State> {
        self.boot_loader().read_state(buffer).ok()
    }

    fn run(&mut self, buffer: &mut [u8]) -> Option<()> {
        self.boot_loader().prepare_boot(buffer).ok().map(drop)
    }

    /// Whether a page was swapped already: `embassy-boot` notes the first one behind its two state words.
    fn has_begun(&mut self) -> Option<bool> {
        let mut noted = [0; 1];
        let at = u32::try_from(2 * S::WRITE_SIZE).ok()?;
        self.state.read(at, &mut noted).ok()?;
        Some(noted != [0xFF])
    }
}
