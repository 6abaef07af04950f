// Transports that write down what is exchanged, and that answer from what was written down.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/transport.h>
#include <stdlib.h>
#include <string.h>

// Lines of a record:
//   = 65544 65538 extended     the limits of reader and link; "short" without extended length
//   ^                          connected (the card was reset)
//   > 00A4040C…                a command
//   < 9000                     its response
//   ! card-removed             the error instead, of connecting or of the command before it
enum { DETAIL_MAX = 200 };

// --- Recording ---------------------------------------------------------------------------------------------

struct record {
    struct jumin_transport *inner;
    FILE *log;
};

static void put_bytes(FILE *log, char kind, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    putc(kind, log);
    putc(' ', log);
    for (size_t i = 0; i < n; i++) {
        putc(digits[bytes[i] >> 4], log);
        putc(digits[bytes[i] & 0x0F], log);
    }
    putc('\n', log);
    fflush(log); // what a program that crashes did last is what one wants to see
}

static void put_error(FILE *log, enum jumin_error error)
{
    fprintf(log, "! %s\n", jumin_error_name(error));
    fflush(log);
}

static enum jumin_error record_connect(void *context)
{
    const struct record *record = context;
    const enum jumin_error error = jumin_transport_connect(record->inner);
    fprintf(record->log, "^\n");
    if (error != JUMIN_OK) {
        put_error(record->log, error);
        return error;
    }
    struct jumin_limits limits;
    jumin_transport_limits(record->inner, &limits);
    fprintf(record->log, "= %zu %zu %s\n", limits.command_max, limits.response_max,
            limits.extended ? "extended" : "short");
    fflush(record->log);
    return JUMIN_OK;
}

static enum jumin_error record_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                        size_t capacity, size_t *length)
{
    const struct record *record = context;
    put_bytes(record->log, '>', command, n);
    const enum jumin_error error =
        jumin_transport_transmit(record->inner, command, n, response, capacity, length);
    if (error != JUMIN_OK) {
        put_error(record->log, error);
        return error;
    }
    put_bytes(record->log, '<', response, *length);
    return JUMIN_OK;
}

static void record_disconnect(void *context)
{
    const struct record *record = context;
    jumin_transport_disconnect(record->inner);
}

static void record_limits(void *context, struct jumin_limits *limits)
{
    const struct record *record = context;
    jumin_transport_limits(record->inner, limits);
}

static const char *record_detail(void *context)
{
    const struct record *record = context;
    return jumin_transport_detail(record->inner);
}

static void record_release(void *context)
{
    struct record *record = context;
    jumin_transport_free(record->inner);
    free(record);
}

static const struct jumin_transport_functions record_functions = {
    record_connect, record_transmit, record_disconnect, record_limits, record_detail, record_release,
};

