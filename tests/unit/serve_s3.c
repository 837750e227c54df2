/* SPDX-License-Identifier: MIT */
/* S3 requests as both CLIs and the JavaScript SDK send them: the operation they are, its parameters, its reply. */
#include "sim/serve/s3.h"

#include <CUnit/CUnit.h>
#include <string.h>

static void same_text(const char *what, const char *got, const char *want)
{
    if (!text_same(got, want))
        printf("%s\n  got  %s\n  want %s\n", what, got, want);
    CU_ASSERT_STRING_EQUAL(got, want);
}

static void ask(struct http_request *r, const char *method, const char *path, const char *query, const char *body)
{
    r->method = method;
    r->path = path;
    r->query = query;
    str_add(&r->body, body);
}

static void forget(struct http_request *r, struct s3_asked *asked)
{
    json_decref(asked->params);
    str_drop(&r->body);
    arena_drop(&r->arena);
}

#define XML(s) "<?xml version=\"1.0\"?>" s
static const struct {
    const char *method, *path, *query, *body, *op, *params;
} rows[] = {
    {"GET",    "/",                      "x-id=ListBuckets",                                        "",                                                                                       "s3:ListBuckets",         "{\"x-id\":\"ListBuckets\"}"                                                                 },
    {"GET",    "/b",                     "location",                                                "",                                                                                       "s3:GetBucketLocation",   "{\"bucketName\":\"b\"}"                                                                     },
    {"GET",    "/b/",                    "policy=",                                                 "",                                                                                       "s3:GetBucketPolicy",     "{\"bucketName\":\"b\"}"                                                                     },
    {"GET",    "/b",                     "list-type=2&prefix=a%2Fb+c&encoding-type=url&max-keys=5", "",                                                                                       "s3:ListObjects",
     "{\"bucketName\":\"b\",\"list-type\":\"2\",\"prefix\":\"a/b c\",\"encoding-type\":\"url\",\"max-keys\":\"5\"}"                                                                                                                                                                                                  },
    {"HEAD",   "/b",                     "",                                                        "",                                                                                       "s3:HeadBucket",          "{\"bucketName\":\"b\"}"                                                                     },
    {"PUT",    "/b",                     "",
     XML("<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>us-west-2"
         "</LocationConstraint></CreateBucketConfiguration>"),
     "s3:CreateBucket",                                                                                                                                                                                                 "{\"bucketName\":\"b\",\"CreateBucketConfiguration\":{\"LocationConstraint\":\"us-west-2\"}}"},
    {"PUT",    "/b",                     "policy",                                                  "{\"Version\":\"2012-10-17\"}",                                                           "s3:PutBucketPolicy",
     "{\"bucketName\":\"b\",\"bucketPolicy\":{\"Version\":\"2012-10-17\"}}"                                                                                                                                                                                                                                          },
    {"POST",   "/b",                     "delete=",                                                 XML("<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object></Delete>"),
     "s3:DeleteObjects",                                                                                                                                                                                                "{\"bucketName\":\"b\",\"objects\":[{\"key\":\"a\"},{\"key\":\"b&c\"}]}"                     },
    {"GET",    "/b/sp%20ace%2B%C3%A9/x", "",                                                        "",                                                                                       "s3:GetObject",           "{\"bucketName\":\"b\",\"key\":\"sp ace+é/x\"}"                                             },
    {"DELETE", "/b/k",                   "x-id=DeleteObject",                                       "",                                                                                       "s3:DeleteObject",
     "{\"bucketName\":\"b\",\"key\":\"k\",\"x-id\":\"DeleteObject\"}"                                                                                                                                                                                                                                                },
    {"PUT",    "/b",                     "policy",                                                  "no",                                                                                     "s3:PutBucketPolicy",     "!MalformedPolicy"                                                                           },
    {"PUT",    "/b",                     "encryption",                                              "<a><b></a>",                                                                             "s3:PutBucketEncryption", "!MalformedXML"                                                                              },
    {"PUT",    "/b",                     "encryption",                                              "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",                                             "s3:PutBucketEncryption", "!MalformedXML"                                                                              },
    {"PUT",    "/b",                     "tagging",                                                 "<bucketName>c</bucketName>",                                                             "s3:PutBucketTagging",    "{\"bucketName\":\"b\"}"                                                                     },
    {"GET",    "/%ff",                   "",                                                        "",                                                                                       NULL,                     "!InvalidURI"                                                                                },
    {"GET",    "/b/k",                   "torrent",                                                 "",                                                                                       NULL,                     "{}"                                                                                         },
    {"PUT",    "/b/k",                   "renameObject",                                            "",                                                                                       NULL,                     "{}"                                                                                         },
    {"DELETE", "/b",                     "cors",                                                    "",                                                                                       NULL,                     "{}"                                                                                         },
    {"PATCH",  "/b",                     "",                                                        "",                                                                                       NULL,                     "{}"                                                                                         },
};

