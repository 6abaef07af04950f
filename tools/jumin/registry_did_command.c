// `jumin registry did`: the issuer's DID document.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/registry_command.h"

#include "tools/jumin/files.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool check_did(const struct cli_arguments *arguments)
{
    return arguments->operand_count == 2 || cli_misused(arguments, "an address and a file are needed");
}

static enum cli_exit publish_did(const struct cli_arguments *arguments, const char *did, const char *json)
{
    struct jumin_registry *registry = NULL;
    if (!registry_put_text(arguments, json)) {
        return CLI_FAILED;
    }
    if (!cli_has(arguments, "add")) {
        return CLI_OK;
    }
    if (!registry_open(arguments, &registry)) {
        jumin_registry_free(registry);
        return CLI_FAILED;
    }
    return registry_end(arguments, registry,
                        jumin_registry_add(registry, JUMIN_REGISTRY_DID_DOCUMENT, did, (const uint8_t *)json,
                                           strlen(json), (int64_t)time(NULL), NULL));
}

static enum cli_exit run_did(const struct cli_arguments *arguments)
{
    uint8_t *pem = NULL;
    size_t n = 0;
    char *did = NULL, *json = NULL;
    if (!files_read(arguments, arguments->operands[1], REGISTRY_FILE_MAX, &pem, &n)) {
        return CLI_FAILED;
    }
    const enum jumin_error error =
        jumin_registry_did(arguments->operands[0], (const char *)pem, n, &did, &json);
    free(pem);
    if (error != JUMIN_OK) {
        return cli_fail_error(arguments, error,
                              "an address that begins with https:// and certificates with keys on P-256 are "
                              "needed");
    }
    const enum cli_exit result = publish_did(arguments, did, json);
    free(did);
    free(json);
    return result;
}

static const struct cli_option did_options[] = {{"add", NULL, "records the document in the registry"},
                                                {"out", "FILE", "writes the document there"},
                                                REGISTRY_OPTION,
                                                HOME_OPTION};

const struct cli_command registry_did_command = {
    .name = "registry did",
    .summary = "Make the issuer's DID document (did:web) from its certificates",
    .operands = "URL FILE",
    .options = did_options,
    .option_count = sizeof did_options / sizeof *did_options,
    .notes = "FILE holds certificates in PEM; the document has their keys. It is served at "
             "URL/.well-known/did.json, or at\n"
             "URL/did.json where the URL has a path.\n",
    .check = check_did,
    .run = run_did,
};
