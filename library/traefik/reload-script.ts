/**
 * POSIX shell for BusyBox and dash: runs Traefik, and has it read its files again when a certificate was renewed, which it
 * does not notice by itself. It ends as Traefik does.
 */
export function reloadScript(configPath: string, certificatePath: string): string {
  return `# Runs Traefik; a renewed certificate is read within an hour.
set -u
stamp() { cksum <${certificatePath}; }
traefik --configFile=${configPath} & server=$!
trap 'kill -TERM "$server" 2>/dev/null' TERM INT
seen=$(stamp)
(
  while sleep 3600; do
    now=$(stamp)
    if [ "$now" != "$seen" ]; then seen=$now; kill -HUP "$server" || exit; fi
  done
) & watch=$!
wait "$server"
status=$?
# A signal ends the first wait; the second one is for the requests that still run.
if kill -0 "$server" 2>/dev/null; then wait "$server"; status=$?; fi
kill "$watch" 2>/dev/null
exit "$status"
`;
}
