// A whole tap by BAC, and what comes of it when the document leaves: read on in a new session, from where it
// was, and believed only when the hash of the whole is right (9303-11 §4.3).
//
// The document is that of tests/apdu's card behind an old chip, which knows BAC and 3DES and nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/sm_3des.h"
#include "tests/e2e/issued_card.h"

#include <stdlib.h>

enum {
    IMAGE = 3000,
    RANDOM = 8,
    MATERIAL = 16,
    MESSAGE = 2 * RANDOM + MATERIAL,
    UNIT_MAX = 231, // plain bytes in a short answer under 3DES
    COMPARED_MAX = 223,
};

static const uint32_t groups_read = 1U << 1 | 1U << 2 | 1U << 11 | 1U << 12;

struct passport {
    struct issued_card *issued;
    struct crypto_cipher_key encryption, mac; // of the MRZ
    uint8_t challenge[RANDOM];
    struct sm_session sm;
    unsigned current; // group, 0 for EF.SOD; ISSUED_GROUPS: none
    unsigned commands, authentications;
    unsigned remove_before; // leaves before this command, once; 0: never
    size_t given;           // bytes of DG2
};

// --- The chip ------------------------------------------------------------------------------------------------

// Document number, dates and their check digits of a TD1 document, which DG1 ends with.
static void load_keys(struct passport *passport)
{
    const uint8_t *text = passport->issued->files[1] + passport->issued->lengths[1] - 90;
    uint8_t information[24], password[MRZ_PASSWORD_LENGTH], key[CRYPTO_3DES_KEY];
    memcpy(information, text + 5, 10);
    memcpy(information + 10, text + 30, 7);
    memcpy(information + 17, text + 38, 7);
    assert_true(mrz_password(span_of(information, sizeof information), password));
    const struct span seed = span_of(password, MATERIAL);
    assert_true(kdf_derive_3des(seed, KDF_ENCRYPTION, key));
    assert_true(crypto_3des_load(&passport->encryption, span_of(key, sizeof key)));
    assert_true(kdf_derive_3des(seed, KDF_MAC, key));
    assert_true(crypto_3des_load(&passport->mac, span_of(key, sizeof key)));
}

static uint16_t mutual_authenticate(struct passport *passport, struct span cryptogram, struct writer *w)
{
    static const uint8_t iv[CRYPTO_3DES_BLOCK];
    const struct span message = span_first(cryptogram, MESSAGE);
    uint8_t plain[MESSAGE], answer[MESSAGE], mac[CRYPTO_MAC], seed[MATERIAL], ssc[RANDOM];
    assert_int_equal(cryptogram.n, MESSAGE + CRYPTO_MAC);
    assert_true(crypto_mac(&passport->mac, &message, 1, mac));
    assert_memory_equal(mac, cryptogram.p + MESSAGE, CRYPTO_MAC);
    assert_true(crypto_cbc_decrypt(&passport->encryption, iv, message, plain));
    assert_memory_equal(plain + RANDOM, passport->challenge, RANDOM);
    memcpy(answer, passport->challenge, RANDOM);
    memcpy(answer + RANDOM, plain, RANDOM);
    for (size_t i = 0; i < MATERIAL; i++) {
        answer[2 * RANDOM + i] = (uint8_t)(0xA0 + i + passport->authentications);
        seed[i] = answer[2 * RANDOM + i] ^ plain[2 * RANDOM + i];
    }
    memcpy(ssc, passport->challenge + RANDOM / 2, RANDOM / 2);
    memcpy(ssc + RANDOM / 2, plain + RANDOM / 2, RANDOM / 2);
    assert_true(crypto_cbc_encrypt(&passport->encryption, iv, span_of(answer, MESSAGE), answer));
    const struct span encrypted = span_of(answer, MESSAGE);
    assert_true(crypto_mac(&passport->mac, &encrypted, 1, mac));
    assert_true(sm_agree_3des(&passport->sm, span_of(seed, MATERIAL), span_of(ssc, RANDOM)));
    writer_put(w, encrypted);
    writer_put(w, span_of(mac, CRYPTO_MAC));
    passport->authentications++;
    return SW_OK;
}

