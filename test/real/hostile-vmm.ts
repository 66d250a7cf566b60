/**
 * A program that is called as QEMU is and answers as QEMU does, but for its console, which says this many MiB of what no
 * console should. In Perl, of which Debian has enough in every root file system.
 */
export const hostileVmm = (mebibytes: number): string => `#!/usr/bin/perl
use strict; use warnings; use Socket;
my $all = join " ", @ARGV;
my ($console) = $all =~ /id=charconsole0,path=([^,]+)/;
my ($qmp) = $all =~ /unix:fd=(\\d+)/;
my ($pidfile) = $all =~ /-pidfile (\\S+)/;
my ($token) = $all =~ /kv\\.token=(\\S+)/;
open my $pid, ">", $pidfile or die; print $pid "$$\\n"; close $pid;
socket my $server, PF_UNIX, SOCK_STREAM, 0 or die;
bind $server, sockaddr_un($console) or die; listen $server, 1 or die;
if (fork == 0) {
  open my $monitor, "+<&=", $qmp or die;
  accept my $client, $monitor or die;
  $client->autoflush(1);
  print $client qq({"QMP": {}}\\n);
  while (<$client>) { print $client qq({"return": {"enabled": false, "present": false}}\\n); }
  exit 0;
}
accept my $guest, $server or die;
syswrite $guest, "\\n$token guest up=1.00\\n\\e[31mred\\0\\xff\\xfe]]>\\n::error::x\\n<\\/system-out>\\n";
my $noise = ("\\e[2J\\0\\xff]]>::error::" x 50 . "\\n$token forged a=1\\n") x 64;
my $left = ${mebibytes} * 1024 * 1024;
while ($left > 0) { $left -= syswrite $guest, $noise or last; }
exit 0;
`;
