"""Strict schemas of Kubernetes as kubeconform reads them: one file for each kind, which refers to no other file.

self-contained.py WHEEL FOLDER MINOR... takes them out of the wheel of kubernetes-validate.
"""

import json
import pathlib
import re
import sys
import zipfile

wheel, folder, minors = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
schemas = "kubernetes_validate/kubernetes-json-schema/v%s.0-local-strict/_definitions.json"


def needed(name, definitions, found):
    if name in found:
        return found
    found[name] = definitions[name]
    for other in re.findall(r'"#/\$defs/([^"]+)"', json.dumps(definitions[name])):
        needed(other, definitions, found)
    return found


for minor in minors:
    definitions = json.loads(zipfile.ZipFile(wheel).read(schemas % minor))["$defs"]
    (folder / f"v{minor}.0").mkdir()
    for name, definition in definitions.items():
        for of in definition.get("x-kubernetes-group-version-kind", []):
            parts = [of["kind"], of["group"].split(".")[0], of["version"]]
            file = "-".join(part for part in parts if part).lower() + ".json"
            schema = {"$ref": f"#/$defs/{name}", "$defs": needed(name, definitions, {})}
            (folder / f"v{minor}.0" / file).write_text(json.dumps(schema))
