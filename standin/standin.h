#ifndef STANDIN_H
#define STANDIN_H

#include <stddef.h>
#include <sys/types.h>

/* Subcommands: argv[0] is the subcommand's own name; each returns the exit code. */
int run(int argc, char **argv);
int spawn(int argc, char **argv);
int put(int argc, char **argv);
int get(int argc, char **argv);
int wake(int argc, char **argv);
int probe(int argc, char **argv);
int cpuid(int argc, char **argv);
int launch(int argc, char **argv);
int record(int argc, char **argv);
int await(int argc, char **argv);
int talk(int argc, char **argv);
int vsock_connect(int argc, char **argv);
int vsock_answer(int argc, char **argv);
int gather(int argc, char **argv);
int insert(int argc, char **argv);

/* names.c: "ENOENT", "SIGKILL"; "E133", "SIG34" for those without a name. The text is valid until the next call. */
const char *errno_name(int number);
const char *signal_name(int number);

/* family.c */
#define SPAWNED "kv-spawned"
void become_ancestor(void);
int end_family(long deadline_ms);

/* clock.c: milliseconds that only go forward. */
long now_ms(void);
void pause_ms(long ms);

/* child.c */
struct child {
  pid_t pid;  /* -1 where it did not start */
  int error; /* errno of fork or execve, 0 where it started */
};
struct child start(char **argv, int out, int err);

/* file.c: the folders above a path, where they are missing. */
void make_parents(const char *path);

/* stream.c: writes all, or returns the errno. */
int write_all(int to, const void *bytes, size_t count);

/* record.c: tries again until somebody listens there; -1 and errno where the daemon of PIDFILE ends before, or in time. */
int connect_unix(const char *path, const char *pid_path, long deadline_ms);

#endif
