// CV certificates for tests, as they should be and otherwise (TR-03110-3 §C, §D).
// SPDX-License-Identifier: Apache-2.0
#include "tests/apdu/certificates.h"

#include "tests/unit/crypto_random.h"
#include "tests/unit/unit.h"

// --- Holders ---------------------------------------------------------------------------------------------

static uint64_t seed_of(const char *reference)
{
    uint64_t seed = 0xcbf29ce484222325u; // FNV-1a
    for (; *reference != '\0'; reference++) {
        seed = (seed ^ (uint8_t)*reference) * 0x100000001b3u;
    }
    return seed;
}

void test_holder_make(struct test_holder *holder, const char *reference, enum crypto_curve curve,
                      enum crypto_hash hash)
{
    struct counting_random state;
    const struct crypto_random random = counting_random(&state);
    state.counter = seed_of(reference);
    *holder = (struct test_holder){.hash = hash, .curve = curve};
    assert_in_range(strlen(reference), 1, CVC_REFERENCE_MAX);
    memcpy(holder->reference, reference, strlen(reference));
    assert_true(crypto_ec_generate(&holder->key, curve, &random));
    assert_true(crypto_ec_public(&holder->key, holder->point));
}

void test_holder_release(struct test_holder *holder)
{
    crypto_ec_release(&holder->key);
}

void test_holder_sign(struct test_holder *holder, struct span digest, uint8_t signature[CRYPTO_SIGNATURE_MAX])
{
    struct counting_random state;
    const struct crypto_random random = counting_random(&state);
    assert_true(crypto_ecdsa_sign(&holder->key, &random, digest, signature));
}

// --- Certificates ----------------------------------------------------------------------------------------

static struct span reference_of(const struct test_holder *holder)
{
    return span_of(holder->reference, strlen(holder->reference));
}

struct cv_certificate certificate_plan(const struct test_holder *issuer, const struct test_holder *holder,
                                       enum terminal_type type, enum certificate_role role, rights granted,
                                       cvc_date effective, cvc_date expiration)
{
    return (struct cv_certificate){
        .authority = reference_of(issuer),
        .holder = reference_of(holder),
        .hash = holder->hash,
        .point = span_of(holder->point, crypto_curve_point_length(holder->curve)),
        .has_parameters = role == ROLE_CVCA,
        .curve = holder->curve,
        .authorization = {type, role, granted},
        .effective = effective,
        .expiration = expiration,
    };
}

struct edits {
    const struct certificate_edit *list;
    size_t count;
};

static const struct certificate_edit *edit_of(const struct edits *edits, uint32_t inside, uint32_t tag)
{
    for (size_t i = 0; i < edits->count; i++) {
        if (edits->list[i].inside == inside && edits->list[i].tag == tag) {
            return &edits->list[i];
        }
    }
    return NULL;
}

static void put_halves(struct writer *w, uint32_t tag, struct span first, struct span second)
{
    const size_t object = tlv_open(w, tag);
    writer_put(w, first);
    writer_put(w, second);
    tlv_close(w, object);
}

// The value with its last byte changed.
static void put_flipped(struct writer *w, const struct tlv *object)
{
    tlv_put(w, object->tag, object->value);
    assert_false(w->overflow);
    w->p[w->n - 1] ^= 1;
}

