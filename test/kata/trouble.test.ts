import { describe, expect, it } from "vitest";
import { kataTrouble } from "../../src/kata/trouble.ts";
import { endedEarly, endedEarlySays } from "../../src/kata/watched.ts";
import type { Code } from "../../src/model/reason.ts";
import { printed } from "../../src/workloads/example.ts";
import { exited, go, goEnded, goQemu, goStopped, type Ran, timedOut, told } from "./told.ts";

const task = "ctr: failed to create shim task: ";
const agentInGo = `${task}Failed to Check if grpc server is working: rpc error: code = DeadlineExceeded desc = timed out connecting to vsock CID:1024: unknown`;
const inRust = "ctr: failed to handle message start sandbox in task handler\n\nCaused by:\n    0: ";
const noDriverInRust = `${inRust}connect: connect to address "vsock://123": failed to connect to Vsock { vsock_cid: 123, port: 1024 } within 15s (attempts=11), last_err=Some(ENODEV: No such device)`;
const timedOutInRust = `${inRust}connect: vsock: failed to connect to Vsock { vsock_cid: 123, port: 1024 } within 10s (attempts=5), last_err=Some(ETIMEDOUT: Connection timed out)`;
const early = (line: string): Pick<Ran, "ending" | "client"> => ({
  ending: exited(endedEarly),
  client: `${endedEarlySays} ${line}`,
});

const booting = ["[    0.000000] Linux version 6.12.1", "[    5.1] Run /kata-verify/init as init process"];
const panicOfInit = "[    7.3] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00";
/** In the order in which the Go shim says it when it has waited in vain, under emulation: its client was ended before it was told. */
const gaveUp = [
  go("error", "Cannot start VM", `error=${JSON.stringify(agentInGo.replace(task, ""))} `),
  go("info", "Stopping Sandbox"),
  go("info", "virtiofsd quits"),
  go("info", "Stop logging QEMU", "qemuPid=431 "),
  goEnded("signal: killed"),
];
const startedInGo = go("info", "Start logging QEMU (qemuPid=431)", "");
const startedInRust = "kata: qemu process started";

type Row = readonly [fault: string, ran: Ran, code: Code, shows: string];

/** As Debian's modprobe says it where the file was taken away. */
const noVsock = printed(
  "virtio_pci: builtin virtio_pci\nvmw_vsock_virtio_transport: modprobe: FATAL: Module vmw_vsock_virtio_transport not found in directory /lib/modules/6.12.117+deb13-amd64\nvirtiofs: builtin virtiofs\n",
);

