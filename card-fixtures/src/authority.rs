//! A country's issuing authority: one CSCA and one document signer, and whatever they sign (ICAO 9303-12).
//!
//! Everything follows from the arguments: the same authority issues the same bytes at any time.

mod certificate;
mod cms;
mod deviation_list;
mod directory;
mod lists;
mod name;
mod security_object;
mod signer;

pub use certificate::{
    BasicConstraints, Certificate, CertificateField, CertificateOptions, Extension, KeyIdentifier, TimeForm, key_usage,
};
pub use cms::{Attribute, AttributeOrder, Encoding, MessageField, SignatureDefect, SignatureOptions, SignerIdentifier};
pub use deviation_list::{DeviantSigner, Deviation, DeviationListOptions};
pub use directory::{Entry, ldif};
pub use lists::{CrlOptions, MasterListOptions};
pub use name::{Name, NameForm};
pub use security_object::{LDS_SECURITY_OBJECT, SecurityObjectField, SecurityObjectVersion, SodOptions, security_object_by};
pub use signer::{
    CurveEncoding, KeyPair, Scheme, Signer, curve_parameters, md5_with_rsa, pss_without_parameters, rsa_encryption,
};

use crate::curve::Curve;
use crate::hash::Hash;
use crate::time::Time;

const MASTER_LIST_SIGNING: &str = "2.23.136.1.1.3";
/// id-SecurityObject of BSI TR-03110
pub const CARD_SECURITY: &str = "0.4.0.127.0.7.3.2.1";

/// A CSCA with its document signer.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The country signing key
    pub csca: Signer,
    /// The document signing key
    pub document_signer: Signer,
    /// Subject of the CSCA
    pub csca_name: Name,
    /// Subject of the document signer
    pub document_signer_name: Name,
    /// When the document signer's certificate begins and ends
    pub document_signer_validity: (Time, Time),
}

impl Authority {
    /// The authority of a country, by its two letters.
    pub fn new(country: &str, csca: Signer, document_signer: Signer) -> Authority {
        let organization = "Fixture Issuing Authority";
        Authority {
            csca,
            document_signer,
            csca_name: Name::new(country, organization, &format!("Fixture CSCA {country}")),
            document_signer_name: Name::new(country, organization, &format!("Fixture Document Signer {country}")),
            document_signer_validity: (Time::midnight(2024, 1, 1), Time::midnight(2034, 1, 1)),
        }
    }

    /// What the CSCA's certificate says.
    pub fn csca_options(&self) -> CertificateOptions {
        CertificateOptions {
            version: 3,
            serial: serial(&self.csca, b"csca"),
            subject: self.csca_name.clone(),
            issuer: None,
            not_before: Time::midnight(2021, 1, 1),
            not_after: Time::midnight(2046, 1, 1),
            time_form: TimeForm::ByYear,
            private_key_usage: Some((Time::midnight(2021, 1, 1), Time::midnight(2026, 1, 1))),
            key_usage: Some(vec![key_usage::KEY_CERT_SIGN, key_usage::CRL_SIGN]),
            key_usage_critical: true,
            basic_constraints: Some(BasicConstraints { ca: true, path_length: Some(0) }),
            extended_key_usage: None,
            subject_key_identifier: KeyIdentifier::Right,
            authority_key_identifier: KeyIdentifier::Right,
            distribution_point: Some("http://crl.example/csca.crl".into()),
            document_types: Vec::new(),
            further_extensions: Vec::new(),
            inner_algorithm: None,
            stated_algorithm: None,
            key_algorithm: None,
            omitted: None,
            corrupt_signature: false,
        }
    }

    /// What the document signer's certificate says.
    pub fn document_signer_options(&self) -> CertificateOptions {
        let (not_before, not_after) = self.document_signer_validity;
        CertificateOptions {
            serial: serial(&self.document_signer, b"document signer"),
            subject: self.document_signer_name.clone(),
            not_before,
            not_after,
            // A key serves for a short time, its certificate for as long as the cards that it signed.
            private_key_usage: Some((not_before, Time { year: not_before.year + 1, ..not_before })),
            key_usage: Some(vec![key_usage::DIGITAL_SIGNATURE]),
            basic_constraints: None,
            document_types: vec!["I", "P"],
            ..self.csca_options()
        }
    }

