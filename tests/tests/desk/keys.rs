//! Every way in which the key can be given opens the same card.

use soat_tests::command::{run, run_with_input};

use super::{Desk, json};

const QR: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";
const MRZ: &str = "IDVNM1990000014001199000001<<5\n9901018F3901016VNM<<<<<<<<<<<2";

#[test]
fn each_key_opens_the_card() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    let _card = desk.lay_genuine("vietnam-2024");
    let by_fields = ["--document-number", "199000001", "--birth", "1999-01-01", "--expiry", "01/01/2039"];
    let keys: [(&[&str], &str); 5] = [
        (&["--can", "000001"], "can"),
        (&["--number", "001199000001"], "can"),
        (&["--qr", QR], "can"),
        (&["--mrz", MRZ], "mrz"),
        (&by_fields, "mrz"),
    ];
    for (arguments, password) in keys {
        let finished = run(&mut desk.read(&[arguments, &["--no-photo", "--json"]].concat()));
        assert_eq!(finished.code, 0, "{arguments:?}: {finished:?}");
        assert_eq!(json(&finished)["access"]["password"], password);
    }
    let from_input: [(&[&str], &str); 4] = [
        (&["--can", "-"], "000001\n"),
        (&["--qr", "-"], QR),
        (&["--mrz", "-"], MRZ),
        (&["--document-number", "-", "--birth", "-", "--expiry", "-"], "199000001\n990101\n390101\n"),
    ];
    for (arguments, input) in from_input {
        let finished = run_with_input(&mut desk.read(&[arguments, &["--no-photo"]].concat()), input);
        assert_eq!(finished.code, 0, "{arguments:?}: {finished:?}");
    }
}

#[test]
fn without_a_key_and_without_a_terminal_the_way_out_is_said() {
    let Some(desk) = Desk::new() else { return };
    let _card = desk.lay_genuine("vietnam-2024");
    let finished = run(&mut desk.read(&[]));
    assert_eq!(finished.code, 2, "{finished:?}");
    assert!(finished.stderr.contains("--can"), "{finished:?}");
}
