// A card that lies to the station: its answers while it is personalized, as they come, and under a secure
// channel whose keys it has (GP Amd D §7.1, GPC v2.3.1 §11).
// SPDX-License-Identifier: Apache-2.0
//
// The first byte of an input says what reader and link carry; then come answers, each behind a byte of flags
// and a byte of length. The answer to INITIALIZE UPDATE is diversification data and key version; what must
// fit the challenge is put behind them here. The program is linked with --wrap=crypto_system_random, so that
// every run draws the same.
#include "tests/fuzz/fuzz.h"

#include "card/wire/key_set.h"
#include "host/jpeg.h"
#include "host/perso/master_key.h"
#include "host/pki/pki.h"
#include <jumin/perso.h>

enum {
    FLAG_NAKED = 1,
    FLAG_GONE = 2,
    FLAG_LONG = 4,
    ANSWERS_MAX = 100,
    INS_INITIALIZE_UPDATE = 0x50,
    INS_EXTERNAL_AUTHENTICATE = 0x82,
    WIDTH = 240,
    HEIGHT = 320,
};

static const int64_t now = 1793577600; // 2026-11-02
static const struct jumin_master_key transport_key = {.open = true, .bytes = {1}},
                                     issuer_key = {.open = true, .bytes = {2}};
static uint64_t random_state;

struct liar {
    struct span input;
    size_t command_max; // 0: short
    struct scp03_session session;
    bool open; // EXTERNAL AUTHENTICATE was answered with 9000
    unsigned answers;
};

static bool fill(void *context, uint8_t *out, size_t n)
{
    (void)context;
    for (size_t i = 0; i < n; i++) {
        random_state = random_state * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(random_state >> 56);
    }
    return true;
}

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the name that the linker makes
struct crypto_random __wrap_crypto_system_random(void);

struct crypto_random __wrap_crypto_system_random(void)
{
    return (struct crypto_random){fill, NULL};
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

static enum jumin_error liar_connect(void *context)
{
    struct liar *liar = context;
    scp03_end(&liar->session);
    liar->open = false;
    return JUMIN_OK;
}

static void liar_disconnect(void *context)
{
    (void)context;
}

static void liar_limits(void *context, struct jumin_limits *limits)
{
    const struct liar *liar = context;
    *limits = (struct jumin_limits){.command_max = 261, .response_max = 258};
    if (liar->command_max > 0) {
        *limits = (struct jumin_limits){liar->command_max, 65538, true};
    }
}

// What only a holder of the card's keys can say (GP Amd D §7.1.1.6).
static void put_initialize_update(struct liar *liar, const struct apdu_command *command, struct span facts,
                                  struct writer *w)
{
    static const uint8_t challenge[SCP03_S8] = {3};
    uint8_t card_cryptogram[SCP03_CHALLENGE_MAX], host_cryptogram[SCP03_CHALLENGE_MAX];
    const uint8_t version = facts.p[SCP03_DIVERSIFICATION];
    struct scp03_keys keys;
    require(key_set_diversify(
        span_of(version == KEY_VERSION_ISSUER ? issuer_key.bytes : transport_key.bytes, 32), facts.p, &keys));
    require(scp03_start(&liar->session, &keys, SCP03_S8, command->data, span_of(challenge, SCP03_S8)));
    require(scp03_cryptograms(&liar->session, command->data, span_of(challenge, SCP03_S8), card_cryptogram,
                              host_cryptogram));
    liar->open = false;
    writer_put(w, span_first(facts, SCP03_DIVERSIFICATION + 1));
    writer_put_u8(w, 3);
    writer_put_u8(w, SCP03_I_PSEUDO_RANDOM | SCP03_I_R_MAC | SCP03_I_R_ENCRYPTION);
    writer_put(w, span_of(challenge, SCP03_S8));
    writer_put(w, span_of(card_cryptogram, SCP03_S8));
    writer_put(w, span_from(facts, SCP03_DIVERSIFICATION + 1));
    writer_put_u16(w, SW_OK);
}

// False: the answer goes as it is in the input.
static bool put_honest(struct liar *liar, struct span bytes, struct span data, struct writer *w)
{
    static uint8_t buffer[APDU_COMMAND_MAX];
    struct apdu_command command, plain;
    require(apdu_parse(bytes, &command));
    if (command.ins == INS_INITIALIZE_UPDATE && command.data.n == SCP03_S8 &&
        data.n >= SCP03_DIVERSIFICATION + 1) {
        put_initialize_update(liar, &command, data, w);
        return true;
    }
    if (!liar->session.active || !scp03_unwrap_command(&liar->session, &command, buffer, &plain)) {
        return false;
    }
    if (command.ins == INS_EXTERNAL_AUTHENTICATE && !liar->open) {
        liar->open = scp03_set_level(&liar->session, command.p1);
        writer_put_u16(w, SW_OK);
        return true;
    }
    unsigned status = SW_OK;
    if (data.n >= 2) {
        status = (unsigned)data.p[data.n - 2] << 8 | data.p[data.n - 1];
    }
    if (!scp03_wrap_response(&liar->session, span_first(data, data.n < 2 ? 0 : data.n - 2), (uint16_t)status,
                             w)) {
        return false;
    }
    writer_put_u16(w, (uint16_t)status);
    return true;
}

static enum jumin_error liar_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    struct liar *liar = context;
    struct span head;
    if (liar->answers++ == ANSWERS_MAX || !span_take(&liar->input, 2, &head) ||
        (head.p[0] & FLAG_GONE) != 0) {
        return JUMIN_ERROR_CARD_REMOVED;
    }
    const struct span data =
        span_first(liar->input, (head.p[0] & FLAG_LONG) != 0 ? (size_t)head.p[1] * 16 : head.p[1]);
    liar->input = span_from(liar->input, data.n);
    struct writer w = writer_of(response, capacity);
    if ((head.p[0] & FLAG_NAKED) != 0 || !put_honest(liar, span_of(command, n), data, &w)) {
        w = writer_of(response, capacity);
        writer_put(&w, data);
    }
    *length = w.n;
    return w.overflow ? JUMIN_ERROR_LINK : JUMIN_OK;
}

