#!/bin/sh
# SPDX-License-Identifier: MIT
# What strangers hand in: each wrong or hostile submission gets its outcome, its place and its reason, and none stops the rest.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

printf 'id,name,email\n4711,"Roe, Jane",jane@example.org\n4712,Núñez Zoë,\n12,Max Moe,\n' >roster.csv
run class init c --scenario cafe-breach --roster roster.csv --events 100
run class build c
is 0 $status 'class build'
mkdir lab
tar -C lab -xzf c/bundles/4711.tar.gz
tar -C lab -xzf c/bundles/4712.tar.gz
run call lab/c-4711 iam:DeleteUser '{"userName": "chaos"}'
says DeleteConflict "$err"
run call lab/c-4711 host:Run '{"command": "sudo rm -r /home/chaos-user"}' --on cafe
is 0 $status 'a repair'
run submit lab/c-4711 -o me.tar.gz
is 0 $status 'submit'
run submit lab/c-4712 -o other.tar.gz
tar -C lab -czf whole.tar.gz c-4711

python3 "$top/tests/cli/handin_corpus.py" me.tar.gz whole.tar.gz other.tar.gz corpus || exit 1
rows=$(wc -l <corpus/expected)
check "at least 80 of them, $rows" test "$rows" -ge 80

# all of them in one run: none may stop it
run grade corpus/files --class c --format jsonl
is 2 $status 'the run'
sed -n 's/^cafelab: corpus\/files\///p' "$err" >said
while IFS='|' read -r file place outcome reason; do
    line=$(grep -F "$file" said | head -n 1)
    grep -F "\"submission\":\"corpus/files/$file\"" "$out" >record
    is 1 "$(wc -l <record)" "$file: one record for machines"
    rest=${line#"$file"}
    case $outcome in
    '')
        is '' "$line" "$file is graded"
        is number "$(jq -r '.score | type' record)" "$file has a score"
        ;;
    sheet) check "$file: $(jq -r .ungradable record | head -n 1)" grep -q '"ungradable":"answers.yaml:[0-9]*:[0-9]*: error' record ;;
    *)
        [ "$place" = '*' ] || check "$file: place: $line" test "${rest#"$place: $outcome: "}" != "$rest"
        [ "$reason" = '*' ] || is "$reason" "${rest#*": $outcome: "}" "$file: reason"
        check "$file: outcome: $line" test "${rest#*": $outcome: "}" != "$rest"
        is null "$(jq -r .score record)" "$file: no score, no attempt"
        ;;
    esac
done <corpus/expected

