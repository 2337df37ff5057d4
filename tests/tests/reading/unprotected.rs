//! A chip that offers neither PACE nor BAC and gives its files to whoever asks (BSI TR-03105 ISO7816_A_01), and what looks like one.

use card_fixtures::authority::CrlOptions;
use card_fixtures::chip::{Attack, LostTag, Quirks, VirtualChip};
use card_fixtures::personalisation::configuration::{self, ConfigurationSet};
use card_fixtures::personalisation::issue::CARD_ACCESS;
use card_fixtures::personalisation::security_infos::{card_access, pace_info};
use card_fixtures::personalisation::{PaceOffer, Personalisation, Suite};
use card_fixtures::time::Time;
use soat::chip::apdu::StatusWord;
use soat::chip::error::{Incompatibility, Protocol};
use soat::chip::reading::Files;
use soat::chip::{AccessKey, CardChannel, ChannelLimits, ReadError, ReadingOptions, TransportError, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{Access, AccessProtocol, DataGroup, Dossier, FileId, FileRecord, PasswordKind};
use soat::inspection::{CheckKind, Outcome, Overall, Profile, Report, inspect};
use soat::pki::{CertificateList, VerifiedCrl};
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

use super::{GOOD, NOW, assert_whole, card, ended, findings, mrz, odd, read, read_with, trust, verdicts};

const UNPROTECTED: (Outcome, Option<&str>) = (Outcome::NotSupported, Some("access.unprotected"));
const DENIED: ReadError = ReadError::AccessDenied { protocol: Protocol::Bac, tries_left: None };
const READ_BINARY: u8 = 0xB0;

/// The default document of BSI TR-03105 without access protocol.
fn plain() -> Personalisation {
    ConfigurationSet::Plain.card()
}

/// Under `operational` and `strict`, with the issuer's current revocation list.
fn judged(dossier: &Dossier) -> [Report; 2] {
    let authority = configuration::authority();
    let mut store = trust(&[authority.csca_certificate()]);
    let (this_update, next_update) = (Time::midnight(2025, 5, 1), Some(Time::midnight(2025, 8, 1)));
    let list = authority.revocation_list(&CrlOptions { this_update, next_update, ..CrlOptions::default() });
    let list = VerifiedCrl::verify(CertificateList::from_der(&list).unwrap(), &store, &RustCrypto).unwrap();
    store.add_revocation_list(list);
    [Profile::OPERATIONAL, Profile::STRICT].map(|profile| inspect(dossier, &store, &profile, NOW, &RustCrypto))
}

/// How often a command was sent.
fn sent(channel: &InProcessChannel, instruction: u8) -> usize {
    channel.chip.lock().exchanges().iter().filter(|exchange| exchange.header[1] == instruction).count()
}

#[test]
fn a_chip_without_access_protection_is_read_and_the_verdict_says_so() {
    let card = plain();
    for status in [None, Some(0x6700), Some(0x6982), Some(0x6985), Some(0x6A81)] {
        let mut channel = odd(&card, Quirks { bac_refusal: status, ..Quirks::default() });
        let dossier = read(&mut channel, &mrz(&card)).unwrap();
        assert_whole(&dossier, &card);
        let access = Access { protocol: AccessProtocol::Unprotected, password: PasswordKind::Mrz };
        assert_eq!((&dossier.access, findings(&dossier)), (&Some(access), vec![]));
        let [operational, strict] = judged(&dossier);
        assert_eq!((ended(&operational, CheckKind::AccessProtocol), operational.overall), (UNPROTECTED, Overall::Successful));
        assert!(operational.identity().is_some());
        // Nothing that is signed says that it should be otherwise.
        assert!(operational.check(CheckKind::AccessProtocol).unwrap().findings.is_empty());
        // Where the check is mandatory, what the document lacks leaves the verdict open, and nothing else does.
        assert_eq!((ended(&strict, CheckKind::AccessProtocol), strict.overall), (UNPROTECTED, Overall::Undetermined));
        assert!(strict.identity().is_none());
        let open: Vec<_> = strict.checks.iter().filter(|row| row.counts() && row.outcome != Outcome::Successful).collect();
        assert_eq!(open.iter().map(|row| row.kind).collect::<Vec<_>>(), [CheckKind::AccessProtocol], "{open:#?}");
        assert_eq!(ended(&strict, CheckKind::ChipAuthenticity), GOOD);
    }
}

/// DG1 is read once, and kept where it was asked for and nowhere else.
#[test]
fn the_file_that_is_compared_is_kept_only_where_it_is_asked_for() {
    let card = plain();
    let dg1 = FileId::from(DataGroup::DG1);
    let whole = read(&mut odd(&card, Quirks::default()), &mrz(&card)).unwrap();
    let of_dg1 = |dossier: &Dossier| dossier.timings.iter().filter(|timing| timing.step == "DG1").count();
    assert_eq!(of_dg1(&whole), 1);
    let options = ReadingOptions { files: Files::Only(vec![DataGroup::DG2]), ..ReadingOptions::default() };
    let part = read_with(&mut odd(&card, Quirks::default()), &mrz(&card), &options, &mut Watcher::new(1)).unwrap();
    assert!(part.files[&dg1] == FileRecord::Skipped && whole.bytes(dg1).is_some());
    assert_eq!(part.access, whole.access);
}

/// What BAC shows by the way, DG1 shows here: nothing more is read of a chip that is not the page's.
#[test]
fn attack_20_the_chip_of_another_page_is_not_read_in_the_clear() {
    let card = plain();
    let key = card.mrz_key.as_ref().unwrap();
    let others = [
        ("C01X0007H", key.birth.as_str(), key.expiry.as_str()),
        (&key.document_number, "640813", &key.expiry),
        (&key.document_number, &key.birth, "340229"),
    ];
    for (number, birth, expiry) in others {
        let mut channel = odd(&card, Quirks::default());
        let other = AccessKey::from_fields(number, birth, expiry).unwrap();
        assert_eq!(read(&mut channel, &other).unwrap_err(), DENIED);
        let mut right = odd(&card, Quirks::default());
        read(&mut right, &mrz(&card)).unwrap();
        // EF.CardAccess in vain, before and after a reset, and DG1.
        assert!(sent(&channel, READ_BINARY) <= 3 && sent(&right, READ_BINARY) > 10);
    }
    // No file of such a chip says its card access number.
    let can = AccessKey::from_can("123456").unwrap();
    let error = read(&mut odd(&card, Quirks::default()), &can).unwrap_err();
    assert_eq!(error, ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(PasswordKind::Can)));
    // A DG1 that is no MRZ is nobody's.
    let mut broken = card.clone();
    broken.put(1, vec![0x61, 0x00]);
    assert_eq!(read(&mut odd(&broken, Quirks::default()), &mrz(&card)).unwrap_err(), DENIED);
}

