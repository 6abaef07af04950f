// Reading one elementary file to its end: by short identifier first, in units that card and link can carry,
// from where it stopped before (ISO 7816-4 §11.3, 9303-10 §3.6).
// SPDX-License-Identifier: Apache-2.0
#include "card/wire/lds.h"
#include "card/wire/tlv.h"
#include "host/reader/reader_internal.h"

enum {
    OFFSET_MAX_B0 = 0x7FFF, // 15 bits in P1 P2; beyond, READ BINARY with odd INS
    DO_OFFSET = 0x54,
    DO_DISCRETIONARY = 0x53,
    DISCRETIONARY_HEADER_MIN = 2,
    DISCRETIONARY_HEADER_MAX = 4,
    LENGTH_BYTES_MAX = 3, // far beyond what is taken, and no sum with it overflows
    COMPARED = 223,       // bytes of a file that tell whether it is the same card's
    FILE_HEADER = 5,      // tag and length of a file that is longer than this, as all are
};

// Most bytes to ask for at once. `extended` says in which form.
static size_t read_unit(const struct jumin_reader *reader, bool *extended)
{
    const struct channel *channel = &reader->channel;
    const size_t short_max = channel_response_data_max(channel, false);
    const size_t extended_max = channel->limits.extended ? channel_response_data_max(channel, true) : 0;
    *extended = extended_max > short_max && reader->unit_now > short_max;
    const size_t max = *extended ? extended_max : short_max;
    return reader->unit_now < max ? reader->unit_now : max;
}

// --- READ BINARY -------------------------------------------------------------------------------------------

static enum jumin_error read_command(struct jumin_reader *reader, uint8_t p1, uint8_t p2, size_t n,
                                     bool extended, struct span *data, uint16_t *status)
{
    const struct apdu_command command = {
        .ins = 0xB0, .p1 = p1, .p2 = p2, .ne = (uint32_t)n, .extended = extended};
    return channel_transmit(&reader->channel, &command, data, status);
}

// Offsets beyond 15 bits: DO54 holds the offset, the answer is DO53 (ISO 7816-4 §11.3.2).
static enum jumin_error read_command_odd(struct jumin_reader *reader, size_t offset, size_t n, bool extended,
                                         struct span *data, uint16_t *status)
{
    uint8_t buffer[8];
    struct writer object = writer_of(buffer, sizeof buffer);
    const uint8_t bytes[3] = {(uint8_t)(offset >> 16), (uint8_t)(offset >> 8), (uint8_t)offset};
    tlv_put(&object, DO_OFFSET, span_from(span_of(bytes, sizeof bytes), offset > 0xFFFF ? 0 : 1));
    const struct apdu_command command = {.ins = 0xB1,
                                         .data = writer_span(&object),
                                         .ne = (uint32_t)(n + tlv_header_length(DO_DISCRETIONARY, n)),
                                         .extended = extended};
    const enum jumin_error error = channel_transmit(&reader->channel, &command, data, status);
    struct tlv discretionary;
    if (error == JUMIN_OK && data->n > 0) {
        if (!tlv_expect(data, DO_DISCRETIONARY, &discretionary)) {
            return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "%s: READ BINARY answered without DO53",
                              reader->channel.name);
        }
        *data = discretionary.value;
    }
    return error;
}

static enum jumin_error file_refused(struct jumin_reader *reader, const struct elementary_file *file,
                                     uint16_t status)
{
    const struct apdu_command command = {.ins = 0xB0};
    const enum jumin_error error = channel_refused(&reader->channel, &command, status);
    if (error == JUMIN_ERROR_NO_SUCH_FILE) {
        file->content->state = FILE_ABSENT;
    }
    if (error == JUMIN_ERROR_ACCESS_DENIED) {
        file->content->state = FILE_DENIED;
    }
    return error;
}

