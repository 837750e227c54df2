/* SPDX-License-Identifier: MIT */
/* SANITIZED: 1 where AddressSanitizer or ThreadSanitizer is compiled in, which see each block of memory come and go; else 0.
 * gcc and clang say so in ways of their own. */
#pragma once

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) ||                       \
    __has_feature(thread_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
