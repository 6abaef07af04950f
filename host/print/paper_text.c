// Text on paper: measured, set, and fitted into a box.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/paper_internal.h"

#include "card/crypto/crypto.h"
#include <freetype/ftadvanc.h>
#include <math.h>
#include <string.h>

static const double leading = 1.3;    // from baseline to baseline, in ems
static const double ascent = 0.86;    // from the top of a box to its first baseline, in ems
static const double descent = 0.24;   // from the last baseline to the bottom
static const double smallest = 0.7;   // mm; a card printer of 300 dpi has eight dots for it
static const double shrinking = 0.95; // of the size, from one try to the next

// --- Glyphs ------------------------------------------------------------------------------------------------

// A text as glyphs of a font, and how wide each is, in ems.
struct glyphs {
    size_t n;
    unsigned index[PAPER_TEXT_MAX];
    double advance[PAPER_TEXT_MAX];
    uint8_t bytes[PAPER_TEXT_MAX]; // of its character in the text
    bool space[PAPER_TEXT_MAX];
};

// The next character of a text in UTF-8 and its length; 0: there is none, or it is malformed.
static uint32_t take_character(const char *text, uint8_t *length)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } shapes[] = {{0x80, 0x00, 1}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    const uint8_t first = (uint8_t)text[0];
    for (uint8_t more = 0; more < 4; more++) {
        if ((first & shapes[more].mask) != shapes[more].lead) {
            continue;
        }
        uint32_t character = first & (uint8_t)~shapes[more].mask;
        for (uint8_t i = 1; i <= more; i++) {
            const uint8_t next = (uint8_t)text[i];
            if ((next & 0xC0) != 0x80) {
                return 0;
            }
            character = character << 6 | (next & 0x3F);
        }
        *length = (uint8_t)(more + 1);
        return character >= shapes[more].least ? character : 0;
    }
    return 0;
}

// Letters of Hangul that have to be put together into syllables first (ISO 10646, Hangul Jamo): one glyph
// each would be another word.
static bool is_loose_letter(uint32_t character)
{
    return character >= 0x1100 && character <= 0x11FF;
}

static bool take_glyphs(FT_Face font, const char *text, struct glyphs *glyphs)
{
    glyphs->n = 0;
    while (*text != '\0') {
        uint8_t length = 0;
        const uint32_t character = take_character(text, &length);
        const unsigned index =
            character == 0 || is_loose_letter(character) ? 0 : FT_Get_Char_Index(font, character);
        FT_Fixed advance = 0;
        if (index == 0 || glyphs->n == PAPER_TEXT_MAX ||
            FT_Get_Advance(font, index, FT_LOAD_NO_SCALE, &advance) != 0) {
            return false;
        }
        glyphs->index[glyphs->n] = index;
        glyphs->advance[glyphs->n] = (double)advance / font->units_per_EM;
        glyphs->bytes[glyphs->n] = length;
        glyphs->space[glyphs->n] = character == ' ';
        glyphs->n++;
        text += length;
    }
    return true;
}

static bool glyphs_of(struct paper *paper, enum paper_font font, const char *text, struct glyphs *glyphs)
{
    if (paper->error != JUMIN_OK) {
        return false;
    }
    if (!take_glyphs(paper->fonts[font], text, glyphs)) {
        paper_fail(paper, JUMIN_ERROR_INPUT);
        return false;
    }
    return true;
}

bool paper_has(const struct paper *paper, enum paper_font font, const char *text)
{
    struct glyphs glyphs = {0};
    return paper->error == JUMIN_OK && take_glyphs(paper->fonts[font], text, &glyphs);
}

static double width_of(const struct glyphs *glyphs, size_t from, size_t to)
{
    double width = 0;
    for (size_t i = from; i < to; i++) {
        width += glyphs->advance[i];
    }
    return width;
}

double paper_width(struct paper *paper, const struct paper_style *style, const char *text)
{
    struct glyphs glyphs = {0};
    return glyphs_of(paper, style->font, text, &glyphs) ? style->size * width_of(&glyphs, 0, glyphs.n) : 0;
}

// --- Setting -----------------------------------------------------------------------------------------------

