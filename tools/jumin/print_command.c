// A command that prints: it gets a PDF on its standard input.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/print_command.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// A file in memory alone that is read from its beginning; -1: there is none.
static int memory_file(const uint8_t *bytes, size_t n)
{
    const int descriptor = memfd_create("letter", MFD_CLOEXEC);
    size_t done = 0;
    bool ok = descriptor >= 0;
    while (ok && done < n) {
        const ssize_t put = write(descriptor, bytes + done, n - done);
        ok = put > 0 || (put < 0 && errno == EINTR);
        done += put > 0 ? (size_t)put : 0;
    }
    if (ok && lseek(descriptor, 0, SEEK_SET) == 0) {
        return descriptor;
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return -1;
}

static bool start(const char *command, int input, pid_t *process)
{
    char shell[] = "sh", option[] = "-c", separator[] = "--";
    char *line = strdup(command);
    char *const arguments[] = {shell, option, separator, line, NULL};
    posix_spawn_file_actions_t actions;
    if (line == NULL || posix_spawn_file_actions_init(&actions) != 0) {
        free(line);
        return false;
    }
    const bool ok = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0 &&
                    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) == 0 &&
                    posix_spawn(process, "/bin/sh", &actions, NULL, arguments, environ) == 0;
    (void)posix_spawn_file_actions_destroy(&actions);
    free(line);
    return ok;
}

bool print_command(const struct cli_arguments *arguments, const char *command, const uint8_t *pdf, size_t n)
{
    pid_t process = 0;
    int status = 0;
    const int input = memory_file(pdf, n);
    const bool started = input >= 0 && start(command, input, &process);
    if (input >= 0) {
        (void)close(input);
    }
    if (!started) {
        return cli_fail(arguments, "%s: cannot be started: %s", command, strerror(errno)) == CLI_OK;
    }
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return cli_fail(arguments, "%s: %s", command, strerror(errno)) == CLI_OK;
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return true;
    }
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    return cli_fail(arguments, "%s: has not printed the letter: %s %d", command,
                    WIFEXITED(status) ? "exit status" : "signal", code) == CLI_OK;
}
