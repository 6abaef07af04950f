// How APDUs reach a card: an interface that anyone can implement, and the implementations that come with it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_TRANSPORT_H
#define JUMIN_TRANSPORT_H

#include <jumin/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// What reader and link can carry, in bytes of the whole APDU.
struct jumin_limits {
    size_t command_max;  // 261 without extended length (ISO 7816-3 §12.1.3)
    size_t response_max; // 258 without extended length, status word included
    bool extended;
};

// One way to a card. `context` is the implementation's own. All functions are called from one thread at a
// time.
struct jumin_transport_functions {
    // Waits for nothing: connects to the card that is there and resets it. Called again to reconnect after
    // JUMIN_ERROR_CARD_REMOVED.
    enum jumin_error (*connect)(void *context);
    // One command, one response with its status word. `*length` bytes of at most `capacity` are written.
    enum jumin_error (*transmit)(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length);
    void (*disconnect)(void *context);
    void (*limits)(void *context, struct jumin_limits *limits);
    // A sentence on the last failure, or "". May be NULL.
    const char *(*detail)(void *context);
    // Releases `context`. May be NULL.
    void (*release)(void *context);
};

struct jumin_transport;

// The caller's own way to the card: a phone hands in its transceive function here. `functions` must outlive
// the transport.
JUMIN_EXPORT enum jumin_error jumin_transport_new(struct jumin_transport **transport,
                                                  const struct jumin_transport_functions *functions,
                                                  void *context);
// Disconnects and releases. NULL is allowed.
JUMIN_EXPORT void jumin_transport_free(struct jumin_transport *transport);

// Connects to the card that is there and resets it. The errors are the implementation's: JUMIN_ERROR_NO_CARD
// and the others of reader and link.
JUMIN_EXPORT enum jumin_error jumin_transport_connect(struct jumin_transport *transport);
// One command APDU of `n` bytes, one response APDU with its status word: `*length` bytes of at most
// `capacity`. JUMIN_ERROR_CARD_REMOVED when the card has left: connect again.
JUMIN_EXPORT enum jumin_error jumin_transport_transmit(struct jumin_transport *transport,
                                                       const uint8_t *command, size_t n, uint8_t *response,
                                                       size_t capacity, size_t *length);
JUMIN_EXPORT void jumin_transport_disconnect(struct jumin_transport *transport);
// All are 0 before there is a transport.
JUMIN_EXPORT void jumin_transport_limits(struct jumin_transport *transport, struct jumin_limits *limits);
JUMIN_EXPORT const char *jumin_transport_detail(const struct jumin_transport *transport);

// Records every exchange of `inner` as lines of text ("^" connected, "> 00A4…", "< 6F…9000", "!
// card-removed") and passes it on. Takes over `inner`; `log` stays the caller's. APDUs under secure messaging
// are recorded as they travel.
JUMIN_EXPORT enum jumin_error jumin_trace_record(struct jumin_transport **transport,
                                                 struct jumin_transport *inner, FILE *log);
// Answers from such a record; a command that differs from the record is JUMIN_ERROR_LINK with both in the
// detail.
JUMIN_EXPORT enum jumin_error jumin_trace_replay(struct jumin_transport **transport, FILE *log);

// --- PC/SC -------------------------------------------------------------------------------------------------

struct jumin_pcsc;

// A connection to the PC/SC service; it reconnects by itself when the service was restarted.
JUMIN_EXPORT enum jumin_error jumin_pcsc_new(struct jumin_pcsc **pcsc);
JUMIN_EXPORT void jumin_pcsc_free(struct jumin_pcsc *pcsc);
JUMIN_EXPORT const char *jumin_pcsc_detail(const struct jumin_pcsc *pcsc);

struct jumin_pcsc_reader {
    const char *name; // owned by the jumin_pcsc, until the next call that lists readers
    bool card_present;
    uint8_t atr[33];
    size_t atr_length;
};

// The readers there are now; `*readers` is owned by `pcsc`, until the next call.
JUMIN_EXPORT enum jumin_error jumin_pcsc_readers(struct jumin_pcsc *pcsc,
                                                 const struct jumin_pcsc_reader **readers, size_t *count);
// Waits until a card lies on `reader` (a name or the beginning of one; NULL: any, also one that is plugged in
// meanwhile). The name of the reader is copied to `found`, with a zero byte behind it. JUMIN_ERROR_TIMEOUT
// after `milliseconds` (0: does not wait; negative: for ever).
JUMIN_EXPORT enum jumin_error jumin_pcsc_wait_card(struct jumin_pcsc *pcsc, const char *reader,
                                                   int milliseconds, char *found, size_t capacity);
// Waits until the card has left; one that left and came back since the call began has left, too.
JUMIN_EXPORT enum jumin_error jumin_pcsc_wait_removal(struct jumin_pcsc *pcsc, const char *reader,
                                                      int milliseconds);
// How often cards have come to that reader and gone so far, in 16 bits: taken while a card lies there, a mark
// for jumin_pcsc_wait_removal_since.
JUMIN_EXPORT enum jumin_error jumin_pcsc_changes(struct jumin_pcsc *pcsc, const char *reader,
                                                 uint16_t *changes);
// Waits until the card has left that lay there at the mark; it has left, too, when another one or the same
// came back before the call.
JUMIN_EXPORT enum jumin_error jumin_pcsc_wait_removal_since(struct jumin_pcsc *pcsc, const char *reader,
                                                            uint16_t changes, int milliseconds);
// Ends a wait in another thread, or the next one when none is running; for any thread, not for a signal
// handler.
JUMIN_EXPORT void jumin_pcsc_cancel(struct jumin_pcsc *pcsc);

enum jumin_pcsc_mode {
    JUMIN_PCSC_SHARED,    // each exchange in a transaction of its own; connecting, too, waits for those of
                          // others
    JUMIN_PCSC_EXCLUSIVE, // no other program reaches the card
};

// A transport over the reader whose name is or begins with `reader`. `pcsc` must outlive it.
JUMIN_EXPORT enum jumin_error jumin_pcsc_open(struct jumin_pcsc *pcsc, const char *reader,
                                              enum jumin_pcsc_mode mode, struct jumin_transport **transport);
// Keeps other programs out between begin and end (SCardBeginTransaction); for transports of jumin_pcsc_open.
JUMIN_EXPORT enum jumin_error jumin_pcsc_begin(struct jumin_transport *transport);
JUMIN_EXPORT void jumin_pcsc_end(struct jumin_transport *transport);

#endif
