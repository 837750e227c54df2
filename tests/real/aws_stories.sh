#!/bin/sh
# SPDX-License-Identifier: MIT
# The scenarios beside cafe-breach, live and at once: the student does the story's own steps as in a static lab of the same seed,
# `skip` brings the rest, one thing after the other; then nothing is won yet, and with the reference solution everything. Nothing
# in the journal is dated later than the clock says, but what the agent of SSM does: it takes up to two seconds to hear of it.
# What is packed of a live lab is worth what the folder is, and a journal in which others did something else is found. The miner's is
# a live class's, started as its bundle says; so is the open bucket's, whose answers are run over what the trail delivered.
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
cp -R "$top/scenarios/open-bucket" "$tmp/from" # and one question more: about what the student does later
sed -i '/^checks:/i\
  - id: askers\
    ask: Who asked for a policy, and how often?\
    type: sql\
    points: 5\
    answer: SELECT useridentity.username, count(*) FROM logs WHERE eventname = '\''GetBucketPolicy'\'' GROUP BY 1\
' "$tmp/from/scenario.yaml"
run class init "$tmp/queries" --scenario "$tmp/from" --roster "$tmp/roster.csv" --live
run class build "$tmp/queries"
is 0 $status 'a live class with questions that are run'
reads_policies() { # two calls of the student's, and the trail delivers them
    asked=$(jq -c 'select(.op == "s3:GetBucketPolicy" and .stream) | .asked' "$lab/.cafelab/journal.jsonl" | head -n 1)
    for i in 1 2; do
        "$CAFELAB" call "$lab" s3:GetBucketPolicy "$asked" >/dev/null || return
    done
    second=$(jq -r 'select(.op == "s3:GetBucketPolicy") | .eventId' "$lab/.cafelab/journal.jsonl" | tail -n 1)
    "$CAFELAB" skip "$lab" >/dev/null && until_true 60 delivered "$second"
}
delivered() {
    find "$lab/s3" -name '*.json.gz' -exec zcat {} + | grep -q "$1"
}
# play SCENARIO: a line for each finding about it
play() {
    lab=$tmp/$1
    from=$1
    variant='--seed 7'
    [ "$1" != night-miner ] || variant=$(grep -o -- '--seed [^ ]* --student [^ ]*' "$bundle")
    if [ "$1" = open-bucket ]; then
        from=$tmp/queries/scenario
        variant=$(grep -o -- '--seed [^ ]* --student [^ ]*' "$tmp/queries/bundles/s1.txt")
    fi
    "$CAFELAB" build "$from" -o "$lab.twin" $variant --events 300 >/dev/null || return
    "$CAFELAB" preview "$from" $variant --json >"$lab.preview"
    jq -r '(.cast[] | select(.student) | .name) as $me | .timeline[] | select(.as == $me) | .event_id' "$lab.preview" >"$lab.ids"
    jq -c --rawfile ids "$lab.ids" 'select(.eventId as $id | $ids | split("\n") | index($id)) | .op, .asked' "$lab.twin/.cafelab/journal.jsonl" >"$lab.steps"
    "$CAFELAB" start "$from" -o "$lab" $variant --json >"$lab.started" 2>"$lab.served" &
    server=$!
    until_true 60 test -s "$lab.started" || { echo "$1 does not start: $(cat "$lab.served")"; return; }
    while read -r op && read -r asked; do
        "$CAFELAB" call "$lab" "$(echo "$op" | tr -d '"')" "$asked" >/dev/null 2>"$lab.refused" || echo "$1: $op: $(cat "$lab.refused")"
    done <"$lab.steps"
    until_true_slowly 120 "$lab" || echo "$1: the story is not over: $(cat "$lab.waits")"
    [ "$1" != silenced-trail ] || until_true 60 told "$lab" || echo "$1: event history does not follow"
    [ "$1" != open-bucket ] || reads_policies || echo "$1: the student's calls are not delivered"
    "$CAFELAB" submit "$lab" -o "$lab.tar.gz" >"$lab.refused" 2>&1 || echo "$1: it is not packed while it is served: $(cat "$lab.refused")"
    kill $server
    wait $server || echo "$1: the server ends with $?"
    "$CAFELAB" solve "$lab" >"$lab.solved" 2>&1 || echo "$1: solve: $(tail -1 "$lab.solved")"
    jq -e --argjson now "$(date +%s%3N)" 'select(.time > $now + (if .cause then 2000 else 0 end)) | .op' "$lab/.cafelab/journal.jsonl" >"$lab.ahead" && echo "$1: ahead of the clock: $(sort "$lab.ahead" | uniq -c)"
    "$CAFELAB" grade "$lab" --json >"$lab.grade" 2>"$lab.refused" || echo "$1: grade: $(cat "$lab.refused")"
    "$CAFELAB" submit "$lab" -o "$lab.tar.gz" >/dev/null || echo "$1: it is not packed"
    "$CAFELAB" grade "$lab.tar.gz" --scenario "$from" --json >"$lab.packed" || echo "$1: what is packed is not graded"
    for graded in grade packed; do # lines of logs that were there before are not packed
        jq '.findings[] | del(.evidence)' "$lab.$graded" >"$lab.$graded.findings"
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

# ---- answers that are run: the same of the folder, of what is packed, and in the sandbox of a class ----
lab=$tmp/open-bucket
run_ids='.findings[] | select(.id == "takings" or .id == "rule" or .id == "askers") | [.id, .outcome, .points, .feedback]'
policies="FROM logs WHERE eventname = 'GetBucketPolicy'"
star=$(jq -r 'select(.op == "s3:PutBucketPolicy" and .who.name == "frank") | .eventId' "$lab/.cafelab/journal.jsonl" | tail -n 1)
cp "$lab/answers.yaml" "$tmp/1-right.yaml"
cat >"$tmp/2-wrong.yaml" <<END
takings: |
  SELECT sourceipaddress, 1, 1 FROM logs WHERE eventname = 'GetObject' GROUP BY 1
rule: |
  title: x
  logsource: {product: aws, service: cloudtrail}
  detection: {s: {eventName: PutBucketPolicy}, condition: s}
askers: |
  SELECT useridentity.username, count(*) $policies AND useridentity.username <> 'ines' GROUP BY 1
END
cat >"$tmp/3-own.yaml" <<END
rule: |
  SELECT eventid FROM logs WHERE eventid = '$star'
askers: |
  SELECT DISTINCT useridentity.username, CASE useridentity.username WHEN 'ines' THEN 2 ELSE 1 END $policies
END
cat >"$tmp/4-hostile.yaml" <<'END'
takings: |
  SELECT content, 1, 1 FROM read_text('/etc/passwd')
rule: |
  SELECT eventid FROM logs; DROP TABLE logs
askers: |
  SELECT a.eventid || b.eventid || c.eventid, 1 FROM logs a, logs b, logs c
END
for sheet in 1-right 2-wrong 3-own 4-hostile; do
    cp "$tmp/$sheet.yaml" "$lab/answers.yaml"
    run submit "$lab" -o "$tmp/$sheet.tar.gz"
    run grade "$lab" "$tmp/$sheet.tar.gz" --scenario "$tmp/from" --json
    jq -c ".[0] | $run_ids" "$out" >"$tmp/$sheet.folder"
    jq -c ".[1] | $run_ids" "$out" >"$tmp/$sheet.packed"
    same "$tmp/$sheet.folder" "$tmp/$sheet.packed"
done
# changed NAME PROGRAM: what was packed with the right answers, and other files of the trail: PROGRAM changes `files`, each unpacked
changed() {
    python3 - "$tmp/1-right.tar.gz" "$tmp/$1.tar.gz" "$2" <<'END'
import gzip, io, json, sys, tarfile
packed, out = tarfile.open(sys.argv[1]), tarfile.open(sys.argv[2], "w:gz")
files = {m.name: packed.extractfile(m).read() for m in packed.getmembers()}
files = {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()}
logs = [name for name in files if "/CloudTrail/" in name]
exec(sys.argv[3])
done = {} # the same bytes are packed once
head = json.loads(files["submission.json"])
head["members"] = len(files)
files["submission.json"] = json.dumps(head).encode()
for name, data in files.items():
    if name.endswith(".gz"):
        data = done[id(data)] = done.get(id(data)) or gzip.compress(data, 1, mtime=0)
    info = tarfile.TarInfo(name)
    info.size = len(data)
    out.addfile(info, io.BytesIO(data))
out.close()
END
}
changed 5-same ''
changed 6-edited "files.update({name: files[name].replace(b'$star', b'$star'[::-1]) for name in logs})"
changed 7-removed 'del files[next(name for name in logs if b"ListObjects" in files[name])]'
changed 8-garbage 'files[logs[0].replace("Z_", "Z_x")] = b"{\"Records\": [{]}"'
changed 9-bomb 'files.update(dict.fromkeys([logs[0].replace("Z_", "Z_%d" % i) for i in range(5)], bytes(60 << 20)))'
endless= # five seconds
if [ "${ROUNDS:-1}" -gt 1 ]; then
    printf 'takings: |\n  SELECT sum(length(a.eventid || b.eventid || c.eventid)), 1, 2 FROM logs a, logs b, logs c, logs d, logs e\n' >"$lab/answers.yaml"
    endless=$tmp/endless.tar.gz
    run submit "$lab" -o "$endless"
fi
run class grade "$tmp/queries" "$tmp"/[1-9]-*.tar.gz $endless
is 0 $status 'a class with questions that are run'
says "$((9 ${endless:++ 1})) graded" "$out"
verdicts() {
    jq -c ".attempts[] | select(.upload | endswith(\"$1.tar.gz\")) | .report | $run_ids" "$tmp/queries/results/s1.json"
}
for sheet in 1-right 2-wrong 3-own 4-hostile; do
    verdicts $sheet >"$tmp/$sheet.class"
    same "$tmp/$sheet.packed" "$tmp/$sheet.class"
done
# expect SHEET ID OUTCOME WORDS
expect() {
    verdicts "$1" | grep "^\[\"$2\"" >"$tmp/verdict"
    says "[\"$2\",\"$3\"," "$tmp/verdict"
    says "$4" "$tmp/verdict"
}
expect 1-right takings pass ,10,null
expect 1-right rule pass ,15,null
expect 1-right askers pass ,5,null
expect 2-wrong takings fail 'rows are expected, '
expect 2-wrong rule partial 'On your logs: 1 of 1 found, 0 missed, 1 false hit.'
expect 2-wrong askers fail '1 right, 1 missing, 0 too many.' # the student's own calls
expect 3-own rule fail 'The rule names what only your lab has.'
expect 3-own askers pass ,5,null
expect 4-hostile takings fail 'The query does not run: '
expect 4-hostile rule fail 'The rule does not run: '
expect 4-hostile askers fail 'more than 10000 rows'
[ -z "$endless" ] || expect endless takings fail 'Query timeout: it took longer than 5 s'
verdicts 5-same >"$tmp/same"
same "$tmp/1-right.class" "$tmp/same"
for id in takings rule askers; do # a person decides, and no point is given before
    expect 6-edited $id manual ',0,"A person decides on this: what the trail delivered was changed: s3/'
    expect 7-removed $id manual ',0,"A person decides on this: what the trail delivered was changed: '
    expect 8-garbage $id manual ',0,"A person decides on this: s3/'
    expect 9-bomb $id manual ",0,\"A person decides on this: the trail's files unpack to more than 256 MiB"
done
cp "$tmp/1-right.yaml" "$lab/answers.yaml"
export CAFELAB_DUCKDB=/nowhere
run class grade "$tmp/queries" "$tmp/1-right.tar.gz" --again
is 0 $status 'without DuckDB'
verdicts 1-right >"$tmp/without"
run grade "$lab" "$tmp/1-right.tar.gz" --scenario "$tmp/from" --json
for i in 0 1; do
    jq -c ".[$i] | $run_ids" "$out" >"$tmp/without.$i"
    same "$tmp/without" "$tmp/without.$i"
done
says '["rule","pass",15,null]' "$tmp/without" # Sigma needs none
says "[\"takings\",\"manual\",0,\"A person decides on this: SQL needs DuckDB's library" "$tmp/without"
checked