static void knows_what_is_asked(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        AUTO(str_drop) struct str params = {0};
        struct http_request r = {0};
        struct s3_asked asked;
        ask(&r, rows[i].method, rows[i].path, rows[i].query, rows[i].body);
        s3_read(&r, &asked);
        same_text(rows[i].path, asked.op ? asked.op : "none", rows[i].op ? rows[i].op : "none");
        str_add_json_value(&params, asked.params);
        if (*rows[i].params == '!')
            same_text(rows[i].path, asked.error_code, rows[i].params + 1);
        else
            same_text(rows[i].path, str_text(&params), rows[i].params);
        forget(&r, &asked);
    }
}

static void copies_by_a_header(void)
{
    struct http_request r = {.n_headers = 1, .headers = {{"x-amz-copy-source", "a/k"}}};
    struct s3_asked asked;
    ask(&r, "PUT", "/b/k", "", "");
    s3_read(&r, &asked);
    same_text("copy", asked.op, "s3:CopyObject");
    same_text("copy", json_str(asked.params, "x-amz-copy-source"), "a/k");
    forget(&r, &asked);
}

#define S3_ROOT(name) "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" name " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
static void replies_as_clients_read(void)
{
    static const struct {
        const char *method, *path, *query, *reply;
        unsigned status;
        const char *body;
    } said[] = {
        {"GET",    "/",  "",                                            "{\"Buckets\":[{\"Name\":\"b\",\"CreationDate\":\"2025-10-14T00:00:00Z\"}],\"Owner\":{\"ID\":\"x\"}}",
         200,                                                                                                                                                                       S3_ROOT(
             "ListAllMyBucketsResult") "<Buckets><Bucket><Name>b</Name><CreationDate>2025-10-14T00:00:00.000Z</CreationDate>"
                                       "</Bucket></Buckets><Owner><ID>x</ID></Owner></ListAllMyBucketsResult>\n"                                                           },
        {"GET",    "/b", "location",                                    "{\"LocationConstraint\":\"us-west-2\"}",                                                              200,
         S3_ROOT("LocationConstraint") "us-west-2</LocationConstraint>\n"                                                                                                               },
        {"GET",    "/b", "list-type=2&encoding-type=url&delimiter=%2F",
         "{\"IsTruncated\":false,\"Contents\":[{\"Key\":\"a b/+\"}],\"Prefix\":\"\",\"KeyCount\":1}",                                                                          200,
         S3_ROOT(
             "ListBucketResult") "<IsTruncated>false</IsTruncated><Contents><Key>a%20b/%2B</Key></Contents><Prefix></Prefix>"
                                 "<Delimiter>/</Delimiter><EncodingType>url</EncodingType><KeyCount>1</KeyCount>"
                                 "</ListBucketResult>\n"                                                                                                                                },
        {"GET",    "/b", "marker=m",                                    "{\"IsTruncated\":true,\"Contents\":[],\"NextMarker\":\"z\"}",                                         200,
         S3_ROOT("ListBucketResult") "<IsTruncated>true</IsTruncated><Marker>m</Marker></ListBucketResult>\n"                                                                           },
        {"GET",    "/b", "policy",                                      "{\"Policy\":\"{}\"}",                                                                                 200, "{}"},
        {"DELETE", "/b", "",                                            NULL,                                                                                                  204, ""  },
        {"GET",    "/b", "acl",
         "{\"Owner\":{\"ID\":\"o\"},\"Grants\":[{\"Grantee\":{\"ID\":\"o\"},\"Permission\":\"FULL_CONTROL\"}]}",                                                               200,
         S3_ROOT(
             "AccessControlPolicy") "<Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/"
                                    "2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>o</ID></Grantee><Permission>"
                                    "FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>\n"                                                                     },
    };
    for (size_t i = 0; i < COUNT(said); i++) {
        struct http_request r = {0};
        struct http_reply out = {0};
        struct s3_asked asked;
        struct err e = {0};
        json_auto_t *reply = said[i].reply ? json_read(said[i].reply, strlen(said[i].reply), &e) : NULL;
        ask(&r, said[i].method, said[i].path, said[i].query, "");
        s3_read(&r, &asked);
        s3_success(&r, &asked, reply, &out);
        CU_ASSERT_EQUAL(out.wire.status, said[i].status);
        same_text(said[i].query, str_text(&out.wire.body), said[i].body);
        wire_reply_drop(&out.wire);
        forget(&r, &asked);
    }
}

CU_TestInfo serve_s3_tests[] = {
    {"knows what is asked",     knows_what_is_asked    },
    {"copies by a header",      copies_by_a_header     },
    {"replies as clients read", replies_as_clients_read},
    CU_TEST_INFO_NULL,
};
