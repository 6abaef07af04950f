// `jumin registry add|show|head|proof|audit`: the issuer's side of the registry.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/registry_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/records.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *registry_hex(const uint8_t *bytes, size_t n, char text[REGISTRY_HEX])
{
    text[0] = '\0';
    for (size_t i = 0; i < n && i < JUMIN_REGISTRY_KEY; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    return text;
}

json_t *registry_entry_json(const struct jumin_registry_entry *entry)
{
    char digest[REGISTRY_HEX], at[RECORDS_TIME];
    return json_pack("{s:I, s:s, s:s, s:s, s:s}", "index", (json_int_t)entry->index, "kind",
                     jumin_registry_kind_name(entry->kind), "name", entry->name, "sha256",
                     registry_hex(entry->digest, sizeof entry->digest, digest), "at",
                     records_time(entry->at, at));
}

void registry_print_json(json_t *answer)
{
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

// --- The log and its key -------------------------------------------------------------------------------------

bool registry_open_soon(const struct cli_arguments *arguments, struct jumin_registry **registry)
{
    char path[HOME_PATH_MAX], head[HOME_PATH_MAX];
    const char *url = cli_value(arguments, "registry");
    *registry = NULL;
    if ((url == NULL && !home_path(arguments, "registry.db", path)) ||
        !home_path(arguments, "registry.head", head)) {
        return false;
    }
    enum jumin_error error = jumin_registry_open(registry, url != NULL ? url : path);
    if (error == JUMIN_OK || jumin_registry_is_away(*registry)) {
        error = jumin_registry_keep_head(*registry, head);
    }
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_registry_detail(*registry));
    }
    return error == JUMIN_OK;
}

bool registry_open(const struct cli_arguments *arguments, struct jumin_registry **registry)
{
    if (!registry_open_soon(arguments, registry)) {
        return false;
    }
    const enum jumin_error error = jumin_registry_is_away(*registry) ? JUMIN_ERROR_DATABASE : JUMIN_OK;
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_registry_detail(*registry));
    }
    return error == JUMIN_OK;
}

// What commands that sign hold.
struct signing {
    struct token_access access;
    struct jumin_registry *registry;
};

static bool load_key(const struct cli_arguments *arguments, bool make, struct signing *signing)
{
    char path[HOME_PATH_MAX], passphrase[PASSPHRASE_MAX] = "";
    if (!home_path(arguments, "registry.key", path) || !passphrase_get(arguments, false, passphrase)) {
        return false;
    }
    const enum jumin_error error = jumin_registry_use_key(
        signing->registry, path, passphrase, signing->access.tokens, cli_value(arguments, "token"), make);
    passphrase_wipe(passphrase);
    if (error != JUMIN_OK) {
        (void)cli_fail_error(arguments, error, jumin_registry_detail(signing->registry));
    }
    return error == JUMIN_OK;
}

static bool open_signing(const struct cli_arguments *arguments, struct signing *signing)
{
    return token_access_open(arguments, &signing->access) && registry_open(arguments, &signing->registry) &&
           load_key(arguments, true, signing);
}

static void close_signing(struct signing *signing)
{
    jumin_registry_free(signing->registry);
    token_access_close(&signing->access);
}

enum cli_exit registry_end(const struct cli_arguments *arguments, struct jumin_registry *registry,
                           enum jumin_error error)
{
    const enum cli_exit result =
        error == JUMIN_OK ? CLI_OK : cli_fail_error(arguments, error, jumin_registry_detail(registry));
    jumin_registry_free(registry);
    return result;
}

bool registry_put_text(const struct cli_arguments *arguments, const char *text)
{
    const char *path = cli_value(arguments, "out");
    if (path == NULL) {
        (void)printf("%s\n", text);
        return true;
    }
    return files_write_at(arguments, path, text, strlen(text));
}

#define SIGNING_OPTIONS REGISTRY_OPTION, HOME_OPTION, PASSPHRASE_OPTION, TOKEN_OPTION, TOKEN_PIN_OPTION

// --- add -----------------------------------------------------------------------------------------------------

// `registry add schema` alone: what this version issues.
static bool is_own_schema(const struct cli_arguments *arguments)
{
    return arguments->operand_count == 1 && strcmp(arguments->operands[0], "schema") == 0;
}

