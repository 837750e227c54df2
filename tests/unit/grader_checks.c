/* SPDX-License-Identifier: MIT */
/*
 * Every kind of check holds and does not hold, on a small world made by hand (grader_checks_world.h): rows of a check, what was
 * done to the world before it, and what it found.
 */
#include "grader/checks.h"
#include "grader/delivered.h"
#include "tests/unit/grader_checks_world.h"

#include <CUnit/CUnit.h>
#include <string.h>

/* ---- the rows ---- */

static const char *lookup(void *context, const char *name, const char *field)
{
    (void)context;
    return text_same(name, "web") && text_same(field, "id") ? "sg-web" : NULL;
}

static const struct row {
    const char *check;
    void (*change)(struct world *);
    bool good;
    const char *found;
} rows[] = {
    {"iam_user: {name: chaos, is: absent}",                                                                                      nothing,                  false,
     "the user chaos exists: 1 active access key, no console password, 1 policy"                                                                                                                                 },
    {"iam_user: {name: chaos, is: absent}",                                                                                      delete_chaos,             true,  "there is no user chaos"                       },
    {"iam_user: {name: chaos, is: locked}",                                                                                      nothing,                  false, "1 active access key"                          },
    {"iam_user: {name: chaos, is: locked}",                                                                                      lock_chaos,               true,  "0 active access keys"                         },
    {"iam_user: {name: sofia, is: present, mfa: present}",                                                                       nothing,                  false, "without a second factor"                      },
    {"iam_user: {name: sofia, is: present, mfa: present}",                                                                       give_sofia_a_factor,      true,  NULL                                           },
    {"iam_user: {name: sofia, is: present, mfa: absent}",                                                                        give_sofia_a_factor,      false, "with a second factor"                         },
    {"iam_user: {name: sofia, is: present, console: present}",                                                                   nothing,                  true,  NULL                                           },
    {"iam_user: {name: sofia, is: present, console: present}",                                                                   take_sofias_password,     false, "without a console password"                   },
    {"iam_user: {name: sofia, is: present, console: absent}",                                                                    nothing,                  false, "with a console password"                      },
    {"iam_user: {name: sofia, is: present, password: changed}",                                                                  nothing,                  false, "the console password is the old one"          },
    {"iam_user: {name: sofia, is: present, password: changed}",                                                                  change_sofias_password,   true,  NULL                                           },
    {"iam_user: {name: sofia, is: present, password: changed}",                                                                  take_sofias_password,     true,  NULL                                           },
    {"iam_user: {name: sofia, is: present, in: [team]}",                                                                         nothing,                  true,  NULL                                           },
    {"iam_user: {name: chaos, is: present, in: [team]}",                                                                         nothing,                  false, "not in the group team"                        },
    {"iam_user: {name: chaos, is: present, not_in: [team]}",                                                                     nothing,                  true,  NULL                                           },
    {"iam_user: {name: sofia, is: present, not_in: [team]}",                                                                     nothing,                  false, "in the group team"                            },
    {"iam_user: {name: sofia, is: present, mfa: absent, console: present}",                                                      delete_sofia,             false, "there is no user sofia"                       },
    {"iam_user: {name: sofia, is: present}",                                                                                     delete_sofia,             false, "there is no user sofia"                       },
    {"access_key: {id: AKIAchaos, is: inactive}",                                                                                nothing,                  false, "AKIAchaos of chaos is active"                 },
    {"access_key: {id: AKIAchaos, is: inactive}",                                                                                lock_chaos,               true,  "is inactive"                                  },
    {"access_key: {id: AKIAchaos, is: absent}",                                                                                  lock_chaos,               false, "is inactive"                                  },
    {"access_key: {user: chaos, is: absent}",                                                                                    delete_chaos,             true,  "there is no such access key"                  },
    {"iam_policy: {user: chaos, policy: AmazonEC2FullAccess, is: detached}",                                                     nothing,                  false, "chaos has it"                                 },
    {"iam_policy: {user: chaos, policy: AmazonEC2FullAccess, is: detached}",                                                     detach_chaos,             true,  "chaos does not have it"                       },
    {"iam_policy: {user: chaos, policy: AmazonEC2FullAccess, is: detached}",                                                     delete_chaos,             true,  "chaos is gone, and with it"                   },

    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.7/32]}}",                                                    nothing,                  true,
     "tcp/22 is open from 203.0.113.7/32"                                                                                                                                                                        },
    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.7/32]}}",                                                    open_ssh,                 false, "sgr-rogue lets in 0.0.0.0/0"                  },
    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.0/24]}}",                                                    nothing,                  true,  "tcp/22 is open"                               },
    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.7/32]}}",                                                    open_all,                 false,
     "sgr-all lets in 0.0.0.0/0 on every port"                                                                                                                                                                   },
    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.7/32]}}",                                                    open_six,                 false, "sgr-six lets in ::/0"                         },
    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.7/32]}}",                                                    open_group,               false, "sgr-group lets in sg-other"                   },
    {"security_group: {group: web, tcp: 22, from: {only: [203.0.113.7/32, sg-other]}}",                                          open_group,               true,  NULL                                           },
    {"security_group: {server: cafe, tcp: 22, from: {lacks: [198.51.100.0/24]}}",                                                nothing,                  true,  NULL                                           },
    {"security_group: {server: cafe, tcp: 22, from: {lacks: [198.51.100.0/24]}}",                                                open_ssh,                 false, "sgr-rogue"                                    },
    {"security_group: {server: cafe, tcp: 80, from: {includes: [0.0.0.0/0]}}",                                                   nothing,                  true,  NULL                                           },
    {"security_group: {server: cafe, tcp: 80, from: {includes: [0.0.0.0/0]}}",                                                   close_web,                false, "0.0.0.0/0 is not let in"                      },
    {"security_group: {server: cafe, tcp: 80, from: {includes: [0.0.0.0/0]}}",                                                   stop_instance,            false, "the instance is stopped"                      },
    {"security_group: {server: cafe, tcp: 22, from: {only: [203.0.113.7/32]}}",                                                  stop_instance,            true,  NULL                                           },
    {"security_group: {group: web, tcp: 8000, to: 8020, from: {includes: [0.0.0.0/0]}}",                                         open_halves,              true,  NULL                                           },
    {"security_group: {group: web, tcp: 8000, to: 8021, from: {includes: [0.0.0.0/0]}}",                                         open_halves,              false, "not let in"                                   },
    {"security_group: {group: web, tcp: 8005, from: {equals: [0.0.0.0/0]}}",                                                     open_halves,              true,  NULL                                           },
    {"security_group: {group: web, tcp: 8005, from: {equals: [0.0.0.0/1]}}",                                                     open_halves,              false,
     "sgr-high lets in 128.0.0.0/1"                                                                                                                                                                              },
    {"security_group: {group: web, udp: 53, from: {lacks: [0.0.0.0/0]}}",                                                        nothing,                  true,  "udp/53 is open to nobody"                     },
    {"security_group: {group: web, udp: 53, from: {lacks: [0.0.0.0/0]}}",                                                        open_all,                 false, "sgr-all"                                      },

    {"trail: {name: monitor, is: logging, validation: true}",                                                                    nothing,                  true,  "the trail monitor is logging"                 },
    {"trail: {name: monitor, is: logging}",                                                                                      stop_trail,               false, "exists and does not log"                      },
    {"trail: {name: monitor, is: logging, events: all}",                                                                         nothing,                  true,  NULL                                           },
    {"trail: {name: monitor, is: logging, events: all}",                                                                         narrow_trail,             false, "without all management events"                },
    {"trail: {name: monitor, is: logging, events: all}",                                                                         watch_some_objects,       true,  NULL                                           },
    {"trail: {name: monitor, is: logging, data_events: logs}",                                                                   nothing,                  false, "without data events of logs"                  },
    {"trail: {name: monitor, is: logging, data_events: logs}",                                                                   watch_some_objects,       false, "without data events of logs"                  },
    {"trail: {name: monitor, is: logging, data_events: logs}",                                                                   watch_objects,            true,  NULL                                           },
    {"trail: {name: monitor, is: logging, data_events: other}",                                                                  watch_objects,            false, "without data events of other"                 },
    {"trail: {name: monitor, is: present}",                                                                                      stop_trail,               true,  NULL                                           },
    {"trail: {name: monitor, is: logging}",                                                                                      delete_trail,             false, "there is no trail monitor"                    },
    {"trail: {name: monitor, is: logging, encrypted: true}",                                                                     nothing,                  false, "without a KMS key"                            },
    {"trail: {name: monitor, is: logging, bucket: other}",                                                                       nothing,                  false, "it delivers into logs"                        },
    {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: denied}",                                                     nothing,                  true,  "not allowed"                                  },
    {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: denied}",                                                     publish_by_policy,        false,
     "the bucket's policy allows it"                                                                                                                                                                             },
    {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: allowed}",                                                    publish_by_policy,        true,  NULL                                           },
    {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: allowed}",                                                    publish_and_block,        false, "not allowed"                                  },
    {"permission: {op: \"s3:ListObjects\", bucket: logs, is: denied}",                                                           publish_by_policy,        true,  NULL                                           },
    {"permission: {user: chaos, op: \"ec2:RunInstances\", is: denied}",                                                          nothing,                  false, "allowed"                                      },
    {"permission: {user: chaos, op: \"ec2:RunInstances\", is: denied}",                                                          detach_chaos,             true,  "not allowed"                                  },
    {"permission: {user: chaos, op: \"s3:GetObject\", bucket: logs, key: x, is: allowed}",                                       nothing,                  false, "not allowed"                                  },
    {"permission: {signed_with: ASIAROLE, op: \"s3:GetObject\", is: denied}",                                                    assume_role,              false, "allowed"                                      },
    {"permission: {signed_with: ASIAROLE, op: \"s3:PutObject\", is: denied}",                                                    assume_role,              true,  NULL                                           },
    {"permission: {signed_with: ASIAROLE, op: \"s3:GetObject\", is: denied}",                                                    revoke_sessions,          true,  "not allowed"                                  },
    {"permission: {signed_with: AKIAchaos, op: \"ec2:RunInstances\", is: denied}",                                               nothing,                  false, "allowed"                                      },
    {"permission: {signed_with: AKIAchaos, op: \"ec2:RunInstances\", is: denied}",                                               lock_chaos,               true,  "not allowed"                                  },
    {"permission: {signed_with: ASIANONE, op: \"s3:GetObject\", is: denied}",                                                    assume_role,              true,  "not allowed"                                  },
    {"permission: {op: \"s3:GetObject\", bucket: gone, key: x, is: allowed}",                                                    nothing,                  false, "there is no bucket gone"                      },
    {"region: {name: sa-east-1, lacks: [running instances, instances, security groups, key pairs]}",                             nothing,                  true,
     "there is none"                                                                                                                                                                                             },
    {"region: {name: sa-east-1, lacks: [instances]}",                                                                            run_far_away,             false, "i-far, c5.large, is stopped"                  },
    {"region: {name: sa-east-1, lacks: [running instances]}",                                                                    run_far_away,             true,  NULL                                           },
    {"region: {name: us-west-2, lacks: [instances, key pairs]}",                                                                 run_far_away,             true,  NULL                                           },
    {"region: {name: sa-east-1, lacks: [key pairs]}",                                                                            run_far_away,             false, "the key pair worker"                          },
    {"region: {name: sa-east-1, lacks: [security groups]}",                                                                      run_far_away,             false, "the security group farm"                      },
    {"bucket: {name: logs, is: present, access: private}",                                                                       nothing,                  true,  "nobody unknown reads it"                      },
    {"bucket: {name: logs, is: present, access: private}",                                                                       publish_bucket,           false, "its ACL lets everybody in"                    },
    {"bucket: {name: logs, is: present, access: private}",                                                                       publish_by_policy,        false, "its policy lets everybody in"                 },
    {"bucket: {name: logs, is: present, policy_kept: true}",                                                                     publish_by_policy,        false, "its policy was changed"                       },
    {"bucket: {name: logs, is: absent}",                                                                                         nothing,                  false, "exists"                                       },

    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    nothing,                  false, "/etc/passwd line 3: the account"              },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    nothing,                  false, "/etc/group line 2: a member of the group"     },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    nothing,                  false, "/etc/sudoers.d/chaos line 1: may use sudo"    },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    nothing,                  false, "/home/chaos-user: its home is still there"    },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    remove_user,              true,  "no trace of chaos-user"                       },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    remove_user_not_sudo,     false, "/etc/sudoers.d/chaos line 1"                  },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    remove_user_leave_member, false, "/etc/group line 1: a member"                  },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    rename_user,              false, "its uid under another name"                   },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    leave_cron,               false, "its cron jobs"                                },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    comment_sudo,             true,  "no trace"                                     },
    {"os_user: {server: cafe, name: chaos-user, is: locked}",                                                                    nothing,                  false, "it has a password"                            },
    {"os_user: {server: cafe, name: chaos-user, is: locked}",                                                                    lock_user,                true,  "its password is locked; it has no keys"       },
    {"os_user: {server: cafe, name: chaos-user, is: locked}",                                                                    remove_user,              true,  "there is no account"                          },
    {"os_user: {server: cafe, name: chaos-user, is: absent}",                                                                    set_sudo_aside,           true,  "no trace of chaos-user"                       },
    {"os_user: {server: cafe, name: chaos-user, is: locked}",                                                                    lock_user_comment_keys,   true,  "it has no keys"                               },
    {"os_user: {server: cafe, name: chaos-user, is: locked}",                                                                    lock_user_leave_keys,     false, "it has keys"                                  },
    {"os_user: {server: cafe, name: ec2-user, is: present}",                                                                     nothing,                  true,  NULL                                           },

    {"session: {server: cafe, user: chaos-user, is: absent}",                                                                    nothing,                  false,
     "chaos-user is logged in on pts/0 from 198.51.100.7"                                                                                                                                                        },
    {"session: {server: cafe, user: chaos-user, is: absent}",                                                                    end_session,              false, "pid 77 of chaos-user still runs: -bash"       },
    {"session: {server: cafe, user: chaos-user, is: absent}",                                                                    end_all,                  true,  "no session and no process"                    },
    {"session: {server: cafe, user: chaos-user, is: present}",                                                                   nothing,                  true,  NULL                                           },
    {"process: {server: cafe, title: '*bash', is: absent}",                                                                      nothing,                  false, "pid 77 runs: -bash"                           },
    {"process: {server: cafe, exe: /usr/bin/nc, is: absent}",                                                                    nothing,                  true,  "no process /usr/bin/nc"                       },
    {"process: {server: cafe, user: chaos-user, is: absent}",                                                                    end_all,                  true,  NULL                                           },
    {"service: {server: cafe, name: httpd, is: running}",                                                                        nothing,                  true,  "httpd is running"                             },
    {"service: {server: cafe, name: httpd, is: running}",                                                                        stop_httpd,               false, "httpd does not run"                           },
    {"service: {server: cafe, name: httpd, is: running}",                                                                        stop_instance,            false, "httpd does not run"                           },
    {"service: {server: cafe, name: nginx, is: running}",                                                                        nothing,                  false, "there is no service nginx"                    },

    {"file: {server: cafe, path: /var/www/page.html, contains: hello}",                                                          nothing,                  true,  "it does"                                      },
    {"file: {server: cafe, path: /var/www/page.html, contains: hello}",                                                          edit_page,                false, "it does not contain that"                     },
    {"file: {server: cafe, path: /var/www/page.html, lacks: hacked}",                                                            edit_page,                false, "it contains that"                             },
    {"file: {server: cafe, path: /var/www/page.html, matches: '^h.l+p'}",                                                        nothing,                  false, "nothing in it matches"                        },
    {"file: {server: cafe, path: /var/www/page.html, matches: '^h.l+o\\s'}",                                                     nothing,                  true,  NULL                                           },
    {"file: {server: cafe, path: /var/www/page.html, is: absent}",                                                               nothing,                  false, "/var/www/page.html is there"                  },
    {"file: {server: cafe, path: /var/www/page.html, is: absent}",                                                               remove_page,              true,  NULL                                           },
    {"file: {server: cafe, path: /var/www/page.html, contains: x}",                                                              remove_page,              false, "there is no /var/www/page.html"               },
    {"file: {server: cafe, path: /var/www/page.html, mode: '0644', owner: root}",                                                nothing,                  true,  "mode 0644"                                    },
    {"file: {server: cafe, path: /var/www/page.html, mode: '0600'}",                                                             nothing,                  false, "mode 0644"                                    },
    {"file: {server: cafe, path: /var/www/page.html, sha256: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03}",
     nothing,                                                                                                                                              true,  "SHA-256 5891b5b522d5"                         },
    {"file: {server: cafe, path: /var/www/page.html, contains: hello, mode: '0644'}",                                            link_page,                true,  "it does"                                      },
    {"file: {server: cafe, path: /var/www/page.html, contains: hello}",                                                          link_page_to_nothing,     false,
     "there is no /var/www/page.html"                                                                                                                                                                            },
    {"file: {server: cafe, path: /var/www/page.html, is: absent}",                                                               link_page_to_nothing,     false, "is there"                                     },
    {"sshd: {server: cafe, option: PasswordAuthentication, equals: 'no'}",                                                       passwords_off,            true,  "PasswordAuthentication is no"                 },
    {"sshd: {server: cafe, option: PasswordAuthentication, equals: 'no'}",                                                       passwords_for_one,        false, "is yes for ec2-user"                          },
    {"sshd: {server: cafe, option: PasswordAuthentication, equals: 'no'}",                                                       passwords_for_account,    false,
     "is yes for chaos-user"                                                                                                                                                                                     },
    {"sshd: {server: cafe, option: PasswordAuthentication, equals: 'no'}",                                                       passwords_off_at_length,  false,
     "is too long to be asked for everybody who may come"                                                                                                                                                        },

    {"unchanged: {iam: {except: [chaos]}}",                                                                                      delete_chaos,             true,  "nothing else was changed"                     },
    {"unchanged: {iam: {}}",                                                                                                     delete_chaos,             false, "the user chaos was deleted"                   },
    {"unchanged: {iam: {except: [chaos]}}",                                                                                      delete_sofia,             false, "the user sofia was deleted"                   },
    {"unchanged: {iam: {except: [chaos]}}",                                                                                      remake_sofia,             false, "deleted and made anew"                        },
    {"unchanged: {iam: {except: [chaos]}}",                                                                                      harm_sofia,               false, "AKIAsofia of sofia was switched off"          },
    {"unchanged: {iam: {except: [chaos]}}",                                                                                      harm_sofia,               false, "sofia lost the policy AmazonEC2FullAccess"    },
    {"unchanged: {iam: {except: [chaos]}}",                                                                                      harm_sofia,               false, "sofia is no longer in the group team"         },
    {"unchanged: {security_groups: {}}",                                                                                         close_web,                false, "Web lost the rule for tcp, port 80, 0.0.0.0/0"},
    {"unchanged: {security_groups: {except: [Web]}}",                                                                            close_web,                true,  NULL                                           },
    {"unchanged: {security_groups: {}}",                                                                                         open_ssh,                 true,  NULL                                           },
    {"unchanged: {instances: {}}",                                                                                               stop_instance,            false, "is stopped"                                   },
    {"unchanged: {files: {server: cafe}}",                                                                                       nothing,                  true,  NULL                                           },
    {"unchanged: {files: {server: cafe}}",                                                                                       add_file,                 true,  NULL                                           },
    {"unchanged: {files: {server: cafe}}",                                                                                       edit_page,                false, "/var/www/page.html was changed"               },
    {"unchanged: {files: {server: cafe, except: [/var/www]}}",                                                                   edit_page,                true,  NULL                                           },
    {"unchanged: {files: {server: cafe, except: ['/var/*/page*']}}",                                                             edit_page,                true,  NULL                                           },
    {"unchanged: {files: {server: cafe, except: [/etc]}}",                                                                       remove_user,              false, "/home/chaos-user was removed"                 },

    {"all: [{iam_user: {name: chaos, is: absent}}, {trail: {name: monitor, is: logging}}]",                                      delete_chaos,             true,  "so it is"                                     },
    {"all: [{iam_user: {name: chaos, is: absent}}, {trail: {name: monitor, is: logging}}]",                                      nothing,                  false,
     "the user chaos exists"                                                                                                                                                                                     },
    {"any: [{iam_user: {name: chaos, is: absent}}, {access_key: {user: chaos, is: inactive}}]",                                  lock_chaos,               true,  "so it is"                                     },
    {"any: [{iam_user: {name: chaos, is: absent}}, {access_key: {user: chaos, is: inactive}}]",                                  nothing,                  false, "is active"                                    },
    {"not: {iam_user: {name: chaos, is: present}}",                                                                              delete_chaos,             true,  NULL                                           },
    {"not: {iam_user: {name: chaos, is: present}}",                                                                              nothing,                  false, "the user chaos exists"                        },
    {"call: {op: 'iam:DeleteUser', is: made}",                                                                                   nothing,                  false, "it was not called"                            },
    {"call: {op: 'iam:DeleteUser', is: not_made}",                                                                               nothing,                  true,  NULL                                           },
    {"call: {op: 'iam:DeleteUser', with: chaos, is: made}",                                                                      delete_in_order,          true,  "it was called"                                },
    {"call: {op: 'iam:DeleteUser', with: sofia, is: not_made}",                                                                  delete_in_order,          true,  "it was not called"                            },
    {"call: {op: 'iam:DeleteAccessKey', is: made, before: 'iam:DeleteUser'}",                                                    delete_in_order,          true,  "it was called"                                },
    {"call: {op: 'iam:DeleteUser', is: made, before: 'iam:DeleteAccessKey'}",                                                    delete_in_order,          false, "in the wrong order"                           },
    {"call: {op: 'iam:DeleteUser', is: made, after: 'iam:DeleteAccessKey'}",                                                     delete_in_order,          true,  NULL                                           },
    {"call: {op: 'iam:DeleteAccessKey', is: made, after: 'iam:DeleteUser'}",                                                     delete_in_order,          false, "in the wrong order"                           },
    {"iam_user: {name: chaos, is: absent}",                                                                                      delete_in_order,          false, "the user chaos exists"                        },
};

