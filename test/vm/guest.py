"""guest.py - a small virtual machine with one of Debian's kernels, for what this machine's own lacks.

The kernel comes from a package that is fetched once and kept in a cache; everything else is in the
archive that the kernel unpacks into memory at its start: busybox, the programs under test with the libraries
they need, and a script that is the only process.  There is no disk, no network and no file of this machine in
it, so nothing has to be a secret and nothing can be broken.  Without KVM it is emulated: booting takes some
seconds, and everything runs ten times slower.
"""

import fcntl
import glob
import lzma
import os
import platform
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "waggle-vm")
QEMU = "qemu-system-x86_64"
# Packages that stand for the newest kernel of a series.
SERIES = ["linux-image-cloud-amd64", "linux-image-6.12-cloud-amd64"]
MODULES = ["configfs", "null_blk"]  # a disk that keeps nothing, and what it needs
COMMAND_LINE = ("console=ttyS0 quiet loglevel=4 panic=-1 oops=panic no_timer_check tsc=reliable nokaslr "
                "mitigations=off nowatchdog random.trust_cpu=1 rdinit=/init "
                "rcupdate.rcu_cpu_stall_suppress=1")


class Missing(Exception):
    """What keeps a guest from being made, as words for 'skipped: ...'."""


def output(*command, **more):
    """What @command printed; Missing with its last line when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace", **more)
    if done.returncode:
        last = (done.stdout.strip().splitlines() or ["no output"])[-1]
        raise Missing(f"{command[0]}: {last}")
    return done.stdout


# --- kernels ------------------------------------------------------------------------------------


@dataclass
class Kernel:
    folder: Path  # vmlinux, busybox and modules

    @property
    def version(self):
        """(6, 12)"""
        return tuple(map(int, re.search(r"linux-image-(\d+)\.(\d+)", self.folder.name).groups()))


def fetch(package, into):
    """Download @package of Debian and unpack it into the folder @into."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        output("apt-get", "-o", "APT::Sandbox::User=root", "download", "-q", package, cwd=folder)
        output("dpkg", "-x", glob.glob(folder + "/*.deb")[0], str(into))


def unpacked(image):
    """The ELF file in the bzImage @image, which starts seconds earlier when the machine is emulated; or the
    bzImage itself, if the program for its packing is missing.  [Documentation/arch/x86/boot.rst]"""
    data = image.read_bytes()
    start = (data[0x1f1] + 1) * 512 + int.from_bytes(data[0x248:0x24c], "little")
    packed = data[start:start + int.from_bytes(data[0x24c:0x250], "little")]
    tools = {b"\x28\xb5\x2f\xfd": "zstd", b"\x02\x21\x4c\x18": "lz4"}
    tool = tools.get(packed[:4])
    elf = b""
    if packed[:6] == b"\xfd7zXZ\0":
        elf = lzma.LZMADecompressor().decompress(packed)
    elif tool and shutil.which(tool):  # the last 4 bytes are the size
        elf = subprocess.run([tool, "-dc"], input=packed[:-4], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False).stdout
    return elf if elf[:4] == b"\x7fELF" else data


def module(path):
    """The bytes of the kernel module @path, which may be packed."""
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def folder_of(package):
    """Where what is needed of @package is kept; another place when that is something else."""
    return CACHE / "+".join([package, "with", *MODULES])


def make_kernel(package, folder):
    """Fill @folder with what is needed of @package."""
    with tempfile.TemporaryDirectory(dir=CACHE) as work:
        root, made = Path(work, "root"), Path(work, "made")
        fetch(package, root)
        fetch("busybox-static", root)
        made.mkdir()
        (made / "vmlinux").write_bytes(unpacked(next(root.glob("boot/vmlinuz-*"))))
        shutil.copy(root / "bin/busybox", made / "busybox")
        for number, name in enumerate(MODULES):  # those that it has not built in, in order
            for path in root.rglob(name + ".ko*"):
                (made / f"{number}-{name}.ko").write_bytes(module(path))
        made.rename(folder)


def newest_of(series):
    """The package that @series stands for, or None."""
    if not shutil.which("apt-cache"):
        return None
    done = subprocess.run(["apt-cache", "depends", series], capture_output=True, text=True, check=False)
    found = re.search(r"Depends: (linux-image-\S+)", done.stdout)
    return found and found[1]


