/* SPDX-License-Identifier: MIT */
/*
 * Mistakes as SARIF 2.1.0 and as GitHub's annotations. A mistake about a file as a whole has line 0, which neither form
 * knows: SARIF leaves the region out, GitHub shows line 1.
 */
#include "sim/cli/lint_formats.h"

#include <ctype.h>
#include <string.h>

/* ---- SARIF ---- */

/* A place is a URI reference (RFC 3986): what else stands in a path is escaped, and a colon, which would end a scheme. */
static void add_uri(struct str *out, const char *path)
{
    for (; *path; path++) {
        if (isalnum((unsigned char)*path) || strchr("/._~!$&'()*+,;=@-", *path))
            str_addc(out, *path);
        else
            str_addf(out, "%%%02X", (unsigned char)*path);
    }
}

/* "bad-cidr" in words: what readers show as the rule's name. */
static json_t *rule_words(const char *id)
{
    AUTO(str_drop) struct str words = {0};
    str_add(&words, id);
    for (size_t i = 0; i < words.len; i++)
        words.s[i] = words.s[i] == '-' ? ' ' : words.s[i];
    return json_string(str_text(&words));
}

static void add_rule(json_t *rules, const char *id)
{
    size_t i;
    json_t *rule;
    json_array_foreach(rules, i, rule) if (text_same(json_str(rule, "id"), id)) return;
    json_array_append_new(rules, json_pack("{s:s, s:{s:o}}", "id", id, "shortDescription", "text", rule_words(id)));
}

static json_t *sarif_result(const json_t *item)
{
    AUTO(str_drop) struct str uri = {0};
    add_uri(&uri, json_str_or(item, "file", ""));
    json_t *place = json_pack("{s:{s:s}}", "artifactLocation", "uri", str_text(&uri));
    int64_t line = json_int_or(item, "line", 0), column = json_int_or(item, "column", 0);
    if (line)
        json_put(place, "region",
                 json_pack("{s:I, s:I}", "startLine", (json_int_t)line, "startColumn", (json_int_t)(column ? column : 1)));
    return json_pack("{s:s, s:s, s:{s:s}, s:[{s:o}]}", "ruleId", json_str_or(item, "rule", ""), "level",
                     json_str_or(item, "severity", "error"), "message", "text", json_str_or(item, "message", ""), "locations",
                     "physicalLocation", place);
}

json_t *lint_sarif(const json_t *list)
{
    json_t *rules = json_array(), *results = json_array(), *item;
    size_t i;
    json_array_foreach((json_t *)list, i, item)
    {
        add_rule(rules, json_str_or(item, "rule", ""));
        json_array_append_new(results, sarif_result(item));
    }
    json_t *run = json_pack("{s:{s:{s:s, s:s, s:o}}, s:s, s:o}", "tool", "driver", "name", "cafelab", "version",
                            CAFELAB_VERSION, "rules", rules, "columnKind", "unicodeCodePoints", "results", results);
    return json_pack("{s:s, s:s, s:[o]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
                     "runs", run);
}

/* ---- GitHub ---- */

/* A percent sign and line ends would end a command; in a property, commas and colons, too. */
static void add_escaped(struct str *out, const char *s, bool property)
{
    for (; *s; s++) {
        if (strchr("%\r\n", *s) || (property && strchr(",:", *s)))
            str_addf(out, "%%%02X", (unsigned)*s);
        else
            str_addc(out, *s);
    }
}

void lint_github(const json_t *list, struct str *out)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)list, i, item)
    {
        int64_t line = json_int_or(item, "line", 0), column = json_int_or(item, "column", 0);
        str_addf(out, "::%s file=", json_str_or(item, "severity", "error"));
        add_escaped(out, json_str_or(item, "file", ""), true);
        str_addf(out, ",line=%lld,col=%lld,title=", (long long)(line ? line : 1), (long long)(column ? column : 1));
        add_escaped(out, json_str_or(item, "rule", ""), true);
        str_add(out, "::");
        add_escaped(out, json_str_or(item, "message", ""), false);
        str_addc(out, '\n');
    }
}