static bool check_add(const struct cli_arguments *arguments)
{
    enum jumin_registry_kind kind;
    if (is_own_schema(arguments)) {
        return true;
    }
    if (arguments->operand_count != 3) {
        return cli_misused(arguments, "a kind, a name and a file are needed");
    }
    return jumin_registry_kind_parse(arguments->operands[0], &kind) == JUMIN_OK ||
           cli_misused(arguments, "the kind is certificate, did-document, schema or status-list");
}

static enum cli_exit add(const struct cli_arguments *arguments, struct jumin_registry *registry,
                         enum jumin_registry_kind kind, const char *name, const uint8_t *content, size_t n)
{
    uint64_t index = 0;
    const enum jumin_error error =
        jumin_registry_add(registry, kind, name, content, n, (int64_t)time(NULL), &index);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_registry_detail(registry));
    }
    if (cli_has(arguments, "json")) {
        registry_print_json(json_pack("{s:I}", "index", (json_int_t)index));
    } else {
        (void)printf("%s: entry %llu\n", name, (unsigned long long)index);
    }
    return CLI_OK;
}

static enum cli_exit add_own_schemas(const struct cli_arguments *arguments)
{
    struct jumin_registry *registry = NULL;
    const char *name = NULL;
    char *json = NULL;
    enum cli_exit result = registry_open(arguments, &registry) ? CLI_OK : CLI_FAILED;
    for (unsigned i = 0; result == CLI_OK && jumin_registry_schema(i, &name, &json) == JUMIN_OK; i++) {
        result = add(arguments, registry, JUMIN_REGISTRY_SCHEMA, name, (const uint8_t *)json, strlen(json));
        free(json);
    }
    jumin_registry_free(registry);
    return result;
}

static enum cli_exit run_add(const struct cli_arguments *arguments)
{
    if (is_own_schema(arguments)) {
        return add_own_schemas(arguments);
    }
    struct jumin_registry *registry = NULL;
    enum jumin_registry_kind kind = JUMIN_REGISTRY_CERTIFICATE;
    uint8_t *content = NULL;
    size_t n = 0;
    (void)jumin_registry_kind_parse(arguments->operands[0], &kind);
    enum cli_exit result = CLI_FAILED;
    if (files_read(arguments, arguments->operands[2], REGISTRY_FILE_MAX, &content, &n) &&
        registry_open(arguments, &registry)) {
        result = add(arguments, registry, kind, arguments->operands[1], content, n);
    }
    jumin_registry_free(registry);
    free(content);
    return result;
}

static const struct cli_option add_options[] = {
    REGISTRY_OPTION, HOME_OPTION, {"json", NULL, "answer in JSON"}};

const struct cli_command registry_add_command = {
    .name = "registry add",
    .summary = "Record a certificate, DID document, schema, or the digest of a status list",
    .operands = "KIND [NAME FILE]",
    .options = add_options,
    .option_count = sizeof add_options / sizeof *add_options,
    .notes =
        "KIND is certificate, did-document, schema or status-list. The file is recorded as it is, of a "
        "status list its\n"
        "SHA-256 alone. What is the last entry of that name already is not recorded again. `jumin registry "
        "add schema`\n"
        "records the schemas of what this version issues.\n",
    .check = check_add,
    .run = run_add,
};

// --- show ----------------------------------------------------------------------------------------------------

static bool show_entry(void *context, const struct jumin_registry_entry *entry, const uint8_t *content,
                       size_t n)
{
    json_t *list = context;
    char digest[REGISTRY_HEX], at[RECORDS_TIME];
    (void)content;
    if (list != NULL) {
        json_t *json = registry_entry_json(entry);
        (void)json_object_set_new(json, "bytes", content != NULL ? json_integer((json_int_t)n) : json_null());
        return json_array_append_new(list, json) == 0;
    }
    (void)printf("%6llu  %s  %-12s  %.16s  %s\n", (unsigned long long)entry->index,
                 records_time(entry->at, at), jumin_registry_kind_name(entry->kind),
                 registry_hex(entry->digest, sizeof entry->digest, digest), entry->name);
    return true;
}

