//! Time-stamp tokens (RFC 3161): that a digest existed at a moment, by the word of an authority that was pinned beforehand.
//!
//! Only what a dossier needs: requests over SHA-256 without a nonce (the digest is of one dossier and never asked for twice), and tokens
//! whose authority's certificate stands in them.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::certificate::Certificate;
use super::certificate::extensions::TIME_STAMPING;
use super::certificate::validity;
use super::cms::{CmsError, SignedData, VerifiedMessage};
use crate::crypto::{Digest, DigestAlgorithm, Provider};
use crate::time::Timestamp;
use crate::tlv::asn1::{BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, context};
use crate::tlv::{Cursor, Element, Rules, TlvError};

/// id-ct-TSTInfo (RFC 3161 §2.4.2)
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// id-aa-signingCertificate (RFC 2634 §5.4), whose hash is SHA-1
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// id-aa-signingCertificateV2 (RFC 5035 §3)
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// Why a time-stamp is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeStampError {
    /// The authority answered that it does not grant the request: PKIStatus.
    #[error("the time-stamp authority refused: status {0}")]
    Refused(u32),
    /// The token is broken or its signature does not hold.
    #[error("the time-stamp token: {0}")]
    Message(#[from] CmsError),
    /// A structure is broken.
    #[error("the time-stamp is not readable: {0}")]
    Structure(#[from] TlvError),
    /// A version other than 1.
    #[error("the time-stamp has version {0}, and only version 1 is known here")]
    Version(u32),
    /// A hash other than SHA-256.
    #[error("the time-stamp is not over SHA-256")]
    Digest,
    /// The token is over another digest.
    #[error("the time-stamp belongs to something else")]
    ImprintMismatch,
    /// The certificate is not one for time-stamps and nothing else (RFC 3161 §2.3).
    #[error("the certificate of the time-stamp authority is not one for time-stamps")]
    SignerUsage,
    /// The token does not name the certificate under which its signature holds (RFC 3161 §2.4.2, RFC 5816).
    #[error("the time-stamp names another certificate than the one that signed it")]
    SigningCertificate,
    /// The authority's certificate, or what it hangs on, was not valid at the moment of the stamp.
    #[error("a certificate of the time-stamp authority was not valid then")]
    NotValid,
    /// The signature holds, and its certificate hangs on no authority that is believed here.
    #[error("the time-stamp authority is not known here")]
    AuthorityUnknown,
}

/// A request for a time-stamp over a digest, with the authority's certificate asked for.
///
/// ```text
/// TimeStampReq ::= SEQUENCE { version INTEGER (1), messageImprint MessageImprint, certReq BOOLEAN }
/// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }
/// ```
/// Source: RFC 3161 §2.4.1. `None` where the digest is not one of SHA-256.
pub fn request(digest: &Digest) -> Option<Vec<u8>> {
    const BEFORE: [u8; 24] = [
        0x30, 0x39, 0x02, 1, 1, 0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
        0x00, 0x04, 0x20,
    ];
    const AFTER: [u8; 3] = [0x01, 0x01, 0xFF];
    (digest.as_ref().len() == DigestAlgorithm::Sha256.output_len()).then(|| [&BEFORE, digest.as_ref(), &AFTER].concat())
}

/// The token of an authority's answer.
///
/// ```text
/// TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo OPTIONAL }
/// PKIStatusInfo ::= SEQUENCE { status INTEGER, statusString PKIFreeText OPTIONAL, failInfo BIT STRING OPTIONAL }
/// ```
///
/// # Errors
/// [`TimeStampError::Refused`] where it grants none; [`TimeStampError::Structure`] where it is no answer.
pub fn token_of_response(bytes: &[u8]) -> Result<&[u8], TimeStampError> {
    let mut outer = Cursor::new(bytes, Rules::Der);
    let mut response = outer.sequence()?;
    outer.finish()?;
    // Granted, or granted with modifications.
    match response.sequence()?.small_integer()? {
        0 | 1 => {}
        refused => return Err(TimeStampError::Refused(refused)),
    }
    let token = response.expect(SEQUENCE)?;
    response.finish()?;
    Ok(token.raw)
}

/// A time-stamp whose signature was verified up to a pinned authority. It cannot be made in any other way than [`TimeStamp::verify`].
///
/// ```text
/// TSTInfo ::= SEQUENCE {
///     version         INTEGER (1),
///     policy          OBJECT IDENTIFIER,
///     messageImprint  MessageImprint,
///     serialNumber    INTEGER,
///     genTime         GeneralizedTime,
///     accuracy        SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER OPTIONAL, micros [1] INTEGER OPTIONAL } OPTIONAL,
///     ordering        BOOLEAN DEFAULT FALSE,
///     nonce           INTEGER OPTIONAL,
///     tsa             [0] GeneralName OPTIONAL,
///     extensions      [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct TimeStamp {
    time: Timestamp,
    accuracy: u32,
    signer: Certificate,
}

