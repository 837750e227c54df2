# cafelab's only build file. `make help` lists the targets.
#
#   V  = rel (default), dev, asan, tsan, fuzz     what to build, each in its own folder
#   CC = gcc (default) or clang
#   STRICT=1                                      with V=rel: warnings are errors, as they are with the others

V       ?= rel
CC      := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
PREFIX  ?= /usr/local
B       := build/$(V)-$(CC)
VERSION := $(shell cat VERSION)

# Which lines are reached, counted by clang's program for V=asan in memory that is shared with files (%c), four a program (%4m): no
# end is too sudden for that, no sandbox too tight. build-aux/cov reports.
COUNTED_clang := -fprofile-instr-generate=$(CURDIR)/build/coverage/%4m%c.profraw -fcoverage-mapping -mllvm -runtime-counter-relocation -Wno-unused-command-line-argument
FLAGS_rel  := -O2 -g -fno-plt $(if $(STRICT),-Werror)# nothing is bound late (-z now), so calls into libraries need no stubs
FLAGS_dev  := -O1 -g -fno-omit-frame-pointer -Werror
FLAGS_asan := -O1 -g -fno-omit-frame-pointer -Werror -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-pie $(COUNTED_$(CC))
LINK_asan  := -no-pie# else each start relocates 300,000 pointers
FLAGS_tsan := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
FLAGS_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined

# A third less time for compilers and linters where page faults are dear: glibc's manual, "Memory Allocation Tunables".
export GLIBC_TUNABLES ?= glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216

CFLAGS  := -std=gnu17 -Wall -Wextra $(FLAGS_$(V))
ISAL    := $(shell pkg-config --exists libisal 2>/dev/null && echo yes)
CPPFLAGS := -I. -D_GNU_SOURCE -DCAFELAB_VERSION='"$(VERSION)"' $(if $(ISAL),-DHAVE_ISAL)
DEFLATE := $(shell pkg-config --exists libdeflate 2>/dev/null && echo yes)
LDLIBS  := -lyaml -ljansson -lcrypto -lz $(if $(ISAL),-lisal) $(if $(DEFLATE),-ldeflate) -lpcre2-8 -larchive -ljpeg -lcrypt -lmicrohttpd -lexpat -lseccomp -lm -ldl -lpthread

