// A wallet is shown in person: the session (proximity.h) over the phone's NFC (<jumin/wallet_nfc.h>), what a
// request would disclose, and the holder's answer.
// SPDX-License-Identifier: Apache-2.0
#include <jumin/wallet_meet.h>

#include <stdio.h>
#include <stdlib.h>

#include "host/mobile/nfc_transfer.h"
#include "host/mobile/session_encryption.h"
#include "host/wallet/proximity.h"
#include "host/wallet/showing.h"
#include <jumin/wallet_nfc.h>

enum { LIMIT_UNLESS_GIVEN = 0xFEFF };

struct jumin_wallet_meet {
    struct jumin_wallet *wallet;
    struct jumin_wallet_meet_options options;
    struct engagement_nfc limits;
    char text[ENGAGEMENT_TEXT_MAX]; // of the QR code; "": by NFC
    struct proximity *proximity;    // NULL: the one session of a QR code is over, or there is no key for one
    struct jumin_wallet_nfc *nfc;   // NULL only without memory
    struct disclosure_plan plan;
    struct jumin_wallet_disclosure what;
    bool question; // a request waits for the holder
    bool requested, over;
    int64_t asked_at;
    enum jumin_wallet_meet_state state;
    struct detail detail;
    uint8_t response[PROXIMITY_RESPONSE_MAX], message[NFC_MESSAGE_MAX];
};

// --- Beginning and end -----------------------------------------------------------------------------------------

// A new key, for one session.
static enum jumin_error renew(struct jumin_wallet_meet *meet)
{
    const struct engagement_nfc none = {0, 0};
    struct jumin_wallet_nfc_options phone = {NULL, 0, meet->limits.command_max, meet->limits.response_max};
    proximity_free(meet->proximity);
    jumin_wallet_nfc_free(meet->nfc);
    meet->nfc = NULL;
    meet->requested = false;
    enum jumin_error error = proximity_new(&meet->proximity, meet->options.qr ? &meet->limits : &none);
    if (error == JUMIN_OK && !meet->options.qr) {
        const struct span engagement = proximity_engagement(meet->proximity);
        phone.engagement = engagement.p;
        phone.engagement_length = engagement.n;
    } else if (error == JUMIN_OK && !engagement_to_text(proximity_engagement(meet->proximity), meet->text)) {
        error = JUMIN_ERROR_TOO_LONG;
    }
    return error == JUMIN_OK ? jumin_wallet_nfc_new(&meet->nfc, &phone) : error;
}

enum jumin_error jumin_wallet_meet_new(struct jumin_wallet_meet **meet, struct jumin_wallet *wallet,
                                       const struct jumin_wallet_meet_options *options)
{
    if (meet == NULL || wallet == NULL) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *meet = NULL;
    struct jumin_wallet_meet *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    made->wallet = wallet;
    made->what.plan = &made->plan;
    if (options != NULL) {
        made->options = *options;
    }
    made->limits.command_max =
        made->options.command_max != 0 ? made->options.command_max : LIMIT_UNLESS_GIVEN;
    made->limits.response_max =
        made->options.response_max != 0 ? made->options.response_max : LIMIT_UNLESS_GIVEN;
    const enum jumin_error error = engagement_nfc_good(&made->limits) ? renew(made) : JUMIN_ERROR_ARGUMENT;
    if (error != JUMIN_OK) {
        jumin_wallet_meet_free(made);
        return error;
    }
    *meet = made;
    return JUMIN_OK;
}

// Nothing is shown: the holder's history says why.
static void refuse(struct jumin_wallet_meet *meet, int64_t now)
{
    (void)disclosure_refuse(meet->wallet, &meet->plan, now, meet->detail.text);
    meet->state = JUMIN_WALLET_MEET_REFUSED;
}

// Who has asked waits no longer.
static void give_up(struct jumin_wallet_meet *meet)
{
    if (meet->question) {
        (void)detail_set(&meet->detail, JUMIN_ERROR_CANCELLED, "%s",
                         meet->plan.refused ? meet->plan.why
                                            : "the reader has not waited for the holder's answer");
        refuse(meet, meet->asked_at);
    }
    meet->question = false;
    disclosure_release(&meet->plan);
}

