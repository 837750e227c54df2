#!/bin/sh
# SPDX-License-Identifier: MIT
# An exported image on a base, run as a container engine runs it: the server is there, and what is done on it is the lab's.
. "$(dirname "$0")/../check.sh"

apart() {
    python3 "$top/tests/real/host_export.py" "$@" >"$out" 2>"$err" || {
        fail "$*: $(tail -1 "$err")"
        return 1
    }
    pass
}
[ "$(id -u)" = 0 ] || {
    echo "${0#"$top"/}: not root: containers are run where somebody is"
    check 'nothing else to check' true
    checked
}
image=$tmp/cafe.tar root=$tmp/root lab=$tmp/lab inner=/usr/lib/cafelab/lab
run build cafe-breach -o "$lab" --events 500
is 0 $status 'build'
"$top/docs/examples/container-base/from-this-machine" "$tmp/base.tar" jq >"$out" 2>&1 || fail "a base: $(cat "$out")"

# ---- the image ----

run host export "$lab" --base "$tmp/base.tar" -o "$image" --compose "$tmp/compose.yaml" --json
is 0 $status "export: $(cat "$err")"
has 'a base with all that is needed' '.layers == 4 and .missing == null' <"$out"
name=$(jq -r .name "$out") volume=$(jq -r '.digest[7:19]' "$out")
says 'knows its seed' "$err"
apart blobs "$image"
apart compose "$tmp/compose.yaml" "$name"
NAME=$(cut -d' ' -f1 "$out")
is "$volume" "$(cut -d' ' -f2 "$out")" 'each image has a volume of its own'
export NAME
is "[\"/usr/bin/cafelab\"] [\"shell\",\"$inner\"]" "$(skopeo inspect --config "oci-archive:$image" | jq -cr '"\(.config.Entrypoint) \(.config.Cmd)"')" 'entry point'

is "$NAME" "$(skopeo inspect --config "oci-archive:$image" | jq -r '.config.Labels["cafelab.hostname"]' | cut -d. -f1)" 'host name'

# an image as a base: what it has below /etc and is not the new server's goes; a compressed layer stays as it is
mkdir "$lab/host/etc/only-here" "$lab/host/usr/bin"
echo x | tee "$lab/host/etc/only-here/x" >"$lab/host/usr/bin/bash"
run host export "$lab" -o "$tmp/more.tar"
rm -r "$lab/host/etc/only-here" "$lab/host/usr/bin"
skopeo copy --quiet --dest-compress "oci-archive:$tmp/more.tar" "oci:$tmp/layout:x" && tar -C "$tmp/layout" -cf "$tmp/packed.tar" . || fail 'skopeo'
run host export "$lab" --base "$tmp/packed.tar" -o "$tmp/gz.tar" --json
has 'a layer of the base, three of ours; what the base lacks' '.layers == 4 and (.missing | contains("sudo openssh-server"))' <"$out"
apart blobs "$tmp/gz.tar"
tar -xOf "$tmp/gz.tar" "$(sed -n 3p "$out")" | tar -t | grep '\.wh\.' >"$tmp/names"
is 'etc/.wh.only-here' "$(cat "$tmp/names")" 'what of the base goes'
is 1 "$(skopeo inspect --raw "oci-archive:$tmp/gz.tar" | jq '[.layers[] | select(.mediaType | endswith("gzip"))] | length')" 'compressed as before'
gzip -k "$tmp/packed.tar"
for bad in "$tmp/packed.tar.gz:is compressed" "$tmp/lab:no file with an image" "$image.none:No such file" "$lab/README.md:no tar archive" \
    "$tmp/names:no tar archive"; do
    run host export "$lab" --base "${bad%%:*}" -o "$tmp/no.tar"
    is 2 $status "a base that is none: $bad"
    says "${bad#*:}" "$err"
done
rm -f "$tmp/gz.tar"

# ---- the container ----

mkdir "$root"
tar -xOf "$image" manifest.json | jq -r '.[0].Layers[]' | while read -r layer; do
    tar -xOf "$image" "$layer" | tar -C "$root" --numeric-owner -xpf -
