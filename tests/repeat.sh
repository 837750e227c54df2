# SPDX-License-Identifier: MIT
# For tests of `cafelab verify`, after check.sh: labs that it makes go where nothing else is, and what it says to type is typed.
#   repeat COMMAND   as a report prints it; what it shows is in $tmp/shown. The lab of the one before is still there.
TMPDIR=$tmp/work
export TMPDIR
mkdir "$TMPDIR"
mkdir "$tmp/bin" && ln -s "$CAFELAB" "$tmp/bin/cafelab"
repeat() {
    (cd "$tmp" && PATH="$tmp/bin:$PATH" && eval "$1") >"$tmp/shown" 2>&1
}
