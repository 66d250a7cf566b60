import type { Sabotage } from "./package.ts";

const vmm = "/usr/bin/qemu-system-x86_64";
/** What starts of a guest look like, among all that QEMU is started for. */
const boots = "*kv.token=*";

const wrapper = (name: string, script: string): Sabotage => ({
  name: `kv-vmm-${name}`,
  instead: { [vmm]: { program: `#!/bin/sh\nreal=${vmm}.distrib\n${script}exec "$real" "$@"\n` } },
});

/** A VMM that is another program altogether. */
export const falseVmm: Sabotage = { name: "kv-vmm-false", instead: { [vmm]: { link: "/bin/false" } } };

/** The distro's VMM behind a script. */
export const wrappedVmm = wrapper("wrapped", "");

/** The distro's VMM behind a script that no package owns. */
export const divertedVmm: Sabotage = {
  name: "kv-vmm-diverted",
  afterwards: `dpkg-divert --local --divert ${vmm}.distrib --rename --add ${vmm}
printf '#!/bin/sh\\nexec ${vmm}.distrib "$@"\\n' >${vmm}
chmod 755 ${vmm}`,
};

/** A build without virtio-rng: not listed, and refused. */
export const vmmWithoutEntropy = wrapper(
  "no-rng",
  `case "$*" in
  *"-device help"*) "$real" "$@" | grep -v '"virtio-rng-pci"'; exit ;;
  *virtio-rng-pci*)
    echo "qemu-system-x86_64: -device virtio-rng-pci,rng=rng0: 'virtio-rng-pci' is not a valid device model name" >&2
    exit 1 ;;
esac
`,
);

/**
 * Takes the kernel's own say: a parameter, and keys once the guest's first program is up. Not an NMI: that may come while
 * the kernel's driver of the virtio console waits for the VMM with a lock held, and a panic can then not be printed.
 */
export const vmmThatPanicsTheKernel = wrapper(
  "sysrq",
  `case "$*" in ${boots})
  for word; do
    shift
    case $word in
      kv.token=* | *" kv.token="*) word="$word sysrq_always_enabled=1" ;;
      socket,id=charconsole0,path=*) folder=\${word#*path=}; folder=\${folder%/console.sock,*} ;;
    esac
    set -- "$@" "$word"
  done
  mkfifo "$folder/monitor.in" "$folder/monitor.out"
  {
    until grep -q " guest up=" "$folder/console/marks"; do sleep 0.1; done
    echo sendkey alt-sysrq-c
  } >"$folder/monitor.in" &
  set -- "$@" -chardev "pipe,id=monitor,path=$folder/monitor" -mon chardev=monitor,mode=readline ;;
esac
`,
);

/** Gives the kernel no root and no first program: it panics before it has a console. */
export const vmmThatLosesTheInitrd = wrapper(
  "no-initrd",
  `case "$*" in ${boots})
  for word; do
    shift
    [ "$word" = -initrd ] || [ "$before" = -initrd ] || set -- "$@" "$word"
    before=$word
  done ;;
esac
`,
);

/** Asked for KVM, it runs TCG and says nothing. */
export const vmmThatFallsBack = wrapper(
  "tcg",
  `case "$*" in ${boots})
  for word; do
    shift
    case $word in *,accel=kvm*) word=\${word%%,accel=kvm*},accel=tcg ;; host,*) word=max,\${word#*,} ;; esac
    set -- "$@" "$word"
  done ;;
esac
`,
);
