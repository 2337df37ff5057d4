//! `soat qr`, and the search itself on pictures of others and of our own.

use std::fs;

use image::ImageFormat::{Jpeg, Png};
use qr_search::{Effort, Picture, search};
use soat_tests::card_photos::{CardPhoto, Condition};
use soat_tests::command::{run, run_with_input, soat};
use soat_tests::real_data;

use crate::{OF_2021, OF_2024, file, json, picture};

/// Photographs of codes by others, hard ones among them: what is read is what stands beside them.
#[test]
fn photographs_of_others_are_read() {
    let Some(folder) = real_data::folder().map(|folder| folder.join("qr")).filter(|folder| folder.is_dir()) else {
        return real_data::skip("no photographs of QR codes in the folder of real data");
    };
    let (mut all, mut read, mut wrong, mut missed) = (0, 0, Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "png") {
            continue;
        }
        let text = fs::read(path.with_extension("txt")).unwrap();
        let photo = image::open(&path).unwrap().into_luma8();
        let (width, height) = (photo.width() as usize, photo.height() as usize);
        let found = search(&Picture::new(photo.into_raw(), width, height).unwrap(), Effort::Photograph);
        all += 1;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match found.first() {
            Some(code) if same_text(&code.content, &text) => read += 1,
            Some(_) => wrong.push(name),
            None => missed.push(name),
        }
    }
    assert!(wrong.is_empty(), "read as something else: {wrong:?}");
    eprintln!("{read} of {all} read; missed: {missed:?}");
    assert!(read * 100 >= all * 90, "{read} of {all}; missed: {missed:?}");
}

/// Some codes are in a Japanese character set: of their texts, the letters of ASCII are there in their order.
fn same_text(found: &[u8], text: &[u8]) -> bool {
    let mut found = found.iter();
    let mut letters = text.iter().filter(|byte| byte.is_ascii_graphic());
    letters.clone().count() > 3 && letters.all(|letter| found.any(|byte| byte == letter))
}

/// A few of what `qr-rates` reads by the thousand.
#[test]
fn photographs_of_cards_are_read() {
    let (mut all, mut missed) = (0, Vec::new());
    for (condition, _) in Condition::ALL {
        for seed in 0..1 {
            let photo = CardPhoto::new(condition, seed);
            let found = search(&photo.picture(), Effort::Photograph);
            all += 1;
            if !found.iter().any(|code| code.content.as_slice() == photo.text.as_bytes()) {
                missed.push((condition, seed));
            }
        }
    }
    assert!(missed.len() * 100 <= all * 12, "{missed:?} of {all}");
}

#[test]
fn a_code_is_told_and_said_to_prove_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("the.jpg");
    fs::write(&path, file(&picture(OF_2024, 4), Jpeg)).unwrap();
    let finished = run(&mut soat(&["qr", path.to_str().unwrap(), "--json"]));
    let code = &json(&finished)["scans"][0]["codes"][0];
    assert_eq!((finished.code, &code["kind"], &code["signed"]), (0, &"card".into(), &false.into()));
    assert_eq!((&code["layout"], &code["fields"]["personal_number"]), (&"2024".into(), &"001199000001".into()));
    assert_eq!((&code["fields"]["birth"], &code["fields"]["sex"]), (&"1999-01-01".into(), &"female".into()));
    assert_eq!((&code["fields"]["full_name"], &code["fields"]["issue"]), (&"Nguyễn Thị Mẫu".into(), &"2024-09-15".into()));
    let shown = run(&mut soat(&["qr", path.to_str().unwrap()]));
    assert!(shown.stdout.contains("it proves nothing") && shown.stdout.contains("Hà Nội"), "{shown:?}");
    let shown = run(soat(&["qr", path.to_str().unwrap(), "--lang", "vi"]).env("LANG", "vi_VN.UTF-8"));
    assert!(shown.stdout.contains("Mã QR không có chữ ký") && shown.stdout.contains("01/01/1999"), "{shown:?}");
}

