//! Revocation lists under keys that others may have.

use card_fixtures::authority::{Authority, CrlOptions};
use card_fixtures::hash::Hash;
use card_fixtures::time::Time;
use soat::inspection::{CheckKind, Floors, Overall, Profile, Weight};

use super::{current, hold, judge, operational, signer};
use crate::issued::{GOOD, Issued, ended, failed, trust, undetermined};

/// Found: a list under a broken key or hash cleared a signer in a profile that takes no such signature.
#[test]
fn attempt_a_revocation_list_below_the_floor() {
    let issued = Issued::vietnam();
    // The authority's earlier key was weak; its name is the same. The weak key came later, so that its list covers all.
    let weak = Authority { csca: signer("secp192r1", Hash::Sha1, "weak"), ..issued.authority.clone() };
    let with = |lists: &[Vec<u8>]| {
        let mut store = trust([issued.authority.csca_certificate(), weak.csca_certificate()]);
        lists.iter().for_each(|list| hold(&mut store, list));
        store
    };
    let floored = Profile { signature_floors: Floors::BITS_112, revocation: Weight::Mandatory, ..operational() };
    let weakly = weak.revocation_list(&current());
    let clean = judge(&issued, &with(std::slice::from_ref(&weakly)), &operational());
    assert_eq!((ended(&clean, CheckKind::Revocation), clean.overall), (GOOD, Overall::Successful));
    let report = judge(&issued, &with(std::slice::from_ref(&weakly)), &floored);
    assert_eq!(ended(&report, CheckKind::Revocation), undetermined("revocation.list_below_floor"));
    assert_eq!(report.overall, Overall::Undetermined);
    let both = judge(&issued, &with(&[weakly, issued.authority.revocation_list(&current())]), &floored);
    assert_eq!((ended(&both, CheckKind::Revocation), both.overall), (GOOD, Overall::Successful));
    // Each weakness alone is enough.
    for (curve, hash) in [("secp192r1", Hash::Sha256), ("secp256r1", Hash::Sha1)] {
        let half = Authority { csca: signer(curve, hash, "half"), ..issued.authority.clone() };
        let mut store = trust([issued.authority.csca_certificate(), half.csca_certificate()]);
        hold(&mut store, &half.revocation_list(&current()));
        let report = judge(&issued, &store, &floored);
        assert_eq!(ended(&report, CheckKind::Revocation), undetermined("revocation.list_below_floor"), "{curve} {hash:?}");
    }
    // It does not clear, and revokes all the same.
    let serial = issued.authority.document_signer_options().serial;
    let revoking = CrlOptions { revoked: vec![(serial, Time::midnight(2025, 4, 1))], ..current() };
    let lists = [weak.revocation_list(&revoking), issued.authority.revocation_list(&current())];
    let report = judge(&issued, &with(&lists), &floored);
    assert_eq!((ended(&report, CheckKind::Revocation), report.overall), (failed("ds.revoked"), Overall::Failed));
}
