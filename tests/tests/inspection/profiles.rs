//! What profiles take: floors of algorithm and key size (attack 27), the age of revocation lists (attack 14), expiry, released fields.

use card_fixtures::authority::{Authority, CertificateOptions, CrlOptions, SodOptions};
use card_fixtures::hash::Hash;
use card_fixtures::time::Time;
use soat::crypto::DigestAlgorithm;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{
    CheckKind, Disclosure, Failure, Floors, IdentityField, Outcome, Overall, Profile, ReasonCode, Released, Report, Weight,
    inspect,
};
use soat::pki::{Certificate, CertificateList, Provenance, TrustStore, VerifiedCrl};
use soat::time::{Date, Timestamp};

use crate::issued::{GOOD, Issued, NOW, ended, failed, group, undetermined};

/// `operational` with these floors of the issuer's signatures.
fn floored(floors: Floors) -> Profile {
    Profile { signature_floors: floors, ..Profile::OPERATIONAL }
}

/// The card is genuine in `operational` and refused for this under the floors, where nothing else changes.
fn assert_below(card: &str, floors: Floors, kind: CheckKind, reason: &'static str) {
    let issued = Issued::new(card);
    let (taken, refused) = (issued.operational(), issued.report(floored(floors)));
    assert_eq!((ended(&taken, kind), taken.overall), (GOOD, Overall::Successful), "{card}");
    assert_eq!((ended(&refused, kind), refused.overall), (failed(reason), Overall::Failed), "{card}");
    assert_eq!(refused.failure(), Some(Failure::Refused), "{card}");
    assert!(refused.identity().is_none());
    // Where the authority's own key or digest is as weak, its rows say so; nothing else changes.
    for (before, after) in taken.checks.iter().zip(&refused.checks).filter(|(before, after)| before != after) {
        assert_eq!((before.outcome, after.outcome), (Outcome::Successful, Outcome::Failed), "{card}");
        assert!(after.reason.is_some_and(|reason| reason.as_str().ends_with("_below_floor")), "{card}: {after:?}");
    }
}

/// The table of the verdicts, row by row: `operational`, `strict`, `bank`. `hospital` weighs as `operational`, and `gate` asks besides for
/// the proof of the chip and for a card that has not expired.
#[test]
fn each_profile_weighs_each_check_as_the_table_says() {
    use Weight::{Evaluatory as E, Mandatory as M, Optional as O};
    for (kind, weights) in [
        (CheckKind::AccessProtocol, [E, M, M]),
        (CheckKind::SodSignature, [M, M, M]),
        (CheckKind::SodContent, [M, M, M]),
        (CheckKind::FileHash(group(1)), [M, M, M]),
        (CheckKind::Chain, [M, M, M]),
        (CheckKind::Validity, [M, M, M]),
        (CheckKind::ValidityToday, [E, M, M]),
        (CheckKind::SignerProfile, [E, M, M]),
        (CheckKind::Revocation, [O, M, M]),
        (CheckKind::IssuingState, [M, M, M]),
        (CheckKind::ChipAuthenticity, [M, M, M]),
        (CheckKind::ActiveAuthentication, [E, E, E]),
        (CheckKind::ChipAuthentication, [E, E, E]),
        (CheckKind::ChipAuthenticationMapping, [E, E, E]),
        (CheckKind::CardExpiry, [E, E, M]),
        (CheckKind::DataCrossChecks, [E, E, M]),
        (CheckKind::PrintedData, [O, O, O]),
        (CheckKind::DeviationList, [E, E, E]),
        (CheckKind::TerminalSignature, [O, O, O]),
        (CheckKind::TimeStamp, [O, O, O]),
        (CheckKind::Challenge, [M, M, M]),
        (CheckKind::EvidenceAge, [M, M, M]),
    ] {
        let [operational, strict, bank] = weights;
        let gate = if kind == CheckKind::CardExpiry { M } else { operational };
        let weights = [operational, strict, bank, operational, gate];
        assert_eq!(Profile::ALL.map(|profile| profile.weight(kind)), weights, "{kind:?}");
    }
    assert_eq!(Profile::ALL.map(|profile| profile.chip_authenticity_not_offered), [O, M, M, O, M]);
    assert_eq!(Profile::ALL.map(|profile| profile.refuses_findings), [false, true, false, false, false]);
    assert_eq!(Profile::ALL.map(|profile| profile.revocation_list_days), [None, None, Some(90), None, None]);
    assert_eq!(Profile::ALL.map(|profile| profile.name.to_string()), ["operational", "strict", "bank", "hospital", "gate"]);
    let (evidence, report) = (Disclosure::Evidence, Disclosure::Report);
    assert_eq!(Profile::ALL.map(|profile| profile.disclosure), [report, report, evidence, report, Disclosure::Decision]);
    let (lowest, bits_112) = (Floors::LOWEST, Floors::BITS_112);
    assert_eq!(Profile::ALL.map(|profile| profile.signature_floors), [lowest, lowest, bits_112, lowest, lowest]);
    assert_eq!(Profile::ALL.map(|profile| profile.chip_floors), [lowest; 5]);
    assert_eq!((lowest.rsa, lowest.finite_field, lowest.ec, lowest.digest), (1024, 1024, 160, DigestAlgorithm::Sha1));
    let floors = (bits_112.rsa, bits_112.finite_field, bits_112.ec, bits_112.digest);
    assert_eq!(floors, (2048, 2048, 224, DigestAlgorithm::Sha224));
}

