//! ICAO 9303-11 appendices D, F, G, H and I: the terminal's bytes go in, the chip's bytes must come out.

use super::*;

#[test]
fn basic_access_control_of_appendix_d() {
    let mut chip = VirtualChip::new(card(), 1);
    chip.inject_random(&hex("4608F91988702212"));
    chip.inject_random(&hex("0B4F80323EB3191CB04970CB4052790B"));
    assert_eq!(send(&mut chip, SELECT_APPLICATION), "9000");
    assert_eq!(send(&mut chip, "0084000008"), "4608F919887022129000");
    assert_eq!(
        send(&mut chip, "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728"),
        "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000"
    );
    assert_eq!(send(&mut chip, "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800"), "990290008E08FA855A5D4C50A8ED9000");
    assert_eq!(
        send(&mut chip, "0CB000000D9701048E08ED6705417E96BA5500"),
        "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"
    );
    assert_eq!(
        send(&mut chip, "0CB000040D9701128E082EA28A70F3C7B53500"),
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000"
    );
}

#[test]
fn pace_with_generic_mapping_of_appendix_g_1() {
    let mut card = card();
    card.mrz_key = Some(MrzKey { document_number: "T22000129".into(), birth: "640812".into(), expiry: "101031".into() });
    let mut chip = VirtualChip::new(card, 1);
    chip.inject_random(&hex("3F00C4D39D153F2B2A214A078D899B22"));
    chip.inject_random(&hex("498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560"));
    chip.inject_random(&hex("107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A"));

    assert_eq!(send(&mut chip, "0022C1A40F800A04007F00070202040202830101"), "9000");
    assert_eq!(send(&mut chip, "10860000027C0000"), "7C12801095A3A016522EE98D01E76CB6B98B42C39000");
    assert_eq!(
        send(
            &mut chip,
            "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00"
        ),
        "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000"
    );
    assert_eq!(
        send(
            &mut chip,
            "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200"
        ),
        "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000"
    );
    assert_eq!(send(&mut chip, "008600000C7C0A8508C2B0BD78D94BA86600"), "7C0A86083ABB9674BCE93C089000");
    let session = chip.power_cycle.session.as_ref().unwrap();
    let (encryption, mac) = session.keys();
    assert_eq!(hex::encode_upper(encryption), "F5F0E35C0D7161EE6724EE513A0D9A7F");
    assert_eq!(hex::encode_upper(mac), "FE251C7858B356B24514B3BD5F4297D1");
}

/// A chip with the MRZ of appendix G and one offer.
fn example(offer: PaceOffer, random: &[&str]) -> VirtualChip {
    let mut card = card();
    card.mrz_key = Some(MrzKey { document_number: "T22000129".into(), birth: "640812".into(), expiry: "101031".into() });
    card.pace = vec![offer];
    let mut chip = VirtualChip::new(card, 1);
    random.iter().for_each(|number| chip.inject_random(&hex(number)));
    chip
}

fn exchange(chip: &mut VirtualChip, steps: &[(&str, &str)]) {
    for (command, answer) in steps {
        assert_eq!(send(chip, command), hex::encode_upper(hex(answer)), "{command}");
    }
}

fn assert_session(chip: &VirtualChip, encryption: &str, mac: &str) {
    let (own_encryption, own_mac) = chip.power_cycle.session.as_ref().unwrap().keys();
    assert_eq!((hex::encode_upper(own_encryption).as_str(), hex::encode_upper(own_mac).as_str()), (encryption, mac));
}

/// The example's chip sends a certification authority reference too, as its terminal had asked for it; ours did not.
#[test]
fn pace_in_a_prime_field_of_appendix_g_2() {
    let mut chip = example(
        PaceOffer::generic(Suite::Aes128, 0),
        &[
            "FA5B7E3E49753A0DB9178B7B9BD898C8",
            "66DDAFEAC1609CB5B963BB0CB3FF8B3E047F336C",
            "A5B780126B7C980E9FCEA1D4539DA1D27C342DFA",
        ],
    );
    exchange(
        &mut chip,
        &[
            ("0022C1A40F800A04007F00070202040102830101", "9000"),
            ("10860000027C0000", "7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000"),
            (
                "10860000867C8183818180
                 23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3E
                 B71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A4
                 4D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022D
                 CB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C 00",
                "7C8183828180
                 78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E6
                 23EA5738B26381E4DA19E004706FACE7B235C2DBF2F38748312F3C98C2DD4882
                 A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F24
                 49400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE6 9000",
            ),
            (
                "10860000867C8183838180
                 907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD91155
                 1B9AE4D04369F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08F
                 A8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236
                 B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D4 00",
                "7C8183848180
                 075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152B
                 D8B3A213F53820C42ADC79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC
                 71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064
                 386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA1 9000",
            ),
            ("008600000C7C0A8508B46DD9BD4D98381F00", "7C0A8608917F37B5C0E6D8D19000"),
        ],
    );
    assert_session(&chip, "2F7F46ADCC9E7E521B45D192FAFA9126", "805A1D27D45A5116F73C54469462B7D8");
}

