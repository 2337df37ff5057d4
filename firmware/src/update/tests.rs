//! Updates through power cuts at every write and erase, and past hands that rewrite the chip outside.

use std::rc::Rc;

use proptest::prelude::*;
use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::TerminalSigner;
use soat::gate::image::{ImageError, ImageHeader};
use soat::gate::journal::JournalKey;

use super::approval::{Approval, Approvals, Unreadable};
use super::incoming::{self, Incoming, Last, Terms, UpdateError};
use super::loader::{self, Start};
use crate::keeping::flash_double::{FlashDouble, Power};
use crate::keeping::tests::Operator;
use crate::keeping::vault::{Provisioned, Vault};

const PAGE: usize = 1024;
const PAGES: usize = 3;
const BOARD: &str = "a board";
/// More writes and erases than any course of events here has.
const MANY: u32 = 3000;

type Flash = FlashDouble<PAGE, true>;

struct Device {
    power: Rc<Power>,
    active: Flash,
    dfu: Flash,
    state: Flash,
    vault: Flash,
}

fn image(version: u8, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8 ^ version).collect()
}

fn signed(image: &[u8], version: u32) -> Vec<u8> {
    ImageHeader::sign(image, BOARD, version, &Operator::new(1), &RustCrypto).unwrap()
}

fn terms(held: u32) -> Terms<'static> {
    Terms { operator: Operator::new(1).key().fingerprint(&RustCrypto), board: BOARD, held, room: PAGE * PAGES }
}

impl Device {
    /// An engineer has loaded version 1.
    fn new() -> Self {
        let power = Rc::new(Power::default());
        let vault = Flash::new(2, &power);
        let journal_key = JournalKey::new(&[1; 32]);
        let provisioned =
            Provisioned { record: b"a record", device_key: &[2; 32], journal_key: &journal_key, seal_key: &[3; 32], now: None };
        Vault::begin(vault.clone(), &provisioned).unwrap();
        let device = Self {
            active: Flash::new(PAGES, &power),
            dfu: Flash::new(PAGES + 1, &power),
            state: Flash::new(1, &power),
            vault,
            power,
        };
        device.active.bytes.borrow_mut()[..2000].copy_from_slice(&image(1, 2000));
        device
    }

    fn update(&mut self, file: &[u8], held: u32) -> Result<u32, UpdateError> {
        let length = u32::try_from(file.len()).unwrap();
        let mut incoming = Incoming::begin(length, &mut self.state)?;
        let mut at = 0;
        for piece in file.chunks(89) {
            incoming.data(at, piece, &mut self.dfu, &terms(held), &RustCrypto)?;
            at += u32::try_from(piece.len()).unwrap();
        }
        incoming.end(&mut self.active, &mut self.dfu, &mut self.state, held, &mut Vault::open(self.vault.clone()))
    }

    fn start(&mut self) -> Start {
        loader::prepare(&mut self.active, &mut self.dfu, &mut self.state, &mut Vault::open(self.vault.clone()))
    }

    fn confirm(&mut self) -> Result<Last, UpdateError> {
        incoming::confirm(&mut self.active, &mut self.state, &mut Vault::open(self.vault.clone()))
    }

    fn runs(&self, image: &[u8]) -> bool {
        self.active.bytes.borrow().starts_with(image)
    }
}

#[test]
fn an_update_is_swapped_in_confirms_itself_and_stays() {
    let (mut device, new) = (Device::new(), image(2, 2501));
    assert_eq!(device.start(), Start::Settled, "what an engineer loaded");
    assert_eq!(device.confirm(), Ok(Last::Nothing));
    assert_eq!(device.update(&signed(&new, 2), 1), Ok(2));
    assert!(device.runs(&image(1, 2000)), "until the next start");
    assert_eq!(device.start(), Start::OnTrial);
    assert!(device.runs(&new));
    assert_eq!(device.confirm(), Ok(Last::Stays(2)));
    assert_eq!(device.confirm(), Ok(Last::Nothing));
    for _ in 0..3 {
        assert_eq!(device.start(), Start::Settled);
        assert!(device.runs(&new));
    }
    let newest = image(3, 900);
    assert_eq!(device.update(&signed(&newest, 3), 2), Ok(3));
    assert_eq!(device.start(), Start::OnTrial);
    assert_eq!(device.confirm(), Ok(Last::Stays(3)));
    assert!(device.runs(&newest));
}

