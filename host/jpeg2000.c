// JPEG 2000 (ISO 15444-1) in and out through OpenJPEG, as plain RGB pixels, with limits on what a file may
// ask for.
// SPDX-License-Identifier: Apache-2.0
#include "host/jpeg2000.h"

#include <stdio.h>
#include <stdlib.h>

#include <openjpeg.h>

enum {
    TILES_MAX = 64, // OpenJPEG keeps some kilobytes for each before it looks at any
    LEVELS_MAX = 6,
    BOXES = 85, // that a JP2 of ours has around its codestream
    AIM_STEP = 16,
    HEADERS_MAX = 4096,          // more than a file's boxes and marker segments take
    BOX_HEADER = 8,              // ISO 15444-1 §I.4: length, type
    BOX_HEADER_LONG = 16,        // and the length in 8 bytes
    BOX_CODESTREAM = 0x6A703263, // "jp2c"
    SIZ = 4, // ISO 15444-1 §A.5.1, behind SOC and the marker: Lsiz, Rsiz, eight sizes, Csiz, components
    SIZ_FIXED = 38,
    SIZ_COMPONENT = 3,
    DEPTH_8_BITS = 7, // Ssiz: one less, unsigned
};

// --- Memory as OpenJPEG's stream ---------------------------------------------------------------------------

struct memory {
    uint8_t *p;
    const uint8_t *from; // of reading
    size_t n, at, capacity;
};

static OPJ_SIZE_T stream_read(void *to, OPJ_SIZE_T n, void *context)
{
    struct memory *memory = context;
    const size_t left = memory->n - memory->at, taken = n < left ? n : left;
    if (taken == 0) {
        return (OPJ_SIZE_T)-1; // the end
    }
    memcpy(to, memory->from + memory->at, taken);
    memory->at += taken;
    return taken;
}

static OPJ_SIZE_T stream_write(void *from, OPJ_SIZE_T n, void *context)
{
    struct memory *memory = context;
    if (n > memory->capacity - memory->at) {
        return (OPJ_SIZE_T)-1;
    }
    memcpy(memory->p + memory->at, from, n);
    memory->at += n;
    memory->n = memory->at > memory->n ? memory->at : memory->n;
    return n;
}

static OPJ_BOOL stream_seek(OPJ_OFF_T to, void *context)
{
    struct memory *memory = context;
    const size_t end = memory->p != NULL ? memory->capacity : memory->n;
    if (to < 0 || (uint64_t)to > end) {
        return OPJ_FALSE;
    }
    memory->at = (size_t)to;
    return OPJ_TRUE;
}

static OPJ_OFF_T stream_skip(OPJ_OFF_T n, void *context)
{
    const struct memory *memory = context;
    return stream_seek((OPJ_OFF_T)memory->at + n, context) ? n : -1;
}

static opj_stream_t *open_stream(struct memory *memory, bool reading)
{
    opj_stream_t *stream = opj_stream_default_create(reading);
    if (stream != NULL) {
        opj_stream_set_user_data(stream, memory, NULL);
        opj_stream_set_user_data_length(stream, memory->n);
        opj_stream_set_read_function(stream, stream_read);
        opj_stream_set_write_function(stream, stream_write);
        opj_stream_set_seek_function(stream, stream_seek);
        opj_stream_set_skip_function(stream, stream_skip);
    }
    return stream;
}

// --- Decoding ----------------------------------------------------------------------------------------------

static bool refuse(char detail[PICTURE_DETAIL_MAX], const char *why)
{
    (void)snprintf(detail, PICTURE_DETAIL_MAX, "the JPEG 2000 cannot be decoded: %s", why);
    return false;
}

// OpenJPEG ends its sentences with a line feed; the first one is the cause.
static void keep_first(const char *message, void *context)
{
    char *detail = context;
    if (detail[0] == '\0') {
        (void)refuse(detail, message);
        detail[strcspn(detail, "\n")] = '\0';
    }
}

static uint32_t number(struct span bytes, size_t at, size_t n)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++) {
        value = value << 8 | bytes.p[at + i];
    }
    return value;
}

