export interface AuthorityScript {
  /** Folder of the authority's key and certificate. */
  readonly authority: string;
  /** Folder that the ingress reads: `hosts.crt`, `hosts.key`, and `ca.crt` for whoever trusts the authority. */
  readonly served: string;
  /** Name of the platform. */
  readonly name: string;
  readonly domain: string;
  /** Hosts that are certified; with none of them the domain itself is. */
  readonly hosts: readonly string[];
}

const days = { authority: 3650, hosts: 397, renewBefore: 30 } as const;
const daySeconds = 86_400;

/**
 * POSIX shell for BusyBox and dash, with OpenSSL 3. It makes the authority once and a certificate for the hosts when there
 * is none, when the hosts changed, or a month before it ends. The authority may certify names under the domain and no
 * others, so that who trusts it trusts it with nothing else. Each file appears whole or not at all.
 */
export function authorityScript({ authority, served, name, domain, hosts }: AuthorityScript): string {
  const names = (hosts.length === 0 ? [domain] : [...hosts].sort()).map((host) => `DNS:${host}`).join(',');
  return `# Keeps an authority for ${domain} and a certificate for its hosts.
set -eu
umask 077
authority=${authority}
served=${served}
names='${names}'

make_authority() {
  if [ -s "$authority/ca.key" ] && [ -s "$authority/ca.crt" ]; then return; fi
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$authority/ca.key.new"
  openssl req -x509 -new -sha256 -days ${days.authority} -key "$authority/ca.key.new" -out "$authority/ca.crt.new" \\
    -subj '/CN=${name}: authority for ${domain}' \\
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \\
    -addext 'nameConstraints=critical,permitted;DNS:${domain}'
  mv "$authority/ca.key.new" "$authority/ca.key"
  mv "$authority/ca.crt.new" "$authority/ca.crt"
  echo 'made an authority'
}

is_current() {
  [ -s "$served/hosts.key" ] && [ "$(cat "$served/names" 2>/dev/null)" = "$names" ] &&
    openssl x509 -in "$served/hosts.crt" -noout -checkend ${days.renewBefore * daySeconds} >/dev/null 2>&1 &&
    openssl verify -CAfile "$authority/ca.crt" "$served/hosts.crt" >/dev/null 2>&1
}

certify() {
  if is_current; then return; fi
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/' -addext "subjectAltName=critical,$names" \\
    -keyout "$served/hosts.key.new" -out /tmp/hosts.csr 2>/dev/null
  printf '%s\\n' 'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' >/tmp/extensions
  openssl x509 -req -sha256 -days ${days.hosts} -in /tmp/hosts.csr -copy_extensions copy -extfile /tmp/extensions \\
    -CA "$authority/ca.crt" -CAkey "$authority/ca.key" -out /tmp/hosts.crt 2>/dev/null
  cat /tmp/hosts.crt "$authority/ca.crt" >"$served/hosts.crt.new"
  mv "$served/hosts.key.new" "$served/hosts.key"
  mv "$served/hosts.crt.new" "$served/hosts.crt"
  printf '%s' "$names" >"$served/names"
  echo "certified $names"
}

make_authority
chmod 755 "$served"
cp "$authority/ca.crt" "$served/ca.crt"
chmod 644 "$served/ca.crt"
trap 'exit 0' TERM INT
while true; do
  certify
  sleep 43200 & wait $! || true
done
`;
}
