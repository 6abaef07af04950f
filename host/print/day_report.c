// The day report on paper: what was done on a day and the money, of all officers and of each.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/print.h>
#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 2, MONEY = 3, VALUE_MAX = 32, SECTION_ROWS = 1 + JUMIN_DAY_COUNTS + MONEY };

struct row {
    const char *cells[COLUMNS];
};

// Rows, and the values that they point to.
struct rows {
    size_t n;
    struct row *rows;
    char (*values)[VALUE_MAX];
};

static const char *label_of(size_t count)
{
    static const char *const labels[JUMIN_DAY_COUNTS] = {
        [JUMIN_DAY_APPLIED] = "신청 / Applied",        [JUMIN_DAY_APPROVED] = "승인 / Approved",
        [JUMIN_DAY_PREPARED] = "발급 준비 / Prepared", [JUMIN_DAY_WRITTEN] = "기록 / Written",
        [JUMIN_DAY_VERIFIED] = "확인 / Verified",      [JUMIN_DAY_HANDED_OVER] = "교부 / Handed over",
        [JUMIN_DAY_SPOILED] = "불량 / Spoiled",        [JUMIN_DAY_CANCELLED] = "취소 / Cancelled",
        [JUMIN_DAY_REFUNDED] = "환불 / Refunded",      [JUMIN_DAY_LOST] = "분실 / Lost",
        [JUMIN_DAY_RESTORED] = "분실 해제 / Restored", [JUMIN_DAY_GIVEN_BACK] = "반납 / Given back",
        [JUMIN_DAY_EXPIRED] = "만료 / Expired",        [JUMIN_DAY_ERASED] = "삭제 / Erased",
    };
    return labels[count] != NULL ? labels[count] : jumin_day_count_name(count);
}

static void put_heading(struct rows *rows, const char *text)
{
    rows->rows[rows->n++] = (struct row){{text, NULL}};
}

static void put_number(struct rows *rows, const char *label, long long number, const char *unit)
{
    char *value = rows->values[rows->n];
    (void)snprintf(value, VALUE_MAX, "%lld%s", number, unit);
    rows->rows[rows->n++] = (struct row){{label, value}};
}

// What an officer has not done is left out; of all, nothing is.
static void put_section(struct rows *rows, const char *name, const struct jumin_day_figures *figures,
                        bool whole)
{
    put_heading(rows, name);
    for (size_t i = 0; i < JUMIN_DAY_COUNTS; i++) {
        if (whole || figures->counts[i] > 0) {
            put_number(rows, label_of(i), (long long)figures->counts[i], "");
        }
    }
    if (whole || figures->won_taken != 0 || figures->won_paid_back != 0) {
        put_number(rows, "받은 금액 / Taken", figures->won_taken, "원");
        put_number(rows, "돌려준 금액 / Paid back", figures->won_paid_back, "원");
        put_number(rows, "잔액 / Balance", figures->won_taken - figures->won_paid_back, "원");
    }
}

enum jumin_error jumin_print_day_report(const struct jumin_day_report *report, uint8_t **pdf, size_t *n)
{
    static const char *const headings[COLUMNS] = {"항목 / Item", "건수·금액 / Count, won"};
    if (pdf == NULL || n == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *pdf = NULL;
    *n = 0;
    if (report == NULL || (report->officer_count > 0 && report->officers == NULL)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const size_t most = (report->officer_count + 1) * SECTION_ROWS;
    struct rows rows = {0, calloc(most, sizeof *rows.rows), calloc(most, sizeof *rows.values)};
    enum jumin_error error = JUMIN_ERROR_MEMORY;
    if (rows.rows != NULL && rows.values != NULL) {
        put_section(&rows, "모두 / All", &report->total, true);
        for (size_t i = 0; i < report->officer_count; i++) {
            put_section(&rows, report->officers[i].name, &report->officers[i].figures, false);
        }
        const struct jumin_print_table table = {.title = "일일 보고 / Day report",
                                                .subtitle = report->day,
                                                .columns = COLUMNS,
                                                .headings = headings,
                                                .rows = rows.n,
                                                .cells = rows.rows[0].cells,
                                                .signature = "서명 / Signed"};
        error = jumin_print_table(&table, pdf, n);
    }
    free(rows.rows);
    free(rows.values);
    return error;
}
