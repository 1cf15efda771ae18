#include "reconcile/scan.h"

#include "base/alloc.h"
#include "base/language.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    BLOCK = 1 << 18,
    PAIRS_TO_SINGLES = 4 /* of other encodings of two bytes fewer have a high second one */
};

/* State between blocks: an open UTF-8 sequence and the counts that tell GBK from Western text. */
struct state {
    EVP_MD_CTX *digest;
    uint64_t at;
    int wanted;            /* continuation bytes still expected */
    unsigned char low, high; /* bounds of the next one */
    bool invalid;
    uint64_t invalid_at, sequence_at;
    bool lead;             /* the byte before may be the lead of a GB2312 pair */
    uint64_t pairs, singles;
    bool torn;             /* some bytes are no character of GB18030 */
    bool ascii;
    bool nul;
    uint64_t nul_at;
};

const char *encoding_name(enum encoding encoding)
{
    static const char *const names[] = {"UTF-8", "GB18030", "windows-1252"};
    return names[encoding];
}

bool encoding_find(const char *name, enum encoding *encoding)
{
    static const struct {
        const char *name;
        enum encoding encoding;
    } known[] = {{"utf-8", ENCODING_UTF8},        {"utf8", ENCODING_UTF8},
                 {"gb18030", ENCODING_GB18030},   {"gbk", ENCODING_GB18030},
                 {"gb2312", ENCODING_GB18030},    {"windows-1252", ENCODING_WINDOWS_1252},
                 {"iso-8859-1", ENCODING_WINDOWS_1252}};
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (!strcasecmp(known[i].name, name))
            return *encoding = known[i].encoding, true;
    return false;
}

static void spoil(struct state *state, uint64_t at)
{
    if (!state->invalid)
        state->invalid_at = at;
    state->invalid = true;
    state->wanted = 0;
}

static void start_sequence(struct state *state, unsigned char byte)
{
    state->sequence_at = state->at;
    state->low = 0x80;
    state->high = 0xBF;
    if (byte >= 0xC2 && byte <= 0xDF) {
        state->wanted = 1;
    } else if (byte >= 0xE0 && byte <= 0xEF) {
        state->wanted = 2;
        state->low = byte == 0xE0 ? 0xA0 : 0x80;
        state->high = byte == 0xED ? 0x9F : 0xBF;
    } else if (byte >= 0xF0 && byte <= 0xF4) {
        state->wanted = 3;
        state->low = byte == 0xF0 ? 0x90 : 0x80;
        state->high = byte == 0xF4 ? 0x8F : 0xBF;
    } else {
        spoil(state, state->at);
    }
}

/* Chinese text in GBK is pairs of high bytes; Western text has single ones between letters. Digits
 * follow in characters of four bytes. */
static void count_pair(struct state *state, unsigned char byte)
{
    if (state->lead) {
        state->lead = false;
        if (byte >= 0x80)
            state->pairs++;
        else
            state->singles++;
        if (byte < '0' || (byte > '9' && byte < 0x40) || byte == 0x7F || byte == 0xFF)
            state->torn = true;
    } else if (byte >= 0x80) {
        state->lead = true;
        if (byte == 0x80 || byte == 0xFF)
            state->torn = true;
    }
}

static void take_byte(struct state *state, unsigned char byte)
{
    count_pair(state, byte);
    if (byte >= 0x80)
        state->ascii = false;
    if (byte == 0 && !state->nul) {
        state->nul = true;
        state->nul_at = state->at;
    }
    if (state->wanted) {
        if (byte < state->low || byte > state->high) {
            spoil(state, state->sequence_at);
        } else {
            state->wanted--;
            state->low = 0x80;
            state->high = 0xBF;
            return;
        }
    }
    if (byte >= 0x80)
        start_sequence(state, byte);
}

