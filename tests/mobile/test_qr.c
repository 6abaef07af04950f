// QR codes: what they are made of, and what zbarimg and pdftoppm, programs of others, read in them.
// SPDX-License-Identifier: Apache-2.0
#include "host/qr/qr.h"

#include "tests/unit/temporary_folder.h"
#include "tests/unit/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77, READ_MAX = 4096 };

static const char offer[] =
    "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer%2F"
    "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";

static void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

// What zbarimg reads in a picture, without its line end.
static void read_code(const char *path, char text[READ_MAX])
{
    char command[512];
    (void)snprintf(command, sizeof command, "zbarimg -q --raw '%s' 2>/dev/null", path);
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c)
    assert_non_null(pipe);
    const size_t n = fread(text, 1, READ_MAX - 1, pipe);
    (void)pclose(pipe);
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

static void assert_png_reads(const char *text, enum jumin_qr_correction correction, unsigned scale)
{
    static char got[READ_MAX];
    uint8_t *png = NULL;
    size_t n = 0;
    assert_int_equal(jumin_qr_png(text, correction, scale, &png, &n), JUMIN_OK);
    write_file(temporary_path("code.png"), png, n);
    jumin_qr_free(png, n);
    read_code(temporary_path("code.png"), got);
    assert_string_equal(got, text);
}

static void test_zbarimg_reads_the_png(void **state)
{
    static char longest[1201];
    (void)state;
    memset(longest, 'x', sizeof longest - 1);
    assert_png_reads(offer, JUMIN_QR_LOW, 4);
    assert_png_reads(offer, JUMIN_QR_MEDIUM, 3);
    assert_png_reads("a", JUMIN_QR_MEDIUM, 8);
    assert_png_reads("mdoc:owBjMS4w", JUMIN_QR_LOW, 32);
    assert_png_reads(longest, JUMIN_QR_LOW, 5);
}

// The terminal's lines drawn as pixels, by what a reader of half blocks sees.
static void test_zbarimg_reads_what_the_terminal_shows(void **state)
{
    static char got[READ_MAX];
    enum { PIXELS = 4, LINE = 200 };
    char *lines = NULL;
    size_t n = 0, width = 0, rows = 0;
    static uint8_t modules[LINE][LINE]; // 1: dark
    (void)state;
    assert_int_equal(jumin_qr_terminal(offer, &lines, &n), JUMIN_OK);
    assert_int_equal(strlen(lines), n);
    for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n"), rows += 2) {
        const char *p = strchr(line, 'm') + 1, *end = strchr(p, '\x1b');
        width = 0;
        while (p < end) {
            const bool full = strncmp(p, "\u2588", 3) == 0, up = strncmp(p, "\u2580", 3) == 0,
                       down = strncmp(p, "\u2584", 3) == 0;
            assert_true(full || up || down || *p == ' ');
            modules[rows][width] = full || up;
            modules[rows + 1][width++] = full || down;
            p += full || up || down ? 3 : 1;
        }
    }
    jumin_qr_free(lines, n);
    FILE *file = fopen(temporary_path("code.pgm"), "wb");
    assert_non_null(file);
    (void)fprintf(file, "P5 %zu %zu 255\n", width * PIXELS, rows * PIXELS);
    for (size_t y = 0; y < rows * PIXELS; y++) {
        for (size_t x = 0; x < width * PIXELS; x++) {
            (void)fputc(modules[y / PIXELS][x / PIXELS] != 0 ? 0 : 255, file);
        }
    }
    assert_int_equal(fclose(file), 0);
    read_code(temporary_path("code.pgm"), got);
    assert_string_equal(got, offer);
}

static void test_zbarimg_reads_the_printed_page(void **state)
{
    static const char *const notes[] = {"이 코드는 10분 동안 한 번만 쓸 수 있습니다.",
                                        "Scan this once, within 10 minutes."};
    const struct jumin_qr_page page = {offer, "모바일 신분증 발급", "For a mobile resident card", notes, 2};
    static char got[READ_MAX];
    char command[512];
    uint8_t *pdf = NULL;
    size_t n = 0;
    (void)state;
    assert_int_equal(jumin_qr_print(&page, &pdf, &n), JUMIN_OK);
    write_file(temporary_path("page.pdf"), pdf, n);
    jumin_qr_free(pdf, n);
    (void)snprintf(command, sizeof command, "pdftoppm -r 150 -png -singlefile '%s' '%s'",
                   temporary_path("page.pdf"), temporary_path("page"));
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
    read_code(temporary_path("page.png"), got);
    assert_string_equal(got, offer);
}

