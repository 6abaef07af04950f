// The PIN letter: PIN and PUK on an A4 sheet that is folded in thirds, who it is for outside, the digits
// inside.
// SPDX-License-Identifier: Apache-2.0
#include "host/print/holder.h"
#include "host/print/paper.h"
#include <jumin/print.h>
#include <stdio.h>

static const double sheet_width = 210, sheet_height = 297; // ISO 216, A4
static const double left = 25, right = 185, fold = 99;

static const struct paper_colour ink = {0.08, 0.10, 0.13}, label_ink = {0.36, 0.43, 0.49},
                                 theme = {0.13, 0.36, 0.45}, red = {0.75, 0.12, 0.14},
                                 pale = {0.94, 0.96, 0.97}, black = {0, 0, 0}, grey = {0.6, 0.6, 0.6};

// --- Outside: who it is for --------------------------------------------------------------------------------

static void draw_entry(struct paper *paper, double y, const char *korean, const char *english,
                       const char *value)
{
    const struct paper_style label = {PAPER_REGULAR, 3.4, ink, PAPER_LEFT};
    const struct paper_style translation = {PAPER_REGULAR, 2.7, label_ink, PAPER_LEFT};
    const struct paper_style style = {PAPER_BOLD, 4.4, ink, PAPER_LEFT};
    paper_text(paper, &label, left, y, korean);
    paper_text(paper, &translation, left, y + 4.2, english);
    (void)paper_fit(paper, &style, (struct paper_box){left + 42, y - 3.6, right - left - 42, 6}, value);
}

static void draw_address(struct paper *paper, const struct jumin_order *order, const char *number)
{
    const struct paper_style title = {PAPER_BOLD, 6.6, theme, PAPER_LEFT};
    const struct paper_style english = {PAPER_REGULAR, 3.6, theme, PAPER_LEFT};
    const struct paper_style mark = {PAPER_BOLD, 4.6, red, PAPER_RIGHT};
    char name[HOLDER_NAME];
    paper_text(paper, &title, left, 24, "비밀번호 안내문");
    paper_text(paper, &english, left, 30, "PIN letter for a resident card");
    if (holder_is_specimen(order)) {
        paper_text(paper, &mark, right, 24, "견본 SPECIMEN");
    }
    paper_line(paper, left, 34.5, right, 34.5, 0.4, theme);
    double y = 46;
    if (order->has_person) {
        holder_masked_name(&order->person, name);
        draw_entry(paper, y, "받는 사람", "For", name);
        draw_entry(paper, y + 13, "문서번호", "Document number", order->person.document_number);
        crypto_wipe(name, sizeof name);
        y += 26;
    }
    if (number != NULL && number[0] != '\0') {
        draw_entry(paper, y, "안내문 번호", "Letter number", number);
    }
}

// --- Inside: the digits ------------------------------------------------------------------------------------

static void draw_secret(struct paper *paper, struct paper_box box, const char *korean, const char *english,
                        const char *digits, double size)
{
    const struct paper_style label = {PAPER_BOLD, 4.2, ink, PAPER_LEFT};
    const struct paper_style translation = {PAPER_REGULAR, 3.2, label_ink, PAPER_LEFT};
    const struct paper_style style = {PAPER_OCR, size, black, PAPER_RIGHT};
    paper_fill(paper, box, pale);
    paper_text(paper, &label, box.x + 8, box.y + box.height / 2 - 0.4, korean);
    paper_text(paper, &translation, box.x + 8, box.y + box.height / 2 + 4.8, english);
    paper_cells(paper, &style, box.x + box.width - 6, box.y + box.height / 2 + 0.34 * size, size, digits);
}

static void draw_secrets(struct paper *paper, const struct jumin_order *order)
{
    const bool transport = jumin_order_has_transport_pin(order);
    const double width = right - left;
    draw_secret(paper, (struct paper_box){left, fold + 18, width, 30},
                transport ? "임시 비밀번호" : "비밀번호", transport ? "Transport PIN" : "PIN", order->pin,
                12);
    if (order->puk[0] != '\0') {
        draw_secret(paper, (struct paper_box){left, fold + 56, width, 22}, "잠금 해제 번호", "PUK",
                    order->puk, 8);
    }
}

// --- Below: what to do -------------------------------------------------------------------------------------

struct advice {
    char korean[PAPER_TEXT_MAX], english[PAPER_TEXT_MAX];
};

