//! What a country publishes beside its certificates: CRL and master list (ICAO 9303-12 §7.1.4 and §8).

use super::Authority;
use super::certificate::{CertificateOptions, authority_key_identifier, extension, flip_last_bit};
use super::cms::{SignatureOptions, signed_data};
use super::name::NameForm;
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
    /// nextUpdate
    pub next_update: Time,
    /// cRLNumber
    pub number: u32,
    /// Whether one bit of the signature is flipped
    pub corrupt_signature: bool,
}

impl Default for CrlOptions {
    fn default() -> CrlOptions {
        CrlOptions {
            revoked: Vec::new(),
            this_update: Time::midnight(2024, 9, 1),
            next_update: Time::midnight(2024, 12, 1),
            number: 1,
            corrupt_signature: false,
        }
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
            algorithm.clone(),
            self.csca_name.to_der(NameForm::Utf8),
            options.this_update.to_der(),
            options.next_update.to_der(),
        ];
        if !options.revoked.is_empty() {
            let entries: Vec<Vec<u8>> =
                options.revoked.iter().map(|(serial, time)| der::sequence(&[der::tlv(0x02, serial), time.to_der()])).collect();
            members.push(der::sequence(&entries));
        }
        let extensions = [
            extension("2.5.29.35", false, &authority_key_identifier(&self.csca.key.key_identifier())),
            extension("2.5.29.20", false, &der::small_integer(options.number)),
        ];
        members.push(der::context(0, &der::sequence(&extensions)));
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
        let content = der::sequence(&[der::small_integer(u32::from(options.version)), der::set_of(certificates.to_vec())]);
        let signer = self.master_list_signer();
        let ordinary = self.master_list_signer_options();
        let certificate = options.certificate.as_ref().unwrap_or(&ordinary).issue(&signer, &self.csca, &self.csca_name);
        let further = if options.include_csca { vec![self.csca_certificate()] } else { Vec::new() };
        signed_data(CSCA_MASTER_LIST, &content, &signer, &certificate, &further, &options.signature)
    }
}
