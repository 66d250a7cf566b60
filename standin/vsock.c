/*
 * standin vsock-connect CID PORT PIDFILE TIMEOUT_MS TEXT    on the testbed
 *     Says TEXT and a newline to the guest, trying again until it listens or the daemon of PIDFILE (see spawn.c) has
 *     ended, and prints what it answers, up to 4 KiB.
 *     Exit code 1 and the errno's name where there was no answer.
 * standin vsock-answer PORT TEXT    in the guest
 *     Reads a line, answers `TEXT LINE`, to one connection after the other until one took its answer.
 *     Prints `listening` before it waits.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "standin.h"

/* linux/vm_sockets.h */
#define AF_VSOCK_ 40
#define VMADDR_CID_ANY_ 0xffffffffu

struct vsock_address {
  uint16_t family, reserved;
  uint32_t port, cid;
  uint8_t flags, zero[3];
};

#define LINE_BYTES 4096

/* Up to and with the first newline, or as much as comes. */
static ssize_t read_line(int from, char *bytes) {
  size_t length = 0;
  while (length < LINE_BYTES && (length == 0 || bytes[length - 1] != '\n')) {
    ssize_t got = read(from, bytes + length, LINE_BYTES - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    length += (size_t)got;
  }
  return (ssize_t)length;
}

static int ask(uint32_t cid, uint32_t port, long deadline_ms, const char *text, char *bytes, ssize_t *length) {
  struct vsock_address address = {.family = AF_VSOCK_, .port = port, .cid = cid};
  long left = deadline_ms - now_ms();
  struct timeval patience = {left > 0 ? left / 1000 + 1 : 1, 0};
  int to = socket(AF_VSOCK_, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (to < 0) return 0;
  setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int done = connect(to, (struct sockaddr *)&address, sizeof address) == 0 && write_all(to, text, strlen(text)) == 0 &&
             write_all(to, "\n", 1) == 0 && (*length = read_line(to, bytes)) > 0;
  int error = errno;
  close(to);
  errno = error;
  return done;
}

int vsock_connect(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: standin vsock-connect CID PORT PIDFILE TIMEOUT_MS TEXT\n");
    return 64;
  }
  uint32_t cid = (uint32_t)strtoul(argv[1], NULL, 10), port = (uint32_t)strtoul(argv[2], NULL, 10);
  long deadline_ms = now_ms() + atol(argv[4]);
  char ended_path[4096];
  snprintf(ended_path, sizeof ended_path, "%s.ended", argv[3]);
  static char bytes[LINE_BYTES];
  ssize_t length = 0;
  while (!ask(cid, port, deadline_ms, argv[5], bytes, &length)) {
    int error = errno;
    if (now_ms() >= deadline_ms || access(ended_path, F_OK) == 0) {
      fprintf(stderr, "standin vsock-connect: %s:%s: %s\n", argv[1], argv[2], errno_name(error));
      return 1;
    }
    pause_ms(50);
  }
  return write_all(1, bytes, (size_t)length) == 0 ? 0 : 1;
}

/* True where the answer was sent. Waits for the other side to close, which may do so before we say that we have ended. */
static int serve(int from, const char *text) {
  static char bytes[LINE_BYTES];
  ssize_t length = read_line(from, bytes);
  if (length <= 0 || write_all(from, text, strlen(text)) != 0 || write_all(from, " ", 1) != 0) return 0;
  if (write_all(from, bytes, (size_t)length) != 0) return 0;
  shutdown(from, SHUT_WR);
  while (read(from, bytes, sizeof bytes) > 0) continue;
  return 1;
}

int vsock_answer(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: standin vsock-answer PORT TEXT\n");
    return 64;
  }
  struct vsock_address address = {
      .family = AF_VSOCK_, .port = (uint32_t)strtoul(argv[1], NULL, 10), .cid = VMADDR_CID_ANY_};
  signal(SIGPIPE, SIG_IGN);
  int at = socket(AF_VSOCK_, SOCK_STREAM | SOCK_CLOEXEC, 0), done = 0;
  if (at < 0 || bind(at, (struct sockaddr *)&address, sizeof address) != 0 || listen(at, 1) != 0) {
    fprintf(stderr, "standin vsock-answer: %s\n", errno_name(errno));
    return 1;
  }
  write_all(1, "listening\n", 10);
  while (!done) {
    int from = accept(at, NULL, NULL);
    if (from < 0 && errno != EINTR && errno != ECONNABORTED) {
      fprintf(stderr, "standin vsock-answer: %s\n", errno_name(errno));
      return 1;
    }
    done = from >= 0 && serve(from, argv[2]);
    if (from >= 0) close(from);
  }
  return 0;
}
