// Reading DER (X.690): the primitive types of certificates and signed data, each strictly and one at a time.
// SPDX-License-Identifier: Apache-2.0
//
// Every function takes the next object from `*cursor`. False: it is not there, is another, or is not DER; the
// cursor is then unchanged. Bytes handed out are borrowed from the input.
#ifndef JUMIN_HOST_PKI_DER_READ_H
#define JUMIN_HOST_PKI_DER_READ_H

#include "host/pki/der.h"

// The next object, which must carry `tag`.
bool der_expect(struct span *cursor, uint32_t tag, struct tlv *object);
// Its content.
bool der_content(struct span *cursor, uint32_t tag, struct span *content);
// As der_content, for an object that fills the cursor.
bool der_only(struct span bytes, uint32_t tag, struct span *content);
// True, with `*present` false, when another object or none follows; false when the object is not DER.
bool der_optional(struct span *cursor, uint32_t tag, bool *present, struct span *content);

// An INTEGER of one to 20 bytes, minimal; as its content with the sign byte.
bool der_serial(struct span *cursor, struct span *serial);
// A positive INTEGER of any length, without the sign byte; 0 is one zero byte.
bool der_unsigned(struct span *cursor, struct span *magnitude);
// An INTEGER from 0 to 2^31 - 1.
bool der_number(struct span *cursor, uint32_t *value);
bool der_boolean(struct span *cursor, bool *value);
bool der_oid(struct span *cursor, struct span *oid);
// A BIT STRING of whole bytes.
bool der_bit_string(struct span *cursor, struct span *bytes);
// UTCTime or GeneralizedTime in the one form that RFC 5280 §4.1.2.5 allows (with seconds, with Z), as seconds
// since 1970.
bool der_time(struct span *cursor, int64_t *seconds);

#endif
