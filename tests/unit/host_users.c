/* SPDX-License-Identifier: MIT */
/* Accounts: useradd, chpasswd, passwd, usermod, userdel, groups; and sudo. Words and codes of Amazon Linux 2. */
#include "tests/unit/host_server.h"

#include <crypt.h>
#include <stdlib.h>

static const struct command_row rows[] = {
    {"useradd chaos-user",                                                                                                   "",                                                                      "useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\n", 1 },
    {"sudo useradd chaos-user",                                                                                              "",                                                                      "",                                                                                  0 },
    {"grep chaos /etc/passwd /etc/group; sudo grep -c chaos /etc/shadow /etc/gshadow",
     "/etc/passwd:chaos-user:x:1001:1001::/home/chaos-user:/bin/bash\n/etc/group:chaos-user:x:1001:\n/etc/shadow:1\n/etc/"
     "gshadow:1\n",                                                                                                                                                                                   "",                                                                                  0 },
    {"sudo grep chaos /etc/shadow",                                                                                          "chaos-user:!!:20376:0:99999:7:::\n",                                    "",                                                                                  0 },
    {"sudo useradd chaos-user",                                                                                              "",                                                                      "useradd: user 'chaos-user' already exists\n",                                       9 },
    {"sudo useradd 'a:b'",                                                                                                   "",                                                                      "useradd: invalid user name 'a:b'\n",                                                3 },
    {"sudo useradd",                                                                                                         "",                                                                      "Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n",  2 },
    {"sudo useradd -q x",                                                                                                    "",                                                                      "useradd: invalid option -- 'q'\n",                                                  2 },
    {"sudo ls -la /home/chaos-user | tail -3 | cut -c1-46 | sed 's/  */ /g' | cut -d' ' -f1,3-5",
     "-rw-r--r-- chaos-user chaos-user 18\n-rw-r--r-- chaos-user chaos-user 193\n-rw-r--r-- chaos-user chaos-user 124\n",                                                                             "",
     0                                                                                                                                                                                                                                                                                       },
    {"stat -c '%a %U %G' /home/chaos-user /var/spool/mail/chaos-user",                                                       "700 chaos-user chaos-user\n660 chaos-user mail\n",                      "",
     0                                                                                                                                                                                                                                                                                       },
    {"ls /etc/*-",                                                                                                           "/etc/group-\n/etc/gshadow-\n/etc/passwd-\n/etc/shadow-\n",              "",                                                                                  0 },
    {"sudo diff /etc/passwd- /etc/passwd",                                                                                   "26a27\n> chaos-user:x:1001:1001::/home/chaos-user:/bin/bash\n",         "",                                                                                  1 },
    {"stat -c %a /etc/passwd /etc/passwd- /etc/shadow",                                                                      "644\n644\n0\n",                                                         "",                                                                                  0 },
    {"echo 'chaos-user:coffee123' | chpasswd",                                                                               "",                                                                      "chpasswd: cannot lock /etc/passwd; try again later.\n",                             1 },
    {"echo 'chaos-user:coffee123' | sudo chpasswd; sudo grep -c '^chaos-user:.6.' /etc/shadow",                              "1\n",                                                                   "",                                                                                  0 },
    {"echo 'ghost:x' | sudo chpasswd",                                                                                       "",
     "chpasswd: (user ghost) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line 1, user "
     "ghost) password "
     "not changed\n",                                                                                                                                                                                                                                                                      1 },
    {"sudo chpasswd <<< nonsense",                                                                                           "",                                                                      "chpasswd: line 1: missing new password\n",                                          1 },
    {"sudo passwd -S chaos-user",                                                                                            "chaos-user PS 2025-10-15 0 99999 7 -1 (Password set, SHA512 crypt.)\n", "",                                                                                  0 },
    {"sudo passwd -l chaos-user; sudo passwd -S chaos-user",
     "Locking password for user chaos-user.\npasswd: Success\nchaos-user LK 2025-10-15 0 99999 7 -1 (Password locked.)\n",                                                                            "",
     0                                                                                                                                                                                                                                                                                       },
    {"sudo passwd -u chaos-user",                                                                                            "Unlocking password for user chaos-user.\npasswd: Success\n",            "",                                                                                  0 },
    {"sudo passwd -u ec2-user",                                                                                              "Unlocking password for user ec2-user.\n",
     "passwd: Warning: unlocked password would be empty.\npasswd: Unsafe operation (use -f to force)\n",                                                                                                                                                                                   3 },
    {"echo secret77 | sudo passwd --stdin chaos-user",
     "Changing password for user chaos-user.\npasswd: all authentication tokens updated successfully.\n",                                                                                             "",                                                                                  0 },
    {"passwd -l root",                                                                                                       "",                                                                      "Only root can do that.\n",                                                          1 },
    {"sudo passwd nobodyhere",                                                                                               "",                                                                      "passwd: Unknown user name 'nobodyhere'.\n",                                         1 },
    {"sudo passwd -e chaos-user; sudo grep chaos-user /etc/shadow | cut -d: -f3",
     "Expiring password for user chaos-user.\npasswd: Success\n0\n",                                                                                                                                  "",                                                                                  0 },
    {"id chaos-user; id -un; id -Gn; groups",
     "uid=1001(chaos-user) gid=1001(chaos-user) groups=1001(chaos-user)\nec2-user\nec2-user adm wheel "
     "systemd-journal\nec2-user adm wheel systemd-journal\n",                                                                                                                                         "",                                                                                  0 },
    {"id ghost; whoami",                                                                                                     "ec2-user\n",                                                            "id: ghost: no such user\n",                                                         0 },
    {"sudo usermod -aG wheel,adm chaos-user; id -Gn chaos-user; grep -E '^(wheel|adm):' /etc/group",
     "chaos-user adm wheel\nadm:x:4:ec2-user,chaos-user\nwheel:x:10:ec2-user,chaos-user\n",                                                                                                           "",                                                                                  0 },
    {"sudo gpasswd -d chaos-user wheel; sudo gpasswd -d chaos-user wheel",                                                   "Removing user chaos-user from group wheel\n",
     "gpasswd: user 'chaos-user' is not a member of 'wheel'\n",                                                                                                                                                                                                                            3 },
    {"sudo usermod -G '' -s /sbin/nologin -c 'Mr Chaos' -d /srv chaos-user; grep chaos-user /etc/passwd /etc/group",
     "/etc/passwd:chaos-user:x:1001:1001:Mr Chaos:/srv:/sbin/nologin\n/etc/group:chaos-user:x:1001:\n",                                                                                               "",                                                                                  0 },
    {"sudo usermod -d /home/chaos-user -L chaos-user; sudo grep -c '^chaos-user:!' /etc/shadow; sudo usermod -U chaos-user",
     "1\n",                                                                                                                                                                                           "",                                                                                  0 },
    {"sudo usermod -g nogroup chaos-user",                                                                                   "",                                                                      "usermod: group 'nogroup' does not exist\n",                                         6 },
    {"sudo usermod -l ec2-user chaos-user",                                                                                  "",                                                                      "usermod: user 'ec2-user' already exists\n",                                         9 },
    {"sudo chage -E 2026-01-31 chaos-user; sudo chage -l chaos-user | tail -4 | head -1",
     "Account expires\t\t\t\t\t\t: Jan 31, 2026\n",                                                                                                                                                   "",                                                                                  0 },
    {"sudo groupadd devs; sudo groupadd devs; grep devs /etc/group",                                                         "devs:x:1002:\n",
     "groupadd: group 'devs' already exists\n",                                                                                                                                                                                                                                            0 },
    {"sudo useradd -g devs -G wheel -M -u 1500 -s /bin/sh dev; grep dev: /etc/passwd; ls -d /home/dev",
     "dev:x:1500:1002::/home/dev:/bin/sh\n",                                                                                                                                                          "ls: cannot access /home/dev: No such file or directory\n",                          2 },
    {"sudo groupdel devs",                                                                                                   "",                                                                      "groupdel: cannot remove the primary group of user 'dev'\n",                         8 },
    {"sudo useradd -r daemon2; grep daemon2 /etc/passwd",                                                                    "daemon2:x:996:994::/home/daemon2:/bin/bash\n",                          "",                                                                                  0 },
    {"sudo useradd next; id next",                                                                                           "uid=1501(next) gid=1501(next) groups=1501(next)\n",                     "",                                                                                  0 },
    {"sudo useradd -o -u 0 toor; sudo grep toor /etc/passwd",                                                                "toor:x:0:1502::/home/toor:/bin/bash\n",                                 "",                                                                                  0 },
    {"userdel chaos-user",                                                                                                   "",                                                                      "userdel: Permission denied.\nuserdel: cannot lock /etc/passwd; try again later.\n", 1 },
    {"sudo userdel ghost",                                                                                                   "",                                                                      "userdel: user 'ghost' does not exist\n",                                            6 },
    {"sudo userdel -r ec2-user",                                                                                             "",                                                                      NULL,                                                                                8 },
    {"sudo userdel -r chaos-user; grep chaos /etc/passwd /etc/group; sudo grep chaos /etc/shadow /etc/gshadow",              "",                                                                      "",                                                                                  1 },
    {"ls -d /home/chaos-user /var/spool/mail/chaos-user",                                                                    "",
     "ls: cannot access /home/chaos-user: No such file or directory\nls: cannot access /var/spool/mail/chaos-user: No such "
     "file or directory\n",                                                                                                                                                                                                                                                                2 },
    {"sudo userdel dev; sudo userdel -r next",                                                                               "",                                                                      "",                                                                                  0 },
    {"sudo useradd odd; sudo chown root /home/odd; sudo userdel -r odd",                                                     "",
     "userdel: /home/odd not owned by odd, not removing\n",                                                                                                                                                                                                                                12},
    {"getent passwd root; getent group wheel; getent passwd ghost",                                                          "root:x:0:0:root:/root:/bin/bash\nwheel:x:10:ec2-user\n",
     "",                                                                                                                                                                                                                                                                                   2 },
    {"sudo touch /etc/passwd.lock; sudo useradd late; sudo rm /etc/passwd.lock",                                             "",
     "useradd: cannot lock /etc/passwd; try again later.\n",                                                                                                                                                                                                                               0 },
};

