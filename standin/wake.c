/*
 * standin wake MILLISECONDS
 *
 * For a testbed that was restored from a snapshot: sets the clock (since 1970), and stirs standard input, which must be
 * random, into the kernel's random number generator; without that, all that start from one snapshot get the same numbers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "standin.h"

/* linux/random.h */
#define RNDADDENTROPY_ 0x40085203
#define RNDRESEEDCRNG_ 0x5207

int wake(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: standin wake MILLISECONDS\n");
    return 64;
  }
  struct {
    int bits, count;
    unsigned char bytes[256];
  } pool;
  long long ms = atoll(argv[1]);
  struct timespec now = {ms / 1000, ms % 1000 * 1000000};
  if (clock_settime(CLOCK_REALTIME, &now) != 0) {
    fprintf(stderr, "clock: %s\n", errno_name(errno));
    return 1;
  }
  ssize_t got = read(0, pool.bytes, sizeof pool.bytes);
  pool.count = got > 0 ? (int)got : 0;
  pool.bits = pool.count * 8;
  int random = open("/dev/random", O_RDWR | O_CLOEXEC);
  if (pool.count < 32 || random < 0 || ioctl(random, RNDADDENTROPY_, &pool) != 0 ||
      ioctl(random, RNDRESEEDCRNG_, NULL) != 0) {
    fprintf(stderr, "random: %s\n", pool.count < 32 ? "too few bytes" : errno_name(errno));
    return 1;
  }
  return 0;
}
