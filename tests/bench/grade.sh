#!/bin/sh
# SPDX-License-Identifier: MIT
# Submissions graded per second and core, beside graders in Python and in bash and jq that judge the same student's work by 21 checks of
# the same kinds (grade_peer.*). CPU time of all, user and system, children included, in one run: so the figures are a core's,
# however busy the machine is. The upload is what `cafelab submit` makes of a lab of a class, most of it repaired, with two
# pictures that the student kept: about 350 kB. Ours is timed in three ways: opened labs judged; an upload taken apart in
# memory, its journal replayed, and judged, in one process; and `class grade` as a whole over such uploads, each read,
# hashed, judged in a confined process of its own, its report kept on the disk.
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc} events=${EVENTS:-20000}
make --no-print-directory -s V=rel CC="$CC" "build/rel-$CC/cafelab" "build/rel-$CC/bench-grade" || exit 2
cafelab=build/rel-$CC/cafelab
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export CAFELAB_DATA=.
"$cafelab" build cafe-breach -o "$tmp/untouched" --seed bench --events "$events" >/dev/null || exit 2
cp -R "$tmp/untouched" "$tmp/solved" && "$cafelab" solve "$tmp/solved" >/dev/null || exit 2
cp -R "$tmp/untouched" "$tmp/half" && "$cafelab" solve "$tmp/half" --skip 2 --no-answers >/dev/null || exit 2

# a student of a class, who has repaired most of it; and what would be collected for graders that know no lab
cafelab=$PWD/$cafelab images=/var/www/html/cafe/images
printf 'id,name\ns1,One\n' >"$tmp/roster.csv"
"$cafelab" class init "$tmp/ir" --scenario cafe-breach --roster "$tmp/roster.csv" --events "$events" >/dev/null &&
    "$cafelab" class build "$tmp/ir" >/dev/null && tar -C "$tmp" -xzf "$tmp/ir/bundles/s1.tar.gz" || exit 2
for command in 'sudo pkill -KILL -u chaos-user; sudo userdel -r chaos-user' \
    "sudo sed -i '1i PasswordAuthentication no' /etc/ssh/sshd_config; sudo systemctl reload sshd" \
    "sudo mv $images/Coffee-and-Pastries.backup $images/Coffee-and-Pastries.jpg" \
    "cp $images/Layer-Cake.jpg $images/Hot-Chocolate.jpg /home/ec2-user/"; do
    "$cafelab" call "$tmp/ir-s1" host:Run "$(jq -n --arg c "$command" '{command: $c}')" >/dev/null || exit 2
done
sed -i 's/^who:.*/who: chaos/; s/^method:.*/method: programmatic/; s/^setting:.*/setting: PasswordAuthentication/' "$tmp/ir-s1/answers.yaml"
"$cafelab" submit "$tmp/ir-s1" -o "$tmp/upload.tar.gz" >/dev/null || exit 2
tar -C "$tmp" -czf "$tmp/collected.tgz" ir-s1/answers.yaml ir-s1/account/ec2 ir-s1/account/iam ir-s1/account/cloudtrail ir-s1/host/etc \
    ir-s1/host/home "ir-s1/host$images/Coffee-and-Pastries.jpg" || exit 2
"$cafelab" class grade "$tmp/ir" "$tmp/upload.tar.gz" >/dev/null || exit 2
jq --arg picture "$(sha256sum <"$tmp/ir-s1/host$images/Coffee-and-Pastries.jpg" | cut -d' ' -f1)" '
    {picture: $picture, answers: ([.attempts[0].report.findings[] | select(.kind == "question") | {(.id): (.expected | sub(" \\(.*"; ""))}] | add)}
    | .answers.files |= split(", ")' "$tmp/ir/results/s1.json" >"$tmp/key.json" || exit 2
for peer in "python3 tests/bench/grade_peer.py" "bash tests/bench/grade_peer.bash"; do
    [ "$($peer "$tmp/key.json" "$tmp/collected.tgz")" = '{"right": 12, "of": 21}' ] || { echo "$peer finds something wrong: $($peer "$tmp/key.json" "$tmp/collected.tgz")" >&2; exit 1; }
done

echo "grading, one core ($events background events; an upload of $(($(wc -c <"$tmp/upload.tar.gz") / 1000)) kB, for the others $(($(wc -c <"$tmp/collected.tgz") / 1000)) kB)"
taskset -c 0 "build/rel-$CC/bench-grade" "$tmp/untouched" "$tmp/solved" "$tmp/half" --class "$tmp/ir" s1 "$tmp/upload.tar.gz" >"$tmp/ours" || exit 2
cat "$tmp/ours"
python3 - "$tmp" "$cafelab" <<'PY'
import os, re, resource, subprocess, sys
tmp, cafelab = sys.argv[1:]
def cpu(command, times):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
files = [f"{tmp}/key.json", f"{tmp}/collected.tgz"]
python, bash = ["python3", "tests/bench/grade_peer.py", *files], ["bash", "tests/bench/grade_peer.bash", *files]
ours = float(re.search(r"take an upload apart and judge +(\d+) /s", open(f"{tmp}/ours").read()).group(1))
upload = bytearray(open(f"{tmp}/upload.tar.gz", "rb").read())
for i in range(100):  # RFC 1952: another MTIME is another file
    os.makedirs(f"{tmp}/up/{i // 20}", exist_ok=True)
    upload[4:8] = (i + 1).to_bytes(4, "little")
    os.makedirs(f"{tmp}/up/{i // 20}/{i}")
    open(f"{tmp}/up/{i // 20}/{i}/s1.tar.gz", "wb").write(upload)
def class_grade(folders):
    seconds = 0
    for folder in folders:
        seconds += cpu([cafelab, "class", "grade", f"{tmp}/ir", f"{tmp}/up/{folder}"], 1)
        os.remove(f"{tmp}/ir/results/s1.json")  # a student with a hundred attempts is nobody's class
    return seconds
class_grade([0])
once = cpu([cafelab, "class", "grade", f"{tmp}/ir", f"{tmp}/up/0/0", "--again"], 1)  # the class opened, its key made, one judged
whole = (class_grade(range(1, 5)) - 4 * once) / (80 - 4)
print(f"{'class grade, once the key is there':34} {1 / whole:8.0f} /s   {whole * 1e3:8.3f} ms each")
few, many = cpu([*python, "10"], 1), cpu([*python, "110"], 1)
for name, seconds in ("Python, one process for all", (many - few) / 100), ("Python, a process each", cpu(python, 10) / 10), ("bash and jq", cpu(bash, 10) / 10):
    print(f"{name:34} {1 / seconds:8.0f} /s   {seconds * 1e3:8.3f} ms each   ours are {ours * seconds:.1f} times as many, class grade's {seconds / whole:.1f}")
PY
