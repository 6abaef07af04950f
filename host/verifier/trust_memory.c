// When the newest trust list was issued that a verifier has seen: an older one cannot be played back after a
// new start either.
// SPDX-License-Identifier: Apache-2.0
#include "host/verifier/verifier.h"

#include <stdio.h>

#include "host/file.h"
#include "host/mobile/cbor.h"

enum { PATH_BYTES = 4096, NAME_BYTES = 16, NAME_TEXT = 64, CONTENT_MAX = 16 };

// FOLDER/trust-HASH.seen: of the anchor, whose lists they are. False: there is no folder or no anchor.
static bool memory_path(const struct jumin_verifier *verifier, char path[PATH_BYTES])
{
    uint8_t digest[CRYPTO_HASH_MAX];
    char name[NAME_TEXT] = "trust-";
    if (verifier->folder == NULL || jumin_trust_certificates(verifier->anchor) == 0 ||
        !crypto_hash_parts(CRYPTO_SHA256, &verifier->anchor->certificates[0].parsed.whole, 1, digest)) {
        return false;
    }
    for (size_t i = 0; i < NAME_BYTES; i++) {
        const size_t at = strlen(name);
        (void)snprintf(name + at, sizeof name - at, "%02x", digest[i]);
    }
    (void)snprintf(name + strlen(name), sizeof name - strlen(name), ".seen");
    return disk_join(path, PATH_BYTES, verifier->folder, name);
}

int64_t verifier_newest_list(const struct jumin_verifier *verifier)
{
    char path[PATH_BYTES];
    uint8_t content[CONTENT_MAX];
    int64_t issued = 0;
    size_t n = 0;
    if (memory_path(verifier, path) && disk_read(path, content, sizeof content, &n) == JUMIN_OK &&
        !cbor_integer(span_of(content, n), &issued)) {
        issued = 0; // damaged: as if nothing had been seen
    }
    return issued > verifier->list.issued ? issued : verifier->list.issued;
}

void verifier_remember_list(const struct jumin_verifier *verifier)
{
    char path[PATH_BYTES];
    uint8_t content[CONTENT_MAX];
    struct writer w = writer_of(content, sizeof content);
    cbor_put_integer(&w, verifier->list.issued);
    if (memory_path(verifier, path) && !w.overflow) {
        (void)disk_write(path, 0644, writer_span(&w)); // else it is remembered until the end
    }
}
