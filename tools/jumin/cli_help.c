// Help, manual page and bash completion, written from the tables of the commands.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/cli_help.h"

#include <string.h>

static const char about[] = "jumin is an open IC resident card: simulator, personalization and reading.";

void cli_help_overview(FILE *out, const char *group)
{
    size_t width = 0;
    (void)fprintf(out, "%s\n\nUsage: jumin COMMAND [OPTIONS]\n\nCommands:\n", about);
    for (size_t i = 0; i < cli_command_count; i++) {
        width = strlen(cli_commands[i]->name) > width ? strlen(cli_commands[i]->name) : width;
    }
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strncmp(cli_commands[i]->name, group, strlen(group)) == 0) {
            (void)fprintf(out, "  %-*s  %s\n", (int)width, cli_commands[i]->name, cli_commands[i]->summary);
        }
    }
    (void)fprintf(out, "\n`jumin COMMAND --help` tells the rest. `jumin --version` tells the version.\n");
}

static int option_width(const struct cli_command *command)
{
    size_t width = strlen("help");
    for (size_t i = 0; i < command->option_count; i++) {
        const struct cli_option *option = &command->options[i];
        const size_t n = strlen(option->name) + (option->argument != NULL ? strlen(option->argument) + 1 : 0);
        width = n > width ? n : width;
    }
    return (int)width;
}

void cli_help_command(FILE *out, const struct cli_command *command)
{
    const int width = option_width(command);
    (void)fprintf(out, "%s\n\nUsage: jumin %s [OPTIONS]%s%s\n\nOptions:\n", command->summary, command->name,
                  command->operands != NULL ? " " : "", command->operands != NULL ? command->operands : "");
    for (size_t i = 0; i < command->option_count; i++) {
        const struct cli_option *option = &command->options[i];
        const bool argument = option->argument != NULL;
        (void)fprintf(out, "  --%s%s%-*s  %s\n", option->name, argument ? " " : "",
                      width - (int)strlen(option->name) - (argument ? 1 : 0),
                      argument ? option->argument : "", option->help);
    }
    (void)fprintf(out, "  --%-*s  this text\n", width, "help");
    if (command->notes != NULL) {
        (void)fprintf(out, "\n%s\n", command->notes);
    }
}

// Backslashes and dots at the beginning of a line mean something to mdoc.
static void put_manual_text(const char *text)
{
    bool line_begins = true;
    for (; *text != '\0'; text++) {
        if (line_begins && (*text == '.' || *text == '\'')) {
            (void)fputs("\\&", stdout);
        }
        (void)fputs(*text == '\\' ? "\\e" : "", stdout);
        if (*text != '\\') {
            (void)fputc(*text, stdout);
        }
        line_begins = *text == '\n';
    }
    (void)fputc('\n', stdout);
}

static void put_manual_command(const struct cli_command *command)
{
    const bool operands = command->operands != NULL;
    (void)printf(".Ss jumin %s%s%s\n", command->name, operands ? " " : "", operands ? command->operands : "");
    put_manual_text(command->summary);
    if (command->option_count > 0) {
        (void)printf(".Bl -tag -width Ds\n");
        for (size_t i = 0; i < command->option_count; i++) {
            const struct cli_option *option = &command->options[i];
            (void)printf(".It Fl Fl %s%s%s\n", option->name, option->argument != NULL ? " Ar " : "",
                         option->argument != NULL ? option->argument : "");
            put_manual_text(option->help);
        }
        (void)printf(".El\n");
    }
    if (command->notes != NULL) {
        (void)printf(".Bd -literal\n");
        put_manual_text(command->notes);
        (void)printf(".Ed\n");
    }
}

static enum cli_exit run_manual(const struct cli_arguments *arguments)
{
    (void)arguments;
    (void)printf(".Dd November 2, 2026\n.Dt JUMIN 1\n.Os\n.Sh NAME\n.Nm jumin\n.Nd open IC resident card\n"
                 ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n.Sh DESCRIPTION\n");
    put_manual_text(about);
    (void)printf(".Sh COMMANDS\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        put_manual_command(cli_commands[i]);
    }
    (void)printf(
        ".Sh EXIT STATUS\n0 when all went well, 1 when it did not (the reason is on standard error),\n"
        "2 when the command line is wrong, 130 when a wallet's exchange was interrupted.\n");
    return CLI_OK;
}

const struct cli_command manual_command = {
    .name = "manual",
    .summary = "Write the manual page to standard output",
    .run = run_manual,
};

static enum cli_exit run_completion(const struct cli_arguments *arguments)
{
    (void)arguments;
    (void)printf(
        "# bash completion of jumin, made by `jumin completion`\n_jumin()\n{\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" words=\n"
        "    case $before in\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = cli_commands[i];
        (void)printf("    '%s' | '%s '*) words='--help", command->name, command->name);
        for (size_t j = 0; j < command->option_count; j++) {
            (void)printf(" --%s", command->options[j].name);
        }
        (void)printf("' ;;\n");
    }
    // Only now, so that "card" alone offers what may follow it.
    (void)printf("    *) words='");
    for (size_t i = 0; i < cli_command_count; i++) {
        (void)printf("%s%s", i > 0 ? "\n" : "", cli_commands[i]->name);
    }
    (void)printf("'\n        words=$(printf '%%s\\n' \"$words\" | grep -- \"^${before:+$before }\" |"
                 " sed \"s/^${before:+$before }//; s/ .*//\" | sort -u) ;;\n    esac\n"
                 "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                 "    [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default\n}\ncomplete -F _jumin jumin\n");
    return CLI_OK;
}

const struct cli_command completion_command = {
    .name = "completion",
    .summary = "Write a bash completion script to standard output",
    .run = run_completion,
};
