//! SecurityInfos: what EF.CardAccess, EF.CardSecurity and DG14 offer (ICAO 9303-11 §9.2).

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::protocol::{
    self, ChipAuthenticationProtocol, ID_AA, ID_CA, ID_EF_DIR, ID_PACE, ID_TA, PaceProtocol, public_key_agreement,
};
use crate::tlv::asn1::{INTEGER, SEQUENCE};
use crate::tlv::{Cursor, Element, TlvError, TlvErrorKind};

/// A set of security infos in the order of the file.
///
/// ```asn1
/// SecurityInfos ::= SET OF SecurityInfo
/// SecurityInfo ::= SEQUENCE {
///   protocol      OBJECT IDENTIFIER,
///   requiredData  ANY DEFINED BY protocol,
///   optionalData  ANY DEFINED BY protocol OPTIONAL }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityInfos {
    /// Every info, those that are not known too.
    pub infos: Vec<SecurityInfo>,
}

/// One security info.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityInfo {
    /// A PACE variant.
    Pace(PaceInfo),
    /// Domain parameters of PACE that are not standardised.
    PaceDomainParameter(PaceDomainParameterInfo),
    /// A chip authentication variant.
    ChipAuthentication(ChipAuthenticationInfo),
    /// A public key for chip authentication.
    ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo),
    /// The algorithm of an active authentication with ECDSA.
    ActiveAuthentication(ActiveAuthenticationInfo),
    /// Terminal authentication.
    TerminalAuthentication(TerminalAuthenticationInfo),
    /// A signed copy of EF.DIR.
    EfDir {
        /// The file's bytes.
        bytes: Vec<u8>,
    },
    /// A protocol that is not known here.
    Unknown {
        /// Its identifier.
        protocol: ObjectIdentifier,
        /// The whole info as received.
        raw: Vec<u8>,
    },
    /// An identifier that is none, or has arcs that are not read here (2.48 and above): one odd info must not hide the others.
    Unreadable {
        /// The whole info as received.
        raw: Vec<u8>,
        /// What is wrong.
        error: TlvError,
    },
    /// A known protocol whose data are not what it wants: one bad info must not hide the others.
    Malformed {
        /// Its identifier.
        protocol: ObjectIdentifier,
        /// What is wrong.
        error: TlvError,
    },
}

/// ```asn1
/// PACEInfo ::= SEQUENCE {
///   protocol     OBJECT IDENTIFIER,   -- id-PACE-(DH|ECDH)-(GM|IM|CAM)-…
///   version      INTEGER,             -- 2
///   parameterId  INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceInfo {
    /// The identifier as it goes into MSE:Set AT.
    pub protocol: ObjectIdentifier,
    /// Version of the protocol.
    pub version: u32,
    /// Standardised (0–31) or proprietary domain parameters.
    pub parameter_id: Option<u32>,
}

impl PaceInfo {
    /// What the identifier says. `None` for a variant that the standard does not have.
    pub fn kind(&self) -> Option<PaceProtocol> {
        PaceProtocol::from_object_identifier(self.protocol)
    }
}

/// ```asn1
/// PACEDomainParameterInfo ::= SEQUENCE {
///   protocol         OBJECT IDENTIFIER,   -- id-PACE-(DH|ECDH)-(GM|IM|CAM)
///   domainParameter  AlgorithmIdentifier,
///   parameterId      INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceDomainParameterInfo {
    /// Which mapping they are for.
    pub protocol: ObjectIdentifier,
    /// The AlgorithmIdentifier as received.
    pub domain_parameter: Vec<u8>,
    /// The number by which PACEInfos refer to them.
    pub parameter_id: Option<u32>,
}

/// ```asn1
/// ChipAuthenticationInfo ::= SEQUENCE {
///   protocol  OBJECT IDENTIFIER,   -- id-CA-(DH|ECDH)-…
///   version   INTEGER,             -- 1
///   keyId     INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipAuthenticationInfo {
    /// The identifier as it goes into MSE:Set AT.
    pub protocol: ObjectIdentifier,
    /// Version of the protocol.
    pub version: u32,
    /// Which key it belongs to, where there are several.
    pub key_id: Option<u32>,
}

