# SPDX-License-Identifier: MIT
# docs/scale, as it stands there: the array job under Debian's Slurm on one node, the Indexed Job's own command once an index. What
# the shards come to is what one run comes to.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1

printf 'id,name\nana,Ana\nrui,Rui\nmia,Mia\n' >roster.csv
run class init ir101 --scenario cafe-breach --roster roster.csv --events 50
run class build ir101
is 0 "$status" 'build'
mkdir submissions
for s in ana rui mia; do
    tar xzf ir101/bundles/$s.tar.gz
    sed -i 's/^who:.*/who: chaos/' ir101-$s/answers.yaml
    run submit ir101-$s -o submissions/$s.tar.gz
done
echo junk >submissions/junk.zip
cp -R ir101 whole
run class grade whole "$tmp/submissions"
is 1 "$status" 'one run'
same_results() { # CLASS
    diff -rq -x '.lock*' "$1/results" whole/results >"$out" 2>&1
    same /dev/null "$out"
}

# ---- Slurm: a controller and a node of this test's own, without munge ----
plugins=$(dirname "$(find /usr/lib/*/slurm-wlm "$top/build/tools" -name auth_none.so 2>/dev/null | head -n 1)")
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
mkdir slurm slurm/state slurm/spool
cat >slurm/slurm.conf <<END
ClusterName=cafelab
SlurmctldHost=$(hostname)(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
CredType=cred/none
PluginDir=$plugins
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
StateSaveLocation=$tmp/slurm/state
SlurmdSpoolDir=$tmp/slurm/spool
SlurmctldPidFile=$tmp/slurm/slurmctld.pid
SlurmdPidFile=$tmp/slurm/slurmd.pid
SlurmctldLogFile=$tmp/slurm/slurmctld.log
SlurmdLogFile=$tmp/slurm/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=sched_interval=1
NodeName=$(hostname) NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=$(hostname) Default=YES State=UP
END
export SLURM_CONF="$tmp/slurm/slurm.conf"
LD_LIBRARY_PATH=$plugins slurmctld -D >slurm/slurmctld.out 2>&1 &
controller=$!
LD_LIBRARY_PATH=$plugins slurmd -D -d "$(realpath "$(command -v slurmstepd)")" >slurm/slurmd.out 2>&1 &
node=$!
idle() {
    LD_LIBRARY_PATH=$plugins sinfo -h -o %T | grep -q idle
}
until_true 60 idle || fail "Slurm does not come up: $(tail -n 3 slurm/*.log slurm/*.out 2>&1)"
export CLASS="$tmp/ir101" UPLOADS="$tmp/submissions" CAFELAB
LD_LIBRARY_PATH=$plugins sbatch --array=1-2 --mem=0 --output="$tmp/slurm/%a.out" "$top/docs/scale/slurm.sbatch" >"$out" 2>"$err"
is 0 "$?" "sbatch: $(cat "$err")"
graded() { # how many by all of them, and how many of nobody in the class
    awk 'match($0, /[0-9]+ graded/) { g += substr($0, RSTART) } match($0, /[0-9]+ of nobody/) { n += substr($0, RSTART) } END { print g + 0, n + 0 }' "$@"
}
over() {
    [ "$(grep -c '_job_complete: .* WEXITSTATUS 0$' slurm/slurmctld.log)" -eq 2 ] && [ -z "$(LD_LIBRARY_PATH=$plugins squeue -h -t all -o %T | grep -v COMPLETED)" ]
}
until_true 120 over || fail "the job: $(cat slurm/1.out slurm/2.out slurm/slurmctld.log 2>&1 | tail -n 5)"
same_results ir101
is '3 1' "$(graded slurm/1.out slurm/2.out)" 'each once'
kill $node $controller
wait $node $controller 2>/dev/null

# ---- Kubernetes: what each index of the Job runs ----
rm -rf ir101/results
python3 - "$top/docs/scale/kubernetes.yaml" >job <<'END'
import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
spec = job["spec"]
pod = spec["template"]["spec"]
grade = pod["containers"][0]
mounts = {m["name"] for m in grade["volumeMounts"]}
assert (job["apiVersion"], job["kind"], spec["completionMode"], pod["restartPolicy"]) == ("batch/v1", "Job", "Indexed", "Never")
assert spec["parallelism"] <= spec["completions"] and mounts == {v["name"] for v in pod["volumes"]}
assert grade["command"] == ["sh", "-c"] and len(grade["args"]) == 1 and f"/{spec['completions']}" in grade["args"][0]
print(spec["completions"])
print(grade["args"][0])
END
is 0 "$?" 'the Job is one'
n=$(head -n 1 job)
tail -n +2 job | sed "s#/data/#$tmp/#g" >index.sh
mkdir bin && ln -s "$CAFELAB" bin/cafelab
for i in $(seq 0 $((n - 1))); do
    JOB_COMPLETION_INDEX=$i PATH=$tmp/bin:$PATH sh index.sh >>said 2>&1 || fail "index $i ends with $?"
done
same_results ir101
is '3 1' "$(graded said)" 'each index its own'
checked
