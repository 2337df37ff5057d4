//! A key and signatures made with plain modular exponentiation in another language, and the worked example of ICAO 9303-11 appendix F.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use alloc::vec::Vec;

use hex::decode;

use super::Recovered;
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{CryptoError, DigestAlgorithm, RsaPublicKey};

const CHALLENGE: [u8; 8] = [0xF1, 0x73, 0x58, 0x99, 0x74, 0xBF, 0x40, 0xC6];

fn key() -> RsaPublicKey {
    RsaPublicKey::new(&decode(MODULUS).unwrap(), &[1, 0, 1]).unwrap()
}

fn open(signature: &[u8]) -> Result<Recovered, CryptoError> {
    Recovered::open(&RustCrypto, &key(), signature)
}

#[test]
fn every_trailer_names_its_hash() {
    let signatures = [
        (SHA1, DigestAlgorithm::Sha1),
        (SHA1_NAMED, DigestAlgorithm::Sha1),
        (SHA224, DigestAlgorithm::Sha224),
        (SHA256, DigestAlgorithm::Sha256),
        (SHA384, DigestAlgorithm::Sha384),
        (SHA512, DigestAlgorithm::Sha512),
    ];
    for (signature, algorithm) in signatures {
        let recovered = open(&decode(signature).unwrap()).unwrap();
        assert_eq!(recovered.digest_algorithm, algorithm);
        assert_eq!(recovered.verify(&RustCrypto, &CHALLENGE), Ok(()));
        assert_eq!(recovered.verify(&RustCrypto, &[0; 8]), Err(CryptoError::SignatureInvalid));
    }
}

#[test]
fn both_roots_open_alike() {
    let plain = open(&decode(PLAIN_ROOT).unwrap()).unwrap();
    let other = open(&decode(OTHER_ROOT).unwrap()).unwrap();
    assert_eq!(plain, other);
    assert_eq!(plain.verify(&RustCrypto, &CHALLENGE), Ok(()));
}

#[test]
fn attack_18_other_headers_and_trailers() {
    for signature in [TOTAL_RECOVERY, TOTAL_RECOVERY_PADDED, PARTIAL_RECOVERY_PADDED, HEADER_5A, RIPEMD_TRAILER] {
        assert_eq!(open(&decode(signature).unwrap()), Err(CryptoError::SignatureInvalid));
    }
}

#[test]
fn dropped_zeros_are_put_back_and_a_cut_signature_is_no_verdict() {
    let whole = decode(LEADING_ZERO).unwrap();
    assert_eq!(open(&whole[1..]), open(&whole));
    assert_eq!(open(&whole).unwrap().verify(&RustCrypto, &CHALLENGE), Ok(()));
    let surplus = [&[0], &whole[..]].concat();
    assert_eq!(open(&surplus), open(&whole));
    assert_eq!(open(&whole[..100]), Err(CryptoError::Length));
    assert_eq!(open(&[&[1], &whole[..]].concat()), Err(CryptoError::Length));
}

#[test]
fn attack_18_a_changed_bit_anywhere() {
    let whole = decode(SHA256).unwrap();
    for bit in (0..1024).step_by(37) {
        let mut changed = whole.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let verified = open(&changed).and_then(|recovered| recovered.verify(&RustCrypto, &CHALLENGE));
        assert_eq!(verified, Err(CryptoError::SignatureInvalid), "bit {bit}");
    }
}

/// ICAO 9303-11 appendix F prints the opened signature, not the key.
#[test]
fn worked_example() {
    let m1 = decode(concat!(
        "9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98",
        "599F40B79F377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E",
        "7292E2DCDA3024B47DA8",
    ))
    .unwrap();
    let digest = decode("C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127").unwrap();
    let representative: Vec<u8> = [&[0x6A][..], &m1, &digest, &[0xBC]].concat();
    let recovered = Recovered::read(&representative).unwrap();
    assert_eq!((recovered.digest_algorithm, &recovered.m1, recovered.digest.as_ref()), (DigestAlgorithm::Sha1, &m1, &digest[..]));
    assert_eq!(recovered.verify(&RustCrypto, &CHALLENGE), Ok(()));
}

