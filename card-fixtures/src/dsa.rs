//! DSA (FIPS 186-4), which ICAO 9303-12 §4.1.6.2 still permits: one group of 2,048 and 256 bits, keys from seeds.

use num_bigint::BigUint;

use crate::curve::fixed_width;
use crate::der;
use crate::hash::Hash;

const P: &str = "f02f236c5f881bef98bf86e8133c741e2dd1d8cc6971f7026254ad147596246e3c0ed8b10e97ef63be56a7b499bc84478e2e9967160e5944014017fc\
     6c5d9619856b151b18495d9e69cae1cdc8f22bc7ddd16acd214d3d4e5e7a47a2ba04e68140b131e9a912aa7666b2e8d01dffbfdc4bf2ce2ed56d7115\
     24c62cd5c1a2a1763769c3147058fe101b39d269a3f15e90140f0de3b0798e3cce3f720005b45015716507b38bf91935d6273374ea9013d10cc6a21a\
     9d6d25f173e1c111c9300626e01210ec7a75b72ee0a6ca00519d110b0f16b489bb529398f42354305ce87b82d95e1789c64247005525704a61bbefaa\
     30d740b4d9c18febb672508830c53b39";
const Q: &str = "9951e97ae8a323a4ab0b1df2c1cecf168775ff9c783a98fa9b373147a1260d1b";
const G: &str = "e0a67ab449722dcc72596d9aa7b07539a2bcb7bd363d5aa4727986dff6f8099285c11beaaef75ea82e4111da8db608f3bcffa2ed1da3d40b4efd111b\
     522ea4ef721aa3c3c421a71234eb6fe88eb503b96bcb66e6012092cca5b065c13e81b0e7eed01e12506c4f6497071f8217ef7b54ae852d5a4b2aaa6e\
     f4de91b287d736a2cd15edc31efc67f01d3e15daa136021f0d8d35121c7bed70ff65615dffa1f17e0665d6b437aee83a49e572021ccd6b8f8956b6b9\
     7ba103b0c1f45a424cc4c2f3e7b508e87d1b49720881c01f4f4f764eb6fadf79f6bebad2e26677b5464edc5b9458c403a90971c1075bbdf3152cb71c\
     97a7980dc848e23583ac791311870063";

/// A key of the group.
#[derive(Clone, Debug)]
pub struct DsaKey {
    private: BigUint,
    public: BigUint,
}

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_default()
}

impl DsaKey {
    /// The key that follows from a seed.
    pub fn from_seed(seed: &str) -> DsaKey {
        let private = scalar(&[b"dsa key", seed.as_bytes()]);
        DsaKey { public: number(G).modpow(&private, &number(P)), private }
    }

    /// `AlgorithmIdentifier` of the public key with `Dss-Parms` (RFC 3279 §2.3.2).
    pub fn algorithm_identifier(&self) -> Vec<u8> {
        let parameters = [P, Q, G].map(|digits| der::integer(&number(digits)));
        der::sequence(&[der::oid("1.2.840.10040.4.1"), der::sequence(&parameters)])
    }

    /// The content of the public key's BIT STRING.
    pub fn public_key(&self) -> Vec<u8> {
        der::integer(&self.public)
    }

    /// `Dss-Sig-Value`: SEQUENCE { r, s }, with a nonce that follows from key and message (FIPS 186-4 §4.6).
    pub fn sign(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let (p, q) = (number(P), number(Q));
        let mut digest = hash.digest(message);
        digest.truncate(32);
        let z = BigUint::from_bytes_be(&digest);
        let mut counter = 0_u8;
        loop {
            let k = scalar(&[b"dsa nonce", &fixed_width(&self.private, 32), &digest, &[counter]]);
            let r = number(G).modpow(&k, &p) % &q;
            if let Some(inverse) = k.modinv(&q) {
                let s = inverse * (&z + &self.private * &r) % &q;
                if r != BigUint::ZERO && s != BigUint::ZERO {
                    return der::sequence(&[der::integer(&r), der::integer(&s)]);
                }
            }
            counter = counter.wrapping_add(1);
        }
    }
}

/// A number from 1 to q − 1.
fn scalar(parts: &[&[u8]]) -> BigUint {
    let first = Hash::Sha512.digest(&parts.concat());
    BigUint::from_bytes_be(&first) % (number(Q) - 1_u8) + 1_u8
}
