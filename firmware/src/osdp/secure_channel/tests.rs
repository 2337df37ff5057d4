//! The standard's worked example, NIST's CBC vectors, and what must not pass.

use super::super::key;
use super::*;

/// SIA OSDP 2.2 Annex E: a handshake under SCBK-D.
const PANEL: Nonce = [0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7];
const OWN: Nonce = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7];
const SERVER_CRYPTOGRAM: &str = "26d3356e07762d262801fc8e6665a891";

fn block(hex: &str) -> Block {
    core::array::from_fn(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2).unwrap(), 16).unwrap())
}

fn example() -> SessionKeys {
    SessionKeys::derive(&key::DEFAULT, &PANEL).unwrap()
}

/// NIST SP 800-38A F.2.1: where all keys are one, MAC and data are plain CBC.
const NIST_MESSAGE: [&str; 4] = [
    "6bc1bee22e409f96e93d7e117393172a",
    "ae2d8a571e03ac9c9eb76fac45af8e51",
    "30c81c46a35ce411e5fbc1191a0a52ef",
    "f69f2445df4f9b17ad2b417be66c3710",
];
const NIST_FIRST: &str = "7649abac8119b246cee98e9b12e9197d";
const NIST_FOURTH: &str = "3ff1caa1681fac09120eca307586e1a7";

fn nist() -> (SessionKeys, Block) {
    let key = || Zeroizing::new(block("2b7e151628aed2a6abf7158809cf4f3c"));
    (SessionKeys { encryption: key(), mac1: key(), mac2: key() }, core::array::from_fn(|i| u8::try_from(i).unwrap()))
}

#[test]
fn session_keys_are_those_of_the_example() {
    let keys = example();
    assert_eq!(*keys.mac1, block("5e86c676603bdee2d8beafe178637332"));
    assert_eq!(*keys.mac2, block("6fda86e857777e81132035758239172e"));
    assert_eq!(*keys.encryption, block("bf8dc2a8329acb8c67c6d0cd9a451682"));
}

#[test]
fn cryptograms_and_the_first_mac_are_those_of_the_example() {
    let keys = example();
    assert_eq!(keys.cryptogram(&PANEL, &OWN), Ok(block("fde5d2f428ec16312471ea3c02bd7796")), "the client's");
    assert_eq!(keys.cryptogram(&OWN, &PANEL), Ok(block(SERVER_CRYPTOGRAM)), "the server's");
    let (_, initial) = Session::open(keys, &PANEL, &OWN, &block(SERVER_CRYPTOGRAM)).ok().unwrap();
    assert_eq!(initial, block("b2a30057eb98ba2229ec1f875662b524"));
}