impl TimeStamp {
    /// Verifies a token over `digest`: its signature, that it is over this digest, its certificate's purpose and validity, and that the
    /// certificate is one of `authorities` or was issued by one.
    ///
    /// # Errors
    /// The first rule that it breaks; [`TimeStampError::AuthorityUnknown`] only where all else holds.
    pub fn verify<'a>(
        token: &[u8],
        digest: &Digest,
        authorities: impl IntoIterator<Item = &'a Certificate>,
        provider: &dyn Provider,
    ) -> Result<Self, TimeStampError> {
        let mut outer = Cursor::new(token, Rules::Ber);
        outer.expect(SEQUENCE)?;
        outer.finish()?;
        let message = SignedData::from_ber(token)?.verify(provider)?.holding(TST_INFO)?;
        let (imprint, time, accuracy) = read_info(message.content())?;
        if imprint != digest.as_ref() {
            return Err(TimeStampError::ImprintMismatch);
        }
        let signer = message.signer();
        let extensions = &signer.extensions;
        let only_time_stamping = extensions.extended_key_usage.as_deref() == Some([TIME_STAMPING].as_slice());
        if !only_time_stamping || !extensions.extended_key_usage_critical || !extensions.unknown_critical.is_empty() {
            return Err(TimeStampError::SignerUsage);
        }
        if !names_its_signer(&message, provider)? {
            return Err(TimeStampError::SigningCertificate);
        }
        if !signer.validity.contains(time) {
            return Err(TimeStampError::NotValid);
        }
        let pinned = authorities.into_iter().find(|authority| is_pinned_by(signer, authority, provider));
        let pinned = pinned.ok_or(TimeStampError::AuthorityUnknown)?;
        if !pinned.validity.contains(time) {
            return Err(TimeStampError::NotValid);
        }
        Ok(Self { time, accuracy, signer: signer.clone() })
    }

    /// genTime, whole seconds: the digest existed at this moment.
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// By how many seconds the authority's clock may be off, rounded up.
    pub fn accuracy(&self) -> u32 {
        self.accuracy
    }

    /// The certificate under which the signature holds.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }
}

/// The imprint, genTime and accuracy of a TSTInfo.
fn read_info(content: &[u8]) -> Result<(&[u8], Timestamp, u32), TimeStampError> {
    let mut outer = Cursor::new(content, Rules::Der);
    let mut info = outer.sequence()?;
    outer.finish()?;
    match info.small_integer()? {
        1 => {}
        version => return Err(TimeStampError::Version(version)),
    }
    info.object_identifier()?;
    let mut imprint = info.sequence()?;
    let hash = imprint.sequence()?.object_identifier()?;
    if DigestAlgorithm::from_object_identifier(hash) != Some(DigestAlgorithm::Sha256) {
        return Err(TimeStampError::Digest);
    }
    let digest = imprint.expect(OCTET_STRING)?.value;
    imprint.finish()?;
    info.expect(INTEGER)?;
    let time = generation_time(&info.expect(GENERALIZED_TIME)?)?;
    let accuracy = match info.optional(SEQUENCE)? {
        Some(accuracy) => {
            let mut parts = accuracy.children()?;
            let seconds = if parts.peek() == Some(INTEGER) { parts.small_integer()? } else { 0 };
            seconds.saturating_add(u32::from(!parts.is_empty()))
        }
        None => 0,
    };
    info.optional(BOOLEAN)?;
    info.optional(INTEGER)?;
    info.optional(context(0, true))?;
    info.optional(context(1, true))?;
    info.finish()?;
    Ok((digest, time, accuracy))
}