done
owners() { # of what the manifest has but for folders that engines and bases write into
    sed -n 's/^\.\(\/[^ ]*\) type=\([a-z]*\) mode=\(0*\)\([0-7]*\) uid=\([0-9]*\) gid=\([0-9]*\) time=\([0-9]*\).*/\1 \4 \5 \6 \7 \2/p' "$lab/.cafelab/host.mtree" |
        grep -v ' link$\|^/usr \|^/dev \|^/proc \|^/sys \|^/etc \|\\\|^/lib\|^/usr/local' | sed 's/ [a-z]*$//; s/  / 0 /'
}
owners >"$tmp/want"
(cd "$root" && cut -d' ' -f1 "$tmp/want" | sed 's/^/./' | xargs stat -c '%n %a %u %g %Y') | sed 's/^\.//' >"$tmp/got"
same "$tmp/want" "$tmp/got"

engine() { # COMMAND...: as the image's entry point; $out, $err, $status
    timeout 60 "$top/tests/real/host_engine" "$root" /usr/bin/cafelab "$@" >"$out" 2>"$err" </dev/null
    status=$?
}
engine doctor
says 'shell mode: container' "$out"
says 'what it cannot show: processes may have other ids' "$out"
engine shell $inner -- 'id -un; who; ps -eo uid=,args= | grep "[c]haos-user"; sudo sshd -T | grep ^passwordauth
    sudo aureport --auth -if /var/log/audit/audit.log | tail -1; hostname; curl -s http://169.254.169.254/latest/meta-data/instance-id
    echo; curl -s http://localhost/cafe/ | grep -c "<html"; sudo userdel -r chaos-user; echo rc $?; ls /etc/apt 2>&1; exit 7'
is 7 $status "the container's status is the command's: $(cat "$err")"
says 'commands on watched files leave no audit records' "$err"
is ec2-user "$(head -1 "$out")" 'who is in'
says 'chaos-user pts/0' "$out"
says '    0 sshd: chaos-user [priv]' "$out"
says ' 1001 sshd: chaos-user@pts/0' "$out"
says 'passwordauthentication yes' "$out"
says ' ssh /usr/sbin/sshd ' "$out"
says "$NAME" "$out"
says "$(jq -r '.. | .instanceId? // empty' "$lab"/account/ec2/instances.json 2>/dev/null | head -1)" "$out"
says 'userdel: user chaos-user is currently used by process' "$err"
lacks 'unable to resolve host' "$err"
says 'rc 8' "$out"
says "cannot access '/etc/apt'" "$out"
check 'the lab knows nothing of a death' test -z "$(grep '"disk:Settled"' "$root$inner/.cafelab/journal.jsonl" | grep -v '"processes":\[\]')"
lacks '/etc/hosts' "$root$inner/.cafelab/journal.jsonl"

# with what engines give without being asked: it says what that costs
cp -a "$root" "$tmp/plain-root"
PLAIN=1 timeout 60 "$top/tests/real/host_engine" "$tmp/plain-root" /usr/bin/cafelab shell $inner -- 'curl -s -m 5 http://169.254.169.254/ || echo none
    curl -s http://localhost/cafe/ | grep -c "<html"; sudo userdel -r chaos-user; echo rc $?; pgrep -u 1001 | wc -l' >"$out" 2>"$err" </dev/null
is 'none
1
rc 0
2' "$(cat "$out")" "without SYS_PTRACE and NET_ADMIN: $(cat "$err")"
says 'userdel does not notice who is logged in, there is no instance metadata' "$err"
rm -rf "$tmp/plain-root"

