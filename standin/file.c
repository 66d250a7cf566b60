/*
 * standin put MODE PATH [DEVICE OFFSET LENGTH]
 * standin get PATH DEVICE OFFSET LIMIT
 *
 * Files in and out of a testbed that is a VM: small ones by standard input, others by a disk that its runner reads and
 * writes as a file. The guest agent's own way, base64 in JSON, takes a second for 2 MB on an emulated CPU.
 *
 * put  writes PATH, parent folders made, so that nobody sees half of it, whoever else writes it; MODE in octal.
 * get  writes PATH to the disk and prints how many bytes it has; EFBIG where that is more than LIMIT.
 *
 * DEVICE is read and written past the page cache, where the runner would not see it. OFFSET is in bytes, a multiple of
 * 4096. Exit code 1 and the errno's name on standard error where it does not work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "standin.h"

#define BLOCK 4096
#define CHUNK (1024 * 1024)

static char *aligned(void) {
  void *memory = NULL;
  if (posix_memalign(&memory, BLOCK, CHUNK) != 0) abort();
  return memory;
}

static int fail(const char *path, int error) {
  fprintf(stderr, "%s: %s\n", errno_name(error), path);
  return 1;
}

void make_parents(const char *path) {
  char parent[4096];
  snprintf(parent, sizeof parent, "%s", path);
  for (char *slash = strchr(parent + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    mkdir(parent, 0755);
    *slash = '/';
  }
}

/* As much as there is, up to `count`; -1 on an error. */
static ssize_t read_up_to(int from, char *bytes, size_t count) {
  size_t got = 0;
  while (got < count) {
    ssize_t more = read(from, bytes + got, count - got);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return -1;
    if (more == 0) break;
    got += (size_t)more;
  }
  return (ssize_t)got;
}

static size_t whole_blocks(size_t count) { return (count + BLOCK - 1) / BLOCK * BLOCK; }

/* From the disk when `device` is given, else from standard input. Returns an errno. */
static int receive(int to, const char *device, long long offset, long long length) {
  char *bytes = aligned();
  int from = device == NULL ? 0 : open(device, O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (from < 0 || (device != NULL && lseek(from, offset, SEEK_SET) < 0)) return errno;
  while (device == NULL || length > 0) {
    size_t wanted = device == NULL || length > CHUNK ? CHUNK : (size_t)length;
    ssize_t got = read_up_to(from, bytes, device == NULL ? wanted : whole_blocks(wanted));
    if (got < 0) return errno;
    if (device == NULL && got == 0) return 0;
    if (device != NULL && (size_t)got < wanted) return EIO;
    size_t count = device == NULL ? (size_t)got : wanted;
    int error = write_all(to, bytes, count);
    if (error) return error;
    length -= (long long)count;
  }
  return 0;
}

int put(int argc, char **argv) {
  if (argc != 3 && argc != 6) {
    fprintf(stderr, "usage: standin put MODE PATH [DEVICE OFFSET LENGTH]\n");
    return 64;
  }
  const char *path = argv[2];
  char partial[4096];
  snprintf(partial, sizeof partial, "%s.part-%d", path, (int)getpid());
  make_parents(path);
  int to = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (to < 0) return fail(path, errno);
  int error = argc == 3 ? receive(to, NULL, 0, 0) : receive(to, argv[3], atoll(argv[4]), atoll(argv[5]));
  if (!error && fchmod(to, (mode_t)strtol(argv[1], NULL, 8)) != 0) error = errno;
  if (close(to) != 0 && !error) error = errno;
  if (!error && rename(partial, path) != 0) error = errno;
  if (error) unlink(partial);
  return error ? fail(path, error) : 0;
}

int get(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: standin get PATH DEVICE OFFSET LIMIT\n");
    return 64;
  }
  const char *path = argv[1], *device = argv[2];
  long long limit = atoll(argv[4]), total = 0;
  int from = open(path, O_RDONLY | O_CLOEXEC);
  if (from < 0) return fail(path, errno);
  int to = open(device, O_WRONLY | O_DIRECT | O_CLOEXEC);
  if (to < 0 || lseek(to, atoll(argv[3]), SEEK_SET) < 0) return fail(device, errno);
  char *bytes = aligned();
  for (;;) {
    ssize_t got = read_up_to(from, bytes, CHUNK);
    if (got < 0) return fail(path, errno);
    if (got == 0) break;
    if (total + got > limit) return fail(path, EFBIG);
    size_t whole = whole_blocks((size_t)got);
    memset(bytes + got, 0, whole - (size_t)got);
    int error = write_all(to, bytes, whole);
    if (error) return fail(device, error);
    total += got;
  }
  if (fsync(to) != 0) return fail(device, errno);
  printf("%lld\n", total);
  return 0;
}
