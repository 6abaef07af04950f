// JPEG in and out through libjpeg-turbo, as plain RGB pixels, with limits on what a file may ask for.
// SPDX-License-Identifier: Apache-2.0
#include "host/jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

enum {
    SCANS_MAX = 64, // a progressive file of a few bytes a scan would otherwise keep us busy for hours
    MARKER_EXIF = JPEG_APP0 + 1,
    SEGMENT_MAX = 0xFFFF,
};

// libjpeg reports by leaping out of the call.
struct guard {
    struct jpeg_error_mgr manager;
    jmp_buf leap;
    char text[JMSG_LENGTH_MAX];
    const struct jpeg_decompress_struct *decoder;
};

static void leap_out(j_common_ptr codec)
{
    struct guard *guard = codec->client_data;
    codec->err->format_message(codec, guard->text);
    longjmp(guard->leap, 1); // NOLINT(cert-err52-cpp): the library's own way of reporting
}

static void say_nothing(j_common_ptr codec, int level)
{
    // Warnings (level -1) mean damaged data: a portrait is not guessed.
    if (level < 0) {
        leap_out(codec);
    }
}

static void count_scans(j_common_ptr codec)
{
    const struct guard *guard = codec->client_data;
    if (guard->decoder->input_scan_number > SCANS_MAX) {
        leap_out(codec);
    }
}

static struct jpeg_error_mgr *install_guard(struct guard *guard)
{
    (void)jpeg_std_error(&guard->manager);
    guard->manager.error_exit = leap_out;
    guard->manager.emit_message = say_nothing;
    return &guard->manager;
}

// The smallest size that libjpeg can decode to and that is still enough.
static void choose_scale(struct jpeg_decompress_struct *decoder, unsigned enough)
{
    for (unsigned denominator = 8; denominator > 1; denominator /= 2) {
        if (decoder->image_width / denominator >= enough && decoder->image_height / denominator >= enough) {
            decoder->scale_denom = denominator;
            return;
        }
    }
}

static unsigned orientation(const struct jpeg_decompress_struct *decoder)
{
    for (jpeg_saved_marker_ptr marker = decoder->marker_list; marker != NULL; marker = marker->next) {
        const struct span segment = span_of(marker->data, marker->data_length);
        if (exif_orientation(segment) != ORIENTATION_UPRIGHT) {
            return exif_orientation(segment);
        }
    }
    return ORIENTATION_UPRIGHT;
}

// Whether it is a picture of the kind and size that is taken.
static bool check_header(const struct jpeg_decompress_struct *decoder, unsigned most, struct guard *guard)
{
    if (decoder->image_width > most || decoder->image_height > most) {
        (void)snprintf(guard->text, sizeof guard->text, "%u × %u pixels are more than %u × %u",
                       decoder->image_width, decoder->image_height, most, most);
        return false;
    }
    if (decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK) {
        (void)snprintf(guard->text, sizeof guard->text,
                       "its colours are CMYK, which are for printing: save it in RGB");
        return false;
    }
    return true;
}

// All that may leap; what it allocates is in `picture`, which the caller owns and frees.
static bool decode(struct jpeg_decompress_struct *decoder, struct span file, unsigned most, unsigned enough,
                   struct picture *picture, struct guard *guard)
{
    jpeg_mem_src(decoder, file.p, (unsigned long)file.n);
    jpeg_save_markers(decoder, MARKER_EXIF, SEGMENT_MAX);
    (void)jpeg_read_header(decoder, TRUE);
    if (!check_header(decoder, most, guard)) {
        return false;
    }
    decoder->scale_num = 1;
    choose_scale(decoder, enough);
    decoder->out_color_space = JCS_RGB;
    (void)jpeg_start_decompress(decoder);
    const size_t row = (size_t)decoder->output_width * PICTURE_CHANNELS;
    picture->width = decoder->output_width;
    picture->height = decoder->output_height;
    picture->file_width = decoder->image_width;
    picture->file_height = decoder->image_height;
    picture->rgb = malloc(row * decoder->output_height);
    if (picture->rgb == NULL) {
        (void)snprintf(guard->text, sizeof guard->text, "no memory for its pixels");
        return false;
    }
    while (decoder->output_scanline < decoder->output_height) {
        JSAMPROW to = picture->rgb + row * decoder->output_scanline;
        (void)jpeg_read_scanlines(decoder, &to, 1);
    }
    const unsigned held = orientation(decoder); // the markers go with the rest
    (void)jpeg_finish_decompress(decoder);
    if (!picture_turn(picture, held)) {
        (void)snprintf(guard->text, sizeof guard->text, "no memory to turn it upright");
        return false;
    }
    return true;
}

bool jpeg_is(struct span file)
{
    static const uint8_t start[] = {0xFF, 0xD8, 0xFF};
    return span_equal(span_first(file, sizeof start), span_of(start, sizeof start));
}

enum jumin_error jpeg_decode(struct span file, unsigned most, unsigned enough, struct picture *picture,
                             char detail[PICTURE_DETAIL_MAX])
{
    struct jpeg_decompress_struct decoder = {0};
    struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
    struct guard guard = {.text = "too many scans", .decoder = &decoder};
    bool ok = false;
    *picture = (struct picture){0};
    decoder.err = install_guard(&guard);
    decoder.client_data = &guard;
    if (setjmp(guard.leap) == 0) { // NOLINT(cert-err52-cpp)
        jpeg_create_decompress(&decoder);
        decoder.progress = &progress;
        ok = decode(&decoder, file, most, enough, picture, &guard);
    } else {
        ok = false;
    }
    jpeg_destroy_decompress(&decoder);
    if (!ok) {
        (void)snprintf(detail, PICTURE_DETAIL_MAX, "the photo cannot be decoded: %s", guard.text);
        picture_free(picture);
    }
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}

enum jumin_error jpeg_encode(const struct picture *picture, int quality, uint8_t **jpeg, size_t *n)
{
    struct jpeg_compress_struct encoder = {0};
    struct guard guard = {.text = ""};
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    encoder.err = install_guard(&guard);
    encoder.client_data = &guard;
    if (setjmp(guard.leap) != 0) { // NOLINT(cert-err52-cpp)
        jpeg_destroy_compress(&encoder);
        free(bytes);
        return JUMIN_ERROR_MEMORY;
    }
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, &bytes, &length);
    encoder.image_width = picture->width;
    encoder.image_height = picture->height;
    encoder.input_components = PICTURE_CHANNELS;
    encoder.in_color_space = JCS_RGB;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, quality, TRUE);
    encoder.optimize_coding = TRUE;
    jpeg_start_compress(&encoder, TRUE);
    while (encoder.next_scanline < encoder.image_height) {
        JSAMPROW row = picture->rgb + (size_t)encoder.next_scanline * picture->width * PICTURE_CHANNELS;
        (void)jpeg_write_scanlines(&encoder, &row, 1);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    *jpeg = bytes;
    *n = length;
    return JUMIN_OK;
}