// SELECT by file identifier, for cards without short identifiers.
static enum jumin_error select_file(struct jumin_reader *reader, const struct elementary_file *file)
{
    const uint8_t identifier[2] = {(uint8_t)(file->identifier >> 8), (uint8_t)file->identifier};
    const struct apdu_command command = {
        .ins = 0xA4, .p1 = 0x02, .p2 = 0x0C, .data = span_of(identifier, sizeof identifier)};
    struct span data;
    uint16_t status = 0;
    const enum jumin_error error = channel_transmit(&reader->channel, &command, &data, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    return status == SW_OK ? JUMIN_OK : file_refused(reader, file, status);
}

static bool gives_data(uint16_t status, struct span data)
{
    return status == SW_OK || (status == SW_END_OF_FILE && data.n > 0);
}

// The first bytes of a file, which becomes the current one.
static enum jumin_error read_beginning(struct jumin_reader *reader, const struct elementary_file *file,
                                       size_t n, bool extended, struct span *data)
{
    uint16_t status = 0;
    enum jumin_error error =
        read_command(reader, (uint8_t)(0x80 | file->short_identifier), 0, n, extended, data, &status);
    if (error != JUMIN_OK || gives_data(status, *data)) {
        return error;
    }
    if (status == SW_FILE_NOT_FOUND || status == SW_SECURITY_STATUS_NOT_SATISFIED) {
        return file_refused(reader, file, status);
    }
    error = select_file(reader, file);
    if (error == JUMIN_OK) {
        error = read_command(reader, 0, 0, n, extended, data, &status);
    }
    if (error != JUMIN_OK || gives_data(status, *data)) {
        return error;
    }
    return file_refused(reader, file, status);
}

// --- One file ----------------------------------------------------------------------------------------------

// Length of the file from its first bytes: that of the object which fills it.
static bool file_length(struct span beginning, uint32_t tag, size_t *length)
{
    if (tag == 0) {
        *length = beginning.n;
        return true;
    }
    const size_t tag_length = 1; // all outer tags of the LDS
    if (beginning.n < tag_length + 1 || beginning.p[0] != tag) {
        return false;
    }
    const uint8_t first = beginning.p[tag_length];
    const size_t count = first < 0x80 ? 0 : first & 0x7FU;
    if (first == 0x80 || count > LENGTH_BYTES_MAX || beginning.n < tag_length + 1 + count) {
        return false;
    }
    size_t value = first < 0x80 ? first : 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | beginning.p[tag_length + 1 + i];
    }
    *length = tag_length + 1 + count + value;
    return true;
}

static void hash_restart(struct jumin_reader *reader, const struct elementary_file *file)
{
    crypto_hash_release(&reader->hashing);
    reader->hashing_file = file->content;
    reader->hashing_active =
        reader->hash_known && file->is_signed && crypto_hash_start(&reader->hashing, reader->hash);
}

// Takes bytes that come next in the file; too many are dropped. Hashes while it reads.
static void take(struct jumin_reader *reader, struct document_file *to, struct span data)
{
    data = span_first(data, to->total - to->n);
    if (data.n > 0) {
        memcpy(to->bytes + to->n, data.p, data.n);
    }
    to->n += data.n;
    if (reader->hashing_active && !crypto_hash_update(&reader->hashing, data)) {
        reader->hashing_active = false;
    }
    reader->channel.done = to->n;
    reader->channel.total = to->total;
    if (to->n < to->total) {
        return;
    }
    to->state = FILE_COMPLETE;
    if (reader->hashing_active) {
        to->hash = reader->hash;
        to->hashed = crypto_hash_finish(&reader->hashing, to->digest);
        reader->hashing_active = false;
    }
}

static bool refuses_over_the_end(uint16_t status)
{
    return status == SW_WRONG_OFFSET || status == SW_WRONG_LENGTH || status == SW_WRONG_P1_P2;
}

static enum jumin_error start_file(struct jumin_reader *reader, const struct elementary_file *file)
{
    bool extended = false;
    const size_t unit = read_unit(reader, &extended);
    const bool sized = file->tag != 0;
    struct span data;
    enum jumin_error error = sized && reader->header_first
                                 ? read_beginning(reader, file, FILE_HEADER, false, &data)
                                 : read_beginning(reader, file, unit, extended, &data);
    // Some cards refuse a read over the end of a file (TR-03105-5.1 unit C): its header says where that is.
    const bool over_the_end = error == JUMIN_ERROR_STATUS && sized && !reader->header_first &&
                              refuses_over_the_end(reader->channel.last_status);
    if (over_the_end) {
        error = read_beginning(reader, file, FILE_HEADER, false, &data);
        reader->header_first = error == JUMIN_OK;
    }
    if (error != JUMIN_OK) {
        return error;
    }
    size_t length = 0;
    if (data.n > unit || !file_length(data, file->tag, &length)) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED, "%s does not begin with its template",
                          file->name);
    }
    error = document_file_start(file->content, length);
    if (error != JUMIN_OK) {
        return detail_set(&reader->detail, error, "%s announces %zu bytes, for which there is no room",
                          file->name, length);
    }
    hash_restart(reader, file);
    take(reader, file->content, data);
    return JUMIN_OK;
}

