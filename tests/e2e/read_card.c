// A program of somebody else's: reads and verifies a card through a transceive function of its own.
// SPDX-License-Identifier: Apache-2.0
//
//     read_card CAN TRUST-FOLDER SECONDS-SINCE-1970
//
// It stands for a phone: where the phone has its NFC stack, this has a socket that the simulated card
// connects to, with the frames of vsmartcard's vpcd (length in two bytes, then the APDU; one byte 01 is
// "field on"). The port is printed first. Only <jumin/…> and the C library are used.
#include <jumin/reader.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIELD_OFF = 0, FIELD_ON = 1, FRAME_HEADER = 2 };

struct phone {
    int card; // the socket
};

static bool send_all(int socket, const uint8_t *bytes, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        const ssize_t part = send(socket, bytes + sent, n - sent, MSG_NOSIGNAL);
        if (part <= 0) {
            return false;
        }
        sent += (size_t)part;
    }
    return true;
}

static bool receive_all(int socket, uint8_t *bytes, size_t n)
{
    for (size_t received = 0; received < n;) {
        const ssize_t part = recv(socket, bytes + received, n - received, 0);
        if (part <= 0) {
            return false;
        }
        received += (size_t)part;
    }
    return true;
}

static bool send_frame(int socket, const uint8_t *bytes, size_t n)
{
    uint8_t frame[FRAME_HEADER + 65535];
    if (n > sizeof frame - FRAME_HEADER) {
        return false;
    }
    frame[0] = (uint8_t)(n >> 8);
    frame[1] = (uint8_t)n;
    memcpy(frame + FRAME_HEADER, bytes, n);
    return send_all(socket, frame, FRAME_HEADER + n);
}

static enum jumin_error connect_card(void *context)
{
    const struct phone *phone = context;
    const uint8_t off = FIELD_OFF, on = FIELD_ON;
    return send_frame(phone->card, &off, 1) && send_frame(phone->card, &on, 1) ? JUMIN_OK
                                                                               : JUMIN_ERROR_CARD_REMOVED;
}

static enum jumin_error transceive(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                   size_t capacity, size_t *length)
{
    const struct phone *phone = context;
    uint8_t header[FRAME_HEADER];
    if (!send_frame(phone->card, command, n) || !receive_all(phone->card, header, sizeof header)) {
        return JUMIN_ERROR_CARD_REMOVED;
    }
    *length = (size_t)header[0] << 8 | header[1];
    if (*length > capacity) {
        return JUMIN_ERROR_TOO_LONG;
    }
    return receive_all(phone->card, response, *length) ? JUMIN_OK : JUMIN_ERROR_CARD_REMOVED;
}

static void disconnect(void *context)
{
    const uint8_t off = FIELD_OFF;
    (void)send_frame(((const struct phone *)context)->card, &off, 1);
}

// As many phones have it: whole APDUs up to 65279 bytes.
static void limits(void *context, struct jumin_limits *limits)
{
    (void)context;
    *limits = (struct jumin_limits){.command_max = 65279, .response_max = 65279, .extended = true};
}

static int wait_for_card(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 1) != 0 || getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        perror("read_card");
        exit(EXIT_FAILURE);
    }
    (void)printf("%d\n", ntohs(address.sin_port));
    (void)fflush(stdout);
    const int card = accept(listener, NULL, NULL);
    (void)close(listener);
    return card;
}

static int show(struct jumin_document *document, const struct jumin_trust *trust, int64_t now)
{
    struct jumin_mrz mrz;
    struct jumin_report *report = NULL;
    if (jumin_document_mrz(document, &mrz) != JUMIN_OK ||
        jumin_document_verify(document, trust, now, &report) != JUMIN_OK) {
        (void)fprintf(stderr, "read_card: %s\n", jumin_document_detail(document));
        return EXIT_FAILURE;
    }
    const enum jumin_verdict verdict = jumin_report_verdict(report), chip = jumin_report_chip(report);
    (void)printf("%s\ndocument: %s\nchip: %s\n", mrz.document_number, jumin_verdict_name(verdict),
                 jumin_verdict_name(chip));
    jumin_report_free(report);
    return verdict == JUMIN_PASSED && chip == JUMIN_PASSED ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    static const struct jumin_transport_functions functions = {
        .connect = connect_card, .transmit = transceive, .disconnect = disconnect, .limits = limits};
    if (argc != 4) {
        (void)fprintf(stderr, "usage: read_card CAN TRUST-FOLDER SECONDS\n");
        return 2;
    }
    struct jumin_trust *trust = NULL;
    struct jumin_transport *transport = NULL;
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    struct phone phone = {.card = wait_for_card()};
    int result = EXIT_FAILURE;
    if (jumin_trust_new(&trust) == JUMIN_OK && jumin_trust_add_directory(trust, argv[2]) == JUMIN_OK &&
        jumin_transport_new(&transport, &functions, &phone) == JUMIN_OK &&
        jumin_reader_new(&reader, transport) == JUMIN_OK &&
        jumin_reader_set_password(reader, JUMIN_PASSWORD_CAN, argv[1]) == JUMIN_OK) {
        if (jumin_reader_read(reader, &document) == JUMIN_OK) {
            result = show(document, trust, strtoll(argv[3], NULL, 10));
        } else {
            (void)fprintf(stderr, "read_card: %s\n", jumin_reader_detail(reader));
        }
    }
    jumin_document_free(document);
    jumin_reader_free(reader);
    jumin_transport_free(transport);
    jumin_trust_free(trust);
    (void)close(phone.card);
    return result;
}