#[test]
fn a_lost_tag_is_taken_up_again() {
    let card = plain();
    let mut once = odd(&card, Quirks::default());
    read(&mut once, &mrz(&card)).unwrap();
    let commands = u32::try_from(once.chip.lock().exchanges().len()).unwrap();
    for turn in (0..commands).step_by(7) {
        let mut channel = odd(&card, Quirks::default());
        channel.losses = vec![turn];
        let dossier = read(&mut channel, &mrz(&card)).unwrap_or_else(|error| panic!("{turn}: {error}"));
        assert_whole(&dossier, &card);
        assert_eq!(dossier.access.unwrap().protocol, AccessProtocol::Unprotected, "{turn}");
    }
    // An EF.CardAccess that offers no PACE is none that went missing.
    let mut card = card;
    card.master_files.insert(CARD_ACCESS, card_access(Vec::new()));
    for turn in 1..12 {
        let mut channel = odd(&card, Quirks::default());
        channel.losses = vec![turn];
        let dossier = read(&mut channel, &mrz(&card)).unwrap_or_else(|error| panic!("{turn}: {error}"));
        assert_eq!(dossier.access.unwrap().protocol, AccessProtocol::Unprotected, "{turn}");
    }
}

/// Another chip with the same page, put there while the tag was lost: no protocol in the place of PACE, or another DG1.
#[test]
fn attack_37a_no_chip_without_protection_in_the_place_of_one_with() {
    let genuine = card("passport-td3");
    let mut bare = genuine.clone();
    (bare.bac, bare.master_files) = (false, Default::default());
    bare.pace.clear();
    let swapped = |first: &Personalisation, other: &Personalisation, after| {
        let lost = LostTag { after, comes_back: true, other: Some(Box::new(other.clone())) };
        read(&mut odd(first, Quirks { lost_tag: Some(lost), ..Quirks::default() }), &mrz(&genuine))
    };
    let mut changed = 0;
    for after in 1..=20 {
        match swapped(&genuine, &bare, after) {
            Err(error) => {
                assert_eq!(error, ReadError::CardChanged, "{after}");
                changed += 1;
            }
            // EF.CardAccess was not known yet: the other card is simply the card.
            Ok(dossier) => assert!(after < 5 && dossier.bytes(FileId::CardAccess).is_none(), "{after}"),
        }
    }
    assert!(changed >= 16, "{changed}");
    // BAC in the place of PACE is the same, whether EF.SOD is known or not.
    let mut without_pace = genuine.clone();
    without_pace.pace.clear();
    without_pace.master_files.clear();
    for after in 8..=20 {
        assert_eq!(swapped(&genuine, &without_pace, after).unwrap_err(), ReadError::CardChanged, "{after}");
    }

    // What chip authentication mapping reads before EF.SOD is of the card that is read.
    let mapped = card("pace-cam-bp256-aes128");
    let mut other = mapped.clone();
    *other.master_files.get_mut(&0x011D).unwrap().last_mut().unwrap() ^= 1;
    for after in 8..=20 {
        let lost = LostTag { after, comes_back: true, other: Some(Box::new(other.clone())) };
        match read(&mut odd(&mapped, Quirks { lost_tag: Some(lost), ..Quirks::default() }), &mrz(&mapped)) {
            Ok(dossier) => {
                let read = dossier.bytes(FileId::CardSecurity);
                assert!(read == Some(other.master_files[&0x011D].as_slice()), "{after}: of the card that went");
            }
            Err(error) => assert_eq!(error, ReadError::CardChanged, "{after}"),
        }
    }

    let card = plain();
    let mut other = card.clone();
    *other.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
    for after in 1..=20 {
        let lost = LostTag { after, comes_back: true, other: Some(Box::new(other.clone())) };
        match read(&mut odd(&card, Quirks { lost_tag: Some(lost), ..Quirks::default() }), &mrz(&card)) {
            Ok(dossier) => {
                let own = [&card, &other].map(|card| card.application_files.get(&0x0101).map(Vec::as_slice));
                let read = dossier.bytes(DataGroup::DG1.into());
                assert!(read == own[1] || after > 16 && read == own[0], "{after}: the DG1 of the card that went");
            }
            Err(error) => assert!(matches!(error, ReadError::CardChanged | ReadError::AccessDenied { .. }), "{after}: {error}"),
        }
    }
}

