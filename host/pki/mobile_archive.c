// All certificates that the roots of the mobile credential have issued: those of the keys that are there, and
// those that were replaced, which what they signed still leads to, and which may have to be revoked.
// SPDX-License-Identifier: Apache-2.0
#include "host/pki/mobile_pki.h"

#include "host/pki/oids.h"
#include "host/pki/purposes.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

// Where the certificates that were replaced are, below each root.
static const char *folder_of(enum jumin_mobile_key root)
{
    return root == JUMIN_MOBILE_VENUE_ROOT ? "venues/former" : "signers";
}

enum jumin_error mobile_archive(struct jumin_mobile_pki *pki, enum jumin_mobile_key root, const char *name,
                                const struct pki_bytes *certificate)
{
    struct x509_certificate parsed;
    char serial[JUMIN_SERIAL], path[MOBILE_NAME_MAX];
    const char *why = "";
    if (!x509_parse(span_of(certificate->p, certificate->n), &parsed, &why)) {
        return detail_set(&pki->detail, JUMIN_ERROR_CERTIFICATE, "%s.key: %s", name, why);
    }
    signer_serial_text(parsed.serial, serial);
    (void)snprintf(path, sizeof path, "%s/%s-%s", folder_of(root), name, serial);
    const enum jumin_error error = mobile_make_folder(pki, folder_of(root));
    return error == JUMIN_OK ? mobile_save_certificate(pki, path, parsed.whole) : error;
}

// --- Names ---------------------------------------------------------------------------------------------------------

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

enum jumin_error mobile_list_names(struct jumin_mobile_pki *pki, const char *folder, const char *suffix,
                                   char (**names)[JUMIN_MOBILE_NAME], size_t *count)
{
    char path[PATH_MAX];
    *count = 0;
    *names = calloc(VENUES_MAX, sizeof **names);
    enum jumin_error error = *names != NULL ? mobile_path(pki, folder, "", path) : JUMIN_ERROR_MEMORY;
    DIR *opened = error == JUMIN_OK ? opendir(path) : NULL;
    if (opened == NULL) {
        return error == JUMIN_OK && errno != ENOENT
                   ? detail_set(&pki->detail, JUMIN_ERROR_FILE, "%s: cannot be read", path)
                   : error;
    }
    for (const struct dirent *entry = NULL; (entry = readdir(opened)) != NULL && *count < VENUES_MAX;) {
        const size_t n = strspn(entry->d_name, name_characters);
        if (n > 0 && n < JUMIN_MOBILE_NAME && strcmp(entry->d_name + n, suffix) == 0) {
            memcpy((*names)[*count], entry->d_name, n);
            (*count)++;
        }
    }
    closedir(opened);
    qsort(*names, *count, sizeof **names, by_name);
    return JUMIN_OK;
}

// --- What a certificate says -----------------------------------------------------------------------------------------

void mobile_describe(const char *name, const struct x509_certificate *parsed, const struct x509_crl *list,
                     struct jumin_mobile_certificate *certificate)
{
    struct span value;
    *certificate = (struct jumin_mobile_certificate){
        .not_before = parsed->not_before,
        .not_after = parsed->not_after,
        .revoked = x509_crl_lists(list, parsed->serial),
    };
    (void)snprintf(certificate->name, sizeof certificate->name, "%s", name);
    signer_serial_text(parsed->serial, certificate->serial);
    if (x509_name_attribute(parsed->subject, OID_COMMON_NAME, &value)) {
        (void)snprintf(certificate->subject, sizeof certificate->subject, "%.*s", (int)value.n,
                       (const char *)value.p);
    }
    if (x509_extension_value(parsed, OID_READER_PURPOSES, &value)) {
        (void)purposes_parse(value, &certificate->purposes);
    }
}

// --- All of them -----------------------------------------------------------------------------------------------------

typedef void each_certificate(void *context, const char *name, const struct x509_certificate *certificate);

// Those of one folder that are named NAME + suffix.
static enum jumin_error each_of(struct jumin_mobile_pki *pki, const char *folder, const char *suffix,
                                each_certificate *each, void *context)
{
    char(*names)[JUMIN_MOBILE_NAME] = NULL;
    size_t count = 0;
    enum jumin_error error = mobile_list_names(pki, folder, suffix, &names, &count);
    for (size_t i = 0; i < count && error == JUMIN_OK; i++) {
        struct pki_bytes der;
        struct x509_certificate parsed;
        char name[MOBILE_NAME_MAX];
        const char *why = "";
        (void)snprintf(name, sizeof name, "%s/%s", folder, names[i]);
        error = mobile_load_certificate(pki, name, suffix, &der);
        if (error == JUMIN_OK && x509_parse(span_of(der.p, der.n), &parsed, &why)) {
            each(context, name, &parsed);
        }
    }
    free(names);
    return error;
}

enum jumin_error mobile_each_certificate(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                         each_certificate *each, void *context)
{
    enum jumin_error error = each_of(pki, folder_of(root), ".crt", each, context);
    if (error == JUMIN_OK && root == JUMIN_MOBILE_VENUE_ROOT) {
        return each_of(pki, "venues", ".key", each, context);
    }
    for (unsigned i = 0; i < JUMIN_MOBILE_KEYS && error == JUMIN_OK; i++) {
        const enum jumin_mobile_key key = (enum jumin_mobile_key)i;
        struct pki_bytes der;
        struct x509_certificate parsed;
        const char *why = "";
        if (key == root || mobile_root_of(key) != root) {
            continue;
        }
        error = mobile_load_certificate(pki, jumin_mobile_key_name(key), ".key", &der);
        if (error == JUMIN_OK && x509_parse(span_of(der.p, der.n), &parsed, &why)) {
            each(context, jumin_mobile_key_name(key), &parsed);
        }
    }
    return error;
}

struct listing {
    struct jumin_mobile_certificate *certificates;
    size_t capacity, *count;
    const struct x509_crl *list;
};

static void add(void *context, const char *name, const struct x509_certificate *certificate)
{
    const struct listing *listing = context;
    if (*listing->count < listing->capacity) {
        mobile_describe(name, certificate, listing->list, &listing->certificates[*listing->count]);
    }
    *listing->count += 1;
}

enum jumin_error jumin_mobile_pki_former(struct jumin_mobile_pki *pki, enum jumin_mobile_key root,
                                         struct jumin_mobile_certificate *certificates, size_t capacity,
                                         size_t *count)
{
    struct pki_bytes der;
    struct x509_crl list;
    struct listing listing = {certificates, capacity, count, &list};
    if (pki == NULL || count == NULL || (certificates == NULL && capacity > 0) ||
        (root != JUMIN_MOBILE_IACA && root != JUMIN_MOBILE_VENUE_ROOT)) {
        return JUMIN_ERROR_ARGUMENT;
    }
    *count = 0;
    const enum jumin_error error = mobile_load_list(pki, jumin_mobile_key_name(root), &der, &list);
    return error == JUMIN_OK ? each_of(pki, folder_of(root), ".crt", add, &listing) : error;
}
