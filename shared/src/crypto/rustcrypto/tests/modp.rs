//! Diffie–Hellman in a prime field: ICAO 9303-11 appendices G.2 and H.2, and keys made by OpenSSL.

use alloc::vec;
use alloc::vec::Vec;

use hex::decode;
use num_bigint::BigUint;

use super::Fixed;
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{CryptoError, ModpGroup, Provider as _, PublicKey};

const GROUP: ModpGroup = ModpGroup::Modp1024With160;

fn number(octets: &[u8]) -> BigUint {
    BigUint::from_bytes_be(octets)
}

#[test]
fn generators_have_the_order_of_their_group() {
    for (id, group) in (0..).zip(ModpGroup::ALL) {
        let [p, g, q] = [group.parameters().p, group.parameters().g, group.parameters().q].map(number);
        assert_eq!(g.modpow(&q, &p), BigUint::from(1_u8));
        assert_eq!((&p - 1_u8) % &q, BigUint::from(0_u8));
        assert_eq!(p.bits(), 8 * group.modulus_len() as u64);
        assert_eq!(ModpGroup::from_parameter_id(id), Some(group));
    }
    assert_eq!(ModpGroup::from_parameter_id(3), None);
}

#[test]
fn worked_example_of_generic_mapping() {
    let private_keys = "5265030F751F4AD18B08AC565FC7AC952E41618D89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA";
    let mut rng = Fixed::new(&decode(private_keys).unwrap());
    let mapping = RustCrypto.generate_modp_key_pair(GROUP, &mut rng).unwrap();
    assert_eq!(mapping.public_key(), decode(GENERIC_MAPPING_KEY).unwrap());
    let chip_mapping = decode(GENERIC_CHIP_MAPPING_KEY).unwrap();
    assert_eq!(mapping.agree(&chip_mapping).unwrap()[..], decode(GENERIC_H).unwrap());
    let nonce = decode("FA5B7E3E49753A0DB9178B7B9BD898C8").unwrap();
    let mapped = mapping.map_generic(&chip_mapping, &nonce, &mut rng).unwrap();
    assert_eq!(mapped.public_key(), decode(GENERIC_KEY).unwrap());
    assert_eq!(mapped.agree(&decode(GENERIC_CHIP_KEY).unwrap()).unwrap()[..], decode(GENERIC_SHARED).unwrap());
}

/// The example's private key is longer than the order; here it stands modulo the order, which is the same power.
#[test]
fn worked_example_of_integrated_mapping() {
    let mut rng = Fixed::new(&decode("89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA").unwrap());
    let mapped = RustCrypto.map_integrated_modp(GROUP, &decode(INTEGRATED_RANDOM).unwrap(), &mut rng).unwrap();
    assert_eq!(mapped.public_key(), decode(INTEGRATED_KEY).unwrap());
    assert_eq!(mapped.agree(&decode(INTEGRATED_CHIP_KEY).unwrap()).unwrap()[..], decode(INTEGRATED_SHARED).unwrap());
}

#[test]
fn two_sides_agree_in_every_group() {
    for group in ModpGroup::ALL {
        let pair = |seed: u8| RustCrypto.generate_modp_key_pair(group, &mut Fixed::new(&[seed; 32])).unwrap();
        let (terminal, chip) = (pair(3), pair(7));
        let shared = terminal.agree(chip.public_key()).unwrap();
        assert_eq!(shared.len(), group.modulus_len());
        assert_eq!(shared, chip.agree(terminal.public_key()).unwrap());
        let (terminal_key, chip_key) = (terminal.public_key().to_vec(), chip.public_key().to_vec());
        let terminal = terminal.map_generic(&chip_key, &[9; 32], &mut Fixed::new(&[4; 32])).unwrap();
        let chip = chip.map_generic(&terminal_key, &[9; 32], &mut Fixed::new(&[5; 32])).unwrap();
        assert_eq!(terminal.agree(chip.public_key()).unwrap(), chip.agree(terminal.public_key()).unwrap());
        let integrated = |seed: u8| RustCrypto.map_integrated_modp(group, &[8; 272], &mut Fixed::new(&[seed; 32])).unwrap();
        let (terminal, chip) = (integrated(1), integrated(2));
        assert_eq!(terminal.agree(chip.public_key()).unwrap(), chip.agree(terminal.public_key()).unwrap());
    }
}

