//! RSA signatures of RFC 8017 over fixed keys: PKCS#1 v1.5 and PSS.

mod keys;

use std::sync::OnceLock;

use num_bigint::BigUint;
use num_traits::One;

use crate::curve::{bytes_of, fixed_width};
use crate::der;
use crate::hash::Hash;

/// An RSA key pair whose primes stand in this source.
#[derive(Debug)]
pub struct RsaKey {
    name: &'static str,
    p: BigUint,
    q: BigUint,
    modulus: BigUint,
    exponent: BigUint,
    private_exponent: BigUint,
}

impl RsaKey {
    /// Every embedded key.
    pub fn all() -> &'static [RsaKey] {
        static KEYS: OnceLock<Vec<RsaKey>> = OnceLock::new();
        KEYS.get_or_init(|| keys::TABLE.iter().map(RsaKey::parse).collect())
    }

    /// A key by name: `rsa2048-a`, `rsa2048-b`, `rsa2048-e3` …
    pub fn named(name: &str) -> Option<&'static RsaKey> {
        RsaKey::all().iter().find(|key| key.name == name)
    }

    fn parse(primes: &keys::Primes) -> RsaKey {
        let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).expect("the table is hexadecimal");
        let (p, q, exponent) = (number(primes.p), number(primes.q), BigUint::from(primes.exponent));
        let totient = (&p - BigUint::one()) * (&q - BigUint::one());
        let private_exponent = exponent.modinv(&totient).expect("the primes were chosen for the exponent");
        RsaKey { name: primes.name, modulus: &p * &q, p, q, exponent, private_exponent }
    }

    /// Name in the table.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The modulus n.
    pub fn modulus(&self) -> &BigUint {
        &self.modulus
    }

    /// The public exponent e.
    pub fn exponent(&self) -> &BigUint {
        &self.exponent
    }

    /// The private exponent d.
    pub fn private_exponent(&self) -> &BigUint {
        &self.private_exponent
    }

    /// Bits of the modulus.
    pub fn bits(&self) -> u64 {
        self.modulus.bits()
    }

    /// Bytes of the modulus and of a signature.
    pub fn modulus_len(&self) -> usize {
        bytes_of(&self.modulus)
    }

    /// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
    pub fn public_key(&self) -> Vec<u8> {
        der::sequence(&[der::integer(&self.modulus), der::integer(&self.exponent)])
    }

    /// m^d mod n by the Chinese remainder theorem, as long as the modulus.
    ///
    /// # Panics
    /// Never: the primes of this source differ.
    pub fn private_operation(&self, message: &BigUint) -> Vec<u8> {
        let exponent_p = &self.private_exponent % (&self.p - BigUint::one());
        let exponent_q = &self.private_exponent % (&self.q - BigUint::one());
        let m_p = message.modpow(&exponent_p, &self.p);
        let m_q = message.modpow(&exponent_q, &self.q);
        let inverse = self.q.modinv(&self.p).expect("the primes differ");
        let h = (&m_p + &self.p - &m_q % &self.p) * inverse % &self.p;
        fixed_width(&(m_q + h * &self.q), self.modulus_len())
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.1). Without `null` the DigestInfo leaves its parameters out, as some issuers do.
    pub fn sign_pkcs1(&self, hash: Hash, null: bool, message: &[u8]) -> Vec<u8> {
        let info = digest_info(hash, null, message);
        let mut encoded = vec![0, 1];
        encoded.resize(self.modulus_len().saturating_sub(info.len() + 1), 0xFF);
        encoded.push(0);
        encoded.extend(info);
        self.private_operation(&BigUint::from_bytes_be(&encoded))
    }

    /// A signature made without the private key, by which a verifier with exponent 3 is deceived that reads the DigestInfo from the
    /// front and never counts the padding: the cube root of a block with short padding and garbage behind the digest.
    ///
    /// None where the exponent is not 3 or the modulus too short.
    pub fn forge_pkcs1(&self, hash: Hash, message: &[u8]) -> Option<Vec<u8>> {
        if self.exponent != BigUint::from(3u8) {
            return None;
        }
        let prefix = [&[0, 1], [0xFF; 8].as_slice(), &[0], &digest_info(hash, true, message)].concat();
        let mut block = prefix.clone();
        block.resize(self.modulus_len(), 0xFF);
        let root = BigUint::from_bytes_be(&block).cbrt();
        let reached = fixed_width(&root.pow(3), self.modulus_len());
        reached.starts_with(&prefix).then(|| fixed_width(&root, self.modulus_len()))
    }

    /// RSASSA-PSS (RFC 8017 §8.1.1) with the hash of MGF1 apart; the salt follows from the message.
    ///
    /// None where the modulus is too short for hash and salt.
    pub fn sign_pss(&self, hash: Hash, mask_hash: Hash, salt_len: usize, message: &[u8]) -> Option<Vec<u8>> {
        let bits = self.bits() - 1;
        let encoded_len = usize::try_from(bits.div_ceil(8)).ok()?;
        let digest = hash.digest(message);
        let salt = mask(Hash::Sha512, &[b"salt", digest.as_slice()].concat(), salt_len);
        let h = hash.digest(&[&[0u8; 8], digest.as_slice(), &salt].concat());
        let mut block = vec![0; encoded_len.checked_sub(salt_len + hash.len() + 2)?];
        block.push(1);
        block.extend(&salt);
        for (byte, mask) in block.iter_mut().zip(mask(mask_hash, &h, encoded_len - hash.len() - 1)) {
            *byte ^= mask;
        }
        // The encoded message has one bit fewer than the modulus, so that it stays below it.
        if let Some(first) = block.first_mut() {
            *first &= 0xFF >> (8 * encoded_len as u64 - bits);
        }
        block.extend(h);
        block.push(0xBC);
        Some(self.private_operation(&BigUint::from_bytes_be(&block)))
    }
}

