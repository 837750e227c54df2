# SPDX-License-Identifier: MIT
# The JSON Schema: well-formed by a real validator, takes our scenarios, and refuses what is broken, at the right place.
. "$(dirname "$0")/../check.sh"
run schema
is 0 "$status" "schema"
cp "$out" "$tmp/schema.json"
cat >"$tmp/validate.py" <<'P'
import json, re, sys, yaml, jsonschema
class Loader(yaml.SafeLoader):  # YAML 1.2 as editors read it: times are texts, and "on" is no truth
    pass
for first, rows in list(Loader.yaml_implicit_resolvers.items()):
    Loader.yaml_implicit_resolvers[first] = [r for r in rows if not r[0].endswith(("timestamp", "bool"))]
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
faults = list(jsonschema.Draft7Validator(schema).iter_errors(yaml.load(open(sys.argv[2]), Loader)))
for fault in faults:
    print("/".join(map(str, fault.absolute_path)) + ": " + fault.message)
sys.exit(1 if faults else 0)
P
validate() {
    /usr/bin/python3 "$tmp/validate.py" "$tmp/schema.json" "$1" >"$out" 2>"$err"
    status=$?
}
for scenario in "$top"/scenarios/*/scenario.yaml "$top"/docs/examples/*/scenario.yaml "$top"/tests/data/unsound/*/scenario.yaml; do
    validate "$scenario"
    is '' "$(cat "$out" "$err")" "$scenario"
done

# every key that takes more than a few words has an example, and the example is what the key takes
cat >"$tmp/examples.py" <<'P'
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
def needs(key):
    kinds = key.get("type"), key.get("items", {}).get("type")
    fixed = any(word in key for word in ("$ref", "enum", "properties", "additionalProperties"))
    return "description" in key and not fixed and kinds[0] != "boolean" and not (kinds[0] == "array" and kinds[1] != "string")
def walk(node, path):
    if isinstance(node, dict):
        for name, key in node.get("properties", {}).items():
            for example in key.get("examples", []):
                faults = jsonschema.Draft7Validator(dict(key, definitions=schema["definitions"])).iter_errors(example)
                for fault in faults:
                    print(f"{path}/{name}: {fault.message}")
            if needs(key) and not key.get("examples"):
                print(f"{path}/{name}: no example")
        for name, inner in node.items():
            walk(inner, f"{path}/{name}")
    elif isinstance(node, list):
        for inner in node:
            walk(inner, path)
walk(schema, "")
P
/usr/bin/python3 "$tmp/examples.py" "$tmp/schema.json" >"$out" 2>"$err"
is '' "$(cat "$out" "$err")" "examples"
has "there are examples" '[.. | .examples? // empty] | length > 200' "$tmp/schema.json"

# names that the program knows are offered: each client, habit and operation, and what must be one of them is refused else
run operations --json
cp "$out" "$tmp/operations.json"
has "operations" --slurpfile known "$tmp/operations.json" '[.. | .properties?.do?.anyOf?[0].enum? // empty] | length > 0 and all(.[]; length >= ($known[0] | length) and index("ec2:AuthorizeSecurityGroupIngress") != null and index("host:LogIn") != null)' "$tmp/schema.json"
has "clients and habits" '.properties.cast.additionalProperties.properties | (.client.enum | index("terraform") != null) and (.habit.enum | index("night-owl") != null and index("none") == null)' "$tmp/schema.json"
validate "$top/tests/data/invalid/client-unknown/scenario.yaml"
is 1 "$status" "an unknown client"
validate "$top/tests/data/invalid/lab-habit/scenario.yaml"
is 1 "$status" "an unknown habit"

run schema --library
cp "$out" "$tmp/library.json"
for file in "$top"/scenarios/library/*/*.yaml; do
    /usr/bin/python3 "$tmp/validate.py" "$tmp/library.json" "$file" >"$out" 2>"$err"
    is '' "$(cat "$out" "$err")" "$file"
done

# refused: SED-EXPRESSION, PLACE (a path into the file), WORDS
small=$top/docs/examples/old-key/scenario.yaml
refused() {
    sed "$1" "$small" >"$tmp/broken.yaml"
    check "the expression changes something: $1" sh -c "! cmp -s '$small' '$tmp/broken.yaml'"
    validate "$tmp/broken.yaml"
    is 1 "$status" "$1"
    says "$2: " "$out"
    says "$3" "$out"
}
refused 's/^minutes: 30/minutes: soon/' minutes "'soon' is not of type 'integer'"
refused 's/^minutes: 30/minutes: 0/' minutes 'less than the minimum of 1'
refused 's/^minutes: 30/minutes: 100000/' minutes 'greater than the maximum of'
refused 's/^level: beginner/level: easy/' level "'easy' is not one of"
refused 's/^region:/regoin:/' '' "'regoin' was unexpected"
refused '/^region:/d' '' "'region' is a required property"
refused 's/^  length: 1d/  length: a day/' clock/length "'a day' does not match"
refused 's/digits: 4/digit: 4/' vary/digits "'digit' was unexpected"
refused 's/type: principal/type: principle/' questions/0/type "'principle' is not one of"
refused 's/^    solve:/    solves:/' questions/0 "'solves' was unexpected"
refused 's/iam_user: {name/iam_usr: {name/' checks/0 "'iam_usr' was unexpected"
refused 's/is: inactive/is: off/' checks/1/access_key/is 'is not one of'
refused 's/      - trail: /      - trial: /' checks/3/all/0 "'trial' was unexpected"
refused 's/^    veto: true/    points: 1\n    veto: true/' checks/3 'is valid under each of'
refused 's/    student: true/    student: rosa/' cast/rosa/student "'rosa' is not of type 'boolean'"

# every key that lint knows is explained, in every kind of check
has "each key has a description" '[.properties[] | select(.description == null)] == []' "$tmp/schema.json"
is "$(grep -c '^| `' "$top/docs/questions-and-checks.md" >/dev/null; grep -o '^| `[a-z_]*` |' "$top/docs/questions-and-checks.md" | tr -d '|` ' | sort -u >"$tmp/documented"; jq -r '.definitions.condition.properties | keys[]' "$tmp/schema.json" | grep -vxE 'all|any|not' | grep -vxFf "$tmp/documented")" "" "kinds of checks without documentation"
has "all, any and not nest" '.definitions.condition.properties | .all.items["$ref"] and .any.items["$ref"] and .not["$ref"]' "$tmp/schema.json"
checked
