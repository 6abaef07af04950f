// A wallet lies on a reader as a contactless card: over a real pcscd, by our driver or vsmartcard's, and over
// libnfc and the chip pn532. Its messages have no meaning here.
// SPDX-License-Identifier: Apache-2.0
//
// Usage: wallet_in_reader pcsc|vpcd|nfc|nfc-extended; to be run by private_pcscd or with_pn532.
#include "tests/mobile/nfc_phone.h"
#include "tests/unit/unit.h"

#include <jumin/nfc.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/verifier/nfc_reader.h"

enum { PATIENCE_MS = 20000, LENGTH_FIELD = 4 };

static const uint8_t engagement[] = {0xA1, 0x00, 0x63, '1', '.', '0'};
static const char *way;

static struct {
    // The phone, in a thread of its own.
    pthread_t thread;
    int order[2]; // closed: end
    struct jumin_wallet_nfc *nfc;
    struct wallet_card card;
    uint8_t reply[NFC_MESSAGE_MAX];

    // The reader.
    struct jumin_pcsc *pcsc;
    struct jumin_nfc *chip;
    struct jumin_transport *transport;
    struct nfc_reader *reader;
    uint8_t message[NFC_MESSAGE_MAX];
} scene;

// --- The phone ---------------------------------------------------------------------------------------------

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 13 + i / 256);
}

// The holder thinks: meanwhile the wallet hears what else there is, and the message goes on waiting.
static void think(void)
{
    uint8_t nod = 0;
    assert_int_equal(write(scene.order[1], &nod, 1), 1);
    assert_int_equal(wallet_card_next(&scene.card, scene.order[0]), WALLET_CARD_INPUT);
    assert_int_equal(read(scene.order[0], &nod, 1), 1);
}

// The reply has as many bytes as the message begins with.
static void answer_message(void)
{
    const uint8_t *message = NULL;
    size_t n = 0;
    jumin_wallet_nfc_message(scene.nfc, &message, &n);
    think();
    const size_t length =
        n < LENGTH_FIELD ? 0 : (size_t)message[1] << 16 | (size_t)message[2] << 8 | message[3];
    for (size_t i = 0; i < length; i++) {
        scene.reply[i] = byte_at(i + n);
    }
    nfc_phone_reply(&scene.card, span_of(scene.reply, length));
}

static void *run_phone(void *context)
{
    (void)context;
    for (;;) {
        switch (wallet_card_next(&scene.card, scene.order[0])) {
        case WALLET_CARD_WAITS:
            answer_message();
            break;
        case WALLET_CARD_GONE:
            break;
        default:
            return NULL;
        }
    }
}

static void start_phone(void)
{
    char name[SIM_READER_MAX];
    const struct jumin_wallet_nfc_options options = {engagement, sizeof engagement, 0, 0};
    const char *socket_path = getenv("JUMIN_READER_0");
    assert_non_null(socket_path);
    (void)snprintf(name, sizeof name, "sim:%s", socket_path);
    assert_int_equal(pipe(scene.order), 0);
    assert_int_equal(jumin_wallet_nfc_new(&scene.nfc, &options), JUMIN_OK);
    const bool vpcd = strcmp(way, "vpcd") == 0;
    const struct wallet_card_phone behind = nfc_phone(scene.nfc);
    assert_true(wallet_card_open(&scene.card, vpcd ? "vpcd:35963" : name, &behind));
    assert_int_equal(pthread_create(&scene.thread, NULL, run_phone, NULL), 0);
}

static void end_phone(void)
{
    close(scene.order[1]);
    assert_int_equal(pthread_join(scene.thread, NULL), 0);
    close(scene.order[0]);
    wallet_card_close(&scene.card);
    jumin_wallet_nfc_free(scene.nfc);
}

// --- The reader --------------------------------------------------------------------------------------------

static void open_pcsc(void)
{
    char name[256];
    const char *reader = strcmp(way, "vpcd") == 0 ? "Virtual PCD" : "jumin 0";
    assert_int_equal(jumin_pcsc_new(&scene.pcsc), JUMIN_OK);
    assert_int_equal(jumin_pcsc_wait_card(scene.pcsc, reader, PATIENCE_MS, name, sizeof name), JUMIN_OK);
    assert_int_equal(jumin_pcsc_open(scene.pcsc, name, JUMIN_PCSC_EXCLUSIVE, &scene.transport), JUMIN_OK);
}

