//! Forged cards before a gate. Each time the genuine card opens first; then the forged one is presented to the same gate, which stays
//! shut and says why.

use std::collections::BTreeMap;

use card_fixtures::authority::{Authority, CertificateOptions, KeyIdentifier, SignatureDefect, SignatureOptions, SodOptions};
use card_fixtures::chip::{Attack, BadPoint, Forgery, LostTag, Quirks};
use card_fixtures::plug::pn532::Modulation;
use soat::evidence::TerminalSigner;
use soat::gate::pack::{Content, GatePack, Portrait};
use soat_tests::gate_board::code;
use soat_tests::seeds::SeedTerminal;

use super::*;

/// What the gate says of this chip, after it opened for the genuine one.
fn says(forged: VirtualChip) -> &'static str {
    let (mut gate, world) = gate_with(Settings { face: Portrait::Hashed, ..Settings::default() }, rule());
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    let decision = present(&mut gate, &world, forged, Modulation::TypeA);
    assert_eq!(world.openings(), 1);
    let shut = code(decision.as_ref());
    // Nothing of it is left over for the next card.
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    shut
}

fn attacked(attack: Attack) -> &'static str {
    let quirks = Quirks { attack: Some(attack), ..Quirks::vietnam() };
    says(VirtualChip::with_quirks(personalise(CARD).unwrap(), 2, quirks))
}

fn altered(alter: impl FnOnce(&mut Personalisation)) -> &'static str {
    let mut card = personalise(CARD).unwrap();
    alter(&mut card);
    says(chip(card))
}

/// The genuine card's data, signed in another way or by another authority.
fn signed(authority: &Authority, options: &SodOptions) -> &'static str {
    altered(|card| card.sign(authority, options))
}

fn own() -> Authority {
    authority(CARD).unwrap()
}

fn impostor() -> Authority {
    let other = authority("sod-p256-sha256").unwrap();
    Authority { csca: other.csca, document_signer: other.document_signer, ..own() }
}

fn flip_last(card: &mut Personalisation, file: u16) {
    *card.application_files.get_mut(&file).unwrap().last_mut().unwrap() ^= 1;
}

#[test]
fn gate_attack_01_a_false_issuer() {
    assert_eq!(signed(&impostor(), &SodOptions::default()), "chain.issuer_unknown");
    let certificate = CertificateOptions {
        authority_key_identifier: KeyIdentifier::Given(own().csca.key.key_identifier()),
        ..impostor().document_signer_options()
    };
    let options = SodOptions { certificate: Some(certificate), ..SodOptions::default() };
    assert_eq!(signed(&impostor(), &options), "chain.signature_invalid");
}

#[test]
fn gate_attack_02_and_28_a_wrong_signature() {
    for defect in [SignatureDefect::Flipped, SignatureDefect::Zero] {
        let signature = SignatureOptions { defect, ..SignatureOptions::default() };
        assert_eq!(signed(&own(), &SodOptions { signature, ..SodOptions::default() }), "sod.signature_invalid");
    }
}

#[test]
fn gate_attack_04_files_of_chip_authentication_withheld() {
    let stripped = altered(|card| {
        card.application_files.remove(&0x010E);
        card.application_files.remove(&0x010F);
    });
    assert_eq!(stripped, "dg14.missing");
}

#[test]
fn gate_attack_05_and_06_files_that_are_not_those_that_were_signed() {
    for (file, reason) in [(0x0101, "dg1.hash_mismatch"), (0x0102, "dg2.hash_mismatch"), (0x010D, "dg13.hash_mismatch")] {
        assert_eq!(altered(|card| flip_last(card, file)), reason);
    }
}

#[test]
fn gate_attack_08_attributes_that_break_a_rule() {
    let signature = SignatureOptions { signer_infos: 2, ..SignatureOptions::default() };
    assert_eq!(signed(&own(), &SodOptions { signature, ..SodOptions::default() }), "sod.signer_count");
}

/// By the digests of a pack: a gate has no room for whole revocation lists.
#[test]
fn gate_attack_14_a_revoked_signer() {
    let says = |serial: &[u8]| {
        let signer = Certificate::from_der(&own().document_signer_certificate().der).unwrap();
        let serial = if serial.is_empty() { &signer.serial } else { serial };
        // Through a pack, as the gate is told.
        let content = Content {
            site: "cổng bắc".into(),
            zone_minutes: 420,
            settings: Settings::default(),
            anchors: vec![authority(CARD).unwrap().csca_certificate()],
            revoked: vec![soat::pki::revocation::digest(&signer.issuer, serial, &RustCrypto)],
            list: AccessList::of(&BTreeMap::new(), Vec::new()),
        };
        let operator = SeedTerminal::new();
        let pack = content.signed(1, Timestamp(NOW.0 - 86_400), ENDS, &operator, &RustCrypto).unwrap();
        let trust = GatePack::verify(&pack, &operator.key().fingerprint(&RustCrypto), &RustCrypto).unwrap().into_parts().2;
        let world = World::new(Some(NOW));
        let mut gate = Gate::new(world.ports(1), Settings::default(), rule(), trust);
        code(present(&mut gate, &world, genuine(), Modulation::TypeA).as_ref())
    };
    assert_eq!(says(b"another"), "admitted");
    assert_eq!(says(b""), "ds.revoked");
}

#[test]
fn gate_attack_16_and_17_a_copy_and_a_recording() {
    assert_eq!(attacked(Attack::Clone), "chip.active_authentication_failed");
    assert_eq!(attacked(Attack::ReplayedSignature([1, 2, 3, 4, 5, 6, 7, 8])), "chip.active_authentication_failed");
}

