//! The file and the signed message in it: SignedData and SignerInfo (RFC 5652 §5).

use card_fixtures::authority::{Attribute, MessageField, SignatureDefect, SignerIdentifier, md5_with_rsa};
use card_fixtures::personalisation::configuration::ConfigurationSet::Eac;
use card_fixtures::personalisation::issue::SOD;

use crate::document::Document;
use crate::suite::Case;

const MD5: &str = "1.2.840.113549.2.5";

fn without(document: &mut Document, field: MessageField) {
    document.sod().signature.omitted = Some(field);
}

pub const CASES: &[Case] = &[
    Case::one("LDS_H_17", Eac, |document| document.retag(SOD, 0x78)),
    Case::one("LDS_H_18", Eac, |document| document.restate_length(SOD, -1)),
    Case::one("LDS_H_19", Eac, |document| document.restate_length(SOD, 1)),
    Case::one("LDS_H_20", Eac, |document| document.sod().signature.signed_data_version = 2),
    Case::one("LDS_H_21", Eac, |document| without(document, MessageField::Version)),
    Case::one("LDS_H_22", Eac, |document| document.sod().signature.digest_algorithms = Some(vec![MD5])),
    Case::one("LDS_H_23", Eac, |document| without(document, MessageField::DigestAlgorithms)),
    Case::one("LDS_H_24", Eac, |document| document.sod().content_type = "2.23.136.1.1.99"),
    Case::one("LDS_H_25", Eac, |document| without(document, MessageField::ContentType)),
    Case::one("LDS_H_26", Eac, |document| document.sod().signature.signer_info_version = Some(2)),
    Case::one("LDS_H_27", Eac, |document| without(document, MessageField::SignerVersion)),
    Case::one("LDS_H_28", Eac, |document| document.sod().signature.names_another_certificate = true),
    Case::one("LDS_H_29", Eac, |document| {
        document.sod().signature.signer_identifier = SignerIdentifier::SubjectKeyIdentifier;
        document.sod().signature.names_another_certificate = true;
    }),
    Case::one("LDS_H_30", Eac, |document| document.sod().signature.digest_algorithm = Some(MD5)),
    Case::one("LDS_H_31", Eac, |document| without(document, MessageField::DigestAlgorithm)),
    Case::one("LDS_H_32", Eac, |document| document.sod().signature.message_digest = Attribute::Wrong),
    Case::one("LDS_H_33", Eac, |document| document.sod().signature.message_digest = Attribute::Absent),
    Case::one("LDS_H_36", Eac, |document| document.sod().signature.signature_algorithm = Some(md5_with_rsa())),
    Case::one("LDS_H_37", Eac, |document| document.sod().signature.defect = SignatureDefect::Flipped),
    Case::one("LDS_H_38", Eac, |document| without(document, MessageField::Signature)),
    Case::one("LDS_H_84", Eac, |document| document.sod().signature.signer_info_version = Some(3)),
    Case::one("LDS_H_85", Eac, |document| {
        document.sod().signature.signer_identifier = SignerIdentifier::SubjectKeyIdentifier;
        document.sod().signature.signer_info_version = Some(1);
    }),
];
