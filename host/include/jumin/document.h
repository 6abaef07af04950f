// What was read from a document: its files, and the person in them (9303-10).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_DOCUMENT_H
#define JUMIN_DOCUMENT_H

#include <jumin/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jumin_document;

// An empty document, to be filled with files that were kept elsewhere. jumin_reader_read makes its own.
JUMIN_EXPORT enum jumin_error jumin_document_new(struct jumin_document **document);
JUMIN_EXPORT void jumin_document_free(struct jumin_document *document);
JUMIN_EXPORT const char *jumin_document_detail(const struct jumin_document *document);

// --- Files -------------------------------------------------------------------------------------------------

enum jumin_file {
    JUMIN_FILE_CARD_ACCESS,
    JUMIN_FILE_CARD_SECURITY,
    JUMIN_FILE_ATR_INFO,
    JUMIN_FILE_DIR,
    JUMIN_FILE_COM,
    JUMIN_FILE_SOD,
    JUMIN_FILE_DG1, // DGn is JUMIN_FILE_DG1 + n - 1
    JUMIN_FILE_DG2,
    JUMIN_FILE_DG3,
    JUMIN_FILE_DG4,
    JUMIN_FILE_DG5,
    JUMIN_FILE_DG6,
    JUMIN_FILE_DG7,
    JUMIN_FILE_DG8,
    JUMIN_FILE_DG9,
    JUMIN_FILE_DG10,
    JUMIN_FILE_DG11,
    JUMIN_FILE_DG12,
    JUMIN_FILE_DG13,
    JUMIN_FILE_DG14,
    JUMIN_FILE_DG15,
    JUMIN_FILE_DG16,
    JUMIN_FILE_COUNT,
};

// "EF.CardAccess", "EF.SOD", "DG1". NULL when out of range.
JUMIN_EXPORT const char *jumin_file_name(enum jumin_file file);
// The bytes as the card gave them, owned by the document. JUMIN_ERROR_NO_SUCH_FILE when it was not read.
JUMIN_EXPORT enum jumin_error jumin_document_file(const struct jumin_document *document, enum jumin_file file,
                                                  const uint8_t **bytes, size_t *n);
// Copies `bytes` into the document in place of what was there.
JUMIN_EXPORT enum jumin_error jumin_document_set_file(struct jumin_document *document, enum jumin_file file,
                                                      const uint8_t *bytes, size_t n);

// --- How it was read ---------------------------------------------------------------------------------------

// The numbers of TR-03110-3 §A.1.1.1 and table 4; 0 is "none" or "any".
enum jumin_pace_mapping { JUMIN_PACE_ANY = 0, JUMIN_PACE_GM = 2, JUMIN_PACE_IM = 4, JUMIN_PACE_CAM = 6 };
// The block cipher of PACE and of the session after it. ARIA: RFC 5794.
enum jumin_cipher { JUMIN_CIPHER_ANY = 0, JUMIN_CIPHER_AES, JUMIN_CIPHER_ARIA, JUMIN_CIPHER_3DES };
struct jumin_pace_protocol {
    enum jumin_pace_mapping mapping;
    unsigned key_bits;  // 128, 192 (AES only), 256; 112: 3DES
    unsigned parameter; // 12 P-256, 13 brainpoolP256r1, 15 P-384, 16 brainpoolP384r1
    enum jumin_cipher cipher;
};

// How the card was opened.
enum jumin_access {
    JUMIN_ACCESS_NONE, // not at all: the document did not come from a card
    JUMIN_ACCESS_PACE,
    JUMIN_ACCESS_BAC,
};
JUMIN_EXPORT enum jumin_access jumin_document_access(const struct jumin_document *document);

// The PACE variant that was run. JUMIN_ERROR_NO_SUCH_FILE when none was.
JUMIN_EXPORT enum jumin_error jumin_document_pace(const struct jumin_document *document,
                                                  struct jumin_pace_protocol *protocol);

