// The signed record of what was done with the CSCA's key: writing it, ahead of what it says.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/protocol_internal.h"

#include "host/file.h"
#include "host/pki/oids.h"
#include "host/pki/signed_data.h"
#include "host/pki/x509.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char ahead_text[] = "ahead.json", ahead_signature[] = "ahead.cms";

void protocol_hash_text(const uint8_t *digest, char text[JUMIN_RECORD_HASH])
{
    for (size_t i = 0; i < 32; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
}

void protocol_time_text(int64_t seconds, char text[PROTOCOL_TIME])
{
    const time_t time = (time_t)seconds;
    struct tm parts = {0};
    if (gmtime_r(&time, &parts) == NULL || strftime(text, PROTOCOL_TIME, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        text[0] = '\0';
    }
}

// --- Files -----------------------------------------------------------------------------------------------------

enum jumin_error protocol_path(struct jumin_pki *pki, const char *name, char path[PATH_MAX])
{
    char inner[64];
    (void)snprintf(inner, sizeof inner, "ceremonies/%s", name);
    return pki_path_of(pki, inner, path);
}

enum jumin_error protocol_entry_path(struct jumin_pki *pki, unsigned number, const char *suffix,
                                     char path[PATH_MAX])
{
    char name[32];
    (void)snprintf(name, sizeof name, "%04u.%s", number, suffix);
    return protocol_path(pki, name, path);
}

enum jumin_error protocol_read(const char *path, struct protocol_file *file)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    file->json = NULL;
    const enum jumin_error error = disk_read(path, file->text, sizeof file->text, &file->n);
    const struct span whole = span_of(file->text, file->n);
    if (error != JUMIN_OK || !crypto_hash_parts(CRYPTO_SHA256, &whole, 1, digest)) {
        return error != JUMIN_OK ? error : JUMIN_ERROR_CRYPTO;
    }
    protocol_hash_text(digest, file->hash);
    file->json = json_loadb((const char *)file->text, file->n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(file->json)) {
        protocol_release(file);
    }
    return JUMIN_OK;
}

void protocol_release(struct protocol_file *file)
{
    json_decref(file->json);
    file->json = NULL;
}

unsigned protocol_count(struct jumin_pki *pki)
{
    char path[PATH_MAX];
    unsigned count = 0;
    while (count < PROTOCOL_ENTRIES_MAX && protocol_entry_path(pki, count + 1, "json", path) == JUMIN_OK &&
           access(path, F_OK) == 0) {
        count++;
    }
    return count;
}

// --- State -----------------------------------------------------------------------------------------------------

static void add_hash(json_t *state, const char *name, struct span bytes)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    char text[JUMIN_RECORD_HASH];
    if (crypto_hash_parts(CRYPTO_SHA256, &bytes, 1, digest)) {
        protocol_hash_text(digest, text);
        (void)json_object_set_new(state, name, json_string(text));
    }
}

static json_t *state_with(const struct jumin_pki *pki, const uint8_t *csca_key)
{
    char text[JUMIN_RECORD_HASH];
    json_t *state = json_object();
    add_hash(state, "csca.crt", span_of(pki->csca.p, pki->csca.n));
    add_hash(state, "ds.crt", span_of(pki->signer.p, pki->signer.n));
    add_hash(state, "csca.crl", span_of(pki->revocation_list.p, pki->revocation_list.n));
    if (csca_key != NULL) {
        protocol_hash_text(csca_key, text);
        (void)json_object_set_new(state, "csca.key", json_string(text));
    }
    return state;
}

json_t *protocol_state(struct jumin_pki *pki)
{
    uint8_t digest[CRYPTO_HASH_MAX];
    const bool there = pki_key_file_digest(pki, PKI_CSCA_KEY, digest) == JUMIN_OK;
    return state_with(pki, there ? digest : NULL);
}