impl ChipAuthenticationInfo {
    /// What the identifier says. `None` for a variant that the standard does not have.
    pub fn kind(&self) -> Option<ChipAuthenticationProtocol> {
        ChipAuthenticationProtocol::from_object_identifier(self.protocol)
    }
}

/// ```asn1
/// ChipAuthenticationPublicKeyInfo ::= SEQUENCE {
///   protocol                     OBJECT IDENTIFIER,   -- id-PK-DH or id-PK-ECDH
///   chipAuthenticationPublicKey  SubjectPublicKeyInfo,
///   keyId                        INTEGER OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipAuthenticationPublicKeyInfo {
    /// id-PK-DH or id-PK-ECDH.
    pub protocol: ObjectIdentifier,
    /// The SubjectPublicKeyInfo as received.
    pub public_key: Vec<u8>,
    /// Which key it is, where there are several.
    pub key_id: Option<u32>,
}

/// ```asn1
/// ActiveAuthenticationInfo ::= SEQUENCE {
///   protocol            OBJECT IDENTIFIER,   -- id-icao-mrtd-security-aaProtocolObject
///   version             INTEGER,             -- 1
///   signatureAlgorithm  OBJECT IDENTIFIER }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveAuthenticationInfo {
    /// Version of the protocol.
    pub version: u32,
    /// ecdsa-plain-SHA1 … SHA512 (BSI TR-03111 §5.2.1.1), or what the issuer wrote.
    pub signature_algorithm: ObjectIdentifier,
}

/// ```asn1
/// TerminalAuthenticationInfo ::= SEQUENCE {
///   protocol  OBJECT IDENTIFIER,   -- id-TA
///   version   INTEGER,             -- 1 or 2
///   efCVCA    FileID OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalAuthenticationInfo {
    /// Version of the protocol.
    pub version: u32,
}

impl SecurityInfos {
    /// Reads the SET that `element` is.
    pub(super) fn read(element: &Element<'_>) -> Result<Self, TlvError> {
        let mut infos = Vec::new();
        for info in element.children()? {
            infos.push(SecurityInfo::read(&info?)?);
        }
        Ok(Self { infos })
    }

    /// The PACE variants that are offered, in order.
    pub fn pace(&self) -> impl Iterator<Item = &PaceInfo> {
        self.infos.iter().filter_map(|info| if let SecurityInfo::Pace(pace) = info { Some(pace) } else { None })
    }

    /// Domain parameters of PACE that are not standardised, in order.
    pub fn pace_domain_parameters(&self) -> impl Iterator<Item = &PaceDomainParameterInfo> {
        self.infos
            .iter()
            .filter_map(|info| if let SecurityInfo::PaceDomainParameter(domain) = info { Some(domain) } else { None })
    }

    /// The chip authentication variants that are offered, in order.
    pub fn chip_authentication(&self) -> impl Iterator<Item = &ChipAuthenticationInfo> {
        self.infos
            .iter()
            .filter_map(|info| if let SecurityInfo::ChipAuthentication(variant) = info { Some(variant) } else { None })
    }

    /// The keys for chip authentication, in order.
    pub fn chip_authentication_keys(&self) -> impl Iterator<Item = &ChipAuthenticationPublicKeyInfo> {
        self.infos
            .iter()
            .filter_map(|info| if let SecurityInfo::ChipAuthenticationPublicKey(key) = info { Some(key) } else { None })
    }

    /// Whether chip authentication is offered in a way that is not understood: an info whose key is missing, or one that cannot be read.
    pub fn has_unreadable_chip_authentication(&self) -> bool {
        self.infos.iter().any(|info| match info {
            SecurityInfo::ChipAuthentication(_) | SecurityInfo::Unreadable { .. } => true,
            SecurityInfo::Malformed { protocol, .. } => {
                public_key_agreement(*protocol).is_some() || protocol::arcs_under(*protocol, ID_CA).is_some()
            }
            _ => false,
        })
    }

