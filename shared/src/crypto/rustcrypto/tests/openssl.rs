//! Curves that Wycheproof lacks, against signatures of OpenSSL: some that it made once, and, where the command is installed, fresh ones.

extern crate std;

use std::format;
use std::process::Command;
use std::string::String;
use std::vec::Vec;
use std::{env, eprintln, fs, process};

use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{CryptoError, DigestAlgorithm, NamedCurve, Provider as _, PublicKey, SignatureScheme};

/// A key, named and in full, with signatures over `{curve} with {hash}`.
struct Vectors {
    curve: NamedCurve,
    spki: &'static str,
    explicit_spki: &'static str,
    signatures: [(DigestAlgorithm, &'static str); 3],
}

/// The name of a hash as the command takes it.
fn command_name(algorithm: DigestAlgorithm) -> String {
    algorithm.name().replace('-', "").to_lowercase()
}

#[test]
fn signatures_made_once() {
    for vectors in &VECTORS {
        let key = PublicKey::from_spki(&hex::decode(vectors.spki).unwrap()).unwrap();
        let explicit = PublicKey::from_spki(&hex::decode(vectors.explicit_spki).unwrap()).unwrap();
        assert_eq!(key, explicit);
        let PublicKey::Ec(ec) = &key else { panic!("an elliptic curve") };
        assert_eq!(ec.curve(), vectors.curve);
        assert_eq!(RustCrypto.curve_of_point(ec.point()), Some(vectors.curve));
        for (digest, signature) in vectors.signatures {
            let message = format!("{} with {}", vectors.curve.name(), command_name(digest));
            let signature = hex::decode(signature).unwrap();
            let verify =
                |message: &[u8], digest| RustCrypto.verify(&key, &SignatureScheme::Ecdsa { digest }, message, &signature);
            assert_eq!(verify(message.as_bytes(), digest), Ok(()), "{message}");
            assert_eq!(verify(&message.as_bytes()[1..], digest), Err(CryptoError::SignatureInvalid), "{message}");
            assert_eq!(verify(message.as_bytes(), DigestAlgorithm::Sha384), Err(CryptoError::SignatureInvalid), "{message}");
        }
    }
}

#[test]
fn signatures_made_now() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("SKIPPED: there is no openssl command, so that no fresh signatures were made");
        return;
    }
    let folder = env::temp_dir().join(format!("soat-openssl-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let run = |arguments: &[&str]| -> Option<Vec<u8>> {
        let output = Command::new("openssl").args(arguments).current_dir(&folder).output().unwrap();
        output.status.success().then_some(output.stdout)
    };
    let mut verified = 0;
    for curve in NamedCurve::ALL {
        let name = match curve {
            NamedCurve::P192 => "prime192v1",
            NamedCurve::P224 => "secp224r1",
            NamedCurve::P256 => "prime256v1",
            NamedCurve::P384 => "secp384r1",
            NamedCurve::P521 => "secp521r1",
            brainpool => brainpool.name(),
        };
        // A system may have switched off the short curves.
        if run(&["ecparam", "-name", name, "-genkey", "-noout", "-out", "key.pem"]).is_none() {
            eprintln!("SKIPPED: this openssl lacks {name}");
            continue;
        }
        for (form, conversion) in [
            ("named_curve", "uncompressed"),
            ("explicit", "uncompressed"),
            ("named_curve", "compressed"),
            ("explicit", "compressed"),
        ] {
            let arguments = ["ec", "-in", "key.pem", "-pubout", "-outform", "DER", "-param_enc", form, "-conv_form", conversion];
            let key = PublicKey::from_spki(&run(&arguments).unwrap()).unwrap();
            assert_eq!(key.bits(), curve.bits());
            for digest in DigestAlgorithm::ALL {
                fs::write(folder.join("message"), name).unwrap();
                let signature = run(&["dgst", &format!("-{}", command_name(digest)), "-sign", "key.pem", "message"]).unwrap();
                let scheme = SignatureScheme::Ecdsa { digest };
                assert_eq!(RustCrypto.verify(&key, &scheme, name.as_bytes(), &signature), Ok(()), "{name} {form} {digest:?}");
                verified += 1;
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(verified > 0);
}

const VECTORS: [Vectors; 9] = [
    Vectors {
        curve: NamedCurve::BrainpoolP160r1,
        spki: concat!(
            "3042301406072a8648ce3d020106092b2403030208010101032a00044736daca6293106ec187837815d997ca690a6ff7060a",
            "ce13c1c3e6f982f51c5d11a34784247ada2b",
        ),
        explicit_spki: concat!(
            "3081d33081a406072a8648ce3d0201308198020101302006072a8648ce3d0101021500e95e4a5f737059dc60dfc7ad95b3d8",
            "139515620f302c0414340e7be2a280eb74e2be61bada745d97e8f7c30004141e589a8595423412134faa2dbdec95c8d8675e",
            "58042904bed5af16ea3f6a4f62938c4631eb5af7bdbcdbc31667cb477a1a8ec338f94741669c976316da6321021500e95e4a",
            "5f737059dc60df5991d45029409e60fc09020101032a00044736daca6293106ec187837815d997ca690a6ff7060ace13c1c3",
            "e6f982f51c5d11a34784247ada2b",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                "302e021500a1020b2befea9316f43017be72ba6ba220532661021500b2272d0f7b457a77656611723c51868f504935bc",
            ),
            (
                DigestAlgorithm::Sha256,
                "302d021417afffe5117ba492c2cca8e97c6e587a4cfbc4730215008e9bcf2692f37d4571d353014e41104970643b25",
            ),
            (
                DigestAlgorithm::Sha512,
                "302d0214622f8761412d39c3ffd053a9b93facd141bf052d021500ce36676030930f402136f6b03df26763c0226e0d",
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP192r1,
        spki: concat!(
            "304a301406072a8648ce3d020106092b240303020801010303320004bc4c6afd1a6d02b2e221358f0b1e48ee1dd4f297b87e",
            "2bbb67f51aae8985a7f020be7eda3c2bec7e18dbe9862bb3cb0a",
        ),
        explicit_spki: concat!(
            "3081f33081bc06072a8648ce3d02013081b0020101302406072a8648ce3d0101021900c302f41d932a36cda7a3463093d18d",
            "b78fce476de1a86297303404186a91174076b1e0e19c39c031fe8685c1cae040e5c69a28ef0418469a28ef7c28cca3dc721d",
            "044f4496bcca7ef4146fbf25c9043104c0a0647eaab6a48753b033c56cb0f0900a2f5c4853375fd614b690866abd5bb88b5f",
            "4828c1490002e6773fa2fa299b8f021900c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc102010103320004bc4c",
            "6afd1a6d02b2e221358f0b1e48ee1dd4f297b87e2bbb67f51aae8985a7f020be7eda3c2bec7e18dbe9862bb3cb0a",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "3035021900ae67fc39abced97f20f12ae6ffc6fdb3d1b5897b6bce220e02180559f405f1fc91481f7dfdde2539b6f91acbc3",
                    "53892d31a0",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "303402181f4ab254b77bdcfc0091a2be878af376826a0f9ad37efb2402185dbcd7a24d553ffd5a1d7e38d16c0bfc943a9e0c",
                    "6c0da45a",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "3035021823364d7b9515afac60b7f20ee4d231fa4c67082c7f611efe021900bb5cf872e9d9b49f00696d846b2f066b894d4a",
                    "e350b010ec",
                ),
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP160t1,
        spki: concat!(
            "3042301406072a8648ce3d020106092b2403030208010102032a0004524da047c898995d5e3eece1107cfb5bab10cd9e751a",
            "d8dd23db4a060606b5d42fd6532d3df0ee8f",
        ),
        explicit_spki: concat!(
            "3081d33081a406072a8648ce3d0201308198020101302006072a8648ce3d0101021500e95e4a5f737059dc60dfc7ad95b3d8",
            "139515620f302c0414e95e4a5f737059dc60dfc7ad95b3d8139515620c04147a556b6dae535b7b51ed2c4d7daa7a0b5c55f3",
            "80042904b199b13b9b34efc1397e64baeb05acc265ff2378add6718b7c7c1961f0991b842443772152c9e0ad021500e95e4a",
            "5f737059dc60df5991d45029409e60fc09020101032a0004524da047c898995d5e3eece1107cfb5bab10cd9e751ad8dd23db",
            "4a060606b5d42fd6532d3df0ee8f",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                "302d021500cc5200ce5e0e436e2e6522d253c64a1f7ea747f902141f00083a000a23e28e84460428c54c06cb025a7e",
            ),
            (
                DigestAlgorithm::Sha256,
                "302c0214270e7f224817e9837430ed6a42aa597605c9245e0214062d136e6ef29a6d1e253dcd0471eeacab6da586",
            ),
            (
                DigestAlgorithm::Sha512,
                "302e02150091b45425911e0c2cdd25a5e1829934c728b6258d021500bab7b12c609cb57af2d218ebd0fd6bf43c39fc3b",
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP192t1,
        spki: concat!(
            "304a301406072a8648ce3d020106092b240303020801010403320004016ce22bb9d4b500174d2de4d05f758ab8579c163ba4",
            "6eb95c6e9d4d4e4a18de6373cd12fe1b34817c0388969177fe22",
        ),
        explicit_spki: concat!(
            "3081f33081bc06072a8648ce3d02013081b0020101302406072a8648ce3d0101021900c302f41d932a36cda7a3463093d18d",
            "b78fce476de1a8629730340418c302f41d932a36cda7a3463093d18db78fce476de1a86294041813d56ffaec78681e68f9de",
            "b43b35bec2fb68542e27897b790431043ae9e58c82f63c30282e1fe7bbf43fa72c446af6f4618129097e2c5667c2223a902a",
            "b5ca449d0084b7e5b3de7ccc01c9021900c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc102010103320004016c",
            "e22bb9d4b500174d2de4d05f758ab8579c163ba46eb95c6e9d4d4e4a18de6373cd12fe1b34817c0388969177fe22",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "3035021900810884a118f04267791d5a063b584216117aa3b52d2a1cd3021879cc64374c58d16e95c37a56024b16a4225656",
                    "2d85dfd94b",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "303502190091e2cc76e121691a615ae7ec64bfc6195330f28d513acc3a021824a7e280bf0d914983d5a02737ba63755cf1e8",
                    "042b715285",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "303402183a71428b64addf2559f862056160a09ed1a24d6be6f0a7ef02187f9f2893432e498eea451bfb303953c8c5c9acb9",
                    "9a5723a9",
                ),
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP224t1,
        spki: concat!(
            "3052301406072a8648ce3d020106092b2403030208010106033a000469035a414fc91b96a097d32f2e835de68bd275b13b6e",
            "65333764feca8a986199c57e487a070ead1c513f0f102f4327b5805e1f759b032411",
        ),
        explicit_spki: concat!(
            "308201133081d406072a8648ce3d02013081c8020101302806072a8648ce3d0101021d00d7c134aa264366862a18302575d1",
            "d787b09f075797da89f57ec8c0ff303c041cd7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0fc041c4b33",
            "7d934104cd7bef271bf60ced1ed20da14c08b3bb64f18a60888d0439046ab1e344ce25ff3896424e7ffe14762ecb49f8928a",
            "c0c76029b4d5800374e9f5143e568cd23f3f4d7c0d4b1e41c8cc0d1c6abd5f1a46db4c021d00d7c134aa264366862a183025",
            "75d0fb98d116bc4b6ddebca3a5a7939f020101033a000469035a414fc91b96a097d32f2e835de68bd275b13b6e65333764fe",
            "ca8a986199c57e487a070ead1c513f0f102f4327b5805e1f759b032411",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "303d021c4147fe668320ef7d87a1f04ad3a1d40337819a3f8b63b12772980611021d00c916eb2ea086bdbadb4920cde3c279",
                    "950995a705c35f46a3ca5048e9",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "303d021c30782ec3932f08d6d7e6fabe574366b4ea9cafe355d77bbdfbed1fac021d009dad468c18d588a5838d80717ab9ce",
                    "c77840e83c20c6bee5c12c64cc",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "303d021d00c369e9839a36b11eed9a8f586147eac95e174e81062a6c10a3391a8c021c27c2ce3a3707eb6d5983b9997a03de",
                    "4bdca65d8f67ae842f22356d2a",
                ),
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP256t1,
        spki: concat!(
            "305a301406072a8648ce3d020106092b240303020801010803420004351f334262caa334c5b468f60f6cd47ab1c0c80df516",
            "669cb56b52061ebcb0ca4b06dc2307633c7781981cdebcdb50b46d84c7b1c8adac1a5bb7302c903cc05a",
        ),
        explicit_spki: concat!(
            "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100a9fb57dba1eea9bc3e660a909d83",
            "8d726e3bf623d52620282013481d1f6e537730440420a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d",
            "1f6e53740420662c61c430d84ea4fe66a7733d0b76b7bf93ebc4af2f49256ae58101fee92b04044104a3e8eb3cc1cfe7b773",
            "2213b23a656149afa142c47aafbc2b79a191562e1305f42d996c823439c56d7f7b22e14644417e69bcb6de39d027001dabe8",
            "f35b25c9be022100a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a702010103420004351f33",
            "4262caa334c5b468f60f6cd47ab1c0c80df516669cb56b52061ebcb0ca4b06dc2307633c7781981cdebcdb50b46d84c7b1c8",
            "adac1a5bb7302c903cc05a",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "304402203d74051d1f1cbab86eebbd774b4328099c2e34647be9d3b0a3894ef3d7c5723a02201bfedc305d60d7f66f41ea65",
                    "8eab9faee0aa12453c328dbfc2c0b6fbb10cd0b5",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "3044022005dcf2417f8e44ed68e40382b2031268b2599b800ce6cdd353fe6113ed7c275f022036de773fcdd0f13f64135cc5",
                    "518c0f1aecef6f435f2e0eb6ddcc068ca2b3cf89",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "30450220765dc3def2ce8b571bdee86d5ab89e40c8decb0d820fee4d1dc87790b5523233022100985ed944cf5503b21d0467",
                    "f8f503f0379a13fbbe391b50c1ff6e4fa82c397226",
                ),
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP320t1,
        spki: concat!(
            "306a301406072a8648ce3d020106092b240303020801010a035200046b2d5034501ff8705b928516c02d10bc3ae597375718",
            "2d59fcf2db3a8a47d1160f179b8e12bfc3647eb6ba1e4e66473c6141b0bce996d138685579f675b369b57356867fe16787ef",
            "ec000030c931fdab",
        ),
        explicit_spki: concat!(
            "308201753082011d06072a8648ce3d020130820110020101303406072a8648ce3d0101022900d35e472036bc4fb7e13c785e",
            "d201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e2730540428d35e472036bc4fb7e13c785ed201e065f98f",
            "cfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e240428a7f561e038eb1ed560b3d147db782013064c19f27ed27c6780aa",
            "f77fb8a547ceb5b4fef422340353045104925be9fb01afc6fb4d3e7d4990010f813408ab106c4f09cb7ee07868cc136fff33",
            "57f624a21bed5263ba3a7a27483ebf6671dbef7abb30ebee084e58a0b077ad42a5a0989d1ee71b1b9bc0455fb0d2c3022900",
            "d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311020101035200046b2d50",
            "34501ff8705b928516c02d10bc3ae5973757182d59fcf2db3a8a47d1160f179b8e12bfc3647eb6ba1e4e66473c6141b0bce9",
            "96d138685579f675b369b57356867fe16787efec000030c931fdab",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "305502283c26eb4d6880b7c4eb74810c37fea289d4a62b51630cad79997523cbd46bf03e3c736ed162050293022900c7ad02",
                    "5e9ee30a4b44d2b89069719fb5070822ce578011620275401a5393c4a2058f520e203a0ffe",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "3054022812fa7738d039daf3a5f661c29ef21bbeba04dece15dbc045caf479d4c74d088dc2dbe19c7f60b53002285868dfa2",
                    "cfa1b167d6c6c12d7773f367c9e52f9df89e7bed87b734e3e66fecdc0f12dbf310332998",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "305502280642195543768e36b6b838c4cf0d5ef90fb0a74c780c14caf0f65c20dc69cde38f2ab4cdcdf450f2022900c2d239",
                    "1727d0ac46fc1859cdbae61116872a9f3026382c75e3661877928dda2ae69694240fedb5b4",
                ),
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP384t1,
        spki: concat!(
            "307a301406072a8648ce3d020106092b240303020801010c0362000447ee6c745dfd786f54df1209d46793199f5223cf801b",
            "980dedf7f0146b18c3f56ef0617d0e1f452238d5af7b984bd1ae0e65c035f6e562941ad8a00658150b4eaf5c56de88b884bb",
            "085dccb4be040d3359db501017433bb7a18c3e16b3860553",
        ),
        explicit_spki: concat!(
            "308201b53082014d06072a8648ce3d020130820140020101303c06072a8648ce3d01010231008cb91e82a3386d280f5d6f7e",
            "50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53306404308cb91e82a3386d280f5d",
            "6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec5004307f519eada7bda81bd826",
            "dba647910f8c4b9346ed8ccdc64e4b1abd11756dce1d2074aa263b88805ced70355a33b471ee04610418de98b02db9a306f2",
            "afcd7235f72a819b80ab12ebd653172476fecd462aabffc4ff191b946a5f54d8d0aa2f418808cc25ab056962d30651a114af",
            "d2755ad336747f93475b7a1fca3b88f2b6a208ccfe469408584dc2b2912675bf5b9e5829280231008cb91e82a3386d280f5d",
            "6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e90465650201010362000447ee6c745d",
            "fd786f54df1209d46793199f5223cf801b980dedf7f0146b18c3f56ef0617d0e1f452238d5af7b984bd1ae0e65c035f6e562",
            "941ad8a00658150b4eaf5c56de88b884bb085dccb4be040d3359db501017433bb7a18c3e16b3860553",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "30640230209ba7081a8402fdd4c80a985e757508f19c95bbcea88e2ffc2c14c916773ab5e02ade4a4e29f11a0a8eea0ac533",
                    "99860230213ece64350e342c0b8f472d4cf0bc83db9b1d3a5c0dfe5ab73c3a4bc6f505c403429f4ff05ef85fd2ce16a1caa6",
                    "02c6",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "306402307cbf4540979e8f324c2e20b4b3314b6b285dae1f2666a4e95eda94094d9827a7cc50bc884e859b5fb3c17646cfd4",
                    "6e62023001eaca4d42d00bcb21298dfc8be8be1d9027fc15fcec9f6fb07b0af5f8a4c8e511bebb2febec776b9833d1e9209c",
                    "7d5d",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "30640230046443b82bc45948ba7b93f542d58100859ca7bf297c0912fd53f1cf24104bf9bb398e6bcaadffb5488b4f4f251b",
                    "b55c023047a9fe05e93b0db35aa8d9966270587c7ae7a4d5db5cb6ec32380322a78d4549f92afa2938247222f91467190571",
                    "7a5d",
                ),
            ),
        ],
    },
    Vectors {
        curve: NamedCurve::BrainpoolP512t1,
        spki: concat!(
            "30819b301406072a8648ce3d020106092b240303020801010e03818200043b58dc10769ed5221b158bc5b7600eaea2d1ee11",
            "81d0b0cbf02626699cb36a7dae8929a079bebf8b5056c4dddd93cf6f74b7c0c3cc0731d9790d8ed23f75c2f91bc1f3e8f8fe",
            "9d6a35945575d7b7437496c8a566ab5f08a055dc52650ef9088c5d48f731b6755c0bb222e73d5e2f504a007844deee9a667e",
            "cf2b6be5dbcaeac0",
        ),
        explicit_spki: concat!(
            "30820238308201af06072a8648ce3d0201308201a2020101304c06072a8648ce3d0101024100aadd9db8dbe9c48b3fd4e6ae",
            "33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a",
            "48f33081840440aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda1",
            "2ae6a380e62881ff2f2d82c68528aa6056583a48f004407cbbbcf9441cfab76e1890e46884eae321f70c0bcb498152789750",
            "4bec3e36a62bcdfa2304976540f6450085f2dae145c22553b465763689180ea2571867423e04818104640ece5c12788717b9",
            "c1ba06cbc2a6feba85842458c56dde9db1758d39c0313d82ba51735cdb3ea499aa77a7d6943a64f7a3f25fe26f06b51baa26",
            "96fa9035da5b534bd595f5af0fa2c892376c84ace1bb4e3019b71634c01131159cae03cee9d9932184beef216bd71df2dadf",
            "86a627306ecff96dbb8bace198b61e00f8b332024100aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca",
            "70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca9006902010103818200043b58dc10769e",
            "d5221b158bc5b7600eaea2d1ee1181d0b0cbf02626699cb36a7dae8929a079bebf8b5056c4dddd93cf6f74b7c0c3cc0731d9",
            "790d8ed23f75c2f91bc1f3e8f8fe9d6a35945575d7b7437496c8a566ab5f08a055dc52650ef9088c5d48f731b6755c0bb222",
            "e73d5e2f504a007844deee9a667ecf2b6be5dbcaeac0",
        ),
        signatures: [
            (
                DigestAlgorithm::Sha1,
                concat!(
                    "30818502402836a85fe07cfb2c890f3c5c585327ccd1972856e93de2f7f079d03caf9047478a23f1ef980a25bb677be1d15a",
                    "ec6ddab4140271d009a06e76d154ac87bb9bbe0241008dad34c564bee55e3729aef3f214f6fbcde2c98520ec8f639732523d",
                    "e42d17d18f69e5b8f478844f23c1e7da7e950e325ff5ed80c9929c245fe225d08fca77c0",
                ),
            ),
            (
                DigestAlgorithm::Sha256,
                concat!(
                    "3081850240203d1be13521ab403e5a0d9003775b887449e55f84d0a0289929b9285c7aded61611cdde8a987bc73e0585527f",
                    "2ec865c9c99c462310fe7bca09a4986b09fb200241008f0dbd947d42e74edb80af2e762f24f666bda419f2fd1b45098fdebd",
                    "4b59447b947a4acc827d1c01ad05ef660d13afc0a160bdd17ea64e9b6861c4dc5403d096",
                ),
            ),
            (
                DigestAlgorithm::Sha512,
                concat!(
                    "308184024032470760e9e1270ca250b792d57be66e7d8c1720a99e8afa2fcee2e34d43147d7dabde1164c425c09126262e2c",
                    "956b924b4692d9aabd314bd51150541d5baf02024016adec0763ffe2d7e93eae5836bb68b418cfa6034691407a7e37ec653e",
                    "4848e7b7750b59213cc9f9fc6b19c5bca8e176d958c6437f4e1bbddec548c2d9f6cde6",
                ),
            ),
        ],
    },
];
