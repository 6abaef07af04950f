// Writing DER (X.690): the primitive types that certificates and signed data are made of.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_DER_H
#define JUMIN_HOST_PKI_DER_H

#include "card/wire/tlv.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0C,
    DER_PRINTABLE_STRING = 0x13,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};

// An unsigned big-endian number of any length: leading zeros dropped, one put where the sign needs it.
void der_put_integer(struct writer *w, struct span magnitude);
void der_put_number(struct writer *w, uint32_t value);
// Whole bytes, no unused bits.
void der_put_bit_string(struct writer *w, struct span bytes);
// Seconds since 1970 in UTC: UTCTime up to 2049, GeneralizedTime after (RFC 5280 §4.1.2.5).
void der_put_time(struct writer *w, int64_t seconds);
void der_put_generalized_time(struct writer *w, uint8_t tag, int64_t seconds);
// SEQUENCE { algorithm } without parameters.
void der_put_algorithm(struct writer *w, struct span oid);
// SET OF: the objects of `items`, sorted by their encodings (X.690 §11.6), equal ones once.
// Overflow when they are malformed.
void der_put_set_of(struct writer *w, struct span items);
// ECDSA-Sig-Value SEQUENCE { r, s } from r || s (RFC 3279 §2.2.3).
void der_put_ecdsa_signature(struct writer *w, struct span signature);

#endif
