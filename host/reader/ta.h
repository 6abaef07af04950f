// Terminal Authentication, step by step: commands as bytes and answers taken apart, apart from sending them,
// so that the steps can be divided between two machines (TR-03110-2 §3.3, TR-03110-3 §B.3).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_TA_H
#define JUMIN_HOST_READER_TA_H

#include "card/wire/apdu.h"
#include "card/wire/terminal_authentication.h"

enum {
    TA_DATA_MAX = 512,    // bytes of the data of MSE:Set DST and MSE:Set AT
    TA_MESSAGE_MAX = 512, // bytes of what is signed
    TA_AUTHORITIES_MAX = 2,
};

// The names of the trust points that the chip has for this type of terminal, the newer one first.
struct ta_authorities {
    uint8_t names[TA_AUTHORITIES_MAX][CVC_REFERENCE_MAX];
    size_t lengths[TA_AUTHORITIES_MAX]; // 0: there is none
};
// Takes a name over; false when it is no reference, or the two places are taken.
bool ta_add_authority(struct ta_authorities *authorities, struct span name);
// Version 1: from EF.CVCA, CAR objects (42) padded with zero bytes (TR-03110-3 §A.7.2.4).
bool ta_parse_ef_cvca(struct span file, struct ta_authorities *authorities);

// What the terminal signs: ID_PICC || r_PICC || Comp(PK_PCD) || A_PCD. The writer has TA_MESSAGE_MAX bytes.
void ta_put_message(struct writer *w, const struct ta_message *message);

// Takes the next certificate from a chain: the content of 7F21. False: end, or malformed.
bool ta_next_certificate(struct span *chain, struct span *content);

// MSE:Set DST: the key that has signed the next certificate. `data` has TA_DATA_MAX bytes here and below.
struct apdu_command ta_set_dst(struct span authority, struct writer *data);
// PSO:VERIFY CERTIFICATE with the content of 7F21.
struct apdu_command ta_verify_certificate(struct span content);
// MSE:Set AT in version 1, which names the key alone.
struct apdu_command ta_set_at_1(struct span holder, struct writer *data);
// MSE:Set AT in version 2: mechanism, key, and of the message Comp(PK_PCD) and A_PCD.
struct apdu_command ta_set_at_2(enum crypto_hash hash, struct span holder, const struct ta_message *message,
                                struct writer *data);
struct apdu_command ta_get_challenge(void);
bool ta_parse_challenge(struct span data, uint8_t challenge[TA_CHALLENGE]);
struct apdu_command ta_external_authenticate(struct span signature);

#endif
