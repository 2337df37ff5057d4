//! The LDS security object, and EF.COM and EF.CardSecurity beside it.

use card_fixtures::authority::{SecurityObjectField, SecurityObjectVersion, SignatureDefect, SignatureOptions};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::configuration::ConfigurationSet::{Eac, Pace};
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::issue::data_group;

use crate::document::Document;
use crate::suite::Case;

const MD5: &str = "1.2.840.113549.2.5";

/// The document of LDS 1.8, or of a later one.
fn versioned(document: &mut Document, version: &'static str) {
    document.card.list(version, &[]);
    let sod = document.sod();
    sod.version = SecurityObjectVersion::V1;
    sod.versions = (version, "040000");
}

fn without(document: &mut Document, field: SecurityObjectField) {
    document.sod().omitted = Some(field);
}

pub const CASES: &[Case] = &[
    Case::one("LDS_H_39", Eac, |document| document.sod().version_number = Some(2)),
    Case::one("LDS_H_40", Eac, |document| without(document, SecurityObjectField::Version)),
    Case::one("LDS_H_41", Eac, |document| document.sod().group_hash_oid = Some(MD5)),
    Case::one("LDS_H_42", Eac, |document| without(document, SecurityObjectField::HashAlgorithm)),
    Case::one("LDS_H_43", Eac, |document| document.sod().altered_groups = vec![2]),
    Case::one("LDS_H_44", Eac, |document| document.sod().omitted_groups = vec![1]),
    Case::one("LDS_H_45", Eac, |document| {
        document.sod().further_groups = vec![(10, Hash::Sha256.digest(b"no file"))];
    }),
    Case::one("LDS_H_46", Eac, |document| document.sod().renumbered_groups = vec![(1, 0xFF)]),
    Case::one("LDS_H_47", Eac, |document| without(document, SecurityObjectField::GroupNumber(2))),
    Case::one("LDS_H_69", Eac, |document| {
        document.sod().altered_groups = vec![2];
        document.sign_now();
        *document.card.application_files.get_mut(&data_group(2)).unwrap().last_mut().unwrap() ^= 0xFF;
    }),
    Case::one("LDS_H_86", Eac, |document| versioned(document, "0108")),
    Case::one("LDS_H_87", Eac, |document| {
        versioned(document, "0108");
        document.sod().version_number = Some(0);
    }),
    Case::one("LDS_H_88", Eac, |document| document.sod().version_number = Some(1)),
    Case::one("LDS_H_89", Eac, |document| versioned(document, "0109")),
    Case::one("LDS_H_90", Pace, |document| {
        document.sod().further_groups = vec![(3, vec![0xFF; 32])];
        document.sign_now();
        document.card.put(3, data_groups::dg3(0xD3));
    }),
    Case::one("LDS_H_91", Eac, |document| document.sod().omitted_groups = vec![2]),
    Case::one("LDS_H_92", Pace, |document| {
        let file = data_groups::dg3(0xD3);
        document.sod().omitted_groups = vec![2];
        document.sod().further_groups = vec![(3, Hash::Sha256.digest(&file))];
        document.sign_now();
        document.card.put(3, file);
    }),
    Case::one("LDS_H_93", Pace, |document| {
        document.offer_mapping();
        let options = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
        document.put_card_security(&options, |_| {});
    }),
];
