// The card as a function: power on, transmit, reset.
// SPDX-License-Identifier: Apache-2.0
#include "card/core/card.h"

#include "card/apps/isd.h"
#include "card/core/dispatch.h"
#include "card/core/erasure.h"
#include "card/core/security_environment.h"
#include "card/core/select.h"

// Category indicator 80; 31: card service data (selection by full and partial DF name, EF.DIR and EF.ATR/INFO
// in BER-TLV, read with READ BINARY, MF); 73: card capabilities as in EF.ATR/INFO (ISO 7816-4 §12.1.1).
static const uint8_t historical_bytes[] = {0x80, 0x31, 0xF8, 0x73, 0xD4, 0x01, 0xE0};
const struct span card_historical_bytes = {historical_bytes, sizeof historical_bytes};

enum store_status card_power_on(struct card *card, const struct card_port *port)
{
    memset(card, 0, sizeof *card);
    card->port = *port;
    enum store_status status = store_open(&card->store, &card->port.flash);
    if (status == STORE_OK) {
        status = erasure_finish(&card->store);
    }
    if (status == STORE_OK) {
        select_application(card, select_initial(card));
        card->on = true;
    }
    return status;
}

size_t card_transmit(struct card *card, const uint8_t *command, size_t n, uint8_t *response, size_t capacity)
{
    if (!card->on || capacity < CARD_RESPONSE_MAX) {
        return 0;
    }
    struct writer w = writer_of(response, CARD_RESPONSE_MAX);
    dispatch(card, span_of(command, n), &w);
    return w.n;
}

void card_reset(struct card *card)
{
    if (!card->on) {
        return;
    }
    store_abort(&card->store);
    security_environment_forget(card);
    security_end_session(&card->security);
    terminal_authentication_forget(card);
    isd_end_channel(card);
    dispatch_forget(card);
    select_application(card, select_initial(card));
    crypto_wipe(card->command, sizeof card->command);
    crypto_wipe(card->response, sizeof card->response);
}
