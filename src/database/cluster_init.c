#include "database/cluster_inside.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/language.h"
#include "database/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Small, safe, local. Time limits for statements belong to roles and to the console's connection,
 * because loaders need none. */
static const char settings[] =
    "# Written by bankops; put your own settings into postgresql.conf below the include line.\n"
    "listen_addresses = ''\n"
    "unix_socket_permissions = 0700\n"
    "max_connections = 100\n"
    "work_mem = 8MB\n"
    "maintenance_work_mem = 128MB\n"
    "effective_cache_size = 2GB\n"
    "random_page_cost = 1\n"
    "max_wal_size = 1GB\n"
    "wal_level = minimal\n"
    "max_wal_senders = 0\n"
    "max_logical_replication_workers = 0\n"
    "max_worker_processes = 4\n"
    "max_parallel_workers_per_gather = 1\n"
    "jit = off\n"
    "huge_pages = off\n"
    "fsync = on\n"
    "full_page_writes = on\n"
    "password_encryption = 'scram-sha-256'\n"
    "client_connection_check_interval = '2s'\n"
    "idle_in_transaction_session_timeout = '60s'\n"
    "logging_collector = off\n"
    "log_destination = 'stderr'\n"
    "log_line_prefix = '%m [%p] %q%u '\n"
    "log_parameter_max_length = 0\n"
    "log_parameter_max_length_on_error = 0\n";

static const char access_rules[] =
    "# Written by bankops: local logins by operating-system account\n"
    "local all all peer map=bankops\n"
    "host  all all all reject\n";

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)walk;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

/* Only folders of an initdb that never finished have such a name. */
static void remove_unfinished(const struct home *home)
{
    static const char prefix[] = "cluster.new.";
    DIR *directory = opendir(home->base);
    struct dirent *entry;
    while (directory && (entry = readdir(directory))) {
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1))
            continue;
        char *path = home_file(home, entry->d_name);
        nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        free(path);
    }
    if (directory)
        closedir(directory);
}

/* The line of initdb's output that says what was wrong. */
static bool initdb_failed(const char *data, char *output, struct error *error)
{
    char *reason = strstr(output, "FATAL:  ");
    reason = reason ? reason + 8 : strstr(output, "error: ");
    reason = !reason ? output : !strncmp(reason, "error: ", 7) ? reason + 7 : reason;
    reason[strcspn(reason, "\n")] = '\0';
    return error_set(error, ERROR_SYSTEM, data,
                     strstr(reason, "shared memory segment")
                         ? _("Give /dev/shm at least 64 MB (docker run --shm-size=256m).")
                         : _("Check free space and permissions of this folder."),
                     _("initdb failed: %.300s"), reason);
}

static bool run_initdb(const char *data, struct error *error)
{
    char *directory = program_directory(0, error);
    if (!directory)
        return false;
    char *program = xasprintf("%s/initdb", directory);
    const char *const argv[] = {program,
                                "-D",
                                data,
                                "-U",
                                CLUSTER_SUPERUSER,
                                "-E",
                                "UTF8",
                                "--locale=C.UTF-8",
                                "--data-checksums",
                                "--auth-local=peer",
                                "--auth-host=reject",
                                "--no-instructions",
                                "--no-sync", /* init_sync() does it beside the rest */
                                NULL};
    struct buffer output = BUFFER_INIT;
    int status = process_run(argv, process_clean_environment(), &output, error);
    if (status > 0 && output.length)
        initdb_failed(data, output.data, error);
    else if (status > 0)
        error_set(error, ERROR_SYSTEM, data, _("Check free space and permissions of this folder."),
                  _("initdb failed: %.300s"), "");
    buffer_free(&output);
    free(program);
    free(directory);
    return status == 0;
}

static bool write_in(const char *data, const char *name, const char *text, struct error *error)
{
    char *path = xasprintf("%s/%s", data, name);
    bool done = file_write(path, text, strlen(text), error);
    free(path);
    return done;
}

