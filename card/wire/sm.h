// Secure messaging of eMRTD and eID: AES in CBC and CMAC (9303-11 §9.8, TR-03110-3 §F), both directions.
// SPDX-License-Identifier: Apache-2.0
//
// A session is a pair of keys and a send sequence counter. It knows no roles and no policy: whether an error
// ends the session is decided by whoever holds it.
#ifndef JUMIN_CARD_WIRE_SM_H
#define JUMIN_CARD_WIRE_SM_H

#include "card/wire/apdu.h"
#include "card/wire/kdf.h"

enum {
    SM_MAC = 8,
    // Most bytes that protection adds: DO87 (tag, 4 length bytes, indicator, padding), DO97, DO99, DO8E.
    SM_OVERHEAD = 48,
};

struct sm_session {
    struct crypto_cipher_key encryption;
    struct crypto_cipher_key mac;
    uint8_t ssc[CRYPTO_BLOCK]; // send sequence counter
    bool active;
};

// Starts with SSC 0. False: the session is inactive and wiped.
bool sm_start(struct sm_session *session, enum secure_messaging_suite suite, struct span encryption_key,
              struct span mac_key);
// Wipes the keys; the session is inactive. Ending an inactive session is harmless.
void sm_end(struct sm_session *session);

// Why protected bytes were refused; the status words that a card answers with.
enum sm_result {
    SM_OK,
    SM_OBJECTS_MISSING,   // 6987: no DO8E, or response without DO99
    SM_OBJECTS_INCORRECT, // 6988: wrong MAC, order, padding or length
};

// Terminal: the protected form of `plain`. The SSC is raised. Even INS: DO87; odd INS: DO85. An Le that was
// short stays short as long as the protected command is.
bool sm_protect_command(struct sm_session *session, const struct apdu_command *plain,
                        struct writer *protected_command);
// Card: checks and decrypts. The SSC is raised. `plain->data` lies in `buffer` (at least command->data.n
// bytes). plain->cla has no secure messaging bits; its ne is the value of DO97, extended as the outer
// command.
enum sm_result sm_open_command(struct sm_session *session, const struct apdu_command *command,
                               uint8_t *buffer, struct apdu_command *plain);
// Card: the protected form of response data and status word, without the trailing outer status word. The SSC
// is raised. `data` may lie in the writer's own buffer at least SM_OVERHEAD bytes behind its end (so that a
// card needs no second response buffer), or anywhere outside it. `odd_instruction`: DO85 in place of DO87.
bool sm_protect_response(struct sm_session *session, struct span data, uint16_t status, bool odd_instruction,
                         struct writer *protected_response);
// Terminal: checks and decrypts the data field of a protected response. The SSC is raised only when the MAC
// is right, so that an unprotected answer does not take the session out of step. `plain` receives the data.
enum sm_result sm_open_response(struct sm_session *session, struct span protected_response,
                                struct writer *plain, uint16_t *status);

#endif
