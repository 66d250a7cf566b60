/*
 * standin launch [--listen NAME=PATH] [--open NAME=PATH] [--tap NAME=INTERFACE@ADDRESS] … -- ARGV…
 *
 * Opens what Kata's shim opens for its VMM, writes the descriptors' numbers where ARGV says {NAME}, and becomes ARGV:
 *   --listen  a listening unix socket at PATH, in place of what is there
 *   --open    PATH, for reading and writing
 *   --tap     a new tap interface as Kata makes it (one queue of many, with virtio headers), up, with an IPv4 address
 *             whose network has four addresses
 * Exit code 69 and one line `standin launch: NAME: PATH: ENOENT` where one of them cannot be had; 127 and the like where
 * ARGV cannot be started.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "standin.h"

/* linux/if_tun.h */
#define TUNSETIFF_ 0x400454ca
#define IFF_TAP_ 0x0002
#define IFF_MULTI_QUEUE_ 0x0100
#define IFF_NO_PI_ 0x1000
#define IFF_VNET_HDR_ 0x4000

#define UNAVAILABLE 69
#define PLACES 16

struct place {
  const char *name;
  int number;
};

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  unlink(path);
  int at = socket(AF_UNIX, SOCK_STREAM, 0);
  if (at < 0 || bind(at, (struct sockaddr *)&address, sizeof address) != 0 || listen(at, 1) != 0) return -1;
  return at;
}

static int set_address(int control, struct ifreq *request, unsigned long what, const char *text) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  if (inet_pton(AF_INET, text, &address.sin_addr) != 1) return errno = EINVAL, -1;
  memcpy(&request->ifr_addr, &address, sizeof address);
  return ioctl(control, what, request);
}

static int open_tap(const char *interface, const char *address) {
  struct ifreq request = {0};
  if (strlen(interface) >= IFNAMSIZ) return errno = ENAMETOOLONG, -1;
  strcpy(request.ifr_name, interface);
  request.ifr_flags = IFF_TAP_ | IFF_NO_PI_ | IFF_VNET_HDR_ | IFF_MULTI_QUEUE_;
  int tap = open("/dev/net/tun", O_RDWR);
  if (tap < 0 || ioctl(tap, TUNSETIFF_, &request) != 0) return -1;
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return -1;
  if (set_address(control, &request, SIOCSIFADDR, address) != 0) return -1;
  if (set_address(control, &request, SIOCSIFNETMASK, "255.255.255.252") != 0) return -1;
  if (ioctl(control, SIOCGIFFLAGS, &request) != 0) return -1;
  request.ifr_flags |= IFF_UP;
  if (ioctl(control, SIOCSIFFLAGS, &request) != 0) return -1;
  close(control);
  return tap;
}

static int open_place(const char *option, char *what) {
  if (strcmp(option, "--listen") == 0) return listen_at(what);
  if (strcmp(option, "--open") == 0) return open(what, O_RDWR);
  char *at = strchr(what, '@');
  if (strcmp(option, "--tap") != 0 || at == NULL) return errno = EINVAL, -1;
  *at = 0;
  int tap = open_tap(what, at + 1);
  *at = '@';
  return tap;
}

/* A copy of the argument with each {NAME} replaced by its number. */
static char *filled(const char *argument, const struct place *places, int count) {
  size_t room = strlen(argument) * 2 + 16;
  char *copy = malloc(room), *to = copy;
  if (copy == NULL) return NULL;
  while (*argument != 0) {
    int found = 0;
    for (int i = 0; *argument == '{' && !found && i < count; i++) {
      size_t length = strlen(places[i].name);
      found = strncmp(argument + 1, places[i].name, length) == 0 && argument[length + 1] == '}';
      if (!found) continue;
      to += snprintf(to, room - (size_t)(to - copy), "%d", places[i].number);
      argument += length + 2;
    }
    if (!found) *to++ = *argument++;
  }
  *to = 0;
  return copy;
}

int launch(int argc, char **argv) {
  struct place places[PLACES];
  int count = 0, at = 1;
  for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2) {
    char *equals = strchr(argv[at + 1], '=');
    if (equals == NULL || count == PLACES) break;
    *equals = 0;
    struct place place = {argv[at + 1], open_place(argv[at], equals + 1)};
    if (place.number < 0) {
      fprintf(stderr, "standin launch: %s: %s: %s\n", place.name, equals + 1, errno_name(errno));
      return UNAVAILABLE;
    }
    places[count++] = place;
  }
  if (at + 1 >= argc || strcmp(argv[at], "--") != 0) {
    fprintf(stderr, "usage: standin launch [--listen|--open|--tap NAME=WHAT]… -- ARGV…\n");
    return 64;
  }
  char **program = argv + at + 1;
  for (int i = 0; program[i] != NULL; i++)
    if ((program[i] = filled(program[i], places, count)) == NULL) return 71;
  execvp(program[0], program);
  fprintf(stderr, "standin launch: %s: %s\n", program[0], errno_name(errno));
  return 127;
}
