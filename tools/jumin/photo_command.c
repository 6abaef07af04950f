// `jumin station photo`: what a photo is like, and what of it would stand on a card.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/photo_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/profile_command.h"
#include "tools/jumin/terminal.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PHOTO_FILE_MAX = 32 << 20, ENOUGH_PIXELS = 240 };

bool photo_set(const struct cli_arguments *arguments, const char *path, struct jumin_order *order)
{
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!files_read(arguments, path, PHOTO_FILE_MAX, &bytes, &n)) {
        return false;
    }
    const enum jumin_error error = jumin_order_set_photo(order, bytes, n);
    explicit_bzero(bytes, n);
    free(bytes);
    if (error != JUMIN_OK) {
        (void)cli_fail(arguments, "%s: %s: %s", jumin_error_name(error), path, jumin_order_detail(order));
    }
    return error == JUMIN_OK;
}

static const struct cli_option photo_options[] = {
    {"profile", "NAME|FILE", "the kind of card it is for; resident unless given"},
    {"out", "FILE", "write what would stand on the card there"},
    {"json", NULL, "answer in JSON"},
};

static bool check_photo(const struct cli_arguments *arguments)
{
    return arguments->operand_count > 0 || cli_misused(arguments, "the photo's file is needed");
}

static void answer_in_json(const struct jumin_order *order, const struct jumin_portrait *portrait)
{
    struct jumin_photo_hint hint;
    json_t *hints = json_array();
    for (int i = 0; i < JUMIN_PHOTO_CHECKS; i++) {
        if (jumin_order_photo_hint(order, (enum jumin_photo_check)i, &hint) == JUMIN_OK) {
            (void)json_array_append_new(hints, json_pack("{s:s, s:i, s:s, s:b, s:s}", "name", hint.name,
                                                         "value", (int)hint.value, "unit", hint.unit, "good",
                                                         hint.good, "sentence", hint.sentence));
        }
    }
    json_t *answer = json_pack("{s:{s:s, s:I, s:i, s:i}, s:o}", "portrait", "type",
                               portrait->type == JUMIN_IMAGE_JPEG ? "image/jpeg" : "image/jp2", "bytes",
                               (json_int_t)portrait->n, "width", (int)portrait->width, "height",
                               (int)portrait->height, "hints", hints);
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

static void show(const struct jumin_order *order, const struct jumin_portrait *portrait)
{
    struct jumin_photo_hint hint;
    struct jumin_pixels pixels;
    (void)printf("On the card: %s, %u × %u pixels, %zu bytes\n",
                 portrait->type == JUMIN_IMAGE_JPEG ? "JPEG" : "JPEG 2000", portrait->width, portrait->height,
                 portrait->n);
    for (int i = 0; i < JUMIN_PHOTO_CHECKS; i++) {
        if (jumin_order_photo_hint(order, (enum jumin_photo_check)i, &hint) == JUMIN_OK) {
            (void)printf("  %s  %-11s %s\n", hint.good ? "good" : "look", hint.name, hint.sentence);
        }
    }
    if (isatty(STDOUT_FILENO) && jumin_portrait_pixels(portrait, ENOUGH_PIXELS, &pixels) == JUMIN_OK) {
        portrait_show(stdout, &pixels);
        jumin_pixels_free(&pixels);
    }
}

static enum cli_exit run_photo(const struct cli_arguments *arguments)
{
    const char *out = cli_value(arguments, "out");
    struct jumin_order *order = NULL;
    struct jumin_portrait portrait;
    if (jumin_order_new(&order) != JUMIN_OK) {
        return cli_fail_error(arguments, JUMIN_ERROR_MEMORY, NULL);
    }
    const bool ok = profile_set(arguments, cli_value(arguments, "profile"), order) &&
                    photo_set(arguments, arguments->operands[0], order) &&
                    jumin_order_portrait(order, &portrait) == JUMIN_OK &&
                    (out == NULL || files_write_at(arguments, out, portrait.image, portrait.n));
    if (ok && cli_has(arguments, "json")) {
        answer_in_json(order, &portrait);
    } else if (ok) {
        show(order, &portrait);
    }
    jumin_order_free(order);
    return ok ? CLI_OK : CLI_FAILED;
}

const struct cli_command station_photo_command = {
    .name = "station photo",
    .summary = "Check a photo, and show what of it would stand on a card",
    .operands = "FILE",
    .options = photo_options,
    .option_count = sizeof photo_options / sizeof *photo_options,
    .notes = "FILE is a JPEG or PNG. It is turned upright, cropped to 35:45, scaled and coded as the profile "
             "says.\n"
             "What is marked \"look\" is for an officer to look at: nothing is refused for it. Where the "
             "head is, or\n"
             "whether there is one, is not found out.",
    .check = check_photo,
    .run = run_photo,
};
