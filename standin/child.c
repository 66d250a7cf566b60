#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "standin.h"

/* What the harness or a guest agent had blocked or ignored is none of the program's business. */
static void plain_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Starts a program as leader of a session of its own; `out` and `err` become its standard output and error. */
struct child start(char **argv, int out, int err) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return (struct child){-1, errno};
  pid_t pid = fork();
  if (pid < 0) {
    int error = errno;
    close(report[0]);
    close(report[1]);
    return (struct child){-1, error};
  }
  if (pid == 0) {
    setsid();
    plain_signals();
    if (out != 1) dup2(out, 1);
    if (err != 2) dup2(err, 2);
    execvp(argv[0], argv);
    int error = errno;
    write(report[1], &error, sizeof error);
    _exit(127);
  }
  close(report[1]);
  int error = 0;
  ssize_t got;
  while ((got = read(report[0], &error, sizeof error)) < 0 && errno == EINTR) continue;
  close(report[0]);
  return got == sizeof error ? (struct child){-1, error} : (struct child){pid, 0};
}
