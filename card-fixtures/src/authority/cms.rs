//! CMS SignedData (RFC 5652) as ICAO 9303-12 §8 and §9 profile it, with every deviation that a test asks for.

use super::certificate::{Certificate, flip_last_bit};
use super::name::NameForm;
use super::signer::Signer;
use crate::der;
use crate::hash::Hash;
use crate::time::Time;

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";

/// How a SignerInfo names its certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignerIdentifier {
    /// issuerAndSerialNumber
    #[default]
    IssuerAndSerialNumber,
    /// subjectKeyIdentifier
    SubjectKeyIdentifier,
}

/// One of the two attributes that must be there once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attribute {
    /// Once and right
    #[default]
    Once,
    /// Left out
    Absent,
    /// Once, with another value
    Wrong,
    /// Twice, both right
    Twice,
    /// Once, with two values
    TwoValues,
}

/// The order of the signed attributes and what of it is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttributeOrder {
    /// Sorted as DER requires
    #[default]
    Sorted,
    /// Sent in reverse order and signed as sent
    SignedAsSent,
    /// Sent in reverse order, signed sorted
    SignedSorted,
}

/// What is done to the signature's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureDefect {
    /// Nothing
    #[default]
    None,
    /// Its last bit is flipped
    Flipped,
    /// r = s = 0
    Zero,
    /// Made without the private key ([`crate::rsa::RsaKey::forge_pkcs1`]); for other keys as `Flipped`
    Forged,
    /// ECDSA integers with a superfluous leading zero byte: right, but not DER
    PaddedIntegers,
}

/// BER of the outer layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Definite lengths throughout
    #[default]
    Der,
    /// Indefinite lengths and a content in segments
    BerIndefinite,
}

/// An element of a message that a test leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageField {
    /// version of SignedData
    Version,
    /// digestAlgorithms of SignedData
    DigestAlgorithms,
    /// eContentType
    ContentType,
    /// version of SignerInfo
    SignerVersion,
    /// digestAlgorithm of SignerInfo
    DigestAlgorithm,
    /// signature of SignerInfo
    Signature,
}

/// How a SignedData is made. The default is right in everything.
#[derive(Clone, Debug)]
pub struct SignatureOptions {
    /// The signingTime attribute
    pub signing_time: Option<Time>,
    /// Form of the signer identifier
    pub signer_identifier: SignerIdentifier,
    /// Whether the signer identifier names a certificate that is not there
    pub names_another_certificate: bool,
    /// Form of the issuer in the signer identifier
    pub issuer_form: NameForm,
    /// version of SignerInfo, where it shall differ from what the identifier asks for
    pub signer_info_version: Option<u8>,
    /// version of SignedData
    pub signed_data_version: u8,
    /// Whether there are signed attributes; without, the signature is over the content
    pub signed_attributes: bool,
    /// The contentType attribute
    pub content_type: Attribute,
    /// The messageDigest attribute
    pub message_digest: Attribute,
    /// Order of the signed attributes
    pub attribute_order: AttributeOrder,
    /// digestAlgorithm, dotted, where it shall differ from the hash used
    pub digest_algorithm: Option<&'static str>,
    /// signatureAlgorithm, where it shall differ from the scheme used
    pub signature_algorithm: Option<Vec<u8>>,
    /// What is done to the signature
    pub defect: SignatureDefect,
    /// digestAlgorithms of SignedData, dotted, where they shall differ from the SignerInfo's
    pub digest_algorithms: Option<Vec<&'static str>>,
    /// How often the SignerInfo stands there
    pub signer_infos: usize,
    /// Whether the certificates are included
    pub include_certificates: bool,
    /// Encoding of the outer layers
    pub encoding: Encoding,
    /// What is left out
    pub omitted: Option<MessageField>,
}

impl Default for SignatureOptions {
    fn default() -> SignatureOptions {
        SignatureOptions {
            signing_time: Some(Time::midnight(2024, 9, 15)),
            signer_identifier: SignerIdentifier::default(),
            names_another_certificate: false,
            issuer_form: NameForm::default(),
            signer_info_version: None,
            signed_data_version: 3,
            signed_attributes: true,
            content_type: Attribute::default(),
            message_digest: Attribute::default(),
            attribute_order: AttributeOrder::default(),
            digest_algorithm: None,
            signature_algorithm: None,
            defect: SignatureDefect::default(),
            digest_algorithms: None,
            signer_infos: 1,
            include_certificates: true,
            encoding: Encoding::default(),
            omitted: None,
        }
    }
}

