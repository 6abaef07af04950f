// The QR code in a picture, read by libzbar.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_command.h"

#include "tools/jumin/files.h"
#include <jumin/picture.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

enum { PICTURE_MAX = 32 << 20, SIDE_MAX = 8000, ENOUGH = 1000 };

// One byte a pixel.
struct grey {
    uint8_t *p;
    unsigned width, height;
};

static bool read_png(const uint8_t *bytes, size_t n, struct grey *grey)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (png_image_begin_read_from_memory(&image, bytes, n) == 0) {
        return false;
    }
    image.format = PNG_FORMAT_GRAY;
    const png_color white = {255, 255, 255};
    const bool small = image.width <= SIDE_MAX && image.height <= SIDE_MAX;
    grey->p = small ? malloc(PNG_IMAGE_SIZE(image)) : NULL;
    grey->width = image.width;
    grey->height = image.height;
    const bool ok = grey->p != NULL && png_image_finish_read(&image, &white, grey->p, 0, NULL) != 0;
    png_image_free(&image);
    return ok;
}

static bool read_jpeg(const uint8_t *bytes, size_t n, struct grey *grey)
{
    const struct jumin_portrait picture = {.image = bytes, .n = n, .type = JUMIN_IMAGE_JPEG};
    struct jumin_pixels pixels = {.rgb = NULL};
    if (jumin_portrait_pixels(&picture, ENOUGH, &pixels) != JUMIN_OK) {
        return false;
    }
    const size_t count = (size_t)pixels.width * pixels.height;
    grey->p = malloc(count);
    grey->width = pixels.width;
    grey->height = pixels.height;
    for (size_t i = 0; grey->p != NULL && i < count; i++) {
        const uint8_t *rgb = pixels.rgb + 3 * i;
        grey->p[i] = (uint8_t)((rgb[0] + 2 * rgb[1] + rgb[2]) / 4);
    }
    jumin_pixels_free(&pixels);
    return grey->p != NULL;
}

// The one code in it.
static bool scan(const struct grey *grey, char text[WALLET_QR_TEXT])
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    bool found = false;
    if (scanner != NULL && image != NULL) {
        (void)zbar_image_scanner_request_dbus(scanner, 0); // what is read is nobody else's business
        (void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
        (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
        zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
        zbar_image_set_size(image, grey->width, grey->height);
        zbar_image_set_data(image, grey->p, (unsigned long)grey->width * grey->height, NULL);
        found = zbar_scan_image(scanner, image) == 1;
    }
    const zbar_symbol_t *symbol = found ? zbar_image_first_symbol(image) : NULL;
    found = symbol != NULL && zbar_symbol_get_data_length(symbol) < WALLET_QR_TEXT;
    if (found) {
        (void)snprintf(text, WALLET_QR_TEXT, "%s", zbar_symbol_get_data(symbol));
    }
    if (image != NULL) {
        zbar_image_destroy(image);
    }
    if (scanner != NULL) {
        zbar_image_scanner_destroy(scanner);
    }
    return found;
}

bool wallet_read_qr(const struct cli_arguments *arguments, const char *path, char text[WALLET_QR_TEXT])
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G'};
    struct grey grey = {.p = NULL};
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (!files_read(arguments, path, PICTURE_MAX, &bytes, &n)) {
        return false;
    }
    const bool is_png = n > sizeof png && memcmp(bytes, png, sizeof png) == 0;
    const bool read = is_png ? read_png(bytes, n, &grey) : read_jpeg(bytes, n, &grey);
    const bool found = read && scan(&grey, text);
    if (!found) {
        (void)cli_fail(arguments,
                       read ? "%s: there is no QR code in it, or more than one" : "%s: no PNG or JPEG", path);
    }
    free(grey.p);
    free(bytes);
    return found;
}
