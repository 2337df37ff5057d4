//! What a caller may ask for.

use card_fixtures::chip::VirtualChip;
use card_fixtures::hash::Hash;
use soat::chip::error::Protocol;
use soat::chip::reading::{Face, Files};
use soat::chip::{Progress, ReadingOptions};
use soat::crypto::DigestAlgorithm;
use soat::dossier::{ChallengeSource, DataGroup, FileContent, FileId, FileRecord, Origin};
use soat::time::Timestamp;
use soat_tests::seeded::Watcher;
use soat_tests::virtual_channel::InProcessChannel;

use super::{can, card, read_with};

const DG2: FileId = FileId::DataGroup(DataGroup::DG2);

#[test]
fn the_face_is_skipped_or_hashed_as_it_streams() {
    let card = card("vietnam-2024");
    let run = |face| {
        let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
        let options = ReadingOptions { face, ..ReadingOptions::default() };
        let dossier = read_with(&mut channel, &can(&card), &options, &mut Watcher::new(1)).unwrap();
        dossier.files.get(&DG2).cloned().unwrap()
    };
    assert!(run(Face::Skipped) == FileRecord::Skipped);
    let FileRecord::Read(FileContent::Digests { length, digests }) = run(Face::Hashed) else { panic!("not hashed") };
    let content = &card.application_files[&0x0102];
    assert_eq!(length as usize, content.len());
    let [(DigestAlgorithm::Sha256, digest)] = digests.as_slice() else { panic!("{digests:?}") };
    assert_eq!(digest.as_ref(), Hash::Sha256.digest(content));
}

#[test]
fn only_what_is_named_is_read_and_the_chips_keys() {
    let card = card("vietnam-2024");
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let options = ReadingOptions { files: Files::Only(vec![DataGroup::DG13, DataGroup::DG3]), ..ReadingOptions::default() };
    let dossier = read_with(&mut channel, &can(&card), &options, &mut Watcher::new(1)).unwrap();
    let read: Vec<FileId> =
        dossier.files.iter().filter(|(_, record)| matches!(record, FileRecord::Read(_))).map(|(file, _)| *file).collect();
    let groups = [DataGroup::DG13, DataGroup::DG14, DataGroup::DG15].map(FileId::from);
    assert_eq!(read, [[FileId::CardAccess, FileId::Com, FileId::Sod].as_slice(), &groups].concat());
    assert!(dossier.files[&DG2] == FileRecord::Skipped);
    // DG3 was named, so that the chip is asked, and refuses.
    assert!(dossier.files[&DataGroup::DG3.into()] == FileRecord::Refused { status: 0x6982 });
}

#[test]
fn a_relying_partys_challenge_is_signed_and_recorded() {
    let card = card("vietnam-2024");
    let challenge = [1, 2, 3, 4, 5, 6, 7, 8];
    let options = ReadingOptions {
        challenge: Some(challenge),
        read_at: Some(Timestamp(1_700_000_000)),
        face: Face::Skipped,
        ..ReadingOptions::default()
    };
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let dossier = read_with(&mut channel, &can(&card), &options, &mut Watcher::new(1)).unwrap();
    let evidence = dossier.active_authentication.as_ref().unwrap();
    assert_eq!((evidence.challenge, evidence.challenge_source), (challenge, ChallengeSource::RelyingParty));
    assert_eq!((dossier.read_at, dossier.origin()), (Some(Timestamp(1_700_000_000)), Origin::Chip));
}

/// `attacks.md` 17: the terminal's own challenge is fresh each time.
#[test]
fn attack_17_challenges_are_drawn_anew() {
    let card = card("vietnam-2024");
    let challenges: Vec<[u8; 8]> = (1..=3)
        .map(|seed| {
            let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
            let options = ReadingOptions { face: Face::Skipped, ..ReadingOptions::default() };
            let mut rng = soat_tests::seeded::SeededRng(seed);
            let provider = soat::crypto::rustcrypto::RustCrypto;
            let dossier =
                soat::chip::read_card(&mut channel, &can(&card), &options, &provider, &mut rng, &mut Watcher::new(1)).unwrap();
            let evidence = dossier.active_authentication.unwrap();
            assert_eq!(evidence.challenge_source, ChallengeSource::Terminal);
            evidence.challenge
        })
        .collect();
    assert!(challenges[0] != challenges[1] && challenges[1] != challenges[2]);
}

#[test]
fn progress_is_told_in_typed_steps() {
    let card = card("vietnam-2024");
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let mut watcher = Watcher::new(1);
    read_with(&mut channel, &can(&card), &ReadingOptions::default(), &mut watcher).unwrap();
    assert_eq!(watcher.seen[..2], [Progress::Connecting, Progress::Access(Protocol::Pace)]);
    assert!(watcher.seen.contains(&Progress::ChipAuthentication) && watcher.seen.contains(&Progress::ActiveAuthentication));
    let face: Vec<(u32, u32)> = watcher
        .seen
        .iter()
        .filter_map(|progress| match progress {
            Progress::Reading { file, done, total } if *file == DG2 => Some((*done, *total)),
            _ => None,
        })
        .collect();
    let size = card.application_files[&0x0102].len() as u32;
    assert!(face.iter().all(|(_, total)| *total == size));
    assert!(face.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(face.last(), Some(&(size, size)));
}
