/*
 * standin gather OUT CAP [--except IDENTIFIER] SOCKET…
 *
 * Takes what programs say to a system log, where a testbed has none: binds each SOCKET (datagrams: /dev/log as syslog(3)
 * speaks, /run/systemd/journal/socket in systemd's native protocol, large messages as a file descriptor) and appends to
 * OUT one line a message:
 *   IDENTIFIER: MESSAGE
 * where control characters are written as \n, \x1b and the like, and IDENTIFIER is the sender's command name if it gave
 * none; those of one IDENTIFIER may be left out. OUT keeps at least the first and the last CAP bytes, whole lines, and never more than three times CAP; a line
 * `[… N bytes left out …]` stands where lines are missing, and OUT is then a new file under the same name.
 *
 * A socket that somebody serves is left alone. Prints a line for each, `SOCKET ok` or an errno's name, and makes OUT when
 * all that can be had are bound; exit code 69 where there is none. SIGTERM ends it, and what it bound is gone then.
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gather.h"
#include "standin.h"

#define UNAVAILABLE 69
#define SOCKETS 8
/* Of a message; what is longer is cut. */
#define MESSAGE_BYTES (1024 * 1024)
#define DESCRIPTORS 8

/* What the kernel put beside a message: who sent it, and a file with the message itself. All descriptors are closed but the first. */
static void read_beside(struct msghdr *header, pid_t *sender, int *file) {
  for (struct cmsghdr *one = CMSG_FIRSTHDR(header); one != NULL; one = CMSG_NXTHDR(header, one)) {
    if (one->cmsg_level != SOL_SOCKET) continue;
    if (one->cmsg_type == SCM_CREDENTIALS) memcpy(sender, CMSG_DATA(one), sizeof *sender);
    if (one->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(one) + i * sizeof descriptor, sizeof descriptor);
      if (*file < 0) *file = descriptor;
      else close(descriptor);
    }
  }
}

/* Only of a regular file, which memory files are: to read anything else may never end. */
static ssize_t read_file(int file, char *bytes, size_t room) {
  struct stat about;
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) return -1;
  size_t got = 0;
  while (got < room) {
    ssize_t more = pread(file, bytes + got, room - got, (off_t)got);
    if (more <= 0) break;
    got += (size_t)more;
  }
  return (ssize_t)got;
}

static void take(int from, struct capped *kept, const char *except) {
  static char bytes[MESSAGE_BYTES];
  static union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS) + CMSG_SPACE(3 * sizeof(int))];
  } beside;
  struct iovec into = {bytes, sizeof bytes};
  struct msghdr header = {
      .msg_iov = &into, .msg_iovlen = 1, .msg_control = beside.bytes, .msg_controllen = sizeof beside.bytes};
  ssize_t got = recvmsg(from, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (got < 0) return;
  pid_t sender = 0;
  int file = -1;
  read_beside(&header, &sender, &file);
  if (file >= 0) {
    if (got == 0) got = read_file(file, bytes, sizeof bytes);
    close(file);
  }
  if (got > 0) keep_message(kept, (struct message){bytes, (size_t)got, sender}, except);
}

/* Nobody is there where it refuses: whoever bound it has died. */
static int is_stale(const struct sockaddr_un *address) {
  int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return 0;
  int refused = connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
  close(probe);
  return refused;
}

/* A descriptor, or -1 and the errno. */
static int bind_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct stat about;
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  make_parents(path);
  if (lstat(path, &about) == 0 && S_ISSOCK(about.st_mode) && is_stale(&address)) unlink(path);
  int at = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;
  if (at < 0) return -1;
  if (bind(at, (struct sockaddr *)&address, sizeof address) != 0) {
    int error = errno;
    close(at);
    return errno = error, -1;
  }
  /* Everybody may log. */
  chmod(path, 0666);
  setsockopt(at, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes);
  return at;
}

static int await_end(void) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, NULL);
  return signalfd(-1, &ends, SFD_CLOEXEC);
}

int gather(int argc, char **argv) {
  struct pollfd ready[SOCKETS + 1] = {{await_end(), POLLIN, 0}};
  struct capped kept;
  int count = 0, first = 3;
  const char *bound[SOCKETS], *except = NULL;
  if (argc > 4 && strcmp(argv[3], "--except") == 0) except = argv[4], first = 5;
  if (argc <= first || argc > first + SOCKETS || atoll(argv[2]) < LEAST_CAP) {
    fprintf(stderr, "usage: standin gather OUT CAP [--except IDENTIFIER] SOCKET…\n");
    fprintf(stderr, "CAP: %d or more; up to %d sockets\n", LEAST_CAP, SOCKETS);
    return 64;
  }
  for (int i = first; i < argc; i++) {
    int at = bind_at(argv[i]);
    printf("%s %s\n", argv[i], at < 0 ? errno_name(errno) : "ok");
    if (at < 0) continue;
    bound[count++] = argv[i];
    ready[count] = (struct pollfd){at, POLLIN, 0};
  }
  fflush(stdout);
  int code = count == 0 ? UNAVAILABLE : 0;
  if (code == 0 && open_capped(&kept, argv[1], atoll(argv[2])) != 0) {
    fprintf(stderr, "standin gather: %s: %s\n", argv[1], errno_name(errno));
    code = 1;
  }
  while (code == 0 && ready[0].revents == 0) {
    if (poll(ready, (nfds_t)count + 1, -1) < 0) continue;
    for (int i = 1; i <= count; i++)
      if (ready[i].revents != 0) take(ready[i].fd, &kept, except);
  }
  for (int i = 0; i < count; i++) unlink(bound[i]);
  return code;
}
