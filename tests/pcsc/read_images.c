// Reads card images back with the public reader, several at once: read_images TRUST-FOLDER THREADS <LIST.
//
// Each line of the list is an image and the MRZ that opens it. Each is answered by a line: the image, and
// "issued" with document number, birth date, expiry date and name as the card gives them, once passive, chip
// and active authentication have passed; or "not-issued" with the error's name.
// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/image_link.h"
#include <jumin/reader.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE = 4400, THREADS_MAX = 64 };

struct job {
    pthread_mutex_t lock; // of the list and of the answers
    const char *trust;
};

// --- Reading ---------------------------------------------------------------------------------------------------

static enum jumin_error judge(struct jumin_document *document, const struct jumin_trust *trust)
{
    struct jumin_report *report = NULL;
    enum jumin_error error = jumin_document_verify(document, trust, (int64_t)time(NULL), &report);
    if (error == JUMIN_OK &&
        (jumin_report_verdict(report) != JUMIN_PASSED || jumin_report_chip(report) != JUMIN_PASSED)) {
        error = JUMIN_ERROR_SIGNATURE;
    }
    jumin_report_free(report);
    return error;
}

static enum jumin_error read_card(struct jumin_transport *transport, const char *mrz,
                                  const struct jumin_trust *trust, struct jumin_mrz *found)
{
    struct jumin_reader *reader = NULL;
    struct jumin_document *document = NULL;
    enum jumin_error error = jumin_reader_new(&reader, transport);
    if (error == JUMIN_OK) {
        error = jumin_reader_set_password(reader, JUMIN_PASSWORD_MRZ, mrz);
    }
    if (error == JUMIN_OK) {
        error = jumin_reader_read(reader, &document);
    }
    if (error == JUMIN_OK) {
        error = judge(document, trust);
    }
    if (error == JUMIN_OK) {
        error = jumin_document_mrz(document, found);
    }
    jumin_document_free(document);
    jumin_reader_free(reader);
    return error;
}

static enum jumin_error read_image(struct image_link *image, const char *path, const char *mrz,
                                   const struct jumin_trust *trust, struct jumin_mrz *found)
{
    struct jumin_transport *transport = NULL;
    if (!image_link_open(image, path)) {
        return JUMIN_ERROR_FILE;
    }
    enum jumin_error error = jumin_transport_new(&transport, &image_link_functions, image);
    if (error == JUMIN_OK) {
        error = read_card(transport, mrz, trust, found);
    }
    jumin_transport_free(transport);
    image_link_close(image);
    return error;
}

static void answer(const char *path, enum jumin_error error, const struct jumin_mrz *mrz)
{
    if (error == JUMIN_OK) {
        (void)printf("%s issued %s %s %s %s<<%s\n", path, mrz->document_number, mrz->birth_date,
                     mrz->expiry_date, mrz->primary_name, mrz->secondary_name);
    } else {
        (void)printf("%s not-issued %s\n", path, jumin_error_name(error));
    }
}

static void *work(void *context)
{
    struct job *job = context;
    struct image_link *image = calloc(1, sizeof *image);
    struct jumin_trust *trust = NULL;
    char line[LINE], path[LINE], mrz[LINE];
    bool ready = image != NULL && jumin_trust_new(&trust) == JUMIN_OK &&
                 jumin_trust_add_directory(trust, job->trust) == JUMIN_OK;
    while (ready) {
        struct jumin_mrz found;
        (void)pthread_mutex_lock(&job->lock);
        ready = fgets(line, sizeof line, stdin) != NULL && sscanf(line, "%4399s %4399s", path, mrz) == 2;
        (void)pthread_mutex_unlock(&job->lock);
        if (ready) {
            const enum jumin_error error = read_image(image, path, mrz, trust, &found);
            (void)pthread_mutex_lock(&job->lock);
            answer(path, error, &found);
            (void)pthread_mutex_unlock(&job->lock);
        }
    }
    jumin_trust_free(trust);
    free(image);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    const unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    struct job job = {.trust = argc == 3 ? argv[1] : NULL};
    unsigned long started = 0;
    if (count < 1 || count > THREADS_MAX) {
        (void)fprintf(stderr, "usage: read_images TRUST-FOLDER THREADS <LIST\n");
        return 2;
    }
    (void)pthread_mutex_init(&job.lock, NULL);
    while (started < count && pthread_create(&threads[started], NULL, work, &job) == 0) {
        started++;
    }
    for (unsigned long i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    return started == count ? EXIT_SUCCESS : EXIT_FAILURE;
}
