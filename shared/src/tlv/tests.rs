use super::asn1::*;
use super::*;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

extern crate std;

std::thread_local! {
    static HEADERS: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

/// Counts a header that was looked at in search of the end of an element of indefinite length.
pub(super) fn count_header() {
    HEADERS.with(|headers| headers.set(headers.get() + 1));
}

/// How many headers `work` looks at so.
fn headers_of(work: impl FnOnce()) -> usize {
    HEADERS.with(|headers| headers.set(0));
    work();
    HEADERS.with(core::cell::Cell::get)
}

/// Elements of indefinite length around so many small ones, as deep as they may nest.
fn bomb(depth: usize, leaves: usize) -> Vec<u8> {
    let open = [0x30, 0x80].repeat(depth);
    [open, [0x05, 0x00].repeat(leaves), vec![0; 2 * depth]].concat()
}

/// Reads every element down to the leaves, and gives how many of those there are.
fn walk(cursor: Cursor<'_>) -> usize {
    let inside = |element: Element<'_>| if element.tag == SEQUENCE { element.children().map_or(0, walk) } else { 1 };
    cursor.map_while(Result::ok).map(inside).sum()
}

/// Each level looks for its own end, and levels are bounded: the work grows with the file, not with its square.
#[test]
fn nested_indefinite_lengths_are_scanned_once_a_level() {
    let deepest = usize::from(MAX_DEPTH);
    for (depth, leaves) in [(1, 1000), (8, 1000), (deepest, 1000), (deepest, 20_000)] {
        let bytes = bomb(depth, leaves);
        let mut found = 0;
        let headers = headers_of(|| found = walk(Cursor::new(&bytes, Rules::Ber)));
        assert_eq!(found, leaves);
        let elements = leaves + 2 * depth;
        assert!(headers <= deepest * elements, "{depth} levels, {leaves} leaves: {headers} headers");
    }
    // One level more is refused at the first look; so is one that never ends.
    let deeper = bomb(deepest + 1, 20_000);
    let headers = headers_of(|| assert_eq!(kind(&deeper, Rules::Ber), TlvErrorKind::Depth));
    assert!(headers <= deepest + 1, "{headers}");
    let endless = [0x30, 0x80].repeat(20_000);
    let headers = headers_of(|| assert_eq!(kind(&endless, Rules::Ber), TlvErrorKind::Depth));
    assert!(headers <= deepest + 1, "{headers}");
}

/// The same for a whole security object: twice the file, twice the work.
#[test]
fn a_security_object_full_of_indefinite_lengths_costs_what_its_length_costs() {
    let headers = |leaves| {
        let message = [&[0x77, 0x80][..], &bomb(20, leaves), &[0, 0]].concat();
        headers_of(|| {
            let message = crate::lds::sod::cms(&message).unwrap();
            assert!(crate::pki::SignedData::from_ber(message).is_err());
        })
    };
    let (once, twice) = (headers(10_000), headers(20_000));
    assert!(once <= 8 * 10_000 && twice <= 2 * once + 1000, "{once}, {twice}");
}

fn kind(bytes: &[u8], rules: Rules) -> TlvErrorKind {
    Cursor::new(bytes, rules).read().unwrap_err().kind
}

#[test]
fn reads_one_two_and_three_octet_tags() {
    let bytes = [0x5A, 1, 7, 0x5F, 0x1F, 1, 8, 0x7F, 0x81, 0x01, 0];
    let tags: Vec<u32> = Cursor::new(&bytes, Rules::Der).map(|element| element.unwrap().tag.0).collect();
    assert_eq!(tags, [0x5A, 0x5F1F, 0x7F8101]);
}

#[test]
fn refuses_what_is_torn() {
    for bytes in [&[0x30_u8][..], &[0x30, 0x05, 1, 2], &[0x30, 0x82, 1], &[0x7F], &[0x30, 0x80, 0x04, 0x01]] {
        assert_eq!(kind(bytes, Rules::Ber), TlvErrorKind::Truncated, "{bytes:02X?}");
    }
}

#[test]
fn attack_26_lengths_that_overflow() {
    let huge = [0x04, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(kind(&huge, Rules::Ber), TlvErrorKind::Length);
    let almost = [0x04, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    assert!(matches!(kind(&almost, Rules::Ber), TlvErrorKind::Length | TlvErrorKind::Truncated));
    assert_eq!(kind(&[0x04, 0xFF], Rules::Ber), TlvErrorKind::Length);
}

#[test]
fn der_wants_the_shortest_length() {
    let long = [0x04, 0x81, 0x01, 0xAA];
    assert_eq!(kind(&long, Rules::Der), TlvErrorKind::Length);
    assert_eq!(Cursor::new(&long, Rules::Ber).read().unwrap().value, [0xAA]);
    assert_eq!(kind(&[0x30, 0x80, 0, 0], Rules::Der), TlvErrorKind::Length);
}

#[test]
fn indefinite_lengths_nest() {
    let bytes = [0x30, 0x80, 0x24, 0x80, 0x04, 2, 1, 2, 0x04, 1, 3, 0, 0, 0, 0, 0x05, 0x00];
    let mut cursor = Cursor::new(&bytes, Rules::Ber);
    let outer = cursor.read().unwrap();
    assert_eq!(outer.raw.len(), 15);
    assert_eq!(&*outer.children().unwrap().octet_string().unwrap(), [1, 2, 3]);
    cursor.expect(NULL).unwrap();
    cursor.finish().unwrap();
}

#[test]
fn attack_26_nesting_without_end() {
    let mut bytes = [0x30, 0x80].repeat(200);
    bytes.extend(vec![0; 400]);
    assert_eq!(kind(&bytes, Rules::Ber), TlvErrorKind::Depth);
}

#[test]
fn an_error_says_where() {
    let bytes = [0x30, 0x04, 0x02, 0x01, 0x05, 0x04];
    let mut inside = Cursor::new(&bytes, Rules::Der).sequence().unwrap();
    inside.small_integer().unwrap();
    assert_eq!(inside.read().unwrap_err(), TlvError { position: 5, kind: TlvErrorKind::Truncated });
}

#[test]
fn expect_consumes_nothing_when_it_fails() {
    let mut cursor = Cursor::new(&[0x02, 1, 9], Rules::Der);
    assert!(cursor.expect(SEQUENCE).is_err());
    assert_eq!(cursor.small_integer().unwrap(), 9);
}

#[test]
fn the_total_length_is_known_from_the_head() {
    assert_eq!(total_len(&[0x6D, 0x82, 0x01, 0xCA]), Some(4 + 0x1CA));
    assert_eq!(total_len(&[0x7F, 0x61]), None);
    assert_eq!(total_len(&[0x30, 0x80, 0, 0]), None);
}

proptest! {
    #[test]
    fn no_input_panics_and_raw_bytes_tile_the_input(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut covered = 0;
        for element in Cursor::new(&bytes, Rules::Ber) {
            let Ok(element) = element else { break };
            prop_assert_eq!(element.position, covered);
            covered += element.raw.len();
            let _ = element.children().map(|mut inside| inside.read());
        }
        prop_assert!(covered <= bytes.len());
    }
}
