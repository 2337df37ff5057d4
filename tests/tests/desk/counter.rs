//! `soat desk` as a teller uses it: in a terminal, by keyboard and scanner, with a real daemon and a card on its virtual reader.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::Duration;

use card_fixtures::chip::{LostTag, Quirks, VirtualChip};
use card_fixtures::personalisation::vietnam::{Holder, card_2024_of, nguyen_thi_mau_2024};
use card_fixtures::personalisation::{Personalisation, personalise};
use soat_tests::command::run;
use soat_tests::memory;
use soat_tests::plugged::PluggedCard;
use soat_tests::pty::Pty;
use soat_tests::tmux::Tmux;

use super::{Desk, NOW, READER, wait_until};

const NEXT: &str = "THẺ TIẾP THEO";
const GENUINE: &str = "✓  THẬT";
const QR: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

/// The counter at a desk, in Vietnamese; it stands at its first screen.
fn open(desk: &Desk, arguments: &[&str]) -> Option<Tmux> {
    let reader = if arguments.contains(&"--reader") { &[][..] } else { &["--reader", READER][..] };
    let counter = Tmux::start(&desk.soat(&[&["desk", "--lang", "vi", "--now", NOW], reader, arguments].concat()))?;
    counter.wait_for(NEXT);
    Some(counter)
}

/// A desk that trusts the synthetic issuer, and its counter.
fn counter(arguments: &[&str]) -> Option<(Desk, Tmux)> {
    let desk = Desk::new()?;
    desk.trust("vietnam-2024");
    let counter = open(&desk, arguments)?;
    Some((desk, counter))
}

fn read(counter: &Tmux, can: &str) {
    counter.type_text(can);
    counter.press(&["Enter"]);
}

#[test]
fn card_after_card() {
    let Some((desk, counter)) = counter(&[]) else { return };
    let first = desk.lay_genuine("vietnam-2024");
    read(&counter, "000001");
    let screen = counter.wait_for(GENUINE);
    assert!(screen.contains("Nguyễn Thị Mẫu") && screen.contains("không phải là xác nhận trực tuyến"), "{screen}");
    assert!(counter.colours().contains("\x1b[1m\x1b[38;5;0m\x1b[48;5;2m"), "black on green: {:?}", counter.colours());
    wait_until("the stroke", || counter.bells() == 1);
    // The next number is typed while the card before still lies there.
    counter.type_text("000001");
    let screen = counter.wait_for(NEXT);
    assert!(!screen.contains("Nguyễn") && !counter.history().contains("001199000001"), "{screen}");
    counter.press(&["Enter"]);
    counter.wait_for("nhấc thẻ vừa đọc ra");
    drop(first);
    counter.wait_for("Hãy đặt thẻ lên đầu đọc");
    let second = personalise("vietnam-no-expiry").unwrap();
    let _second = desk.lay(second, Quirks::default());
    let screen = counter.wait_for("Lê Thị Mẫu");
    assert!(
        screen.contains("Đã kiểm tra: 2") && screen.contains("Không thời hạn") && !screen.contains("Nguyễn Thị Mẫu"),
        "{screen}"
    );
}

#[test]
fn a_card_of_nobody_known_is_yellow_and_says_what_to_do() {
    let Some(desk) = Desk::new() else { return };
    let _card = desk.lay_genuine("vietnam-2024");
    let Some(counter) = open(&desk, &[]) else { return };
    counter.paste(QR);
    let screen = counter.wait_for("CHƯA KẾT LUẬN ĐƯỢC");
    assert!(screen.contains("Bạn chưa có neo tin cậy") && screen.contains("trust add TỆP"), "{screen}");
    assert!(!screen.contains("Nguyễn") && !screen.contains("001199000001"), "{screen}");
    wait_until("two strokes", || counter.bells() == 2);
}

#[test]
fn a_wrong_can_is_told_and_asked_for_again_and_tried_once() {
    let Some((desk, counter)) = counter(&[]) else { return };
    let card = desk.lay_genuine("vietnam-2024");
    read(&counter, "999999");
    let screen = counter.wait_for("CHƯA ĐỌC ĐƯỢC THẺ");
    assert!(screen.contains(NEXT) && !screen.contains("999999"), "{screen}");
    // Nor does Enter alone try it again.
    counter.press(&["Enter"]);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(card.chip.lock().failed_attempts(), 1);
    read(&counter, "000001");
    counter.wait_for(GENUINE);
}

