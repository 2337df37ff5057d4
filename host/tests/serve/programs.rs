//! What programs hear, and what they do not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::program::Program;
use super::search::holds;
use super::server::Server;

/// What the fixture says of its holder, in all the ways in which it is written.
const CANARIES: [&str; 16] = [
    "001199000001",
    "199000001",
    "012345678",
    "Nguyễn Thị Mẫu",
    "01/01/1999",
    "1999-01-01",
    "990101",
    "Số 1, Phường Mẫu",
    "Ba Đình, Hà Nội",
    "Nốt ruồi",
    "Nguyễn Văn Cha",
    "Lê Thị Mẹ",
    "Trần Văn Chồng",
    "15/09/2024",
    "01/01/2039",
    "390101",
];

fn web_socket() -> Value {
    json!({ "transports": ["websocket"] })
}

/// Asserts that none of these stands in what was heard.
fn is_silent_about(heard: &[u8], values: &[&str]) {
    for value in values {
        assert!(!holds(heard, value.as_bytes(), 2), "{value} in {}", String::from_utf8_lossy(heard));
    }
}

#[test]
fn programs_hear_what_an_hn212_says() {
    let mut server = Server::start("vietnam-2024", "--allow-programs --profile everything.toml");
    // The clients of today, by either transport, and one of 2018.
    let ways = [(4, web_socket()), (4, json!({ "transports": ["polling"] })), (4, json!({})), (2, web_socket())];
    let Some(mut programs) =
        ways.iter().map(|(version, way)| Program::entered(&server, *version, way)).collect::<Option<Vec<_>>>()
    else {
        return;
    };
    server.lay();
    let told: Vec<[Value; 3]> = programs.iter_mut().map(|program| [1, 2, 4].map(|id| program.event(id))).collect();
    for (other, way) in told.iter().zip(&ways).skip(1) {
        assert_eq!(other, &told[0], "{way:?}");
    }
    let [came, texts, files] = &told[0];
    assert_eq!(came, &json!({ "id": 1, "message": "new card!" }));
    assert_eq!(texts["message"], "read card successfully! DEMONSTRATION");
    let expected = json!({
        "idCode": "001199000001", "oldIdCode": "012345678", "personName": "Nguyễn Thị Mẫu", "dateOfBirth": "01/01/1999", "gender": "Nữ",
        "nationality": "Việt Nam", "race": "Kinh", "religion": "Không", "originPlace": "Phường Mẫu, Ba Đình, Hà Nội",
        "residencePlace": "Số 1, Phường Mẫu, Ba Đình, Hà Nội", "personalIdentification": "Nốt ruồi C.1cm trên sau đầu mắt trái",
        "issueDate": "15/09/2024", "expiryDate": "01/01/2039", "fatherName": "Nguyễn Văn Cha", "motherName": "Lê Thị Mẹ",
        "wifeName": "Trần Văn Chồng", "qr": "",
    });
    assert_eq!(texts["data"], expected);
    let file = |name: &str| STANDARD.decode(files["data"][name].as_str().unwrap()).unwrap();
    assert!(file("img_data").starts_with(&[0xFF, 0xD8, 0xFF]), "a face in JPEG");
    for (name, tag) in [("dg1", 0x61), ("dg2", 0x75), ("dg13", 0x6D), ("dg14", 0x6E), ("dg15", 0x6F), ("sod", 0x77)] {
        assert_eq!(file(name).first(), Some(&tag), "{name}");
    }
    assert!(holds(&file("dg13"), "Lê Thị Mẹ".as_bytes(), 0));
    let line = server.wait_for("told to");
    assert!(line.contains("GENUINE") && line.contains("4 programs"), "{line}");
    for program in programs {
        assert!(
            CANARIES.iter().any(|value| holds(&program_bytes(&told), value.as_bytes(), 0)),
            "the search finds them where they are"
        );
        program.vanish();
    }
    // The operator's screen and whoever reads it are told of no one.
    is_silent_about(server.end().as_bytes(), &CANARIES);
}

fn program_bytes(told: &[[Value; 3]]) -> Vec<u8> {
    serde_json::to_vec(told).unwrap()
}

