/*
 * standin insert FOLDER
 *
 * Inserts the kernel modules whose file names, below FOLDER, are on standard input, a line each; one that is there already
 * is well. A shell that starts insmod for each takes seconds of a guest that boots on an emulated CPU. Prints `NAME: ERRNO`
 * of those that cannot be inserted, all on one line, and ends with 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "standin.h"

static int insert_one(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC), error = 0;
  if (file < 0) return errno;
  if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST) error = errno;
  close(file);
  return error;
}

int insert(int argc, char **argv) {
  char name[256], path[4096];
  int failed = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: standin insert FOLDER\n");
    return 64;
  }
  while (fgets(name, sizeof name, stdin) != NULL) {
    name[strcspn(name, "\n")] = 0;
    snprintf(path, sizeof path, "%s/%s", argv[1], name);
    int error = insert_one(path);
    if (!error) continue;
    printf("%s%s: %s", failed ? "; " : "", name, errno_name(error));
    failed = 1;
  }
  if (failed) printf("\n");
  return failed;
}
