#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "standin.h"

struct name {
  int number;
  const char *name;
};

#define NAME(symbol) {symbol, #symbol}

static const struct name errnos[] = {
    NAME(E2BIG),  NAME(EACCES), NAME(EAGAIN),       NAME(EBUSY),   NAME(EFAULT),  NAME(EINVAL), NAME(EIO),
    NAME(EISDIR), NAME(ELOOP),  NAME(EMFILE),       NAME(ENFILE),  NAME(ENODEV),  NAME(ENOENT), NAME(ENOEXEC),
    NAME(ENOMEM), NAME(ENOSPC), NAME(ENAMETOOLONG), NAME(ENOTDIR), NAME(ETXTBSY), NAME(EPERM),  NAME(ELIBBAD),
    NAME(EROFS),  NAME(EDQUOT), NAME(ENXIO),        NAME(EFBIG),
    /* Of sockets. */
    NAME(EPIPE),  NAME(ENOSYS), NAME(EADDRINUSE),   NAME(EADDRNOTAVAIL), NAME(EAFNOSUPPORT), NAME(ECONNREFUSED),
    NAME(ECONNRESET), NAME(ECONNABORTED), NAME(EHOSTUNREACH), NAME(ENETUNREACH), NAME(ENOTCONN), NAME(ETIMEDOUT),
};

static const struct name signals[] = {
    NAME(SIGHUP),  NAME(SIGINT),  NAME(SIGQUIT), NAME(SIGILL),    NAME(SIGTRAP), NAME(SIGABRT),   NAME(SIGBUS),  NAME(SIGFPE),
    NAME(SIGKILL), NAME(SIGUSR1), NAME(SIGSEGV), NAME(SIGUSR2),   NAME(SIGPIPE), NAME(SIGALRM),   NAME(SIGTERM), NAME(SIGSTKFLT),
    NAME(SIGCHLD), NAME(SIGCONT), NAME(SIGSTOP), NAME(SIGTSTP),   NAME(SIGTTIN), NAME(SIGTTOU),   NAME(SIGURG),  NAME(SIGXCPU),
    NAME(SIGXFSZ), NAME(SIGPROF), NAME(SIGSYS),  NAME(SIGVTALRM), NAME(SIGPWR),  NAME(SIGWINCH),  NAME(SIGIO),
};

static const char *find(const struct name *table, size_t count, int number, const char *prefix) {
  static char unnamed[16];
  for (size_t i = 0; i < count; i++)
    if (table[i].number == number) return table[i].name;
  snprintf(unnamed, sizeof unnamed, "%s%d", prefix, number);
  return unnamed;
}

const char *errno_name(int number) { return find(errnos, sizeof errnos / sizeof *errnos, number, "E"); }
const char *signal_name(int number) { return find(signals, sizeof signals / sizeof *signals, number, "SIG"); }
