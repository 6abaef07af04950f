// A card's answers to the reader: before PACE or BAC as they come, and inside secure messaging, as a card
// that holds the keys could give them (9303-11 §9.8).
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "card/wire/sm_3des.h"
#include "host/reader/reader_internal.h"

// The input: mode, then answers; each begins with a byte of flags and a byte of length.
enum { MODE_SESSION = 1, MODE_BAC = 2, MODE_SESSION_3DES = 3 };
enum { FLAG_NAKED = 1, FLAG_GONE = 2, FLAG_LONG = 4, ANSWERS_MAX = 200 };

struct fuzz_card {
    struct span input;
    struct sm_session chip;
    unsigned answers;
};

static bool fill(void *context, uint8_t *out, size_t n)
{
    (void)context;
    memset(out, 0x42, n);
    return true;
}

static enum jumin_error fuzz_connect(void *context)
{
    (void)context;
    return JUMIN_OK;
}

static void fuzz_disconnect(void *context)
{
    (void)context;
}

static void fuzz_limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    *limits = (struct jumin_limits){.command_max = 65544, .response_max = 65538, .extended = true};
}

// Under the session's keys; false when the command did not come under them.
static bool put_protected(struct fuzz_card *card, struct span command, struct span data, uint16_t status,
                          struct writer *w)
{
    static uint8_t buffer[APDU_COMMAND_MAX];
    struct apdu_command parsed, plain;
    require(apdu_parse(command, &parsed));
    if (!card->chip.active || sm_open_command(&card->chip, &parsed, buffer, &plain) != SM_OK) {
        return false;
    }
    require(sm_protect_response(&card->chip, data, status, (parsed.ins & 1) != 0, w));
    writer_put_u16(w, status);
    return true;
}

static enum jumin_error fuzz_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                      size_t capacity, size_t *length)
{
    struct fuzz_card *card = context;
    struct span head, data;
    if (card->answers++ == ANSWERS_MAX || !span_take(&card->input, 2, &head) ||
        (head.p[0] & FLAG_GONE) != 0) {
        return JUMIN_ERROR_CARD_REMOVED;
    }
    const size_t wanted = (head.p[0] & FLAG_LONG) != 0 ? (size_t)head.p[1] * 16 : head.p[1];
    data = span_first(card->input, wanted);
    card->input = span_from(card->input, data.n);
    struct writer w = writer_of(response, capacity);
    unsigned status = SW_OK;
    if (data.n >= 2) {
        status = (unsigned)data.p[data.n - 2] << 8 | data.p[data.n - 1];
    }
    const struct span plain = data.n >= 2 ? span_first(data, data.n - 2) : data;
    if ((head.p[0] & FLAG_NAKED) != 0 ||
        !put_protected(card, span_of(command, n), plain, (uint16_t)status, &w)) {
        writer_put(&w, data);
    }
    *length = w.n;
    return JUMIN_OK;
}

static const struct jumin_transport_functions functions = {
    .connect = fuzz_connect, .transmit = fuzz_transmit, .disconnect = fuzz_disconnect, .limits = fuzz_limits};

static void use_document(struct jumin_document *document)
{
    struct jumin_mrz mrz;
    struct jumin_portrait portrait;
    struct jumin_person person;
    struct jumin_report *report = NULL;
    (void)jumin_document_mrz(document, &mrz);
    (void)jumin_document_portrait(document, &portrait);
    (void)jumin_document_person(document, &person);
    require(jumin_document_verify(document, NULL, 0, &report) == JUMIN_OK);
    require(jumin_report_verdict(report) != JUMIN_PASSED); // nobody is trusted
    jumin_report_free(report);
}

static bool start(struct sm_session *session, bool triple_des)
{
    static const uint8_t bytes[16] = {1};
    const struct span key = span_of(bytes, sizeof bytes), ssc = span_of(NULL, 0);
    return triple_des ? sm_start_3des(session, key, key, ssc)
                      : sm_start(session, SUITE_AES_CBC_CMAC_128, key, key);
}

// Files under a session whose keys both sides have.
static void read_files(struct jumin_reader *reader, struct fuzz_card *card, bool triple_des)
{
    static const enum jumin_file files[] = {JUMIN_FILE_SOD, JUMIN_FILE_COM,  JUMIN_FILE_DG1,
                                            JUMIN_FILE_DG2, JUMIN_FILE_DG11, JUMIN_FILE_DG14};
    require(jumin_document_new(&reader->document) == JUMIN_OK);
    require(channel_connect(&reader->channel) == JUMIN_OK);
    require(start(&reader->channel.sm, triple_des) && start(&card->chip, triple_des));
    reader->unit_now = READER_UNIT;
    for (size_t i = 0; i < sizeof files / sizeof *files && reader->channel.sm.active; i++) {
        const enum jumin_error error = reader_read_file(reader, files[i]);
        require(error == JUMIN_OK || jumin_reader_detail(reader)[0] != '\0');
    }
    if (reader->channel.sm.active && triple_des) {
        (void)reader_read_file(reader, JUMIN_FILE_DG15);
    }
    if (reader->channel.sm.active && triple_des) {
        (void)reader_active_authentication(reader);
    }
    if (reader->channel.sm.active) {
        (void)reader_chip_authentication(reader);
    }
    use_document(reader->document);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct fuzz_card card = {.input = span_of(bytes, n)};
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    struct span mode;
    if (!span_take(&card.input, 1, &mode)) {
        return 0;
    }
    require(jumin_transport_new(&transport, &functions, &card) == JUMIN_OK);
    require(jumin_reader_new(&reader, transport) == JUMIN_OK);
    reader_set_random(reader, (struct crypto_random){fill, NULL});
    if (mode.p[0] == MODE_BAC) {
        require(jumin_reader_set_mrz(reader, "L898902C", "690806", "940623") == JUMIN_OK);
        require(jumin_reader_set_bac(reader, JUMIN_BAC_WITHOUT_PACE) == JUMIN_OK);
    } else {
        require(jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, "123456") == JUMIN_OK);
    }
    if (mode.p[0] == MODE_SESSION || mode.p[0] == MODE_SESSION_3DES) {
        read_files(reader, &card, mode.p[0] == MODE_SESSION_3DES);
    } else {
        require(jumin_reader_read(reader, &document) != JUMIN_OK); // nobody knows the password
        require(document == NULL && jumin_reader_detail(reader)[0] != '\0');
    }
    sm_end(&card.chip);
    jumin_reader_free(reader);
    jumin_transport_free(transport);
    return 0;
}