    /// The algorithm of an active authentication with ECDSA.
    pub fn active_authentication(&self) -> Option<&ActiveAuthenticationInfo> {
        self.infos
            .iter()
            .find_map(|info| if let SecurityInfo::ActiveAuthentication(algorithm) = info { Some(algorithm) } else { None })
    }
}

impl SecurityInfo {
    fn read(element: &Element<'_>) -> Result<Self, TlvError> {
        if element.tag != SEQUENCE {
            return Err(element.error(TlvErrorKind::Unexpected { expected: SEQUENCE, found: element.tag }));
        }
        let mut fields = element.children()?;
        let protocol = match fields.object_identifier() {
            Ok(protocol) => protocol,
            Err(error) if matches!(error.kind, TlvErrorKind::Value(_)) => {
                return Ok(Self::Unreadable { raw: element.raw.to_vec(), error });
            }
            Err(error) => return Err(error),
        };
        let read = match protocol {
            ID_AA => read_active_authentication(fields),
            ID_TA => fields.small_integer().map(|version| Self::TerminalAuthentication(TerminalAuthenticationInfo { version })),
            ID_EF_DIR => fields.octet_string().map(|bytes| Self::EfDir { bytes: bytes.into_owned() }),
            _ if public_key_agreement(protocol).is_some() => read_public_key(protocol, fields),
            _ => match (protocol::arcs_under(protocol, ID_PACE), protocol::arcs_under(protocol, ID_CA)) {
                (Some([Some(_), Some(_)]), _) => read_pace(protocol, fields),
                (Some([Some(_), None]), _) => read_domain_parameter(protocol, fields),
                (_, Some([Some(_), Some(_)])) => read_chip_authentication(protocol, fields),
                _ => Ok(Self::Unknown { protocol, raw: element.raw.to_vec() }),
            },
        };
        Ok(read.unwrap_or_else(|error| Self::Malformed { protocol, error }))
    }
}

fn read_pace(protocol: ObjectIdentifier, mut fields: Cursor<'_>) -> Result<SecurityInfo, TlvError> {
    let version = fields.small_integer()?;
    let parameter_id = optional_integer(&mut fields)?;
    Ok(SecurityInfo::Pace(PaceInfo { protocol, version, parameter_id }))
}

fn read_domain_parameter(protocol: ObjectIdentifier, mut fields: Cursor<'_>) -> Result<SecurityInfo, TlvError> {
    let domain_parameter = fields.expect(SEQUENCE)?.raw.to_vec();
    let parameter_id = optional_integer(&mut fields)?;
    Ok(SecurityInfo::PaceDomainParameter(PaceDomainParameterInfo { protocol, domain_parameter, parameter_id }))
}

fn read_chip_authentication(protocol: ObjectIdentifier, mut fields: Cursor<'_>) -> Result<SecurityInfo, TlvError> {
    let version = fields.small_integer()?;
    let key_id = optional_integer(&mut fields)?;
    Ok(SecurityInfo::ChipAuthentication(ChipAuthenticationInfo { protocol, version, key_id }))
}

fn read_public_key(protocol: ObjectIdentifier, mut fields: Cursor<'_>) -> Result<SecurityInfo, TlvError> {
    let public_key = fields.expect(SEQUENCE)?.raw.to_vec();
    let key_id = optional_integer(&mut fields)?;
    Ok(SecurityInfo::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo { protocol, public_key, key_id }))
}

fn read_active_authentication(mut fields: Cursor<'_>) -> Result<SecurityInfo, TlvError> {
    let version = fields.small_integer()?;
    let signature_algorithm = fields.object_identifier()?;
    Ok(SecurityInfo::ActiveAuthentication(ActiveAuthenticationInfo { version, signature_algorithm }))
}

fn optional_integer(fields: &mut Cursor<'_>) -> Result<Option<u32>, TlvError> {
    if fields.peek() == Some(INTEGER) { fields.small_integer().map(Some) } else { Ok(None) }
}
