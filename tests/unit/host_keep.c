/* SPDX-License-Identifier: MIT */
/*
 * What incident responders do on a server: keep evidence, put files in place, end sessions. Rows of lines; those whose words
 * the real programs still have are in tests/data/host/lines.
 */
#include "tests/unit/host_server.h"

#include <stdlib.h>

/* clang-format off */
static const struct command_row install_rows[] = {
    {"echo hi > a; install -m frog a b; install -o frog a b; install -g frog a b; install a c d; install -t nodir a; install "
     "-s a", "",
     "install: invalid mode 'frog'\ninstall: invalid user 'frog'\ninstall: invalid group 'frog'\ninstall: target 'd' is not a "
     "directory\ninstall: target 'nodir' is not a directory\ninstall: invalid option -- 's'\nTry 'install --help' for more "
     "information.\n", 1},
    {"install -o root a b; install /etc/shadow b; install a /etc/x; install a; install -T a b c", "",
     "install: cannot change ownership of 'b': Operation not permitted\ninstall: cannot open '/etc/shadow' for reading: "
     "Permission denied\ninstall: cannot create regular file '/etc/x': Permission denied\ninstall: missing destination file "
     "operand after 'a'\nTry 'install --help' for more information.\ninstall: extra operand 'c'\nTry 'install --help' for more "
     "information.\n", 1},
    {"sudo install -o root -g wheel -m 4750 -p /etc/motd /tmp/m; stat -c '%a %U %G' /tmp/m; test $(stat -c %Y /tmp/m) = $(stat "
     "-c %Y /etc/motd) && echo same time", "4750 root wheel\nsame time\n", "", 0},
};

static const struct command_row dd_rows[] = {
    {"printf '%01500d' 0 > s; dd if=s of=o bs=1000 status=noxfer; dd if=s of=o status=noxfer; dd if=s of=o ibs=100 "
     "status=noxfer; dd if=s of=o bs=1000 conv=sync status=noxfer; dd if=s of=o bs=4M status=none", "",
     "1+1 records in\n1+1 records out\n2+1 records in\n2+1 records out\n15+0 records in\n2+1 records out\n1+1 records in\n2+0 "
     "records out\n", 0},
    {"dd if=nothing; dd frog=1; dd bs=x; dd bs=0; dd count=-1; dd conv=frog; dd iflag=x; dd status=x; dd conv=ucase,lcase; dd "
     "of=nodir/x if=s; dd -x", "",
     "dd: failed to open 'nothing': No such file or directory\ndd: unrecognized operand 'frog=1'\nTry 'dd --help' for more "
     "information.\ndd: invalid number 'x'\ndd: invalid number '0'\ndd: invalid number '-1'\ndd: invalid conversion: "
     "'frog'\nTry "
     "'dd --help' for more information.\ndd: invalid input flag: 'x'\nTry 'dd --help' for more information.\ndd: invalid "
     "status "
     "level: 'x'\nTry 'dd --help' for more information.\ndd: cannot combine lcase and ucase\ndd: failed to open 'nodir/x': No "
     "such file or directory\ndd: invalid option -- 'x'\nTry 'dd --help' for more information.\n", 1},
    {"dd if=/etc/shadow; dd if=s of=/etc/passwd; dd if=/etc bs=1 status=noxfer; dd if=/dev/zero of=z bs=1M status=noxfer; wc "
     "-c "
     "< z; rm z", "8388608\n",
     "dd: failed to open '/etc/shadow': Permission denied\ndd: failed to open '/etc/passwd': Permission denied\ndd: error "
     "reading "
     "'/etc': Is a directory\n0+0 records in\n0+0 records out\ndd: error writing 'z': No space left on device\n8+0 records "
     "in\n8+0 records out\n", 0},
    {"dd if=s of=p bs=1M 2>&1 | sed 's/d, .* s, .*/d, TIME/'; sudo dd if=/etc/shadow of=kept status=none; stat -c '%U %a' kept",
     "0+1 records in\n0+1 records out\n1500 bytes (1.5 kB) copied, TIME\nroot 644\n", "", 0},
};

