//! ICAO deviation lists (ICAO 9303-3 §7, 9303-12 §10).

use super::Authority;
use super::certificate::{Certificate, CertificateOptions};
use super::cms::{SignatureOptions, signed_data};
use super::name::NameForm;
use super::signer::Signer;
use crate::der;
use crate::hash::Hash;
use crate::time::Time;

const DEVIATION_LIST: &str = "2.23.136.1.1.7";
const DEVIATION_LIST_SIGNING: &str = "2.23.136.1.1.8";

/// How an entry names a document signer.
#[derive(Clone, Debug)]
pub enum DeviantSigner {
    /// issuerAndSerialNumber
    IssuerAndSerialNumber(Certificate),
    /// subjectKeyIdentifier
    SubjectKeyIdentifier(Vec<u8>),
    /// certificateDigest, SHA-256
    Digest(Vec<u8>),
}

/// Documents with what is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Deviation {
    /// documentType
    pub document_type: Option<&'static str>,
    /// dscIdentifier
    pub signer: Option<DeviantSigner>,
    /// issuingDate, first and last
    pub issued: Option<(Time, Time)>,
    /// documentNumbers
    pub numbers: Option<Vec<String>>,
    /// deviationType, dotted, with an INTEGER as its parameter
    pub kinds: Vec<(&'static str, Option<u32>)>,
}

/// How a deviation list is made.
#[derive(Clone, Debug, Default)]
pub struct DeviationListOptions {
    /// How it is signed
    pub signature: SignatureOptions,
    /// The signer's certificate; None is the ordinary one
    pub certificate: Option<CertificateOptions>,
}

impl Authority {
    /// What the deviation-list signer's certificate says.
    pub fn deviation_list_signer_options(&self) -> CertificateOptions {
        CertificateOptions { extended_key_usage: Some(DEVIATION_LIST_SIGNING), ..self.master_list_signer_options() }
    }

    /// A deviation list, signed with the key that signs master lists.
    pub fn deviation_list(&self, deviations: &[Deviation], options: &DeviationListOptions) -> Vec<u8> {
        self.deviation_list_of(&Authority::deviation_list_content(deviations), options)
    }

    /// What is signed of a deviation list.
    pub fn deviation_list_content(deviations: &[Deviation]) -> Vec<u8> {
        let entries = deviations.iter().map(Deviation::to_der).collect();
        der::sequence(&[der::small_integer(0), der::set_of(entries)])
    }

    /// Any content, signed as a deviation list.
    pub fn deviation_list_of(&self, content: &[u8], options: &DeviationListOptions) -> Vec<u8> {
        let ordinary = self.deviation_list_signer_options();
        let certificate = options.certificate.as_ref().unwrap_or(&ordinary);
        Authority::deviation_list_by(content, &self.deviation_list_signer(certificate), &options.signature)
    }

    /// Who signs deviation lists: a key, and a certificate that says this of it.
    pub fn deviation_list_signer(&self, options: &CertificateOptions) -> (Signer, Certificate) {
        let signer = self.master_list_signer();
        let certificate = options.issue(&signer, &self.csca, &self.csca_name);
        (signer, certificate)
    }

    /// Any content as a deviation list of this signer.
    pub fn deviation_list_by(content: &[u8], signer: &(Signer, Certificate), options: &SignatureOptions) -> Vec<u8> {
        signed_data(DEVIATION_LIST, content, &signer.0, &signer.1, &[], options)
    }
}

impl Deviation {
    /// Everything of one kind, for every document of the state.
    pub fn of(kind: &'static str, parameter: Option<u32>) -> Deviation {
        Deviation { kinds: vec![(kind, parameter)], ..Deviation::default() }
    }

    fn to_der(&self) -> Vec<u8> {
        let mut documents = Vec::new();
        documents.extend(self.document_type.map(|code| der::context_primitive(0, code.as_bytes())));
        documents.extend(self.signer.as_ref().map(DeviantSigner::to_der));
        if let Some((first, last)) = self.issued {
            documents.push(der::context(4, &[first.to_generalized_time(), last.to_generalized_time()].concat()));
        }
        if let Some(numbers) = &self.numbers {
            let mut members: Vec<Vec<u8>> = numbers.iter().map(|number| der::printable(number)).collect();
            members.sort();
            documents.push(der::context(5, &members.concat()));
        }
        let descriptions = self.kinds.iter().map(|(kind, parameter)| {
            let mut members = vec![der::oid(kind)];
            members.extend(parameter.map(|value| der::context(0, &der::small_integer(value))));
            der::sequence(&members)
        });
        der::sequence(&[der::sequence(&documents), der::set_of(descriptions.collect())])
    }
}

impl DeviantSigner {
    /// The digest of a certificate as lists give it.
    pub fn digest_of(certificate: &[u8]) -> DeviantSigner {
        DeviantSigner::Digest(Hash::Sha256.digest(certificate))
    }

    fn to_der(&self) -> Vec<u8> {
        match self {
            DeviantSigner::IssuerAndSerialNumber(certificate) => {
                der::context(1, &[certificate.issuer.to_der(NameForm::Utf8), der::tlv(0x02, &certificate.serial)].concat())
            }
            DeviantSigner::SubjectKeyIdentifier(identifier) => der::context_primitive(2, identifier),
            DeviantSigner::Digest(digest) => der::context_primitive(3, digest),
        }
    }
}
