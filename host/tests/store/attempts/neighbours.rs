//! Other users of the same machine.

use std::fs;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::Path;

use card_fixtures::personalisation::personalise;

use crate::desk::{Desk, NOW};

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Found: a profile that others can write was read, and decides as much as the anchors do.
#[test]
fn attempt_a_profile_that_others_can_write() {
    let desk = Desk::trusting();
    let card = personalise("vietnam-2024").unwrap();
    desk.write("card/EF_SOD.bin", &card.application_files[&0x011D]);
    desk.write("profiles/mine.toml", b"name = \"mine\"\n");
    let line = format!("verify card --now {NOW} --profile profiles/mine.toml");
    let (file, folder) = (desk.path("profiles/mine.toml"), desk.path("profiles"));
    mode(&file, 0o644);
    mode(&folder, 0o755);
    assert_eq!(desk.run(&line).code, 3);
    for (path, bad, good) in [(&file, 0o664, 0o644), (&file, 0o646, 0o644), (&folder, 0o775, 0o755), (&folder, 0o757, 0o755)] {
        mode(path, bad);
        desk.complains(&line, "Others can write", "Người khác ghi được");
        mode(path, good);
        assert_eq!(desk.run(&line).code, 3);
    }
    // In a sticky folder nobody exchanges what is not theirs.
    mode(&folder, 0o1777);
    assert_eq!(desk.run(&line).code, 3);
}

/// Whether this process may give files to another user.
fn give_link_away(link: &Path) -> bool {
    lchown(link, Some(65_534), Some(65_534)).is_ok()
}

/// Found: a link of another user in a sticky folder led to the store, and could be turned at any time.
#[test]
fn attempt_a_store_behind_the_link_of_another_user() {
    let desk = Desk::trusting();
    fs::create_dir(desk.path("shared")).unwrap();
    mode(&desk.path("shared"), 0o1777);
    symlink(desk.path("trust"), desk.path("shared/store")).unwrap();
    symlink(desk.path("shared/store"), desk.path("own")).unwrap();
    for place in ["shared/store", "own"] {
        desk.good(&format!("trust list --trust {place}"));
    }
    if !give_link_away(&desk.path("shared/store")) {
        eprintln!("\n*** SKIPPED: only root can make the link of another user ***\n");
        return;
    }
    for place in ["shared/store", "own"] {
        desk.complains(&format!("trust list --trust {place}"), "belongs to another user", "thuộc về người dùng khác");
    }
}
