//! The search for what must not be there, after undoing whatever may hide it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Whether a value stands somewhere, however it is wrapped.
pub fn holds(bytes: &[u8], value: &[u8], depth: u8) -> bool {
    if bytes.windows(value.len()).any(|window| window == value) {
        return true;
    }
    if let Ok(value) = std::str::from_utf8(value)
        && [String::from_utf8_lossy(bytes).into_owned(), utf16(bytes, true), utf16(bytes, false)]
            .iter()
            .any(|text| folded(text).contains(&folded(value)))
    {
        return true;
    }
    depth > 0 && unwrapped(bytes).iter().any(|inner| holds(inner, value, depth - 1))
}

fn utf16(bytes: &[u8], big: bool) -> String {
    let unit = |pair: &[u8]| if big { u16::from_be_bytes([pair[0], pair[1]]) } else { u16::from_le_bytes([pair[0], pair[1]]) };
    String::from_utf16_lossy(&bytes.chunks_exact(2).map(unit).collect::<Vec<_>>())
}

/// Lower case, without marks and spaces, `<` taken for a space.
fn folded(text: &str) -> String {
    const PLAIN: [(&str, char); 7] = [
        ("àáảãạăằắẳẵặâầấẩẫậ", 'a'),
        ("èéẻẽẹêềếểễệ", 'e'),
        ("ìíỉĩị", 'i'),
        ("òóỏõọôồốổỗộơờớởỡợ", 'o'),
        ("ùúủũụưừứửữự", 'u'),
        ("ỳýỷỹỵ", 'y'),
        ("đ", 'd'),
    ];
    let plain = |letter: char| PLAIN.iter().find(|(marked, _)| marked.contains(letter)).map_or(letter, |(_, plain)| *plain);
    let kept = |letter: &char| !letter.is_whitespace() && *letter != '<' && !('\u{300}'..='\u{36F}').contains(letter);
    text.to_lowercase().chars().map(plain).filter(kept).collect()
}

/// What may be wrapped in bytes.
fn unwrapped(bytes: &[u8]) -> Vec<Vec<u8>> {
    let runs = |allowed: fn(u8) -> bool| {
        bytes.split(move |byte| !allowed(*byte)).filter(|run| run.len() >= 16).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let mut inner = Vec::new();
    for run in runs(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)) {
        inner.extend(STANDARD.decode(&run[..run.len() / 4 * 4]).ok());
    }
    for run in runs(|byte| byte.is_ascii_hexdigit()) {
        inner.extend(hex::decode(&run[..run.len() / 2 * 2]).ok());
    }
    for at in (0..bytes.len()).filter(|at| bytes[*at] == 0x78) {
        inner.extend(miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&bytes[at..], 1 << 22).ok());
    }
    if let Ok(value) = ciborium::from_reader::<ciborium::Value, _>(bytes) {
        strings(&value, &mut inner);
    }
    inner
}

fn strings(value: &ciborium::Value, found: &mut Vec<Vec<u8>>) {
    match value {
        ciborium::Value::Bytes(bytes) => found.push(bytes.clone()),
        ciborium::Value::Text(text) => found.push(text.clone().into_bytes()),
        ciborium::Value::Tag(_, inner) => strings(inner, found),
        ciborium::Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        ciborium::Value::Map(pairs) => pairs.iter().for_each(|(key, value)| {
            strings(key, found);
            strings(value, found);
        }),
        _ => {}
    }
}
