// The two ends of binding a phone, a card between them, and whoever stands in the way of their messages.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/binding_ends.h"

#include "card/apps/provisioning.h"
#include "card/core/registry.h"
#include "tests/apdu/document.h"
#include "tests/unit/unit.h"

enum { PORTRAIT_MAX = 6000, CHIP_SECURITY_MAX = 4096 };

struct binding_stage stage;

// Points of P-256: the generator and its double, as device keys of two phones.
static const char *const phones[] = {
    "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    "047CF27B188D034F7E8A52380304B51AC3C08969E277F21B35A60B48FC47669978"
    "07775510DB8ED040293D9AC69F7430DBBA7DADE63CE982299E04B79D227873D1",
};

void phone_key(size_t phone, uint8_t key[JUMIN_DEVICE_KEY])
{
    unhex(phones[phone], key, JUMIN_DEVICE_KEY);
}

struct jumin_authenticator_options usual_options(void)
{
    return (struct jumin_authenticator_options){.terminal = stage.issuer,
                                                .trust = stage.card->issued.trust,
                                                .time = ISSUED_NOW,
                                                .portrait = PORTRAIT_MAX,
                                                .chip_security = stage.chip_security};
}

void ends_open(struct ends *ends, size_t phone, const struct jumin_authenticator_options *options)
{
    uint8_t key[JUMIN_DEVICE_KEY];
    phone_key(phone, key);
    memset(ends, 0, sizeof *ends);
    assert_int_equal(jumin_pipe_new(&ends->pipe, stage.reader, key, (const uint8_t *)"attested", 8),
                     JUMIN_OK);
    assert_int_equal(jumin_authenticator_new(&ends->authenticator, options), JUMIN_OK);
}

void ends_close(struct ends *ends)
{
    jumin_pipe_free(ends->pipe);
    jumin_authenticator_free(ends->authenticator);
}

static void keep(size_t number, const uint8_t *bytes, size_t n)
{
    assert_true(n <= BINDING_MESSAGE_MAX);
    memcpy(stage.letters[number].bytes, bytes, n);
    stage.letters[number].n = n;
}

void no_meddler(size_t number, struct letter *letter)
{
    (void)number;
    (void)letter;
}

void ends_run(struct ends *ends, meddler *meddle)
{
    const uint8_t *bytes = NULL;
    size_t n = 0;
    for (size_t number = BINDING_BEGIN; number <= BINDING_BOUND; number += 2) {
        ends->phone = jumin_pipe_next(ends->pipe, bytes, n, &bytes, &n);
        if (ends->phone != JUMIN_OK) {
            return;
        }
        keep(number, bytes, n);
        meddle(number, &stage.letters[number]);
        ends->server = jumin_authenticator_next(ends->authenticator, stage.letters[number].bytes,
                                                stage.letters[number].n, &bytes, &n);
        if (ends->server != JUMIN_OK) {
            return;
        }
        keep(number + 1, bytes, n);
        meddle(number + 1, &stage.letters[number + 1]);
        bytes = stage.letters[number + 1].bytes;
        n = stage.letters[number + 1].n;
    }
    ends->phone = jumin_pipe_next(ends->pipe, bytes, n, &bytes, &n);
}

uint32_t bind_phone(size_t phone)
{
    struct ends ends;
    struct jumin_binding binding;
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, phone, &options);
    ends_run(&ends, no_meddler);
    if (ends.phone != JUMIN_OK || ends.server != JUMIN_OK) {
        fail_msg("phone: %s; server: %s", jumin_pipe_detail(ends.pipe),
                 jumin_authenticator_detail(ends.authenticator));
    }
    assert_true(jumin_pipe_finished(ends.pipe));
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_OK);
    assert_int_equal(jumin_pipe_counter(ends.pipe), binding.counter);
    ends_close(&ends);
    return binding.counter;
}

uint32_t binding_on_card(uint8_t thumbprint[BINDING_THUMBPRINT])
{
    uint8_t bytes[BINDING_COUNTER + BINDING_THUMBPRINT] = {0};
    size_t length = 0;
    struct store *store = &stage.card->issued.fixture.card.store;
    if (store_length(store, OBJECT_BINDING, &length) != STORE_OK) {
        return 0;
    }
    assert_int_equal(store_read(store, OBJECT_BINDING, 0, bytes, length), STORE_OK);
    memcpy(thumbprint, bytes + BINDING_COUNTER, BINDING_THUMBPRINT);
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

void assert_nothing_is_bound(void)
{
    uint8_t thumbprint[BINDING_THUMBPRINT];
    assert_int_equal(binding_on_card(thumbprint), 0);
}

bool ends_survive(meddler *meddle)
{
    struct ends ends;
    const struct jumin_authenticator_options options = usual_options();
    ends_open(&ends, 0, &options);
    ends_run(&ends, meddle);
    const bool both = ends.phone == JUMIN_OK && ends.server == JUMIN_OK && jumin_pipe_finished(ends.pipe);
    ends_close(&ends);
    return both;
}

void expect_server_error(const struct jumin_authenticator_options *options, meddler *meddle,
                         enum jumin_error error)
{
    struct ends ends;
    struct jumin_binding binding;
    ends_open(&ends, 0, options);
    ends_run(&ends, meddle);
    assert_int_equal(ends.server, error);
    assert_true(jumin_authenticator_detail(ends.authenticator)[0] != '\0');
    assert_int_equal(jumin_authenticator_result(ends.authenticator, &binding), JUMIN_ERROR_ARGUMENT);
    ends_close(&ends);
}

struct asked_rights rights_asked_for(void)
{
    struct ends ends;
    struct binding_ask ask;
    struct span session;
    struct tlv chat;
    struct authorization asked;
    struct extensions extensions;
    struct jumin_authenticator_options options = usual_options();
    struct jumin_terminal *office = eid_card_terminal(stage.card, &stage.card->chain, ~(rights)0);
    options.terminal = office;
    ends_open(&ends, 0, &options);
    ends_run(&ends, no_meddler);
    assert_true(jumin_pipe_finished(ends.pipe));
    ends_close(&ends);
    jumin_terminal_free(office);
    const struct letter *letter = &stage.letters[BINDING_ASK];
    assert_true(binding_read_ask(span_of(letter->bytes, letter->n), &session, &ask));
    assert_true(tlv_expect(&ask.chat, TAG_CHAT, &chat) && chat_parse(chat.value, &asked));
    assert_true(extensions_parse(ask.extensions, &extensions));
    return (struct asked_rights){asked.rights, extensions.rights};
}

static int start(rights granted)
{
    stage.card = eid_card_new(3);
    stage.issuer = eid_card_terminal(stage.card, &stage.card->chain, granted);
    stage.reader = eid_card_reader(stage.card, JUMIN_PASSWORD_PIN);
    struct registry registry;
    struct store *store = &stage.card->issued.fixture.card.store;
    assert_true(registry_read(store, &registry));
    document_enter(&registry, &provisioning_applet);
    assert_int_equal(registry_write(store, &registry), STORE_OK);
    return 0;
}

int binding_start(void **state)
{
    (void)state;
    stage.chip_security = 0;
    return start(right_of(RIGHT_PROVISION_PHONE));
}

int binding_start_naming(void **state)
{
    (void)state;
    stage.chip_security = CHIP_SECURITY_MAX;
    return start(right_of(RIGHT_PROVISION_PHONE) | right_of(RIGHT_PRIVILEGED_TERMINAL));
}

int binding_stop(void **state)
{
    (void)state;
    jumin_reader_free(stage.reader);
    jumin_terminal_free(stage.issuer);
    eid_card_free(stage.card);
    return 0;
}
