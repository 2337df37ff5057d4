//! `soat trust check`: audits the store. It ends in 0 where nothing is to be mended, in 3 where something is.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, PublicKey};
use soat::inspection::inspector::key_name;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CertificateList, DeviationList, RevocationStatus, TrustStore, VerifiedCrl, revocation};
use soat::time::Timestamp;

use super::description::Description;
use super::import::last_changes;
use crate::command_line::TrustCheck;
use crate::commands::judging::moment;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::printable::printable;
use crate::trust_folder::{Anchor, Fingerprint, Kind, TrustFolder};

/// The shortest RSA modulus that is not called weak, in bits.
const SHORTEST_RSA: usize = 2048;
/// The same for curves.
const SHORTEST_CURVE: usize = 224;

/// What is to be mended, or known.
struct Remark {
    /// Stable name: `expired`.
    code: &'static str,
    fingerprint: Fingerprint,
    subject: String,
    detail: String,
}

/// Audits the store.
///
/// # Errors
/// That the store cannot be read, or the arguments not be used.
pub fn run(arguments: &TrustCheck, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let days: i64 = arguments
        .within
        .trim_end_matches('d')
        .parse()
        .map_err(|_| Error::usage("usage-value-invalid").with("name", "--within"))?;
    let at = arguments.now.as_deref().map(moment::parse).transpose()?.unwrap_or_else(now);
    let soon = Timestamp(at.0.saturating_add(days.saturating_mul(86_400)));
    let anchors = folder.anchors()?;
    let (store, _) = folder.store()?;
    let mut remarks = Vec::new();
    for anchor in &anchors {
        remarks.extend(of_anchor(anchor, &store, at, soon));
    }
    remarks.extend(duplicates(&anchors));
    remarks.extend(of_published(&folder, &store, at)?);

    // What a publisher's last list brought and left out is to be known, and not to be mended.
    let changes = last_changes(&folder)?;
    let exit = if remarks.is_empty() { Exit::Successful } else { Exit::Undetermined };
    if arguments.json {
        let rows: Vec<_> = remarks
            .iter()
            .map(|remark| {
                json!({
                    "code": remark.code,
                    "sha256": remark.fingerprint.hex(),
                    "subject": remark.subject,
                    "detail": remark.detail,
                })
            })
            .collect();
        let lists: Vec<_> =
            changes.iter().map(|(source, changes)| json!({ "source": source, "since_last_list": changes })).collect();
        session.print_json(
            &json!({ "version": 1, "anchors": anchors.len(), "time": at.to_string(), "remarks": rows, "changes": lists }),
        );
        return Ok(exit);
    }
    let mut text = String::new();
    for remark in &remarks {
        let arguments = [("detail", printable(&remark.detail).into())];
        let said = session.messages.format(&format!("trust-check-{}", remark.code), &arguments);
        let short: String = remark.fingerprint.hex().chars().take(16).collect();
        let _ = writeln!(text, "{short}  {}\n    {said}", printable(&remark.subject));
    }
    for (source, changes) in &changes {
        let _ = writeln!(text, "{}", printable(source));
        changes.lines(session).iter().for_each(|line| text += &format!("    {line}\n"));
    }
    let counts = [("anchors", anchors.len().into()), ("remarks", remarks.len().into())];
    let _ = writeln!(text, "{}", session.messages.format("trust-check-total", &counts));
    session.print(&text);
    Ok(exit)
}