static const struct command_row tar_rows[] = {
    {"sudo tar czf /tmp/e.tgz /etc/ssh /etc/shadow; tar tvf /tmp/e.tgz | tail -1 | cut -c1-33",
     "---------- root/root       669 20\n", "tar: Removing leading `/' from member names\n", 0},
    {"mkdir y; tar xzf /tmp/e.tgz -C y; stat -c '%U %G %a' y/etc/shadow y/etc/ssh y/etc/ssh/sshd_config; sudo tar xzf "
     "/tmp/e.tgz "
     "-C y; stat -c '%U %a' y/etc/shadow y/etc/ssh/sshd_config", "ec2-user ec2-user 0\nec2-user ec2-user 755\nec2-user ec2-user 600\nroot 0\nroot 600\n", "", 0},
    {"tar xf /tmp/e.tgz -C y etc/shadow; tar xkf /tmp/e.tgz -C y etc/shadow; tar cf k.tar /var/log/audit", NULL,
     "tar: etc/shadow: Cannot open: File exists\ntar: Exiting with failure status due to previous errors\ntar: Removing "
     "leading "
     "`/' from member names\ntar: /var/log/audit: Cannot open: Permission denied\ntar: Exiting with failure status due to "
     "previous errors\n", 2},
    {"tar; tar cf; tar cf x; tar qf x; tar cjf x y; tar ctf x; tar tf nothing; tar xf /tmp/e.tgz -C /none; tar c "
     "--strip-components=x y", "",
     "tar: You must specify one of the `-Acdtrux' or `--test-label'  options\nTry `tar --help' or `tar --usage' for more "
     "information.\ntar: Old option `f' requires an argument.\nTry `tar --help' or `tar --usage' for more information.\ntar: "
     "Cowardly refusing to create an empty archive\nTry `tar --help' or `tar --usage' for more information.\ntar: invalid "
     "option "
     "-- 'q'\nTry `tar --help' or `tar --usage' for more information.\ntar (child): bzip2: Cannot exec: No such file or "
     "directory\ntar (child): Error is not recoverable: exiting now\ntar: Child returned status 2\ntar: Error is not "
     "recoverable: exiting now\ntar: You may not specify more than one `-Acdtrux' or `--test-label'  option\nTry `tar --help' "
     "or "
     "`tar --usage' for more information.\ntar: nothing: Cannot open: No such file or directory\ntar: Error is not "
     "recoverable: "
     "exiting now\ntar: /none: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\ntar: x: "
     "Invalid number of elements\nTry `tar --help' or `tar --usage' for more information.\n", 2},
    {"head -c 100 /tmp/e.tgz > cut.tgz; tar tzf cut.tgz; sudo tar cf /tmp/e.tar /etc/ssh; head -c 700 /tmp/e.tar > cut.tar; "
     "tar "
     "tf cut.tar; printf '%0700d' 1 > no.tar; tar tf no.tar; : > none.tar; tar tf none.tar && echo empty", NULL,
     "\ngzip: stdin: unexpected end of file\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\ntar: "
     "Removing leading `/' from member names\ntar: Unexpected EOF in archive\ntar: Error is not recoverable: exiting now\ntar: "
     "This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n", 0},
    {"mkdir up; echo a > up/a; cd y; tar cf ../o.tar ../up; cd ..; tar cPf p.tar ../w2/../up 2>&1; tar tf o.tar; tar cf "
     "/tmp/s.tar /tmp/s.tar; tar tf /tmp/s.tar | wc -l", "tar: ../w2/../up: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\nup/\n"
     "up/a\n0\n", "tar: Removing leading `../' from member names\ntar: Removing leading `/' from member "
     "names\ntar: /tmp/s.tar: file is the archive; not dumped\n", 0},
};

static const struct command_row rsync_rows[] = {
    {"mkdir -p d/e; echo a > d/a; echo bb > d/e/b; ln -s a d/l; chmod 600 d/a; touch -d 2025-03-04T05:06:07Z d/a d/e/b d/e d; "
     "rsync -av d x | head -7; stat -c '%a %Y %n' x/d x/d/a x/d/e/b", "sending incremental file list\ncreated directory x\nd/\nd/a\nd/e/\nd/e/b\nd/l -> a\n775 1741064767 x/d\n600 1741064767 "
     "x/d/a\n664 1741064767 x/d/e/b\n", "", 0},
    {"rsync -av d x | head -2; echo more >> d/a; echo own > x/d/own; rsync -avn --delete d/ x/d | head -4; cat x/d/a; rsync -a "
     "--delete --exclude=l d/ x/d; cat x/d/a; ls x/d", "sending incremental file list\n\nsending incremental file list\n./\ndeleting own\na\na\na\nmore\na\ne\nl\n", "", 0},
    {"sudo rsync -a /etc/shadow /etc/ssh /tmp/kept/; stat -c '%U %G %a' /tmp/kept/shadow /tmp/kept/ssh/sshd_config; rsync "
     "d/a plain; stat -c %a plain; rsync -r d y; ls y/d; rsync -lr d y; readlink y/d/l", "root root 0\nroot root 600\n600\nskipping non-regular file \"d/l\"\na\ne\na\n", "", 0},
    {"mkdir s; echo a > s/a; rsync -a s/ s/in; rsync -a s s; rsync -a s/ s; find s | sort", "s\ns/a\ns/in\ns/in/a\n", "", 0},
    {"rsync; rsync --frog a b; rsync -a nothing x; rsync -a /etc/shadow x; rsync d x; rsync -a d /nodir/x; rsync -a d/ plain; "
     "rsync -a d ec2-user@10.0.0.9:/tmp", "skipping directory d\n",
     "rsync  version 3.1.2  protocol version 31\nUsage: rsync [OPTION]... SRC [SRC]... DEST\nrsync error: syntax or usage "
     "error "
     "(code 1) at main.c(1580) [client=3.1.2]\nrsync: --frog: unknown option\nrsync error: syntax or usage error (code 1) at "
     "main.c(1572) [client=3.1.2]\nrsync: link_stat \"/home/ec2-user/nothing\" failed: No such file or directory (2)\nrsync "
     "error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1189) [sender=3.1.2]\nrsync: "
     "send_files failed to open \"/etc/shadow\": Permission denied (13)\nrsync error: some files/attrs were not transferred "
     "(see previous errors) (code 23) at main.c(1189) [sender=3.1.2]\nrsync: mkdir \"/nodir/x\" failed: No such file or "
     "directory (2)\nrsync error: error in file IO (code 11) at main.c(675) [Receiver=3.1.2]\nERROR: destination must be a "
     "directory when copying more than 1 file\nrsync error: errors selecting input/output files, dirs (code 3) at main.c(652) "
     "[Receiver=3.1.2]\nssh: connect to host 10.0.0.9 port 22: Connection timed out\nrsync: connection unexpectedly closed (0 "
     "bytes received so far) [sender]\nrsync error: unexplained error (code 255) at io.c(226) [sender=3.1.2]\n", 255},
};

