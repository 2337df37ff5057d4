//! Files of specimens and real chips. None of it is part of this project; where it is not there, each test says so loudly and checks
//! nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Cipher, DigestAlgorithm, Provider};
use soat::dossier::{DataGroup, Dossier, FileId};
use soat::lds::com::Com;
use soat::lds::dg2::{Dg2, Face, ImageFormat, ImageSize, RecordEncoding};
use soat::lds::protocol::{KeyAgreement, PaceMapping, public_key_agreement};
use soat::lds::sod::LdsSecurityObject;
use soat::lds::{LdsErrorReason, SecurityInfo, card_security, dg1, dg14, dg15, sod};
use soat::pki::SignedData;

fn data(relative: &str) -> Option<PathBuf> {
    let base = std::env::var_os("SOAT_REAL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = base.join(relative);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED, NOTHING CHECKED: {} is not there; set SOAT_REAL_DATA", path.display());
    None
}

fn read(relative: &str) -> Option<Vec<u8>> {
    data(relative).map(|path| fs::read(path).unwrap())
}

/// The files of a folder that go by the name of one.
fn folder(relative: &str) -> Option<BTreeMap<FileId, Vec<u8>>> {
    let entries = fs::read_dir(data(relative)?).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.filter_map(|path| Some((FileId::from_file_name(path.file_name()?.to_str()?)?, fs::read(&path).unwrap())));
    Some(named.collect())
}

fn group(number: u8) -> FileId {
    FileId::DataGroup(DataGroup::new(number).unwrap())
}

/// What the signature of a security object holds, if it holds.
fn security_object(file: &[u8]) -> Option<LdsSecurityObject> {
    let signed = SignedData::from_ber(sod::cms(file).unwrap()).unwrap().verify(&RustCrypto).ok()?;
    Some(LdsSecurityObject::parse(signed.content()).unwrap())
}

fn assert_hashes(files: &BTreeMap<FileId, Vec<u8>>, object: &LdsSecurityObject, groups: &[u8]) {
    assert_eq!(object.hashes.keys().map(|group| group.number()).collect::<Vec<_>>(), groups);
    for (&group, hash) in &object.hashes {
        let digest = RustCrypto.digest(object.digest_algorithm, &[&files[&group.into()]]);
        assert_eq!(digest.as_ref(), hash.as_ref(), "{group}");
    }
}

#[test]
fn the_specimen_of_the_bsi() {
    let Some(files) = folder("bsi-silver-2008") else { return };
    let names: Vec<String> = files.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["EF.COM", "EF.SOD", "DG1", "DG2", "DG3", "DG4", "DG14", "DG15"]);

    let zone = dg1::parse(&files[&group(1)]).unwrap();
    assert_eq!((zone.issuing_state(), zone.nationality()), ("D", "D"));
    assert_eq!((zone.primary_name().as_str(), zone.secondary_name().as_str()), ("MUSTERMANN", "ERIKA"));
    assert_eq!(zone.mismatches(), []);

    let com = Com::parse(&files[&FileId::Com]).unwrap();
    assert_eq!(com.data_groups().map(DataGroup::number).collect::<Vec<_>>(), [1, 2, 3, 4, 14]);

    let infos = dg14::parse(&files[&group(14)]).unwrap();
    let variant = infos.chip_authentication().next().unwrap().kind().unwrap();
    assert_eq!((variant.agreement, variant.cipher), (KeyAgreement::Ecdh, Cipher::TripleDes));
    let key = infos.chip_authentication_keys().next().unwrap();
    assert_eq!(public_key_agreement(key.protocol), Some(KeyAgreement::Ecdh));
    assert_eq!(key.public_key, read("bsi-silver-2008/DG14_pk.bin").unwrap());
    assert!(!infos.infos.iter().any(|info| matches!(info, SecurityInfo::Malformed { .. } | SecurityInfo::Unknown { .. })));

    // DG15 can be read, and is none of what is signed.
    assert_eq!(dg15::parse(&files[&group(15)]).unwrap(), read("bsi-silver-2008/DG15_pk.bin").unwrap());

    let object = security_object(&files[&FileId::Sod]).unwrap();
    assert_eq!(object.digest_algorithm, DigestAlgorithm::Sha256);
    assert_hashes(&files, &object, &[1, 2, 3, 4, 14]);
}

