//! ICAO 9303-11 appendices G.2, H and I, byte for byte. Appendix H gives numbers and no commands, and a password's key without its
//! password: there the commands are put together from the numbers, and the nonce is encrypted for a password of our own.

use super::*;
use crate::crypto::ModpGroup;
use crate::dossier::ChipMappingOutcome;

const PASSWORD: [&str; 3] = ["T22000129", "640812", "101031"];

struct Example<'a> {
    password: [&'a str; 3],
    arcs: &'a str,
    domain: PaceDomain,
    parameter_id: u8,
    /// The terminal's random numbers in the order in which they are drawn.
    random: &'a [&'a str],
    steps: &'a [(&'a str, &'a str)],
    encryption: &'a str,
    mac: &'a str,
}

fn run_example(example: &Example<'_>) -> Option<ChipMapping> {
    let protocol = ObjectIdentifier::new_unwrap(&format!("0.4.0.127.0.7.2.2.4.{}", example.arcs));
    let info = crate::lds::security_infos::PaceInfo { protocol, version: 2, parameter_id: Some(u32::from(example.parameter_id)) };
    let variant = PaceVariant::new(&info).unwrap();
    assert_eq!(variant.domain, example.domain);
    let [number, birth, expiry] = example.password;
    let password = AccessKey::from_fields(number, birth, expiry).unwrap();
    let mut script = Script::new(example.steps);
    let mut still = Still::default();
    let mut exchange = Exchange::new(&mut script, &mut still, &RustCrypto, Limits::default());
    let mut rng = Written::new(example.random);
    let proof = open(&mut exchange, &variant, false, &password, &mut rng).unwrap();
    assert!(rng.0.is_empty(), "random numbers are left");
    // The keys show in what they make of a command.
    let expected = SecureMessaging::new(SessionKeys {
        cipher: Cipher::Aes128,
        encryption: Zeroizing::new(octets(example.encryption)),
        mac: Zeroizing::new(octets(example.mac)),
    });
    let command = crate::chip::apdu::Command::new(0, 0xA4, [4, 0x0C]).with_data(octets("A0000002471001"));
    let protect = |mut keys: SecureMessaging| keys.protect(&RustCrypto, &command).unwrap().data;
    assert_eq!(protect(exchange.take_messaging().unwrap()), protect(expected));
    assert!(script.is_done(), "the script was left early");
    proof
}

/// z for a password of our own.
fn encrypted(nonce: &str) -> String {
    let [number, birth, expiry] = PASSWORD;
    let key = password_key(&RustCrypto, Cipher::Aes128, &AccessKey::from_fields(number, birth, expiry).unwrap());
    let mut data = octets(nonce);
    crate::crypto::Provider::cbc_encrypt(&RustCrypto, Cipher::Aes128, &key, &[0; 16], &mut data).unwrap();
    hex::encode(data)
}

/// The nonces of appendix H belong to its key.
#[test]
fn worked_example_of_the_encrypted_nonces() {
    for (encrypted, nonce) in [
        ("143DC40C08C8E891FBED7DEDB92B64AD", "2923BE84E16CD6AE529049F1F1BBE9EB"),
        ("9ABB8864CA0FF1551E620D1EF4E13510", "FA5B7E3E49753A0DB9178B7B9BD898C8"),
    ] {
        let mut data = octets(encrypted);
        let key = octets("591468CDA83D65219CCCB8560233600F");
        crate::crypto::Provider::cbc_decrypt(&RustCrypto, Cipher::Aes128, &key, &[0; 16], &mut data).unwrap();
        assert_eq!(data, octets(nonce));
    }
}

#[test]
fn worked_example_of_generic_mapping_in_a_prime_field() {
    let map = "10860000867C8183818180
        23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3E
        B71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A4
        4D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022D
        CB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C 00";
    let mapped = "7C8183828180
        78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E6
        23EA5738B26381E4DA19E004706FACE7B235C2DBF2F38748312F3C98C2DD4882
        A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F24
        49400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE6 9000";
    let agree = "10860000867C8183838180
        907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD91155
        1B9AE4D04369F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08F
        A8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236
        B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D4 00";
    let agreed = "7C8183848180
        075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152B
        D8B3A213F53820C42ADC79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC
        71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064
        386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA1 9000";
    let proof = run_example(&Example {
        password: PASSWORD,
        arcs: "1.2",
        domain: PaceDomain::Group(ModpGroup::Modp1024With160),
        parameter_id: 0,
        random: &["5265030F751F4AD18B08AC565FC7AC952E41618D", "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA"],
        steps: &[
            ("0022C1A40F800A04007F00070202040102830101", "9000"),
            ("10860000027C0000", "7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000"),
            (map, mapped),
            (agree, agreed),
            // With a reference to a certification authority, which is none of ours.
            ("008600000C7C0A8508B46DD9BD4D98381F00", "7C1B8608917F37B5C0E6D8D1870F44455445535443564341303030303390 00"),
        ],
        encryption: "2F7F46ADCC9E7E521B45D192FAFA9126",
        mac: "805A1D27D45A5116F73C54469462B7D8",
    });
    assert_eq!(proof, None);
}

#[test]
fn worked_example_of_integrated_mapping() {
    let nonce = format!("7C128010{}9000", encrypted("2923BE84E16CD6AE529049F1F1BBE9EB"));
    run_example(&Example {
        password: PASSWORD,
        arcs: "4.2",
        domain: PaceDomain::Curve(NamedCurve::BrainpoolP256r1),
        parameter_id: 13,
        random: &["5DD4CBFC96F5453B130D890A1CDBAE32", "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"],
        steps: &[
            ("0022C1A40F800A04007F00070202040402830101", "9000"),
            ("10860000027C0000", &nonce),
            ("10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200", "7C0282009000"),
            (
                "10860000457C43834104
                 89CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4
                 6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37 00",
                "7C43844104
                 67F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8
                 932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753 9000",
            ),
            ("008600000C7C0A8508450F02B86F6A090900", "7C0A860875D4D96E8D5B03089000"),
        ],
        encryption: "0D3FEB33251A6370893D62AE8DAAF51B",
        mac: "B01E89E3D9E8719E586B50B4A7506E0B",
    });
}

