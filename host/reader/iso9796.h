// Signatures with message recovery, as Active Authentication with RSA uses them (ISO 9796-2, 9303-11 App. F).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_READER_ISO9796_H
#define JUMIN_HOST_READER_ISO9796_H

#include "card/crypto/crypto.h"

// Whether `signature` is that of M1 || `rest`, where M1 is recovered from it: 6A || M1 || H(M1 || rest) ||
// trailer, or with padding 6B BB … BA for a shorter M1. The trailer names the hash: BC for SHA-1, else xxCC.
bool iso9796_verify(const struct crypto_rsa_public *key, struct span signature, struct span rest);

#endif
