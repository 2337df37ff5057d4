//! What the gate in QEMU keeps, in files that stand for its flash: QEMU is killed in the middle of its writes, and what it left is read as
//! the desk and the next start read it.

use std::cell::RefCell;
use std::env;
use std::rc::Rc;

use embedded_storage::nor_flash::{ErrorType, MultiwriteNorFlash, NorFlash, NorFlashErrorKind, ReadNorFlash};
use soat::gate::journal::{Head, JournalKey, Kind, PersonKey, Run, Since, keys, verify};
use soat::gate::pack::GatePack;
use soat_firmware::keeping::journal::Journal;
use soat_firmware::keeping::packs::{Authority, Mapped, Packs};
use soat_firmware::keeping::vault::Vault;

use super::*;

/// A copy of a file that stands for flash: what is mended in it is mended in the copy.
#[derive(Clone)]
struct Copy<const PAGE: usize>(Rc<RefCell<Vec<u8>>>);

impl<const PAGE: usize> Copy<PAGE> {
    fn of(folder: &Path, name: &str) -> Self {
        Self(Rc::new(RefCell::new(fs::read(folder.join(name)).unwrap())))
    }
}

impl<const PAGE: usize> ErrorType for Copy<PAGE> {
    type Error = NorFlashErrorKind;
}

impl<const PAGE: usize> ReadNorFlash for Copy<PAGE> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        bytes.copy_from_slice(&self.0.borrow()[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.borrow().len()
    }
}

impl<const PAGE: usize> NorFlash for Copy<PAGE> {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        self.0.borrow_mut()[from as usize..to as usize].fill(0xFF);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        self.0.borrow_mut()[offset as usize..][..bytes.len()].iter_mut().zip(bytes).for_each(|(place, byte)| *place &= byte);
        Ok(())
    }
}

impl<const PAGE: usize> MultiwriteNorFlash for Copy<PAGE> {}

impl Mapped for Copy<{ 128 << 10 }> {
    fn slot(&mut self, slot: u8, length: usize) -> Option<&'static [u8]> {
        Some(self.0.borrow().get(usize::from(slot) << 17..)?.get(..length)?.to_vec().leak())
    }
}

/// What a gate left behind.
pub struct Left {
    pub journal: Run,
    /// The version of the pack in force.
    version: u64,
    /// Whether the other slot holds what is neither blank nor a whole pack.
    is_torn: bool,
    /// Whether the vault was in the middle of a change.
    is_mended: bool,
}

/// Reads what is there. Nothing of it may be damaged, whenever the gate was killed.
pub fn left(folder: &Path, since: Since) -> Left {
    let vault_flash = Copy::<{ 16 << 10 }>::of(folder, "vault.bin");
    let mut vault = Vault::open(vault_flash.clone()).unwrap();
    let handed_over = fs::read(folder.join("provisioning.bin")).unwrap();
    let kept = Provisioning::without_journal_key(&handed_over, &RustCrypto).unwrap();
    assert_eq!(vault.provisioning().unwrap().as_slice(), kept.as_slice());
    let mut journal = Journal::open(Copy::<4096>::of(folder, "chip.bin"), &mut vault).unwrap();
    assert_eq!(journal.missing(), 0);
    let from = if let Since::Head(head) = since { head.sequence } else { 0 };
    let is_mended = *vault_flash.0.borrow() != fs::read(folder.join("vault.bin")).unwrap();
    let mut bytes = Vec::new();
    journal
        .read(from, |entry| {
            bytes.extend_from_slice(entry);
            true
        })
        .unwrap();
    let journal = verify(&bytes, &JournalKey::new(&JOURNAL_KEY), since, &RustCrypto);
    assert_eq!(journal.faults, [], "{:?}", journal.entries);

    let operator = SeedTerminal::new().key().fingerprint(&RustCrypto);
    let slots = Copy::<{ 128 << 10 }>::of(folder, "slots.bin");
    let active = vault.active_pack().unwrap().unwrap();
    let other = slots.0.borrow()[usize::from(1 - active.slot) << 17..][..128 << 10].to_vec();
    let end = other.iter().rposition(|byte| *byte != 0xFF).map_or(0, |last| last + 1);
    let is_torn = end > 0 && GatePack::verify(&other[..end], &operator, &RustCrypto).is_err();
    let pack = Packs::new(slots).in_force(&mut vault, &Authority { operator, least_version: 1 }).unwrap();
    Left { journal, version: pack.header().version, is_torn, is_mended }
}

