// `jumin registry verify`: a proof file checked by a verifier, without database and network.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/registry_command.h"

#include "tools/jumin/files.h"
#include "tools/jumin/records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_FILE_MAX = 2048 };

// The registry's public key as `registry head` shows it.
bool registry_take_key(const struct cli_arguments *arguments, uint8_t key[JUMIN_REGISTRY_KEY])
{
    const char *digits = cli_value(arguments, "key");
    if (digits == NULL || strlen(digits) != 2 * JUMIN_REGISTRY_KEY ||
        strspn(digits, "0123456789abcdefABCDEF") != 2 * JUMIN_REGISTRY_KEY) {
        return cli_misused(arguments, "--key takes the %d hexadecimal digits of the registry's public key",
                           2 * JUMIN_REGISTRY_KEY);
    }
    for (size_t i = 0; i < JUMIN_REGISTRY_KEY; i++) {
        const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};
        key[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

static bool check_verify(const struct cli_arguments *arguments)
{
    uint8_t key[JUMIN_REGISTRY_KEY];
    if (arguments->operand_count != 1) {
        return cli_misused(arguments, "a proof file is needed");
    }
    return registry_take_key(arguments, key);
}

bool registry_read_head(const struct cli_arguments *arguments, char **token)
{
    const char *path = cli_value(arguments, "head");
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path == NULL) {
        return true;
    }
    if (!files_take(path, HEAD_FILE_MAX, &bytes, &n)) {
        return errno == ENOENT || (cli_fail(arguments, "%s: %s", path, strerror(errno)), false);
    }
    *token = strndup((const char *)bytes, n);
    free(bytes);
    if (*token != NULL) {
        (*token)[strcspn(*token, "\r\n")] = '\0';
    }
    return *token != NULL;
}

struct inputs {
    uint8_t *proof, *content;
    size_t proof_length, content_length;
    char *known;
};

static bool read_inputs(const struct cli_arguments *arguments, struct inputs *inputs)
{
    const char *content = cli_value(arguments, "content");
    return files_read(arguments, arguments->operands[0], REGISTRY_FILE_MAX, &inputs->proof,
                      &inputs->proof_length) &&
           (content == NULL ||
            files_read(arguments, content, REGISTRY_FILE_MAX, &inputs->content, &inputs->content_length)) &&
           registry_read_head(arguments, &inputs->known);
}

static void show(const struct cli_arguments *arguments, const struct jumin_registry_entry *entry,
                 const struct jumin_registry_head *head)
{
    char digest[REGISTRY_HEX], at[RECORDS_TIME], signed_at[RECORDS_TIME];
    if (cli_has(arguments, "json")) {
        registry_print_json(json_pack("{s:b, s:o, s:{s:I, s:s}}", "proven", 1, "entry",
                                      registry_entry_json(entry), "head", "size", (json_int_t)head->size,
                                      "at", records_time(head->at, signed_at)));
        return;
    }
    (void)printf("%s %s\nrecorded   %s, entry %llu of %llu\nSHA-256    %s\nhead       signed %s\n",
                 jumin_registry_kind_name(entry->kind), entry->name, records_time(entry->at, at),
                 (unsigned long long)entry->index, (unsigned long long)head->size,
                 registry_hex(entry->digest, sizeof entry->digest, digest),
                 records_time(head->at, signed_at));
}

static enum cli_exit verify(const struct cli_arguments *arguments, const struct inputs *inputs)
{
    const char *path = cli_value(arguments, "head");
    uint8_t key[JUMIN_REGISTRY_KEY];
    struct jumin_registry_entry entry;
    struct jumin_registry_head head;
    struct jumin_registry_refusal refusal;
    char *token = NULL;
    if (!registry_take_key(arguments, key)) {
        return CLI_USAGE;
    }
    const enum jumin_error error =
        jumin_registry_proof_check((const char *)inputs->proof, inputs->proof_length, key, inputs->known,
                                   inputs->content, inputs->content_length, &entry, &head, &token, &refusal);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error, refusal.text);
    }
    const bool kept = path == NULL || files_replace(arguments, path, token, strlen(token));
    free(token);
    if (!kept) {
        return CLI_FAILED;
    }
    show(arguments, &entry, &head);
    return CLI_OK;
}

static enum cli_exit run_verify(const struct cli_arguments *arguments)
{
    struct inputs inputs = {0};
    const enum cli_exit result = read_inputs(arguments, &inputs) ? verify(arguments, &inputs) : CLI_FAILED;
    free(inputs.proof);
    free(inputs.content);
    free(inputs.known);
    return result;
}

static const struct cli_option verify_options[] = {
    {"key", "HEX", "the registry's public key, as `jumin registry head` shows it"},
    {"content", "FILE", "what the entry must be about"},
    {"head", "FILE",
     "the last head that was seen, which the proof must reach from; the new one is kept there"},
    {"json", NULL, "answer in JSON"},
};

const struct cli_command registry_verify_command = {
    .name = "registry verify",
    .summary = "Check a proof file, without asking the registry",
    .operands = "PROOF",
    .options = verify_options,
    .option_count = sizeof verify_options / sizeof *verify_options,
    .notes = "With --head, a registry that was rewritten is noticed: what it signs now must begin with what "
             "it signed before.\n"
             "\n"
             "    jumin registry verify issuer.proof --key 04… --content issuer.der --head registry.head\n",
    .check = check_verify,
    .run = run_verify,
};
