// Card verifiable certificates (TR-03110-3 §C): parsed without copying, their bodies written. No roles, no
// state.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_CVC_H
#define JUMIN_CARD_WIRE_CVC_H

#include "card/crypto/crypto.h"
#include "card/wire/chat.h"

enum {
    CVC_CERTIFICATE = 0x7F21,
    CVC_BODY = 0x7F4E,
    CVC_SIGNATURE = 0x5F37,
    CVC_REFERENCE_MIN = 8, // country code (2), mnemonic (1 to 9), sequence number (5)
    CVC_REFERENCE_MAX = 16,
    CVC_DATE = 6,   // YYMMDD, one decimal digit a byte
    CVC_MAX = 1024, // bytes of a certificate that we make or take
};

// Days of the Gregorian calendar from 2000 to 2099, comparable as a number: YYMMDD in decimal digits.
typedef uint32_t cvc_date;

// False: no six bytes, a byte over 9, no such month or day.
bool cvc_date_parse(struct span value, cvc_date *date);
void cvc_date_put(cvc_date date, uint8_t value[CVC_DATE]);

struct cv_certificate {
    struct span body;       // the whole 7F4E object: what is signed
    struct span signature;  // r || s, each as long as the order of the issuer's curve
    struct span authority;  // CAR
    struct span holder;     // CHR
    struct span public_key; // the content of 7F49
    struct span key_oid;    // id-TA-ECDSA-…, value bytes
    enum crypto_hash hash;
    struct span point;                  // uncompressed
    bool has_parameters;                // domain parameters given (CVCA always; others must not)
    enum crypto_curve curve;            // when has_parameters: the one of our four that they are
    struct authorization authorization; // CHAT and extensions
    struct sector_hashes sectors;
    struct span description; // id-description: hash of the certificate description, empty: none
    cvc_date effective, expiration;
};

// `content`: 7F4E and 5F37, without the outer 7F21, as PSO:VERIFY CERTIFICATE carries it. Every object is
// checked: tag, order, length, profile 00, dates (effective not after expiration), references, OID, domain
// parameters equal to one of the four curves, and r and s not zero. False: something is not; `*certificate`
// is all zero.
bool cv_certificate_parse(struct span content, struct cv_certificate *certificate);
// The outer 7F21 taken off first; nothing may follow it.
bool cv_certificate_parse_file(struct span file, struct cv_certificate *certificate);
// The signature against the issuer's key. `curve`: of the issuer's chain.
bool cv_certificate_verify(const struct cv_certificate *certificate, enum crypto_curve curve,
                           struct span issuer_point, enum crypto_hash issuer_hash);

// Writes the whole body (7F4E). Of `certificate` are used: authority, holder, hash, curve, point,
// has_parameters, authorization, sectors, description, and the dates. It is signed with ECDSA over `hash of
// the issuer's key`.
void cv_certificate_put_body(struct writer *w, const struct cv_certificate *certificate);
// Writes 7F21 {body, signature}.
void cv_certificate_put(struct writer *w, struct span body, struct span signature);

// id-TA-ECDSA-SHA-…: 0.4.0.127.0.7.2.2.2.2.x (TR-03110-3 §A.7.3.2)
enum { OID_TA_ECDSA_LENGTH = 10 };
void oid_ta_ecdsa(enum crypto_hash hash, uint8_t oid[OID_TA_ECDSA_LENGTH]);
bool oid_ta_ecdsa_parse(struct span oid, enum crypto_hash *hash);

// A public key data object (7F49) of an elliptic curve with all domain parameters: CVCA certificates, and the
// sector keys of Restricted Identification (TR-03110-3 §D.3.3). `oid` is the algorithm's.
void cvc_public_key_put(struct writer *w, struct span oid, enum crypto_curve curve, struct span point,
                        bool with_parameters);
// The content of 7F49. False: malformed, or parameters of none of our curves. `*has_parameters` tells whether
// `*curve` was set.
bool cvc_public_key_parse(struct span content, struct span *oid, struct span *point, bool *has_parameters,
                          enum crypto_curve *curve);

#endif
