// Secure messaging of eMRTD and eID (9303-11 §9.8, TR-03110-3 §F), both directions: AES in CBC and CMAC; and
// 3DES for terminals, see sm_3des.h.
// SPDX-License-Identifier: Apache-2.0
//
// A session is a pair of keys and a send sequence counter. It knows no roles and no policy: whether an error
// ends the session is decided by whoever holds it.
#ifndef JUMIN_CARD_WIRE_SM_H
#define JUMIN_CARD_WIRE_SM_H

#include "card/wire/apdu.h"
#include "card/wire/kdf.h"

enum {
    SM_MAC = CRYPTO_MAC,
    // Most bytes that protection adds to the data: tag, length and padding indicator of DO87, padding, DO97
    // or DO99, DO8E.
    SM_OVERHEAD = 1 + 4 + 1 + CRYPTO_BLOCK + 4 + 2 + SM_MAC,
};

// All zero is an inactive session. Not to be copied, but see sm_move.
struct sm_session {
    struct crypto_cipher_key encryption;
    struct crypto_cipher_key mac;
    uint8_t ssc[CRYPTO_BLOCK]; // send sequence counter: as many bytes as the cipher has in a block
    bool active;
};

// Starts with SSC 0; a session that was active there is ended. False: the session is inactive and wiped. 3DES
// is refused: what a card accepts cannot depend on what a terminal may ask for.
bool sm_start(struct sm_session *session, enum secure_messaging_suite suite, struct span encryption_key,
              struct span mac_key);
// Wipes the keys; the session is inactive. Ending an inactive session is harmless.
void sm_end(struct sm_session *session);
// Ends `*to`, and puts `*from` in its place; `*from` is inactive afterwards.
void sm_move(struct sm_session *to, struct sm_session *from);

// Why protected bytes were refused; the status words that a card answers with.
enum sm_result {
    SM_OK,
    SM_OBJECTS_MISSING,   // 6987: no DO8E, or response without DO99
    SM_OBJECTS_INCORRECT, // 6988: wrong MAC, order, padding or length, or an object that does not belong here
};

// Terminal: the protected form of `plain`. The SSC is raised. Even INS: DO87; odd INS: DO85. The protected
// command is short while that is possible, and then DO97 has one byte; it is extended when `plain` is or when
// its data field grows beyond 255 bytes. False, with SSC and writer as before (but for `overflow`): inactive
// session, class that cannot say secure messaging or says it already, too long, cryptography failed.
bool sm_protect_command(struct sm_session *session, const struct apdu_command *plain,
                        struct writer *protected_command);
// Card: checks and decrypts. The SSC is raised. `plain->data` lies in `buffer`, which has at least
// command->data.n bytes and may be where command->data lies. plain->cla has no secure messaging bits; its ne
// is the value of DO97, extended as the outer command. When refused, `*plain` is all zero.
enum sm_result sm_open_command(struct sm_session *session, const struct apdu_command *command,
                               uint8_t *buffer, struct apdu_command *plain);
// Card: the protected form of response data and status word, without the trailing outer status word. The SSC
// is raised. `data` may lie anywhere, also in the writer's own buffer from its first free byte on: it is
// moved before anything is written, so that a card needs no second response buffer. `odd_instruction`: DO85
// in place of DO87. False, with the SSC as before: inactive session, no room, cryptography failed.
bool sm_protect_response(struct sm_session *session, struct span data, uint16_t status, bool odd_instruction,
                         struct writer *protected_response);
// Terminal: checks and decrypts the data field of a protected response. The SSC is raised only when the MAC
// is right, so that an unprotected answer does not take the session out of step. `plain` receives the data
// (its overflow: SM_OBJECTS_INCORRECT); its buffer may be where `protected_response` lies.
enum sm_result sm_open_response(struct sm_session *session, struct span protected_response,
                                struct writer *plain, uint16_t *status);

#endif
