/* SPDX-License-Identifier: MIT */
/* One record in every form, key by key: the orders are those of genuine records. */
#include "evidence_rig.h"

static const char *keys_of(struct arena *arena, const json_t *object)
{
    AUTO(str_drop) struct str keys = {0};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        str_addf(&keys, "%s%s", keys.len ? " " : "", key);
    }
    return arena_dup(arena, str_text(&keys));
}

#define START "eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent "
#define BODY "requestParameters responseElements "
#define IDS "requestID eventID readOnly "
#define END "eventType managementEvent recipientAccountId eventCategory"

enum form { PLAIN, FAILED, CONSOLE, SIGNIN, SIGNIN_FAILED, S3, SERVICE, INVOKED, API_VERSION, OLD_TLS, DATA };

static const struct {
    const char *op;
    enum form form;
    const char *keys;
} forms[] = {
    {"iam:CreateUser",                    PLAIN,         START BODY IDS END " tlsDetails"                                    },
    {"iam:ListUsers",                     FAILED,        START "errorCode errorMessage " BODY IDS END " tlsDetails"          },
    {"ec2:AuthorizeSecurityGroupIngress", CONSOLE,       START BODY IDS END " sessionCredentialFromConsole"                  },
    {"iam:ListUsers",                     CONSOLE,       START BODY IDS END " sessionCredentialFromConsole"                  },
    {"s3:ListBuckets",                    CONSOLE,       START BODY IDS END                                                  },
    {"kms:ListKeys",                      CONSOLE,       START BODY IDS END                                                  },
    {"signin:ConsoleLogin",               SIGNIN,        START BODY "additionalEventData eventID readOnly " END " tlsDetails"},
    {"signin:ConsoleLogin",               SIGNIN_FAILED,
     START "errorMessage " BODY "additionalEventData eventID readOnly " END " tlsDetails"                                    },
    {"s3:ListBuckets",                    S3,            START BODY "additionalEventData " IDS "resources " END " tlsDetails"},
    {"kms:ListKeys",                      SERVICE,
     START BODY IDS "resources eventType managementEvent recipientAccountId sharedEventID eventCategory"                     },
    {"iam:ListUsers",                     INVOKED,       START BODY IDS END                                                  },
    {"lambda:ListFunctions",              API_VERSION,
     START BODY IDS "eventType apiVersion managementEvent recipientAccountId eventCategory tlsDetails"                       },
    {"ec2:DescribeInstances",             OLD_TLS,       START BODY IDS END " tlsDetails"                                    },
    {"s3:GetObject",                      DATA,          START BODY "additionalEventData " IDS "resources " END " tlsDetails"},
};

static void shape(struct rig *r, struct entry *e, enum form form)
{
    const char *arn = "[{\"accountId\":\"1\",\"type\":\"T\",\"ARN\":\"a\"}]", *more = "{\"LoginTo\":\"x\"}";
    switch (form) {
    case FAILED:
        e->error_code = "AccessDenied";
        e->error_message = "User: \"x\" is not authorized";
        break;
    case CONSOLE: e->who.console = true; break;
    case SIGNIN_FAILED: e->error_message = "Failed authentication"; /* fall through */
    case SIGNIN: e->additional = world_keep(&r->w, rig_json(more)); break;
    case S3:
    case DATA:
        e->additional = world_keep(&r->w, rig_json(more));
        e->resources = world_keep(&r->w, rig_json(arn));
        break;
    case SERVICE:
        e->who = (struct principal){.kind = PRINCIPAL_SERVICE, .name = "cloudtrail.amazonaws.com"};
        e->shared_event_id = "s";
        e->resources = world_keep(&r->w, rig_json(arn));
        break;
    case INVOKED: e->who.invoked_by = "athena.amazonaws.com"; break;
    case OLD_TLS: e->from.tls13 = false; break;
    default: break;
    }
}