fn of_anchor(anchor: &Anchor, store: &TrustStore, at: Timestamp, soon: Timestamp) -> Vec<Remark> {
    let subject = Description::of(&anchor.der).subject;
    let remark = |code, detail: String| Remark { code, fingerprint: anchor.fingerprint, subject: subject.clone(), detail };
    let Ok(certificate) = Certificate::from_der(&anchor.der) else { return Vec::new() };
    let mut remarks = Vec::new();
    let (first, last) = (certificate.validity.not_before, certificate.validity.not_after);
    if last < at {
        remarks.push(remark("expired", last.to_string()));
    } else if last < soon {
        remarks.push(remark("expires", last.to_string()));
    }
    if at < first {
        remarks.push(remark("not-yet", first.to_string()));
    }
    if let Some(weakness) = weakness(&certificate) {
        remarks.push(remark("weak", weakness));
    }
    // An anchor that a link certificate brought hangs on the one that signed it.
    if let Some(digits) = &anchor.provenance.linked_by {
        let known = Fingerprint::parse(digits).and_then(|issuer| soat::crypto::Digest::new(issuer.as_ref()));
        if known.is_none_or(|issuer| store.find(&issuer).is_none()) {
            remarks.push(remark("orphaned", digits.clone()));
        }
    }
    let own = soat::crypto::Digest::new(anchor.fingerprint.as_ref()).and_then(|digest| store.find(&digest));
    if let Some(own) = own
        && let RevocationStatus::AuthorityRevoked(entry) | RevocationStatus::Revoked(entry) =
            revocation::status(&certificate, own, store, at)
    {
        remarks.push(remark("revoked", entry.since.to_string()));
    }
    remarks
}

/// A key that is too short, or a certificate that others can forge.
fn weakness(certificate: &Certificate) -> Option<String> {
    match certificate.public_key() {
        Ok(key @ PublicKey::Rsa(_)) if key.bits() < SHORTEST_RSA => return Some(key_name(&key)),
        Ok(key @ PublicKey::Ec(_)) if key.bits() < SHORTEST_CURVE => return Some(key_name(&key)),
        Ok(key @ PublicKey::Dsa(_)) => return Some(key_name(&key)),
        _ => {}
    }
    let digest = certificate.signature_scheme().ok()?.digest();
    (digest == DigestAlgorithm::Sha1).then(|| digest.name().to_owned())
}

/// Certificates of one key: links and roots stand side by side; only the same subject, issuer and key twice says nothing new.
fn duplicates(anchors: &[Anchor]) -> Vec<Remark> {
    let mut first_of: BTreeMap<[Vec<u8>; 3], Fingerprint> = BTreeMap::new();
    let mut remarks = Vec::new();
    for anchor in anchors {
        let Ok(certificate) = Certificate::from_der(&anchor.der) else { continue };
        let key = [
            certificate.public_key_info.clone(),
            certificate.subject.as_der().to_vec(),
            certificate.extensions.authority_key_identifier.clone().unwrap_or_default(),
        ];
        match first_of.get(&key) {
            Some(first) => remarks.push(Remark {
                code: "duplicate",
                fingerprint: anchor.fingerprint,
                subject: Description::of(&anchor.der).subject,
                detail: first.hex().chars().take(16).collect(),
            }),
            None => {
                first_of.insert(key, anchor.fingerprint);
            }
        }
    }
    remarks
}

/// Lists that hang on no anchor any longer, and revocation lists out of date.
fn of_published(folder: &TrustFolder, store: &TrustStore, at: Timestamp) -> Result<Vec<Remark>> {
    let mut remarks = Vec::new();
    for object in folder.published(Kind::RevocationList)? {
        let list = CertificateList::from_der(&object.bytes);
        let subject = list.as_ref().map_or_else(|_| object.origin.source.clone(), |list| list.issuer().to_string());
        let mut push = |code, detail| {
            remarks.push(Remark { code, fingerprint: object.fingerprint, subject: subject.clone(), detail });
        };
        match list.and_then(|list| VerifiedCrl::verify(list, store, &RustCrypto)) {
            Err(error) => push("list-orphaned", error.to_string()),
            Ok(crl) if !crl.list().is_current(at) => push("crl-stale", crl.list().next_update().to_string()),
            Ok(_) => {}
        }
    }
    for object in folder.published(Kind::DeviationList)? {
        if let Err(error) = DeviationList::verify(&object.bytes, SignerRoot::Store, store, &RustCrypto) {
            let (fingerprint, subject) = (object.fingerprint, object.origin.source.clone());
            remarks.push(Remark { code: "list-orphaned", fingerprint, subject, detail: error.to_string() });
        }
    }
    Ok(remarks)
}
