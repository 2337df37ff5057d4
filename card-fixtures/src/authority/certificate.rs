//! X.509 certificates of the profiles of ICAO 9303-12 §7, with every deviation that a test asks for.

use super::name::{Name, NameForm};
use super::signer::Signer;
use crate::der;
use crate::time::Time;

/// Named bits of keyUsage (RFC 5280 §4.2.1.3).
pub mod key_usage {
    /// digitalSignature
    pub const DIGITAL_SIGNATURE: u8 = 0;
    /// keyEncipherment
    pub const KEY_ENCIPHERMENT: u8 = 2;
    /// keyCertSign
    pub const KEY_CERT_SIGN: u8 = 5;
    /// cRLSign
    pub const CRL_SIGN: u8 = 6;
}

/// A subject or authority key identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyIdentifier {
    /// The right one
    #[default]
    Right,
    /// Another: that of some other key, or of none
    Given(Vec<u8>),
    /// The extension is there and names no key: of an authority its serial number alone
    Unnamed,
    /// The extension is left out
    Absent,
}

/// basicConstraints, critical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// cA
    pub ca: bool,
    /// pathLenConstraint
    pub path_length: Option<u8>,
}

/// The form of notBefore and notAfter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeForm {
    /// UTCTime through 2049, then GeneralizedTime
    #[default]
    ByYear,
    /// GeneralizedTime always, which RFC 5280 forbids before 2050
    Generalized,
}

/// An element of a certificate that a test leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateField {
    /// serialNumber
    SerialNumber,
    /// tbsCertificate.signature
    Signature,
    /// issuer
    Issuer,
    /// validity
    Validity,
    /// subjectPublicKeyInfo
    SubjectPublicKeyInfo,
    /// signatureAlgorithm
    SignatureAlgorithm,
    /// signatureValue
    SignatureValue,
}

/// An extension out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// extnID, dotted
    pub oid: &'static str,
    /// critical
    pub critical: bool,
    /// The DER inside extnValue
    pub value: Vec<u8>,
}

/// What a certificate says apart from keys and issuer. Start from a profile of [`super::Authority`] and change single fields.
#[derive(Clone, Debug)]
pub struct CertificateOptions {
    /// X.509 version, 3; below it no extensions are written
    pub version: u8,
    /// Bytes of serialNumber
    pub serial: Vec<u8>,
    /// subject
    pub subject: Name,
    /// issuer, where it shall differ from the subject of the signing CSCA
    pub issuer: Option<Name>,
    /// notBefore
    pub not_before: Time,
    /// notAfter
    pub not_after: Time,
    /// Form of both
    pub time_form: TimeForm,
    /// privateKeyUsagePeriod
    pub private_key_usage: Option<(Time, Time)>,
    /// keyUsage by its named bits; None leaves the extension out
    pub key_usage: Option<Vec<u8>>,
    /// Whether keyUsage is critical, as it must be
    pub key_usage_critical: bool,
    /// basicConstraints; None leaves the extension out
    pub basic_constraints: Option<BasicConstraints>,
    /// extKeyUsage, critical, where one is given
    pub extended_key_usage: Option<&'static str>,
    /// subjectKeyIdentifier
    pub subject_key_identifier: KeyIdentifier,
    /// authorityKeyIdentifier
    pub authority_key_identifier: KeyIdentifier,
    /// URI of the CRL
    pub distribution_point: Option<String>,
    /// documentTypeList (ICAO 9303-12 §7.1.1.6), such as `ID`; empty leaves it out
    pub document_types: Vec<&'static str>,
    /// Further extensions, at the end
    pub further_extensions: Vec<Extension>,
    /// tbsCertificate.signature, where it shall differ from signatureAlgorithm
    pub inner_algorithm: Option<Vec<u8>>,
    /// The algorithm stated in both places, where it shall differ from the one that signed
    pub stated_algorithm: Option<Vec<u8>>,
    /// The algorithm of the certified key, where it shall differ from its kind
    pub key_algorithm: Option<Vec<u8>>,
    /// What is left out
    pub omitted: Option<CertificateField>,
    /// Whether one bit of the signature is flipped
    pub corrupt_signature: bool,
}

/// A certificate, and what a signer identifier needs of it.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// DER
    pub der: Vec<u8>,
    /// Its issuer
    pub issuer: Name,
    /// Bytes of its serial number
    pub serial: Vec<u8>,
    /// The identifier of its key
    pub key_identifier: Vec<u8>,
}