#[test]
fn the_service_stops_in_the_middle_and_comes_back() {
    let Some((mut desk, counter)) = counter(&[]) else { return };
    counter.wait_for("Đầu đọc sẵn sàng");
    let card = desk.lay_genuine("vietnam-2024");
    read(&counter, "000001");
    wait_until("the middle of the read", || card.chip.apdus() > 20);
    desk.daemon.stop();
    drop(card);
    let screen = counter.wait_for("pcscd");
    assert!(screen.contains("có lại thiết bị là chạy tiếp"), "{screen}");
    desk.daemon.resume().unwrap();
    counter.wait_for("Hãy đặt thẻ lên đầu đọc");
    let _card = desk.lay_genuine("vietnam-2024");
    counter.wait_for(GENUINE);
    // And while nothing is read.
    counter.press(&["n"]);
    counter.wait_for(NEXT);
    desk.daemon.stop();
    counter.wait_for("có lại thiết bị là chạy tiếp");
    desk.daemon.resume().unwrap();
    counter.wait_for("Đầu đọc sẵn sàng");
}

#[test]
fn a_lost_card_is_read_on_or_given_up() {
    let Some((desk, counter)) = counter(&[]) else { return };
    let quirks = |comes_back| Quirks { lost_tag: Some(LostTag { after: 30, comes_back, other: None }), ..Quirks::default() };
    let lost = desk.lay(personalise("vietnam-2024").unwrap(), quirks(false));
    read(&counter, "000001");
    counter.wait_for("Mất liên lạc với thẻ");
    counter.press(&["Escape"]);
    counter.wait_for(NEXT);
    drop(lost);
    let _card = desk.lay(personalise("vietnam-2024").unwrap(), quirks(true));
    read(&counter, "000001");
    counter.wait_for(GENUINE);
}

#[test]
fn the_terminal_is_given_back_however_it_ends() {
    let Some((desk, by_key)) = counter(&[]) else { return };
    assert!(by_key.is_on_alternate_screen());
    by_key.press(&["C-c"]);
    by_key.wait_for("Thoát?");
    by_key.press(&["Enter"]);
    assert_eq!(by_key.wait_for_end(), 0);
    wait_until("the screen before", || !by_key.is_on_alternate_screen());
    for signal in ["INT", "TERM", "HUP"] {
        let Some(counter) = open(&desk, &["--reader", "virtual"]) else { return };
        counter.press(&["Enter"]);
        counter.wait_for(GENUINE);
        let sent = std::process::Command::new("kill").args([format!("-{signal}"), counter.pid().to_string()]).status();
        assert!(sent.unwrap().success());
        assert!(counter.wait_for_end() > 128, "{signal}");
        wait_until("the screen before", || !counter.is_on_alternate_screen());
        assert!(!counter.history().contains("Nguyễn"), "{signal}: {}", counter.history());
    }
}

#[test]
fn a_window_may_change_its_size() {
    let Some((_desk, counter)) = counter(&["--reader", "virtual"]) else { return };
    counter.press(&["Enter"]);
    counter.wait_for(GENUINE);
    counter.resize(70, 20);
    let screen = counter.wait_for("Cửa sổ quá nhỏ");
    assert!(!screen.contains("Nguyễn"), "{screen}");
    counter.resize(100, 40);
    let screen = counter.wait_for(GENUINE);
    assert!(screen.contains("Nguyễn Thị Mẫu") && screen.contains("Trần Văn Chồng"), "{screen}");
}

#[test]
fn a_result_that_nobody_looks_at_goes_away() {
    let Some((_desk, counter)) = counter(&["--reader", "virtual", "--idle", "5", "--silent"]) else { return };
    counter.press(&["Enter"]);
    counter.wait_for(GENUINE);
    let screen = counter.wait_for("Kết quả trước đã được xóa");
    assert!(!screen.contains("Nguyễn") && !counter.history().contains("Nguyễn"), "{screen}");
    assert_eq!(counter.bells(), 0, "silent");
}

#[test]
fn saving_and_printing_write_what_the_other_commands_write() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    for folder in ["saved", "pages"] {
        fs::create_dir(desk.path(folder)).unwrap();
    }
    let _card = desk.lay_genuine("vietnam-2024");
    let Some(counter) = open(&desk, &["--save", "saved", "--pages", "pages"]) else { return };
    counter.paste(QR);
    counter.wait_for(GENUINE);
    counter.press(&["s"]);
    counter.wait_for("Đã lưu: saved/20261122T080000Z-001.soat");
    counter.press(&["s"]);
    counter.wait_for("Hồ sơ của thẻ này đã được lưu");
    counter.press(&["p"]);
    counter.wait_for("Đã lưu: pages/20261122T080000Z-001.pdf");
    let saved = desk.path("saved/20261122T080000Z-001.soat");
    let page = desk.path("pages/20261122T080000Z-001.pdf");
    for path in [&saved, &page] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(fs::read(page).unwrap().starts_with(b"%PDF"));
    let again = run(&mut desk.soat(&["verify", saved.to_str().unwrap(), "--now", NOW]));
    assert_eq!(again.code, 0, "{again:?}");
}