static const struct command_row sudo_rows[] = {
    {"sudo whoami; sudo -u apache whoami; sudo -u '#48' id -u",                                                      "root\napache\n48\n",                                             "",                                                                                      0},
    {"sudo nothing",                                                                                                 "",                                                               "sudo: nothing: command not found\n",                                                    1},
    {"sudo -u ghost id",                                                                                             "",                                                               "sudo: unknown user: ghost\nsudo: unable to initialize policy plugin\n",                 1},
    {"sudo sh -c 'echo $USER; id -u; cd /root; pwd'",                                                                "root\n0\n/root\n",                                               "",                                                                                      0},
    {"sudo -i whoami; sudo -i pwd; sudo su - apache -c id",                                                          "root\n/root\nuid=48(apache) gid=48(apache) groups=48(apache)\n",
     "",                                                                                                                                                                                                                                                                        0},
    {"su root -c id",                                                                                                "",                                                               "su: Authentication failure\n",                                                          1},
    {"sudo useradd plain; sudo useradd -G wheel wheely; sudo useradd some",                                          "",                                                               "",                                                                                      0},
    {"sudo -u plain sudo id",                                                                                        "",                                                               "plain is not in the sudoers file.  This incident will be reported.\n",                  1},
    {"sudo -u wheely sudo id",                                                                                       "",                                                               "sudo: a password is required\n",                                                        1},
    {"echo wheely:secret | sudo chpasswd; echo secret | sudo -u wheely sudo -S id -u; echo wrong | sudo -u wheely sudo -S id "
     "-u",                                                                                                      "0\n",                                                            "sudo: a password is required\n",                                                        1},
    {"echo 'Cmnd_Alias LOOK = /bin/ls, /bin/cat /etc/*' | sudo tee /etc/sudoers.d/some > /dev/null",                 "",                                                               "",                                                                                      0},
    {"echo 'some ALL=(root, apache) NOPASSWD: LOOK, !/bin/ls /root, PASSWD: /bin/id' | sudo tee -a /etc/sudoers.d/some > "
     "/dev/null",                                                                                               "",                                                               "",                                                                                      0},
    {"sudo -u some sudo ls /home/plain; sudo -u some sudo -u apache cat /etc/hostname",
     "ip-10-0-1-23.us-west-2.compute.internal\n",                                                                                                                                      "",                                                                                      0},
    {"sudo -u some sudo cat /root/.bashrc",                                                                          "",
     "Sorry, user some is not allowed to execute '/bin/cat /root/.bashrc' as root on ip-10-0-1-23.\n",                                                                                                                                                                          1},
    {"sudo -u some sudo ls /root",                                                                                   "",                                                               "Sorry, user some is not allowed to execute '/bin/ls /root' as root on ip-10-0-1-23.\n",
     1                                                                                                                                                                                                                                                                           },
    {"sudo -u some sudo -u plain ls /",                                                                              "",
     "Sorry, user some is not allowed to execute '/bin/ls /' as plain on ip-10-0-1-23.\n",                                                                                                                                                                                      1},
    {"sudo -u some sudo id",                                                                                         "",                                                               "sudo: a password is required\n",                                                        1},
    {"echo '%plain ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/x.bak > /dev/null; sudo -u plain sudo -n true", "",
     "plain is not in the sudoers file.  This incident will be reported.\n",                                                                                                                                                                                                    1},
    {"sudo mv /etc/sudoers.d/x.bak /etc/sudoers.d/x; sudo -u plain sudo id -u",                                      "0\n",                                                            "",                                                                                      0},
    {"sudo chmod 666 /etc/sudoers.d/x; sudo -u plain sudo id",                                                       "",                                                               NULL,                                                                                    1},
    {"echo 'plain ALL=' | sudo tee /etc/sudoers.d/z > /dev/null; sudo id",                                           "",
     ">>> /etc/sudoers.d/z: syntax error near line 1 <<<\nsudo: parse error in /etc/sudoers.d/z near line 1\nsudo: no valid "
     "sudoers sources "
     "found, quitting\nsudo: unable to initialize policy plugin\n",                                                                                                                                                                                                             1},
};

