// The key of one chip alone, by which the records find the card that has bound a phone.
// SPDX-License-Identifier: Apache-2.0
#include "host/station/chip_key.h"

#include "host/pki/cms.h"
#include "host/reader/ca_key.h"

static bool open_infos(struct span file, struct span *infos)
{
    struct cms_signed_data data;
    const char *why = "";
    return cms_parse(file, &data, &why) && security_infos_open(data.content, infos);
}

// The next key for Chip Authentication.
static bool next_key(struct span *infos, struct span *point)
{
    struct security_info info;
    enum crypto_curve curve;
    while (security_infos_next(infos, &info) == TLV_OBJECT) {
        if (info.kind == SECURITY_INFO_CHIP_AUTHENTICATION_KEY && ca_key_of(&info, &curve, point)) {
            return true;
        }
    }
    return false;
}

bool chip_key_of(struct span card_security, struct span chip_security, struct span *point)
{
    struct span shared, own, other;
    if (chip_security.n == 0 || !open_infos(card_security, &shared) || !open_infos(chip_security, &own)) {
        return false;
    }
    while (next_key(&own, point)) {
        struct span rest = shared;
        bool is_shared = false;
        while (!is_shared && next_key(&rest, &other)) {
            is_shared = span_equal(*point, other);
        }
        if (!is_shared) {
            return true;
        }
    }
    return false;
}

enum jumin_error chip_key_note(struct jumin_station *station, const char *number,
                               const struct jumin_order *order)
{
    struct span point;
    uint8_t hash[CRYPTO_HASH_MAX];
    if (!chip_key_of(span_of(order->card_security.p, order->card_security.n),
                     span_of(order->chip_security.p, order->chip_security.n), &point)) {
        return JUMIN_OK;
    }
    if (!crypto_hash_parts(CRYPTO_SHA256, &point, 1, hash)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "nothing can be hashed");
    }
    const struct database_value values[] = {database_text(number), database_bytes(span_of(hash, 32))};
    return station_database(station, database_run(station->database,
                                                  "UPDATE application SET chip_key = $2 WHERE number = $1",
                                                  values, 2, NULL));
}
