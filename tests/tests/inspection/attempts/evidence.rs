//! Proofs and clocks of others.

use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Overall, Profile, inspect};
use soat::time::Timestamp;

use super::{MAPPING, mapping, operational};
use crate::issued::{Issued, NOW, assert_genuine, ended, failed};

/// The proofs of a genuine card of the same kind and issuer, laid beside the data of another.
#[test]
fn attempt_the_proofs_of_another_card() {
    let (own, other) = (Issued::vietnam(), Issued::new("vietnam-2021"));
    assert_genuine(&own);
    assert_genuine(&other);
    let (mut answered, mut agreed) = (own.dossier(), own.dossier());
    answered.active_authentication = other.dossier().active_authentication;
    agreed.chip_authentication = other.dossier().chip_authentication;
    for (dossier, kind, reason) in [
        (answered, CheckKind::ActiveAuthentication, "chip.active_authentication_failed"),
        (agreed, CheckKind::ChipAuthentication, "chip.chip_authentication_key_mismatch"),
    ] {
        let report = inspect(&dossier, &own.trust(), &operational(), NOW, &RustCrypto);
        assert_eq!((ended(&report, kind), report.overall), (failed(reason), Overall::Failed));
        assert!(report.identity().is_none());
    }
    // With chip authentication mapping the key lies in a file that another card may bring along: the data it has with itself agree.
    let (mapped, stranger) = (mapping(), Issued::new("pace-cam-p384-aes192"));
    let mut dossier = mapped.dossier();
    dossier.chip_mapping = stranger.dossier().chip_mapping;
    let report = inspect(&dossier, &mapped.trust(), &operational(), NOW, &RustCrypto);
    assert_eq!((ended(&report, MAPPING), report.overall), (failed("chip.pace_cam_failed"), Overall::Failed));
}

/// Clocks before 1970 and after every calendar.
#[test]
fn attempt_a_clock_at_either_end_of_time() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    for profile in Profile::ALL {
        for now in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            let report = inspect(&issued.dossier(), &issued.trust(), &profile, Timestamp(now), &RustCrypto);
            assert!(report.identity().is_none(), "{now}");
            assert!(now > 1 || report.overall != Overall::Successful, "{now}");
        }
    }
}
