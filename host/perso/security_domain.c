// The host's side of a GlobalPlatform security domain: secure channel SCP03 (GP Amd D §7.1).
// SPDX-License-Identifier: Apache-2.0
#include "host/perso/security_domain.h"

#include "card/wire/lds.h"
#include <stdio.h>

enum instruction {
    INS_SELECT = 0xA4,
    INS_INITIALIZE_UPDATE = 0x50,
    INS_EXTERNAL_AUTHENTICATE = 0x82,
};

enum {
    SELECT_BY_NAME = 0x04,
    KEY_INFORMATION = 3, // version, protocol, i
    PROTOCOL_SCP03 = 0x03,
};

void security_domain_init(struct security_domain *domain, struct jumin_transport *transport,
                          const struct crypto_random *random, size_t card_data_max)
{
    memset(domain, 0, sizeof *domain);
    domain->transport = transport;
    domain->random = *random;
    struct jumin_limits limits;
    jumin_transport_limits(transport, &limits);
    const bool extended = limits.extended && card_data_max > APDU_SHORT_LC_MAX;
    size_t field = APDU_SHORT_LC_MAX;
    if (extended) {
        const size_t link = limits.command_max > 9 ? limits.command_max - 9 : 0;
        field = card_data_max < link ? card_data_max : link;
    }
    // Room for the MAC of S16 and for the padding of C-ENC, and for the header in our own buffer.
    const size_t most = SECURITY_DOMAIN_COMMAND_MAX - 16;
    field = field < most ? field : most;
    domain->data_max = (field - CRYPTO_BLOCK) / CRYPTO_BLOCK * CRYPTO_BLOCK - 1;
}

void security_domain_end(struct security_domain *domain)
{
    scp03_end(&domain->session);
    crypto_wipe(&domain->keys, sizeof domain->keys);
    crypto_wipe(domain->command, sizeof domain->command);
    crypto_wipe(domain->response, sizeof domain->response);
}

static enum jumin_error refuse(struct security_domain *domain, enum jumin_error error, const char *step,
                               const char *why)
{
    (void)snprintf(domain->detail, sizeof domain->detail, "%s: %s", step, why);
    return error;
}

static enum jumin_error refuse_status(struct security_domain *domain, enum jumin_error error,
                                      const char *step)
{
    (void)snprintf(domain->detail, sizeof domain->detail, "%s: the card answered %04X, %s", step,
                   (unsigned)domain->status, status_word_text(domain->status));
    return error;
}

// Sends what stands in `w` (over domain->command); `data` is borrowed from domain->response.
static enum jumin_error exchange(struct security_domain *domain, const char *step, const struct writer *w,
                                 struct span *data)
{
    size_t n = 0;
    if (w->overflow) {
        return refuse(domain, JUMIN_ERROR_TOO_LONG, step, "the command is too long");
    }
    const enum jumin_error error = jumin_transport_transmit(domain->transport, w->p, w->n, domain->response,
                                                            sizeof domain->response, &n);
    if (error != JUMIN_OK) {
        const char *detail = jumin_transport_detail(domain->transport);
        return refuse(domain, error, step, detail[0] != '\0' ? detail : jumin_error_text(error));
    }
    if (!apdu_response_parse(span_of(domain->response, n), data, &domain->status)) {
        return refuse(domain, JUMIN_ERROR_MALFORMED, step, "the card's answer has no status word");
    }
    return JUMIN_OK;
}

static enum jumin_error plain_command(struct security_domain *domain, const char *step,
                                      const struct apdu_command *command, struct span *data)
{
    struct writer w = writer_of(domain->command, sizeof domain->command);
    apdu_put(&w, command);
    return exchange(domain, step, &w, data);
}

enum jumin_error security_domain_select(struct security_domain *domain)
{
    const struct apdu_command command = {
        .ins = INS_SELECT, .p1 = SELECT_BY_NAME, .data = AID_ISD, .ne = APDU_SHORT_LE_MAX};
    struct span data;
    scp03_end(&domain->session);
    const enum jumin_error error = plain_command(domain, "SELECT of the security domain", &command, &data);
    if (error != JUMIN_OK || domain->status == SW_OK) {
        return error;
    }
    return refuse_status(domain, JUMIN_ERROR_NOT_SUPPORTED, "SELECT of the security domain");
}

// The answer of INITIALIZE UPDATE (GP Amd D §7.1.1.6, table 7-1).
struct initialize_update {
    struct span diversification, information, challenge, cryptogram;
};

static bool parse_initialize_update(struct span data, enum scp03_mode mode, struct initialize_update *update)
{
    return span_take(&data, SCP03_DIVERSIFICATION, &update->diversification) &&
           span_take(&data, KEY_INFORMATION, &update->information) &&
           span_take(&data, (size_t)mode, &update->challenge) &&
           span_take(&data, (size_t)mode, &update->cryptogram) &&
           (data.n == 0 || data.n == SCP03_SEQUENCE_COUNTER) && update->information.p[1] == PROTOCOL_SCP03;
}

