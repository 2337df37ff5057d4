//! Dossiers under a terminal's signature, and what a relying party may ask of them: attacks 17, 33 and 34.

use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CryptoError, Provider, PublicKey};
use soat::dossier::{Dossier, FileId, ReadingFinding};
use soat::evidence::{SavedDossier, TerminalKey, TerminalSigner, Witnesses};
use soat::inspection::{CheckKind, Demands, Inspector, Outcome, Overall, Profile, Provability, Report};
use soat::time::Timestamp;
use soat_tests::provider::{Asking, Signatures};

use crate::issued::{CHALLENGE, GOOD, Issued, NOW, ended, failed, findings, row, undetermined};

/// A terminal with a key of its own.
pub struct Desk {
    secret: SigningKey,
    public: TerminalKey,
}

impl Desk {
    pub fn new(seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = TerminalKey::ed25519(secret.verifying_key().as_bytes());
        Self { secret, public }
    }

    pub fn believed(&self) -> Witnesses {
        let mut witnesses = Witnesses::new();
        witnesses.add_terminal(self.public.clone(), "desk.pub".into(), &RustCrypto);
        witnesses
    }
}

impl TerminalSigner for Desk {
    fn key(&self) -> &TerminalKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(self.secret.sign(message).to_bytes().to_vec())
    }
}

struct Party<'a> {
    issued: &'a Issued,
    witnesses: Witnesses,
    demands: Demands,
    profile: Profile,
    now: Timestamp,
}

impl<'a> Party<'a> {
    fn new(issued: &'a Issued, witnesses: Witnesses) -> Self {
        Self { issued, witnesses, demands: Demands::default(), profile: Profile::OPERATIONAL, now: NOW }
    }

    fn judge(&self, bytes: &[u8]) -> Report {
        let saved = SavedDossier::from_cbor(bytes).unwrap();
        let trust = self.issued.trust();
        let inspector = Inspector::new(&trust, self.profile, &RustCrypto).believing(&self.witnesses);
        inspector.demanding(self.demands).inspect_saved(&saved, self.now)
    }
}

fn read(issued: &Issued) -> Dossier {
    let mut dossier = issued.dossier();
    dossier.read_at = Some(Timestamp(NOW.0 - 60));
    dossier
}

fn signed(dossier: &Dossier, desk: &Desk) -> Vec<u8> {
    SavedDossier::signed(dossier, desk).unwrap().to_cbor()
}

#[test]
fn what_a_terminal_attests_counts_under_its_signature() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let mut dossier = read(&issued);
    dossier.active_authentication = None;
    let bytes = signed(&dossier, &desk);

    let report = Party::new(&issued, desk.believed()).judge(&bytes);
    assert_eq!(report.overall, Overall::Successful);
    for kind in [CheckKind::TerminalSignature, CheckKind::ChipAuthentication, CheckKind::ChipAuthenticity] {
        assert_eq!(ended(&report, kind), GOOD, "{kind:?}");
    }
    assert_eq!(ended(&report, CheckKind::AccessProtocol), GOOD);
    assert!(!findings(&report, CheckKind::ValidityToday).contains(&"evidence.time_unproven"));
    assert_eq!(report.terminal().unwrap().source, "desk.pub");
    assert_eq!(report.provability(row(&report, CheckKind::ChipAuthenticity)), Provability::Terminal);
    assert_eq!(report.provability(row(&report, CheckKind::SodSignature)), Provability::Anyone);

    // A key that is not in the trust store makes it no more than an unsigned file, and no less.
    for witnesses in [Witnesses::new(), Desk::new(2).believed()] {
        let report = Party::new(&issued, witnesses).judge(&bytes);
        assert_eq!(ended(&report, CheckKind::TerminalSignature), undetermined("evidence.terminal_unknown"));
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), undetermined("chip.not_proven"));
        assert_eq!(report.overall, Overall::Undetermined);
        assert!(report.terminal().is_none());
    }
    let with_answer = Party::new(&issued, Witnesses::new()).judge(&signed(&read(&issued), &desk));
    assert_eq!(with_answer.overall, Overall::Successful);
    let unsigned = Party::new(&issued, desk.believed()).judge(&dossier.to_cbor());
    assert_eq!(ended(&unsigned, CheckKind::ChipAuthenticity), undetermined("chip.not_proven"));
    assert!(unsigned.check(CheckKind::TerminalSignature).is_none());
}

