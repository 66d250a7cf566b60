/*
 * standin record SOCKET DIR TOKEN PIDFILE TIMEOUT_MS
 *
 * Keeps what a console says, whatever and however much it is, in files of DIR:
 *   head   the first 512 KiB
 *   tail   a ring of 512 KiB for what comes after: byte N of the console is at (N - 512 KiB) modulo 512 KiB
 *   seen   how many bytes came so far, in decimal, 20 characters wide
 *   marks  the lines TOKEN PARTY …, each cut after 4 KiB, without their carriage return: of the first 15 parties, the first
 *          8 KiB of each, so that none has the place of another and all of it fits into what evidence keeps of a stream
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
#define LINE_BYTES 4096
#define PARTIES 15
#define PARTY_BYTES (8 * 1024)
#define NAME_BYTES 64

struct line {
  char bytes[LINE_BYTES];
  size_t length;
};

struct party {
  char name[NAME_BYTES];
  size_t kept;
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

/* The one whose name a text begins with, or NULL where there is no place for another. */
static struct party *party_of(struct party parties[PARTIES], const char *text, size_t length) {
  const char *end = memchr(text, ' ', length);
  size_t name_length = end == NULL ? length : (size_t)(end - text);
  if (name_length == 0 || name_length >= NAME_BYTES) return NULL;
  for (int i = 0; i < PARTIES; i++) {
    struct party *party = &parties[i];
    if (party->name[0] == '\0') memcpy(party->name, text, name_length);
    if (strlen(party->name) == name_length && memcmp(party->name, text, name_length) == 0) return party;
  }
  return NULL;
}

/* Where the line is a mark, and its party has place left. */
static void keep_mark(int marks, const struct line *line, const char *token, struct party parties[PARTIES]) {
  size_t token_length = strlen(token), length = line->length;
  if (length > 0 && line->bytes[length - 1] == '\r') length--;
  if (length <= token_length || memcmp(line->bytes, token, token_length) != 0 || line->bytes[token_length] != ' ')
    return;
  struct party *party = party_of(parties, line->bytes + token_length + 1, length - token_length - 1);
  if (party == NULL || party->kept + length + 1 > PARTY_BYTES) return;
  char text[LINE_BYTES + 1];
  memcpy(text, line->bytes, length);
  text[length] = '\n';
  if (write_all(marks, text, length + 1) == 0) party->kept += length + 1;
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
  static struct party parties[PARTIES];
  long long seen = 0;
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
      keep_mark(marks, &line, argv[3], parties);
      line.length = 0;
    }
    char text[32];
    snprintf(text, sizeof text, "%20lld", seen);
    pwrite(count, text, 20, 0);
  }
  return 0;
}