// --- The person --------------------------------------------------------------------------------------------
// Texts are UTF-8, ended by a zero byte and owned by the document; a field that is not there is "". Each call
// answers JUMIN_ERROR_NO_SUCH_FILE when the group was not read, JUMIN_ERROR_MALFORMED when its standard does
// not allow it (the detail says where); then the outputs are empty.

// Check digits that are wrong (9303-3 §4.9).
enum jumin_mrz_check {
    JUMIN_MRZ_CHECK_DOCUMENT_NUMBER = 1 << 0,
    JUMIN_MRZ_CHECK_BIRTH_DATE = 1 << 1,
    JUMIN_MRZ_CHECK_EXPIRY_DATE = 1 << 2,
    JUMIN_MRZ_CHECK_OPTIONAL = 1 << 3, // TD3 only
    JUMIN_MRZ_CHECK_COMPOSITE = 1 << 4,
};

// 9303-3, -4, -5, -6. Fillers at the end are dropped; those inside a name are spaces.
struct jumin_mrz {
    char text[91];         // as in DG1, without line ends
    unsigned lines;        // 3 for TD1, 2 for TD2 and TD3
    unsigned columns;      // 30, 36, 44
    char document_code[3]; // "ID"
    char issuing_state[4]; // "KOR"
    char document_number[23];
    char primary_name[40];   // "HONG"
    char secondary_name[40]; // "GIL DONG"
    char nationality[4];
    char birth_date[7];  // YYMMDD; unknown parts are '<'
    char expiry_date[7]; // YYMMDD
    char sex;            // 'M', 'F', or '<' when unspecified
    char optional_data_1[16];
    char optional_data_2[15];
    unsigned wrong_check_digits; // bits of enum jumin_mrz_check; 0: all are right
};

// DG1
JUMIN_EXPORT enum jumin_error jumin_document_mrz(struct jumin_document *document, struct jumin_mrz *mrz);

enum jumin_image_type { JUMIN_IMAGE_JPEG, JUMIN_IMAGE_JPEG2000 };

struct jumin_portrait {
    const uint8_t *image; // exactly the image's bytes, owned by the document
    size_t n;
    enum jumin_image_type type;
    unsigned width, height; // as the header says; 0 when it does not
};

// The first face of DG2, in an ISO 19794-5 or ISO 39794-5 record.
JUMIN_EXPORT enum jumin_error jumin_document_portrait(struct jumin_document *document,
                                                      struct jumin_portrait *portrait);

// DG11: additional personal details (9303-10 §4.7.11). Native scripts are kept as they are; in names '<<'
// stands between the primary and the secondary identifier where the issuer has put it.
struct jumin_person {
    const char *full_name; // 5F0E
    const char *other_names[8];
    size_t other_name_count;
    const char *personal_number; // 5F10
    const char *birth_date;      // 5F2B: YYYYMMDD
    const char *birth_place;     // 5F11
    const char *address;         // 5F42, parts separated by '<'
    const char *telephone;       // 5F12
    const char *profession;      // 5F13
    const char *title;           // 5F14
    const char *summary;         // 5F15
    const char *other_documents; // 5F17
    const char *custody;         // 5F18
};
JUMIN_EXPORT enum jumin_error jumin_document_person(struct jumin_document *document,
                                                    struct jumin_person *person);

// DG12: additional document details (9303-10 §4.7.12).
struct jumin_issue {
    const char *authority;              // 5F19
    const char *date;                   // 5F26: YYYYMMDD
    const char *endorsements;           // 5F1B
    const char *tax_exit;               // 5F1C
    const char *personalization_time;   // 5F55: YYYYMMDDhhmmss
    const char *personalization_system; // 5F56: its serial number
};
JUMIN_EXPORT enum jumin_error jumin_document_issue(struct jumin_document *document,
                                                   struct jumin_issue *issue);

// The groups that EF.SOD signs: bit n for data group n.
JUMIN_EXPORT enum jumin_error jumin_document_groups(struct jumin_document *document, uint32_t *groups);

#endif