// The codestream in the boxes of a JP2 file, or the file itself. OpenJPEG does not get to see the boxes.
static struct span find_codestream(struct span file)
{
    while (file.n >= BOX_HEADER && file.p[0] != 0xFF) {
        uint64_t length = number(file, 0, 4);
        size_t header = BOX_HEADER;
        if (length == 1 && file.n >= BOX_HEADER_LONG) {
            length = (uint64_t)number(file, 8, 4) << 32 | number(file, 12, 4);
            header = BOX_HEADER_LONG;
        } else if (length == 0) {
            length = file.n; // to the end
        }
        if (length < header || length > file.n) {
            return span_of(NULL, 0);
        }
        if (number(file, 4, 4) == BOX_CODESTREAM) {
            return span_from(span_first(file, (size_t)length), header);
        }
        file = span_from(file, (size_t)length);
    }
    return file;
}

// Reads SIZ (ISO 15444-1 §A.5.1) before OpenJPEG allocates by it.
static bool check_size(struct span codestream, char detail[PICTURE_DETAIL_MAX])
{
    static const uint8_t start[SIZ] = {0xFF, 0x4F, 0xFF, 0x51};
    const struct span siz = span_from(codestream, SIZ);
    if (!span_equal(span_first(codestream, SIZ), span_of(start, SIZ)) || siz.n < SIZ_FIXED) {
        return refuse(detail, "it has no codestream");
    }
    const uint32_t components = number(siz, 36, 2);
    const uint64_t right = number(siz, 4, 4), bottom = number(siz, 8, 4);
    const uint64_t tile_width = number(siz, 20, 4), tile_height = number(siz, 24, 4);
    if (number(siz, 12, 4) != 0 || number(siz, 16, 4) != 0 || number(siz, 28, 4) != 0 ||
        number(siz, 32, 4) != 0) {
        return refuse(detail, "it does not begin at the corner of its grid");
    }
    if (right == 0 || bottom == 0 || right > JPEG2000_SIDE_MAX || bottom > JPEG2000_SIDE_MAX) {
        return refuse(detail, "it has no pixels, or too many");
    }
    if (tile_width == 0 || tile_height == 0 ||
        (right + tile_width - 1) / tile_width * ((bottom + tile_height - 1) / tile_height) > TILES_MAX) {
        return refuse(detail, "it has too many tiles");
    }
    if ((components != 1 && components != PICTURE_CHANNELS) ||
        siz.n < SIZ_FIXED + (size_t)components * SIZ_COMPONENT) {
        return refuse(detail, "it is neither grey nor RGB");
    }
    for (size_t i = 0; i < components; i++) {
        static const uint8_t usual[SIZ_COMPONENT] = {DEPTH_8_BITS, 1, 1};
        if (!span_equal(span_first(span_from(siz, SIZ_FIXED + i * SIZ_COMPONENT), SIZ_COMPONENT),
                        span_of(usual, sizeof usual))) {
            return refuse(detail, "it has other than 8 bits a sample, or colours of less detail");
        }
    }
    return true;
}

static uint8_t clamp(OPJ_INT32 value)
{
    return (uint8_t)(value < 0 ? 0 : value > UINT8_MAX ? UINT8_MAX : value);
}

static bool take_pixels(const opj_image_t *image, struct picture *picture)
{
    const unsigned width = image->x1, height = image->y1;
    for (size_t i = 0; i < image->numcomps; i++) {
        if (image->comps[i].data == NULL || image->comps[i].w != width || image->comps[i].h != height) {
            return false;
        }
    }
    *picture = (struct picture){NULL, width, height, width, height};
    picture->rgb = malloc(picture_bytes(picture));
    for (size_t i = 0; picture->rgb != NULL && i < picture_bytes(picture); i++) {
        const size_t component = image->numcomps == 1 ? 0 : i % PICTURE_CHANNELS;
        picture->rgb[i] = clamp(image->comps[component].data[i / PICTURE_CHANNELS]);
    }
    return picture->rgb != NULL;
}