/// `ContentInfo` with SignedData over `content`, by the holder of `certificate`; `further` are certificates beside it.
pub(super) fn signed_data(
    content_type: &str,
    content: &[u8],
    signer: &Signer,
    certificate: &Certificate,
    further: &[Vec<u8>],
    options: &SignatureOptions,
) -> Vec<u8> {
    let digest_algorithm = match options.digest_algorithm {
        Some(oid) => der::sequence(&[der::oid(oid), der::null()]),
        None => der::sequence(&[der::oid(signer.scheme.hash().oid())]),
    };
    let signer_info = signer_info(content_type, content, signer, certificate, &digest_algorithm, options);
    let mut certificates = vec![certificate.der.clone()];
    certificates.extend_from_slice(further);
    certificates.sort();
    let version = der::small_integer(u32::from(options.signed_data_version));
    let digest_algorithms = match &options.digest_algorithms {
        Some(algorithms) => algorithms.iter().map(|oid| der::sequence(&[der::oid(oid)])).collect(),
        None => vec![digest_algorithm],
    };
    let digest_algorithms = der::set_of(digest_algorithms);
    let signer_infos = vec![signer_info; options.signer_infos];
    match options.encoding {
        Encoding::Der => {
            let is_there = |field: MessageField| options.omitted != Some(field);
            let mut encapsulated = Vec::new();
            if is_there(MessageField::ContentType) {
                encapsulated.push(der::oid(content_type));
            }
            encapsulated.push(der::context(0, &der::octet_string(content)));
            let mut members = Vec::new();
            if is_there(MessageField::Version) {
                members.push(version);
            }
            if is_there(MessageField::DigestAlgorithms) {
                members.push(digest_algorithms);
            }
            members.push(der::sequence(&encapsulated));
            if options.include_certificates {
                members.push(der::context(0, &certificates.concat()));
            }
            members.push(der::set_of(signer_infos));
            der::sequence(&[der::oid(SIGNED_DATA), der::context(0, &der::sequence(&members))])
        }
        Encoding::BerIndefinite => {
            let octets = der::segmented_octet_string(content, 100);
            let encapsulated = der::indefinite(0x30, &[der::oid(content_type), der::indefinite(0xA0, &[octets])]);
            let mut members = vec![version, digest_algorithms, encapsulated];
            if options.include_certificates {
                members.push(der::indefinite(0xA0, &certificates));
            }
            members.push(der::indefinite(0x31, &signer_infos));
            let signed_data = der::indefinite(0x30, &members);
            der::indefinite(0x30, &[der::oid(SIGNED_DATA), der::indefinite(0xA0, &[signed_data])])
        }
    }
}