static double draw_advice(struct paper *paper, double y, unsigned number, const struct advice *advice)
{
    const struct paper_style figure = {PAPER_BOLD, 3.6, theme, PAPER_LEFT};
    const struct paper_style korean = {PAPER_REGULAR, 3.5, ink, PAPER_LEFT};
    const struct paper_style english = {PAPER_REGULAR, 2.9, label_ink, PAPER_LEFT};
    char text[12];
    (void)snprintf(text, sizeof text, "%u", number);
    paper_text(paper, &figure, left, y + 3.1, text);
    y += paper_fit(paper, &korean, (struct paper_box){left + 7, y, right - left - 7, 14}, advice->korean);
    y += paper_fit(paper, &english, (struct paper_box){left + 7, y, right - left - 7, 14}, advice->english);
    return y + 2.4;
}

static void advise_change(const struct jumin_order *order, struct advice *advice)
{
    const unsigned digits = order->profile.pin_digits;
    if (jumin_order_has_transport_pin(order)) {
        (void)snprintf(advice->korean, sizeof advice->korean,
                       "카드를 받으면 이 임시 비밀번호를 %u자리 이상의 새 비밀번호로 바로 바꾸십시오. 바꾸기 "
                       "전에는 쓸 수 "
                       "없습니다.",
                       digits);
        (void)snprintf(
            advice->english, sizeof advice->english,
            "Change this transport PIN to a PIN of your own, of %u digits or more, as soon as you have the "
            "card. Until then it opens nothing.",
            digits);
    } else {
        (void)snprintf(advice->korean, sizeof advice->korean,
                       "비밀번호는 언제든지 다른 번호로 바꿀 수 있습니다.");
        (void)snprintf(advice->english, sizeof advice->english, "You may change the PIN at any time.");
    }
}

// TR-03110-2 §3.3: with one try left the PIN is suspended, with none it is blocked.
static void advise_tries(const struct jumin_order *order, struct advice *advice)
{
    const bool puk = order->puk[0] != '\0';
    (void)snprintf(
        advice->korean, sizeof advice->korean,
        "마지막 한 번의 입력에는 카드 앞면의 CAN도 필요합니다. 잘못된 입력이 %u번 이어지면 비밀번호가 "
        "잠기며, %s.",
        order->profile.pin_tries, puk ? "PUK로 풀 수 있습니다" : "발급기관에서만 풀 수 있습니다");
    (void)snprintf(
        advice->english, sizeof advice->english,
        "For the last try the card asks for the CAN on its front, too. After %u wrong tries in a row the "
        "PIN is blocked; %s.",
        order->profile.pin_tries, puk ? "the PUK unblocks it" : "the authority alone can unblock it");
}

static void draw_instructions(struct paper *paper, const struct jumin_order *order)
{
    static const struct advice apart = {"비밀번호와 PUK는 카드와 따로 보관하고 누구에게도 알리지 마십시오. "
                                        "발급기관은 이 번호들을 보관하지 않으며 "
                                        "묻지도 않습니다.",
                                        "Keep the digits apart from the card and tell nobody. The authority "
                                        "keeps no copy of them and never asks for "
                                        "them."};
    static const struct advice opened = {
        "이 안내문이 이미 열려 있었다면 카드를 쓰지 말고 발급기관에 알리십시오.",
        "If this letter had been opened before you got it, do not use the card and tell the authority."};
    struct advice change, tries;
    advise_change(order, &change);
    advise_tries(order, &tries);
    const struct advice *const all[] = {&change, &tries, &apart, &opened};
    double y = 2 * fold + 12;
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        y = draw_advice(paper, y, i + 1, all[i]);
    }
}

static void draw_folds(struct paper *paper)
{
    for (int i = 1; i <= 2; i++) {
        paper_line(paper, 4, i * fold, 9, i * fold, 0.2, grey);
        paper_line(paper, sheet_width - 9, i * fold, sheet_width - 4, i * fold, 0.2, grey);
    }
}

enum jumin_error jumin_print_pin_letter(const struct jumin_order *order, const char *number, uint8_t **pdf,
                                        size_t *n)
{
    char title[PAPER_TITLE_MAX];
    if (pdf == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pdf = NULL;
    *n = 0;
    if (order == NULL || order->pin[0] == '\0') {
        return JUMIN_ERROR_ARGUMENT;
    }
    (void)snprintf(title, sizeof title, "PIN letter %.32s", number != NULL ? number : "");
    struct paper *paper = paper_begin(sheet_width, sheet_height, title);
    if (paper == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    draw_folds(paper);
    draw_address(paper, order, number);
    draw_secrets(paper, order);
    draw_instructions(paper, order);
    paper_next_page(paper);
    return paper_end(paper, pdf, n);
}
