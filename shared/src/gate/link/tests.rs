use alloc::vec;
use alloc::vec::Vec;
use core::convert::Infallible;

use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};

use super::message::{Answer, CardType, Entries, Entry, Fault, PackStatus, Part, Refusal, Request, Scanned, Status, Tested};
use super::*;
use crate::crypto::rustcrypto::RustCrypto;
use crate::gate::enrolled::{self, Enrolled};

/// Counts: nonces that are never the same.
struct Counting(u64);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|number| u32::try_from(number).unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 += 1;
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(8) {
            let number = self.try_next_u64()?.to_be_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

const KEY: [u8; 32] = [0x4B; 32];

fn key() -> LinkKey {
    LinkKey::new(KEY)
}

/// Everything that is sent until both sides have a session: three frames.
fn opened() -> (Session, Responder, Vec<Frame>) {
    let (mut rng, mut gate) = (Counting(0), Responder::default());
    let (opening, open) = Opening::begin(&key(), &mut rng);
    let Received::Reply(challenge) = gate.receive(open.clone(), Some(&key()), &mut rng, &RustCrypto) else { panic!() };
    let (desk, confirm) = opening.answer(&challenge, &RustCrypto).unwrap().unwrap();
    let Received::Opened = gate.receive(confirm.clone(), Some(&key()), &mut rng, &RustCrypto) else { panic!() };
    (desk, gate, vec![open, challenge, confirm])
}

fn receive(gate: &mut Responder, frame: &Frame) -> Result<Vec<u8>, LinkError> {
    match gate.receive(frame.clone(), Some(&key()), &mut Counting(1000), &RustCrypto) {
        Received::Message(message) => Ok(message.to_vec()),
        Received::Ended(error) => Err(error),
        _ => panic!("neither a message nor an end"),
    }
}

fn data(body: &[u8]) -> Frame {
    Frame { kind: Kind::Data, body: body.to_vec() }
}

#[test]
fn messages_go_both_ways_in_order() {
    let (mut desk, mut gate, _) = opened();
    for round in 0..300_u32 {
        let message = round.to_be_bytes();
        let frame = desk.seal(&message, &RustCrypto).unwrap();
        assert!(!frame.body[8..].windows(4).any(|window| window == message), "nothing stands in the clear");
        assert_eq!(receive(&mut gate, &frame).unwrap(), message);
        let frame = gate.seal(&message, &RustCrypto).unwrap();
        assert_eq!(*desk.open(&frame, &RustCrypto).unwrap(), message);
    }
    let longest = vec![7; LONGEST_MESSAGE];
    let frame = desk.seal(&longest, &RustCrypto).unwrap();
    assert_eq!(frame.body.len(), LONGEST_BODY);
    assert_eq!(receive(&mut gate, &frame).unwrap(), longest);
    assert_eq!(desk.seal(&[7; LONGEST_MESSAGE + 1], &RustCrypto).err(), Some(LinkError::TooLong));
    assert!(desk.seal(b"goes on", &RustCrypto).is_ok());
}

#[test]
fn with_another_key_no_session_begins_on_either_side() {
    let other = LinkKey::new([0x4C; 32]);
    let (mut rng, mut gate) = (Counting(0), Responder::default());
    let (opening, open) = Opening::begin(&other, &mut rng);
    let Received::Reply(challenge) = gate.receive(open, Some(&key()), &mut rng, &RustCrypto) else { panic!() };
    assert_eq!(opening.answer(&challenge, &RustCrypto).err(), Some(LinkError::WrongKey));
    // A desk that goes on all the same, with whatever proof.
    for proof in [&[0; 32][..], &[0; 31], b"", &challenge.body[64..]] {
        let (_, open) = Opening::begin(&other, &mut rng);
        let Received::Reply(_) = gate.receive(open, Some(&key()), &mut rng, &RustCrypto) else { panic!() };
        let confirm = Frame { kind: Kind::Confirm, body: proof.to_vec() };
        let refused = gate.receive(confirm, Some(&key()), &mut rng, &RustCrypto);
        assert!(matches!(refused, Received::Ended(LinkError::WrongKey)));
        assert!(!gate.is_open());
    }
    assert_eq!(receive(&mut gate, &data(&[0; 40])), Err(LinkError::Ended));
    let (_, open) = Opening::begin(&key(), &mut rng);
    assert!(matches!(gate.receive(open, None, &mut rng, &RustCrypto), Received::Ended(LinkError::WrongKey)), "without a key");
}

#[test]
fn an_opening_that_was_altered_anywhere_opens_nothing() {
    let (_, _, frames) = opened();
    for (which, frame) in frames.iter().enumerate() {
        for place in 0..frame.body.len() {
            let mut rng = Counting(0);
            let mut gate = Responder::default();
            let alter = |number: usize, mut frame: Frame| {
                if number == which {
                    frame.body[place] ^= 1;
                }
                frame
            };
            let (opening, open) = Opening::begin(&key(), &mut rng);
            let challenge = match gate.receive(alter(0, open), Some(&key()), &mut rng, &RustCrypto) {
                Received::Reply(challenge) => alter(1, challenge),
                Received::Ended(LinkError::Version(_)) if which == 0 && place == 0 => continue,
                _ => panic!("frame {which}, byte {place}"),
            };
            // Its own nonce does not come back: no answer to this opening. Anything else: no proof.
            match opening.answer(&challenge, &RustCrypto) {
                Ok(None) => assert!(which == 0 || place < 32, "frame {which}, byte {place}"),
                Err(error) => assert!(error == LinkError::WrongKey && which == 1, "frame {which}, byte {place}"),
                Ok(Some((_, confirm))) => {
                    let received = gate.receive(alter(2, confirm), Some(&key()), &mut rng, &RustCrypto);
                    assert!(matches!(received, Received::Ended(LinkError::WrongKey)), "byte {place}");
                }
            }
            assert!(!gate.is_open());
        }
    }
}

#[test]
fn a_session_that_was_recorded_opens_none() {
    let (mut desk, mut gate, frames) = opened();
    let recorded = desk.seal(b"open", &RustCrypto).unwrap();
    receive(&mut gate, &recorded).unwrap();
    let mut rng = Counting(500);
    let mut other = Responder::default();
    let Received::Reply(_) = other.receive(frames[0].clone(), Some(&key()), &mut rng, &RustCrypto) else { panic!() };
    let confirmed = other.receive(frames[2].clone(), Some(&key()), &mut rng, &RustCrypto);
    assert!(matches!(confirmed, Received::Ended(LinkError::WrongKey)));
    assert_eq!(receive(&mut other, &recorded), Err(LinkError::Ended));
    // A challenge of another time is not an answer to this opening.
    let (opening, _) = Opening::begin(&key(), &mut rng);
    assert!(opening.answer(&frames[1], &RustCrypto).unwrap().is_none());
}

#[test]
fn a_frame_that_was_altered_or_cut_ends_the_session() {
    let (mut desk, _, _) = opened();
    let frame = desk.seal(b"a message", &RustCrypto).unwrap();
    for place in 0..frame.body.len() {
        let altered = {
            let mut body = frame.body.clone();
            body[place] ^= 1;
            data(&body)
        };
        let (_, mut gate, _) = opened();
        let reason = if place < 8 { LinkError::Missing } else { LinkError::Altered };
        assert_eq!(receive(&mut gate, &altered), Err(reason), "byte {place}");
        assert_eq!(receive(&mut gate, &frame), Err(LinkError::Ended), "nothing follows");
        assert!(gate.seal(b"x", &RustCrypto).is_err());
        let (_, mut gate, _) = opened();
        let reason = if place < 8 { LinkError::Malformed } else { LinkError::Altered };
        assert_eq!(receive(&mut gate, &data(&frame.body[..place])), Err(reason), "cut at {place}");
    }
    let (_, mut gate, _) = opened();
    let longer = [frame.body.as_slice(), &[0]].concat();
    assert_eq!(receive(&mut gate, &data(&longer)), Err(LinkError::Altered));
}

#[test]
fn a_frame_again_before_its_turn_or_back_ends_the_session() {
    let frames = |desk: &mut Session| [b"one", b"two"].map(|message| desk.seal(message, &RustCrypto).unwrap());
    let (mut desk, mut gate, _) = opened();
    let [one, _] = frames(&mut desk);
    assert!(receive(&mut gate, &one).is_ok());
    assert_eq!(receive(&mut gate, &one), Err(LinkError::Replayed));
    let (mut desk, mut gate, _) = opened();
    let [one, two] = frames(&mut desk);
    assert_eq!(receive(&mut gate, &two), Err(LinkError::Missing), "in another order");
    assert_eq!(receive(&mut gate, &one), Err(LinkError::Ended));
    // Renumbered: the number is under the seal.
    let (mut desk, mut gate, _) = opened();
    let [one, two] = frames(&mut desk);
    let renumbered = data(&[&one.body[..8], &two.body[8..]].concat());
    assert_eq!(receive(&mut gate, &renumbered), Err(LinkError::Altered));
    // Back to where it came from.
    let (mut desk, mut gate, _) = opened();
    let [one, _] = frames(&mut desk);
    assert_eq!(desk.open(&one, &RustCrypto).err(), Some(LinkError::Altered));
    assert!(desk.has_ended());
    let answer = gate.seal(b"answer", &RustCrypto).unwrap();
    assert_eq!(receive(&mut gate, &answer), Err(LinkError::Altered));
}

#[test]
fn the_counter_never_begins_anew() {
    let (desk, _, _) = opened();
    let (other, _, _) = opened();
    let (mut desk, mut receiver) = (desk.near_its_end(1), other.near_its_end(1));
    for left in [1_u64, 0] {
        let frame = desk.seal(b"x", &RustCrypto).unwrap();
        assert_eq!(frame.body[..8], (u64::MAX - left).to_be_bytes());
        // The receiver is a desk too: what it opens does not matter here, its counter does.
        assert_eq!(receiver.seal(b"x", &RustCrypto).unwrap().body[..8], (u64::MAX - left).to_be_bytes());
    }
    assert_eq!(desk.seal(b"x", &RustCrypto).err(), Some(LinkError::CounterEnd));
    assert_eq!(desk.seal(b"x", &RustCrypto).err(), Some(LinkError::Ended));
}

#[test]
fn who_has_not_proven_the_key_ends_no_session() {
    let (mut desk, mut gate, _) = opened();
    let mut rng = Counting(500);
    let (_, open) = Opening::begin(&LinkKey::new([1; 32]), &mut rng);
    assert!(matches!(gate.receive(open, Some(&key()), &mut rng, &RustCrypto), Received::Reply(_)));
    let confirm = Frame { kind: Kind::Confirm, body: vec![0; 32] };
    assert!(matches!(gate.receive(confirm, Some(&key()), &mut rng, &RustCrypto), Received::Ended(LinkError::WrongKey)));
    let frame = desk.seal(b"goes on", &RustCrypto).unwrap();
    assert_eq!(receive(&mut gate, &frame).unwrap(), b"goes on");
}

#[test]
fn hello_comes_back_as_bytes_and_as_text_and_nothing_else_does() {
    let hello = Hello { public_key: [4; 65], one_time: [9; 16], image: 3, is_provisioned: true, has_jumper: false };
    let bytes = hello.to_cbor();
    assert_eq!(Hello::from_cbor(&bytes), Some(hello.clone()));
    assert_eq!(Hello::from_text(&(hello.to_text() + "\r\n")), Some(hello));
    for place in 0..bytes.len() {
        assert_eq!(Hello::from_cbor(&bytes[..place]), None);
    }
    assert_eq!(Hello::from_cbor(&[&bytes[..], &[0]].concat()), None);
    assert_eq!(Hello::from_text("SOAT:HELLO:00"), None);
}

fn requests() -> Vec<Request> {
    vec![
        Request::Status,
        Request::SetTime(-1),
        Request::SelfTest,
        Request::Log(u64::MAX),
        Request::PackBegin(96 << 10, [1; 32]),
        Request::PackData(896, vec![2; message::PIECE]),
        Request::PackEnd,
        Request::ImageBegin(1, [3; 32]),
        Request::ImageData(0, vec![]),
        Request::ImageEnd,
        Request::Restart,
        Request::CardLook,
        Request::CardConnect,
        Request::Transmit(vec![0; 261]),
        Request::CardDisconnect,
        Request::Scan,
        Request::Close,
        Request::Enrol(Enrolled::from_bytes(&[b'7'; enrolled::MOST * enrolled::DIGITS]).unwrap()),
    ]
}

fn answers() -> Vec<Answer> {
    let pack = Some(PackStatus { version: 1, made_at: 2, ends_at: 3 });
    let status = Status { image: 1, name: "cổng bắc".into(), time: Some(4), pack, faults: 5, ..Status::default() };
    vec![
        Answer::Done,
        Answer::Refused(Refusal::UsedUp),
        Answer::Status(status),
        Answer::Status(Status::default()),
        Answer::SelfTest(vec![Tested { part: Part::Reader, works: false }]),
        Answer::Log(Entries { first: 1, next: 3, entries: vec![Entry(vec![1]), Entry(vec![2])] }),
        Answer::Card(None),
        Answer::Card(Some(CardType::TypeB)),
        Answer::Response(vec![0x90, 0]),
        Answer::Scan(None),
        Answer::Scan(Some(Scanned(vec![b'0'; message::CODE].into()))),
    ]
}

#[test]
fn every_message_comes_back_and_fits_into_a_frame() {
    for (number, request) in requests().into_iter().enumerate() {
        let bytes = request.to_cbor();
        assert_eq!(bytes[..2], [0x82, u8::try_from(number).unwrap()], "the number that the CDDL gives");
        assert!(bytes.len() <= LONGEST_MESSAGE);
        assert!(Request::from_cbor(&bytes) == Some(request));
        assert!(Request::from_cbor(&[&bytes[..], &[0]].concat()).is_none(), "and nothing behind it");
    }
    for answer in answers() {
        let bytes = answer.to_cbor();
        assert!(bytes.len() <= LONGEST_MESSAGE);
        assert!(Answer::from_cbor(&bytes) == Some(answer));
    }
    assert!(Request::from_cbor(&[0x82, 0x12, 0x80]).is_none(), "a request that nobody knows");
    assert!(Request::from_cbor(&[0x82, 0x11, 0x81, 0x41, b'7']).is_none(), "a card access number of one digit");
}

#[test]
fn refusals_and_faults_have_numbers_of_their_own() {
    for (place, refusal) in Refusal::ALL.iter().enumerate() {
        assert_eq!(usize::from(refusal.code()), place + 1);
        assert_eq!(Refusal::of_code(refusal.code()), Some(*refusal));
    }
    assert_eq!(Refusal::of_code(0), None);
    assert_eq!(Refusal::of_code(200), Some(Refusal::Unknown(200)));
    let status = Status { faults: Fault::Clock.bit() | Fault::Tamper.bit(), ..Status::default() };
    assert_eq!(status.faults().collect::<Vec<_>>(), [Fault::Clock, Fault::Tamper]);
}

proptest! {
    #[test]
    fn no_bytes_harm_a_decoder(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Request::from_cbor(&bytes);
        let _ = Answer::from_cbor(&bytes);
        let _ = Hello::from_cbor(&bytes);
    }

    #[test]
    fn no_frames_harm_a_gate_or_open_it(bodies in proptest::collection::vec((0_usize..8, proptest::collection::vec(any::<u8>(), 0..120)), 0..20)) {
        let kinds = [Kind::Ask, Kind::Hello, Kind::Open, Kind::Challenge, Kind::Confirm, Kind::Data, Kind::Provision, Kind::Ended];
        let mut gate = Responder::default();
        for (kind, body) in bodies {
            let received = gate.receive(Frame { kind: kinds[kind], body }, Some(&key()), &mut Counting(0), &RustCrypto);
            prop_assert!(!matches!(received, Received::Opened | Received::Message(_)));
        }
    }
}