#[test]
fn what_does_not_confirm_itself_is_taken_back() {
    let (mut device, old, new) = (Device::new(), image(1, 2000), image(2, 3000));
    device.update(&signed(&new, 2), 1).unwrap();
    assert_eq!(device.start(), Start::OnTrial);
    assert_eq!(device.start(), Start::TakenBack, "a watchdog, or a hand at the plug");
    assert!(device.runs(&old));
    assert_eq!(device.confirm(), Ok(Last::TakenBack(2)), "told once");
    assert_eq!(device.confirm(), Ok(Last::Nothing));
    assert_eq!(device.start(), Start::Settled);
    assert!(device.runs(&old));
    assert_eq!(device.update(&signed(&new, 2), 1), Ok(2), "and may come again");
    assert_eq!(device.start(), Start::OnTrial);
    assert_eq!(device.confirm(), Ok(Last::Stays(2)));
}

/// An order to swap that nobody approved, as a page that was half erased may hold: it is forgotten, and nobody is on trial.
#[test]
fn an_order_without_an_approval_is_forgotten() {
    let mut device = Device::new();
    device.state.bytes.borrow_mut()[0] = 0xF0;
    assert_eq!(incoming::on_trial(&mut device.state), Ok(true));
    assert_eq!(device.start(), Start::Settled);
    assert_eq!(incoming::on_trial(&mut device.state), Ok(false));
    assert!(device.runs(&image(1, 2000)));
}

/// The flash of what comes does not answer: what is whole and approved runs, half a swap does not.
#[test]
fn without_the_outer_flash_nothing_is_swapped() {
    let mut device = Device::new();
    let started = |device: &mut Device| loader::without_incoming(&mut device.active, &mut Vault::open(device.vault.clone()));
    assert_eq!(started(&mut device), Start::Settled);
    device.update(&signed(&image(2, 2900), 2), 1).unwrap();
    assert_eq!(started(&mut device), Start::Settled);
    assert!(device.runs(&image(1, 2000)));
    device.power.cut_at(400, 1);
    device.start();
    assert!(device.power.is_off());
    device.power.restore();
    assert_eq!(started(&mut device), Start::Nothing);
    assert_eq!(device.start(), Start::OnTrial, "it answers again");
}

#[test]
fn what_runs_may_not_overwrite_its_way_back() {
    let (mut device, new) = (Device::new(), image(2, 3000));
    device.update(&signed(&new, 2), 1).unwrap();
    device.start();
    assert_eq!(device.update(&signed(&image(3, 3000), 3), 2), Err(UpdateError::OnTrial));
    assert_eq!(device.start(), Start::TakenBack);
    assert!(device.runs(&image(1, 2000)));
}

#[test]
fn only_what_the_site_signed_for_this_board_is_taken() {
    let new = image(2, 2501);
    let good = signed(&new, 2);
    let refused = |file: &[u8], held: u32| {
        let mut device = Device::new();
        let error = device.update(file, held).unwrap_err();
        assert_eq!(device.start(), Start::Settled);
        assert!(device.runs(&image(1, 2000)));
        error
    };
    let signed_as = |board: &str, signer: u8| ImageHeader::sign(&new, board, 2, &Operator::new(signer), &RustCrypto).unwrap();
    assert_eq!(refused(&signed_as(BOARD, 2), 1), ImageError::OtherKey.into());
    assert_eq!(refused(&signed_as("another", 1), 1), ImageError::OtherBoard.into());
    assert_eq!(refused(&good, 2), ImageError::NotNewer { held: 2, found: 2 }.into());
    assert_eq!(refused(&good[..good.len() - 1], 1), ImageError::Damaged.into());
    assert_eq!(refused(&[&good[..], b"more of it"].concat(), 1), ImageError::Damaged.into());
    let mut altered = good.clone();
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&altered, 1), ImageError::Damaged.into());
    let too_large = signed(&image(2, PAGE * PAGES + 1), 2);
    assert_eq!(refused(&too_large, 1), ImageError::TooLarge.into());
    assert_eq!(refused(&[0; 700], 1), ImageError::NotAnImage.into());
    let whole = signed(&image(2, PAGE * PAGES), 2);
    assert_eq!(Device::new().update(&whole, 1), Ok(2));
}

