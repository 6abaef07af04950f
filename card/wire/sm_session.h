// What both halves of secure messaging share: objects, counter, MAC (9303-11 §9.8). Private to sm.c and
// sm_open.c.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_SM_SESSION_H
#define JUMIN_CARD_WIRE_SM_SESSION_H

#include "card/wire/padded_cbc.h"
#include "card/wire/sm.h"
#include "card/wire/tlv.h"

// Data objects of secure messaging (9303-11 §9.8.4).
enum sm_tag {
    DO_CRYPTOGRAM_BER = 0x85, // odd INS: the plain value is BER-TLV, no padding indicator
    DO_CRYPTOGRAM = 0x87,     // even INS: padding indicator, ciphertext
    DO_MAC = 0x8E,
    DO_LE = 0x97,
    DO_STATUS = 0x99,
};

enum {
    SM_PADDING_INDICATOR = 0x01,         // padding 80 00… (ISO 7816-4 §10)
    SM_CLA_FURTHER_INTERINDUSTRY = 0x40, // secure messaging is another bit there; not for this card
    SM_HEADER = 4,
};

static inline size_t sm_block(const struct sm_session *session)
{
    return crypto_cipher_block(&session->encryption);
}

static inline bool sm_is_odd(uint8_t ins)
{
    return (ins & 1) != 0;
}

// The SSC of the next command or response (9303-11 §9.8.2); the session's own is set when all went well.
void sm_next_ssc(const struct sm_session *session, uint8_t ssc[CRYPTO_BLOCK]);
void sm_set_ssc(struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK]);
// E(KS_enc, SSC) with AES (9303-11 §9.8.7.1), 0 with 3DES (§9.8.6.1).
bool sm_iv(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK], uint8_t iv[CRYPTO_BLOCK]);
// Over SSC, padded header (commands only) and padded objects (9303-11 §9.8.4, §9.8.6.2, §9.8.7.2). With AES
// nothing is padded behind the header when there are no objects; the MAC of 3DES always pads.
bool sm_compute_mac(const struct sm_session *session, const uint8_t ssc[CRYPTO_BLOCK], struct span header,
                    struct span objects, uint8_t mac[SM_MAC]);

#endif
