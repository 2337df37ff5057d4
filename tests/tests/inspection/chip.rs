//! Access protocol and chip authenticity: attacks 16–18 and 20, quirk 19.

use card_fixtures::authority::{CurveEncoding, SodOptions};
use card_fixtures::der;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::issue::CARD_ACCESS;
use card_fixtures::personalisation::security_infos::{
    active_authentication_info, card_access, pace_domain_parameter_info, pace_info, unknown_info,
};
use card_fixtures::personalisation::{PaceOffer, Suite};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{
    Access, AccessProtocol, ActiveAuthenticationOutcome, BacReason, ChipAuthenticationOutcome, Dossier, FileId, PasswordKind,
};
use soat::inspection::{CheckKind, Outcome, Overall, Profile, Report, inspect};

use crate::issued::{GOOD, Issued, NOW, assert_genuine, assert_quirk, ended, failed, findings, overwrite, row, undetermined};

fn judge(issued: &Issued, dossier: &Dossier, profile: Profile) -> Report {
    inspect(dossier, &issued.trust(), &profile, NOW, &RustCrypto)
}

fn operational(issued: &Issued, dossier: &Dossier) -> Report {
    judge(issued, dossier, Profile::OPERATIONAL)
}

fn with_bac(mut dossier: Dossier, reason: BacReason) -> Dossier {
    dossier.access = Some(Access { protocol: AccessProtocol::Bac { reason }, password: PasswordKind::Mrz });
    dossier
}

#[test]
fn attack_20_pace_suppressed() {
    let issued = Issued::vietnam();
    let report = operational(&issued, &issued.dossier());
    assert_eq!(ended(&report, CheckKind::AccessProtocol), GOOD);
    for reason in [BacReason::PaceNotOffered, BacReason::CardAccessRefused(0x6982)] {
        let mut dossier = with_bac(issued.dossier(), reason);
        dossier.files.remove(&FileId::CardAccess);
        let report = operational(&issued, &dossier);
        assert_eq!(findings(&report, CheckKind::AccessProtocol), ["access.bac_used", "access.pace_suppressed"]);
        let strict = judge(&issued, &dossier, Profile::STRICT);
        assert_eq!(ended(&strict, CheckKind::AccessProtocol), failed("access.pace_suppressed"));
    }
}

/// A chip that was opened without any protocol: what its signed DG14 offers, or what every card of its kind has, was taken away.
#[test]
fn attack_20_no_access_protection_where_there_must_be_one() {
    let opened = |mut dossier: Dossier| {
        dossier.access = Some(Access { protocol: AccessProtocol::Unprotected, password: PasswordKind::Mrz });
        dossier.files.remove(&FileId::CardAccess);
        dossier
    };
    let not_supported = (Outcome::NotSupported, Some("access.unprotected"));
    let assert_suppressed = |issued: &Issued| {
        let report = operational(issued, &opened(issued.dossier()));
        assert_eq!(ended(&report, CheckKind::AccessProtocol), not_supported);
        assert_eq!(findings(&report, CheckKind::AccessProtocol), ["access.pace_suppressed"]);
        let strict = judge(issued, &opened(issued.dossier()), Profile::STRICT);
        assert_eq!(
            (ended(&strict, CheckKind::AccessProtocol), strict.overall),
            (failed("access.pace_suppressed"), Overall::Failed)
        );
    };
    let issued = Issued::vietnam();
    assert_suppressed(&issued);
    // A Vietnamese card offers PACE, whether its DG14 says so or not.
    let mut silent = Issued::vietnam();
    silent.card.put_dg14(CurveEncoding::Explicit, &[], &[active_authentication_info(Hash::Sha256)]);
    assert_suppressed(&silent.signed(&SodOptions::default()));
}

/// A variant that the reader lacks is no downgrade, so long as it is the one that is signed and nothing else is given as the reason.
#[test]
fn attack_20_a_variant_that_the_reader_lacks() {
    let issued = Issued::vietnam();
    let lacking = with_bac(issued.dossier(), BacReason::PaceVariantUnknown);
    let report = judge(&issued, &lacking, Profile::STRICT);
    assert_eq!(ended(&report, CheckKind::AccessProtocol), GOOD);
    assert_eq!(findings(&report, CheckKind::AccessProtocol), ["access.bac_used"]);
    let mut hidden = lacking.clone();
    hidden.files.remove(&FileId::CardAccess);
    for dossier in [with_bac(lacking, BacReason::PaceNotOffered), hidden] {
        let report = judge(&issued, &dossier, Profile::STRICT);
        assert_eq!(ended(&report, CheckKind::AccessProtocol), failed("access.pace_suppressed"));
        assert_eq!(report.overall, Overall::Failed);
    }
}

