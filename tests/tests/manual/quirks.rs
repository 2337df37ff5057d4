//! The quirks in our own words.

pub const HEAD: &str = "
What genuine documents do against the standard, and how they are read and judged all the same.

Every row is read from the virtual chip and judged under both profiles: `operational` reads through and says so beside the check, `strict`
refuses what BSI TR-03105 refuses. The page is generated: `SOAT_BLESS=1 cargo test -p soat-tests --test manual`.
";

/// Number, quirk, handling, what `strict` makes of it.
pub const ROWS: [(&str, &str, &str, &str); 28] = [
    (
        "01",
        "A long READ BINARY is answered by a bare status, outside the session",
        "Once a shorter one follows, with the counter as before; then a new session",
        "failed: `sm.unprotected_status`",
    ),
    (
        "02",
        "Reads beyond 192 or 112 bytes are refused, cut, or answered by an odd status",
        "Ever smaller blocks, remembered; `read.block_reduced`",
        "genuine",
    ),
    (
        "03",
        "Answers in parts; an empty answer to the longest Le; a signature that does not fit",
        "GET RESPONSE; the longest Le is never sent; a cut signature is none and leaves the chip unproven; extended length only where it is stated, or asked for",
        "genuine; where the signature was cut: undetermined",
    ),
    ("04", "SELECT of the master file is refused in many ways", "It is never sent", "genuine"),
    (
        "05",
        "EF.CardAccess is hidden once the application is selected, warns, or is not there",
        "It is read first, after a reset where another program was there; a warning is noted; without it BAC",
        "genuine",
    ),
    (
        "06",
        "MSE:Set AT wants the reference of the parameters, or refuses it",
        "Sent where there is a choice; once more the other way",
        "genuine",
    ),
    ("07", "Le where no data come is refused; BAC is not offered", "Commands without Le; an error of its own", "genuine"),
    ("08", "PACE alone, by each mapping, on curves and in prime fields", "All of them, with command chaining", "genuine"),
    (
        "09",
        "A security object with indefinite lengths and its content in segments",
        "A cursor for BER; the file ends where its end stands",
        "genuine",
    ),
    (
        "10",
        "The signed content has an older type, a manufacturer's, or that of plain data",
        "A list of known ones",
        "failed: `sod.content_type_other`",
    ),
    (
        "11",
        "The signed attributes are in another order than that of DER, and signed so or otherwise",
        "As received first, then sorted",
        "failed: `cms.attributes_not_der`",
    ),
    (
        "12",
        "The signer's name in another string type or order; key identifiers absent or wrong",
        "Normalised names, then the only certificate; the issuer is found by its signature",
        "failed: `sid.issuer_string_type`, `sid.mismatch`, `ds.authority_key_identifier_missing`, `chain.key_identifier_mismatch`; a signer named by its key is genuine",
    ),
    (
        "13",
        "One name with several keys; serials that are negative or stand twice",
        "The anchor is the one whose key signed; serials are bytes",
        "genuine",
    ),
    (
        "14",
        "The curve that is declared is not the one of the key; integers with needless zeros",
        "The one standard curve of that size on which the point lies; none is a failure",
        "failed: `key.curve_corrected`, `ecdsa.integer_not_minimal`",
    ),
    (
        "15",
        "The files are hashed otherwise than the signature; PSS without parameters",
        "Each from its own field; the defaults of RFC 4055",
        "genuine",
    ),
    ("16", "Keys that spell out their curve", "Every part is compared with a known curve", "genuine"),
    (
        "17",
        "A signer without key usage, that has expired since, or does not say when it signed",
        "Three dates: signing, issue, now",
        "failed: `ds.key_usage_missing`, `ds.time_encoding`, `ds.document_type`, `ds.expired`; without a signing time genuine",
    ),
    (
        "18",
        "A key for chip authentication without its protocol; a chip that breaks it off",
        "3DES is inferred; what was read stays, and the other proof counts",
        "genuine",
    ),
    (
        "19",
        "Answers of the chip with or without leading zeros, in either sign, plain or DER; a hash that is nowhere stated",
        "Fixed width, both encodings, each permitted hash",
        "failed: `aa.hash_undeclared`, `aa.signature_der`; the forms of RSA are genuine",
    ),
    (
        "20",
        "Lengths inside DG2 that lie, padding behind files and images, a bare code stream",
        "The file's own length decides; the image is found by how it begins",
        "genuine",
    ),
    (
        "21",
        "EF.COM and EF.SOD list different files; no EF.COM",
        "EF.SOD decides",
        "failed: `com.inconsistent`; without EF.COM undetermined in both",
    ),
    ("22", "Files in other encodings than a writer would choose", "Raw bytes are kept and hashed", "genuine"),
    ("23", "Dates in BCD, empty texts and fillers in DG11 and DG12", "Each field by itself; none is fatal", "genuine"),
    (
        "24",
        "Long document numbers, the state `D`, a card without expiry",
        "Canonical forms; 991231 is compared with nothing",
        "genuine",
    ),
    ("25", "After BAC the files under the master file are refused", "The application is selected first", "genuine"),
    ("26", "Files longer than 32,767 bytes", "READ BINARY with the odd instruction", "genuine"),
    (
        "27",
        "The tag is lost in the middle",
        "Laid on again it is opened anew, is the same card, and goes on where it was; `card.resumed`",
        "genuine",
    ),
    ("28", "Readers that lose long answers or know no extended length", "The same ladder of blocks", "genuine"),
];