    /// What the master-list signer's certificate says.
    pub fn master_list_signer_options(&self) -> CertificateOptions {
        CertificateOptions {
            serial: serial(&self.master_list_signer(), b"master list signer"),
            subject: Name { common_name: "Fixture Master List Signer".into(), ..self.csca_name.clone() },
            extended_key_usage: Some(MASTER_LIST_SIGNING),
            document_types: Vec::new(),
            ..self.document_signer_options()
        }
    }

    /// The key that signs master lists: P-256, whatever the document signer uses.
    ///
    /// # Panics
    /// Never: the curve stands in this crate's table.
    pub fn master_list_signer(&self) -> Signer {
        let curve = Curve::named("secp256r1").expect("the table has P-256");
        let seed = format!("master list signer of {}", hex::encode(self.csca.key.key_identifier()));
        Signer::ecdsa(curve, Hash::Sha256, &seed).with_curve_encoding(self.csca.curve_encoding)
    }

    /// The CSCA's self-signed certificate, DER.
    pub fn csca_certificate(&self) -> Vec<u8> {
        self.csca_certificate_with(&self.csca_options())
    }

    /// The same with changes, DER.
    pub fn csca_certificate_with(&self, options: &CertificateOptions) -> Vec<u8> {
        options.issue(&self.csca, &self.csca, &self.csca_name).der
    }

    /// The document signer's certificate.
    pub fn document_signer_certificate(&self) -> Certificate {
        self.document_signer_certificate_with(&self.document_signer_options())
    }

    /// The same with changes.
    pub fn document_signer_certificate_with(&self, options: &CertificateOptions) -> Certificate {
        options.issue(&self.document_signer, &self.csca, &self.csca_name)
    }

    /// What a link certificate to a successor says.
    pub fn link_options(&self, successor: &Authority) -> CertificateOptions {
        CertificateOptions { serial: serial(&successor.csca, b"link"), ..successor.csca_options() }
    }

    /// The successor's CSCA key and name, certified by this CSCA, DER (ICAO 9303-12 §4.1.4.3).
    pub fn link_certificate(&self, successor: &Authority) -> Vec<u8> {
        self.link_certificate_with(successor, &self.link_options(successor))
    }

    /// The same with changes, DER.
    pub fn link_certificate_with(&self, successor: &Authority, options: &CertificateOptions) -> Vec<u8> {
        options.issue(&successor.csca, &self.csca, &self.csca_name).der
    }

    /// EF.CardSecurity: security infos signed by the document signer (ICAO 9303-11 §9.2.11).
    pub fn card_security(&self, security_infos: &[u8], options: &SignatureOptions) -> Vec<u8> {
        self.card_security_by(CARD_SECURITY, security_infos, &self.document_signer_options(), options)
    }

    /// The same as another content type, or under another certificate of the document signer's key.
    pub fn card_security_by(
        &self,
        content_type: &str,
        security_infos: &[u8],
        certificate: &CertificateOptions,
        options: &SignatureOptions,
    ) -> Vec<u8> {
        let certificate = self.document_signer_certificate_with(certificate);
        cms::signed_data(content_type, security_infos, &self.document_signer, &certificate, &[], options)
    }
}

/// A positive serial number of 16 bytes that follows from the key and its use.
fn serial(signer: &Signer, usage: &[u8]) -> Vec<u8> {
    let mut digest = Hash::Sha256.digest(&[usage, &signer.key.public_key_bytes()].concat());
    digest.truncate(16);
    if let Some(first) = digest.first_mut() {
        // Neither negative nor with a leading zero.
        *first = *first & 0x3F | 0x40;
    }
    digest
}

#[cfg(test)]
mod tests;
