"""Takes from a process every way to open a connection, whatever runs in it: a seccomp filter of the Linux kernel."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2

#: What a filter returns: let the call through, or have it fail with the error number in the lower half.
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000

#: Instructions of a classic BPF program (linux/bpf_common.h): load a word, jump if equal or not less, return.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06

#: Offsets in struct seccomp_data: the number of the call, the architecture, the lower half of the first argument.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16

#: Calls of x32, which would reach the same kernel by other numbers, begin here.
_X32 = 0x40000000


@dataclass(frozen=True, slots=True)
class _Machine:
    """Numbers of one architecture (linux/audit.h, asm/unistd.h)."""

    audit: int
    socket: int
    refused: tuple[int, ...]


# connect, bind, listen, accept, accept4; io_uring_setup, which opens sockets past any filter; ptrace,
# process_vm_readv, process_vm_writev, pidfd_getfd, which reach into other processes; execve, execveat.
_GENERIC = (203, 200, 201, 202, 242, 425, 117, 270, 271, 438, 221, 281)
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 41, (42, 49, 50, 43, 288, 425, 101, 310, 311, 438, 59, 322)),
    "aarch64": _Machine(0xC00000B7, 198, _GENERIC),
    "riscv64": _Machine(0xC00000F3, 198, _GENERIC),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def is_known() -> bool:
    """Tell whether there is a wall for this system: Linux on one of the architectures listed here."""
    return sys.platform == "linux" and platform.machine() in _MACHINES


def enclose() -> None:
    """Let this thread, and all that it starts, open no socket but AF_UNIX, connect none and run no program, for ever.

    Sockets that are open already go on working. Does nothing on a system that is not known. Raises OSError if the
    kernel refuses.
    """
    if not is_known():
        return
    code = _filter(_MACHINES[platform.machine()])
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    # Without this, only root may set a filter: a program with more rights might be fooled by it.
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        number = ctypes.get_errno()
        raise OSError(number, f"the kernel sets no seccomp filter: {os.strerror(number)}")


def _filter(machine: _Machine) -> bytes:
    """Write the program: each test leads on if it does not match, else to one of the last two lines."""
    tests = [(_IF_AT_LEAST, _X32), *((_IF_EQUAL, number) for number in machine.refused)]
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_IF_EQUAL, 1, 0, machine.audit), (_RETURN, 0, 0, _FAIL | errno.EPERM)]
    lines.append((_LOAD, 0, 0, _NUMBER))
    # Behind the tests stand: is it socket()?, load its family, is that AF_UNIX?, fail, let through.
    lines += [(code, len(tests) - at + 2, 0, value) for at, (code, value) in enumerate(tests)]
    lines += [
        (_IF_EQUAL, 0, 3, machine.socket), (_LOAD, 0, 0, _FIRST_ARGUMENT), (_IF_EQUAL, 1, 0, socket.AF_UNIX),
        (_RETURN, 0, 0, _FAIL | errno.EACCES), (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