/* The small scenario of tests/data/rubric with one check below it. */
static struct rubric *rubric_for(struct arena *arena, const char *check, struct scenario **s)
{
    AUTO(str_drop) struct str text = {0};
    AUTO(diags_drop) struct diags diags = {0};
    struct err e = {0};
    CU_ASSERT(file_read(data_path(arena, "tests/data/rubric/stage.yml"), 1 << 20, &text, &e));
    str_addf(&text, "checks:\n  - {id: closed, title: T, points: 1, %s}\n", check);
    *s = scenario_read("x.yaml", str_text(&text), text.len, &diags);
    struct rubric *r = *s ? rubric_fill(*s, lookup, NULL, &e) : NULL;
    if (!r)
        printf("%s: %s\n", check, e.msg);
    return r;
}

static void run_row(const struct row *row)
{
    struct world then = {0}, now = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(result_drop) struct result result = {0};
    AUTO(rubric_free) struct rubric *r = NULL;
    AUTO(scenario_free) struct scenario *s = NULL;
    make_world(&then);
    make_world(&now);
    row->change(&now);
    r = rubric_for(&arena, row->check, &s);
    CU_ASSERT(r && r->checks.n == 1);
    if (r && r->checks.n == 1) {
        struct scene scene = {.arena = &arena, .scenario = s, .then = &then, .now = &now};
        condition_run(&scene, &((const struct check *)r->checks.items)->what, &result);
        bool said = !row->found || strstr(str_text(&result.found), row->found);
        if (result.good != row->good || result.broken || !said || !result.expected.len)
            printf("%s: %s, expected '%s', found '%s'\n", row->check, result.good ? "holds" : "does not hold",
                   str_text(&result.expected), str_text(&result.found));
        CU_ASSERT_EQUAL(result.good, row->good);
        CU_ASSERT(!result.broken);
        CU_ASSERT(said);
        CU_ASSERT(result.expected.len > 0);
    }
    world_drop(&then);
    world_drop(&now);
}

