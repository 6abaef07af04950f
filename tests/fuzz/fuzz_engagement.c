// Device engagement from a phone, as CBOR, as NDEF message, or as text of a QR code (the first byte says
// which): what is read lies inside the input, and limits are within the standard's.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/mobile/device_engagement.h"

static void require_inside(struct span part, struct span whole)
{
    require(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void require_good(const struct engagement_nfc *nfc)
{
    require((nfc->command_max == 0 && nfc->response_max == 0) || engagement_nfc_good(nfc));
}

static void read_cbor(struct span bytes)
{
    struct device_engagement engagement;
    struct detail detail;
    if (engagement_read(bytes, &engagement, &detail) == JUMIN_OK) {
        require(engagement.key_bytes.n >= EPHEMERAL_KEY_BYTES && engagement.point[0] == 0x04);
        require_inside(engagement.key_bytes, bytes);
        require_good(&engagement.nfc);
    }
}

static void read_ndef(struct span bytes)
{
    struct handover_select select;
    struct detail detail;
    if (handover_read(bytes, &select, &detail) == JUMIN_OK) {
        require_inside(select.engagement, bytes);
        require_good(&select.nfc);
        read_cbor(select.engagement);
    }
}

static void read_text(struct span characters)
{
    char text[ENGAGEMENT_TEXT_MAX + 8], again[ENGAGEMENT_TEXT_MAX];
    uint8_t bytes[ENGAGEMENT_MAX];
    struct span engagement;
    if (characters.n >= sizeof text) {
        return;
    }
    if (characters.n > 0) {
        memcpy(text, characters.p, characters.n);
    }
    text[characters.n] = '\0';
    if (engagement_from_text(text, bytes, &engagement)) {
        require(engagement_to_text(engagement, again) && strcmp(again + 5, text + 5) == 0);
        read_cbor(engagement);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    void (*const readers[])(struct span) = {read_cbor, read_ndef, read_text};
    if (n > 0) {
        readers[bytes[0] % 3](span_of(bytes + 1, n - 1));
    }
    return 0;
}
