/*
 * standin record SOCKET DIR TOKEN PIDFILE TIMEOUT_MS
 *
 * Keeps what a console says, whatever and however much it is, in files of DIR:
 *   head   the first 512 KiB
 *   tail   a ring of 512 KiB for what comes after: byte N of the console is at (N - 512 KiB) modulo 512 KiB
 *   seen   how many bytes came so far, in decimal, 20 characters wide
 *   marks  the lines that begin with TOKEN and a space: at most 1000, each cut after 4 KiB, without their carriage return
 * Waits for the socket to appear, but not longer than the daemon of PIDFILE (see spawn.c) runs. Ends with the console, or
 * when it is killed; what came so far is in the files then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "standin.h"

#define KEPT (512 * 1024)
#define LINES 1000
#define LINE_BYTES 4096

struct line {
  char bytes[LINE_BYTES];
  size_t length;
};

static int create(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static void keep(int head, int tail, long long seen, const char *bytes, size_t count) {
  while (count > 0) {
    long long place = seen < KEPT ? seen : (seen - KEPT) % KEPT;
    size_t part = (size_t)(KEPT - place) < count ? (size_t)(KEPT - place) : count;
    if (pwrite(seen < KEPT ? head : tail, bytes, part, place) < 0) return;
    seen += (long long)part;
    bytes += part;
    count -= part;
  }
}

/* True where the line was a mark and is now in the file. */
static int keep_mark(int marks, struct line *line, const char *token) {
  size_t token_length = strlen(token), length = line->length;
  if (length > 0 && line->bytes[length - 1] == '\r') length--;
  if (length <= token_length || memcmp(line->bytes, token, token_length) != 0 || line->bytes[token_length] != ' ')
    return 0;
  char text[LINE_BYTES + 1];
  memcpy(text, line->bytes, length);
  text[length] = '\n';
  return write_all(marks, text, length + 1) == 0;
}

int connect_unix(const char *path, const char *pid_path, long deadline_ms) {
  char ended_path[4096];
  snprintf(ended_path, sizeof ended_path, "%s.ended", pid_path);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  int from = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  while (from >= 0 && connect(from, (struct sockaddr *)&address, sizeof address) != 0) {
    if (errno != ENOENT && errno != ECONNREFUSED) return -1;
    if (now_ms() > deadline_ms || access(ended_path, F_OK) == 0) return errno = ETIMEDOUT, -1;
    pause_ms(5);
  }
  return from;
}

int record(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: standin record SOCKET DIR TOKEN PIDFILE TIMEOUT_MS\n");
    return 64;
  }
  int head = create(argv[2], "head"), tail = create(argv[2], "tail");
  int count = create(argv[2], "seen"), marks = create(argv[2], "marks");
  int from = connect_unix(argv[1], argv[4], now_ms() + atol(argv[5]));
  if (from < 0 || head < 0 || tail < 0 || count < 0 || marks < 0) {
    fprintf(stderr, "standin record: %s\n", errno_name(errno));
    return 1;
  }
  static char bytes[65536];
  static struct line line;
  long long seen = 0;
  int lines = 0;
  ssize_t got;
  while ((got = read(from, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR)) {
    if (got < 0) continue;
    keep(head, tail, seen, bytes, (size_t)got);
    seen += got;
    for (ssize_t i = 0; i < got; i++) {
      if (bytes[i] != '\n') {
        if (line.length < LINE_BYTES) line.bytes[line.length++] = bytes[i];
        continue;
      }
      if (lines < LINES) lines += keep_mark(marks, &line, argv[3]);
      line.length = 0;
    }
    char text[32];
    snprintf(text, sizeof text, "%20lld", seen);
    pwrite(count, text, 20, 0);
  }
  return 0;
}
