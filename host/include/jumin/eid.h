// A terminal in the eID application: PACE, Terminal and Chip Authentication version 2, then what its rights
// allow (TR-03110-2 §3.2 to §3.5, TR-03110-4 §2.2).
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_reader_new(&reader, transport);
//     jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, "123456");
//     struct jumin_eid_request request = {.terminal = store, .trust = trust, .time = now,
//                                         .born_until = "20071231"};
//     jumin_eid_open(&eid, reader, &request);
//     jumin_eid_verify(eid, JUMIN_EID_AGE, &adult);
#ifndef JUMIN_EID_H
#define JUMIN_EID_H

#include <jumin/reader.h>
#include <jumin/terminal.h>

struct jumin_eid;

// Days on the card are days in Korea, whose clock is ahead of UTC by so many seconds, all year.
enum { JUMIN_KOREAN_CLOCK = 9 * 3600 };

struct jumin_eid_request {
    struct jumin_terminal *terminal; // stays the caller's and must outlive the session
    const struct jumin_trust *trust; // who may sign EF.CardSecurity; not used after jumin_eid_open
    int64_t time;                    // now, in seconds since 1970
    jumin_rights rights;             // asked for; 0: all that the terminal's certificate has
    const char *born_until;          // for JUMIN_EID_AGE: YYYYMMDD, the last birth date that passes; or NULL
    const uint8_t *municipality;     // for JUMIN_EID_MUNICIPALITY: the beginning of DG18's content, or NULL
    size_t municipality_length;
};

// Connects and runs, with the reader's password and options: EF.CardAccess, PACE with the rights asked for,
// EF.CardSecurity and passive authentication of it, Terminal Authentication, Chip Authentication, and selects
// the application. The reader must outlive the session, and one that is used for something else ends it. On
// failure `*eid` is NULL and jumin_reader_detail says which step failed:
// JUMIN_ERROR_NOT_AUTHORIZED   what is asked for is not in the certificate, or the password not allowed to it
// JUMIN_ERROR_TERMINAL_REFUSED the card does not take a certificate or the signature
// JUMIN_ERROR_SIGNER_UNKNOWN   no certificate leads to what the card trusts; or EF.CardSecurity's signer is
//                              not trusted here, and the other errors of verification likewise
// JUMIN_ERROR_CLONED           the chip does not hold the key of EF.CardSecurity
JUMIN_EXPORT enum jumin_error jumin_eid_open(struct jumin_eid **eid, struct jumin_reader *reader,
                                             const struct jumin_eid_request *request);
// Ends the session and wipes what was read. NULL is allowed.
JUMIN_EXPORT void jumin_eid_free(struct jumin_eid *eid);
JUMIN_EXPORT const char *jumin_eid_detail(const struct jumin_eid *eid);
// What card and certificates have granted: the rights asked for that every certificate of the chain has.
JUMIN_EXPORT jumin_rights jumin_eid_rights(const struct jumin_eid *eid);

// --- Questions ---------------------------------------------------------------------------------------------

enum jumin_eid_question {
    JUMIN_EID_AGE,          // was the holder born on the day given in the request, or earlier?
    JUMIN_EID_VALIDITY,     // has the document not expired on the day of the request, in Korea?
    JUMIN_EID_MUNICIPALITY, // does the holder live where the request says?
};
JUMIN_EXPORT enum jumin_error jumin_eid_verify(struct jumin_eid *eid, enum jumin_eid_question question,
                                               bool *yes);

enum { JUMIN_EID_IDENTIFIER_MAX = 64 };
enum jumin_eid_identifier {
    JUMIN_EID_PSEUDONYM, // by which a sector knows the holder again, with
                         // JUMIN_RIGHT_RESTRICTED_IDENTIFICATION
    JUMIN_EID_BLOCKING,  // by which a sector knows a card that was lost, for every authentication terminal
};
// Restricted Identification: what the card is called in a sector and nowhere else. `sector_key` is a public
// key data object (7F49) with domain parameters, whose hash the terminal's certificate names first.
// JUMIN_ERROR_TERMINAL_REFUSED when it does not.
JUMIN_EXPORT enum jumin_error jumin_eid_identify(struct jumin_eid *eid, enum jumin_eid_identifier kind,
                                                 const uint8_t *sector_key, size_t n,
                                                 uint8_t identifier[JUMIN_EID_IDENTIFIER_MAX],
                                                 size_t *length);