static void play(const struct command_row *list, size_t n)
{
    struct lab_server s;

    server_open(&s, NULL);
    CU_ASSERT(server_login(&s, "ec2-user", NULL) > 0);
    run_rows(&s, list, n);
    server_close(&s);
}

static void accounts(void)
{
    play(rows, COUNT(rows));
}

static void sudo(void)
{
    play(sudo_rows, COUNT(sudo_rows));
}

/* What john would try: the hash opens with the weak password and with no other. */
static void the_hash(void)
{
    struct crypt_data *data = xcalloc(1, sizeof(*data));
    struct lab_server s;
    const char *line, *hash;

    server_open(&s, NULL);
    server_run(&s, "useradd chaos-user; echo chaos-user:espresso1 | chpasswd");
    line = json_str_or(server_run(&s, "grep ^chaos-user: /etc/shadow").reply, "stdout", "");
    CU_ASSERT(text_starts(line, "chaos-user:$6$"));
    hash = arena_dupn(&s.w.arena, line + 11, strcspn(line + 11, ":"));
    CU_ASSERT_STRING_EQUAL(crypt_r("espresso1", hash, data), hash);
    CU_ASSERT_STRING_NOT_EQUAL(crypt_r("espresso2", hash, data), hash);
    free(data);
    server_close(&s);
}

