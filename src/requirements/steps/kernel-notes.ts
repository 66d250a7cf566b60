import type { Step } from "../../model/command.ts";

/**
 * Argument: a name for files. Reads a kernel image from standard input and prints every note segment of the ELF file in
 * it, `notes LENGTH ALIGN` and its bytes, after `packed MAGIC` and `elf SEGMENTS`: what it did not come to, it does not print.
 * Offsets are those of x86's boot protocol 2.08, Linux' Documentation/arch/x86/boot.rst; all but gzip are followed by
 * four bytes with the length of what is in them.
 */
const script = `image=$1 elf=$1.elf
number() { od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }
bytes() { od -A n -v -t x1 -j "$2" -N "$3" "$1"; }
cat >"$image"
at=0 length=$(stat -c %s "$image")
if [ "$(bytes "$image" 514 4)" = " 48 64 72 53" ] && [ "$(number "$image" 518 2)" -ge 520 ]; then
  at=$(( ($(number "$image" 497 1) + 1) * 512 + $(number "$image" 584 4) )) length=$(number "$image" 588 4)
fi
magic=$(bytes "$image" "$at" 6)
echo "packed$magic"
behind=4
case $magic in
  " 7f 45 4c 46"*) behind=0; set -- cat ;;
  " 1f 8b"*) behind=0; set -- gzip -dc ;;
  " fd 37 7a 58 5a 00") set -- xz -dc ;;
  " 28 b5 2f fd"*) set -- zstd -dc ;;
  " 5d 00 00"*) set -- xz -dc --format=lzma ;;
  " 02 21 4c 18"*) set -- lz4 -dc ;;
  " 42 5a 68"*) set -- busybox bzcat ;;
  " 89 4c 5a 4f 00"*) set -- busybox lzop -dc ;;
  *) exit 1 ;;
esac
tail -c "+$((at + 1))" "$image" | head -c "$((length - behind))" | "$@" >"$elf"
[ "$(bytes "$elf" 0 6)" = " 7f 45 4c 46 02 01" ] || exit 1
row=$(number "$elf" 32 8) size=$(number "$elf" 54 2) count=$(number "$elf" 56 2)
echo "elf $count"
while [ "$count" -gt 0 ]; do
  if [ "$(number "$elf" "$row" 4)" = 4 ]; then
    length=$(number "$elf" "$((row + 32))" 8)
    echo "notes $length $(number "$elf" "$((row + 48))" 8)"
    bytes "$elf" "$(number "$elf" "$((row + 8))" 8)" "$length"
  fi
  row=$((row + size)) count=$((count - 1))
done`;

/**
 * The notes of the kernel in an image, as they say how a VMM may start it. For the harness's own machine: which of the
 * programs that unpack it are there is not the distro's to say.
 */
export const kernelNotes = (image: Uint8Array, folder = "/tmp"): Step => ({
  id: "kernel.notes",
  command: { argv: ["nice", "sh", "-c", script, "sh", `${folder}/kernel`], stdin: image, timeoutMs: 60_000 },
});
