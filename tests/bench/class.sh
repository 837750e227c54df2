#!/bin/sh
# SPDX-License-Identifier: MIT
# A class graded by `class grade`: what the first upload of a student costs (the lab is built aside once more, and what was
# delivered is remembered in keys/), what one costs when that is remembered (the story is played), what a further one in the same
# run costs, and how memory goes: MEMORY="1000 10000" for runs of so many. STUDENTS students (8 have their keys kept) with ATTEMPTS
# uploads each: a worked lab of each, packed once; the copies differ in the packing's time stamp, so each is a new upload. CPU time
# and memory of all processes together.
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-gcc} students=${STUDENTS:-8} attempts=${ATTEMPTS:-20}
make --no-print-directory -s V=rel CC="$CC" "build/rel-$CC/cafelab" || exit 2
cafelab=$PWD/build/rel-$CC/cafelab
export CAFELAB_DATA="$PWD"
tmp=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
(echo id,name && for i in $(seq "$students"); do echo "s$i,Student $i"; done) >roster.csv
"$cafelab" class init ir --scenario cafe-breach --roster roster.csv --events "${EVENTS:-5000}" >/dev/null || exit 2
"$cafelab" class build ir >/dev/null || exit 2
images=/var/www/html/cafe/images
mkdir packed
for i in $(seq "$students"); do
    tar -xzf "ir/bundles/s$i.tar.gz" || exit 2
    for command in 'sudo pkill -KILL -u chaos-user; sudo userdel -r chaos-user' \
        "sudo sed -i '1i PasswordAuthentication no' /etc/ssh/sshd_config; sudo systemctl reload sshd" \
        "sudo mv $images/Coffee-and-Pastries.backup $images/Coffee-and-Pastries.jpg"; do
        "$cafelab" call "ir-s$i" host:Run "$(jq -n --arg c "$command" '{command: $c}')" >/dev/null || exit 2
    done
    sed -i 's/^who:.*/who: chaos/; s/^method:.*/method: programmatic/' "ir-s$i/answers.yaml"
    "$cafelab" submit "ir-s$i" -o "packed/s$i.tar.gz" >/dev/null || exit 2
    rm -rf "ir-s$i"
done
python3 - "$cafelab" "$students" "$attempts" <<'PY'
import os, resource, subprocess, sys, threading, time
cafelab, students, attempts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def memory(pid, which):
    total = 0
    for each in [pid, *children(pid)]:
        try:
            total += sum(int(l.split()[1]) for l in open(f"/proc/{each}/smaps_rollup") if l.startswith(which))
        except OSError:
            pass
    return total / 1024
def children(pid):
    try:
        direct = [int(c) for c in open(f"/proc/{pid}/task/{pid}/children").read().split()]
    except OSError:
        return []
    return direct + [c for d in direct for c in children(d)]
def grade(folders):
    before, began, samples = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), []
    run = subprocess.Popen([cafelab, "class", "grade", "ir", *folders], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while run.poll() is None:
        samples.append((time.monotonic() - began, memory(run.pid, "Pss:")))
        time.sleep(0.25 if time.monotonic() - began < 20 else 1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = run.stdout.read().strip()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began, samples, said
made = 0
def uploads(n):
    """n uploads a student, each in a folder of its own, new to the class."""
    global made
    for _ in range(n):
        made += 1
        for i in range(1, students + 1):
            folder = f"up/{(i - 1) // 8}/{made:05}"  # eight students at a time: a key holder keeps their keys
            os.makedirs(folder, exist_ok=True)
            data = bytearray(open(f"packed/s{i}.tar.gz", "rb").read())
            data[4:8] = made.to_bytes(4, "little")  # RFC 1952: MTIME
            open(f"{folder}/s{i}.tar.gz", "wb").write(data)
    return ["up"]
def clear():
    subprocess.run(["rm", "-rf", "up"])
size = sum(os.path.getsize(f"packed/s{i}.tar.gz") for i in range(1, students + 1)) / students
print(f"class grade, {students} students, uploads of {size / 1000:.0f} kB, {os.cpu_count()} cores")
nothing = min(grade(["roster.csv"])[0] for _ in range(2))
first = grade(uploads(1))
again = grade(["up", "--again"])
clear()
later = grade(uploads(attempts))
clear()
def row(name, cpu, n):
    print(f"  {name:38} {cpu / n * 1e3:8.2f} ms CPU each {n / cpu:8.0f} /s/core")
print(f"  {'the class opened, nothing judged':38} {nothing * 1e3:8.2f} ms CPU")
row("first upload of each student", first[0] - nothing, students)
row("one, its lab remembered in keys/", again[0] - nothing, students)
row("further ones in the same run", later[0] - nothing, students * attempts)
print("  " + later[3])
for n in (int(x) for x in os.environ.get("MEMORY", "").split()):
    cpu, wall, samples, said = grade(uploads(n // students))
    clear()
    thin = samples[:: max(1, len(samples) // 10)]
    print(f"  {n} uploads in one run: {wall:.0f} s, {cpu:.0f} s CPU, memory of all processes (PSS) at most {max(m for _, m in samples):.0f} MiB; over time:")
    print("   ", "  ".join(f"{t:.0f} s {m:.0f}" for t, m in thin))
    print("  " + said)
PY
