//! EF.SOD: the LDS security object, signed by a document signer (ICAO 9303-10 §4.6.2).

use super::Authority;
use super::certificate::{Certificate, CertificateOptions, flip_last_bit};
use super::cms::{SignatureOptions, signed_data};
use super::signer::Signer;
use crate::der;
use crate::hash::Hash;

/// id-icao-mrtd-security-ldsSecurityObject
pub const LDS_SECURITY_OBJECT: &str = "2.23.136.1.1.1";

/// The version of the LDS security object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecurityObjectVersion {
    /// Version 0: hashes alone
    #[default]
    V0,
    /// Version 1: with the versions of LDS and Unicode
    V1,
}

/// An element of the LDS security object that a test leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityObjectField {
    /// version
    Version,
    /// hashAlgorithm
    HashAlgorithm,
    /// dataGroupNumber of a data group
    GroupNumber(u8),
}

/// How an EF.SOD is made. The default is right in everything.
#[derive(Clone, Debug)]
pub struct SodOptions {
    /// How it is signed
    pub signature: SignatureOptions,
    /// The document signer's certificate; None is the authority's ordinary one
    pub certificate: Option<CertificateOptions>,
    /// Certificates beside the signer's
    pub further_certificates: Vec<Vec<u8>>,
    /// Version of the LDS security object
    pub version: SecurityObjectVersion,
    /// The version's number, where it shall differ
    pub version_number: Option<u8>,
    /// Hash of the data groups
    pub group_hash: Hash,
    /// hashAlgorithm, dotted, where it shall differ from the hash used
    pub group_hash_oid: Option<&'static str>,
    /// eContentType, dotted, in the content and its attribute
    pub content_type: &'static str,
    /// Data groups left out
    pub omitted_groups: Vec<u8>,
    /// Data groups listed twice
    pub repeated_groups: Vec<u8>,
    /// Data groups with one bit of their hash flipped
    pub altered_groups: Vec<u8>,
    /// Numbers and hashes listed beside those of the card
    pub further_groups: Vec<(u32, Vec<u8>)>,
    /// Data groups listed under another number
    pub renumbered_groups: Vec<(u8, u32)>,
    /// LDS and Unicode version, of version 1
    pub versions: (&'static str, &'static str),
    /// What is left out
    pub omitted: Option<SecurityObjectField>,
    /// Whether the file has its template 77
    pub wrapped: bool,
}

impl Default for SodOptions {
    fn default() -> SodOptions {
        SodOptions {
            signature: SignatureOptions::default(),
            certificate: None,
            further_certificates: Vec::new(),
            version: SecurityObjectVersion::default(),
            version_number: None,
            group_hash: Hash::Sha256,
            group_hash_oid: None,
            content_type: LDS_SECURITY_OBJECT,
            omitted_groups: Vec::new(),
            repeated_groups: Vec::new(),
            altered_groups: Vec::new(),
            further_groups: Vec::new(),
            renumbered_groups: Vec::new(),
            versions: ("0108", "040000"),
            omitted: None,
            wrapped: true,
        }
    }
}

impl Authority {
    /// EF.SOD over data groups, each with its number.
    pub fn security_object<'a>(&self, groups: impl IntoIterator<Item = (u8, &'a [u8])>, options: &SodOptions) -> Vec<u8> {
        let certificate = match &options.certificate {
            Some(certificate) => self.document_signer_certificate_with(certificate),
            None => self.document_signer_certificate(),
        };
        security_object_by(&self.document_signer, &certificate, groups, options)
    }
}

/// EF.SOD by any signer under any certificate of it, such as one that another document signer issued.
pub fn security_object_by<'a>(
    signer: &Signer,
    certificate: &Certificate,
    groups: impl IntoIterator<Item = (u8, &'a [u8])>,
    options: &SodOptions,
) -> Vec<u8> {
    let content = lds_security_object(groups, options);
    let signed =
        signed_data(options.content_type, &content, signer, certificate, &options.further_certificates, &options.signature);
    if options.wrapped { der::tlv(0x77, &signed) } else { signed }
}

/// ```asn1
/// LDSSecurityObject ::= SEQUENCE {
///   version LDSSecurityObjectVersion, hashAlgorithm DigestAlgorithmIdentifier,
///   dataGroupHashValues SEQUENCE SIZE (2..ub-DataGroups) OF DataGroupHash, ldsVersionInfo LDSVersionInfo OPTIONAL }
/// ```
fn lds_security_object<'a>(groups: impl IntoIterator<Item = (u8, &'a [u8])>, options: &SodOptions) -> Vec<u8> {
    let mut hashes = Vec::new();
    for (number, file) in groups {
        if options.omitted_groups.contains(&number) {
            continue;
        }
        let mut digest = options.group_hash.digest(file);
        if options.altered_groups.contains(&number) {
            flip_last_bit(&mut digest);
        }
        let listed = options.renumbered_groups.iter().find(|(renumbered, _)| *renumbered == number);
        let entry = match options.omitted {
            Some(SecurityObjectField::GroupNumber(unnumbered)) if unnumbered == number => {
                der::sequence(&[der::octet_string(&digest)])
            }
            _ => group_hash(listed.map_or(u32::from(number), |(_, listed)| *listed), &digest),
        };
        if options.repeated_groups.contains(&number) {
            hashes.push(entry.clone());
        }
        hashes.push(entry);
    }
    hashes.extend(options.further_groups.iter().map(|(number, digest)| group_hash(*number, digest)));
    let number = options.version_number.unwrap_or(match options.version {
        SecurityObjectVersion::V0 => 0,
        SecurityObjectVersion::V1 => 1,
    });
    let algorithm = der::oid(options.group_hash_oid.unwrap_or(options.group_hash.oid()));
    let mut members = Vec::new();
    if options.omitted != Some(SecurityObjectField::Version) {
        members.push(der::small_integer(u32::from(number)));
    }
    if options.omitted != Some(SecurityObjectField::HashAlgorithm) {
        members.push(der::sequence(&[algorithm, der::null()]));
    }
    members.push(der::sequence(&hashes));
    if options.version == SecurityObjectVersion::V1 {
        let (lds, unicode) = options.versions;
        members.push(der::sequence(&[der::printable(lds), der::printable(unicode)]));
    }
    der::sequence(&members)
}

fn group_hash(number: u32, digest: &[u8]) -> Vec<u8> {
    der::sequence(&[der::small_integer(number), der::octet_string(digest)])
}