static enum cli_exit run_show(const struct cli_arguments *arguments)
{
    struct jumin_registry *registry = NULL;
    json_t *list = cli_has(arguments, "json") ? json_array() : NULL;
    long first = 0;
    enum cli_exit result = CLI_FAILED;
    if (!cli_number(arguments, "from", 0, 2147483647, 0, &first)) {
        result = CLI_USAGE;
    } else if (registry_open(arguments, &registry)) {
        const enum jumin_error error = jumin_registry_list(registry, (uint64_t)first, show_entry, list);
        result =
            error == JUMIN_OK ? CLI_OK : cli_fail_error(arguments, error, jumin_registry_detail(registry));
    }
    if (result == CLI_OK && list != NULL) {
        registry_print_json(json_incref(list));
    }
    json_decref(list);
    jumin_registry_free(registry);
    return result;
}

static const struct cli_option show_options[] = {{"from", "INDEX", "the first entry; 0 unless given"},
                                                 REGISTRY_OPTION,
                                                 HOME_OPTION,
                                                 {"json", NULL, "answer in JSON"}};

const struct cli_command registry_show_command = {
    .name = "registry show",
    .summary = "List what the registry holds",
    .options = show_options,
    .option_count = sizeof show_options / sizeof *show_options,
    .run = run_show,
};

// --- head ----------------------------------------------------------------------------------------------------

static bool show_head(const struct cli_arguments *arguments, const struct jumin_registry *registry,
                      const struct jumin_registry_head *head, const char *token)
{
    char root[REGISTRY_HEX], text[REGISTRY_HEX], at[RECORDS_TIME];
    uint8_t key[JUMIN_REGISTRY_KEY] = {0};
    (void)jumin_registry_key(registry, key);
    (void)registry_hex(head->root, sizeof head->root, root);
    (void)registry_hex(key, sizeof key, text);
    if (cli_has(arguments, "out") && !registry_put_text(arguments, token)) {
        return false;
    }
    if (cli_has(arguments, "json")) {
        registry_print_json(json_pack("{s:I, s:s, s:s, s:s, s:s}", "size", (json_int_t)head->size, "root",
                                      root, "at", records_time(head->at, at), "public_key", text, "head",
                                      token));
        return true;
    }
    (void)printf("entries     %llu\nroot        %s\nsigned at   %s\npublic key  %s\nhead        %s\n",
                 (unsigned long long)head->size, root, records_time(head->at, at), text, token);
    return true;
}

static enum cli_exit run_head(const struct cli_arguments *arguments)
{
    struct signing signing = {.registry = NULL};
    struct jumin_registry_head head;
    char *token = NULL;
    enum cli_exit result = CLI_FAILED;
    if (open_signing(arguments, &signing)) {
        const enum jumin_error error =
            jumin_registry_head(signing.registry, (int64_t)time(NULL), &token, &head);
        if (error != JUMIN_OK) {
            (void)cli_fail_error(arguments, error, jumin_registry_detail(signing.registry));
        } else if (show_head(arguments, signing.registry, &head, token)) {
            result = CLI_OK;
        }
    }
    free(token);
    close_signing(&signing);
    return result;
}

static const struct cli_option head_options[] = {
    {"out", "FILE", "writes the signed head there, too"}, SIGNING_OPTIONS, {"json", NULL, "answer in JSON"}};

const struct cli_command registry_head_command = {
    .name = "registry head",
    .summary = "Sign how far the registry is: its number of entries, and the root over them",
    .options = head_options,
    .option_count = sizeof head_options / sizeof *head_options,
    .notes = "The key is registry.key in the home, made where it is missing. A registry that no longer holds "
             "what it has\n"
             "signed before signs nothing more. Keep heads where nobody at the issuer can change "
             "them.\n" TOKEN_NOTES,
    .run = run_head,
};

// --- proof ---------------------------------------------------------------------------------------------------

static bool check_proof(const struct cli_arguments *arguments)
{
    return (arguments->operand_count == 1) != cli_has(arguments, "index") ||
           cli_misused(arguments, "either a file or --index is needed");
}

static enum jumin_error find(const struct cli_arguments *arguments, struct jumin_registry *registry,
                             const uint8_t *content, size_t n, uint64_t *index)
{
    long number = 0;
    if (content != NULL) {
        return jumin_registry_find_content(registry, content, n, index);
    }
    const bool good = cli_number(arguments, "index", 0, 2147483647, 0, &number);
    *index = (uint64_t)number;
    return good ? JUMIN_OK : JUMIN_ERROR_ARGUMENT;
}

