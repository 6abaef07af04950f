// A card in this process behind libjumin's transport interface: a reader whose tag can leave at any APDU.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/card_link.h"

#include "card/wire/key_set.h"
#include "tests/unit/unit.h"

const struct jumin_master_key card_link_transport_key[1] = {
    {.open = true, .bytes = "transport keys of the factory.."}};
const struct jumin_master_key card_link_issuer_key[1] = {
    {.open = true, .bytes = "keys of the issuer for itself.."}};

static bool fill(void *context, uint8_t *out, size_t n)
{
    uint64_t *state = context;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)test_random(state);
    }
    return true;
}

static void attach(struct card_link *link, uint64_t random, struct store_flash flash)
{
    memset(link, 0, sizeof *link);
    link->random = random;
    link->port.flash = flash;
    link->port.random = (struct crypto_random){fill, &link->random};
    link->limits = (struct jumin_limits){65544, 65538, true};
}

static void manufacture(struct card_link *link, unsigned serial)
{
    struct card_factory factory = {.key_version = KEY_VERSION_TRANSPORT};
    memset(factory.production, (int)serial, sizeof factory.production);
    card_link_serial(serial, factory.diversification);
    memset(factory.batch, 0xBA, sizeof factory.batch);
    assert_true(key_set_diversify(span_of(card_link_transport_key->bytes, JUMIN_MASTER_KEY),
                                  factory.diversification, &factory.transport_keys));
    assert_int_equal(card_manufacture(&link->port, &factory), STORE_OK);
}

void card_link_serial(unsigned serial, uint8_t diversification[JUMIN_CARD_SERIAL])
{
    memset(diversification, (int)serial, JUMIN_CARD_SERIAL);
    diversification[0] = (uint8_t)(serial >> 8);
}

void card_link_start(struct card_link *link, uint8_t serial)
{
    struct flash_simulator flash;
    flash_simulator_create(&flash, CARD_LINK_PAGES, serial);
    attach(link, serial, (struct store_flash){0});
    link->flash = flash;
    link->port.flash = flash_simulator_port(&link->flash);
    manufacture(link, serial);
}

void card_link_start_on(struct card_link *link, unsigned serial, struct store_flash flash)
{
    attach(link, serial, flash);
    manufacture(link, serial);
}

void card_link_resume_on(struct card_link *link, uint64_t random, struct store_flash flash)
{
    attach(link, random, flash);
}

void card_link_stop(struct card_link *link)
{
    card_reset(&link->card);
    flash_simulator_release(&link->flash);
}

// The field comes back: whatever was lost, the card starts anew.
static enum jumin_error connect_card(void *context)
{
    struct card_link *link = context;
    if (link->in_field) {
        card_reset(&link->card);
    }
    link->in_field = card_power_on(&link->card, &link->port) == STORE_OK;
    return link->in_field ? JUMIN_OK : JUMIN_ERROR_NO_CARD;
}

static void leave_field(struct card_link *link)
{
    card_reset(&link->card);
    link->in_field = false;
    link->lose_at = 0;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct card_link *link = context;
    uint8_t answer[CARD_RESPONSE_MAX];
    assert_true(n <= link->limits.command_max);
    link->commands++;
    const bool lost = link->lose_at != 0 && link->commands == link->lose_at;
    if (!link->in_field || (lost && !link->lose_answer_only)) {
        leave_field(link);
        return JUMIN_ERROR_CARD_REMOVED;
    }
    *length = card_transmit(&link->card, command, n, answer, sizeof answer);
    if (lost) {
        leave_field(link);
        return JUMIN_ERROR_CARD_REMOVED;
    }
    if (link->tap != NULL) {
        link->tap(link->tap_context, span_of(command, n), answer, length);
    }
    assert_true(*length >= 2);
    assert_true(*length <= link->limits.response_max);
    if (*length > capacity) {
        return JUMIN_ERROR_TOO_LONG;
    }
    memcpy(response, answer, *length);
    return JUMIN_OK;
}

static void disconnect(void *context)
{
    struct card_link *link = context;
    if (link->in_field) {
        card_reset(&link->card);
        link->in_field = false;
    }
}

static void limits(void *context, struct jumin_limits *limits)
{
    *limits = ((struct card_link *)context)->limits;
}

struct jumin_transport *card_link_open(struct card_link *link)
{
    static const struct jumin_transport_functions functions = {
        .connect = connect_card, .transmit = transmit, .disconnect = disconnect, .limits = limits};
    struct jumin_transport *transport = NULL;
    assert_int_equal(jumin_transport_new(&transport, &functions, link), JUMIN_OK);
    return transport;
}

void card_link_short_apdus_only(struct card_link *link)
{
    link->limits = (struct jumin_limits){261, 258, false};
}

void card_link_count_from_here(struct card_link *link, unsigned lose_at, bool lose_answer_only)
{
    link->commands = 0;
    link->lose_at = lose_at;
    link->lose_answer_only = lose_answer_only;
}
