// A venue's requests over the network, open until they are answered or expire (OpenID4VP 1.0,
// direct_post.jwt).
// SPDX-License-Identifier: Apache-2.0
//
//     remote_verifier_new(&verifier, &options, &detail);
//     remote_open(verifier, JUMIN_PURPOSE_ADULT, now, &opened, &detail);   → opened.link into a QR code
//     … the wallet gets the request object and posts its answer (remote_routes) …
//     remote_result(verifier, opened.handle, now)                          → state and verdict
//
// Several threads may use one. Everything is in memory: a request that is open when the process ends is gone.
#ifndef JUMIN_HOST_VERIFIER_REMOTE_H
#define JUMIN_HOST_VERIFIER_REMOTE_H

#include "host/mobile/vp_response.h"
#include <jumin/verifier_remote.h>

struct remote_verifier;

enum {
    REMOTE_OPEN_MAX = 1000,   // requests that are kept, unless told otherwise
    REMOTE_SECONDS = 300,     // that a request may be answered, and its result be read, unless told otherwise
    REMOTE_TOLD_SECONDS = 30, // that a result that was read is kept, in case it has not arrived
    REMOTE_ID = 22,           // 16 random bytes in base64url
    REMOTE_STATES = JUMIN_REMOTE_EXPIRED + 1,
};

// What is to be judged: all presentations of one answer, of the formats that their queries name, tied to one
// session. Borrowed.
struct remote_answer {
    const struct vp_session *session; // transcript of an mdoc; aud and nonce of a key binding
    const struct signer *key; // that it was encrypted to, and an mdoc's MAC is made with; NULL: no MACs
    enum jumin_purpose purpose;
    const struct vp_presentation *presentations;
    size_t count;
    int64_t now;
};

// Judges the presentations. JUMIN_OK: all hold. `*verdict`: what was checked and what was learned, or what
// failed, for whoever asked: a new object, or NULL. Whether the claims are what was asked for is its matter.
// Called by several threads, one at a time.
struct remote_judge {
    enum jumin_error (*judge)(void *context, const struct remote_answer *answer, json_t **verdict,
                              struct detail *detail);
    void *context;
};

// By that verifier, which is borrowed, and used by nobody else meanwhile. The verdict is verification_json's.
struct remote_judge remote_judge_of(struct jumin_verifier *verifier);

// Copied, but for what is said to be borrowed.
struct remote_options {
    const char *base_url;        // https://…, without a slash at its end
    const struct signer *signer; // the venue's; copied, its context is borrowed
    const struct span *chain;    // borrowed; its certificate first, DER, without the root
    size_t chain_count;
    enum vp_prefix prefix; // x509_san_dns: the certificate names the host of base_url
    unsigned purposes;     // of the certificate: others are not asked
    struct remote_judge judge;
    const char *secret; // of the venue's own side, sent as bearer token; NULL: it has no routes
    // Where the wallet may send its holder when it has answered, without a fragment; NULL: nowhere. It gets a
    // fresh response_code (OpenID4VP 1.0 §8.2, §14.2).
    const char *redirect_uri;
    size_t open_max;  // 0: REMOTE_OPEN_MAX
    unsigned seconds; // 0: REMOTE_SECONDS
};

// JUMIN_ERROR_ARGUMENT: an option, named in `detail`; CERTIFICATE: it does not name the host; MEMORY.
enum jumin_error remote_verifier_new(struct remote_verifier **verifier, const struct remote_options *options,
                                     struct detail *detail);
// Wipes what is open. NULL is allowed.
void remote_verifier_free(struct remote_verifier *verifier);

// Its server has that many threads: one stays free while the judge waits for a network, whatever comes.
// Before the first answer. Without it all wait.
void remote_keep_free(struct remote_verifier *verifier, size_t threads);
// By the judge: before and after it waits for a network.
void remote_away(struct remote_verifier *verifier, bool away);

struct remote_opened {
    char handle[REMOTE_ID + 1]; // for the venue alone: who has it reads the result
    char link[2 * VP_TEXT_MAX]; // for the wallet: openid4vp://…
    int64_t expires;
};
// Opens a request for a credential in one of the formats (bits of enum jumin_remote_format; 0: any).
// JUMIN_ERROR_NOT_AUTHORIZED: a purpose that the certificate does not have; RULES: too many
// are open; CRYPTO, MEMORY.
enum jumin_error remote_open(struct remote_verifier *verifier, enum jumin_purpose purpose, unsigned formats,
                             int64_t now, struct remote_opened *opened, struct detail *detail);

// The request object, signed anew each time: `id` is the last part of its URI. `wallet_nonce`: NULL without
// POST. JUMIN_ERROR_NO_SUCH_FILE: none, expired, or answered already.
enum jumin_error remote_object(struct remote_verifier *verifier, const char *id, const char *wallet_nonce,
                               int64_t now, struct writer *out, struct detail *detail);
// Whether that request is open: an answer to it would be looked at. Quick.
enum jumin_error remote_wanted(struct remote_verifier *verifier, const char *id, int64_t now,
                               struct detail *detail);
// Takes an answer, and judges it; the first one that can be decrypted, or a refusal, ends the request,
// whatever the verdict. JUMIN_OK: it was taken, whatever the verdict. JUMIN_ERROR_NO_SUCH_FILE as above, else
// as vp_response_open: the request stays open where the answer was none. JUMIN_ERROR_RULES: the judge waits
// for a network, and enough wait for the judge: the request stays open, and the answer may be given again.
// `next` (may be NULL): where the wallet may send its holder, with the response code; empty: nowhere.
enum jumin_error remote_answered(struct remote_verifier *verifier, const char *id, struct span form,
                                 int64_t now, char next[VP_TEXT_MAX], struct detail *detail);

// `*verdict` (may be NULL): the judge's object, new and to be wiped, or NULL. `error` and `detail`: why it
// failed or was refused. A result is read once: who did not get it may ask again for REMOTE_TOLD_SECONDS,
// unless its place is needed; the verdict is wiped then.
// `response_code`: what the holder has come back with; NULL: nobody asks for it. JUMIN_REMOTE_UNKNOWN with
// JUMIN_ERROR_ACCESS_DENIED: it is another one than the wallet was given.
enum jumin_remote_state remote_result(struct remote_verifier *verifier, const char *handle,
                                      const char *response_code, int64_t now, json_t **verdict,
                                      enum jumin_error *error, struct detail *detail);

// Wipes what is over by now, as all of the above do.
void remote_sweep(struct remote_verifier *verifier, int64_t now);

// Since it was made.
struct remote_counts {
    uint64_t opened, ended[REMOTE_STATES]; // answers that were taken: REFUSED, FAILED, GOOD
    size_t open;                           // or being judged, or expired and not asked for since
};
void remote_count(struct remote_verifier *verifier, struct remote_counts *counts);

#endif
