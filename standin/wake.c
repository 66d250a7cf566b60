/*
 * standin wake DEVICE
 *
 * For a testbed that is restored from a snapshot: already there when it is saved, it answers a few milliseconds after it
 * goes on, where a new process takes a hundred times as long on an emulated CPU. DEVICE is a port of virtio-serial, on which the
 * runner sends records of 72 bytes: the time in milliseconds since 1970 (little-endian, 8 bytes), then 64 random bytes.
 * Sets the clock, and stirs the rest into the kernel's random number generator: all that start from one snapshot
 * would get the same numbers. Answers each with one line, `awake` or what went wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "standin.h"

/* linux/random.h */
#define RNDADDENTROPY_ 0x40085203
#define RNDRESEEDCRNG_ 0x5207

struct record {
  long long ms;
  unsigned char random[64];
};

/* A port reads as ended while nobody is at the runner's side. */
static void read_whole(int device, void *into, size_t count) {
  for (size_t at = 0; at < count;) {
    ssize_t got = read(device, (char *)into + at, count - at);
    if (got > 0) at += (size_t)got;
    else pause_ms(5);
  }
}

static const char *set_clock(long long ms) {
  struct timespec now = {ms / 1000, ms % 1000 * 1000000};
  return clock_settime(CLOCK_REALTIME, &now) == 0 ? NULL : "clock";
}

static const char *stir(const unsigned char *bytes, int count) {
  struct {
    int bits, count;
    unsigned char bytes[64];
  } pool = {count * 8, count, {0}};
  memcpy(pool.bytes, bytes, (size_t)count);
  int random = open("/dev/random", O_RDWR | O_CLOEXEC);
  int stirred = random >= 0 && ioctl(random, RNDADDENTROPY_, &pool) == 0 && ioctl(random, RNDRESEEDCRNG_, NULL) == 0;
  int error = errno;
  if (random >= 0) close(random);
  errno = error;
  return stirred ? NULL : "random";
}

int wake(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: standin wake DEVICE\n");
    return 64;
  }
  int device = open(argv[1], O_RDWR | O_CLOEXEC);
  if (device < 0) {
    fprintf(stderr, "%s: %s\n", argv[1], errno_name(errno));
    return 1;
  }
  for (;;) {
    struct record record;
    read_whole(device, &record, sizeof record);
    const char *failed = set_clock(record.ms);
    if (failed == NULL) failed = stir(record.random, sizeof record.random);
    char answer[64];
    if (failed == NULL) snprintf(answer, sizeof answer, "awake\n");
    else snprintf(answer, sizeof answer, "%s: %s\n", failed, errno_name(errno));
    write_all(device, answer, strlen(answer));
  }
}
