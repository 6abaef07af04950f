// A program of somebody else's that puts the next card on a reader.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/batch_production.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COMMAND_MAX = 4096 };

// In a process group of its own, so that Ctrl-C lets it finish; what it prints goes to stderr.
static int spawn(pid_t *pid, char *const words[])
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int error = posix_spawn_file_actions_init(&files);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return error;
    }
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGINT);
    (void)sigaddset(&usual, SIGTERM);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    error = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    }
    if (error == 0) {
        error = posix_spawn(pid, "/bin/sh", &files, &attributes, words, environ);
    }
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&files);
    return error;
}

bool batch_feeder_run(const char *command, const char *reader, const char *outcome, char *why)
{
    char script[COMMAND_MAX], shell[] = "sh", option[] = "-c", name[BATCH_READER_NAME], word[16];
    const int n = snprintf(script, sizeof script, "%s \"$@\"", command);
    (void)snprintf(name, sizeof name, "%s", reader);
    (void)snprintf(word, sizeof word, "%s", outcome);
    char *const words[] = {shell, option, script, shell, name, word, NULL};
    pid_t pid = 0;
    int status = 0;
    const int error = n > 0 && (size_t)n < sizeof script ? spawn(&pid, words) : ENAMETOOLONG;
    if (error != 0) {
        (void)snprintf(why, BATCH_REASON, "the feeder cannot be run: %s", strerror(error));
        return false;
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    const bool fed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!fed) {
        (void)snprintf(why, BATCH_REASON, "the feeder ended with %s %d",
                       WIFEXITED(status) ? "exit status" : "signal",
                       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    }
    return fed;
}
