use super::*;
use crate::chip::reading::Limits;
use crate::chip::scripted::{Script, Still, Written, octets};
use crate::crypto::rustcrypto::RustCrypto;
use crate::lds::dg14;

const CA_INFO: &str = "0.4.0.127.0.7.2.2.3.2";
/// brainpoolP256r1 and the generator as the chip's key: any point of the curve serves.
const SPKI: &str = "305A301406072A8648CE3D020106092B24030302080101070342000 4
    8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262
    547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997";

/// DG14 with a key for each of `keys`, and infos of arc (suite) and keyId.
fn infos(keys: &[Option<u8>], variants: &[(u8, Option<u8>)]) -> SecurityInfos {
    let identifier = |id: &Option<u8>| id.map_or_else(Vec::new, |id| alloc::vec![0x02, 0x01, id]);
    let mut set = Vec::new();
    for (suite, id) in variants {
        let protocol = ObjectIdentifier::new_unwrap(&alloc::format!("{CA_INFO}.{suite}"));
        let mut info = Vec::new();
        append(&mut info, Tag(0x06), &[protocol.as_bytes()]);
        append(&mut info, Tag(0x02), &[&[1]]);
        append(&mut set, Tag(0x30), &[&info, &identifier(id)]);
    }
    for id in keys {
        let mut info = octets("060904007F000702020102");
        info.extend(octets(SPKI));
        append(&mut set, Tag(0x30), &[&info, &identifier(id)]);
    }
    let mut inner = Vec::new();
    append(&mut inner, Tag(0x31), &[&set]);
    let mut file = Vec::new();
    append(&mut file, Tag(0x6E), &[&inner]);
    dg14::parse(&file).unwrap()
}

fn chosen(keys: &[Option<u8>], variants: &[(u8, Option<u8>)]) -> Option<(Cipher, Option<u32>, bool)> {
    match choose(&infos(keys, variants)) {
        Offer::Key(chip) => Some((chip.cipher, chip.key_id, chip.inferred)),
        _ => None,
    }
}

#[test]
fn a_key_goes_with_the_protocol_of_its_number() {
    assert_eq!(chosen(&[None], &[(2, None)]), Some((Cipher::Aes128, None, false)));
    assert_eq!(chosen(&[Some(1), Some(2)], &[(1, Some(1)), (3, Some(2))]), Some((Cipher::Aes192, Some(2), false)));
    assert_eq!(chosen(&[Some(1), Some(2)], &[(4, Some(1)), (2, Some(2))]), Some((Cipher::Aes256, Some(1), false)));
    // One info without a number serves every key.
    assert_eq!(chosen(&[Some(5)], &[(2, None)]), Some((Cipher::Aes128, Some(5), false)));
    // An info of another key's number serves none.
    assert_eq!(chosen(&[Some(1)], &[(2, Some(9))]), None);
}

/// `quirks.md` 18
#[test]
fn quirk_18_without_a_protocol_it_is_3des() {
    assert_eq!(chosen(&[None], &[]), Some((Cipher::TripleDes, None, true)));
    assert_eq!(choose(&infos(&[], &[(2, None)])), Offer::None);
}

fn commands(chip: &ChipKey, answers: &[(&str, &str)]) -> (Agreed, Vec<alloc::string::String>, bool) {
    let mut script = Script::new(answers);
    let mut still = Still::default();
    let mut exchange = Exchange::new(&mut script, &mut still, &RustCrypto, Limits::default());
    let mut rng = Written::new(&["0000000000000000000000000000000000000000000000000000000000000001"]);
    let agreed = run(&mut exchange, chip, &mut rng).unwrap();
    let replaced = exchange.messaging().is_some();
    assert!(script.is_done());
    (agreed, script.sent, replaced)
}

fn key(suite: u8, id: Option<u8>) -> ChipKey {
    match choose(&infos(&[id], &[(suite, id)])) {
        Offer::Key(chip) => chip,
        other => panic!("{other:?}"),
    }
}

#[test]
fn aes_takes_two_commands_and_3des_one() {
    let point = "048bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997";
    let (agreed, sent, replaced) = commands(&key(2, Some(0x48)), &[("*", "9000"), ("*", "7C009000")]);
    assert_eq!((agreed, replaced), (Agreed::NewKeys, true));
    assert_eq!(sent[0], "002241a40f800a04007f00070202030202840148");
    assert_eq!(sent[1], alloc::format!("00860000457c438041{point}00"));
    let (agreed, sent, replaced) = commands(&key(1, None), &[("*", "9000")]);
    assert_eq!((agreed, replaced), (Agreed::NewKeys, true));
    assert_eq!(sent, [alloc::format!("002241a6439141{point}")]);
}

#[test]
fn a_refusal_leaves_the_session_as_it_was() {
    let (agreed, _, replaced) = commands(&key(2, None), &[("*", "6A80")]);
    assert_eq!((agreed, replaced), (Agreed::Refused(StatusWord(0x6A80)), false));
    let (agreed, _, replaced) = commands(&key(2, None), &[("*", "9000"), ("*", "6F00")]);
    assert_eq!((agreed, replaced), (Agreed::Refused(StatusWord(0x6F00)), false));
}

#[test]
fn a_key_off_its_curve_is_never_used() {
    let mut chip = key(2, None);
    let StaticKey::Ec(genuine) = &chip.key else { panic!("a curve") };
    let mut point = genuine.point().to_vec();
    point[40] ^= 1;
    chip.key = StaticKey::Ec(EcPublicKey::from_point(genuine.curve(), &point).unwrap());
    let (agreed, sent, replaced) = commands(&chip, &[]);
    assert!(matches!(agreed, Agreed::Unsupported(CryptoError::PublicKeyInvalid(_))));
    assert!(sent.is_empty() && !replaced);
}
