//! RSA moduli whose length is no whole number of bytes, as a few document signers have them: signatures of OpenSSL.

use hex::decode;

use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{CryptoError, DigestAlgorithm, Provider as _, PublicKey, SignatureScheme};

const PKCS1: SignatureScheme = SignatureScheme::RsaPkcs1 { digest: DigestAlgorithm::Sha256 };
const PSS: SignatureScheme =
    SignatureScheme::RsaPss { digest: DigestAlgorithm::Sha256, mask_digest: DigestAlgorithm::Sha1, salt_len: 20 };

#[test]
fn moduli_of_odd_lengths() {
    for (bits, spki, pkcs1, pss) in VECTORS {
        let key = PublicKey::from_spki(&decode(spki).unwrap()).unwrap();
        assert_eq!(key.bits(), bits);
        for (scheme, signature) in [(PKCS1, pkcs1), (PSS, pss)] {
            let signature = decode(signature).unwrap();
            let verify = |scheme, message: &[u8], signature: &[u8]| RustCrypto.verify(&key, &scheme, message, signature);
            assert_eq!(verify(scheme, b"soat", &signature), Ok(()), "{bits} {scheme:?}");
            assert_eq!(verify(scheme, b"sort", &signature), Err(CryptoError::SignatureInvalid));
            let other = if scheme == PKCS1 { PSS } else { PKCS1 };
            assert_eq!(verify(other, b"soat", &signature), Err(CryptoError::SignatureInvalid));
            assert_eq!(verify(scheme, b"soat", &signature[1..]), Err(CryptoError::SignatureInvalid));
            assert_eq!(verify(scheme, b"soat", &[&[0], &signature[..]].concat()), Err(CryptoError::SignatureInvalid));
        }
    }
}

/// Hash, mask and salt are each the signature's own: no other value opens it.
#[test]
fn pss_parameters_are_not_interchangeable() {
    let (_, spki, _, pss) = VECTORS[0];
    let (key, signature) = (PublicKey::from_spki(&decode(spki).unwrap()).unwrap(), decode(pss).unwrap());

    for digest in DigestAlgorithm::ALL {
        for mask_digest in DigestAlgorithm::ALL {
            for salt_len in [0, 19, 20, 21, 32, 64, 128, u16::MAX] {
                let scheme = SignatureScheme::RsaPss { digest, mask_digest, salt_len };
                assert_eq!(RustCrypto.verify(&key, &scheme, b"soat", &signature).is_ok(), scheme == PSS);
            }
        }
    }
}

#[test]
fn a_scheme_of_another_kind_than_the_key_is_refused() {
    let (_, spki, pkcs1, _) = VECTORS[0];
    let (key, signature) = (PublicKey::from_spki(&decode(spki).unwrap()).unwrap(), decode(pkcs1).unwrap());
    for scheme in [
        SignatureScheme::Ecdsa { digest: DigestAlgorithm::Sha256 },
        SignatureScheme::EcdsaPlain { digest: DigestAlgorithm::Sha256 },
        SignatureScheme::Dsa { digest: DigestAlgorithm::Sha256 },
    ] {
        let refused = Err(CryptoError::Unsupported("a key of another kind than the signature scheme"));
        assert_eq!(RustCrypto.verify(&key, &scheme, b"soat", &signature), refused);
    }
}

