#!/bin/sh
# SPDX-License-Identifier: MIT
# The scenarios beside cafe-breach, live and at once: the student does the story's own steps as in a static lab of the same seed,
# `skip` brings the rest, one thing after the other; then nothing is won yet, and with the reference solution everything. Nothing
# in the journal is dated later than the clock says, but what the agent of SSM does: it takes up to two seconds to hear of it.
# What is packed of a live lab is worth what the folder is, and a journal in which others did something else is found. The miner's is
# a live class's, started as its bundle says.
. "$(dirname "$0")/../check.sh"
until_true_slowly() { # the same as until_true, but it skips while it waits
    patience=$(($(date +%s) + $1))
    until "$CAFELAB" grade "$2" --json >"$2.untouched" 2>"$2.waits"; do
        [ "$(date +%s)" -lt $patience ] || return 1
        "$CAFELAB" skip "$2" >/dev/null 2>&1
        sleep 0.5
    done
}
told() { # LAB: event history holds the last of the story
    last=$(jq -r 'select((.dataEvent | not) and (.silent | not) and .eventId) | .eventId' "$1/.cafelab/journal.jsonl" | tail -1)
    grep -q "$last" "$1/account/event-history.json"
}
printf 'id,name\ns1,Ana\n' >"$tmp/roster.csv"
run class init "$tmp/class" --scenario night-miner --roster "$tmp/roster.csv" --live
run class build "$tmp/class"
is 0 $status 'a live class'
bundle=$tmp/class/bundles/s1.txt
says 'cafelab start night-miner --seed ' "$bundle"
lacks "$(cat "$tmp/class/secret")" "$bundle"
# play SCENARIO: a line for each finding about it
play() {
    lab=$tmp/$1
    variant='--seed 7'
    [ "$1" != night-miner ] || variant=$(grep -o -- '--seed [^ ]* --student [^ ]*' "$bundle")
    "$CAFELAB" build "$1" -o "$lab.twin" $variant --events 300 >/dev/null || return
    "$CAFELAB" preview "$1" $variant --json >"$lab.preview"
    jq -r '(.cast[] | select(.student) | .name) as $me | .timeline[] | select(.as == $me) | .event_id' "$lab.preview" >"$lab.ids"
    jq -c --rawfile ids "$lab.ids" 'select(.eventId as $id | $ids | split("\n") | index($id)) | .op, .asked' "$lab.twin/.cafelab/journal.jsonl" >"$lab.steps"
    "$CAFELAB" start "$1" -o "$lab" $variant --json >"$lab.started" 2>"$lab.served" &
    server=$!
    until_true 60 test -s "$lab.started" || { echo "$1 does not start: $(cat "$lab.served")"; return; }
    while read -r op && read -r asked; do
        "$CAFELAB" call "$lab" "$(echo "$op" | tr -d '"')" "$asked" >/dev/null 2>"$lab.refused" || echo "$1: $op: $(cat "$lab.refused")"
    done <"$lab.steps"
    until_true_slowly 120 "$lab" || echo "$1: the story is not over: $(cat "$lab.waits")"
    [ "$1" != silenced-trail ] || until_true 60 told "$lab" || echo "$1: event history does not follow"
    "$CAFELAB" submit "$lab" -o "$lab.tar.gz" >"$lab.refused" 2>&1 || echo "$1: it is not packed while it is served: $(cat "$lab.refused")"
    kill $server
    wait $server || echo "$1: the server ends with $?"
    "$CAFELAB" solve "$lab" >"$lab.solved" 2>&1 || echo "$1: solve: $(tail -1 "$lab.solved")"
    jq -e --argjson now "$(date +%s%3N)" 'select(.time > $now + (if .cause then 2000 else 0 end)) | .op' "$lab/.cafelab/journal.jsonl" >"$lab.ahead" && echo "$1: ahead of the clock: $(sort "$lab.ahead" | uniq -c)"
    "$CAFELAB" grade "$lab" --json >"$lab.grade" 2>"$lab.refused" || echo "$1: grade: $(cat "$lab.refused")"
    "$CAFELAB" submit "$lab" -o "$lab.tar.gz" >/dev/null || echo "$1: it is not packed"
    "$CAFELAB" grade "$lab.tar.gz" --json >"$lab.packed" || echo "$1: what is packed is not graded"
    for graded in grade packed; do # what is run over logs is judged in the folder alone; lines of logs that were there before are not packed
        jq '.findings[] | select(.id != "takings" and .id != "rule") | del(.evidence)' "$lab.$graded" >"$lab.$graded.findings"
    done
    diff "$lab.grade.findings" "$lab.packed.findings" || echo "$1: packed it is worth something else"
    cat "$lab.served"
}
scenarios='cafe-breach-root-cause false-alarm night-miner open-bucket silenced-trail stolen-console'
for scenario in $scenarios; do
    play "$scenario" >"$tmp/$scenario.findings" 2>&1 &