#[test]
fn gate_attack_16_a_chip_that_offers_no_proof() {
    let passive = altered(|card| {
        card.application_files.remove(&0x010E);
        card.application_files.remove(&0x010F);
        card.chip_keys.clear();
        card.active_authentication = None;
        card.list("0107", &[]);
        card.sign(&own(), &SodOptions::default());
    });
    assert_eq!(passive, "chip.not_offered");
}

/// What was hidden stands in the signed DG14: the profile `gate` notes it as a desk's does (verdicts.md, access protocol), and the chip
/// still has to prove itself. A PACE that fails is never followed by BAC.
#[test]
fn gate_attack_20_a_hidden_access_protocol_and_a_failed_one() {
    let (mut gate, world) = gate();
    let hidden = Quirks { attack: Some(Attack::HideCardAccess(0x6982)), ..Quirks::vietnam() };
    let decision = present(&mut gate, &world, VirtualChip::with_quirks(personalise(CARD).unwrap(), 2, hidden), Modulation::TypeA);
    assert_eq!(decision, Some(admitted()));
    let mut copy = personalise(CARD).unwrap();
    copy.pace.clear();
    copy.master_files.clear();
    copy.chip_keys.clear();
    copy.active_authentication = None;
    let decision = present(&mut gate, &world, chip(copy), Modulation::TypeA);
    assert_eq!((code(decision.as_ref()), world.openings()), ("chip.active_authentication_refused", 1));
    assert_eq!(attacked(Attack::PaceStatus(2, 0x6300)), "gate.not_read");
}

#[test]
fn gate_attack_21_points_off_the_curve_and_the_terminals_own_key() {
    for attack in [Attack::PaceSameKey, Attack::PaceMapping(BadPoint::OffCurve), Attack::PaceKey(BadPoint::Infinity)] {
        assert_eq!(attacked(attack), "gate.not_read");
    }
}

#[test]
fn gate_attack_23_forged_answers() {
    for forgery in [Forgery::WrongMac, Forgery::NoMac, Forgery::Plain, Forgery::AlteredData] {
        assert_eq!(attacked(Attack::Forge(12, forgery)), "gate.not_read", "{forgery:?}");
    }
}

#[test]
fn gate_attack_24_a_wrong_token() {
    assert_eq!(attacked(Attack::PaceToken), "gate.wrong_key");
}

#[test]
fn gate_attack_29_a_generator_of_the_forgers_own() {
    let mut authority = own();
    authority.document_signer.key = authority.document_signer.key.with_forged_generator().unwrap();
    assert_eq!(signed(&authority, &SodOptions::default()), "sod.public_key_invalid");
}

#[test]
fn gate_attack_32_the_code_of_another_card() {
    let (mut gate, world) = gate();
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    // The forger's own genuine card, and the code of somebody who may come in.
    let own = chip(personalise("vietnam-no-expiry").unwrap());
    let decision = present(&mut gate, &world, own, Modulation::TypeA);
    assert_eq!((code(decision.as_ref()), world.openings()), ("qr.contradicts_chip", 1));
}

#[test]
fn gate_attack_35_answers_without_end() {
    for attack in [Attack::EndlessFile(0x010D), Attack::EndlessFile(0x011D), Attack::EndlessChain] {
        assert_eq!(attacked(attack), "gate.not_read", "{attack:?}");
    }
}

/// Files that are each small enough, and together more than a gate has memory for.
#[test]
fn gate_attack_35_more_than_there_is_room_for() {
    let padded = |len: usize| {
        altered(move |card| {
            for file in [0x0101, 0x010D] {
                let mut bytes = vec![if file == 0x0101 { 0x61 } else { 0x6D }, 0x82];
                bytes.extend(u16::try_from(len).unwrap().to_be_bytes());
                bytes.resize(len + 4, 0x5A);
                card.application_files.insert(file, bytes);
            }
        })
    };
    assert_eq!(padded(4 << 10), "dg1.hash_mismatch");
    assert_eq!(padded(12 << 10), "gate.not_read");
}

#[test]
fn gate_attack_35_a_chip_that_takes_its_time() {
    let (mut gate, world) = gate_with(Settings { reading_ms: 2000, ..Settings::default() }, rule());
    assert_eq!(present(&mut gate, &world, genuine(), Modulation::TypeA), Some(admitted()));
    world.set_latency(90);
    let since = world.now();
    let decision = present(&mut gate, &world, genuine(), Modulation::TypeA);
    assert_eq!((code(decision.as_ref()), world.openings()), ("gate.not_read", 1));
    assert!(world.now() - since < 20_000);
}

#[test]
fn gate_attack_36_a_group_listed_twice() {
    assert_eq!(signed(&own(), &SodOptions { repeated_groups: vec![1], ..SodOptions::default() }), "sod.duplicate_data_group");
}

#[test]
fn gate_attack_37a_another_card_after_a_lost_tag() {
    // The same card comes back, and is read on.
    let (mut gate, world) = gate();
    let back = LostTag { after: 22, comes_back: true, other: None };
    let quirks = Quirks { lost_tag: Some(back), ..Quirks::vietnam() };
    let same = VirtualChip::with_quirks(personalise(CARD).unwrap(), 3, quirks);
    assert_eq!(present(&mut gate, &world, same, Modulation::TypeA), Some(admitted()));
    let mut other = personalise(CARD).unwrap();
    flip_last(&mut other, 0x011D);
    let lost = LostTag { after: 22, comes_back: true, other: Some(Box::new(other)) };
    let quirks = Quirks { lost_tag: Some(lost), ..Quirks::vietnam() };
    assert_eq!(says(VirtualChip::with_quirks(personalise(CARD).unwrap(), 3, quirks)), "gate.not_read");
}
