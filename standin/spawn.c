/*
 * standin spawn PIDFILE LOG -- ARGV…
 *
 * Starts a daemon that outlives the `standin run` it is called under: in a session of its own, with no standard input,
 * its output in LOG (the first MiB; then only counted, in a last line). Prints its pid, which is in PIDFILE too, and exits
 * with 0; with 127 and the errno's name on standard error where it did not start. How it ended is in PIDFILE.ended:
 * `exited 1`, `signalled SIGSEGV`.
 *
 * A supervisor by the name that `run` spares stays above it and ends what the daemon leaves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standin.h"

#define PR_SET_NAME_ 15
#define LOG_BYTES (1024 * 1024)
#define GRACE_MS 5000

struct log {
  int from, to;
  long long kept, dropped;
};

/* Whole or not at all: readers wait for the file to appear. */
static void publish(const char *path, const char *text) {
  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.new", path);
  int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  write_all(file, text, strlen(text));
  close(file);
  rename(temporary, path);
}

static int keep(struct log *log) {
  static char bytes[65536];
  ssize_t got = read(log->from, bytes, sizeof bytes);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return 0;
  long long room = LOG_BYTES - log->kept;
  size_t head = (size_t)(got < room ? got : room);
  if (head > 0 && write_all(log->to, bytes, head) == 0) log->kept += (long long)head;
  log->dropped += got - (long long)head;
  return 1;
}

static void wait_and_log(pid_t pid, struct log *log, int *how) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  int child_signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  for (;;) {
    pid_t reaped;
    while ((reaped = waitpid(-1, how, WNOHANG)) > 0)
      if (reaped == pid) return;
    struct pollfd ready[2] = {{child_signals, POLLIN, 0}, {log->from, POLLIN, 0}};
    if (poll(ready, 2, -1) <= 0) continue;
    struct signalfd_siginfo info;
    if (ready[0].revents) read(child_signals, &info, sizeof info);
    if (ready[1].revents && !keep(log)) {
      close(log->from);
      log->from = -1;
    }
  }
}

static void supervise(const char *pid_path, int log_file, char **argv, int report) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC), output[2], how;
  struct log log = {-1, log_file, 0, 0};
  setsid();
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  become_ancestor();
  for (int i = 0; i < 3; i++) dup2(null, i);
  struct child daemon = {-1, 0};
  if (pipe2(output, O_CLOEXEC) != 0) {
    daemon.error = errno;
  } else {
    log.from = output[0];
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    daemon = start(argv, output[1], output[1]);
    close(output[1]);
  }
  char text[4096];
  snprintf(text, sizeof text, "%d\n", (int)daemon.pid);
  if (daemon.pid > 0) publish(pid_path, text);
  write(report, &daemon, sizeof daemon);
  close(report);
  if (daemon.pid < 0) _exit(0);

  wait_and_log(daemon.pid, &log, &how);
  end_family(GRACE_MS);
  struct pollfd ready = {log.from, POLLIN, 0};
  while (log.from >= 0 && poll(&ready, 1, 0) > 0 && keep(&log)) continue;
  if (log.dropped > 0) {
    snprintf(text, sizeof text, "\n[… %lld bytes left out …]\n", log.dropped);
    write_all(log_file, text, strlen(text));
  }
  char ended_path[4096];
  snprintf(ended_path, sizeof ended_path, "%s.ended", pid_path);
  if (WIFSIGNALED(how)) snprintf(text, sizeof text, "signalled %s\n", signal_name(WTERMSIG(how)));
  else snprintf(text, sizeof text, "exited %d\n", WEXITSTATUS(how));
  publish(ended_path, text);
  _exit(0);
}

int spawn(int argc, char **argv) {
  prctl(PR_SET_NAME_, SPAWNED, 0, 0, 0);
  if (argc < 5 || strcmp(argv[3], "--") != 0) {
    fprintf(stderr, "usage: standin spawn PIDFILE LOG -- ARGV…\n");
    return 64;
  }
  int log_file = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), report[2];
  if (log_file < 0 || pipe2(report, O_CLOEXEC) != 0) {
    fprintf(stderr, "%s: %s\n", argv[2], errno_name(errno));
    return 127;
  }
  pid_t supervisor = fork();
  if (supervisor == 0) supervise(argv[1], log_file, argv + 4, report[1]);
  close(report[1]);
  struct child daemon = {-1, errno};
  if (supervisor < 0 || read(report[0], &daemon, sizeof daemon) != sizeof daemon || daemon.pid < 0) {
    fprintf(stderr, "%s: %s\n", argv[4], errno_name(daemon.error));
    return 127;
  }
  printf("%d\n", (int)daemon.pid);
  return 0;
}
