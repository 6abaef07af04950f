// The terminal's side of a tap: PACE, reading, chip and active authentication (9303-11).
// SPDX-License-Identifier: Apache-2.0
//
//     jumin_reader_new(&reader, transport);
//     jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, "123456");
//     jumin_reader_read(reader, &document);
//     jumin_document_verify(document, trust, now, &report);
#ifndef JUMIN_READER_H
#define JUMIN_READER_H

#include <jumin/document.h>
#include <jumin/terminal.h>
#include <jumin/transport.h>
#include <jumin/verify.h>

struct jumin_reader;

// `transport` stays the caller's and must outlive the reader.
JUMIN_EXPORT enum jumin_error jumin_reader_new(struct jumin_reader **reader,
                                               struct jumin_transport *transport);
// Wipes password and keys. NULL is allowed.
JUMIN_EXPORT void jumin_reader_free(struct jumin_reader *reader);
// A sentence on the last failure: the step, the card's status word in words, what to do. "" after a success.
JUMIN_EXPORT const char *jumin_reader_detail(const struct jumin_reader *reader);

// --- What to prove -----------------------------------------------------------------------------------------

// TR-03110-3 table 12
enum jumin_password {
    JUMIN_PASSWORD_MRZ = 1,
    JUMIN_PASSWORD_CAN = 2,
    JUMIN_PASSWORD_PIN = 3,
    JUMIN_PASSWORD_PUK = 4,
};

// The characters of a CAN, PIN or PUK (1 to 16); for the MRZ its whole text (88 to 90 characters, lines one
// after the other, with or without line ends) or just the MRZ information (24 characters or more: number,
// birth and expiry, each with its check digit). Copied, and wiped at jumin_reader_free.
JUMIN_EXPORT enum jumin_error jumin_reader_set_password(struct jumin_reader *reader,
                                                        enum jumin_password password, const char *characters);
// The CAN beside the PIN: when the PIN is suspended, PACE runs with the CAN first and then, in the same
// session, with the PIN. NULL: none. Copied and wiped as above.
JUMIN_EXPORT enum jumin_error jumin_reader_set_can_for_pin(struct jumin_reader *reader, const char *can);
// The MRZ password from its fields: document number as printed, dates as YYMMDD. Check digits are computed.
JUMIN_EXPORT enum jumin_error jumin_reader_set_mrz(struct jumin_reader *reader, const char *document_number,
                                                   const char *birth_date, const char *expiry_date);

// --- How to read -------------------------------------------------------------------------------------------

enum jumin_extended_length {
    JUMIN_EXTENDED_AUTO, // when transport and EF.ATR/INFO say so
    JUMIN_EXTENDED_OFF,
    JUMIN_EXTENDED_ON, // without asking EF.ATR/INFO; the transport's limits still hold
};

JUMIN_EXPORT enum jumin_error jumin_reader_set_extended_length(struct jumin_reader *reader,
                                                               enum jumin_extended_length extended);
// For a reader that is no phone: under AES the answer fills 16 frames of 256 bytes, and at 848 kbit/s a tap
// takes 4 % less time than with the unit that every phone takes.
enum { JUMIN_READ_UNIT_LONG = 4015 };
// Most bytes of a file that one READ BINARY asks for (1 to 65000); 1231 unless set. Card and transport may
// lower it, to 223 under short length.
JUMIN_EXPORT enum jumin_error jumin_reader_set_read_unit(struct jumin_reader *reader, size_t bytes);
// Bit n for data group n; every group that the document lists and jumin reads (1, 2, 11, 12, 14, 15) unless
// set. Groups 14 and 15 are read wherever chip or active authentication needs them.
JUMIN_EXPORT enum jumin_error jumin_reader_set_groups(struct jumin_reader *reader, uint32_t groups);
// Both are on unless set: done where the document has the key.
JUMIN_EXPORT enum jumin_error jumin_reader_set_chip_authentication(struct jumin_reader *reader, bool on);
JUMIN_EXPORT enum jumin_error jumin_reader_set_active_authentication(struct jumin_reader *reader, bool on);
// Demands a PACE variant; what is 0 is chosen by the reader among what EF.CardAccess offers: CAM before GM
// before IM, then the longer key, AES before ARIA, then the longer curve. Chip Authentication follows with
// the cipher of PACE where the document offers that.
JUMIN_EXPORT enum jumin_error jumin_reader_set_pace(struct jumin_reader *reader,
                                                    const struct jumin_pace_protocol *protocol);