/// Numbers outside the subgroup leak the private key, residue by residue.
#[test]
fn numbers_outside_the_subgroup_are_refused() {
    const INVALID: CryptoError = CryptoError::PublicKeyInvalid("a number that is not of its group");
    for group in ModpGroup::ALL {
        let own = RustCrypto.generate_modp_key_pair(group, &mut Fixed::new(&[3; 32])).unwrap();
        let p = number(group.parameters().p);
        let key = BigUint::from_bytes_be(own.public_key());
        let refused = [
            BigUint::from(0_u8),
            BigUint::from(1_u8),
            &p - 1_u8,
            p.clone(),
            &p + &key,
            &p - &key,
            BigUint::from(2_u8) * &key % &p,
        ];
        for number in refused {
            assert_eq!(own.agree(&number.to_bytes_be()).err(), Some(INVALID), "{group:?} {number:x}");
        }
        assert_eq!(own.agree(&[]).err(), Some(INVALID));
        assert_eq!(own.agree(&vec![0xFF; 600]).err(), Some(INVALID));
        assert!(own.agree(&[&[0, 0], own.public_key()].concat()).is_ok());
    }
}

#[test]
fn private_keys_are_drawn_again_until_they_fit() {
    let order = GROUP.parameters().q;
    let one: Vec<u8> = [&[0; 19][..], &[1]].concat();
    let mut rng = Fixed::new(&[&[0; 20], order, &[0xFF; 20], &one].concat());
    let pair = RustCrypto.generate_modp_key_pair(GROUP, &mut rng).unwrap();
    assert_eq!(pair.public_key(), GROUP.parameters().g);
}

#[test]
fn generators_mapped_to_one_are_refused() {
    const ONE: CryptoError = CryptoError::PublicKeyInvalid("a mapped generator of order one");
    let one = [&[0; 19][..], &[1]].concat();
    let p = number(GROUP.parameters().p);
    for random in
        [BigUint::from(1_u8), &p - 1_u8, p.clone(), number(GROUP.parameters().q).modpow(&number(GROUP.parameters().q), &p)]
    {
        let mapped = RustCrypto.map_integrated_modp(GROUP, &random.to_bytes_be(), &mut Fixed::new(&one));
        assert_eq!(mapped.err(), Some(ONE), "{random:x}");
    }
    let own = RustCrypto.generate_modp_key_pair(GROUP, &mut Fixed::new(&one)).unwrap();
    let (g, q) = (number(GROUP.parameters().g), number(GROUP.parameters().q));
    let peer = g.modpow(&(q - 5_u8), &p).to_bytes_be();
    assert_eq!(own.map_generic(&peer, &[5], &mut Fixed::new(&one)).err(), Some(ONE));
}

/// A chip's key in X9.42 form; its parameters decide the group in every number.
#[test]
fn keys_state_a_standardised_group() {
    for group in ModpGroup::ALL {
        let parameters = group.parameters();
        let key = number(parameters.g);
        for (identifier, numbers) in [
            ("06072a8648ce3e0201", vec![parameters.p, parameters.g, parameters.q]),
            ("06092a864886f70d010301", vec![parameters.p, parameters.g]),
        ] {
            let read = |change: usize| {
                let integers: Vec<u8> = numbers
                    .iter()
                    .enumerate()
                    .flat_map(|(index, octets)| integer(&(number(octets) + u8::from(index == change))))
                    .collect();
                let algorithm = element(0x30, &[decode(identifier).unwrap(), element(0x30, &integers)].concat());
                let subject_key = element(0x03, &[&[0], &integer(&key)[..]].concat());
                PublicKey::from_spki(&element(0x30, &[algorithm, subject_key].concat()))
            };
            let Ok(PublicKey::Dh(read_key)) = read(usize::MAX) else { panic!("a Diffie-Hellman key") };
            assert_eq!((read_key.group(), read_key.public_number()), (group, &key.to_bytes_be()[..]));
            for change in 0..numbers.len() {
                let differs = CryptoError::Unsupported("Diffie-Hellman parameters that differ from every standardised group");
                assert_eq!(read(change), Err(differs), "{group:?} {change}");
            }
        }
    }
}

