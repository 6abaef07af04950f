// Binding a phone to a card: the issuer's server authenticates itself to the card through the phone
// (TR-03110-2 §2.3.2) and binds the phone's device key. Eight messages: the phone speaks first, four times;
// each end takes what the other made.
// SPDX-License-Identifier: Apache-2.0
//
// Phone:
//     jumin_reader_set_password(reader, JUMIN_PASSWORD_PIN, pin);
//     jumin_pipe_new(&pipe, reader, key, attestation, n);
//     while (!jumin_pipe_finished(pipe)) {
//         jumin_pipe_next(pipe, answer, answer_length, &message, &message_length); // answer: NULL at first
//         …send the message to the server and receive its answer…
//     }
// Server:
//     jumin_authenticator_new(&authenticator, &options);
//     jumin_authenticator_next(authenticator, message, n, &answer, &answer_length); // for each message
//     jumin_authenticator_result(authenticator, &result);
//
// After Chip Authentication the phone passes on what it can neither read nor change. Messages are CBOR
// (host/mobile/binding_messages.h), and travel over whatever the two agree on.
#ifndef JUMIN_BINDING_H
#define JUMIN_BINDING_H

#include <jumin/reader.h>
#include <jumin/terminal.h>

enum {
    JUMIN_DEVICE_KEY = 65, // an uncompressed point of P-256
    JUMIN_DEVICE_THUMBPRINT = 32,
    JUMIN_DEVICE_JKT = 44, // the thumbprint in base64url, and a zero byte
    JUMIN_ATTESTATION_MAX = 8192,
    JUMIN_ATTESTATION_WHY = 128,
};

// The SHA-256 thumbprint of the device key as a JSON Web Key (RFC 7638): how card and credentials name the
// phone. JUMIN_ERROR_INPUT when it is no point of the curve.
JUMIN_EXPORT enum jumin_error jumin_device_thumbprint(const uint8_t key[JUMIN_DEVICE_KEY],
                                                      uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT]);

// The thumbprint as tokens spell it (RFC 9449 §6.1).
JUMIN_EXPORT void jumin_device_jkt(const uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT],
                                   char text[JUMIN_DEVICE_JKT]);

// For a phone that is a program, and has no better place for its key: an EncryptedPrivateKeyInfo (PKCS#8,
// PBES2) of P-256 in PEM. `key` receives the public key, and is unchanged on failure.
// JUMIN_ERROR_FILE: errno says why; JUMIN_ERROR_INPUT: another key, a damaged file, or the wrong passphrase.
JUMIN_EXPORT enum jumin_error jumin_device_key_load(const char *path, const char *passphrase,
                                                    uint8_t key[JUMIN_DEVICE_KEY]);
// Makes a key and its file, with mode 0600, never in place of one that is there.
JUMIN_EXPORT enum jumin_error jumin_device_key_make(const char *path, const char *passphrase,
                                                    uint8_t key[JUMIN_DEVICE_KEY]);

// --- The phone: a pipe ---------------------------------------------------------------------------------------

struct jumin_pipe;

// `reader` has the PIN and must outlive the pipe. `attestation` (may be NULL) is whatever vouches for the key
// to this issuer, at most JUMIN_ATTESTATION_MAX bytes.
JUMIN_EXPORT enum jumin_error jumin_pipe_new(struct jumin_pipe **pipe, struct jumin_reader *reader,
                                             const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation,
                                             size_t n);
// Ends the session with the card. NULL is allowed.
JUMIN_EXPORT void jumin_pipe_free(struct jumin_pipe *pipe);
JUMIN_EXPORT const char *jumin_pipe_detail(const struct jumin_pipe *pipe);
// Takes the server's answer to the message before (NULL the first time) and makes the next message, owned by
// the pipe until the next call; none (`*message` NULL) after the last answer. The second and third step talk
// to the card, and so does the fourth: progress and cancelling are the reader's. After a failure the pipe is
// of no more use: begin with a new one; the same device key leads to the same binding.
// JUMIN_ERROR_MALFORMED     the server's answer is not the one that is due, or has a command in plain
// JUMIN_ERROR_NOT_AUTHORIZED   the server asks the card for more than binding a phone takes: the right to
//                              provision a phone, and beside it at most that of a privileged terminal, which
//                              opens the card's own key and nothing of the holder
// JUMIN_ERROR_TERMINAL_REFUSED the card refuses the server
JUMIN_EXPORT enum jumin_error jumin_pipe_next(struct jumin_pipe *pipe, const uint8_t *answer,
                                              size_t answer_length, const uint8_t **message,
                                              size_t *message_length);
// Whether the server has said that the phone is bound.
JUMIN_EXPORT bool jumin_pipe_finished(const struct jumin_pipe *pipe);
// The card's counter, as the server says; 0 before.
JUMIN_EXPORT uint32_t jumin_pipe_counter(const struct jumin_pipe *pipe);

// --- The server: an authenticator ------------------------------------------------------------------------------

struct jumin_authenticator;