static json_t *record_of(struct rig *r, const struct entry *e)
{
    AUTO(str_drop) struct str text = {0};
    struct record_facts facts = {0};
    struct err err = {0};
    CU_ASSERT(rig_about(&r->w, e->op, &facts));
    record_add(&text, &r->w, &facts, e);
    json_t *record = json_read(text.s, text.len, &err);
    CU_ASSERT_PTR_NOT_NULL(record);
    return world_keep(&r->w, record);
}

static void keys_come_in_order(void)
{
    struct rig r;
    rig_open(&r);
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct entry *e = rig_add(&r, forms[i].op, (int64_t)i, NULL, NULL);
        shape(&r, e, forms[i].form);
        json_t *record = record_of(&r, e);
        CU_ASSERT_STRING_EQUAL(keys_of(&r.w.arena, record), forms[i].keys);
        CU_ASSERT(json_is_boolean(json_object_get(record, "readOnly")));
        CU_ASSERT(json_is_boolean(json_object_get(record, "managementEvent")));
    }
    rig_drop(&r);
}

static void values_follow_the_form(void)
{
    static const struct {
        const char *op;
        enum form form;
        const char *path, *value;
    } rows[] = {
        {"iam:CreateUser",        PLAIN,   "eventTime",                           "2025-10-13T16:00:00Z"                        },
        {"iam:CreateUser",        PLAIN,   "eventVersion",                        "1.10"                                        },
        {"iam:CreateUser",        PLAIN,   "awsRegion",                           "us-east-1"                                   },
        {"iam:CreateUser",        PLAIN,   "tlsDetails.clientProvidedHostHeader", "iam.amazonaws.com"                           },
        {"ec2:DescribeInstances", PLAIN,   "tlsDetails.clientProvidedHostHeader", "ec2.us-west-2.amazonaws.com"                 },
        {"ec2:DescribeInstances", PLAIN,   "tlsDetails.cipherSuite",              "TLS_AES_128_GCM_SHA256"                      },
        {"ec2:DescribeInstances", OLD_TLS, "tlsDetails.tlsVersion",               "TLSv1.2"                                     },
        {"ec2:DescribeInstances", OLD_TLS, "tlsDetails.cipherSuite",              "ECDHE-RSA-AES128-GCM-SHA256"                 },
        {"kms:ListKeys",          PLAIN,   "tlsDetails.cipherSuite",              "TLS_AES_256_GCM_SHA384"                      },
        {"lambda:ListFunctions",  PLAIN,   "tlsDetails.clientProvidedHostHeader", "lambda.amazonaws.com"                        },
        {"lambda:ListFunctions",  PLAIN,   "apiVersion",                          "2015-03-31"                                  },
        {"s3:ListBuckets",        PLAIN,   "userAgent",                           "[aws-cli/2.17.32 md/prompt#off md/command#x]"},
        {"iam:CreateUser",        PLAIN,   "userAgent",                           "aws-cli/2.17.32 md/prompt#off md/command#x"  },
        {"signin:ConsoleLogin",   SIGNIN,  "eventType",                           "AwsConsoleSignIn"                            },
        {"iam:CreateUser",        PLAIN,   "eventType",                           "AwsApiCall"                                  },
        {"iam:CreateUser",        PLAIN,   "eventCategory",                       "Management"                                  },
        {"s3:GetObject",          DATA,    "eventCategory",                       "Data"                                        },
        {"iam:ListUsers",         FAILED,  "errorCode",                           "AccessDenied"                                },
        {"iam:ListUsers",         CONSOLE, "sessionCredentialFromConsole",        "true"                                        },
        {"iam:ListUsers",         PLAIN,   "recipientAccountId",                  "123456789012"                                },
    };
    struct rig r;
    rig_open(&r);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct entry *e = rig_add(&r, rows[i].op, 0, NULL, NULL);
        shape(&r, e, rows[i].form);
        const char *value = json_string_value(json_path(record_of(&r, e), rows[i].path));
        CU_ASSERT_STRING_EQUAL(value ? value : "(none)", rows[i].value);
    }
    rig_drop(&r);
}