static void test_a_code_has_its_version_and_its_margin(void **state)
{
    struct qr qr;
    (void)state;
    assert_int_equal(qr_encode(&qr, "a", JUMIN_QR_LOW), JUMIN_OK);
    assert_int_equal(qr.width, 21);                     // version 1
    assert_true(qr_is_dark(&qr, QR_MARGIN, QR_MARGIN)); // the finder pattern's corner
    assert_false(qr_is_dark(&qr, QR_MARGIN - 1, QR_MARGIN));
    assert_true(qr_is_dark(&qr, QR_MARGIN + 20, QR_MARGIN));
    assert_false(qr_is_dark(&qr, QR_MARGIN + 21, QR_MARGIN));
    assert_false(qr_is_dark(&qr, 1000, QR_MARGIN));
}

static void test_what_makes_no_code_is_refused(void **state)
{
    static char text[JUMIN_QR_TEXT_MAX + 2];
    struct qr qr;
    uint8_t *png = NULL;
    size_t n = 0;
    (void)state;
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(qr_encode(&qr, "", JUMIN_QR_LOW), JUMIN_ERROR_INPUT);
    assert_int_equal(qr_encode(&qr, NULL, JUMIN_QR_LOW), JUMIN_ERROR_INPUT);
    assert_int_equal(qr_encode(&qr, text, JUMIN_QR_LOW), JUMIN_ERROR_TOO_LONG);
    assert_int_equal(qr_encode(&qr, text + 1, JUMIN_QR_MEDIUM), JUMIN_OK); // 2048 bytes: version 39
    assert_int_equal(jumin_qr_png("a", JUMIN_QR_LOW, 0, &png, &n), JUMIN_ERROR_ARGUMENT);
    assert_int_equal(jumin_qr_png("a", JUMIN_QR_LOW, 33, &png, &n), JUMIN_ERROR_ARGUMENT);
    assert_null(png);
}

// Capital letters and digits are held closer (ISO 18004 §7.4.4).
static void test_letters_take_less_room(void **state)
{
    static char text[JUMIN_QR_LETTERS_MAX + 2];
    struct qr letters, bytes;
    (void)state;
    memset(text, 'A', sizeof text - 1);
    assert_int_equal(qr_encode(&letters, text, JUMIN_QR_LOW), JUMIN_ERROR_TOO_LONG);
    assert_int_equal(qr_encode(&letters, text + 1, JUMIN_QR_LOW), JUMIN_OK);
    assert_int_equal(letters.width, 177); // version 40
    assert_int_equal(qr_encode(&letters, text + 1, JUMIN_QR_MEDIUM), JUMIN_ERROR_TOO_LONG);
    text[2000] = '\0';
    assert_int_equal(qr_encode(&letters, text, JUMIN_QR_LOW), JUMIN_OK);
    text[1000] = 'a';
    assert_int_equal(qr_encode(&bytes, text, JUMIN_QR_LOW), JUMIN_OK);
    assert_int_equal(letters.width, 125); // version 27
    assert_int_equal(bytes.width, 149);   // version 33
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMPORARY_FOLDER(test_zbarimg_reads_the_png),
        IN_TEMPORARY_FOLDER(test_zbarimg_reads_what_the_terminal_shows),
        IN_TEMPORARY_FOLDER(test_zbarimg_reads_the_printed_page),
        cmocka_unit_test(test_a_code_has_its_version_and_its_margin),
        cmocka_unit_test(test_what_makes_no_code_is_refused),
        cmocka_unit_test(test_letters_take_less_room),
    };
    static const char both[] = "command -v zbarimg >/dev/null && command -v pdftoppm >/dev/null";
    if (system(both) != 0) { // NOLINT(cert-env33-c)
        (void)fprintf(stderr, "zbarimg or pdftoppm is missing\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
