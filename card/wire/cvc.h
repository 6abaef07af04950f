// Card verifiable certificates (TR-03110-3 §C): parsed without copying, their bodies written. No roles, no
// state.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_CARD_WIRE_CVC_H
#define JUMIN_CARD_WIRE_CVC_H

#include "card/crypto/crypto.h"
#include "card/wire/chat.h"
#include "card/wire/oid.h"

// Tags in the order of the certificate: 7F21 {7F4E {5F29, 42, 7F49, 5F20, 7F4C, 5F25, 5F24, 65}, 5F37}.
enum {
    CVC_CERTIFICATE = 0x7F21,
    CVC_BODY = 0x7F4E,
    CVC_PROFILE = 0x5F29,
    CVC_AUTHORITY = 0x42,
    CVC_PUBLIC_KEY = 0x7F49,
    CVC_HOLDER = 0x5F20,
    CVC_EFFECTIVE = 0x5F25,
    CVC_EXPIRATION = 0x5F24,
    CVC_SIGNATURE = 0x5F37,
};

enum {
    CVC_PROFILE_1 = 0x00,
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

// Whether a CAR or CHR is made as it should: country code in capitals, printable mnemonic, five letters or
// digits.
bool cvc_reference_valid(struct span reference);

struct cv_certificate {
    struct span body;       // the whole 7F4E object: what is signed
    struct span signature;  // r || s, each as long as the order of the issuer's curve
    struct span authority;  // CAR
    struct span holder;     // CHR
    struct span public_key; // the content of 7F49
    struct span key_oid;    // id-TA-ECDSA-…, value bytes
    enum crypto_hash hash;
    struct span point;                  // uncompressed
    bool has_parameters;                // given by a self-signed CVCA, may be by a link certificate, else not
    enum crypto_curve curve;            // when has_parameters: the one of crypto.h that they are
    struct authorization authorization; // CHAT and extensions
    struct sector_hashes sectors;
    struct span description; // id-description: hash of the certificate description, empty: none
    cvc_date effective, expiration;
};

// `content`: 7F4E and 5F37, without the outer 7F21, as PSO:VERIFY CERTIFICATE carries it. Every object is
// checked: tag, order, length, profile 00, dates (effective not after expiration), references, OID, domain
// parameters equal to those of a curve of crypto.h, and r and s not zero. False: something is not;
// `*certificate` is all zero.
bool cv_certificate_parse(struct span content, struct cv_certificate *certificate);
// The outer 7F21 taken off first; nothing may follow it.
bool cv_certificate_parse_file(struct span file, struct cv_certificate *certificate);
// The signature against the issuer's key, and that the certificate's own key is a point of its curve: the one
// that it names, else the issuer's (`curve`).
bool cv_certificate_verify(const struct cv_certificate *certificate, enum crypto_curve curve,
                           struct span issuer_point, enum crypto_hash issuer_hash);

// Writes the whole body (7F4E). Of `certificate` are used: authority, holder, hash, curve, point,
// has_parameters, authorization, sectors, description, and the dates. What signs it is ECDSA with the hash of
// the issuer's key.
void cv_certificate_put_body(struct writer *w, const struct cv_certificate *certificate);
// Writes 7F21 {body, signature}.
void cv_certificate_put(struct writer *w, struct span body, struct span signature);

// A public key data object (7F49) of an elliptic curve with all domain parameters: CVCA certificates, and the
// sector keys of Restricted Identification (TR-03110-3 §D.3.3). `oid` is the algorithm's.
void cvc_public_key_put(struct writer *w, struct span oid, enum crypto_curve curve, struct span point,
                        bool with_parameters);
// The content of 7F49. `*curve` is set when there are parameters. False: malformed, or parameters of none of
// the curves of crypto.h.
bool cvc_public_key_parse(struct span content, struct span *oid, struct span *point, bool *has_parameters,
                          enum crypto_curve *curve);

#endif
