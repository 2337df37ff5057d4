//! Sequences of operations, cut at every single word that is written and at every erase.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Operation {
    /// An entry of the journal.
    Note,
    /// A setting.
    Line(u8),
    /// A floor.
    Raise(u64),
    /// The next version of a pack.
    Take,
}

/// What was acknowledged, and what was under way when the power went.
#[derive(Clone, Default)]
struct Model {
    notes: usize,
    line: Option<u8>,
    floor: u64,
    version: u64,
    under_way: Option<Operation>,
}

#[derive(Debug, PartialEq)]
struct Cut;

impl<E> From<E> for Cut
where
    E: core::error::Error,
{
    fn from(_: E) -> Self {
        Self
    }
}

fn note(number: usize) -> Event {
    Event::because(if number.is_multiple_of(3) { Kind::Refused } else { Kind::Admitted }, &number.to_string())
}

/// Starts the device and does what is asked, until the power goes.
fn run(device: &Device, operations: &[Operation], model: &mut Model) -> Result<(), Cut> {
    let mut vault = device.vault()?;
    let mut journal = device.journal(&mut vault)?;
    let mut packs = Packs::new(device.slots.clone());
    for operation in operations {
        model.under_way = Some(*operation);
        match *operation {
            Operation::Note => journal.append(&mut vault, &note(model.notes), Some(NOW))?,
            Operation::Line(address) => vault.set_panel_line(address, 9600)?,
            Operation::Raise(time) => vault.raise(Floors { time, ..Floors::default() })?,
            Operation::Take => {
                assert_eq!(take(&mut packs, &mut vault, &pack(model.version + 1))?, model.version + 1);
            }
        }
        match *operation {
            Operation::Note => model.notes += 1,
            Operation::Line(address) => model.line = Some(address),
            Operation::Raise(time) => model.floor = model.floor.max(time),
            Operation::Take => model.version += 1,
        }
        model.under_way = None;
    }
    Ok(())
}

