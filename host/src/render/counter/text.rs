//! Text in rows of a given width.

use ratatui::text::Span;

/// The rows of a text, broken between words; rows after the first begin with `indent`. A word longer than a row is broken.
pub fn wrapped(text: &str, width: usize, indent: &str) -> Vec<String> {
    let columns = |text: &str| Span::raw(text).width();
    let mut rows = Vec::new();
    let mut row = String::new();
    let lead: String = text.chars().take_while(|letter| *letter == ' ').collect();
    row.push_str(&lead);
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && columns(&row) + 1 + columns(word) > width {
            rows.push(std::mem::replace(&mut row, indent.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            row.push(' ');
        }
        for letter in word.chars() {
            if !is_empty && columns(&row) + columns(letter.encode_utf8(&mut [0; 4])) > width {
                rows.push(std::mem::replace(&mut row, indent.to_owned()));
            }
            row.push(letter);
            is_empty = false;
        }
    }
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrapped("Để thẻ nằm yên", 10, ""), ["Để thẻ nằm", "yên"]);
        assert_eq!(wrapped("    → đọc lại thẻ", 12, "      "), ["    → đọc", "      lại", "      thẻ"]);
        assert_eq!(wrapped("0123456789", 4, ""), ["0123", "4567", "89"]);
        assert_eq!(wrapped("", 4, ""), [""]);
        // Letters with marks of their own are one column wide.
        assert_eq!(wrapped("Nguye\u{302}\u{303}n", 6, ""), ["Nguye\u{302}\u{303}n"]);
    }
}