static const struct command_row look_rows[] = {
    {"echo a > f; sha256sum -c f; sha1sum --tag -c f; sha1sum --status f; md5sum -c nothing; sha256sum f > s; echo b > f; echo bad "
     ">> s; sha256sum -cw s",
     "f: FAILED\n",
     "sha256sum: f: no properly formatted SHA256 checksum lines found\nsha1sum: the --tag option is meaningless when verifying "
     "checksums\nTry 'sha1sum --help' for more information.\nsha1sum: the --status option is meaningful only when verifying "
     "checksums\nTry 'sha1sum --help' for more information.\nmd5sum: nothing: No such file or directory\nsha256sum: s: 2: "
     "improperly formatted SHA256 checksum line\nsha256sum: WARNING: 1 line is improperly formatted\nsha256sum: WARNING: 1 "
     "computed checksum did NOT match\n",
     1},
    {"cmp f s; cmp f nothing; cmp; base64 -w x f; base64 f f; xxd nothing; xxd -c 0 f; hexdump -n x f; strings -n 0 f; strings "
     "nothing",
     "f s differ: byte 1, line 1\n",
     "cmp: nothing: No such file or directory\ncmp: missing operand after 'cmp'\ncmp: Try 'cmp --help' for more "
     "information.\nbase64: invalid wrap size: 'x'\nbase64: extra operand 'f'\nTry 'base64 --help' for more information.\nxxd: "
     "nothing: No such file or directory\nxxd: invalid number of columns (max. 256).\nhexdump: x: bad length value\nstrings: "
     "invalid minimum string length 0\nstrings: 'nothing': No such file\n",
     1},
    {"printf 'hello\\nworld hello hello hello hello hello\\n' > g; chmod 640 g; touch -d 2025-01-02T03:04:05Z g; gzip -k g; stat -c "
     "'%a %s %Y' g.gz; gzip -l g.gz; file g.gz; zcat g.gz | cmp g; gzip g; gunzip g; gunzip -f g.gz; ls g*; gzip -v g; gzip "
     "g.gz; gunzip nothing; gzip .; gzip -Q; zcat f; echo x | gzip | zcat; sudo gzip -kc /etc/shadow | zcat | wc -l",
     "640 39 1735787045\n         compressed        uncompressed  ratio uncompressed_name\n                 39                  "
     "42  54.8% g\ng.gz: gzip compressed data, was \"g\", from Unix, last modified: Thu Jan  2 03:04:05 2025\ng\nx\n26\n",
     "gzip: g.gz already exists;\tnot overwritten\ngzip: g: unknown suffix -- ignored\ng:\t 54.8% -- replaced with "
     "g.gz\ngzip: g.gz already has .gz suffix -- unchanged\ngzip: nothing.gz: No such file or directory\ngzip: . is a directory "
     "-- ignored\ngzip: invalid option -- 'Q'\nTry `gzip --help' for more information.\n\ngzip: f: not in gzip format\n",
     0},
    {"ln -s f l; ln -s none b; : > e; printf '#!/bin/sh\\n' > sh; printf 'caf\\xc3\\xa9\\r\\n' > u; printf '\\1\\2' > bin; printf x > n; file "
     "f l b e sh u bin n nothing /tmp /etc/ssh; file -i e sh u /tmp; file -bL l /etc/shadow /var/www/html",
     "f:        ASCII text\nl:        symbolic link to `f'\nb:        broken symbolic link to `none'\ne:        empty\nsh:       "
     "POSIX shell script, ASCII text executable\nu:        UTF-8 Unicode text, with CRLF line terminators\nbin:      data\nn:    "
     "    ASCII text, with no line terminators\nnothing:  cannot open (No such file or directory)\n/tmp:     sticky "
     "directory\n/etc/ssh: directory\ne:    inode/x-empty; charset=binary\nsh:   text/x-shellscript; charset=us-ascii\nu:    "
     "text/plain; charset=utf-8\n/tmp: inode/directory; charset=binary\nASCII text\nregular file, no read "
     "permission\ndirectory\n",
     "", 0},
};
static const struct command_row pid_rows[] = {
    {"cat /var/run/sshd.pid /run/crond.pid /run/nothing.pid; ls -l /run/sshd.pid | cut -c1-24; ps -fp $(cat /run/sshd.pid) | wc -l; ps "
     "-p1 -o pid,comm | tail -1; ps -eo pid | wc -l | cut -c1; cat /run/httpd/httpd.pid",
     "2298\n2327\n-rw-r--r-- 1 root root 5\n2\n    1 systemd        \n4\n",
     "cat: /run/nothing.pid: No such file or directory\ncat: /run/httpd/httpd.pid: Permission denied\n", 1},
    {"rm /run/sshd.pid; echo 1 > /run/sshd.pid; sudo kill -HUP $(cat /run/sshd.pid) && cat /run/sshd.pid; sudo systemctl restart "
     "sshd; test $(cat /run/sshd.pid) = 2298 || echo another; sudo kill $(cat "
     "/var/run/sshd.pid); cat /run/sshd.pid; systemctl is-active sshd; sudo systemctl start sshd; wc -l < /run/sshd.pid",
     "2298\nanother\ninactive\n1\n",
     "rm: cannot remove '/run/sshd.pid': Device or resource busy\n-bash: /run/sshd.pid: Permission denied\ncat: /run/sshd.pid: No "
     "such file or directory\n", 0},
};
static const struct command_row visudo_rows[] = {
    {"visudo -c; sudo visudo -c; sudo sh -c 'echo \"frog ALL=(ALL ALL\" > /tmp/bad'; visudo -cf /tmp/bad; visudo -cf /tmp/none; visudo -x; "
     "sudo visudo; sudo visudo -cq && echo good",
     "/etc/sudoers: parsed OK\n/etc/sudoers.d/90-cloud-init-users: parsed OK\ngood\n",
     "visudo: /etc/sudoers: Permission denied\n>>> /tmp/bad: syntax error near line 1 <<<\nparse error in /tmp/bad near line "
     "1\nvisudo: unable to open /tmp/none: No such file or directory\nvisudo: invalid option -- 'x'\nusage: visudo [-chqsV] [-f "
     "sudoers] [-x output_file]\nvisudo: no editor found (editor path = /bin/vi)\n", 0},
    {"sudo sh -c 'cp /tmp/bad /etc/sudoers.d/zz; visudo -c || rm /etc/sudoers.d/zz; chmod 644 /etc/sudoers; visudo -c'", "",
     ">>> /etc/sudoers.d/zz: syntax error near line 1 <<<\nparse error in /etc/sudoers.d/zz near line 1\n/etc/sudoers: bad "
     "permissions, should be mode 0440\n", 1},
};
static const struct command_row net_rows[] = {
    {"sudo netstat -tlnp; netstat -an | tail -1; netstat -ulnp; netstat -Q",
     "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       "
     "PID/Program name    \ntcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      2298/sshd           "
     "\ntcp6       0      0 :::22                   :::*                    LISTEN      2298/sshd           \ntcp6       0      0 "
     ":::80                   :::*                    LISTEN      2185/httpd          \ntcp        0      0 10.0.1.23:22            "
     "198.51.100.23:53330     ESTABLISHED\nActive Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           "
     "Foreign Address         State       PID/Program name    \n",
     "(Not all processes could be identified, non-owned process info\n will not be shown, you would have to be root to see it "
     "all.)\nnetstat: invalid option -- 'Q'\n", 3},
    {"pidof crond; pidof -s httpd; pidof httpd | wc -w; pidof frog; echo $?; pidof -o 2327 crond", "2327\n2315\n6\n1\n", "", 1},
};
static const struct command_row journal_rows[] = {
    {"sudo sh -c \"printf 'Dec 31 23:59:59 h sshd[7]: old\\nOct 15 10:00:01 h sshd[8]: b\\nOct 15 10:00:05 h sudo: d\\nno line\\n' > "
     "/var/log/secure; printf 'Oct 15 10:00:01 h CROND[9]: c\\nOct 15 10:00:00 h run-parts(/x)[9]: a\\n' > /var/log/cron\"; sudo "
     "journalctl --no-pager",
     "Dec 31 23:59:59 h sshd[7]: old\nOct 15 10:00:00 h run-parts(/x)[9]: a\nOct 15 10:00:01 h sshd[8]: b\nOct 15 10:00:01 h "
     "CROND[9]: c\nOct 15 10:00:05 h sudo: d\n", "", 0},
    {"sudo journalctl -u sshd.service -u crond -r; sudo journalctl -n 1; sudo journalctl _COMM=run-parts; sudo journalctl -t sudo -t sshd "
     "--since '2025-10-15 10:00:01' --until='2025-10-15 10:00:04'; sudo journalctl -n 0 --since 2024-12-31",
     "Oct 15 10:00:01 h CROND[9]: c\nOct 15 10:00:01 h sshd[8]: b\nDec 31 23:59:59 h sshd[7]: old\nOct 15 10:00:05 h sudo: d\nOct 15 "
     "10:00:00 h run-parts(/x)[9]: a\nOct 15 10:00:01 h sshd[8]: b\n", "", 0},
    {"sudo -u apache journalctl; sudo journalctl -nx; sudo journalctl --since frog; sudo journalctl _PID=1; sudo journalctl -k", "",
     "Hint: You are currently not seeing messages from other users and the system.\nNo journal files were opened due to "
     "insufficient permissions.\nFailed to parse lines 'x'\nFailed to parse timestamp: frog\njournalctl: _PID=1: there is no journal "
     "here; what rsyslog wrote is in /var/log/secure, messages and cron\njournalctl: invalid option -- 'k'\n", 1},
};
/* Archives that nobody packs by accident, and what the kernel refuses. */
static const struct command_row hostile_rows[] = {
    {"echo H4sIAAAAAAAC/+3RsQmAMBCF4RQOkgWE5IymdRUnEDT2bq4xoIiFVkqE/2vu4F5x8EJt1NtM1DiXZnSdaZ+3YLHnvYgo/f5n0TSGbtBaDX0f7nJP958KjWTTf3vkfSWW/j/pv7RZ9L+cGOu8r+gfAAAAAAAAAAAAAAAAeLICH4EiywAoAAA= | base64 -d > times.tgz; tar xzf times.tgz && stat -c %Y t50 t62 t-1; tar tvzf times.tgz | cut -c32-41",
     "253402300799\n253402300799\n0\n9999-12-31\n9999-12-31\n1970-01-01\n",
     "", 0},
    {"mkdir c; ln -s . c/a; ln -s . c/b; tar chf c.tar c; tar tf c.tar",
     "c/\n",
     "tar: c/a: directory is within itself; not dumped\ntar: c/b: directory is within itself; not dumped\n", 0},
    {"dd if=/dev/zero of=z bs=1M count=8 status=none; tar cf - z; tar cf z.tar z; tar cf z.tar z z z z z z z z z; rm z z.tar",
     "",
     "tar: -: Cannot write: File too large\ntar: Error is not recoverable: exiting now\ntar: z.tar: Cannot write: File too large\ntar: Error is not recoverable: exiting now\ntar: z.tar: Cannot write: File too large\ntar: Error is not recoverable: exiting now\n", 0},
    {"echo H4sIAAAAAAAC/+3aPQrCMBiA4RylJ7Bp7M/qAXqJTiJCC1Xvr6KCSy2CCurzPkNDUsiQ9Vvki3zVDv263fTb8J7ipYlvWpYp3fau+01Tx5C14QMddvtuzLLwp3U5AAAAAAAAAAAA/ADzfy93Huqsy3JqDvR+XTTVaZ2qqk4hi5+c/xyHYf/ov7nzL23Yvv+Op9+/iLEqvb8kSZIkSZIkSZIkSZI01xFJ6eKOAFAAAA== | base64 -d > b.tgz; tar xzf b.tgz; ls ok; tar tzf b.tgz --exclude='b*'",
     "ok\nok\n",
     "tar: a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/...: Cannot open: File name too long\ntar: Exiting with failure status due to previous errors\ntar: a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/...: Cannot open: File name too long\ntar: Exiting with failure status due to previous errors\n", 2},
    {"echo H4sIAAAAAAACA+3YQQqCQBSAYdedwiMkZh6kEwS1TbDaePpUpoiIhEIXr+/bDMwMjrzl32XzW/e2m8249l7Xuq4fZ0Vd9ftFVVZllu8W+Lfser7s2zzP2qa5fLo3df7LdMp+BO8mMuw/T2e88+0D44cAAACAP3I8HVbD2i3wlv4zMR39BwAAAJiB/pPoPwAAAEBQ+k+i/wAAAABB6T+J/gMAAAAEpf8k+g8AAAAQlP6T6D8AAABAUPpPov8AAAAAQek/if4DAAAABKX/JPoPAAAAENS9/wAAAAAAcd0As/eiegDIAAA= | base64 -d > sparse.tgz; mkdir o; tar xzf sparse.tgz -C o; ls o; rm o/z",
     "z\n",
     "tar: z: Cannot write: No space left on device\ntar: Error is not recoverable: exiting now\n", 0},
    {"echo H4sIAAAAAAAC/+3RQQqAIBSEYY/iBcKnIZ4nRGgTgtn9k1ZBYKui4P82M/DeblKNRj1MmiBypFzz3G3wrVtxYVTaqxdsa52K1qrkXHt/d/efmvOSTIpu2NZUzFf2dxI8+wMAAAAAAAAAAAAAAABAzw6M+Rw9ACgAAA== | base64 -d > perm.tgz; tar xzf perm.tgz -C /; stat -c '%a %Y' /home/ec2-user; test $(stat -c %Y /etc) = 1000 || echo kept",
     "700 1000\nkept\n",
     "tar: etc: Cannot utime: Operation not permitted\ntar: etc: Cannot change mode to rwx------: Operation not permitted\ntar: Exiting with failure status due to previous errors\n", 0},
    {"echo H4sIAAAAAAAC/+3UTQ7CIBCGYdaeghOUX+E8xrAwQZtUND2+xJXpoq5oqrwPi5kEFoQvTBbt6SrG+K7Vsn72Jh5rb7QPVkirUjm3vtzjXk6TlGIax7J27tv+j8oqPS+5ff7B+5X87TL/4KKQeosH6Dz/dBDo2HWf898ZV+f/MKiZ/9/UbZ/511Xznze4XOf5AwAAAAAAAAAAAAD+wwsFmOeZACgAAA== | base64 -d > links.tgz; mkdir out; sudo tar xvzf links.tgz -C out; ls /etc/evil; ls out; readlink out/l out/m out/n; stat -c %Y out/m; sudo tar xPzf links.tgz -C out; sudo rm /etc/evil",
     "l\nl/evil\nm\nn\nl\nm\nn\n/etc\n../x\nx\n1000\n",
     "tar: l/evil: Cannot open: Not a directory\ntar: Exiting with failure status due to previous errors\nls: cannot access /etc/evil: No such file or directory\n", 0},
    {"tar xzf times.tgz --exclude='t*'; mkdir -p e/f/g; tar cf e.tar --exclude=f/g e; tar tf e.tar; tar tf e.tar --exclude='e/*'",
     "e/\ne/f/\ne/\n",
     "", 0},
    {"cp /run/sshd.pid /tmp/p; install -m 600 /run/sshd.pid /tmp/q; rsync /run/sshd.pid /tmp/r", "", "", 0},
    {"ls -lR /etc > /dev/null 2>&1; cat /tmp/p /tmp/q /tmp/r", "2298\n2298\n2298\n", "", 0}, /* kept, once the line is over */
    {"sudo sh -c 'echo 1 > /run/sshd.pid'; dd if=/dev/zero of=z bs=1M count=8 status=none; for i in 1 2 3 4 5; do tar czf z.tgz z; done; rm z z.tgz", "",
     "bash: /run/sshd.pid: Device or resource busy\ntar: z.tgz: Cannot write: Cannot allocate memory\ntar: Error is not recoverable: exiting now\ntar: z.tgz: Cannot write: Cannot allocate memory\ntar: Error is not recoverable: exiting now\n", 0},
    {"echo a > f; ln -s f l; dd if=l iflag=nofollow; dd if=f iflag=nofollow status=none; rm f l", "a\n", "dd: failed to open 'l': Too many levels of symbolic links\n", 0},
    {"sudo chmod 600 /run/sshd.pid; sudo chown apache /run/sshd.pid; sudo touch /run/sshd.pid; stat -c '%U %a' /run/sshd.pid",
     "root 644\n",
     "chmod: changing permissions of '/run/sshd.pid': Device or resource busy\nchown: changing ownership of '/run/sshd.pid': Device or "
     "resource busy\ntouch: setting times of '/run/sshd.pid': Device or resource busy\n", 0},
    {"echo a > /tmp/nd/; dd if=/etc/motd of=/tmp/nd/; touch /tmp/nd; ls -l /tmp/nd | cut -c1-10; rm /tmp/nd", "-rw-rw-r--\n",
     "-bash: /tmp/nd/: Is a directory\ndd: failed to open '/tmp/nd/': Is a directory\n", 0},
};
static const struct command_row limit_rows[] = {
    {"echo a | dd bs=2G conv=sync of=z; printf a | dd bs=5M conv=sync of=z status=none; stat -c %s z", "5242880\n",
     "dd: memory exhausted by input buffer of size 2147483648 bytes (2.0 GiB)\n", 0},
    {"dd if=/dev/zero of=z bs=1M count=8 status=none; hexdump z z | tail -1; xxd -s 8388606 z", "0800000\n007ffffe: 0000                             "
     "        ..\n", "", 0},
    {"sha1sum z > s; for i in 1 2 3 4 5 6; do cat s s > t; mv t s; done; wc -l < s", "64\n", "", 0},
    {"sha1sum -c s 2> e | sort | uniq -c", "      1 z: FAILED open or read\n     31 z: OK\n", "", 0},
    {"cat e; sha1sum -c z", "sha1sum: z: Cannot allocate memory\nsha1sum: s: Cannot allocate memory\nsha1sum: WARNING: 1 listed file could "
     "not be read\n", "sha1sum: z: no properly formatted SHA1 checksum lines found\n", 1},
    {"gzip -1c z z z z z > /dev/null; gzip -1c z > y; gunzip -c y > /dev/null", "", "gzip: z: Cannot allocate memory\ngzip: z: Cannot allocate "
     "memory\ngzip: z: Cannot allocate memory\n\ngzip: y: Cannot allocate memory\n", 1},
    {"printf 'ÀÀÀÀÀÀÀÀ' > v; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cat v v > w; mv w v; done; printf a > u; cat v >> u; file u; rm u v z",
     "u: UTF-8 Unicode text, with very long lines, with no line terminators\n", "", 0},
    {"echo 0123456789012345678901234567890 > v; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do cat v v > w; mv w v; done; sort v v v | "
     "wc -l; rm v", "262144\n", "", 0},
};
static const struct command_row mended_rows[] = {
    {"dd if=/dev/zero | head -c 3 | wc -c; dd if=/dev/./zero bs=1 count=3 status=none | wc -c", "3\n3\n", "", 0},
    {"printf 0123456789 > t; xxd t t.hex; cat t.hex; xxd -s -4 t; xxd -s -11 t; xxd -s -4 < t; printf 'abcdefghijkl' > u; xxd -r t.hex u; "
     "cat u; xxd t /nodir/x; xxd t u v; base64 -w 010 t",
     "00000000: 3031 3233 3435 3637 3839                 0123456789\n00000006: 3637 3839                                6789\n"
     "0123456789klMDEyMzQ1Nj\nc4OQ==\n",
     "xxd: sorry cannot seek.\nxxd: sorry cannot seek.\nxxd: /nodir/x: No such file or directory\nUsage:\n       xxd [options] [infile "
     "[outfile]]\n    or\n       xxd -r [-s [-]offset] [-c cols] [-ps] [infile [outfile]]\n", 0},
    {"mkdir -p d x/a/b; echo a > d/a; rsync -a d/ x 2> e; ls -A x", "a\n", "", 0},
    {"mkdir -p p/s q/s r/s; echo 1 > p/1; echo 2 > q/s/2; echo 3 > r/s/3; echo 4 > r/4; rsync -avn --delete p/ q/ r/ | grep del; rsync -a "
     "--delete p/ q/ r/; find r | sort; mkdir r/p; echo 5 > r/p/5; rsync -a --delete p q r; find r | sort",
     "deleting 4\ndeleting s/3\nr\nr/1\nr/s\nr/s/2\nr\nr/1\nr/p\nr/p/1\nr/p/s\nr/q\nr/q/s\nr/q/s/2\nr/s\nr/s/2\n", "", 0},
    {"mkdir bb; echo n > bb/a.orig; echo o > bb/a; install -b -S .orig bb/a.orig bb/a; cat bb/a bb/a.orig", "o\nn\n",
     "install: backing up 'bb/a' would destroy source;  'bb/a.orig' not copied\n", 0},
    {"echo hi > h; ln -s h l; gzip l; gzip -fk l; zcat l.gz; gzip -k h; gzip -l h.gz l.gz; gzip -lq h.gz l.gz; echo > fooz; gzip -S z fooz; "
     "gzip -S '' h; gzip -d h",
     "hi\n         compressed        uncompressed  ratio uncompressed_name\n                 25                   3 -66.7% h\n            "
     "     25                   3 -66.7% l\n                 50                   6 -400.0% (totals)\n                 25                   "
     "3 -66.7% h\n                 25                   3 -66.7% l\n",
     "gzip: l: Too many levels of symbolic links\ngzip: fooz already has z suffix -- unchanged\ngzip: incorrect suffix ''\ngzip: h: "
     "unknown suffix -- ignored\n", 2},
};
static const struct command_row member_rows[] = {
    {"sudo sh -c \"printf 'Oct 14 10:00:01 h sshd[8]: a\\nOct 15 10:00:05 h sudo: b\\nOct 15 17:30:05 h sudo: c\\n' > /var/log/secure; : > "
     "/var/log/messages; : > /var/log/cron\"; journalctl --since today --until '1h 5min ago'; journalctl --since yesterday --until today; "
     "journalctl --since '1 hour ago' --until now; journalctl -S -30min; journalctl --since '1 frog ago'; journalctl --since ago",
     "Oct 15 10:00:05 h sudo: b\nOct 14 10:00:01 h sshd[8]: a\nOct 15 17:30:05 h sudo: c\nOct 15 17:30:05 h sudo: c\n",
     "Failed to parse timestamp: 1 frog ago\nFailed to parse timestamp: ago\n", 1},
    {"sudo sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11; do echo \"Oct 15 17:30:05 h sudo: $i\" >> /var/log/secure; done'; journalctl -n | wc -l; "
     "journalctl -n 3 | wc -l; journalctl -rn2 | wc -l; journalctl --lines -u sshd; journalctl --lines=4 | wc -l",
     "10\n3\n2\nOct 14 10:00:01 h sshd[8]: a\n4\n", "", 0},
};
/* clang-format on */

