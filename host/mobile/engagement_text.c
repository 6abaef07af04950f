// Device engagement as the text of a QR code (ISO 18013-5 §8.2.2.3).
// SPDX-License-Identifier: Apache-2.0
#include <strings.h>

#include "host/mobile/base64url.h"
#include "host/mobile/device_engagement.h"

static const char scheme[] = "mdoc:";
enum { SCHEME = sizeof scheme - 1 };

bool engagement_to_text(struct span engagement, char text[ENGAGEMENT_TEXT_MAX])
{
    struct writer w = writer_of(text, ENGAGEMENT_TEXT_MAX);
    text[0] = '\0';
    if (engagement.n > ENGAGEMENT_MAX) {
        return false;
    }
    writer_put(&w, span_of(scheme, SCHEME));
    base64url_put(&w, engagement);
    writer_put_u8(&w, '\0');
    return !w.overflow;
}

bool engagement_from_text(const char *text, uint8_t bytes[ENGAGEMENT_MAX], struct span *engagement)
{
    struct writer w = writer_of(bytes, ENGAGEMENT_MAX);
    const size_t n = strlen(text);
    if (n <= SCHEME || strncasecmp(text, scheme, SCHEME) != 0 ||
        !base64url_decode(span_of(text + SCHEME, n - SCHEME), &w)) {
        return false;
    }
    *engagement = writer_span(&w);
    return true;
}