#[test]
fn a_card_that_does_not_pass_is_nobodys() {
    // Two different cards: a code of somebody else whose last six digits are the same.
    let other = "079088000001||Lê Khác|02021988|Nữ|Số 9, Phường Khác|16092024||||";
    for (options, scanned, words) in [
        ("--profile everything.toml", other, "TWO DIFFERENT CARDS"),
        ("--profile dated.toml --now 2040-01-01T00:00:00Z", "", "EXPIRED"),
        ("--profile bank", "", "CANNOT BE DECIDED"),
    ] {
        let mut server = Server::start("vietnam-2024", &format!("--allow-programs {options}"));
        let Some(mut program) = Program::entered(&server, 4, &web_socket()) else { return };
        let Some(mut second) = Program::entered(&server, 2, &web_socket()) else { return };
        server.scan(scanned);
        for program in [&mut program, &mut second] {
            program.event(1);
            let failure = program.event(3);
            assert!(failure["message"].as_str().unwrap().starts_with(words), "{options}: {failure}");
            assert_eq!(failure.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "message"]);
        }
        server.wait_for("no identity was sent");
        let heard = [program.everything(), second.everything()].concat();
        let screen = server.end();
        for heard in [heard.as_slice(), screen.as_bytes()] {
            is_silent_about(heard, &CANARIES);
            is_silent_about(heard, &["079088000001", "Lê Khác", "02021988", "Phường Khác"]);
            assert!(!holds(heard, b"img_data", 0));
        }
    }
}

#[test]
fn what_a_profile_withholds_is_not_sent() {
    let mut server = Server::start("vietnam-2024", "--allow-programs --profile hospital");
    let Some(mut program) = Program::entered(&server, 4, &web_socket()) else { return };
    server.scan("001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||");
    program.event(1);
    let texts = program.event(2)["data"].clone();
    let said: Vec<&str> =
        texts.as_object().unwrap().iter().filter(|(_, value)| *value != "").map(|(name, _)| name.as_str()).collect();
    assert_eq!(said, ["idCode", "personName", "dateOfBirth", "gender"]);
    let files = program.event(4)["data"].clone();
    assert!(files.as_object().unwrap().values().all(|value| value == ""), "{files}");
    let heard = program.everything();
    let withheld = [
        "012345678",
        "Phường Mẫu",
        "Ba Đình",
        "Nốt ruồi",
        "Nguyễn Văn Cha",
        "Lê Thị Mẹ",
        "Trần Văn Chồng",
        "Kinh",
        "15/09/2024",
        "2039",
        "390101",
    ];
    is_silent_about(&heard, &withheld);
    is_silent_about(server.end().as_bytes(), &CANARIES);
}

/// The ordinary profile releases the face and no ethnicity: DG2 is sent, and neither DG13 nor what its hash stands in.
#[test]
fn a_file_is_sent_where_all_that_it_says_is_released() {
    let mut server = Server::start("vietnam-2024", "--allow-programs");
    let Some(mut program) = Program::entered(&server, 4, &web_socket()) else { return };
    server.scan("001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||");
    program.event(1);
    let texts = program.event(2)["data"].clone();
    assert_eq!((&texts["race"], &texts["religion"]), (&json!(""), &json!("")));
    assert!(texts["qr"].as_str().unwrap().starts_with("001199000001|012345678|"), "{texts}");
    let files = program.event(4)["data"].clone();
    let sent: Vec<&str> =
        files.as_object().unwrap().iter().filter(|(_, value)| *value != "").map(|(name, _)| name.as_str()).collect();
    assert_eq!(sent, ["img_data", "dg1", "dg2"]);
    assert!(!holds(&program.everything(), "Tôn giáo".as_bytes(), 1));
}

#[test]
fn who_comes_late_hears_nothing_and_who_goes_disturbs_nobody() {
    let mut server = Server::start("vietnam-2024", "--allow-programs");
    let Some(first) = Program::entered(&server, 4, &web_socket()) else { return };
    let Some(mut stays) = Program::entered(&server, 4, &web_socket()) else { return };
    server.lay();
    stays.event(1);
    first.vanish();
    stays.event(2);
    stays.event(4);
    let Some(mut late) = Program::entered(&server, 4, &json!({ "transports": ["polling"] })) else { return };
    server.lay();
    for program in [&mut stays, &mut late] {
        assert_eq!([1, 2, 4].map(|id| program.event(id)["id"].as_u64().unwrap()), [1, 2, 4]);
    }
    let heard: Value = serde_json::from_slice(&late.everything()).unwrap();
    let events = heard.as_array().unwrap().iter().filter(|heard| heard["what"] == "/event").count();
    assert_eq!(events, 3, "of the first card nothing");
}

