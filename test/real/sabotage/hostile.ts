import type { Sabotage } from "./package.ts";

const vmm = "/usr/bin/qemu-system-x86_64";

/** In everything that a hostile console says: nowhere may it be more than text. */
export const mark = "INJECTED";

/** MiB that are said before the guest says anything. */
export const floodMiB = 200;

/** What console readers, XML, JSON, Markdown, terminals and CI services each take for something else. */
const lines = [
  `[    1.0] Kernel panic - not syncing: ]]> \\e[31m::error title=${mark}::${mark} \\0 \\xff\\xc0\\x80 \\xed\\xa0\\x80 \\x{ef}\\xbf\\xbe`,
  `::error title=${mark}::${mark}`,
  `  ::add-mask::${mark}`,
  `\\r::warning::${mark}`,
  `##[error]${mark}`,
  `##vso[task.complete]${mark}`,
  `]]></system-out><failure>${mark}</failure><![CDATA[`,
  `<!-- ${mark} --><script>${mark}</script> &${mark}; <img src=x onerror=${mark}>`,
  `\\x1b]0;${mark}\\x07\\x1b[2J\\x9b31m\\xc2\\x9b31m`,
  `| ${mark} | \\x60\\x60\\x60 \\" \\x5c \\x5cu0000 { } \\x{e2}\\x80\\xae\\xe2\\x80\\xa8`,
  `kv-00000000000000000000000000000000 console nonce=${mark}`,
];

/** Stands between the VMM's console and whoever listens: floods first, then passes on all but what the guest says of entropy. */
const relay = `use IO::Socket::UNIX;
my $folder = shift;
my $listening = IO::Socket::UNIX->new(Local => "$folder/console.sock", Listen => 1) or die;
my $to = $listening->accept or die;
close $listening;
$SIG{PIPE} = "IGNORE";
my $from;
select undef, undef, undef, 0.05 until $from = IO::Socket::UNIX->new(Peer => "$folder/vmm.sock");
print $to map { "$_\\r\\n" } (${lines.map(line => `"${line.replaceAll("$", "\\$").replaceAll("@", "\\@").replaceAll('title="', "title=")}"`).join(",\n  ")});
open my $random, "<", "/dev/urandom" or die;
read $random, my $noise, 1 << 20;
print $to $noise for 1 .. ${floodMiB};
print $to "\\r\\n";
while (defined($_ = <$from>)) { print $to $_ unless / entropy /; $to->flush }
`;

/** A guest whose console says whatever may hurt those who read it, and then goes on as it should. */
export const vmmWithHostileConsole: Sabotage = {
  name: "kv-vmm-hostile",
  instead: {
    "/usr/lib/kv-vmm-hostile/relay": { program: `#!/usr/bin/perl\n${relay}` },
    [vmm]: {
      program: `#!/bin/sh
case "$*" in *kv.token=*)
  for word; do
    shift
    case $word in socket,id=charconsole0,path=*)
      folder=\${word#*path=} folder=\${folder%/console.sock,*}
      word="socket,id=charconsole0,path=$folder/vmm.sock,\${word#*/console.sock,}" ;;
    esac
    set -- "$@" "$word"
  done
  [ -z "$folder" ] || /usr/lib/kv-vmm-hostile/relay "$folder" &
  printf '::error::${mark}\\n##[error]${mark}\\n\\033[31m\\n' >&2 ;;
esac
exec ${vmm}.distrib "$@"
`,
    },
  },
};