/// The law calls ethnicity and religion sensitive: a bank may ask for them by name, and nobody else gets them.
#[test]
fn each_profile_releases_what_its_users_need() {
    use IdentityField::{Birth, Ethnicity, FullName, PersonalNumber, Religion, Sex};
    let fields = |released: Released| released.fields().collect::<Vec<_>>();
    let ordinary = IdentityField::ALL.into_iter().filter(|field| ![Ethnicity, Religion].contains(field)).collect::<Vec<_>>();
    let [operational, strict, bank, hospital, gate] = Profile::ALL.map(|profile| fields(profile.released));
    assert_eq!([operational, strict, bank], [ordinary.clone(), ordinary.clone(), ordinary]);
    assert_eq!((hospital, gate), (vec![PersonalNumber, FullName, Birth, Sex], vec![]));
    let on_request = Profile::ALL.map(|profile| fields(profile.on_request));
    assert_eq!(on_request, [vec![], vec![], vec![Ethnicity, Religion], vec![], vec![]]);
    // Naming a field twice releases it once.
    let bank = Profile::BANK.released;
    assert_eq!((bank.with(Birth), bank.and(bank), Released::NONE.and(bank)), (bank, bank, bank));
}

#[test]
fn attack_27_a_key_below_the_floor_of_the_profile() {
    let lowest = Floors::LOWEST;
    for (card, floors) in [
        ("sod-rsa1024-pkcs1-sha1", Floors { rsa: 1025, ..lowest }),
        ("sod-rsa2048-pkcs1-sha256", Floors { rsa: 2049, ..lowest }),
        ("sod-p192-sha1", Floors { ec: 193, ..lowest }),
        ("vietnam-2024", Floors { ec: 257, ..lowest }),
    ] {
        assert_below(card, floors, CheckKind::SodSignature, "sod.key_below_floor");
    }
    // At the floor itself they are taken.
    for (card, floors) in [
        ("sod-rsa1024-pkcs1-sha1", Floors { rsa: 1024, ec: 521, finite_field: 8192, ..lowest }),
        ("sod-p192-sha1", Floors { ec: 192, rsa: 8192, finite_field: 8192, ..lowest }),
    ] {
        let report = Issued::new(card).report(floored(floors));
        assert_eq!(ended(&report, CheckKind::SodSignature), GOOD, "{card}");
    }
}

#[test]
fn attack_27_a_digest_below_the_floor_of_the_profile() {
    let sha224 = Floors { digest: DigestAlgorithm::Sha224, ..Floors::LOWEST };
    let issued = Issued::new("sod-rsa2048-pkcs1-sha1");
    let (taken, refused) = (issued.operational(), issued.report(floored(sha224)));
    assert_eq!((ended(&taken, CheckKind::SodSignature), taken.overall), (GOOD, Overall::Successful));
    assert_eq!(ended(&refused, CheckKind::SodSignature), failed("sod.digest_below_floor"));
    assert_eq!((refused.overall, refused.failure()), (Overall::Failed, Some(Failure::Refused)));
    assert_below(
        "vietnam-2024",
        Floors { digest: DigestAlgorithm::Sha512, ..Floors::LOWEST },
        CheckKind::SodSignature,
        "sod.digest_below_floor",
    );
}