static void open_nfc(void)
{
    const struct jumin_nfc_options options = {.mode = strcmp(way, "nfc-extended") == 0 ? JUMIN_NFC_EXTENDED
                                                                                       : JUMIN_NFC_SHORT};
    assert_int_equal(jumin_nfc_new(&scene.chip, getenv("JUMIN_NFC_CONNECTION")), JUMIN_OK);
    assert_int_equal(jumin_nfc_wait_card(scene.chip, PATIENCE_MS, NULL), JUMIN_OK);
    assert_int_equal(jumin_nfc_open(scene.chip, &options, &scene.transport), JUMIN_OK);
}

static int set_up(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof scene);
    start_phone();
    if (strncmp(way, "nfc", 3) == 0) {
        open_nfc();
    } else {
        open_pcsc();
    }
    assert_int_equal(jumin_transport_connect(scene.transport), JUMIN_OK);
    assert_int_equal(nfc_reader_new(&scene.reader, scene.transport), JUMIN_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nfc_reader_free(scene.reader);
    jumin_transport_free(scene.transport);
    end_phone();
    if (scene.pcsc != NULL) {
        const char *reader = strcmp(way, "vpcd") == 0 ? "Virtual PCD" : "jumin 0";
        assert_int_equal(jumin_pcsc_wait_removal(scene.pcsc, reader, PATIENCE_MS), JUMIN_OK);
    }
    jumin_pcsc_free(scene.pcsc);
    jumin_nfc_free(scene.chip);
    return 0;
}

static void engage(void)
{
    struct handover_select select;
    assert_int_equal(nfc_reader_engage(scene.reader, &select), JUMIN_OK);
    assert_true(span_equal(select.engagement, span_of(engagement, sizeof engagement)));
    assert_int_equal(nfc_reader_select(scene.reader), JUMIN_OK);
}

static void exchange(size_t n, size_t reply)
{
    struct span answer;
    const uint8_t head[LENGTH_FIELD] = {0, (uint8_t)(reply >> 16), (uint8_t)(reply >> 8), (uint8_t)reply};
    memcpy(scene.message, head, sizeof head);
    const enum jumin_error error = nfc_reader_exchange(scene.reader, span_of(scene.message, n), &answer);
    if (error != JUMIN_OK) {
        print_message("%s\n", nfc_reader_detail(scene.reader));
    }
    assert_int_equal(error, JUMIN_OK);
    assert_int_equal(answer.n, reply);
    for (size_t i = 0; i < reply; i++) {
        assert_int_equal(answer.p[i], byte_at(i + n));
    }
}

// --- Tests -------------------------------------------------------------------------------------------------

static void test_the_engagement_and_messages_of_all_lengths_come_through(void **state)
{
    (void)state;
    static const size_t lengths[] = {4, 60, 253, 300, 1000, 5000, 30000, 60000};
    engage();
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        exchange(lengths[i], lengths[i]);
        exchange(4, lengths[i]);
        exchange(lengths[i], 4);
    }
    exchange(10, 0);
}

static void test_a_phone_that_is_selected_again_begins_anew(void **state)
{
    (void)state;
    struct span answer;
    engage();
    exchange(100, 3000);
    assert_int_equal(jumin_transport_connect(scene.transport), JUMIN_OK);
    assert_int_equal(nfc_reader_exchange(scene.reader, span_of(scene.message, 10), &answer),
                     JUMIN_ERROR_NOT_SUPPORTED); // no application is selected any more
    engage();
    exchange(100, 3000);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_engagement_and_messages_of_all_lengths_come_through, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_phone_that_is_selected_again_begins_anew, set_up, tear_down),
    };
    return cmocka_run_group_tests_name(way, tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    way = argc == 2 ? argv[1] : "";
    return strcmp(way, "pcsc") == 0 || strcmp(way, "vpcd") == 0 || strncmp(way, "nfc", 3) == 0 ? run()
                                                                                               : EXIT_FAILURE;
}
