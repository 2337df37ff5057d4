//! SecurityInfos of EF.CardAccess, EF.CardSecurity and DG14 (ICAO 9303-11 §9.2).
//!
//! ```asn1
//! SecurityInfos ::= SET OF SecurityInfo
//! SecurityInfo ::= SEQUENCE { protocol OBJECT IDENTIFIER, requiredData ANY DEFINED BY protocol, optionalData ANY OPTIONAL }
//! ```

use super::{ChipKey, Mapping, PaceOffer, Suite};
use crate::authority::{CurveEncoding, curve_parameters};
use crate::curve::Curve;
use crate::der;
use crate::hash::Hash;
use crate::modp::Group;

const TERMINAL_AUTHENTICATION: &str = "0.4.0.127.0.7.2.2.2";
const PUBLIC_KEY_DH: &str = "0.4.0.127.0.7.2.2.1.1";
const PUBLIC_KEY_ECDH: &str = "0.4.0.127.0.7.2.2.1.2";
const CHIP_AUTHENTICATION_DH: &str = "0.4.0.127.0.7.2.2.3.1";
const CHIP_AUTHENTICATION_ECDH: &str = "0.4.0.127.0.7.2.2.3.2";
const PACE: &str = "0.4.0.127.0.7.2.2.4";
/// dhpublicnumber of X9.42
const DH_PUBLIC_NUMBER: &str = "1.2.840.10046.2.1";
const ACTIVE_AUTHENTICATION: &str = "2.23.136.1.1.5";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
/// The arc of examples (ITU-T X.660): a protocol that no reader knows.
const UNKNOWN_PROTOCOL: &str = "2.999.9303";

/// Last arc of a protocol's identifier.
fn suite_arc(suite: Suite) -> u8 {
    match suite {
        Suite::TripleDes => 1,
        Suite::Aes128 => 2,
        Suite::Aes192 => 3,
        Suite::Aes256 => 4,
    }
}

/// TerminalAuthenticationInfo, version 1.
pub fn terminal_authentication_info() -> Vec<u8> {
    der::sequence(&[der::oid(TERMINAL_AUTHENTICATION), der::small_integer(1)])
}

/// Arc of a variant under id-PACE.
fn pace_arc(offer: PaceOffer) -> u8 {
    match (offer.parameter_id, offer.mapping) {
        (0..8, Mapping::Integrated) => 3,
        (0..8, _) => 1,
        (_, Mapping::Generic) => 2,
        (_, Mapping::Integrated) => 4,
        (_, Mapping::ChipAuthentication) => 6,
    }
}

/// PACEInfo, version 2.
pub fn pace_info(offer: PaceOffer) -> Vec<u8> {
    let protocol = format!("{PACE}.{}.{}", pace_arc(offer), suite_arc(offer.suite));
    der::sequence(&[der::oid(&protocol), der::small_integer(2), der::small_integer(u32::from(offer.parameter_id))])
}

/// ChipAuthenticationInfo, version 1.
pub fn chip_authentication_info(suite: Suite, key_id: Option<u32>) -> Vec<u8> {
    let protocol = format!("{CHIP_AUTHENTICATION_ECDH}.{}", suite_arc(suite));
    let mut members = vec![der::oid(&protocol), der::small_integer(1)];
    members.extend(key_id.map(der::small_integer));
    der::sequence(&members)
}

/// ChipAuthenticationInfo of a key, version 1.
pub fn chip_authentication_info_of(key: &ChipKey) -> Vec<u8> {
    if Group::named(key.curve).is_none() {
        return chip_authentication_info(key.suite, key.key_id);
    }
    let protocol = format!("{CHIP_AUTHENTICATION_DH}.{}", suite_arc(key.suite));
    let mut members = vec![der::oid(&protocol), der::small_integer(1)];
    members.extend(key.key_id.map(der::small_integer));
    der::sequence(&members)
}

/// ChipAuthenticationPublicKeyInfo.
pub fn chip_authentication_public_key_info(key: &ChipKey, encoding: CurveEncoding) -> Vec<u8> {
    let protocol = if Group::named(key.curve).is_some() { PUBLIC_KEY_DH } else { PUBLIC_KEY_ECDH };
    let mut members = vec![der::oid(protocol), chip_public_key(key, encoding)];
    members.extend(key.key_id.map(der::small_integer));
    der::sequence(&members)
}

/// The SubjectPublicKeyInfo of a chip's key.
///
/// # Panics
/// Where the key's curve is not in the table.
pub fn chip_public_key(key: &ChipKey, encoding: CurveEncoding) -> Vec<u8> {
    if let Some(group) = Group::named(key.curve) {
        let numbers = [group.prime(), group.generator(), group.order()].map(der::integer);
        let algorithm = der::sequence(&[der::oid(DH_PUBLIC_NUMBER), der::sequence(&numbers)]);
        let public = der::bit_string(&der::integer(&group.public_key(&key.private)));
        return der::sequence(&[algorithm, public]);
    }
    let curve = Curve::named(key.curve).expect("a key of this crate is on a curve of its table");
    let algorithm = der::sequence(&[der::oid(EC_PUBLIC_KEY), curve_parameters(curve, encoding)]);
    der::sequence(&[algorithm, der::bit_string(&curve.encode(&curve.public_key(&key.private)))])
}

/// ActiveAuthenticationInfo, version 1, for plain ECDSA.
pub fn active_authentication_info(hash: Hash) -> Vec<u8> {
    der::sequence(&[der::oid(ACTIVE_AUTHENTICATION), der::small_integer(1), der::oid(hash.plain_ecdsa_oid())])
}

/// PACEDomainParameterInfo on a curve: its algorithm, and the number by which PACEInfos refer to it.
pub fn pace_domain_parameter_info(algorithm: &[u8], parameter_id: u8) -> Vec<u8> {
    let protocol = der::oid(&format!("{PACE}.2"));
    der::sequence(&[protocol, algorithm.to_vec(), der::small_integer(u32::from(parameter_id))])
}

/// A SecurityInfo of a protocol that no reader knows and every reader skips, with `bytes` bytes of data.
pub fn unknown_info(bytes: usize) -> Vec<u8> {
    der::sequence(&[der::oid(UNKNOWN_PROTOCOL), der::octet_string(&vec![0; bytes])])
}

/// EF.CardAccess.
pub fn card_access(infos: Vec<Vec<u8>>) -> Vec<u8> {
    der::set_of(infos)
}

/// DG14.
pub fn dg14(infos: Vec<Vec<u8>>) -> Vec<u8> {
    der::tlv(0x6E, &der::set_of(infos))
}
