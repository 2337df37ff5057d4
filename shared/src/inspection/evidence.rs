//! One digest over all that a dossier proves, so that a report and its evidence cannot be parted (`attacks.md` 34).

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::crypto::{Digest, DigestAlgorithm, Hasher, Provider};
use crate::dossier::{
    AccessProtocol, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthenticationOutcome, ChipMappingOutcome,
    Dossier, FileContent, FileId, FileRecord, PasswordKind, PrintedData,
};
use crate::lds::sod::{self, LdsSecurityObject};
use crate::pki::SignedData;

/// Names the form of what is hashed.
const FORM: &[u8] = b"soat dossier 2";

/// Keeps of a file that was read only what [`digest`] and the comparison with EF.SOD need: its length and its digest. What a profile
/// does not release is not saved in clear either (`verdicts.md`, "From a file"). The dossier's digest stays what it was.
pub fn withhold(dossier: &mut Dossier, file: FileId, provider: &dyn Provider) {
    let algorithms = file_digest_algorithms(dossier);
    if let Some(FileRecord::Read(content)) = dossier.files.get_mut(&file) {
        keep_digests(content, &algorithms, provider);
    }
}

/// The same for what was taken from the print on the card.
pub fn withhold_printed(dossier: &mut Dossier, printed: PrintedData, provider: &dyn Provider) {
    if let Some(content) = dossier.printed.get_mut(&printed) {
        keep_digests(content, &PRINT_DIGESTS, provider);
    }
}

/// By which algorithm print is bound.
const PRINT_DIGESTS: [DigestAlgorithm; 1] = [DigestAlgorithm::Sha256];

fn keep_digests(content: &mut FileContent, algorithms: &[DigestAlgorithm], provider: &dyn Provider) {
    if let FileContent::Bytes(bytes) = content {
        *content = FileContent::Digests { length: length(bytes), digests: digests(bytes, algorithms, provider) };
    }
}

/// By which algorithms a file is bound: the one that EF.SOD names, since that is all that is known of a file that was streamed; beside
/// SHA-1, for which two files of one digest can be made, SHA-256. What EF.SOD says is not verified here and need not be: another
/// algorithm gives another digest and no more.
fn file_digest_algorithms(dossier: &Dossier) -> Vec<DigestAlgorithm> {
    match dossier.bytes(FileId::Sod).and_then(declared_digest_algorithm) {
        Some(DigestAlgorithm::Sha1) => alloc::vec![DigestAlgorithm::Sha1, DigestAlgorithm::Sha256],
        Some(algorithm) => alloc::vec![algorithm],
        None => alloc::vec![DigestAlgorithm::Sha256],
    }
}

fn declared_digest_algorithm(sod: &[u8]) -> Option<DigestAlgorithm> {
    let message = SignedData::from_ber(sod::cms(sod).ok()?).ok()?;
    LdsSecurityObject::parse(message.unverified_content()).ok().map(|object| object.digest_algorithm)
}

fn digests(bytes: &[u8], algorithms: &[DigestAlgorithm], provider: &dyn Provider) -> Vec<(DigestAlgorithm, Digest)> {
    algorithms.iter().map(|algorithm| (*algorithm, provider.digest(*algorithm, &[bytes]))).collect()
}

