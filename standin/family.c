#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standin.h"

#define PR_SET_CHILD_SUBREAPER_ 36

struct process {
  pid_t pid, parent;
  int zombie, spared, ours;
};

/* From now on orphans below us become our children and not those of process 1: none gets out of sight. */
void become_ancestor(void) { prctl(PR_SET_CHILD_SUBREAPER_, 1, 0, 0, 0); }

/* One line of /proc/PID/stat: `PID (NAME) STATE PARENT …`, where NAME may hold anything, brackets too. */
static int look(const char *pid, struct process *found) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t got = read(file, line, sizeof line - 1);
  close(file);
  if (got <= 0) return 0;
  line[got] = 0;
  char *name = strchr(line, '('), *end = strrchr(line, ')');
  if (name == NULL || end == NULL) return 0;
  *end = 0;
  found->pid = atoi(pid);
  found->parent = atoi(strchr(end + 2, ' '));
  found->zombie = end[2] == 'Z';
  found->spared = strcmp(name + 1, SPAWNED) == 0;
  found->ours = 0;
  return 1;
}

static struct process *all_processes(size_t *count) {
  struct process *all = NULL;
  size_t room = 0;
  struct dirent *entry;
  DIR *proc = opendir("/proc");
  *count = 0;
  if (proc == NULL) return NULL;
  while ((entry = readdir(proc)) != NULL) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    if (*count == room) {
      room = room == 0 ? 256 : room * 2;
      all = realloc(all, room * sizeof *all);
      if (all == NULL) abort();
    }
    if (look(entry->d_name, &all[*count])) (*count)++;
  }
  closedir(proc);
  return all;
}

/* Kills every living descendant but spawned daemons and what is below them; returns how many there were. */
static int kill_descendants(void) {
  size_t count;
  struct process *all = all_processes(&count);
  int found = 0, more = 1;
  while (more) {
    more = 0;
    for (size_t i = 0; i < count; i++) {
      if (all[i].ours || all[i].spared) continue;
      int below = all[i].parent == getpid();
      for (size_t j = 0; !below && j < count; j++) below = all[j].ours && all[j].pid == all[i].parent;
      if (below) all[i].ours = more = 1;
    }
  }
  for (size_t i = 0; i < count; i++) {
    if (!all[i].ours || all[i].zombie) continue;
    kill(all[i].pid, SIGKILL);
    found++;
  }
  free(all);
  return found;
}

/*
 * Ends all descendants and reaps them; returns how many would not die by the deadline (in uninterruptible sleep).
 * Whoever forks while being killed is found in the next round.
 */
int end_family(long deadline_ms) {
  long end = now_ms() + deadline_ms;
  for (;;) {
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) continue;
    if (reaped < 0 && errno == ECHILD) return 0;
    int living = kill_descendants();
    if (living == 0) {
      while (waitpid(-1, NULL, WNOHANG) > 0) continue;
      return 0;
    }
    if (now_ms() > end) return living;
    pause_ms(2);
  }
}