static enum jumin_error external_authenticate(struct security_domain *domain, struct span host_cryptogram)
{
    static const char step[] = "EXTERNAL AUTHENTICATE";
    const struct apdu_command command = {.cla = CLA_GLOBALPLATFORM,
                                         .ins = INS_EXTERNAL_AUTHENTICATE,
                                         .p1 = SCP03_LEVEL_FULL,
                                         .data = host_cryptogram};
    struct writer w = writer_of(domain->command, sizeof domain->command);
    struct span data;
    if (!scp03_wrap_command(&domain->session, &command, &w)) {
        return refuse(domain, JUMIN_ERROR_CRYPTO, step, "the command cannot be protected");
    }
    const enum jumin_error error = exchange(domain, step, &w, &data);
    if (error != JUMIN_OK) {
        return error;
    }
    domain->session.level = SCP03_LEVEL_FULL;
    return domain->status == SW_OK ? JUMIN_OK : refuse_status(domain, JUMIN_ERROR_KEYS_REFUSED, step);
}

static enum jumin_error open_channel(struct security_domain *domain, enum scp03_mode mode,
                                     struct span host_challenge, const struct initialize_update *update)
{
    static const char step[] = "INITIALIZE UPDATE";
    uint8_t card_cryptogram[SCP03_CHALLENGE_MAX], host_cryptogram[SCP03_CHALLENGE_MAX];
    if (!scp03_start(&domain->session, &domain->keys, mode, host_challenge, update->challenge) ||
        !scp03_cryptograms(&domain->session, host_challenge, update->challenge, card_cryptogram,
                           host_cryptogram)) {
        return refuse(domain, JUMIN_ERROR_CRYPTO, step, "session keys cannot be derived");
    }
    if (!crypto_equal(card_cryptogram, update->cryptogram.p, (size_t)mode)) {
        (void)snprintf(
            domain->detail, sizeof domain->detail,
            "%s: the card holds other keys (its key version is %02X, SCP03 i = %02X); it was not tried "
            "any further",
            step, domain->key_version, domain->i);
        return JUMIN_ERROR_KEYS_REFUSED;
    }
    return external_authenticate(domain, span_of(host_cryptogram, (size_t)mode));
}

enum jumin_error security_domain_open(struct security_domain *domain, enum scp03_mode mode,
                                      security_domain_key_source *source, void *context)
{
    static const char step[] = "INITIALIZE UPDATE";
    uint8_t host_challenge[SCP03_CHALLENGE_MAX];
    if (!domain->random.fill(domain->random.context, host_challenge, (size_t)mode)) {
        return refuse(domain, JUMIN_ERROR_CRYPTO, step, "no random bytes");
    }
    const struct apdu_command command = {.cla = CLA_GLOBALPLATFORM,
                                         .ins = INS_INITIALIZE_UPDATE,
                                         .data = span_of(host_challenge, (size_t)mode),
                                         .ne = APDU_SHORT_LE_MAX};
    struct span data;
    enum jumin_error error = plain_command(domain, step, &command, &data);
    if (error != JUMIN_OK) {
        return error;
    }
    struct initialize_update update;
    if (domain->status != SW_OK) {
        return refuse_status(domain, JUMIN_ERROR_NOT_SUPPORTED, step);
    }
    if (!parse_initialize_update(data, mode, &update)) {
        return refuse(domain, JUMIN_ERROR_MALFORMED, step, "the answer is not that of SCP03");
    }
    memcpy(domain->diversification, update.diversification.p, SCP03_DIVERSIFICATION);
    domain->key_version = update.information.p[0];
    domain->i = update.information.p[2];
    if (!source(context, domain->key_version, domain->diversification, &domain->keys)) {
        (void)snprintf(domain->detail, sizeof domain->detail, "%s: there are no keys for key version %02X",
                       step, domain->key_version);
        return JUMIN_ERROR_KEYS_REFUSED;
    }
    error = open_channel(domain, mode, span_of(host_challenge, (size_t)mode), &update);
    if (error != JUMIN_OK) {
        security_domain_end(domain);
    }
    return error;
}

enum jumin_error security_domain_command(struct security_domain *domain, const char *step,
                                         const struct apdu_command *plain, struct writer *answer)
{
    struct writer w = writer_of(domain->command, sizeof domain->command);
    uint8_t bytes[SECURITY_DOMAIN_RESPONSE_MAX];
    struct writer opened = writer_of(bytes, sizeof bytes);
    struct span data;
    if (!domain->session.active || !scp03_wrap_command(&domain->session, plain, &w)) {
        return refuse(domain, JUMIN_ERROR_CRYPTO, step, "the command cannot be protected");
    }
    const enum jumin_error error = exchange(domain, step, &w, &data);
    if (error != JUMIN_OK) {
        return error;
    }
    if (domain->status != SW_OK) {
        return refuse_status(domain, JUMIN_ERROR_STATUS, step);
    }
    const bool good = scp03_unwrap_response(&domain->session, data, domain->status, &opened);
    if (good && answer != NULL) {
        writer_put(answer, writer_span(&opened));
    }
    crypto_wipe(bytes, sizeof bytes);
    return good ? JUMIN_OK
                : refuse(domain, JUMIN_ERROR_SECURE_MESSAGING, step, "the answer's checksum is wrong");
}
