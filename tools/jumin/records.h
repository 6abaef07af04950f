// What the commands on the station's records have in common: the database, its keys, and who is at the
// counter.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TOOLS_RECORDS_H
#define JUMIN_TOOLS_RECORDS_H

#include "tools/jumin/home.h"
#include "tools/jumin/policy_command.h"
#include <jumin/station.h>

#define RECORDS_OPTIONS                                                                                      \
    {"db", "URL", "the records: a file, or postgresql://…; station.db in the home unless given"},            \
        {"officer", "NAME", "who does it; JUMIN_OFFICER unless given"},                                      \
        {"officer-passphrase-file", "FILE",                                                                  \
         "holds the officer's passphrase; else JUMIN_OFFICER_PASSPHRASE, else it is asked for"},             \
        SCHEME_OPTION, HOME_OPTION

extern const struct cli_command station_officer_command, station_apply_command, station_status_command,
    station_audit_command, station_produce_command, station_batch_command, station_specimen_command;
extern const struct cli_command station_approve_command, station_cancel_command, station_refund_command,
    station_spoil_command, station_handover_command, station_report_loss_command, station_restore_command;
extern const struct cli_command station_stock_receive_command, station_stock_show_command,
    station_stock_spoil_command, station_stock_destroy_command, station_stock_count_command;

struct records {
    struct jumin_policy *policy;
    struct jumin_station *station;
};

// Opens the records; with `login` the officer has logged in. False: said so on stderr. records_close in every
// case.
bool records_open(const struct cli_arguments *arguments, bool login, struct records *records);
void records_close(struct records *records);

// Who does it, asked once for several handles. `officer` is the command line's.
struct records_login {
    const char *officer;
    char passphrase[PASSPHRASE_MAX];
};
// False: said so on stderr. records_forget wipes it.
bool records_ask(const struct cli_arguments *arguments, struct records_login *login);
void records_forget(struct records_login *login);
// As records_open; `login` NULL: nobody.
bool records_open_as(const struct cli_arguments *arguments, const struct records_login *login,
                     struct records *records);
// Says what went wrong, or nothing for JUMIN_OK.
enum cli_exit records_end(const struct cli_arguments *arguments, const struct jumin_station *station,
                          enum jumin_error error);

#endif
