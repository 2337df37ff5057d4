//! Properties over many random cases, the same ones in every run: TLV, MRZ and secure messaging, each against the fixtures' own way of
//! writing them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use card_fixtures::chip::SecureChannel;
use card_fixtures::der;
use card_fixtures::personalisation::Suite;
use card_fixtures::personalisation::mrz::{Td1, Td3};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use soat::chip::apdu::{Command, Response, StatusWord};
use soat::chip::key_derivation::SessionKeys;
use soat::chip::secure_messaging::SecureMessaging;
use soat::crypto::Cipher;
use soat::crypto::rustcrypto::RustCrypto;
use soat::mrz::{Format, MachineReadableZone, MrzError};
use soat::tlv::{Cursor, Rules, Tag};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(9303), failure_persistence: None, ..ProptestConfig::default() }
}

/// An element with its members, or with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Leaf(u32, Vec<u8>),
    Template(u32, Vec<Node>),
}

impl Node {
    fn encode(&self, indefinite: bool) -> Vec<u8> {
        match self {
            Self::Leaf(tag, value) => der::tlv(*tag, value),
            Self::Template(tag, members) => {
                let members: Vec<Vec<u8>> = members.iter().map(|member| member.encode(indefinite)).collect();
                if indefinite { der::indefinite(*tag, &members) } else { der::constructed(*tag, &members) }
            }
        }
    }

    fn decode(cursor: Cursor<'_>) -> Option<Vec<Self>> {
        cursor
            .map(|element| {
                let element = element.ok()?;
                let Tag(tag) = element.tag;
                Some(if element.tag.is_constructed() {
                    Self::Template(tag, Self::decode(element.children().ok()?)?)
                } else {
                    Self::Leaf(tag, element.value.to_vec())
                })
            })
            .collect()
    }
}

fn nodes() -> impl Strategy<Value = Node> {
    let primitive = prop::sample::select(vec![0x02_u32, 0x04, 0x0C, 0x5C, 0x80, 0x9F7F, 0x5F1F, 0x5F2E]);
    let constructed = prop::sample::select(vec![0x30_u32, 0x31, 0x61, 0x75, 0xA0, 0x7F61, 0x7F60]);
    let leaf = (primitive, prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(tag, value)| Node::Leaf(tag, value));
    leaf.prop_recursive(5, 40, 6, move |inner| {
        (constructed.clone(), prop::collection::vec(inner, 0..6)).prop_map(|(tag, members)| Node::Template(tag, members))
    })
}

fn ciphers() -> impl Strategy<Value = (Cipher, Suite)> {
    prop::sample::select(vec![
        (Cipher::TripleDes, Suite::TripleDes),
        (Cipher::Aes128, Suite::Aes128),
        (Cipher::Aes192, Suite::Aes192),
        (Cipher::Aes256, Suite::Aes256),
    ])
}

fn session(cipher: Cipher, suite: Suite, secret: &[u8]) -> (SecureMessaging, SecureChannel) {
    (SecureMessaging::new(SessionKeys::derive(&RustCrypto, cipher, secret)), SecureChannel::new(suite, secret))
}

fn response(bytes: &[u8]) -> Response {
    let (data, status) = bytes.split_at(bytes.len() - 2);
    Response { data: data.to_vec(), status: StatusWord(u16::from_be_bytes([status[0], status[1]])) }
}

fn is_refused(zone: &str) -> bool {
    matches!(MachineReadableZone::parse_typed(zone), Err(MrzError::CheckDigit { .. } | MrzError::Date(_)))
}

