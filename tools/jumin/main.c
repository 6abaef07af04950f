// jumin: the one command-line program, a table of commands.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/cli.h"
#include "tools/jumin/cli_help.h"
#include "tools/jumin/pki_command.h"

const struct cli_command *const cli_commands[] = {
    &pki_init_command,
    &manual_command,
    &completion_command,
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;

int main(int argc, char **argv)
{
    return (int)cli_main(argc, argv);
}