impl CertificateOptions {
    /// Signs a certificate for `subject`'s key with `issuer`'s.
    pub fn issue(&self, subject: &Signer, issuer: &Signer, issuer_name: &Name) -> Certificate {
        let issuer_name = self.issuer.as_ref().unwrap_or(issuer_name);
        let algorithm = self.stated_algorithm.clone().unwrap_or_else(|| issuer.scheme.algorithm_identifier());
        let time = |time: Time| match self.time_form {
            TimeForm::ByYear => time.to_der(),
            TimeForm::Generalized => time.to_generalized_time(),
        };
        let mut members = Vec::new();
        if self.version > 1 {
            members.push((None, der::context(0, &der::small_integer(u32::from(self.version) - 1))));
        }
        members.extend([
            (Some(CertificateField::SerialNumber), der::tlv(0x02, &self.serial)),
            (Some(CertificateField::Signature), self.inner_algorithm.clone().unwrap_or_else(|| algorithm.clone())),
            (Some(CertificateField::Issuer), issuer_name.to_der(NameForm::Utf8)),
            (Some(CertificateField::Validity), der::sequence(&[time(self.not_before), time(self.not_after)])),
            (None, self.subject.to_der(NameForm::Utf8)),
            (Some(CertificateField::SubjectPublicKeyInfo), self.public_key_info(subject)),
        ]);
        if self.version > 2 {
            members.push((None, der::context(3, &der::sequence(&self.extensions(subject, issuer)))));
        }
        let to_be_signed = der::sequence(&self.without_omitted(members));
        let mut signature = issuer.sign(&to_be_signed);
        if self.corrupt_signature {
            flip_last_bit(&mut signature);
        }
        let members = vec![
            (None, to_be_signed),
            (Some(CertificateField::SignatureAlgorithm), algorithm),
            (Some(CertificateField::SignatureValue), der::bit_string(&signature)),
        ];
        Certificate {
            der: der::sequence(&self.without_omitted(members)),
            issuer: issuer_name.clone(),
            serial: self.serial.clone(),
            key_identifier: subject.key.key_identifier(),
        }
    }

    fn without_omitted(&self, members: Vec<(Option<CertificateField>, Vec<u8>)>) -> Vec<Vec<u8>> {
        let is_there = |field: Option<CertificateField>| field.is_none() || field != self.omitted;
        members.into_iter().filter(|(field, _)| is_there(*field)).map(|(_, element)| element).collect()
    }

    fn public_key_info(&self, subject: &Signer) -> Vec<u8> {
        match &self.key_algorithm {
            Some(algorithm) => der::sequence(&[algorithm.clone(), der::bit_string(&subject.key.public_key_bytes())]),
            None => subject.subject_public_key_info(),
        }
    }

    fn extensions(&self, subject: &Signer, issuer: &Signer) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if self.authority_key_identifier == KeyIdentifier::Unnamed {
            out.push(extension("2.5.29.35", false, &der::sequence(&[der::context_primitive(2, &self.serial)])));
        }
        if let Some(key) = identifier(&self.authority_key_identifier, issuer) {
            out.push(extension("2.5.29.35", false, &authority_key_identifier(&key)));
        }
        if let Some(key) = identifier(&self.subject_key_identifier, subject) {
            out.push(extension("2.5.29.14", false, &der::octet_string(&key)));
        }
        if let Some(bits) = &self.key_usage {
            out.push(extension("2.5.29.15", self.key_usage_critical, &der::named_bits(bits)));
        }
        if let Some(constraints) = self.basic_constraints {
            let mut members = Vec::new();
            if constraints.ca {
                members.push(der::boolean(true));
            }
            members.extend(constraints.path_length.map(|length| der::small_integer(u32::from(length))));
            out.push(extension("2.5.29.19", true, &der::sequence(&members)));
        }
        if let Some((from, to)) = self.private_key_usage {
            let members = [(0, from), (1, to)].map(|(tag, time)| der::context_primitive(tag, time.generalized().as_bytes()));
            out.push(extension("2.5.29.16", false, &der::sequence(&members)));
        }
        if let Some(purpose) = self.extended_key_usage {
            out.push(extension("2.5.29.37", true, &der::sequence(&[der::oid(purpose)])));
        }
        if let Some(uri) = &self.distribution_point {
            let names = der::context(0, &der::context(0, &der::context_primitive(6, uri.as_bytes())));
            out.push(extension("2.5.29.31", false, &der::sequence(&[der::sequence(&[names])])));
        }
        if !self.document_types.is_empty() {
            let types = self.document_types.iter().map(|code| der::printable(code)).collect();
            out.push(extension("2.23.136.1.1.6.2", false, &der::sequence(&[der::small_integer(0), der::set_of(types)])));
        }
        for further in &self.further_extensions {
            out.push(extension(further.oid, further.critical, &further.value));
        }
        out
    }
}

/// `AuthorityKeyIdentifier` with keyIdentifier alone.
pub(super) fn authority_key_identifier(key: &[u8]) -> Vec<u8> {
    der::sequence(&[der::context_primitive(0, key)])
}

/// `Extension`
pub(super) fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut members = vec![der::oid(oid)];
    if critical {
        members.push(der::boolean(true));
    }
    members.push(der::octet_string(value));
    der::sequence(&members)
}

fn identifier(choice: &KeyIdentifier, signer: &Signer) -> Option<Vec<u8>> {
    match choice {
        KeyIdentifier::Right => Some(signer.key.key_identifier()),
        KeyIdentifier::Given(bytes) => Some(bytes.clone()),
        KeyIdentifier::Absent | KeyIdentifier::Unnamed => None,
    }
}

pub(super) fn flip_last_bit(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}