static enum cli_exit prove(const struct cli_arguments *arguments, struct jumin_registry *registry,
                           const uint8_t *content, size_t n)
{
    uint64_t index = 0;
    long known = 0;
    char *json = NULL;
    if (!cli_number(arguments, "known", 0, 2147483647, 0, &known)) {
        return CLI_USAGE;
    }
    enum jumin_error error = find(arguments, registry, content, n, &index);
    if (error == JUMIN_OK) {
        error = jumin_registry_proof(registry, index, (uint64_t)known, (int64_t)time(NULL), &json);
    }
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, jumin_registry_detail(registry));
    }
    const bool good = registry_put_text(arguments, json);
    free(json);
    return good ? CLI_OK : CLI_FAILED;
}

static enum cli_exit run_proof(const struct cli_arguments *arguments)
{
    struct signing signing = {.registry = NULL};
    uint8_t *content = NULL;
    size_t n = 0;
    enum cli_exit result = CLI_FAILED;
    if ((arguments->operand_count == 0 ||
         files_read(arguments, arguments->operands[0], REGISTRY_FILE_MAX, &content, &n)) &&
        open_signing(arguments, &signing)) {
        result = prove(arguments, signing.registry, content, n);
    }
    free(content);
    close_signing(&signing);
    return result;
}

static const struct cli_option proof_options[] = {
    {"index", "INDEX", "of the entry; unless given, the last one about the file"},
    {"known", "ENTRIES", "the verifier's last head is over that many: shows that they are still the first"},
    {"out", "FILE", "writes the proof there"},
    SIGNING_OPTIONS};

const struct cli_command registry_proof_command = {
    .name = "registry proof",
    .summary = "Make a proof file: that something is in the registry, for verifiers to keep",
    .operands = "[FILE]",
    .options = proof_options,
    .option_count = sizeof proof_options / sizeof *proof_options,
    .notes = "    jumin registry proof issuer.der --known 12 --out issuer.proof\n",
    .check = check_proof,
    .run = run_proof,
};

// --- audit ---------------------------------------------------------------------------------------------------

static bool check_audit(const struct cli_arguments *arguments)
{
    uint8_t key[JUMIN_REGISTRY_KEY];
    return !cli_has(arguments, "key") || registry_take_key(arguments, key);
}

static enum cli_exit run_audit(const struct cli_arguments *arguments)
{
    struct signing signing = {.registry = NULL};
    uint8_t key[JUMIN_REGISTRY_KEY];
    enum cli_exit result = CLI_FAILED;
    const bool given = cli_has(arguments, "key");
    if (given ? registry_take_key(arguments, key) && registry_open(arguments, &signing.registry)
              : token_access_open(arguments, &signing.access) &&
                    registry_open(arguments, &signing.registry) && load_key(arguments, false, &signing)) {
        const enum jumin_error error = jumin_registry_audit(signing.registry, given ? key : NULL);
        result = error == JUMIN_OK
                     ? CLI_OK
                     : cli_fail_error(arguments, error, jumin_registry_detail(signing.registry));
    }
    close_signing(&signing);
    if (result == CLI_OK) {
        (void)printf("The registry is whole: its tree, its contents and its signed heads fit its entries.\n");
    }
    return result;
}

static const struct cli_option audit_options[] = {
    {"key", "HEX", "the registry's public key, as `jumin registry head` shows it; the home's unless given"},
    REGISTRY_OPTION,
    HOME_OPTION,
    PASSPHRASE_OPTION,
    TOKEN_PIN_OPTION};

const struct cli_command registry_audit_command = {
    .name = "registry audit",
    .summary = "Recompute the registry from its entries, and compare; check each head's signature",
    .options = audit_options,
    .option_count = sizeof audit_options / sizeof *audit_options,
    .notes =
        "The registry must begin with registry.head in the home, too: the last head that was signed, which "
        "a database\n"
        "that was rolled back or replaced contradicts. Nothing is recorded or signed then; who has restored "
        "the database\n"
        "knowingly removes that file.\n",
    .check = check_audit,
    .run = run_audit,
};
