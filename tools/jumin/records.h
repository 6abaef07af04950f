// What the commands on the station's records have in common: the database, its keys, and who is at the
// counter.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_RECORDS_H
#define JUMIN_TOOLS_RECORDS_H

#include "tools/jumin/home.h"
#include "tools/jumin/master_keys.h"
#include "tools/jumin/policy_command.h"
#include <jumin/station.h>

#define RECORDS_OPTIONS                                                                                      \
    {"db", "URL", "the records: a file, or postgresql://…; station.db in the home unless given"},            \
        {"db-wait", "SECONDS", "how long a server that does not answer is waited for; 30 unless given"},     \
        {"officer", "NAME", "who does it; JUMIN_OFFICER unless given"},                                      \
        {"officer-passphrase-file", "FILE",                                                                  \
         "holds the officer's passphrase; else JUMIN_OFFICER_PASSPHRASE, else it is asked for"},             \
        SCHEME_OPTION, HOME_OPTION, PASSPHRASE_OPTION

extern const struct cli_command station_officer_command, station_apply_command, station_status_command,
    station_audit_command, station_audit_head_command, station_officer_list_command,
    station_officer_disable_command, station_officer_passphrase_command, station_produce_command,
    station_batch_command, station_specimen_command;
extern const struct cli_command station_approve_command, station_cancel_command, station_refund_command,
    station_spoil_command, station_handover_command, station_report_loss_command, station_restore_command,
    station_give_back_command, station_erase_command, station_day_report_command;
extern const struct cli_command station_stock_receive_command, station_stock_show_command,
    station_stock_spoil_command, station_stock_destroy_command, station_stock_count_command;

struct records {
    struct jumin_policy *policy;
    struct jumin_station *station;
    unsigned wait_seconds; // for a database that does not answer
};

// Opens the records; with `login` the officer has logged in. False: said so on stderr. records_close in every
// case.
bool records_open(const struct cli_arguments *arguments, bool login, struct records *records);
void records_close(struct records *records);
// The 64 hexadecimal digits of --head. False: said so on stderr.
bool audit_head_parse(const struct cli_arguments *arguments, uint8_t hash[JUMIN_AUDIT_HASH]);
// Looks for the entry that --head names, in a trail that was found whole.
enum cli_exit audit_head_check(const struct cli_arguments *arguments, struct jumin_station *station);

// Who does it, asked once for several handles. `officer` is the command line's.
struct records_login {
    const char *officer;
    char passphrase[PASSPHRASE_MAX];
    struct lazy_passphrase keys; // of the records
};
// False: said so on stderr. records_forget wipes it.
bool records_ask(const struct cli_arguments *arguments, struct records_login *login);
void records_forget(struct records_login *login);
// As records_open; `login` without an officer: nobody.
bool records_open_as(const struct cli_arguments *arguments, struct records_login *login,
                     struct records *records);
// Says what went wrong, or nothing for JUMIN_OK.
enum cli_exit records_end(const struct cli_arguments *arguments, const struct jumin_station *station,
                          enum jumin_error error);

// Erases what is due and notes what has expired, where this officer may: done at each of the counter's
// commands, so that no personal data stays only because nobody thought of it.
void records_keep_up(const struct records *records);

enum { RECORDS_TIME = 32 };
// In UTC, as ISO 8601 has it.
const char *records_time(int64_t at, char text[RECORDS_TIME]);
// 12,345,678
enum { RECORDS_WON = 32 };
const char *records_won(int64_t won, char text[RECORDS_WON]);
// To standard output; takes the answer.
void records_print_json(json_t *answer);

#endif
