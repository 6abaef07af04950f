// did:web: an issuer's identifier from its address, and the document that stands there (DID core 1.0, did:web
// method).
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_REGISTRY_DID_WEB_H
#define JUMIN_HOST_REGISTRY_DID_WEB_H

#include "host/mobile/signer.h"
#include <jumin/error.h>

enum { DID_WEB_MAX = 512, DID_WEB_KEYS_MAX = 16 };

// "https://example.kr:8443/issuer" → "did:web:example.kr%3A8443:issuer". False: no https:// address, a query
// or fragment, or too long.
bool did_web_of(const char *base_url, char did[DID_WEB_MAX]);
// The path under which the document of that address stands: "/.well-known/did.json", "/issuer/did.json".
bool did_web_path(const char *base_url, char path[DID_WEB_MAX]);
// The document: each key as a JsonWebKey named by its thumbprint (RFC 7638), for assertions. The same keys in
// the same order give the same bytes, whose digest is what the registry anchors. The text is the caller's
// (free). JUMIN_ERROR_INPUT: no address, or a point that is not on P-256.
enum jumin_error did_web_document(const char *base_url, const uint8_t (*points)[SIGNER_POINT], size_t count,
                                  char **json);

#endif
