# Sourced by .ci/setup.sh. A step is a command with a title and an expected time. On a terminal the running step is one
# line that is drawn again every second; with CI=true or without a terminal each step is a plain line when it begins,
# each minute, and when it ends. What a step prints goes to a log of its own, which a failure names.
#
#   step TITLE SECONDS COMMAND...              runs it; its exit status is the command's
#   begin_step TITLE SECONDS COMMAND...        starts it beside the others
#   await_step TITLE                           waits for that one
#   skip_step TITLE WHY                        only for the summary
#   print_summary                              every step's outcome and time

STEP_TITLES=()
declare -A STEP_OUTCOME STEP_TOOK STEP_LOG STEP_PROCESS STEP_BEGUN STEP_EXPECTED
STEP_TICKER=""

[ -t 1 ] && [ "${CI:-}" != true ] && STEP_LIVE=yes || STEP_LIVE=no

# open_logs FOLDER : where the logs go.
open_logs() {
  STEP_LOGS=$1
  mkdir -p "$STEP_LOGS" || exit 2
  # A pipe that nobody writes to, for the ticker to wait on without a process of its own.
  rm -f "$STEP_LOGS/never"
  mkfifo "$STEP_LOGS/never" && exec {STEP_NEVER}<>"$STEP_LOGS/never" || exit 2
}

in_words() {
  local seconds=$1
  if [ "$seconds" -lt 100 ]; then echo "$seconds s"; else echo "$((seconds / 60)) min $((seconds % 60)) s"; fi
}

record_step() {
  local title=$1
  STEP_TITLES+=("$title")
  STEP_LOG[$title]="$STEP_LOGS/$(tr -cs '[:alnum:]' '-' <<<"$title" | sed 's/-$//').log"
  STEP_BEGUN[$title]=$SECONDS
}

step() {
  local title=$1 expected=$2 status=0
  shift 2
  record_step "$title"
  STEP_EXPECTED[$title]=$expected
  [ $STEP_LIVE = yes ] || echo "-- $title (about $(in_words "$expected"))"
  start_ticker "$title"
  # In the foreground, so that Ctrl-C reaches it. What it leaves running must not hold the lock of the checkout.
  "$@" >"${STEP_LOG[$title]}" 2>&1 </dev/null {CHECKOUT_LOCK}>&- || status=$?
  stop_ticker
  end_step "$title" $status
}

begin_step() {
  local title=$1 expected=$2
  shift 2
  record_step "$title"
  STEP_EXPECTED[$title]=$expected
  echo "-- $title, beside the next steps (about $(in_words "$expected"))"
  # In a session of its own, so that all of it can be ended.
  setsid "$@" >"${STEP_LOG[$title]}" 2>&1 </dev/null {CHECKOUT_LOCK}>&- &
  STEP_PROCESS[$title]=$!
}

await_step() {
  local title=$1 status=0
  start_ticker "$title"
  wait "${STEP_PROCESS[$title]}" || status=$?
  stop_ticker
  unset "STEP_PROCESS[$title]"
  end_step "$title" $status
}

skip_step() {
  STEP_TITLES+=("$1")
  STEP_OUTCOME[$1]="not run: $2"
  STEP_TOOK[$1]=0
  echo "no $1: $2"
}

end_step() {
  local title=$1 status=$2
  STEP_TOOK[$title]=$((SECONDS - STEP_BEGUN[$title]))
  if [ "$status" = 0 ]; then
    STEP_OUTCOME[$title]=ok
    echo "ok $title, $(in_words "${STEP_TOOK[$title]}")"
    return 0
  fi
  STEP_OUTCOME[$title]=FAILED
  echo "FAILED $title (exit $status) after $(in_words "${STEP_TOOK[$title]}"); log: ${STEP_LOG[$title]}; its last lines:"
  tail -n 12 "${STEP_LOG[$title]}" | sed 's/^/   | /'
  return "$status"
}

# The ticker draws; it ends by itself when the script is gone.
# Bash complains on standard error when it is ended while it waits for a command of its own.
start_ticker() {
  tick "$1" 2>/dev/null &
  STEP_TICKER=$!
}

stop_ticker() {
  [ -n "$STEP_TICKER" ] || return 0
  kill "$STEP_TICKER" 2>/dev/null
  wait "$STEP_TICKER" 2>/dev/null
  STEP_TICKER=""
  [ $STEP_LIVE = no ] || printf '\r\033[K'
}

tick() {
  local title=$1 elapsed last
  trap - INT TERM EXIT
  while kill -0 $$ 2>/dev/null; do
    elapsed=$((SECONDS - STEP_BEGUN[$title]))
    if [ $STEP_LIVE = yes ]; then
      printf '\r\033[K.. %s: %s of about %s' "$title" "$(in_words $elapsed)" "$(in_words "${STEP_EXPECTED[$title]}")"
    elif [ $elapsed -gt 0 ] && [ $((elapsed % 60)) = 0 ]; then
      last=$(tail -n 1 "${STEP_LOG[$title]}" 2>/dev/null | cut -c1-100)
      echo ".. $title: $(in_words $elapsed) of about $(in_words "${STEP_EXPECTED[$title]}"): $last"
    fi
    read -rt 1 -u "$STEP_NEVER"
  done
}

# Ends what still runs beside; for the EXIT trap.
end_all_steps() {
  local process
  stop_ticker
  for process in "${STEP_PROCESS[@]}"; do
    kill -TERM -- "-$process" 2>/dev/null && echo "ended what ran beside (process group $process)"
  done
  wait
}

print_summary() {
  local title
  echo
  for title in "${STEP_TITLES[@]}"; do
    printf '%-58s %10s  %s\n' "$title" "$(in_words "${STEP_TOOK[$title]:-0}")" "${STEP_OUTCOME[$title]:-interrupted}"
  done
}

# 0 only if every step is ok.
all_steps_ok() {
  local title
  for title in "${STEP_TITLES[@]}"; do
    [ "${STEP_OUTCOME[$title]:-}" = ok ] || return 1
  done
}
