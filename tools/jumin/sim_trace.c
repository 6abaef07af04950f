// The readable trace of simulated cards.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_trace.h"

#include <stdarg.h>
#include <time.h>

#include "card/core/command.h"

enum {
    SHOWN = 32, // bytes of a long data field that are shown
    INS_VERIFY = 0x20,
    INS_CHANGE_REFERENCE_DATA = 0x24,
    INS_RESET_RETRY_COUNTER = 0x2C,
    INS_PUT_KEY = 0xD8,
    INS_STORE_DATA = 0xE2,
};

int64_t sim_now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void begin_line(const struct sim_trace *trace, char direction)
{
    const int64_t ms = (sim_now_ns() - trace->started_ns) / 1000000;
    (void)fprintf(trace->file, "%6lld.%03lld card %u %c ", (long long)(ms / 1000), (long long)(ms % 1000),
                  trace->card, direction);
}

static void end_line(const struct sim_trace *trace)
{
    (void)fputc('\n', trace->file);
    (void)fflush(trace->file);
}

void sim_trace_event(const struct sim_trace *trace, const char *format, ...)
{
    if (trace->file == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    begin_line(trace, '-');
    (void)vfprintf(trace->file, format, arguments);
    end_line(trace);
    va_end(arguments);
}

static void put_bytes(FILE *file, struct span data)
{
    const size_t n = data.n <= SHOWN + SHOWN / 2 ? data.n : SHOWN;
    for (size_t i = 0; i < n; i++) {
        (void)fprintf(file, "%02X", data.p[i]);
    }
    if (n < data.n) {
        (void)fprintf(file, "… (%zu bytes)", data.n);
    }
}

// Blocks of STORE DATA are cut anywhere, so none of them is known to hold no secret.
static bool may_be_secret(const struct apdu_command *command)
{
    switch (command->ins) {
    case INS_VERIFY:
    case INS_CHANGE_REFERENCE_DATA:
    case INS_RESET_RETRY_COUNTER:
    case INS_PUT_KEY:
    case INS_STORE_DATA:
        return command->data.n > 0;
    default:
        return false;
    }
}

static void trace_command(void *context, const struct command_row *row, const struct apdu_command *plain)
{
    const struct sim_trace *trace = context;
    if (trace->file == NULL) {
        return;
    }
    begin_line(trace, '>');
    (void)fprintf(trace->file, "%s %02X %02X %02X %02X",
                  row != NULL ? row->name : apdu_instruction_name(plain->cla, plain->ins), plain->cla,
                  plain->ins, plain->p1, plain->p2);
    if (may_be_secret(plain)) {
        (void)fprintf(trace->file, " [%zu bytes, not shown]", plain->data.n);
    } else if (plain->data.n > 0) {
        (void)fputc(' ', trace->file);
        put_bytes(trace->file, plain->data);
    }
    if (plain->ne > 0) {
        (void)fprintf(trace->file, " Le %lu", (unsigned long)plain->ne);
    }
    end_line(trace);
}

static void trace_response(void *context, struct span data, uint16_t status)
{
    const struct sim_trace *trace = context;
    if (trace->file == NULL) {
        return;
    }
    begin_line(trace, '<');
    if (data.n > 0) {
        put_bytes(trace->file, data);
        (void)fputc(' ', trace->file);
    }
    (void)fprintf(trace->file, "%04X %s", status, status_word_text(status));
    end_line(trace);
}

struct card_observer sim_trace_observer(struct sim_trace *trace)
{
    return (struct card_observer){trace_command, trace_response, trace};
}
