/* SPDX-License-Identifier: MIT */
/*
 * Techniques of ATT&CK that an intrusion into a cloud account and its Linux servers is made of, by their ids. Names and tactics
 * are those of Enterprise ATT&CK 18.1; version 19 renumbers what was T1562 and splits its tactic. An id without a row here is
 * shown as it is.
 */
#include "grader/story/story.h"

#include <stdlib.h>
#include <string.h>

static const struct technique techniques[] = {
    {"T1005",     "Data from Local System",                                    "Collection"          },
    {"T1018",     "Remote System Discovery",                                   "Discovery"           },
    {"T1021.004", "Remote Services: SSH",                                      "Lateral Movement"    },
    {"T1021.007", "Remote Services: Cloud Services",                           "Lateral Movement"    },
    {"T1021.008", "Direct Cloud VM Connections",                               "Lateral Movement"    },
    {"T1033",     "System Owner/User Discovery",                               "Discovery"           },
    {"T1036",     "Masquerading",                                              "Defense Evasion"     },
    {"T1046",     "Network Service Discovery",                                 "Discovery"           },
    {"T1048",     "Exfiltration Over Alternative Protocol",                    "Exfiltration"        },
    {"T1049",     "System Network Connections Discovery",                      "Discovery"           },
    {"T1053.003", "Scheduled Task/Job: Cron",                                  "Persistence"         },
    {"T1057",     "Process Discovery",                                         "Discovery"           },
    {"T1059.004", "Unix Shell",                                                "Execution"           },
    {"T1059.009", "Cloud API",                                                 "Execution"           },
    {"T1069.003", "Permission Groups Discovery: Cloud Groups",                 "Discovery"           },
    {"T1070",     "Indicator Removal",                                         "Defense Evasion"     },
    {"T1070.002", "Clear Linux or Mac System Logs",                            "Defense Evasion"     },
    {"T1070.003", "Clear Command History",                                     "Defense Evasion"     },
    {"T1070.004", "File Deletion",                                             "Defense Evasion"     },
    {"T1070.006", "Timestomp",                                                 "Defense Evasion"     },
    {"T1078",     "Valid Accounts",                                            "Initial Access"      },
    {"T1078.003", "Valid Accounts: Local Accounts",                            "Initial Access"      },
    {"T1078.004", "Valid Accounts: Cloud Accounts",                            "Initial Access"      },
    {"T1082",     "System Information Discovery",                              "Discovery"           },
    {"T1083",     "File and Directory Discovery",                              "Discovery"           },
    {"T1087.001", "Account Discovery: Local Account",                          "Discovery"           },
    {"T1087.004", "Account Discovery: Cloud Account",                          "Discovery"           },
    {"T1098",     "Account Manipulation",                                      "Persistence"         },
    {"T1098.001", "Additional Cloud Credentials",                              "Persistence"         },
    {"T1098.003", "Additional Cloud Roles",                                    "Privilege Escalation"},
    {"T1098.004", "SSH Authorized Keys",                                       "Persistence"         },
    {"T1098.006", "Additional Container Cluster Roles",                        "Persistence"         },
    {"T1105",     "Ingress Tool Transfer",                                     "Command and Control" },
    {"T1110",     "Brute Force",                                               "Credential Access"   },
    {"T1110.001", "Brute Force: Password Guessing",                            "Credential Access"   },
    {"T1110.003", "Brute Force: Password Spraying",                            "Credential Access"   },
    {"T1110.004", "Brute Force: Credential Stuffing",                          "Credential Access"   },
    {"T1119",     "Automated Collection",                                      "Collection"          },
    {"T1133",     "External Remote Services",                                  "Initial Access"      },
    {"T1136.001", "Create Account: Local Account",                             "Persistence"         },
    {"T1136.003", "Create Account: Cloud Account",                             "Persistence"         },
    {"T1190",     "Exploit Public-Facing Application",                         "Initial Access"      },
    {"T1199",     "Trusted Relationship",                                      "Initial Access"      },
    {"T1201",     "Password Policy Discovery",                                 "Discovery"           },
    {"T1204.003", "User Execution: Malicious Image",                           "Execution"           },
    {"T1222.002", "Linux and Mac File and Directory Permissions Modification", "Defense Evasion"     },
    {"T1485",     "Data Destruction",                                          "Impact"              },
    {"T1485.001", "Lifecycle-Triggered Deletion",                              "Impact"              },
    {"T1486",     "Data Encrypted for Impact",                                 "Impact"              },
    {"T1489",     "Service Stop",                                              "Impact"              },
    {"T1490",     "Inhibit System Recovery",                                   "Impact"              },
    {"T1491.002", "External Defacement",                                       "Impact"              },
    {"T1496",     "Resource Hijacking",                                        "Impact"              },
    {"T1496.001", "Resource Hijacking: Compute Hijacking",                     "Impact"              },
    {"T1505.003", "Web Shell",                                                 "Persistence"         },
    {"T1518.001", "Security Software Discovery",                               "Discovery"           },
    {"T1525",     "Implant Internal Image",                                    "Persistence"         },
    {"T1526",     "Cloud Service Discovery",                                   "Discovery"           },
    {"T1528",     "Steal Application Access Token",                            "Credential Access"   },
    {"T1530",     "Data from Cloud Storage",                                   "Collection"          },
    {"T1531",     "Account Access Removal",                                    "Impact"              },
    {"T1535",     "Unused/Unsupported Cloud Regions",                          "Defense Evasion"     },
    {"T1537",     "Transfer Data to Cloud Account",                            "Exfiltration"        },
    {"T1538",     "Cloud Service Dashboard",                                   "Discovery"           },
    {"T1543.002", "Systemd Service",                                           "Persistence"         },
    {"T1546.004", "Unix Shell Configuration Modification",                     "Persistence"         },
    {"T1548.003", "Sudo and Sudo Caching",                                     "Privilege Escalation"},
    {"T1548.005", "Temporary Elevated Cloud Access",                           "Privilege Escalation"},
    {"T1550.001", "Application Access Token",                                  "Lateral Movement"    },
    {"T1552.001", "Credentials In Files",                                      "Credential Access"   },
    {"T1552.003", "Shell History",                                             "Credential Access"   },
    {"T1552.004", "Private Keys",                                              "Credential Access"   },
    {"T1552.005", "Cloud Instance Metadata API",                               "Credential Access"   },
    {"T1555.006", "Cloud Secrets Management Stores",                           "Credential Access"   },
    {"T1556.006", "Multi-Factor Authentication",                               "Defense Evasion"     },
    {"T1556.009", "Conditional Access Policies",                               "Defense Evasion"     },
    {"T1562.001", "Disable or Modify Tools",                                   "Defense Evasion"     },
    {"T1562.004", "Disable or Modify System Firewall",                         "Defense Evasion"     },
    {"T1562.007", "Disable or Modify Cloud Firewall",                          "Defense Evasion"     },
    {"T1562.008", "Disable or Modify Cloud Logs",                              "Defense Evasion"     },
    {"T1564.001", "Hidden Files and Directories",                              "Defense Evasion"     },
    {"T1565.001", "Stored Data Manipulation",                                  "Impact"              },
    {"T1567.002", "Exfiltration to Cloud Storage",                             "Exfiltration"        },
    {"T1578",     "Modify Cloud Compute Infrastructure",                       "Defense Evasion"     },
    {"T1578.001", "Create Snapshot",                                           "Defense Evasion"     },
    {"T1578.002", "Create Cloud Instance",                                     "Defense Evasion"     },
    {"T1578.003", "Delete Cloud Instance",                                     "Defense Evasion"     },
    {"T1578.005", "Modify Cloud Compute Configurations",                       "Defense Evasion"     },
    {"T1580",     "Cloud Infrastructure Discovery",                            "Discovery"           },
    {"T1613",     "Container and Resource Discovery",                          "Discovery"           },
    {"T1619",     "Cloud Storage Object Discovery",                            "Discovery"           },
    {"T1621",     "Multi-Factor Authentication Request Generation",            "Credential Access"   },
    {"T1648",     "Serverless Execution",                                      "Execution"           },
    {"T1651",     "Cloud Administration Command",                              "Execution"           },
};

static int by_id(const void *id, const void *technique)
{
    return strcmp(id, ((const struct technique *)technique)->id);
}

const struct technique *technique_find(const char *id)
{
    return id ? bsearch(id, techniques, COUNT(techniques), sizeof(*techniques), by_id) : NULL;
}
