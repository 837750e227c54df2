/* SPDX-License-Identifier: MIT */
/* Private: the functions behind ec2.c's table. */
#pragma once

#include "sim/aws/shapes.h"

#define EC2_XMLNS "http://ec2.amazonaws.com/doc/2016-11-15/" /* some records have it */

op_fn ec2_authorize_ingress, ec2_authorize_egress, ec2_create_security_group, ec2_create_tags, ec2_delete_security_group,
    ec2_delete_tags, ec2_describe_instance_attribute, ec2_describe_instance_status, ec2_describe_instances,
    ec2_describe_security_group_rules, ec2_describe_security_groups, ec2_describe_tags, ec2_get_console_output,
    ec2_modify_instance_attribute, ec2_modify_security_group_rules, ec2_reboot_instances, ec2_revoke_egress, ec2_revoke_ingress,
    ec2_run_instances, ec2_start_instances, ec2_stop_instances, ec2_terminate_instances;
/* Describe calls over what every account has (ec2_network.c). */
op_fn ec2_describe_account_attributes, ec2_describe_addresses, ec2_describe_availability_zones, ec2_describe_images,
    ec2_describe_internet_gateways, ec2_describe_key_pairs, ec2_describe_network_acls, ec2_describe_network_interfaces,
    ec2_describe_regions, ec2_describe_route_tables, ec2_describe_subnets, ec2_describe_volumes, ec2_describe_vpcs,
    ec2_describe_nothing;
op_fn ec2_associate_profile, ec2_describe_profiles, ec2_disassociate_profile, ec2_replace_profile, ec2_modify_metadata_options;
/* The role of a profile that is asked for by name or ARN; NULL if none is, or after a failure. */
const char *ec2_asked_profile(struct call *, const char *name, const char *arn);
json_t *ec2_metadata_options(const struct instance *);
/* Tokens, endpoint and hop limit, by those keys of what is given. */
bool ec2_set_metadata(struct call *, const json_t *given, const char *const keys[3], struct instance *);
op_fn ec2_create_key_pair, ec2_import_key_pair, ec2_delete_key_pair;  /* ec2_keys.c */
struct key_pair *ec2_key_pair(struct call *, const char *name_or_id); /* of the call's region; NULL if absent */
void ec2_add_key_pairs(struct call *, json_t *list);
/* Of the call's region, NULL after a failure; a group by id if one is given, else by name. */
struct instance *ec2_asked_instance(struct call *, const char *id);
struct security_group *ec2_asked_group(struct call *, const char *id, const char *name);

void ec2_answer_true(struct call *);                                 /* {"Return": true}, and so in the record */
json_t *ec2_interface(const struct call *, const struct instance *); /* its one interface, as DescribeInstances has it */
json_t *ec2_groups_of(const struct instance *, const char *id_key, const char *name_key); /* a list of both */
json_t *ec2_instance_reply(const struct call *, const struct instance *);
json_t *ec2_instance_log(const struct call *, const struct instance *);          /* of responseElements */
json_t *ec2_state(const char *name, const char *code_key, const char *name_key); /* {"Code": 16, "Name": "running"} */
json_t *ec2_rule_reply(const struct call *, const struct security_group *, const struct sg_rule *);
void ec2_complete(struct call *);        /* see struct service */
json_t *ec2_tag_set(const struct tag *); /* {"items": [{"key", "value"}]} */