// Draws glyphs [from, to) of `text`, whose first byte belongs to the glyph `from`. With a pitch each has its
// own cell.
static void draw(struct paper *paper, const struct paper_style *style, double x, double y, double pitch,
                 const struct glyphs *glyphs, size_t from, size_t to, const char *text)
{
    cairo_glyph_t drawn[PAPER_TEXT_MAX];
    cairo_text_cluster_t clusters[PAPER_TEXT_MAX];
    size_t bytes = 0;
    for (size_t i = from; i < to; i++) {
        drawn[i - from] = (cairo_glyph_t){.index = glyphs->index[i], .x = x, .y = y};
        clusters[i - from] = (cairo_text_cluster_t){.num_bytes = glyphs->bytes[i], .num_glyphs = 1};
        bytes += glyphs->bytes[i];
        x += pitch > 0 ? pitch : style->size * glyphs->advance[i];
    }
    cairo_set_source_rgb(paper->cairo, style->colour.red, style->colour.green, style->colour.blue);
    cairo_set_font_face(paper->cairo, paper->faces[style->font]);
    cairo_set_font_size(paper->cairo, style->size);
    cairo_show_text_glyphs(paper->cairo, text, (int)bytes, drawn, (int)(to - from), clusters,
                           (int)(to - from), (cairo_text_cluster_flags_t)0);
    crypto_wipe(drawn, sizeof drawn);
}

static double aligned(enum paper_align align, double x, double width)
{
    return align == PAPER_LEFT ? x : align == PAPER_CENTRE ? x - width / 2 : x - width;
}

void paper_text(struct paper *paper, const struct paper_style *style, double x, double y, const char *text)
{
    struct glyphs glyphs = {0};
    if (glyphs_of(paper, style->font, text, &glyphs)) {
        const double width = style->size * width_of(&glyphs, 0, glyphs.n);
        draw(paper, style, aligned(style->align, x, width), y, 0, &glyphs, 0, glyphs.n, text);
        crypto_wipe(&glyphs, sizeof glyphs);
    }
}

void paper_cells(struct paper *paper, const struct paper_style *style, double x, double y, double pitch,
                 const char *text)
{
    struct glyphs glyphs = {0};
    if (glyphs_of(paper, style->font, text, &glyphs)) {
        const double width = pitch * (double)glyphs.n;
        draw(paper, style, aligned(style->align, x, width), y, pitch, &glyphs, 0, glyphs.n, text);
        crypto_wipe(&glyphs, sizeof glyphs);
    }
}

void paper_ground(struct paper *paper, const struct paper_style *style, double x, double y, double degrees,
                  const char *text)
{
    cairo_save(paper->cairo);
    cairo_translate(paper->cairo, x, y);
    cairo_rotate(paper->cairo, degrees * M_PI / 180);
    paper_text(paper, style, 0, 0, text);
    cairo_restore(paper->cairo);
}

// --- Fitting -----------------------------------------------------------------------------------------------

// Where the line that starts at glyph `from` ends: behind the last space that lets it fit, or where it is
// full.
static size_t line_end(const struct glyphs *glyphs, size_t from, double width)
{
    double used = 0;
    size_t last_space = from;
    for (size_t i = from; i < glyphs->n; i++) {
        used += glyphs->advance[i];
        if (glyphs->space[i]) {
            last_space = i + 1; // a space may hang over
        } else if (used > width) {
            return last_space > from ? last_space : i;
        }
    }
    return glyphs->n;
}

// Whether the text fits the box in this size.
static bool fits(const struct glyphs *glyphs, struct paper_box box, double size)
{
    const double most = floor((box.height / size - ascent - descent) / leading + 1);
    size_t from = 0;
    double lines = 0;
    while (from < glyphs->n) {
        const size_t to = line_end(glyphs, from, box.width / size);
        if (to == from) {
            return false; // not one character
        }
        from = to;
        lines++;
    }
    return lines <= most;
}

static double draw_lines(struct paper *paper, const struct paper_style *style, struct paper_box box,
                         const struct glyphs *glyphs, const char *text)
{
    const double x = style->align == PAPER_LEFT     ? box.x
                     : style->align == PAPER_CENTRE ? box.x + box.width / 2
                                                    : box.x + box.width;
    double y = box.y + ascent * style->size;
    for (size_t from = 0; from < glyphs->n;) {
        const size_t to = line_end(glyphs, from, box.width / style->size);
        size_t shown = to;
        while (shown > from && glyphs->space[shown - 1]) {
            shown--;
        }
        const double width = style->size * width_of(glyphs, from, shown);
        draw(paper, style, aligned(style->align, x, width), y, 0, glyphs, from, shown, text);
        for (; from < to; from++) {
            text += glyphs->bytes[from];
        }
        y += leading * style->size;
    }
    return y - box.y - ascent * style->size;
}

double paper_fit(struct paper *paper, const struct paper_style *style, struct paper_box box, const char *text)
{
    struct glyphs glyphs = {0};
    struct paper_style fitting = *style;
    if (!glyphs_of(paper, style->font, text, &glyphs)) {
        return 0;
    }
    while (!fits(&glyphs, box, fitting.size)) {
        fitting.size *= shrinking;
        if (fitting.size < smallest) {
            paper_fail(paper, JUMIN_ERROR_TOO_LONG);
            return 0;
        }
    }
    const double height = draw_lines(paper, &fitting, box, &glyphs, text);
    crypto_wipe(&glyphs, sizeof glyphs);
    return height;
}
