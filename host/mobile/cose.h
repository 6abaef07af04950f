// COSE (RFC 9052) as ISO 18013-5 and the status lists use it: COSE_Sign1, COSE_Mac0, and COSE_Key on P-256.
// SPDX-License-Identifier: Apache-2.0
//
// Parsing and verifying are two steps, because between them stands the question whose key it is. What was
// signed is never encoded again: everything is borrowed from the bytes that were parsed.
#ifndef JUMIN_HOST_MOBILE_COSE_H
#define JUMIN_HOST_MOBILE_COSE_H

#include "host/mobile/cbor.h"
#include "host/mobile/signer.h"

// RFC 9053 §2.1, §3.1; RFC 9864 §2.1
enum cose_algorithm {
    COSE_HMAC_256 = 5,
    COSE_ES256 = -7,
    COSE_ESP256 = -9, // the same signature as ES256, and P-256 only
    COSE_ES384 = -35, // verified only
};

enum {
    COSE_TAG_SIGN1 = 18, // RFC 9052 §2
    COSE_CHAIN_MAX = 4,  // certificates of x5chain
    COSE_MAC = 32,       // HMAC 256/256
};

// Whether the tag must be there.
enum cose_tagged { COSE_UNTAGGED, COSE_TAGGED };

// COSE_Sign1 or COSE_Mac0, taken apart.
struct cose_message {
    struct span whole;            // with its tag
    struct span protected_header; // what the byte string holds
    enum cose_algorithm algorithm;
    struct span type;                  // header 16 (RFC 9596), a text, protected; empty: none
    struct span chain[COSE_CHAIN_MAX]; // x5chain (RFC 9360 §2), header 33: certificates in DER, leaf first
    size_t chain_count;                // 0: none
    bool chain_protected;              // it is signed, too
    bool detached;                     // the payload is null
    struct span payload;               // empty when detached
    struct span proof;                 // r || s, or the MAC
};

// One message that fills `bytes`. False: `*why` says what is wrong, as the end of a sentence ("it …").
// Refused: an algorithm that is not protected or is none of these, `crit`, a header twice, x5chain as a list
// of one, or of more than COSE_CHAIN_MAX.
bool cose_sign1_parse(struct span bytes, enum cose_tagged tagged, struct cose_message *message,
                      const char **why);
// Untagged, with algorithm COSE_HMAC_256.
bool cose_mac0_parse(struct span bytes, struct cose_message *message, const char **why);

// Whether the signature is `key`'s, whose curve must be the algorithm's, over protected header, `external`
// (external_aad; mostly empty) and the payload: `detached` when the message's is null, which must be empty
// else.
bool cose_sign1_verify(const struct cose_message *message, const struct crypto_ec_key *key,
                       struct span external, struct span detached);
bool cose_mac0_verify(const struct cose_message *message, const uint8_t key[COSE_MAC], struct span detached);

// What a message shall say beside its payload.
struct cose_header {
    enum cose_tagged tagged;
    enum cose_algorithm algorithm; // COSE_ES256 or COSE_ESP256
    const char *type;              // header 16; NULL: none
    const struct span *chain;      // x5chain; DER, leaf first
    size_t chain_count;            // 0: none
    bool chain_protected;
    bool detached; // the payload is signed, and null stands in its place
};

// Signs and appends. False: the signer failed, or it does not fit; what `w` holds is then undefined from here
// on.
bool cose_sign1_put(struct writer *w, const struct cose_header *header, struct span payload,
                    const struct signer *signer);
// Untagged and detached, as deviceMac is (ISO 18013-5 §9.1.3.5).
bool cose_mac0_put(struct writer *w, const uint8_t key[COSE_MAC], struct span payload);

// COSE_Key (RFC 9053 §7.1.1) of a point 04 || x || y of P-256: {1: 2, -1: 1, -2: x, -3: y}.
void cose_key_put(struct writer *w, const uint8_t point[SIGNER_POINT]);
// One key that fills `bytes`. False: not P-256, a private part, a compressed point. That the point is on the
// curve is for who uses it. Other members (kid, alg, key_ops) are passed over.
bool cose_key_parse(struct span bytes, uint8_t point[SIGNER_POINT]);

#endif
