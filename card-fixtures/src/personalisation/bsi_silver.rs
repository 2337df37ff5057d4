//! The "silver data set" of the BSI, a specimen passport of 2008 that was published with the private keys of its chip.

use std::fs;
use std::io;
use std::path::Path;

use num_bigint::BigUint;

use super::issue::{COM, SOD, data_group};
use super::{ActiveAuthenticationKey, ChipKey, MrzKey, Personalisation, Suite};
use crate::chip::data_object::{split, split_all};
use crate::curve::Curve;

/// Reads the specimen from its folder: `EF_COM.bin`, `EF_SOD.bin`, `DatagroupN.bin`, `DG14_sk.pkcs8`, `DG15_sk.pkcs8`.
///
/// BAC by the key of its DG1; DG3 and DG4 guarded; chip authentication with 3DES as its DG14 says.
///
/// # Errors
/// What reading gives; `InvalidData` where DG1 or a key is not of the expected form.
pub fn from_bsi_silver(folder: &Path) -> io::Result<Personalisation> {
    let mut card = Personalisation::empty("bsi-silver-2008", "BSI specimen of 2008: BAC, chip and active authentication");
    for number in [1, 2, 3, 4, 14, 15] {
        card.put(number, fs::read(folder.join(format!("Datagroup{number}.bin")))?);
    }
    card.guarded_files = vec![data_group(3), data_group(4)];
    card.application_files.insert(COM, fs::read(folder.join("EF_COM.bin"))?);
    card.application_files.insert(SOD, fs::read(folder.join("EF_SOD.bin"))?);

    let dg1 = card.application_files.get(&data_group(1)).and_then(|file| mrz_key(file));
    card.mrz_key = Some(dg1.ok_or_else(|| invalid("DG1 without a zone of 88 characters"))?);
    card.bac = true;
    let key = fs::read(folder.join("DG14_sk.pkcs8"))?;
    card.chip_keys = vec![chip_key(&key).ok_or_else(|| invalid("DG14_sk.pkcs8 is no key on a known curve"))?];
    let key = fs::read(folder.join("DG15_sk.pkcs8"))?;
    card.active_authentication = Some(rsa_key(&key).ok_or_else(|| invalid("DG15_sk.pkcs8 is no RSA key"))?);
    Ok(card)
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn mrz_key(dg1: &[u8]) -> Option<MrzKey> {
    let (0x61, content, []) = split(dg1)? else { return None };
    let (0x5F1F, zone, []) = split(content)? else { return None };
    let second = std::str::from_utf8(zone).ok().filter(|zone| zone.len() == 88)?.get(44..)?;
    let field = |from: usize, to: usize| second.get(from..to).map(String::from);
    Some(MrzKey { document_number: field(0, 9)?, birth: field(13, 19)?, expiry: field(21, 27)? })
}

/// `PrivateKeyInfo ::= SEQUENCE { version, privateKeyAlgorithm SEQUENCE { OID, parameters }, privateKey OCTET STRING }`:
/// the content of the parameters and the key.
fn private_key_info(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (0x30, content, []) = split(bytes)? else { return None };
    let [(0x02, _), (0x30, algorithm), (0x04, key), ..] = *split_all(content)?.as_slice() else { return None };
    let [_, (_, parameters)] = *split_all(algorithm)?.as_slice() else { return None };
    Some((parameters, key))
}

/// `ECPrivateKey ::= SEQUENCE { version, privateKey OCTET STRING, … }` with explicit parameters in the algorithm.
fn chip_key(bytes: &[u8]) -> Option<ChipKey> {
    let (parameters, key) = private_key_info(bytes)?;
    let parameters = split_all(parameters)?;
    let [(0x02, _), (0x30, field), _, (0x04, generator), (0x02, order), ..] = parameters.as_slice() else { return None };
    let field = split_all(field)?;
    let [_, (0x02, prime)] = field.as_slice() else { return None };
    let curve = Curve::all().iter().find(|curve| {
        *curve.prime() == BigUint::from_bytes_be(prime)
            && *curve.order() == BigUint::from_bytes_be(order)
            && curve.encode(curve.generator()) == *generator
    })?;
    let (0x30, content, []) = split(key)? else { return None };
    let members = split_all(content)?;
    let [(0x02, _), (0x04, private), ..] = members.as_slice() else { return None };
    Some(ChipKey { key_id: None, suite: Suite::TripleDes, curve: curve.name(), private: BigUint::from_bytes_be(private) })
}

/// `RSAPrivateKey ::= SEQUENCE { version, modulus, publicExponent, privateExponent, … }`
fn rsa_key(bytes: &[u8]) -> Option<ActiveAuthenticationKey> {
    let (_, key) = private_key_info(bytes)?;
    let (0x30, content, []) = split(key)? else { return None };
    let members = split_all(content)?;
    let [_, (0x02, modulus), (0x02, _), (0x02, private_exponent), ..] = members.as_slice() else { return None };
    Some(ActiveAuthenticationKey::Rsa {
        modulus: BigUint::from_bytes_be(modulus),
        private_exponent: BigUint::from_bytes_be(private_exponent),
        hash_bits: 160,
    })
}