static void put_edited(struct writer *w, const struct tlv *object, const struct certificate_edit *edit,
                       struct span *rest)
{
    const struct span value = object->value;
    struct tlv next;
    switch (edit->kind) {
    case EDIT_OMIT:
        break;
    case EDIT_DOUBLE:
        tlv_put(w, object->tag, value);
        tlv_put(w, object->tag, value);
        break;
    case EDIT_RETAG:
        tlv_put(w, edit->new_tag, value);
        break;
    case EDIT_REPLACE:
        tlv_put(w, object->tag, edit->bytes);
        break;
    case EDIT_INSERT:
        writer_put(w, edit->bytes);
        tlv_put(w, object->tag, value);
        break;
    case EDIT_EMPTY:
        tlv_put(w, object->tag, span_of(NULL, 0));
        break;
    case EDIT_CUT:
        tlv_put(w, object->tag, span_first(value, value.n - 1));
        break;
    case EDIT_PAD:
        put_halves(w, object->tag, value, span_of((const uint8_t[]){0}, 1));
        break;
    case EDIT_FLIP:
        put_flipped(w, object);
        break;
    case EDIT_OVERLONG:
        tlv_put_header(w, object->tag, value.n + 1);
        writer_put(w, value);
        break;
    case EDIT_SWAP:
        assert_int_equal(tlv_next(rest, &next), TLV_OBJECT);
        writer_put(w, next.whole);
        tlv_put(w, object->tag, value);
        break;
    case EDIT_SET_R:
        put_halves(w, object->tag, edit->bytes, span_from(value, value.n / 2));
        break;
    case EDIT_SET_S:
        put_halves(w, object->tag, span_first(value, value.n / 2), edit->bytes);
        break;
    }
}

static bool is_constructed(uint32_t tag)
{
    return tag == CVC_BODY || tag == CVC_PUBLIC_KEY || tag == TAG_CHAT || tag == TAG_CERTIFICATE_EXTENSIONS ||
           tag == TAG_DISCRETIONARY_DATA_TEMPLATE;
}

// Writes the objects of `content`, which lie in `inside`, with their changes.
static void rewrite(struct writer *w, struct span content, uint32_t inside, const struct edits *edits)
{
    struct tlv object;
    while (tlv_next(&content, &object) == TLV_OBJECT) {
        const struct certificate_edit *edit = edit_of(edits, inside, object.tag);
        if (edit != NULL) {
            put_edited(w, &object, edit, &content);
        } else if (inside != 0 && is_constructed(object.tag)) {
            const size_t opened = tlv_open(w, object.tag);
            rewrite(w, object.value, object.tag, edits);
            tlv_close(w, opened);
        } else {
            writer_put(w, object.whole);
        }
    }
}

// The whole 7F4E object with the changes inside it, in `buffer`.
static struct span make_body(const struct cv_certificate *plan, const struct edits *edits,
                             uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    uint8_t good[CVC_MAX];
    struct tlv object;
    struct writer body = writer_of(good, sizeof good);
    cv_certificate_put_body(&body, plan);
    assert_false(body.overflow);
    struct span cursor = writer_span(&body);
    assert_true(tlv_expect(&cursor, CVC_BODY, &object));
    struct writer changed = writer_of(buffer, TEST_CERTIFICATE_MAX);
    const size_t opened = tlv_open(&changed, CVC_BODY);
    rewrite(&changed, object.value, CVC_BODY, edits);
    tlv_close(&changed, opened);
    assert_false(changed.overflow);
    return writer_span(&changed);
}

struct span certificate_make(const struct cv_certificate *plan, struct test_holder *issuer,
                             const struct certificate_edit *edits, size_t count,
                             uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    const struct edits changes = {edits, count};
    uint8_t body_bytes[TEST_CERTIFICATE_MAX];
    uint8_t signed_bytes[TEST_CERTIFICATE_MAX];
    uint8_t digest[CRYPTO_HASH_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    const struct span body = make_body(plan, &changes, body_bytes);
    assert_true(crypto_hash_parts(issuer->hash, &body, 1, digest));
    test_holder_sign(issuer, span_of(digest, crypto_hash_length(issuer->hash)), signature);

    struct writer whole = writer_of(signed_bytes, sizeof signed_bytes);
    writer_put(&whole, body);
    tlv_put(&whole, CVC_SIGNATURE, span_of(signature, 2 * crypto_curve_length(issuer->curve)));
    struct writer w = writer_of(buffer, TEST_CERTIFICATE_MAX);
    rewrite(&w, writer_span(&whole), 0, &changes); // the body is signed: nothing changes inside it any more
    assert_false(w.overflow);
    return writer_span(&w);
}

struct span certificate_good(const struct cv_certificate *plan, struct test_holder *issuer,
                             uint8_t buffer[TEST_CERTIFICATE_MAX])
{
    return certificate_make(plan, issuer, NULL, 0, buffer);
}