static const struct jumin_transport_functions functions = {
    .connect = liar_connect, .transmit = liar_transmit, .disconnect = liar_disconnect, .limits = liar_limits};

static struct jumin_pki *make_pki(void)
{
    const struct jumin_pki_options options = {.curve = JUMIN_CURVE_P256, .now = now - 86400};
    struct jumin_pki *pki = NULL;
    require(jumin_pki_new(&pki, "nowhere") == JUMIN_OK && pki_make(pki, &options) == JUMIN_OK);
    return pki;
}

static struct jumin_order *make_order(void)
{
    static const char profile[] =
        "{\"name\":\"fuzzed\",\"description\":\"A travel document\",\"passwords\":{\"mrz\":true,"
        "\"puk\":true,\"pin\":{\"digits\":6,\"tries\":3,\"transport\":false}},\"algorithms\":{\"pace\":["
        "\"ECDH-GM\",\"ECDH-CAM\"],\"secure_messaging\":[\"AES-128\"]},\"keys\":{"
        "\"active_authentication\":true,\"chip\":true},\"emrtd\":{\"data_groups\":[1,2,11,12]}}";
    static const char person[] =
        "{\"document_number\":\"JM1234567\",\"surname\":{\"hangul\":\"홍\"},"
        "\"given_names\":{\"hangul\":\"길동\"},\"birth_date\":\"1990-01-02\",\"sex\":\"M\","
        "\"nationality\":\"KOR\",\"issuing_state\":\"KOR\",\"issue_date\":\"2026-11-01\","
        "\"expiry_date\":\"2036-11-01\",\"issuing_authority\":\"Specimen\"}";
    static uint8_t pixels[WIDTH * HEIGHT * 3];
    const struct picture grey = {.rgb = pixels, .width = WIDTH, .height = HEIGHT};
    struct jumin_order *order = NULL;
    uint8_t *jpeg = NULL;
    size_t n = 0;
    memset(pixels, 0x80, sizeof pixels);
    require(jpeg_encode(&grey, 50, &jpeg, &n) == JUMIN_OK && jumin_order_new(&order) == JUMIN_OK);
    require(jumin_order_set_profile(order, profile, sizeof profile - 1) == JUMIN_OK);
    require(jumin_order_set_person(order, person, sizeof person - 1) == JUMIN_OK);
    require(jumin_order_set_photo(order, jpeg, n) == JUMIN_OK);
    require(jumin_order_set_can(order, "271828") == JUMIN_OK);
    require(jumin_order_set_pin(order, "314159") == JUMIN_OK);
    require(jumin_order_set_puk(order, "1618033988") == JUMIN_OK);
    free(jpeg);
    return order;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    // Made once; no input changes what the next one meets.
    static struct jumin_pki *pki;
    static struct jumin_order *order;
    struct jumin_transport *transport = NULL;
    struct jumin_perso *perso = NULL;
    if (n == 0) {
        return 0;
    }
    random_state = 1;
    if (pki == NULL) {
        pki = make_pki();
        order = make_order();
    }
    struct liar liar = {.input = span_of(bytes + 1, n - 1), .command_max = (size_t)bytes[0] * 20};
    require(jumin_transport_new(&transport, &functions, &liar) == JUMIN_OK);
    require(jumin_perso_new(&perso, transport, pki, &transport_key, &issuer_key) == JUMIN_OK);
    for (int i = 0; i < 2; i++) { // once more, as after a card that was taken away
        require(jumin_perso_issue(perso, order, now) != JUMIN_OK); // it cannot be read back
        require(jumin_perso_detail(perso)[0] != '\0');
    }
    scp03_end(&liar.session);
    jumin_perso_free(perso);
    jumin_transport_free(transport);
    return 0;
}