/// The files are hashed with SHA-1 under a signature with SHA-256.
#[test]
fn attack_27_hashes_of_files_below_the_floor_of_the_profile() {
    let issued = Issued::vietnam().signed(&SodOptions { group_hash: Hash::Sha1, ..SodOptions::default() });
    assert_eq!(issued.operational().overall, Overall::Successful);
    let report = issued.report(floored(Floors { digest: DigestAlgorithm::Sha224, ..Floors::LOWEST }));
    assert_eq!(ended(&report, CheckKind::SodSignature), GOOD);
    assert_eq!((ended(&report, CheckKind::SodContent), report.overall), (failed("sod.digest_below_floor"), Overall::Failed));
}

#[test]
fn attack_27_an_issuer_below_the_floor_of_the_profile() {
    // The authority signs with P-384 and SHA-384, the document signer with P-256 and SHA-256.
    let floors = Floors { ec: 385, ..Floors::LOWEST };
    let report = Issued::vietnam().report(floored(floors));
    assert_eq!(ended(&report, CheckKind::Chain), failed("chain.key_below_floor"));
    let floors = Floors { digest: DigestAlgorithm::Sha512, ..Floors::LOWEST };
    let report = Issued::vietnam().report(floored(floors));
    assert_eq!(ended(&report, CheckKind::Chain), failed("chain.digest_below_floor"));
}

#[test]
fn attack_27_a_proof_of_the_chip_below_the_floor_does_not_count() {
    // Active authentication with RSA-1024 and SHA-1; chip authentication on a curve of 256 bits.
    let issued = Issued::new("vietnam-2021");
    let with = |chip_floors| issued.report(Profile { chip_floors, ..Profile::OPERATIONAL });
    let taken = issued.operational();
    assert_eq!((ended(&taken, CheckKind::ActiveAuthentication), ended(&taken, CheckKind::ChipAuthentication)), (GOOD, GOOD));

    for floors in [Floors { rsa: 2048, ..Floors::LOWEST }, Floors { digest: DigestAlgorithm::Sha512, ..Floors::LOWEST }] {
        let other = with(floors);
        assert_eq!(ended(&other, CheckKind::ActiveAuthentication), undetermined("chip.proof_below_floor"));
        assert_eq!(
            (ended(&other, CheckKind::ChipAuthenticity), other.overall),
            (GOOD, Overall::Successful),
            "the other proof counts"
        );
    }
    let none = with(Floors { rsa: 2048, ec: 384, ..Floors::LOWEST });
    assert_eq!(ended(&none, CheckKind::ChipAuthentication), undetermined("chip.proof_below_floor"));
    assert_eq!(ended(&none, CheckKind::ChipAuthenticity), undetermined("chip.proof_below_floor"));
    assert_eq!((none.overall, none.failure()), (Overall::Undetermined, None));

    // A clone stays a clone, however short its key.
    let mut cloned = issued.dossier();
    cloned.active_authentication.as_mut().unwrap().challenge[0] ^= 1;
    let profile = Profile { chip_floors: Floors { rsa: 2048, ..Floors::LOWEST }, ..Profile::OPERATIONAL };
    let report = inspect(&cloned, &issued.trust(), &profile, NOW, &RustCrypto);
    assert_eq!(ended(&report, CheckKind::ActiveAuthentication), failed("chip.active_authentication_failed"));
    assert_eq!(report.failure(), Some(Failure::NotGenuine));
}

#[test]
fn attack_27_chip_authentication_mapping_below_the_floor_does_not_count() {
    let issued = Issued::new("pace-cam-bp256-aes128");
    let kind = CheckKind::ChipAuthenticationMapping;
    assert_eq!(ended(&issued.operational(), kind), GOOD);
    let floors = Floors { ec: 257, ..Floors::LOWEST };
    let report = issued.report(Profile { chip_floors: floors, ..Profile::OPERATIONAL });
    assert_eq!(ended(&report, kind), undetermined("chip.proof_below_floor"));
}

