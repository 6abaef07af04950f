// The reader's inside: its options, its channel, and the steps of a tap.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_READER_INTERNAL_H
#define JUMIN_HOST_READER_READER_INTERNAL_H

#include "host/reader/channel.h"
#include "host/reader/document_internal.h"
#include "host/reader/ta.h"
#include <jumin/reader.h>

enum {
    READER_PASSWORD_MAX = 20, // the MRZ password; CAN, PIN and PUK have up to 16 characters
    // Near the knee where larger units stop paying (106 to 848 kbit/s): under AES the answer fills five
    // frames of 256 bytes, and stays below what every phone takes.
    READER_UNIT = 1231,
    READER_UNIT_MAX = 65000,
};

// Groups that are read unless the caller says otherwise.
static const uint32_t READER_GROUPS = 1U << 1 | 1U << 2 | 1U << 11 | 1U << 12 | 1U << 14 | 1U << 15;

struct jumin_reader {
    struct detail detail;
    struct channel channel;
    struct crypto_random random;

    enum pace_password password; // PACE_PASSWORD_NONE: not given
    uint8_t secret[READER_PASSWORD_MAX];
    size_t secret_length;
    uint8_t can[READER_PASSWORD_MAX]; // for a PIN that is suspended
    size_t can_length;                // 0: none
    struct jumin_pace_protocol demanded;
    enum jumin_extended_length extended;
    size_t unit;
    uint32_t groups;
    bool chip_authentication, active_authentication;
    enum jumin_bac bac;

    struct jumin_terminal *terminal;   // an inspection system; may be NULL
    struct authorization asked;        // in PACE; TERMINAL_NONE: nothing
    struct ta_authorities authorities; // what PACE or EF.CVCA has answered to it

    struct jumin_document *document;  // NULL: nothing kept
    size_t unit_now;                  // lowered when a card does not answer longer reads
    bool header_first;                // the card does not let a read run over the end of a file
    struct crypto_hash_state hashing; // of the file in progress
    bool hashing_active;
    const struct document_file *hashing_file;
    bool hash_known; // EF.SOD has said which
    enum crypto_hash hash;
};

// The steps, in their order. Each reports to reader->detail.

// One elementary file of the current DF, and where its bytes go.
struct elementary_file {
    const char *name;
    struct document_file *content;
    uint32_t tag; // of the object that fills the file; 0: the file ends where the card says
    uint16_t identifier;
    uint8_t short_identifier;
    bool is_signed; // hashed while it is read
};

// file.c: reads `file` to its end, from where it stopped.
enum jumin_error elementary_file_read(struct jumin_reader *reader, const struct elementary_file *file);
// Compares the beginning of a file that was read, in part or whole, with the card's: JUMIN_ERROR_OTHER_CARD.
enum jumin_error elementary_file_compare(struct jumin_reader *reader, const struct elementary_file *file);
// The same for the files of a document.
enum jumin_error reader_read_file(struct jumin_reader *reader, enum jumin_file file);
enum jumin_error reader_compare_file(struct jumin_reader *reader, enum jumin_file file);

// tap.c: connects, reads EF.CardAccess, and agrees on the lengths of APDUs.
enum jumin_error reader_connect(struct jumin_reader *reader);
// An application by its identifier.
enum jumin_error reader_select(struct jumin_reader *reader, struct span application, const char *name);

// pace.c: runs PACE with the protocol chosen from EF.CardAccess, with the CAN first where the PIN is
// suspended and a CAN was given for that. After it, secure messaging is active.
enum jumin_error reader_pace(struct jumin_reader *reader);
// Whether EF.CardAccess offers PACE at all, in whichever variant.
bool pace_is_offered(struct span card_access);
// The choice; false when nothing fits. `chip_first`: PACE-CAM before the others, else behind them.
bool pace_choose(struct span card_access, const struct jumin_pace_protocol *demanded, bool chip_first,
                 struct pace_protocol *protocol);

// pin.c: commands of PIN management to the session that there is (TR-03110-3 §B.14.11 to §B.14.13).
enum jumin_error reader_change_password(struct jumin_reader *reader, enum pace_password password,
                                        const char *digits);
enum jumin_error reader_unblock_pin(struct jumin_reader *reader);
enum jumin_error reader_activate_pin(struct jumin_reader *reader, bool active);
// Tells a refusal after PACE with a transport PIN from others: JUMIN_ERROR_TRANSPORT_PIN in place of `error`.
enum jumin_error reader_explain_refusal(struct jumin_reader *reader, enum jumin_error error);

// bac.c: runs BAC in the selected eMRTD application. After it, 3DES secure messaging is active.
enum jumin_error reader_bac(struct jumin_reader *reader);

// chip_authentication.c: with the strongest key of DG14. Nothing happens, with JUMIN_OK, when DG14 offers
// none that jumin knows.
enum jumin_error reader_chip_authentication(struct jumin_reader *reader);
// inspection.c: Terminal Authentication version 1 of reader->terminal, in the eMRTD application after Chip
// Authentication. `*groups`: bits of the groups that it may read.
enum jumin_error reader_inspection(struct jumin_reader *reader, uint32_t *groups);
// active_authentication.c: keeps challenge and response as evidence.
enum jumin_error reader_active_authentication(struct jumin_reader *reader);

// The tests script what the reader draws; otherwise the operating system's source.
void reader_set_random(struct jumin_reader *reader, struct crypto_random random);

#endif
