// The reader's handle: its options.
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/kdf.h"
#include "host/reader/lds.h"
#include "host/reader/reader_internal.h"
#include "host/reader/suite.h"

#include <stdlib.h>

enum {
    PASSWORD_CHARACTERS_MAX = 16,
    DOCUMENT_NUMBER_MAX = 22,
    DATE = 6,
    DATES = 2 * (DATE + 1), // with their check digits
    INFORMATION_MAX = DOCUMENT_NUMBER_MAX + 1 + DATES,
    INFORMATION_MIN = 9 + 1 + DATES,
    MRZ_MAX = 90,
};

enum jumin_error jumin_reader_new(struct jumin_reader **reader, struct jumin_transport *transport)
{
    if (reader == NULL || transport == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *reader = calloc(1, sizeof **reader);
    if (*reader == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    (*reader)->channel.transport = transport;
    (*reader)->channel.detail = &(*reader)->detail;
    (*reader)->random = crypto_system_random();
    (*reader)->unit = READER_UNIT;
    (*reader)->groups = READER_GROUPS;
    (*reader)->chip_authentication = true;
    (*reader)->active_authentication = true;
    return JUMIN_OK;
}

void jumin_reader_free(struct jumin_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    jumin_reader_restart(reader);
    channel_end(&reader->channel);
    crypto_wipe(reader, sizeof *reader);
    free(reader);
}

void jumin_reader_restart(struct jumin_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    jumin_document_free(reader->document);
    reader->document = NULL;
    crypto_hash_release(&reader->hashing);
    reader->hashing_active = false;
    reader->hash_known = false;
}

const char *jumin_reader_detail(const struct jumin_reader *reader)
{
    return reader != NULL ? reader->detail.text : "";
}

void reader_set_random(struct jumin_reader *reader, struct crypto_random random)
{
    reader->random = random;
}

// --- Password --------------------------------------------------------------------------------------------

static void keep_secret(struct jumin_reader *reader, enum pace_password password, struct span secret)
{
    crypto_wipe(reader->secret, sizeof reader->secret);
    memcpy(reader->secret, secret.p, secret.n);
    reader->secret_length = secret.n;
    reader->password = password;
}

static enum jumin_error keep_information(struct jumin_reader *reader, struct span information)
{
    uint8_t key[MRZ_PASSWORD_LENGTH];
    if (!mrz_password(information, key)) {
        return detail_set(&reader->detail, JUMIN_ERROR_CRYPTO, "the crypto library failed");
    }
    keep_secret(reader, PACE_PASSWORD_MRZ, span_of(key, sizeof key));
    crypto_wipe(key, sizeof key);
    return JUMIN_OK;
}

// `digits` fields, each with its check digit behind it.
static bool put_checked(struct writer *w, struct span field)
{
    const uint8_t digit = mrz_check_digit(&field, 1);
    writer_put(w, field);
    writer_put_u8(w, digit);
    return digit != 0xFF;
}

static enum jumin_error information_refused(struct jumin_reader *reader, const char *what)
{
    return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "the MRZ is refused: %s", what);
}

enum jumin_error jumin_reader_set_mrz(struct jumin_reader *reader, const char *document_number,
                                      const char *birth_date, const char *expiry_date)
{
    if (reader == NULL || document_number == NULL || birth_date == NULL || expiry_date == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const size_t n = strlen(document_number);
    if (n == 0 || n > DOCUMENT_NUMBER_MAX || strlen(birth_date) != DATE || strlen(expiry_date) != DATE) {
        return information_refused(reader, "a document number and two dates YYMMDD are needed");
    }
    uint8_t number[DOCUMENT_NUMBER_MAX], buffer[INFORMATION_MAX];
    memset(number, '<', sizeof number); // numbers shorter than nine characters are filled up
    for (size_t i = 0; i < n; i++) {
        number[i] = (uint8_t)document_number[i];
    }
    struct writer w = writer_of(buffer, sizeof buffer);
    const bool good = put_checked(&w, span_of(number, n < 9 ? 9 : n)) &&
                      put_checked(&w, span_of(birth_date, DATE)) &&
                      put_checked(&w, span_of(expiry_date, DATE));
    const enum jumin_error error =
        good ? keep_information(reader, writer_span(&w))
             : information_refused(reader, "only A to Z, 0 to 9 and < can stand in it");
    crypto_wipe(number, sizeof number);
    crypto_wipe(buffer, sizeof buffer);
    return error;
}

// Without line ends. False when more than MRZ_MAX characters remain.
static bool drop_line_ends(const char *text, struct writer *w)
{
    for (; *text != '\0'; text++) {
        if (*text != '\n' && *text != '\r') {
            writer_put_u8(w, (uint8_t)*text);
        }
    }
    return !w->overflow;
}

// The MRZ information itself: each field right by its check digit.
static bool information_is_sound(struct span information)
{
    const size_t number = information.n - 1 - DATES;
    const size_t ends[] = {number, number + 1 + DATE, information.n - 1};
    size_t at = 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const struct span field = span_first(span_from(information, at), ends[i] - at);
        if (mrz_check_digit(&field, 1) != information.p[ends[i]]) {
            return false;
        }
        at = ends[i] + 1;
    }
    return true;
}

static enum jumin_error set_mrz_text(struct jumin_reader *reader, const char *characters)
{
    uint8_t buffer[MRZ_MAX];
    struct writer w = writer_of(buffer, sizeof buffer);
    struct jumin_mrz mrz;
    const char *why = "";
    enum jumin_error error = JUMIN_OK;
    memset(&mrz, 0, sizeof mrz);
    if (!drop_line_ends(characters, &w)) {
        error = information_refused(reader, "it is longer than 90 characters");
    } else if (w.n >= INFORMATION_MIN && w.n <= INFORMATION_MAX) {
        error = information_is_sound(writer_span(&w)) ? keep_information(reader, writer_span(&w))
                                                      : information_refused(reader, "a check digit is wrong");
    } else if (!mrz_parse(writer_span(&w), &mrz, &why)) {
        error = information_refused(reader, why);
    } else if ((mrz.wrong_check_digits & (JUMIN_MRZ_CHECK_DOCUMENT_NUMBER | JUMIN_MRZ_CHECK_BIRTH_DATE |
                                          JUMIN_MRZ_CHECK_EXPIRY_DATE)) != 0) {
        error = information_refused(reader, "a check digit is wrong");
    } else {
        error = jumin_reader_set_mrz(reader, mrz.document_number, mrz.birth_date, mrz.expiry_date);
    }
    crypto_wipe(buffer, sizeof buffer);
    crypto_wipe(&mrz, sizeof mrz);
    return error;
}

enum jumin_error jumin_reader_set_password(struct jumin_reader *reader, enum jumin_password password,
                                           const char *characters)
{
    if (reader == NULL || characters == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&reader->detail);
    if (password == JUMIN_PASSWORD_MRZ) {
        return set_mrz_text(reader, characters);
    }
    const size_t n = strlen(characters);
    if (password < JUMIN_PASSWORD_MRZ || password > JUMIN_PASSWORD_PUK || n == 0 ||
        n > PASSWORD_CHARACTERS_MAX) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "a password has 1 to 16 characters");
    }
    keep_secret(reader, (enum pace_password)password, span_of(characters, n));
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_can_for_pin(struct jumin_reader *reader, const char *can)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    detail_clear(&reader->detail);
    crypto_wipe(reader->can, sizeof reader->can);
    const size_t n = can != NULL ? strlen(can) : 0;
    reader->can_length = 0;
    if (can != NULL && (n == 0 || n > PASSWORD_CHARACTERS_MAX)) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "a password has 1 to 16 characters");
    }
    memcpy(reader->can, can != NULL ? can : "", n);
    reader->can_length = n;
    return JUMIN_OK;
}