#[test]
fn any_wrong_bit_of_the_cryptogram_opens_nothing() {
    for bit in 0..128 {
        let mut cryptogram = block(SERVER_CRYPTOGRAM);
        cryptogram[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(Session::open(example(), &PANEL, &OWN, &cryptogram).err(), Some(SessionError::Unauthentic), "bit {bit}");
    }
}

#[test]
fn macs_are_cbc() {
    let (keys, iv) = nist();
    let message = NIST_MESSAGE.map(block).concat();
    assert_eq!(keys.mac(&iv, message.get(..16).unwrap()), Ok(block(NIST_FIRST)));
    assert_eq!(keys.mac(&iv, &message), Ok(block(NIST_FOURTH)));
    // Longer than what is encrypted at once: CBC goes on where it was.
    let long = [&message[..], &message].concat();
    assert_eq!(keys.mac(&iv, &long), keys.mac(&block(NIST_FOURTH), &message));
}

#[test]
fn a_mac_takes_its_last_block_alone_from_the_second_key() {
    let (mut keys, iv) = nist();
    keys.mac2 = Zeroizing::new([7; 16]);
    let message = NIST_MESSAGE.map(block).concat();
    let mut last = block(NIST_MESSAGE.last().unwrap());
    let third = block("73bed6b8e3c1743b7116e69e22229516");
    RustCrypto.cbc_encrypt(Cipher::Aes128, &[7; 16], &third, &mut last).unwrap();
    assert_eq!(keys.mac(&iv, &message), Ok(last));
}

/// Made with OpenSSL from the NIST key and vector; published with the tests of libosdp.
#[test]
fn messages_and_data_are_padded() {
    let (keys, iv) = nist();
    let counting: [u8; 16] = iv;
    let (fifteen, other_mac) = (counting.get(..15).unwrap(), iv.map(|byte| !byte));
    assert_eq!(keys.mac(&iv, fifteen), Ok(block("c5311f3d23d086ea86f5ee7f85247b40")));
    for (len, encrypted) in [
        (0, "4c08220c79d9191022dc6674874ceaf8"),
        (15, "c5311f3d23d086ea86f5ee7f85247b40"),
        (16, "7df76b0c1ab899b33e42f047b91b546fe2fe5bd6c1dfcdd19124f03e1a134d3b"),
    ] {
        let mut buffer = [0xEE; 40];
        buffer.iter_mut().zip(counting).for_each(|(to, from)| *to = from);
        let padded = keys.encrypt(&other_mac, &mut buffer, len).unwrap();
        let expected: Vec<u8> =
            (0..padded).map(|i| u8::from_str_radix(encrypted.get(2 * i..2 * i + 2).unwrap(), 16).unwrap()).collect();
        assert_eq!((padded * 2, buffer.get(..padded)), (encrypted.len(), Some(&expected[..])));
        let data = buffer.get_mut(..padded).unwrap();
        assert_eq!(keys.decrypt(&other_mac, data), Ok(len));
        assert_eq!(data.get(..len), counting.get(..len));
    }
}

#[test]
fn data_without_their_padding_or_block_length_are_refused() {
    let (keys, iv) = nist();
    for plain in [[0; 16], [1; 16]] {
        let mut data = plain;
        RustCrypto.cbc_encrypt(Cipher::Aes128, keys.encryption.as_slice(), &iv.map(|byte| !byte), &mut data).unwrap();
        assert_eq!(keys.decrypt(&iv, &mut data), Err(SessionError::Padding));
    }
    assert_eq!(keys.decrypt(&iv, &mut [0; 15]), Err(SessionError::Cipher));
    assert_eq!(keys.encrypt(&iv, &mut [0; 15], 3), Err(SessionError::Cipher));
}

#[test]
fn a_session_takes_each_command_once_and_in_its_turn() {
    let (mut session, initial) = Session::open(example(), &PANEL, &OWN, &block(SERVER_CRYPTOGRAM)).ok().unwrap();
    let mac = |chain: &Block, message: &[u8]| example().mac(chain, message).unwrap();
    let first = mac(&initial, b"first");
    let wire = |mac: &Block| *mac.first_chunk::<4>().unwrap();

    for bit in 0..32 {
        let mut damaged = wire(&first);
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(session.verify(b"first", &damaged), Err(SessionError::Unauthentic), "bit {bit}");
    }
    assert_eq!(session.verify(b"First", &wire(&first)), Err(SessionError::Unauthentic));
    assert_eq!(session.verify(b"first", &wire(&first)), Ok(()));

    let reply = mac(&first, b"reply");
    assert_eq!(session.seal(b"reply"), Ok(wire(&reply)));
    assert_eq!(session.verify(b"first", &wire(&first)), Err(SessionError::Unauthentic), "replayed");
    assert_eq!(session.verify(b"next", &wire(&mac(&reply, b"next"))), Ok(()));
}

#[test]
fn random_numbers_do_not_come_again_and_follow_from_the_seed() {
    let drawn = |seed| {
        let mut nonces = Nonces::new([seed; 16]);
        (0..100).map(|_| nonces.draw().unwrap()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(drawn(1).len(), 100);
    assert_eq!(drawn(1), drawn(1));
    assert!(drawn(1).is_disjoint(&drawn(2)));
}
