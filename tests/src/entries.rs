//! Every entry for untrusted bytes, as fuzzing and its replay call it.
//!
//! Each function takes any bytes, must not panic, and says whether it reached its deepest type: a corpus that never does proves nothing.

pub mod gate;

use std::sync::LazyLock;

use card_fixtures::authority::{
    Authority, Certificate as IssuedCertificate, CertificateOptions, SignatureDefect, SignatureOptions, Signer,
};
use card_fixtures::personalisation::authority;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Digest, DigestAlgorithm, Provider, PublicKey};
use soat::dossier::{AccessProtocol, DataGroup, Dossier, FileId};
use soat::evidence::SavedDossier;
use soat::lds::dg2::Dg2;
use soat::lds::sod::{self, LdsSecurityObject};
use soat::lds::{card_access, dg1, dg7, dg11, dg12, dg14, dg15, dg16, dir};
use soat::mrz::MachineReadableZone;
use soat::pki::certificate::Certificate;
use soat::pki::cms::SignedData;
use soat::pki::crl::{CertificateList, RevocationReason};
use soat::pki::deviation_list::Candidate;
use soat::pki::master_list::SignerRoot;
use soat::pki::time_stamp::{TimeStamp, TimeStampError, token_of_response};
use soat::pki::{CscaMasterList, DeviationList, Provenance, TrustStore};
use soat::tlv::{Cursor, Rules};
use soat::trust_snapshot::{SignedSnapshot, looks_like};
use soat::vietnam::dg13::Dg13;
use soat::vietnam::qr::Transmission;
use soat::vietnam::{Code, Qr};

use crate::answers::replayed;
use crate::provider::{Asking, Signatures};

/// Takes any bytes and says whether they reached the deepest type.
pub type Entry = fn(&[u8]) -> bool;

/// All entries, by the names of their fuzz targets.
pub const ENTRIES: [(&str, Entry); 22] = [
    ("tlv", tlv),
    ("mrz", mrz),
    ("security_object", security_object),
    ("certificate", certificate),
    ("revocation_list", revocation_list),
    ("master_list", master_list),
    ("deviation_list", deviation_list),
    ("ldif", ldif),
    ("trust_snapshot", trust_snapshot),
    ("dg1", dg1),
    ("dg2", dg2),
    ("dg13", dg13),
    ("answers", answers),
    ("dossier", dossier),
    ("evidence", evidence),
    ("time_stamp", time_stamp),
    ("qr", qr),
    ("gate_pack", gate::gate_pack),
    ("gate_image", gate::gate_image),
    ("gate_link", gate::gate_link),
    ("pn532", gate::pn532),
    ("osdp", gate::osdp),
];

/// Walks all elements under both rules; deepest: an element four levels down.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn tlv(bytes: &[u8]) -> bool {
    fn depth(cursor: Cursor<'_>) -> usize {
        cursor
            .map_while(Result::ok)
            .map(|element| 1 + if element.tag.is_constructed() { element.children().map_or(0, depth) } else { 0 })
            .max()
            .unwrap_or(0)
    }
    let deepest = depth(Cursor::new(bytes, Rules::Ber));
    assert!(depth(Cursor::new(bytes, Rules::Der)) <= deepest, "DER reads nothing that BER does not");
    deepest >= 4
}

/// A typed MRZ; deepest: a zone whose check digits hold.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn mrz(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let typed = MachineReadableZone::parse_typed(text).is_ok();
    let parsed = MachineReadableZone::parse(text);
    if let Ok(zone) = &parsed {
        let _ = (zone.document_number(), zone.primary_name(), zone.secondary_name(), zone.vietnamese_number());
        assert!(!typed || zone.mismatches().is_empty(), "a typed zone has no wrong check digit");
    }
    typed
}

/// EF.SOD down to the hashes that a verified signature covers.
pub fn security_object(bytes: &[u8]) -> bool {
    let Ok(cms) = sod::cms(bytes) else { return false };
    let Ok(signed) = SignedData::from_ber(cms) else { return false };
    match signed.verify(&RustCrypto) {
        Ok(message) => LdsSecurityObject::parse(message.content()).is_ok(),
        Err(_) => false,
    }
}