/* Containers often have a tiny /dev/shm. */
static bool shared_memory_is_small(void)
{
    struct statvfs status;
    return statvfs("/dev/shm", &status) < 0 ||
           (uint64_t)status.f_bavail * status.f_frsize < 256u << 20;
}

/* One part in 64 of the machine's memory. The server keeps 4 MB of books for every 100 MB, also
 * while it is idle. */
static long buffer_megabytes(void)
{
    long megabytes = sysconf(_SC_PHYS_PAGES) / 64 * sysconf(_SC_PAGESIZE) >> 20;
    return megabytes < 64 ? 64 : megabytes > 256 ? 256 : megabytes;
}

static bool write_settings(const char *data, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    buffer_add(&text, settings);
    buffer_format(&text, "shared_buffers = %ldMB\n", buffer_megabytes());
    if (shared_memory_is_small())
        buffer_add(&text, "dynamic_shared_memory_type = mmap\n");
    bool done = write_in(data, "bankops.conf", buffer_text(&text), error);
    buffer_free(&text);
    if (!done)
        return false;
    char *path = xasprintf("%s/postgresql.conf", data);
    FILE *file = fopen(path, "ae");
    done = file && fputs("\ninclude 'bankops.conf'\n", file) >= 0;
    done = (!file || fclose(file) == 0) && done;
    if (!done)
        error_errno(error, path, NULL, _("cannot be written"));
    free(path);
    return done;
}

static bool sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

/* The folder gets its name when everything is in it, and its stamp when everything is on disk. */
static bool publish(const struct home *home, const char *fresh, struct error *error)
{
    return rename(fresh, home->data) == 0 ||
           error_errno(error, home->data, NULL, _("the new database cannot be put in place"));
}

bool init_discard(const struct home *home, const struct progress *progress, struct error *error)
{
    if (!home_is_unfinished(home))
        return true;
    if (!server_stop(home, progress, error))
        return false;
    char *aside = xasprintf("%s.new.%ld", home->data, (long)getpid());
    bool done =
        rename(home->data, aside) == 0 ||
        error_errno(error, home->data, NULL, _("the unfinished database cannot be removed"));
    free(aside);
    remove_unfinished(home);
    return done;
}

bool init_cluster(const struct home *home, const struct progress *progress, struct error *error)
{
    progress_say(progress, _("creating the database cluster"));
    if (!init_discard(home, progress, error))
        return false;
    remove_unfinished(home);
    char *fresh = xasprintf("%s.new.%ld", home->data, (long)getpid());
    bool done = run_initdb(fresh, error) && write_settings(fresh, error) &&
                write_in(fresh, "pg_hba.conf", access_rules, error) &&
                login_write_first(home, fresh, error) &&
                write_in(fresh, CLUSTER_NEW, "format 1\n", error) && publish(home, fresh, error);
    if (!done)
        remove_unfinished(home);
    free(fresh);
    return done;
}

bool init_sync(const struct home *home, struct error *error)
{
    struct buffer output = BUFFER_INIT;
    char *directory = program_directory(0, error);
    char *program = directory ? xasprintf("%s/initdb", directory) : NULL;
    const char *const argv[] = {program, "--sync-only", "-D", home->data, NULL};
    int status = program ? process_run(argv, process_clean_environment(), &output, error) : -1;
    if (status > 0)
        error_set(error, ERROR_SYSTEM, home->data, _("Check the disk."),
                  _("the new database cannot be written to disk: %.300s"), buffer_text(&output));
    buffer_free(&output);
    free(program);
    free(directory);
    return status == 0 &&
           (sync_path(home->base) || error_errno(error, home->base, NULL, _("cannot be written")));
}

bool init_stamp(const struct home *home, struct error *error)
{
    char *path = xasprintf("%s/" CLUSTER_NEW, home->data);
    bool done =
        write_in(home->data, CLUSTER_STAMP, "format 1\n", error) &&
        (sync_path(home->data) || error_errno(error, home->data, NULL, _("cannot be written")));
    if (done)
        unlink(path);
    free(path);
    return done;
}
