//! The names under which other programs save a card's files.

use alloc::string::String;

use super::{DataGroup, FileId};

/// Endings that say nothing of the content.
const ENDINGS: [&str; 6] = [".BIN", ".DAT", ".DER", ".RAW", ".CMS", ".EF"];

impl FileId {
    /// All files, those under the master file first.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::AtrInfo, Self::Dir, Self::CardAccess, Self::CardSecurity, Self::Com, Self::Sod]
            .into_iter()
            .chain(DataGroup::all().map(Self::DataGroup))
    }

    /// The file of a file's name on disk, whatever case it is in: `EF.SOD`, `EF_SOD.bin`, `sod.bin`, `DG1.bin`, `DG01`, `Datagroup1.bin`,
    /// `ef0101.bin`, `CardAccess`. The identifier 011D, which two files share, means EF.SOD. Folders before the name are passed over.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let base = name.rsplit(['/', '\\']).next()?.to_ascii_uppercase();
        let stem = ENDINGS.iter().find_map(|ending| base.strip_suffix(ending)).unwrap_or(&base);
        let joined: String = stem.chars().filter(|character| !matches!(character, '.' | '_' | '-' | ' ')).collect();
        let plain = joined.strip_prefix("EF").unwrap_or(&joined);
        match plain {
            "SOD" => return Some(Self::Sod),
            "COM" => return Some(Self::Com),
            "CARDACCESS" => return Some(Self::CardAccess),
            "CARDSECURITY" => return Some(Self::CardSecurity),
            "DIR" => return Some(Self::Dir),
            "ATRINFO" | "ATR" => return Some(Self::AtrInfo),
            _ => {}
        }
        if let Some(number) = plain.strip_prefix("DATAGROUP").or_else(|| plain.strip_prefix("DG")) {
            let is_number = matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit());
            return is_number.then(|| number.parse().ok().and_then(DataGroup::new)).flatten().map(Self::DataGroup);
        }
        let is_identifier = plain.len() == 4 && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
        let identifier = is_identifier.then(|| u16::from_str_radix(plain, 16).ok()).flatten()?;
        Self::all().find(|file| file.identifier() == identifier && *file != Self::CardSecurity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn names_of_other_programs() {
        let group = |number| DataGroup::new(number).map(FileId::DataGroup);
        for (name, expected) in [
            ("EF_SOD.bin", Some(FileId::Sod)),
            ("EF.SOD", Some(FileId::Sod)),
            ("sod.bin", Some(FileId::Sod)),
            ("ef011D.bin", Some(FileId::Sod)),
            ("card/ef011e.BIN", Some(FileId::Com)),
            ("EF_COM.bin", Some(FileId::Com)),
            ("C:\\dump\\EF.COM", Some(FileId::Com)),
            ("CardAccess", Some(FileId::CardAccess)),
            ("EF.CardAccess.bin", Some(FileId::CardAccess)),
            ("EF_CardSecurity.bin", Some(FileId::CardSecurity)),
            ("011C.bin", Some(FileId::CardAccess)),
            ("EF.DIR", Some(FileId::Dir)),
            ("EF_ATR_INFO.bin", Some(FileId::AtrInfo)),
            ("DG1.bin", group(1)),
            ("DG01", group(1)),
            ("dg16.bin", group(16)),
            ("Datagroup1.bin", group(1)),
            ("DataGroup15.bin", group(15)),
            ("EF_DG13.bin", group(13)),
            ("EF.DG2", group(2)),
            ("ef0101.bin", group(1)),
            ("ef010F.bin", group(15)),
            ("ef0110.bin", group(16)),
        ] {
            assert_eq!(FileId::from_file_name(name), expected, "{name}");
            assert!(expected.is_some(), "{name}");
        }
    }

    #[test]
    fn names_that_are_none() {
        for name in [
            "",
            "EF",
            "DG",
            "DG0",
            "DG17",
            "DG001",
            "DG+1",
            "DG1x.bin",
            "DG14_pk.bin",
            "DG14_sk.pkcs8",
            "ef0111.bin",
            "ef0100.bin",
            "0102030",
            "card.soat",
            "README.md",
            "mySOD.bin",
            "ef+101.bin",
            "SOD/",
            "DG１",
        ] {
            assert_eq!(FileId::from_file_name(name), None, "{name}");
        }
    }

    #[test]
    fn its_own_name_names_each_file() {
        assert_eq!(FileId::all().count(), 22);
        for file in FileId::all().filter(|file| *file != FileId::AtrInfo) {
            assert_eq!(FileId::from_file_name(&format!("{file}.bin")), Some(file));
        }
    }
}
