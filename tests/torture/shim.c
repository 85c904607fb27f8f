/* Preloaded into a till under test: counts, logs, fails or ends the process at what it does to one store's files.
 *
 * A step is a write, sync, cut or removal of a file whose path begins with `folder` and contains `part`, and a read
 * where reads are wanted. The numbers below are those of shim.py. With a log, steps and what is written to standard output follow one another in the
 * order in which they happened.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PASS, KILL, TEAR_AND_KILL, FAIL, FAIL_ON, SHORT, SHORT_ON }; /* ..._ON: from that step on, all of them */

static char folder[PATH_MAX], part[64];
static long count, fired, at = -1;
static int how, code, reads, log_fd = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

void torture_watch(const char *prefix, const char *name) {
    pthread_mutex_lock(&turn);
    strncpy(folder, prefix, sizeof folder - 1);
    strncpy(part, name, sizeof part - 1);
    count = fired = 0;
    at = -1;
    pthread_mutex_unlock(&turn);
}

void torture_stop(long step, int action, int error) { at = step < 0 ? -1 : count + step; how = action; code = error; }
void torture_reads(int on) { reads = on; } /* whether reads are steps, too */
void torture_log(int fd) { log_fd = fd; }
long torture_count(void) { return count; }
long torture_fired(void) { return fired; }

static int watched(const char *path) { return *folder && !strncmp(path, folder, strlen(folder)) && strstr(path, part); }

static int path_of(int fd, char *path) {
    char link[32] = "/proc/self/fd/", digits[12];
    int n = 0, end = 14;
    if (!*folder || fd < 0) return 0;
    do digits[n++] = (char)('0' + fd % 10); while (fd /= 10);
    while (n) link[end++] = digits[--n];
    link[end] = 0;
    ssize_t size = syscall(SYS_readlink, link, path, PATH_MAX - 1);
    path[size > 0 ? size : 0] = 0;
    return size > 0 && watched(path);
}

/* A record: kind, length of the path, offset (or new size), length of the data, path, data. */
static void note(char kind, const char *path, int64_t offset, const void *data, ssize_t size) {
    if (log_fd < 0 || size < 0) return;
    struct { uint32_t kind, path; int64_t offset, size; } head = {(uint32_t)kind, (uint32_t)strlen(path), offset, size};
    syscall(SYS_write, log_fd, &head, sizeof head);
    syscall(SYS_write, log_fd, path, head.path);
    if (data) syscall(SYS_write, log_fd, data, (size_t)size);
}

/* What becomes of this step: how many of `size` bytes to write first, and whether to report an error after that. */
static int judge(size_t size, size_t *first) {
    long now = count++, after = now - at;
    *first = size;
    if (at < 0 || after < 0) return PASS;
    if (how == KILL && !after) *first = 0;
    else if ((how == TEAR_AND_KILL || how == SHORT || how == SHORT_ON) && !after) *first = size / 2;
    else if ((how == FAIL && !after) || how == FAIL_ON || (how == SHORT && after == 1) || how == SHORT_ON) *first = 0;
    else return PASS;
    fired++;
    return how;
}

static void end(void) { syscall(SYS_kill, getpid(), SIGKILL); }

static ssize_t put(int fd, const void *data, size_t size, off_t offset, int placed) {
    char path[PATH_MAX];
    struct stat now;
    size_t first;
    if (!path_of(fd, path)) {
        if (fd != 1 || log_fd < 0) return placed ? syscall(SYS_pwrite64, fd, data, size, offset) : syscall(SYS_write, fd, data, size);
        pthread_mutex_lock(&turn);
        ssize_t said = syscall(SYS_write, fd, data, size);
        note('A', "", 0, data, said);
        pthread_mutex_unlock(&turn);
        return said;
    }
    pthread_mutex_lock(&turn);
    int verdict = judge(size, &first);
    if (!placed && (fcntl(fd, F_GETFL) & O_APPEND)) offset = fstat(fd, &now) ? 0 : now.st_size;
    else if (!placed) offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done = 0;
    if (first) done = placed ? syscall(SYS_pwrite64, fd, data, first, offset) : syscall(SYS_write, fd, data, first);
    if (verdict == KILL || verdict == TEAR_AND_KILL) end();
    note('W', path, offset, data, done);
    pthread_mutex_unlock(&turn);
    if (verdict != PASS && !first) { errno = code; return -1; }
    return done;
}

/* A step that carries no data: returns whether it fails, with the turn taken; `leave` gives it back. */
static int enter(void) {
    size_t none;
    pthread_mutex_lock(&turn);
    int verdict = judge(0, &none);
    if (verdict == KILL || verdict == TEAR_AND_KILL) end();
    return verdict != PASS;
}

static int leave(char kind, const char *path, int64_t size, long result) {
    if (!result || kind == 'F') note(kind, path, size, NULL, 0);
    pthread_mutex_unlock(&turn);
    if (kind == 'F') errno = code;
    return (int)result;
}

static int flush(int fd, long call) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return (int)syscall(call, fd);
    return enter() ? leave('F', path, 0, -1) : leave('S', path, 0, syscall(call, fd));
}

static int cut(int fd, off_t size) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) return (int)syscall(SYS_ftruncate, fd, size);
    return enter() ? leave('F', path, 0, -1) : leave('T', path, size, syscall(SYS_ftruncate, fd, size));
}

static ssize_t get(int fd, void *data, size_t size, off_t offset, int placed) {
    char path[PATH_MAX];
    if (reads && path_of(fd, path)) {
        if (enter()) return leave('F', path, 0, -1);
        pthread_mutex_unlock(&turn);
    }
    return placed ? syscall(SYS_pread64, fd, data, size, offset) : syscall(SYS_read, fd, data, size);
}

ssize_t read(int fd, void *data, size_t size) { return get(fd, data, size, 0, 0); }
ssize_t pread(int fd, void *data, size_t size, off_t offset) { return get(fd, data, size, offset, 1); }
ssize_t pread64(int fd, void *data, size_t size, off64_t offset) { return get(fd, data, size, offset, 1); }
ssize_t write(int fd, const void *data, size_t size) { return put(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return put(fd, data, size, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { return put(fd, data, size, offset, 1); }
int fsync(int fd) { return flush(fd, SYS_fsync); }
int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

int unlink(const char *path) {
    if (!watched(path)) return (int)syscall(SYS_unlink, path);
    return enter() ? leave('F', path, 0, -1) : leave('U', path, 0, syscall(SYS_unlink, path));
}