static void rows(const struct command_row *list, size_t n)
{
    struct lab_server s;

    server_open(&s, NULL);
    CU_ASSERT(server_login(&s, "ec2-user", NULL) > 0);
    run_rows(&s, list, n);
    server_close(&s);
}

static void installs(void)
{
    rows(install_rows, COUNT(install_rows));
}

static void copies_blocks(void)
{
    rows(dd_rows, COUNT(dd_rows));
}

static void packs(void)
{
    rows(tar_rows, COUNT(tar_rows));
}

static void sends(void)
{
    rows(rsync_rows, COUNT(rsync_rows));
}

static void looks(void)
{
    rows(look_rows, COUNT(look_rows));
}

static void stands_hostile(void)
{
    rows(hostile_rows, COUNT(hostile_rows));
}

static void keeps_pids(void)
{
    rows(pid_rows, COUNT(pid_rows));
}

static void checks_sudoers(void)
{
    rows(visudo_rows, COUNT(visudo_rows));
}

static void tells_ports(void)
{
    rows(net_rows, COUNT(net_rows));
}

static void merges_logs(void)
{
    rows(journal_rows, COUNT(journal_rows));
}

static void keeps_within_limits(void)
{
    rows(limit_rows, COUNT(limit_rows));
}

static void does_as_the_real_ones(void)
{
    rows(mended_rows, COUNT(mended_rows));
    rows(member_rows, COUNT(member_rows));
}

