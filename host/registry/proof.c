// Proof files: written, read and checked.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/proof.h"

#include "card/crypto/crypto.h"
#include "host/json_fields.h"
#include "host/mobile/base64url.h"
#include "host/mobile/cbor.h"

#include <stdio.h>
#include <stdlib.h>

enum { VERSION = 1, ROOT_SHOWN = 6 };

// --- Writing -------------------------------------------------------------------------------------------------

static json_t *base64url_text(struct span bytes)
{
    char text[2 * REGISTRY_ENTRY_MAX];
    struct writer w = writer_of(text, sizeof text);
    base64url_put(&w, bytes);
    return w.overflow ? NULL : json_stringn(text, w.n);
}

static json_t *path_list(const struct merkle_path *path)
{
    json_t *list = json_array();
    for (size_t i = 0; i < path->count; i++) {
        if (json_array_append_new(list, base64url_text(span_of(path->hashes[i], MERKLE_HASH))) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

// The text of what is taken, with the way from an earlier head.
static char *write_with(json_t *json, const struct registry_growth *growth)
{
    bool good = json != NULL;
    if (good && growth->there) {
        good = json_object_set_new(json, "from", json_integer((json_int_t)growth->from)) == 0 &&
               json_object_set_new(json, "consistency", path_list(&growth->path)) == 0;
    }
    char *text = good ? json_dumps(json, JSON_INDENT(2)) : NULL;
    json_decref(json);
    return text;
}

char *registry_proof_write(const struct registry_proof *proof)
{
    json_t *json =
        json_pack("{s:i, s:o, s:I, s:o, s:s}", "registry_proof", VERSION, "entry",
                  base64url_text(span_of(proof->entry, proof->entry_length)), "index",
                  (json_int_t)proof->index, "inclusion", path_list(&proof->inclusion), "head", proof->head);
    return write_with(json, &proof->growth);
}

char *registry_head_write(uint64_t size, const char *token, const struct registry_growth *growth)
{
    return write_with(json_pack("{s:I, s:s}", "size", (json_int_t)size, "head", token), growth);
}

// --- Reading -------------------------------------------------------------------------------------------------

static bool take_size(const struct json_fields *fields, const json_t *object, const char *name,
                      uint64_t *value)
{
    const json_t *number = json_object_get(object, name);
    if (!json_is_integer(number) || json_integer_value(number) < 0) {
        return json_refuse(fields, name, "a number of entries is missing");
    }
    *value = (uint64_t)json_integer_value(number);
    return true;
}

static bool take_bytes(const json_t *text, struct writer *bytes)
{
    return json_is_string(text) &&
           base64url_decode(span_of(json_string_value(text), json_string_length(text)), bytes);
}

static bool take_path(const struct json_fields *fields, const json_t *object, const char *name,
                      struct merkle_path *path)
{
    const json_t *list = json_object_get(object, name);
    if (!json_is_array(list) || json_array_size(list) > MERKLE_PATH_MAX) {
        return json_refuse(fields, name, "a list of hashes is missing, or too long");
    }
    path->count = json_array_size(list);
    for (size_t i = 0; i < path->count; i++) {
        struct writer hash = writer_of(path->hashes[i], MERKLE_HASH);
        if (!take_bytes(json_array_get(list, i), &hash) || hash.n != MERKLE_HASH) {
            return json_refuse(fields, name, "no hash of 32 bytes in base64url");
        }
    }
    return true;
}

static bool take_entry(const struct json_fields *fields, const json_t *object, struct registry_proof *proof)
{
    struct writer bytes = writer_of(proof->entry, sizeof proof->entry);
    if (!take_bytes(json_object_get(object, "entry"), &bytes)) {
        return json_refuse(fields, "entry", "no bytes in base64url");
    }
    proof->entry_length = bytes.n;
    return true;
}

static bool take_growth(const struct json_fields *fields, const json_t *object,
                        struct registry_growth *growth)
{
    growth->there = json_object_get(object, "from") != NULL;
    return !growth->there || (take_size(fields, object, "from", &growth->from) &&
                              take_path(fields, object, "consistency", &growth->path));
}

static bool take_fields(const struct json_fields *fields, json_t *object, struct registry_proof *proof)
{
    static const char *const known[] = {"registry_proof", "entry", "index",      "inclusion",
                                        "head",           "from",  "consistency"};
    unsigned version = 0;
    return json_only_known(fields, object, "", known, COUNT(known)) &&
           json_take_number(fields, object, "registry_proof", "registry_proof", VERSION, VERSION, &version) &&
           take_entry(fields, object, proof) && take_size(fields, object, "index", &proof->index) &&
           take_path(fields, object, "inclusion", &proof->inclusion) &&
           json_take_text(fields, object, "head", "head", proof->head, sizeof proof->head) &&
           take_growth(fields, object, &proof->growth);
}

enum jumin_error registry_proof_read(struct span json, struct registry_proof *proof, struct detail *detail)
{
    char why[JSON_DETAIL_MAX] = "";
    const struct json_fields fields = {why, "proof"};
    json_t *object = json_fields_load(&fields, json, REGISTRY_PROOF_MAX);
    const bool good = object != NULL && take_fields(&fields, object, proof);
    json_decref(object);
    if (!good) {
        memset(proof, 0, sizeof *proof);
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "%s", why);
    }
    return JUMIN_OK;
}

static bool take_answer(const struct json_fields *fields, json_t *object, char token[REGISTRY_HEAD_MAX],
                        struct registry_growth *growth)
{
    static const char *const known[] = {"size", "head", "from", "consistency"};
    uint64_t size = 0; // the token's own counts
    return json_only_known(fields, object, "", known, COUNT(known)) &&
           take_size(fields, object, "size", &size) &&
           json_take_text(fields, object, "head", "head", token, REGISTRY_HEAD_MAX) &&
           take_growth(fields, object, growth);
}

enum jumin_error registry_head_answer_read(struct span json, char token[REGISTRY_HEAD_MAX],
                                           struct registry_growth *growth, struct detail *detail)
{
    char why[JSON_DETAIL_MAX] = "";
    const struct json_fields fields = {why, "head"};
    json_t *object = json_fields_load(&fields, json, REGISTRY_PROOF_MAX);
    const bool good = object != NULL && take_answer(&fields, object, token, growth);
    json_decref(object);
    return good ? JUMIN_OK : detail_set(detail, JUMIN_ERROR_MALFORMED, "%s", why);
}

// --- Checking ------------------------------------------------------------------------------------------------

// What a head says, so that two of them can be held against each other: "5 entries, root 0a1b…, signed at …".
struct head_text {
    char text[80];
};

static struct head_text head_text(const struct registry_head *head)
{
    struct head_text made;
    char root[2 * ROOT_SHOWN + 1] = "";
    for (size_t i = 0; i < ROOT_SHOWN; i++) {
        (void)snprintf(root + 2 * i, 3, "%02x", head->root[i]);
    }
    (void)snprintf(made.text, sizeof made.text, "%llu entries, root %s…, signed at %lld",
                   (unsigned long long)head->size, root, (long long)head->at);
    return made;
}

enum jumin_error registry_growth_check(const struct registry_growth *growth,
                                       const struct registry_head *known, const struct registry_head *head,
                                       struct detail *detail)
{
    static const struct merkle_path none = {.count = 0};
    const struct head_text kept = head_text(known), met = head_text(head);
    if (head->size < known->size) {
        return detail_set(detail, JUMIN_ERROR_STATUS,
                          "its head (%s) is older than the head that was kept (%s)", met.text, kept.text);
    }
    const bool needed = head->size > known->size && known->size > 0;
    if (needed && (!growth->there || growth->from != known->size)) {
        return detail_set(detail, JUMIN_ERROR_STATUS,
                          "it does not say how %llu entries have grown out of the %llu that were known",
                          (unsigned long long)head->size, (unsigned long long)known->size);
    }
    return merkle_check_consistency(known->size, head->size, needed ? &growth->path : &none, known->root,
                                    head->root)
               ? JUMIN_OK
               : detail_set(detail, JUMIN_ERROR_HASH,
                            "the registry was rewritten: its head (%s) has not grown out of the one that was "
                            "kept (%s)",
                            met.text, kept.text);
}

enum jumin_error registry_proof_check(const struct registry_proof *proof, struct span point,
                                      const struct registry_head *known, struct jumin_registry_entry *entry,
                                      struct registry_head *head, struct detail *detail)
{
    const struct span bytes = span_of(proof->entry, proof->entry_length);
    struct registry_head proven;
    struct jumin_registry_entry found = {.index = proof->index};
    uint8_t leaf[MERKLE_HASH];
    enum jumin_error error =
        registry_head_open(span_of(proof->head, strlen(proof->head)), point, &proven, detail);
    if (error != JUMIN_OK) {
        return error;
    }
    if (!registry_entry_take(bytes, &found)) {
        return detail_set(detail, JUMIN_ERROR_MALFORMED, "the entry is none of a registry");
    }
    if (!merkle_leaf(bytes, leaf)) {
        return detail_set(detail, JUMIN_ERROR_CRYPTO, "the entry cannot be hashed");
    }
    if (!merkle_check_inclusion(proof->index, proven.size, leaf, &proof->inclusion, proven.root)) {
        return detail_set(detail, JUMIN_ERROR_HASH, "the entry is not in the registry that signed this head");
    }
    error = known != NULL ? registry_growth_check(&proof->growth, known, &proven, detail) : JUMIN_OK;
    if (error == JUMIN_OK) {
        *entry = found;
        *head = proven;
    }
    return error;
}