// --- Options ---------------------------------------------------------------------------------------------

enum jumin_error jumin_reader_set_extended_length(struct jumin_reader *reader,
                                                  enum jumin_extended_length extended)
{
    if (reader == NULL || (unsigned)extended > JUMIN_EXTENDED_ON) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->extended = extended;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_read_unit(struct jumin_reader *reader, size_t bytes)
{
    if (reader == NULL || bytes == 0 || bytes > READER_UNIT_MAX) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->unit = bytes;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_groups(struct jumin_reader *reader, uint32_t groups)
{
    if (reader == NULL || (groups & ~0x1FFFEU) != 0) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->groups = groups;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_chip_authentication(struct jumin_reader *reader, bool on)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->chip_authentication = on;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_active_authentication(struct jumin_reader *reader, bool on)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->active_authentication = on;
    return JUMIN_OK;
}

static bool known_suite(const struct jumin_pace_protocol *protocol)
{
    static const enum secure_messaging_suite suites[] = {SUITE_3DES_CBC_CBC,      SUITE_AES_CBC_CMAC_128,
                                                         SUITE_AES_CBC_CMAC_192,  SUITE_AES_CBC_CMAC_256,
                                                         SUITE_ARIA_CBC_CMAC_128, SUITE_ARIA_CBC_CMAC_256};
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
        if (suite_fits(suites[i], protocol)) {
            return true;
        }
    }
    return false;
}

enum jumin_error jumin_reader_set_pace(struct jumin_reader *reader,
                                       const struct jumin_pace_protocol *protocol)
{
    if (reader == NULL || protocol == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const bool known_mapping = protocol->mapping == JUMIN_PACE_ANY || protocol->mapping == JUMIN_PACE_GM ||
                               protocol->mapping == JUMIN_PACE_IM || protocol->mapping == JUMIN_PACE_CAM;
    enum crypto_curve curve = CRYPTO_P256;
    const bool known_parameter =
        protocol->parameter == 0 ||
        (protocol->parameter <= 0xFF && pace_curve_of_parameter((uint8_t)protocol->parameter, &curve));
    if (!known_mapping || !known_suite(protocol) || !known_parameter) {
        return detail_set(&reader->detail, JUMIN_ERROR_ARGUMENT, "no such variant of PACE is known here");
    }
    reader->demanded = *protocol;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_bac(struct jumin_reader *reader, enum jumin_bac bac)
{
    if (reader == NULL || (unsigned)bac > JUMIN_BAC_ALWAYS) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->bac = bac;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_terminal(struct jumin_reader *reader, struct jumin_terminal *terminal)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->terminal = terminal;
    return JUMIN_OK;
}

enum jumin_error jumin_reader_set_progress(struct jumin_reader *reader, jumin_progress *progress,
                                           void *context)
{
    if (reader == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    reader->channel.progress = progress;
    reader->channel.progress_context = context;
    return JUMIN_OK;
}

void jumin_reader_cost(const struct jumin_reader *reader, struct jumin_reader_cost *cost)
{
    if (cost == NULL) {
        return;
    }
    *cost = reader != NULL ? reader->channel.cost : (struct jumin_reader_cost){0};
}
