// The card's visible sides, for its printer: a specimen layout after 9303-5, without any state's emblem.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/holder.h"
#include "host/print/paper.h"
#include <jumin/policy.h>
#include <jumin/print.h>
#include <stdio.h>

static const double card_width = 85.60, card_height = 53.98; // ISO 7810 §5.1.1.2, ID-1

static const struct paper_colour ink = {0.08, 0.10, 0.13}, label_ink = {0.36, 0.43, 0.49},
                                 theme = {0.13, 0.36, 0.45}, red = {0.75, 0.12, 0.14},
                                 pale = {0.90, 0.94, 0.95}, paler = {0.95, 0.92, 0.91}, black = {0, 0, 0};

// --- Machine readable characters (9303-3 §4.4): OCR-B of size 1, ten to the inch -------------------------------

enum { MRZ_LINES = 3, MRZ_LINE = 30 };
static const double mrz_pitch = 2.54;
static const double mrz_spacing = 4.23; // 9303-5 figure 6, as the next two
static const double mrz_height = 23.3;
static const double mrz_middle = 11.5; // centre of the middle line, from the lower edge
static const double mrz_left =
    5.0 - 0.4; // 9303-5 §4.2.1.3, and what the font leaves free on the left of a letter
static const double ocr_em = 2.54 / 0.723; // so that the font's own advance is the pitch
static const double ocr_middle = 1.28;     // of its letters and digits, above the baseline

static const struct paper_style ocr = {PAPER_OCR, ocr_em, black, PAPER_LEFT};

// Baseline of a line of the MRZ, 0 being the upper one.
static double mrz_baseline(int line)
{
    return card_height - mrz_middle + (line - 1) * mrz_spacing + ocr_middle;
}

static void draw_mrz(struct paper *paper, const char *mrz)
{
    for (int line = 0; line < MRZ_LINES; line++) {
        char text[MRZ_LINE + 1];
        (void)snprintf(text, sizeof text, "%.*s", MRZ_LINE, mrz + (ptrdiff_t)line * MRZ_LINE);
        paper_cells(paper, &ocr, mrz_left, mrz_baseline(line), mrz_pitch, text);
    }
}

// --- What both sides have ----------------------------------------------------------------------------------

static const double margin = 4;

static void draw_heading(struct paper *paper)
{
    const struct paper_style korean = {PAPER_BOLD, 4.0, theme, PAPER_LEFT};
    const struct paper_style english = {PAPER_REGULAR, 2.1, theme, PAPER_LEFT};
    paper_text(paper, &korean, margin, 6.9, "주민등록증");
    paper_text(paper, &english, margin + paper_width(paper, &korean, "주민등록증") + 2, 6.9, "RESIDENT CARD");
    paper_line(paper, margin, 9.2, card_width - margin, 9.2, 0.25, theme);
}

static void draw_specimen(struct paper *paper, double x, double y, double size)
{
    const struct paper_style ground = {PAPER_BOLD, size, paler, PAPER_CENTRE};
    const struct paper_style mark = {PAPER_BOLD, 3.0, red, PAPER_RIGHT};
    paper_ground(paper, &ground, x, y, -24, "SPECIMEN");
    paper_text(paper, &mark, card_width - margin, 6.9, "견본 SPECIMEN");
}

// A value under its label.
struct field {
    struct paper_box box; // of the value
    const char *label, *value;
    enum paper_font font;
    double size;
};

static void draw_field(struct paper *paper, const struct field *field)
{
    const struct paper_style label = {PAPER_REGULAR, 1.45, label_ink, PAPER_LEFT};
    const struct paper_style value = {field->font, field->size, ink, PAPER_LEFT};
    paper_text(paper, &label, field->box.x, field->box.y - 0.5, field->label);
    (void)paper_fit(paper, &value, field->box, field->value);
}

// --- Front -------------------------------------------------------------------------------------------------

static const struct paper_box portrait_box = {4, 11.6, 27, 27 * 45 / 35.0};

static const char *sex_text(char sex)
{
    return sex == 'F' ? "여 / F" : sex == 'M' ? "남 / M" : "X";
}

static void draw_portrait(struct paper *paper, const struct jumin_order *order)
{
    struct jumin_portrait portrait;
    paper_fill(paper, portrait_box, pale);
    if (jumin_order_portrait(order, &portrait) == JUMIN_OK) {
        paper_portrait(paper, portrait_box, &portrait);
    }
}

// The Hanja stand behind the name where the font has them all; the name in Hangul is the one that counts.
static void put_hanja(const struct paper *paper, const struct person *person, char name[HOLDER_NAME])
{
    char hanja[HOLDER_NAME], whole[HOLDER_NAME];
    holder_hanja_name(person, hanja);
    const int n = snprintf(whole, sizeof whole, "%s (%s)", name, hanja);
    if (hanja[0] != '\0' && n > 0 && (size_t)n < sizeof whole && paper_has(paper, PAPER_BOLD, hanja)) {
        memcpy(name, whole, (size_t)n + 1);
    }
    crypto_wipe(hanja, sizeof hanja);
    crypto_wipe(whole, sizeof whole);
}

