#![allow(clippy::unwrap_used)]

use super::*;
use crate::commands::judging::Field;

fn typed(template: &str, fields: &[(&'static str, Value)]) -> String {
    let value = |value: &Value| match value {
        Value::Text(text) => Value::Text(text.clone()),
        Value::Date(day) => Value::Date(*day),
        Value::NoExpiry => Value::NoExpiry,
        Value::Sex(sex) => Value::Sex(sex),
    };
    let fields: Vec<Field> = fields.iter().map(|(name, given)| Field { name, value: value(given) }).collect();
    Template::parse(template).unwrap().keys(&fields).text().to_owned()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn fields_keys_and_letters() {
    let day = Value::Date(Date::new(1999, 2, 1).unwrap());
    let fields = [
        ("personal_number", text("001199000001")),
        ("full_name", text("Đặng Thị Mẫu")),
        ("birth", day),
        ("sex", Value::Sex("female")),
    ];
    for (template, expected) in [
        ("{number}{tab}{name}{tab}{birth:dd/mm/yyyy}{enter}", "001199000001\tĐặng Thị Mẫu\t01/02/1999\n"),
        ("{personal_number} – {full_name:plain}", "001199000001 – DANG THI MAU"),
        ("{name:upper}", "ĐẶNG THỊ MẪU"),
        ("{birth} {birth:yyyy-mm-dd} {birth:d}", ""),
        ("{birth} {birth:yyyy-mm-dd} {birth:ddmmyy} {birth:yyyy}", "01/02/1999 1999-02-01 010299 1999"),
        ("{sex} {sex:M/F} {sex:Ông/Bà}", "Nữ F Bà"),
        ("{{{sex}}}", "{Nữ}"),
        ("{old_number}{tab}{residence|không rõ}", "\tkhông rõ"),
    ] {
        if expected.is_empty() {
            assert!(Template::parse(template).is_err(), "{template}");
        } else {
            assert_eq!(typed(template, &fields), expected, "{template}");
        }
    }
}

#[test]
fn what_a_card_does_not_say_is_typed_as_the_template_says() {
    assert_eq!(typed("{expiry}|", &[("expiry", Value::NoExpiry)]), "|");
    assert_eq!(typed("{expiry:dd/mm/yyyy|Không thời hạn}", &[("expiry", Value::NoExpiry)]), "Không thời hạn");
    assert_eq!(typed("{birth:dd/mm/yyyy}", &[("birth", text("1960"))]), "1960");
    assert_eq!(typed("{sex:M/F|-}", &[("sex", Value::Sex("unspecified"))]), "-");
}

#[test]
fn no_key_comes_from_a_card() {
    let hostile = "A\tB\nC\r\u{1b}[2J\u{8}\u{7f}\u{9b}\u{202e}\u{2028}D\u{0}{enter}";
    assert_eq!(typed("{name}{enter}", &[("full_name", text(hostile))]), "A B C [2J D{enter}\n");
    assert_eq!(typed("{name}", &[("full_name", text(&"x".repeat(5000)))]).len(), LONGEST_FIELD);
}

#[test]
fn errors_say_where() {
    let error = |template: &str| {
        let error = Template::parse(template).err().unwrap();
        let message = error.message(&crate::messages::Messages::new(crate::messages::Language::En));
        (
            error.id(),
            message.split("column ").nth(1).map_or(0, |rest| {
                rest.trim_end_matches(|c: char| !c.is_ascii_digit())
                    .split(|c: char| !c.is_ascii_digit())
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap_or(0)
            }),
        )
    };
    for (template, id, column) in [
        ("ấn {nmae}", "type-unknown", 5),
        ("{photo}", "type-unknown", 2),
        ("{tab:2}", "type-unknown", 2),
        ("{}", "type-unknown", 2),
        ("{name", "type-brace-open", 1),
        ("{name{tab}", "type-brace-open", 1),
        ("a}b", "type-brace-alone", 2),
        ("{birth:dd/mon}", "type-format-date", 11),
        ("{birth:}", "type-format-date", 8),
        ("{birth:/}", "type-format-date", 8),
        ("{sex:M}", "type-format-sex", 6),
        ("{name:lower}", "type-format-text", 7),
        ("a\tb", "type-control", 2),
        ("{name|a\u{1b}}", "type-control", 8),
        ("", "type-empty", 0),
    ] {
        assert_eq!(error(template), (id, column), "{template}");
    }
    assert_eq!(error(&"x".repeat(LONGEST + 1)).0, "type-too-long");
    assert_eq!(error(&"{sex}".repeat(MOST_FIELDS + 1)).0, "type-too-many");
}

#[test]
fn what_a_profile_withholds_is_not_typed() {
    let refused =
        |template: &str, profile: &Profile| Template::parse(template).unwrap().check(profile).err().map(|error| error.id());
    assert_eq!(refused("{name}{number}{birth}{sex}", &Profile::HOSPITAL), None);
    assert_eq!(refused("{name}{residence}", &Profile::HOSPITAL), Some("type-withheld"));
    assert_eq!(refused("{ethnicity}", &Profile::OPERATIONAL), Some("type-withheld"));
    assert_eq!(refused("{tab}", &Profile::GATE), Some("disclosure-decision"));
}
