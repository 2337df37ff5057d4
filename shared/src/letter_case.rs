//! Capital and small letters of the scripts that names on documents are written in, in a few lines: what Unicode says of every script is a
//! table of 24 kilobytes, for which a gate has no room.
//!
//! Latin (with all letters of Vietnamese), Greek, Cyrillic and Armenian, as far as one letter stands for one; other letters stay as they
//! are.

/// Capital letters at an even distance from each other, each as far from its small letter.
struct Run {
    capitals: core::ops::RangeInclusive<u32>,
    step: u32,
    distance: u32,
}

const fn run(first: u32, last: u32, step: u32, distance: u32) -> Run {
    Run { capitals: first..=last, step, distance }
}

/// Unicode 16, `UnicodeData.txt`: fields 12 and 13.
const RUNS: [Run; 29] = [
    // Latin: basic, Latin-1
    run(0x41, 0x5A, 1, 32),
    run(0xC0, 0xD6, 1, 32),
    run(0xD8, 0xDE, 1, 32),
    // Latin Extended-A
    run(0x100, 0x12E, 2, 1),
    run(0x132, 0x136, 2, 1),
    run(0x139, 0x147, 2, 1),
    run(0x14A, 0x176, 2, 1),
    run(0x179, 0x17D, 2, 1),
    // Latin Extended-B, as far as it is regular: Ơ and Ư, carons, Romanian, Azerbaijani
    run(0x1A0, 0x1A4, 2, 1),
    run(0x1AF, 0x1AF, 1, 1),
    run(0x1CD, 0x1DB, 2, 1),
    run(0x1DE, 0x1EE, 2, 1),
    run(0x1F8, 0x21E, 2, 1),
    run(0x222, 0x232, 2, 1),
    run(0x18F, 0x18F, 1, 202),
    // Greek
    run(0x386, 0x386, 1, 38),
    run(0x388, 0x38A, 1, 37),
    run(0x38C, 0x38C, 1, 64),
    run(0x38E, 0x38F, 1, 63),
    run(0x391, 0x3A1, 1, 32),
    run(0x3A3, 0x3AB, 1, 32),
    // Cyrillic
    run(0x400, 0x40F, 1, 80),
    run(0x410, 0x42F, 1, 32),
    run(0x460, 0x480, 2, 1),
    run(0x48A, 0x4BE, 2, 1),
    run(0x4C1, 0x4CD, 2, 1),
    run(0x4D0, 0x52E, 2, 1),
    // Armenian
    run(0x531, 0x556, 1, 48),
    // Latin Extended Additional: the letters of Vietnamese with two marks. Welsh and what is before it follow the same rule.
    run(0x1E00, 0x1EFE, 2, 1),
];

/// The small letter of a capital one; every other character as it is.
pub(crate) fn small(character: char) -> char {
    change(character, |run, code| run.has(code).then(|| code + run.distance))
}

/// The capital letter of a small one; every other character as it is.
pub(crate) fn capital(character: char) -> char {
    change(character, |run, code| code.checked_sub(run.distance).filter(|capital| run.has(*capital)))
}

fn change(character: char, of: impl Fn(&Run, u32) -> Option<u32>) -> char {
    let code = u32::from(character);
    // ẞ and what stands beside it are no letters of a pair.
    if matches!(code, 0x1E96..=0x1E9F) {
        return character;
    }
    RUNS.iter().find_map(|run| of(run, code)).and_then(char::from_u32).unwrap_or(character)
}

impl Run {
    fn has(&self, code: u32) -> bool {
        self.capitals.contains(&code) && (code - self.capitals.start()).is_multiple_of(self.step)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    /// What Unicode says that we do not: letters that become several or change alone, and the phonetic and historic ones.
    fn is_left(code: u32) -> bool {
        matches!(code,
            // µ, ß, ÿ with its capital, dotted and dotless i, ŉ, long s
            0xB5 | 0xDF | 0xFF | 0x178 | 0x130 | 0x131 | 0x149 | 0x17F
            // African and phonetic letters
            | 0x180..=0x18E | 0x190..=0x19F | 0x1A6..=0x1AE | 0x1B1..=0x1CC | 0x1DD | 0x1F0..=0x1F7 | 0x220 | 0x23A..=0x258 | 0x25A..=0x2AF
            // Greek: combining iota, archaic and final letters, symbols, Coptic
            | 0x345 | 0x370..=0x37F | 0x390 | 0x3B0 | 0x3C2 | 0x3CF..=0x3FF
            // Cyrillic and Armenian palochka and ligature
            | 0x4C0 | 0x4CF | 0x587
            | 0x1E96..=0x1E9F)
    }

    #[test]
    fn letters_are_those_of_unicode() {
        let blocks = (0..=0x58F).chain(0x1E00..=0x1EFF).filter(|code| !is_left(*code)).filter_map(char::from_u32);
        for character in blocks {
            assert_eq!(character.to_lowercase().collect::<Vec<_>>(), [small(character)], "{character:?}");
            assert_eq!(character.to_uppercase().collect::<Vec<_>>(), [capital(character)], "{character:?}");
        }
    }

    #[test]
    fn other_characters_stay_as_they_are() {
        let others = (0..0x11_0000).filter(|code| is_left(*code) || !matches!(code, 0..=0x58F | 0x1E00..=0x1EFF));
        for character in others.filter_map(char::from_u32) {
            assert_eq!((small(character), capital(character)), (character, character), "{character:?}");
        }
    }
}
