//! LDIF of the ICAO public key directory: revocation lists, master lists and document signers, each on its own merit. The directory
//! itself vouches for nothing (ICAO 9303-12 §5).

use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::chain::{Chain, find_anchor};
use soat::pki::{Certificate, ldif};

use super::master_list::{self, Counts, Root};
use super::{Source, origin, revocation_list};
use crate::commands::Session;
use crate::error::{Error, Result};
use crate::trust_folder::{Kind, TrustFolder};

/// Imports what verifies, and counts the rest.
pub fn import(bytes: &[u8], source: &Source<'_>, folder: &TrustFolder, session: &mut Session) -> Result<()> {
    let (mut lists, mut revocations, mut signers) = (Vec::new(), Vec::new(), Vec::new());
    let read = ldif::read(bytes, |attribute| match attribute.name.as_str() {
        "cscamasterlistdata" | "pkdmasterlistcontent" => lists.push(attribute.value),
        "certificaterevocationlist" => revocations.push(attribute.value),
        "usercertificate" => signers.push(attribute.value),
        _ => {}
    });
    let entries = read.map_err(|error| {
        Error::usage("trust-directory-invalid").with("path", source.name.clone()).with("cause", error.to_string())
    })?;

    // Master lists first: they bring the anchors that the others hang on.
    let root = Root::named(source.signer)?;
    let (mut counts, mut refused_lists) = (Counts::default(), 0_usize);
    for list in &lists {
        match master_list::import(list, source, &root, folder, session) {
            Ok(found) => {
                counts.added += found.added;
                counts.already += found.already;
                counts.refused += found.refused;
            }
            Err(error) => {
                refused_lists += 1;
                session.note(&error.message(&session.messages));
            }
        }
    }
    let (mut store, _) = folder.store()?;
    let (mut new_revocations, mut refused_revocations) = (0_usize, 0_usize);
    for list in &revocations {
        match revocation_list(list, &source.name, folder, &mut store)? {
            Ok(is_new) => new_revocations += usize::from(is_new),
            Err(_) => refused_revocations += 1,
        }
    }
    let is_known = |der: &[u8]| {
        Certificate::from_der(der).is_ok_and(|certificate| {
            !certificate.extensions.is_certificate_authority()
                && matches!(find_anchor(&certificate, &store, &RustCrypto), Chain::Trusted(_))
        })
    };
    let known: Vec<&[u8]> = signers.iter().map(Vec::as_slice).filter(|der| is_known(der)).collect();
    let new_signers = folder.keep_all(Kind::Signer, &known, &origin(&source.name))?;
    let refused_signers = signers.len() - known.len();
    let numbers = [
        ("entries", entries),
        ("lists", lists.len()),
        ("lists_refused", refused_lists),
        ("anchors", counts.added),
        ("crls", revocations.len()),
        ("crls_new", new_revocations),
        ("crls_refused", refused_revocations),
        ("signers", signers.len()),
        ("signers_new", new_signers),
        ("signers_refused", refused_signers),
    ];
    let arguments: Vec<_> = numbers.into_iter().map(|(name, number)| (name, number.into())).collect();
    session.print(&format!("{}\n", session.messages.format("trust-directory-imported", &arguments)));
    Ok(())
}
