/*
 * standin run TIMEOUT_MS TOKEN SPILL_DIR SPILL_BYTES -- ARGV…
 *
 * Runs a program in a session of its own, our standard input being its own. When it has ended, or after TIMEOUT_MS
 * (0: never), kills all that descends from it, in whatever session, but daemons of `standin spawn`. Then one last line
 * on standard error, and exit code 0:
 *   TOKEN exited 3 | TOKEN signalled SIGKILL | TOKEN timedOut 5000 | TOKEN notStarted ENOENT
 * followed, where it applies, by
 *   ` spilled OUT ERR`: each stream was cut after SPILL_BYTES, and that many bytes more are in SPILL_DIR/TOKEN.out, .err
 *   ` lost ENOSPC`: … but not all of them could be written
 *   ` left N`: so many processes did not die of SIGKILL
 * SPILL_BYTES 0: the streams are not cut, nor copied: the program has ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standin.h"

#define GRACE_MS 5000

struct stream {
  int from, to, file;
  const char *path;
  long long passed, spilled;
  int lost;
};

static long long spill_bytes;

static void spill(struct stream *stream, const char *bytes, size_t count) {
  if (stream->file < 0 && stream->lost == 0) {
    stream->file = open(stream->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (stream->file < 0) stream->lost = errno;
  }
  if (stream->lost == 0) stream->lost = write_all(stream->file, bytes, count);
  if (stream->lost == 0) stream->spilled += (long long)count;
}

/* One read; false at the end of the stream. */
static int pass_on(struct stream *stream) {
  static char bytes[65536];
  ssize_t got = read(stream->from, bytes, sizeof bytes);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return 0;
  long long room = spill_bytes - stream->passed;
  size_t head = (size_t)(got < room ? got : room);
  if (head > 0) write_all(stream->to, bytes, head);
  stream->passed += (long long)head;
  if (head < (size_t)got) spill(stream, bytes + head, (size_t)got - head);
  return 1;
}

/* Passes on what is left in the pipe, without waiting for a writer that is not of the family. */
static void drain(struct stream *stream) {
  struct pollfd ready = {stream->from, POLLIN, 0};
  while (stream->from >= 0 && poll(&ready, 1, 0) > 0 && pass_on(stream)) continue;
}

/*
 * Reads what the program left of its input, to its end or GRACE_MS without any: Podman drops the connection, and our last line
 * with it, when it cannot write input any more.
 */
static void empty_input(void) {
  static char bytes[65536];
  struct pollfd ready = {0, POLLIN, 0};
  while (poll(&ready, 1, GRACE_MS) > 0) {
    ssize_t got = read(0, bytes, sizeof bytes);
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return;
  }
}

/* Until the program ends (true, with how) or the time is over. */
static int wait_for(pid_t pid, int child_signals, struct stream streams[2], long timeout_ms, int *how) {
  long end = now_ms() + timeout_ms;
  for (;;) {
    pid_t reaped;
    while ((reaped = waitpid(-1, how, WNOHANG)) > 0)
      if (reaped == pid) return 1;
    long left = timeout_ms == 0 ? -1 : end - now_ms();
    if (timeout_ms != 0 && left <= 0) return 0;
    struct pollfd ready[3] = {{child_signals, POLLIN, 0}, {streams[0].from, POLLIN, 0}, {streams[1].from, POLLIN, 0}};
    if (poll(ready, 3, left > 1000000000 ? 1000000000 : (int)left) <= 0) continue;
    struct signalfd_siginfo info;
    if (ready[0].revents) read(child_signals, &info, sizeof info);
    for (int i = 0; i < 2; i++)
      if (ready[i + 1].revents && !pass_on(&streams[i])) {
        close(streams[i].from);
        streams[i].from = -1;
      }
  }
}

/* The program's end of a new pipe. */
static int cut(struct stream *stream) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  stream->from = ends[0];
  return ends[1];
}

int run(int argc, char **argv) {
  if (argc < 7 || strcmp(argv[5], "--") != 0) {
    fprintf(stderr, "usage: standin run TIMEOUT_MS TOKEN SPILL_DIR SPILL_BYTES -- ARGV…\n");
    return 64;
  }
  long timeout_ms = atol(argv[1]);
  const char *token = argv[2];
  spill_bytes = atoll(argv[4]);
  char out_path[4096], err_path[4096];
  snprintf(out_path, sizeof out_path, "%s/%s.out", argv[3], token);
  snprintf(err_path, sizeof err_path, "%s/%s.err", argv[3], token);
  struct stream streams[2] = {{-1, 1, -1, out_path, 0, 0, 0}, {-1, 2, -1, err_path, 0, 0, 0}};

  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  signal(SIGPIPE, SIG_IGN);
  int child_signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  become_ancestor();

  int out = 1, err = 2;
  if (spill_bytes > 0 && ((out = cut(&streams[0])) < 0 || (err = cut(&streams[1])) < 0)) {
    fprintf(stderr, "\n%s notStarted %s\n", token, errno_name(errno));
    return 0;
  }
  struct child program = start(argv + 6, out, err);
  if (out != 1) close(out);
  if (err != 2) close(err);

  char ending[64];
  int how = 0, left = 0;
  if (program.pid < 0) {
    snprintf(ending, sizeof ending, "notStarted %s", errno_name(program.error));
  } else if (!wait_for(program.pid, child_signals, streams, timeout_ms, &how)) {
    snprintf(ending, sizeof ending, "timedOut %ld", timeout_ms);
    kill(program.pid, SIGKILL);
  } else if (WIFSIGNALED(how)) {
    snprintf(ending, sizeof ending, "signalled %s", signal_name(WTERMSIG(how)));
  } else {
    snprintf(ending, sizeof ending, "exited %d", WEXITSTATUS(how));
  }
  left = end_family(GRACE_MS);
  drain(&streams[0]);
  drain(&streams[1]);
  empty_input();

  char trailer[8192], *next = trailer, *end = trailer + sizeof trailer;
  int lost = streams[0].lost ? streams[0].lost : streams[1].lost;
  next += snprintf(next, (size_t)(end - next), "\n%s %s", token, ending);
  if (streams[0].spilled + streams[1].spilled > 0)
    next += snprintf(next, (size_t)(end - next), " spilled %lld %lld", streams[0].spilled, streams[1].spilled);
  if (lost) next += snprintf(next, (size_t)(end - next), " lost %s", errno_name(lost));
  if (left) next += snprintf(next, (size_t)(end - next), " left %d", left);
  next += snprintf(next, (size_t)(end - next), "\n");
  write_all(2, trailer, (size_t)(next - trailer));
  return 0;
}
