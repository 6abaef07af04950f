// A reader of check_wallet.py before a wallet that an issuer's server has filled: what the wallet shows in
// person, opened and written down for another implementation. The reader is `jumin verify`'s own; nothing is
// verified here.
// SPDX-License-Identifier: Apache-2.0
//
//     wallet_peer WALLET VENUE_KEY PASSPHRASE FOLDER
//
// Writes for each NAME of in-person-signature and in-person-mac: NAME.cbor (DeviceResponse), NAME.transcript
// (SessionTranscriptBytes) and NAME.reader (EReaderKey: its secret, and its point).
#include "host/verifier/meeting.h"
#include "host/verifier/nfc_reader.h"

#include <jumin/wallet_meet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FILE_MAX = 65536 };

static const char *folder;
static struct jumin_wallet *wallet;
static struct jumin_verifier *verifier;
static struct jumin_wallet_meet *meet;

static void demand(bool holds, const char *sentence)
{
    if (!holds) {
        (void)fprintf(stderr, "wallet_peer: %s\n", sentence);
        exit(1);
    }
}

static void write_file(const char *name, const char *ending, struct span bytes)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    FILE *file = fopen(path, "wb");
    demand(file != NULL && fwrite(bytes.p, 1, bytes.n, file) == bytes.n && fclose(file) == 0, path);
}

static void open_parties(const char *path, const char *key_path, const char *passphrase)
{
    static char key[FILE_MAX];
    const struct jumin_verifier_options options = {
        .statuses = {JUMIN_VERIFIER_STATUS_ACCEPT, JUMIN_VERIFIER_STATUS_WARN},
        .trust = {JUMIN_VERIFIER_TRUST_ACCEPT, JUMIN_VERIFIER_TRUST_WARN}};
    FILE *file = fopen(key_path, "rb");
    demand(file != NULL, key_path);
    const size_t n = fread(key, 1, sizeof key, file);
    (void)fclose(file);
    demand(jumin_verifier_new(&verifier, &options) == JUMIN_OK &&
               jumin_verifier_use_key(verifier, key, n, passphrase) == JUMIN_OK,
           "the venue has no key");
    demand(jumin_wallet_open(&wallet, path, passphrase, NULL) == JUMIN_OK, "the wallet does not open");
}

// --- The phone on the reader -----------------------------------------------------------------------------------

static enum jumin_error connect_phone(void *context)
{
    (void)context;
    jumin_wallet_meet_reset(meet);
    return JUMIN_OK;
}

static enum jumin_error transmit(void *context, const uint8_t *command, size_t n, uint8_t *response,
                                 size_t capacity, size_t *length)
{
    (void)context;
    (void)jumin_wallet_meet_command(meet, command, n, (int64_t)time(NULL), response, capacity, length);
    return JUMIN_OK;
}

static void disconnect(void *context)
{
    (void)context;
}

static void limits(void *context, struct jumin_limits *link)
{
    (void)context;
    *link = (struct jumin_limits){.command_max = 261, .response_max = 258};
}

static enum jumin_error say_yes(void *context, const struct jumin_wallet_disclosure *what)
{
    (void)context;
    demand(jumin_wallet_disclosure_refused(what) == NULL, "the wallet refuses the request");
    return JUMIN_OK;
}

// --- The meeting -------------------------------------------------------------------------------------------------

static void write_session(const char *name, const struct meeting *meeting)
{
    uint8_t wrapped_bytes[MDOC_TRANSCRIPT_MAX + 16], key[32 + SIGNER_POINT];
    struct writer wrapped = writer_of(wrapped_bytes, sizeof wrapped_bytes);
    cbor_put_tag(&wrapped, CBOR_TAG_EMBEDDED);
    cbor_put_bytes(&wrapped, meeting->transcript);
    demand(crypto_ec_secret(&meeting->key, key) && crypto_ec_public(&meeting->key, key + 32), "EReaderKey");
    write_file(name, "transcript", writer_span(&wrapped));
    write_file(name, "reader", span_of(key, sizeof key));
}

static void meet_in_person(struct jumin_transport *transport, bool mac, const char *name)
{
    static uint8_t establishment_bytes[FILE_MAX], plain[FILE_MAX];
    static struct meeting meeting;
    const struct jumin_wallet_meet_options options = {.mac = mac, .holder = {say_yes, NULL}};
    struct nfc_reader *reader = NULL;
    struct handover_select select;
    struct session_data data;
    struct span answer;
    struct detail detail = {""};
    struct writer establishment = writer_of(establishment_bytes, sizeof establishment_bytes);
    demand(jumin_wallet_meet_new(&meet, wallet, &options) == JUMIN_OK &&
               jumin_transport_connect(transport) == JUMIN_OK &&
               nfc_reader_new(&reader, transport) == JUMIN_OK,
           "nobody meets");
    demand(nfc_reader_engage(reader, &select) == JUMIN_OK && nfc_reader_select(reader) == JUMIN_OK,
           nfc_reader_detail(reader));
    demand(meeting_begin(&meeting, verifier, select.engagement, select.message, JUMIN_PURPOSE_AGE,
                         (int64_t)time(NULL), &establishment) == JUMIN_OK,
           jumin_verifier_detail(verifier));
    demand(nfc_reader_exchange(reader, writer_span(&establishment), &answer) == JUMIN_OK,
           nfc_reader_detail(reader));
    demand(jumin_wallet_meet_state(meet) == JUMIN_WALLET_MEET_SHOWN, jumin_wallet_meet_detail(meet));
    demand(session_read_data(answer, &data) && data.has_data && data.data.n > SESSION_TAG &&
               session_open(&meeting.session, data.data, plain, &detail) == JUMIN_OK,
           detail.text);
    write_file(name, "cbor", span_of(plain, data.data.n - SESSION_TAG));
    write_session(name, &meeting);
    meeting_end(&meeting);
    nfc_reader_free(reader);
    jumin_wallet_meet_free(meet);
}

int main(int argc, char **argv)
{
    static const struct jumin_transport_functions functions = {connect_phone, transmit, disconnect,
                                                               limits,        NULL,     NULL};
    struct jumin_transport *transport = NULL;
    demand(argc == 5, "usage: wallet_peer WALLET VENUE_KEY PASSPHRASE FOLDER");
    folder = argv[4];
    open_parties(argv[1], argv[2], argv[3]);
    demand(jumin_transport_new(&transport, &functions, NULL) == JUMIN_OK, "no transport");
    meet_in_person(transport, false, "in-person-signature");
    meet_in_person(transport, true, "in-person-mac");
    jumin_transport_free(transport);
    jumin_verifier_free(verifier);
    jumin_wallet_free(wallet);
    return 0;
}