// Basic Access Control (9303-11 §4.3), for documents of others that know nothing stronger: whoever records
// the radio can try out MRZs afterwards.
enum jumin_bac {
    JUMIN_BAC_OFF,          // PACE only
    JUMIN_BAC_WITHOUT_PACE, // BAC with documents that do not offer PACE
    JUMIN_BAC_ALWAYS,       // BAC in place of PACE
};

// Off unless set: the reader never falls back to BAC by itself, for somebody on the radio could hide
// EF.CardAccess. Needs the MRZ as password.
JUMIN_EXPORT enum jumin_error jumin_reader_set_bac(struct jumin_reader *reader, enum jumin_bac bac);

// An inspection system, which proves itself by Terminal Authentication version 1 where the document has
// groups 3 or 4 that its certificate names; those are read, too. It needs Chip Authentication. NULL: none.
// The terminal stays the caller's and must outlive its use. JUMIN_ERROR_TERMINAL_REFUSED or
// JUMIN_ERROR_SIGNER_UNKNOWN when the document does not take it. For the eID application see <jumin/eid.h>.
JUMIN_EXPORT enum jumin_error jumin_reader_set_terminal(struct jumin_reader *reader,
                                                        struct jumin_terminal *terminal);

enum jumin_step {
    JUMIN_STEP_CONNECT,
    JUMIN_STEP_CARD_ACCESS,
    JUMIN_STEP_PACE,
    JUMIN_STEP_SELECT,
    JUMIN_STEP_READ_FILE,
    JUMIN_STEP_CHIP_AUTHENTICATION,
    JUMIN_STEP_ACTIVE_AUTHENTICATION,
    JUMIN_STEP_TERMINAL_AUTHENTICATION,
    JUMIN_STEP_EID, // a command of the eID application: a question, a write
    JUMIN_STEP_BAC,
    JUMIN_STEP_PIN,  // a command of PIN management
    JUMIN_STEP_BIND, // what the issuer and the card say to each other, which nobody else can read
};

// Called before each APDU. `name` is that of the step or the file ("DG2"); `done` and `total` are bytes of
// the file, 0 when there is none or its length is not known yet. False cancels.
typedef bool jumin_progress(void *context, enum jumin_step step, const char *name, size_t done, size_t total);
JUMIN_EXPORT enum jumin_error jumin_reader_set_progress(struct jumin_reader *reader, jumin_progress *progress,
                                                        void *context);

// --- The tap -----------------------------------------------------------------------------------------------

// Connects and reads what the card gives to everyone: EF.CardAccess, EF.ATR/INFO and EF.DIR, where there.
JUMIN_EXPORT enum jumin_error jumin_reader_inspect(struct jumin_reader *reader,
                                                   struct jumin_document **document);
// The whole tap: connect, EF.CardAccess, PACE (or BAC, where asked for), EF.CardSecurity (after PACE-CAM),
// the eMRTD application with its files, chip and active authentication. `*document` is set on success only,
// and is then the caller's.
//
// After JUMIN_ERROR_CARD_REMOVED (or TIMEOUT, LINK) a second call goes on where this one stopped: a new PACE,
// complete files are kept, the file in progress is continued; another card in its place is
// JUMIN_ERROR_OTHER_CARD. After other errors a second call starts afresh.
JUMIN_EXPORT enum jumin_error jumin_reader_read(struct jumin_reader *reader,
                                                struct jumin_document **document);
// Of the card itself: connect, EF.CardAccess, PACE, EF.CardSecurity, for cards without a travel document.
JUMIN_EXPORT enum jumin_error jumin_reader_read_card(struct jumin_reader *reader,
                                                     struct jumin_document **document);
// Forgets what an interrupted read has kept.
JUMIN_EXPORT void jumin_reader_restart(struct jumin_reader *reader);

// One more command to the card that was just read or inspected, under its secure messaging where there is
// one, with chaining, GET RESPONSE and 6Cxx handled. `command` is plain and without secure messaging bits;
// the answer is data and status word.
JUMIN_EXPORT enum jumin_error jumin_reader_transmit(struct jumin_reader *reader, const uint8_t *command,
                                                    size_t n, uint8_t *response, size_t capacity,
                                                    size_t *length);

// What the last read cost, everything counted from the first APDU after connecting.
struct jumin_reader_cost {
    unsigned commands; // APDUs
    size_t sent;       // bytes
    size_t received;
};
JUMIN_EXPORT void jumin_reader_cost(const struct jumin_reader *reader, struct jumin_reader_cost *cost);

#endif
