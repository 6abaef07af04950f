// Lists of people: the first byte says which kind. Rows come in order and are objects, what is refused is
// told where, and rows that are written are read again as they were.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "tools/jumin/batch_file.h"
#include <string.h>

enum { INPUT_MAX = 8192 };

struct seen {
    size_t line, rows;
    enum batch_format format;
    const json_t *wanted; // what is read again; NULL: the input
    bool refused;
};

static void take(void *context, size_t line, json_t *row);

static void refuse(void *context, size_t line, const char *field, const char *why)
{
    struct seen *seen = context;
    require(line >= 1 && why[0] != '\0' && (field == NULL || field[0] != '\0'));
    seen->refused = true;
}

static void read_again(const json_t *row, enum batch_format format)
{
    char *text = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&text, &n);
    require(file != NULL);
    require(format == BATCH_CSV ? batch_file_put_csv(file, true, row) : batch_file_put_json(file, row));
    require(fclose(file) == 0);
    struct seen seen = {.format = format, .wanted = row};
    const struct batch_taker taker = {take, refuse, &seen};
    batch_file_read(span_of(text, n), format, &taker);
    require(seen.rows == 1 && !seen.refused);
    free(text);
}

static void take(void *context, size_t line, json_t *row)
{
    struct seen *seen = context;
    require(json_is_object(row) && line > seen->line);
    seen->line = line;
    seen->rows++;
    if (seen->wanted != NULL) {
        require(json_equal(row, seen->wanted));
    } else {
        read_again(row, seen->format);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0 || n > INPUT_MAX) {
        return 0;
    }
    struct seen seen = {.format = bytes[0] % 2 == 0 ? BATCH_CSV : BATCH_JSON};
    const struct batch_taker taker = {take, refuse, &seen};
    batch_file_read(span_of(bytes + 1, n - 1), seen.format, &taker);
    return 0;
}
