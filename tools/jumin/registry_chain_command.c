// `jumin registry chain deploy|look`: the registry on an EVM chain.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/registry_command.h"

#include "tools/jumin/records.h"

#include <limits.h>
#include <string.h>
#include <time.h>

enum { STOP_SECONDS = 300 };

// False: said so on stderr.
static bool chain_of(const struct cli_arguments *arguments, struct jumin_registry_chain *chain)
{
    long number = 0, gas = 0, fee = 0, stop_seconds = 0;
    if (!cli_number(arguments, "chain-id", 1, LONG_MAX / 4, 0, &number) ||
        !cli_number(arguments, "gas-most", 21000, LONG_MAX / 4, 0, &gas) ||
        !cli_number(arguments, "fee-most", 1, LONG_MAX / 4, 0, &fee) ||
        !cli_number(arguments, "stopped-after", 0, 86400, STOP_SECONDS, &stop_seconds)) {
        return false;
    }
    *chain = (struct jumin_registry_chain){.url = cli_value(arguments, "node"),
                                           .contract = cli_value(arguments, "contract"),
                                           .key_file = cli_value(arguments, "account"),
                                           .stop_seconds = (unsigned)stop_seconds,
                                           .allow_http = cli_has(arguments, "allow-http"),
                                           .chain_id = (uint64_t)number,
                                           .gas_most = (uint64_t)gas,
                                           .fee_most = (uint64_t)fee};
    return true;
}

static bool check_chain(const struct cli_arguments *arguments)
{
    struct jumin_registry_chain chain;
    return (cli_value(arguments, "node") != NULL || cli_misused(arguments, "--node is needed")) &&
           chain_of(arguments, &chain);
}

#define CHAIN_OPTIONS                                                                                        \
    {"node", "URL", "of a node of the chain, which speaks JSON-RPC"},                                        \
        {"allow-http", NULL, "the node may be asked without TLS: one on this machine"},                      \
        {"chain-id", "NUMBER", "which chain it must be; unless given, the one that it was at first"},        \
        {"gas-most", "UNITS", "gas that one transaction may use; 10000000 unless given"},                    \
        {"fee-most", "WEI", "what a unit of gas may cost; 100000000000 unless given"}, REGISTRY_OPTION,      \
        HOME_OPTION, {"json", NULL, "answer in JSON"}

// --- deploy --------------------------------------------------------------------------------------------------

static bool check_deploy(const struct cli_arguments *arguments)
{
    return check_chain(arguments) &&
           (cli_value(arguments, "account") != NULL || cli_misused(arguments, "--account is needed"));
}

static enum cli_exit run_deploy(const struct cli_arguments *arguments)
{
    struct jumin_registry_chain chain;
    struct jumin_registry *registry = NULL;
    char contract[JUMIN_REGISTRY_CONTRACT];
    enum cli_exit result = CLI_FAILED;
    if (chain_of(arguments, &chain) && registry_open(arguments, &registry)) {
        const enum jumin_error error = jumin_registry_chain_deploy(registry, &chain, contract);
        result =
            error == JUMIN_OK ? CLI_OK : cli_fail_error(arguments, error, jumin_registry_detail(registry));
    }
    jumin_registry_free(registry);
    if (result == CLI_OK && cli_has(arguments, "json")) {
        registry_print_json(json_pack("{s:s}", "contract", contract));
    } else if (result == CLI_OK) {
        (void)printf("%s\n", contract);
    }
    return result;
}

static const struct cli_option deploy_options[] = {
    {"account", "FILE", "the key of the account that will append: 64 hexadecimal digits, mode 0600"},
    CHAIN_OPTIONS};

const struct cli_command registry_chain_deploy_command = {
    .name = "registry chain deploy",
    .summary = "Put the registry's contract on an EVM chain, and show its address",
    .options = deploy_options,
    .option_count = sizeof deploy_options / sizeof *deploy_options,
    .notes = "The account is the contract's owner, and it alone can append. The contract's source is "
             "host/registry/evm/contract.\n",
    .check = check_deploy,
    .run = run_deploy,
};

// --- look ----------------------------------------------------------------------------------------------------

static bool check_look(const struct cli_arguments *arguments)
{
    return check_chain(arguments) &&
           (cli_value(arguments, "contract") != NULL || cli_misused(arguments, "--contract is needed"));
}

static void show_report(const struct cli_arguments *arguments,
                        const struct jumin_registry_chain_report *report)
{
    const char *state = jumin_registry_chain_state_name(report->state);
    char at[RECORDS_TIME];
    if (cli_has(arguments, "json")) {
        registry_print_json(json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:s}", "state", state, "why",
                                      report->why, "reorganised", (int)report->reorganised, "log",
                                      (json_int_t)report->log_size, "chain", (json_int_t)report->chain_size,
                                      "sent", (json_int_t)report->sent, "block", (json_int_t)report->block,
                                      "block_at", records_time(report->block_at, at)));
        return;
    }
    (void)printf(
        "%s%s%s\nentries     %llu in the log, %llu on the chain, %llu sent now\nlast block  %llu, %s\n",
        state, *report->why != '\0' ? ": " : "", report->why, (unsigned long long)report->log_size,
        (unsigned long long)report->chain_size, (unsigned long long)report->sent,
        (unsigned long long)report->block, records_time(report->block_at, at));
    if (report->reorganised) {
        (void)printf("The chain has replaced blocks that were seen before.\n");
    }
}

static enum cli_exit run_look(const struct cli_arguments *arguments)
{
    struct jumin_registry *registry = NULL;
    struct jumin_registry_chain_report report;
    struct jumin_registry_chain chain;
    enum cli_exit result = CLI_FAILED;
    if (chain_of(arguments, &chain) && registry_open(arguments, &registry)) {
        const enum jumin_error error =
            jumin_registry_chain_look(registry, &chain, (int64_t)time(NULL), &report);
        if (error != JUMIN_OK) {
            (void)cli_fail_error(arguments, error, jumin_registry_detail(registry));
        } else {
            show_report(arguments, &report);
            result = report.state == JUMIN_REGISTRY_CHAIN_IN_STEP ? CLI_OK : CLI_FAILED;
        }
    }
    jumin_registry_free(registry);
    return result;
}

static const struct cli_option look_options[] = {
    {"contract", "ADDRESS", "of the registry's contract"},
    {"account", "FILE", "sends what the chain lacks, by this account; unless given, it only looks"},
    {"stopped-after", "SECONDS", "how old the last block may be; 300 unless given, 0 for any age"},
    CHAIN_OPTIONS};

const struct cli_command registry_chain_look_command = {
    .name = "registry chain look",
    .summary = "Hold the chain against the registry, and send what it lacks",
    .options = look_options,
    .option_count = sizeof look_options / sizeof *look_options,
    .notes =
        "The exit status is 0 only when both say the same. The registry goes on whatever the chain does: "
        "run this by a\n"
        "timer. A chain that says something else than the registry, or is another one than at first, gets "
        "nothing "
        "more.\n"
        "What is not taken in time is sent again by the next run, where the chain has fees with a higher "
        "one.\n",
    .check = check_look,
    .run = run_look,
};