static void every_kind(void)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        run_row(&rows[i]);
}

/* What cannot be known is no failure of the student's. */
static void unknown_is_no_failure(void)
{
    static const char *const checks[] = {
        "evidence: {is: intact}",
        "file: {server: cafe, path: /var/www/page.html, same_as_before: rogue_rule}",
        "service: {server: cafe, name: httpd, restarted_since: rogue_rule}",
        "all: [{trail: {name: monitor, is: logging}}, {evidence: {is: intact}}]",
        "not: {evidence: {is: intact}}",
    };
    for (size_t i = 0; i < COUNT(checks); i++) {
        struct world now = {0};
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(result_drop) struct result result = {0};
        AUTO(scenario_free) struct scenario *s = NULL;
        AUTO(rubric_free) struct rubric *r = rubric_for(&arena, checks[i], &s);
        make_world(&now);
        struct scene scene = {.arena = &arena, .scenario = s, .now = &now};
        if (r && r->checks.n)
            condition_run(&scene, &((const struct check *)r->checks.items)->what, &result);
        CU_ASSERT(result.broken);
        CU_ASSERT(result.found.len > 0);
        world_drop(&now);
    }
}

/* Policies may ask for an address: of colleagues it is theirs, of strangers that of each who came. */
static void addresses_count(void)
{
    static const struct {
        const char *check, *only_from;
        bool good;
    } places[] = {
        {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: denied}",               "198.51.100.7", false},
        {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: denied}",               "203.0.113.7",  true },
        {"permission: {op: \"s3:GetObject\", bucket: logs, key: x, is: allowed}",              "198.51.100.7", false},
        {"permission: {user: sofia, op: \"s3:GetObject\", bucket: logs, key: x, is: allowed}", "203.0.113.7",  true },
        {"permission: {user: sofia, op: \"s3:GetObject\", bucket: logs, key: x, is: denied}",  "203.0.113.7",  false},
        {"permission: {user: sofia, op: \"s3:GetObject\", bucket: logs, key: x, is: allowed}", "198.51.100.7", false},
    };
    const struct person sofia = {.user = "sofia"}, stranger = {0};
    struct member cast[] = {
        {.person = &sofia,    .from = {.ip = "203.0.113.7"} },
        {.person = &stranger, .from = {.ip = "198.51.100.7"}},
    };
    struct play play = {.cast = cast, .n_cast = COUNT(cast)};
    for (size_t i = 0; i < COUNT(places); i++) {
        struct world now = {0};
        AUTO(arena_drop) struct arena arena = {0};
        AUTO(result_drop) struct result result = {0};
        AUTO(scenario_free) struct scenario *s = NULL;
        AUTO(rubric_free) struct rubric *r = rubric_for(&arena, places[i].check, &s);
        make_world(&now);
        let_in_from(&now, places[i].only_from);
        struct scene scene = {.arena = &arena, .scenario = s, .now = &now, .play = &play};
        if (r && r->checks.n)
            condition_run(&scene, &((const struct check *)r->checks.items)->what, &result);
        CU_ASSERT_EQUAL(result.good, places[i].good);
        world_drop(&now);
    }
}

