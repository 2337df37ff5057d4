//! What the gate in QEMU keeps, in files that stand for its flash: QEMU is killed in the middle of its writes, and what it left is read as
//! the desk and the next start read it.

use std::env;

use embedded_storage::nor_flash::{ErrorType, MultiwriteNorFlash, NorFlash, NorFlashErrorKind, ReadNorFlash};
use soat::gate::journal::{Head, JournalKey, Kind, PersonKey, Run, Since, keys, verify};
use soat_firmware::keeping::journal::Journal;
use soat_firmware::keeping::packs::{Authority, Mapped, Packs};
use soat_firmware::keeping::vault::Vault;

use super::*;

/// A copy of a file that stands for flash: what is mended in it is mended in the copy.
struct Copy<const PAGE: usize>(Vec<u8>);

impl<const PAGE: usize> Copy<PAGE> {
    fn of(folder: &Path, name: &str) -> Self {
        Self(fs::read(folder.join(name)).unwrap())
    }
}

impl<const PAGE: usize> ErrorType for Copy<PAGE> {
    type Error = NorFlashErrorKind;
}

impl<const PAGE: usize> ReadNorFlash for Copy<PAGE> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        bytes.copy_from_slice(&self.0[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl<const PAGE: usize> NorFlash for Copy<PAGE> {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        self.0[from as usize..to as usize].fill(0xFF);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        self.0[offset as usize..][..bytes.len()].iter_mut().zip(bytes).for_each(|(place, byte)| *place &= byte);
        Ok(())
    }
}

impl<const PAGE: usize> MultiwriteNorFlash for Copy<PAGE> {}

impl Mapped for Copy<{ 128 << 10 }> {
    fn slot(&mut self, slot: u8, length: usize) -> Option<&'static [u8]> {
        Some(self.0.get(usize::from(slot) << 17..)?.get(..length)?.to_vec().leak())
    }
}

/// What a gate left behind.
struct Left {
    journal: Run,
    /// The version of the pack in force.
    version: u64,
    /// Whether the other slot holds what is neither blank nor a whole pack.
    is_torn: bool,
}

/// Reads what is there. Nothing of it may be damaged, whenever the gate was killed.
fn left(folder: &Path, since: Since) -> Left {
    let mut vault = Vault::open(Copy::<{ 16 << 10 }>::of(folder, "vault.bin")).unwrap();
    let handed_over = fs::read(folder.join("provisioning.bin")).unwrap();
    let kept = Provisioning::without_journal_key(&handed_over, &RustCrypto).unwrap();
    assert_eq!(vault.provisioning().unwrap().as_slice(), kept.as_slice());
    let mut journal = Journal::open(Copy::<4096>::of(folder, "chip.bin"), &mut vault).unwrap();
    assert_eq!(journal.missing(), 0);
    let from = if let Since::Head(head) = since { head.sequence } else { 0 };
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
    let other = &slots.0[usize::from(1 - active.slot) << 17..][..128 << 10];
    let is_torn = !other.starts_with(&[0xD9, 0xD9, 0xF7]) || other[..2048].ends_with(&[0xFF; 1800]);
    let is_torn = is_torn && other.iter().any(|byte| *byte != 0xFF);
    let pack = Packs::new(slots).in_force(&mut vault, &Authority { operator, least_version: 1 }).unwrap();
    Left { journal, version: pack.header().version, is_torn }
}

#[test]
fn gate_qemu_journal_tells_who_came_in_and_why_others_did_not() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = Machine::boot(&image, &Storage::of(&pack_content()));
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
    let machine = Machine::boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let folder = Arc::clone(&machine.folder);
    drop(machine);
    let vault = folder.path().join("vault.bin");
    let whole = fs::read(&vault).unwrap();
    let mut damaged = whole.clone();
    damaged.iter_mut().for_each(|byte| *byte = byte.rotate_left(1));
    fs::write(&vault, damaged).unwrap();
    let machine = Machine::boot_in(&image, Arc::clone(&folder));
    assert_eq!(machine.says(), "no keys: the vault is damaged");
    assert_eq!(machine.openings(), 0);
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

/// When anything was last written into the gate's flash.
fn written_at(folder: &Path) -> Vec<std::time::SystemTime> {
    let of = |name: &&str| fs::metadata(folder.join(name)).and_then(|file| file.modified()).ok();
    ["vault.bin", "chip.bin", "slots.bin"].iter().filter_map(of).collect()
}

/// Each start counts itself, writes its journal and takes a pack over, and is killed at some moment of it.
#[test]
fn gate_qemu_killed_in_the_middle_of_its_writes_keeps_everything() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let machine = Machine::boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let folder = Arc::clone(&machine.folder);
    drop(machine);
    let hand_over = |version| {
        fs::write(folder.path().join("pack.bin"), pack_of_version(&pack_content(), version).unwrap()).unwrap();
    };
    // How long a start writes, from the first byte to the last.
    let start = |limit: Option<Duration>| {
        let before = written_at(folder.path());
        let machine = Machine::boot_in(&image, Arc::clone(&folder));
        let patience = Instant::now() + DECISION;
        while written_at(folder.path()) == before {
            assert!(Instant::now() < patience, "nothing is written");
        }
        let first = Instant::now();
        match limit {
            Some(limit) => thread::sleep(limit),
            None => assert_eq!(machine.says(), "ready"),
        }
        drop(machine);
        first.elapsed()
    };
    hand_over(2);
    let whole = start(None);
    let (mut version, mut head, mut torn, mut taken) = (2, Head::EMPTY, 0, 0);
    let mut random = soat_tests::seeded::SeededRng(20);
    for kill in 0..kills() {
        hand_over(kill + 3);
        let share = f64::from(rand_core::Rng::next_u32(&mut random)) / f64::from(u32::MAX);
        start(Some(whole.mul_f64(share)));
        let left = left(folder.path(), if head == Head::EMPTY { Since::Start } else { Since::Head(head) });
        assert!(left.version == version || left.version == kill + 3, "kill {kill}: {} after {version}", left.version);
        assert!(left.journal.head.sequence >= head.sequence, "kill {kill}");
        taken += u64::from(left.version != version);
        torn += u64::from(left.is_torn);
        (version, head) = (left.version, left.journal.head);
    }
    println!("{} kills within {whole:?}: {taken} packs were taken over, {torn} were torn, {} entries", kills(), head.sequence);
    assert!(torn > 0, "no kill was in the middle of a write");
    let mut machine = Machine::boot_in(&image, folder);
    assert_eq!(machine.says(), "ready");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
}