/* The template of a call gives the very record that the entry itself would give, but for what varies. */
static void templates_say_the_same(void)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct rig r;
        AUTO(caller_drop) struct caller caller = {0};
        AUTO(template_drop) struct template t = {0};
        AUTO(str_drop) struct str identity = {0}, made = {0};
        struct emitter em = {.salt = 5};
        struct record_facts facts;
        struct err err = {0};
        rig_open(&r);
        struct entry *e = rig_add(&r, forms[i].op, 1234567, "{\"a\":\"é\\\"\\n\"}", NULL);
        shape(&r, e, forms[i].form);
        if (e->who.invoked_by || e->who.kind == PRINCIPAL_SERVICE) {
            e->identity = world_keep(&r.w, rig_json("{\"type\":\"AWSService\",\"invokedBy\":\"x\"}"));
            e->from.agent = "x";
        }
        rig_about(&r.w, e->op, &facts);
        str_add_json_value(&identity, e->identity);
        caller_set(&caller, identity.s, identity.len, e->from.ip, e->who.console);
        template_set(&t, NULL, &r.w, &facts, e, caller_client(&caller, e));
        struct moment m = {.time_ms = e->time_ms, .number = 7, .object = ""};
        template_add(&made, &t, &caller, &em, &m);
        CU_ASSERT_EQUAL(made.len, template_size(&t, &caller, &m));
        json_auto_t *from_template = json_read(made.s, made.len, &err);
        json_t *plain = record_of(&r, e);
        static const char *const vary[] = {"eventID", "requestID", "sharedEventID"};
        for (size_t k = 0; k < COUNT(vary); k++)
            if (json_object_get(plain, vary[k]))
                json_object_set(plain, vary[k], json_object_get(from_template, vary[k]));
        CU_ASSERT_STRING_EQUAL(keys_of(&r.w.arena, from_template), keys_of(&r.w.arena, plain));
        CU_ASSERT(json_equal(from_template, plain));
        rig_drop(&r);
    }
}

static void ids_are_all_different(void)
{
    struct rig r;
    AUTO(caller_drop) struct caller caller = {0};
    AUTO(template_drop) struct template t = {0};
    AUTO(str_drop) struct str seen = {0};
    struct emitter em = {.salt = 99};
    struct record_facts facts;
    rig_open(&r);
    struct entry *e = rig_add(&r, "s3:ListBuckets", 0, NULL, "{\"again\":\"0a1b2c3d-0000-4000-8000-00000000000a\"}");
    e->shared_event_id = "s";
    e->additional = world_keep(&r.w, rig_json("{\"x-amz-id-2\":\"abc\"}"));
    rig_about(&r.w, e->op, &facts);
    caller_set(&caller, "{}", 2, "1.2.3.4", false);
    template_set(&t, NULL, &r.w, &facts, e, CLIENT_TLS13);
    for (uint64_t n = 0; n < 300; n++) {
        static const char *const paths[] = {"eventID", "requestID", "sharedEventID", "additionalEventData.x-amz-id-2"};
        AUTO(str_drop) struct str made = {0};
        struct err err = {0};
        template_add(&made, &t, &caller, &em, &(struct moment){.number = n, .object = ""});
        json_auto_t *record = json_read(made.s, made.len, &err);
        for (size_t i = 0; i < COUNT(paths); i++) {
            const char *id = json_string_value(json_path(record, paths[i]));
            CU_ASSERT(id && !strstr(str_text(&seen), id));
            str_add(&seen, id ? id : "");
        }
        CU_ASSERT_STRING_EQUAL(json_string_value(json_path(record, "responseElements.again")), json_str(record, "requestID"));
        CU_ASSERT_EQUAL(strlen(json_str(record, "requestID")), 16);
        CU_ASSERT_EQUAL(json_str(record, "eventID")[14], '4');
    }
    rig_drop(&r);
}

CU_TestInfo evidence_record_tests[] = {
    {"keys come in order",     keys_come_in_order    },
    {"values follow the form", values_follow_the_form},
    {"templates say the same", templates_say_the_same},
    {"ids are all different",  ids_are_all_different },
    CU_TEST_INFO_NULL,
};
