// The text of the one-time QR: the offer by reference, or all of it (OpenID4VCI 1.0 §4.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/json_fields.h"
#include "host/mobile/http_message.h"
#include "host/station/credential.h"

#include <jansson.h>
#include <stdlib.h>

json_t *offer_json(const char *base_url, const char *code, bool has_tx_code)
{
    json_t *tx_code = has_tx_code ? json_pack("{s:s, s:i, s:s}", "input_mode", "numeric", "length",
                                              JUMIN_TX_CODE - 1, "description", "The code on the receipt")
                                  : NULL;
    return json_pack("{s:s, s:[s, s], s:{s:{s:s, s:o*}}}", "credential_issuer", base_url,
                     "credential_configuration_ids", OFFER_MDOC, OFFER_SD_JWT, "grants", OFFER_PRE_AUTHORIZED,
                     "pre-authorized_code", code, "tx_code", tx_code);
}

static struct span text_of(const char *text)
{
    return span_of(text, strlen(text));
}

bool jumin_offer_uri(const char *base_url, const char *reference, char *text, size_t capacity)
{
    if (base_url == NULL || reference == NULL || text == NULL) {
        return false;
    }
    struct writer w = writer_of(text, capacity);
    writer_put(&w, text_of("openid-credential-offer://?credential_offer_uri="));
    http_percent_put(&w, text_of(base_url));
    http_percent_put(&w, text_of("/offer/"));
    http_percent_put(&w, text_of(reference));
    writer_put_u8(&w, 0);
    return !w.overflow;
}

bool jumin_station_offer_uri(const struct jumin_station *station, const char *base_url,
                             const struct jumin_offer *offer, char *text, size_t capacity)
{
    char code[JUMIN_OFFER_REFERENCE];
    if (station == NULL || base_url == NULL || offer == NULL || text == NULL ||
        !offer_code(station, offer->reference, code)) {
        return false;
    }
    json_t *json = offer_json(base_url, code, offer->tx_code[0] != '\0');
    char *said = json_text(json, JSON_COMPACT);
    struct writer w = writer_of(text, capacity);
    writer_put(&w, text_of("openid-credential-offer://?credential_offer="));
    if (said != NULL) {
        http_percent_put(&w, text_of(said));
        crypto_wipe(said, strlen(said));
    }
    writer_put_u8(&w, 0);
    const bool good = said != NULL && !w.overflow;
    free(said);
    json_wipe(json);
    json_decref(json);
    crypto_wipe(code, sizeof code);
    return good;
}