/// A store with a list that was issued so many days before [`NOW`] and is current by its own word.
fn issued_days_ago(issued: &Issued, this_update: Time) -> TrustStore {
    let mut store = issued.trust();
    let options = CrlOptions { this_update, next_update: Some(Time::midnight(2026, 1, 1)), ..CrlOptions::default() };
    let list = CertificateList::from_der(&issued.authority.revocation_list(&options)).unwrap();
    assert!(store.add_revocation_list(VerifiedCrl::verify(list, &store, &RustCrypto).unwrap()));
    store
}

#[test]
fn attack_14_a_list_older_than_the_profile_takes() {
    let issued = Issued::vietnam();
    let under = |store: &TrustStore, profile: &Profile| inspect(&issued.dossier(), store, profile, NOW, &RustCrypto);
    // 90 days before 2025-06-01, and a day more.
    let (within, beyond) =
        (issued_days_ago(&issued, Time::midnight(2025, 3, 3)), issued_days_ago(&issued, Time::midnight(2025, 3, 2)));
    for store in [&within, &beyond] {
        assert_eq!(ended(&under(store, &Profile::STRICT), CheckKind::Revocation), GOOD, "its next update alone counts");
    }
    assert_eq!(ended(&under(&within, &Profile::BANK), CheckKind::Revocation), GOOD);
    let report = under(&beyond, &Profile::BANK);
    assert_eq!(ended(&report, CheckKind::Revocation), undetermined("revocation.too_old"));
    assert_eq!(report.overall, Overall::Undetermined);
}

