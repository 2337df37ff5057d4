//! Attempts on a green verdict, by somebody who reads the code to find one: forged cards, chips, lists and dossiers, each beside the
//! genuine one. Tests are named `attempt_…`. Where an attempt came off, its comment begins with *Found* and says how; none does any more.

mod anchors;
mod card_security;
mod directory;
mod files;
mod revocation;
mod signer;

use card_fixtures::authority::{CrlOptions, Signer};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Profile, Report, inspect};
use soat::pki::{CertificateList, TrustStore, VerifiedCrl};

use crate::issued::{Issued, NOW, assert_genuine};

const MAPPING: CheckKind = CheckKind::ChipAuthenticationMapping;

fn operational() -> Profile {
    Profile::OPERATIONAL
}

fn judge(issued: &Issued, store: &TrustStore, profile: &Profile) -> Report {
    inspect(&issued.dossier(), store, profile, NOW, &RustCrypto)
}

/// A card that proves its chip in PACE alone, and the same with EF.CardSecurity by another authority.
fn mapping() -> Issued {
    let issued = Issued::new("pace-cam-bp256-aes128");
    assert_genuine(&issued);
    issued
}

fn signer(curve: &str, hash: Hash, seed: &str) -> Signer {
    Signer::ecdsa(Curve::named(curve).unwrap(), hash, seed)
}

fn current() -> CrlOptions {
    CrlOptions { this_update: Time::midnight(2025, 5, 1), next_update: Some(Time::midnight(2025, 8, 1)), ..CrlOptions::default() }
}

fn hold(store: &mut TrustStore, list: &[u8]) {
    let list = CertificateList::from_der(list).unwrap();
    assert!(store.add_revocation_list(VerifiedCrl::verify(list, store, &RustCrypto).unwrap()));
}
