//! What reason codes and findings mean, in the user's language: each has a cause and a remedy.

use soat::dossier::FileId;

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
    fn a_code_of_a_data_group_names_the_file() {
        let messages = Messages::new(Language::En);
        assert!(explain("dg2.hash_mismatch", None, &messages).cause.starts_with("DG2 was altered"));
        assert!(explain("dg13.contradicts_dg1", None, &messages).cause.contains("MRZ"));
        assert_eq!(explain("future.code", None, &messages).cause, "future.code");
    }
}