const VECTORS: [(usize, &str, &str, &str); 4] = [
    (
        1025,
        concat!(
            "30819f300d06092a864886f70d010101050003818d003081890281810159c6dca00c231d714dc0fff5ec0b082ef0689a2eff",
            "d6062f7af0593580fa1cebf4c32d52c7a469d99e8fc3b3649cd1ae963becaeb2d15b2a5fb1162cbd67527141e1708b18349b",
            "2de0a0a9b9dd9bb35d11938547b17da983f72953a04f515a04e2537049678c625bfdbcc7e8a6f50db5a1f434943508e13aa6",
            "be31d1f02a88270203010001",
        ),
        concat!(
            "0122aeb70d30800ad5101ad8c5f2414083b1969da7ccbf32b9767e08d305f955829fdf9ca94587cf77a29b596b8918555990",
            "72e5df1f3f420dc359114eb8b2082a2d45b0aeecad6fcf950daa6cbf41cab24242573783bbced5b80e26171e0c5d549eda77",
            "04eaff3c3b2622448c01d39e0fe7d769b9e762704806747db6086cbd87",
        ),
        concat!(
            "0104ba50e72be7ce37e5103e58e0a43b4695acb078822b21e803f96795602eba00f033ea693a5edb6b5c73f84787d9d544ac",
            "e1ff0d0d252002a6c9874524ad608613a2c6b434959833ca97a92d6256a47ec71178d2c6f891de96e4e51cf7f2811c392497",
            "a66e24be6320cedb801fef69375cf31e7cc72732c93989bf3b299cd4ec",
        ),
    ),
    (
        1031,
        concat!(
            "30819f300d06092a864886f70d010101050003818d0030818902818152ea8e69faf84ceccfbb457076ea8b0c6cb1515a61c2",
            "a7e35c87e6e17edc9a442fd40a56b4345d40922d6330cab55ce2b5df15f9d9ac4da2b46ffd2a843f718ec36ae158122d8502",
            "0a93bd9a3666ef60b61ea096f9b39fa923e5bc9c44ff17c804cb60176ab12f5f4daee93ecc79b31b07322ea72d078247c101",
            "77cb09955ac6a50203010001",
        ),
        concat!(
            "011d967b2c6e3bc8c4cc0dbde20f8c21c3fa5e11976c728bf52ed410879393f6aa3acb3d8113638c4da74594670a5e2fb184",
            "22df9e537dfc3fe016142d7a2e306a6d607d48eaa0f512e7f8548afec76cc0f721ab2989c2613c836247684fafd520272b0c",
            "7ed9bb37eb48a0f2623a90206ebf0912ab679a892d8b0e68cf2b9be0a0",
        ),
        concat!(
            "0d93cc096da71e21cc21ea7ec7dce0c2092a1f0b7f3309b799369f8d978004cdec153c22108b946b9b439690e100478c6203",
            "59c7c5305bc9ea55cb82addb6c83930ed130b0a7bc6d04cc6738ea50d9cf119d004f723e3ea3d7cc6998e40bd7efb155fd67",
            "36d58fc61e8d7502f974fed964d7013f6fd501224cdd551ce0a6f2b80b",
        ),
    ),
    (
        1033,
        concat!(
            "3081a0300d06092a864886f70d010101050003818e0030818a0281820166fc4869a2ec3866fa576c79d8cadf681df1455ab1",
            "06603e821fe8034c76640a01fc0293711fbd81045a38555c29b8d3b002ccdb21ce3e8ef256f116d8b5d4429f9f77e5ed6e60",
            "f6753f66c7d9596450c26acc4059a3b0af94b3bb7e851d508676c86655965bf641cfccb278cee03a266f1f8257502f34d6dc",
            "344c9477701806470203010001",
        ),
        concat!(
            "01173493799b588c074db56b6963adfdde2e9c242e52894fa22488e0adae93e4ddef0f569ea1f6b63764a85a9f424410a4de",
            "ae5392963467d245facce0a5f0681d7844909967f6e692dd05f114aaf2da9e7945eca0ac8e08511c360a4e83868c5dc0b428",
            "675940ed631f947e854e0886ff17c7aab51a796d2b7c0dc5242ff5e80084",
        ),
        concat!(
            "0022249b50aecd36cd59c6177dba931a6b75290bf661568afb044ee3acd58227291e6ced9ea72a0167c5e8c55882702c0eda",
            "04b222e796253c0e5f46dd6597050b18158affb36f6014ce47020877149c763c4527771650b1b91014d06fff098f6646ac7c",
            "6558deccdb766223a8a0f5fb73ea5d5a74efa6c88592b45587ba3a53db8f",
        ),
    ),
    (
        2047,
        concat!(
            "30820121300d06092a864886f70d01010105000382010e00308201090282010059c33519ec8b7ad98921c214314dedace294",
            "e5c235b5fd16a5927a85c7faee1d0e81d115158454618b470042d8bc908716f14a91443882a7eb87146e2cbdc9d8b27bbc95",
            "cef814898d89ba2dcd62dc67ddef1b12d689f40c0d68929db12f66e485b50fddbfdff400ac34e86eb95213fee635177210ce",
            "7e0dd8d6027d9aa09d396f32c7ffa92d54b3b4e2982742e72e50a35c90da321f30248d0726e0c771273e73f9610b57760030",
            "f4fcba3cf20821105c2162d03340c725a0e6572e50b4093263c7c75c23a5ce7f7cc922c7b4f1e61b748a68818a9f02f96a82",
            "e15ef25f26efe678978f0c9ae46d8c0b13eb3b2f27af021a6431e1fe17587c1625af87bb45450203010001",
        ),
        concat!(
            "3a04451cce97b25124445b45f1a9a77bf196a428da3e6155f4be01d9151dca24e030d6138f18bd06282521f1ab5a5a818580",
            "adcfac0222340708a7843387ffbaedcb5e5a14e4e3b99af89795dc0feba1d97d2a3f3d095cc8bfc01761dbc3b4183b51667d",
            "b8c3935453926288493395b3d4715d7c9b879ba48814c9ff06570ca6fe993bd1a10f7dc87c24fb29f638ff9cb43f31c1d0c2",
            "da98efcddcf66e8b0bcc98fa3962b65a42f5182024f88517c90abe13a27d4f75079d6e3a775c4304ff5bceeaa504f0703c7b",
            "e090c4ae7ffd8439e32b7df661824afbed51ddeebbf7b605fc3b0fd76ea7b07ce7fbb27869d92cf20839837be68867c8c1fc",
            "b110930de0cf",
        ),
        concat!(
            "53aed3ff753cce6aedecbe6c1d829bd37a4675db4ce0720c2be560009f753772f4b18d56b7e974497162f9ee5aef59dae2e3",
            "f47c65366eca10c23ffeade084dc560848aa70522f96db4c00360c559c97480ef88671df32df8cd310052bca2965cc8f5de6",
            "31d87ebaff3b1baff9a4c8025369ca46c86f697cd38b9737ccfa6a5036f5fd1b95e7a18c065cfe1f0d870ee1895052071791",
            "494f300be1aa6d71a441c1353fee0af5fcb4fafa5dbb66ac2004461a7383dbdf469fe7afd601aeb38770a027e18d8581c57d",
            "1a584d1e6233cea8d113443ccdd49088f9e06b3b7717e07deb32bac14eab0ed69792b5a8b6b313ee6b4cfcf1e7ea04e85fe0",
            "97132010643e",
        ),
    ),
];
