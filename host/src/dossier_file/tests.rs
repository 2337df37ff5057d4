#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use soat::dossier::{FileContent, FileRecord, Origin};

use super::*;

const SOD: [u8; 4] = [0x77, 0x02, 0x05, 0x00];

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn refusal<T>(result: Result<T>) -> &'static str {
    result.err().unwrap().id()
}

fn saved() -> Dossier {
    let mut dossier = Dossier::new(Origin::Chip);
    dossier.files.insert(FileId::Sod, FileRecord::Read(FileContent::Bytes(SOD.to_vec())));
    dossier
}

#[test]
fn a_saved_dossier_comes_back_as_saved() {
    let folder = folder(&[("card.soat", &to_bytes(&SavedDossier::unsigned(&saved()).unwrap(), None).unwrap())]);
    let dossier = load(&folder.path().join("card.soat"), None).unwrap().into_dossier();
    assert_eq!((dossier.origin(), dossier.bytes(FileId::Sod)), (Origin::Saved, Some(&SOD[..])));
}

#[test]
fn an_encrypted_dossier_opens_with_its_identity_only() {
    let identity = Identity::generate();
    let encrypted = to_bytes(&SavedDossier::unsigned(&saved()).unwrap(), Some(&identity.to_public())).unwrap();
    assert!(!encrypted.windows(SOD.len()).any(|window| window == SOD));
    let folder = folder(&[("card.soat", &encrypted), ("torn.soat", &encrypted[..encrypted.len() - 9])]);
    let path = folder.path().join("card.soat");
    assert!(load(&path, Some(&identity)).unwrap().into_dossier().bytes(FileId::Sod).is_some());
    assert_eq!(refusal(load(&path, None)), "dossier-encrypted");
    assert_eq!(refusal(load(&path, Some(&Identity::generate()))), "dossier-not-decrypted");
    assert_eq!(refusal(load(&folder.path().join("torn.soat"), Some(&identity))), "dossier-not-decrypted");
}

#[test]
fn a_folder_of_raw_files_is_one_dossier() {
    let folder = folder(&[("EF_SOD.bin", &SOD), ("Datagroup1.bin", &[0x61, 0]), ("notes.txt", b"x")]);
    assert_eq!(find(folder.path()).unwrap(), [folder.path()]);
    let dossier = load(folder.path(), None).unwrap().into_dossier();
    assert_eq!((dossier.origin(), dossier.files.len()), (Origin::RawFiles, 2));
}

#[test]
fn a_folder_of_dossiers_and_of_folders_is_many() {
    let folder = folder(&[("b.soat", &SOD), ("a.soat", &SOD), ("c/EF.SOD", &SOD), ("d/readme", b"x"), ("x.txt", b"x")]);
    let names: Vec<_> = find(folder.path()).unwrap().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["a.soat", "b.soat", "c"]);
}

#[test]
fn a_lone_security_object_is_taken_with_and_without_its_wrapper() {
    const BARE: [u8; 13] = [0x30, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    let folder = folder(&[("wrapped", &SOD), ("bare", &BARE), ("certificate", &[0x30, 3, 0x30, 1, 0])]);
    for name in ["wrapped", "bare"] {
        assert_eq!(load(&folder.path().join(name), None).unwrap().into_dossier().origin(), Origin::RawFiles);
    }
    assert_eq!(load(&folder.path().join("certificate"), None).err().unwrap().id(), "dossier-invalid");
}

#[test]
fn what_cannot_be_a_card_is_said() {
    let mut torn = to_bytes(&SavedDossier::unsigned(&saved()).unwrap(), None).unwrap();
    torn.truncate(torn.len() - 2);
    let folder = folder(&[
        ("empty", b""),
        ("text", b"hello"),
        ("torn.soat", &torn),
        ("torn.sod", &[0x77, 0x20, 0x30]),
        ("nothing/readme", b"x"),
        ("half/EF.SOD", &SOD),
        ("half/DG1.bin", &[0x61, 0x5B, 0x5F]),
        ("blank/EF.SOD", &SOD),
        ("blank/DG1.bin", b""),
        ("twice/EF.SOD", &SOD),
        ("twice/EF_SOD.bin", &SOD),
    ]);
    let path = |name: &str| folder.path().join(name);
    assert_eq!(refusal(load(&path("empty"), None)), "dossier-empty");
    assert_eq!(refusal(load(&path("text"), None)), "dossier-invalid");
    assert_eq!(refusal(load(&path("torn.soat"), None)), "dossier-invalid");
    assert_eq!(refusal(load(&path("torn.sod"), None)), "file-torn");
    assert_eq!(refusal(load(&path("missing"), None)), "file-unreadable");
    assert_eq!(refusal(find(&path("missing"))), "file-unreadable");
    assert_eq!(refusal(find(&path("nothing"))), "folder-without-sod");
    assert_eq!(refusal(load(&path("half"), None)), "file-torn");
    assert_eq!(refusal(load(&path("blank"), None)), "dossier-empty");
    assert_eq!(refusal(load(&path("twice"), None)), "folder-file-twice");
}

#[test]
fn an_identity_file_is_read_as_age_keygen_writes_it() {
    use age::secrecy::ExposeSecret;
    let secret = Identity::generate().to_string();
    let text = format!("# created: today\n# public key: age1…\n{}\n", secret.expose_secret());
    let folder = folder(&[("key.txt", text.as_bytes()), ("other.txt", b"# nothing\n")]);
    assert!(read_identity(&folder.path().join("key.txt")).is_ok());
    assert_eq!(refusal(read_identity(&folder.path().join("other.txt"))), "identity-invalid");
    assert_eq!(refusal(read_identity(&folder.path().join("missing"))), "identity-unreadable");
}