/// A provider may lack Ed25519, as one for a gate may: then nothing is said of the signature, and nothing follows from it.
#[test]
fn a_signature_that_cannot_be_checked_decides_nothing() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let saved = SavedDossier::from_cbor(&signed(&read(&issued), &desk)).unwrap();
    let (trust, witnesses) = (issued.trust(), desk.believed());
    let judge = |provider: &dyn Provider| {
        Inspector::new(&trust, Profile::OPERATIONAL, provider).believing(&witnesses).inspect_saved(&saved, NOW)
    };
    let report = judge(&RustCrypto);
    assert_eq!((ended(&report, CheckKind::TerminalSignature), report.overall), (GOOD, Overall::Successful));
    let report = judge(&Asking(|_: &PublicKey| Ok(Signatures::Checked)));
    assert_eq!(ended(&report, CheckKind::TerminalSignature), undetermined("evidence.signature_unsupported"));
    assert_eq!(report.overall, Overall::Undetermined);
    assert!(report.terminal().is_none() && report.identity().is_none());
}

#[test]
fn a_signature_moved_to_another_dossier_fails_whoever_is_believed() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let bytes = signed(&read(&issued), &desk);
    let mut edited = read(&issued);
    edited.findings.push(ReadingFinding { code: "select.warning".into(), file: Some(FileId::Sod) });
    let other = signed(&edited, &desk);
    let forged = [&other[..other.len() - 64], &bytes[bytes.len() - 64..]].concat();
    for witnesses in [desk.believed(), Witnesses::new()] {
        let party = Party::new(&issued, witnesses);
        assert_eq!(party.judge(&other).overall, Overall::Successful);
        let report = party.judge(&forged);
        assert_eq!(ended(&report, CheckKind::TerminalSignature), failed("evidence.signature_invalid"));
        assert_eq!(report.overall, Overall::Failed);
    }
}

#[test]
fn attack_17_an_answer_to_another_challenge() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let bytes = signed(&read(&issued), &desk);
    let mut party = Party::new(&issued, desk.believed());
    party.demands.challenge = Some(CHALLENGE);
    let report = party.judge(&bytes);
    assert_eq!((ended(&report, CheckKind::Challenge), report.overall), (GOOD, Overall::Successful));

    // The genuine answer of the genuine card, recorded before, and signed by a believed terminal.
    party.demands.challenge = Some([0xA5; 8]);
    let report = party.judge(&bytes);
    assert_eq!(ended(&report, CheckKind::Challenge), failed("chip.challenge_mismatch"));
    assert_eq!(report.overall, Overall::Failed);
    // The challenge written over: then the answer is wrong.
    let mut edited = read(&issued);
    edited.active_authentication.as_mut().unwrap().challenge = [0xA5; 8];
    let report = party.judge(&edited.to_cbor());
    assert_eq!(ended(&report, CheckKind::Challenge), undetermined("chip.active_authentication_failed"));
    assert_eq!(report.overall, Overall::Failed);
    // No answer at all: chip authentication, even attested, answers no challenge.
    let mut without = read(&issued);
    without.active_authentication = None;
    let report = party.judge(&signed(&without, &desk));
    assert_eq!(ended(&report, CheckKind::Challenge), undetermined("chip.challenge_absent"));
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn attack_17_an_old_reading() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let dossier = read(&issued);
    let bytes = signed(&dossier, &desk);
    let mut party = Party::new(&issued, desk.believed());
    for (max_age, expected, overall) in [
        (600, GOOD, Overall::Successful),
        (60, GOOD, Overall::Successful),
        (59, failed("evidence.too_old"), Overall::Failed),
        (0, failed("evidence.too_old"), Overall::Failed),
    ] {
        party.demands.max_age = Some(max_age);
        let report = party.judge(&bytes);
        assert_eq!((ended(&report, CheckKind::EvidenceAge), report.overall), (expected, overall), "{max_age}");
    }
    // What only the file says of its time is not believed: edited to now, unsigned, signed by somebody, or left out.
    party.demands.max_age = Some(600);
    let mut undated = dossier.clone();
    undated.read_at = None;
    for bytes in [dossier.to_cbor(), signed(&dossier, &Desk::new(2)), signed(&undated, &desk)] {
        let report = party.judge(&bytes);
        assert_eq!(ended(&report, CheckKind::EvidenceAge), undetermined("evidence.time_unproven"));
        assert_eq!(report.overall, Overall::Undetermined);
    }
}