/// Files are bounded far below 4 GiB by their two- to four-octet lengths.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// SHA-256 over the dossier's content. Each item goes in with its length before it, so that no two contents look alike. A file goes in
/// by length and digest, whether it is kept whole or not. Where the dossier comes from, findings and timings are left out: the digest
/// is the same before and after saving.
pub fn digest(dossier: &Dossier, provider: &dyn Provider) -> Digest {
    let mut items = Items(provider.hasher(DigestAlgorithm::Sha256));
    items.push(FORM);
    items.push(dossier.read_at.map(|moment| moment.0.to_be_bytes()).as_ref().map_or(&[], <[u8; 8]>::as_slice));
    if let Some(access) = &dossier.access {
        items.push(b"access");
        match &access.protocol {
            AccessProtocol::Pace { protocol, parameter_id } => {
                items.push(protocol.as_bytes());
                items.push(&[*parameter_id]);
            }
            AccessProtocol::Bac { reason } => {
                let (kind, status) = match reason {
                    BacReason::PaceNotOffered => (0, 0),
                    BacReason::CardAccessRefused(status) => (1, *status),
                    BacReason::PaceVariantUnknown => (2, 0),
                };
                items.push(&[kind]);
                items.push(&status.to_be_bytes());
            }
            AccessProtocol::Unprotected => items.push(b"unprotected"),
        }
        items.push(match access.password {
            PasswordKind::Mrz => b"mrz",
            PasswordKind::Can => b"can",
            PasswordKind::Pin => b"pin",
            PasswordKind::Puk => b"puk",
        });
    }
    let algorithms = file_digest_algorithms(dossier);
    for (file, record) in &dossier.files {
        items.push(file.to_string().as_bytes());
        match record {
            FileRecord::Read(content) => items.content(content, &algorithms, provider),
            FileRecord::Refused { status } => {
                items.push(b"refused");
                items.push(&status.to_be_bytes());
            }
            FileRecord::Skipped => items.push(b"skipped"),
            FileRecord::Broken => items.push(b"broken"),
        }
    }
    if let Some(chip) = &dossier.chip_mapping {
        items.push(b"chip authentication mapping");
        items.push(&chip.mapping_key);
        match &chip.outcome {
            ChipMappingOutcome::Data(data) => {
                items.push(b"data");
                items.push(data);
            }
            ChipMappingOutcome::Missing => items.push(b"missing"),
            ChipMappingOutcome::Malformed => items.push(b"malformed"),
        }
    }
    if let Some(chip) = &dossier.chip_authentication {
        items.push(b"chip authentication");
        items.push(chip.key_id.map(u32::to_be_bytes).as_ref().map_or(&[], <[u8; 4]>::as_slice));
        items.push(chip.protocol.as_bytes());
        items.push(&chip.public_key);
        let (kind, status) = match chip.outcome {
            ChipAuthenticationOutcome::Confirmed => (0, 0),
            ChipAuthenticationOutcome::Refused(status) => (1, status),
            ChipAuthenticationOutcome::WrongKeys => (2, 0),
            ChipAuthenticationOutcome::Unsupported => (3, 0),
        };
        items.push(&[kind]);
        items.push(&status.to_be_bytes());
    }
    if let Some(active) = &dossier.active_authentication {
        items.push(b"active authentication");
        items.push(&active.challenge);
        items.push(match active.challenge_source {
            ChallengeSource::Terminal => b"terminal",
            ChallengeSource::RelyingParty => b"relying party",
        });
        match &active.outcome {
            ActiveAuthenticationOutcome::Signature(signature) => {
                items.push(b"signature");
                items.push(signature);
            }
            ActiveAuthenticationOutcome::Refused(status) => {
                items.push(b"refused");
                items.push(&status.to_be_bytes());
            }
        }
    }
    for (printed, content) in &dossier.printed {
        items.push(b"printed");
        items.push(printed.name().as_bytes());
        items.content(content, &PRINT_DIGESTS, provider);
    }
    items.0.finish()
}

struct Items(Box<dyn Hasher>);

impl Items {
    fn push(&mut self, item: &[u8]) {
        self.0.update(&length(item).to_be_bytes());
        self.0.update(item);
    }

    fn content(&mut self, content: &FileContent, algorithms: &[DigestAlgorithm], provider: &dyn Provider) {
        match content {
            FileContent::Bytes(bytes) => self.file(length(bytes), &digests(bytes, algorithms, provider)),
            FileContent::Digests { length, digests } => self.file(*length, digests),
        }
    }

    fn file(&mut self, length: u32, digests: &[(DigestAlgorithm, Digest)]) {
        self.push(b"read");
        self.push(&length.to_be_bytes());
        for (algorithm, digest) in digests {
            self.push(algorithm.object_identifier().as_bytes());
            self.push(digest.as_ref());
        }
    }
}
