/*
 * standin cpuid
 *
 * Says who runs the processor, where that is a virtual one: the twelve characters that CPUID has at 0x40000000, without the
 * zeros at their end. Says nothing of a processor that does not call itself virtual, whose answer there means nothing, nor on
 * other architectures, which have no such word.
 */
#include <stdio.h>
#include <string.h>

#include "standin.h"

#if defined(__x86_64__)

static void ask(unsigned leaf, unsigned answer[4]) {
  unsigned a = leaf, b = 0, c = 0, d = 0;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  answer[0] = a, answer[1] = b, answer[2] = c, answer[3] = d;
}

int cpuid(int argc, char **argv) {
  unsigned answer[4];
  char name[13] = {0};
  (void)argc, (void)argv;
  ask(1, answer);
  if (answer[2] >> 31 == 0) return 0;
  ask(0x40000000, answer);
  memcpy(name, answer + 1, 12);
  for (char *at = name; *at != '\0'; at++)
    if (*at < ' ' || *at > '~') *at = '?';
  puts(name);
  return 0;
}

#else

int cpuid(int argc, char **argv) {
  (void)argc, (void)argv;
  return 0;
}

#endif
