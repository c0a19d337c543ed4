import type { StoreClient } from '../object-store.ts';

export interface BucketsScript {
  /** Of the administration: `http://home-objects:3903`. */
  readonly endpoint: string;
  readonly adminTokenFile: string;
  readonly clients: readonly StoreClient[];
}

/**
 * The program of the second container: Python, because the image of Garage holds nothing but Garage, and its
 * administration speaks JSON (https://garagehq.deuxfleurs.fr/documentation/reference-manual/admin-api/). It gives each
 * client its key and its buckets, and looks every minute whether they are still there, as after a restore. Ready when
 * `/tmp/ready` is there.
 *
 * A key whose client left, or has another one now, opens nothing any more. It is not deleted: Garage never takes the id of a
 * deleted key again, and the client may come back with it. Keys that a person made are left alone.
 */
export function bucketsScript({ endpoint, adminTokenFile, clients }: BucketsScript): string {
  const text = clients.map(({ owner, accessKeyFile, secretKeyFile, buckets }) =>
    JSON.stringify([owner, accessKeyFile, secretKeyFile, buckets]),
  );
  return `"""Gives each client of the store its key and its buckets, and stays. Safe to run again."""
import json, os, re, signal, sys, time, urllib.error, urllib.request

ENDPOINT = ${JSON.stringify(endpoint)}
TOKEN_FILE = ${JSON.stringify(adminTokenFile)}
READY = "/tmp/ready"
OURS = "autogit: "
CLIENTS = [
${text.map((line) => `    ${line},\n`).join('')}]


def secret(path, form, least, what):
    try:
        with open(path, "rb") as file:
            text = file.read().rstrip(b"\\r\\n").decode("utf-8", "replace")
    except FileNotFoundError:
        text = ""
    if text == "":
        sys.exit(f"{path} is empty or missing")
    if not re.fullmatch(form, text):
        sys.exit(f"{path} holds {what}")
    if len(text) < least:
        sys.exit(f"{path} is shorter than {least} characters")
    return text


class Refused(Exception):
    """The answer of the store, which names what it was about and no secret."""


def ask(path, body=None):
    request = urllib.request.Request(ENDPOINT + path, None if body is None else json.dumps(body).encode())
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            told = json.load(error)
        except ValueError:
            told = {}
        if error.code == 404 and body is None:
            return None
        raise Refused(f"{path.split('?')[0]}: {error.code} {told.get('code', '')}") from None


def key_of(owner, access, secret_key):
    found = ask(f"/v2/GetKeyInfo?id={access}&showSecretKey=true")
    if found is None:
        try:
            ask("/v2/ImportKey", {"accessKeyId": access, "secretAccessKey": secret_key, "name": OURS + owner})
        except Refused as refused:
            if "KeyAlreadyExists" in str(refused):
                sys.exit(f"the access key of {owner} was deleted in the store, which takes it never again: give it a new one")
            raise
    elif found["secretAccessKey"] != secret_key:
        sys.exit(f"the secret key of {owner} changed and its access key did not: Garage takes a new pair only")


def bucket_of(name):
    found = ask(f"/v2/GetBucketInfo?globalAlias={name}")
    return (found or ask("/v2/CreateBucket", {"globalAlias": name}))["id"]


EVERYTHING = {"read": True, "write": True, "owner": True}


def settle():
    wanted = {}
    for owner, access, secret_key, buckets in keys:
        key_of(owner, access, secret_key)
        wanted[access] = {bucket_of(name) for name in buckets}
    for key in ask("/v2/ListKeys"):
        if not key["name"].startswith(OURS) and key["id"] not in wanted:
            continue
        has = {each["id"]: each["permissions"] for each in ask(f"/v2/GetKeyInfo?id={key['id']}")["buckets"]}
        mine = wanted.get(key["id"], set())
        for bucket in sorted(mine):
            if has.get(bucket) != EVERYTHING:
                change("AllowBucketKey", bucket, key["id"])
        for bucket in sorted(set(has) - mine):
            if any(has[bucket].values()):
                change("DenyBucketKey", bucket, key["id"])


def change(what, bucket, access):
    ask(f"/v2/{what}", {"bucketId": bucket, "accessKeyId": access, "permissions": EVERYTHING})


def snapshot():
    """One right away; Garage itself makes the first only after an hour."""
    ask("/v2/CreateMetadataSnapshot?node=self", {})


def stop(*_):
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
if os.path.exists(READY):
    os.remove(READY)
token = secret(TOKEN_FILE, r"[!-~]+", 16, "a space, a line end or what is not in ASCII")
keys = []
for owner, access_file, secret_file, buckets in CLIENTS:
    access = secret(access_file, r"[A-Za-z0-9._-]+", 8, "more than letters, digits, dots, dashes and _")
    if access in [known for _, known, _, _ in keys]:
        sys.exit(f"{access_file} is the access key of another part too")
    keys.append((owner, access, secret(secret_file, r"[!-~]+", 16, "a space, a line end or what is not in ASCII"), buckets))
said = ""
while True:
    try:
        settle()
        if not os.path.exists(READY):
            snapshot()
            open(READY, "w").close()
        said = ""
    except (Refused, OSError, ValueError, KeyError) as error:
        text = f"the store could not be asked: {error}"
        if text != said:
            print(text, file=sys.stderr, flush=True)
        said = text
    time.sleep(60 if os.path.exists(READY) else 2)
`;
}
