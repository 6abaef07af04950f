// What a card says to everyone before PACE: its limits in EF.ATR/INFO, its protocols in EF.CardAccess
// (ISO 7816-4 §12.1.1, 9303-11 §9.2).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/perso/read_back.h"
#include "host/reader/limits.h"
#include "host/reader/reader_internal.h"

enum { CARD_DATA_DEFAULT = 255 };

static void check_limits(struct span file)
{
    const struct jumin_limits link = {.command_max = 4096, .response_max = 8192, .extended = true};
    struct jumin_limits limits = link;
    limits_of_card(file, &limits);
    require(limits.command_max <= link.command_max && limits.response_max <= link.response_max);
    require(limits.command_max >= 261 && limits.response_max >= 258);
    require(limits.extended || (limits.command_max == 261 && limits.response_max == 258));
}

static void check_station(const uint8_t *bytes, size_t n)
{
    struct jumin_document *document = NULL;
    require(jumin_document_new(&document) == JUMIN_OK);
    if (n > 0) {
        (void)jumin_document_set_file(document, JUMIN_FILE_ATR_INFO, bytes, n);
    }
    require(read_back_command_max(document, CARD_DATA_DEFAULT) >= CARD_DATA_DEFAULT);
    jumin_document_free(document);
}

static void check_choice(struct span file)
{
    struct jumin_pace_protocol demanded = {0};
    struct pace_protocol chosen;
    if (!pace_choose(file, &demanded, true, &chosen)) {
        return;
    }
    const enum crypto_curve curve = chosen.curve;
    demanded.parameter = pace_parameter_of_curve(curve);
    require(pace_choose(file, &demanded, true, &chosen) && chosen.curve == curve);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    check_limits(span_of(bytes, n));
    check_station(bytes, n);
    check_choice(span_of(bytes, n));
    return 0;
}
