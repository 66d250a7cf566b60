/*
 * The stand-in: a static program of the harness on a testbed, where Kata's shim would be. It does what a shell cannot:
 * end a command with all its descendants at a time-out, start a daemon that outlives its command, and more.
 * Built with tcc and musl, which bring no linux/ headers: constants of the kernel's interface are written out.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "standin.h"

static const struct {
  const char *name;
  int (*main)(int argc, char **argv);
} subcommands[] = {
    {"run", run},
    {"spawn", spawn},
    {"put", put},
    {"get", get},
    {"wake", wake},
    {"probe", probe},
    {"cpuid", cpuid},
    {"launch", launch},
    {"record", record},
    {"await", await},
    {"talk", talk},
    {"vsock-connect", vsock_connect},
    {"vsock-answer", vsock_answer},
    {"gather", gather},
    {"insert", insert},
};

int main(int argc, char **argv) {
  umask(022);
  for (size_t i = 0; argc > 1 && i < sizeof subcommands / sizeof *subcommands; i++)
    if (strcmp(argv[1], subcommands[i].name) == 0) return subcommands[i].main(argc - 1, argv + 1);
  fprintf(stderr, "usage: standin SUBCOMMAND ARGUMENT…\nsubcommands:");
  for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++) fprintf(stderr, " %s", subcommands[i].name);
  fprintf(stderr, "\n");
  return 64;
}