/* docs/shell.md names all programs, in a table of its own. */
static void is_told_of(void)
{
    AUTO(str_drop) struct str guide = {0};
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};

    CU_ASSERT_FATAL(file_read("docs/shell.md", 1 << 20, &guide, &e));
    const char *table = strstr(str_text(&guide), "| for | programs |");
    CU_ASSERT_PTR_NOT_NULL_FATAL(table);
    for (const struct command *c = command_next(NULL); c; c = command_next(c)) {
        bool told = strchr(":[", c->name[0]) || strstr(table, arena_printf(&arena, "`%s`", c->name)) ||
                    strstr(table, arena_printf(&arena, "`%s -", c->name));

        CU_ASSERT(told);
        if (!told)
            printf("docs/shell.md lacks %s\n", c->name);
    }
}

/* ---- sessions ---- */

static const struct command_row loginctl_rows[] = {
    {"loginctl frog; loginctl list-users x; loginctl terminate-user; loginctl terminate-user frog; loginctl terminate-user "
     "apache; loginctl terminate-session 999999; loginctl kill-session x; loginctl session-status 999999; loginctl kill-user "
     "-s "
     "FROG root; loginctl --frog", "",
     "Unknown operation frog.\nToo many arguments.\nToo few arguments.\nFailed to look up user frog: No such process\nCould "
     "not "
     "terminate user: No user \"48\" known or logged in\nFailed to issue method call: No session '999999' known\nCould not "
     "kill "
     "session: No session 'x' known\nFailed to get session: No session '999999' known\nFailed to parse signal string "
     "FROG.\nloginctl: unrecognized option '--frog'\n", 1},
    {"loginctl list-users; loginctl list-seats --no-legend; loginctl user-status ec2-user | head -2; loginctl --no-legend | wc "
     "-l",                         "       UID USER            \n      1000 ec2-user        \n\n1 users listed.\nseat0           \nec2-user (1000)\n         "
     "  "
     "State: active\n2\n",   "",         0},
};

