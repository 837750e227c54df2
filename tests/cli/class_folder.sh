#!/bin/sh
# SPDX-License-Identifier: MIT
# What people do to a class's folder between two commands: deleted, copied, edited. What can be made again is; the rest is said.
. "$(dirname "$0")/../check.sh"
cd "$tmp" || exit 1
cat >roster.csv <<'END'
id,name,email
s1,Ana Reis,ana@example.edu
s2,Rui Roe,rui@example.edu
s3,Mia Poe,mia@example.edu
END
run class init c --scenario cafe-breach --roster roster.csv --events 20
is 0 $status 'init'
run class build c
is 0 $status 'build'
mkdir labs subs
for s in s1 s2 s3; do
    tar -C labs -xzf c/bundles/$s.tar.gz
    sed -i "s/^who:.*/who: try of $s/" labs/c-$s/answers.yaml
    run submit labs/c-$s -o subs/$s.tar.gz
done
run class grade c subs
is 0 $status 'grade'
run class report c
is 0 $status 'report'
cp -R c whole

# folders that were deleted are made again
sha256sum c/bundles/* >sums
rm -r c/bundles c/keys c/results c/reports
run class build c
is 0 $status 'without bundles'
says 'c/bundles: 3 made, 0 were there' "$out"
check 'the same bytes' sha256sum -c --quiet sums
run class grade c subs
says '3 uploads: 3 graded, 0 known from before' "$out"
run class report c
is 0 $status 'without reports'
check 'as they were' diff -r -x '.lock*' whole c

checked
