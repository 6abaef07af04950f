// PEM: textual encodings of keys, certificates and CRLs (RFC 7468).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_PKI_PEM_H
#define JUMIN_HOST_PKI_PEM_H

#include "card/wire/span.h"

// Takes the next block from `*text`, whatever stands between blocks. `label` is borrowed from the text; the
// decoded bytes are written to `der`. False when there is no further complete and well-formed block.
bool pem_next(struct span *text, struct span *label, struct writer *der);
// Base64 (RFC 4648 §4) with white space anywhere. False: another character, or a wrong end.
bool base64_decode(struct span text, struct writer *bytes);
// What stands before the first block with this label: all of it where there is none.
struct span pem_before(struct span text, const char *label);
// The same in one line, padded.
void base64_put(struct writer *w, struct span bytes);
// Writes one block with lines of 64 characters.
void pem_put(struct writer *w, const char *label, struct span der);
// Characters that pem_put writes for `n` bytes under `label`.
size_t pem_length(const char *label, size_t n);

#endif
