//! What a list says of a serial number, where it says it more than once.

use alloc::vec;
use alloc::vec::Vec;

use super::*;

fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    let header = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [&header, value].concat()
}

/// A list with these serial numbers, each with a reason's code.
fn list(entries: &[(&[u8], u8)]) -> CertificateList {
    // ecdsa-with-SHA256
    let algorithm = der(0x30, &[0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]);
    let country = der(0x30, &[&[0x06, 3, 0x55, 4, 6][..], &der(0x13, b"XX")].concat());
    let time = der(0x17, b"250501000000Z");
    let entries = entries.iter().flat_map(|(serial, code)| {
        // reasonCode
        let reason = der(0x30, &[&[0x06, 3, 0x55, 29, 21][..], &der(0x04, &[0x0A, 1, *code])].concat());
        der(0x30, &[der(0x02, serial), time.clone(), der(0x30, &reason)].concat())
    });
    let entries = der(0x30, &entries.collect::<Vec<_>>());
    let issuer = der(0x30, &der(0x31, &country));
    let tbs = der(0x30, &[vec![0x02, 1, 1], algorithm.clone(), issuer, time.clone(), entries].concat());
    CertificateList::from_der(&der(0x30, &[tbs, algorithm, vec![0x03, 2, 0, 0]].concat())).unwrap()
}

fn reason(list: &CertificateList, serial: &[u8]) -> Option<RevocationReason> {
    list.find(serial).map(|entry| entry.reason)
}

/// Whichever stands first: neither a hold nor the end of one weakens a revocation.
#[test]
fn of_several_entries_the_one_that_revokes_for_good_counts() {
    use RevocationReason::{Hold, KeyCompromise};
    let (compromise, hold, remove) = ((&[5][..], 1), (&[5][..], 6), (&[5][..], 8));
    for (entries, expected) in [
        (vec![hold, compromise], Some(KeyCompromise)),
        (vec![compromise, hold], Some(KeyCompromise)),
        (vec![remove, hold, compromise], Some(KeyCompromise)),
        (vec![compromise, remove], Some(KeyCompromise)),
        (vec![remove, hold], Some(Hold)),
        (vec![hold, remove], Some(Hold)),
        (vec![remove], None),
    ] {
        assert_eq!(reason(&list(&entries), &[5]), expected, "{entries:?}");
    }
}

#[test]
fn an_entry_is_found_between_its_neighbours() {
    use RevocationReason::{KeyCompromise, Superseded};
    let long = |last| vec![1, 2, 3, 4, 5, 6, 7, 8, last];
    let (one, other) = (long(1), long(3));
    let list = list(&[(&other, 4), (&[7], 1), (&one, 1), (&[5], 1), (&[0x7F], 4)]);
    for (serial, expected) in [
        (&[4][..], None),
        (&[5], Some(KeyCompromise)),
        (&[6], None),
        (&[7], Some(KeyCompromise)),
        (&[0x7F], Some(Superseded)),
        (&[0, 0, 5], Some(KeyCompromise)),
        (&one, Some(KeyCompromise)),
        (&long(2), None),
        (&other, Some(Superseded)),
        (&[0x7F, 0x7F], None),
    ] {
        assert_eq!(reason(&list, serial), expected, "{serial:?}");
    }
}