def kernels():
    """All kernels to test with, the oldest first.  Raises Missing when there is none."""
    if platform.machine() != "x86_64":
        raise Missing("virtual machines are made on x86-64 only")
    if not shutil.which(QEMU):
        raise Missing(f"no {QEMU}")
    CACHE.mkdir(parents=True, exist_ok=True)
    packages = list(filter(None, map(newest_of, SERIES)))
    if not packages:  # no Debian, or no lists: what was fetched before
        packages = [path.name.split("+with+")[0] for path in CACHE.glob("linux-image-*")]
    if not packages:
        raise Missing(f"apt knows no {SERIES[0]}")
    with open(CACHE / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for package in packages:
            if not folder_of(package).exists():
                make_kernel(package, folder_of(package))
    return sorted((Kernel(folder_of(p)) for p in set(packages)), key=lambda k: k.version)


# --- the archive in memory -----------------------------------------------------------------------


@dataclass
class Files:
    """What the guest finds; each file with its mode."""

    files: dict = field(default_factory=dict)  # path without the first '/': (mode, bytes)

    def add(self, path, data, mode=0o644):
        if isinstance(data, str):
            data = data.encode()
        self.files[path.lstrip("/")] = (0o100000 | mode, data)

    def add_program(self, path, name):
        """The program at @path as /bin/@name, with its libraries."""
        self.add(f"bin/{name}", Path(path).read_bytes(), 0o755)
        listing = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"(/\S+) \(0x", listing):
            self.add(library, Path(library).read_bytes(), 0o755)

    def archive(self):
        """A cpio archive of the form 'newc'."""
        folders = {str(parent) for path in self.files for parent in Path(path).parents} - {"."}
        entries = [(folder, 0o40755, b"") for folder in sorted(folders | {"proc", "sys", "dev", "tmp"})]
        entries += [(path, mode, data) for path, (mode, data) in self.files.items()]
        made = bytearray()
        for number, (path, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
            name = path.encode() + b"\0"
            fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
            made += b"070701" + b"".join(b"%08X" % f for f in fields) + name
            made += b"\0" * (-len(made) % 4) + data
            made += b"\0" * (-len(made) % 4)
        return bytes(made)


INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/tmp LC_ALL=C.UTF-8
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/shm; mount -t bpf bpf /sys/fs/bpf
echo 0 >/proc/sys/kernel/kptr_restrict
ip link set lo up
for m in /modules/*; do insmod "$m"; done
stty -F /dev/ttyS1 raw -echo
sh /main >/dev/ttyS1
poweroff -f
"""


def boot(kernel, files, timeout):
    """Run the script /main of @files in a guest.  Returns what it printed, and how the guest ended, if not well:
    the end of its console."""
    files.add("init", INIT, 0o755)
    files.add("bin/busybox", (kernel.folder / "busybox").read_bytes(), 0o755)
    for path in kernel.folder.glob("*.ko"):
        files.add(f"modules/{path.name}", path.read_bytes())
    kvm = os.access("/dev/kvm", os.R_OK | os.W_OK) and re.search(
        r"\b(vmx|svm)\b", Path("/proc/cpuinfo").read_text())
    with tempfile.TemporaryDirectory() as folder:
        initrd, console, printed = (Path(folder, n) for n in ("initrd", "console", "printed"))
        initrd.write_bytes(files.archive())
        console.touch()
        printed.touch()
        command = [QEMU, "-M", "q35", "-accel", "kvm" if kvm else "tcg", "-cpu", "max", "-smp", "2",
                   "-m", "1G", "-nodefaults", "-display", "none", "-no-reboot",
                   "-kernel", str(kernel.folder / "vmlinux"), "-initrd", str(initrd),
                   "-append", COMMAND_LINE,
                   "-serial", f"file:{console}", "-serial", f"file:{printed}"]
        problem = ""
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=timeout, check=True)
        except subprocess.TimeoutExpired:
            problem = f"no end within {timeout} s"
        except subprocess.CalledProcessError as e:
            problem = f"{QEMU}: {e.stdout.decode(errors='replace')}"
        tail = console.read_text(errors="replace").replace("\r", "").splitlines()[-40:]
        if problem or any("Kernel panic" in line for line in tail):
            problem = "\n".join([problem, *tail]) + "\n"
        return printed.read_bytes(), problem
