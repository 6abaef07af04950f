// A private PC/SC service in namespaces: what it leaves is in a file system that dies with the last process.
// SPDX-License-Identifier: Apache-2.0
#include "tests/pcsc/pcscd.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUN_FOLDER "/run/pcscd"
#define SOCKET RUN_FOLDER "/pcscd.comm"
#define OWN_FOLDER RUN_FOLDER "/jumin"
#define CONFIGURATION OWN_FOLDER "/reader.conf.d"
#define LOG OWN_FOLDER "/pcscd.log"
#define HELP OWN_FOLDER "/pcscd.help"
#define VPCD_DRIVER "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"

enum { READY_TRIES = 2000, READY_TRY_MS = 5, ORDINARY_USER = 65534 };

// --- Namespaces --------------------------------------------------------------------------------------------

static bool write_text(const char *path, const char *text)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    const bool written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
    if (file >= 0) {
        close(file);
    }
    return written;
}

// An ordinary user needs a user namespace to make the others.
static bool enter_user_namespace(void)
{
    char uid_map[40], gid_map[40];
    snprintf(uid_map, sizeof uid_map, "0 %u 1\n", (unsigned)geteuid());
    snprintf(gid_map, sizeof gid_map, "0 %u 1\n", (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 &&
           write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", uid_map) &&
           write_text("/proc/self/gid_map", gid_map);
}

static bool raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = any >= 0 && ioctl(any, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags |= IFF_UP;
    up = up && ioctl(any, SIOCSIFFLAGS, &request) == 0;
    if (any >= 0) {
        close(any);
    }
    return up;
}

// An empty /run/pcscd; where the machine has none, an empty /run.
static bool hide_run_folder(void)
{
    struct stat folder;
    const bool exists = stat(RUN_FOLDER, &folder) == 0;
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("jumin", exists ? RUN_FOLDER : "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") == 0 &&
           (exists || mkdir(RUN_FOLDER, 0755) == 0) && mkdir(OWN_FOLDER, 0755) == 0 &&
           mkdir(CONFIGURATION, 0755) == 0;
}

bool pcscd_isolate(const char **reason)
{
    static char text[160];
    *reason = text;
    if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0 && !enter_user_namespace()) {
        snprintf(text, sizeof text, "no namespaces here: %s", strerror(errno));
        return false;
    }
    if (!hide_run_folder() || !raise_loopback()) {
        snprintf(text, sizeof text, "no private /run and network here: %s", strerror(errno));
        return false;
    }
    return true;
}

void pcscd_become_ordinary(char **argv)
{
    if (setgroups(0, NULL) != 0 || setresgid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) != 0 ||
        setresuid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) != 0) {
        perror("cannot become an ordinary user");
        return;
    }
    // A new program image: the old one's files in /proc belong to root.
    execv("/proc/self/exe", argv);
    perror("an ordinary user cannot run this program");
}

// --- The service -------------------------------------------------------------------------------------------

void pcscd_socket(unsigned reader, char path[PCSCD_PATH_MAX])
{
    snprintf(path, PCSCD_PATH_MAX, OWN_FOLDER "/reader%u.sock", reader);
}

static bool write_configuration(const struct pcscd *pcscd)
{
    FILE *file = fopen(CONFIGURATION "/jumin", "w");
    if (file == NULL) {
        return false;
    }
    for (unsigned i = 0; i < pcscd->readers; i++) {
        char path[PCSCD_PATH_MAX];
        pcscd_socket(i, path);
        fprintf(file, "FRIENDLYNAME \"jumin %u\"\nDEVICENAME sim:%s\nLIBPATH %s\n\n", i, path, JUMIN_DRIVER);
    }
    if (pcscd->vpcd_port != 0) {
        fprintf(file,
                "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x%04X\nLIBPATH " VPCD_DRIVER
                "\nCHANNELID 0x%04X\n",
                pcscd->vpcd_port, pcscd->vpcd_port);
    }
    return fclose(file) == 0;
}

static void redirect_output(const char *path)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
}

static bool contains(const char *path, const char *text)
{
    char line[400];
    bool found = false;
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        found = found || strstr(line, text) != NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

// Debian 13's service asks polkit, which knows nobody in a namespace; Debian 12's has no such option.
static bool has_polkit_option(const char *program)
{
    const pid_t pid = fork();
    if (pid == 0) {
        redirect_output(HELP);
        execl(program, program, "--help", (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
    return contains(HELP, "--disable-polkit");
}

static void run_pcscd(const char *program, bool polkit_option)
{
    static const char none[] = "--foreground"; // said twice, it changes nothing
    const bool debug = getenv("JUMIN_PCSCD_DEBUG") != NULL;
    if (!debug) {
        redirect_output(LOG);
    }
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    // The driver is built with the same sanitizers as the tests, the service is not.
    if (JUMIN_PRELOAD[0] != '\0') {
        setenv("LD_PRELOAD", JUMIN_PRELOAD, 1);
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    }
    execl(program, program, "--foreground", "--config", CONFIGURATION,
          polkit_option ? "--disable-polkit" : none, debug ? "--debug" : none, debug ? "--apdu" : none,
          (char *)NULL);
    _exit(127);
}

static bool service_answers(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool answers = probe >= 0 && connect(probe, (struct sockaddr *)&address, sizeof address) == 0;
    if (probe >= 0) {
        close(probe);
    }
    return answers;
}

static void print_log(void)
{
    char line[400];
    FILE *log = fopen(LOG, "r");
    while (log != NULL && fgets(line, sizeof line, log) != NULL) {
        fprintf(stderr, "pcscd: %s", line);
    }
    if (log != NULL) {
        fclose(log);
    }
}

static bool wait_until_ready(struct pcscd *pcscd)
{
    for (int i = 0; i < READY_TRIES; i++) {
        if (service_answers()) {
            return true;
        }
        if (waitpid(pcscd->pid, NULL, WNOHANG) != 0) {
            pcscd->pid = 0;
            break;
        }
        poll(NULL, 0, READY_TRY_MS);
    }
    fprintf(stderr, "the PC/SC service does not start\n");
    print_log();
    pcscd_kill(pcscd);
    return false;
}

bool pcscd_restart(struct pcscd *pcscd)
{
    const char *program = access("/usr/sbin/pcscd", X_OK) == 0 ? "/usr/sbin/pcscd" : "/usr/local/sbin/pcscd";
    const bool polkit_option = has_polkit_option(program);
    const pid_t parent = getpid();
    unlink(SOCKET); // of one that was killed
    pcscd->pid = fork();
    if (pcscd->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent) {
            run_pcscd(program, polkit_option);
        }
        _exit(127);
    }
    return pcscd->pid > 0 && wait_until_ready(pcscd);
}

bool pcscd_start(struct pcscd *pcscd, unsigned readers, uint16_t vpcd_port)
{
    *pcscd = (struct pcscd){0, readers, vpcd_port};
    return readers <= PCSCD_READERS_MAX && write_configuration(pcscd) && pcscd_restart(pcscd);
}

static void end(struct pcscd *pcscd, int signal_number)
{
    if (pcscd->pid > 0) {
        kill(pcscd->pid, signal_number);
        waitpid(pcscd->pid, NULL, 0);
        pcscd->pid = 0;
    }
}

void pcscd_stop(struct pcscd *pcscd)
{
    end(pcscd, SIGTERM);
}

void pcscd_kill(struct pcscd *pcscd)
{
    end(pcscd, SIGKILL);
}