static uint16_t answer_plain(struct passport *passport, const struct apdu_command *command, struct writer *w)
{
    switch (command->ins) {
    case 0xA4:
        return command->p1 == 0x04 ? SW_OK : SW_FILE_NOT_FOUND;
    case 0x84:
        for (size_t i = 0; i < RANDOM; i++) {
            passport->challenge[i] = (uint8_t)(0x11 * passport->authentications + i);
        }
        writer_put(w, span_of(passport->challenge, RANDOM));
        return SW_OK;
    case 0x82:
        return mutual_authenticate(passport, command->data, w);
    default:
        return SW_FILE_NOT_FOUND;
    }
}

static unsigned group_of_identifier(unsigned identifier)
{
    return identifier == (FID_SOD & 0x1F) ? 0 : identifier <= 16 ? identifier : ISSUED_GROUPS;
}

static uint16_t read_binary(struct passport *passport, const struct apdu_command *command, struct span *data)
{
    const bool by_identifier = (command->p1 & 0x80) != 0;
    if (by_identifier) {
        passport->current = group_of_identifier(command->p1 & 0x1F);
    }
    const size_t offset = by_identifier ? command->p2 : (size_t)command->p1 << 8 | command->p2;
    if (command->ins != 0xB0 || passport->current == ISSUED_GROUPS ||
        passport->issued->lengths[passport->current] == 0) {
        return SW_FILE_NOT_FOUND;
    }
    const struct span file =
        span_of(passport->issued->files[passport->current], passport->issued->lengths[passport->current]);
    *data = span_first(span_from(file, offset), command->ne);
    passport->given += passport->current == 2 ? data->n : 0;
    return SW_OK;
}

// --- The link ------------------------------------------------------------------------------------------------

static enum jumin_error lay_down(void *context)
{
    struct passport *passport = context;
    sm_end(&passport->sm);
    passport->current = ISSUED_GROUPS;
    return JUMIN_OK;
}

static void leave(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *out)
{
    (void)context;
    *out = (struct jumin_limits){.command_max = 261, .response_max = 258};
}

static enum jumin_error transmit(void *context, const uint8_t *bytes, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    struct passport *passport = context;
    struct apdu_command command, plain;
    uint8_t buffer[256];
    struct span data = {NULL, 0};
    struct writer w = writer_of(response, capacity);
    uint16_t status;
    passport->commands++;
    if (passport->commands == passport->remove_before) {
        passport->remove_before = 0;
        return JUMIN_ERROR_CARD_REMOVED;
    }
    assert_true(apdu_parse(span_of(bytes, n), &command));
    if ((command.cla & CLA_SM_HEADER_AUTHENTICATED) == 0) {
        sm_end(&passport->sm);
        status = answer_plain(passport, &command, &w);
    } else {
        assert_int_equal(sm_open_command(&passport->sm, &command, buffer, &plain), SM_OK);
        status = read_binary(passport, &plain, &data);
        assert_true(sm_protect_response(&passport->sm, data, status, false, &w));
    }
    writer_put_u16(&w, status);
    *length = w.n;
    return JUMIN_OK;
}

static const struct jumin_transport_functions functions = {
    .connect = lay_down, .transmit = transmit, .disconnect = leave, .limits = limits};

// --- A tap ---------------------------------------------------------------------------------------------------

struct stage {
    struct passport passport;
    struct jumin_transport *transport;
    struct jumin_reader *reader;
};

static struct issued_card *issue(uint8_t serial)
{
    struct issued_card *issued = malloc(sizeof *issued);
    assert_non_null(issued);
    issued_card_start(issued, &document_usual, IMAGE, serial);
    return issued;
}

static void withdraw(struct issued_card *issued)
{
    issued_card_stop(issued);
    free(issued);
}

static struct stage *open_stage(void)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    stage->passport.issued = issue(1);
    load_keys(&stage->passport);
    assert_int_equal(jumin_transport_new(&stage->transport, &functions, &stage->passport), JUMIN_OK);
    assert_int_equal(jumin_reader_new(&stage->reader, stage->transport), JUMIN_OK);
    const struct issued_card *issued = stage->passport.issued;
    char mrz[91] = "";
    memcpy(mrz, issued->files[1] + issued->lengths[1] - 90, 90);
    assert_int_equal(jumin_reader_set_password(stage->reader, JUMIN_PASSWORD_MRZ, mrz), JUMIN_OK);
    assert_int_equal(jumin_reader_set_bac(stage->reader, JUMIN_BAC_WITHOUT_PACE), JUMIN_OK);
    assert_int_equal(jumin_reader_set_chip_authentication(stage->reader, false), JUMIN_OK);
    assert_int_equal(jumin_reader_set_active_authentication(stage->reader, false), JUMIN_OK);
    assert_int_equal(jumin_reader_set_groups(stage->reader, groups_read), JUMIN_OK);
    return stage;
}

