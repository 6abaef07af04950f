// Connections to readers. Both drivers listen, the card connects, and being connected is being in the field.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/sim_reader.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "pcsc/ifd/ats.h"

enum { VPCD_LENGTH = 2 };

// Control messages of vpcd: frames of one byte.
enum vpcd_control { VPCD_OFF = 0, VPCD_ON = 1, VPCD_RESET = 2, VPCD_ATR = 4 };

// --- Addresses ---------------------------------------------------------------------------------------------

static bool unix_address(struct sim_reader *reader, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path) {
        return false;
    }
    memcpy(address.sun_path, path, strlen(path));
    memcpy(&reader->address, &address, sizeof address);
    reader->address_length = sizeof address;
    return true;
}

// "PORT" or "HOST:PORT".
static bool internet_address(struct sim_reader *reader, const char *text)
{
    char host[SIM_READER_MAX] = "127.0.0.1";
    const char *colon = strrchr(text, ':');
    if (colon != NULL) {
        (void)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, colon == NULL ? text : colon + 1, &hints, &found) != 0) {
        return false;
    }
    memcpy(&reader->address, found->ai_addr, found->ai_addrlen);
    reader->address_length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

bool sim_reader_init(struct sim_reader *reader, const char *name, struct span historical)
{
    static const char sim[] = "sim:", vpcd[] = "vpcd:";
    memset(reader, 0, sizeof *reader);
    reader->socket = -1;
    reader->historical = historical;
    (void)snprintf(reader->name, sizeof reader->name, "%s", name);
    if (strncmp(name, sim, sizeof sim - 1) == 0) {
        return unix_address(reader, name + sizeof sim - 1);
    }
    reader->vpcd = true;
    return strncmp(name, vpcd, sizeof vpcd - 1) == 0 && internet_address(reader, name + sizeof vpcd - 1);
}

// --- Connection --------------------------------------------------------------------------------------------

