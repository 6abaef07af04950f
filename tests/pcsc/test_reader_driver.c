// What the reader driver tells PC/SC programs of itself, asked as they ask it; and who may be a card.
// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <reader.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <winscard.h>

#include "tests/pcsc/stage.h"

enum { GET_TLV_PROPERTIES = 0x42330012, EXECUTE_PACE = 0x42330020, STRANGER = 12345 };

static SCARDCONTEXT context;
static SCARDHANDLE handle;

// A direct connection needs no card.
static void connect_directly(void)
{
    char names[256] = "";
    DWORD n = sizeof names, protocol = 0;
    assert_int_equal(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), SCARD_S_SUCCESS);
    assert_int_equal(SCardListReaders(context, NULL, names, &n), SCARD_S_SUCCESS);
    assert_int_equal(SCardConnect(context, names, SCARD_SHARE_DIRECT, 0, &handle, &protocol),
                     SCARD_S_SUCCESS);
}

static void disconnect(void)
{
    assert_int_equal(SCardDisconnect(handle, SCARD_LEAVE_CARD), SCARD_S_SUCCESS);
    assert_int_equal(SCardReleaseContext(context), SCARD_S_SUCCESS);
}

static void assert_control(DWORD code, const void *in, size_t n, const char *expected)
{
    uint8_t out[64];
    DWORD length = 0;
    assert_int_equal(SCardControl(handle, code, in, n, out, sizeof out, &length), SCARD_S_SUCCESS);
    assert_span_hex(span_of(out, length), expected);
}

static void test_features_are_told_without_a_card(void **state)
{
    (void)state;
    connect_directly();
    assert_control(CM_IOCTL_GET_FEATURE_REQUEST, NULL, 0, "20 04 42330020 12 04 42330012");
    assert_control(GET_TLV_PROPERTIES, NULL, 0, "0A 04 00000100");
    disconnect();
}

static void test_pace_of_the_reader_is_denied_in_its_own_format(void **state)
{
    (void)state;
    connect_directly();
    assert_control(EXECUTE_PACE, "\1\0\0", 3, "00000000 0100 00");
    assert_control(EXECUTE_PACE, "\2\5\0\2\0\0\0\0", 8, "020000D0 0000");
    disconnect();
}

static void test_malformed_control_input_does_not_harm_the_service(void **state)
{
    (void)state;
    uint8_t in[300], out[300];
    connect_directly();
    for (size_t n = 0; n <= sizeof in; n++) {
        DWORD length = 0;
        memset(in, (int)n, sizeof in);
        assert_int_equal(SCardControl(handle, EXECUTE_PACE, in, n, out, sizeof out, &length),
                         SCARD_S_SUCCESS);
        assert_true(length == 6 || length == 7);
        assert_int_not_equal(SCardControl(handle, EXECUTE_PACE, in, n, out, 5, &length), SCARD_S_SUCCESS);
        assert_int_not_equal(
            SCardControl(handle, 0x42330000 + (DWORD)(0x21 + n), in, n, out, sizeof out, &length),
            SCARD_S_SUCCESS);
    }
    disconnect();
}

static void test_vendor_is_told_and_attributes_are_read_only(void **state)
{
    (void)state;
    uint8_t value[32];
    DWORD n = sizeof value;
    connect_directly();
    assert_int_equal(SCardGetAttrib(handle, SCARD_ATTR_VENDOR_NAME, value, &n), SCARD_S_SUCCESS);
    assert_string_equal((const char *)value, "jumin");
    assert_int_not_equal(SCardSetAttrib(handle, SCARD_ATTR_VENDOR_NAME, value, n), SCARD_S_SUCCESS);
    disconnect();
}

static void test_socket_is_for_its_owner_only(void **state)
{
    (void)state;
    char path[PCSCD_PATH_MAX];
    struct stat file;
    pcscd_socket(0, path);
    assert_int_equal(lstat(path, &file), 0);
    assert_true(S_ISSOCK(file.st_mode));
    assert_int_equal(file.st_mode & 0777, 0600);
}

// What a card of another user gets at the socket: 0 refused by the driver, 1 kept out by the file's mode.
static int try_as_stranger(const char *path)
{
    const pid_t pid = fork();
    if (pid == 0) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        (void)strncpy(address.sun_path, path, sizeof address.sun_path - 1);
        const int card = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (setresuid(STRANGER, STRANGER, STRANGER) != 0) {
            _exit(9);
        }
        if (connect(card, (const struct sockaddr *)&address, sizeof address) != 0) {
            _exit(errno == EACCES ? 1 : 8);
        }
        uint8_t message[6] = {0};
        const ssize_t n = recv(card, message, sizeof message, MSG_WAITALL);
        _exit(n == sizeof message && message[4] == 0x05 ? 0 : 7);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

static void test_a_card_of_another_user_is_kept_out(void **state)
{
    (void)state;
    char path[PCSCD_PATH_MAX];
    pcscd_socket(0, path);
    const int kept_out = try_as_stranger(path);
    if (kept_out == 9) {
        skip(); // an ordinary user's namespace has no second user
    }
    assert_int_equal(kept_out, 1);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(try_as_stranger(path), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static int run_all(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features_are_told_without_a_card),
        cmocka_unit_test(test_pace_of_the_reader_is_denied_in_its_own_format),
        cmocka_unit_test(test_malformed_control_input_does_not_harm_the_service),
        cmocka_unit_test(test_vendor_is_told_and_attributes_are_read_only),
        cmocka_unit_test(test_socket_is_for_its_owner_only),
        cmocka_unit_test(test_a_card_of_another_user_is_kept_out),
    };
    return cmocka_run_group_tests_name("reader driver", tests, stage_set_up, stage_tear_down);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, run_all);
}