/// `DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }`
fn digest_info(hash: Hash, null: bool, message: &[u8]) -> Vec<u8> {
    let mut algorithm = vec![der::oid(hash.oid())];
    if null {
        algorithm.push(der::null());
    }
    der::sequence(&[der::sequence(&algorithm), der::octet_string(&hash.digest(message))])
}

/// MGF1 (RFC 8017 appendix B.2.1).
fn mask(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut counter = 0u32;
    while out.len() < length {
        out.extend(hash.digest(&[seed, &counter.to_be_bytes()].concat()));
        counter += 1;
    }
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_key_inverts_its_own_operation() {
        for key in RsaKey::all() {
            let message = BigUint::from_bytes_be(b"a message");
            let signature = BigUint::from_bytes_be(&key.private_operation(&message));
            assert_eq!(signature.modpow(key.exponent(), key.modulus()), message, "{}", key.name());
            let bits: u64 = key.name().trim_start_matches("rsa").split('-').next().unwrap().parse().unwrap();
            assert_eq!(key.bits(), bits, "{}", key.name());
        }
    }

    #[test]
    fn pkcs1_has_the_padding_of_the_standard() {
        let key = RsaKey::named("rsa1024-a").unwrap();
        let digest = "a9993e364706816aba3e25717850c26c9cd0d89d";
        for (null, expected) in [
            (true, format!("0001{}003021300906052b0e03021a05000414{digest}", "ff".repeat(90))),
            (false, format!("0001{}00301f300706052b0e03021a0414{digest}", "ff".repeat(92))),
        ] {
            let signature = BigUint::from_bytes_be(&key.sign_pkcs1(Hash::Sha1, null, b"abc"));
            let encoded = fixed_width(&signature.modpow(key.exponent(), key.modulus()), key.modulus_len());
            assert_eq!(hex::encode(encoded), expected);
        }
    }

    #[test]
    fn a_forgery_begins_rightly_and_ends_wrongly() {
        let key = RsaKey::named("rsa2048-e3").unwrap();
        let forged = BigUint::from_bytes_be(&key.forge_pkcs1(Hash::Sha256, b"abc").unwrap());
        let block = fixed_width(&forged.modpow(key.exponent(), key.modulus()), key.modulus_len());
        let begin = [&[0, 1], [0xFF; 8].as_slice(), &[0], &digest_info(Hash::Sha256, true, b"abc")].concat();
        assert!(block.starts_with(&begin));
        assert_ne!(forged, BigUint::from_bytes_be(&key.sign_pkcs1(Hash::Sha256, true, b"abc")));
        assert!(RsaKey::named("rsa2048-a").unwrap().forge_pkcs1(Hash::Sha256, b"abc").is_none());
    }

    #[test]
    fn pss_needs_room() {
        let key = RsaKey::named("rsa1024-a").unwrap();
        assert!(key.sign_pss(Hash::Sha512, Hash::Sha512, 64, b"abc").is_none());
        assert!(key.sign_pss(Hash::Sha512, Hash::Sha1, 62, b"abc").is_some());
    }
}