/** What Kata 4.0.0 says on faults that were provoked, and what befell distros before. */
const faults: readonly Row[] = [
  [
    "the VMM's path is wrong",
    { client: `${task}/etc/kata-containers/configuration.toml: file /usr/bin/nothing does not exist: not found` },
    "kata.config",
    "file /usr/bin/nothing does not exist",
  ],
  [
    "image and initrd",
    { client: `${task}Image and initrd path cannot be both set: unknown` },
    "kata.config",
    "both set",
  ],
  ["an unknown machine", { client: `${task}unrecognised machinetype: q36: unknown` }, "kata.config", "q36"],
  [
    "a drop-in that is no TOML",
    { client: `${task}error decoding file "/c/config.d/60-case.toml": toml: line 2: expected: unknown` },
    "kata.config",
    "toml: line 2",
  ],
  [
    "a key that the Go runtime does not know",
    {
      client: `${task}error applying key 'agent.kata.reconnect_timeout_ms' from drop-in file "/c/config.d/9.toml": no`,
    },
    "kata.config",
    "reconnect_timeout_ms",
  ],
  [
    "a configuration that is not there",
    { client: `${task}Cannot find usable config file (file /nothing.toml does not exist): not found` },
    "kata.config",
    "/nothing.toml",
  ],
  [
    "the same in Rust",
    {
      runtime: "rust",
      client: `${inRust}load TOML config failed (tried ["/etc/kata-containers/runtime-rs/configuration.toml"])`,
    },
    "kata.config",
    "load TOML config failed",
  ],
  [
    "virtiofsd is not at its path",
    { client: `${task}fork/exec /usr/libexec/virtiofsd: no such file or directory: not found` },
    "virtiofsd.path",
    "/usr/libexec/virtiofsd",
  ],
  [
    "virtiofsd is not shipped",
    { virtiofsd: "none", client: `${task}fork/exec /opt/kata/libexec/virtiofsd: no such file or directory: not found` },
    "virtiofsd.not-packaged",
    "/opt/kata/libexec/virtiofsd",
  ],
  [
    "the same in Rust",
    {
      runtime: "rust",
      client: `${inRust}Virtio-fs daemon path /usr/libexec/virtiofsd is invalid: No such file or directory`,
    },
    "virtiofsd.path",
    "is invalid",
  ],
  [
    "a VMM that is no program",
    { client: `${task}failed to launch qemu: fork/exec /usr/bin/qemu-system-x86_64: exec format error: unknown` },
    "vmm.not-running",
    "exec format error",
  ],
  [
    "a kernel that is none",
    {
      client: `${task}exiting QMP loop, command cancelled: unknown`,
      log: [goQemu("qemu-system-x86_64: linux kernel too old to load a ram disk"), goEnded("exit status 1")],
    },
    "guest.no-boot",
    "kernel too old",
  ],
  [
    "TCG asked for",
    {
      client: `${task}exiting QMP loop, command cancelled: unknown`,
      log: [goQemu("qemu-system-x86_64: CPU model 'host' requires KVM or HVF"), goEnded("exit status 1")],
    },
    "vmm.option-rejected",
    "requires KVM",
  ],
  [
    "no shim",
    {
      client:
        'ctr: failed to start shim: failed to resolve runtime path: runtime "io.containerd.x.v2" binary not installed "containerd-shim-x-v2": file does not exist: unknown',
    },
    "kata.shim-missing",
    "binary not installed",
  ],
  [
    "no shim at its path",
    {
      client:
        "ctr: failed to start shim: failed to resolve runtime path: invalid custom binary path: stat /s: no such file or directory",
    },
    "kata.shim-missing",
    "invalid custom binary path",
  ],
  [
    "a shim that exits at once",
    { client: "ctr: failed to start shim: start failed: : exit status 1: unknown" },
    "kata.shim-exited",
    "exit status 1",
  ],
  [
    "no /dev/vhost-vsock in a container",
    {
      testbed: "container",
      client: `${task}host system doesn't support vsock: stat /dev/vhost-vsock: no such file or directory: unknown`,
    },
    "infra.no-vhost-vsock",
    "/dev/vhost-vsock",
  ],
  [
    "no /dev/vhost-vsock on the distro's own kernel",
    { client: `${task}host system doesn't support vsock: stat /dev/vhost-vsock: no such file or directory: unknown` },
    "host.device-missing",
    "/dev/vhost-vsock",
  ],
  [
    "the same in Rust",
    {
      runtime: "rust",
      client: `${inRust}start vm: generate vhost vsock cid failed: failed to open /dev/vhost-vsock, try to run modprobe vhost_vsock.`,
    },
    "host.device-missing",
    "modprobe vhost_vsock",
  ],
  [
    "another transport has vsock",
    { testbed: "container", client: `${task}open /dev/vhost-vsock: no such device: unknown` },
    "infra.no-vhost-vsock",
    "no such device",
  ],
  [
    "no /dev/kvm",
    {
      client: `${task}Could not create the sandbox resource controller failed to add any hypervisor device to devices cgroup: unknown`,
    },
    "infra.no-kvm",
    "devices cgroup",
  ],
  [
    "the same in Rust, which hangs",
    {
      runtime: "rust",
      ending: timedOut,
      log: [startedInRust, 'kata: qemu stderr: "Could not access KVM kernel module: No such file or directory"'],
    },
    "infra.no-kvm",
    "Could not access KVM",
  ],
  [
    "no /dev/kvm, seen beforehand",
    { ending: timedOut, steps: { "kata.testbed": printed("testbed vm\n/dev/kvm ENOENT\n/dev/vhost-vsock ok\n") } },
    "infra.no-kvm",
    "ENOENT",
  ],
  [
    "a device that must not be opened",
    { ending: timedOut, steps: { "kata.testbed": printed("/dev/kvm ok\n/dev/vhost-vsock EPERM\n") } },
    "infra.no-privilege",
    "EPERM",
  ],
  ["no /dev/log", { client: `${task}Unix syslog delivery error: unknown` }, "harness.bug", "/dev/log"],
  [
    "a full disk",
    { client: `${task}mkdir /run/vc/sbs/kv: no space left on device: unknown` },
    "infra.disk-full",
    "no space",
  ],
  [
    "a VMM that exits at once, in Go",
    { ...early(goEnded("exit status 1")), log: [startedInGo, goEnded("exit status 1")] },
    "vmm.not-running",
    "exited with 1",
  ],
  [
    "the same in Rust",
    {
      runtime: "rust",
      ...early("kata: finished reading qemu stderr"),
      log: [startedInRust, "kata: finished reading qemu stderr"],
    },
    "vmm.not-running",
    "ended by itself",
  ],
  [
    "a VMM that crashes",
    { ...early(goEnded("x")), log: [startedInGo, goEnded("signal: segmentation fault (core dumped)")] },
    "vmm.crash",
    "SIGSEGV",
  ],
  [
    "a device that the distro's QEMU has not",
    {
      client: `${task}exiting QMP loop, command cancelled: unknown`,
      log: [
        goQemu(
          "qemu-system-x86_64: -device vhost-user-fs-pci,chardev=c: 'vhost-user-fs-pci' is not a valid device model name",
        ),
      ],
    },
    "vmm.device-missing",
    "vhost-user-fs-pci",
  ],
  [
    "a property that it has no more",
    { client: `${task}QMP command failed: Property 'virtio-blk-pci.scsi' not found: unknown` },
    "vmm.property-missing",
    "virtio-blk-pci.scsi",
  ],
  [
    "io_uring switched off",
    { client: `${task}QMP command failed: Unable to use io_uring: failed to init linux io_uring ring: unknown` },
    "host.io-uring-disabled",
    "io_uring",
  ],
  [
    "a property that it has no more, in Rust",
    { runtime: "rust", client: `${inRust}device_add: GenericError, desc: "Property 'virtio-blk-pci.scsi' not found"` },
    "vmm.property-missing",
    "virtio-blk-pci.scsi",
  ],
  [
    "an option that it does not parse",
    { log: [goQemu("qemu-system-x86_64: -machine pc,kernel_irqchip: Expected '=' after parameter 'kernel_irqchip'")] },
    "vmm.property-missing",
    "kernel_irqchip",
  ],
  [
    "a ROM that is not installed",
    { log: [goQemu('qemu-system-x86_64: failed to find romfile "efi-virtio.rom"')] },
    "vmm.rom-missing",
    "efi-virtio.rom",
  ],
  [
    "KVM that boots no kernel",
    { ending: timedOut, log: [goQemu("KVM internal error. Suberror: 1"), goQemu("emulation failure")] },
    "infra.kvm-unusable",
    "KVM internal error",
  ],
  [
    "a small /dev/shm",
    { client: agentInGo, log: [goQemu("error: kvm run failed Bad address"), goQemu("RAX=0 RBX=0")], console: booting },
    "infra.memory",
    "Bad address",
  ],
  [
    "a host without memory",
    { log: [goQemu("qemu-system-x86_64: cannot set up guest memory 'dimm1': Cannot allocate memory")] },
    "infra.memory",
    "guest memory",
  ],
  [
    "the testbed's kernel killed the VMM",
    {
      ...early(goEnded("signal: killed")),
      log: [goEnded("signal: killed")],
      host: "[ 99.1] Out of memory: Killed process 431 (qemu-system-x86)",
    },
    "infra.memory",
    "Killed process 431",
  ],
  [
    "somebody killed it, and no log of the testbed's kernel is there",
    { ...early(goStopped), log: [startedInGo, goStopped, goEnded("signal: killed"), go("info", "virtiofsd quits")] },
    "infra.memory",
    "QEMU was killed",
  ],
  [
    "SELinux",
    {
      client: `${task}exiting QMP loop: unknown`,
      host: '[ 9.1] audit: avc:  denied  { read write } for comm="qemu-kvm" path="/dev/vhost-net" permissive=0',
    },
    "lsm.avc",
    "/dev/vhost-net",
  ],
  [
    "AppArmor",
    {
      client: `${task}exiting QMP loop: unknown`,
      host: 'audit: apparmor="DENIED" operation="exec" profile="libvirtd" name="/usr/libexec/qemu-kvm"',
    },
    "lsm.apparmor",
    "qemu-kvm",
  ],
  [
    "AppArmor's profile of the runner's container engine",
    {
      testbed: "container",
      host: 'audit: apparmor="DENIED" operation="mount" profile="docker-default" comm="virtiofsd"',
    },
    "infra.no-privilege",
    "docker-default",
  ],
  [
    "virtiofsd that refuses a flag, in Go",
    {
      ...early(go("info", "virtiofsd quits")),
      log: [
        go("info", "virtiofsd quits"),
        goQemu(
          "qemu-system-x86_64: -chardev socket,id=char-1,path=/run/vc/vm/kv/vhost-fs.sock: Failed to connect to '/run/vc/vm/kv/vhost-fs.sock': Connection refused",
        ),
        goEnded("exit status 1"),
        go("info", "Stopping Sandbox"),
      ],
      steps: {
        "virtiofsd.arguments-go": {
          ...printed(""),
          ending: exited(1),
          stdout: "virtiofsd: unrecognized option '--shared-dir=/x'\n",
        },
      },
    },
    "virtiofsd.syntax",
    "--shared-dir",
  ],
  [
    "the same in Rust, whose shim dies of it",
    {
      runtime: "rust",
      client: "ctr: ttrpc: closed: unknown",
      log: [
        "kata: source: virtiofsd error: unexpected argument '--nonsense' found",
        "kata: wait virtiofsd Ok(ExitStatus(unix_wait_status(512)))",
      ],
    },
    "virtiofsd.exited-early",
    "--nonsense",
  ],
  [
    "virtiofsd that dies after the first request",
    {
      client: `${task}rpc error: code = Unavailable desc = error reading from server: EOF: unknown`,
      log: [startedInGo, go("info", "virtiofsd quits"), go("info", "Stopping Sandbox"), goEnded("signal: killed")],
      console: booting,
      steps: { "virtiofsd.arguments-go": printed("[INFO] Waiting for vhost-user socket connection...\n") },
    },
    "virtiofsd.exited-early",
    "while the sandbox needed it",
  ],
  [
    "a vsock-less guest, by its console",
    {
      client: agentInGo,
      console: [...booting, "/kata-agent: /dev/vsock: No such file or directory", "[   12.1] random: crng init done"],
    },
    "guest.agent-no-vsock",
    "/dev/vsock",
  ],
  [
    "an agent that dies of it",
    {
      client: agentInGo,
      console: [...booting, "Error: socket err: EAFNOSUPPORT: Address family not supported by protocol", panicOfInit],
    },
    "guest.agent-no-vsock",
    "EAFNOSUPPORT",
  ],
  [
    "an agent that powers its guest off because its kernel's package has none",
    { ...early(goStopped), log: [goStopped], console: booting, steps: { "kata.modules": noVsock } },
    "guest.agent-no-vsock",
    "Module vmw_vsock_virtio_transport not found",
  ],
  [
    "the same, where the shim ends the sandbox for the end of virtiofsd, which follows",
    {
      ...early(go("info", "virtiofsd quits")),
      log: [
        startedInGo,
        "virtiofsd: (none) virtiofsd[784]: Client disconnected, shutting down",
        go("info", "virtiofsd quits"),
        go("info", "Stopping Sandbox"),
        goStopped,
      ],
      console: booting,
      steps: { "kata.modules": noVsock },
    },
    "guest.agent-no-vsock",
    "Module vmw_vsock_virtio_transport not found",
  ],
  [
    "an agent that is ended as its guest's first program, in a kernel whose package has none",
    { client: agentInGo, console: [...booting, panicOfInit], steps: { "kata.modules": noVsock } },
    "guest.agent-no-vsock",
    "Attempted to kill init",
  ],
  [
    "an initrd without an agent, in such a kernel",
    {
      client: agentInGo,
      console: [...booting.slice(0, 1), "[    7.1] kata-verify: 7.00 the base has no init", panicOfInit],
      steps: { "kata.modules": noVsock },
    },
    "kata.no-agent",
    "the base has no init",
  ],
  [
    "a vsock-less guest, by what the host sees",
    { runtime: "rust", client: noDriverInRust, console: booting, acceleration: "kvm-emulated" },
    "guest.agent-no-vsock",
    "never offered vsock",
  ],
  [
    "a guest that was too slow for that",
    { runtime: "rust", client: noDriverInRust, console: booting.slice(0, 1), acceleration: "kvm-emulated" },
    "infra.slow",
    "under emulation",
  ],
  [
    "an emulation that stalled, told to the log alone",
    { ...early(go("info", "virtiofsd quits")), log: gaveUp, acceleration: "kvm-emulated" },
    "infra.emulation-stall",
    "printed nothing",
  ],
  [
    "a guest that was too slow, told to the log alone",
    { ...early(go("info", "virtiofsd quits")), log: gaveUp, acceleration: "kvm-emulated", console: booting },
    "infra.slow",
    "under emulation",
  ],
  [
    "an agent that never answered, told to the log alone",
    { ...early(go("info", "virtiofsd quits")), log: gaveUp, console: booting },
    "guest.agent-timeout",
    "did not answer in time",
  ],
  [
    "a VMM that runs its guest under TCG, which is too slow for Kata",
    {
      client: agentInGo,
      console: booting,
      acceleration: "kvm-emulated",
      steps: { "kata.vmm-start": printed("431 vm=no tcg=yes /usr/bin/qemu-system-x86_64\nlooked\n") },
    },
    "acceleration.fell-back",
    "/usr/bin/qemu-system-x86_64",
  ],
  [
    "no agent",
    { client: agentInGo, console: [...booting, "/init: exec: line 9: /sbin/init: not found", panicOfInit] },
    "kata.no-agent",
    "/sbin/init: not found",
  ],
  [
    "no agent, by the harness's own init",
    { ...early("vm console"), console: [...booting, "[    7.1] kata-verify: 7.10 the base has no init", panicOfInit] },
    "kata.no-agent",
    "the base has no init",
  ],
  [
    "an agent whose library is missing",
    {
      client: agentInGo,
      console: [
        ...booting,
        "/sbin/init: error while loading shared libraries: libgcc_s.so.1: cannot open shared object file",
        panicOfInit,
      ],
    },
    "kata.no-agent",
    "libgcc_s.so.1",
  ],
  [
    "an agent that ends",
    {
      client: agentInGo,
      console: [...booting, "[    7.3] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100"],
    },
    "kata.no-agent",
    "exitcode=0x00000100",
  ],
  [
    "modules of another kernel",
    {
      client: agentInGo,
      console: [...booting, "[    6.2] virtio_net: disagrees about version of symbol module_layout"],
    },
    "guest.wrong-kernel",
    "module_layout",
  ],
  [
    "a module that needs another",
    {
      client: agentInGo,
      console: [...booting, "[    6.2] kata-verify: 6.20 cannot insert vsock.ko: ENOENT"],
    },
    "guest.module-missing",
    "vsock.ko",
  ],
  [
    "a kernel that panics",
    { client: agentInGo, console: [...booting, "[    7.3] Kernel panic - not syncing: Fatal exception in interrupt"] },
    "guest.panic",
    "Fatal exception",
  ],
  [
    "a kernel that does not find its root",
    {
      client: agentInGo,
      console: [
        '[    6.1] VFS: Cannot open root device "pmem0p1" or unknown-block(0,0): error -19',
        "[    6.2] Kernel panic - not syncing: VFS: Unable to mount root fs",
      ],
    },
    "guest.no-boot",
    "Cannot open root device",
  ],
  [
    "a VMM without the shared folder's device",
    {
      client: `${task}rpc error: failed to mount kataShared to /run/kata-containers/shared/containers/, with error: EINVAL: Invalid argument: unknown`,
      console: booting,
    },
    "guest.virtiofs-mount",
    "kataShared",
  ],
  [
    "the same, by the console",
    { ending: timedOut, console: [...booting, "[    9.1] virtio-fs: tag <kataShared> not found"] },
    "guest.virtiofs-mount",
    "tag <kataShared> not found",
  ],
  [
    "CPUs that do not come up in time",
    { client: `${task}failed to online 3 CPU(s) after 100 retries: unknown`, acceleration: "kvm-emulated" },
    "infra.slow",
    "after 100 retries",
  ],
  [
    "memory that is not plugged in",
    { client: `${task}memory hotplug is not enabled: missing acpi-ged device: unknown` },
    "guest.hotplug",
    "acpi-ged",
  ],
  [
    "an agent that never answers, under KVM",
    { client: agentInGo, console: [...booting, "[   12.1] random: crng init done"] },
    "guest.agent-timeout",
    "random: crng init done",
  ],
  [
    "the same in Rust",
    { runtime: "rust", client: timedOutInRust, console: booting },
    "guest.agent-timeout",
    "Run /kata-verify/init",
  ],
  ["a silent guest, under KVM", { client: agentInGo, log: [startedInGo] }, "guest.agent-timeout", "printed nothing"],
  [
    "the same, with what the shim ends after that",
    {
      client: agentInGo,
      console: booting,
      log: [
        startedInGo,
        go("error", "Cannot start VM", 'error="timed out connecting to vsock 1720551550:1024" '),
        go("info", "Stopping Sandbox"),
        go("info", "virtiofsd quits"),
        goStopped,
        goEnded("signal: killed"),
      ],
    },
    "guest.agent-timeout",
    "did not answer in time",
  ],
  [
    "an agent that never answers, under emulation",
    { client: agentInGo, console: booting, acceleration: "kvm-emulated" },
    "infra.slow",
    "under emulation",
  ],
  [
    "a silent guest, under emulation",
    { ending: timedOut, log: [startedInGo], acceleration: "kvm-emulated" },
    "infra.emulation-stall",
    "printed nothing",
  ],
  [
    "a shim that hangs before it starts anything",
    { ending: timedOut, log: [go("info", "loaded configuration")] },
    "kata.shim-hung",
    "started no VM",
  ],
  [
    "the same, where all is slow",
    { ending: timedOut, log: [go("info", "loaded configuration")], acceleration: "kvm-emulated" },
    "infra.slow",
    "under emulation",
  ],
  ["a containerd that hangs", { ending: timedOut }, "containerd.not-answering", "not answered"],
  [
    "a containerd that is gone",
    {
      client: 'ctr: failed to dial "/run/kata-verify/containerd.sock": connection error: dial unix: connection refused',
    },
    "containerd.not-answering",
    "connection refused",
  ],
  [
    "a client that is not there",
    { ending: { kind: "notStarted", code: "ENOENT" } },
    "containerd.not-answering",
    "ENOENT",
  ],
  [
    "a guest that powers itself off",
    {
      ...early(goStopped),
      log: [goStopped],
      console: booting,
    },
    "guest.no-boot",
    "nothing says why",
  ],
  [
    "what nobody knows",
    { client: `${task}the moon is in the wrong house: unknown` },
    "harness.output-unreadable",
    "the moon",
  ],
];