# served for long: up without a terminal, visited from outside, stopped; then started again, and all is as it was
start_container() {
    "$top/tests/real/host_engine" "$root" /usr/bin/cafelab shell $inner >"$tmp/served" 2>&1 </dev/null &
    container=$!
    first=
    until_true 30 sh -c "pgrep -P $container >/dev/null && test -S '$root$inner/.cafelab/shell.sock'" || fail "up: $(cat "$tmp/served")"
    first=$(pgrep -P $container)
}
visit() { # COMMAND: as docker exec does
    timeout 60 nsenter -t "$first" -a /usr/bin/cafelab shell $inner -- "$1" >"$out" 2>"$err" </dev/null
    status=$?
}
stop_container() {
    kill -TERM "$first"
    wait $container
    status=$?
}
rm -f "$root$inner/.cafelab/shell.sock"
start_container
visit 'sudo kill -9 $(pgrep -f "[c]haos-user@pts"); for i in $(seq 50); do pgrep -u chaos-user >/dev/null || break; sleep .1; done
    sudo userdel -r chaos-user; echo rc $?; sudo sed -i "s/^PasswordAuthentication yes/PasswordAuthentication no/" /etc/ssh/sshd_config
    sudo service sshd restart; ssh -o StrictHostKeyChecking=no -o PreferredAuthentications=none -o BatchMode=yes ec2-user@127.0.0.1; who'
is 0 $status "a visit: $(cat "$err")"
says 'rc 0' "$out"
lacks chaos-user "$out"
says 'Permission denied (publickey,gssapi-keyex,gssapi-with-mic).' "$err"
stay_inside() { # somebody is on the server
    timeout 60 nsenter -t "$first" -a /usr/bin/cafelab shell $inner -- 'echo in; sleep 600' >"$tmp/in" 2>&1 </dev/null &
    until_true 20 grep -q '^in$' "$tmp/in" || fail "a visit that stays: $(cat "$tmp/in")"
}
stay_inside
visit 'sudo sh -c "echo the last word >/root/word"'
stop_container
is 0 $status 'a container that was stopped'
is 'the last word' "$(cat "$root$inner/host/root/word")" 'what was done just before the stop'
"$CAFELAB" call "$root$inner" host:Run '{"command": "who | grep -c ec2-user"}' >"$out" 2>&1
is 1 "$(cat "$out")" 'nobody else is on a server that was stopped'
check 'the account is gone from the lab' test ! -e "$root$inner/host/home/chaos-user"
lacks chaos-user "$root$inner/host/etc/passwd"
run grade "$root$inner" --json
has 'the repairs count' '[.findings[] | select(.id == "session-ended" or .id == "passwords-off") | .outcome] == ["pass", "pass"]' <"$out"
run host export "$root$inner" -o "$tmp/after.tar"
is 0 $status 'the lab of a container is a lab'
rm -f "$root$inner/.cafelab/shell.sock"
CHOOSE=1
export CHOOSE
start_container
visit 'who; sudo cat /root/word; sudo sshd -T | grep ^passwordauth; pgrep -u apache httpd | wc -l; pgrep -x crond'
"$CAFELAB" call "$lab" host:Run '{"command": "pgrep crond"}' >"$tmp/crond" 2>&1
is "the last word
passwordauthentication no
5
$(cat "$tmp/crond")" "$(grep -v '^ec2-user' "$out")" 'the second start, with ids as the lab has them'
stay_inside
kill -9 "$first"
wait $container
rm -f "$root$inner/.cafelab/shell.sock"
start_container
visit 'who | grep -c ec2-user'
is 1 "$(cat "$out")" "a login that was open when the container was killed is over: $(cat "$err")"
stop_container
unset CHOOSE

# who serves the account has no rights at all
BARE=1 "$top/tests/real/host_engine" "$root" /usr/bin/cafelab start $inner --port 4567 >"$tmp/account" 2>&1 </dev/null &
account=$!
until_true 20 grep -q 'is served at' "$tmp/account" || fail "account: $(cat "$tmp/account")"
timeout 20 nsenter -t "$(pgrep -P $account)" -a curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:4567/cafe/ >"$out" 2>&1
is 200 "$(cat "$out")" 'the website by the account'
timeout 20 nsenter -t "$(pgrep -P $account)" -a env -u CAFELAB_DATA -u TMPDIR sh -c "cafelab submit $inner -o /tmp/h.tar.gz >&2; cat /tmp/h.tar.gz" >"$tmp/handin.tar.gz" 2>"$err"
check "handed in while it is served: $(cat "$err")" tar -tzf "$tmp/handin.tar.gz" answers.yaml >"$out"
kill -TERM "$(pgrep -P $account)"
wait $account
checked
