/*
 * A file that keeps at least the first and the last CAP bytes of lines, and never has more than three times CAP. Where lines
 * are missing stands one: `[… N bytes left out …]`; the file is then a new one under the same name.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gather.h"
#include "standin.h"

int open_capped(struct capped *kept, const char *path, long long cap) {
  *kept = (struct capped){.path = path, .cap = cap};
  make_parents(path);
  kept->file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  return kept->file < 0 ? -1 : 0;
}

static int copy(int from, int to, long long offset, long long count) {
  static char bytes[65536];
  while (count > 0) {
    ssize_t got = pread(from, bytes, count < (long long)sizeof bytes ? (size_t)count : sizeof bytes, offset);
    if (got <= 0) return got < 0 ? errno : EIO;
    int error = write_all(to, bytes, (size_t)got);
    if (error) return error;
    offset += got;
    count -= got;
  }
  return 0;
}

/* The offset behind the first newline at or after an offset. */
static long long next_line(const struct capped *kept, long long offset) {
  static char bytes[LINE_BYTES * 2];
  ssize_t got = pread(kept->file, bytes, sizeof bytes, offset);
  const char *end = got > 0 ? memchr(bytes, '\n', (size_t)got) : NULL;
  return end == NULL ? offset : offset + (end + 1 - bytes);
}

/* The head, a note, and the tail in a new file: whoever reads the old one has it whole. */
static void shorten(struct capped *kept) {
  char path[4096], note[64];
  struct capped made = *kept;
  snprintf(path, sizeof path, "%s.new", kept->path);
  if (kept->head == 0) made.head = next_line(kept, kept->cap - 1);
  long long from = next_line(kept, kept->size - kept->cap - LINE_BYTES);
  made.left_out += from - made.head - kept->note;
  made.note = snprintf(note, sizeof note, "[… %lld bytes left out …]\n", made.left_out);
  made.size = made.head + made.note + kept->size - from;
  made.file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (made.file < 0) return;
  if (copy(kept->file, made.file, 0, made.head) == 0 && write_all(made.file, note, (size_t)made.note) == 0 &&
      copy(kept->file, made.file, from, kept->size - from) == 0 && rename(path, kept->path) == 0) {
    close(kept->file);
    *kept = made;
    return;
  }
  close(made.file);
  unlink(path);
}

void keep_line(struct capped *kept, const char *line, size_t length) {
  if (kept->size + (long long)length > 3 * kept->cap) shorten(kept);
  /* Where it could not be shortened (ENOSPC), the line is lost and not the bound. */
  if (kept->size + (long long)length > 3 * kept->cap) return;
  if (write_all(kept->file, line, length) == 0) kept->size += (long long)length;
  else ftruncate(kept->file, kept->size);
}
