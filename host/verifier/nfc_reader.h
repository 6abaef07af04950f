// A verifier in front of a phone that is a contactless card: reads its engagement, and exchanges messages
// (ISO 18013-5 §8.2.2.1, §8.3.3.1.2), over any transport.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_VERIFIER_NFC_READER_H
#define JUMIN_HOST_VERIFIER_NFC_READER_H

#include "host/mobile/nfc_transfer.h"
#include <jumin/transport.h>

struct nfc_reader;

// `transport` stays the caller's, is connected, and outlives it.
enum jumin_error nfc_reader_new(struct nfc_reader **reader, struct jumin_transport *transport);
// Wipes what was exchanged. NULL is allowed.
void nfc_reader_free(struct nfc_reader *reader);
// A sentence on the last failure.
const char *nfc_reader_detail(const struct nfc_reader *reader);

// Reads the Handover Select message of a phone (static handover). `select` is borrowed from the reader until
// it is freed or reads another one; its engagement is for engagement_read. The phone's limits count from then
// on.
// JUMIN_ERROR_NOT_SUPPORTED  no Type 4 Tag, a tag of another purpose, a phone that offers no NFC transfer, or
//                            one that wants to negotiate
// JUMIN_ERROR_MALFORMED      its files or its message are not what the standards say
// JUMIN_ERROR_STATUS and the transport's errors
enum jumin_error nfc_reader_engage(struct nfc_reader *reader, struct handover_select *select);
// The phone's limits when its engagement was read from a QR code.
void nfc_reader_set_limits(struct nfc_reader *reader, const struct engagement_nfc *limits);

// Selects the phone's application for mobile documents: once, before the first exchange. A Type 4 Tag may be
// deselected by it. JUMIN_ERROR_NOT_SUPPORTED: there is none.
enum jumin_error nfc_reader_select(struct nfc_reader *reader);
// Sends one message and receives the other's: in ENVELOPE, chained as needed, and GET RESPONSE. `answer` is
// borrowed until the next call; it is empty when the phone has nothing to say, as after a termination.
// JUMIN_ERROR_TOO_LONG       more than NFC_MESSAGE_MAX bytes
// JUMIN_ERROR_MALFORMED      the answer is no data object 53, or too long
// JUMIN_ERROR_STATUS         the phone refuses
enum jumin_error nfc_reader_exchange(struct nfc_reader *reader, struct span message, struct span *answer);

#endif