describe("a sandbox that did not come up", () => {
  it.each(faults)("%s", (_, ran, code, shows) => {
    const trouble = kataTrouble(told(ran));
    expect(trouble).toMatchObject({ code });
    expect(`${trouble?.message}\n${trouble?.detail}`).toContain(shows);
  });

  it("is never without a reason", () => {
    for (const ending of [exited(1), exited(endedEarly), timedOut, { kind: "signalled", signal: "SIGKILL" } as const])
      for (const acceleration of ["kvm", "kvm-emulated"] as const)
        expect(kataTrouble(told({ ending, acceleration }))?.message).toMatch(/\w/);
  });

  it("has its lines shortened", () => {
    const { message = "", detail = "" } =
      kataTrouble(told({ client: `${agentInGo}`, console: ["x".repeat(9000)] })) ?? {};
    expect(message.length).toBeLessThan(500);
    expect(detail.length).toBeLessThan(9100);
  });
});

describe("a sandbox that came up", () => {
  const up: Ran = { ending: exited(0), console: booting, log: [startedInGo] };
  const exec = (stderr: string, ending = exited(1)) => ({ "kata.exec": { ...printed(""), ending, stderr } });

  it("is well where its clients were answered, whatever they said", () => {
    expect(kataTrouble(told(up))).toBeNull();
    expect(kataTrouble(told({ ...up, steps: exec("no such file or directory", exited(127)) }))).toBeNull();
  });

  it("is well where it ended only when it was asked to", () => {
    const log = [startedInGo, goStopped, go("info", "virtiofsd quits")];
    const asked = { ...printed(""), ending: timedOut };
    expect(
      kataTrouble(told({ ...up, log, steps: { "kata.stop": asked, "kata.pod-stop": asked, "kata.again-1": asked } })),
    ).toBeNull();
  });

  it.each<[string, Ran, Code]>([
    ["of a panic", { console: [...booting, "[ 30.1] Kernel panic - not syncing: Fatal exception"] }, "guest.panic"],
    ["of a VMM that crashed", { log: [startedInGo, goEnded("signal: aborted (core dumped)")] }, "vmm.crash"],
    [
      "of virtiofsd",
      { log: [startedInGo, go("info", "virtiofsd quits"), goEnded("signal: killed")] },
      "virtiofsd.exited-early",
    ],
    ["of its shim", {}, "kata.shim-exited"],
  ])("died %s in the middle", (_, ran, code) => {
    expect(kataTrouble(told({ ...up, ...ran, steps: exec("ctr: ttrpc: closed: unknown") }))).toMatchObject({ code });
  });

  it("that stopped answering for no reason that is known leaves each workload its own", () => {
    expect(kataTrouble(told({ ...up, steps: exec("", timedOut) }))).toBeNull();
  });
});

describe("a sandbox that nobody saw", () => {
  it("has no trouble to tell", () => {
    const { "kata.sandbox": _, ...steps } = told({}).steps;
    expect(kataTrouble({ ...told({}), steps })).toBeNull();
  });
});
