/* SPDX-License-Identifier: MIT */
/* The columns of a CloudTrail table, as data. */
#include "sim/athena/columns.h"

#include <string.h>
#include <strings.h>

const struct leaf leaves[LEAVES] = {
    {0, LEAF_TEXT,   "eventversion",                 "eventVersion"                },
    {0, LEAF_STRUCT, "useridentity",                 "userIdentity"                },
    {1, LEAF_TEXT,   "type",                         "type"                        },
    {1, LEAF_TEXT,   "principalid",                  "principalId"                 },
    {1, LEAF_TEXT,   "arn",                          "arn"                         },
    {1, LEAF_TEXT,   "accountid",                    "accountId"                   },
    {1, LEAF_TEXT,   "invokedby",                    "invokedBy"                   },
    {1, LEAF_TEXT,   "accesskeyid",                  "accessKeyId"                 },
    {1, LEAF_TEXT,   "username",                     "userName"                    },
    {1, LEAF_STRUCT, "sessioncontext",               "sessionContext"              },
    {2, LEAF_STRUCT, "attributes",                   "attributes"                  },
    {3, LEAF_TEXT,   "mfaauthenticated",             "mfaAuthenticated"            },
    {3, LEAF_TEXT,   "creationdate",                 "creationDate"                },
    {2, LEAF_STRUCT, "sessionissuer",                "sessionIssuer"               },
    {3, LEAF_TEXT,   "type",                         "type"                        },
    {3, LEAF_TEXT,   "principalid",                  "principalId"                 },
    {3, LEAF_TEXT,   "arn",                          "arn"                         },
    {3, LEAF_TEXT,   "accountid",                    "accountId"                   },
    {3, LEAF_TEXT,   "username",                     "userName"                    },
    {2, LEAF_TEXT,   "ec2roledelivery",              "ec2RoleDelivery"             },
    {2, LEAF_STRUCT, "webidfederationdata",          "webIdFederationData"         },
    {3, LEAF_TEXT,   "federatedprovider",            "federatedProvider"           },
    {3, LEAF_MAP,    "attributes",                   "attributes"                  },
    {0, LEAF_TEXT,   "eventtime",                    "eventTime"                   },
    {0, LEAF_TEXT,   "eventsource",                  "eventSource"                 },
    {0, LEAF_TEXT,   "eventname",                    "eventName"                   },
    {0, LEAF_TEXT,   "awsregion",                    "awsRegion"                   },
    {0, LEAF_TEXT,   "sourceipaddress",              "sourceIPAddress"             },
    {0, LEAF_TEXT,   "useragent",                    "userAgent"                   },
    {0, LEAF_TEXT,   "errorcode",                    "errorCode"                   },
    {0, LEAF_TEXT,   "errormessage",                 "errorMessage"                },
    {0, LEAF_TEXT,   "requestparameters",            "requestParameters"           },
    {0, LEAF_TEXT,   "responseelements",             "responseElements"            },
    {0, LEAF_TEXT,   "additionaleventdata",          "additionalEventData"         },
    {0, LEAF_TEXT,   "requestid",                    "requestID"                   },
    {0, LEAF_TEXT,   "eventid",                      "eventID"                     },
    {0, LEAF_LIST,   "resources",                    "resources"                   },
    {1, LEAF_TEXT,   "arn",                          "ARN"                         },
    {1, LEAF_TEXT,   "accountid",                    "accountId"                   },
    {1, LEAF_TEXT,   "type",                         "type"                        },
    {0, LEAF_TEXT,   "eventtype",                    "eventType"                   },
    {0, LEAF_TEXT,   "apiversion",                   "apiVersion"                  },
    {0, LEAF_TEXT,   "readonly",                     "readOnly"                    },
    {0, LEAF_TEXT,   "recipientaccountid",           "recipientAccountId"          },
    {0, LEAF_TEXT,   "serviceeventdetails",          "serviceEventDetails"         },
    {0, LEAF_TEXT,   "sharedeventid",                "sharedEventID"               },
    {0, LEAF_TEXT,   "vpcendpointid",                "vpcEndpointId"               },
    {0, LEAF_TEXT,   "vpcendpointaccountid",         "vpcEndpointAccountId"        },
    {0, LEAF_TEXT,   "eventcategory",                "eventCategory"               },
    {0, LEAF_TEXT,   "managementevent",              "managementEvent"             },
    {0, LEAF_STRUCT, "addendum",                     "addendum"                    },
    {1, LEAF_TEXT,   "reason",                       "reason"                      },
    {1, LEAF_TEXT,   "updatedfields",                "updatedFields"               },
    {1, LEAF_TEXT,   "originalrequestid",            "originalRequestID"           },
    {1, LEAF_TEXT,   "originaleventid",              "originalEventID"             },
    {0, LEAF_TEXT,   "sessioncredentialfromconsole", "sessionCredentialFromConsole"},
    {0, LEAF_TEXT,   "edgedevicedetails",            "edgeDeviceDetails"           },
    {0, LEAF_STRUCT, "tlsdetails",                   "tlsDetails"                  },
    {1, LEAF_TEXT,   "tlsversion",                   "tlsVersion"                  },
    {1, LEAF_TEXT,   "ciphersuite",                  "cipherSuite"                 },
    {1, LEAF_TEXT,   "clientprovidedhostheader",     "clientProvidedHostHeader"    },
};

struct leaf_shape leaf_shapes[LEAVES];

/* Before main: what every record's every key would ask for again. */
__attribute__((constructor)) static void measure(void)
{
    for (size_t leaf = LEAVES; leaf-- > 0;) {
        size_t next = leaf + 1;
        while (next < LEAVES && leaves[next].depth > leaves[leaf].depth)
            next++;
        leaf_shapes[leaf] = (struct leaf_shape){(unsigned char)next, (unsigned char)strlen(leaves[leaf].key)};
    }
}

bool leaf_is_console(size_t column)
{
    return !text_same(leaves[column].name, "managementevent");
}

size_t leaf_find(const char *name)
{
    size_t column = 0;
    while (column < LEAVES && strcasecmp(leaves[column].name, name) != 0)
        column = leaf_next(column);
    return column;
}

const struct dialect dialect_hive = {"string", "map<string,string>", "struct<", ">", "array<", ">", "", ":", ",", false};
const struct dialect dialect_trino = {"VARCHAR", "MAP(VARCHAR, VARCHAR)", "ROW(", ")", "ARRAY(", ")", "\"", " ", ", ", false};
const struct dialect dialect_spark = {"STRING", "MAP<STRING, STRING>", "STRUCT<", ">", "ARRAY<", ">", "", ": ", ", ", true};

void leaf_add_fields(struct str *s, size_t leaf, const struct dialect *d)
{
    str_add(s, d->row);
    for (size_t field = leaf + 1; field < leaf_next(leaf); field = leaf_next(field)) {
        const char *name = d->keys ? leaves[field].key : leaves[field].name;
        str_addf(s, "%s%s%s%s%s", field > leaf + 1 ? d->between : "", d->quote, name, d->quote, d->colon);
        leaf_add_type(s, field, d);
    }
    str_add(s, d->row_end);
}

void leaf_add_type(struct str *s, size_t leaf, const struct dialect *d)
{
    switch (leaves[leaf].kind) {
    case LEAF_TEXT: str_add(s, d->text); return;
    case LEAF_MAP: str_add(s, d->map); return;
    case LEAF_STRUCT: leaf_add_fields(s, leaf, d); return;
    case LEAF_LIST:
        str_add(s, d->list);
        leaf_add_fields(s, leaf, d);
        str_add(s, d->list_end);
    }
}
