# SPDX-License-Identifier: MIT
"""Runs a program as on a machine where namespaces are refused:  refuse.py MASK PROGRAM [ARGS...]

unshare(2) with any flag of MASK fails with EPERM, as seccomp of containers or AppArmor on Ubuntu 24.04 has it (there a user
namespace may be made, and gives no rights: what is made in it is refused).
"""
import ctypes
import os
import struct
import sys

NEWUSER = 0x10000000
UNSHARE = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
ALLOW, EPERM = 0x7FFF0000, 0x00050001


def main():
    mask = int(sys.argv[1], 0)
    rows = [(0x20, 0, 0, 0),            # the number of the call
            (0x15, 0, 3, UNSHARE),
            (0x20, 0, 0, 16),           # its first argument, low half
            (0x45, 0, 1, mask),
            (0x06, 0, 0, EPERM),
            (0x06, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    program = struct.pack("HxxxxxxP", len(rows), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program):
        sys.exit("refuse.py: " + os.strerror(ctypes.get_errno()))
    os.execvp(sys.argv[2], sys.argv[2:])


main()