fn integer(number: &BigUint) -> Vec<u8> {
    element(0x02, &[&[0], &number.to_bytes_be()[..]].concat())
}

fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, 0x82, (value.len() >> 8) as u8, value.len() as u8], value].concat()
}

const GENERIC_MAPPING_KEY: &str = concat!(
    "23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEBCE9A3666DBCFC920",
    "B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022D",
    "CB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C",
);
const GENERIC_CHIP_MAPPING_KEY: &str = concat!(
    "78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19E004706FACE7",
    "B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F24",
    "49400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE6",
);
const GENERIC_H: &str = concat!(
    "5BABEBEF5B74E5BA94B5C063FDA15F1F1CDE94873EE0A5D3A2FCAB49F258D07F544F13CB66658C3AFEE9E727389BE3F6",
    "CBBBD32128A8C21DD6EEA3CF7091CDDFB08B8D007D40318DCCA4FFBF51208790FB4BD111E5A968ED6B6F08B26CA87C41",
    "0B3CE0C310CE104EABD16629AA48620C1279270CB0750C0D37C57FFFE302AE7F",
);
const GENERIC_KEY: &str = concat!(
    "907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A02626C86FBC6747C",
    "C7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236",
    "B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D4",
);
const GENERIC_CHIP_KEY: &str = concat!(
    "075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC79AB5D0AEEC3",
    "AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064",
    "386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA1",
);
const GENERIC_SHARED: &str = concat!(
    "6BABC7B3A72BCD7EA385E4C62DB2625BD8613B24149E146A629311C4CA6698E38B834B6A9E9CD7184BA8834AFF5043D4",
    "36950C4C1E7832367C10CB8C314D40E5990B0DF7013E64B4549E2270923D06F08CFF6BD3E977DDE6ABE4C31D55C0FA2E",
    "465E553E77BDF75E3193D3834FC26E8EB1EE2FA1E4FC97C18C3F6CFFFE2607FD",
);
const INTEGRATED_RANDOM: &str = concat!(
    "EAB98D13E09052952AA729907C3C946184DEA0FE74AD2B3AF506F0A83018459C38099CD1F7FF4EA0A078DB1FAC136550",
    "5E3DC85500EF95E20B4EEF2E88489233BEE0546B472F994B618D168702406791DEEF3CB4810932EC278F3533FDB860EB",
    "4835C36FA4F1BF3FA0B828A718C96BDE88FBA38A3E6C35AAA10959251EB5FC710FC187258995944C0F926E249373F485",
);
const INTEGRATED_KEY: &str = concat!(
    "0F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0E4F8A951557E929AEB48E5C6DD47F2F5",
    "CD7C351A9BD2CD722C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA1492344C852906919538C98A4BA4187E",
    "76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE1351D5",
);
const INTEGRATED_CHIP_KEY: &str = concat!(
    "928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854CFF111F71CB6DC1D0335807A11388CC8E",
    "AA87B07907AAD9FBA6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4746FB07A9767679FE92133B4",
    "D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662A2F3",
);
const INTEGRATED_SHARED: &str = concat!(
    "419410D6C0A17A4C07C54872CE1CBCEB0A2705C1A434C8A89A4CFE41F1D78124CA7EC52BDE7615E5345E48AB1ABB6E7D",
    "1D59A57F3174084D3CA4570397C1F62228BDFDB2DA191EA2239E2C060DBE3BBC23C2FCD0AF12E0F9E0B99FCF91FF1959",
    "011D5798B2FCBC1F14FCC24E441F4C8F9B08D977E9498560E63E7FFAB3134EA7",
);
