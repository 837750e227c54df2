# SPDX-License-Identifier: MIT
# Whatever happens to a run of class grade (kill -9 at any point, a full disk, a disk that fails, short writes): what stands in
# results is whole, and the next run goes on behind it and takes away what was left aside. The same of what init, build, submit and
# report write. ROUNDS=200 for more.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
rounds=${ROUNDS:-10}
case $CAFELAB in *asan*) sanitized=yes ;; *) sanitized= ;; esac # it has a write of its own, which the faulty disk does not reach

printf 'id,name\nana,Ana\nrui,Rui\nmia,Mia\n' >roster.csv
run class init ir --scenario cafe-breach --roster roster.csv --events 200
run class build ir
mkdir subs
for s in ana rui mia; do
    tar xzf ir/bundles/$s.tar.gz
    for n in 1 2 3 4; do
        sed -i "s/^who:.*/who: try$n/" ir-$s/answers.yaml
        mkdir -p subs/$n
        run submit ir-$s -o subs/$n/$s.tar.gz
    done
done
cp -R ir whole
run class grade whole subs
is 0 "$status" 'undisturbed'
is 12 "$(jq -s '[.[].attempts | length] | add' whole/results/*.json)" 'all attempts'

# every_whole: each result can be read, and holds only whole attempts
every_whole() {
    for f in ir/results/*.json; do
        [ -e "$f" ] || continue
        jq -e '[.attempts[] | select((.outcome == "good") != (.report.findings | length > 0))] | length == 0' "$f" >/dev/null || return 1
    done
}
# gone: nothing of a killed run holds the lock any more, if it came to have one
gone() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -e ir/results/.lock ] || return 0
        flock -n ir/results/.lock true && return 0
        sleep 0.1
    done
    return 1
}

killed=0
for round in $(seq "$rounds"); do
    "$CAFELAB" class grade ir subs --workers 2 >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf '%03d' $((round * 7919 % 80)))"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    gone || fail "round $round: the lock outlives the run"
    every_whole || fail "round $round: a result is not whole"
    [ $((round % 5)) -ne 0 ] || rm -rf ir/results # else all is judged soon, and there is nothing to disturb
done
check 'runs were killed' test "$killed" -gt 0
rm -rf ir/results
run class grade ir subs
is 0 "$status" 'after all that'
diff -rq -x '.lock*' ir/results whole/results >"$out" 2>&1
same /dev/null "$out"

# a disk that misbehaves: what is told is a failure, what is written is whole, short writes are no failure at all
cc -shared -fPIC -o faults.so "$top/tests/cli/class_faults.c" -ldl || fail 'cannot build the faulty disk'
faulty() { # VARIABLE=... class grade ir subs
    env ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LD_PRELOAD="$tmp/faults.so" CAFELAB="$CAFELAB" \
        sh -c 'while case $1 in *=*) true ;; *) false ;; esac; do export "$1"; shift; done; exec "$CAFELAB" "$@"' - "$@" >"$out" 2>"$err" </dev/null
    status=$?
}
rm -rf ir/results
faulty SHORT=2 class grade ir subs --workers 2
is 0 "$status" 'short writes'
diff -rq -x '.lock*' ir/results whole/results >"$out" 2>&1
same /dev/null "$out"
told=0
for seed in 1 2 3 4; do
    for fault in 5 28; do # EIO, ENOSPC
        rm -rf ir/results # where all is judged already nothing is written, and nothing can fail
        faulty SEED=$seed FAIL=6 FAULT=$fault class grade ir subs --workers 2
        [ "$status" -eq 0 ] || { [ "$status" -eq 2 ] && [ -s "$err" ] && told=$((told + 1)); } || fail "seed $seed: status $status"
        every_whole || fail "seed $seed: a result is not whole"
    done
done
[ "$sanitized" ] || check 'faults were told' test "$told" -gt 0
run class grade ir subs
is 0 "$status" 'a good disk again'
is 12 "$(jq -s '[.[].attempts | length] | add' ir/results/*.json)" 'every attempt once'
asides() { # what was written aside and is not in its place
    find . -name '*~' -o -name '.*.partial'
}
is '' "$(asides)" 'what lies about'

# killed in the midst of each of its writes, one after the other, until it has no more
at_each_write() { # STATUS COMMAND...
    ends=$1 died=0 left=0
    shift
    while gone && faulty DIE=$((died + 1)) "$@" && { [ "$status" -eq 137 ] || grep -qs 'came to grief' "$err"; }; do
        died=$((died + 1)) left=$((left + $(asides | wc -l)))
    done
    is "$ends" "$status" "$* after $died kills: $(cat "$err")"
    [ "$sanitized" ] || check "$*: something was left aside" test "$left" -gt 0
    is '' "$(asides)" "what lies about after $*"
}
rm -rf ir/results
at_each_write 0 class grade ir subs --workers 2
every_whole || fail 'killed at each write: a result is not whole'
is 12 "$(jq -s '[.[].attempts | length] | add' ir/results/*.json)" 'every attempt once'
mkdir strange
echo nobody >strange/nobody.tar.gz
at_each_write 1 class grade ir strange
at_each_write 0 class init made --scenario cafe-breach --roster roster.csv --events 50
at_each_write 0 class build made --threads 1
at_each_write 0 class report ir
at_each_write 0 submit ir-ana -o me.tar.gz
rm -rf made ir/reports ir/results/unclaimed me.tar.gz

# ---- the other commands: what they write is there as a whole, as it was before, or not at all ----
run class report ir
is 0 "$status" 'report'
mkdir good
cp -R ir/bundles ir/reports good/
tar xzf ir/bundles/ana.tar.gz -C good
sed -i "s/^who:.*/who: try4/" good/ir-ana/answers.yaml
run submit good/ir-ana -o good/me.tar.gz # notes when that was; packed again it is the same
same_or_none() { # FILE GOOD
    [ ! -e "$1" ] || cmp -s "$1" "$2" || fail "round $round: $1 is neither whole nor gone"
}
whole_or_none() {
    for f in ir/bundles/*[!~]; do same_or_none "$f" "good/bundles/$(basename "$f")"; done
    for f in $(cd good/reports && find . -type f ! -name "*~"); do same_or_none "ir/reports/$f" "good/reports/$f"; done
    same_or_none me.tar.gz good/me.tar.gz
    [ ! -e new ] || "$CAFELAB" class report new >/dev/null 2>&1 || fail "round $round: the new class is no class: $("$CAFELAB" class report new 2>&1)"
}
# disturbed COMMAND...: "$@" is what runs cafelab
each_command() {
    case $((round % 4)) in
    0) rm -rf new && "$@" class init new --scenario cafe-breach --roster roster.csv --events 50 ;;
    1) rm -f ir/bundles/mia.tar.gz && "$@" class build ir --threads 1 ;;
    2) rm -f me.tar.gz && "$@" submit good/ir-ana -o me.tar.gz ;;
    3) rm -rf ir/reports/* && "$@" class report ir ;;
    esac
}
round=0
for round in 0 1 2 3; do
    each_command faulty SHORT=2
    is 0 "$status" "short writes, command $round: $(cat "$err")"
    whole_or_none
done
told=0
for round in $(seq $((rounds < 8 ? 8 : rounds))); do
    each_command faulty SEED=$round FAIL=3 FAULT=$((round / 4 % 2 ? 5 : 28))
    [ "$status" -eq 0 ] || { [ "$status" -eq 2 ] && [ -s "$err" ] && told=$((told + 1)); } || fail "round $round: status $status: $(cat "$err")"
    whole_or_none
done
[ "$sanitized" ] || check 'faults of the others were told' test "$told" -gt 3
killed=0
kill_it() {
    flock -F held "$CAFELAB" "$@" >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf '%03d' $((round * 7919 % 150)))"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    flock held true # until the last of its workers is gone
}
for round in $(seq "$rounds"); do
    each_command kill_it
    whole_or_none
done
check 'others were killed' test "$killed" -gt 0
for round in 0 1 2 3; do
    each_command run
    is 0 "$status" "a good disk again, command $round"
    whole_or_none
done
check 'every bundle and page is there again' test -e ir/bundles/mia.tar.gz -a -e ir/reports/index.html -a -e me.tar.gz
is '' "$(asides)" 'what lies about beside them'
checked