static void take(struct state *state, const unsigned char *bytes, size_t count)
{
    EVP_DigestUpdate(state->digest, bytes, count);
    for (size_t i = 0; i < count;) {
        uint64_t word;
        if (!state->wanted && !state->lead && i + 8 <= count) {
            memcpy(&word, bytes + i, 8);
            uint64_t zero = (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
            if (!(word & 0x8080808080808080u) && !zero) {
                i += 8;
                state->at += 8;
                continue;
            }
        }
        take_byte(state, bytes[i++]);
        state->at++;
    }
}

static const char *known_binary(const unsigned char *head, size_t length)
{
    static const struct {
        const char *magic;
        size_t length;
        const char *name;
    } known[] = {
        {"PK\003\004", 4, N_("a zip archive or an Excel workbook")},
        {"\037\213", 2, N_("a gzip archive")},
        {"\320\317\021\340", 4, N_("an old Excel workbook")},
        {"%PDF", 4, N_("a PDF document")},
        {"\377\376", 2, N_("UTF-16 text")},
        {"\376\377", 2, N_("UTF-16 text")},
        {"\177ELF", 4, N_("a program")},
        {"\211PNG", 4, N_("a picture")},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (length >= known[i].length && !memcmp(head, known[i].magic, known[i].length))
            return known[i].name;
    return NULL;
}

static bool finish(struct state *state, const char *name, struct scan *scan, struct error *error)
{
    if (state->wanted)
        spoil(state, state->sequence_at);
    scan->bytes = state->at;
    scan->ascii = state->ascii;
    scan->mixed = state->invalid;
    scan->invalid = state->invalid ? state->invalid_at : state->at;
    EVP_DigestFinal_ex(state->digest, scan->sha256, NULL);
    if (!state->at)
        return error_set(error, ERROR_INPUT, name, _("Ask the sender for the file again."),
                         _("the file is empty"));
    if (state->nul)
        return error_set(error, ERROR_INPUT, name,
                         _("Name the statement as the bank delivered it, as text."),
                         _("the file is binary: byte %llu is NUL"),
                         (unsigned long long)state->nul_at);
    scan->encoding = ENCODING_UTF8;
    if (state->invalid)
        scan->encoding =
            state->pairs > state->singles ? ENCODING_GB18030 : ENCODING_WINDOWS_1252;
    scan->certain = !state->invalid || (!state->torn && !state->lead &&
                                        state->pairs > PAIRS_TO_SINGLES * state->singles);
    return true;
}

static bool refuse_binary(const unsigned char *head, size_t length, const char *name,
                          struct error *error)
{
    const char *kind = known_binary(head, length);
    return !kind || error_set(error, ERROR_INPUT, name,
                              _("Unpack it, or save the sheet as CSV (UTF-8), and import that."),
                              _("the file is %s, not a statement in text form"), _(kind));
}

static struct state state_start(void)
{
    struct state state = {.digest = EVP_MD_CTX_new(), .ascii = true};
    EVP_DigestInit_ex(state.digest, EVP_sha256(), NULL);
    return state;
}

bool scan_bytes(const char *bytes, size_t length, const char *name, struct scan *scan,
                struct error *error)
{
    if (!refuse_binary((const unsigned char *)bytes, length, name, error))
        return false;
    struct state state = state_start();
    take(&state, (const unsigned char *)bytes, length);
    bool done = finish(&state, name, scan, error);
    EVP_MD_CTX_free(state.digest);
    return done;
}

/* Takes the whole stream; with `refuse_as`, the name for messages, text is wanted. */
static bool feed(const struct stream *stream, struct state *state, const char *refuse_as,
                 struct error *error)
{
    unsigned char *block = xmalloc(BLOCK);
    ssize_t got;
    bool done = true;
    while (done && (got = stream->read(stream->context, (char *)block, BLOCK, error)) != 0) {
        done = got > 0 && (state->at || !refuse_as ||
                           refuse_binary(block, (size_t)got, refuse_as, error));
        if (done)
            take(state, block, (size_t)got);
    }
    free(block);
    return done;
}

bool scan_stream(const struct stream *stream, const char *name, struct scan *scan,
                 struct error *error)
{
    struct state state = state_start();
    bool done = feed(stream, &state, name, error) && finish(&state, name, scan, error);
    EVP_MD_CTX_free(state.digest);
    return done;
}

bool scan_digest(const struct stream *stream, struct scan *scan, struct error *error)
{
    struct state state = state_start();
    bool done = feed(stream, &state, NULL, error);
    *scan = (struct scan){.bytes = state.at};
    EVP_DigestFinal_ex(state.digest, scan->sha256, NULL);
    EVP_MD_CTX_free(state.digest);
    return done;
}

static ssize_t file_bytes(void *context, char *bytes, size_t room, struct error *error)
{
    ssize_t got;
    (void)error;
    do
        got = read(*(int *)context, bytes, room);
    while (got < 0 && errno == EINTR);
    return got;
}

bool scan_file(int fd, const char *name, struct scan *scan, struct error *error)
{
    struct stream stream = {&fd, file_bytes, NULL, NULL};
    error->kind = ERROR_NONE;
    if (lseek(fd, 0, SEEK_SET) == 0 && scan_stream(&stream, name, scan, error))
        return true;
    return error->kind != ERROR_NONE ? false
                                     : error_errno(error, name, NULL, _("the file cannot be read"));
}
