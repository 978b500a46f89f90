"""Whether an example for CI is of the form that its system takes, by that system's own description of it.

    conforms.py github-workflow|gitlab-ci FILE

Prints what is wrong, a line each; exit status 1 if anything is. GitHub's description is no JSON schema, but says the
same: it is made into one.
"""
import json
import pathlib
import sys

import jsonschema
import yaml

EXPRESSION = {"type": "string", "pattern": r"\$\{\{.+\}\}"}  # takes the place of any value, where it may stand
BUILT_IN = {
    "any": {}, "string": {"type": ["string", "number", "boolean"]}, "number": {"type": "number"},
    "boolean": {"type": "boolean"}, "null": {"type": "null"}, "sequence": {"type": "array"},
    "mapping": {"type": "object"}}


def reference(entry):
    return {"$ref": "#/definitions/" + (entry if isinstance(entry, str) else entry["type"])}


def mapping(rule):
    known = rule.get("properties", {})
    others = reference(rule["loose-value-type"]) if "loose-value-type" in rule else False
    required = [key for key, entry in known.items() if isinstance(entry, dict) and entry.get("required")]
    return {"type": "object", "properties": {key: reference(entry) for key, entry in known.items()},
            "required": required, "additionalProperties": others}


def string(rule):
    if "constant" in rule:
        return {"const": rule["constant"]}
    return {**BUILT_IN["string"], "minLength": 1 if rule.get("require-non-empty") else 0}


def schema_of(definition):
    makers = {"mapping": mapping, "string": string,
              "sequence": lambda rule: {"type": "array", "items": reference(rule["item-type"])},
              "one-of": lambda rule: {"anyOf": [reference(entry) for entry in rule]},
              "allowed-values": lambda rule: {"enum": rule},
              "number": lambda _: BUILT_IN["number"], "boolean": lambda _: BUILT_IN["boolean"],
              "null": lambda _: BUILT_IN["null"]}
    forms = [make(definition[kind]) for kind, make in makers.items() if kind in definition] or [{}]
    return {"anyOf": forms + ([EXPRESSION] if "context" in definition else [])}


def read_schema(kind):
    schema = json.loads(pathlib.Path(__file__).with_name(kind + ".json").read_text(encoding="utf-8"))
    if kind == "gitlab-ci":
        return schema
    definitions = {name: schema_of(own) for name, own in schema["definitions"].items()}
    return {"$ref": "#/definitions/workflow-root-strict", "definitions": {**BUILT_IN, **definitions}}


def leaves(complaint):
    return [leaf for part in complaint.context for leaf in leaves(part)] or [complaint]


def main(kind, file):
    document = yaml.safe_load(pathlib.Path(file).read_text(encoding="utf-8"))
    complaints = list(jsonschema.Draft7Validator(read_schema(kind)).iter_errors(document))
    for complaint in complaints:
        # Of several forms, of which none fits, the one that came furthest.
        nearest = max(leaves(complaint), key=lambda leaf: len(leaf.absolute_path))
        print(f"{file}: {'.'.join(map(str, nearest.absolute_path))}: {nearest.message[:300]}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
