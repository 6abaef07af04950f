// The answer to a verifier's request over the network: presentations, encrypted (OpenID4VP 1.0 §8, App. B).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_MOBILE_VP_RESPONSE_H
#define JUMIN_HOST_MOBILE_VP_RESPONSE_H

#include "host/mobile/device_response.h"
#include "host/mobile/vp_request.h"

enum {
    VP_RESPONSE_MAX = JWE_MAX + 1024, // bytes of a form
    VP_PRESENTATIONS_MAX = 16,        // of one answer
};

// What ties an answer to its request. Borrowed.
struct vp_session {
    const char *client_id, *nonce, *response_uri;
    const uint8_t *thumbprint; // JWK_THUMBPRINT bytes, of the verifier's encryption key
};
struct vp_session vp_request_session(const struct vp_request *request);
// The session transcript of an mdoc (App. B.2.6). False: no hash, or `w` is too small.
bool vp_transcript(const struct vp_session *session, struct writer *w);

// --- Wallet --------------------------------------------------------------------------------------------------

// As vp_token has it: base64url of a DeviceResponse with one document, or an SD-JWT with its key binding,
// whose audience is the whole client_id.
struct vp_presentation {
    const struct dcql_credential *query;
    struct span text; // as in vp_token, not ended by a zero byte
};

// Appends the form that goes to response_uri: response=<JWE>. JUMIN_ERROR_ARGUMENT: `out` is too small, or
// these presentations are no answer to the request; CRYPTO, MEMORY.
enum jumin_error vp_response_make(const struct vp_request *request,
                                  const struct vp_presentation *presentations, size_t count,
                                  const struct crypto_random *random, struct writer *out);
// Appends the form of a refusal: error, state. "access_denied": the holder does not want to, or has nothing.
void vp_refusal_put(struct writer *out, const char *error, const char *state);

// --- Verifier ------------------------------------------------------------------------------------------------

struct vp_response_rules {
    const struct signer *key; // of the request; can agree
    const char *key_id;
    const char *state;
    const struct dcql_query *query;
};

// An answer, decrypted and taken apart; no presentation is believed yet. Released by vp_response_release,
// which wipes.
struct vp_response {
    char error[64]; // that the wallet refused; empty: it did not
    json_t *answer; // personal
    struct vp_presentation presentations[VP_PRESENTATIONS_MAX];
    size_t count;
};

// JUMIN_ERROR_NOT_SUPPORTED: the answer came unencrypted; SIGNATURE: not encrypted to this key, or changed;
// CONFLICT: another state; MALFORMED: anything else that the standard or the request does not allow:
// an answer to a query that was not asked, several where one was asked, none where one was. On error nothing
// is to be released.
enum jumin_error vp_response_open(struct span form, const struct vp_response_rules *rules,
                                  struct vp_response *response, struct detail *detail);
void vp_response_release(struct vp_response *response);

// One presentation of an mdoc: a DeviceResponse in status OK with just one document, and nothing else.
// `bytes` needs three quarters of the text's length, and must outlive `response`. JUMIN_ERROR_MALFORMED.
enum jumin_error vp_mdoc_read(struct span text, struct writer *bytes, struct device_response *response,
                              struct detail *detail);

#endif
