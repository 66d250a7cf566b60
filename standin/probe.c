/*
 * standin probe PATH…
 *
 * Says what a testbed offers to a VMM, `KEY VALUE` a line: whether each device node can be opened for reading and writing,
 * which loads its module where the kernel does that by itself, and whether a ring of io_uring can be had (`ok` or an
 * errno's name); how many CPUs and how much memory there is, and whether the CPU says that it is a virtual one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "standin.h"

/* The same number on every architecture, younger than musl's headers may be. */
#define IO_URING_SETUP 425

static void say(const char *what, int file) {
  printf("%s %s\n", what, file < 0 ? errno_name(errno) : "ok");
  if (file >= 0) close(file);
}

/* x86 only; other architectures have no such word there, and Kata takes them for real ones. */
static int is_virtual(void) {
  static char line[65536];
  FILE *cpus = fopen("/proc/cpuinfo", "re");
  int found = 0;
  while (cpus != NULL && !found && fgets(line, sizeof line, cpus) != NULL) found = strstr(line, " hypervisor") != NULL;
  if (cpus != NULL) fclose(cpus);
  return found;
}

int probe(int argc, char **argv) {
  char parameters[120] = {0}; /* struct io_uring_params */
  struct sysinfo memory = {0};
  for (int i = 1; i < argc; i++) say(argv[i], open(argv[i], O_RDWR | O_CLOEXEC));
  say("io_uring", (int)syscall(IO_URING_SETUP, 1, parameters));
  sysinfo(&memory);
  printf("cpus %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
  printf("memory-mib %llu\n", (unsigned long long)memory.totalram * memory.mem_unit >> 20);
  printf("hypervisor %s\n", is_virtual() ? "yes" : "no");
  return 0;
}
