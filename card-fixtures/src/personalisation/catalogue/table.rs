//! The cards and what each is made of.

use super::super::algorithms::{ActiveKey, Signature};
use super::super::{PaceOffer, Suite};
use super::{Entry, Recipe};
use crate::hash::Hash;

pub(super) const CATALOGUE: &[Entry] = &[
    Entry {
        name: "vietnam-2021",
        description: "Vietnam, card of 2021: BAC and PACE, RSA-2048 document signer, active authentication with RSA-1024",
        recipe: Recipe::Vietnam2021,
    },
    Entry {
        name: "vietnam-2024",
        description: "Vietnam, card of 2024: BAC and PACE, P-256 document signer, active authentication with P-256",
        recipe: Recipe::Vietnam2024,
    },
    Entry {
        name: "vietnam-no-expiry",
        description: "Vietnam, card without expiry: MRZ expiry 991231, a bare JPEG 2000 code stream",
        recipe: Recipe::VietnamNoExpiry,
    },
    Entry {
        name: "vietnam-bac",
        description: "Vietnam, card of 2021 that offers BAC alone, to be opened with the dates of its QR code",
        recipe: Recipe::VietnamBac,
    },
    Entry { name: "vietnam-child", description: "Vietnam, child under 6: no photo, so no DG2", recipe: Recipe::VietnamChild },
    Entry {
        name: "passport-td3",
        description: "Germany, passport: BAC and PACE, DG7, DG11, DG12, DG16, EF.CardSecurity, answers of 1,024 bytes",
        recipe: Recipe::Passport,
    },
    Entry {
        name: "reference",
        description: "The card by which reading is measured: SOD 1,934, DG2 15,000 bytes; short answers",
        recipe: Recipe::Reference(None),
    },
    Entry {
        name: "reference-1k",
        description: "The same with answers of 1,024 bytes",
        recipe: Recipe::Reference(Some((1_024, 1_024))),
    },
    Entry {
        name: "reference-32k",
        description: "The same with answers of 32,767 bytes",
        recipe: Recipe::Reference(Some((32_767, 32_767))),
    },
    Entry {
        name: "sod-rsa2048-pkcs1-sha1",
        description: "Signed by RSA-2048, PKCS#1 v1.5, SHA-1",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa2048-a", Hash::Sha1)),
    },
    Entry {
        name: "sod-rsa2048-pkcs1-sha224",
        description: "Signed by RSA-2048, PKCS#1 v1.5, SHA-224",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa2048-a", Hash::Sha224)),
    },
    Entry {
        name: "sod-rsa2048-pkcs1-sha256",
        description: "Signed by RSA-2048, PKCS#1 v1.5, SHA-256",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa2048-a", Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa2048-pkcs1-sha384",
        description: "Signed by RSA-2048, PKCS#1 v1.5, SHA-384",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa2048-a", Hash::Sha384)),
    },
    Entry {
        name: "sod-rsa2048-pkcs1-sha512",
        description: "Signed by RSA-2048, PKCS#1 v1.5, SHA-512",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa2048-a", Hash::Sha512)),
    },
    Entry {
        name: "sod-rsa2048-pss-sha1",
        description: "Signed by RSA-2048, PSS, SHA-1",
        recipe: Recipe::Signed(Signature::Pss("rsa2048-a", Hash::Sha1, Hash::Sha1)),
    },
    Entry {
        name: "sod-rsa2048-pss-sha224",
        description: "Signed by RSA-2048, PSS, SHA-224",
        recipe: Recipe::Signed(Signature::Pss("rsa2048-a", Hash::Sha224, Hash::Sha224)),
    },
    Entry {
        name: "sod-rsa2048-pss-sha256",
        description: "Signed by RSA-2048, PSS, SHA-256",
        recipe: Recipe::Signed(Signature::Pss("rsa2048-a", Hash::Sha256, Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa2048-pss-sha384",
        description: "Signed by RSA-2048, PSS, SHA-384",
        recipe: Recipe::Signed(Signature::Pss("rsa2048-a", Hash::Sha384, Hash::Sha384)),
    },
    Entry {
        name: "sod-rsa2048-pss-sha512",
        description: "Signed by RSA-2048, PSS, SHA-512",
        recipe: Recipe::Signed(Signature::Pss("rsa2048-a", Hash::Sha512, Hash::Sha512)),
    },
    Entry {
        name: "sod-rsa2048-pss-sha256-mgf1-sha1",
        description: "Signed by RSA-2048, PSS with SHA-256, its mask with SHA-1",
        recipe: Recipe::Signed(Signature::Pss("rsa2048-a", Hash::Sha256, Hash::Sha1)),
    },
    Entry {
        name: "sod-rsa2048-e3-pkcs1-sha256",
        description: "Signed by RSA-2048 with exponent 3, PKCS#1 v1.5, SHA-256",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa2048-e3", Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa2048-pkcs1-no-null-sha256",
        description: "Signed by RSA-2048, PKCS#1 v1.5 without NULL in the DigestInfo, SHA-256",
        recipe: Recipe::Signed(Signature::Pkcs1WithoutNull("rsa2048-a", Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa2048-rsaencryption-sha256",
        description: "Signed by RSA-2048, named by plain rsaEncryption, SHA-256",
        recipe: Recipe::Signed(Signature::Pkcs1Unnamed("rsa2048-a", Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa1024-pkcs1-sha1",
        description: "Signed by RSA-1024, PKCS#1 v1.5, SHA-1",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa1024-b", Hash::Sha1)),
    },
    Entry {
        name: "sod-rsa3072-pkcs1-sha256",
        description: "Signed by RSA-3072, PKCS#1 v1.5, SHA-256",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa3072-a", Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa3072-e3-pss-sha256",
        description: "Signed by RSA-3072 with exponent 3, PSS, SHA-256",
        recipe: Recipe::Signed(Signature::Pss("rsa3072-e3", Hash::Sha256, Hash::Sha256)),
    },
    Entry {
        name: "sod-rsa4096-pss-sha512",
        description: "Signed by RSA-4096, PSS, SHA-512",
        recipe: Recipe::Signed(Signature::Pss("rsa4096-b", Hash::Sha512, Hash::Sha512)),
    },
    Entry {
        name: "sod-rsa4096-e3-pkcs1-sha512",
        description: "Signed by RSA-4096 with exponent 3, PKCS#1 v1.5, SHA-512",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa4096-e3", Hash::Sha512)),
    },
    Entry {
        name: "sod-rsa8192-pkcs1-sha512",
        description: "Signed by RSA-8192, PKCS#1 v1.5, SHA-512",
        recipe: Recipe::Signed(Signature::Pkcs1("rsa8192-a", Hash::Sha512)),
    },
    Entry {
        name: "sod-p192-sha1",
        description: "Signed by ECDSA on secp192r1, SHA-1",
        recipe: Recipe::Signed(Signature::Ecdsa("secp192r1", Hash::Sha1)),
    },
    Entry {
        name: "sod-p224-sha224",
        description: "Signed by ECDSA on secp224r1, SHA-224",
        recipe: Recipe::Signed(Signature::Ecdsa("secp224r1", Hash::Sha224)),
    },
    Entry {
        name: "sod-p256-sha256",
        description: "Signed by ECDSA on secp256r1, SHA-256",
        recipe: Recipe::Signed(Signature::Ecdsa("secp256r1", Hash::Sha256)),
    },
    Entry {
        name: "sod-p384-sha384",
        description: "Signed by ECDSA on secp384r1, SHA-384",
        recipe: Recipe::Signed(Signature::Ecdsa("secp384r1", Hash::Sha384)),
    },
    Entry {
        name: "sod-p521-sha512",
        description: "Signed by ECDSA on secp521r1, SHA-512",
        recipe: Recipe::Signed(Signature::Ecdsa("secp521r1", Hash::Sha512)),
    },
    Entry {
        name: "sod-bp160r1-sha1",
        description: "Signed by ECDSA on brainpoolP160r1, SHA-1",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP160r1", Hash::Sha1)),
    },
    Entry {
        name: "sod-bp160t1-sha1",
        description: "Signed by ECDSA on brainpoolP160t1, SHA-1",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP160t1", Hash::Sha1)),
    },
    Entry {
        name: "sod-bp192r1-sha1",
        description: "Signed by ECDSA on brainpoolP192r1, SHA-1",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP192r1", Hash::Sha1)),
    },
    Entry {
        name: "sod-bp192t1-sha1",
        description: "Signed by ECDSA on brainpoolP192t1, SHA-1",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP192t1", Hash::Sha1)),
    },
    Entry {
        name: "sod-bp224r1-sha224",
        description: "Signed by ECDSA on brainpoolP224r1, SHA-224",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP224r1", Hash::Sha224)),
    },
    Entry {
        name: "sod-bp224t1-sha224",
        description: "Signed by ECDSA on brainpoolP224t1, SHA-224",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP224t1", Hash::Sha224)),
    },
    Entry {
        name: "sod-bp256r1-sha256",
        description: "Signed by ECDSA on brainpoolP256r1, SHA-256",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP256r1", Hash::Sha256)),
    },
    Entry {
        name: "sod-bp256t1-sha256",
        description: "Signed by ECDSA on brainpoolP256t1, SHA-256",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP256t1", Hash::Sha256)),
    },
    Entry {
        name: "sod-bp320r1-sha384",
        description: "Signed by ECDSA on brainpoolP320r1, SHA-384",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP320r1", Hash::Sha384)),
    },
    Entry {
        name: "sod-bp320t1-sha384",
        description: "Signed by ECDSA on brainpoolP320t1, SHA-384",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP320t1", Hash::Sha384)),
    },
    Entry {
        name: "sod-bp384r1-sha384",
        description: "Signed by ECDSA on brainpoolP384r1, SHA-384",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP384r1", Hash::Sha384)),
    },
    Entry {
        name: "sod-bp384t1-sha384",
        description: "Signed by ECDSA on brainpoolP384t1, SHA-384",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP384t1", Hash::Sha384)),
    },
    Entry {
        name: "sod-bp512r1-sha512",
        description: "Signed by ECDSA on brainpoolP512r1, SHA-512",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP512r1", Hash::Sha512)),
    },
    Entry {
        name: "sod-bp512t1-sha512",
        description: "Signed by ECDSA on brainpoolP512t1, SHA-512",
        recipe: Recipe::Signed(Signature::Ecdsa("brainpoolP512t1", Hash::Sha512)),
    },
    Entry {
        name: "sod-p256-sha1",
        description: "Signed by ECDSA on secp256r1, SHA-1",
        recipe: Recipe::Signed(Signature::Ecdsa("secp256r1", Hash::Sha1)),
    },
    Entry {
        name: "sod-p256-sha224",
        description: "Signed by ECDSA on secp256r1, SHA-224",
        recipe: Recipe::Signed(Signature::Ecdsa("secp256r1", Hash::Sha224)),
    },
    Entry {
        name: "sod-p256-sha384",
        description: "Signed by ECDSA on secp256r1, SHA-384",
        recipe: Recipe::Signed(Signature::Ecdsa("secp256r1", Hash::Sha384)),
    },
    Entry {
        name: "sod-p256-sha512",
        description: "Signed by ECDSA on secp256r1, SHA-512",
        recipe: Recipe::Signed(Signature::Ecdsa("secp256r1", Hash::Sha512)),
    },
    Entry {
        name: "sod-p256-named-sha256",
        description: "Signed by ECDSA on secp256r1 by name, SHA-256",
        recipe: Recipe::Signed(Signature::EcdsaNamed("secp256r1", Hash::Sha256)),
    },
    Entry {
        name: "sod-bp256r1-named-sha256",
        description: "Signed by ECDSA on brainpoolP256r1 by name, SHA-256",
        recipe: Recipe::Signed(Signature::EcdsaNamed("brainpoolP256r1", Hash::Sha256)),
    },
    Entry {
        name: "sod-bp256r1-plain-sha1",
        description: "Signed by plain ECDSA of TR-03111 on brainpoolP256r1, SHA-1",
        recipe: Recipe::Signed(Signature::EcdsaPlain("brainpoolP256r1", Hash::Sha1)),
    },
    Entry {
        name: "sod-bp256r1-plain-sha224",
        description: "Signed by plain ECDSA of TR-03111 on brainpoolP256r1, SHA-224",
        recipe: Recipe::Signed(Signature::EcdsaPlain("brainpoolP256r1", Hash::Sha224)),
    },
    Entry {
        name: "sod-bp256r1-plain-sha256",
        description: "Signed by plain ECDSA of TR-03111 on brainpoolP256r1, SHA-256",
        recipe: Recipe::Signed(Signature::EcdsaPlain("brainpoolP256r1", Hash::Sha256)),
    },
    Entry {
        name: "sod-bp256r1-plain-sha384",
        description: "Signed by plain ECDSA of TR-03111 on brainpoolP256r1, SHA-384",
        recipe: Recipe::Signed(Signature::EcdsaPlain("brainpoolP256r1", Hash::Sha384)),
    },
    Entry {
        name: "sod-bp256r1-plain-sha512",
        description: "Signed by plain ECDSA of TR-03111 on brainpoolP256r1, SHA-512",
        recipe: Recipe::Signed(Signature::EcdsaPlain("brainpoolP256r1", Hash::Sha512)),
    },
    Entry {
        name: "pace-p192-aes128",
        description: "Opens by PACE alone: domain parameter 8, AES-128",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes128, 8)),
    },
    Entry {
        name: "pace-p192-3des",
        description: "Opens by PACE alone: domain parameter 8, 3DES",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::TripleDes, 8)),
    },
    Entry {
        name: "pace-bp192-3des",
        description: "Opens by PACE alone: domain parameter 9, 3DES",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::TripleDes, 9)),
    },
    Entry {
        name: "pace-p224-3des",
        description: "Opens by PACE alone: domain parameter 10, 3DES",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::TripleDes, 10)),
    },
    Entry {
        name: "pace-bp224-aes128",
        description: "Opens by PACE alone: domain parameter 11, AES-128",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes128, 11)),
    },
    Entry {
        name: "pace-p256-aes128",
        description: "Opens by PACE alone: domain parameter 12, AES-128",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes128, 12)),
    },
    Entry {
        name: "pace-p256-3des",
        description: "Opens by PACE alone: domain parameter 12, 3DES",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::TripleDes, 12)),
    },
    Entry {
        name: "pace-bp256-3des",
        description: "Opens by PACE alone: domain parameter 13, 3DES",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::TripleDes, 13)),
    },
    Entry {
        name: "pace-bp256-aes128",
        description: "Opens by PACE alone: domain parameter 13, AES-128",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes128, 13)),
    },
    Entry {
        name: "pace-bp256-aes192",
        description: "Opens by PACE alone: domain parameter 13, AES-192",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes192, 13)),
    },
    Entry {
        name: "pace-bp256-aes256",
        description: "Opens by PACE alone: domain parameter 13, AES-256",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes256, 13)),
    },
    Entry {
        name: "pace-bp320-aes192",
        description: "Opens by PACE alone: domain parameter 14, AES-192",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes192, 14)),
    },
    Entry {
        name: "pace-p384-aes192",
        description: "Opens by PACE alone: domain parameter 15, AES-192",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes192, 15)),
    },
    Entry {
        name: "pace-bp384-aes256",
        description: "Opens by PACE alone: domain parameter 16, AES-256",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes256, 16)),
    },
    Entry {
        name: "pace-bp512-aes256",
        description: "Opens by PACE alone: domain parameter 17, AES-256",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes256, 17)),
    },
    Entry {
        name: "pace-p521-aes256",
        description: "Opens by PACE alone: domain parameter 18, AES-256",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes256, 18)),
    },
    Entry {
        name: "pace-im-bp256-3des",
        description: "Opens by PACE with integrated mapping alone: domain parameter 13, 3DES",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::TripleDes, 13)),
    },
    Entry {
        name: "pace-im-bp256-aes128",
        description: "Opens by PACE with integrated mapping alone: domain parameter 13, AES-128",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::Aes128, 13)),
    },
    Entry {
        name: "pace-im-p384-aes192",
        description: "Opens by PACE with integrated mapping alone: domain parameter 15, AES-192",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::Aes192, 15)),
    },
    Entry {
        name: "pace-im-p521-aes256",
        description: "Opens by PACE with integrated mapping alone: domain parameter 18, AES-256",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::Aes256, 18)),
    },
    Entry {
        name: "pace-modp1024-160-3des",
        description: "Opens by PACE in a prime field alone: domain parameter 0, 3DES",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::TripleDes, 0)),
    },
    Entry {
        name: "pace-modp1024-160-aes128",
        description: "Opens by PACE in a prime field alone: domain parameter 0, AES-128",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes128, 0)),
    },
    Entry {
        name: "pace-modp2048-224-aes192",
        description: "Opens by PACE in a prime field alone: domain parameter 1, AES-192",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes192, 1)),
    },
    Entry {
        name: "pace-modp2048-256-aes256",
        description: "Opens by PACE in a prime field alone: domain parameter 2, AES-256",
        recipe: Recipe::Pace(PaceOffer::generic(Suite::Aes256, 2)),
    },
    Entry {
        name: "pace-im-modp1024-160-aes128",
        description: "Opens by PACE with integrated mapping in a prime field alone: domain parameter 0, AES-128",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::Aes128, 0)),
    },
    Entry {
        name: "pace-im-modp2048-224-3des",
        description: "Opens by PACE with integrated mapping in a prime field alone: domain parameter 1, 3DES",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::TripleDes, 1)),
    },
    Entry {
        name: "pace-im-modp2048-256-aes256",
        description: "Opens by PACE with integrated mapping in a prime field alone: domain parameter 2, AES-256",
        recipe: Recipe::Pace(PaceOffer::integrated(Suite::Aes256, 2)),
    },
    Entry {
        name: "pace-cam-bp256-aes128",
        description: "Proves its chip in PACE with chip authentication mapping: domain parameter 13, AES-128, EF.CardSecurity",
        recipe: Recipe::Mapping(Suite::Aes128, 13),
    },
    Entry {
        name: "pace-cam-p384-aes192",
        description: "Proves its chip in PACE with chip authentication mapping: domain parameter 15, AES-192, EF.CardSecurity",
        recipe: Recipe::Mapping(Suite::Aes192, 15),
    },
    Entry {
        name: "pace-cam-bp512-aes256",
        description: "Proves its chip in PACE with chip authentication mapping: domain parameter 17, AES-256, EF.CardSecurity",
        recipe: Recipe::Mapping(Suite::Aes256, 17),
    },
    Entry {
        name: "pace-cam-p521-aes256",
        description: "Proves its chip in PACE with chip authentication mapping: domain parameter 18, AES-256, EF.CardSecurity",
        recipe: Recipe::Mapping(Suite::Aes256, 18),
    },
    Entry {
        name: "pace-pin",
        description: "PACE with a PIN (246810) and a PUK (1357924680) whose tries are counted, beside MRZ and CAN",
        recipe: Recipe::HolderSecrets,
    },
    Entry {
        name: "aa-rsa1024-sha1",
        description: "BAC and active authentication: rsa1024, SHA-1",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa1024-b"), Hash::Sha1),
    },
    Entry {
        name: "aa-rsa2048-sha224",
        description: "BAC and active authentication: rsa2048, SHA-224",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa2048-b"), Hash::Sha224),
    },
    Entry {
        name: "aa-rsa2048-sha256",
        description: "BAC and active authentication: rsa2048, SHA-256",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa2048-b"), Hash::Sha256),
    },
    Entry {
        name: "aa-rsa2048-sha384",
        description: "BAC and active authentication: rsa2048, SHA-384",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa2048-b"), Hash::Sha384),
    },
    Entry {
        name: "aa-rsa2048-sha512",
        description: "BAC and active authentication: rsa2048, SHA-512",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa2048-b"), Hash::Sha512),
    },
    Entry {
        name: "aa-rsa2048-e3-sha256",
        description: "BAC and active authentication: rsa2048-e3, SHA-256",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa2048-e3"), Hash::Sha256),
    },
    Entry {
        name: "aa-rsa4096-sha256",
        description: "BAC and active authentication: rsa4096, SHA-256",
        recipe: Recipe::Active(ActiveKey::Rsa("rsa4096-b"), Hash::Sha256),
    },
    Entry {
        name: "aa-p256-sha256",
        description: "BAC and active authentication: p256, SHA-256",
        recipe: Recipe::Active(ActiveKey::Ec("secp256r1"), Hash::Sha256),
    },
    Entry {
        name: "aa-bp256-sha256",
        description: "BAC and active authentication: bp256, SHA-256",
        recipe: Recipe::Active(ActiveKey::Ec("brainpoolP256r1"), Hash::Sha256),
    },
    Entry {
        name: "aa-p384-sha384",
        description: "BAC and active authentication: p384, SHA-384",
        recipe: Recipe::Active(ActiveKey::Ec("secp384r1"), Hash::Sha384),
    },
    Entry {
        name: "aa-bp512-sha512",
        description: "BAC and active authentication: bp512, SHA-512",
        recipe: Recipe::Active(ActiveKey::Ec("brainpoolP512r1"), Hash::Sha512),
    },
    Entry {
        name: "aa-p521-sha512",
        description: "BAC and active authentication: p521, SHA-512",
        recipe: Recipe::Active(ActiveKey::Ec("secp521r1"), Hash::Sha512),
    },
    Entry {
        name: "aa-p384-silent-sha256",
        description: "BAC and active authentication with P-384 and SHA-256 that no DG14 announces",
        recipe: Recipe::ActiveSilent(ActiveKey::Ec("secp384r1"), Hash::Sha256),
    },
    Entry {
        name: "ca-two-keys",
        description: "BAC and two chip-authentication keys with identifiers: 3DES and AES-256",
        recipe: Recipe::TwoKeys,
    },
    Entry {
        name: "ca-no-info",
        description: "BAC and a chip-authentication key without ChipAuthenticationInfo",
        recipe: Recipe::KeyWithoutInfo,
    },
    Entry {
        name: "ca-modp1024-160-3des",
        description: "BAC and chip authentication in a prime field: domain parameter 0, 3DES",
        recipe: Recipe::ModpAgreement(Suite::TripleDes, 0),
    },
    Entry {
        name: "ca-modp2048-224-3des",
        description: "BAC and chip authentication in a prime field: domain parameter 1, 3DES",
        recipe: Recipe::ModpAgreement(Suite::TripleDes, 1),
    },
    Entry {
        name: "ca-modp2048-256-aes128",
        description: "BAC and chip authentication in a prime field: domain parameter 2, AES-128",
        recipe: Recipe::ModpAgreement(Suite::Aes128, 2),
    },
    Entry { name: "passive-only", description: "BAC and passive authentication alone", recipe: Recipe::Passive },
];
