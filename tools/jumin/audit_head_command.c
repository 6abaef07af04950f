// `jumin station audit head`: the audit trail's end, to be kept where nobody at the station can change it,
// and what `audit verify --head` does with it.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/records.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

bool audit_head_parse(const struct cli_arguments *arguments, uint8_t hash[JUMIN_AUDIT_HASH])
{
    const char *digits = cli_value(arguments, "head");
    if (strlen(digits) != 2 * JUMIN_AUDIT_HASH ||
        strspn(digits, "0123456789abcdefABCDEF") != 2 * JUMIN_AUDIT_HASH) {
        return cli_misused(arguments, "--head takes the 64 hexadecimal digits of a hash");
    }
    for (size_t i = 0; i < JUMIN_AUDIT_HASH; i++) {
        const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};
        hash[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return true;
}

enum cli_exit audit_head_check(const struct cli_arguments *arguments, struct jumin_station *station)
{
    uint8_t hash[JUMIN_AUDIT_HASH] = {0};
    if (!cli_has(arguments, "head")) {
        return CLI_OK;
    }
    return audit_head_parse(arguments, hash)
               ? records_end(arguments, station, jumin_station_audit_has(station, hash))
               : CLI_USAGE;
}

// --- audit head ------------------------------------------------------------------------------------------------

enum { HEX_MAX = 2 * 65 + 1 };

static const char *hex(const uint8_t *bytes, size_t n, char text[HEX_MAX])
{
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    return text;
}

static void show_head(const struct cli_arguments *arguments, const struct jumin_audit_head *head)
{
    char hash[HEX_MAX], signature[HEX_MAX], key[HEX_MAX];
    (void)hex(head->hash, sizeof head->hash, hash);
    (void)hex(head->signature, sizeof head->signature, signature);
    (void)hex(head->public_key, sizeof head->public_key, key);
    if (!cli_has(arguments, "json")) {
        (void)printf("entry       %lld\nhash        %s\nsignature   %s\npublic key  %s\n",
                     (long long)head->number, hash, signature, key);
        return;
    }
    json_t *answer = json_pack("{s:I, s:s, s:s, s:s}", "number", (json_int_t)head->number, "hash", hash,
                               "signature", signature, "public_key", key);
    (void)json_dumpf(answer, stdout, JSON_INDENT(2));
    (void)printf("\n");
    json_decref(answer);
}

static enum cli_exit run_head(const struct cli_arguments *arguments)
{
    struct records records = {0};
    struct jumin_audit_head head = {0};
    enum cli_exit result = CLI_FAILED;
    if (records_open(arguments, true, &records)) {
        result = records_end(arguments, records.station, jumin_station_audit_head(records.station, &head));
    }
    if (result == CLI_OK) {
        show_head(arguments, &head);
    }
    records_close(&records);
    return result;
}

static const struct cli_option head_options[] = {RECORDS_OPTIONS, {"json", NULL, "answer in JSON"}};

const struct cli_command station_audit_head_command = {
    .name = "station audit head",
    .summary = "Show the audit trail's signed end, to be kept elsewhere",
    .options = head_options,
    .option_count = sizeof head_options / sizeof *head_options,
    .notes =
        "`jumin station audit verify --head HASH` finds later whether the trail still has this entry. The "
        "signature\n"
        "is ECDSA on P-256 over the hash as the digest (r and s), under the public key that is shown. Takes "
        "the role\n"
        "audit.",
    .run = run_head,
};