/// A certificate down to its public key and its own signature.
pub fn certificate(bytes: &[u8]) -> bool {
    let Ok(certificate) = Certificate::from_der(bytes) else { return false };
    match certificate.public_key() {
        Ok(key) => certificate.verify_signed_by(&key, &RustCrypto).is_ok(),
        Err(_) => false,
    }
}

/// A revocation list down to an entry that is found by its serial number.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn revocation_list(bytes: &[u8]) -> bool {
    let Ok(list) = CertificateList::from_der(bytes) else { return false };
    let serials: Vec<Vec<u8>> = list.entries().map(|(serial, _)| serial.to_vec()).collect();
    assert!(serials.is_sorted(), "entries are sorted");
    for (serial, entry) in list.entries() {
        let found = list.find(serial);
        assert!(found.is_some() || entry.reason == RevocationReason::RemoveFromList, "every entry is found");
    }
    !list.is_empty()
}

/// Who signs lists, and a store that trusts its authority.
type ListSigner = LazyLock<Option<((Signer, IssuedCertificate), TrustStore)>>;

fn list_signer(purpose: fn(&Authority) -> CertificateOptions) -> Option<((Signer, IssuedCertificate), TrustStore)> {
    let authority = authority("vietnam-2024")?;
    let mut store = TrustStore::new();
    let csca = Certificate::from_der(&authority.csca_certificate()).ok()?;
    store.add(csca, Provenance::Operator { source: "fuzz".into() }, true, &RustCrypto);
    Some((authority.deviation_list_signer(&purpose(&authority)), store))
}

/// A master list: as it is received, and its content as in [`deviation_list`]. Deepest: a member.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn master_list(bytes: &[u8]) -> bool {
    static SIGNER: ListSigner = LazyLock::new(|| list_signer(Authority::master_list_signer_options));
    let Some((signer, store)) = &*SIGNER else { return false };
    if SignedData::from_ber(bytes).is_ok() {
        return CscaMasterList::candidates(bytes, &RustCrypto).is_ok_and(|members| !members.is_empty());
    }
    let unsigned = SignatureOptions { defect: SignatureDefect::Zero, ..SignatureOptions::default() };
    let list = Authority::master_list_by(bytes, signer, &unsigned);
    let credulous = Asking(|_: &PublicKey| Ok(Signatures::Believed));
    let Ok(list) = CscaMasterList::verify(&list, SignerRoot::Store, store, &credulous) else { return false };
    let judged = list.check_members(store, &credulous).len();
    assert_eq!(judged, list.certificates().len(), "every member is judged");
    judged > 0
}

/// A deviation list: as it is received; and, so that more than the signature is reached, the same bytes as content under a signature that
/// is taken for right, since making and checking one takes a hundred times as long as reading a list. Deepest: an entry.
pub fn deviation_list(bytes: &[u8]) -> bool {
    static SIGNER: ListSigner = LazyLock::new(|| list_signer(Authority::deviation_list_signer_options));
    let Some((signer, store)) = &*SIGNER else { return false };
    if SignedData::from_ber(bytes).is_ok() {
        let list = DeviationList::verify(bytes, SignerRoot::Store, store, &RustCrypto);
        return list.is_ok_and(|list| !list.entries().is_empty());
    }
    let unsigned = SignatureOptions { defect: SignatureDefect::Zero, ..SignatureOptions::default() };
    let list = Authority::deviation_list_by(bytes, signer, &unsigned);
    let credulous = Asking(|_: &PublicKey| Ok(Signatures::Believed));
    let Ok(list) = DeviationList::verify(&list, SignerRoot::Store, store, &credulous) else { return false };
    let document = Candidate { number: Some("C01X00T47"), ..Candidate::default() };
    let _ = list.matching(&document, &RustCrypto).count();
    !list.entries().is_empty()
}

/// LDIF of a directory down to a value.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn ldif(bytes: &[u8]) -> bool {
    let mut values = 0;
    let read = soat::pki::ldif::read(bytes, |attribute| {
        assert!(!attribute.name.is_empty() && attribute.value.len() <= bytes.len(), "a value is no longer than the text");
        values += 1;
    });
    read.is_ok_and(|entries| entries > 0) && values > 0
}