enum jumin_error jpeg2000_decode(struct span file, struct picture *picture, char detail[PICTURE_DETAIL_MAX])
{
    const struct span codestream = find_codestream(file);
    struct memory memory = {.from = codestream.p, .n = codestream.n};
    opj_dparameters_t parameters;
    opj_image_t *image = NULL;
    *picture = (struct picture){0};
    if (!check_size(codestream, detail)) {
        return JUMIN_ERROR_INPUT;
    }
    detail[0] = '\0';
    opj_codec_t *codec = opj_create_decompress(OPJ_CODEC_J2K);
    opj_stream_t *stream = open_stream(&memory, true);
    opj_set_default_decoder_parameters(&parameters);
    const bool ok = codec != NULL && stream != NULL &&
                    opj_set_error_handler(codec, keep_first, detail) && // warnings are not asked for
                    opj_setup_decoder(codec, &parameters) && opj_read_header(stream, codec, &image) &&
                    opj_decode(codec, stream, image) && opj_end_decompress(codec, stream) &&
                    take_pixels(image, picture);
    if (!ok && detail[0] == '\0') {
        (void)refuse(detail, "it is damaged, or there is no memory");
    }
    opj_image_destroy(image);
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    return ok ? JUMIN_OK : JUMIN_ERROR_INPUT;
}

// --- Encoding ----------------------------------------------------------------------------------------------

static opj_image_t *image_of(const struct picture *picture)
{
    opj_image_cmptparm_t components[PICTURE_CHANNELS];
    for (size_t i = 0; i < PICTURE_CHANNELS; i++) {
        components[i] = (opj_image_cmptparm_t){
            .dx = 1, .dy = 1, .w = picture->width, .h = picture->height, .prec = 8, .bpp = 8};
    }
    opj_image_t *image = opj_image_create(PICTURE_CHANNELS, components, OPJ_CLRSPC_SRGB);
    if (image == NULL) {
        return NULL;
    }
    image->x1 = picture->width;
    image->y1 = picture->height;
    for (size_t i = 0; i < picture_bytes(picture); i++) {
        image->comps[i % PICTURE_CHANNELS].data[i / PICTURE_CHANNELS] = picture->rgb[i];
    }
    return image;
}

// One tile, one layer, the 9-7 wavelet and the colour transform: what takes the fewest bytes.
static opj_cparameters_t parameters_for(const struct picture *picture, size_t most)
{
    static char comment[] = "jumin"; // else OpenJPEG's version stands there
    opj_cparameters_t parameters;
    const unsigned side = picture->width < picture->height ? picture->width : picture->height;
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = 1;
    parameters.tcp_rates[0] = (float)picture_bytes(picture) / (float)most;
    parameters.cp_disto_alloc = 1;
    parameters.irreversible = 1;
    parameters.tcp_mct = 1;
    parameters.cp_comment = comment;
    parameters.numresolution = LEVELS_MAX;
    while (parameters.numresolution > 1 && side >> (parameters.numresolution - 1) == 0) {
        parameters.numresolution--;
    }
    return parameters;
}

static bool encode(const struct picture *picture, size_t most, struct memory *memory)
{
    opj_cparameters_t parameters = parameters_for(picture, most);
    opj_image_t *image = image_of(picture);
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_JP2);
    opj_stream_t *stream = open_stream(memory, false);
    const bool ok = image != NULL && codec != NULL && stream != NULL &&
                    opj_setup_encoder(codec, &parameters, image) &&
                    opj_start_compress(codec, image, stream) && opj_encode(codec, stream) &&
                    opj_end_compress(codec, stream);
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
    return ok;
}

enum jumin_error jpeg2000_encode(const struct picture *picture, size_t most, uint8_t **bytes, size_t *n)
{
    const size_t capacity = picture_bytes(picture) + HEADERS_MAX;
    struct memory memory = {.p = malloc(capacity), .capacity = capacity};
    if (memory.p == NULL) {
        return JUMIN_ERROR_MEMORY;
    }
    // OpenJPEG aims at the codestream's length, which it may miss by a little; the boxes come on top.
    size_t aim = most > BOXES ? most - BOXES : 0;
    bool ok = true;
    do {
        memory.n = memory.at = 0;
        ok = aim > 0 && encode(picture, aim, &memory);
        const size_t excess = memory.n > most ? memory.n - most + AIM_STEP : 0;
        aim = excess < aim ? aim - excess : 0;
    } while (ok && memory.n > most);
    if (!ok) {
        free(memory.p);
        return JUMIN_ERROR_TOO_LONG;
    }
    *bytes = memory.p;
    *n = memory.n;
    return JUMIN_OK;
}