/// A chip that was written so that nobody needs a key: its signed data say that its issuer wanted one.
#[test]
fn attack_20_access_protection_that_was_taken_away() {
    let genuine = card("vietnam-2024");
    super::assert_verdicts(&read(&mut odd(&genuine, Quirks::vietnam()), &mrz(&genuine)).unwrap(), &genuine);
    let mut copy = genuine.clone();
    (copy.bac, copy.master_files) = (false, Default::default());
    copy.pace.clear();
    let dossier = read(&mut odd(&copy, Quirks::default()), &mrz(&copy)).unwrap();
    assert_eq!(dossier.access.as_ref().unwrap().protocol, AccessProtocol::Unprotected);
    let [operational, strict] = verdicts(&dossier, &genuine);
    let row = operational.check(CheckKind::AccessProtocol).unwrap();
    assert_eq!(ended(&operational, CheckKind::AccessProtocol), UNPROTECTED);
    assert!(row.findings.iter().any(|finding| finding.code.as_str() == "access.pace_suppressed"));
    assert_eq!(ended(&strict, CheckKind::AccessProtocol), (Outcome::Failed, Some("access.pace_suppressed")));
    assert_eq!(strict.overall, Overall::Failed);
}

/// What is read in the clear is decided before any key is tried, and only where the chip itself says that it has no protocol.
#[test]
fn attack_20_no_reading_in_the_clear_after_a_protocol() {
    let card = plain();
    read(&mut odd(&card, Quirks::default()), &mrz(&card)).unwrap();
    // EF.CardAccess is refused, not absent.
    let mut hidden = odd(&card, Quirks { attack: Some(Attack::HideCardAccess(0x6982)), ..Quirks::default() });
    let not_offered = ReadError::CardIncompatible(Incompatibility::BacNotOffered(StatusWord(0x6D00)));
    assert_eq!(read(&mut hidden, &mrz(&card)).unwrap_err(), not_offered);
    // EF.CardAccess offers what this reader lacks.
    let mut lacking = card.clone();
    let unknown = pace_info(PaceOffer::generic(Suite::Aes128, 31));
    lacking.master_files.insert(CARD_ACCESS, card_access(vec![unknown]));
    assert_eq!(read(&mut odd(&lacking, Quirks::default()), &mrz(&card)).unwrap_err(), not_offered);
    // The chip refuses the key of BAC, and would give its files.
    let mut refusing = RefusingKeys(odd(&card, Quirks::default()));
    let options = ReadingOptions::default();
    let error = read_card(&mut refusing, &mrz(&card), &options, &RustCrypto, &mut SeededRng(1), &mut Watcher::new(1));
    assert_eq!(error.unwrap_err(), DENIED);
    assert_eq!(sent(&refusing.0, READ_BINARY), sent(&hidden, READ_BINARY));
}

/// A chip that is open and yet runs BAC, in which every key is a wrong one.
struct RefusingKeys(InProcessChannel);

impl CardChannel for RefusingKeys {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        match command {
            [0, 0x84, ..] => Ok([[0x11; 8].as_slice(), &[0x90, 0x00]].concat()),
            [0, 0x82, ..] => Ok(vec![0x63, 0x00]),
            _ => self.0.transmit(command),
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.0.reset()
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        self.0.reconnect()
    }

    fn limits(&self) -> ChannelLimits {
        self.0.limits()
    }
}

/// The same through a reader that passes extended APDUs.
#[test]
fn extended_answers_serve_too() {
    let card = plain();
    let mut channel = InProcessChannel::extended(VirtualChip::new(card.clone(), 7));
    assert_whole(&read(&mut channel, &mrz(&card)).unwrap(), &card);
}
