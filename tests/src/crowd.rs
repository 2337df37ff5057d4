//! Stores full of authorities of one name, none of which signed a certificate that names them: what bounds the work on one card is
//! measured and tested against them.

use card_fixtures::authority::{Authority, CurveEncoding, Signer};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::authority;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::{Certificate, Provenance, TrustStore};

/// Which keys the authorities have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Named curve of this name.
    Curve(&'static str),
    /// RSA with a modulus and an exponent of so many bits.
    Rsa(usize, usize),
    /// Keys of a kind that cannot have signed, with explicit parameters.
    OtherKind,
}

/// The kinds that differ in cost.
pub const KINDS: [Kind; 9] = [
    Kind::Curve("secp256r1"),
    Kind::Curve("secp384r1"),
    Kind::Curve("secp521r1"),
    Kind::Curve("brainpoolP384r1"),
    Kind::Curve("brainpoolP512r1"),
    Kind::Rsa(4096, 17),
    Kind::Rsa(8192, 17),
    Kind::Rsa(8192, 256),
    Kind::OtherKind,
];

/// How many authorities: of curves enough to use any budget up, of the others more than are looked at.
const CURVE_KEYS: usize = 64;
const OTHER_KEYS: usize = 2500;

/// A store full of one name, and a document signer that names it and was signed by none of it.
///
/// # Panics
/// Where the fixtures lack a kind.
pub fn crowd(kind: Kind) -> (TrustStore, Certificate) {
    let issuer = match kind {
        Kind::Rsa(..) => authority("sod-rsa2048-pkcs1-sha256").expect("in the catalogue"),
        Kind::Curve(curve) => of_curve(curve, "who signed"),
        Kind::OtherKind => authority("sod-rsa2048-pkcs1-sha256").expect("in the catalogue"),
    };
    let mut store = TrustStore::new();
    let mut add = |der: &[u8]| {
        let certificate = Certificate::from_der(der).expect("a certificate");
        store.add(certificate, Provenance::Operator { source: "crowd".into() }, true, &RustCrypto);
    };
    match kind {
        Kind::Curve(curve) => (0..CURVE_KEYS).for_each(|number| add(&of_curve(curve, &format!("{number}")).csca_certificate())),
        Kind::Rsa(modulus, exponent) => {
            let template = issuer.csca_certificate();
            (0..OTHER_KEYS).for_each(|number| add(&with_rsa_key(&template, number, modulus, exponent)));
        }
        Kind::OtherKind => {
            let template = Authority {
                csca: of_curve("brainpoolP512r1", "other").csca.with_curve_encoding(CurveEncoding::Explicit),
                ..issuer.clone()
            };
            let der = template.csca_certificate();
            (0..OTHER_KEYS).for_each(|number| add(&renumbered(&der, number)));
        }
    }
    let signer = match kind {
        // As long as the moduli are: what is shorter is refused before any work.
        Kind::Rsa(modulus, _) => {
            let template = Certificate::from_der(&issuer.csca_certificate()).expect("a certificate");
            rebuilt(&template, &template.public_key_info, OTHER_KEYS, modulus / 8)
        }
        _ => issuer.document_signer_certificate().der,
    };
    (store, Certificate::from_der(&signer).expect("a certificate"))
}

fn of_curve(curve: &str, seed: &str) -> Authority {
    let signer = |seed: &str| {
        let curve = Curve::named(curve).expect("the table has it");
        Signer::ecdsa(curve, Hash::Sha256, seed).with_curve_encoding(CurveEncoding::Named)
    };
    Authority::new("UT", signer(seed), signer("ds"))
}

/// The certificate with another key, of numbers that nobody knows the factors of. Its own signature is none any longer.
fn with_rsa_key(template: &[u8], number: usize, modulus_bits: usize, exponent_bits: usize) -> Vec<u8> {
    let certificate = Certificate::from_der(template).expect("a certificate");
    let odd = |bits: usize, seed: usize| {
        let mut state = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut octets: Vec<u8> = (0..bits.div_ceil(8))
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[3]
            })
            .collect();
        if let Some(high) = octets.first_mut() {
            *high = if bits.is_multiple_of(8) { *high | 0x80 } else { 1 << (bits % 8 - 1) };
        }
        if let Some(low) = octets.last_mut() {
            *low |= 1;
        }
        octets
    };
    let integer = |octets: Vec<u8>| tlv(0x02, &[&[0], octets.as_slice()].concat());
    let key = tlv(0x30, &[integer(odd(modulus_bits, number + 1)), integer(odd(exponent_bits, number + 7))].concat());
    let rsa = [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
    let key_info = tlv(0x30, &[rsa.as_slice(), &tlv(0x03, &[&[0], key.as_slice()].concat())].concat());
    rebuilt(&certificate, &key_info, number, 256)
}

/// The certificate with another serial number and another last octet of its key, so that no key is twice there.
fn renumbered(template: &[u8], number: usize) -> Vec<u8> {
    let certificate = Certificate::from_der(template).expect("a certificate");
    let mut key_info = certificate.public_key_info.clone();
    let len = key_info.len();
    for (octet, value) in key_info.iter_mut().skip(len - 4).zip(u32::try_from(number).unwrap_or_default().to_be_bytes()) {
        *octet = value;
    }
    rebuilt(&certificate, &key_info, number, 256)
}

/// Another certificate of the same subject, self-issued, whose signature is so many octets of no meaning.
fn rebuilt(certificate: &Certificate, key_info: &[u8], number: usize, signature_len: usize) -> Vec<u8> {
    // sha256WithRSAEncryption, 2021 to 2045
    let algorithm = [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00];
    let validity = tlv(0x30, &[tlv(0x17, b"210101000000Z"), tlv(0x17, b"450101000000Z")].concat());
    let serial = tlv(0x02, &[&[0x11], number.to_be_bytes().as_slice()].concat());
    let version = [0xA0, 3, 2, 1, 2];
    let signed = tlv(
        0x30,
        &[
            &version,
            serial.as_slice(),
            &algorithm,
            certificate.subject.as_der(),
            &validity,
            certificate.subject.as_der(),
            key_info,
        ]
        .concat(),
    );
    let signature = [&[0], vec![0x11; signature_len].as_slice()].concat();
    tlv(0x30, &[signed.as_slice(), &algorithm, &tlv(0x03, &signature)].concat())
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let octets = u16::try_from(value.len()).unwrap_or_default().to_be_bytes();
    let len = match octets {
        [0, short @ 0..=0x7F] => vec![short],
        [0, long] => vec![0x81, long],
        [high, low] => vec![0x82, high, low],
    };
    [&[tag], len.as_slice(), value].concat()
}
