//! The document signer's certificate in EF.SOD (ICAO 9303-12 tables 5 and 6).

use card_fixtures::authority::{CertificateField, CertificateOptions, KeyIdentifier, Name, TimeForm, key_usage, md5_with_rsa};
use card_fixtures::personalisation::configuration::ConfigurationSet::Eac;

use crate::document::Document;
use crate::suite::Case;

fn certified(document: &mut Document, alter: impl FnOnce(&mut CertificateOptions)) {
    let mut options = document.authority.document_signer_options();
    alter(&mut options);
    document.sod().certificate = Some(options);
}

fn without(document: &mut Document, field: CertificateField) {
    certified(document, |options| options.omitted = Some(field));
}

pub const CASES: &[Case] = &[
    Case::one("LDS_H_48", Eac, |document| certified(document, |options| options.version = 4)),
    Case::one("LDS_H_49", Eac, |document| certified(document, |options| options.version = 1)),
    Case::one("LDS_H_50", Eac, |document| without(document, CertificateField::SerialNumber)),
    Case::one("LDS_H_51", Eac, |document| {
        let other = card_fixtures::authority::Scheme::RsaPkcs1 { hash: card_fixtures::hash::Hash::Sha256, null: true };
        certified(document, |options| options.inner_algorithm = Some(other.algorithm_identifier()));
    }),
    Case::one("LDS_H_52", Eac, |document| without(document, CertificateField::Signature)),
    Case::one("LDS_H_53", Eac, |document| {
        // Issuer and CSCA have the same name: it is only none of ICAO's.
        let mut authority = document.authority.clone();
        authority.csca_name.country = String::new();
        document.issued_by(authority);
    }),
    Case::one("LDS_H_54", Eac, |document| {
        let other = Name::new("DE", "Another Authority", "Another CSCA");
        certified(document, |options| options.issuer = Some(other));
    }),
    Case::one("LDS_H_55", Eac, |document| without(document, CertificateField::Issuer)),
    Case::one("LDS_H_56", Eac, |document| certified(document, |options| options.time_form = TimeForm::Generalized)),
    Case::one("LDS_H_57", Eac, |document| without(document, CertificateField::Validity)),
    Case::one("LDS_H_58", Eac, |document| certified(document, |options| options.key_algorithm = Some(md5_with_rsa()))),
    Case::one("LDS_H_59", Eac, |document| without(document, CertificateField::SubjectPublicKeyInfo)),
    Case::one("LDS_H_60", Eac, |document| {
        certified(document, |options| options.authority_key_identifier = KeyIdentifier::Unnamed);
    }),
    Case::one("LDS_H_61", Eac, |document| {
        certified(document, |options| options.authority_key_identifier = KeyIdentifier::Absent);
    }),
    Case::one("LDS_H_62", Eac, |document| certified(document, |options| options.key_usage_critical = false)),
    Case::one("LDS_H_63", Eac, |document| {
        certified(document, |options| options.key_usage = Some(vec![key_usage::KEY_ENCIPHERMENT]));
    }),
    Case::one("LDS_H_64", Eac, |document| certified(document, |options| options.key_usage = None)),
    Case::one("LDS_H_65", Eac, |document| {
        certified(document, |options| options.stated_algorithm = Some(md5_with_rsa()));
        document.sod().signature.signature_algorithm = Some(md5_with_rsa());
        let csca = CertificateOptions { stated_algorithm: Some(md5_with_rsa()), ..document.authority.csca_options() };
        document.anchors = vec![document.authority.csca_certificate_with(&csca)];
    }),
    Case::one("LDS_H_66", Eac, |document| without(document, CertificateField::SignatureAlgorithm)),
    Case::one("LDS_H_67", Eac, |document| certified(document, |options| options.corrupt_signature = true)),
    Case::one("LDS_H_68", Eac, |document| without(document, CertificateField::SignatureValue)),
];
