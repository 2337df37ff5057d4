#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

fn provenance() -> Provenance {
    Provenance {
        source: "csca.der".to_owned(),
        added_at: "2026-11-22T00:00:00Z".to_owned(),
        confirmed: Confirmation::Fingerprint,
        list_signer_root: None,
        list_signed_at: None,
        linked_by: None,
        demonstration: false,
    }
}

fn folder_with(certificates: &[&[u8]]) -> (tempfile::TempDir, TrustFolder) {
    let temporary = tempfile::tempdir().unwrap();
    let folder = TrustFolder::open(Some(&temporary.path().join("trust"))).unwrap();
    for der in certificates {
        assert!(folder.add(der, &provenance()).unwrap());
    }
    (temporary, folder)
}

fn refusal<T>(result: Result<T>) -> &'static str {
    result.err().unwrap().id()
}

#[test]
fn an_anchor_comes_back_with_its_provenance_and_goes_again() {
    let (_temporary, folder) = folder_with(&[b"one", b"two"]);
    assert_eq!(folder.anchors().unwrap().len(), 2);
    assert!(!folder.add(b"one", &Provenance { source: "again".to_owned(), ..provenance() }).unwrap());
    let one = folder.find_any(&Fingerprint::of(b"one").hex()[..8]).unwrap().1;
    assert_eq!((one.der.as_slice(), &one.provenance), (&b"one"[..], &provenance()));
    folder.remove_any(Pinned::Anchor, one.fingerprint).unwrap();
    assert_eq!(refusal(folder.find_any(&Fingerprint::of(b"one").hex())), "trust-anchor-unknown");
    assert_eq!(folder.anchors().unwrap().len(), 1);
}

#[test]
fn a_fingerprint_is_read_as_people_write_it() {
    // SHA-256 of "abc", FIPS 180-4 example
    let known = "BA7816BF 8F01CFEA 414140DE 5DAE2223 B00361A3 96177A9C B410FF61 F20015AD";
    assert_eq!(Fingerprint::parse(known), Some(Fingerprint::of(b"abc")));
    assert_eq!(Fingerprint::parse(&known.to_lowercase().replace(' ', ":")), Some(Fingerprint::of(b"abc")));
    assert_eq!(Fingerprint::parse("BA7816BF"), None);
    assert!(Fingerprint::of(b"abc").grouped().starts_with("BA78 16BF 8F01 "));
}

#[test]
fn a_folder_that_does_not_exist_is_empty() {
    let temporary = tempfile::tempdir().unwrap();
    assert!(TrustFolder::open(Some(&temporary.path().join("none"))).unwrap().anchors().unwrap().is_empty());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(refusal(TrustFolder::open(Some(file.path()))), "trust-not-a-folder");
}

#[test]
fn an_exchanged_certificate_and_one_without_provenance_are_refused() {
    let (_temporary, folder) = folder_with(&[b"one"]);
    let path = folder.file(Pinned::Anchor, Fingerprint::of(b"one"), "der");
    fs::write(&path, b"two").unwrap();
    assert_eq!(refusal(folder.anchors()), "trust-file-altered");
    fs::write(&path, b"one").unwrap();
    assert_eq!(folder.anchors().unwrap().len(), 1);
    fs::remove_file(folder.file(Pinned::Anchor, Fingerprint::of(b"one"), "json")).unwrap();
    assert_eq!(refusal(folder.anchors()), "trust-without-provenance");
}

#[cfg(unix)]
#[test]
fn what_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (temporary, folder) = folder_with(&[b"one"]);
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let open = || TrustFolder::open(Some(folder.path())).and_then(|folder| folder.anchors());
    assert_eq!(folder.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    for path in [
        folder.path().to_owned(),
        folder.folder(Pinned::Anchor),
        folder.file(Pinned::Anchor, Fingerprint::of(b"one"), "der"),
        temporary.path().to_owned(),
    ] {
        let before = path.metadata().unwrap().permissions().mode();
        assert!(open().is_ok());
        mode(&path, before | 0o020);
        assert_eq!(refusal(open()), "trust-writable-by-others", "{}", path.display());
        mode(&path, before | 0o002);
        assert_eq!(refusal(open()), "trust-writable-by-others", "{}", path.display());
        mode(&path, before);
    }
}
