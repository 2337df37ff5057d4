//! Reason codes: stable strings, each with one meaning. The host gives cause and remedy for every one in [`ReasonCode::ALL`].

use core::fmt;

use crate::dossier::DataGroup;

/// Why a check ended as it did, or in which way it bent the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonCode(&'static str);

impl ReasonCode {
    /// The stable string: `sod.signature_invalid`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The code of a stable string, out of [`ReasonCode::ALL`].
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.0 == code)
    }

    /// The finding of a code that the reading noted; one that is not known here is [`ReasonCode::READING_OTHER`].
    pub fn of_reading(code: &str) -> Self {
        NOTED.iter().chain(REFUSED_IN_STRICT).copied().find(|known| known.0 == code).unwrap_or(Self::READING_OTHER)
    }

    /// Whether it says that something has expired: the document, its signer or its issuer.
    pub fn is_expiry(self) -> bool {
        [Self::CARD_EXPIRED, Self::DS_EXPIRED, Self::CSCA_EXPIRED].contains(&self)
    }

    /// Whether it says that print and chip are of two cards.
    pub fn is_of_other_card(self) -> bool {
        [Self::QR_CONTRADICTS_CHIP, Self::MRZ_DIFFERS_FROM_DATA_PAGE].contains(&self)
    }

    /// Whether it says that a profile does not take what another profile takes: nothing against the document's genuineness.
    pub fn is_of_profile(self) -> bool {
        const OF_PROFILE: [ReasonCode; 9] = [
            ReasonCode::SOD_KEY_BELOW_FLOOR,
            ReasonCode::SOD_DIGEST_BELOW_FLOOR,
            ReasonCode::CHAIN_KEY_BELOW_FLOOR,
            ReasonCode::CHAIN_DIGEST_BELOW_FLOOR,
            ReasonCode::CHIP_PROOF_BELOW_FLOOR,
            ReasonCode::REVOCATION_LIST_BELOW_FLOOR,
            ReasonCode::DS_NOT_YET_VALID,
            ReasonCode::CSCA_NOT_YET_VALID,
            ReasonCode::EVIDENCE_TOO_OLD,
        ];
        self.is_refused_in_strict() || OF_PROFILE.contains(&self)
    }

    /// Whether it is only noted beside a check, and never the reason of its outcome but for the profile `strict`.
    pub fn is_finding(self) -> bool {
        NOTED.contains(&self) || self.is_refused_in_strict()
    }

    /// Whether a finding of this code fails its check in the profile `strict`: what real documents do and BSI TR-03105 refuses.
    pub fn is_refused_in_strict(self) -> bool {
        REFUSED_IN_STRICT.contains(&self) || NON_CONFORMANT.contains(&self)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The one table of codes: reasons; findings that every profile only notes; findings that `strict` refuses.
macro_rules! reason_codes {
    (
        reasons { $($(#[doc = $reason_doc:literal])+ $reason:ident = $reason_code:literal;)+ }
        noted { $($(#[doc = $noted_doc:literal])+ $noted:ident = $noted_code:literal;)+ }
        refused_in_strict { $($(#[doc = $refused_doc:literal])+ $refused:ident = $refused_code:literal;)+ }
    ) => {
        impl ReasonCode {
            $($(#[doc = $reason_doc])+ pub const $reason: Self = Self($reason_code);)+
            $($(#[doc = $noted_doc])+ pub const $noted: Self = Self($noted_code);)+
            $($(#[doc = $refused_doc])+ pub const $refused: Self = Self($refused_code);)+
        }

        const SINGLE: &[ReasonCode] =
            &[$(ReasonCode::$reason,)+ $(ReasonCode::$noted,)+ $(ReasonCode::$refused,)+];
        const NOTED: &[ReasonCode] = &[$(ReasonCode::$noted,)+];
        const REFUSED_IN_STRICT: &[ReasonCode] = &[$(ReasonCode::$refused,)+];
    };
}

reason_codes! {
    reasons {
        /// EF.SOD was not among the files that were given.
        SOD_NOT_SUPPLIED = "sod.not_supplied";
        /// The chip has no EF.SOD, or does not give it.
        SOD_MISSING = "sod.missing";
        /// Reading EF.SOD broke off.
        SOD_READ_ABORTED = "sod.read_aborted";
        /// EF.SOD is not a signed message, or its content is not a security object.
        SOD_MALFORMED = "sod.malformed";
        /// The signature of EF.SOD does not hold.
        SOD_SIGNATURE_INVALID = "sod.signature_invalid";
        /// EF.SOD has no signer, or several.
        SOD_SIGNER_COUNT = "sod.signer_count";
        /// SignerInfo's version does not belong to its kind of signer identifier.
        SOD_SIGNER_VERSION = "sod.signer_version";
        /// The document signer's certificate is not in EF.SOD.
        SOD_SIGNER_CERTIFICATE_MISSING = "sod.signer_certificate_missing";
        /// A certificate in EF.SOD cannot be read, and no other is the signer's.
        SOD_SIGNER_CERTIFICATE_MALFORMED = "sod.signer_certificate_malformed";
        /// A hash outside SHA-1 and SHA-2.
        SOD_DIGEST_NOT_PERMITTED = "sod.digest_not_permitted";
        /// The signer's hash is not in the message's list of hashes.
        SOD_DIGEST_NOT_LISTED = "sod.digest_not_listed";
        /// The signed attributes are missing.
        SOD_SIGNED_ATTRIBUTES_MISSING = "sod.signed_attributes_missing";
        /// contentType, messageDigest or signingTime does not stand once with one value.
        SOD_ATTRIBUTE_COUNT = "sod.attribute_count";
        /// The signed content type is not that of the content.
        SOD_CONTENT_TYPE_MISMATCH = "sod.content_type_mismatch";
        /// The content is not what was signed.
        SOD_MESSAGE_DIGEST_MISMATCH = "sod.message_digest_mismatch";
        /// The message is not of the type of a security object.
        SOD_CONTENT_TYPE = "sod.content_type";
        /// The signer's key is malformed, or lies on no standard curve.
        SOD_PUBLIC_KEY_INVALID = "sod.public_key_invalid";
        /// The algorithm or curve of the signature is not supported here.
        SOD_ALGORITHM_UNSUPPORTED = "sod.algorithm_unsupported";
        /// A signature algorithm that the standard does not permit, MD5 among them.
        SOD_ALGORITHM_NOT_PERMITTED = "sod.algorithm_not_permitted";
        /// The signer's key is shorter than the profile takes.
        SOD_KEY_BELOW_FLOOR = "sod.key_below_floor";
        /// A digest of EF.SOD is weaker than the profile takes.
        SOD_DIGEST_BELOW_FLOOR = "sod.digest_below_floor";
        /// Nothing can be said, since EF.SOD is not verified.
        SOD_NOT_VERIFIED = "sod.not_verified";
        /// A data group stands twice in EF.SOD.
        SOD_DUPLICATE_DATA_GROUP = "sod.duplicate_data_group";
        /// The version of the security object is not known.
        SOD_VERSION_UNKNOWN = "sod.version_unknown";
        /// The version of the security object and its version information contradict each other.
        SOD_VERSION_INCONSISTENT = "sod.version_inconsistent";
        /// EF.COM was not among the files that were given.
        COM_NOT_SUPPLIED = "com.not_supplied";
        /// The chip has no EF.COM, or does not give it.
        COM_MISSING = "com.missing";

        /// The certificate's anchor is named and there, and did not sign it.
        CHAIN_SIGNATURE_INVALID = "chain.signature_invalid";
        /// No anchor signed the document signer: its issuer is not known here.
        CHAIN_ISSUER_UNKNOWN = "chain.issuer_unknown";
        /// The document signer is signed in a way that is not supported here.
        CHAIN_ALGORITHM_UNSUPPORTED = "chain.algorithm_unsupported";
        /// The issuer's key is shorter than the profile takes.
        CHAIN_KEY_BELOW_FLOOR = "chain.key_below_floor";
        /// The document signer is signed over a digest weaker than the profile takes.
        CHAIN_DIGEST_BELOW_FLOOR = "chain.digest_below_floor";
        /// The document signer is signed in a way that the standard does not permit, MD5 among them.
        CHAIN_ALGORITHM_NOT_PERMITTED = "chain.algorithm_not_permitted";
        /// Nothing can be said, since there is no path to an anchor.
        CHAIN_NOT_TRUSTED = "chain.not_trusted";

        /// The document signer was not valid when it signed.
        DS_NOT_VALID_AT_SIGNING = "ds.not_valid_at_signing";
        /// The issuer was not valid when the document was signed.
        CSCA_NOT_VALID_AT_SIGNING = "csca.not_valid_at_signing";
        /// When the document was signed is not known, and the document signer is not valid today.
        SIGNING_TIME_UNKNOWN = "validity.signing_time_unknown";
        /// The document was signed later than the moment for which it is judged.
        SIGNING_TIME_IN_FUTURE = "validity.signing_time_in_future";
        /// The document signer has expired.
        DS_EXPIRED = "ds.expired";
        /// The document signer is not valid yet.
        DS_NOT_YET_VALID = "ds.not_yet_valid";
        /// The issuer has expired.
        CSCA_EXPIRED = "csca.expired";
        /// The issuer is not valid yet.
        CSCA_NOT_YET_VALID = "csca.not_yet_valid";

        /// The document signer's key is not meant for signatures.
        DS_KEY_USAGE = "ds.key_usage";
        /// The document signer was issued for another purpose.
        DS_EXTENDED_KEY_USAGE = "ds.extended_key_usage";
        /// The document signer is a certification authority.
        DS_IS_AUTHORITY = "ds.is_authority";
        /// The document signer has a critical extension that is not known.
        DS_UNKNOWN_CRITICAL_EXTENSION = "ds.unknown_critical_extension";
        /// The issuer has a critical extension that is not known.
        CSCA_UNKNOWN_CRITICAL_EXTENSION = "csca.unknown_critical_extension";
        /// The certificate names two different signature algorithms for itself.
        DS_ALGORITHM_MISMATCH = "ds.algorithm_mismatch";
        /// The issuer's key is not meant for certificates.
        CSCA_KEY_USAGE = "csca.key_usage";

        /// No revocation list of the issuer is at hand.
        REVOCATION_UNKNOWN = "revocation.unknown";
        /// The latest revocation list of the issuer is out of date.
        REVOCATION_STALE = "revocation.stale";
        /// The revocation lists of the issuer are older than the profile takes.
        REVOCATION_TOO_OLD = "revocation.too_old";
        /// The current revocation lists of the issuer are signed with a weaker key or hash than the profile takes.
        REVOCATION_LIST_BELOW_FLOOR = "revocation.list_below_floor";
        /// The document signer is revoked.
        DS_REVOKED = "ds.revoked";
        /// The document signer is suspended.
        DS_ON_HOLD = "ds.on_hold";
        /// The issuer is revoked, and with it everything that it signed.
        CSCA_REVOKED = "csca.revoked";
        /// No deviation list is at hand.
        DEVIATION_LIST_NOT_EVALUATED = "deviation_list.not_evaluated";
        /// The issuer's deviation list has this document.
        DEVIATION_LIST_MATCH = "deviation_list.match";

        /// The states in DG1, document signer and issuer differ.
        ISSUING_STATE_MISMATCH = "issuing_state.mismatch";
        /// A state's code is not known.
        ISSUING_STATE_UNKNOWN_CODE = "issuing_state.unknown_code";

        /// The file that this needs is not there or not verified.
        FILE_NOT_VERIFIED = "file.not_verified";
        /// A verified file cannot be decoded.
        FILE_MALFORMED = "file.malformed";

        /// How the chip was opened is not known.
        ACCESS_UNKNOWN = "access.unknown";
        /// EF.CardAccess offered other PACE variants than the signed file.
        ACCESS_CARD_ACCESS_MISMATCH = "access.card_access_mismatch";
        /// The chip offers no access protocol: whoever comes near reads it.
        ACCESS_UNPROTECTED = "access.unprotected";

        /// The signed files offer no chip authenticity.
        CHIP_NOT_OFFERED = "chip.not_offered";
        /// The signed files offer no active authentication.
        CHIP_ACTIVE_AUTHENTICATION_NOT_OFFERED = "chip.active_authentication_not_offered";
        /// The signed files offer no chip authentication.
        CHIP_CHIP_AUTHENTICATION_NOT_OFFERED = "chip.chip_authentication_not_offered";
        /// How the chip was opened is only what an unsigned file claims.
        ACCESS_NOT_ATTESTED = "access.not_attested";

        /// The dossier is not what the terminal signed.
        EVIDENCE_SIGNATURE_INVALID = "evidence.signature_invalid";
        /// The kind of the terminal's signature is not supported here.
        EVIDENCE_SIGNATURE_UNSUPPORTED = "evidence.signature_unsupported";
        /// The terminal's signature holds, and its key is not in the trust store.
        EVIDENCE_TERMINAL_UNKNOWN = "evidence.terminal_unknown";
        /// The time-stamp does not hold.
        EVIDENCE_TIME_STAMP_INVALID = "evidence.time_stamp_invalid";
        /// The time-stamp is over another dossier.
        EVIDENCE_TIME_STAMP_MISMATCH = "evidence.time_stamp_mismatch";
        /// The algorithm of the time-stamp is not supported here.
        EVIDENCE_TIME_STAMP_UNSUPPORTED = "evidence.time_stamp_unsupported";
        /// The time-stamp holds, and its authority is not in the trust store.
        EVIDENCE_TIME_STAMP_AUTHORITY_UNKNOWN = "evidence.time_stamp_authority_unknown";
        /// The proven time lies after the moment of judging: a clock is wrong.
        EVIDENCE_TIME_IN_FUTURE = "evidence.time_in_future";
        /// The dossier was stamped before it claims to have been read.
        EVIDENCE_TIME_CONTRADICTION = "evidence.time_contradiction";
        /// The card was read longer ago than the relying party allows.
        EVIDENCE_TOO_OLD = "evidence.too_old";

        /// Active authentication answered another challenge than the relying party's.
        CHIP_CHALLENGE_MISMATCH = "chip.challenge_mismatch";
        /// The dossier holds no answer over any challenge.
        CHIP_CHALLENGE_ABSENT = "chip.challenge_absent";
        /// The chip's authenticity does not follow from saved files.
        CHIP_NOT_PROVEN = "chip.not_proven";
        /// Active authentication is offered and was not done.
        CHIP_ACTIVE_AUTHENTICATION_NOT_DONE = "chip.active_authentication_not_done";
        /// The chip refused active authentication.
        CHIP_ACTIVE_AUTHENTICATION_REFUSED = "chip.active_authentication_refused";
        /// The chip's answer does not verify: it is not the genuine chip.
        CHIP_ACTIVE_AUTHENTICATION_FAILED = "chip.active_authentication_failed";
        /// The key or algorithm of active authentication is not supported here.
        CHIP_ACTIVE_AUTHENTICATION_UNSUPPORTED = "chip.active_authentication_unsupported";
        /// Chip authentication is offered and was not done.
        CHIP_CHIP_AUTHENTICATION_NOT_DONE = "chip.chip_authentication_not_done";
        /// The chip refused chip authentication.
        CHIP_CHIP_AUTHENTICATION_REFUSED = "chip.chip_authentication_refused";
        /// The chip does not hold the private key: it is not the genuine chip.
        CHIP_CHIP_AUTHENTICATION_FAILED = "chip.chip_authentication_failed";
        /// Chip authentication ran with another key than the signed one.
        CHIP_CHIP_AUTHENTICATION_KEY_MISMATCH = "chip.chip_authentication_key_mismatch";
        /// The key or protocol of chip authentication is not supported here.
        CHIP_CHIP_AUTHENTICATION_UNSUPPORTED = "chip.chip_authentication_unsupported";
        /// The signed files offer PACE with chip authentication mapping, which was not done.
        CHIP_PACE_CAM_NOT_DONE = "chip.pace_cam_not_done";
        /// The chip's data do not go with the signed key: it is not the genuine chip.
        CHIP_PACE_CAM_FAILED = "chip.pace_cam_failed";
        /// The chip sent no chip authentication data, or none that can be read.
        CHIP_PACE_CAM_DATA_MISSING = "chip.pace_cam_data_missing";
        /// EF.CardSecurity, which has the chip's signed key, is not there.
        CHIP_PACE_CAM_CARD_SECURITY_MISSING = "chip.pace_cam_card_security_missing";
        /// EF.CardSecurity is not signed as it must be.
        CHIP_PACE_CAM_CARD_SECURITY_INVALID = "chip.pace_cam_card_security_invalid";
        /// The signer of EF.CardSecurity, or its authority, is revoked.
        CHIP_PACE_CAM_SIGNER_REVOKED = "chip.pace_cam_signer_revoked";
        /// No anchor of the document's state signed the signer of EF.CardSecurity.
        CHIP_PACE_CAM_ISSUER_UNKNOWN = "chip.pace_cam_issuer_unknown";
        /// EF.CardSecurity has no key on the curve of PACE.
        CHIP_PACE_CAM_KEY_MISSING = "chip.pace_cam_key_missing";
        /// An algorithm or curve of the proof is not supported here.
        CHIP_PACE_CAM_UNSUPPORTED = "chip.pace_cam_unsupported";

        /// The chip's key is shorter, or its digest weaker, than the profile takes: the proof does not count.
        CHIP_PROOF_BELOW_FLOOR = "chip.proof_below_floor";
        /// The issuer says that the chip's key may be in other hands.
        CHIP_KEY_COMPROMISED = "chip.key_compromised";

        /// The card has expired.
        CARD_EXPIRED = "card.expired";
        /// The card's date of expiry cannot be read.
        CARD_EXPIRY_UNREADABLE = "card.expiry_unreadable";
        /// A check digit of the MRZ in DG1 does not fit.
        MRZ_CHECK_DIGIT = "mrz.check_digit";
        /// DG13 and DG1 contradict each other.
        DG13_CONTRADICTS_DG1 = "dg13.contradicts_dg1";
        /// The 12-digit number says other things of its holder than the data.
        NUMBER_CONTRADICTS_HOLDER = "number.contradicts_holder";
        /// The scanned QR code is not this chip's: there are two cards.
        QR_CONTRADICTS_CHIP = "qr.contradicts_chip";
        /// The MRZ on the data page is not this chip's: there are two cards.
        MRZ_DIFFERS_FROM_DATA_PAGE = "mrz.differs_from_data_page";
        /// What was taken from the print is no code and no MRZ.
        PRINTED_UNREADABLE = "printed.unreadable";
        /// What was taken from the print was not saved.
        PRINTED_WITHHELD = "printed.withheld";
    }
    noted {
        /// The chip was opened with BAC, not PACE.
        ACCESS_BAC_USED = "access.bac_used";
        /// The chip wanted its answer fetched in pieces.
        APDU_GET_RESPONSE = "apdu.get_response";
        /// The chip took the domain parameters' reference otherwise than stated.
        PACE_PARAMETER_REFERENCE = "pace.parameter_reference";
        /// The card was lost while it was read, came back, and was read on.
        CARD_RESUMED = "card.resumed";
        /// EF.CardAccess could be read only after a reset: another program had left the application selected.
        CARD_ACCESS_AFTER_APPLICATION = "card_access.after_application";
        /// Selecting a file ended with a warning, and the file could be read.
        SELECT_WARNING = "select.warning";
        /// The chip or the reader bears smaller blocks only than what fits.
        READ_BLOCK_REDUCED = "read.block_reduced";
        /// Extended length was tried though the chip does not state it.
        READ_EXTENDED_PROBED = "read.extended_probed";
        /// DG14 has a key for chip authentication and no protocol: 3DES was inferred.
        CHIP_AUTHENTICATION_INFO_MISSING = "chip_authentication.info_missing";
        /// The signature of active authentication does not fit through this reader or chip.
        ACTIVE_AUTHENTICATION_ANSWER_CUT = "active_authentication.answer_cut";
        /// The chip's answers came so late that it may lie elsewhere.
        TIMING_SLOW_ANSWERS = "timing.slow_answers";
        /// The reading noted a peculiarity that this version does not know.
        READING_OTHER = "reading.other";
        /// The issuer's deviation list explains the failure: it was failed and is undetermined.
        DEVIATION_LIST_APPLIED = "deviation_list.applied";
        /// Only the file's digest was kept.
        FILE_DIGEST_ONLY = "file.digest_only";
        /// The time of reading is claimed by the file alone.
        EVIDENCE_TIME_UNPROVEN = "evidence.time_unproven";
        /// When the document was signed is not said; the document signer is valid today.
        VALIDITY_SIGNING_TIME_ABSENT = "validity.signing_time_absent";
        /// The number in DG13 is not that of DG1.
        DG13_NUMBER_DIFFERS = "dg13.number_differs";
        /// The name in DG13 is not that of DG1.
        DG13_NAME_DIFFERS = "dg13.name_differs";
        /// The date of birth in DG13 is not that of DG1.
        DG13_BIRTH_DIFFERS = "dg13.birth_differs";
        /// The sex in DG13 is not that of DG1.
        DG13_SEX_DIFFERS = "dg13.sex_differs";
        /// The date of expiry in DG13 is not that of DG1.
        DG13_EXPIRY_DIFFERS = "dg13.expiry_differs";
        /// The last nine digits of the number are not the document number.
        NUMBER_DOCUMENT_NUMBER_DIFFERS = "number.document_number_differs";
        /// The fourth digit of the number is not of the holder's sex.
        NUMBER_SEX_DIFFERS = "number.sex_differs";
        /// The number is not of the holder's century or year of birth.
        NUMBER_BIRTH_YEAR_DIFFERS = "number.birth_year_differs";
        /// The first three digits of the number name no place that is known here.
        NUMBER_PLACE_UNKNOWN = "number.place_unknown";
        /// The card does not expire when cards of holders of this age do.
        CARD_EXPIRY_UNUSUAL = "card.expiry_unusual";
        /// The number in the QR code is not the chip's.
        QR_NUMBER_DIFFERS = "qr.number_differs";
        /// The number before 2021 in the QR code is not the chip's.
        QR_OLD_NUMBER_DIFFERS = "qr.old_number_differs";
        /// The name in the QR code is not the chip's.
        QR_NAME_DIFFERS = "qr.name_differs";
        /// The date of birth in the QR code is not the chip's.
        QR_BIRTH_DIFFERS = "qr.birth_differs";
        /// The sex in the QR code is not the chip's.
        QR_SEX_DIFFERS = "qr.sex_differs";
        /// The date of issue in the QR code is not the chip's.
        QR_ISSUE_DIFFERS = "qr.issue_differs";
        /// The name in the QR code did not come whole through the scanner, and was not compared.
        QR_TEXT_SPOILT = "qr.text_spoilt";
        /// The document number on the data page is not the chip's.
        DATA_PAGE_NUMBER_DIFFERS = "data_page.number_differs";
        /// The date of birth on the data page is not the chip's.
        DATA_PAGE_BIRTH_DIFFERS = "data_page.birth_differs";
        /// The date of expiry on the data page is not the chip's.
        DATA_PAGE_EXPIRY_DIFFERS = "data_page.expiry_differs";
        /// The sex on the data page is not the chip's.
        DATA_PAGE_SEX_DIFFERS = "data_page.sex_differs";
        /// The name on the data page is not the chip's.
        DATA_PAGE_NAME_DIFFERS = "data_page.name_differs";
        /// Something else in the MRZ on the data page is not the chip's.
        DATA_PAGE_OTHER_DIFFERS = "data_page.other_differs";
        /// The issuer's name is known here, but it has another key by now.
        CHAIN_NAME_KNOWN = "chain.name_known";
    }
    refused_in_strict {
        /// The chip answered a long read with a bare status, and was read on in a new session.
        SM_UNPROTECTED_STATUS = "sm.unprotected_status";
        /// A signed file offers PACE, or every document of its kind does, and the chip was opened without it all the same.
        ACCESS_PACE_SUPPRESSED = "access.pace_suppressed";
        /// No signed file confirms what EF.CardAccess offered.
        ACCESS_CARD_ACCESS_UNPROVEN = "access.card_access_unproven";
        /// The security object has one of the older or foreign content types.
        SOD_CONTENT_TYPE_OTHER = "sod.content_type_other";
        /// The signed attributes are not in DER order.
        CMS_ATTRIBUTES_NOT_DER = "cms.attributes_not_der";
        /// The signed message has another version than its content asks for.
        CMS_VERSION = "cms.version";
        /// Something follows the signed message inside EF.SOD; nothing of it is used.
        SOD_TRAILING_DATA = "sod.trailing_data";
        /// The signer identifier names the issuer in other string types or another order.
        SID_ISSUER_STRING_TYPE = "sid.issuer_string_type";
        /// The signer identifier fits no certificate; there was only one.
        SID_MISMATCH = "sid.mismatch";
        /// The key lies on another curve than the one declared.
        KEY_CURVE_CORRECTED = "key.curve_corrected";
        /// An ECDSA integer has needless leading zeros.
        ECDSA_INTEGER_NOT_MINIMAL = "ecdsa.integer_not_minimal";
        /// EF.COM and EF.SOD list different files, or give different versions.
        COM_INCONSISTENT = "com.inconsistent";
        /// EF.COM is not built as the standard says: its elements, its versions or its list.
        COM_NON_CONFORMANT = "com.non_conformant";
        /// EF.ATR/INFO does not state the sizes of commands and answers as the standard says.
        ATR_INFO_NON_CONFORMANT = "atr_info.non_conformant";
        /// The document signer does not say which key signed it.
        DS_AUTHORITY_KEY_IDENTIFIER_MISSING = "ds.authority_key_identifier_missing";
        /// The document signer has no key usage.
        DS_KEY_USAGE_MISSING = "ds.key_usage_missing";
        /// The key usage of the document signer is not marked as critical.
        DS_KEY_USAGE_NOT_CRITICAL = "ds.key_usage_not_critical";
        /// The document signer names no country, of itself or of its issuer.
        DS_COUNTRY_MISSING = "ds.country_missing";
        /// The document signer is not an X.509 certificate of version 3.
        DS_VERSION = "ds.version";
        /// The document signer's validity is not written in the form for its years.
        DS_TIME_ENCODING = "ds.time_encoding";
        /// The document signer signed outside the period of its private key.
        DS_PRIVATE_KEY_PERIOD = "ds.private_key_period";
        /// The issuer certified the document signer outside the period of its private key.
        CSCA_PRIVATE_KEY_PERIOD = "csca.private_key_period";
        /// The document signer is not meant for documents of this type.
        DS_DOCUMENT_TYPE = "ds.document_type";
        /// The key identifier in the document signer is not that of the key that signed it.
        CHAIN_KEY_IDENTIFIER_MISMATCH = "chain.key_identifier_mismatch";
        /// The issuer's name in the document signer is not that of the anchor.
        CHAIN_NAME_MISMATCH = "chain.name_mismatch";
        /// The anchor does not say that it is a certification authority.
        CSCA_NOT_AUTHORITY = "csca.not_authority";
        /// The hash of active authentication with ECDSA is not stated in DG14.
        AA_HASH_UNDECLARED = "aa.hash_undeclared";
        /// The answer of active authentication with ECDSA is DER-encoded.
        AA_SIGNATURE_DER = "aa.signature_der";
    }
}

/// One code for each of the sixteen data groups.
macro_rules! group_codes {
    ($($(#[doc = $doc:literal])+ $method:ident, $table:ident = $suffix:literal;)+) => {
        $(const $table: [ReasonCode; 16] = [
            ReasonCode(concat!("dg1.", $suffix)), ReasonCode(concat!("dg2.", $suffix)),
            ReasonCode(concat!("dg3.", $suffix)), ReasonCode(concat!("dg4.", $suffix)),
            ReasonCode(concat!("dg5.", $suffix)), ReasonCode(concat!("dg6.", $suffix)),
            ReasonCode(concat!("dg7.", $suffix)), ReasonCode(concat!("dg8.", $suffix)),
            ReasonCode(concat!("dg9.", $suffix)), ReasonCode(concat!("dg10.", $suffix)),
            ReasonCode(concat!("dg11.", $suffix)), ReasonCode(concat!("dg12.", $suffix)),
            ReasonCode(concat!("dg13.", $suffix)), ReasonCode(concat!("dg14.", $suffix)),
            ReasonCode(concat!("dg15.", $suffix)), ReasonCode(concat!("dg16.", $suffix)),
        ];)+

        impl ReasonCode {
            $($(#[doc = $doc])+
            pub fn $method(group: DataGroup) -> Self {
                // A data group is numbered 1–16.
                let index = usize::from(group.number()).saturating_sub(1);
                $table.get(index).copied().unwrap_or(ReasonCode::FILE_NOT_VERIFIED)
            })+
        }

        const GROUP_TABLES: &[[ReasonCode; 16]] = &[$($table,)+];
    };
}

group_codes! {
    /// The file does not have the signed hash.
    hash_mismatch, HASH_MISMATCH = "hash_mismatch";
    /// The signed EF.SOD lists the file, and the chip says that there is none.
    missing, MISSING = "missing";
    /// The signed EF.SOD lists the file, and it was not read.
    not_read, NOT_READ = "not_read";
    /// The signed EF.SOD lists the file, and it was not among those given.
    not_supplied, NOT_SUPPLIED = "not_supplied";
    /// The file is not listed in the signed EF.SOD: nothing of it is used.
    unlisted, UNLISTED = "unlisted";
    /// The file is there and behind an access right that this reader does not have, or was left out on purpose.
    present, PRESENT = "present";
    /// Reading the file broke off.
    read_aborted, READ_ABORTED = "read_aborted";
    /// Only digests by other algorithms than the signed one were kept.
    digest_unavailable, DIGEST_UNAVAILABLE = "digest_unavailable";
    /// The file is not built as the standard says. A finding, which `strict` refuses.
    non_conformant, NON_CONFORMANT = "non_conformant";
}

impl ReasonCode {
    /// Every code that there is.
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which refuses an index out of bounds")]
    pub const ALL: &[Self] = &{
        let mut all = [ReasonCode::FILE_NOT_VERIFIED; SINGLE.len() + GROUP_TABLES.len() * 16];
        let mut index = 0;
        while index < all.len() {
            all[index] = match index.checked_sub(SINGLE.len()) {
                None => SINGLE[index],
                Some(rest) => GROUP_TABLES[rest / 16][rest % 16],
            };
            index += 1;
        }
        all
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_code_is_there_once() {
        let distinct: BTreeSet<_> = ReasonCode::ALL.iter().collect();
        assert_eq!(distinct.len(), ReasonCode::ALL.len());
        assert_eq!(ReasonCode::ALL.len(), SINGLE.len() + 16 * GROUP_TABLES.len());
    }

    #[test]
    fn codes_of_data_groups_name_them() {
        for group in DataGroup::all() {
            let code = ReasonCode::hash_mismatch(group);
            assert_eq!(code.as_str(), alloc::format!("dg{}.hash_mismatch", group.number()));
            assert_eq!(ReasonCode::find(code.as_str()), Some(code));
        }
    }

    #[test]
    fn what_a_reading_notes_is_known() {
        for code in ["sm.unprotected_status", "read.block_reduced", "card.resumed", "select.warning"] {
            assert_eq!(ReasonCode::of_reading(code).as_str(), code);
        }
        // A reason that is no finding cannot come from a reading, whatever an edited file claims.
        assert_eq!(ReasonCode::of_reading("sod.signature_invalid"), ReasonCode::READING_OTHER);
    }

    #[test]
    fn findings_are_told_from_reasons() {
        assert!(ReasonCode::SM_UNPROTECTED_STATUS.is_finding() && ReasonCode::SM_UNPROTECTED_STATUS.is_refused_in_strict());
        assert!(ReasonCode::ACCESS_BAC_USED.is_finding() && !ReasonCode::ACCESS_BAC_USED.is_refused_in_strict());
        assert!(!ReasonCode::SOD_SIGNATURE_INVALID.is_finding());
        assert_eq!(alloc::format!("{}", ReasonCode::SOD_SIGNATURE_INVALID), "sod.signature_invalid");
    }

    #[test]
    fn codes_are_two_words_in_snake_case() {
        for code in ReasonCode::ALL {
            let (left, right) = code.as_str().split_once('.').unwrap_or_default();
            for part in [left, right] {
                assert!(
                    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                    "{code}"
                );
            }
        }
    }
}
