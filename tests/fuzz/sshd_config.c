/* SPDX-License-Identifier: MIT */
/* sshd's configuration: any bytes, read for everybody and for one client, with files that Include may find. */
#include "sim/host/sshd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct world *w, struct tree *tree, const char *path, const void *data, size_t n)
{
    tree_put(w, tree, path, data, n, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char passwd[] = "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n",
                      group[] = "root:x:0:\nwheel:x:10:bob\n";
    struct sshd_client client = {"bob", "192.0.2.7", "h.example", "10.0.1.23", 22};
    AUTO(arena_drop) struct arena arena = {0};
    struct seed seed = seed_from_text("fuzz");
    struct tree tree = {0};
    const char *text = arena_dupn(&arena, (const char *)data, size), *why, *value;
    struct world w;

    if (size > 1u << 16)
        return 0;
    world_init(&w, &seed, "111122223333", "us-west-2", 0);
    tree_mkdir(&w, &tree, "/", 0755, 0, 0, 0);
    tree_mkdir(&w, &tree, "/etc", 0755, 0, 0, 0);
    tree_mkdir(&w, &tree, "/etc/ssh", 0755, 0, 0, 0);
    put(&w, &tree, "/etc/passwd", passwd, strlen(passwd));
    put(&w, &tree, "/etc/group", group, strlen(group));
    put(&w, &tree, "/etc/ssh/sshd_config", data, size); /* a file that includes itself */
    put(&w, &tree, "/etc/ssh/a.conf", data, size / 2);
    if (sshd_config_good(&tree, text, &arena, &why) != !why)
        __builtin_trap();
    value = sshd_effective(&tree, text, "passwordauthentication", &client, NULL, &arena, &why);
    if (value && strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
        __builtin_trap();
    if (!value != !!why)
        __builtin_trap();
    world_drop(&w);
    return 0;
}