bool sim_reader_connect(struct sim_reader *reader)
{
    reader->inbox.n = reader->inbox.used = reader->outbox_length = 0;
    reader->socket = socket(reader->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (reader->socket < 0) {
        return false;
    }
    const int result =
        connect(reader->socket, (const struct sockaddr *)&reader->address, reader->address_length);
    reader->connecting = result != 0 && errno == EINPROGRESS;
    if (result == 0 || reader->connecting) {
        return true;
    }
    const int reason = errno;
    sim_reader_close(reader);
    errno = reason;
    return false;
}

void sim_reader_close(struct sim_reader *reader)
{
    if (reader->socket >= 0) {
        close(reader->socket);
    }
    reader->socket = -1;
    reader->connecting = false;
}

short sim_reader_events(const struct sim_reader *reader)
{
    if (reader->connecting) {
        return POLLOUT;
    }
    return (short)(reader->outbox_length > 0 ? POLLIN | POLLOUT : POLLIN);
}

static bool finish_connecting(struct sim_reader *reader)
{
    int reason = 0;
    socklen_t n = sizeof reason;
    reader->connecting = false;
    return getsockopt(reader->socket, SOL_SOCKET, SO_ERROR, &reason, &n) == 0 && reason == 0;
}

// vpcd sends the length and the rest separately, and the second part waits until the first is acknowledged,
// which the kernel puts off for 40 ms unless told otherwise before each receive.
static void acknowledge_at_once(const struct sim_reader *reader)
{
    const int on = 1;
    if (reader->vpcd) {
        (void)setsockopt(reader->socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
}

// Sends as much of the outbox as the socket takes now.
static bool flush(struct sim_reader *reader)
{
    while (reader->outbox_length > 0) {
        const ssize_t n = send(reader->socket, reader->outbox, reader->outbox_length, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EAGAIN;
        }
        reader->outbox_length -= (size_t)n;
        memmove(reader->outbox, reader->outbox + n, reader->outbox_length);
    }
    return true;
}

static bool receive(struct sim_reader *reader)
{
    size_t room = 0;
    uint8_t *to = link_room(&reader->inbox, &room);
    if (room == 0) {
        return false;
    }
    acknowledge_at_once(reader);
    const ssize_t n = recv(reader->socket, to, room, 0);
    if (n > 0) {
        link_filled(&reader->inbox, (size_t)n);
    }
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

bool sim_reader_ready(struct sim_reader *reader, short events)
{
    if (reader->connecting) {
        return finish_connecting(reader);
    }
    return flush(reader) && ((events & (POLLIN | POLLHUP | POLLERR)) == 0 || receive(reader));
}

// --- Messages from the reader ------------------------------------------------------------------------------

static enum sim_next next_of_driver(struct sim_reader *reader, struct sim_request *request)
{
    struct link_message message;
    switch (link_next(&reader->inbox, &message)) {
    case LINK_MORE:
        return SIM_NOTHING;
    case LINK_BROKEN:
        return SIM_LOST;
    case LINK_MESSAGE:
        break;
    }
    request->sequence = message.sequence;
    request->command = message.payload;
    switch (message.type) {
    case LINK_POWER_ON:
    case LINK_RESET:
        request->type = SIM_SELECT;
        return SIM_REQUEST;
    case LINK_POWER_OFF:
        request->type = SIM_FIELD_OFF;
        return SIM_REQUEST;
    case LINK_COMMAND:
        request->type = SIM_COMMAND;
        return SIM_REQUEST;
    case LINK_REFUSED:
        request->type = SIM_REFUSED;
        return SIM_REQUEST;
    default:
        return SIM_LOST;
    }
}

// One frame of vpcd: its length and then that many bytes.
static bool vpcd_frame(struct link_inbox *inbox, struct span *frame)
{
    size_t room = 0;
    (void)link_room(inbox, &room); // drops the frame before
    if (inbox->n < VPCD_LENGTH) {
        return false;
    }
    const size_t n = (size_t)(inbox->bytes[0] << 8 | inbox->bytes[1]);
    if (inbox->n < VPCD_LENGTH + n) {
        return false;
    }
    *frame = span_of(inbox->bytes + VPCD_LENGTH, n);
    inbox->used = VPCD_LENGTH + n;
    return true;
}

static void put(struct sim_reader *reader, struct span header, struct span payload)
{
    struct writer w = writer_of(reader->outbox, sizeof reader->outbox);
    w.n = reader->outbox_length;
    writer_put(&w, header);
    writer_put(&w, payload);
    if (w.overflow) {
        // The reader asked again and again without reading: it is given up.
        (void)shutdown(reader->socket, SHUT_RDWR);
        return;
    }
    reader->outbox_length = w.n;
    (void)flush(reader); // in one write; a failure shows at the next poll
}

static void put_vpcd(struct sim_reader *reader, struct span payload)
{
    const uint8_t length[VPCD_LENGTH] = {(uint8_t)(payload.n >> 8), (uint8_t)payload.n};
    if (payload.n > 0xFFFF) {
        (void)shutdown(reader->socket, SHUT_RDWR);
        return;
    }
    put(reader, span_of(length, sizeof length), payload);
}

static enum sim_next next_of_vpcd(struct sim_reader *reader, struct sim_request *request)
{
    struct span frame;
    while (vpcd_frame(&reader->inbox, &frame)) {
        request->sequence = 0;
        request->command = frame;
        if (frame.n != 1) {
            request->type = SIM_COMMAND;
            return frame.n == 0 ? SIM_LOST : SIM_REQUEST;
        }
        switch (frame.p[0]) {
        case VPCD_OFF:
            request->type = SIM_FIELD_OFF;
            return SIM_REQUEST;
        case VPCD_ON:
        case VPCD_RESET:
            request->type = SIM_SELECT;
            return SIM_REQUEST;
        case VPCD_ATR: {
            uint8_t atr[ATS_ATR_MAX];
            put_vpcd(reader, span_of(atr, ats_to_atr(reader->historical, atr)));
            break;
        }
        default:
            return SIM_LOST;
        }
    }
    return SIM_NOTHING;
}

enum sim_next sim_reader_next(struct sim_reader *reader, struct sim_request *request)
{
    return reader->vpcd ? next_of_vpcd(reader, request) : next_of_driver(reader, request);
}

// --- Messages to the reader --------------------------------------------------------------------------------

static void put_driver(struct sim_reader *reader, enum link_type type, uint8_t sequence, struct span payload)
{
    uint8_t header[LINK_HEADER];
    link_header(header, (uint8_t)type, sequence, payload.n);
    put(reader, span_of(header, sizeof header), payload);
}

void sim_reader_selected(struct sim_reader *reader, const struct sim_request *request, struct span uid,
                         const struct iso_dep_ats *ats)
{
    uint8_t selected[1 + ATS_UID_MAX + ISO_DEP_ATS_MAX];
    struct writer w = writer_of(selected, sizeof selected);
    if (reader->vpcd) {
        return;
    }
    writer_put_u8(&w, (uint8_t)uid.n);
    writer_put(&w, uid);
    iso_dep_put_ats(&w, ats);
    put_driver(reader, LINK_SELECTED, request->sequence, writer_span(&w));
}

void sim_reader_answer(struct sim_reader *reader, uint8_t sequence, struct span response)
{
    if (reader->vpcd) {
        put_vpcd(reader, response);
    } else {
        put_driver(reader, LINK_RESPONSE, sequence, response);
    }
}

void sim_reader_extend(struct sim_reader *reader, uint8_t sequence)
{
    const uint8_t once = 1;
    if (!reader->vpcd) {
        put_driver(reader, LINK_WAITING_TIME, sequence, span_of(&once, sizeof once));
    }
}
