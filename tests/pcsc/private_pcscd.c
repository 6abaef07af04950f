// Runs a command with a PC/SC service of its own: for scripts, and for trying things by hand.
// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/pcsc/pcscd.h"

enum { EXIT_SKIPPED = 77, VPCD_PORT = 35963 };

static const char usage[] =
    "Usage: private_pcscd [--readers N] [--vpcd] [--] COMMAND [ARGUMENT]…\n"
    "\n"
    "Runs COMMAND where a PC/SC service with simulated readers is running that nobody else sees: in mount "
    "and\n"
    "network namespaces of its own. The machine's PC/SC service is not touched, and everything ends with "
    "COMMAND.\n"
    "\n"
    "  --readers N   readers of jumin's driver (default 1), named \"jumin 0\", \"jumin 1\" …\n"
    "  --vpcd        a reader of vsmartcard's driver, too: cards connect to 127.0.0.1, port 35963\n"
    "\n"
    "COMMAND finds the sockets of the readers in JUMIN_READER_0, JUMIN_READER_1 … With JUMIN_PCSCD_DEBUG in "
    "the\n"
    "environment the service tells what it does. Exits as COMMAND does; with 77 where no namespaces are "
    "allowed.\n";

static int run(char **command)
{
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    // The terminal's signals reach COMMAND, which decides; what ends it ends this program.
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("private_pcscd");
        return EXIT_FAILURE;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void publish_sockets(unsigned readers)
{
    for (unsigned i = 0; i < readers; i++) {
        char name[32], path[PCSCD_PATH_MAX];
        snprintf(name, sizeof name, "JUMIN_READER_%u", i);
        pcscd_socket(i, path);
        setenv(name, path, 1);
    }
}

int main(int argc, char **argv)
{
    unsigned long readers = 1;
    uint16_t vpcd_port = 0;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        if (strcmp(argv[i], "--vpcd") == 0) {
            vpcd_port = VPCD_PORT;
        } else if (strcmp(argv[i], "--readers") == 0 && i + 1 < argc) {
            readers = strtoul(argv[++i], NULL, 10);
        } else {
            const int help = strcmp(argv[i], "--help") == 0;
            fputs(usage, help ? stdout : stderr);
            return help ? EXIT_SUCCESS : 2;
        }
    }
    if (i >= argc || readers > PCSCD_READERS_MAX) {
        fputs(usage, stderr);
        return 2;
    }
    const char *reason = "";
    if (!pcscd_isolate(&reason)) {
        fprintf(stderr, "private_pcscd: %s\n", reason);
        return EXIT_SKIPPED;
    }
    struct pcscd pcscd;
    if (!pcscd_start(&pcscd, (unsigned)readers, vpcd_port)) {
        return EXIT_FAILURE;
    }
    publish_sockets((unsigned)readers);
    const int result = run(argv + i);
    pcscd_stop(&pcscd);
    return result;
}
