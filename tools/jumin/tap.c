// A tap as the command line asks for it: password, PACE variant, and a card that leaves in the middle.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/tap.h"

#include "tools/jumin/secret.h"
#include "tools/jumin/terminal.h"
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct {
    const char *option;
    enum jumin_password password;
} passwords[] = {{"can", JUMIN_PASSWORD_CAN}, {"mrz", JUMIN_PASSWORD_MRZ}};

static const struct {
    const char *name;
    enum jumin_pace_mapping mapping;
} mappings[] = {{"GM", JUMIN_PACE_GM}, {"IM", JUMIN_PACE_IM}, {"CAM", JUMIN_PACE_CAM}};

static const struct {
    const char *name;
    enum jumin_cipher cipher;
} ciphers[] = {{"AES", JUMIN_CIPHER_AES}, {"ARIA", JUMIN_CIPHER_ARIA}, {"3DES", JUMIN_CIPHER_3DES}};

static bool has_pin(const struct cli_arguments *arguments)
{
    return cli_has(arguments, "pin") || cli_has(arguments, "pin-file");
}

static bool set_password(const struct cli_arguments *arguments, struct jumin_reader *reader, const char *pin)
{
    enum jumin_error error = JUMIN_OK;
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords && error == JUMIN_OK; i++) {
        const char *characters = cli_value(arguments, passwords[i].option);
        if (characters != NULL) {
            error = jumin_reader_set_password(reader, passwords[i].password, characters);
        }
    }
    if (error == JUMIN_OK && pin != NULL) { // which opens the card where the CAN is given as well
        error = jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, pin);
    }
    if (error == JUMIN_OK && pin != NULL) {
        error = jumin_reader_set_can_for_pin(reader, cli_value(arguments, "can"));
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(reader));
    }
    return error == JUMIN_OK;
}

bool tap_cipher(const struct cli_arguments *arguments, enum jumin_cipher *cipher)
{
    const char *name = cli_value(arguments, "cipher");
    *cipher = JUMIN_CIPHER_ANY;
    for (size_t i = 0; name != NULL && i < sizeof ciphers / sizeof *ciphers; i++) {
        if (strcasecmp(name, ciphers[i].name) == 0) {
            *cipher = ciphers[i].cipher;
        }
    }
    return name == NULL || *cipher != JUMIN_CIPHER_ANY ||
           cli_misused(arguments, "--cipher takes AES, ARIA or 3DES");
}

// The variant that was asked for; false when there is none of that name.
static bool parse_pace(const struct cli_arguments *arguments, struct jumin_pace_protocol *protocol)
{
    const char *variant = cli_value(arguments, "pace");
    long bits = 0;
    *protocol = (struct jumin_pace_protocol){0};
    if (!tap_cipher(arguments, &protocol->cipher) || !cli_number(arguments, "key-bits", 112, 256, 0, &bits)) {
        return false;
    }
    if (bits % 64 != 0 && bits != 112) {
        return cli_misused(arguments, "--key-bits takes 128, 192 or 256, or 112 for 3DES");
    }
    protocol->key_bits = (unsigned)bits;
    for (size_t i = 0; variant != NULL && i < sizeof mappings / sizeof *mappings; i++) {
        if (strcmp(variant, mappings[i].name) == 0) {
            protocol->mapping = mappings[i].mapping;
        }
    }
    return variant == NULL || protocol->mapping != JUMIN_PACE_ANY ||
           cli_misused(arguments, "--pace takes GM, IM or CAM");
}

static bool set_pace(const struct cli_arguments *arguments, struct jumin_reader *reader)
{
    struct jumin_pace_protocol protocol;
    if (!parse_pace(arguments, &protocol)) {
        return false;
    }
    const enum jumin_error error = jumin_reader_set_pace(reader, &protocol);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(reader));
    }
    return error == JUMIN_OK;
}

