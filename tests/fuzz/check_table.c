#include "check.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "reconcile/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* A file in memory that has a path. */
static int memory_file(const void *bytes, size_t length, char path[40])
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
        abort();
    snprintf(path, 40, "/proc/self/fd/%d", fd);
    return fd;
}

static const struct profiles *shipped(const char *folder)
{
    static struct profiles profiles;
    struct error error = ERROR_INIT;
    if (profiles.count)
        return &profiles;
    if (!profiles_read(folder, NULL, &profiles, &error)) {
        error_print(&error);
        exit(1);
    }
    profiles_assume(&profiles, "FUZZ", 20000);
    return &profiles;
}

bool check_container(const char *folder, const void *bytes, size_t length,
                     const struct sink *sink, struct error *error)
{
    char path[40];
    int fd = memory_file(bytes, length, path);
    struct container *container = container_open(path, error);
    bool done = container != NULL;
    for (size_t i = 0; done && i < container_count(container); i++) {
        struct source *source;
        struct format format;
        done = container_recognise(container, i, shipped(folder), false, &source, &format, error);
        if (done && !(format.profile && format.profile->layout == LAYOUT_SUMMARY))
            done = format_read(source, &format, sink, error);
        source_close(source);
    }
    container_close(container);
    close(fd);
    return done;
}

static void add_number(struct buffer *out, size_t value, int bytes)
{
    for (; bytes; bytes--, value >>= 8)
        buffer_add_char(out, (char)(value & 0xFF));
}

/* One member, stored as it is: its header in the file and in the list at the end. */
static void add_member(struct buffer *out, struct buffer *list, const char *name,
                       const void *bytes, size_t length)
{
    size_t start = out->length;
    struct buffer *both[] = {out, list};
    for (int i = 0; i < 2; i++) {
        buffer_add_bytes(both[i], i ? "PK\001\002\024\0\024\0" : "PK\003\004\024\0", i ? 8 : 6);
        add_number(both[i], 0, 8); /* flags, stored, time, date */
        add_number(both[i], crc32(0, bytes, (unsigned)length), 4);
        add_number(both[i], length, 4);
        add_number(both[i], length, 4);
        add_number(both[i], strlen(name), 2);
        add_number(both[i], 0, 2);
    }
    add_number(list, 0, 10);
    add_number(list, start, 4);
    buffer_add(list, name);
    buffer_add(out, name);
    buffer_add_bytes(out, bytes, length);
}

bool check_sheet(const char *folder, const void *bytes, size_t length, const struct sink *sink,
                 struct error *error)
{
    static const char *const parts[][2] = {
        {"[Content_Types].xml", "<Types/>"},
        {"xl/workbook.xml", "<workbook><sheets><sheet r:id='a' xmlns:r='r'/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", "<R><Relationship Id='a' Target='s.xml'/></R>"},
        {"xl/styles.xml", "<s><cellXfs><xf numFmtId='0'/><xf numFmtId='22'/></cellXfs></s>"},
        {"xl/sharedStrings.xml", "<sst><si><t>交易时间</t></si><si><t>ref</t></si></sst>"}};
    struct buffer out = BUFFER_INIT, list = BUFFER_INIT;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        add_member(&out, &list, parts[i][0], parts[i][1], strlen(parts[i][1]));
    add_member(&out, &list, "xl/s.xml", bytes, length);
    size_t start = out.length;
    buffer_add_bytes(&out, list.data, list.length);
    buffer_add_bytes(&out, "PK\005\006\0\0\0\0", 8);
    add_number(&out, sizeof parts / sizeof *parts + 1, 2);
    add_number(&out, sizeof parts / sizeof *parts + 1, 2);
    add_number(&out, list.length, 4);
    add_number(&out, start, 4);
    add_number(&out, 0, 2);
    bool done = check_container(folder, out.data, out.length, sink, error);
    buffer_free(&out);
    buffer_free(&list);
    return done;
}

/* The bytes are a profile; a good one reads a table. */
bool check_profile(const void *bytes, size_t length, const struct sink *sink, struct error *error)
{
    static const char text[] = "# No 7, 交易 3 笔 6.00\nd,a,m,r,s\n2026-11-20,A,1.00,R1,x\n"
                               "2026-11-20,A,2.00,R2,y\n20261121,B,-3.00,R3,z\n合计 6.00\n";
    char path[40];
    struct profiles profiles;
    struct format format;
    struct source *source = NULL;
    int fd = memory_file(bytes, length, path);
    bool done = profiles_choose("", path, &profiles, error);
    close(fd);
    if (!done)
        return false;
    profiles_assume(&profiles, NULL, 20000);
    fd = memory_file(text, sizeof text - 1, path);
    struct container *container = container_open(path, error);
    done = container && container_recognise(container, 0, &profiles, true, &source, &format, error);
    if (done && profiles.list[0]->layout != LAYOUT_SUMMARY)
        done = format_read(source, &format, sink, error);
    source_close(source);
    container_close(container);
    profiles_free(&profiles);
    close(fd);
    return done;
}
