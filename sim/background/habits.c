/* SPDX-License-Identifier: MIT */
/*
 * Who works when. Each habit is a few kinds of working time: on which days, from when to when in local time, how often,
 * by which way, and how long people pause between two gestures. What the gestures call is in the tables beside this one.
 */
#include "sim/background/habits.h"

#define AT(h, m) ((h)*60 + (m))
#define S 1000
#define MIN 60000

const char *const habit_names[] = {
    [HABIT_NONE] = "none",
    [HABIT_CONSOLE_OFFICE] = "console-office-hours",
    [HABIT_CONSOLE_EVENINGS] = "console-evenings",
    [HABIT_CLI_OFFICE] = "cli-office-hours",
    [HABIT_SDK_MONITOR] = "monitor",
    [HABIT_TERRAFORM] = "terraform",
    [HABIT_NIGHT_OWL] = "night-owl",
    [HABIT_BACKUP] = "backup",
    [HABIT_AUDITOR] = "auditor",
    NULL,
};

bool habit_named(const char *name, enum habit *ret_habit)
{
    *ret_habit = HABIT_NONE;
    if (!name || !*name)
        return true;
    for (int i = 0; habit_names[i]; i++)
        if (text_same(habit_names[i], name)) {
            *ret_habit = (enum habit)i;
            return true;
        }
    return false;
}

/* clang-format off */
#define CONSOLE  BY_CONSOLE, 75 * S,  console_pages,  &n_console_pages
#define SHELL    BY_COMMAND, 150 * S, shell_commands, &n_shell_commands

/*   days       %    start from  to           minutes   by, pause, what */
static const struct hours console_office[] = {
    {WORKDAYS,  95,  AT(8, 20),  AT(9, 40),   60, 150,  CONSOLE},
    {WORKDAYS,  80,  AT(13, 0),  AT(14, 30),  50, 160,  CONSOLE},
};
static const struct hours console_evenings[] = {
    {EVERY_DAY, 85,  AT(18, 30), AT(20, 30),  40, 130,  CONSOLE},
    {0x41,      50,  AT(10, 0),  AT(12, 0),   20, 60,   CONSOLE},
};
static const struct hours cli_office[] = {
    {WORKDAYS,  97,  AT(8, 30),  AT(9, 30),   180, 220, SHELL},
    {WORKDAYS,  95,  AT(12, 50), AT(13, 30),  210, 270, SHELL},
    {WORKDAYS,  55,  AT(10, 0),  AT(15, 30),  25, 70,   CONSOLE},
};
static const struct hours night_owl[] = {
    {WORKDAYS,  92,  AT(12, 0),  AT(13, 30),  220, 330, SHELL},
    {EVERY_DAY, 60,  AT(21, 15), AT(22, 45),  90, 280,  SHELL},
};
static const struct hours monitor[] = {
    {EVERY_DAY, 100, 0,          0,           1440, 1440, BY_PROGRAM, 5 * MIN, monitor_polls, &n_monitor_polls},
};
static const struct hours terraform[] = {
    {WORKDAYS,  90,  AT(15, 10), AT(17, 40),  6, 14,    BY_PROGRAM, 4 * MIN, terraform_runs, &n_terraform_runs},
    {WORKDAYS,  80,  AT(18, 0),  AT(21, 0),   4, 10,    BY_PROGRAM, 4 * MIN, terraform_runs, &n_terraform_runs},
    {WORKDAYS,  60,  AT(21, 30), AT(23, 30),  4, 10,    BY_PROGRAM, 4 * MIN, terraform_runs, &n_terraform_runs},
    {EVERY_DAY, 100, AT(5, 0),   AT(5, 1),    4, 5,     BY_PROGRAM, 4 * MIN, terraform_runs, &n_terraform_runs}, /* drift check */
};
static const struct hours backup[] = {
    {EVERY_DAY, 100, AT(9, 0),   AT(9, 2),    12, 20,   BY_PROGRAM, 90 * S,  backup_runs, &n_backup_runs},
};
static const struct hours auditor[] = {
    {0x04,      100, AT(9, 30),  AT(11, 0),   70, 150,  BY_ROLE,    100 * S, audit_runs, &n_audit_runs},
    {0x10,      50,  AT(14, 0),  AT(15, 0),   40, 80,   BY_ROLE,    100 * S, audit_runs, &n_audit_runs},
};

#define HABIT(hours, layers) {(hours), COUNT(hours), (layers)}
const struct habit_facts habits[] = {
    [HABIT_NONE] = {NULL, 0, 0},
    [HABIT_CONSOLE_OFFICE] = HABIT(console_office, 3),
    [HABIT_CONSOLE_EVENINGS] = HABIT(console_evenings, 3),
    [HABIT_CLI_OFFICE] = HABIT(cli_office, 4),
    [HABIT_SDK_MONITOR] = HABIT(monitor, 0),
    [HABIT_TERRAFORM] = HABIT(terraform, 6),
    [HABIT_NIGHT_OWL] = HABIT(night_owl, 4),
    [HABIT_BACKUP] = HABIT(backup, 6),
    [HABIT_AUDITOR] = HABIT(auditor, 3),
};
/* clang-format on */

void habit_needs(enum habit habit, bool *ret_password, bool *ret_key)
{
    *ret_password = *ret_key = false;
    for (size_t i = 0; i < habits[habit].n; i++)
        *(habits[habit].hours[i].way == BY_CONSOLE ? ret_password : ret_key) = true;
}
