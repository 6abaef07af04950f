// PNG in through libpng, as plain RGB pixels, with limits on what a file may ask for.
// SPDX-License-Identifier: Apache-2.0
#include "host/png.h"

#include "card/crypto/crypto.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

enum {
    RGBA = 4,
    PIXELS_MAX = 24000000, // 96 MB while it is decoded
    CHUNK_MAX = 1 << 20,   // of those that are kept whole; the pixels stream through
    MEMORY_MAX = 16 << 20, // of libpng itself: rows, inflating
    BITS_MAX = 8,
};

// libpng reports by a handler that must not return.
struct guard {
    jmp_buf leap;
    char text[PICTURE_DETAIL_MAX - 64];
    struct span rest;
    size_t memory; // what libpng may still allocate; what it frees is not given back
    // What is made on the way: not in variables, since those may have any value after the leap.
    png_infop info;
    png_bytep *rows;
};

static void leap_out(png_structp png, png_const_charp message)
{
    struct guard *guard = png_get_error_ptr(png);
    (void)snprintf(guard->text, sizeof guard->text, "%s", message);
    longjmp(guard->leap, 1); // NOLINT(cert-err52-cpp): the library's own way of reporting
}

// Warnings are on what does not change the pixels: damage of the pixels is an error.
static void say_nothing(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t n)
{
    struct guard *guard = png_get_mem_ptr(png);
    if (n > guard->memory) {
        return NULL;
    }
    guard->memory -= n;
    return malloc(n);
}

static void release(png_structp png, png_voidp p)
{
    (void)png;
    free(p);
}

static void read_bytes(png_structp png, png_bytep to, size_t n)
{
    struct guard *guard = png_get_io_ptr(png);
    if (n > guard->rest.n) {
        png_error(png, "it is cut off");
    }
    memcpy(to, guard->rest.p, n);
    guard->rest = span_from(guard->rest, n);
}

// Whatever the file has becomes red, green, blue and alpha of 8 bits.
static void ask_for_rgba(png_structp png)
{
    png_set_scale_16(png);
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, UINT8_MAX, PNG_FILLER_AFTER);
    (void)png_set_interlace_handling(png);
}

// On white, in place: three bytes a pixel take less than four. Values are laid over each other as they are
// coded, as browsers do.
static void lay_on_white(uint8_t *pixels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned alpha = pixels[RGBA * i + PICTURE_CHANNELS];
        for (size_t k = 0; k < PICTURE_CHANNELS; k++) {
            const unsigned value = pixels[RGBA * i + k];
            pixels[PICTURE_CHANNELS * i + k] =
                (uint8_t)((value * alpha + UINT8_MAX * (UINT8_MAX - alpha) + UINT8_MAX / 2) / UINT8_MAX);
        }
    }
}

// All that may leap; what it allocates is in `picture` and `guard`, which the caller owns and frees.
static void decode(png_structp png, unsigned most, struct picture *picture, struct guard *guard)
{
    guard->info = png_create_info_struct(png);
    if (guard->info == NULL) {
        png_error(png, "no memory");
    }
    const png_infop info = guard->info;
    png_read_info(png, info);
    picture->width = png_get_image_width(png, info);
    picture->height = png_get_image_height(png, info);
    if (picture->width > most || picture->height > most ||
        (uint64_t)picture->width * picture->height > PIXELS_MAX) {
        char text[128];
        (void)snprintf(text, sizeof text, "%u × %u pixels are more than %u × %u or %d in all", picture->width,
                       picture->height, most, most, PIXELS_MAX);
        png_error(png, text);
    }
    ask_for_rgba(png);
    png_read_update_info(png, info);
    const size_t row = (size_t)picture->width * RGBA;
    if (png_get_rowbytes(png, info) != row) {
        png_error(png, "its rows have another length than its pixels");
    }
    picture->rgb = malloc(row * picture->height);
    guard->rows = malloc(picture->height * sizeof *guard->rows);
    if (picture->rgb == NULL || guard->rows == NULL) {
        png_error(png, "no memory for its pixels");
    }
    for (unsigned y = 0; y < picture->height; y++) {
        guard->rows[y] = picture->rgb + row * y;
    }
    png_read_image(png, guard->rows);
    png_read_end(png, NULL);
    lay_on_white(picture->rgb, (size_t)picture->width * picture->height);
    crypto_wipe(picture->rgb + picture_bytes(picture), row * picture->height - picture_bytes(picture));
    picture->file_width = picture->width;
    picture->file_height = picture->height;
}

bool png_is(struct span file)
{
    static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    return span_equal(span_first(file, sizeof signature), span_of(signature, sizeof signature));
}

enum jumin_error png_decode(struct span file, unsigned most, struct picture *picture,
                            char detail[PICTURE_DETAIL_MAX])
{
    struct guard guard = {.text = "no memory", .rest = file, .memory = MEMORY_MAX};
    volatile bool ok = false;
    *picture = (struct picture){0};
    png_structp png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &guard, leap_out, say_nothing, &guard,
                                               allocate, release);
    if (png != NULL && setjmp(guard.leap) == 0) { // NOLINT(cert-err52-cpp)
        png_set_read_fn(png, &guard, read_bytes);
        png_set_chunk_malloc_max(png, CHUNK_MAX);
        // Text, profiles and the like are of no use here, and compressed ones a risk.
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
        decode(png, most, picture, &guard);
        ok = true;
    }
    png_destroy_read_struct(&png, &guard.info, NULL);
    free(guard.rows);
    if (!ok) {
        (void)snprintf(detail, PICTURE_DETAIL_MAX, "the photo cannot be decoded: %s", guard.text);
        if (picture->rgb != NULL) {
            crypto_wipe(picture->rgb, (size_t)picture->width * picture->height * RGBA);
        }
        picture_free(picture);
    }
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}
