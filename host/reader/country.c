// Countries: the two letters of certificates and the three of machine readable zones (ISO 3166-1, 9303-3 §5).
// SPDX-License-Identifier: Apache-2.0
#include "host/reader/country.h"

// Alpha-2 and alpha-3 of each country, a space behind.
static const char countries[] =
    "ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE "
    "BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS "
    "BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN "
    "COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST "
    "EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF "
    "GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD "
    "HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM "
    "JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA "
    "LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD "
    "MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM "
    "NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG "
    "PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA "
    "SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD "
    "STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON "
    "TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR "
    "VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE "
    // Codes of 9303-3 §5 beside ISO 3166-1: Germany, Kosovo, European Union, United Nations and its agencies,
    // British passports of other kinds, and Utopia, which issues specimens.
    "DED   XKRKS KSRKS XKXKX EUEUE UNUNO UNUNA UNUNK GBGBD GBGBN GBGBO GBGBP GBGBS UTUTO ";

enum { ROW = 6 };

static bool letters_equal(const char *row, struct span letters, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t c = i < letters.n ? letters.p[i] : ' ';
        const uint8_t upper = c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
        if (upper != (uint8_t)row[i]) {
            return false;
        }
    }
    return letters.n <= n;
}

bool country_equal(struct span alpha_2, struct span alpha_3)
{
    for (size_t at = 0; at + ROW < sizeof countries; at += ROW) {
        if (letters_equal(countries + at, alpha_2, 2) && letters_equal(countries + at + 2, alpha_3, 3)) {
            return true;
        }
    }
    return false;
}
