/* SPDX-License-Identifier: MIT */
/*
 * The logs' table for the real engines, where a set of logs is too big for one machine, with partitions by region and day that
 * nobody has to add: they follow from the path, <prefix>/<region>/<year>/<month>/<day>.
 *
 *   Athena   the console's table and Athena's partition projection
 *   Trino    its Hive reader takes no object for a varchar ("value must be a scalar json value"), so a table of whole lines
 *            with its own partition projection, and a view that takes them apart
 *   Spark    its JSON reader gives an object that is asked for as a string as JSON text: a view over the files
 *
 * Facts: Athena user guide, "CloudTrail logs and partition projection"; Trino, Hive connector, "Athena partition projection"
 * and lib/trino-hive-formats JsonDeserializer; Spark SQL guide, JSON files and "recursiveFileLookup".
 */
#include "sim/athena/athena.h"
#include "sim/athena/columns.h"

static void add_regions(struct str *s, const struct athena_logs *logs, const char *quote, const char *between)
{
    for (size_t i = 0; logs->regions[i]; i++)
        str_addf(s, "%s%s%s%s", i ? between : "", quote, logs->regions[i], quote);
}

/* ---- Athena ---- */

static void add_projection(struct str *s, const struct athena_logs *logs)
{
    str_add(s, ",\n  'projection.enabled'='true',\n  'projection.region.type'='enum',\n  'projection.region.values'='");
    add_regions(s, logs, "", ",");
    str_addf(s,
             "',\n  'projection.day.type'='date',\n  'projection.day.format'='yyyy/MM/dd',\n"
             "  'projection.day.range'='%s,%s',\n  'projection.day.interval'='1',\n  'projection.day.interval.unit'='DAYS',\n"
             "  'storage.location.template'='s3://%s/%s/${region}/${day}'",
             logs->from, logs->to, logs->bucket, logs->prefix);
}

static void add_athena(struct str *s, const struct athena_logs *logs)
{
    str_addf(s, "CREATE EXTERNAL TABLE `%s`(\n", logs->table);
    for (size_t c = 0; c < LEAVES; c = leaf_next(c)) {
        if (!leaf_is_console(c))
            continue;
        str_addf(s, "%s  `%s` ", c ? ",\n" : "", leaves[c].name);
        leaf_add_type(s, c, &dialect_hive);
    }
    if (logs->regions)
        str_add(s, ")\nPARTITIONED BY (\n  `region` string,\n  `day` string)\n");
    else
        str_addf(s, ")\nCOMMENT 'CloudTrail table for %s bucket'\n", logs->bucket);
    str_addf(s,
             "ROW FORMAT SERDE\n  'org.apache.hive.hcatalog.data.JsonSerDe'\n"
             "STORED AS INPUTFORMAT\n  'com.amazon.emr.cloudtrail.CloudTrailInputFormat'\n"
             "OUTPUTFORMAT\n  'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n"
             "LOCATION\n  's3://%s/%s/'\nTBLPROPERTIES (\n  'classification'='cloudtrail'",
             logs->bucket, logs->prefix);
    if (logs->regions)
        add_projection(s, logs);
    str_add(s, ");\n");
}

/* ---- Trino ---- */

/* The leaf's value, out of the JSON value that `of` is; `path` leads there. */
static void add_trino_value(struct str *s, size_t leaf, const char *of, const char *path)
{
    AUTO(str_drop) struct str at = {0};
    str_addf(&at, "%s.%s", path, leaves[leaf].key);
    const char *p = str_text(&at);
    switch (leaves[leaf].kind) {
    case LEAF_TEXT:
        str_addf(s, "COALESCE(json_extract_scalar(%s, '%s'), json_format(json_extract(%s, '%s')))", of, p, of, p);
        return;
    case LEAF_MAP: str_addf(s, "CAST(json_extract(%s, '%s') AS MAP(VARCHAR, VARCHAR))", of, p); return;
    case LEAF_LIST: str_addf(s, "transform(CAST(json_extract(%s, '%s') AS ARRAY(JSON)), x -> ", of, p); break;
    case LEAF_STRUCT: str_addf(s, "IF(json_extract(%s, '%s') IS NULL, NULL, ", of, p);
    }
    bool list = leaves[leaf].kind == LEAF_LIST;
    str_add(s, "CAST(ROW(");
    for (size_t field = leaf + 1; field < leaf_next(leaf); field = leaf_next(field)) {
        str_add(s, field > leaf + 1 ? ", " : "");
        add_trino_value(s, field, list ? "x" : of, list ? "$" : p);
    }
    str_add(s, ") AS ");
    leaf_add_fields(s, leaf, &dialect_trino);
    str_add(s, "))");
}

