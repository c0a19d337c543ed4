/** Where volumes are mounted for the script, each under its id. */
export const swapFolder = '/into';
/** What was unpacked and is not in its place yet, at the top of a volume. */
export const unpacked = '.autogit-restore';

/**
 * POSIX shell for BusyBox and dash that changes what a volume holds without copying it: everything is renamed within the
 * volume. A word in a file says how far it is, and is on the disk before the next step, so that a run that was killed
 * anywhere is undone by the next one.
 *
 *     look V          says of each volume that a run was cut off on
 *     settle V        takes away what that run left, and says what became of it
 *     open V          lets every user reach what was unpacked
 *     swap V FOLDER   what is there goes to `.autogit-before`, what was unpacked into FOLDER takes its place; `-`: nothing does
 *     used V          from now on programs may have written to it
 *     undo V          what was there before comes back
 *     finish V        what was there before is removed
 *
 * `out`: being put aside. `in`: being put into place. `loading`: files are in place. `used`: programs run on it.
 */
export const swapScript = `set -eu
mark() { echo "$1" > "$before/.autogit-state.new"; mv -f "$before/.autogit-state.new" "$before/.autogit-state"; sync; }
state() { if [ -d "$before" ]; then cat "$before/.autogit-state" 2>/dev/null || echo out; fi; }
entries() {
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -e "$entry" ] || [ -L "$entry" ]; then
      case \${entry##*/} in .autogit-*) ;; *) "$2" "$entry" "$3" ;; esac
    fi
  done
}
move() { mv "$1" "$2/"; }
back() { if [ -e "$2/\${1##*/}" ] || [ -L "$2/\${1##*/}" ]; then left=yes; else mv "$1" "$2/"; fi; }
aside() {
  number=1
  while [ -e "$volume/.autogit-kept-$number" ]; do number=$((number + 1)); done
  rm -f "$before/.autogit-state"
  mv "$before" "$volume/.autogit-kept-$number"
  echo "kept $1 .autogit-kept-$number"
}
undo() {
  case $(state) in
    '') return ;;
    out) ;;
    *) rm -rf "$fresh"; mkdir "$fresh"; entries "$volume" move "$fresh" ;;
  esac
  [ "$(state)" = out ] || mark out
  # Something may have been written under the same name meanwhile: both stay.
  left=no
  entries "$before" back "$volume"
  if [ "$left" = yes ]; then aside "$id"; else rm -rf "$before"; fi
  rm -rf "$fresh"
  sync
}
for id in $2; do
  volume=${swapFolder}/$id before=${swapFolder}/$id/.autogit-before fresh=${swapFolder}/$id/${unpacked}
  case $1 in
    look) case $(state) in '' | used) ;; *) echo "cut $id" ;; esac ;;
    open) chmod 0755 "$fresh" "$fresh/dumps" "$fresh"/dumps/* ;;
    settle)
      case $(state) in '') ;; used) aside "$id" ;; *) undo; echo "undone $id" ;; esac
      rm -rf "$fresh"
      ;;
    swap)
      mkdir "$before"
      mark out
      entries "$volume" move "$before"
      mark in
      [ "$3" = - ] || entries "$fresh/$3" move "$volume"
      mark loading
      ;;
    used) mark used ;;
    undo) undo ;;
    finish) rm -rf "$fresh" "$before" ;;
  esac
done
`;