/* Shadow's lines hold a hash: cited by number, never by text. */
static void secrets_are_not_cited(void)
{
    struct world now = {0};
    AUTO(arena_drop) struct arena arena = {0};
    AUTO(result_drop) struct result result = {0};
    AUTO(scenario_free) struct scenario *s = NULL;
    AUTO(rubric_free) struct rubric *r = rubric_for(&arena, "os_user: {server: cafe, name: chaos-user, is: absent}", &s);
    bool shadow_cited = false, text_cited = false;
    make_world(&now);
    struct scene scene = {.arena = &arena, .scenario = s, .now = &now};
    if (r && r->checks.n)
        condition_run(&scene, &((const struct check *)r->checks.items)->what, &result);
    for (size_t i = 0; i < result.n_evidence; i++) {
        shadow_cited |= text_same(result.evidence[i].file, "host/etc/shadow") && result.evidence[i].line == 3;
        text_cited |= result.evidence[i].text && strstr(result.evidence[i].text, "$6$") != NULL;
    }
    CU_ASSERT(shadow_cited);
    CU_ASSERT(!text_cited);
    world_drop(&now);
}

CU_TestInfo grader_checks_tests[] = {
    {"every kind",            every_kind           },
    {"unknown is no failure", unknown_is_no_failure},
    {"addresses count",       addresses_count      },
    {"secrets are not cited", secrets_are_not_cited},
    CU_TEST_INFO_NULL,
};
