//! States by their codes: three letters in the MRZ (ICAO 9303-3 §5), two in certificates (ISO 3166-1).

/// Pairs of a certificate's code and an MRZ's code, parted by blanks: ISO 3166-1 alpha-2 and alpha-3.
const STATES: &str = "\
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA \
BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG \
CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU \
EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL \
GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD \
IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO \
LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG \
MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL \
NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU \
RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV \
SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA \
UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

/// What ISO 3166-1 does not have, or has otherwise: Germany's one letter; the European Union, the United Nations and their agencies;
/// Kosovo; the British codes of nationality; Hong Kong and Macao, whose documents are issued by China.
const SPECIAL: &str = "\
DED EUEUE UNUNO UNUNA UNUNK KSRKS XKRKS GBGBD GBGBN GBGBO GBGBP GBGBS HKCHN MOCHN CNHKG CNMAC";

fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    // All states are as wide, so that they are found without looking at each letter.
    let states = (0..STATES.len()).step_by(6).filter_map(|start| STATES.get(start..start + 5));
    states.chain(SPECIAL.split(' ')).filter_map(|pair| pair.split_at_checked(2))
}

/// Whether an MRZ's code, without fillers, is known.
pub fn is_state(mrz: &str) -> bool {
    pairs().any(|(_, state)| state == mrz)
}

/// Whether a certificate's code, in capitals, is known.
pub fn is_country(certificate: &str) -> bool {
    pairs().any(|(country, _)| country == certificate)
}

/// Whether a state's code in the MRZ and a country's code in a certificate mean the same state.
pub fn agree(mrz: &str, certificate: &str) -> bool {
    pairs().any(|pair| pair == (certificate, mrz))
}

/// Whether the codes of two certificates mean the same state. Hong Kong and Macao sign for China.
pub fn same_state(one: &str, other: &str) -> bool {
    one == other || pairs().any(|(country, state)| country == one && agree(state, other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn the_table_has_every_state_once() {
        let all: BTreeSet<_> = STATES.split(' ').collect();
        assert_eq!(all.len(), 249);
        assert!(all.iter().all(|pair| pair.len() == 5 && pair.bytes().all(|letter| letter.is_ascii_uppercase())));
        let (countries, states): (BTreeSet<_>, BTreeSet<_>) = all.iter().map(|pair| pair.split_at(2)).unzip();
        assert_eq!((countries.len(), states.len()), (249, 249));
    }

    #[test]
    fn states_and_their_certificates() {
        for (mrz, certificate) in
            [("VNM", "VN"), ("D", "DE"), ("EUE", "EU"), ("UNO", "UN"), ("RKS", "KS"), ("CHN", "HK"), ("NLD", "NL")]
        {
            assert!(agree(mrz, certificate), "{mrz} {certificate}");
        }
        for (mrz, certificate) in [("VNM", "DE"), ("D", "VN"), ("DEU", "NL"), ("XXX", "VN"), ("", ""), ("VNM", "")] {
            assert!(!agree(mrz, certificate), "{mrz} {certificate}");
        }
        assert!(same_state("VN", "VN") && same_state("HK", "CN") && same_state("KS", "XK"));
        assert!(!same_state("VN", "DE") && !same_state("DE", "EU") && !same_state("VN", "ZZ"));
        assert!(is_state("VNM") && !is_state("ZZZ") && !is_state(""));
        assert!(is_country("VN") && !is_country("ZZ") && !is_country(""));
    }
}
