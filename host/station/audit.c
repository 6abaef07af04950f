// The audit trail: each entry's hash takes in the one before, and is signed (ECDSA on P-256 with SHA-256).
// SPDX-License-Identifier: Apache-2.0
//
// Whoever can write to the database can cut off entries at the end together with the head: only a head that
// was kept elsewhere shows that.
#include "host/station/station_internal.h"

#include <stdlib.h>

enum { TEXT_FIELDS = 4 };

// What an entry says; texts borrowed.
struct entry {
    int64_t number, at;
    const char *texts[TEXT_FIELDS]; // officer, action, subject, detail
};

static void put_u64(uint8_t bytes[8], uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}

// SHA-256 over the hash before, number, time, and each text behind its length; numbers of eight bytes,
// big-endian.
static bool hash_entry(const uint8_t before[JUMIN_AUDIT_HASH], const struct entry *entry,
                       uint8_t hash[JUMIN_AUDIT_HASH])
{
    uint8_t numbers[2][8], lengths[TEXT_FIELDS][8];
    struct span parts[3 + 2 * TEXT_FIELDS];
    size_t count = 0;
    put_u64(numbers[0], (uint64_t)entry->number);
    put_u64(numbers[1], (uint64_t)entry->at);
    parts[count++] = span_of(before, JUMIN_AUDIT_HASH);
    parts[count++] = span_of(numbers[0], 8);
    parts[count++] = span_of(numbers[1], 8);
    for (size_t i = 0; i < TEXT_FIELDS; i++) {
        const size_t n = strlen(entry->texts[i]);
        put_u64(lengths[i], n);
        parts[count++] = span_of(lengths[i], 8);
        parts[count++] = span_of(entry->texts[i], n);
    }
    return crypto_hash_parts(CRYPTO_SHA256, parts, count, hash);
}

// --- Appending -------------------------------------------------------------------------------------------------

enum jumin_error audit_hold(struct jumin_station *station)
{
    return station_database(
        station,
        database_run(station->database, "UPDATE audit_head SET number = number WHERE id = 1", NULL, 0, NULL));
}

// Takes the head, which holds off every other writer until the transaction ends.
static enum jumin_error take_head(struct jumin_station *station, int64_t *number,
                                  uint8_t before[JUMIN_AUDIT_HASH])
{
    struct database_rows *rows = NULL;
    enum jumin_error error = database_query(
        station->database, "UPDATE audit_head SET number = number + 1 WHERE id = 1 RETURNING number, hash",
        NULL, 0, &rows);
    bool found = false;
    if (error == JUMIN_OK && database_next(rows)) {
        const struct span hash = database_column_bytes(rows, 1);
        *number = database_column_integer(rows, 0);
        found = hash.n == JUMIN_AUDIT_HASH;
        memcpy(before, found ? hash.p : (const uint8_t[JUMIN_AUDIT_HASH]){0}, JUMIN_AUDIT_HASH);
    }
    const enum jumin_error ended = database_rows_end(rows);
    error = error == JUMIN_OK ? ended : error;
    if (error != JUMIN_OK) {
        return station_database(station, error);
    }
    return found ? JUMIN_OK
                 : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE, "the audit trail has lost its head");
}

static enum jumin_error write_note(struct jumin_station *station, const struct audit_note *note)
{
    struct entry entry = {.at = note->at,
                          .texts = {station->officer, note->action, note->subject, note->detail}};
    uint8_t before[JUMIN_AUDIT_HASH], hash[JUMIN_AUDIT_HASH], signature[AUDIT_SIGNATURE];
    enum jumin_error error = take_head(station, &entry.number, before);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!hash_entry(before, &entry, hash) ||
        !crypto_ecdsa_sign(&station->audit_key, &station->random, span_of(hash, sizeof hash), signature)) {
        return detail_set(&station->detail, JUMIN_ERROR_CRYPTO, "the audit trail cannot be signed");
    }
    const struct database_value values[] = {database_integer(entry.number),
                                            database_integer(entry.at),
                                            database_text(entry.texts[0]),
                                            database_text(entry.texts[1]),
                                            database_text(entry.texts[2]),
                                            database_text(entry.texts[3]),
                                            database_bytes(span_of(hash, sizeof hash)),
                                            database_bytes(span_of(signature, sizeof signature))};
    error = database_run(station->database,
                         "INSERT INTO audit (number, at, officer, action, subject, detail, hash, signature)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                         values, 8, NULL);
    if (error == JUMIN_OK) {
        error = database_run(station->database, "UPDATE audit_head SET hash = $1 WHERE id = 1", &values[6], 1,
                             NULL);
    }
    if (error == JUMIN_OK) {
        station->mark.number = entry.number;
        memcpy(station->mark.signature, signature, sizeof signature);
    }
    return station_database(station, error);
}

