// The fonts of paper, from their files to cairo.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/paper_internal.h"

#include <freetype/ftoutln.h>

// Where the build has found them (dependencies.cmake).
static const char *const files[PAPER_FONTS] = {JUMIN_FONT_REGULAR, JUMIN_FONT_BOLD, JUMIN_FONT_OCR};

static const cairo_user_data_key_t face_key;

// Each font has a FreeType library of its own: cairo keeps fonts for a while after the paper is gone, and may
// drop them in another thread.
static void drop_face(void *face)
{
    FT_Library library = ((FT_Face)face)->glyph->library;
    (void)FT_Done_Face(face);
    (void)FT_Done_FreeType(library);
}

static FT_Face open_face(const char *path)
{
    FT_Library library = NULL;
    FT_Face face = NULL;
    if (FT_Init_FreeType(&library) != 0) {
        return NULL;
    }
    if (FT_New_Face(library, path, 0, &face) != 0) {
        (void)FT_Done_FreeType(library);
        return NULL;
    }
    return face;
}

// --- A font that cairo cannot embed ------------------------------------------------------------------------

// cairo 1.16 leaves the CFF font of OCR-B out of the PDF, and says nothing: its glyphs are given as outlines.
struct outline {
    cairo_t *cairo;
    double em; // of the font's units
};

static int move_to(const FT_Vector *to, void *context)
{
    const struct outline *outline = context;
    cairo_close_path(outline->cairo);
    cairo_move_to(outline->cairo, (double)to->x / outline->em, (double)-to->y / outline->em);
    return 0;
}

static int line_to(const FT_Vector *to, void *context)
{
    const struct outline *outline = context;
    cairo_line_to(outline->cairo, (double)to->x / outline->em, (double)-to->y / outline->em);
    return 0;
}

static int cubic_to(const FT_Vector *first, const FT_Vector *second, const FT_Vector *to, void *context)
{
    const struct outline *outline = context;
    cairo_curve_to(outline->cairo, (double)first->x / outline->em, (double)-first->y / outline->em,
                   (double)second->x / outline->em, (double)-second->y / outline->em,
                   (double)to->x / outline->em, (double)-to->y / outline->em);
    return 0;
}

// CFF has none of these.
static int conic_to(const FT_Vector *control, const FT_Vector *to, void *context)
{
    (void)control;
    (void)to;
    (void)context;
    return FT_Err_Invalid_Outline;
}

static cairo_status_t render_glyph(cairo_scaled_font_t *font, unsigned long glyph, cairo_t *cairo,
                                   cairo_text_extents_t *extents)
{
    static const FT_Outline_Funcs functions = {move_to, line_to, conic_to, cubic_to, 0, 0};
    FT_Face face = cairo_font_face_get_user_data(cairo_scaled_font_get_font_face(font), &face_key);
    struct outline outline = {cairo, face->units_per_EM};
    if (FT_Load_Glyph(face, (FT_UInt)glyph, FT_LOAD_NO_SCALE) != 0 ||
        FT_Outline_Decompose(&face->glyph->outline, &functions, &outline) != 0) {
        return CAIRO_STATUS_USER_FONT_ERROR;
    }
    cairo_fill(cairo);
    extents->x_advance = (double)face->glyph->metrics.horiAdvance / face->units_per_EM;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_font_face_t *outline_font(void)
{
    cairo_font_face_t *font = cairo_user_font_face_create();
    cairo_user_font_face_set_render_glyph_func(font, render_glyph);
    return font;
}

// --- All -------------------------------------------------------------------------------------------------------

static bool open_font(struct paper *paper, enum paper_font font)
{
    FT_Face face = open_face(files[font]);
    if (face == NULL) {
        return false;
    }
    cairo_font_face_t *made =
        font == PAPER_OCR ? outline_font() : cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING);
    if (cairo_font_face_set_user_data(made, &face_key, face, drop_face) != CAIRO_STATUS_SUCCESS) {
        cairo_font_face_destroy(made);
        drop_face(face);
        return false;
    }
    paper->faces[font] = made;
    paper->fonts[font] = face;
    return true;
}

bool paper_open_fonts(struct paper *paper)
{
    bool ok = true;
    for (int font = 0; font < PAPER_FONTS && ok; font++) {
        ok = open_font(paper, (enum paper_font)font);
    }
    return ok;
}

void paper_close_fonts(struct paper *paper)
{
    for (int font = 0; font < PAPER_FONTS; font++) {
        if (paper->faces[font] != NULL) {
            cairo_font_face_destroy(paper->faces[font]);
        }
    }
}