/// A clock that was set back is found: the evidence comes from its future.
#[test]
fn attack_33_evidence_from_the_future() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let bytes = signed(&read(&issued), &desk);
    let mut party = Party::new(&issued, desk.believed());
    assert_eq!(party.judge(&bytes).overall, Overall::Successful);
    // Clocks differ by minutes.
    party.now = Timestamp(NOW.0 - 60 - 300);
    assert_eq!(ended(&party.judge(&bytes), CheckKind::TerminalSignature), GOOD);
    party.now = Timestamp(NOW.0 - 60 - 301);
    party.demands.max_age = Some(u32::MAX);
    let report = party.judge(&bytes);
    for kind in [CheckKind::TerminalSignature, CheckKind::EvidenceAge] {
        assert_eq!(ended(&report, kind), undetermined("evidence.time_in_future"));
    }
    assert_eq!(report.overall, Overall::Undetermined);
}

#[test]
fn attack_34_one_dossier_has_one_digest() {
    let (issued, desk) = (Issued::vietnam(), Desk::new(1));
    let dossier = read(&issued);
    let party = Party::new(&issued, desk.believed());
    let chip = soat::inspection::inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    for bytes in [dossier.to_cbor(), signed(&dossier, &desk), signed(&dossier, &Desk::new(2))] {
        assert_eq!(party.judge(&bytes).evidence, chip.evidence);
    }
    let mut later = dossier;
    later.read_at = Some(NOW);
    assert_ne!(party.judge(&later.to_cbor()).evidence, chip.evidence);
}

/// Every byte of a signed dossier of the smallest card: refused, or not green. A chip that was not asked makes the signature all that the
/// verdict rests on; one that was asked does not hide an altered file.
#[test]
fn a_changed_byte_is_never_green() {
    let (issued, desk) = (Issued::new("vietnam-child"), Desk::new(1));
    let mut dossier = read(&issued);
    dossier.active_authentication = None;
    let bytes = signed(&dossier, &desk);
    let trust = issued.trust();
    let witnesses = desk.believed();
    let mut inspector = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto).believing(&witnesses);
    let mut judge = |bytes: &[u8]| SavedDossier::from_cbor(bytes).map(|saved| inspector.inspect_saved(&saved, NOW));
    assert_eq!(judge(&bytes).unwrap().overall, Overall::Successful);
    let (mut refused, mut failed) = (0, 0);
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 1 << (position % 8);
        match judge(&changed) {
            Err(_) => refused += 1,
            Ok(report) => {
                assert!(
                    matches!(report.overall, Overall::Failed | Overall::Undetermined | Overall::Aborted),
                    "byte {position}: {:?}",
                    report.overall
                );
                let row = report.check(CheckKind::TerminalSignature);
                assert!(row.is_none_or(|row| row.outcome == Outcome::Failed), "byte {position}");
                failed += 1;
            }
        }
    }
    println!("{} bytes: {refused} changes refused, {failed} judged and not green", bytes.len());
    assert!(refused > 100 && failed > 1000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Random edits of CBOR: bytes replaced, cut out, put in, doubled.
    #[test]
    fn no_random_edit_of_a_signed_dossier_is_green(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, prop::collection::vec(any::<u8>(), 0..40)), 1..4)
    ) {
        let (issued, desk) = (Issued::new("vietnam-child"), Desk::new(1));
        let bytes = signed(&read(&issued), &desk);
        let mut changed = bytes.clone();
        for (at, len, new) in edits {
            let start = at.index(changed.len());
            let end = (start + len).min(changed.len());
            changed.splice(start..end, new);
            prop_assume!(!changed.is_empty());
        }
        prop_assume!(changed != bytes);
        if let Ok(saved) = SavedDossier::from_cbor(&changed) {
            let (trust, witnesses) = (issued.trust(), desk.believed());
            let report = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto).believing(&witnesses).inspect_saved(&saved, NOW);
            prop_assert!(report.terminal().is_none());
            prop_assert_ne!(report.overall, Overall::Successful);
        }
    }
}
