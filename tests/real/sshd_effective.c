/* SPDX-License-Identifier: MIT */
/*
 * Writes configurations of sshd for tests/real/sshd_effective.sh, and beside each what we say about it:
 *     sshd_effective DIR COUNT       DIR/N.conf, DIR/N.who (the argument of -C), DIR/N.ours
 *     sshd_effective DIR FILE WHO    ours for a file, on standard output
 * DIR/N.ours holds "keyword value" lines, sorted, or "rejected LINE". DIR/inc/ holds files for Include.
 */
#include "sim/host/sshd.h"

#include <stdlib.h>

struct text_choice {
    const char *const *list;
    size_t n;
};
#define CHOICE(name, ...)                                                                                                      \
    static const char *const name##_list[] = {__VA_ARGS__};                                                                    \
    static const struct text_choice name = {name##_list, COUNT(name##_list)}
CHOICE(flags, "yes", "no", "YES", "No", "\"yes\"", "'no'", "maybe", "", "yes no", "no # off", "yes#x", "\"no");
CHOICE(root, "yes", "no", "prohibit-password", "without-password", "forced-commands-only", "Yes", "never");
CHOICE(users, "bob", "alice root", "bob@192.0.2.0/24", "*@198.51.100.7", "r*", "bob@10.0.0.1/8", "a?ice # b", "\"bob x\"",
       "!bob *");
CHOICE(groups, "daemon", "root wheel", "b*", "\"\"");
CHOICE(numbers, "3", "0", "12", "x", "7 8", "-1", "99999999999");
CHOICE(times, "30", "2m", "1h30m", "1x", "0", "5M", "1w2d");
CHOICE(files, ".ssh/authorized_keys", ".ssh/a .ssh/b", "/etc/ssh/keys/%u", "none", "\"a b\" c");
CHOICE(methods, "any", "publickey", "publickey,password", "publickey password", "any publickey", "smoke", "publickey,",
       "keyboard-interactive:pam");
CHOICE(words, "/etc/issue.net", "none", "a b", "x");
CHOICE(lines, "/bin/true", "internal-sftp -l INFO", "none", "echo \"hi  there\" # not a comment");
CHOICE(env, "LANG LC_*", "A=B", "XMODIFIERS");
CHOICE(matches, "User bob", "User alice,!bob", "User *,!root", "Address 192.0.2.0/24", "Address 198.51.100.7,10.0.0.0/8",
       "Address 10.0.0.1/8", "Address !192.0.2.1,192.0.2.0/24", "Address 198.51.*", "Address 2001:db8::/32", "all",
       "Group root", "Group !root,*", "Host *.example", "Host HOST.example", "LocalPort 22", "LocalPort 2222",
       "LocalAddress 10.0.1.0/24", "user bob address 192.0.2.0/24", "User", "Frog x", "all User bob", "User bob # c",
       "User \"bob\"", "Address 192.0.2.0/33", "Address nonsense", "Address 192.0.2.0/24,,10.0.0.1");
CHOICE(clients, "user=bob,addr=192.0.2.1,host=host.example,laddr=10.0.1.23,lport=22",
       "user=alice,addr=198.51.100.7,host=h,laddr=10.0.1.23,lport=22",
       "user=root,addr=10.1.2.3,host=x.example,laddr=10.0.2.1,lport=2222",
       "user=nobodyhere,addr=2001:db8::7,host=v6.example,laddr=::1,lport=22",
       "user=daemon,addr=192.0.2.200,host=d,laddr=10.0.1.9,lport=22");

static const struct {
    const char *keyword;
    const struct text_choice *values;
} directives[] = {
    {"PasswordAuthentication",          &flags  },
    {"passwordauthentication",          &flags  },
    {"PermitRootLogin",                 &root   },
    {"PubkeyAuthentication",            &flags  },
    {"KbdInteractiveAuthentication",    &flags  },
    {"ChallengeResponseAuthentication", &flags  },
    {"PermitEmptyPasswords",            &flags  },
    {"UsePAM",                          &flags  },
    {"StrictModes",                     &flags  },
    {"GSSAPIAuthentication",            &flags  },
    {"X11Forwarding",                   &flags  },
    {"AllowUsers",                      &users  },
    {"DenyUsers",                       &users  },
    {"AllowGroups",                     &groups },
    {"DenyGroups",                      &groups },
    {"MaxAuthTries",                    &numbers},
    {"ClientAliveCountMax",             &numbers},
    {"LoginGraceTime",                  &times  },
    {"ClientAliveInterval",             &times  },
    {"AuthorizedKeysFile",              &files  },
    {"AuthenticationMethods",           &methods},
    {"Banner",                          &words  },
    {"ForceCommand",                    &lines  },
    {"AcceptEnv",                       &env    },
    {"ChrootDirectory",                 &words  },
    {"AllowTcpForwarding",              &flags  },
    {"UseLogin",                        &flags  },
    {"Protocol",                        &numbers},
    {"PaswordAuthentication",           &flags  },
    {"HostbasedAuthentication",         &flags  },
    {"PermitTTY",                       &flags  },
    {"RSAAuthentication",               &flags  },
    {"DSAAuthentication",               &flags  },
    {"KerberosAuthentication",          &flags  },
    {"PermitTunnel",                    &flags  },
    {"IgnoreRhosts",                    &flags  },
    {"PrintMotd",                       &flags  },
    {"Port",                            &numbers},
    {"AuthorizedKeysCommand",           &lines  },
    {"AuthorizedKeysCommandUser",       &words  },
    {"DisableForwarding",               &flags  },
    {"SkeyAuthentication",              &flags  },
};

static const char *pick(struct chance *c, const struct text_choice *from)
{
    /* most files should be good ones: the first values are */
    size_t n = chance_one_in(c, 6) ? from->n : from->n < 3 ? from->n : 2 + from->n / 4;

    return from->list[chance_below(c, n)];
}

static void add_directive(struct chance *c, struct str *out)
{
    static const char *const gaps[] = {" ", "\t", "  ", "=", " = "};
    size_t n = chance_one_in(c, 2) ? 12 : COUNT(directives);
    size_t i = chance_below(c, n);

    if (strcmp(directives[i].keyword, "PaswordAuthentication") == 0 && !chance_one_in(c, 6))
        i = 0;
    str_addf(out, "%s%s%s%s%s\n", chance_one_in(c, 8) ? "  " : "", chance_one_in(c, 10) ? "#" : "", directives[i].keyword,
             gaps[chance_one_in(c, 3) ? chance_below(c, COUNT(gaps)) : 0], pick(c, directives[i].values));
}

static void add_match(struct chance *c, struct str *out)
{
    size_t n = chance_one_in(c, 8) ? matches.n : 13;

    str_addf(out, "%s %s\n", chance_one_in(c, 5) ? "match" : "Match", matches.list[chance_below(c, n)]);
}

static void add_config(struct chance *c, struct str *out, const char *dir, int depth)
{
    for (uint64_t i = chance_below(c, 7) + 1; i > 0; i--) {
        if (depth == 0 && chance_one_in(c, 9))
            str_addf(out, "Include %s/inc/%s\n", dir,
                     chance_one_in(c, 2)   ? "*.conf"
                     : chance_one_in(c, 4) ? "none*"
                                           : "b.conf");
        else if (chance_one_in(c, 5))
            add_match(c, out);
        else
            add_directive(c, out);
    }
}

/* ---- ours ---- */

static void copy_in(struct world *w, struct tree *tree, const char *path)
{
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(str_drop) struct str data = {0};
    struct err e = {0};

    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/'))
        tree_mkdir(w, tree, arena_dupn(&arena, path, (size_t)(slash - path)), 0755, 0, 0, 0);
    if (file_read(path, 1u << 20, &data, &e))
        tree_put(w, tree, path, str_text(&data), data.len, 0);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void read_who(struct arena *arena, const char *who, struct sshd_client *client)
{
    while (*who) {
        size_t n = strcspn(who, ",");
        const char *value = memchr(who, '=', n),
                   *text = value ? arena_dupn(arena, value + 1, n - (size_t)(value - who) - 1) : "";

        *(text_starts(who, "user")   ? &client->user
          : text_starts(who, "addr") ? &client->addr
          : text_starts(who, "host") ? &client->host
                                     : &client->local_addr) = text_starts(who, "lport") ? client->local_addr : text;
        if (text_starts(who, "lport"))
            client->local_port = atoi(text);
        who += n + (who[n] == ',');
    }
}

static void add_ours(struct str *out, const struct tree *tree, const char *text, const char *who)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct sshd_client client = {0};
    struct sshd_config *c = arena_alloc(&arena, sizeof(*c));
    const char *lines[SSHD_KEYWORDS_MAX];
    size_t n = 0;

    read_who(&arena, who, &client);
    *c = (struct sshd_config){.tree = tree, .arena = &arena, .client = &client};
    if (!sshd_config_read(c, text)) {
        const char *at = strstr(c->why, "line ");

        str_addf(out, "rejected %d %s\n", at ? atoi(at + 5) : 0, c->why);
        return;
    }
    for (size_t i = 0; i < sshd_n_keywords; i++)
        if (!sshd_keywords[i].alias_of && sshd_keywords[i].kind != SSHD_RAW && c->value[i] && *c->value[i])
            lines[n++] = arena_printf(&arena, "%s %s\n", sshd_keywords[i].name, c->value[i]);
    qsort(lines, n, sizeof(*lines), by_text);
    for (size_t i = 0; i < n; i++)
        str_add(out, lines[i]);
}

static void put(const char *dir, int n, const char *kind, const struct str *text)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct err e = {0};

    if (!file_write(arena_printf(&arena, "%s/%d.%s", dir, n, kind), str_text(text), text->len, 0644, &e)) {
        fprintf(stderr, "%s\n", e.msg);
        exit(2);
    }
}