/* How the line ended a session; NULL: it did not. */
static const char *ended_how(const struct outcome *out, long session)
{
    const json_t *program, *ended;
    size_t i, k;

    json_array_foreach(json_object_get(out->entry->response, "programs"), i, program)
        json_array_foreach(json_object_get(program, "ended"), k,
                           ended) if (json_int_or(ended, "session", 0) == session) return json_str(ended, "how");
    return NULL;
}

static const struct {
    const char *line, *how; /* %ld is another session of the same user */
} ends[] = {
    {"loginctl terminate-session %ld",                           "child-killed"  },
    {"loginctl kill-session %ld",                                "child-killed"  },
    {"sudo loginctl kill-session %ld -s KILL",                   "monitor-killed"}, /* nobody is left to close it */
    {"loginctl kill-session %ld --kill-who=leader --signal=HUP", "child-killed"  },
    {"loginctl kill-session %ld -s CONT",                        NULL            },
    {"loginctl terminate-user ec2-user; true %ld",               "child-killed"  }, /* its own, too: the last */
};

static void terminates(void)
{
    struct lab_server s;

    server_open(&s, NULL);
    for (size_t i = 0; i < COUNT(ends); i++) {
        long other = server_login(&s, "ec2-user", NULL), own = server_login(&s, "ec2-user", NULL);
        struct outcome out;

        if (i == 0)
            run_rows(&s, loginctl_rows, COUNT(loginctl_rows));
        out = server_run(&s, arena_printf(&s.w.arena, ends[i].line, other)); /* NOLINT: the formats above */
        CU_ASSERT(text_same(ended_how(&out, other), ends[i].how));
        CU_ASSERT((find_session(s.server, other)->ended_ms != 0) == (ends[i].how != NULL));
        CU_ASSERT((find_session(s.server, own)->ended_ms != 0) == (i + 1 == COUNT(ends)));
    }
    server_close(&s);
}

CU_TestInfo host_keep_tests[] = {
    {"installs",              installs             },
    {"copies blocks",         copies_blocks        },
    {"packs",                 packs                },
    {"sends",                 sends                },
    {"looks",                 looks                },
    {"keeps pids",            keeps_pids           },
    {"checks sudoers",        checks_sudoers       },
    {"terminates",            terminates           },
    {"tells ports",           tells_ports          },
    {"merges logs",           merges_logs          },
    {"stands hostile",        stands_hostile       },
    {"keeps within limits",   keeps_within_limits  },
    {"does as the real ones", does_as_the_real_ones},
    {"is told of",            is_told_of           },
    CU_TEST_INFO_NULL
};
