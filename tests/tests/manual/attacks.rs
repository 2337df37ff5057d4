//! The attacks in our own words.

pub const HEAD: &str = "
Attacks on a reader of identity documents, bugs of readers that were in use, and what defeats each here.

Every row has tests that show the genuine card first, then the altered one with its outcome and its reason code. What a test fails for when
its defence is switched off is named in `tests/mutants.json`. The page is generated: `SOAT_BLESS=1 cargo test -p soat-tests --test manual`.
";

/// Number, attack, defence.
pub const ROWS: [(&str, &str, &str); 40] = [
    (
        "01",
        "A document signer that signs itself, an invented issuer of a genuine name, a link certificate that is none",
        "A path of one step to an anchor that the operator confirmed; its signature is verified, names decide nothing; otherwise never green",
    ),
    (
        "02",
        "The reader shows the data and never verifies a signature",
        "Signature, chain and hashes are mandatory in every profile; an identity cannot be built without them",
    ),
    (
        "03",
        "A wrong signature ends as a warning that is clicked away",
        "There is no warning: five outcomes and four results, and a wrong signature is a failure with exit code 1",
    ),
    (
        "04",
        "The files from which the chip would have to prove itself are left away, or offer what the reader does not understand",
        "What the signed EF.SOD lists and the chip does not give is a failure; an offer that is not understood is undetermined",
    ),
    (
        "05",
        "A file that the signed EF.SOD does not list is put beside the others",
        "It is a failure from a chip, and nothing of it is used from anywhere",
    ),
    ("06", "Only some of the files are hashed", "Every file that was read has a row of its own, and counts"),
    (
        "07",
        "Hashes are compared with a security object whose signature does not hold",
        "Hashes are to be had only from a type that a verified signature makes",
    ),
    (
        "08",
        "Signed attributes that are missing, doubled or wrong; several signers; hashes outside SHA-1 and SHA-2",
        "Each rule of the signed message is checked, over the bytes as received, each with its own reason",
    ),
    (
        "09",
        "The algorithm is taken from the certificate's own signature; parameters of PSS are constants",
        "SignerInfo names the algorithm; hash, mask and salt length are read from its parameters",
    ),
    ("10", "A certificate that names two algorithms for its one signature", "Both must be equal, parameters included"),
    (
        "11",
        "A certificate in a role that it was not issued for; an extension that must be understood and is not",
        "Roles by key usage, purposes and basic constraints; an unknown critical extension is refused in every profile",
    ),
    (
        "12",
        "One state's signer signs another state's document, behind a code that nobody knows perhaps",
        "The states of DG1, signer and issuer must agree; what is known and contradicts itself fails, whatever else is unknown",
    ),
    (
        "13",
        "A list of issuers that anyone made, or that brings its own root",
        "Two steps: a root is pinned by a fingerprint first; only a list that a signer under it signed is taken",
    ),
    (
        "14",
        "A missing, outdated, incomplete or foreign revocation list is taken as all clear",
        "None at hand is said and never green where it must be; a stale one is undetermined; a newer one neither goes back nor loses a revocation",
    ),
    (
        "15",
        "A deviation list that forgives a forgery",
        "Signed lists of the document's own state alone; a match makes a failure undetermined and nothing better; a compromised key of the chip fails",
    ),
    (
        "16",
        "A copy of the files on another chip",
        "The proof of the chip is compared with the key in a file whose hash is signed",
    ),
    (
        "17",
        "An answer of the chip that was recorded, a challenge used twice, an old reading shown as fresh",
        "The challenge is drawn anew, or is the relying party's and compared with the one in the answer; age is proven by the terminal's signature or a stamp",
    ),
    (
        "18",
        "Confusion of trailer, hash, width or sign in the RSA answer of the chip",
        "Every byte of the recovered message is accounted for; both legal representatives; the hash comes from the trailer, for ECDSA from DG14",
    ),
    (
        "19",
        "Going on under the keys from before chip authentication",
        "The session's keys are replaced and wiped; nothing can be sent under the old ones",
    ),
    (
        "20",
        "PACE is hidden so that the weaker BAC runs, or no protocol at all; EF.CardAccess is altered",
        "What was offered is compared with the signed DG14 and EF.CardSecurity; BAC is recorded with its reason; a failed PACE never becomes BAC, and a refused key never a reading in the clear",
    ),
    (
        "21",
        "Points off the curve or at infinity, numbers outside the subgroup, the terminal's own key sent back",
        "Refused before they are used",
    ),
    (
        "22",
        "Chip authentication mapping with wrong or missing data, or a key that nobody signed",
        "The key comes from an EF.CardSecurity that hangs on an anchor of the document's state",
    ),
    (
        "23",
        "An answer under secure messaging without a right MAC, or without any protection",
        "It yields no data and ends the session; a bare length status to READ BINARY may be answered once by a shorter one",
    ),
    (
        "24",
        "A wrong key is repeated until the card is blocked",
        "One try, and access denied; a counter that is low is told first, and a blocked password is not tried",
    ),
    (
        "25",
        "An image that asks a decoder for gigabytes",
        "The face is decoded after its hash passed, and after its stated dimensions were looked at",
    ),
    (
        "26",
        "Lengths that are huge, negative, overlong or nested without end",
        "One cursor with bounds on length and depth, fuzzed, also where a word has 32 bits",
    ),
    (
        "27",
        "An RSA signature made without the key, by what a lax comparison leaves open",
        "The whole encoded message is built anew and compared",
    ),
    ("28", "An ECDSA signature of zeros, or of the order", "Both integers must lie between one and the order"),
    (
        "29",
        "Explicit curve parameters with a generator of the forger's own",
        "Every part must be that of one known curve, which then is what is computed on",
    ),
    (
        "30",
        "What is verified is not what is used: a second file, a second certificate, bytes behind the file",
        "Data come from verified bytes alone; the certificate that verified is the one that is judged",
    ),
    (
        "31",
        "Certificates, lists and stores that cost without bound to look through",
        "Budgets on extensions and signatures; lists are searched and not unfolded",
    ),
    (
        "32",
        "The printed QR code is taken for the person's identity, or is another card's",
        "The code is a key; its fields are compared with the chip, and what is shown is the chip's",
    ),
    (
        "33",
        "A clock that is set back revives what has expired",
        "Time is an argument; a signature from the future and clocks that contradict each other are undetermined",
    ),
    ("34", "The report of one card with the files of another", "One dossier with one digest, which stands in the report"),
    (
        "35",
        "A chip that never ends: waiting, parts without end, files without end",
        "Bounds on time, bytes, commands, rounds and sizes",
    ),
    ("36", "A data group that is listed twice in the security object", "Refused"),
    ("37", "A security object that contradicts its own version, or lists what does not exist", "Refused"),
    ("37a", "Another card comes back after a lost tag", "EF.SOD is read again and must be equal; otherwise nothing is kept"),
    ("38", "Personal data are shown before the verdict", "An identity exists only in a report that passed"),
    (
        "39",
        "The card lies elsewhere, and a relay passes its answers on",
        "No cryptography stops it: a gate needs a second factor. Answers that come too late are noted in the report beside how the chip was opened",
    ),
];