# the same where there is only memory: no judge does what it must not (a zip's times once asked for the zone's file)
env -u TZ "$CAFELAB" class grade c corpus/files >said 2>"$err"
says ' 0 errors' said
awk -F'|' '$3 { print "corpus/files/" $1, $3 == "sheet" ? "ungradable" : $3 }' corpus/expected | sort >outcomes
jq -r '(.attempts[]?, select(.upload)) | select(.outcome != "good") | "\(.upload) \(.outcome)"' c/results/*.json c/results/unclaimed/*.json | sort >confined
same outcomes confined
is '' "$(grep -v '^corpus/files/' "$err")" 'each message names its upload'
jq '.attempts |= [.[] | select(.outcome == "bad-journal")]' c/results/4711.json >journal.json && cat journal.json >c/results/4711.json
run class report c
says 'not graded: journal.jsonl:1: bad-journal: ' c/reports/moodle.csv

# a bundle of another version, or a damaged one: its owner is told what to do
cp -R lab/c-4711 old
for part in questions.json built state-; do
    python3 - old/.cafelab/$part* <<'END'
import re, sys
data = open(sys.argv[1], "rb").read()
turned = re.sub(rb'("sealed": ?")(.)', lambda m: m[1] + (b"B" if m[2] != b"B" else b"C"), data)
open(sys.argv[1], "wb").write(turned if turned != data else bytes(b ^ 1 for b in data))
END
    [ $part = questions.json ] && run hint old who || run submit old -o old.tar.gz
    is 2 $status "$part of another version"
    says "cannot be opened: damaged, or made by another version of cafelab than $(cat "$top/VERSION"); unpack your bundle once more" "$err"
done

# a lab as Windows zips it: folders that hold something are not named, links are not known
python3 - lab/c-4711 <<'END'
import os, sys, zipfile
with zipfile.ZipFile("windows.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for folder, _, files in os.walk(sys.argv[1]):
        for f in files:
            path = os.path.join(folder, f)
            if not os.path.islink(path):
                z.write(path, os.path.relpath(path, "lab").replace("/", "\\"))
END
for lab in whole.tar.gz windows.zip; do
    rm -rf c/results
    run class grade c $lab
    is 0 $status "a whole lab: $lab"
    jq -c '.attempts[0].report.findings[] | [.id, .outcome, .points, .found]' c/results/4711.json >$lab.found
done
same whole.tar.gz.found windows.zip.found

# an LMS's bulk zips: whose each is, and that nobody hands in another's; a folder of all sorts of things
python3 - me.tar.gz <<'END'
import sys, tarfile, zipfile
me = open(sys.argv[1], "rb").read()
tar = tarfile.open(sys.argv[1])
with zipfile.ZipFile("canvas.zip", "w") as z:
    for name in ("roejane_4711_88_me.tar.gz", "nunezzoe_LATE_4712_89_me.tar.gz"):
        z.writestr(name, me)
    z.writestr("reisana_99_90_report.pdf", b"%PDF-1.7")
with zipfile.ZipFile("moodle.zip", "w") as z:
    z.writestr("Roe Jane_312_assignsubmission_file_/me.tar.gz", me)
    z.writestr("N\u00fa\u00f1ez Zo\u00eb_313_assignsubmission_file_/x.tar.gz", me)
    z.writestr("Roe Jane_312_assignsubmission_onlinetext_/onlinetext.html", "<p>")
    z.writestr(".DS_Store", b"Bud1")
    z.writestr("Roe Jane_312_assignsubmission_file_/.DS_Store", b"Bud1")
whole = bytearray(open("moodle.zip", "rb").read())
whole[whole.find(b"PK\3\4", 100)] ^= 1 # the second member cannot be read
open("hurt.zip", "wb").write(whole)
with zipfile.ZipFile("unpacked.zip", "w") as z:
    for who in ("Roe Jane_312_assignsubmission_file_", "N\u00fa\u00f1ez Zo\u00eb_313_assignsubmission_file_"):
        for m in tar.getmembers():
            z.writestr(who + "/" + m.name, tar.extractfile(m).read())
END
for zip in canvas moodle unpacked; do
    run grade $zip.zip --class c --format jsonl
    is 1 "$(jq -r 'select(.score != null) | .student' "$out" | grep -c '^4711$')" "$zip: one is graded"
    says 'other-student: handed in as "4712", but it is the bundle of "4711"' "$err"
    [ $zip != moodle ] || is 2 "$(wc -l <"$out")" 'and nothing else is looked at'
done
run grade hurt.zip --class c --format jsonl
says 'hurt.zip: the rest: ' "$err"
says 'what follows in it cannot be read' "$err"
# of a lab that lies in a zip all must be readable: without one file it would be a lab whose evidence somebody destroyed
python3 - lab/c-4711 <<'END'
import os, sys, zipfile
paths = sorted(os.path.join(d, f) for d, _, names in os.walk(sys.argv[1]) for f in names)
with zipfile.ZipFile("labs.zip", "w") as z:
    for who, order in ("4711", reversed(paths)), ("again", paths): # evidence first; evidence last
        for path in order:
            if not os.path.islink(path):
                z.write(path, who + path[len(sys.argv[1]):])
    first, last = (next(m for m in z.infolist() if m.filename.startswith(who) and "/CloudTrail/" in m.filename) for who in ("4711", "again"))
whole = open("labs.zip", "rb").read()
for name, at in ("hurt-labs.zip", first.header_offset + 30 + len(first.filename)), ("torn-labs.zip", last.header_offset):
    open(name, "wb").write(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
END
run grade hurt-labs.zip --class c --format jsonl
is '2 1' "$(jq -s -r '"\(length) \(map(select(.score != null)) | length)"' "$out")" 'two labs, and one of them is graded'
says 'hurt-labs.zip: 4711: 4711/s3/' "$err"
says '.json.gz: damaged: ZIP bad CRC' "$err"
run grade torn-labs.zip --class c --format jsonl
is '3 1' "$(jq -s -r '"\(length) \(map(select(.score != null)) | length)"' "$out")" 'the one before it broke off'
says 'torn-labs.zip: again: torn-labs.zip: damaged: ' "$err"
run grade canvas.zip --class c
says 'canvas.zip: reisana_99_90_report.pdf: no-archive: a PDF' "$err"
# whose it is, as names tell it, also when it cannot be opened; what was typed into an LMS is no upload, and none is not silent
rm -rf c/results
mkdir -p 'told/week 1/4711' told/deep/a/b/c/d/e/f/g/h/i
cp lab/c-4711/answers.yaml 'told/4712 (2).yaml'
echo me >'told/week 1/4711/notes.txt'
echo '<p>I could not' >told/nunezzoe_4712_text.html
cp me.tar.gz told/deep/a/b/me.tar.gz
cp me.tar.gz told/deep/a/b/c/d/e/f/g/h/i/me.tar.gz
mkdir -p told/Participant_9_assignsubmission_file_/4712 # Moodle does not say who it is, and a folder of the student's own may not
echo me >told/Participant_9_assignsubmission_file_/4712/notes.txt
mkdir -p told/4711/4712 # a folder of the week, or the student's own
gunzip -c me.tar.gz | gzip -1n >told/4711/4712/try.tar.gz # other bytes: another attempt
echo me >told/4711/4712/notes.txt
run class grade c told
is 1 $status 'names'
says '7 uploads: 2 graded, 0 known from before, 5 not gradable, 0 errors; 3 of nobody in the class' "$out"
says 'told/nunezzoe_4712_text.html: typed into the LMS: not looked at' "$err"
says 'told/deep/a/b/c/d/e/f/g: unreadable: 8 folders deep: not looked into' "$err"
is 'no-archive' "$(jq -r '.attempts[].outcome' c/results/4712.json)" 'a sheet alone, by its name'
is 'good good no-archive' "$(jq -r '[.attempts[].outcome] | sort | join(" ")' c/results/4711.json)" 'a text, by its folder'
# a number of one or two digits may be a week, a part of a name chance: they say whose it may be, and accuse nobody whose bundle
# it is not; a zip is one more folder around what is in it, and what an LMS called it says whose all of it is
python3 - me.tar.gz other.tar.gz <<'END'
import gzip, os, sys, zipfile
me, other = (open(path, "rb").read() for path in sys.argv[1:])
plain = gzip.decompress(me)
def put(path, data):
    os.makedirs(os.path.dirname("weeks/" + path) or ".", exist_ok=True)
    open("weeks/" + path, "wb").write(data)
def zipped(path, *members):
    put(path, b"")
    with zipfile.ZipFile("weeks/" + path, "w") as z:
        for name, data in members:
            z.writestr(name, data)
put("12/me.tar.gz", me)                                        # graded, as 4711's
put("12/Zoe_4712_lab.tar.gz", gzip.compress(plain, 2))         # the same
put("12/notes.txt", b"1")                                      # perhaps 12's
put("12/4712/notes.txt", b"2")                                 # 4712's: a week's number is no second name
put("12/Zoe_4712_lab.pdf", b"3")
put("88-1 - N\u00fa\u00f1ez Zo\u00eb - 1 March.pdf", b"4")
put("report 4712 (2).pdf", b"3b")
put("a_4711_4712.txt", b"5")                                   # nobody's
put("4712/12.tar.gz", gzip.compress(plain, 3))                 # 4711's in 4712's folder
zipped("4712 (2).zip", ("one/x.tar.gz", b"6"), ("two/x.tar.gz", b"7"))
zipped("Zoe_4712_lab.zip", ("answers.yaml", b"who: 8"))
zipped("roejane_LATE_4711_88_all.zip", ("4712/me.tar.gz", gzip.compress(plain, 4)), ("me.tar.gz", other))
zipped("ir_2026_03_all.zip", ("4712/x.tar.gz", b"9"), ("4712.tar.gz", b"10")) # a date, and nobody's number
END
rm -rf c/results
run class grade c weeks
is 1 $status 'weeks'
says '16 uploads: 3 graded, 0 known from before, 13 not gradable, 0 errors; 1 of nobody in the class' "$out"
says '2 judged as whose bundle it is, though a number or a part of its names may mean another student' "$out"
says 'weeks/4712/12.tar.gz: other-student: handed in as "4712", but it is the bundle of "4711"' "$err"
says 'all.zip: me.tar.gz: other-student: handed in as "4711", but it is the bundle of "4712"' "$err"
is 'null null true true' "$(jq -r '[.attempts[] | "\(.marked_late)"] | sort | join(" ")' c/results/4711.json)" 'of whom each is, and which was late'
is 'good good good other-student' "$(jq -r '[.attempts[].outcome] | sort | join(" ")' c/results/4711.json)" 'hers'
is 'no-archive' "$(jq -r '.attempts[].outcome' c/results/12.json)" 'a number alone'
is 'no-archive no-archive no-archive no-archive no-archive no-archive no-archive no-archive no-lab other-student' "$(jq -r '[.attempts[].outcome] | sort | join(" ")' c/results/4712.json)" 'parts and zips'
is 'weeks/a_4711_4712.txt' "$(jq -r .upload c/results/unclaimed/*)" 'two are nobody'
run class grade c weeks --json
is '0 15 1 2' "$(jq -r '"\(.graded) \(.kept) \(.unclaimed) \(.misplaced)"' "$out")" 'known from before'
run class report c
says 'handed in, and no grade:' "$out"
says '  12                no-archive: a text: expected a tar.gz, tar or zip' "$out"
says 'of nobody in the class:' "$out"
says '  weeks/a_4711_4712.txt: no-archive: a text' "$out"
says '<li>weeks/a_4711_4712.txt: no-archive: a text' c/reports/index.html
has 'for machines' '.unclaimed == [{"upload": "weeks/a_4711_4712.txt", "why": "no-archive: a text: expected a tar.gz, tar or zip"}]' c/reports/class.json
cp weeks/a_4711_4712.txt weeks/4711.txt # now it has a name
cp -R c/results/unclaimed before
run class grade c weeks/4711.txt
is 0 "$(ls c/results/unclaimed | wc -l)" 'taken away'
cp before/* c/results/unclaimed # as when a run is killed just before that
rm -r before
run class report c --lang pt
lacks 'of nobody' "$out"
lacks 'Entregas de ningu' c/reports/index.html
rm weeks/4711.txt
for i in 1 2; do
    run class grade c weeks --again --shard $i/2 --json
    cp "$out" shard-$i
done
is '3 13' "$(jq -rs '"\([.[].graded] | add) \([.[].ungradable] | add)"' shard-1 shard-2)" 'shards keep each once'
# a zip may hold files by the ten thousand, or members that share their bytes: neither costs a teacher hours, or anybody else his grade
python3 - me.tar.gz other.tar.gz <<'END'
import struct, sys, zipfile, zlib
with zipfile.ZipFile("4711.zip", "w") as z:
    z.write(sys.argv[1], "lab.tar.gz") # for which it may have ten more
    for i in range(130):
        z.writestr(f"x{i}.gz", f"{i}")
    z.write(sys.argv[2], "4712/lab.tar.gz") # of somebody else, and looked at
data, size = zlib.compressobj(9, zlib.DEFLATED, -15), 1 << 20
data, shared, directory = data.compress(bytes(size)) + data.flush(), b"", b""
for name in (b"3.gz", b"2.gz", b"1.gz"): # each holds the next one's header, and all that is behind it
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(data), size, len(name), 0)
    here = b"PK\3\4" + fields + name
    directory += b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0x81A40000, len(data) + len(here)) + name
    shared = here + data
    data, size = struct.pack("<BHH", 0, len(here), len(here) ^ 0xFFFF) + shared, size + len(here)
places = directory.split(b"PK\1\2")[1:]
directory = b"".join(b"PK\1\2" + p[:38] + struct.pack("<I", len(shared) - struct.unpack("<I", p[38:42])[0]) + p[42:] for p in places)
open("shared.zip", "wb").write(shared + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 3, 3, len(directory), len(shared), 0))
END
rm -rf c/results
run class grade c 4711.zip shared.zip
is 1 $status 'zips without an end'
says '1 graded, 0 known from before, 115 not gradable, 0 errors; 3 of nobody in the class' "$out"
says '4711.zip: 4712/lab.tar.gz: answers.yaml: untouched: ' "$err"
says '4711.zip: x110.gz: too-many-members: too many before it in this zip cannot be graded, of the same student: nothing more is looked at' "$err"
says 'shared.zip: the rest: shared.zip: bomb: unpacks to more than its bytes can hold' "$err"
run class grade c 4711.zip
says '113 uploads: 0 graded, 112 known from before (111 of them not gradable), 1 not gradable, 0 errors' "$out"
# a teacher's zip of a folder of unpacked labs, each as deep as it was handed in; what lies beside one lab is its student's
python3 - me.tar.gz lab/c-4711 <<'END'
import os, sys, tarfile, zipfile
tar = tarfile.open(sys.argv[1])
with zipfile.ZipFile("collected.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for folder, _, files in os.walk(sys.argv[2]):
        for f in files:
            if not os.path.islink(os.path.join(folder, f)):
                path = os.path.join(folder, f)
                z.write(path, "subs/4711/lab/" + os.path.relpath(path, sys.argv[2]))
    z.writestr("subs/4711/readme.txt", "this is mine")
    z.writestr("subs/4712/answers.yaml", "a sheet alone")
    for m in tar.getmembers():
        z.writestr("subs/again/" + m.name, tar.extractfile(m).read())
    z.writestr("subs/4711.yaml", "a sheet beside them")
END
rm -rf c/results
run class grade c collected.zip
is 1 $status 'a zip of a folder of labs'
says '4 uploads: 2 graded, 0 known from before, 2 not gradable, 0 errors' "$out"
is 'no-lab' "$(jq -r '.attempts[].outcome' c/results/4712.json)" 'whose folder it is'
says 'collected.zip: subs/4711.yaml: no-archive' "$err"
lacks readme "$err"
mkdir empty
echo lock >empty/'~$4711.docx'
run class grade c empty
is 1 $status 'an empty folder'
says "'empty': nothing that was handed in is there" "$err"
run class grade c empty told --json
is '1 1' "$(jq -r '"\(.nothing) \(.typed)"' "$out")" 'for machines'
run grade empty --class c
is 2 $status 'and without a record'
says "'empty': nothing that was handed in is there" "$err"
mkdir sorts
cp me.tar.gz sorts/4711.tar.gz
cp -R lab/c-4711 sorts/
mkfifo sorts/pipe sorts/c-4711/.cafelab/pipe
run grade sorts --class c --format jsonl
is 2 "$(jq -r 'select(.score != null) | .student' "$out" | grep -c '^4711$')" 'a folder of two'
says 'sorts/pipe: unreadable: a device, a pipe, a socket or a link' "$err"
run grade nowhere --class c
is 2 $status 'what is not there'
printf 'Student,ID,SIS User ID,SIS Login ID,Section\n"Roe, Jane",1,4711,,A\n' >canvas.csv
for form in text canvas jsonl; do
    run grade me.tar.gz --class sorts --roster canvas.csv --column x --format $form
    is 2 $status "$form: no class"
    says "sorts" "$err"
    same /dev/null "$out"
done
checked
