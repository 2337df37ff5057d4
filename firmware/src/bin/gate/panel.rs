//! The control panel, as the main thread sees it: the bus itself is answered beside it.

use soat::chip::AccessKey;
use soat_firmware::osdp::{CardBits, ComSet, Event, Identity, Inbox, Part, Peripheral, Scbk, Settings, Status};
use soat_firmware::wiegand::Bits;
use zeroize::Zeroizing;

use crate::bus::with;

/// Where this gate stands on the bus.
pub struct Bus {
    /// Its address and speed.
    pub line: ComSet,
    /// Its key.
    pub key: Option<Scbk>,
}

impl Bus {
    /// The device at it, its random numbers from these bits.
    pub fn peripheral(self, seed: [u8; 16]) -> Peripheral<Inbox> {
        let line = self.line;
        let identity = Identity { vendor: [0, 0, 0], model: 1, version: 1, serial: u32::from(line.address), firmware: [0, 1, 0] };
        Peripheral::new(Settings { identity, line, key: self.key, seed, has_display: false }, Inbox::default())
    }
}

/// The oldest thing that the panel asked for.
pub fn event() -> Option<Event> {
    with(|device| device.event()).flatten()
}

/// How many notices of the bus found no room since the start.
pub fn lost() -> u32 {
    with(|device| device.lost_events()).unwrap_or(0)
}

/// What the panel is told on its next POLL, and whether the jumper is set. Says whether there is a session: a panel that is silent for
/// too long has none any more.
pub fn report(status: Status, has_jumper: bool, now: u64) -> bool {
    let is_secure = with(|device| {
        device.set_status(status);
        device.set_jumper(has_jumper, now);
        device.expire(now);
        device.is_secure()
    });
    is_secure.unwrap_or(false)
}

/// A person was let in whom the panel knows by these bits.
pub fn present(bits: Bits, now: u64) {
    if let Some(card) = CardBits::new(bits.value, bits.count) {
        with(|device| device.report_card(card, now));
    }
}

/// The key that holds, to be kept.
pub fn key() -> Option<Zeroizing<[u8; 16]>> {
    with(|device| device.key().map(|key| Zeroizing::new(*key.expose()))).flatten()
}

/// The key of the card that comes next.
pub fn card_key() -> Option<AccessKey> {
    let digits = with(|device| device.take_card_key()).flatten()?;
    AccessKey::from_can(core::str::from_utf8(digits.as_slice()).ok()?).ok()
}

/// The next part of a file, to be kept.
pub fn part() -> Option<Part> {
    with(|device| device.receiver().fetch()).flatten()
}

/// Whether that part is kept, or the file taken.
pub fn kept(is_good: bool) {
    with(|device| device.receiver().kept(is_good));
}

/// Whether the panel knows that its file was taken.
pub fn was_told() -> bool {
    with(|device| device.receiver().was_told()).unwrap_or(false)
}
