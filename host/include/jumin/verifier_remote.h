// A venue that asks over the network (OpenID4VP 1.0): its requests are opened for a purpose, fetched and
// answered by wallets, and judged by its verifier.
// SPDX-License-Identifier: Apache-2.0
//
// For a bank that has an HTTP server of its own (one that has none: <jumin/verifier_server.h>):
//
//     jumin_verifier_use_key(verifier, …);                       // who asks, and for what it may
//     jumin_remote_new(&remote, verifier, &options, detail);
//     jumin_remote_open(remote, JUMIN_PURPOSE_IDENTITY, 0, now, &opened, detail);
//     …opened.link as a QR code, or as a link on the holder's own phone…
//     GET  BASE/request/ID    jumin_remote_object(remote, id, NULL, now, …)
//     POST BASE/request/ID    jumin_remote_object(remote, id, wallet_nonce, now, …)
//     POST BASE/response/ID   jumin_remote_answer(remote, id, body, n, now, next, detail)
//     …and when the bank's page wants to know: jumin_remote_result(remote, opened.handle, NULL, now, &result)
//
// Requests are signed under the venue's certificate and answered encrypted to a key of each one's own, once.
// All is in memory: what is open when the process ends is gone. Several threads may use one.
#ifndef JUMIN_VERIFIER_REMOTE_H
#define JUMIN_VERIFIER_REMOTE_H

#include <jumin/verifier.h>

enum {
    JUMIN_REMOTE_ID = 23,     // of a request or a handle, with the end
    JUMIN_REMOTE_LINK = 1024, // bytes of a link, with the end
    JUMIN_REMOTE_DETAIL = 256,
    JUMIN_REMOTE_URI = 512,      // bytes of a redirect_uri with its code, with the end
    JUMIN_REMOTE_OBJECT = 65536, // most bytes of a request object
    JUMIN_REMOTE_SECRET_MIN = 16,
};

struct jumin_remote;

// In which a credential may be shown; bits.
enum jumin_remote_format { JUMIN_REMOTE_MDOC = 1, JUMIN_REMOTE_SD_JWT = 2 };
// "mso_mdoc", "dc+sd-jwt"; NULL: none of these.
JUMIN_EXPORT const char *jumin_remote_format_name(enum jumin_remote_format format);

// Texts are copied.
struct jumin_remote_options {
    const char *base_url; // under which wallets reach it: https://…, without a slash at its end
    // The venue is known by the host of `base_url`, which its certificate must name (x509_san_dns); else by
    // the certificate's digest (x509_hash).
    bool by_host;
    // Where wallets send their holders when they have answered, a URL without a fragment; NULL: nowhere. It
    // gets a parameter response_code, anew for each request. A page that shows its link on the phone that is
    // to answer must ask for the result with that code and no other: else whoever opens a request and sends
    // its link to another has the other's answer in his own session. A code that is scanned with another
    // device has no such protection.
    const char *redirect_uri;
    size_t open_max;  // requests at once; 0: 1000
    unsigned seconds; // that a request may be answered, and its result be read; 0: 300
    // Of the venue's own side, for <jumin/verifier_server.h>: JUMIN_REMOTE_SECRET_MIN bytes or more; NULL: it
    // opens requests by these functions alone.
    const char *secret;
};

// `verifier` has the venue's key, is lent, and used by nobody else until jumin_remote_free. `detail`, here
// and below: a sentence on a failure. JUMIN_ERROR_ARGUMENT     an option, which is named; or the verifier has
// no key, or a certificate for nothing JUMIN_ERROR_CERTIFICATE  it does not name the host
JUMIN_EXPORT enum jumin_error jumin_remote_new(struct jumin_remote **remote, struct jumin_verifier *verifier,
                                               const struct jumin_remote_options *options,
                                               char detail[JUMIN_REMOTE_DETAIL]);