proptest! {
    #![proptest_config(cases(256))]

    /// What is written is read, in either form of length; and no part of it is.
    #[test]
    fn elements_are_read_as_they_were_written(node in nodes(), indefinite in any::<bool>(), cut in any::<prop::sample::Index>()) {
        let bytes = node.encode(indefinite);
        let rules = if indefinite { Rules::Ber } else { Rules::Der };
        prop_assert_eq!(Node::decode(Cursor::new(&bytes, rules)), Some(vec![node]));
        let cut = &bytes[..cut.index(bytes.len())];
        prop_assert!(cut.is_empty() || Node::decode(Cursor::new(cut, rules)).is_none());
    }

    /// A zone out of its fields gives them back, and a digit that is misread is noticed.
    #[test]
    fn zones_are_read_as_they_were_composed(
        number in "[A-Z0-9]{9}",
        optional in "[A-Z0-9]{0,14}",
        (birth, expiry) in ("[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])", "[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])"),
        sex in prop::sample::select(vec!["M", "F", "<"]),
        (issuer, nationality) in (prop::sample::select(vec!["VNM", "D", "UTO"]), prop::sample::select(vec!["VNM", "D", "UTO"])),
        (primary, secondary) in ("[A-Z]{1,12}", "[A-Z]{1,10}"),
        wide in any::<bool>(),
        (at, other) in (any::<prop::sample::Index>(), 1_u32..10),
    ) {
        let name = format!("{primary}<<{secondary}");
        let (number, optional) = (number.as_str(), optional.as_str());
        let (birth, expiry, name) = (birth.as_str(), expiry.as_str(), name.as_str());
        let text = if wide {
            Td3 { code: "P", issuer, name, number, nationality, birth, sex, expiry, optional }.compose()
        } else {
            Td1 { code: "ID", issuer, number, optional, birth, sex, expiry, nationality, name }.compose()
        };
        let zone = MachineReadableZone::parse(&text).unwrap();
        prop_assert_eq!(zone.format(), if wide { Format::Td3 } else { Format::Td1 });
        prop_assert_eq!(zone.mismatches(), []);
        prop_assert_eq!((zone.issuing_state(), zone.nationality()), (issuer, nationality));
        let document_number = zone.document_number();
        prop_assert_eq!(document_number.as_str(), number);
        let (read_birth, read_expiry) = (zone.birth(), zone.expiry());
        prop_assert_eq!((read_birth.as_str(), read_expiry.as_str()), (birth, expiry));
        prop_assert_eq!(zone.optional_data(), optional);
        let (read_primary, read_secondary) = (zone.primary_name(), zone.secondary_name());
        prop_assert_eq!((read_primary.as_str(), read_secondary.as_str()), (primary.as_str(), secondary.as_str()));

        // Number, birth, expiry and their check digits, as far as they are digits: the weights 7, 3 and 1 tell any two apart.
        let places: Vec<usize> = if wide { (44..54).chain(57..64).chain(65..72).collect() } else { (5..15).chain(30..37).chain(38..45).collect() };
        let digits: Vec<usize> = places.into_iter().filter(|place| text.as_bytes()[*place].is_ascii_digit()).collect();
        let place = digits[at.index(digits.len())];
        let digit = (char::from(text.as_bytes()[place]).to_digit(10).unwrap() + other) % 10;
        let mut misread = text.clone();
        misread.replace_range(place..=place, &digit.to_string());
        prop_assert!(!MachineReadableZone::parse(&misread).unwrap().mismatches().is_empty());
        prop_assert!(is_refused(&misread));
    }

    /// Both halves of secure messaging understand each other over several commands, whatever the cipher and the lengths.
    #[test]
    fn commands_and_answers_arrive_as_they_were_sent(
        (cipher, suite) in ciphers(),
        secret in prop::collection::vec(any::<u8>(), 16..64),
        exchanges in prop::collection::vec(
            (any::<[u8; 3]>(), prop::collection::vec(any::<u8>(), 0..200), prop::option::of(1_usize..=256),
                prop::collection::vec(any::<u8>(), 0..220), any::<u16>()),
            1..6,
        ),
    ) {
        let (mut terminal, mut chip) = session(cipher, suite, &secret);
        for ([instruction, p1, p2], data, expected, answer, status) in exchanges {
            let mut command = Command::new(0x00, instruction, [p1, p2]).with_data(data.clone());
            command.expected = expected;
            let protected = terminal.protect(&RustCrypto, &command).unwrap().encode().unwrap();
            let opened = chip.open(&protected).unwrap();
            prop_assert_eq!((opened.header(), &opened.data, opened.ne), ([0x00, instruction, p1, p2], &data, expected));
            let answered = terminal.unprotect(&RustCrypto, &response(&chip.answer(instruction, &answer, status))).unwrap();
            prop_assert_eq!((answered.data, answered.status), (answer, StatusWord(status)));
            prop_assert!(terminal.is_confirmed());
        }
    }

    /// One byte changed, wherever it is, and nothing arrives: neither at the chip nor at the terminal. The same holds for an answer that
    /// is repeated, and for one that is cut.
    #[test]
    fn a_byte_that_was_changed_is_refused(
        (cipher, suite) in ciphers(),
        secret in prop::collection::vec(any::<u8>(), 16..64),
        data in prop::collection::vec(any::<u8>(), 0..200),
        answer in prop::collection::vec(any::<u8>(), 0..200),
        (at, xor) in (any::<prop::sample::Index>(), 1_u8..=255),
    ) {
        let command = Command::new(0x00, 0xB0, [0x81, 0x00]).with_data(data).with_expected(256);
        let (mut terminal, mut chip) = session(cipher, suite, &secret);
        let protected = terminal.protect(&RustCrypto, &command).unwrap().encode().unwrap();
        let mut changed = protected.clone();
        let place = at.index(changed.len());
        changed[place] ^= xor;
        // The chip's half leaves it to the chip to look at the class byte's other bits; whatever else is changed is refused.
        let opened = chip.clone().open(&changed);
        prop_assert!(opened.is_err(), "byte {} of {}: {:02X?}", place, protected.len(), changed);

        chip.open(&protected).unwrap();
        let answered = chip.answer(0xB0, &answer, 0x9000);
        let mut changed = answered.clone();
        let place = at.index(changed.len());
        changed[place] ^= xor;
        prop_assert!(terminal.unprotect(&RustCrypto, &response(&changed)).is_err(), "byte {place}");

        let (mut terminal, mut chip) = session(cipher, suite, &secret);
        chip.open(&terminal.protect(&RustCrypto, &command).unwrap().encode().unwrap()).unwrap();
        let answered = chip.answer(0xB0, &answer, 0x9000);
        let cut = 2 + at.index(answered.len() - 2);
        prop_assert!(terminal.unprotect(&RustCrypto, &response(&answered[..cut])).is_err());
        let (mut terminal, mut chip) = session(cipher, suite, &secret);
        chip.open(&terminal.protect(&RustCrypto, &command).unwrap().encode().unwrap()).unwrap();
        let answered = response(&chip.answer(0xB0, &answer, 0x9000));
        terminal.unprotect(&RustCrypto, &answered).unwrap();
        terminal.protect(&RustCrypto, &command).unwrap();
        prop_assert!(terminal.unprotect(&RustCrypto, &answered).is_err(), "an answer that was repeated");
    }
}