fn signer_info(
    content_type: &str,
    content: &[u8],
    signer: &Signer,
    certificate: &Certificate,
    digest_algorithm: &[u8],
    options: &SignatureOptions,
) -> Vec<u8> {
    let (default_version, identifier) = match options.signer_identifier {
        SignerIdentifier::IssuerAndSerialNumber => {
            let mut serial = certificate.serial.clone();
            if options.names_another_certificate {
                flip_last_bit(&mut serial);
            }
            (1, der::sequence(&[certificate.issuer.to_der(options.issuer_form), der::tlv(0x02, &serial)]))
        }
        SignerIdentifier::SubjectKeyIdentifier => {
            let mut key = certificate.key_identifier.clone();
            if options.names_another_certificate {
                flip_last_bit(&mut key);
            }
            (3, der::context_primitive(0, &key))
        }
    };
    let version = options.signer_info_version.unwrap_or(default_version);
    let is_there = |field: MessageField| options.omitted != Some(field);
    let mut members = Vec::new();
    if is_there(MessageField::SignerVersion) {
        members.push(der::small_integer(u32::from(version)));
    }
    members.push(identifier);
    if is_there(MessageField::DigestAlgorithm) {
        members.push(digest_algorithm.to_vec());
    }
    let signed = if options.signed_attributes {
        let attributes = attributes(content_type, content, signer.scheme.hash(), options);
        let sorted = der::set_of(attributes.clone());
        let (sent, signed) = if options.attribute_order == AttributeOrder::Sorted {
            (sorted.clone(), sorted)
        } else {
            let reversed = der::unsorted_set_of(&reversed(&attributes));
            let signed = if options.attribute_order == AttributeOrder::SignedAsSent { reversed.clone() } else { sorted };
            (reversed, signed)
        };
        members.push(der::retag(0xA0, &sent));
        signed
    } else {
        content.to_vec()
    };
    let signature = match options.defect {
        SignatureDefect::Forged => signer.forge(&signed).unwrap_or_else(|| flipped(signer.sign(&signed))),
        SignatureDefect::Zero => der::sequence(&[der::small_integer(0), der::small_integer(0)]),
        SignatureDefect::None => signer.sign(&signed),
        SignatureDefect::Flipped => flipped(signer.sign(&signed)),
        SignatureDefect::PaddedIntegers => pad_integers(&signer.sign(&signed)),
    };
    members.push(options.signature_algorithm.clone().unwrap_or_else(|| signer.scheme.algorithm_identifier()));
    if is_there(MessageField::Signature) {
        members.push(der::octet_string(&signature));
    }
    der::sequence(&members)
}

fn flipped(mut signature: Vec<u8>) -> Vec<u8> {
    flip_last_bit(&mut signature);
    signature
}

/// The attributes, sorted.
fn attributes(content_type: &str, content: &[u8], hash: Hash, options: &SignatureOptions) -> Vec<Vec<u8>> {
    let digest = hash.digest(content);
    let mut other_digest = digest.clone();
    flip_last_bit(&mut other_digest);
    let mut out = Vec::new();
    // id-data in place of what is there: a wrong but well-known content type.
    let content_type = (der::oid(content_type), der::oid("1.2.840.113549.1.7.1"));
    push_attribute(&mut out, options.content_type, CONTENT_TYPE, &content_type.0, &content_type.1);
    push_attribute(
        &mut out,
        options.message_digest,
        MESSAGE_DIGEST,
        &der::octet_string(&digest),
        &der::octet_string(&other_digest),
    );
    if let Some(time) = options.signing_time {
        out.push(attribute(SIGNING_TIME, vec![time.to_der()]));
    }
    out.sort();
    out
}

fn push_attribute(out: &mut Vec<Vec<u8>>, form: Attribute, oid: &str, right: &[u8], wrong: &[u8]) {
    match form {
        Attribute::Once => out.push(attribute(oid, vec![right.to_vec()])),
        Attribute::Absent => {}
        Attribute::Wrong => out.push(attribute(oid, vec![wrong.to_vec()])),
        Attribute::Twice => out.extend([attribute(oid, vec![right.to_vec()]), attribute(oid, vec![right.to_vec()])]),
        Attribute::TwoValues => out.push(attribute(oid, vec![right.to_vec(), wrong.to_vec()])),
    }
}

fn attribute(oid: &str, values: Vec<Vec<u8>>) -> Vec<u8> {
    der::sequence(&[der::oid(oid), der::set_of(values)])
}

fn reversed(attributes: &[Vec<u8>]) -> Vec<Vec<u8>> {
    attributes.iter().rev().cloned().collect()
}

/// An ECDSA-Sig-Value whose integers begin with one zero byte too many; anything else stays as it is.
fn pad_integers(signature: &[u8]) -> Vec<u8> {
    let content = match signature {
        [0x30, 0x81, _, content @ ..] => content,
        [0x30, length, content @ ..] if *length < 0x80 => content,
        _ => return signature.to_vec(),
    };
    let mut out = Vec::new();
    let mut rest = content;
    while let [0x02, length, after @ ..] = rest {
        let Some((value, following)) = after.split_at_checked(usize::from(*length)) else {
            break;
        };
        out.push(der::tlv(0x02, &[&[0], value].concat()));
        rest = following;
    }
    der::sequence(&out)
}