/// A SET has no order: the variants of EF.CardAccess may stand in another one than those of DG14, whatever DER says.
#[test]
fn variants_of_pace_in_another_order() {
    let mut issued = Issued::vietnam();
    let further = [12, 15, 13].map(|parameter| pace_info(PaceOffer::generic(Suite::Aes256, parameter)));
    let infos: Vec<Vec<u8>> = issued.card.pace.iter().copied().map(pace_info).chain(further).collect();
    issued.card.put_dg14(CurveEncoding::Explicit, &infos, &[active_authentication_info(Hash::Sha256)]);
    let mut issued = issued.signed(&SodOptions::default());
    for turn in 0..infos.len() {
        let mut turned = infos.clone();
        turned.rotate_left(turn);
        for order in [turned.clone(), turned.into_iter().rev().collect()] {
            // Not sorted, as DER would have it.
            issued.card.master_files.insert(CARD_ACCESS, der::tlv(0x31, &order.concat()));
            let report = judge(&issued, &issued.dossier(), Profile::STRICT);
            assert_eq!(ended(&report, CheckKind::AccessProtocol), GOOD, "{turn}");
        }
    }
    issued.card.master_files.insert(CARD_ACCESS, card_access(infos[1..].to_vec()));
    let report = judge(&issued, &issued.dossier(), Profile::STRICT);
    assert_eq!(ended(&report, CheckKind::AccessProtocol), failed("access.card_access_mismatch"));
}

#[test]
fn attack_20_card_access_altered() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let mut dossier = issued.dossier();
    let mut altered = issued.card.master_files[&0x011C].clone();
    // The domain parameter is the last byte of the last info.
    *altered.last_mut().unwrap() = 0x0C;
    overwrite(&mut dossier, FileId::CardAccess, altered);
    let report = operational(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::AccessProtocol), failed("access.card_access_mismatch"));
    assert_eq!(judge(&issued, &dossier, Profile::STRICT).overall, Overall::Failed);
}

/// Domain parameters of the issuer's own: under one number the same ones, in the file that is signed and in the one that is not.
#[test]
fn attack_20_other_domain_parameters_under_one_number() {
    let parameters = |curve: u32, number| {
        let standardised = der::sequence(&[der::oid("0.4.0.127.0.7.1.2"), der::small_integer(curve)]);
        pace_domain_parameter_info(&standardised, number)
    };
    let judged = |signed: &[Vec<u8>]| {
        let mut issued = Issued::vietnam();
        let infos: Vec<Vec<u8>> = issued.card.pace.iter().copied().map(pace_info).collect();
        let unsigned = [infos.clone(), vec![parameters(13, 32), parameters(12, 33)]].concat();
        issued.card.master_files.insert(CARD_ACCESS, card_access(unsigned));
        issued.card.put_dg14(CurveEncoding::Explicit, &[&infos, signed].concat(), &[]);
        let issued = issued.signed(&SodOptions::default());
        ended(&operational(&issued, &issued.dossier()), CheckKind::AccessProtocol)
    };
    assert_eq!(judged(&[]), GOOD);
    assert_eq!(judged(&[parameters(13, 32)]), GOOD);
    assert_eq!(judged(&[parameters(13, 32), parameters(12, 33)]), GOOD);
    assert_eq!(judged(&[parameters(12, 32), parameters(13, 33)]), failed("access.card_access_mismatch"));
}

/// What DG14 offers besides may be anything, but under the arc of chip authentication every protocol has a meaning.
#[test]
fn protocols_in_dg14_that_nobody_knows() {
    let of = |info: Vec<u8>| {
        let mut issued = Issued::vietnam();
        let infos: Vec<Vec<u8>> = issued.card.pace.iter().copied().map(pace_info).collect();
        issued.card.put_dg14(CurveEncoding::Explicit, &infos, &[info]);
        let report = issued.signed(&SodOptions::default()).operational();
        findings(&report, CheckKind::FileHash(crate::issued::group(14)))
    };
    assert_eq!(of(unknown_info(4)), Vec::<&str>::new());
    let with_version = |protocol: &str| der::sequence(&[der::oid(protocol), der::small_integer(1)]);
    for elsewhere in ["1.2.840.9303", "0.4.0.127.0.7.2.2.5.1", "0.4.0.127.0.7.2.2"] {
        assert_eq!(of(with_version(elsewhere)), Vec::<&str>::new(), "{elsewhere}");
    }
    for unassigned in ["0.4.0.127.0.7.2.2.3.9", "0.4.0.127.0.7.2.2.1.9"] {
        assert_eq!(of(with_version(unassigned)), ["dg14.non_conformant"], "{unassigned}");
    }
}