/// A page goes to the system's printing by a pipe, so that no file of it is left; where there is none, it says what to do.
#[test]
fn printing_goes_to_lp_where_there_is_one() {
    let Some(desk) = Desk::new() else { return };
    let bin = desk.path("bin");
    fs::create_dir(&bin).unwrap();
    let script =
        "#!/bin/sh\ncat > page.pdf\necho \"$@\" > words\n[ \"$3\" != -d ] || { echo 'lp: no such printer' >&2; exit 1; }\n";
    fs::write(bin.join("lp"), script).unwrap();
    fs::set_permissions(bin.join("lp"), fs::Permissions::from_mode(0o755)).unwrap();
    let with = format!("{}:/usr/bin:/bin", bin.display());
    let cases: [(&str, &[&str], &str); 3] = [
        (&with, &[], "Đã gửi trang kết quả đến máy in"),
        (&with, &["--printer", "tang-2"], "Không in được: lp: no such printer"),
        ("/nonexistent", &[], "Máy này không có lệnh in (lp)"),
    ];
    for (path, arguments, words) in cases {
        let mut command = desk.soat(&[&["desk", "--lang", "vi", "--reader", "virtual", "--now", NOW], arguments].concat());
        let Some(counter) = Tmux::start(command.env("PATH", path)) else { return };
        counter.wait_for(NEXT);
        counter.press(&["Enter"]);
        counter.wait_for(GENUINE);
        counter.press(&["p"]);
        counter.wait_for(words);
    }
    assert!(fs::read(desk.path("page.pdf")).unwrap().starts_with(b"%PDF"));
    assert_eq!(
        fs::read_to_string(desk.path("words")).unwrap().trim(),
        "-t soat -d tang-2",
        "nothing of the holder in the job's name"
    );
}

/// Under `bank` each dossier is evidence: encrypted, signed, with the consent of this holder.
#[test]
fn a_bank_is_asked_for_each_consent() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    desk.trust_itself();
    fs::create_dir(desk.path("saved")).unwrap();
    let bank = ["--profile", "bank", "--purpose", "Mở tài khoản", "--save", "saved"];
    let lacking = run(&mut desk.soat(&[&["desk", "--reader", "virtual"], &bank[..]].concat()));
    assert_eq!(lacking.code, 2, "{lacking:?}");
    let recipient = ["--recipient", "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z", "--sign", "desk.key"];
    let Some(counter) = open(&desk, &[&["--reader", "virtual"], &bank[..], &recipient[..]].concat()) else { return };
    counter.press(&["Enter"]);
    counter.wait_for("CHƯA KẾT LUẬN ĐƯỢC");
    counter.press(&["s"]);
    counter.wait_for("mã văn bản đồng ý");
    counter.type_text("HS-15");
    counter.press(&["Enter"]);
    counter.wait_for("Đã lưu: saved/");
    let saved = fs::read(desk.path("saved/20261122T080000Z-001.soat")).unwrap();
    assert!(saved.starts_with(b"age-encryption.org/"));
}

#[test]
fn without_a_terminal_it_says_so() {
    for (language, words) in [("vi", "cần một cửa sổ dòng lệnh"), ("en", "needs a terminal")] {
        let finished = run(&mut soat_tests::command::soat(&["desk", "--reader", "virtual", "--lang", language]));
        assert_eq!((finished.code, finished.stdout.as_str()), (2, ""), "{finished:?}");
        assert!(finished.stderr.contains(words) && finished.stderr.contains("soat read --json"), "{finished:?}");
    }
}

/// Waits until the program has a port open: what came before, it throws away as the code of somebody else.
fn listens(counter: &Tmux, port: &str) {
    let open = || {
        fs::read_dir(format!("/proc/{}/fd", counter.pid()))
            .into_iter()
            .flatten()
            .flatten()
            .any(|entry| fs::read_link(entry.path()).is_ok_and(|path| path == std::path::Path::new(port)))
    };
    wait_until("the open port", open);
    thread::sleep(Duration::from_millis(200));
}

