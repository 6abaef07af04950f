// Makes offers for people who do not exist, faster than a counter: make_offers HOME URL OFFICER FIRST COUNT
// [PORTRAIT]
// SPDX-License-Identifier: Apache-2.0
//
// Writes a line each: the reference of the QR, the code on the receipt, the credential's number. The
// officer's passphrase is in JUMIN_OFFICER_PASSPHRASE, URL the records' (a file, or postgresql://…).
#include <jumin/credential.h>
#include <jumin/master_key.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_MAX_HERE = 4096, PERSON_MAX = 1024, PHOTO_MAX = 1 << 20, NUMBERS = 1000000, DECIMAL = 10 };

static bool load_key(const char *home, const char *name, uint8_t key[JUMIN_MASTER_KEY])
{
    char path[PATH_MAX_HERE];
    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    return jumin_master_key_load(path, false, key) == JUMIN_OK;
}

static enum jumin_error make_offer(struct jumin_station *station, unsigned long number, const uint8_t *photo,
                                   size_t photo_length)
{
    static const char format[] =
        "{\"surname\": {\"hangul\": \"홍\"}, \"given_names\": {\"hangul\": \"길순\"}, \"birth_date\": "
        "\"%04lu-03-14\", \"sex\": \"F\", \"nationality\": \"KOR\", \"issuing_state\": \"KOR\","
        " \"issuing_authority\": \"견본시장\", \"municipality_code\": \"3611010100\","
        " \"registration_number\": \"%02lu2314-2%06lu\"}";
    char person[PERSON_MAX];
    struct jumin_decision decision;
    struct jumin_offer offer;
    const unsigned long year = 1950 + number / NUMBERS;
    const int n = snprintf(person, sizeof person, format, year, year % 100, number % NUMBERS);
    const struct jumin_offer_form form = {.person = person,
                                          .person_length = (size_t)n,
                                          .photo = photo,
                                          .photo_length = photo_length,
                                          .holds_card = true,
                                          .proof = JUMIN_PROOF_COUNTER};
    const enum jumin_error error = jumin_station_offer(station, &form, &decision, &offer);
    if (error == JUMIN_OK) {
        (void)printf("%s %s %s\n", offer.reference, offer.tx_code, offer.credential);
    }
    return error;
}

int main(int argc, char **argv)
{
    static uint8_t photo[PHOTO_MAX];
    uint8_t data_key[JUMIN_MASTER_KEY], audit_key[JUMIN_MASTER_KEY];
    struct jumin_policy *policy = NULL;
    struct jumin_station *station = NULL;
    const char *passphrase = getenv("JUMIN_OFFICER_PASSPHRASE");
    size_t n = 0;
    if (argc < 6 || passphrase == NULL || !load_key(argv[1], "station.key", data_key) ||
        !load_key(argv[1], "audit.key", audit_key) || jumin_policy_new(&policy) != JUMIN_OK) {
        (void)fprintf(stderr, "make_offers HOME URL OFFICER FIRST COUNT [PORTRAIT]\n");
        return 2;
    }
    if (argc > 6) {
        FILE *file = fopen(argv[6], "rb");
        n = file != NULL ? fread(photo, 1, sizeof photo, file) : 0;
        (void)(file != NULL && fclose(file));
    }
    const struct jumin_station_options options = {
        .database = argv[2], .data_key = data_key, .audit_key = audit_key, .policy = policy};
    enum jumin_error error = jumin_station_open(&station, &options);
    error = error == JUMIN_OK ? jumin_station_login(station, argv[3], passphrase) : error;
    const unsigned long first = strtoul(argv[4], NULL, DECIMAL), count = strtoul(argv[5], NULL, DECIMAL);
    for (unsigned long i = first; i < first + count && error == JUMIN_OK; i++) {
        error = make_offer(station, i, n > 0 ? photo : NULL, n);
    }
    if (error != JUMIN_OK) {
        (void)fprintf(stderr, "%s: %s\n", jumin_error_name(error), jumin_station_detail(station));
    }
    jumin_station_close(station);
    jumin_policy_free(policy);
    return error == JUMIN_OK ? 0 : 1;
}
