//! What a protocol's object identifier says: which mapping, which key agreement, which cipher (ICAO 9303-11 §9.2).

pub use der::asn1::ObjectIdentifier;

use crate::crypto::Cipher;

/// id-PACE: `bsi-de protocols(2) smartcard(2) 4`.
pub const ID_PACE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4");
/// id-CA: `bsi-de protocols(2) smartcard(2) 3`.
pub const ID_CA: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3");
/// id-PK: `bsi-de protocols(2) smartcard(2) 1`.
pub const ID_PK: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1");
/// id-TA: `bsi-de protocols(2) smartcard(2) 2`.
pub const ID_TA: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2");
/// id-icao-mrtd-security-aaProtocolObject.
pub const ID_AA: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.5");
/// id-EFDIR.
pub const ID_EF_DIR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.13");

/// How two sides agree on a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAgreement {
    /// Diffie–Hellman in a prime field.
    Dh,
    /// Diffie–Hellman on an elliptic curve.
    Ecdh,
}

/// How PACE maps the nonce to a generator (ICAO 9303-11 §4.4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceMapping {
    /// Generic mapping.
    Generic,
    /// Integrated mapping.
    Integrated,
    /// Chip authentication mapping.
    ChipAuthentication,
}

/// A PACE protocol: id-PACE-ECDH-GM-AES-CBC-CMAC-128 and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceProtocol {
    /// Key agreement.
    pub agreement: KeyAgreement,
    /// Mapping of the nonce.
    pub mapping: PaceMapping,
    /// Cipher of nonce and session.
    pub cipher: Cipher,
}

impl PaceProtocol {
    /// The protocol of an object identifier. `None` where it is not one of PACE.
    pub fn from_object_identifier(identifier: ObjectIdentifier) -> Option<Self> {
        let (variant, cipher) = variant_and_cipher(identifier, ID_PACE)?;
        let (agreement, mapping) = match variant {
            1 => (KeyAgreement::Dh, PaceMapping::Generic),
            2 => (KeyAgreement::Ecdh, PaceMapping::Generic),
            3 => (KeyAgreement::Dh, PaceMapping::Integrated),
            4 => (KeyAgreement::Ecdh, PaceMapping::Integrated),
            6 => (KeyAgreement::Ecdh, PaceMapping::ChipAuthentication),
            _ => return None,
        };
        // Chip authentication mapping is defined for AES alone.
        (mapping != PaceMapping::ChipAuthentication || cipher != Cipher::TripleDes).then_some(Self { agreement, mapping, cipher })
    }
}

/// A chip authentication protocol: id-CA-ECDH-AES-CBC-CMAC-128 and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChipAuthenticationProtocol {
    /// Key agreement.
    pub agreement: KeyAgreement,
    /// Cipher of the new session.
    pub cipher: Cipher,
}

impl ChipAuthenticationProtocol {
    /// The protocol of an object identifier. `None` where it is not one of chip authentication.
    pub fn from_object_identifier(identifier: ObjectIdentifier) -> Option<Self> {
        let (variant, cipher) = variant_and_cipher(identifier, ID_CA)?;
        Some(Self { agreement: agreement(variant)?, cipher })
    }
}

/// The key agreement that a ChipAuthenticationPublicKeyInfo is for: id-PK-DH or id-PK-ECDH.
pub fn public_key_agreement(identifier: ObjectIdentifier) -> Option<KeyAgreement> {
    match arcs_under(identifier, ID_PK)? {
        [Some(variant), None] => agreement(variant),
        _ => None,
    }
}

/// The one or two arcs that follow `parent` in `identifier`; `None` where it is not under it or lies deeper.
pub(super) fn arcs_under(identifier: ObjectIdentifier, parent: ObjectIdentifier) -> Option<[Option<u32>; 2]> {
    let mut arcs = identifier.arcs();
    parent.arcs().all(|arc| arcs.next() == Some(arc)).then_some(())?;
    let below = [arcs.next(), arcs.next()];
    arcs.next().is_none().then_some(below)
}

fn agreement(variant: u32) -> Option<KeyAgreement> {
    match variant {
        1 => Some(KeyAgreement::Dh),
        2 => Some(KeyAgreement::Ecdh),
        _ => None,
    }
}

fn variant_and_cipher(identifier: ObjectIdentifier, parent: ObjectIdentifier) -> Option<(u32, Cipher)> {
    let [Some(variant), Some(suite)] = arcs_under(identifier, parent)? else { return None };
    let cipher = match suite {
        1 => Cipher::TripleDes,
        2 => Cipher::Aes128,
        3 => Cipher::Aes192,
        4 => Cipher::Aes256,
        _ => return None,
    };
    Some((variant, cipher))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn oid(text: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(text)
    }

    #[test]
    fn pace_protocols_by_their_identifiers() {
        let generic = PaceProtocol::from_object_identifier(oid("0.4.0.127.0.7.2.2.4.2.2"));
        let expected = PaceProtocol { agreement: KeyAgreement::Ecdh, mapping: PaceMapping::Generic, cipher: Cipher::Aes128 };
        assert_eq!(generic, Some(expected));
        let cam = PaceProtocol::from_object_identifier(oid("0.4.0.127.0.7.2.2.4.6.4"));
        assert_eq!(cam, Some(PaceProtocol { mapping: PaceMapping::ChipAuthentication, cipher: Cipher::Aes256, ..expected }));
        for none in ["0.4.0.127.0.7.2.2.4.6.1", "0.4.0.127.0.7.2.2.4.5.2", "0.4.0.127.0.7.2.2.4.2.5", "0.4.0.127.0.7.2.2.4.2"] {
            assert_eq!(PaceProtocol::from_object_identifier(oid(none)), None, "{none}");
        }
    }

    #[test]
    fn chip_authentication_protocols_by_their_identifiers() {
        let aes = ChipAuthenticationProtocol::from_object_identifier(oid("0.4.0.127.0.7.2.2.3.2.2"));
        assert_eq!(aes, Some(ChipAuthenticationProtocol { agreement: KeyAgreement::Ecdh, cipher: Cipher::Aes128 }));
        let des = ChipAuthenticationProtocol::from_object_identifier(oid("0.4.0.127.0.7.2.2.3.1.1"));
        assert_eq!(des, Some(ChipAuthenticationProtocol { agreement: KeyAgreement::Dh, cipher: Cipher::TripleDes }));
        assert_eq!(ChipAuthenticationProtocol::from_object_identifier(oid("0.4.0.127.0.7.2.2.3.2")), None);
        assert_eq!(public_key_agreement(oid("0.4.0.127.0.7.2.2.1.2")), Some(KeyAgreement::Ecdh));
        assert_eq!(public_key_agreement(ID_PK), None);
    }
}
