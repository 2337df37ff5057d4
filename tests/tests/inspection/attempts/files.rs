//! Files that are altered, and files that nobody asked for.

use card_fixtures::personalisation::issue::{CARD_SECURITY, SOD};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{FileId, FileRecord, Origin};
use soat::inspection::{CheckKind, Inspector, Overall, Report, Weight, inspect};
use soat::pki::Certificate;

use super::{MAPPING, mapping, operational};
use crate::issued::{GOOD, Issued, NOW, assert_genuine, ended, group, overwrite, row, undetermined};

/// Found: a listed file that the reader did not know of was taken for one that it left out on purpose.
#[test]
fn attempt_a_listed_file_that_nobody_asked_for() {
    let issued = Issued::new("passive-only");
    assert_genuine(&issued);
    let mut dossier = issued.dossier();
    assert_eq!(dossier.origin(), Origin::Chip);
    dossier.files.remove(&group(2));
    let report = inspect(&dossier, &issued.trust(), &operational(), NOW, &RustCrypto);
    assert_eq!(ended(&report, CheckKind::FileHash(group(2))), undetermined("dg2.not_read"));
    assert_eq!(report.overall, Overall::Undetermined);
    dossier.files.insert(group(2), FileRecord::Skipped);
    let report = inspect(&dossier, &issued.trust(), &operational(), NOW, &RustCrypto);
    assert_eq!(row(&report, CheckKind::FileHash(group(2))).weight, Weight::Evaluatory);
    assert_eq!(report.overall, Overall::Successful);
}

/// Whatever octet of a signed file is altered: not green, or nothing of what was proven is another.
#[test]
fn attempt_each_octet_of_the_signed_files() {
    let issued = mapping();
    let (store, genuine) = (issued.trust(), issued.dossier());
    let mut inspector = Inspector::new(&store, operational(), &RustCrypto);
    let expected = inspector.inspect(&genuine, NOW);
    let anchor = |report: &Report| report.anchor().map(|anchor| anchor.sha256);
    let number = |report: &Report| report.identity().unwrap().personal_number().map(str::to_owned);
    let certificate = Certificate::from_der(&issued.authority.document_signer_certificate().der).unwrap();
    let identifier = [certificate.issuer.as_der(), &[0x02, 0x10], &certificate.serial].concat();
    for (file, bytes) in
        [(FileId::Sod, &issued.card.application_files[&SOD]), (FileId::CardSecurity, &issued.card.master_files[&CARD_SECURITY])]
    {
        // The version of the message, and who signed it: neither is signed, and quirks are read through in both.
        let version = bytes.windows(4).position(|window| window == [0x02, 0x01, 0x03, 0x31]).unwrap() + 2;
        let signer = bytes.windows(identifier.len()).rposition(|window| window == identifier).unwrap();
        let mut green = 0;
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1 << (place % 8);
            let mut dossier = genuine.clone();
            overwrite(&mut dossier, file, altered);
            let report = inspector.inspect(&dossier, NOW);
            if report.overall == Overall::Successful {
                green += 1;
                assert!(place == version || (signer..signer + identifier.len()).contains(&place), "{file}: {place}");
                assert_eq!((anchor(&report), number(&report)), (anchor(&expected), number(&expected)));
                assert_eq!((ended(&report, CheckKind::SodSignature), ended(&report, MAPPING)), (GOOD, GOOD));
            }
        }
        assert!(green > 50, "{file}: {green}");
    }
}