// The next unit of a file that is the current one.
static enum jumin_error continue_file(struct jumin_reader *reader, const struct elementary_file *file)
{
    const struct document_file *state = file->content;
    bool extended = false;
    size_t unit = read_unit(reader, &extended);
    const bool odd = state->n > OFFSET_MAX_B0;
    unit -= odd && unit > DISCRETIONARY_HEADER_MAX + 1 ? DISCRETIONARY_HEADER_MAX + 1 : 0;
    const size_t left = state->total - state->n;
    const size_t n = left < unit ? left : unit;
    struct span data;
    uint16_t status = 0;
    const enum jumin_error error =
        odd ? read_command_odd(reader, state->n, n, extended, &data, &status)
            : read_command(reader, (uint8_t)(state->n >> 8), (uint8_t)state->n, n, extended, &data, &status);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!gives_data(status, data)) {
        return file_refused(reader, file, status);
    }
    // A card may write the header of DO53 shorter than it was given room for.
    const size_t most = odd ? n + DISCRETIONARY_HEADER_MAX - DISCRETIONARY_HEADER_MIN : n;
    if (data.n == 0 || data.n > most) {
        return detail_set(&reader->detail, JUMIN_ERROR_MALFORMED,
                          "%s: READ BINARY gave %zu bytes at %zu of %zu where %zu were asked for", file->name,
                          data.n, state->n, state->total, n);
    }
    take(reader, file->content, data);
    return JUMIN_OK;
}

enum jumin_error elementary_file_compare(struct jumin_reader *reader, const struct elementary_file *file)
{
    const struct document_file *kept = file->content;
    channel_enter(&reader->channel, JUMIN_STEP_READ_FILE, file->name);
    const size_t short_max = channel_response_data_max(&reader->channel, false);
    size_t n = kept->n < COMPARED ? kept->n : COMPARED;
    n = n < short_max ? n : short_max;
    n = n < reader->unit_now ? n : reader->unit_now;
    struct span data;
    const enum jumin_error error = read_beginning(reader, file, n, false, &data);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!span_equal(data, span_of(kept->bytes, n))) {
        return detail_set(&reader->detail, JUMIN_ERROR_OTHER_CARD,
                          "%s is not the one whose reading was interrupted: another card lies on the reader",
                          file->name);
    }
    return JUMIN_OK;
}

enum jumin_error elementary_file_read(struct jumin_reader *reader, const struct elementary_file *file)
{
    struct document_file *state = file->content;
    if (state->state == FILE_COMPLETE || state->state == FILE_ABSENT || state->state == FILE_DENIED) {
        return JUMIN_OK;
    }
    const bool resumed = state->state == FILE_STARTED;
    enum jumin_error error = JUMIN_OK;
    if (resumed) {
        error = elementary_file_compare(reader, file);
    } else {
        channel_enter(&reader->channel, JUMIN_STEP_READ_FILE, file->name);
        error = start_file(reader, file);
    }
    if (resumed && reader->hashing_file != state) {
        reader->hashing_active = false;
    }
    reader->channel.done = state->n;
    reader->channel.total = state->total;
    while (error == JUMIN_OK && state->state == FILE_STARTED) {
        error = continue_file(reader, file);
    }
    return error;
}

// --- Files of a document -----------------------------------------------------------------------------------

static struct elementary_file file_of(struct jumin_reader *reader, enum jumin_file file)
{
    static const struct elementary_file files[] = {
        [JUMIN_FILE_CARD_ACCESS] = {.identifier = FID_CARD_ACCESS, .short_identifier = 0x1C, .tag = 0x31},
        [JUMIN_FILE_CARD_SECURITY] = {.identifier = FID_CARD_SECURITY, .short_identifier = 0x1D, .tag = 0x30},
        [JUMIN_FILE_ATR_INFO] = {.identifier = FID_ATR_INFO, .short_identifier = 0x01},
        [JUMIN_FILE_DIR] = {.identifier = FID_DIR, .short_identifier = 0x1E},
        [JUMIN_FILE_COM] = {.identifier = FID_COM, .short_identifier = 0x1E, .tag = LDS_COM},
        [JUMIN_FILE_SOD] = {.identifier = FID_SOD, .short_identifier = 0x1D, .tag = LDS_SOD},
    };
    struct elementary_file found;
    if (file < JUMIN_FILE_DG1) {
        found = files[file];
    } else {
        const unsigned group = (unsigned)file - JUMIN_FILE_DG1 + 1;
        found = (struct elementary_file){.identifier = (uint16_t)(FID_DG1 + group - 1),
                                         .short_identifier = (uint8_t)group,
                                         .tag = lds_tag_of_group(group),
                                         .is_signed = true};
    }
    found.name = jumin_file_name(file);
    found.content = &reader->document->files[file];
    return found;
}

enum jumin_error reader_read_file(struct jumin_reader *reader, enum jumin_file file)
{
    const struct elementary_file found = file_of(reader, file);
    return elementary_file_read(reader, &found);
}

enum jumin_error reader_compare_file(struct jumin_reader *reader, enum jumin_file file)
{
    const struct elementary_file found = file_of(reader, file);
    return elementary_file_compare(reader, &found);
}
