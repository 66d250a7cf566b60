/*
 * A message to a system log, in either of two forms: as syslog(3) writes it, `<PRIORITY>TIME NAME[PID]: MESSAGE`, where all
 * but the message may be missing; or fields in systemd's native protocol.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gather.h"
#include "standin.h"

#define NAME_BYTES 64

struct text {
  const char *bytes;
  size_t length;
};

struct sink {
  struct capped *kept;
  const char *except;
};

/* As much as fits; returns how much of the room it took. */
static size_t escape(char *to, size_t room, struct text from) {
  size_t at = 0;
  for (size_t i = 0; i < from.length; i++) {
    unsigned char byte = (unsigned char)from.bytes[i];
    char coded[8] = {(char)byte};
    if (byte == '\n') strcpy(coded, "\\n");
    else if (byte == '\t') strcpy(coded, "\\t");
    else if (byte == '\r') strcpy(coded, "\\r");
    else if (byte < 0x20 || byte == 0x7f) snprintf(coded, sizeof coded, "\\x%02x", byte);
    size_t length = strlen(coded);
    if (at + length > room) break;
    memcpy(to + at, coded, length);
    at += length;
  }
  return at;
}

static int is_named(struct text text, const char *name) {
  return name != NULL && text.length == strlen(name) && memcmp(text.bytes, name, text.length) == 0;
}

static void say(struct sink sink, struct text name, struct text message) {
  static char line[LINE_BYTES];
  if (is_named(name, sink.except)) return;
  /* The zero byte too, which some send. */
  while (message.length > 0 && strchr("\r\n \t", message.bytes[message.length - 1]) != NULL) message.length--;
  size_t at = escape(line, NAME_BYTES * 4, name);
  at += (size_t)snprintf(line + at, 4, ": ");
  at += escape(line + at, sizeof line - at - 1, message);
  line[at++] = '\n';
  keep_line(sink.kept, line, at);
}

/* What the kernel says of the sender, who may be gone. */
static struct text name_of(pid_t pid) {
  static char name[NAME_BYTES];
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
  int file = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  ssize_t got = file < 0 ? -1 : read(file, name, sizeof name);
  if (file >= 0) close(file);
  if (got > 0 && name[got - 1] == '\n') got--;
  return got > 0 ? (struct text){name, (size_t)got} : (struct text){"unknown", 7};
}

static struct text behind(struct text text, size_t count) {
  return (struct text){text.bytes + count, text.length - count};
}

/* `Nov 22 19:36:00 `, as syslog(3) writes the time: 16 characters. */
static int has_time(struct text text) {
  return text.length >= 16 && text.bytes[3] == ' ' && text.bytes[6] == ' ' && text.bytes[9] == ':' &&
         text.bytes[12] == ':' && text.bytes[15] == ' ';
}

static void say_syslog(struct sink sink, struct text text, pid_t sender) {
  size_t start = text.length < 6 ? text.length : 6;
  const char *end = start > 0 && text.bytes[0] == '<' ? memchr(text.bytes, '>', start) : NULL;
  if (end != NULL) text = behind(text, (size_t)(end + 1 - text.bytes));
  if (has_time(text)) text = behind(text, 16);
  size_t name = 0, after;
  while (name < text.length && name < NAME_BYTES && strchr(": [\n", text.bytes[name]) == NULL) name++;
  after = name;
  if (after < text.length && text.bytes[after] == '[') {
    while (after < text.length && text.bytes[after] != ']') after++;
    after++;
  }
  if (name == 0 || after >= text.length || text.bytes[after] != ':') {
    say(sink, name_of(sender), text);
    return;
  }
  after++;
  if (after < text.length && text.bytes[after] == ' ') after++;
  say(sink, (struct text){text.bytes, name}, behind(text, after));
}

/* The length of the field name that the text begins with, 0 where it is not systemd's protocol. */
static size_t field_name(struct text text) {
  size_t at = 0;
  while (at < text.length && at <= NAME_BYTES &&
         (text.bytes[at] == '_' || (text.bytes[at] >= 'A' && text.bytes[at] <= 'Z') ||
          (text.bytes[at] >= '0' && text.bytes[at] <= '9')))
    at++;
  return at < text.length && (text.bytes[at] == '=' || text.bytes[at] == '\n') ? at : 0;
}

/* The field that the text begins with, `NAME=VALUE\n` or `NAME\n`, 8 bytes of length, VALUE, `\n`; false where there is none. */
static int take_field(struct text *text, struct text *name, struct text *value) {
  size_t length = field_name(*text), size = 0;
  if (length == 0) return 0;
  *name = (struct text){text->bytes, length};
  int is_binary = text->bytes[length] == '\n';
  *text = behind(*text, length + 1);
  if (is_binary) {
    if (text->length < 8) return 0;
    for (int i = 7; i >= 0; i--) size = size << 8 | (unsigned char)text->bytes[i];
    *text = behind(*text, 8);
  } else {
    const char *end = memchr(text->bytes, '\n', text->length);
    size = end == NULL ? text->length : (size_t)(end - text->bytes);
  }
  /* Cut off, by us or by its sender: what there is. */
  if (size > text->length) size = text->length;
  *value = (struct text){text->bytes, size};
  *text = behind(*text, size < text->length ? size + 1 : size);
  return 1;
}

static void say_native(struct sink sink, struct text text, pid_t sender) {
  struct text name = {0}, message = {0}, field, value;
  while (take_field(&text, &field, &value)) {
    if (name.length == 0 && is_named(field, "SYSLOG_IDENTIFIER")) name = value;
    if (message.length == 0 && is_named(field, "MESSAGE")) message = value;
  }
  say(sink, name.length > 0 ? name : name_of(sender), message);
}

void keep_message(struct capped *kept, struct message message, const char *except) {
  struct text text = {message.bytes, message.count};
  struct sink sink = {kept, except};
  if (field_name(text) > 0) say_native(sink, text, message.sender);
  else say_syslog(sink, text, message.sender);
}
