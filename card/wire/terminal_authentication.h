// Terminal Authentication and Chip Authentication version 2: what chip and terminal compute alike (TR-03110-2
// §3.3, §3.4, TR-03110-3 §B.3, §B.4). No roles, no state.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_TERMINAL_AUTHENTICATION_H
#define JUMIN_CARD_WIRE_TERMINAL_AUTHENTICATION_H

#include "card/wire/cvc.h"
#include "card/wire/pace.h"

enum {
    TA_CHALLENGE = 8,                     // r_PICC of GET CHALLENGE
    TA_IDENTIFIER_MAX = CRYPTO_FIELD_MAX, // ID_PICC: Comp of the chip's PACE key
    TA_AUXILIARY_MAX = 256,               // bytes of the auxiliary data object (67)
    CA_NONCE = 8,                         // r_PICC of Chip Authentication version 2
    TAG_AUXILIARY_DATA = 0x67,            // {73 {06 OID, 53 data} …}
};

// Comp of an uncompressed point: its x coordinate (TR-03110-3 §A.2.2.3). Empty when it is no point of the
// curve's length.
struct span comp_point(enum crypto_curve curve, struct span point);

// What the terminal signs: ID_PICC || r_PICC || Comp(PK_PCD) || A_PCD, A_PCD being the whole 67 object as
// sent in MSE:Set AT, or empty. In version 1, PK_PCD is the key of the Chip Authentication that came before
// and is not sent again, and there is no A_PCD (9303-11 §7.1, TR-03110-3 §B.14.1). Writes its digest.
struct ta_message {
    struct span identifier, challenge, compressed_key, auxiliary_data;
};
bool ta_digest(enum crypto_hash hash, const struct ta_message *message, uint8_t digest[CRYPTO_HASH_MAX]);

// Auxiliary data (TR-03110-3 §A.6.5): one 73 template after the other from the content of 67.
struct auxiliary_data {
    struct span oid;  // value bytes
    struct span data; // of DO53
};
enum tlv_result auxiliary_data_next(struct span *content, struct auxiliary_data *item);
void auxiliary_data_put(struct writer *w, struct span oid, struct span data);

// id-AuxiliaryData: 0.4.0.127.0.7.3.1.4.x
extern const struct span OID_DATE_OF_BIRTH;  // .1: YYYYMMDD, eight digits
extern const struct span OID_DATE_OF_EXPIRY; // .2: YYYYMMDD, the terminal's date
extern const struct span OID_MUNICIPALITY;   // .3: a prefix of the municipality ID

// T_PICC over PK_PCD is pace_token with the OID of the session; the session's keys are pace_start_session
// with nonce r_PICC.

// I_ID^Sector = H(x coordinate of SK_ID * PK_Sector) (TR-03110-2 §3.5).
bool ri_identifier(enum crypto_curve curve, const struct crypto_random *random, enum crypto_hash hash,
                   struct span secret, struct span sector_point, uint8_t identifier[CRYPTO_HASH_MAX]);

#endif