/// The signed DG14 has the same protocol on other domain parameters, and the other way round; EF.CardAccess was out of reach.
#[test]
fn attack_20_pace_by_another_variant_than_the_one_that_is_signed() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    dossier.files.remove(&FileId::CardAccess);
    assert_eq!(ended(&judge(&issued, &dossier, Profile::STRICT), CheckKind::AccessProtocol), GOOD);
    let AccessProtocol::Pace { protocol, parameter_id } = dossier.access.clone().unwrap().protocol else { panic!("BAC") };
    let weaker = "0.4.0.127.0.7.2.2.4.2.1".parse().unwrap();
    assert_ne!(protocol, weaker);
    for (protocol, parameter_id) in [(protocol, parameter_id - 1), (weaker, parameter_id)] {
        let protocol = AccessProtocol::Pace { protocol, parameter_id };
        dossier.access = Some(Access { protocol, password: PasswordKind::Can });
        let report = judge(&issued, &dossier, Profile::STRICT);
        assert_eq!(ended(&report, CheckKind::AccessProtocol), failed("access.card_access_mismatch"));
        assert_eq!(report.overall, Overall::Failed);
    }
}

#[test]
fn bac_on_a_card_that_offers_nothing_else() {
    let issued = Issued::new("passive-only");
    assert_eq!(findings(&issued.operational(), CheckKind::AccessProtocol), ["access.bac_used"]);
    assert_eq!(ended(&issued.strict(), CheckKind::AccessProtocol), GOOD);
}

#[test]
fn a_card_that_offers_no_chip_authenticity() {
    let issued = Issued::new("passive-only");
    let report = issued.operational();
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), (Outcome::NotSupported, Some("chip.not_offered")));
    assert_eq!(report.overall, Overall::Successful);
    for kind in [CheckKind::ChipAuthenticity, CheckKind::ActiveAuthentication, CheckKind::ChipAuthentication] {
        assert!(!row(&report, kind).ran, "{kind:?}");
    }
    // A DG14 with the hash of active authentication alone offers no chip authentication.
    let active = Issued::new("aa-p256-sha256");
    let report = active.operational();
    let not_offered = (Outcome::NotSupported, Some("chip.chip_authentication_not_offered"));
    assert_eq!(ended(&report, CheckKind::ChipAuthentication), not_offered);
    assert!(active.card.application_files.contains_key(&0x010E) && !row(&report, CheckKind::ChipAuthentication).ran);
    let strict = issued.strict();
    assert!(row(&strict, CheckKind::ChipAuthenticity).counts());
}

#[test]
fn attack_16_chip_authentication_with_a_key_that_is_not_signed() {
    let issued = Issued::new("ca-two-keys");
    let dossier = issued.dossier();
    assert_eq!(ended(&operational(&issued, &dossier), CheckKind::ChipAuthentication), GOOD);
    let mut altered = dossier.clone();
    *altered.chip_authentication.as_mut().unwrap().public_key.last_mut().unwrap() ^= 1;
    let report = operational(&issued, &altered);
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed("chip.chip_authentication_key_mismatch"));
    assert_eq!(report.overall, Overall::Failed);
    // The right key under the other key's identifier.
    let mut altered = dossier;
    altered.chip_authentication.as_mut().unwrap().key_id = Some(2);
    let report = operational(&issued, &altered);
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed("chip.chip_authentication_key_mismatch"));
}

/// Where either side gives the key no identifier, the key itself tells.
#[test]
fn chip_authentication_by_a_key_without_an_identifier() {
    for (card, key_id) in [("ca-two-keys", None), ("vietnam-2024", Some(2)), ("vietnam-2024", None)] {
        let issued = Issued::new(card);
        let mut dossier = issued.dossier();
        dossier.chip_authentication.as_mut().unwrap().key_id = key_id;
        let report = operational(&issued, &dossier);
        assert_eq!((ended(&report, CheckKind::ChipAuthentication), report.overall), (GOOD, Overall::Successful), "{card}");
    }
}

