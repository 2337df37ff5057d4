//! Packs are taken over whole, in order and never back.

use soat::gate::pack::PackError;

use super::*;

fn device() -> (Device, Vault<VaultFlash>, Packs<Slots>) {
    let device = Device::provisioned();
    let (vault, packs) = (device.vault().unwrap(), Packs::new(device.slots.clone()));
    (device, vault, packs)
}

/// The version in force after a restart.
fn in_force(device: &Device) -> Result<u64, TakeError> {
    let mut vault = device.vault().unwrap();
    Packs::new(device.slots.clone()).in_force(&mut vault, &authority()).map(|pack| pack.header().version)
}

#[test]
fn packs_take_turns_in_two_slots() {
    let (device, mut vault, mut packs) = device();
    assert_eq!(in_force(&device), Err(TakeError::None));
    for version in [1, 2, 5, 6] {
        assert_eq!(take(&mut packs, &mut vault, &pack(version)), Ok(version));
        assert_eq!(in_force(&device), Ok(version));
    }
    assert_eq!(*device.slots.0.erased.borrow(), [2, 2]);
    assert_eq!(vault.floors().unwrap().pack, 6);
}

#[test]
fn what_is_refused_changes_nothing_and_says_why() {
    let (device, mut vault, mut packs) = device();
    take(&mut packs, &mut vault, &pack(3)).unwrap();
    let mut altered = pack(4);
    *altered.last_mut().unwrap() ^= 1;
    let other = pack_by(&Operator::new(2), 4, NOW, ENDS);
    let ended = pack_by(&Operator::new(1), 4, Timestamp(NOW.0 - 9), NOW);
    let mut forged = pack(4);
    let place = forged.windows(64).position(|window| window[..2] == [0x58, 0x40]).unwrap_or(150);
    forged[place + 5] ^= 1;
    for (bytes, code) in [
        (pack(3), "pack.not_newer"),
        (pack(2), "pack.not_newer"),
        (altered, "pack.damaged"),
        (other, "pack.other_key"),
        (ended, "pack.ended"),
        (forged, "pack.signature_invalid"),
        (pack(4)[..200].to_vec(), "pack.damaged"),
        (b"no pack".to_vec(), "pack.damaged"),
        (Vec::new(), "pack.damaged"),
    ] {
        assert_eq!(take(&mut packs, &mut vault, &bytes).unwrap_err().code(), code);
        assert_eq!(in_force(&device), Ok(3));
    }
    assert_eq!(take(&mut packs, &mut vault, &pack(4)), Ok(4), "the next good one is taken");
}

#[test]
fn pieces_come_in_order_and_all_of_them() {
    let (device, mut vault, mut packs) = device();
    let bytes = pack(1);
    let length = bytes.len() as u32;
    assert_eq!(packs.data(0, &bytes), Err(TakeError::Torn), "not begun");
    assert_eq!(packs.begin(&mut vault, 96 * 1024 + 1), Err(TakeError::TooLarge));
    assert_eq!(packs.begin(&mut vault, 2049), Err(TakeError::TooLarge), "longer than a slot");
    packs.begin(&mut vault, length).unwrap();
    packs.data(0, &bytes[..50]).unwrap();
    assert_eq!(packs.data(60, &bytes[60..]), Err(TakeError::Torn), "a piece is missing");
    assert_eq!(packs.data(50, &bytes[50..]), Err(TakeError::Torn), "it was given up");
    packs.begin(&mut vault, length).unwrap();
    packs.data(0, &bytes).unwrap();
    assert_eq!(packs.data(length, &[0]), Err(TakeError::TooLarge));
    packs.begin(&mut vault, length).unwrap();
    packs.data(0, &bytes[..length as usize - 1]).unwrap();
    assert_eq!(packs.end(&mut vault, &authority(), NOW).err(), Some(TakeError::Torn));
    assert_eq!(packs.end(&mut vault, &authority(), NOW).err(), Some(TakeError::Torn), "nothing comes");
    assert_eq!(in_force(&device), Err(TakeError::None));
}

#[test]
fn floors_of_vault_and_provisioning_hold() {
    let (device, mut vault, mut packs) = device();
    vault.raise(Floors { pack: 7, ..Floors::default() }).unwrap();
    let not_newer = |held, found| Err(TakeError::Pack(PackError::NotNewer { held, found }));
    assert_eq!(take(&mut packs, &mut vault, &pack(7)), not_newer(7, 7));
    assert_eq!(take(&mut packs, &mut vault, &pack(8)), Ok(8));
    let raised = Authority { least_version: 9, ..authority() };
    assert_eq!(packs.in_force(&mut vault, &raised).err(), not_newer(8, 8).err());
    let other = Authority { operator: Operator::new(2).key().fingerprint(&RustCrypto), ..authority() };
    assert_eq!(packs.in_force(&mut vault, &other).err(), Some(TakeError::Pack(PackError::OtherKey)));
    assert_eq!(in_force(&device), Ok(8));
}

#[test]
fn a_bit_that_turns_in_the_pack_in_force_is_found() {
    let (device, mut vault, mut packs) = device();
    let bytes = pack(1);
    take(&mut packs, &mut vault, &bytes).unwrap();
    for place in 0..bytes.len() {
        device.slots.0.bytes.borrow_mut()[place] ^= 0x10;
        assert_eq!(in_force(&device), Err(TakeError::Damaged), "byte {place}");
        device.slots.0.bytes.borrow_mut()[place] ^= 0x10;
    }
    assert_eq!(in_force(&device), Ok(1));
}