/// The example's private key is longer than the order; here it stands modulo the order, which is the same power.
#[test]
fn worked_example_of_integrated_mapping_in_a_prime_field() {
    let nonce = format!("7C128010{}9000", encrypted("FA5B7E3E49753A0DB9178B7B9BD898C8"));
    run_example(&Example {
        password: PASSWORD,
        arcs: "3.2",
        domain: PaceDomain::Group(ModpGroup::Modp1024With160),
        parameter_id: 0,
        random: &["B3A6DB3C870C3E99245E0D1C06B747DE", "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA"],
        steps: &[
            ("0022C1A40F800A04007F00070202040302830101", "9000"),
            ("10860000027C0000", &nonce),
            ("10860000147C128110B3A6DB3C870C3E99245E0D1C06B747DE00", "7C0282009000"),
            (
                "10860000867C8183838180
                 0F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0
                 E4F8A951557E929AEB48E5C6DD47F2F5CD7C351A9BD2CD722C07EDE166770F08
                 FFCB370262CF308DD7B07F2E0DA9CAAA1492344C852906919538C98A4BA4187E
                 76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE1351D5 00",
                "7C8183848180
                 928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854C
                 FF111F71CB6DC1D0335807A11388CC8EAA87B07907AAD9FBA6B169AF6D8C26AF
                 8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A9767679F E92133B4
                 D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F3 9000",
            ),
            ("008600000C7C0A850855D61977CBF5307E00", "7C0A8608C2F04230187E15259000"),
        ],
        encryption: "01AFC10CF87BE36D8179E87370171F07",
        mac: "23F0FBD05FD6C7B8B88F4C8309669061",
    });
}

const CAM_TOKEN: &str = "008600000C7C0A8508E86BD06018A1CD3B00";

/// Appendix I, with the last answer given.
fn chip_authentication_mapping(answer: &str) -> Option<ChipMapping> {
    run_example(&Example {
        password: ["C11T002JM", "960812", "231031"],
        arcs: "6.2",
        domain: PaceDomain::Curve(NamedCurve::BrainpoolP256r1),
        parameter_id: 13,
        random: &[
            "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
            "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120",
        ],
        steps: &[
            ("0022C1A40F800A04007F00070202040602830101", "9000"),
            ("10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000"),
            (
                "10860000457C43814104
                 7F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE
                 1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C1 00",
                "7C43824104
                 A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3
                 04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23 9000",
            ),
            (
                "10860000457C43834104
                 446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95
                 5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC 00",
                "7C43844104
                 02AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331
                 11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E1 9000",
            ),
            (CAM_TOKEN, answer),
        ],
        encryption: "0A9DA4DB03BDDE39FC5202BC44B2E89E",
        mac: "4B1C06491ED5140CA2B537D344C6C0B1",
    })
}

#[test]
fn worked_example_of_chip_authentication_mapping() {
    let proof = chip_authentication_mapping(
        "7C3C86088596CF055C67C1A38A30
         1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD
         10CBA372B42BE0B9B5F28AA8DE2F4F92 9000",
    )
    .unwrap();
    let data = octets("85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3");
    assert_eq!(proof.outcome, ChipMappingOutcome::Data(data.clone()));
    // PK_Map,IC = KA(CA_IC, PK_IC), with the key out of its ChipAuthenticationPublicKeyInfo.
    let info = octets(
        "30620609 04007F00 07020201 02305230 0C060704 007F0007 01020201 0D034200 04187270 9494399E 7470A643 1BE25E83
         EEE24FEA 568C2ED2 8DB48E05 DB3A610D C884D256 A40E35EF CB59BF67 53D3A489 D28C7A4D 973C2DA1 38A6E7A4 A08F68E1
         6F02010D",
    );
    let mut file = Vec::new();
    append(&mut file, Tag(0x31), &[&info]);
    let infos = crate::lds::card_access::parse(&file).unwrap();
    let key = infos.chip_authentication_keys().next().unwrap();
    assert_eq!(key.key_id, Some(13));
    let crate::crypto::PublicKey::Ec(key) = crate::crypto::PublicKey::from_spki(&key.public_key).unwrap() else {
        panic!("a point");
    };
    let product = crate::crypto::Provider::multiply_point(&RustCrypto, key.curve(), &data, key.point()).unwrap();
    assert_eq!(product, proof.mapping_key);
}

/// `attacks.md` 22: what does not come, or is no encrypted number, is kept as such; the session begins all the same.
#[test]
fn attack_22_missing_and_malformed_chip_data_are_recorded() {
    let outcome = |answer| chip_authentication_mapping(answer).unwrap().outcome;
    assert_eq!(outcome("7C0A86088596CF055C67C1A39000"), ChipMappingOutcome::Missing);
    assert_eq!(outcome("7C0C86088596CF055C67C1A38A009000"), ChipMappingOutcome::Malformed);
    assert_eq!(outcome("7C0F86088596CF055C67C1A38A031EEA969000"), ChipMappingOutcome::Malformed);
    let other_padding = "7C1C86088596CF055C67C1A38A101EEA964DAAE372AC990E3EFDE63333539000";
    assert_eq!(outcome(other_padding), ChipMappingOutcome::Malformed);
}
