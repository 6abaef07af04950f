// The code that a phone shows at a counter without a radio: one QR code, for less than a minute, that says
// whether its holder is an adult this year.
// SPDX-License-Identifier: Apache-2.0
//
// The text: "JMC1:", and in Base45 (RFC 9285) what zlib (RFC 1950, with the dictionary counter_words) makes
// of
//     [iat, exp]        CBOR, seconds since 1970; exp - iat at most COUNTER_CODE_SECONDS
//     DeviceResponse    ISO 18013-5 §8.3.2.1.2.2, as in every other meeting, with the document signer's
//                       certificate: a verifier needs its trust list, and no network
// The device signs for SessionTranscript = [null, null, ["JuminCounterHandover", "kr.jumin.counter", iat,
// exp]]: for any counter, since none can say a nonce. So whoever has taken a picture of the code can show it
// at another counter until it expires; a verifier takes each code once.
//
// An mdoc, since an SD-JWT's header and digests are in base64 twice over: its issuer's part alone has 3000
// characters where this text has 2300.
#ifndef JUMIN_HOST_MOBILE_COUNTER_CODE_H
#define JUMIN_HOST_MOBILE_COUNTER_CODE_H

#include "host/detail.h"
#include "host/mobile/cbor.h"

#define COUNTER_CODE_PREFIX "JMC1:"
#define COUNTER_CODE_AUDIENCE "kr.jumin.counter"

enum {
    COUNTER_CODE_SECONDS = 60,    // most that a code may live
    COUNTER_CODE_LEEWAY = 10,     // seconds that a phone's clock may be ahead
    COUNTER_CODE_TEXT_MAX = 4296, // characters of a QR code (version 40-L)
    COUNTER_CODE_BYTES_MAX = 8192,
};

// A part of the format, in which most of what is not random is found.
extern const uint8_t *const counter_words;
extern const size_t counter_words_length;

struct counter_code {
    int64_t issued, expires;
    struct span response;
};

// SessionTranscript, as device_response_make and a verifier want it.
void counter_code_put_transcript(struct writer *w, int64_t issued, int64_t expires);
// Appends the text. False: `text` is too small, or there is no memory.
bool counter_code_put(struct writer *text, const struct counter_code *code);
// Takes a text apart; `bytes` of COUNTER_CODE_BYTES_MAX is borrowed by `code`. Nothing is verified, and no
// clock is looked at. JUMIN_ERROR_MALFORMED: no such code, or with times that none has.
enum jumin_error counter_code_read(struct span text, uint8_t *bytes, struct counter_code *code,
                                   struct detail *detail);

#endif