/// A GeneralizedTime that may have a fraction of a second, which is cut off.
fn generation_time(element: &Element<'_>) -> Result<Timestamp, TlvError> {
    let (Some(whole), Some(fraction)) = (element.value.get(..14), element.value.get(14..)) else {
        return validity::time(element);
    };
    let is_fraction = match fraction {
        [b'.', digits @ .., b'Z'] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !is_fraction {
        return validity::time(element);
    }
    let without = [&[0x18, 0x0F], whole, b"Z"].concat();
    validity::time(&Cursor::new(&without, Rules::Der).expect(GENERALIZED_TIME)?)
}

/// Whether the signed attributes name the certificate under which the signature holds.
///
/// ```text
/// SigningCertificate   ::= SEQUENCE { certs SEQUENCE OF ESSCertID, … }
/// ESSCertID            ::= SEQUENCE { certHash OCTET STRING (SHA-1), issuerSerial IssuerSerial OPTIONAL }
/// SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }
/// ESSCertIDv2          ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT sha256, certHash OCTET STRING, … }
/// ```
fn names_its_signer(message: &VerifiedMessage, provider: &dyn Provider) -> Result<bool, TimeStampError> {
    let first = |value: &[u8]| -> Result<(Option<ObjectIdentifier>, Vec<u8>), TlvError> {
        let mut certificate = Cursor::new(value, Rules::Ber).sequence()?.sequence()?.sequence()?;
        let hash = match certificate.optional(SEQUENCE)? {
            Some(algorithm) => Some(algorithm.children()?.object_identifier()?),
            None => None,
        };
        Ok((hash, certificate.octet_string()?.into_owned()))
    };
    let (algorithm, hash) = if let Some(value) = message.signed_attribute(SIGNING_CERTIFICATE_V2)? {
        let (algorithm, hash) = first(&value)?;
        (algorithm.map_or(Some(DigestAlgorithm::Sha256), DigestAlgorithm::from_object_identifier), hash)
    } else if let Some(value) = message.signed_attribute(SIGNING_CERTIFICATE)? {
        (Some(DigestAlgorithm::Sha1), first(&value)?.1)
    } else {
        return Ok(false);
    };
    Ok(algorithm.is_some_and(|algorithm| provider.digest(algorithm, &[message.signer().as_der()]).as_ref() == hash))
}

/// Whether a pinned certificate is the signer's own, or that of the authority that issued it.
fn is_pinned_by(signer: &Certificate, pinned: &Certificate, provider: &dyn Provider) -> bool {
    if pinned.as_der() == signer.as_der() {
        return true;
    }
    pinned.extensions.is_certificate_authority()
        && signer.issuer.matches(&pinned.subject)
        && signer.algorithms_agree()
        && pinned.public_key().is_ok_and(|key| signer.verify_signed_by(&key, provider).is_ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A time with a fraction of a second (RFC 3161 §2.4.2), which is left out.
    #[test]
    fn times_with_fractions_of_a_second() {
        let time = |text: &[u8]| {
            let bytes = [&[0x18, u8::try_from(text.len()).unwrap()], text].concat();
            generation_time(&Cursor::new(&bytes, Rules::Der).expect(GENERALIZED_TIME).unwrap())
        };
        let moment = Timestamp(1_600_000_000);
        for text in [&b"20200913122640Z"[..], b"20200913122640.5Z", b"20200913122640.000001Z"] {
            assert_eq!(time(text), Ok(moment), "{text:?}");
        }
        for text in [
            &b"20200913122640.Z"[..],
            b"20200913122640.5",
            b"20200913122640,5Z",
            b"20200913122640.5xZ",
            b"20201313122640.5Z",
            b"",
        ] {
            assert!(time(text).is_err(), "{text:?}");
        }
    }
}