#[test]
fn gate_qemu_journal_tells_who_came_in_and_why_others_did_not() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    let mut forged = personalise(CARD).unwrap();
    *forged.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    assert_eq!(machine.present(CODE, chip(forged)), "decided refused dg1.hash_mismatch");
    let folder = Arc::clone(&machine.folder);
    drop(machine);

    let journal = left(folder.path(), Since::Start).journal;
    let said: Vec<(Kind, &str)> = journal.entries.iter().map(|entry| (entry.kind, entry.reason.as_str())).collect();
    let expected = [
        (Kind::Provisioned, ""),
        (Kind::Started, "reset.power_on"),
        (Kind::PackTaken, "1"),
        (Kind::Admitted, ""),
        (Kind::Refused, "dg1.hash_mismatch"),
    ];
    assert_eq!(said, expected);
    let admitted = journal.entries[3];
    let mut persons: PersonKey = JournalKey::new(&JOURNAL_KEY).persons(&RustCrypto);
    persons.evolve_to(keys::month(NOW).unwrap(), &RustCrypto);
    assert_eq!(admitted.person, Some(persons.person(&person(NUMBER), &RustCrypto)));
    assert!(admitted.time.is_some_and(|time| time >= NOW && time.0 < NOW.0 + 600));
    let plain = fs::read(folder.path().join("chip.bin")).unwrap();
    assert!(!plain.windows(17).any(|window| window == b"dg1.hash_mismatch"), "it is sealed");

    // What was kept opens the door without a hand-over.
    for name in ["provisioning.bin", "pack.bin"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    let mut again = Machine::boot_in(&image, folder);
    assert_eq!(again.says(), "ready");
    assert_eq!(again.present(CODE, genuine()), "decided admitted");
}

#[test]
fn gate_qemu_with_a_damaged_vault_or_journal_opens_for_nobody() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let folder = Arc::clone(&machine.folder);
    drop(machine);
    let vault = folder.path().join("vault.bin");
    let whole = fs::read(&vault).unwrap();
    let mut damaged = whole.clone();
    damaged.iter_mut().for_each(|byte| *byte = byte.rotate_left(1));
    fs::write(&vault, damaged).unwrap();
    // Nobody can say which image was approved: the boot loader starts none.
    let machine = Machine::boot_in(&image, Arc::clone(&folder));
    let end = Instant::now() + DECISION;
    while machine.writes('C').last() != Some(&1) {
        assert!(Instant::now() < end, "the red lamp stays dark");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!((machine.console.try_recv().ok(), machine.openings()), (None, 0));
    drop(machine);

    fs::write(&vault, whole).unwrap();
    fs::remove_file(folder.path().join("chip.bin")).unwrap();
    // A chip that cannot be opened, nor made.
    fs::create_dir(folder.path().join("chip.bin")).unwrap();
    let mut machine = Machine::boot_in(&image, folder);
    assert!(machine.says().starts_with("journal: the chip of the journal failed"));
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided refused gate.journal_failed");
    assert_eq!(machine.openings(), 0);
}

/// Kills in `SOAT_GATE_KILLS`, 20 else.
fn kills() -> u64 {
    env::var("SOAT_GATE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(20)
}

/// The flash in whose writes a kill falls, and for how long it is written at most after its first byte.
const IN_THE_MIDDLE: [(&str, Duration); 4] = [
    ("vault.bin", Duration::from_micros(400)),
    ("chip.bin", Duration::from_micros(400)),
    ("slots.bin", Duration::from_millis(8)),
    // Somewhere in the whole of a start.
    ("vault.bin", Duration::from_millis(60)),
];

fn written_at(file: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(file).and_then(|file| file.modified()).ok()
}

/// Each start counts itself, writes its journal and takes a pack over, and is killed at some moment of it.
#[test]
fn gate_qemu_killed_in_the_middle_of_its_writes_keeps_everything() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let folder = Arc::clone(&machine.folder);
    drop(machine);
    let hand_over = |version| {
        fs::write(folder.path().join("pack.bin"), pack_of_version(&pack_content(), version).unwrap()).unwrap();
    };
    let mut random = soat_tests::seeded::SeededRng(20);
    let mut start_and_kill = |kill: u64| {
        let (file, most) = IN_THE_MIDDLE[usize::try_from(kill).unwrap() % IN_THE_MIDDLE.len()];
        let file = folder.path().join(file);
        let share = f64::from(rand_core::Rng::next_u32(&mut random)) / f64::from(u32::MAX);
        let before = written_at(&file);
        let machine = Machine::boot_in(&image, Arc::clone(&folder));
        let patience = Instant::now() + DECISION;
        while written_at(&file) == before {
            assert!(Instant::now() < patience, "nothing is written");
        }
        let first = Instant::now();
        while first.elapsed() < most.mul_f64(share) {
            std::hint::spin_loop();
        }
        drop(machine);
    };
    let (mut version, mut head) = (1, Head::EMPTY);
    let (mut torn, mut mended, mut taken) = (0, 0, 0);
    let mut kill = 0;
    // Where none of them fell into the middle of a write, some more.
    while kill < kills() || torn + mended == 0 && kill < 10 * kills() {
        hand_over(kill + 2);
        start_and_kill(kill);
        let left = left(folder.path(), if head == Head::EMPTY { Since::Start } else { Since::Head(head) });
        assert!(left.version == version || left.version == kill + 2, "kill {kill}: {} after {version}", left.version);
        assert!(left.journal.head.sequence >= head.sequence, "kill {kill}");
        taken += u64::from(left.version != version);
        torn += u64::from(left.is_torn);
        mended += u64::from(left.is_mended);
        (version, head) = (left.version, left.journal.head);
        kill += 1;
    }
    println!("{kill} kills: {taken} packs taken over, {torn} torn, {mended} vaults mended, {} entries", head.sequence);
    assert!(torn + mended > 0, "no kill was in the middle of a write");
    let mut machine = Machine::boot_in(&image, folder);
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
}