#[test]
fn the_dutch_specimen() {
    let Some(files) = folder("loes2006") else { return };
    let zone = dg1::parse(&files[&group(1)]).unwrap();
    assert_eq!((zone.document_number().as_str(), zone.optional_data()), ("XX0001328", "123456789"));
    assert_eq!(zone.mismatches(), []);
    let com = Com::parse(&files[&FileId::Com]).unwrap();
    assert_eq!(com.data_groups().map(DataGroup::number).collect::<Vec<_>>(), [1, 2, 15]);
    assert_eq!(dg15::parse(&files[&group(15)]).unwrap().len(), 162);
    let object = security_object(&files[&FileId::Sod]).unwrap();
    assert_eq!(object.version, 0);
    assert_hashes(&files, &object, &[1, 2, 15]);
}

#[test]
fn faces_are_the_very_images_in_their_records() {
    for (record, image, width, height) in [
        ("bsi-silver-2008/Datagroup2.bin", "faces/dg2_bsi_silver_2008.jp2", 413, 531),
        ("loes2006/ef0102.bin", "faces/dg2_loes2006.jp2", 449, 598),
    ] {
        let (Some(record), Some(image)) = (read(record), read(image)) else { return };
        let faces = Dg2::parse(&record).unwrap().faces;
        assert_eq!(faces.len(), 1);
        assert_eq!((faces[0].encoding, faces[0].format), (RecordEncoding::Iso19794, ImageFormat::Jp2));
        assert!(faces[0].image == image);
        assert_eq!(faces[0].size(), Some(ImageSize { width, height, components: 3 }));
    }
}

#[test]
fn an_image_that_asks_for_gigabytes_is_known_by_its_header() {
    let Some(image) = read("faces/huge-allocation.jp2") else { return };
    let format = ImageFormat::of(&image).unwrap();
    let face = Face { encoding: RecordEncoding::Iso19794, format, image: &image };
    assert_eq!(face.size(), Some(ImageSize { width: 640, height: 33_554_912, components: 3 }));
    let Some(jpeg) = read("faces/iso19794_gmrtd.jpg") else { return };
    assert_eq!(ImageFormat::of(&jpeg), Some(ImageFormat::Jpeg));
    assert_eq!(ImageFormat::Jpeg.size(&jpeg), Some(ImageSize { width: 148, height: 70, components: 3 }));
}

#[test]
fn security_options_of_real_issuers() {
    let Some(bytes) = read("chip-files/dg14-a.bin") else { return };
    let infos = dg14::parse(&bytes).unwrap();
    let mappings: Vec<_> = infos.pace().map(|pace| (pace.kind().unwrap().mapping, pace.parameter_id)).collect();
    assert_eq!(mappings, [(PaceMapping::Generic, Some(13)), (PaceMapping::ChipAuthentication, Some(13))]);
    assert_eq!(infos.chip_authentication().next().unwrap().key_id, Some(0xC3));
    assert_eq!(infos.chip_authentication_keys().next().unwrap().key_id, Some(0xC3));

    let Some(bytes) = read("chip-files/dg14-b.bin") else { return };
    let infos = dg14::parse(&bytes).unwrap();
    assert_eq!(infos.chip_authentication().next().unwrap().kind().unwrap().cipher, Cipher::Aes256);
    assert_eq!(infos.chip_authentication_keys().next().unwrap().key_id, None);
    assert_eq!(infos.pace().next().unwrap().kind().unwrap().cipher, Cipher::Aes256);

    let Some(bytes) = read("chip-files/dg15-a.bin") else { return };
    assert_eq!(dg15::parse(&bytes).unwrap(), &bytes[3..]);
}

#[test]
fn a_certificate_is_no_card_security() {
    // The file goes by that name and is a bare certificate.
    let Some(bytes) = read("chip-files/card-security-a.bin") else { return };
    let error = card_security::CardSecurity::parse(&bytes).unwrap_err();
    assert_eq!(error.file, FileId::CardSecurity);
    assert!(matches!(error.reason, LdsErrorReason::Tlv(_)));
}

#[test]
fn security_objects_of_real_issuers() {
    let Some(folder) = data("sods") else { return };
    let mut valid = 0;
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let object = security_object(&fs::read(&path).unwrap());
        assert_eq!(object.is_some(), name.ends_with(".valid.bin"), "{name}");
        if let Some(object) = object {
            assert!(object.hashes.contains_key(&DataGroup::DG1), "{name}");
            valid += 1;
        }
    }
    assert_eq!(valid, 8);
}

#[test]
fn a_folder_of_raw_files_becomes_a_dossier_and_comes_back_from_cbor() {
    let Some(files) = folder("bsi-silver-2008") else { return };
    let dossier = Dossier::from_raw_files(files.clone()).unwrap();
    let saved = Dossier::from_cbor(&dossier.to_cbor()).unwrap();
    for (file, bytes) in &files {
        assert_eq!(saved.bytes(*file), Some(&**bytes), "{file}");
    }
}