/// The authority's former key goes on issuing lists, which cover nothing that the new one signed.
#[test]
fn attack_14_a_fresh_list_of_the_former_key() {
    let issued = Issued::vietnam();
    let mut store = issued_days_ago(&issued, Time::midnight(2025, 3, 2));
    let former = Authority { csca: Issued::new("sod-p256-sha256").authority.csca, ..issued.authority.clone() };
    let earlier = CertificateOptions { not_before: Time::midnight(2015, 1, 1), ..former.csca_options() };
    let certificate = Certificate::from_der(&former.csca_certificate_with(&earlier)).unwrap();
    store.add(certificate, Provenance::Operator { source: "former".into() }, true, &RustCrypto);
    let options = CrlOptions {
        this_update: Time::midnight(2025, 5, 20),
        next_update: Some(Time::midnight(2026, 1, 1)),
        ..CrlOptions::default()
    };
    let list = CertificateList::from_der(&former.revocation_list(&options)).unwrap();
    assert!(store.add_revocation_list(VerifiedCrl::verify(list, &store, &RustCrypto).unwrap()));
    let report = inspect(&issued.dossier(), &store, &Profile::BANK, NOW, &RustCrypto);
    assert_eq!(ended(&report, CheckKind::Chain), GOOD);
    assert_eq!(ended(&report, CheckKind::Revocation), undetermined("revocation.too_old"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn bank_is_the_column_of_the_table() {
    let issued = Issued::vietnam();
    let store = issued_days_ago(&issued, Time::midnight(2025, 5, 1));
    let bank = |report: &Report| report.overall;
    let good = inspect(&issued.dossier(), &store, &Profile::BANK, NOW, &RustCrypto);
    assert_eq!(bank(&good), Overall::Successful);
    assert!(good.identity().is_some());
    assert_eq!(good.profile.as_str(), "bank");
    for check in &good.checks {
        let expected = match check.kind {
            CheckKind::ActiveAuthentication | CheckKind::ChipAuthentication | CheckKind::DeviationList => Weight::Evaluatory,
            _ if check.outcome == Outcome::NotSupported => Weight::Evaluatory,
            _ => Weight::Mandatory,
        };
        assert_eq!(check.weight, expected, "{:?}", check.kind);
    }
    // No list of the issuer, and a chip that proves nothing: undecided, where `operational` is content.
    assert_eq!(bank(&issued.report(Profile::BANK)), Overall::Undetermined);
    let passive = Issued::new("passive-only");
    let report =
        inspect(&passive.dossier(), &issued_days_ago(&passive, Time::midnight(2025, 5, 1)), &Profile::BANK, NOW, &RustCrypto);
    assert_eq!(bank(&passive.operational()), Overall::Successful);
    assert_eq!((ended(&report, CheckKind::ChipAuthenticity).1, bank(&report)), (Some("chip.not_offered"), Overall::Undetermined));
    // A finding is noted and refuses nothing.
    let mut dossier = issued.dossier();
    dossier.files.remove(&soat::dossier::FileId::Com);
    let report = inspect(&dossier, &store, &Profile::BANK, NOW, &RustCrypto);
    assert_eq!(ended(&report, CheckKind::SodContent), (Outcome::NotSupported, Some("com.missing")));
}

#[test]
fn an_old_card_is_called_expired_and_not_forged() {
    let issued = Issued::vietnam();
    let store = issued.trust();
    // The card expires on 2039-01-01; its certificates hold longer.
    let late = Timestamp::new(Date::new(2039, 1, 2).unwrap(), 0, 0, 0).unwrap();
    let card_expires = Profile { card_expiry: Weight::Mandatory, ..Profile::OPERATIONAL };
    let judged = |dossier, profile| inspect(dossier, &store, profile, late, &RustCrypto);
    let genuine = issued.dossier();
    assert_eq!(judged(&genuine, &Profile::OPERATIONAL).overall, Overall::Successful);
    let report = judged(&genuine, &card_expires);
    assert_eq!(ended(&report, CheckKind::CardExpiry), failed("card.expired"));
    assert_eq!((report.overall, report.failure()), (Overall::Failed, Some(Failure::Expired)));

    let mut forged = issued.dossier();
    forged.active_authentication.as_mut().unwrap().challenge[0] ^= 1;
    assert_eq!(judged(&forged, &card_expires).failure(), Some(Failure::NotGenuine));
}

#[test]
fn attack_38_a_profile_releases_what_it_names_and_no_more() {
    let issued = Issued::vietnam();
    let released = |fields: &[IdentityField]| {
        let report = issued.report(Profile { released: fields.iter().copied().collect(), ..Profile::OPERATIONAL });
        assert_eq!(report.overall, Overall::Successful);
        report.identity().unwrap().clone()
    };
    let ordinary = issued.operational();
    let ordinary = ordinary.identity().unwrap();
    let sensitive = ordinary.sensitive().unwrap();
    assert_eq!((sensitive.ethnicity, sensitive.religion), (None, None), "nobody named them");
    assert!(ordinary.face().is_some() && ordinary.vietnamese().unwrap().residence().is_some());

    let named = released(&[IdentityField::Ethnicity]);
    assert!(named.sensitive().unwrap().ethnicity.is_some() && named.sensitive().unwrap().religion.is_none());
    assert!(named.face().is_none() && named.vietnamese().unwrap().residence().is_none());
    assert!(
        named.mrz().is_none()
            && named.full_name().is_none()
            && named.primary_name().is_none()
            && named.secondary_name().is_none()
    );
    assert!(named.birth().is_none() && named.birth_as_printed().is_none() && named.sex().is_none() && named.expiry().is_none());
    assert!(named.personal_number().is_none() && named.document_number().is_none() && named.issue().is_none());
    assert!(named.document_code().is_none() && named.issuing_state().is_none() && named.nationality().is_none());
    assert!(ordinary.mrz().is_some() && ordinary.personal_number().is_some() && ordinary.sex().is_some());
    for field in IdentityField::ALL {
        assert_eq!(named.releases(field), field == IdentityField::Ethnicity, "{field:?}");
    }
    assert!(released(&[IdentityField::Photo]).face().is_some());
    assert!(!Released::ORDINARY.has(IdentityField::Religion));
}

#[test]
fn codes_that_are_of_the_profile_or_of_time_are_no_findings_of_forgery() {
    for code in ReasonCode::ALL.iter().filter(|code| code.as_str().ends_with("_below_floor")) {
        assert!(code.is_of_profile() && !code.is_expiry(), "{code}");
    }
    for code in [ReasonCode::SOD_SIGNATURE_INVALID, ReasonCode::CHAIN_SIGNATURE_INVALID, ReasonCode::CHIP_KEY_COMPROMISED] {
        assert!(!code.is_of_profile() && !code.is_expiry(), "{code}");
    }
}