/* The operations that stand for a command, and their own codes. */
static void operations(void)
{
    static const struct {
        const char *op, *params, *code; /* NULL = it works */
    } list[] = {
        {"host:AddUser",     "{\"user\":\"ann\",\"shell\":\"/bin/sh\",\"home\":\"/srv/ann\"}", NULL              },
        {"host:AddUser",     "{\"user\":\"ann\"}",                                             "UserExists"      },
        {"host:AddUser",     "{\"user\":\"a b\"}",                                             "InvalidParameter"},
        {"host:AddUser",     "{}",                                                             "MissingParameter"},
        {"host:SetPassword", "{\"user\":\"ann\",\"password\":\"it's $HOME\"}",                 NULL              },
        {"host:SetPassword", "{\"user\":\"ghost\",\"password\":\"x\"}",                        "NoSuchUser"      },
        {"host:LogIn",       "{\"user\":\"ann\",\"by\":\"password\",\"password\":\"x\"}",      "PermissionDenied"},
        {"host:DeleteUser",  "{\"user\":\"ghost\"}",                                           "NoSuchUser"      },
        {"host:DeleteUser",  "{\"user\":\"ec2-user\"}",                                        "UserInUse"       },
        {"host:DeleteUser",  "{\"user\":\"ann\",\"removeHome\":true}",                         NULL              },
        {"host:Frog",        "{}",                                                             "NoSuchOperation" },
    };
    struct lab_server s;

    server_open(&s, NULL);
    server_login(&s, "ec2-user", NULL);
    for (size_t i = 0; i < COUNT(list); i++) {
        struct outcome out = server_act(&s, list[i].op, json_loads(list[i].params, 0, NULL));
        bool good = list[i].code ? out.error_code != NULL : !out.error_code;

        if (good && list[i].code && strcmp(list[i].code, "MissingParameter") != 0 &&
            strcmp(list[i].code, "NoSuchOperation") != 0)
            good = strcmp(out.error_code, list[i].code) == 0;
        CU_ASSERT(good);
        if (!good)
            printf("%s %s: %s: %s\n", list[i].op, list[i].params, out.error_code ? out.error_code : "worked",
                   out.error_message ? out.error_message : "");
    }
    server_close(&s);
}

CU_TestInfo host_users_tests[] = {
    {"accounts",   accounts  },
    {"sudo",       sudo      },
    {"the hash",   the_hash  },
    {"operations", operations},
    CU_TEST_INFO_NULL
};