#[test]
fn standard_input_takes_a_picture_or_a_text() {
    let from_text = run_with_input(&mut soat(&["qr", "-", "--json"]), &format!("\u{FEFF}{OF_2021}\r\n"));
    let code = &json(&from_text)["scans"][0]["codes"][0];
    assert_eq!((&code["layout"], &code["deformations"][0]), (&"2021".into(), &"byte_order_mark".into()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("the.png");
    fs::write(&path, file(&picture(OF_2021, 4), Png)).unwrap();
    let mut command = soat(&["qr", "-", "--json"]);
    let from_picture = run(command.stdin(fs::File::open(&path).unwrap()));
    assert_eq!(json(&from_picture)["scans"][0]["codes"][0]["fields"], code["fields"]);
    let nothing = run_with_input(&mut soat(&["qr", "-", "--json"]), "\n");
    assert_eq!((nothing.code, &json(&nothing)["error"]["code"]), (2, &"qr-nothing".into()));
}

#[test]
fn what_is_wrong_with_a_picture_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let whole = file(&picture(OF_2021, 6), Jpeg);
    let (one, other) = (picture(OF_2021, 4), picture(&OF_2021.replace("001199000001", "079099000002"), 4));
    let mut both = image::GrayImage::from_pixel(one.width() * 2 + 40, one.height() + 40, image::Luma([200]));
    image::imageops::replace(&mut both, &one, 10, 20);
    image::imageops::replace(&mut both, &other, i64::from(one.width()) + 30, 20);
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("torn.jpg", whole[..whole.len() / 2].to_vec(), "qr-photo-torn"),
        ("empty.png", file(&image::GrayImage::from_pixel(400, 300, image::Luma([99])), Png), "qr-none"),
        ("two.png", file(&both, Png), "qr-several-people"),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "qr-heic"),
        ("scan.pdf", b"%PDF-1.7\0".to_vec(), "qr-not-a-picture"),
        ("nothing.jpg", Vec::new(), "qr-nothing"),
    ];
    for (name, bytes, id) in cases {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        for arguments in [vec!["qr", path.to_str().unwrap()], vec!["read", "--reader", "virtual", "--qr"]] {
            let at = format!("@{}", path.display());
            let arguments = if arguments[0] == "read" { [&arguments[..], &[&at]].concat() } else { arguments };
            let finished = run(&mut soat(&[&arguments[..], &["--json"]].concat()));
            assert_eq!((finished.code, json(&finished)["error"]["code"].as_str()), (2, Some(id)), "{name} {finished:?}");
            // Nothing of two people's codes is told.
            assert!(!finished.stdout.contains("001199000001") && !finished.stderr.contains("Nguyễn"), "{finished:?}");
            assert!(!finished.stderr.is_empty());
        }
    }
    let missing = run(&mut soat(&["qr", "/nowhere/at/all.jpg", "--json"]));
    assert_eq!((missing.code, json(&missing)["error"]["code"].as_str()), (2, Some("file-unreadable")));
}

/// What is no card's code is named, ends in 2, and opens nothing.
#[test]
fn other_codes_are_named_and_open_no_card() {
    for (text, kind) in [
        ("https://vneid.gov.vn/x", "vneid"),
        ("https://example.org/", "url"),
        ("GD4010199000001|zz|x", "torn_health_insurance"),
        ("001199000001|012345678|Nguyễn", "torn_card"),
        ("WIFI:S:x;;", "unknown"),
    ] {
        let finished = run_with_input(&mut soat(&["qr", "-", "--json"]), text);
        assert_eq!((finished.code, json(&finished)["scans"][0]["codes"][0]["kind"].as_str()), (2, Some(kind)), "{finished:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.txt");
        fs::write(&path, text).unwrap();
        let expected = if kind == "torn_card" { "qr-torn" } else { "qr-not-a-card" };
        for given in [&format!("@{}", path.display()), text] {
            let opened = run(&mut soat(&["read", "--reader", "virtual", "--qr", given, "--json"]));
            assert_eq!((opened.code, json(&opened)["error"]["code"].as_str()), (2, Some(expected)), "{given}: {opened:?}");
        }
    }
    let typed = run_with_input(&mut soat(&["qr", "-"]), "đđăă\u{323}\u{323}đđđđđă|x|y|z|a|b|c");
    assert!(typed.code == 2 && typed.stdout.contains("Part of an ID card"), "{typed:?}");
}

#[test]
fn a_health_insurance_card_is_told() {
    let text = "GD4010199000001|4e677579e1bb856e205468e1bb8b204de1baab75|01/01/1999|2|-|01 - 001|01/01/2024|31/12/2024|15/12/2023|01001000|-|4|01/01/2026|1f2e|$";
    for text in [text.to_owned(), text.replace('|', "~")] {
        let finished = run_with_input(&mut soat(&["qr", "-", "--json"]), &text);
        let code = &json(&finished)["scans"][0]["codes"][0];
        assert_eq!((finished.code, &code["kind"]), (0, &"health_insurance".into()), "{finished:?}");
        assert_eq!((&code["fields"]["full_name"], &code["fields"]["valid_to"]), (&"Nguyễn Thị Mẫu".into(), &"2024-12-31".into()));
    }
}

/// Of many pictures each has its row, and the worst decides.
#[test]
fn many_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.png"), folder.path().join("bad.png"));
    fs::write(&good, file(&picture(OF_2021, 4), Png)).unwrap();
    fs::write(&bad, b"\0\0\0\x18ftypheic").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let finished = run(&mut soat(&["qr", good, bad, "--json"]));
    let scans = &json(&finished)["scans"];
    assert_eq!((finished.code, scans[0]["codes"][0]["kind"].as_str()), (2, Some("card")));
    assert_eq!(scans[1]["error"]["code"], "qr-heic");
    let shown = run(&mut soat(&["qr", good, bad]));
    assert!(shown.code == 2 && shown.stdout.contains("001199000001") && shown.stdout.contains("HEIC"), "{shown:?}");
}
