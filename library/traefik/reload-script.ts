/**
 * POSIX shell for BusyBox and dash: runs Traefik, and has it read its files again when a certificate was made or renewed,
 * which it does not notice by itself. It ends as Traefik does. The first certificate may come after Traefik, which serves
 * nothing until then.
 */
export function reloadScript(configPath: string, certificatePath: string): string {
  return `# Runs Traefik; the first certificate is read within seconds, a renewed one within an hour.
set -u
stamp() { if [ -s ${certificatePath} ]; then cksum <${certificatePath}; fi; }
pause() { if [ -n "$seen" ]; then sleep 3600; else sleep 2; fi; }
seen=$(stamp)
traefik --configFile=${configPath} & server=$!
trap 'kill -TERM "$server" 2>/dev/null' TERM INT
(
  while pause; do
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
