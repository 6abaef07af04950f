// Messages of the encrypted session between phone and verifier: what is read lies inside the message, and
// nothing opens that was not sealed.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/session_encryption.h"

static void require_inside(struct span part, struct span whole)
{
    require(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void open_with_zero_keys(struct span sealed)
{
    static uint8_t plain[1 << 16];
    struct session session = {.role = SESSION_READER, .open = true};
    struct detail detail;
    if (sealed.n <= sizeof plain) {
        const bool opened = session_open(&session, sealed, plain, &detail) == JUMIN_OK;
        require(session.open == opened && (!opened || sealed.n >= SESSION_TAG));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct span message = span_of(bytes, n);
    struct session_establishment establishment;
    struct session_data data;
    if (session_read_establishment(message, &establishment)) {
        require(establishment.key_bytes.n >= EPHEMERAL_KEY_BYTES && establishment.point[0] == 0x04);
        require_inside(establishment.key_bytes, message);
        require_inside(establishment.data, message);
    }
    if (session_read_data(message, &data)) {
        require(data.has_data || data.status != SESSION_NO_STATUS);
        require_inside(data.data, message);
        open_with_zero_keys(data.data);
    }
    return 0;
}