#[test]
fn pieces_follow_each_other() {
    let file = signed(&image(2, 2000), 2);
    let mut device = Device::new();
    let mut incoming = Incoming::begin(u32::try_from(file.len()).unwrap(), &mut device.state).unwrap();
    let mut data = |offset, piece: &[u8]| incoming.data(offset, piece, &mut device.dfu, &terms(1), &RustCrypto);
    assert_eq!(data(0, &file[..600]), Ok(()));
    assert_eq!(data(0, &file[..600]), Err(UpdateError::OutOfOrder), "twice");
    assert_eq!(data(700, &file[700..800]), Err(UpdateError::OutOfOrder), "a gap");
    assert_eq!(data(600, &[0; 4000]), Err(UpdateError::OutOfOrder), "more than was announced");
    let early = incoming.end(&mut device.active, &mut device.dfu, &mut device.state, 1, &mut Vault::open(device.vault.clone()));
    assert_eq!(early, Err(UpdateError::OutOfOrder));
    let empty = Incoming::begin(0, &mut device.state).unwrap().end(
        &mut device.active,
        &mut device.dfu,
        &mut device.state,
        1,
        &mut Vault::open(device.vault.clone()),
    );
    assert_eq!(empty, Err(UpdateError::OutOfOrder));
}

/// One course of an update: it comes, is swapped in, and confirms itself if it is any good. Nothing here knows of a cut.
fn course(device: &mut Device, new: &[u8], is_good: bool) -> bool {
    let came = device.update(&signed(new, 2), 1).is_ok();
    for _ in 0..3 {
        device.start();
        if is_good && device.runs(new) {
            let _ = device.confirm();
        }
    }
    came
}

/// Cuts the power at every write and every erase of the whole course; each time what runs afterwards is one of the two images, whole.
fn cut_everywhere(is_good: bool) {
    let (old, new) = (image(1, 2000), image(2, 2900));
    let mut lost = 0;
    for at in 0..MANY {
        let mut device = Device::new();
        device.power.cut_at(at, u64::from(at) + 7);
        let came = course(&mut device, &new, is_good);
        let is_cut = device.power.is_off();
        device.power.restore();
        for start in 0..4 {
            let started = device.start();
            assert_ne!(started, Start::Nothing, "cut at {at}, start {start}");
            assert!(device.runs(&old) || device.runs(&new), "cut at {at}, start {start}");
            if device.runs(&new) && is_good {
                device.confirm().unwrap();
            }
        }
        let settled = device.start();
        assert_eq!(settled, Start::Settled, "cut at {at}");
        assert!(device.runs(&old) || is_good, "cut at {at}: an image that never confirmed itself stays");
        lost += u32::from(came && is_cut && is_good && device.runs(&old));
        if !is_cut {
            assert_eq!(device.runs(&new), is_good);
            assert!(at > 1000, "cuts fell into all of it");
            // Between its last page and its confirmation a cut is a failed trial; anywhere else it is gone on with.
            assert!(lost <= 4, "{lost} updates that were taken are lost");
            return;
        }
    }
    panic!("the course never came to its end");
}

#[test]
fn a_power_cut_at_any_write_leaves_one_whole_image() {
    cut_everywhere(true);
}

#[test]
fn a_power_cut_at_any_write_never_keeps_an_image_that_did_not_confirm_itself() {
    cut_everywhere(false);
}

/// Whoever opens the box rewrites the chip outside after the signature was verified.
#[test]
fn what_was_rewritten_after_its_approval_is_not_started() {
    let (mut device, old) = (Device::new(), image(1, 2000));
    device.update(&signed(&image(2, 2500), 2), 1).unwrap();
    device.dfu.bytes.borrow_mut()[700] ^= 1;
    assert_eq!(device.start(), Start::NotApproved);
    assert!(device.runs(&old));
    assert_eq!(device.start(), Start::Settled);
}

