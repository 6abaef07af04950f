// A program that compares a face with the card's portrait.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/wallet_matcher.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ANSWER_MAX = 4096,
    FOLDER_MAX = 512,
    PATH_ROOM = FOLDER_MAX + 16,
    SLICE = 50,
    SCORE_MAX = 100,
    MILLI = 1000
};

static const char *const names[] = {"portrait.jpg", "picture.jpg"};
enum { FILES = sizeof names / sizeof *names };

struct run {
    char folder[FOLDER_MAX];
    char paths[FILES][PATH_ROOM];
    size_t written; // files that may be there
    pid_t child;
    int output;
    char answer[ANSWER_MAX];
    size_t n;
    int64_t until; // milliseconds of the monotonic clock
};

static enum jumin_error say(struct jumin_wallet_likeness *likeness, enum jumin_error error, const char *what)
{
    (void)snprintf(likeness->why, sizeof likeness->why, "%s", what);
    return error;
}

static int64_t clock_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MILLI + now.tv_nsec / 1000000;
}

// --- The folder --------------------------------------------------------------------------------------------------

static bool write_whole(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        const ssize_t done = write(fd, bytes, n);
        if (done <= 0) {
            return false;
        }
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static bool put_file(struct run *run, const uint8_t *bytes, size_t n)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/%s", run->folder, names[run->written]);
    memcpy(run->paths[run->written], path, sizeof path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    run->written++;
    const bool good = write_whole(fd, bytes, n);
    return close(fd) == 0 && good;
}

// mkdtemp makes it with mode 0700.
static bool make_folder(struct run *run, const struct matcher *matcher, const uint8_t *portrait, size_t n)
{
    const char *base = getenv("TMPDIR");
    const int length = snprintf(run->folder, sizeof run->folder, "%s/jumin-face-XXXXXX",
                                base != NULL && base[0] == '/' ? base : "/tmp");
    if (length < 0 || (size_t)length >= sizeof run->folder || mkdtemp(run->folder) == NULL) {
        run->folder[0] = '\0';
        return false;
    }
    return put_file(run, portrait, n) && put_file(run, matcher->picture, matcher->picture_length);
}

// Zeros over what was in it, as far as the file system lets one.
static void wipe_file(const char *path)
{
    static const uint8_t zeros[4096];
    const int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    const off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    if (fd >= 0 && end > 0 && lseek(fd, 0, SEEK_SET) == 0) {
        size_t left = (size_t)end;
        while (left > 0 && write_whole(fd, zeros, left < sizeof zeros ? left : sizeof zeros)) {
            left -= left < sizeof zeros ? left : sizeof zeros;
        }
        (void)fsync(fd);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    (void)unlink(path);
}

static void remove_folder(struct run *run)
{
    for (size_t i = 0; i < run->written; i++) {
        wipe_file(run->paths[i]);
    }
    if (run->folder[0] != '\0') {
        (void)rmdir(run->folder);
    }
}

// --- The program -------------------------------------------------------------------------------------------------

// Never returns. What cannot be run tells its errno.
static void become(const struct run *run, const struct matcher *matcher, const sigset_t *mask, int output,
                   int failure)
{
    char portrait[PATH_ROOM], picture[PATH_ROOM], command[FOLDER_MAX];
    char *const argv[] = {command, portrait, picture, NULL};
    (void)snprintf(command, sizeof command, "%s", matcher->command);
    (void)snprintf(portrait, sizeof portrait, "%s", run->paths[0]);
    (void)snprintf(picture, sizeof picture, "%s", run->paths[1]);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (setpgid(0, 0) == 0 && nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
        dup2(output, STDOUT_FILENO) >= 0 && sigprocmask(SIG_SETMASK, mask, NULL) == 0) {
        (void)execvp(matcher->command, argv);
    }
    const int error = errno;
    (void)!write(failure, &error, sizeof error);
    _exit(127);
}

static enum jumin_error start(struct run *run, const struct matcher *matcher, const sigset_t *mask,
                              struct jumin_wallet_likeness *likeness)
{
    int output[2], failure[2], error = 0;
    if (pipe2(output, O_CLOEXEC) != 0) {
        return say(likeness, JUMIN_ERROR_FILE, strerror(errno));
    }
    if (pipe2(failure, O_CLOEXEC) != 0) {
        error = errno;
        (void)close(output[0]);
        (void)close(output[1]);
        return say(likeness, JUMIN_ERROR_FILE, strerror(error));
    }
    run->child = fork();
    if (run->child == 0) {
        become(run, matcher, mask, output[1], failure[1]);
    }
    error = run->child < 0 ? errno : 0;
    (void)close(output[1]);
    (void)close(failure[1]);
    run->output = output[0];
    if (run->child > 0 && read(failure[0], &error, sizeof error) != (ssize_t)sizeof error) {
        error = 0; // closed by the program's beginning
    }
    (void)close(failure[0]);
    if (error == 0) {
        return JUMIN_OK;
    }
    (void)snprintf(likeness->why, sizeof likeness->why, "no matcher: %.150s: %.60s", matcher->command,
                   strerror(error));
    return JUMIN_ERROR_FILE;
}

static bool stop_is_due(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 ||
            sigismember(&pending, SIGHUP) == 1);
}

static enum jumin_error wait_slice(const struct run *run, int fd, struct jumin_wallet_likeness *likeness)
{
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    if (stop_is_due()) {
        return say(likeness, JUMIN_ERROR_CANCELLED, "stopped");
    }
    if (clock_now() >= run->until) {
        return say(likeness, JUMIN_ERROR_TIMEOUT, "the matcher timed out");
    }
    (void)poll(&watched, 1, SLICE);
    return JUMIN_OK;
}

static enum jumin_error read_answer(struct run *run, struct jumin_wallet_likeness *likeness)
{
    if (fcntl(run->output, F_SETFL, O_NONBLOCK) != 0) {
        return say(likeness, JUMIN_ERROR_FILE, strerror(errno));
    }
    for (;;) {
        const ssize_t got = read(run->output, run->answer + run->n, sizeof run->answer - run->n);
        if (got == 0) {
            return run->n < sizeof run->answer
                       ? JUMIN_OK
                       : say(likeness, JUMIN_ERROR_MALFORMED, "the matcher's answer is too long");
        }
        if (got > 0) {
            run->n += (size_t)got;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR) {
            return say(likeness, JUMIN_ERROR_FILE, strerror(errno));
        }
        const enum jumin_error error = wait_slice(run, run->output, likeness);
        if (error != JUMIN_OK) {
            return error;
        }
    }
}

// That it has ended, and well.
static enum jumin_error await_end(struct run *run, struct jumin_wallet_likeness *likeness)
{
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(run->child, &status, WNOHANG);
        if (ended == run->child) {
            break;
        }
        const enum jumin_error error =
            ended < 0 ? say(likeness, JUMIN_ERROR_FILE, strerror(errno)) : wait_slice(run, -1, likeness);
        if (error != JUMIN_OK) {
            return error;
        }
    }
    run->child = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return JUMIN_OK;
    }
    (void)snprintf(likeness->why, sizeof likeness->why, "the matcher failed with %s %d",
                   WIFEXITED(status) ? "status" : "signal",
                   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return JUMIN_ERROR_MALFORMED;
}