// --- Data groups -------------------------------------------------------------------------------------------

enum { JUMIN_EID_GROUPS = 22 };
// "DocumentType" … "EmailAddress" (TR-03110-4 §2.2.3.1); NULL for a number that is no data group.
JUMIN_EXPORT const char *jumin_eid_group_name(unsigned group);

enum jumin_eid_kind {
    JUMIN_EID_TEXT,     // DG1, 2, 4 to 7, 10, 11, 13, 19 to 22
    JUMIN_EID_DATE,     // DG3, 8, 15: YYYYMMDD, blanks for what is not known
    JUMIN_EID_PLACE,    // DG9, 17
    JUMIN_EID_BYTES,    // DG14, 18
    JUMIN_EID_OPTIONAL, // DG12
};
// The kind of a data group; JUMIN_EID_BYTES for a number that is no data group.
JUMIN_EXPORT enum jumin_eid_kind jumin_eid_group_kind(unsigned group);

// Fields that are not there are "". A place in one text has that alone.
struct jumin_eid_place {
    const char *street, *city, *state, *country, *zipcode;
    const char *text;
    bool unknown; // `text` says why there is no place
};

struct jumin_eid_optional {
    const char *identifier; // object identifier, "2.25.…"
    const char *text;       // when the value is a character string, else ""
    const uint8_t *value;   // DER, whole; NULL when there is none
    size_t n;
};

enum { JUMIN_EID_PLACES_MAX = 8, JUMIN_EID_OPTIONAL_MAX = 8 };

// A data group taken apart: what belongs to its kind is set, the rest is zero. Texts are UTF-8 and end with a
// zero byte. All are owned by the session.
struct jumin_eid_value {
    enum jumin_eid_kind kind;
    const char *text; // TEXT, DATE
    size_t count;     // PLACE, OPTIONAL
    struct jumin_eid_place places[JUMIN_EID_PLACES_MAX];
    struct jumin_eid_optional optional[JUMIN_EID_OPTIONAL_MAX];
    const uint8_t *bytes; // BYTES; also a text that is compressed (DG19, DG20; raw DEFLATE, RFC 1951)
    size_t n;
    const uint8_t *file; // as the card gave it
    size_t file_length;
};

// Reads a data group to its end, once; later calls answer from what was read. JUMIN_ERROR_NOT_AUTHORIZED
// without the right to it, JUMIN_ERROR_NO_SUCH_FILE when the card lacks it, JUMIN_ERROR_MALFORMED when it
// cannot be taken apart: then only `file` is set.
JUMIN_EXPORT enum jumin_error jumin_eid_read(struct jumin_eid *eid, unsigned group,
                                             struct jumin_eid_value *value);
// Replaces DG17 to DG22. Of `value` is used what belongs to the group's kind; one place, or several for DG17.
// The card writes the group whole or not at all.
JUMIN_EXPORT enum jumin_error jumin_eid_write(struct jumin_eid *eid, unsigned group,
                                              const struct jumin_eid_value *value);
// The same with the file's bytes as they are to stand on the card.
JUMIN_EXPORT enum jumin_error jumin_eid_write_file(struct jumin_eid *eid, unsigned group, const uint8_t *file,
                                                   size_t n);

// --- PIN management ----------------------------------------------------------------------------------------

// All of these take JUMIN_RIGHT_PIN_MANAGEMENT. JUMIN_ERROR_NEW_PASSWORD: the card wants digits, or more.
//
// Sets a new PIN, whose retry counter is then as at first; a transport PIN is none any more. NULL: the retry
// counter alone, whatever state it was in.
JUMIN_EXPORT enum jumin_error jumin_eid_set_pin(struct jumin_eid *eid, const char *pin);
// Sets a new CAN. The one that is printed on the card opens it no more.
JUMIN_EXPORT enum jumin_error jumin_eid_set_can(struct jumin_eid *eid, const char *can);
// A PIN that is not active is refused, right or wrong, and keeps its tries.
JUMIN_EXPORT enum jumin_error jumin_eid_activate_pin(struct jumin_eid *eid, bool active);

#endif
