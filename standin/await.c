/*
 * standin await DIR PIDFILE TIMEOUT_MS MARK…
 *
 * Waits until the console kept in DIR (see record.c) has a line that begins with one of the marks, or until the daemon of
 * PIDFILE (see spawn.c) has ended. Prints which it was, the mark by its number among the arguments, how many bytes the
 * console has said, and its last line:
 *   found 0 4711 text | ended - 4711 text | timedOut - 4711 text
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "standin.h"

#define KEPT (512 * 1024)
#define LAST_BYTES 1024
#define MARKS_BYTES (64 * 1024)

static ssize_t read_part(const char *folder, const char *name, char *bytes, size_t count, off_t from) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t got = pread(file, bytes, count, from);
  close(file);
  return got < 0 ? 0 : got;
}

static long long read_seen(const char *folder) {
  char text[32] = {0};
  return read_part(folder, "seen", text, 20, 0) == 20 ? atoll(text) : 0;
}

/* The first mark that a line has, or -1. Reads on where it stopped, one whole line after the other. */
static int next_mark(const char *folder, char **marks, off_t *from) {
  static char bytes[MARKS_BYTES];
  ssize_t got = read_part(folder, "marks", bytes, sizeof bytes, *from);
  for (char *line = bytes, *end; (end = memchr(line, '\n', (size_t)(bytes + got - line))) != NULL; line = end + 1) {
    *from += end + 1 - line;
    for (int i = 0; marks[i] != NULL; i++) {
      size_t length = strlen(marks[i]);
      if ((size_t)(end - line) >= length && memcmp(line, marks[i], length) == 0) return i;
    }
  }
  return -1;
}

static void print_last_line(const char *folder, long long seen) {
  char bytes[LAST_BYTES];
  long long whole = seen <= KEPT ? seen : (seen - KEPT) % KEPT;
  off_t from = whole > LAST_BYTES ? whole - LAST_BYTES : 0;
  ssize_t got = read_part(folder, seen <= KEPT ? "head" : "tail", bytes, (size_t)(whole - from), from);
  while (got > 0 && strchr("\r\n \t", bytes[got - 1]) != NULL) got--;
  ssize_t start = got;
  while (start > 0 && bytes[start - 1] != '\n') start--;
  fwrite(bytes + start, 1, (size_t)(got - start), stdout);
}

int await(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: standin await DIR PIDFILE TIMEOUT_MS MARK…\n");
    return 64;
  }
  char ended_path[4096];
  snprintf(ended_path, sizeof ended_path, "%s.ended", argv[2]);
  long deadline = now_ms() + atol(argv[3]);
  off_t read_so_far = 0;
  int found = -1;
  const char *how = NULL;
  while (how == NULL) {
    int ended = access(ended_path, F_OK) == 0;
    if ((found = next_mark(argv[1], argv + 4, &read_so_far)) >= 0) how = "found";
    else if (ended) how = "ended";
    else if (now_ms() >= deadline) how = "timedOut";
    else pause_ms(50);
  }
  long long seen = read_seen(argv[1]);
  if (found >= 0) printf("%s %d %lld ", how, found, seen);
  else printf("%s - %lld ", how, seen);
  print_last_line(argv[1], seen);
  printf("\n");
  return 0;
}