// `fetching`: the reader is still about it.
static void look_whether_sent(struct jumin_wallet_meet *meet, bool fetching)
{
    if (meet->state != JUMIN_WALLET_MEET_SENDING) {
        return;
    }
    if (!fetching) {
        meet->state = JUMIN_WALLET_MEET_FAILED;
        (void)detail_set(&meet->detail, JUMIN_ERROR_CARD_REMOVED,
                         "the reader has left before it had all that is shown");
    } else if (!jumin_wallet_nfc_sending(meet->nfc)) {
        meet->state = JUMIN_WALLET_MEET_SHOWN;
    }
}

void jumin_wallet_meet_free(struct jumin_wallet_meet *meet)
{
    if (meet == NULL) {
        return;
    }
    give_up(meet);
    proximity_free(meet->proximity);
    jumin_wallet_nfc_free(meet->nfc);
    crypto_wipe(meet, sizeof *meet);
    free(meet);
}

void jumin_wallet_meet_reset(struct jumin_wallet_meet *meet)
{
    give_up(meet);
    look_whether_sent(meet, false);
    meet->over = meet->over || meet->requested;
    if (!meet->options.qr) {
        (void)renew(meet); // without a key it answers that there is no session
        return;
    }
    if (meet->requested) {
        proximity_free(meet->proximity);
        meet->proximity = NULL;
    }
    jumin_wallet_nfc_reset(meet->nfc);
}

// --- What is to be seen of it ------------------------------------------------------------------------------------

const char *jumin_wallet_meet_qr(const struct jumin_wallet_meet *meet)
{
    return meet->text[0] != '\0' ? meet->text : NULL;
}

const struct jumin_wallet_disclosure *jumin_wallet_meet_disclosure(const struct jumin_wallet_meet *meet)
{
    return meet->question ? &meet->what : NULL;
}

enum jumin_wallet_meet_state jumin_wallet_meet_state(const struct jumin_wallet_meet *meet)
{
    return meet->state;
}

bool jumin_wallet_meet_over(const struct jumin_wallet_meet *meet)
{
    return meet->over;
}

const char *jumin_wallet_meet_detail(const struct jumin_wallet_meet *meet)
{
    return meet->detail.text;
}

// --- Answers -----------------------------------------------------------------------------------------------------

// SessionData to the reader; none where the verifier has ended the session.
static void reply(struct jumin_wallet_meet *meet, const struct writer *message, uint8_t *response,
                  size_t capacity, size_t *length)
{
    (void)jumin_wallet_nfc_reply(meet->nfc, message->p, message->overflow ? 0 : message->n, response,
                                 capacity, length);
}

// The holder has said yes: a copy is taken and the history written, then DeviceResponse is made.
static enum jumin_error show(struct jumin_wallet_meet *meet, int64_t now, struct writer *shown)
{
    const bool mac = meet->options.mac && meet->wallet->keys.agree != NULL;
    const enum jumin_error error = disclosure_take(meet->wallet, &meet->plan, now, &meet->detail);
    if (error != JUMIN_OK) {
        return error;
    }
    const enum jumin_error made =
        disclosure_device_response(&meet->plan, NULL, proximity_transcript(meet->proximity),
                                   mac ? proximity_reader_key(meet->proximity) : span_of(NULL, 0), shown);
    if (made == JUMIN_ERROR_TOO_LONG || (made == JUMIN_OK && shown->overflow)) {
        return detail_set(&meet->detail, JUMIN_ERROR_TOO_LONG,
                          "what would be shown is longer than a message");
    }
    return made == JUMIN_OK ? JUMIN_OK
                            : detail_set(&meet->detail, made, "the key of the credential does not answer");
}

static enum jumin_error decide(struct jumin_wallet_meet *meet, enum jumin_error said, int64_t now,
                               struct writer *message)
{
    struct writer shown = writer_of(meet->response, sizeof meet->response);
    enum jumin_error error = said;
    if (error == JUMIN_OK) {
        error = show(meet, now, &shown);
    }
    if (error != JUMIN_OK) {
        refuse(meet, now);
    } else {
        meet->state = JUMIN_WALLET_MEET_SENDING;
    }
    const enum jumin_error sent =
        proximity_send(meet->proximity, error == JUMIN_OK ? writer_span(&shown) : span_of(NULL, 0), message);
    crypto_wipe(meet->response, sizeof meet->response);
    if (error == JUMIN_OK && sent != JUMIN_OK) {
        (void)detail_set(&meet->detail, sent, "%s", proximity_detail(meet->proximity));
        refuse(meet, now);
        error = sent;
    }
    meet->question = false;
    disclosure_release(&meet->plan);
    return error;
}

