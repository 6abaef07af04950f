// Chip Authentication, step by step: commands as bytes and answers taken apart, apart from sending them, so
// that the steps can be divided between two machines (TR-03110-2 §3.4, TR-03110-3 §B.2, 9303-11 §6.2).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_CA_H
#define JUMIN_HOST_READER_CA_H

#include "card/wire/security_infos.h"
#include "card/wire/terminal_authentication.h"
#include <jumin/document.h>

enum { CA_DATA_MAX = 16 + CRYPTO_POINT_MAX }; // bytes of a command's data

// One offer of DG14 or EF.CardSecurity: a mechanism, and the key that it goes with.
struct ca_offer {
    enum secure_messaging_suite suite;
    bool has_key_id;
    uint32_t key_id;
    enum crypto_curve curve;
    struct span point; // of the chip, borrowed from the SecurityInfos
    bool guessed;      // version 1: the SecurityInfos do not say how the key is used
};

// The best offer of that version among `infos` (content of the SET): with the preferred cipher (a reader's is
// that of PACE; JUMIN_CIPHER_ANY: none), then the strongest suite, 3DES last (in version 1 alone), then the
// longest curve. False: none that is known here.
bool ca_choose(struct span infos, int version, enum jumin_cipher preferred, struct ca_offer *chosen);

// MSE:Set AT. `data` has CA_DATA_MAX bytes and holds the command's data.
struct apdu_command ca_set_at(const struct ca_offer *offer, struct writer *data);
// MSE:Set KAT, version 1 with 3DES: the whole protocol in one command.
struct apdu_command ca_set_kat(const struct ca_offer *offer, struct span point, struct writer *data);
// GENERAL AUTHENTICATE with the terminal's ephemeral public key.
struct apdu_command ca_general_authenticate(struct span point, struct writer *data);

// What the chip answers in version 2.
struct ca_answer {
    struct span nonce; // r_PICC, CA_NONCE bytes
    struct span token; // T_PICC, PACE_TOKEN bytes
};
// False when it is anything else.
bool ca_parse_answer(struct span data, struct ca_answer *answer);
// Whether it is an answer of version 1: 7C, in which nothing should stand and nothing is looked at.
bool ca_answer_is_template(struct span data);

enum ca_result {
    CA_OK,
    CA_CRYPTO_FAILED, // no random bytes, no memory
    CA_WRONG_POINT,   // the chip's key is no point of its curve
    CA_WRONG_TOKEN,   // version 2: the chip does not hold the key
};
// The new session from the terminal's ephemeral key and, in version 2, the chip's answer, whose token is
// checked (`answer` NULL: version 1). Anything but CA_OK leaves `session` ended.
enum ca_result ca_agree(const struct ca_offer *offer, const struct crypto_ec_key *ephemeral,
                        const struct crypto_random *random, const struct ca_answer *answer,
                        struct sm_session *session);

#endif
