/*
 * standin talk SOCKET PIDFILE TIMEOUT_MS
 *
 * Speaks QMP: says each line of standard input and waits for its answer, one after the other, having read the greeting.
 * Prints every line that comes, events too. Waits for the socket to appear, but not longer than the daemon
 * of PIDFILE (see spawn.c) runs. Exit code 1 and a line on standard error where the other side does not answer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "standin.h"

#define LINE_BYTES (1024 * 1024)

struct reader {
  int from;
  size_t length;
  char bytes[LINE_BYTES];
};

/* Prints the next line that came; what it is: 'e'vent, 'a'nswer (or greeting), or 0 where none came in time. */
static int next_line(struct reader *reader, long deadline_ms) {
  for (;;) {
    char *end = memchr(reader->bytes, '\n', reader->length);
    if (end != NULL) {
      size_t length = (size_t)(end + 1 - reader->bytes);
      int is_event = memmem(reader->bytes, length < 24 ? length : 24, "\"timestamp\"", 11) != NULL;
      write_all(1, reader->bytes, length);
      reader->length -= length;
      memmove(reader->bytes, end + 1, reader->length);
      return is_event ? 'e' : 'a';
    }
    long left = deadline_ms - now_ms();
    struct pollfd ready = {reader->from, POLLIN, 0};
    if (left <= 0 || reader->length == LINE_BYTES) return errno = ETIMEDOUT, 0;
    if (poll(&ready, 1, (int)left) <= 0) continue;
    ssize_t got = read(reader->from, reader->bytes + reader->length, LINE_BYTES - reader->length);
    if (got == 0) return errno = EPIPE, 0;
    if (got < 0) return 0;
    reader->length += (size_t)got;
  }
}

static int answer(struct reader *reader, long deadline_ms) {
  int what;
  while ((what = next_line(reader, deadline_ms)) == 'e') continue;
  return what == 'a';
}

int talk(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: standin talk SOCKET PIDFILE TIMEOUT_MS\n");
    return 64;
  }
  static struct reader reader;
  long deadline_ms = now_ms() + atol(argv[3]);
  reader.from = connect_unix(argv[1], argv[2], deadline_ms);
  int talking = reader.from >= 0 && answer(&reader, deadline_ms);
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  while (talking && (length = getline(&line, &room, stdin)) > 0) {
    if (line[0] == '\n') continue;
    talking = write_all(reader.from, line, (size_t)length) == 0 && answer(&reader, deadline_ms);
  }
  if (!talking) fprintf(stderr, "standin talk: %s: %s\n", argv[1], errno_name(errno));
  return talking ? 0 : 1;
}
