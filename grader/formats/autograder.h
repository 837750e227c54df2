/* SPDX-License-Identifier: MIT */
/*
 * The upload for Gradescope's autograder: a zip whose root holds setup.sh and run_autograder, this program with the libraries
 * it runs with, its data, and the class. Nothing is installed and nothing loaded from elsewhere there. Depends on class. It
 * holds the class's secret: it is the teacher's upload, which Gradescope does not show to students.
 */
#pragma once

#include "grader/class/class.h"

bool autograder_zip(struct class *, struct str *out, struct err *);