/// Appendix H has a password's key and no password: the nonces are drawn as they are, and only their encryption is our own.
#[test]
fn integrated_mapping_of_appendix_h() {
    let mut chip = example(
        PaceOffer::integrated(Suite::Aes128, 13),
        &["2923BE84E16CD6AE529049F1F1BBE9EB", "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A"],
    );
    assert_eq!(send(&mut chip, "0022C1A40F800A04007F00070202040402830101"), "9000");
    assert!(send(&mut chip, "10860000027C0000").starts_with("7C128010"));
    exchange(
        &mut chip,
        &[
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
    );
    assert_session(&chip, "0D3FEB33251A6370893D62AE8DAAF51B", "B01E89E3D9E8719E586B50B4A7506E0B");

    // The chip's private key is longer than the order: modulo the order it is the same power.
    let long = BigUint::from_bytes_be(&hex("020F018C7284B047FA7721A337EFB7ACB1440BB30C5252BD41C97C30C994BB78
         E9F0C5B32744D84017D21FFA6878396A6469CA283EF5C000DAF7D261A39AB886
         0ED4610AB5343390897AAB5A7787E4FAEFA0649C6A94FDF82D991E8E3FC332F5
         142729E7040A3F7D5A4D3CD75CBEE1F043C1CAD2DD484FEB4ED22B597D36688E"));
    let group = crate::modp::Group::by_parameter_id(0).unwrap();
    let private = hex::encode(crate::curve::fixed_width(&(long % group.order()), group.order_len()));
    let mut chip = example(PaceOffer::integrated(Suite::Aes128, 0), &["FA5B7E3E49753A0DB9178B7B9BD898C8", private.as_str()]);
    assert_eq!(send(&mut chip, "0022C1A40F800A04007F00070202040302830101"), "9000");
    assert!(send(&mut chip, "10860000027C0000").starts_with("7C128010"));
    exchange(
        &mut chip,
        &[
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
                 8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A9767679FE92133B4
                 D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F3 9000",
            ),
            ("008600000C7C0A850855D61977CBF5307E00", "7C0A8608C2F04230187E15259000"),
        ],
    );
    assert_session(&chip, "01AFC10CF87BE36D8179E87370171F07", "23F0FBD05FD6C7B8B88F4C8309669061");
}

/// The static private key is not given. The example's data are SK_IC⁻¹ · SK_Map,IC, so that it follows from them.
#[test]
fn chip_authentication_mapping_of_appendix_i() {
    let curve = crate::curve::Curve::named("brainpoolP256r1").unwrap();
    let number = |text: &str| BigUint::from_bytes_be(&hex(text));
    let mapping = "9E56A6B59C95D06ECE5CD10F983BB2F4F1943528E577F23881D89D8C3BBEE0AA";
    let data = number("85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3");
    let private = data.modinv(curve.order()).unwrap() * number(mapping) % curve.order();
    assert_eq!(
        hex::encode_upper(curve.encode(&curve.public_key(&private))),
        "041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F"
    );
    let mut card = card();
    card.mrz_key = Some(MrzKey { document_number: "C11T002JM".into(), birth: "960812".into(), expiry: "231031".into() });
    card.pace = vec![PaceOffer::chip_authentication(Suite::Aes128, 13)];
    card.mapping_key = Some(ChipKey { key_id: Some(13), suite: Suite::Aes128, curve: "brainpoolP256r1", private });
    let mut chip = VirtualChip::new(card, 1);
    for random in
        ["658B860BC94DF6F044FCE6D5C82CF8E5", mapping, "CD626EF3C256E235FE8912CAC28279E626008EDA6B3A05C4CF862A3BDAB79E78"]
    {
        chip.inject_random(&hex(random));
    }
    exchange(
        &mut chip,
        &[
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
            (
                "008600000C7C0A8508E86BD06018A1CD3B00",
                "7C3C86088596CF055C67C1A38A30
                 1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD
                 10CBA372B42BE0B9B5F28AA8DE2F4F92 9000",
            ),
        ],
    );
    assert_session(&chip, "0A9DA4DB03BDDE39FC5202BC44B2E89E", "4B1C06491ED5140CA2B537D344C6C0B1");
}

#[test]
fn message_representative_of_appendix_f() {
    // The example's private key is not given: with exponent 1 the signature is the representative itself.
    let mut card = card();
    card.active_authentication = Some(ActiveAuthenticationKey::Rsa {
        modulus: (BigUint::from(1u8) << 1024u32) - 1u8,
        private_exponent: BigUint::from(1u8),
        hash_bits: 160,
    });
    card.bac = false;
    card.pace.clear();
    let mut chip = VirtualChip::new(card, 1);
    chip.inject_random(&hex("9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98
         599F40B79F377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E
         7292E2DCDA3024B47DA8"));
    assert_eq!(send(&mut chip, SELECT_APPLICATION), "9000");
    assert_eq!(
        send(&mut chip, "0088000008F173589974BF40C600"),
        "6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98\
         599F40B79F377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E\
         7292E2DCDA3024B47DA8C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC9000"
    );
}