bool protocol_states_match(const json_t *said, json_t *found)
{
    const char *name = NULL;
    json_t *hash = NULL;
    json_object_foreach(found, name, hash)
    {
        if (!json_equal(hash, json_object_get(said, name))) {
            return false;
        }
    }
    return true;
}

const char *protocol_text(const json_t *entry, const char *name)
{
    const char *text = json_string_value(json_object_get(entry, name));
    return text == NULL ? "" : text;
}

// --- An entry --------------------------------------------------------------------------------------------------

static bool is_name(const char *name)
{
    const size_t n = name == NULL ? 0 : strlen(name);
    for (size_t i = 0; i < n; i++) {
        if ((uint8_t)name[i] < 0x20 || name[i] == 0x7F) {
            return false;
        }
    }
    return n >= 1 && n <= JUMIN_NAME_MAX;
}

json_t *protocol_names(const char *const *names, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!is_name(names[i]) || json_array_append_new(list, json_string(names[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

// The last entry that dealt shares, or the one that dealt those of `sharing` where that is not NULL: a copy
// of what it says of them, to be released. NULL: there is none.
static json_t *find_sharing(struct jumin_pki *pki, const char *sharing)
{
    char path[PATH_MAX];
    json_t *found = NULL;
    struct protocol_file *file = malloc(sizeof *file);
    for (unsigned number = file == NULL ? 0 : protocol_count(pki); number > 0 && found == NULL; number--) {
        if (protocol_entry_path(pki, number, "json", path) != JUMIN_OK ||
            protocol_read(path, file) != JUMIN_OK) {
            break;
        }
        json_t *dealt = json_object_get(file->json, "sharing");
        if (dealt != NULL && (sharing == NULL || strcmp(protocol_text(dealt, "name"), sharing) == 0)) {
            found = json_incref(dealt);
        }
        protocol_release(file);
    }
    free(file);
    return found;
}

static unsigned share_number(const json_t *sharing, const char *name)
{
    const json_int_t number = json_integer_value(json_object_get(sharing, name));
    return number > 0 && number <= JUMIN_SHARES_MAX ? (unsigned)number : 0;
}

enum jumin_error jumin_ceremony_sharing(struct jumin_pki *pki, struct jumin_share *sharing)
{
    if (pki == NULL || sharing == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    json_t *found = find_sharing(pki, NULL);
    *sharing = (struct jumin_share){.count = share_number(found, "shares"),
                                    .threshold = share_number(found, "threshold"),
                                    .sealed = json_is_true(json_object_get(found, "sealed"))};
    (void)snprintf(sharing->sharing, sizeof sharing->sharing, "%s", protocol_text(found, "name"));
    json_decref(found);
    return JUMIN_OK;
}

// Who has the shares that opened the key, as the entry that dealt them says.
static json_t *custodians_present(struct jumin_pki *pki)
{
    char sharing[JUMIN_SHARING];
    json_t *present = json_array();
    (void)snprintf(sharing, sizeof sharing, "%02X%02X%02X%02X", pki->sharing[0], pki->sharing[1],
                   pki->sharing[2], pki->sharing[3]);
    json_t *dealt = find_sharing(pki, sharing);
    for (size_t i = 0; i < pki->quorum_count; i++) {
        json_t *name = json_array_get(json_object_get(dealt, "custodians"), pki->quorum[i] - 1U);
        (void)json_array_append_new(present, json_pack("{s:i, s:O?}", "share", pki->quorum[i], "name", name));
    }
    json_decref(dealt);
    return json_pack("{s:s, s:o}", "name", sharing, "custodians", present);
}

// What the next entry follows: the hash of the last one. No entry is older than the one before.
static enum jumin_error read_last(struct jumin_pki *pki, unsigned count, const char *time,
                                  char hash[JUMIN_RECORD_HASH])
{
    char path[PATH_MAX];
    hash[0] = '\0';
    if (count == 0) {
        return JUMIN_OK;
    }
    struct protocol_file *last = malloc(sizeof *last);
    enum jumin_error error =
        last == NULL ? JUMIN_ERROR_MEMORY : protocol_entry_path(pki, count, "json", path);
    error = error == JUMIN_OK ? protocol_read(path, last) : error;
    if (error != JUMIN_OK) {
        error = pki_fail(pki, error, "the last entry of the record cannot be read");
    } else {
        memcpy(hash, last->hash, JUMIN_RECORD_HASH);
        if (strcmp(time, protocol_text(last->json, "time")) < 0) {
            error = pki_fail(pki, JUMIN_ERROR_NOT_VALID_NOW,
                             "the last entry of the record is younger: is the clock right?");
        }
        protocol_release(last);
    }
    free(last);
    return error;
}

enum jumin_error protocol_entry(struct jumin_pki *pki, const struct jumin_ceremony *ceremony,
                                const char *operation, json_t **entry)
{
    char time[PROTOCOL_TIME], before[JUMIN_RECORD_HASH];
    const unsigned count = protocol_count(pki);
    if (!is_name(ceremony->program) || ceremony->now < 0) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "a program's name and a time are needed");
    }
    protocol_time_text(ceremony->now, time);
    const enum jumin_error error = read_last(pki, count, time, before);
    if (error != JUMIN_OK) {
        return error;
    }
    json_t *witnesses = protocol_names(ceremony->witnesses, ceremony->witness_count);
    if (witnesses == NULL) {
        return pki_fail(pki, JUMIN_ERROR_ARGUMENT, "a name has 1 to %d bytes of UTF-8, no control characters",
                        JUMIN_NAME_MAX);
    }
    *entry = json_pack("{s:i, s:s, s:s, s:s, s:s, s:o}", "record", (int)count + 1, "previous", before, "time",
                       time, "operation", operation, "program", ceremony->program, "witnesses", witnesses);
    if (*entry != NULL && pki->quorum_count > 0) {
        (void)json_object_set_new(*entry, "quorum", custodians_present(pki));
    }
    return *entry != NULL ? JUMIN_OK : JUMIN_ERROR_MEMORY;
}

// --- Ahead -----------------------------------------------------------------------------------------------------

static enum jumin_error sign(struct jumin_pki *pki, struct span text, int64_t now, struct writer *der)
{
    const struct crypto_random random = crypto_system_random();
    struct x509_certificate csca;
    const char *why = "";
    if (!x509_parse(span_of(pki->csca.p, pki->csca.n), &csca, &why)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crt: %s", why);
    }
    const struct signed_data_request request = {.content_type = OID_DATA,
                                                .content = text,
                                                .certificate = csca.whole,
                                                .issuer = csca.issuer,
                                                .serial_number = csca.serial,
                                                .signing_time = now,
                                                .detached = true};
    return signed_data_make(&request, &pki->csca_key, &random, der)
               ? JUMIN_OK
               : pki_fail_to_sign(pki, "the record cannot be signed");
}

static enum jumin_error write_file(struct jumin_pki *pki, const char *name, struct span content)
{
    char path[PATH_MAX];
    enum jumin_error error = protocol_path(pki, name, path);
    if (error == JUMIN_OK) {
        error = disk_write(path, 0644, content);
        error = error == JUMIN_OK ? error : pki_fail(pki, error, "%s: cannot be written", path);
    }
    return error;
}

static enum jumin_error make_folder(struct jumin_pki *pki)
{
    char path[PATH_MAX];
    const enum jumin_error error = pki_path_of(pki, "ceremonies", path);
    if (error == JUMIN_OK && mkdir(path, 0755) != 0 && errno != EEXIST) {
        return pki_fail(pki, JUMIN_ERROR_FILE, "%s: cannot be made: %s", path, strerror(errno));
    }
    return error;
}

enum jumin_error protocol_write_ahead(struct jumin_pki *pki, json_t *entry, const uint8_t *csca_key,
                                      int64_t now)
{
    uint8_t bytes[PROTOCOL_SIGNATURE_MAX];
    struct writer der = writer_of(bytes, sizeof bytes);
    (void)json_object_set_new(entry, "state",
                              csca_key != NULL ? state_with(pki, csca_key) : protocol_state(pki));
    char *text = json_dumps(entry, JSON_INDENT(2));
    const struct span content = span_of(text, text == NULL ? 0 : strlen(text));
    enum jumin_error error = text == NULL ? JUMIN_ERROR_MEMORY : make_folder(pki);
    if (error == JUMIN_OK && content.n > PROTOCOL_ENTRY_MAX) {
        error = pki_fail(pki, JUMIN_ERROR_ARGUMENT, "the entry is longer than %d bytes", PROTOCOL_ENTRY_MAX);
    }
    error = error == JUMIN_OK ? sign(pki, content, now, &der) : error;
    error = error == JUMIN_OK ? write_file(pki, ahead_signature, writer_span(&der)) : error;
    error = error == JUMIN_OK ? write_file(pki, ahead_text, content) : error;
    free(text);
    return error;
}

// Gives the file `from` the name of the entry. What has it already was brought there before the program
// ended.
static enum jumin_error move_on(struct jumin_pki *pki, const char *from, unsigned number, const char *suffix)
{
    char old[PATH_MAX], new[PATH_MAX];
    enum jumin_error error = protocol_path(pki, from, old);
    error = error == JUMIN_OK ? protocol_entry_path(pki, number, suffix, new) : error;
    if (error == JUMIN_OK && rename(old, new) != 0 && (errno != ENOENT || access(new, F_OK) != 0)) {
        error = pki_fail(pki, JUMIN_ERROR_FILE, "%s: cannot be renamed: %s", old, strerror(errno));
    }
    return error;
}

enum jumin_error protocol_commit(struct jumin_pki *pki)
{
    const unsigned number = protocol_count(pki) + 1;
    enum jumin_error error = move_on(pki, ahead_signature, number, "cms");
    return error == JUMIN_OK ? move_on(pki, ahead_text, number, "json") : error;
}

static void drop(struct jumin_pki *pki, unsigned number)
{
    char path[PATH_MAX];
    if (protocol_entry_path(pki, number, "cms", path) == JUMIN_OK) {
        (void)unlink(path);
    }
    if (protocol_path(pki, ahead_text, path) == JUMIN_OK) {
        (void)unlink(path);
    }
    if (protocol_path(pki, ahead_signature, path) == JUMIN_OK) {
        (void)unlink(path);
    }
}

enum jumin_error protocol_settle(struct jumin_pki *pki)
{
    char path[PATH_MAX];
    struct protocol_file *file = malloc(sizeof *file);
    enum jumin_error error = file == NULL ? JUMIN_ERROR_MEMORY : protocol_path(pki, ahead_text, path);
    if (error == JUMIN_OK && protocol_read(path, file) == JUMIN_OK) {
        const unsigned number = protocol_count(pki) + 1;
        json_t *state = protocol_state(pki);
        const bool happened = protocol_states_match(json_object_get(file->json, "state"), state) &&
                              json_integer_value(json_object_get(file->json, "record")) == (json_int_t)number;
        if (happened) {
            error = pki_save_item(pki, JUMIN_PKI_DOCUMENT_SIGNER);
            error = error == JUMIN_OK ? protocol_commit(pki) : error;
        } else {
            drop(pki, number);
        }
        json_decref(state);
        protocol_release(file);
    }
    free(file);
    return error;
}

enum jumin_error protocol_open(struct jumin_pki *pki)
{
    return pki->authority && pki->lock > 0
               ? protocol_settle(pki)
               : pki_fail(pki, JUMIN_ERROR_ARGUMENT, "the key of the country signing CA is not loaded");
}