/// The same while pages are swapped: at each cut in the middle everything outside is rewritten.
#[test]
fn what_was_rewritten_while_it_was_swapped_is_not_started() {
    let (old, new) = (image(1, 2000), image(2, 2900));
    let mut refused = 0;
    for at in 0..MANY {
        let mut device = Device::new();
        device.update(&signed(&new, 2), 1).unwrap();
        device.power.cut_at(at, 3);
        device.start();
        if !device.power.is_off() {
            break;
        }
        device.power.restore();
        device.dfu.bytes.borrow_mut()[..PAGE * PAGES].fill(0xA5);
        for _ in 0..4 {
            match device.start() {
                Start::Nothing => refused += 1,
                Start::OnTrial => assert!(device.runs(&new), "cut at {at}"),
                _ => assert!(device.runs(&old) || device.runs(&new), "cut at {at}"),
            }
        }
    }
    assert!(refused > 0, "it never came to that");
}

/// Where only the rest of what came was rewritten, the way back is whole, and taken at once.
#[test]
fn a_swap_that_went_wrong_is_taken_back_at_once() {
    let (old, new) = (image(1, 2000), image(2, 2900));
    let mut taken_back = 0;
    for at in 0..MANY {
        let mut device = Device::new();
        device.update(&signed(&new, 2), 1).unwrap();
        device.power.cut_at(at, 5);
        device.start();
        if !device.power.is_off() {
            break;
        }
        device.power.restore();
        device.dfu.bytes.borrow_mut()[0] ^= 1;
        match device.start() {
            Start::OnTrial => assert!(device.runs(&new), "cut at {at}"),
            Start::NotApproved => assert!(device.runs(&old), "cut at {at}"),
            Start::TakenBack => {
                assert!(device.runs(&old), "cut at {at}");
                taken_back += 1;
            }
            other => panic!("{other:?}, cut at {at}"),
        }
    }
    assert!(taken_back > 100, "it never came to that");
}

/// And the way back: what ran before is rewritten while its successor is on trial.
#[test]
fn what_was_rewritten_is_not_taken_back_to() {
    let mut device = Device::new();
    device.update(&signed(&image(2, 2900), 2), 1).unwrap();
    assert_eq!(device.start(), Start::OnTrial);
    device.dfu.bytes.borrow_mut().fill(0xA5);
    for _ in 0..3 {
        assert_eq!(device.start(), Start::Nothing);
    }
}

#[test]
fn an_approval_that_cannot_be_read_starts_nothing() {
    struct Broken;
    impl Approvals for Broken {
        fn approval(&mut self) -> Result<Option<Approval>, Unreadable> {
            Err(Unreadable)
        }
        fn approve(&mut self, _: &Approval) -> bool {
            false
        }
    }
    let mut device = Device::new();
    assert_eq!(loader::prepare(&mut device.active, &mut device.dfu, &mut device.state, &mut Broken), Start::Nothing);
    device.vault.bytes.borrow_mut()[40] ^= 1;
    assert_eq!(device.start(), Start::Nothing, "a damaged vault");
    device.vault.bytes.borrow_mut().fill(0xFF);
    assert_eq!(device.start(), Start::Settled, "a blank one: an engineer loaded the image");
}

proptest! {
    #[test]
    fn no_stream_of_pieces_is_taken(pieces in proptest::collection::vec((any::<u16>(), proptest::collection::vec(any::<u8>(), 0..700)), 0..8)) {
        let mut device = Device::new();
        let mut incoming = Incoming::begin(3000, &mut device.state).unwrap();
        for (offset, piece) in pieces {
            let _ = incoming.data(offset.into(), &piece, &mut device.dfu, &terms(1), &RustCrypto);
        }
        let end = incoming.end(&mut device.active, &mut device.dfu, &mut device.state, 1, &mut Vault::open(device.vault.clone()));
        prop_assert!(end.is_err());
        prop_assert_eq!(Vault::open(device.vault).unwrap().images(), Ok(None));
    }
}