static void add_trino(struct str *s, const struct athena_logs *logs)
{
    str_addf(s,
             "CREATE TABLE %s_lines (\n  line VARCHAR,\n"
             "  region VARCHAR WITH (partition_projection_type = 'enum', partition_projection_values = ARRAY[",
             logs->table);
    add_regions(s, logs, "'", ", ");
    str_addf(s,
             "]),\n  day VARCHAR WITH (partition_projection_type = 'date', partition_projection_format = 'yyyy/MM/dd',\n"
             "    partition_projection_range = ARRAY['%s', '%s'], partition_projection_interval = 1,\n"
             "    partition_projection_interval_unit = 'DAYS'))\n"
             "WITH (\n  format = 'TEXTFILE',\n  external_location = 's3://%s/%s/',\n"
             "  partitioned_by = ARRAY['region', 'day'],\n  partition_projection_enabled = true,\n"
             "  partition_projection_location_template = 's3://%s/%s/${region}/${day}');\n\n"
             "CREATE VIEW %s AS\nSELECT\n",
             logs->from, logs->to, logs->bucket, logs->prefix, logs->bucket, logs->prefix, logs->table);
    for (size_t c = 0; c < LEAVES; c = leaf_next(c)) {
        if (!leaf_is_console(c))
            continue;
        str_add(s, "  ");
        add_trino_value(s, c, "r", "$");
        str_addf(s, " AS %s,\n", leaves[c].name);
    }
    str_addf(s,
             "  region,\n  day\nFROM %s_lines\nCROSS JOIN UNNEST(CAST(json_extract(json_parse(line), '$.Records') AS "
             "ARRAY(JSON))) AS t (r);\n",
             logs->table);
}

/* ---- Spark ---- */

static void add_spark(struct str *s, const struct athena_logs *logs)
{
    str_addf(s, "CREATE TEMPORARY VIEW %s_files (\n  Records ARRAY<STRUCT<\n", logs->table);
    for (size_t c = 0; c < LEAVES; c = leaf_next(c)) {
        if (!leaf_is_console(c))
            continue;
        str_addf(s, "%s    %s: ", c ? ",\n" : "", leaves[c].key);
        leaf_add_type(s, c, &dialect_spark);
    }
    str_addf(s,
             ">>)\nUSING json\nOPTIONS (\n  path 's3a://%s/%s/',\n  recursiveFileLookup 'true',\n"
             "  pathGlobFilter '*.json.gz');\n\nCREATE TEMPORARY VIEW %s AS\nSELECT\n",
             logs->bucket, logs->prefix, logs->table);
    for (size_t c = 0; c < LEAVES; c = leaf_next(c))
        if (leaf_is_console(c))
            str_addf(s, "%s  r.%s AS %s", c ? ",\n" : "", leaves[c].key, leaves[c].name);
    str_addf(s, "\nFROM %s_files\nLATERAL VIEW explode(Records) t AS r;\n", logs->table);
}

static const struct {
    const char *name;
    void (*add)(struct str *, const struct athena_logs *);
} engines[] = {
    {"athena", add_athena},
    {"trino",  add_trino },
    {"spark",  add_spark },
};

bool athena_add_ddl(struct str *s, const char *engine, const struct athena_logs *logs)
{
    for (size_t i = 0; i < COUNT(engines); i++)
        if (text_same(engines[i].name, engine)) {
            engines[i].add(s, logs);
            return true;
        }
    return false;
}