SOURCES := $(filter-out sim/main.c,$(wildcard sim/*/*.c grader/*.c grader/*/*.c))
UNIT    := $(sort $(wildcard tests/unit/*.c))
SUITES  := $(filter-out main,$(basename $(notdir $(UNIT))))
FUZZ    := $(patsubst tests/fuzz/%.c,%,$(filter-out tests/fuzz/driver.c,$(wildcard tests/fuzz/*.c)))
OBJECTS := $(SOURCES:%.c=$(B)/%.o)
.SECONDARY:

all: $(B)/cafelab
	@mkdir -p build && ln -sfn $(V)-$(CC)/cafelab build/cafelab

$(B)/grader/unpack.o build/tidy/grader/unpack.ok: CPPFLAGS += $(if $(DEFLATE),-DHAVE_LIBDEFLATE)

$(B)/cafelab: $(B)/sim/main.o $(B)/libcafelab.a
	$(CC) $(CFLAGS) $(LINK_$(V)) -Wl,-z,now -o $@ $^ $(LDLIBS)

$(B)/libcafelab.a: $(OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

$(B)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# ---- unit tests: the list of suites is made from the files' names ----

$(B)/suites.inc: $(UNIT) Makefile
	@mkdir -p $(@D)
	@for f in $(SUITES); do echo "SUITE($$f)"; done > $@

$(B)/tests/unit/main.o: $(B)/suites.inc
$(B)/tests/unit/main.o: CPPFLAGS += -I$(B)

$(B)/unit: $(UNIT:%.c=$(B)/%.o) $(B)/libcafelab.a
	$(CC) $(CFLAGS) $(LINK_$(V)) -o $@ $^ -lcunit $(LDLIBS)

$(B)/fuzz-%: $(B)/tests/fuzz/%.o $(if $(filter fuzz,$(V)),,$(B)/tests/fuzz/driver.o) $(B)/libcafelab.a
	$(CC) $(CFLAGS) $(LINK_$(V)) $(if $(filter fuzz,$(V)),-fsanitize=fuzzer) -o $@ $^ $(LDLIBS)

$(B)/bench-%: $(B)/tests/bench/%.o $(B)/libcafelab.a
	$(CC) $(CFLAGS) $(LINK_$(V)) -o $@ $^ $(LDLIBS)

$(B)/real-%: $(B)/tests/real/%.o $(B)/libcafelab.a
	$(CC) $(CFLAGS) $(LINK_$(V)) -o $@ $^ $(LDLIBS)

unit: $(B)/unit ## unit tests of this V and CC
	@tests/run-unit $(B)/unit $(or $(SUITE),$(SUITES))

fuzz-replay: $(FUZZ:%=$(B)/fuzz-%) ## every fuzz target over its corpus
	@for t in $(FUZZ); do $(B)/fuzz-$$t tests/corpus/$$t || exit 1; done

T ?= 60
fuzz: ## libFuzzer for T seconds each; finds land in build/
	@$(MAKE) --no-print-directory V=fuzz CC=clang $(FUZZ:%=build/fuzz-clang/fuzz-%)
	@for t in $(FUZZ); do mkdir -p build/corpus/$$t; \
	  build/fuzz-clang/fuzz-$$t -max_total_time=$(T) -rss_limit_mb=2048 -artifact_prefix=build/crash-$$t- \
	    build/corpus/$$t tests/corpus/$$t || exit 1; done

# ---- everything ----

demo: ## sets up what is missing, builds, and tells the Café story
	@build-aux/setup demo
	@$(MAKE) --no-print-directory -j2 -s all
	@docs/demo.sh

test: ## everything that must hold; what CI runs
	@build-aux/setup test
	@tests/run-all

setup: ## installs what is missing
	@build-aux/setup test

bench: all ## build, write, query, serve and grade: our figures beside others', in one run
	@for f in tests/bench/*.sh; do CC=$(CC) $$f || exit 1; done

$(B)/reference: $(B)/build-aux/reference.o $(B)/libcafelab.a
	$(CC) $(CFLAGS) $(LINK_$(V)) -o $@ $^ $(LDLIBS)

reference: $(B)/reference ## rewrites docs/reference from the tables
	@$(B)/reference docs/reference

gallery: all ## rewrites docs/gallery.md and its pictures from the scenarios
	@build-aux/gallery build/cafelab

golden: all ## rewrites tests/golden from what the program does now; review the diff
	@GOLDEN_WRITE=1 tests/run tests/golden/*.sh

# ---- care ----

LLVM   := 14# of one version everywhere: each lays out and warns in its own way
STYLED := $(wildcard sim/*.c sim/*/*.[ch] grader/*.[ch] grader/*/*.[ch] tests/*/*.[ch])
format: ## lays out the sources
	@clang-format-$(LLVM) -i $(STYLED)
format-check:
	@clang-format-$(LLVM) --dry-run -Werror $(STYLED)
layers: ## proves that includes point down only, and that sim/base alone asks for the time
	@build-aux/layers
tidy: $(SOURCES:%.c=build/tidy/%.ok) ## clang-tidy, a file at a time
build/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy-$(LLVM) --quiet $< -- $(CPPFLAGS) -std=gnu17 > $@.log 2>/dev/null || { cat $@.log; exit 1; }
	@touch $@
cppcheck:
	@cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr \
	  --suppress=missingIncludeSystem --include=build-aux/cppcheck.h -I. --std=c11 -j2 --cppcheck-build-dir=$$(mkdir -p build/cppcheck && echo build/cppcheck) sim grader
lint: format-check layers tidy cppcheck ## format, layers, clang-tidy, cppcheck
COV_MIN ?= 85
export COV_MIN
cov: ## line coverage of the unit and command tests; at least COV_MIN per cent
	@tests/run-all clang coverage

install: all ## to $(DESTDIR)$(PREFIX)
	install -Dm755 build/cafelab $(DESTDIR)$(PREFIX)/bin/cafelab
	mkdir -p $(DESTDIR)$(PREFIX)/share/cafelab $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/lib/cafelab
	cp -R scenarios fixtures $(DESTDIR)$(PREFIX)/share/cafelab/
	mkdir -p $(DESTDIR)$(PREFIX)/share/cafelab/docs
	cp -R docs/*.md docs/examples docs/gallery docs/reference docs/scale $(DESTDIR)$(PREFIX)/share/cafelab/docs/
	install -m644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	mkdir -p $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	build/cafelab help --completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/cafelab
	test ! -e build/duckdb/libduckdb.so || install -m644 build/duckdb/libduckdb.so $(DESTDIR)$(PREFIX)/lib/cafelab/
clean:
	rm -rf build
help:
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

-include $(OBJECTS:.o=.d) $(B)/sim/main.d $(wildcard $(B)/tests/*/*.d)
.PHONY: all unit fuzz fuzz-replay demo test setup bench golden reference gallery format format-check layers tidy cppcheck lint cov install clean help
