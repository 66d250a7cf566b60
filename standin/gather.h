#ifndef GATHER_H
#define GATHER_H

#include <stddef.h>
#include <sys/types.h>

/* Of a line that is kept, its newline included. */
#define LINE_BYTES (64 * 1024)
/* Of a cap: below it, what is kept would not fit. */
#define LEAST_CAP (4 * LINE_BYTES)

struct capped {
  const char *path;
  int file;
  /* Bytes of the file, of its head, of the note behind the head, and that are in it no more. */
  long long size, head, note, left_out, cap;
};

/* capped.c: makes an empty one, its folder too; -1 and errno where it cannot be made. */
int open_capped(struct capped *kept, const char *path, long long cap);
void keep_line(struct capped *kept, const char *line, size_t length);

struct message {
  const char *bytes;
  size_t count;
  pid_t sender;
};

/* message.c: keeps what came in a datagram as one line, unless it is from `except`, which may be NULL. */
void keep_message(struct capped *kept, struct message message, const char *except);

#endif