/// Whatever was acknowledged is there, and of what was under way all or nothing; the model then says which.
fn check(device: &Device, model: &mut Model) {
    let mut vault = device.vault().unwrap();
    assert_eq!(vault.provisioning().unwrap().as_slice(), RECORD);
    assert_eq!(*vault.device_key().unwrap(), [0x44; 32]);

    let under_way = model.under_way.take();
    let line = vault.panel_line().unwrap().map(|(address, bauds)| {
        assert_eq!(bauds, 9600);
        address
    });
    match under_way {
        Some(Operation::Line(address)) if line == Some(address) => model.line = line,
        _ => assert_eq!(line, model.line),
    }
    let floor = vault.floors().unwrap().time;
    match under_way {
        Some(Operation::Raise(time)) if floor == model.floor.max(time) => model.floor = floor,
        // A pack raises the floor of time too.
        _ => assert!(
            floor == model.floor
                || floor == NOW.0 as u64 && model.version > 0
                || floor == NOW.0 as u64 && matches!(under_way, Some(Operation::Take)),
            "{floor}"
        ),
    }
    assert!(floor >= model.floor);
    model.floor = floor;

    let in_force = Packs::new(device.slots.clone()).in_force(&mut vault, &authority());
    let version = match &in_force {
        Ok(pack) => pack.header().version,
        Err(error) => {
            assert_eq!(*error, TakeError::None);
            0
        }
    };
    match under_way {
        Some(Operation::Take) if version == model.version + 1 => model.version = version,
        _ => assert_eq!(version, model.version),
    }
    // What was taken over before is never taken again.
    if version > 0 {
        let refused = take(&mut Packs::new(device.slots.clone()), &mut vault, &pack(version));
        assert!(matches!(refused, Err(TakeError::Pack(soat::gate::pack::PackError::NotNewer { .. }))), "{refused:?}");
    }

    drop(device.journal(&mut vault).unwrap());
    let run = device.read(Since::Start);
    assert_eq!(run.faults, [], "{:?}", run.entries);
    let notes: Vec<usize> = run.entries.iter().filter_map(|entry| entry.reason.as_str().parse().ok()).collect();
    let last = notes.last().map_or(0, |last| last + 1);
    match under_way {
        Some(Operation::Note) if last == model.notes + 1 => model.notes = last,
        _ => assert_eq!(last, model.notes),
    }
    // In order, none left out, and as many as two pages hold at least.
    assert!(notes.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{notes:?}");
    assert!(notes.len() >= model.notes.min(10), "{} of {}", notes.len(), model.notes);
    assert!(run.lost > 0 || notes.len() == model.notes);
}

/// All kinds of operations, and as many entries as it takes to go round the chip and the vault.
fn program() -> Vec<Operation> {
    let mut operations = vec![Operation::Take, Operation::Line(1), Operation::Raise(5)];
    for round in 0..16 {
        operations.extend([Operation::Note; 4]);
        match round {
            2 | 6 => operations.push(Operation::Take),
            4 => operations.push(Operation::Line(2)),
            5 => operations.push(Operation::Raise(NOW.0 as u64 + 7)),
            _ => {}
        }
    }
    operations
}

/// How many words and erases a program takes on a device that was just provisioned.
fn cuts_of(operations: &[Operation]) -> u32 {
    let device = Device::provisioned();
    device.power.cut_at(u32::MAX, 0);
    assert_eq!(run(&device, operations, &mut Model::default()), Ok(()));
    device.power.done()
}

#[test]
fn a_program_that_is_not_cut_keeps_everything() {
    let (device, mut model) = (Device::provisioned(), Model::default());
    assert_eq!(run(&device, &program(), &mut model), Ok(()));
    check(&device, &mut model);
    assert_eq!((model.notes, model.line, model.version), (64, Some(2), 3));
    assert!(device.vault.erased.borrow().iter().all(|erased| *erased > 3), "{:?}", device.vault.erased);
    assert!(device.chip.erased.borrow().iter().all(|erased| *erased > 1), "{:?}", device.chip.erased);
}

#[test]
fn a_cut_at_any_write_or_erase_harms_nothing() {
    let program = program();
    let cuts = cuts_of(&program);
    assert!(cuts > 1500, "{cuts}");
    for cut in 0..cuts {
        let (device, mut model) = (Device::provisioned(), Model::default());
        device.power.cut_at(cut, u64::from(cut) + 1);
        assert_eq!(run(&device, &program, &mut model), Err(Cut), "cut {cut}");
        device.power.restore();
        check(&device, &mut model);
        // It goes on as if nothing had been.
        assert_eq!(run(&device, &[Operation::Note, Operation::Line(9), Operation::Take, Operation::Note], &mut model), Ok(()));
        check(&device, &mut model);
    }
}

/// A power supply that comes and goes cuts the mending too.
#[test]
fn a_cut_while_a_cut_is_mended_harms_nothing() {
    let program = program();
    let cuts = cuts_of(&program);
    for cut in (0..cuts).step_by(3) {
        let (device, mut model) = (Device::provisioned(), Model::default());
        device.power.cut_at(cut, u64::from(cut) + 77);
        assert_eq!(run(&device, &program, &mut model), Err(Cut), "cut {cut}");
        for again in 0..4 {
            device.power.restore();
            device.power.cut_at((cut * 7 + again * 5) % 31, u64::from(cut * 5 + again));
            let mut vault = device.vault();
            if let Ok(vault) = &mut vault {
                let _ = device.journal(vault);
            }
        }
        device.power.restore();
        check(&device, &mut model);
    }
}

#[test]
fn provisioning_is_all_or_nothing() {
    let count = |device: &Device, run: &dyn Fn(&Device)| {
        device.power.cut_at(u32::MAX, 0);
        run(device);
        device.power.done()
    };
    let begin = |device: &Device| drop(Vault::begin(device.vault.clone(), &given(&JournalKey::new(&JOURNAL_KEY))));
    for cut in 0..count(&Device::blank(), &begin) {
        let device = Device::blank();
        device.power.cut_at(cut, u64::from(cut) + 1);
        begin(&device);
        device.power.restore();
        match device.vault() {
            Ok(mut vault) => assert_eq!(vault.provisioning().unwrap().as_slice(), RECORD, "cut {cut}"),
            Err(error) => assert!(matches!(error, RecordsError::Blank | RecordsError::Damaged), "cut {cut}: {error}"),
        }
        begin(&device);
        assert!(device.vault().is_ok());
    }

    let anew = |device: &Device| {
        let journal_key = JournalKey::new(&[9; 32]);
        let provisioned = Provisioned { record: &[1; 200], device_key: &[2; 32], ..given(&journal_key) };
        let _ = device.vault().and_then(|mut vault| vault.provision(&provisioned));
    };
    let used = || {
        let device = Device::provisioned();
        assert_eq!(run(&device, &program()[..9], &mut Model::default()), Ok(()));
        device
    };
    for cut in 0..count(&used(), &anew) {
        let device = used();
        device.power.cut_at(cut, u64::from(cut) + 1);
        anew(&device);
        device.power.restore();
        let mut vault = device.vault().unwrap();
        let (record, key) = (vault.provisioning().unwrap().to_vec(), *vault.device_key().unwrap());
        let (line, head) = (vault.panel_line().unwrap(), vault.journal_head().unwrap().head.sequence);
        let is_old = (record.as_slice(), key, line, head) == (RECORD, [0x44; 32], Some((1, 9600)), 6);
        let is_new = (record.as_slice(), key, line, head) == (&[1; 200][..], [2; 32], None, 0);
        assert!(is_old || is_new, "cut {cut}: {} {line:?} {head}", record.len());
        assert_eq!(vault.floors().unwrap().time, NOW.0 as u64, "floors stay");
    }
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => Just(Operation::Note),
        1 => (0..4_u8).prop_map(Operation::Line),
        1 => (0..20_u64).prop_map(|more| Operation::Raise(NOW.0 as u64 + more)),
        1 => Just(Operation::Take),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any operations, with power that goes again and again.
    #[test]
    fn random_programs_survive_random_cuts(
        lives in prop::collection::vec((prop::collection::vec(operation(), 1..30), 0..700_u32, any::<u64>()), 1..6)
    ) {
        let (device, mut model) = (Device::provisioned(), Model::default());
        for (operations, cut, seed) in lives {
            device.power.cut_at(cut, seed);
            let ended = run(&device, &operations, &mut model);
            prop_assert_eq!(ended.is_err(), device.power.is_off());
            device.power.restore();
            check(&device, &mut model);
        }
    }
}