done
wait
for scenario in $scenarios; do
    is 0 "$(jq .percent "$tmp/$scenario.untouched")" "$scenario, untouched"
    if [ $scenario = cafe-breach-root-cause ]; then # what cron fetches is in its log when it has run: in up to twenty minutes
        is "$scenario: solve: cafelab: question 'relay': the declared way finds nothing" "$(cat "$tmp/$scenario.findings")" "$scenario"
        continue
    fi
    is '' "$(cat "$tmp/$scenario.findings")" "$scenario"
    is 100 "$(jq .percent "$tmp/$scenario.grade")" "$scenario; not passed: $(jq -rc '[.findings[] | select(.outcome != "pass") | "\(.id): \(.found)"]' "$tmp/$scenario.grade")"
done

# ---- a live lab in an archive, as it lies there or packed; and what is not true ----
tar -C "$tmp" -czf "$tmp/live.tar.gz" night-miner
run grade "$tmp/live.tar.gz" --json
is 100 "$(jq .percent "$out")" 'an archive of a live lab'
sed -i 's/"userName":"[a-z-]*"/"userName":"somebody"/' "$tmp/night-miner/.cafelab/journal.jsonl"
run grade "$tmp/night-miner" --json
is 2 $status 'an edited journal'
says 'the past was changed' "$err"
# forged NAME PROGRAM: what was packed of night-miner with another journal: PROGRAM changes `lines`
forged() {
    python3 - "$tmp/night-miner.tar.gz" "$tmp/$1.tar.gz" "$2" <<'END'
import io, json, sys, tarfile
packed, out = tarfile.open(sys.argv[1]), tarfile.open(sys.argv[2], "w:gz")
files = {m.name: packed.extractfile(m).read() for m in packed.getmembers()}
lines = [json.loads(line) for line in files["journal.jsonl"].splitlines()]
head = json.loads(files["submission.json"])
story = [i for i, line in enumerate(lines) if line.get("stream") and not line.get("cause")]
exec(sys.argv[3])
head["entries"] = len(lines)
files["submission.json"] = json.dumps(head).encode()
files["journal.jsonl"] = b"".join(json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for line in lines)
for name, data in files.items():
    info = tarfile.TarInfo(name)
    info.size = len(data)
    out.addfile(info, io.BytesIO(data))
out.close()
END
    run grade "$tmp/$1.tar.gz" --json
}
forged unchanged ''
is 100 "$(jq .percent "$out")" 'packed by another program'
forged half 'lines = lines[:story[len(story) // 2]]'
says 'journal.jsonl: live: the story of this live lab is not over' "$err"
forged refused 'lines[story[-1]]["errorCode"] = "Client.UnauthorizedOperation"'
says 'impossible-journal' "$err"
key=$(jq -r 'select(.op == "ec2:CreateKeyPair" and .stream) | .asked.keyName' "$tmp/night-miner/.cafelab/journal.jsonl" | tail -n 1)
forged milder "lines = json.loads(json.dumps(lines).replace('$key', 'harmless'))" # all of it could have happened: but it did not
says 'impossible-journal: the journal was changed: entry ' "$err"
says '(ec2:CreateKeyPair): the story goes otherwise there' "$err"
forged earlier 'head["startMs"] += 1000'
says 'edited-past' "$err"
forged anothers 'head["seed"] = "7"'
run class grade "$tmp/class" "$tmp/night-miner.tar.gz" "$tmp/live.tar.gz" "$tmp/anothers.tar.gz" "$tmp/milder.tar.gz" "$tmp/half.tar.gz" "$tmp/open-bucket.tar.gz"
is 1 $status 'the class'
says '6 uploads: 2 graded, 0 known from before, 4 not gradable, 0 errors' "$out"
is '100 100' "$(jq -r '[.attempts[] | select(.outcome == "good") | .report.percent] | join(" ")' "$tmp/class/results/s1.json")" 'in a sandbox, too'
says 'other-class: not started with the seed that "s1" was given' "$err"
says 'impossible-journal: the journal was changed' "$err"
says 'live: the story of this live lab is not over' "$err"
says 'other-scenario' "$err"
run grade "$tmp/night-miner.tar.gz" --class "$tmp/class" --json
is 100 "$(jq .percent "$out")" 'one of the class'
checked