// Wipes what is open. NULL is allowed.
JUMIN_EXPORT void jumin_remote_free(struct jumin_remote *remote);
// As jumin_verifier_load_trust_list, while requests are open.
JUMIN_EXPORT enum jumin_error jumin_remote_load_trust_list(struct jumin_remote *remote, const uint8_t *jws,
                                                           size_t n, int64_t now,
                                                           char detail[JUMIN_REMOTE_DETAIL]);

// --- The venue's side --------------------------------------------------------------------------------------------

struct jumin_remote_opened {
    char handle[JUMIN_REMOTE_ID]; // for the venue alone: who has it reads the result
    char link[JUMIN_REMOTE_LINK]; // for the wallet: openid4vp://…
    int64_t expires;
};
// `formats`: 0: either, as the wallet has it.
// JUMIN_ERROR_NOT_AUTHORIZED  the venue's certificate does not allow the purpose
// JUMIN_ERROR_RULES           too many are open
// JUMIN_ERROR_ARGUMENT        no such format
JUMIN_EXPORT enum jumin_error jumin_remote_open(struct jumin_remote *remote, enum jumin_purpose purpose,
                                                unsigned formats, int64_t now,
                                                struct jumin_remote_opened *opened,
                                                char detail[JUMIN_REMOTE_DETAIL]);

enum jumin_remote_state {
    JUMIN_REMOTE_UNKNOWN, // no such handle, or its result was read, or it is long over
    JUMIN_REMOTE_OPEN,    // not answered yet
    JUMIN_REMOTE_JUDGING,
    JUMIN_REMOTE_REFUSED, // by the holder or the wallet
    JUMIN_REMOTE_FAILED,  // answered, but it does not hold
    JUMIN_REMOTE_GOOD,
    JUMIN_REMOTE_EXPIRED,
};
// "unknown", "open", …
JUMIN_EXPORT const char *jumin_remote_state_name(enum jumin_remote_state state);

struct jumin_remote_result {
    enum jumin_remote_state state;
    char *verdict;          // JSON as of jumin_verification_json, personal; NULL: nothing was judged
    enum jumin_error error; // why it was refused or does not hold
    char detail[JUMIN_REMOTE_DETAIL];
};
// A result is for one reader: once it was told it is kept for 30 seconds, in case it has not arrived, and
// forgotten then.
// `response_code`: what the holder has come back with to redirect_uri; NULL: nobody has to come back. Another
// one than the wallet was given: UNKNOWN, with JUMIN_ERROR_ACCESS_DENIED.
JUMIN_EXPORT void jumin_remote_result(struct jumin_remote *remote, const char *handle,
                                      const char *response_code, int64_t now,
                                      struct jumin_remote_result *result);
// Wipes and frees the verdict. All zero is allowed.
JUMIN_EXPORT void jumin_remote_result_release(struct jumin_remote_result *result);

// --- The wallet's side ---------------------------------------------------------------------------------------------

// The request object, application/oauth-authz-req+jwt, `*n` bytes of it. `wallet_nonce`: of a POST's form;
// NULL: none. JUMIN_ERROR_NO_SUCH_FILE: none such is open (404); else the server's own fault (500).
JUMIN_EXPORT enum jumin_error jumin_remote_object(struct jumin_remote *remote, const char *id,
                                                  const char *wallet_nonce, int64_t now, char *object,
                                                  size_t capacity, size_t *n);
// `next` (may be NULL): what to answer as {"redirect_uri": …}; empty: {}. Takes the form
// (application/x-www-form-urlencoded) that a wallet posts, and judges what it shows; the first one that can
// be decrypted, or a refusal, ends the request. JUMIN_OK (200): taken, whatever the verdict. NO_SUCH_FILE
// (404); JUMIN_ERROR_MEMORY (500); RULES (503): only of jumin_verifier_server; others (400): no answer to
// this request, which stays open.
JUMIN_EXPORT enum jumin_error jumin_remote_answer(struct jumin_remote *remote, const char *id,
                                                  const uint8_t *form, size_t n, int64_t now,
                                                  char next[JUMIN_REMOTE_URI],
                                                  char detail[JUMIN_REMOTE_DETAIL]);

#endif
