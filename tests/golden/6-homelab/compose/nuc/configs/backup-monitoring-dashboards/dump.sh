# Takes a consistent copy of what a program keeps, while it runs.
set -eu
umask 077
take() {
  python3 -c 'import sqlite3, sys; source = sqlite3.connect("file:/var/lib/grafana/grafana.db?mode=rw", uri=True, timeout=60); copy = sqlite3.connect(sys.argv[1]); source.backup(copy); copy.execute("pragma journal_mode=delete"); good = copy.execute("pragma integrity_check").fetchone()[0]; copy.close(); sys.exit(0 if good == "ok" else good)' "$1"
}
load() {
  cp "$1" /var/lib/grafana/grafana.db.new
  rm -f /var/lib/grafana/grafana.db-wal /var/lib/grafana/grafana.db-shm /var/lib/grafana/grafana.db-journal
  mv -f /var/lib/grafana/grafana.db.new /var/lib/grafana/grafana.db
}
if [ $# -eq 2 ] && [ "$1" = load ]; then
  [ -s "$2" ] || { echo "the dump is empty" >&2; exit 1; }
  load "$2"
  echo "monitoring-dashboards is taken back in"
  exit 0
fi
rm -f /dumps/monitoring-dashboards.part
take /dumps/monitoring-dashboards.part
[ -s /dumps/monitoring-dashboards.part ] || { echo "the dump is empty" >&2; exit 1; }
sync
mv -f /dumps/monitoring-dashboards.part /dumps/monitoring-dashboards
echo "monitoring-dashboards is there"