#[test]
fn a_representative_too_short_for_its_hash_is_refused() {
    assert_eq!(Recovered::read(&[]), None);
    assert_eq!(Recovered::read(&[0x6A]), None);
    assert_eq!(Recovered::read(&[0x6A, 0x00, 0xBC]), None);
    assert_eq!(Recovered::read(&[&[0x6A][..], &[0; 31], &[0x34, 0xCC]].concat()), None);
}

const MODULUS: &str = concat!(
    "e6e4261078651ebace7ab38dca4da321a911d1e08e45530683b082dd392c3fca60fa6842eae2a38a5b09898de3d2211196b674e1d1bf34d2",
    "bb6225919ed9148eacbde64e8dd480f4c0ab3984a515f337e71f3ea002bdd48e34b1f807fdb082d95ea955aab681f0ae70eb3c79829c0589",
    "15d05f7fd45beca5aefda3eefaafbe6d",
);
const SHA1: &str = concat!(
    "18517440c7ff2d5a61cb1483f144e2c47fd9f4315985dc27fc41969c1101963dfb7bafc8001231714308ba16ac6c43cff3b7fd01c124b41b",
    "6d5eed6d7008d6fc278db09bdbe8b3ab592d90ec0cb850366550f8fa259f1ef7337e9cf79ae1bf6f925f561372d884a86ceeb14fb335aa18",
    "fbfc4edd83701b4a5a6810f28118c5a5",
);
const SHA1_NAMED: &str = concat!(
    "64e9f4abf2e70d2801231514dfcf6c52a035479dcd61f83da3b28ad3ce3b420279e196330d1602032668597d2b8eb31ebad3df7829c752fe",
    "e5f2f3b7d030d4cb909b4e591222eca4917ff3f1bc2c2c53702e0da1e8f0682d19064e45c2db83aeb23440b9f8e7012ffaf31953f7ff313b",
    "9f4e4ac2cdb88414944439d6fa6280a6",
);
const SHA224: &str = concat!(
    "8cd0fd26daa5442b8fa6bd3d8e088cc7911a99793ecd9deb542d34c3587e4351ea3bc79fab9bb3af8b16325f60eaa8fa3634ba022477cf14",
    "5fba8b7f93501a8293dc3d1c891bbde75c94eb5b59771a3980cd65fc1f5b60f66388865455ee4800faf589b085e0d3c018789acc62d3fa46",
    "7fc1fe6d805ac47c8cf123b2f55f0861",
);
const SHA256: &str = concat!(
    "afe0f4c4d9260bce070650f34bef20949178c0f9d1b9dbf9064c982f1cddd078ce93f6bd2e9ce20189974f858ba640ab203f6f928e29194e",
    "96f106bff5fc35960690b305db1c7421da0fce3d9c9507d96ae617eda8f73801f503072899323697e1c01c7e99863e0e5e28c7ed1aa60f51",
    "1c05c1ba704465488269ee6bcedc3f30",
);
const SHA384: &str = concat!(
    "3140c0ffbae0896b087d448a06d5aec24294b675b63ce3ab18409da9ea6e9c0e61e94d905f229dc375bbce3addb03ce0e849ccdbd272adcb",
    "9ec50d0d574676b402734586704763018dff8cfe2297b5e0df5c24fb3dbd362f60ee05b4e3e76645f374dc3602f2650bdf9adf6993b33230",
    "bcd10fd58ee3329afa582a57ed4b2282",
);
const SHA512: &str = concat!(
    "d96a8fba0adb4f74eeba9de8d96ea774ccb75a08d98aaa1b165dbce2267c9c1432d601e17678e4bcd682f55045c3514e2a7afc59ced0dc37",
    "784bb78f801065acea03e521f73d3d091dd9f63ff1e324ff678fea34cb4b925f5415a9082ba04eae947310844c7157b5f65b8b7f6e0af588",
    "141d26a437967d425290fe347a89eb34",
);
const PLAIN_ROOT: &str = concat!(
    "14ae5f4470b87b3c7a17260f011f1d3abe4e687e7e8344578a4b520a7d112f9c01486b6fa3d7513e0a53dd1cb895e4fd24f7e42cb0c6b31f",
    "32cd708ea528e3e4cb623087aa9b5c15e84b4cd01d36ae0d94f6aa8f20beeed1f996ebe7f5c91d1ee197a8464feda41f1076a098b1ccaebf",
    "feac25c80d71a814c5f8ee53821a6d35",
);
const OTHER_ROOT: &str = concat!(
    "d235c6cc07aca37e54638d7ec92e85e6eac369620fc20eaef96530d2bc1b102e5fb1fcd3470b524c50b5ac712b3c3c1471be90b520f881b3",
    "8894b502f9b030a9e15bb5c6e33924ded85fecb487df452a52289410e1fee5bc3b1b0c2007e765ba7d11ad6466944c8f60749be0d0cf56c9",
    "172439b7c6ea4490e904b59b78955138",
);
const TOTAL_RECOVERY: &str = concat!(
    "deb577d8dcf9803f270722db06bef14050b3a8f5f28fefd3bd497936c1a0aa70ca1fb32ebf2ce1a37346a8c236b670ab7d57fc1d67531818",
    "53d1c057a587d8ca54a9a379ec380f5e2398ceb475664b2ab3f3249e2b27a25674791367ddcc66f851d858b61732a87608becf97c8fe6ef6",
    "eee1f2106e229dd46b27d735de87b838",
);
const TOTAL_RECOVERY_PADDED: &str = concat!(
    "59045158c23f35a64e703f56781f436d97eb564e3a59b5b92bba80af5cf40866a6028c9e30a6346e8a97d12b5afca3aa5238ced7ab87e04b",
    "142ee82b050c350ad52f5fef6a0fdcb938bb4809c3330fd0efa3877e9a1cde21f38baf297f24c311ae0b77c10233a554ceeccf93ea4e4dc1",
    "7a211e101d85dae8f56c44c075f99284",
);
const PARTIAL_RECOVERY_PADDED: &str = concat!(
    "d1dd7c099a96a58fa6b7a56580d8676ddde41269df60352917c92e9431e4f7f7dcd3d1f5e457b08d51dca5909189731a7a8695dd16d74d9b",
    "5f76144e8ce6c13644bfd25ec023067d5c75bedf1e338d58c3607d8fb0f5e5d5708144a4fdf75fd8a297f5da3bf3696cfecc4fa3008c0702",
    "586e2df675c6f777e83b5bf08a3551c3",
);
const HEADER_5A: &str = concat!(
    "d54e50962aeeb6541e0b53ed90405ba6b39cf5d93b6eb061409433883c8ccce79a7a2db3479e1bdd470105bb89e6919e1aa80eb479f2b35c",
    "bae1e630501405118bea08a09db0bdfdf2b9a332849d3b1535e006e793c10a8e768ba5681d30dfb9115c0b8fb8d3d2583907f2ff02ba366c",
    "01c92aad1711f93b79510a5f58d2c994",
);
const RIPEMD_TRAILER: &str = concat!(
    "dda285f5383576307b293fafce3bfc0ea35a5edc1b0cc65aac4e030321d07dd0dbc006690a6d579df8c5d6683fd8e8f00a87c656cbef68f2",
    "9096340d96693458bf00bace8f64407df62dd2c28cbe2cc023a95fe2777ecf522cf65c407ac90133192a964cfd4e57151f56feeb88ac6329",
    "7b457f7c70f463dcd8288d6159991696",
);
const LEADING_ZERO: &str = concat!(
    "00e1d42bd70ca6fe8e1996635fde1aef4273a0cf16127e2aa104c2ea28e98245938b661416c6eddfbf7bf3c3adf829d052c767ed4000f02e",
    "e2e5aa6c5372a0e291761724e06e3ab554d6ab17fdd560cb2c4e32f282e33b537ce6e1ea3b8092cfc51682e1a1d78a73e4405fb14ca999f0",
    "1171729fd6fd1f7b9e90d1329a1fa2fd",
);