bool tap_check(const struct cli_arguments *arguments)
{
    size_t given = has_pin(arguments) ? 1 : 0;
    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        given += cli_has(arguments, passwords[i].option) ? 1 : 0;
    }
    const bool beside = given == 2 && cli_has(arguments, "can") && has_pin(arguments);
    if (given != 1 && !beside && arguments->operand_count == 0) {
        return cli_misused(arguments, "the card opens to its holder's password: give one of --can, --mrz and "
                                      "--pin, or a suspended PIN and the CAN");
    }
    if (!secret_given_once(arguments, &secret_pin)) {
        return false;
    }
    if (cli_has(arguments, "bac-always") && !cli_has(arguments, "mrz")) {
        return cli_misused(arguments, "Basic Access Control takes the MRZ as password: give --mrz");
    }
    return tap_check_options(arguments);
}

bool tap_check_options(const struct cli_arguments *arguments)
{
    struct jumin_pace_protocol protocol;
    const char *trust = cli_value(arguments, "trust");
    if (trust != NULL && access(trust, R_OK) != 0) {
        return cli_misused(arguments, "%s: %s", trust, strerror(errno));
    }
    return parse_pace(arguments, &protocol) && link_check(arguments);
}

static bool show_step(void *context, enum jumin_step step, const char *name, size_t done, size_t total)
{
    (void)context;
    (void)step;
    progress_show(name, done, total);
    return !progress_interrupted();
}

bool tap_open(const struct cli_arguments *arguments, struct tap *tap)
{
    *tap = (struct tap){0};
    if (!link_open(arguments, &tap->link)) {
        return false;
    }
    const enum jumin_error error = jumin_reader_new(&tap->reader, tap->link.transport);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, NULL);
        return false;
    }
    if (tap->link.nfc == NULL) {
        (void)jumin_reader_set_read_unit(tap->reader, JUMIN_READ_UNIT_LONG);
    }
    (void)jumin_reader_set_progress(tap->reader, show_step, NULL);
    progress_watch_interrupts();
    return true;
}

void tap_close(struct tap *tap)
{
    jumin_document_free(tap->document);
    jumin_reader_free(tap->reader);
    link_close(&tap->link);
}

// A card that leaves is waited for; the library goes on where it stopped.
static bool read_document(const struct cli_arguments *arguments, struct tap *tap)
{
    enum jumin_error error = jumin_reader_read(tap->reader, &tap->document);
    while (error == JUMIN_ERROR_CARD_REMOVED) {
        progress_clear();
        (void)fprintf(stderr, "The card has left the reader: lay it back, reading goes on.\n");
        if (!link_wait_again(arguments, &tap->link)) {
            return false;
        }
        error = jumin_reader_read(tap->reader, &tap->document);
    }
    progress_clear();
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_reader_detail(tap->reader));
    }
    return error == JUMIN_OK;
}

bool tap_prepare(const struct cli_arguments *arguments, struct tap *tap, const char *pin)
{
    char read[SECRET_MAX] = "";
    *tap = (struct tap){0};
    if (pin == NULL && has_pin(arguments)) {
        if (!secret_get(arguments, &secret_pin, read)) {
            return false;
        }
        pin = read;
    }
    const bool ok = tap_open(arguments, tap) && set_password(arguments, tap->reader, pin) &&
                    set_pace(arguments, tap->reader);
    secret_wipe(read);
    if (ok && cli_has(arguments, "short")) {
        (void)jumin_reader_set_extended_length(tap->reader, JUMIN_EXTENDED_OFF);
    }
    return ok;
}

bool tap_read(const struct cli_arguments *arguments, struct tap *tap)
{
    if (!tap_prepare(arguments, tap, NULL)) {
        return false;
    }
    if (cli_has(arguments, "bac") || cli_has(arguments, "bac-always")) {
        (void)jumin_reader_set_bac(tap->reader, cli_has(arguments, "bac-always") ? JUMIN_BAC_ALWAYS
                                                                                 : JUMIN_BAC_WITHOUT_PACE);
    }
    return read_document(arguments, tap);
}