static void world_of(struct world *w, struct tree *tree, const char *dir)
{
    AUTO(arena_drop) struct arena arena = {0};
    struct seed seed = seed_from_text("sshd");

    world_init(w, &seed, "111122223333", "us-west-2", 0);
    tree_mkdir(w, tree, "/", 0755, 0, 0, 0);
    copy_in(w, tree, "/etc/passwd");
    copy_in(w, tree, "/etc/group");
    for (const char *const *name = (const char *const[]){"a.conf", "b.conf", "c.txt", NULL}; *name; name++)
        copy_in(w, tree, arena_printf(&arena, "%s/inc/%s", dir, *name));
}

int main(int argc, char **argv)
{
    AUTO(str_drop) struct str text = {0}, ours = {0};
    struct seed seed = seed_from_text("sshd_config");
    struct tree tree = {0};
    struct world w;
    struct err e = {0};

    if (argc < 3)
        return 2;
    json_begin();
    world_of(&w, &tree, argv[1]);
    if (argc > 3) {
        if (!file_read(argv[2], 1u << 20, &text, &e))
            return 2;
        add_ours(&ours, &tree, str_text(&text), argv[3]);
        fputs(str_text(&ours), stdout);
    }
    for (int i = 0; argc == 3 && i < atoi(argv[2]); i++) {
        struct chance c = chance_of(&seed, "%d", i);
        AUTO(str_drop) struct str config = {0}, who = {0}, said = {0};

        add_config(&c, &config, argv[1], 0);
        str_add(&who, clients.list[chance_below(&c, clients.n)]);
        add_ours(&said, &tree, str_text(&config), str_text(&who));
        put(argv[1], i, "conf", &config);
        put(argv[1], i, "who", &who);
        put(argv[1], i, "ours", &said);
    }
    world_drop(&w);
    return 0;
}