static void release_note(struct audit_note *note)
{
    free(note->action);
    free(note->subject);
    free(note->detail);
    *note = (struct audit_note){0};
}

static void drop_notes(struct jumin_station *station)
{
    for (size_t i = 0; i < station->note_count; i++) {
        release_note(&station->notes[i]);
    }
    free(station->notes);
    station->notes = NULL;
    station->note_count = 0;
}

enum jumin_error audit_append(struct jumin_station *station, const char *action, const char *subject,
                              const char *detail)
{
    struct audit_note note = {station_now(station), strdup(action), strdup(subject), strdup(detail)};
    struct audit_note *notes = realloc(station->notes, (station->note_count + 1) * sizeof *notes);
    station->notes = notes != NULL ? notes : station->notes;
    if (notes == NULL || note.action == NULL || note.subject == NULL || note.detail == NULL) {
        release_note(&note);
        return detail_set(&station->detail, JUMIN_ERROR_MEMORY, "memory is short");
    }
    notes[station->note_count++] = note;
    return JUMIN_OK;
}

enum jumin_error audit_write(struct jumin_station *station, enum jumin_error error)
{
    for (size_t i = 0; i < station->note_count && error == JUMIN_OK; i++) {
        error = write_note(station, &station->notes[i]);
    }
    drop_notes(station);
    return error;
}

// A signature takes in a random number, so that two of the same entry differ.
enum jumin_error audit_find(struct jumin_station *station, const struct audit_mark *mark, bool *found)
{
    struct database_rows *rows = NULL;
    const struct database_value value = database_integer(mark->number);
    const enum jumin_error error =
        database_query(station->database, "SELECT signature FROM audit WHERE number = $1", &value, 1, &rows);
    *found = error == JUMIN_OK && database_next(rows) &&
             span_equal(database_column_bytes(rows, 0), span_of(mark->signature, sizeof mark->signature));
    const enum jumin_error ended = database_rows_end(rows);
    return station_database(station, error == JUMIN_OK ? ended : error);
}

// --- Checking --------------------------------------------------------------------------------------------------

// What was right so far; `whole`: it ends where the head says.
struct chain {
    int64_t number;
    uint8_t hash[JUMIN_AUDIT_HASH];
    bool whole;
};

static bool next_is_right(const struct jumin_station *station, const struct database_rows *rows,
                          struct chain *chain, struct jumin_audit_entry *entry)
{
    const struct entry said = {.number = database_column_integer(rows, 0),
                               .at = database_column_integer(rows, 1),
                               .texts = {database_column_text(rows, 2), database_column_text(rows, 3),
                                         database_column_text(rows, 4), database_column_text(rows, 5)}};
    uint8_t hash[JUMIN_AUDIT_HASH];
    if (said.number != chain->number + 1 || !hash_entry(chain->hash, &said, hash) ||
        !span_equal(span_of(hash, sizeof hash), database_column_bytes(rows, 6)) ||
        !crypto_ecdsa_verify(&station->audit_key, span_of(hash, sizeof hash),
                             database_column_bytes(rows, 7))) {
        return false;
    }
    chain->number = said.number;
    memcpy(chain->hash, hash, sizeof hash);
    chain->whole = database_column_integer(rows, 8) == said.number &&
                   span_equal(database_column_bytes(rows, 9), span_of(hash, sizeof hash));
    *entry = (struct jumin_audit_entry){said.number,   said.at, said.texts[0], said.texts[1], said.texts[2],
                                        said.texts[3], {0}};
    memcpy(entry->hash, hash, sizeof hash);
    return true;
}

// Who is told, and what came of it.
struct walk {
    bool (*each)(void *context, const struct jumin_audit_entry *entry);
    void *context;
    struct chain chain;
    int64_t last; // that was read: the first entry is not taken to have the number that it should
    bool right, wanted;
};

