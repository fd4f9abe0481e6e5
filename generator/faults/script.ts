/**
 * A fault on its node: a script below /run, which one transient unit of systemd begins, holds and ends. So it ends in
 * time whatever becomes of labgen and of its connection, and a reboot ends it, too.
 */
import { pasteable } from '../drivers/run-command.js';
import type { NodeCommand } from '../model/check.js';
import type { Fault } from '../model/fault.js';

type Argv = NodeCommand['argv'];

const FOLDER = '/run/labgen/faults';

/** One of those that exclude each other; also the name of the unit. */
export function slotOf(fault: Fault): string {
  return (fault.slot ?? fault.words.join(' ')).replaceAll(/--network /g, '').replaceAll(/\W+/g, '-');
}

/** What the unit runs, but for its first lines. */
export function scriptOf(fault: Fault, seconds: number): string {
  const lines = (indent: string, commands: readonly Argv[], after = ''): string => commands.map((argv) => `${indent}${pasteable(argv)}${after}\n`).join('');
  return `export LABGEN_SECONDS=${seconds}
case $1 in
  begin)
    exec 2>"$0.said"
    set -e
${lines('    ', fault.begin)}    ;;
  hold)
${
    fault.again === undefined
      ? `    exec sleep ${seconds}\n`
      : `    ends=$(($(cut -d . -f 1 /proc/uptime) + ${seconds}))\n    while [ "$(cut -d . -f 1 /proc/uptime)" -lt "$ends" ]; do\n${lines('      ', fault.again, ' >/dev/null 2>&1')}      sleep 0.2\n    done\n`
  }    ;;
  end)
    # What could not be had has changed nothing.
    grep -qs '^unavailable: ' "$0.said" || {
${lines('      ', fault.end)}      :
    }
    rm -f "$0"
    ;;
esac
`;
}

/** Exit code where one of the slot is there already. */
export const TAKEN = 17;

/** Words: slot, seconds, name, what its end needs; the script on standard input. systemd-run comes back when the fault has begun. */
const BEGIN = `set -eu
file=${FOLDER}/$1
mkdir -p ${FOLDER}
script=$(cat)
# Two of a slot would take each other's script away.
exec 9>${FOLDER}/.lock
flock 9
case $(systemctl show --property=ActiveState --value "labgen-fault-$1.service") in
  inactive | failed) ;;
  *)
    sed -n '2s/^# [0-9]* //p' "$file" 2>/dev/null || true
    exit ${TAKEN}
    ;;
esac
printf '#!/bin/sh\\n# %s %s\\n%s\\n' "$(($(date +%s) + $2))" "$3" "$script" >"$file"
if ! said=$(systemd-run --quiet --collect --unit="labgen-fault-$1" --description="labgen fault: $3" \\
  --property=ExecStartPre="/bin/sh $file begin" --property=ExecStopPost="/bin/sh $file end" \\
  --property=TimeoutStopSec=60 --property=After="$4" /bin/sh "$file" hold 2>&1 9>&-); then
  [ ! -s "$file.said" ] || said=$(cat "$file.said")
  rm -f "$file" "$file.said"
  echo "$said" >&2
  exit 1
fi
rm -f "$file.said"`;

export function beginWords(fault: Fault, seconds: number): Argv {
  return ['sh', '-c', BEGIN, 'sh', slotOf(fault), String(seconds), fault.words.join(' '), fault.needs ?? ''];
}

/** A line for each: slot, seconds left, name. */
const LIST = `for file in ${FOLDER}/*; do
  case $file in *.*) continue ;; esac
  [ -f "$file" ] || continue
  now=$(date +%s)
  sed -n "2s/^# \\([0-9]*\\) /\${file##*/} \\1 $now /p" "$file"
done`;

export const LIST_WORDS: Argv = ['sh', '-c', LIST];

export interface ActiveFault {
  /** Where it was made. */
  readonly node: string;
  readonly slot: string;
  readonly name: string;
  /** Below zero where it is over time. */
  readonly secondsLeft: number;
}

export function readList(node: string, text: string): readonly ActiveFault[] {
  return text.split('\n').flatMap((line) => {
    const [, slot, until, now, name] = /^(\S+) (\d{1,12}) (\d{1,12}) (.+)$/.exec(line) ?? [];
    return slot === undefined || name === undefined ? [] : [{ node, slot, name, secondsLeft: Number(until) - Number(now) }];
  });
}

/** Where its unit has gone without ending it, its script still does. */
const END = `systemctl stop "labgen-fault-$1.service" 2>/dev/null || true
[ ! -e "${FOLDER}/$1" ] || /bin/sh "${FOLDER}/$1" end`;

export function endWords(slot: string): Argv {
  return ['sh', '-c', END, 'sh', slot];
}
