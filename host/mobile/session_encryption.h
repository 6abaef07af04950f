// The encrypted session between phone and verifier (ISO 18013-5 §9.1.1): its messages, keys and counters.
// SPDX-License-Identifier: Apache-2.0
//
// Verifier:
//     session_start(&session, SESSION_READER, &own, device_point, salt, &random);
//     session_put_establishment(&w, &session, own_point, request);    …sent; the answer:
//     session_read_data(answer, &data);
//     session_open(&session, data.data, plain, &detail);
// Phone:
//     session_read_establishment(message, &establishment);            …and from it the transcript
//     session_start(&session, SESSION_DEVICE, &own, establishment.point, salt, &random);
//     session_open(&session, establishment.data, plain, &detail);
//     session_put_data(&w, &session, response, SESSION_NO_STATUS);
#ifndef JUMIN_HOST_MOBILE_SESSION_ENCRYPTION_H
#define JUMIN_HOST_MOBILE_SESSION_ENCRYPTION_H

#include "card/crypto/crypto.h"
#include "host/detail.h"
#include "host/mobile/ephemeral_key.h"

enum {
    SESSION_KEY = 32,
    SESSION_SALT = 32,
    SESSION_TAG = CRYPTO_GCM_TAG,
    SESSION_OVERHEAD = SESSION_TAG + 32, // most bytes that SessionData adds to its plain data
    SESSION_ESTABLISHMENT_OVERHEAD = SESSION_OVERHEAD + 96,
};

// §9.1.1.4 table 20.
enum session_status {
    SESSION_NO_STATUS = 0,
    SESSION_ENCRYPTION_ERROR = 10, // what was received cannot be decrypted
    SESSION_CBOR_ERROR = 11,       // … or not be decoded
    SESSION_TERMINATION = 20,
};

enum session_role { SESSION_READER, SESSION_DEVICE };

// The caller's; all zero is one that is over. It holds secrets: session_end wipes it.
struct session {
    enum session_role role;
    bool open;
    uint8_t reader_key[SESSION_KEY], device_key[SESSION_KEY];
    uint32_t sent, received; // messages with data so far, by direction
};

// --- Messages: what is read is borrowed --------------------------------------------------------------------------

struct session_establishment {
    struct span key_bytes;          // EReaderKeyBytes, tag 24 and all, as the transcript takes it
    uint8_t point[EPHEMERAL_POINT]; // on the curve or not: session_start looks
    struct span data;               // sealed
};

struct session_data {
    bool has_data;
    struct span data; // sealed
    uint64_t status;  // SESSION_NO_STATUS: none
};

// False: it is no such message. SESSION_CBOR_ERROR is what to answer.
bool session_read_establishment(struct span message, struct session_establishment *establishment);
// A message without data and status is none.
bool session_read_data(struct span message, struct session_data *data);

// --- The session ---------------------------------------------------------------------------------------------------

// Derives both keys (§9.1.1.5) from the own ephemeral key pair of P-256 and the other's point; `salt` is the
// SHA-256 of SessionTranscriptBytes (session_transcript_salt). False: `point` is none of the curve, or the
// library failed; the session is over then.
bool session_start(struct session *session, enum session_role role, const struct crypto_ec_key *own,
                   struct span point, const uint8_t salt[SESSION_SALT], const struct crypto_random *random);
void session_end(struct session *session);

// Appends the message that carries `plain`, sealed under the next counter. A session that is over, or whose
// counter is at its end, sets the writer's overflow.
void session_put_establishment(struct writer *w, struct session *session,
                               const uint8_t point[EPHEMERAL_POINT], struct span plain);
// A status ends the session.
void session_put_data(struct writer *w, struct session *session, struct span plain,
                      enum session_status status);
// SessionData with a status alone; needs no session.
void session_put_status(struct writer *w, enum session_status status);

// Opens sealed data of the other side into `plain` (SESSION_TAG bytes less than `sealed`).
// JUMIN_ERROR_CRYPTO: it does not decrypt; the session is over then, and SESSION_ENCRYPTION_ERROR is what to
// answer. Messages left out, repeated or put in another order do not decrypt.
enum jumin_error session_open(struct session *session, struct span sealed, uint8_t *plain,
                              struct detail *detail);

#endif
