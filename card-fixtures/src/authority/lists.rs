//! What a country publishes beside its certificates: CRL and master list (ICAO 9303-12 §7.1.4 and §8).

use super::certificate::{
    Certificate, CertificateOptions, Extension, KeyIdentifier, authority_key_identifier, extension, flip_last_bit,
};
use super::cms::{SignatureOptions, signed_data};
use super::name::{Name, NameForm};
use super::{Authority, Signer};
use crate::der;
use crate::time::Time;

const CSCA_MASTER_LIST: &str = "2.23.136.1.1.2";

/// A certificate revocation list.
#[derive(Clone, Debug)]
pub struct CrlOptions {
    /// Bytes of the serial numbers that are revoked, with the time of it
    pub revoked: Vec<(Vec<u8>, Time)>,
    /// thisUpdate
    pub this_update: Time,
    /// nextUpdate; None leaves it out, which ICAO 9303-12 forbids
    pub next_update: Option<Time>,
    /// cRLNumber
    pub number: u32,
    /// reasonCode of every entry, which ICAO 9303-12 forbids
    pub reason: Option<u8>,
    /// issuer, where it shall differ from the CSCA's subject
    pub issuer: Option<Name>,
    /// authorityKeyIdentifier
    pub authority_key_identifier: KeyIdentifier,
    /// Earlier names of the issuer, in issuerAltName
    pub issuer_alternatives: Vec<Name>,
    /// Further extensions of the list
    pub further_extensions: Vec<Extension>,
    /// Further extensions of every entry
    pub entry_extensions: Vec<Extension>,
    /// tbsCertList.signature, where it shall differ from signatureAlgorithm
    pub inner_algorithm: Option<Vec<u8>>,
    /// Whether one bit of the signature is flipped
    pub corrupt_signature: bool,
}

impl Default for CrlOptions {
    fn default() -> CrlOptions {
        CrlOptions {
            revoked: Vec::new(),
            this_update: Time::midnight(2024, 9, 1),
            next_update: Some(Time::midnight(2024, 12, 1)),
            number: 1,
            reason: None,
            issuer: None,
            authority_key_identifier: KeyIdentifier::Right,
            issuer_alternatives: Vec::new(),
            further_extensions: Vec::new(),
            entry_extensions: Vec::new(),
            inner_algorithm: None,
            corrupt_signature: false,
        }
    }
}

impl CrlOptions {
    /// A delta list: what changed since the list of another number (RFC 5280 §5.2.4).
    pub fn delta(base: u32) -> CrlOptions {
        let indicator = Extension { oid: "2.5.29.27", critical: true, value: der::small_integer(base) };
        CrlOptions { further_extensions: vec![indicator], number: base + 1, ..CrlOptions::default() }
    }

    fn entry(&self, serial: &[u8], time: Time) -> Vec<u8> {
        let mut members = vec![der::tlv(0x02, serial), time.to_der()];
        let mut extensions = Vec::new();
        extensions.extend(self.reason.map(|code| extension("2.5.29.21", false, &der::tlv(0x0A, &[code]))));
        extensions.extend(self.entry_extensions.iter().map(|further| extension(further.oid, further.critical, &further.value)));
        if !extensions.is_empty() {
            members.push(der::sequence(&extensions));
        }
        der::sequence(&members)
    }

    fn extensions(&self, own_key: &[u8]) -> Vec<Vec<u8>> {
        let key = match &self.authority_key_identifier {
            KeyIdentifier::Right => Some(own_key),
            KeyIdentifier::Given(bytes) => Some(bytes.as_slice()),
            KeyIdentifier::Absent | KeyIdentifier::Unnamed => None,
        };
        let mut out = Vec::new();
        out.extend(key.map(|key| extension("2.5.29.35", false, &authority_key_identifier(key))));
        out.push(extension("2.5.29.20", false, &der::small_integer(self.number)));
        if !self.issuer_alternatives.is_empty() {
            let names: Vec<Vec<u8>> =
                self.issuer_alternatives.iter().map(|name| der::context(4, &name.to_der(NameForm::Utf8))).collect();
            out.push(extension("2.5.29.18", false, &der::sequence(&names)));
        }
        out.extend(self.further_extensions.iter().map(|further| extension(further.oid, further.critical, &further.value)));
        out
    }
}

/// A master list.
#[derive(Clone, Debug)]
pub struct MasterListOptions {
    /// How it is signed
    pub signature: SignatureOptions,
    /// The signer's certificate; None is the ordinary one
    pub certificate: Option<CertificateOptions>,
    /// Whether the signer's CSCA is among the certificates of the message
    pub include_csca: bool,
    /// version of CscaMasterList
    pub version: u8,
}

impl Default for MasterListOptions {
    fn default() -> MasterListOptions {
        MasterListOptions { signature: SignatureOptions::default(), certificate: None, include_csca: true, version: 0 }
    }
}

impl Authority {
    /// The CSCA's revocation list.
    pub fn revocation_list(&self, options: &CrlOptions) -> Vec<u8> {
        let algorithm = self.csca.scheme.algorithm_identifier();
        let mut members = vec![
            der::small_integer(1),
            options.inner_algorithm.clone().unwrap_or_else(|| algorithm.clone()),
            options.issuer.as_ref().unwrap_or(&self.csca_name).to_der(NameForm::Utf8),
            options.this_update.to_der(),
        ];
        members.extend(options.next_update.map(Time::to_der));
        if !options.revoked.is_empty() {
            let entries: Vec<Vec<u8>> = options.revoked.iter().map(|(serial, time)| options.entry(serial, *time)).collect();
            members.push(der::sequence(&entries));
        }
        members.push(der::context(0, &der::sequence(&options.extensions(&self.csca.key.key_identifier()))));
        let to_be_signed = der::sequence(&members);
        let mut signature = self.csca.sign(&to_be_signed);
        if options.corrupt_signature {
            flip_last_bit(&mut signature);
        }
        der::sequence(&[to_be_signed, algorithm, der::bit_string(&signature)])
    }

    /// A master list of certificates, signed by this authority's master-list signer.
    ///
    /// ```asn1
    /// CscaMasterList ::= SEQUENCE { version CscaMasterListVersion, certList SET OF Certificate }
    /// ```
    pub fn master_list(&self, certificates: &[Vec<u8>], options: &MasterListOptions) -> Vec<u8> {
        let content = Authority::master_list_content(options.version, certificates);
        let signer = self.master_list_signer();
        let ordinary = self.master_list_signer_options();
        let certificate = options.certificate.as_ref().unwrap_or(&ordinary).issue(&signer, &self.csca, &self.csca_name);
        let further = if options.include_csca { vec![self.csca_certificate()] } else { Vec::new() };
        signed_data(CSCA_MASTER_LIST, &content, &signer, &certificate, &further, &options.signature)
    }

    /// What is signed of a master list.
    pub fn master_list_content(version: u8, certificates: &[Vec<u8>]) -> Vec<u8> {
        der::sequence(&[der::small_integer(u32::from(version)), der::set_of(certificates.to_vec())])
    }

    /// Any content as a master list of this signer.
    pub fn master_list_by(content: &[u8], signer: &(Signer, Certificate), options: &SignatureOptions) -> Vec<u8> {
        signed_data(CSCA_MASTER_LIST, content, &signer.0, &signer.1, &[], options)
    }
}
