// The signed record of what was done with the CSCA's key: finding any change of it.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/protocol_internal.h"

#include "host/file.h"
#include "host/pki/cms.h"
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

// What is known before an entry is looked at.
struct check {
    struct jumin_pki *pki;
    struct x509_certificate csca;
    char before[JUMIN_RECORD_HASH]; // hash of the one before; empty at the start
};

static enum jumin_error changed(struct check *check, unsigned number, const char *why)
{
    return pki_fail(check->pki, JUMIN_ERROR_SIGNATURE, "entry %04u: %s", number, why);
}

// What no signature covers is as it was written.
static bool rest_is_ours(const struct check *check, const struct cms_signed_data *data)
{
    struct span digests = data->digests;
    enum crypto_hash hash;
    return span_equal(data->certificates, check->csca.whole) && digest_algorithm_parse(&digests, &hash) &&
           digests.n == 0 && hash == data->digest;
}

static enum jumin_error check_signature(struct check *check, unsigned number,
                                        const struct protocol_file *file)
{
    char path[PATH_MAX];
    uint8_t bytes[PROTOCOL_SIGNATURE_MAX];
    struct cms_signed_data data;
    size_t n = 0;
    const char *why = "its signature is missing";
    enum jumin_error error = protocol_entry_path(check->pki, number, "cms", path);
    if (error != JUMIN_OK) {
        return error;
    }
    if (disk_read(path, bytes, sizeof bytes, &n) != JUMIN_OK ||
        !cms_parse_detached(span_of(bytes, n), span_of(file->text, file->n), &data, &why) ||
        !cms_verify(&data, &check->csca.key, &why)) {
        return changed(check, number, why);
    }
    if (!cms_names_signer(&data, &check->csca) || !rest_is_ours(check, &data)) {
        return changed(check, number, "it is not signed by this CSCA");
    }
    return JUMIN_OK;
}

static enum jumin_error check_entry(struct check *check, unsigned number, const struct protocol_file *file)
{
    if (file->json == NULL) {
        return changed(check, number, "it is no JSON object");
    }
    const enum jumin_error error = check_signature(check, number, file);
    if (error != JUMIN_OK) {
        return error;
    }
    if (json_integer_value(json_object_get(file->json, "record")) != (json_int_t)number ||
        strcmp(protocol_text(file->json, "previous"), check->before) != 0) {
        return changed(check, number, "it does not follow the one before: one was put in, or taken out");
    }
    memcpy(check->before, file->hash, sizeof check->before);
    return JUMIN_OK;
}

// Names of entries that the sequence does not reach.
static enum jumin_error check_no_other(struct check *check, unsigned count)
{
    char path[PATH_MAX];
    if (pki_path_of(check->pki, "ceremonies", path) != JUMIN_OK) {
        return JUMIN_ERROR_ARGUMENT;
    }
    DIR *folder = opendir(path);
    enum jumin_error error = JUMIN_OK;
    const struct dirent *file = NULL;
    while (folder != NULL && error == JUMIN_OK && (file = readdir(folder)) != NULL) {
        char *end = NULL;
        const unsigned long number = strtoul(file->d_name, &end, 10);
        if (end != file->d_name && number > count) {
            error = changed(check, count + 1, "it is missing, while later ones are there");
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return error;
}

static enum jumin_error check_state(struct check *check, unsigned number, const json_t *entry)
{
    json_t *found = protocol_state(check->pki);
    const json_t *said = json_object_get(entry, "state");
    const char *name = NULL;
    json_t *hash = NULL;
    enum jumin_error error = JUMIN_OK;
    json_object_foreach(found, name, hash)
    {
        if (error == JUMIN_OK && !json_equal(hash, json_object_get(said, name))) {
            error = pki_fail(check->pki, JUMIN_ERROR_SIGNATURE,
                             "%s is not as entry %04u, the last one, has left it", name, number);
        }
    }
    json_decref(found);
    return error;
}

static enum jumin_error check_entries(struct check *check, struct protocol_file *file,
                                      void (*show)(void *context, const char *record, const char *hash),
                                      void *context)
{
    const unsigned count = protocol_count(check->pki);
    enum jumin_error error =
        count > 0 ? check_no_other(check, count) : changed(check, 1, "it is missing: there is no record");
    for (unsigned number = 1; number <= count && error == JUMIN_OK; number++) {
        char path[PATH_MAX];
        error = protocol_entry_path(check->pki, number, "json", path);
        if (error == JUMIN_OK && protocol_read(path, file) != JUMIN_OK) {
            error = changed(check, number, "it cannot be read");
        }
        if (error != JUMIN_OK) {
            break;
        }
        error = check_entry(check, number, file);
        if (error == JUMIN_OK && number == count) {
            error = check_state(check, number, file->json);
        }
        if (error == JUMIN_OK && show != NULL) {
            char *text = json_dumps(file->json, JSON_INDENT(2));
            show(context, text == NULL ? "" : text, file->hash);
            free(text);
        }
        protocol_release(file);
    }
    return error;
}

// What an interrupted ceremony has left is put right first, where nobody is in the middle of one.
static enum jumin_error settle(struct jumin_pki *pki)
{
    char path[PATH_MAX];
    enum jumin_error error = protocol_path(pki, "ahead.json", path);
    if (error == JUMIN_OK && access(path, F_OK) == 0) {
        error = pki_lock(pki);
        error = error == JUMIN_OK ? pki_load_items(pki) : error;
        error = error == JUMIN_OK ? protocol_settle(pki) : error;
    }
    return error;
}

enum jumin_error jumin_ceremony_verify(struct jumin_pki *pki,
                                       void (*show)(void *context, const char *record, const char *hash),
                                       void *context, char head[JUMIN_RECORD_HASH])
{
    struct check check = {.pki = pki};
    const char *why = "";
    if (pki == NULL || head == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    head[0] = '\0';
    enum jumin_error error = pki_load_items(pki);
    error = error == JUMIN_OK ? settle(pki) : error;
    if (error != JUMIN_OK) {
        return error;
    }
    if (!x509_parse(span_of(pki->csca.p, pki->csca.n), &check.csca, &why)) {
        return pki_fail(pki, JUMIN_ERROR_CERTIFICATE, "csca.crt: %s", why);
    }
    struct protocol_file *file = malloc(sizeof *file);
    error = file == NULL ? JUMIN_ERROR_MEMORY : check_entries(&check, file, show, context);
    free(file);
    memcpy(head, error == JUMIN_OK ? check.before : "", error == JUMIN_OK ? JUMIN_RECORD_HASH : 1);
    return error;
}
