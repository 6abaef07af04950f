// That the holder's face was compared on the phone: a result that the bound device key signs, for one
// binding.
// SPDX-License-Identifier: Apache-2.0
//
// A JWT of type jumin-face+jwt whose header has the device key (jwk): {"session": …, "iat": …, "score": 0 to
// 100, "live": true}. `session` is what the server calls the binding (Jumin-Session). How face and
// portrait are compared is the phone's business (tools/face-matcher/README.md).
#ifndef JUMIN_HOST_MOBILE_FACE_RESULT_H
#define JUMIN_HOST_MOBILE_FACE_RESULT_H

#include "host/mobile/jws.h"

#define FACE_RESULT_TYPE "jumin-face+jwt"

enum { FACE_SCORE_MAX = 100 };

struct face_result {
    const char *session;
    unsigned score; // the higher, the more alike
    bool live;      // a living face, no picture of one
    int64_t at;     // seconds since 1970
};

// Appends the token to `out`. JUMIN_ERROR_ARGUMENT: no room; JUMIN_ERROR_CRYPTO, JUMIN_ERROR_MEMORY.
enum jumin_error face_result_make(const struct signer *device, const struct face_result *result,
                                  struct writer *out);

// What the issuer asks of it.
struct face_rules {
    const char *session;
    const uint8_t *thumbprint; // JWK_THUMBPRINT bytes, of the device key
    unsigned score;            // at least
    int64_t now, window, leeway;
};
// JUMIN_ERROR_MALFORMED: it is none; JUMIN_ERROR_SIGNATURE: by another key, or for another binding;
// JUMIN_ERROR_NOT_VALID_NOW; JUMIN_ERROR_RULES: not alike enough, or not alive. Each with its sentence.
enum jumin_error face_result_check(struct span text, const struct face_rules *rules, struct detail *detail);

#endif
