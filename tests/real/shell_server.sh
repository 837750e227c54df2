#!/bin/sh
# SPDX-License-Identifier: MIT
# The server by `cafelab shell DIR -- CMD`: who is there, what is refused, what comes back; who is let in at all.
. "$(dirname "$0")/../check.sh"
. "$(dirname "$0")/../shell.sh"

on_server() { # MODE CMD
    as "$1" shell "$lab" -- "$2"
}
for mode in $modes; do
    lab_for $mode
    on_server $mode 'id -un; sudo id -u; exit 7'
    is 7 $status "exit status ($mode): $(cat "$err")"
    is "ec2-user
0" "$(cat "$out")" "who is in ($mode)"
    echo hello >"$tmp/in"
    input=$tmp/in
    on_server $mode 'cat; echo oops >&2'
    input=
    is hello "$(cat "$out")" "standard input and output ($mode)"
    is oops "$(cat "$err")" "standard error ($mode)"

    # the intruder: processes under the ids that the world has, under the account's uid
    "$stage/cafelab" call "$lab" host:Run '{"command": "ps -ef"}' --on cafe >"$tmp/told" 2>&1
    [ "$mode" != multi ] || chown -R $plain: "$lab" 2>/dev/null
    on_server $mode 'ps -eo pid=,uid=,args= | grep "[c]haos-user@\|[c]haos-user .priv"; stat -c %u /home/chaos-user; who; uptime -s'
    says 'sshd: chaos-user@pts/0' "$out"
    says 'sshd: chaos-user [priv]' "$out"
    says 'chaos-user pts/0' "$out"
    child=$(awk '/@pts/{print $1, $2}' "$out")
    is "$(awk '/chaos-user@pts/{print $2}' "$tmp/told") 1001" "$child" "pid and uid of the intruder's sshd ($mode)"
    is "$(date -u -d "@$(($(jq '.servers[0].bootedMs' "$lab/.cafelab/lab.json") / 1000))" +%Y-%m-%d)" "$(tail -1 "$out" | cut -c1-10)" "booted ($mode)"

    # what is asked of a systemd, a journal, the kernel's audit, a spool is the server's; the intruder's connection is seen
    peer=$(sed -n 's/^chaos-user pts.*(\(.*\))$/\1/p' "$out")
    on_server $mode 'sudo ss -tnp; sudo journalctl -u sshd --no-pager | grep -c "sshd.*Accepted password for chaos-user"; sudo journalctl -n2 -u crond | grep -c CROND
        sudo timeout 1 journalctl -fu sshd | grep -c sshd; journalctl 2>&1 | grep -c insufficient; sudo auditctl -l | grep -c -- "-w /etc/ssh/sshd_config -p wa -k sshd_config"
        systemctl status sshd | grep -c "Active: active (running) since ... 20..-..-.. ..:..:.. UTC\|Main PID: $(pgrep -o -x sshd) (sshd)"
        echo "5 * * * * true" | sudo crontab -u apache -; sudo crontab -l -u apache; sudo crontab -r -u apache; sudo crontab -l -u apache 2>&1; crontab -u apache -l 2>&1'
    says ":22" "$out"
    is "\"sshd\",pid=${child% *},fd" "$(sed -n "s/^ESTAB.*:22 .* $peer:.*\("'"sshd",pid='"${child% *},fd"'\).*/\1/p' "$out")" "the intruder's connection ($mode): $(cat "$err")"
    is '1 2 10 1 1 2 5 * * * * true no crontab for apache must be privileged to use -u' "$(sed '1,/ESTAB/d; /ESTAB/d' "$out" | tr '\n' ' ' | sed 's/ $//')" "programs that ask the server ($mode): $(cat "$err")"

    on_server $mode 'echo "{\"Records\": []}" | python -m json.tool | head -n 2' # on Amazon Linux 2 it is called so
    says '"Records": []' "$out"

    # userdel is refused while he is there; killing the monitor leaves the rest; killing the child ends it
    on_server $mode 'kill -9 $(pgrep -f "[c]haos-user@pts") 2>&1; sudo userdel -r chaos-user 2>&1; echo rc $?'
    says 'Operation not permitted' "$out"
    says 'userdel: user chaos-user is currently used by process' "$out"
    says 'rc 8' "$out"
    on_server $mode 'sudo kill -9 $(pgrep -f "[c]haos-user .priv"); sleep .3; pgrep -u 1001 | wc -l; sudo userdel chaos-user 2>/dev/null; echo rc $?'
    is "2
rc 8" "$(cat "$out")" "orphans of a killed monitor ($mode)"
    on_server $mode 'pgrep -u 1001 | wc -l; pgrep -fc "[c]haos-user .priv"'
    is "2
0" "$(cat "$out")" "the orphans are still there in the next shell ($mode)"
    on_server $mode 'sudo pkill -KILL -u chaos-user; sleep .3; ss -tn | grep -c '"$peer"'; sudo userdel -r chaos-user; echo rc $?; ls /home; ls /var/spool/mail; ls -l /etc/*.lock 2>/dev/null'
    is 0 "$(head -1 "$out")" "the intruder's connection is gone with him ($mode)"
    says 'rc 0' "$out"
    lacks chaos "$out"
    lacks lock "$out"
    is 1 "$(last -f "$lab/host/var/log/wtmp" chaos-user | grep -c 'gone - no logout')" "nobody was left to close the session of a killed monitor ($mode)"
    check "the account is gone from the lab ($mode)" test ! -e "$lab/host/home/chaos-user"
    lacks chaos-user "$lab/host/etc/passwd"
    says "delete user 'chaos-user'" "$lab/host/var/log/secure"
    says 'USER=root ; COMMAND=/sbin/userdel -r chaos-user' "$lab/host/var/log/secure"
    says 'op=delete-user acct="chaos-user"' "$lab/host/var/log/audit/audit.log"

    # sshd is the real one: password login until it is restarted with another configuration; the key of a lock-out stays
    on_server $mode 'until (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null; do sleep .1; done
        ssh -o StrictHostKeyChecking=no -o PreferredAuthentications=none -o BatchMode=yes ec2-user@127.0.0.1 2>&1 | grep Perm
        sudo sed -i "s/^PasswordAuthentication yes/PasswordAuthentication no/" /etc/ssh/sshd_config
        ssh -o StrictHostKeyChecking=no -o PreferredAuthentications=none -o BatchMode=yes ec2-user@127.0.0.1 2>&1 | grep Perm
        sudo service sshd restart; echo rc $?
        ssh -o StrictHostKeyChecking=no -o PreferredAuthentications=none -o BatchMode=yes ec2-user@127.0.0.1 2>&1 | grep Perm'
    is 2 "$(grep -c 'Permission denied.*password' "$out")" "methods before the restart ($mode): $(cat "$out")"
    says 'Redirecting to /bin/systemctl restart sshd.service' "$out"
    says 'rc 0' "$out"
    is '' "$(tail -1 "$out" | grep password)" "methods after the restart ($mode)"
    on_server $mode 'echo PaswordAuthentication no | sudo tee -a /etc/ssh/sshd_config >/dev/null; sudo systemctl restart sshd; echo rc $?; systemctl is-active sshd'
    says 'Job for sshd.service failed' "$err"
    says 'rc 1' "$out"
    says inactive "$out"

    # now nobody gets in any more: refused as ssh words it
    on_server $mode true
    is 255 $status "sshd is down ($mode)"
    says 'Connection refused' "$err"
done

# the security group: no way in, and a line of advice
for mode in $modes; do
    lab_for $mode
    group=$(jq -r '.. | objects | select(.IpPermissions?) | select([.IpPermissions[]? | .FromPort?] | index(22)) | .GroupId' \
        "$lab"/account/ec2/*.json 2>/dev/null | head -1)
    check 'the group of the web server' test -n "$group"
    "$stage/cafelab" call "$lab" ec2:DescribeSecurityGroupRules "{\"filterSet\": {\"items\": [{\"name\": \"group-id\", \"valueSet\": {\"items\": [{\"value\": \"$group\"}]}}]}}" >"$tmp/rules" 2>&1
    for rule in $(jq -r '.. | objects | select(.FromPort? == 22) | .SecurityGroupRuleId' "$tmp/rules"); do
        "$stage/cafelab" call "$lab" ec2:RevokeSecurityGroupIngress "{\"groupId\": \"$group\", \"securityGroupRuleIds\": {\"items\": [{\"securityGroupRuleId\": \"$rule\"}]}}" >/dev/null 2>"$tmp/revoke" ||
            fail "revoke $rule: $(cat "$tmp/revoke")"
    done
    [ "$mode" != multi ] || chown -R $plain: "$lab" 2>/dev/null
    as $mode shell "$lab" -- true
    is 255 $status "closed group ($mode)"
    says 'port 22: Connection timed out' "$err"
    says 'security group' "$err"
    as $mode shell "$lab" --console -- 'id -un; sudo id -u'
    is "ssm-user
0" "$(cat "$out")" "the way back in ($mode): $(cat "$err")"
    "$stage/cafelab" call "$lab" cloudtrail:LookupEvents '{"maxResults": 20}' >"$out" 2>"$err"
    says '"EventName": "StartSession"' "$out"
done
checked