// With whatever it has started. The group is there before the program is, as start() waits for that.
static void stop(struct run *run)
{
    if (run->child > 0) {
        (void)kill(-run->child, SIGKILL);
        (void)waitpid(run->child, NULL, 0);
    }
    if (run->output >= 0) {
        (void)close(run->output);
    }
    explicit_bzero(run->answer, sizeof run->answer);
}

// --- Its answer --------------------------------------------------------------------------------------------------

static enum jumin_error parse(const struct run *run, struct jumin_wallet_likeness *likeness)
{
    json_t *answer = json_loadb(run->answer, run->n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *score = json_object_get(answer, "score"), *live = json_object_get(answer, "live");
    const bool good = json_object_size(answer) == 2 && json_is_integer(score) && json_is_boolean(live) &&
                      json_integer_value(score) >= 0 && json_integer_value(score) <= SCORE_MAX;
    if (good) {
        likeness->score = (unsigned)json_integer_value(score);
        likeness->live = json_is_true(live);
    }
    json_decref(answer);
    return good ? JUMIN_OK
                : say(likeness, JUMIN_ERROR_MALFORMED,
                      "the matcher's answer is not {\"score\": 0 to 100, \"live\": true or false}");
}

static enum jumin_error compare(struct run *run, const struct matcher *matcher, const sigset_t *mask,
                                const uint8_t *portrait, size_t n, struct jumin_wallet_likeness *likeness)
{
    if (!make_folder(run, matcher, portrait, n)) {
        return say(likeness, JUMIN_ERROR_FILE, "the folder for the matcher cannot be made");
    }
    enum jumin_error error = start(run, matcher, mask, likeness);
    error = error == JUMIN_OK ? read_answer(run, likeness) : error;
    error = error == JUMIN_OK ? await_end(run, likeness) : error;
    return error == JUMIN_OK ? parse(run, likeness) : error;
}

enum jumin_error matcher_compare(void *context, const uint8_t *portrait, size_t n,
                                 struct jumin_wallet_likeness *likeness)
{
    const struct matcher *matcher = context;
    struct run run = {.child = -1, .output = -1};
    sigset_t ending, mask;
    run.until = clock_now() + (matcher->milliseconds != 0 ? matcher->milliseconds : MATCHER_SECONDS * MILLI);
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGINT);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ending, &mask); // so that nothing is left behind
    const enum jumin_error error = compare(&run, matcher, &mask, portrait, n, likeness);
    stop(&run);
    remove_folder(&run);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    return error;
}
