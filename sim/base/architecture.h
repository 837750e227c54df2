/* SPDX-License-Identifier: MIT */
/* What seccomp(2) calls this machine's architecture, for filters that are a list of its system calls; 0 = none is known.
 * Names: linux/audit.h. */
#pragma once

#include <linux/audit.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#define ARCHITECTURE 0
#endif