enum jumin_error jumin_trace_record(struct jumin_transport **transport, struct jumin_transport *inner,
                                    FILE *log)
{
    if (transport == NULL || inner == NULL || log == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct record *record = malloc(sizeof *record);
    if (record == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    *record = (struct record){inner, log};
    const enum jumin_error error = jumin_transport_new(transport, &record_functions, record);
    if (error != JUMIN_OK) {
        free(record);
    }
    return error;
}

// --- Replaying ---------------------------------------------------------------------------------------------

struct replay {
    FILE *log;
    char *line; // the line to be answered from; NULL: the record is at its end
    size_t capacity;
    size_t number;
    struct jumin_limits limits;
    char detail[DETAIL_MAX];
};

static void read_line(struct replay *replay)
{
    do {
        const ssize_t n = getline(&replay->line, &replay->capacity, replay->log);
        if (n < 0) {
            free(replay->line);
            replay->line = NULL;
            replay->capacity = 0;
            return;
        }
        replay->line[strcspn(replay->line, "\r\n")] = '\0';
        replay->number++;
    } while (replay->line[0] == '\0' || replay->line[0] == '#');
}

static bool at(const struct replay *replay, char kind)
{
    return replay->line != NULL && replay->line[0] == kind;
}

static enum jumin_error differs(struct replay *replay, const char *wanted)
{
    snprintf(replay->detail, sizeof replay->detail, "record, line %zu: %.60s, where %.90s", replay->number,
             replay->line == NULL ? "its end" : replay->line, wanted);
    return JUMIN_ERROR_LINK;
}

// The error of a line "! name", and on to the next line.
static enum jumin_error recorded_error(struct replay *replay)
{
    const char *name = replay->line + strcspn(replay->line, " ");
    for (int error = JUMIN_OK + 1; error < JUMIN_ERROR_COUNT; error++) {
        if (name[0] == ' ' && strcmp(name + 1, jumin_error_name((enum jumin_error)error)) == 0) {
            snprintf(replay->detail, sizeof replay->detail, "so it was recorded in line %zu", replay->number);
            read_line(replay);
            return (enum jumin_error)error;
        }
    }
    return differs(replay, "an error is named");
}

static enum jumin_error recorded_limits(struct replay *replay)
{
    char *end = NULL;
    const unsigned long command_max = strtoul(replay->line + 1, &end, 10);
    const unsigned long response_max = strtoul(end, &end, 10);
    const bool extended = strcmp(end, " extended") == 0;
    if (command_max == 0 || response_max == 0 || (!extended && strcmp(end, " short") != 0)) {
        return differs(replay, "limits are stated");
    }
    replay->limits = (struct jumin_limits){command_max, response_max, extended};
    read_line(replay);
    return JUMIN_OK;
}

static enum jumin_error replay_connect(void *context)
{
    struct replay *replay = context;
    replay->detail[0] = '\0';
    if (!at(replay, '^')) {
        return differs(replay, "the program connects");
    }
    read_line(replay);
    if (at(replay, '!')) {
        return recorded_error(replay);
    }
    return at(replay, '=') ? recorded_limits(replay) : JUMIN_OK;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The byte that the two characters at `text` write, or -1; reads no further than the end of the text.
static int hex_byte(const char *text)
{
    const int high = digit(text[0]);
    const int low = high < 0 ? -1 : digit(text[1]);
    return low < 0 ? -1 : high << 4 | low;
}

static bool same_bytes(const char *text, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (hex_byte(text + 2 * i) != bytes[i]) {
            return false; // also at the end of the text, so the next step stays inside it
        }
    }
    return text[2 * n] == '\0';
}

static enum jumin_error other_command(struct replay *replay, const uint8_t *command, size_t n)
{
    enum { SHOWN = 12 };
    char sent[2 * SHOWN + 1] = "";
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        snprintf(sent + 2 * i, 3, "%02X", command[i]);
    }
    char wanted[DETAIL_MAX];
    snprintf(wanted, sizeof wanted, "the program sends %s%s (%zu bytes)", sent, n > SHOWN ? "…" : "", n);
    return differs(replay, wanted);
}

static enum jumin_error recorded_response(struct replay *replay, uint8_t *response, size_t capacity,
                                          size_t *length)
{
    const char *text = replay->line + 2;
    size_t n = 0;
    for (; replay->line[1] == ' ' && hex_byte(text) >= 0; text += 2, n++) {
        if (n == capacity) {
            return differs(replay, "the program has room for less");
        }
        response[n] = (uint8_t)hex_byte(text);
    }
    if (n < 2 || *text != '\0') {
        return differs(replay, "a response is written");
    }
    *length = n;
    read_line(replay);
    return JUMIN_OK;
}

static enum jumin_error replay_transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                        size_t capacity, size_t *length)
{
    struct replay *replay = context;
    replay->detail[0] = '\0';
    if (!at(replay, '>') || replay->line[1] != ' ' || !same_bytes(replay->line + 2, command, n)) {
        return other_command(replay, command, n);
    }
    read_line(replay);
    if (at(replay, '!')) {
        return recorded_error(replay);
    }
    if (!at(replay, '<')) {
        return differs(replay, "a response is recorded");
    }
    return recorded_response(replay, response, capacity, length);
}

static void replay_disconnect(void *context)
{
    (void)context;
}

static void replay_limits(void *context, struct jumin_limits *limits)
{
    const struct replay *replay = context;
    *limits = replay->limits;
}

static const char *replay_detail(void *context)
{
    const struct replay *replay = context;
    return replay->detail;
}

static void replay_release(void *context)
{
    struct replay *replay = context;
    free(replay->line);
    free(replay);
}

static const struct jumin_transport_functions replay_functions = {
    replay_connect, replay_transmit, replay_disconnect, replay_limits, replay_detail, replay_release,
};

enum jumin_error jumin_trace_replay(struct jumin_transport **transport, FILE *log)
{
    if (transport == NULL || log == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    replay->log = log;
    replay->limits = (struct jumin_limits){65544, 65538, true}; // until the record says otherwise
    read_line(replay);
    const enum jumin_error error = jumin_transport_new(transport, &replay_functions, replay);
    if (error != JUMIN_OK) {
        replay_release(replay);
    }
    return error;
}
