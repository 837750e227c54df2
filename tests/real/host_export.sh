#!/bin/sh
# SPDX-License-Identifier: MIT
# cafelab host export: an image that skopeo takes, whose layers are the server's tree to the bit; and on a base it runs.
. "$(dirname "$0")/../check.sh"

apart() { # WORD...: host_export.py's; what it printed is in $out
    python3 "$top/tests/real/host_export.py" "$@" >"$out" 2>"$err" || {
        fail "$*: $(tail -1 "$err")"
        return 1
    }
    pass
}
layer() { # IMAGE N: the layer's bytes, on standard output
    tar -xOf "$1" "$(tar -xOf "$1" manifest.json | jq -r ".[0].Layers[$2]")"
}
lab=$tmp/lab
run build cafe-breach -o "$lab" --events 500
is 0 $status 'build'

# what is in a lab may be anything
printf 'x' >"$lab/host/tmp/$(printf 'two\nlines and caf\303\251')"
printf 'y' >"$lab/host/tmp/$(printf 'a%.0s' $(seq 150))"
cp "$lab/host/etc/hosts" "$lab/host/tmp/shell" && chmod 6755 "$lab/host/tmp/shell"
ln "$lab/host/tmp/shell" "$lab/host/tmp/hard"
ln -s ../../../../../../etc/shadow "$lab/host/tmp/out"
run call "$lab" host:Run '{"command": "sudo chown chaos-user /tmp/shell"}'
is 0 $status "call: $(cat "$err")"

# ---- the server's files, without a base ----

run host export "$lab" -o "$tmp/a.tar" --json
is 0 $status "export: $(cat "$err")"
says 'nothing runs in it' "$err"
has 'what was made' '.layers == 1 and .left_out == 0 and .missing == null' <"$out"
is "$(jq -r .digest "$out") $(stat -c %s "$tmp/a.tar")" "$(skopeo inspect "oci-archive:$tmp/a.tar" | jq -r .Digest) $(jq .bytes "$out")" 'what skopeo says'
touch -d yesterday "$lab/README.md"
(umask 077 && cd / && TZ=Asia/Tokyo "$CAFELAB" host export "$lab" -o "$tmp/b.tar" >/dev/null 2>&1)
same "$tmp/a.tar" "$tmp/b.tar"
apart blobs "$tmp/a.tar"
apart server "$tmp/a.tar" 0 "$lab/.cafelab/host.mtree"
layer "$tmp/a.tar" 0 >"$tmp/layer.tar"
tar --numeric-owner --quoting-style=literal -tvf "$tmp/layer.tar" | grep -v 'tmp/two\|^lines and' >"$tmp/gnu"
bsdtar --numeric-owner -tvf "$tmp/layer.tar" | grep -v 'tmp/two\|^lines and' >"$tmp/bsd"
grep -v 'two.012lines' "$lab/.cafelab/host.mtree" >"$tmp/mtree"
apart listed "$tmp/mtree" tar <"$tmp/gnu"
apart listed "$tmp/mtree" bsdtar <"$tmp/bsd"
run host export "$lab" -o "$tmp/a.tar"
is 2 $status 'an image that is there stays'
same "$tmp/a.tar" "$tmp/b.tar"

# skopeo reads it as either form, and writes it as others
for from in oci-archive docker-archive; do
    skopeo copy --quiet "$from:$tmp/a.tar" "dir:$tmp/$from" 2>"$err" || fail "skopeo copy $from: $(cat "$err")"
    (cd "$tmp/$from" && sha256sum "$(jq -r '.layers[0].digest' manifest.json | cut -d: -f2)" | cut -d' ' -f1) >"$out" 2>&1
    is "$(sha256sum <"$tmp/layer.tar" | cut -d' ' -f1)" "$(cat "$out")" "the layer by $from"
done
skopeo copy --quiet "oci-archive:$tmp/a.tar" "oci:$tmp/layout:x" || fail 'skopeo copy to an OCI layout'
skopeo copy --quiet "oci:$tmp/layout:x" "docker-archive:$tmp/docker.tar:cafelab/x:1" || fail 'skopeo copy to a Docker archive'

# buildah makes a container of it, whose files are the server's
at="--root $tmp/store --runroot $tmp/run --storage-driver vfs"
[ "$(id -u)" = 0 ] && as= || as='buildah unshare'
$as sh -c "buildah $at from --quiet --pull-never --name taken oci-archive:$tmp/a.tar && cp -a \"\$(buildah $at mount taken)/etc\" $tmp/etc" >"$out" 2>"$err" ||
    fail "buildah: $(cat "$err")"
same "$lab/host/etc/passwd" "$tmp/etc/passwd"
is "$(sed -n 's|^\./etc/shadow .*mode=\([0-7]*\).*|\1|p' "$lab/.cafelab/host.mtree")" "0$(stat -c %a "$tmp/etc/shadow" | sed 's/^0$/000/')" 'the mode of a file in it'
$as sh -c "buildah $at inspect --type container taken" | jq -r '.OCIv1.config.Labels["cafelab.scenario"]' >"$out"
is cafe-breach "$(cat "$out")" 'its label'
$as sh -c "buildah $at umount taken && buildah $at rm taken" >/dev/null || fail 'buildah rm'

# names are the image's
run host export "$lab" -o "$tmp/n.tar" --name registry.example/class/cafe:7 --json
has 'its name' '.name == "registry.example/class/cafe:7"' <"$out"
for name in 'Cafe:1' 'a b' '../x' 'x:' ':y' '-x' 'a//b' "$(printf 'a\nb')"; do
    run host export "$lab" -o "$tmp/no.tar" --name "$name"
    is 2 $status "the name '$name'"
done
run host export "$lab" -o "$tmp/no.tar" --on nowhere
says 'no server "nowhere"' "$err"
run host export "$lab" -o "$tmp/no.tar" --compose "$tmp/compose.yaml"
says '--compose needs --base' "$err"
run host export "$tmp" -o "$tmp/no.tar"
is 2 $status 'no lab'
check 'nothing was written' test ! -e "$tmp/no.tar" -a ! -e "$tmp/compose.yaml"
checked
