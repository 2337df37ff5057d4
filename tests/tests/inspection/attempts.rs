//! Attempts on a green verdict, by somebody who reads the code to find one: forged cards, chips, lists and dossiers, each beside the
//! genuine one. Tests are named `attempt_…`. Where an attempt came off, its comment begins with *Found* and says how; none does any more.
//!
//! | attempt | came off | where |
//! |---|---|---|
//! | EF.CardSecurity under a key or digest below the profile's floor | yes | `attempts/card_security.rs` |
//! | … under a document signer that lies among the anchors | yes | |
//! | … under a key for demonstrations, beside real anchors | yes | |
//! | … by an authority without the revocation list that the profile asks for | yes | |
//! | a revocation list under a key or digest below the floor | yes | `attempts/revocation.rs` |
//! | a key for RSASSA-PSS under PKCS #1, or with other parameters | yes | `attempts/signer.rs` |
//! | the unsigned algorithm of the signer exchanged for every other | no | |
//! | a twin of the signer's certificate, before it and behind it | no | |
//! | two document signers of one identifier, a directory that hides one | failed a genuine card | `attempts/directory.rs`, `store/index.rs` |
//! | a listed file that the reader did not even ask for | yes | `attempts/files.rs` |
//! | each octet of EF.SOD and of EF.CardSecurity altered | no | |
//! | the proofs of another card; clocks at either end of time | no | `attempts/evidence.rs` |
//! | a subordinate authority as the successor of its own | yes | `attempts/anchors.rs` |
//! | a master list under a document signer, or by a key that may not sign | yes | |
//! | EF.SOD without its wrapper, so that EF.COM says what is read | yes | `reading/attempts.rs` |
//! | the chip exchanged for a copy at every moment of a reading | no | |
//! | rows and colours out of names of files and of authorities | yes | `store/attempts/names.rs` |
//! | a profile that others can write; a link that others can turn | yes | `store/attempts/neighbours.rs` |
//! | anchors without the mark of a demonstration, by way of the fixture authority | yes | `store/attempts/anchors.rs` |
//! | an anchor that is removed and goes on being trusted | yes | `store/removal.rs` |

mod anchors;
mod card_security;
mod directory;
mod evidence;
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