#[test]
fn a_program_may_give_the_number_and_little_else() {
    let server = Server::start("vietnam-2024", "--allow-programs");
    let Some(mut program) = Program::entered(&server, 4, &web_socket()) else { return };
    let data = |number: &str| json!({ "idCode": number, "dateOfBirth": "01011999", "expiryDate": "01012039", "clientId": "1" });
    program.say("/input_data", &data("001199000001"), 1);
    assert_eq!([1, 2, 4].map(|id| program.event(id)["id"].as_u64().unwrap()), [1, 2, 4]);
    for number in ["", "000001", "00119900000x", "0011990000012", "１２３４５６７８９０１２"] {
        program.say("/input_data", &data(number), 1);
        assert_eq!(program.event(3)["message"], "idCode is not a number of 12 digits.", "{number}");
    }
    program.say("/input_data", &data("001199000002"), 1);
    program.event(1);
    assert!(program.event(3)["message"].as_str().unwrap().starts_with("The key is not that of this card"));
    for event in ["/get_aa", "/get_qr"] {
        program.say(event, &json!({ "clientId": "1", "challenge": "AAECAwQFBgc=" }), 1);
        assert_eq!(program.event(3)["message"], "soat does not offer this.", "{event}");
    }
    let screen = server.end();
    assert!(!screen.contains("001199000002"), "{screen}");
}

#[test]
fn who_floods_is_sent_away_and_the_others_are_served() {
    let mut server = Server::start("vietnam-2024", "--allow-programs");
    let Some(mut calm) = Program::entered(&server, 4, &web_socket()) else { return };
    for (event, payload, times) in [
        ("/input_data", json!({ "idCode": "1" }), 5000),
        ("/nothing", json!([1, 2, 3]), 5000),
        ("/input_data", json!({ "idCode": "x".repeat(10_000) }), 1),
    ] {
        let Some(mut flood) = Program::entered(&server, 4, &web_socket()) else { return };
        flood.say(event, &payload, times);
        flood.wait("disconnect");
    }
    server.lay();
    assert_eq!([1, 2, 4].map(|id| calm.event(id)["id"].as_u64().unwrap()), [1, 2, 4]);
    server.wait_for("told to 1 programs");
}

#[test]
fn a_page_of_the_list_hears_and_another_cannot_come_in() {
    let mut server = Server::start("vietnam-2024", "--allow-origin https://desk.example.vn");
    let of = |origin: &str, way: &str| json!({ "transports": [way], "extraHeaders": { "Origin": origin } });
    for way in ["websocket", "polling"] {
        let Some(mut stranger) = Program::start(&server, 4, &of("https://evil.example", way)) else { return };
        stranger.wait("connect_error");
        let Some(mut sandboxed) = Program::start(&server, 4, &of("null", way)) else { return };
        sandboxed.wait("connect_error");
        let Some(mut program) = Program::start(&server, 4, &json!({ "transports": [way] })) else { return };
        program.wait("connect_error");
        let Some(mut page) = Program::entered(&server, 4, &of("https://desk.example.vn", way)) else { return };
        server.lay();
        page.event(1);
        page.event(2);
        for stranger in [stranger, sandboxed, program] {
            is_silent_about(&stranger.everything(), &CANARIES);
        }
    }
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to() {
    use rustix::process::Signal;
    for signal in [Signal::INT, Signal::TERM] {
        let mut server = Server::start("vietnam-2024", "--allow-programs");
        let program = Program::entered(&server, 4, &web_socket());
        assert_eq!(server.signal(signal).code(), Some(0), "{signal:?}");
        if let Some(mut program) = program {
            program.wait("disconnect");
        }
        assert!(std::net::TcpStream::connect(server.address).is_err(), "nobody listens any more");
        server.wait_for("The server has ended.");
    }
}
