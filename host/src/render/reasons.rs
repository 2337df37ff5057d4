//! What reason codes and findings mean, in the user's language: each has a cause and a remedy.

use soat::dossier::FileId;
use soat::inspection::ReasonCode;

use crate::messages::Messages;

/// Cause and remedy of a reason code.
pub struct Reason {
    /// What it means.
    pub cause: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Explains a reason code or a finding. A code that the locales lack stands for itself: dossiers of later versions may hold one.
pub fn explain(code: &str, file: Option<FileId>, messages: &Messages) -> Reason {
    let (group, what) = code.split_once('.').unwrap_or((code, ""));
    // `dg2.hash_mismatch` is explained by `reason-dg-hash_mismatch`, for DG2; `dg13.contradicts_dg1` by itself.
    let of_any_group =
        group.strip_prefix("dg").filter(|number| number.parse::<u8>().is_ok()).map(|_| format!("reason-dg-{what}"));
    let file = file.map_or_else(|| group.to_uppercase(), |file| file.to_string());
    let arguments = [("file", file.into())];
    for id in [Some(format!("reason-{group}-{what}")), of_any_group].into_iter().flatten() {
        if let Some(cause) = messages.optional(&id, &arguments) {
            return Reason { cause, remedy: messages.remedy(&id, &arguments) };
        }
    }
    Reason { cause: code.to_owned(), remedy: None }
}

/// What a code is said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Why a check ended as it did.
    Reason,
    /// Noted beside a check.
    Finding,
    /// Noted, and in the profile `strict` the failure of its check.
    StrictFinding,
}

impl Kind {
    /// In English, for the page and for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reason => "reason",
            Self::Finding => "finding",
            Self::StrictFinding => "strict finding",
        }
    }
}

/// A code, or the codes that say the same of each data group: `dgN.hash_mismatch`.
pub struct Family {
    /// The code.
    pub code: String,
    /// What it is said of.
    pub kind: Kind,
}

/// Every code, in the order of the table; those of the sixteen data groups once.
pub fn all() -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for code in ReasonCode::ALL {
        let family = family(*code);
        if !families.iter().any(|known| known.code == family.code) {
            families.push(family);
        }
    }
    families
}

/// The family of a code, or of the name of a family.
pub fn family_of(code: &str) -> Option<Family> {
    ReasonCode::find(code).map(family).or_else(|| all().into_iter().find(|family| family.code == code))
}

fn family(code: ReasonCode) -> Family {
    let kind = match code {
        _ if code.is_refused_in_strict() => Kind::StrictFinding,
        _ if code.is_finding() => Kind::Finding,
        _ => Kind::Reason,
    };
    let (group, what) = code.as_str().split_once('.').unwrap_or_default();
    let number = group.strip_prefix("dg").filter(|number| number.parse::<u8>().is_ok());
    // A code that every data group has.
    let is_of_any = number.is_some() && (1..=16).all(|number| ReasonCode::find(&format!("dg{number}.{what}")).is_some());
    let code = if is_of_any { format!("dgN.{what}") } else { code.as_str().to_owned() };
    Family { code, kind }
}

/// Explains a code of any data group, or a code.
pub fn explain_family(family: &Family, messages: &Messages) -> Reason {
    let Some(what) = family.code.strip_prefix("dgN.") else {
        return explain(&family.code, None, messages);
    };
    let (id, arguments) = (format!("reason-dg-{what}"), [("file", "DGn".into())]);
    Reason { cause: messages.format(&id, &arguments), remedy: messages.remedy(&id, &arguments) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use soat::inspection::ReasonCode;

    use super::*;
    use crate::messages::Language;

    #[test]
    fn every_reason_code_has_a_cause_and_a_remedy_in_both_languages() {
        for language in Language::ALL {
            let messages = Messages::new(language);
            for code in ReasonCode::ALL {
                let reason = explain(code.as_str(), None, &messages);
                assert_ne!(reason.cause, code.as_str(), "{language:?}");
                assert!(reason.remedy.is_some_and(|remedy| !remedy.contains('{')), "{language:?}: {code}");
                assert!(!reason.cause.contains('{'), "{language:?}: {}", reason.cause);
            }
        }
        assert!(ReasonCode::ALL.len() > 100);
    }

    #[test]
    fn codes_of_the_data_groups_stand_once() {
        let families = all();
        assert_eq!(families.iter().filter(|family| family.code.starts_with("dgN.")).count(), 9);
        assert!(families.iter().any(|family| family.code == "dg13.contradicts_dg1"));
        assert_eq!(family_of("dg2.hash_mismatch").unwrap().code, "dgN.hash_mismatch");
        assert_eq!(family_of("dgN.hash_mismatch").unwrap().kind, Kind::Reason);
        assert_eq!(family_of("com.inconsistent").unwrap().kind, Kind::StrictFinding);
        assert_eq!(family_of("card.resumed").unwrap().kind, Kind::Finding);
        assert!(family_of("dg17.hash_mismatch").is_none() && family_of("future.code").is_none());
    }

    #[test]
    fn a_code_of_a_data_group_names_the_file() {
        let messages = Messages::new(Language::En);
        assert!(explain("dg2.hash_mismatch", None, &messages).cause.starts_with("DG2 was altered"));
        assert!(explain("dg13.contradicts_dg1", None, &messages).cause.contains("MRZ"));
        assert_eq!(explain("future.code", None, &messages).cause, "future.code");
    }
}
