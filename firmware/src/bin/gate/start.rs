//! The start: what lies in flash, what somebody handed over, and whether that makes a gate.

use embedded_storage::nor_flash::NorFlashErrorKind;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider};
use soat::gate::enrolled::Enrolled;
use soat::gate::journal::{Event, Head, JournalKey, Kind};
use soat::gate::pack::{GatePack, Header, Settings};
use soat::gate::provisioning::Provisioning;
use soat::pki::TrustStore;
use soat::time::Timestamp;
use soat_firmware::gate::decision::Rule;
use soat_firmware::keeping::keeper::Keeper;
use soat_firmware::keeping::packs::{Authority, Packs, TakeError};
use soat_firmware::keeping::records::RecordsError;
use soat_firmware::keeping::time_floor::floor;
use soat_firmware::keeping::vault::{Provisioned, Vault};
use soat_firmware::osdp::{ComSet, Scbk};
use soat_firmware::wiegand::Format;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::machine::{self, Chip, Slots, VaultFlash};
use crate::panel;

/// Vault and journal of this board.
pub type Keep = Keeper<VaultFlash, Chip>;

/// What most panels start with.
const FIRST_SPEED: u32 = 9600;
/// A pack is copied in pieces.
const PIECE: usize = 512;

/// What this gate was told, by its provisioning and its pack.
pub struct Told {
    pub header: Header,
    pub settings: Settings,
    pub rule: Rule,
    pub trust: TrustStore,
    pub bus: Option<panel::Bus>,
    pub wiegand: Option<Format>,
    pub enrolled: Enrolled,
}

/// Why it opens for nobody.
pub enum Unfit {
    /// Nothing was ever handed over.
    NotProvisioned,
    /// The vault cannot be used.
    Vault(RecordsError),
    /// There is no good pack.
    Pack(TakeError),
}

impl From<RecordsError> for Unfit {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::Blank => Self::NotProvisioned,
            error => Self::Vault(error),
        }
    }
}

/// Opens what is kept; at the first start it is filled with what was handed over.
pub fn keep(
    chip: Result<Chip, NorFlashErrorKind>,
    slots: Slots,
    handed_over: &[u8],
    now: Option<Timestamp>,
    entropy: &mut Entropy,
) -> Result<(Keep, Packs<Slots>), Unfit> {
    let flash = || machine::vault().ok_or(RecordsError::Unfit);
    let mut is_new = false;
    let vault = match Vault::open(flash()?) {
        Err(RecordsError::Blank) => {
            is_new = true;
            let told = Provisioning::parse(handed_over, &RustCrypto).ok_or(Unfit::NotProvisioned)?;
            let record = Provisioning::without_journal_key(handed_over, &RustCrypto).ok_or(Unfit::NotProvisioned)?;
            let mut drawn = || {
                let mut key = Zeroizing::new([0; 32]);
                rand_core::Rng::fill_bytes(entropy, key.as_mut_slice());
                key
            };
            let provisioned = Provisioned {
                record: record.as_slice(),
                device_key: &drawn(),
                journal_key: &JournalKey::new(&told.journal_key),
                seal_key: &drawn(),
                now,
            };
            Vault::begin(flash()?, &provisioned)?
        }
        opened => opened?,
    };
    machine::feed();
    machine::taken();
    machine::feed();
    let mut keep = Keeper::open(vault, chip)?;
    // It was provisioned over the link, and this is its first start.
    is_new |= keep.journal().is_ok_and(|journal| journal.head() == Head::EMPTY);
    // A journal that fails is told by the gate, which stays shut without it.
    if is_new {
        let _ = keep.note(&Event::of(Kind::Provisioned), now);
    }
    let _ = keep.note(&Event::because(Kind::Started, machine::reset_reason()), now);
    Ok((keep, Packs::new(slots)))
}

/// The pack in force, after the one that was handed over.
pub fn told(
    keep: &mut Keep,
    packs: &mut Packs<Slots>,
    handed_over: &'static [u8],
    now: Option<Timestamp>,
    mut refused: impl FnMut(&TakeError),
) -> Result<Told, Unfit> {
    let record = keep.vault.provisioning()?;
    let provisioning = Provisioning::parse(&record, &RustCrypto).ok_or(Unfit::NotProvisioned)?;
    let authority = Authority { operator: provisioning.operator, least_version: provisioning.least_version };
    let taken = take_over(keep, packs, &authority, handed_over, now);
    if let Err(error) = &taken {
        let _ = keep.note(&Event::because(Kind::PackRefused, error.code()), now);
    }
    let pack = match (packs.in_force(&mut keep.vault, &authority), taken) {
        (Err(TakeError::None), Err(why)) => return Err(Unfit::Pack(why)),
        (found, taken) => {
            if let Err(error) = taken {
                refused(&error);
            }
            found.map_err(Unfit::Pack)?
        }
    };
    let (header, content, trust) = pack.into_parts();
    keep.believe_until(header.ends_at);
    let rule = Rule {
        list: content.list,
        key: provisioning.site_key,
        purpose: content.site,
        zone_minutes: content.zone_minutes,
        from: floor(&keep.known(), &header),
        until: header.ends_at,
    };
    let (address, speed) = keep.vault.panel_line()?.unwrap_or((provisioning.osdp_address, FIRST_SPEED));
    let key = match keep.vault.panel_key()? {
        Some(key) => Scbk::new(&key).ok(),
        None => Scbk::new(&provisioning.scbk).ok(),
    };
    let wiegand = Format::of(provisioning.wiegand.bits());
    let bus = ComSet::new(address, speed).map(|line| panel::Bus { line, key });
    let enrolled = keep.vault.enrolled()?;
    Ok(Told { header, settings: content.settings, rule, trust, bus, wiegand, enrolled })
}

/// Takes the pack over that was handed over, unless it is in force already.
fn take_over(
    keep: &mut Keep,
    packs: &mut Packs<Slots>,
    authority: &Authority,
    handed_over: &'static [u8],
    now: Option<Timestamp>,
) -> Result<(), TakeError> {
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[handed_over]);
    let in_force = keep.vault.active_pack()?;
    let is_old = in_force.is_some_and(|active| !machine::HANDS_OVER_LATER || active.sha256 == *digest.as_ref());
    if handed_over.is_empty() || is_old {
        return Ok(());
    }
    // What is no pack of this site does not even touch the other slot.
    GatePack::verify(handed_over, &authority.operator, &RustCrypto)?;
    packs.begin(&mut keep.vault, u32::try_from(handed_over.len()).map_err(|_| TakeError::TooLarge)?)?;
    for (offset, piece) in (0..).step_by(PIECE).zip(handed_over.chunks(PIECE)) {
        machine::feed();
        packs.data(offset, piece)?;
    }
    // A gate that does not know the time takes a pack that has ended, and lets nobody in by it.
    let version = packs.end(&mut keep.vault, authority, now.unwrap_or(Timestamp(i64::MIN)))?.header().version;
    let mut digits = [0; 20];
    let _ = keep.note(&Event::because(Kind::PackTaken, decimal(version, &mut digits)), now);
    Ok(())
}

/// A number in digits.
fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &str {
    let mut first = digits.len();
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        let [ones, ..] = (number % 10).to_le_bytes();
        *digit = b'0' + ones;
        (number, first) = (number / 10, place);
        if number == 0 {
            break;
        }
    }
    digits.get(first..).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default()
}