static void draw_holder(struct paper *paper, const struct person *person)
{
    char name[HOLDER_NAME], latin[HOLDER_NAME], birth[HOLDER_DATE], issue[HOLDER_DATE], expiry[HOLDER_DATE];
    char number[JUMIN_MASKED_NUMBER] = "";
    holder_name(person, name);
    put_hanja(paper, person, name);
    holder_latin_name(person, latin);
    holder_date(person->birth_date, birth);
    holder_date(person->issue_date, issue);
    holder_date(person->expiry_date, expiry);
    if (person->registration_number[0] != '\0') {
        jumin_registration_number_mask(person->registration_number, number);
    }
    const struct field fields[] = {
        {{34, 12.9, 47.6, 5.4}, "성명 / Name", name, PAPER_BOLD, 4.2},
        {{34, 18.4, 47.6, 3.8}, "", latin, PAPER_REGULAR, 2.5},
        {{34, 24.4, 18, 3}, "생년월일 / Date of birth", birth, PAPER_REGULAR, 2.4},
        {{53, 24.4, 12, 3}, "성별 / Sex", sex_text(person->sex), PAPER_REGULAR, 2.4},
        {{68.2, 24.4, 13.4, 3}, "국적 / Nationality", person->nationality, PAPER_REGULAR, 2.4},
        {{34, 29.9, 31, 3}, "주민등록번호 / Registration number", number, PAPER_REGULAR, 2.4},
        {{68.2, 29.9, 13.4, 3}, "발급국 / State", person->issuing_state, PAPER_REGULAR, 2.4},
        {{34, 35.4, 18, 3}, "문서번호 / Document no.", person->document_number, PAPER_REGULAR, 2.4},
        {{53, 35.4, 14, 3}, "발급일 / Issued", issue, PAPER_REGULAR, 2.4},
        {{68.2, 35.4, 13.4, 3}, "만료일 / Expires", expiry, PAPER_REGULAR, 2.4},
        {{34, 40.9, 28, 8.6}, "발급기관 / Authority", person->issuing_authority, PAPER_REGULAR, 2.4},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (fields[i].value[0] != '\0') {
            draw_field(paper, &fields[i]);
        }
    }
    crypto_wipe(name, sizeof name);
    crypto_wipe(latin, sizeof latin);
    crypto_wipe(birth, sizeof birth);
}

// Where a reader finds it that reads MRZs: on a line of theirs, in their font (9303-5 §3.2.3).
static void draw_can(struct paper *paper, const char *can)
{
    const struct paper_style label = {PAPER_REGULAR, 1.45, label_ink, PAPER_RIGHT};
    const double x = card_width - margin - (int)ORDER_CAN * mrz_pitch;
    paper_text(paper, &label, x - 1, mrz_baseline(2), "CAN");
    paper_cells(paper, &ocr, x, mrz_baseline(2), mrz_pitch, can);
}

// --- Back --------------------------------------------------------------------------------------------------

static void draw_back(struct paper *paper)
{
    static const char *const lines[] = {
        "이 카드에는 비접촉식 IC 칩이 들어 있습니다. 구부리거나 뚫지 마십시오.",
        "Contains a contactless chip: do not bend or punch.",
        "분실하면 바로 발급기관에 신고하십시오. 주우신 분은 발급기관에 보내 주십시오.",
        "Report a loss to the authority at once. If found, please return it there.",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct paper_style korean = {PAPER_REGULAR, 1.9, ink, PAPER_LEFT};
        const struct paper_style english = {PAPER_REGULAR, 1.6, label_ink, PAPER_LEFT};
        paper_text(paper, i % 2 == 0 ? &korean : &english, margin, 14.5 + 3.2 * (double)i + (i > 1 ? 1.6 : 0),
                   lines[i]);
    }
    paper_line(paper, margin, card_height - mrz_height - 0.4, card_width - margin,
               card_height - mrz_height - 0.4, 0.25, theme);
}

enum jumin_error jumin_print_data_sheet(const struct jumin_order *order, const char *number, uint8_t **pdf,
                                        size_t *n)
{
    char title[PAPER_TITLE_MAX];
    if (pdf == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pdf = NULL;
    *n = 0;
    if (order == NULL || !order->has_person || strlen(order->can) != ORDER_CAN) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const bool specimen = holder_is_specimen(order);
    (void)snprintf(title, sizeof title, "Data sheet %.32s", number != NULL ? number : "");
    struct paper *paper = paper_begin(card_width, card_height, title);
    if (paper == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    if (specimen) {
        draw_specimen(paper, 58, 36, 9);
    }
    draw_heading(paper);
    draw_portrait(paper, order);
    draw_holder(paper, &order->person);
    draw_can(paper, order->can);
    paper_next_page(paper);
    if (specimen) {
        draw_specimen(paper, card_width / 2 + 8, 24, 6);
    }
    draw_heading(paper);
    draw_back(paper);
    draw_mrz(paper, order->mrz);
    paper_next_page(paper);
    return paper_end(paper, pdf, n);
}