// The next entries, as one statement sees them together with the head; other stations go on meanwhile.
static enum jumin_error check_page(struct jumin_station *station, struct walk *walk, size_t *count)
{
    struct jumin_audit_entry entry;
    struct database_rows *rows = NULL;
    const struct database_value values[] = {database_integer(walk->last), database_integer(STATION_PAGE)};
    const enum jumin_error error =
        station_query(station,
                      "SELECT audit.number, at, officer, action, subject, detail, audit.hash, signature,"
                      " audit_head.number, audit_head.hash FROM audit LEFT JOIN audit_head ON"
                      " audit_head.id = 1 WHERE audit.number > $1 ORDER BY audit.number LIMIT $2",
                      values, 2, &rows);
    *count = 0;
    while (error == JUMIN_OK && walk->right && walk->wanted && database_next(rows)) {
        *count += 1;
        walk->last = database_column_integer(rows, 0);
        walk->right = next_is_right(station, rows, &walk->chain, &entry);
        walk->wanted = !walk->right || walk->each == NULL || walk->each(walk->context, &entry);
    }
    const enum jumin_error ended = database_rows_end(rows);
    return error == JUMIN_OK ? station_database(station, ended) : error;
}

static enum jumin_error check_trail(struct jumin_station *station, struct walk *walk)
{
    enum jumin_error error = JUMIN_OK;
    size_t count = STATION_PAGE;
    while (error == JUMIN_OK && walk->right && walk->wanted && count == STATION_PAGE) {
        error = check_page(station, walk, &count);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    if (!walk->right) {
        return detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                          "the audit trail was changed at entry %lld", (long long)walk->chain.number + 1);
    }
    return walk->chain.whole || !walk->wanted
               ? JUMIN_OK
               : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                            "the audit trail ends at entry %lld, which is not its head",
                            (long long)walk->chain.number);
}

enum jumin_error jumin_station_audit(struct jumin_station *station,
                                     bool (*each)(void *context, const struct jumin_audit_entry *entry),
                                     void *context)
{
    if (station == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    struct walk walk = {.each = each, .context = context, .last = INT64_MIN, .right = true, .wanted = true};
    const enum jumin_error error = station_need(station, JUMIN_ROLE_AUDIT);
    return error == JUMIN_OK ? check_trail(station, &walk) : error;
}

// --- The head --------------------------------------------------------------------------------------------------

static enum jumin_error take_audit_head(struct jumin_station *station, const struct database_rows *rows,
                                        struct jumin_audit_head *head)
{
    const struct span hash = database_column_bytes(rows, 1), signature = database_column_bytes(rows, 2);
    if (!span_equal(hash, database_column_bytes(rows, 3)) || hash.n != sizeof head->hash ||
        signature.n != sizeof head->signature || !crypto_ecdsa_verify(&station->audit_key, hash, signature) ||
        !crypto_ec_public(&station->audit_key, head->public_key)) {
        return detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                          "the audit trail's head is not its last entry: it was changed");
    }
    head->number = database_column_integer(rows, 0);
    memcpy(head->hash, hash.p, sizeof head->hash);
    memcpy(head->signature, signature.p, sizeof head->signature);
    return JUMIN_OK;
}

enum jumin_error jumin_station_audit_head(struct jumin_station *station, struct jumin_audit_head *head)
{
    struct database_rows *rows = NULL;
    if (station == NULL || head == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    enum jumin_error error = station_need(station, JUMIN_ROLE_AUDIT);
    if (error == JUMIN_OK) {
        error =
            station_query(station,
                          "SELECT audit.number, audit.hash, signature, audit_head.hash FROM audit_head JOIN"
                          " audit ON audit.number = audit_head.number WHERE audit_head.id = 1",
                          NULL, 0, &rows);
    }
    if (error != JUMIN_OK) {
        return error;
    }
    error = database_next(rows) ? take_audit_head(station, rows, head)
                                : detail_set(&station->detail, JUMIN_ERROR_SIGNATURE,
                                             "the audit trail has no head, or its last entry is missing");
    const enum jumin_error ended = database_rows_end(rows);
    return error == JUMIN_OK ? station_database(station, ended) : error;
}

enum jumin_error jumin_station_audit_has(struct jumin_station *station, const uint8_t hash[JUMIN_AUDIT_HASH])
{
    struct database_rows *rows = NULL;
    if (station == NULL || hash == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const struct database_value value = database_bytes(span_of(hash, JUMIN_AUDIT_HASH));
    enum jumin_error error = station_need(station, JUMIN_ROLE_AUDIT);
    if (error == JUMIN_OK) {
        error = station_query(station, "SELECT number FROM audit WHERE hash = $1", &value, 1, &rows);
    }
    const bool found = error == JUMIN_OK && database_next(rows);
    const enum jumin_error ended = database_rows_end(rows);
    if (error != JUMIN_OK || ended != JUMIN_OK) {
        return error != JUMIN_OK ? error : station_database(station, ended);
    }
    return found ? JUMIN_OK
                 : detail_set(
                       &station->detail, JUMIN_ERROR_SIGNATURE,
                       "the audit trail has no entry with this hash: its end was cut off, or it is another "
                       "trail");
}