static void close_stage(struct stage *stage)
{
    jumin_reader_free(stage->reader);
    jumin_transport_free(stage->transport);
    sm_end(&stage->passport.sm);
    crypto_cipher_release(&stage->passport.encryption);
    crypto_cipher_release(&stage->passport.mac);
    withdraw(stage->passport.issued);
    free(stage);
}

static struct jumin_document *read_on(struct stage *stage)
{
    struct jumin_document *document = NULL;
    const enum jumin_error error = jumin_reader_read(stage->reader, &document);
    if (error != JUMIN_OK) {
        fail_msg("%s: %s", jumin_error_name(error), jumin_reader_detail(stage->reader));
    }
    return document;
}

static void interrupt_before(struct stage *stage, unsigned command)
{
    struct jumin_document *document = NULL;
    stage->passport.commands = 0;
    stage->passport.given = 0;
    stage->passport.remove_before = command;
    assert_int_equal(jumin_reader_read(stage->reader, &document), JUMIN_ERROR_CARD_REMOVED);
    assert_null(document);
}

// How many commands a tap has.
static unsigned whole_tap(struct stage *stage)
{
    stage->passport.commands = 0;
    jumin_document_free(read_on(stage));
    return stage->passport.commands;
}

// What of `group` came is the one that was signed.
static void assert_hash(const struct stage *stage, struct jumin_document *document, unsigned group,
                        enum jumin_verdict verdict)
{
    struct jumin_report *report = NULL;
    assert_int_equal(jumin_document_verify(document, stage->passport.issued->trust, ISSUED_NOW, &report),
                     JUMIN_OK);
    assert_int_equal(report_find(report, JUMIN_CHECK_GROUP_HASH, group)->verdict, verdict);
    assert_int_equal(jumin_report_verdict(report), verdict);
    jumin_report_free(report);
}

static void test_read_goes_on_after_the_document_left_at_any_apdu(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    const struct issued_card *issued = stage->passport.issued;
    const unsigned all = whole_tap(stage);
    for (unsigned at = 1; at <= all; at++) {
        interrupt_before(stage, at);
        const unsigned before = stage->passport.authentications;
        struct jumin_document *document = read_on(stage);
        assert_int_equal(stage->passport.authentications, before + 1);
        // Of DG2, nothing comes twice but what tells that it is the same.
        assert_in_range(stage->passport.given, issued->lengths[2], issued->lengths[2] + COMPARED_MAX);
        const uint8_t *bytes = NULL;
        size_t n = 0;
        assert_int_equal(jumin_document_file(document, JUMIN_FILE_DG2, &bytes, &n), JUMIN_OK);
        assert_int_equal(n, issued->lengths[2]);
        assert_memory_equal(bytes, issued->files[2], n);
        assert_int_equal(jumin_document_access(document), JUMIN_ACCESS_BAC);
        assert_hash(stage, document, 2, JUMIN_PASSED);
        jumin_document_free(document);
    }
    close_stage(stage);
}

// DG2 comes last, in pieces: the second piece from the end is that of another portrait.
static void test_file_that_changed_meanwhile_fails_its_hash(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    struct issued_card *issued = stage->passport.issued;
    interrupt_before(stage, whole_tap(stage) - 2);
    assert_true(stage->passport.given > 0 && stage->passport.given < issued->lengths[2]);
    issued->files[2][issued->lengths[2] - UNIT_MAX] ^= 0x01;
    struct jumin_document *document = read_on(stage);
    assert_hash(stage, document, 2, JUMIN_FAILED);
    jumin_document_free(document);
    close_stage(stage);
}

static void test_another_document_does_not_go_on_with_the_read(void **state)
{
    (void)state;
    struct stage *stage = open_stage();
    struct jumin_document *document = NULL;
    struct issued_card *first = stage->passport.issued, *second = issue(2);
    interrupt_before(stage, whole_tap(stage) - 2);
    stage->passport.issued = second; // of the same MRZ
    assert_int_equal(jumin_reader_read(stage->reader, &document), JUMIN_ERROR_OTHER_CARD);
    assert_null(document);
    stage->passport.issued = first;
    withdraw(second);
    close_stage(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_goes_on_after_the_document_left_at_any_apdu),
        cmocka_unit_test(test_file_that_changed_meanwhile_fails_its_hash),
        cmocka_unit_test(test_another_document_does_not_go_on_with_the_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
