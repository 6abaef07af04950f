// Paper: pages in millimetres that become a PDF.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/paper_internal.h"

#include "card/crypto/crypto.h"
#include <jumin/picture.h>
#include <jumin/print.h>
#include <stdlib.h>
#include <string.h>

static const double points_per_mm = 72 / 25.4;
enum { PDF_FIRST = 65536, PDF_MAX = 64 << 20 };

void jumin_print_free(uint8_t *pdf, size_t n)
{
    if (pdf != NULL) {
        crypto_wipe(pdf, n);
        free(pdf);
    }
}

void paper_fail(struct paper *paper, enum jumin_error error)
{
    paper->error = paper->error == JUMIN_OK ? error : paper->error;
}

static bool reserve(struct paper_bytes *bytes, size_t n)
{
    size_t capacity = bytes->capacity == 0 ? PDF_FIRST : bytes->capacity;
    while (capacity < n && capacity < PDF_MAX) {
        capacity *= 2;
    }
    if (capacity < n || capacity == bytes->capacity) {
        return capacity >= n;
    }
    uint8_t *p = malloc(capacity);
    if (p == NULL) {
        return false;
    }
    if (bytes->n > 0) {
        memcpy(p, bytes->p, bytes->n);
    }
    jumin_print_free(bytes->p, bytes->n);
    *bytes = (struct paper_bytes){p, bytes->n, capacity};
    return true;
}

static cairo_status_t keep(void *context, const unsigned char *bytes, unsigned n)
{
    struct paper_bytes *pdf = context;
    if (!reserve(pdf, pdf->n + n)) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    memcpy(pdf->p + pdf->n, bytes, n);
    pdf->n += n;
    return CAIRO_STATUS_SUCCESS;
}

struct paper *paper_begin(double width, double height, const char *title)
{
    struct paper *paper = calloc(1, sizeof *paper);
    if (paper == NULL) {
        return NULL;
    }
    paper->surface =
        cairo_pdf_surface_create_for_stream(keep, &paper->pdf, width * points_per_mm, height * points_per_mm);
    // Every cairo writes the same kind of file, and none the time.
    cairo_pdf_surface_restrict_to_version(paper->surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, title);
    paper->cairo = cairo_create(paper->surface);
    cairo_scale(paper->cairo, points_per_mm, points_per_mm);
    if (!paper_open_fonts(paper)) {
        paper_fail(paper, JUMIN_ERROR_FILE);
    }
    return paper;
}

void paper_next_page(struct paper *paper)
{
    cairo_show_page(paper->cairo);
}

enum jumin_error paper_end(struct paper *paper, uint8_t **pdf, size_t *n)
{
    *pdf = NULL;
    *n = 0;
    if (paper == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (cairo_status(paper->cairo) != CAIRO_STATUS_SUCCESS) {
        paper_fail(paper, JUMIN_ERROR_MEMORY);
    }
    cairo_destroy(paper->cairo);
    cairo_surface_finish(paper->surface); // which writes the rest
    if (cairo_surface_status(paper->surface) != CAIRO_STATUS_SUCCESS) {
        paper_fail(paper, JUMIN_ERROR_MEMORY);
    }
    cairo_surface_destroy(paper->surface);
    paper_close_fonts(paper);
    const enum jumin_error error = paper->error;
    if (error == JUMIN_OK) {
        *pdf = paper->pdf.p;
        *n = paper->pdf.n;
    } else {
        jumin_print_free(paper->pdf.p, paper->pdf.n);
    }
    free(paper);
    return error;
}

static void set_colour(struct paper *paper, struct paper_colour colour)
{
    cairo_set_source_rgb(paper->cairo, colour.red, colour.green, colour.blue);
}

void paper_fill(struct paper *paper, struct paper_box box, struct paper_colour colour)
{
    set_colour(paper, colour);
    cairo_rectangle(paper->cairo, box.x, box.y, box.width, box.height);
    cairo_fill(paper->cairo);
}

void paper_line(struct paper *paper, double x1, double y1, double x2, double y2, double width,
                struct paper_colour colour)
{
    set_colour(paper, colour);
    cairo_set_line_width(paper->cairo, width);
    cairo_move_to(paper->cairo, x1, y1);
    cairo_line_to(paper->cairo, x2, y2);
    cairo_stroke(paper->cairo);
}

// --- Portrait ----------------------------------------------------------------------------------------------

// cairo embeds the JPEG as it is and never looks at the surface's own pixels.
static cairo_surface_t *jpeg_surface(const struct jumin_portrait *portrait)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)portrait->width, (int)portrait->height);
    uint8_t *copy = malloc(portrait->n);
    if (copy != NULL) {
        memcpy(copy, portrait->image, portrait->n);
    }
    if (copy == NULL || cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, copy, portrait->n, free,
                                                    copy) != CAIRO_STATUS_SUCCESS) {
        free(copy);
        cairo_surface_destroy(surface);
        return NULL;
    }
    return surface;
}

static cairo_surface_t *pixel_surface(struct paper *paper, const struct jumin_portrait *portrait)
{
    struct jumin_pixels pixels = {0};
    const enum jumin_error error = jumin_portrait_pixels(portrait, portrait->width, &pixels);
    if (error != JUMIN_OK) {
        paper_fail(paper, error);
        return NULL;
    }
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)pixels.width, (int)pixels.height);
    uint8_t *rows = cairo_image_surface_get_data(surface);
    const size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (size_t y = 0; y < pixels.height && rows != NULL; y++) {
        for (size_t x = 0; x < pixels.width; x++) {
            const uint8_t *rgb = pixels.rgb + 3 * (y * pixels.width + x);
            const uint32_t pixel = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
            memcpy(rows + y * stride + 4 * x, &pixel, sizeof pixel); // in the machine's order of bytes
        }
    }
    cairo_surface_mark_dirty(surface);
    jumin_pixels_free(&pixels);
    return surface;
}

void paper_portrait(struct paper *paper, struct paper_box box, const struct jumin_portrait *portrait)
{
    if (paper->error != JUMIN_OK || portrait->width == 0 || portrait->height == 0) {
        return;
    }
    cairo_surface_t *surface =
        portrait->type == JUMIN_IMAGE_JPEG ? jpeg_surface(portrait) : pixel_surface(paper, portrait);
    if (surface == NULL) {
        paper_fail(paper, JUMIN_ERROR_MEMORY);
        return;
    }
    const double across = box.width / portrait->width, down = box.height / portrait->height;
    const double scale = across < down ? across : down;
    cairo_save(paper->cairo);
    cairo_translate(paper->cairo, box.x + (box.width - scale * portrait->width) / 2,
                    box.y + (box.height - scale * portrait->height) / 2);
    cairo_scale(paper->cairo, scale, scale);
    cairo_set_source_surface(paper->cairo, surface, 0, 0);
    cairo_rectangle(paper->cairo, 0, 0, portrait->width, portrait->height);
    cairo_fill(paper->cairo);
    cairo_restore(paper->cairo);
    cairo_surface_destroy(surface);
}