/// A serial scanner as its own device, which the keyboard never sees.
#[test]
fn a_scanner_at_a_port_brings_card_after_card() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let line = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&line).unwrap();
    unlockpt(&line).unwrap();
    let port = ptsname(&line, Vec::new()).unwrap().into_string().unwrap();
    let mut line = fs::File::from(line);
    let Some(desk) = Desk::new() else { return };
    // By a name of its own: the system gives the number of a line that is gone to the next, which may be that of another test.
    let name = desk.path("scanner");
    std::os::unix::fs::symlink(&port, &name).unwrap();
    let Some(counter) = open(&desk, &["--reader", "virtual", "--serial", name.to_str().unwrap()]) else { return };
    for number in 1..=2 {
        counter.wait_for(if number == 1 { "Máy quét sẵn sàng" } else { GENUINE });
        listens(&counter, &port);
        line.write_all(format!("{QR}\r\n").as_bytes()).unwrap();
        counter.wait_for(&format!("Đã kiểm tra: {number}"));
    }
    counter.wait_for(GENUINE);
    listens(&counter, &port);
    line.write_all(b"https://example.vn\r\n").unwrap();
    let screen = counter.wait_for("không phải mã của thẻ căn cước");
    assert!(screen.contains("trang web"), "{screen}");
    fs::remove_file(name).unwrap();
    drop(line);
    let screen = counter.wait_for("có lại thiết bị là chạy tiếp");
    assert!(screen.contains("Cắm lại máy quét"), "{screen}");
}

fn canary() -> Holder {
    Holder {
        number: "001199765432",
        name: "Hoàng Thị Bướm Vàng",
        mrz_name: "HOANG<<THI<BUOM<VANG",
        residence: "Số 99, Ngõ Chim Hoàng Yến, Hà Nội".into(),
        ..nguyen_thi_mau_2024()
    }
}

fn of_canary() -> Personalisation {
    card_2024_of("vietnam-2024", "canary", &canary())
}

/// `attacks.md` 34: nothing of the card before is left on the screen, in its history, or in the memory of the process.
#[test]
fn nothing_of_the_last_card_is_left() {
    let Some((desk, counter)) = counter(&[]) else { return };
    let card = PluggedCard::new(VirtualChip::new(of_canary(), 7), desk.daemon.address());
    counter.paste("001199765432|012345678|Hoàng Thị Bướm Vàng|01011999|Nữ|Số 99, Ngõ Chim Hoàng Yến, Hà Nội|15092024||||");
    counter.wait_for("Hoàng Thị Bướm Vàng");
    let words = ["001199765432", "Hoàng Thị Bướm Vàng", "HOANG<<THI<BUOM", "Chim Hoàng Yến"];
    let found = |word: &str| memory::places(counter.pid(), word.as_bytes());
    let Some(while_shown) = found(words[1]) else { return };
    assert!(!while_shown.is_empty(), "while it is shown it is there, so that this search finds what is");
    counter.press(&["n"]);
    counter.wait_for(NEXT);
    for word in words {
        assert!(!counter.history().contains(word), "{word} on the screen");
    }
    // A tick or two, in which the last event and the last picture are dropped.
    thread::sleep(Duration::from_millis(500));
    let left: Vec<_> =
        words.iter().map(|word| (word, found(word).unwrap_or_default())).filter(|(_, places)| !places.is_empty()).collect();
    assert!(left.is_empty(), "{left:#?}");
    drop(card);
}

/// What a counter has in memory after so many cards, in bytes.
fn resident_after(cards: &[u32]) -> Vec<u64> {
    const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||\r";
    let mut command = soat_tests::command::soat(&["desk", "--reader", "virtual", "--silent", "--lang", "en"]);
    let mut terminal = Pty::start(command.env("TERM", "xterm-256color")).unwrap();
    terminal.wait_for("NEXT CARD").unwrap();
    let mut found = Vec::new();
    for number in 1..=cards.last().copied().unwrap_or(0) {
        terminal.type_text(CODE).unwrap();
        terminal.wait_for("GENUINE").unwrap();
        terminal.type_text("n").unwrap();
        terminal.wait_for("NEXT CARD").unwrap();
        if cards.contains(&number) {
            found.push(memory::resident(terminal.pid()));
            eprintln!("after {number} cards: {:.1} MB resident", found.last().copied().unwrap_or(0) as f64 / 1e6);
        }
    }
    found
}

#[test]
fn memory_does_not_grow_with_the_cards() {
    let found = resident_after(&[20, 60]);
    assert!(found[1] <= found[0] + 5_000_000, "{found:?}");
}

#[test]
fn memory_after_500_cards_is_that_after_50() {
    let found = resident_after(&[50, 500]);
    assert!(found[1] <= found[0] + 5_000_000, "{found:?}");
}