#[test]
fn chip_authentication_that_did_not_come_off() {
    let issued = Issued::new("ca-two-keys");
    for (outcome, expected, overall) in [
        (ChipAuthenticationOutcome::WrongKeys, failed("chip.chip_authentication_failed"), Overall::Failed),
        (ChipAuthenticationOutcome::Refused(0x6F00), undetermined("chip.chip_authentication_refused"), Overall::Undetermined),
        (ChipAuthenticationOutcome::Unsupported, undetermined("chip.chip_authentication_unsupported"), Overall::Undetermined),
    ] {
        let mut dossier = issued.dossier();
        dossier.chip_authentication.as_mut().unwrap().outcome = outcome;
        let report = operational(&issued, &dossier);
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), expected);
        assert_eq!(report.overall, overall);
    }
    let mut dossier = issued.dossier();
    dossier.chip_authentication = None;
    let report = operational(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), undetermined("chip.chip_authentication_not_done"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn attack_17_an_answer_to_another_challenge() {
    for card in ["aa-rsa1024-sha1", "aa-rsa2048-sha256", "aa-p256-sha256", "aa-bp512-sha512"] {
        let issued = Issued::new(card);
        assert_eq!(ended(&issued.operational(), CheckKind::ActiveAuthentication), GOOD, "{card}");
        let mut dossier = issued.dossier();
        dossier.active_authentication.as_mut().unwrap().challenge[0] ^= 1;
        let report = operational(&issued, &dossier);
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed("chip.active_authentication_failed"), "{card}");
        assert_eq!(report.overall, Overall::Failed);
    }
}

#[test]
fn attack_18_an_answer_that_was_altered_cut_or_refused() {
    for card in ["aa-rsa2048-sha512", "aa-p384-sha384"] {
        let issued = Issued::new(card);
        assert_genuine(&issued);
        let dossier = issued.dossier();
        let ActiveAuthenticationOutcome::Signature(genuine) = &dossier.active_authentication.as_ref().unwrap().outcome else {
            panic!("{card} signs");
        };
        let mut altered = genuine.clone();
        altered[3] ^= 1;
        for signature in [altered, genuine[..genuine.len() - 5].to_vec(), vec![], vec![0; genuine.len()]] {
            let mut dossier = dossier.clone();
            dossier.active_authentication.as_mut().unwrap().outcome = ActiveAuthenticationOutcome::Signature(signature);
            let report = operational(&issued, &dossier);
            assert_eq!(ended(&report, CheckKind::ActiveAuthentication), failed("chip.active_authentication_failed"), "{card}");
        }
        let mut refused = dossier.clone();
        refused.active_authentication.as_mut().unwrap().outcome = ActiveAuthenticationOutcome::Refused(0x6D00);
        let report = operational(&issued, &refused);
        assert_eq!(ended(&report, CheckKind::ActiveAuthentication), undetermined("chip.active_authentication_refused"));
        assert_eq!(report.overall, Overall::Undetermined);
    }
}

#[test]
fn quirk_19_the_hash_is_not_stated() {
    assert_quirk(&Issued::new("aa-p384-silent-sha256"), CheckKind::ActiveAuthentication, "aa.hash_undeclared");
}

#[test]
fn what_the_reading_noted_stands_beside_its_row() {
    let issued = Issued::vietnam();
    let mut dossier = issued.dossier();
    let noted = |code: &str, file| soat::dossier::ReadingFinding { code: code.into(), file };
    dossier.findings = vec![noted("sm.unprotected_status", Some(crate::issued::group(2))), noted("nobody.knows", None)];
    let report = operational(&issued, &dossier);
    assert_eq!(findings(&report, CheckKind::FileHash(crate::issued::group(2))), ["sm.unprotected_status"]);
    assert_eq!(findings(&report, CheckKind::AccessProtocol), ["reading.other"]);
    assert_eq!(report.overall, Overall::Successful);
    let strict = judge(&issued, &dossier, Profile::STRICT);
    assert_eq!(ended(&strict, CheckKind::FileHash(crate::issued::group(2))), failed("sm.unprotected_status"));
}

/// DG14 offers chip authentication with a key id that no reader takes: a copy must not pass as a card that offers nothing.
#[test]
fn attack_04_chip_authentication_that_is_offered_and_not_understood() {
    let key_id_with_a_needless_sign = "6E14 3112 3010 060904007F0007020201 02 3000 0201C8".replace(' ', "");
    let mut issued = Issued::vietnam();
    assert_genuine(&issued);
    issued.card.application_files.remove(&0x010F);
    issued.card.application_files.insert(0x010E, hex::decode(key_id_with_a_needless_sign).unwrap());
    let issued = issued.signed(&SodOptions::default());
    let mut dossier = issued.dossier();
    (dossier.chip_authentication, dossier.active_authentication) = (None, None);
    let report = operational(&issued, &dossier);
    assert_eq!(ended(&report, CheckKind::ChipAuthentication), undetermined("chip.chip_authentication_unsupported"));
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), undetermined("chip.chip_authentication_unsupported"));
    assert_eq!(report.overall, Overall::Undetermined);
}
