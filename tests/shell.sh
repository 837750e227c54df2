# SPDX-License-Identifier: MIT
# For the tests of `cafelab shell`: sourced after check.sh. The modes that this machine allows, and people to try them.
#
#   modes            "root multi" or one of them; none is a failure
#   as MODE ARGS...  runs cafelab in that mode: as root, or as a plain user made for the test; $status, $out, $err
#   lab_for MODE     a fresh lab that the user of that mode owns: $lab

chmod 755 "$tmp"
stage=$tmp/stage plain=cafelab$$ # tests run side by side: each has a user of its own
mkdir -p "$stage/build"
cp -RL "$CAFELAB" "$stage/cafelab"
cp -R "$top/scenarios" "$top/fixtures" "$stage/"
[ ! -d "$top/build/tools" ] || cp -R "$top/build/tools/." "$stage/build/tools"
chmod -R a+rX "$stage"
CAFELAB_DATA=$stage

forget_user() {
    [ "$(id -u)" != 0 ] || ! getent passwd $plain >/dev/null || until_true 20 userdel -r $plain
}
trap 'forget_user; chmod -R u+rwX "$tmp" 2>/dev/null; rm -rf "$tmp"' EXIT
if [ "$(id -u)" = 0 ]; then
    until_true 20 useradd -m -s /bin/sh $plain # somebody else may have the file locked
    grep -q "^$plain:" /etc/subuid || usermod --add-subuids 231072-296607 --add-subgids 231072-296607 $plain
fi

as() {
    mode=$1
    shift
    if [ "$mode" = multi ] && [ "$(id -u)" = 0 ]; then
        (cd "$tmp" && setpriv --reuid $plain --regid $plain --init-groups "$stage/cafelab" "$@") >"$out" 2>"$err" <"${input:-/dev/null}"
    else
        "$stage/cafelab" "$@" >"$out" 2>"$err" <"${input:-/dev/null}"
    fi
    status=$?
}
lab_for() {
    lab=$tmp/lab-$1
    rm -rf "$lab"
    [ "$1" != multi ] || [ "$(id -u)" != 0 ] || mkdir -p "$tmp/home"
    "$stage/cafelab" build cafe-breach -o "$lab" --events 500 >/dev/null || fail "build"
    [ "$1" != multi ] || [ "$(id -u)" != 0 ] || chown -R $plain: "$lab"
}

modes=
for mode in root multi; do
    [ $mode = multi ] || [ "$(id -u)" = 0 ] || continue
    as $mode doctor --json
    if grep -q "\"mode\": \"$mode\"" "$out"; then
        modes="$modes $mode"
        is 0 "$status" "doctor has nothing to say in mode $mode: $(cat "$out")"
    elif unshare --user --map-root-user --mount true 2>/dev/null; then
        fail "this machine allows namespaces, mode $mode not: $(cat "$out")"
    else
        echo "mode $mode is not possible here: $(tr -d '\n' <"$out")"
    fi
done
echo "modes that this machine allows:${modes:- none}"
check 'a mode is possible' test -n "$modes"
