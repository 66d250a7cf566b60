#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "standin.h"

int write_all(int to, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t written = write(to, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      struct pollfd ready = {to, POLLOUT, 0};
      poll(&ready, 1, -1);
      continue;
    }
    if (written < 0) return errno;
    next += written;
    count -= (size_t)written;
  }
  return 0;
}
