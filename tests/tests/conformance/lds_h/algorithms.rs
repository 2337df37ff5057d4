//! Hashes and signatures that an inspection system must know (§7.1), each in the whole chain.

use card_fixtures::authority::{Authority, Scheme, Signer, rsa_encryption};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::configuration::ConfigurationSet::Eac;
use card_fixtures::personalisation::issue::{curve, rsa_key};

use crate::document::Document;
use crate::suite::Case;

/// The document by another authority, its data groups hashed by `groups`.
fn sign(document: &mut Document, csca: Signer, signer: Signer, groups: Hash) {
    let authority = Authority { csca, document_signer: signer, ..document.authority.clone() };
    document.issued_by(authority);
    document.sod().group_hash = groups;
}

fn pkcs1(document: &mut Document, hash: Hash) {
    sign(document, Signer::rsa_pkcs1(rsa_key("rsa3072-a"), hash), Signer::rsa_pkcs1(rsa_key("rsa2048-a"), hash), hash);
}

/// The SignerInfo names plain rsaEncryption.
fn unnamed_pkcs1(document: &mut Document, hash: Hash) {
    pkcs1(document, hash);
    document.sod().signature.signature_algorithm = Some(rsa_encryption());
}

fn pss(document: &mut Document, hash: Hash) {
    sign(document, Signer::rsa_pss(rsa_key("rsa3072-a"), hash), Signer::rsa_pss(rsa_key("rsa2048-a"), hash), hash);
}

/// In the one group of the fixtures, of 2,048 bits.
fn dsa(document: &mut Document, hash: Hash) {
    sign(document, Signer::dsa(hash, "csca"), Signer::dsa(hash, "document signer"), hash);
}

/// Curves of CSCA and document signer for a hash.
fn curves(hash: Hash) -> [&'static str; 2] {
    match hash {
        Hash::Sha1 | Hash::Sha224 => ["brainpoolP256r1", "brainpoolP224r1"],
        Hash::Sha256 => ["brainpoolP256r1"; 2],
        Hash::Sha384 => ["brainpoolP384r1"; 2],
        Hash::Sha512 => ["brainpoolP512r1"; 2],
    }
}

fn ecdsa(document: &mut Document, scheme: Scheme) {
    let [csca, signer] = curves(scheme.hash()).map(|name| Signer::ecdsa(curve(name), scheme.hash(), name).with_scheme(scheme));
    sign(document, csca, signer, scheme.hash());
}

/// By the identifiers of ANSI X9.62.
fn ansi(document: &mut Document, hash: Hash) {
    ecdsa(document, Scheme::Ecdsa { hash });
}

/// By the identifiers of BSI TR-03111, which go with plain signatures.
fn bsi(document: &mut Document, hash: Hash) {
    ecdsa(document, Scheme::PlainEcdsa { hash });
}

pub const CASES: &[Case] = &[
    Case::one("LDS_H_01", Eac, |document| pkcs1(document, Hash::Sha1)),
    Case::one("LDS_H_02", Eac, |document| pss(document, Hash::Sha1)),
    Case::one("LDS_H_03", Eac, |document| pss(document, Hash::Sha256)),
    Case::one("LDS_H_04", Eac, |document| pkcs1(document, Hash::Sha224)),
    Case::one("LDS_H_05", Eac, |document| pkcs1(document, Hash::Sha256)),
    Case::one("LDS_H_06", Eac, |document| pkcs1(document, Hash::Sha384)),
    Case::one("LDS_H_07", Eac, |document| pkcs1(document, Hash::Sha512)),
    Case::one("LDS_H_08", Eac, |document| dsa(document, Hash::Sha1)),
    Case::one("LDS_H_09", Eac, |document| ansi(document, Hash::Sha1)),
    Case::one("LDS_H_10", Eac, |document| bsi(document, Hash::Sha1)),
    Case::one("LDS_H_11", Eac, |document| bsi(document, Hash::Sha224)),
    Case::one("LDS_H_12", Eac, |document| bsi(document, Hash::Sha256)),
    Case::one("LDS_H_13", Eac, |document| bsi(document, Hash::Sha384)),
    Case::one("LDS_H_14", Eac, |document| bsi(document, Hash::Sha512)),
    Case::one("LDS_H_15", Eac, |document| {
        pkcs1(document, Hash::Sha256);
        document.sod().signature.include_certificates = false;
        document.directory = vec![document.authority.document_signer_certificate().der];
    }),
    Case::one("LDS_H_70", Eac, |document| ansi(document, Hash::Sha224)),
    Case::one("LDS_H_71", Eac, |document| ansi(document, Hash::Sha256)),
    Case::one("LDS_H_72", Eac, |document| ansi(document, Hash::Sha384)),
    Case::one("LDS_H_73", Eac, |document| ansi(document, Hash::Sha512)),
    Case::one("LDS_H_74", Eac, |document| document.sod().group_hash = Hash::Sha224),
    Case::one("LDS_H_75", Eac, |document| {
        document.sod().group_hash = Hash::Sha224;
    }),
    Case::one("LDS_H_76", Eac, |document| {
        let csca = Signer::ecdsa(curve("brainpoolP256r1"), Hash::Sha224, "csca");
        sign(document, csca, Signer::rsa_pkcs1(rsa_key("rsa2048-a"), Hash::Sha256), Hash::Sha224);
    }),
    Case::one("LDS_H_77", Eac, |document| {
        let csca = Signer::rsa_pss(rsa_key("rsa3072-a"), Hash::Sha224);
        sign(document, csca, Signer::rsa_pss(rsa_key("rsa2048-a"), Hash::Sha256), Hash::Sha256);
    }),
    Case::one("LDS_H_78", Eac, |document| {
        let csca = Signer::rsa_pkcs1(rsa_key("rsa3072-a"), Hash::Sha256);
        sign(document, csca, Signer::rsa_pss(rsa_key("rsa2048-a"), Hash::Sha256), Hash::Sha256);
    }),
    Case::one("LDS_H_79", Eac, |document| unnamed_pkcs1(document, Hash::Sha1)),
    Case::one("LDS_H_80", Eac, |document| unnamed_pkcs1(document, Hash::Sha224)),
    Case::one("LDS_H_81", Eac, |document| unnamed_pkcs1(document, Hash::Sha256)),
    Case::one("LDS_H_82", Eac, |document| unnamed_pkcs1(document, Hash::Sha384)),
    Case::one("LDS_H_83", Eac, |document| unnamed_pkcs1(document, Hash::Sha512)),
    Case::one("LDS_H_94", Eac, |document| pss(document, Hash::Sha224)),
    Case::one("LDS_H_95", Eac, |document| pss(document, Hash::Sha384)),
    Case::one("LDS_H_96", Eac, |document| pss(document, Hash::Sha512)),
    Case::one("LDS_H_97", Eac, |document| dsa(document, Hash::Sha224)),
    Case::one("LDS_H_98", Eac, |document| dsa(document, Hash::Sha256)),
];
