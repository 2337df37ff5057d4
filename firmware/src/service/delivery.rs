//! Packs and images that a control panel sends: kept as those of a desk are, and worth what their signature says.

use soat::gate::link::message::Refusal;

use super::{Event, Keeper};
use crate::osdp::{FileKind, Part};

/// Keeps a part of a file. Gives the event where that was the last one, and the file is taken.
///
/// # Errors
/// Why the file is not taken.
pub fn deliver(part: &Part, keeper: &mut impl Keeper) -> Result<Option<Event>, Refusal> {
    // What is signed says by itself that it is whole: a panel announces no digest.
    const DIGEST: [u8; 32] = [0; 32];
    match part.kind {
        FileKind::TrustPack => {
            if part.offset == 0 {
                keeper.pack_begin(part.size, &DIGEST)?;
            }
            keeper.pack_data(part.offset, part.bytes())?;
            if part.is_last() { keeper.pack_end().map(|()| Some(Event::PackTaken)) } else { Ok(None) }
        }
        FileKind::FirmwareImage => {
            if part.offset == 0 {
                keeper.image_begin(part.size, &DIGEST)?;
            }
            keeper.image_data(part.offset, part.bytes())?;
            if part.is_last() { keeper.image_end().map(|()| Some(Event::ImageTaken)) } else { Ok(None) }
        }
    }
}
