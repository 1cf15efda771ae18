#include "reconcile/original.h"

#include "base/alloc.h"
#include "base/digest.h"
#include "base/language.h"
#include "database/failure.h"
#include "database/session.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 1 << 20 };

/* Size and digest of the file, in text. */
static bool measure(FILE *file, const char *path, char *part, char sha256[65], char bytes[24],
                    struct error *error)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    long long total = 0;
    size_t got;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    while ((got = fread(part, 1, PART_BYTES, file)) > 0) {
        EVP_DigestUpdate(context, part, got);
        total += (long long)got;
    }
    EVP_DigestFinal_ex(context, digest, NULL);
    EVP_MD_CTX_free(context);
    digest_hex(digest, 32, sha256);
    snprintf(bytes, 24, "%lld", total);
    rewind(file);
    return !ferror(file) || error_errno(error, path, NULL, _("the file cannot be read"));
}

static bool send_part(PGconn *connection, const char *id, int number, const char *data,
                      size_t length, struct error *error)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    const char *values[] = {id, text, data};
    const int lengths[] = {0, 0, (int)length}, formats[] = {0, 0, 1};
    PGresult *result =
        PQexecParams(connection, "SELECT api.original_part($1::bigint, $2::int, $3::bytea)", 3,
                     NULL, values, lengths, formats, 0);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK ||
                failure_from_result(result, connection, error);
    PQclear(result);
    return good;
}

static bool send_parts(PGconn *connection, const char *id, FILE *file, char *part,
                       struct error *error)
{
    size_t got;
    for (int number = 0; (got = fread(part, 1, PART_BYTES, file)) > 0; number++)
        if (!send_part(connection, id, number, part, got, error))
            return false;
    return true;
}

bool original_send(PGconn *connection, const char *path, char id[ORIGINAL_ID], struct error *error)
{
    char sha256[65], bytes[24], *part = xmalloc(PART_BYTES);
    PGresult *begun = NULL;
    FILE *file = fopen(path, "rb");
    const char *first[] = {sha256, bytes};
    bool good = (file || error_errno(error, path, NULL, _("the file cannot be read"))) &&
                measure(file, path, part, sha256, bytes, error) &&
                session_rows(connection,
                             "SELECT original_id, have FROM api.original_begin($1, $2::bigint)", 2,
                             first, &begun, error);
    if (good) {
        snprintf(id, ORIGINAL_ID, "%s", PQgetvalue(begun, 0, 0));
        good = PQgetvalue(begun, 0, 1)[0] == 't' || send_parts(connection, id, file, part, error);
    }
    PQclear(begun);
    if (file)
        fclose(file);
    free(part);
    return good;
}

bool original_link(PGconn *connection, const char *id, const char *files, struct error *error)
{
    const char *values[] = {id, files};
    return session_do(connection, "SELECT api.original_link($1::bigint, $2::bigint[])", 2, values,
                      error);
}

bool original_keep(PGconn *connection, const char *path, const char *files, struct error *error)
{
    char id[ORIGINAL_ID];
    return original_send(connection, path, id, error) && original_link(connection, id, files, error);
}

bool original_write(PGconn *connection, const char *file, FILE *out, struct error *error)
{
    bool good = true, more = true;
    for (int number = 0; good && more; number++) {
        char text[16];
        snprintf(text, sizeof text, "%d", number);
        const char *values[] = {file, text};
        PGresult *result =
            PQexecParams(connection, "SELECT data FROM api.original_read($1::bigint, $2::int)", 2,
                         NULL, values, NULL, NULL, 1);
        good = PQresultStatus(result) == PGRES_TUPLES_OK ||
               failure_from_result(result, connection, error);
        more = good && PQntuples(result) == 1;
        size_t length = more ? (size_t)PQgetlength(result, 0, 0) : 0;
        if (length && fwrite(PQgetvalue(result, 0, 0), 1, length, out) != length)
            good = error_errno(error, "import", NULL, _("the file cannot be written"));
        PQclear(result);
    }
    return good;
}