struct jumin_authenticator_options {
    // With JUMIN_RIGHT_PROVISION_PHONE; stays the caller's and must outlive this. Sessions that share it are
    // served by one thread (those of <jumin/server.h> use it in turns).
    struct jumin_terminal *terminal;
    const struct jumin_trust *trust; // who may sign EF.CardSecurity and EF.ChipSecurity; must outlive this
    int64_t time;                    // now, in seconds since 1970
    size_t portrait; // most bytes of DG2 to read: what the issuer has written to it, or a bound; 0: it is not
                     // read
    // Which card it is, with no word about its holder: most bytes of EF.ChipSecurity to read, 0: it is not
    // read. The card's own key that it certifies stands in the issuer's records since personalization. It
    // takes JUMIN_RIGHT_PRIVILEGED_TERMINAL beside the other. The phone cannot swap it. It is no secret from
    // the phone: between Terminal Authentication and Chip Authentication the card gives it to whoever has
    // the channel of PACE, since it may be the key that Chip Authentication is to use. And it is what the
    // chip says of itself: what the chip has proven is the key of EF.CardSecurity, which it may share with a
    // batch.
    size_t chip_security;
    // The cipher of the channel to the card, AES or ARIA, on cards whose EF.CardSecurity offers it. On
    // others, and with JUMIN_CIPHER_ANY: the longest key that is offered there, AES before ARIA. It does not
    // follow PACE, as that of a reader does: what the phone has chosen is signed by nobody, and the channel
    // is none of its business; it needs to know neither cipher.
    enum jumin_cipher cipher;
    // Judges the attestation of the device key (`n` 0: there is none). False refuses the phone, which is told
    // `why`, a sentence, if there is one. NULL: any phone may come.
    bool (*attested)(void *context, const uint8_t key[JUMIN_DEVICE_KEY], const uint8_t *attestation, size_t n,
                     char why[JUMIN_ATTESTATION_WHY]);
    void *context;
};

// One session with one phone.
JUMIN_EXPORT enum jumin_error jumin_authenticator_new(struct jumin_authenticator **authenticator,
                                                      const struct jumin_authenticator_options *options);
// Wipes its keys. NULL is allowed.
JUMIN_EXPORT void jumin_authenticator_free(struct jumin_authenticator *authenticator);
JUMIN_EXPORT const char *jumin_authenticator_detail(const struct jumin_authenticator *authenticator);
// Takes the phone's next message and makes the answer, owned by the authenticator until the next call. After
// a failure the session is over; a message behind the last one is refused, and the result stays.
// JUMIN_ERROR_ARGUMENT      the session is over
// JUMIN_ERROR_MALFORMED     it is no message, or not the one that is due
// JUMIN_ERROR_CERTIFICATE   the device key is not attested
// JUMIN_ERROR_NOT_AUTHORIZED the terminal's certificate does not carry the right
// JUMIN_ERROR_SIGNER_UNKNOWN, …SIGNATURE, …REVOKED, …NOT_VALID_NOW   EF.CardSecurity, or EF.ChipSecurity, is
//                           not to be believed
// JUMIN_ERROR_CLONED        the chip does not hold the key of EF.CardSecurity
// JUMIN_ERROR_SECURE_MESSAGING  somebody has changed what came from the card
// JUMIN_ERROR_NO_SUCH_FILE  the card has not the file that was to be read
// JUMIN_ERROR_OTHER_CARD    EF.ChipSecurity does not repeat the key that the chip has proven
// JUMIN_ERROR_NOT_SUPPORTED EF.CardSecurity or EF.ChipSecurity holds no key that is known here
// The commands of the last round go to the card together, so when its answers do not satisfy the server the
// card may have bound the phone all the same. Nothing of the result counts then; the same phone, coming
// again, is the same binding with the same counter.
JUMIN_EXPORT enum jumin_error jumin_authenticator_next(struct jumin_authenticator *authenticator,
                                                       const uint8_t *message, size_t n,
                                                       const uint8_t **answer, size_t *answer_length);

struct jumin_binding {
    uint8_t thumbprint[JUMIN_DEVICE_THUMBPRINT];
    uint32_t counter; // of the card: the highest one is the phone that counts
    const uint8_t
        *portrait; // DG2 as far as it was asked for; NULL when it was not read. Owned by the authenticator
    size_t portrait_length;
    const uint8_t *chip_key; // the card's own key: an uncompressed point (04 || x || y) on the curve that the
                             // profile says; NULL when it was not asked for. Owned by the authenticator
    size_t chip_key_length;
    const uint8_t *attestation; // of the device key, that `attested` has accepted; NULL: there was none, or
                                // nobody has judged it. Owned by the authenticator
    size_t attestation_length;
};
// JUMIN_ERROR_ARGUMENT before the card has answered that the phone is bound.
JUMIN_EXPORT enum jumin_error jumin_authenticator_result(const struct jumin_authenticator *authenticator,
                                                         struct jumin_binding *binding);

#endif