/// A signed trust snapshot; deepest: one whose signature holds under the key that it names.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn trust_snapshot(bytes: &[u8]) -> bool {
    let held = SignedSnapshot::verify_held(bytes, &RustCrypto);
    assert!(held.is_err() || looks_like(bytes), "what is a snapshot looks like one");
    held.is_ok()
}

/// EF.DG1 down to a zone whose check digits hold.
pub fn dg1(bytes: &[u8]) -> bool {
    dg1::parse(bytes).is_ok_and(|zone| zone.mismatches().is_empty())
}

/// EF.DG2 down to a face image whose size is known; also the other small files, which share its shapes.
pub fn dg2(bytes: &[u8]) -> bool {
    let _ = (dg11::Dg11::parse(bytes).is_ok(), dg12::Dg12::parse(bytes).is_ok());
    let _ = (dg14::parse(bytes).is_ok(), dg16::parse(bytes).is_ok(), card_access::parse(bytes).is_ok());
    let _ = (dg15::parse(bytes).map(PublicKey::from_spki).is_ok(), dg7::parse(bytes).is_ok(), dir::parse(bytes).is_ok());
    let _ = soat::lds::dg2::conformity::conforms(bytes);
    Dg2::parse(bytes).is_ok_and(|dg2| dg2.faces.iter().any(|face| face.size().is_some()))
}

/// EF.DG13 of a Vietnamese card down to its number.
pub fn dg13(bytes: &[u8]) -> bool {
    Dg13::parse(bytes).is_ok_and(|dg13| dg13.personal_number.is_some())
}

/// What a scanner sends, cut into codes; deepest: the code of a card whose name came whole.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn qr(bytes: &[u8]) -> bool {
    let mut transmission = Transmission::default();
    let mut lines: Vec<_> = bytes.iter().filter_map(|&byte| transmission.push(byte)).collect();
    lines.extend(transmission.take());
    let mut deepest = false;
    for line in lines {
        match Code::from_bytes(&line) {
            Code::Card(code) => {
                let card = Qr::from_bytes(&line);
                assert!(card.is_ok_and(|card| card == code), "a card is a card by either way");
                deepest |= code.name_is_intact();
            }
            Code::HealthInsurance(card) => assert!(card.code.social_insurance_number().len() == 10, "ten digits"),
            Code::Other(_) => assert!(Qr::from_bytes(&line).is_err(), "what is named otherwise is never read as a card"),
        }
    }
    deepest
}

/// The answers of a chip to the reader; deepest: a dossier with EF.SOD and DG1, read under secure messaging.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn answers(bytes: &[u8]) -> bool {
    let Some(Ok(dossier)) = replayed(bytes) else { return false };
    let Some(access) = &dossier.access else { panic!("no dossier of which it is not known how the chip was opened") };
    let is_protected = access.protocol != AccessProtocol::Unprotected;
    is_protected && dossier.bytes(FileId::Sod).is_some() && dossier.bytes(DataGroup::DG1.into()).is_some()
}

/// A saved dossier, which must come back to the same bytes.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn dossier(bytes: &[u8]) -> bool {
    match Dossier::from_cbor(bytes) {
        Ok(dossier) => {
            assert_eq!(dossier.to_cbor(), bytes, "the encoding is deterministic");
            true
        }
        Err(_) => false,
    }
}

/// A saved dossier with what lies around it, which must come back to the same bytes; deepest: a signature of a terminal that holds.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn evidence(bytes: &[u8]) -> bool {
    match SavedDossier::from_cbor(bytes) {
        Ok(saved) => {
            assert_eq!(saved.to_cbor(), bytes, "the encoding is deterministic");
            saved.verify_signature(&RustCrypto).is_ok()
        }
        Err(_) => false,
    }
}

/// What time-stamps of the corpus are over.
pub const STAMPED: &[u8] = b"soat";

/// An authority's answer to a request for a time-stamp over [`STAMPED`]; deepest: a token that holds under an authority that nobody knows.
///
/// # Panics
/// Where the property does not hold: that is what fuzzing looks for.
pub fn time_stamp(bytes: &[u8]) -> bool {
    let digest: Digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[STAMPED]);
    let token = token_of_response(bytes).unwrap_or(bytes);
    let result = TimeStamp::verify(token, &digest, [], &RustCrypto);
    assert!(result.is_err(), "nobody is believed");
    matches!(result, Err(TimeStampError::AuthorityUnknown))
}