// What a plan that is refused, or a holder who says no, comes to.
static enum jumin_error said(struct jumin_wallet_meet *meet, bool yes)
{
    if (meet->plan.refused) {
        return detail_set(&meet->detail, JUMIN_ERROR_NOT_AUTHORIZED, "%s", meet->plan.why);
    }
    return yes ? JUMIN_OK : detail_set(&meet->detail, JUMIN_ERROR_CANCELLED, "the holder said no");
}

enum jumin_error jumin_wallet_meet_decide(struct jumin_wallet_meet *meet, bool yes, int64_t now,
                                          uint8_t *response, size_t capacity, size_t *length)
{
    struct writer message = writer_of(meet->message, sizeof meet->message);
    *length = 0;
    if (!meet->question) {
        return JUMIN_ERROR_ARGUMENT;
    }
    const enum jumin_error error = decide(meet, said(meet, yes), now, &message);
    reply(meet, &message, response, capacity, length);
    look_whether_sent(meet, true);
    return error;
}

// --- Commands ----------------------------------------------------------------------------------------------------

static void fail(struct jumin_wallet_meet *meet)
{
    meet->over = true;
    if (meet->state != JUMIN_WALLET_MEET_SHOWN) {
        meet->state = JUMIN_WALLET_MEET_FAILED;
    }
}

// A message of the verifier. True: it is a request, which waits for the holder.
static bool take_message(struct jumin_wallet_meet *meet, int64_t now, struct writer *answer)
{
    const uint8_t *message = NULL, *handover = NULL;
    size_t n = 0, handover_length = 0;
    jumin_wallet_nfc_message(meet->nfc, &message, &n);
    jumin_wallet_nfc_handover(meet->nfc, &handover, &handover_length);
    if (meet->proximity == NULL) {
        session_put_status(answer, SESSION_TERMINATION);
        (void)detail_set(&meet->detail, JUMIN_ERROR_CRYPTO, "there is no session");
        fail(meet);
        return false;
    }
    meet->over = false;
    meet->requested = true;
    enum jumin_error error =
        proximity_receive(meet->proximity, span_of(message, n), span_of(handover, handover_length), answer);
    if (error == JUMIN_ERROR_CANCELLED) {
        meet->over = true;
        return false;
    }
    if (error != JUMIN_OK) {
        (void)detail_set(&meet->detail, error, "%s", proximity_detail(meet->proximity));
        fail(meet);
        return false;
    }
    error =
        disclosure_of_device_request(meet->wallet, proximity_request(meet->proximity),
                                     proximity_transcript(meet->proximity), now, &meet->plan, &meet->detail);
    if (error != JUMIN_OK) {
        (void)proximity_send(meet->proximity, span_of(NULL, 0), answer);
        fail(meet);
        return false;
    }
    meet->question = true;
    meet->asked_at = now;
    meet->state = JUMIN_WALLET_MEET_ASKED;
    return true;
}

enum jumin_wallet_meet_event jumin_wallet_meet_command(struct jumin_wallet_meet *meet, const uint8_t *command,
                                                       size_t n, int64_t now, uint8_t *response,
                                                       size_t capacity, size_t *length)
{
    struct writer answer = writer_of(meet->message, sizeof meet->message);
    give_up(meet);
    if (meet->nfc == NULL) {
        struct writer w = writer_of(response, capacity);
        writer_put_u16(&w, SW_NO_PRECISE_DIAGNOSIS);
        *length = w.n;
        return JUMIN_WALLET_MEET_RESPONSE;
    }
    if (jumin_wallet_nfc_command(meet->nfc, command, n, response, capacity, length) ==
        JUMIN_WALLET_NFC_MESSAGE) {
        if (!take_message(meet, now, &answer)) {
            reply(meet, &answer, response, capacity, length);
        } else if (meet->options.holder.decide == NULL) {
            return JUMIN_WALLET_MEET_QUESTION;
        } else {
            const enum jumin_error yes = showing_ask(&meet->plan, &meet->options.holder, &meet->detail);
            (void)decide(meet, yes, now, &answer);
            reply(meet, &answer, response, capacity, length);
            look_whether_sent(meet, true);
            return JUMIN_WALLET_MEET_RESPONSE;
        }
    }
    look_whether_sent(meet, n > 1 && command[1] == INS_GET_RESPONSE);
    return JUMIN_WALLET_MEET_RESPONSE;
}
