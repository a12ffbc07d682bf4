#!/usr/bin/env bash
# The steps of the GitHub action (action.yml), as a script that runs anywhere; inputs come as variables RELUCERT_*, so
# that no text of the workflow is ever part of a command.
#   action.sh install    installs this checkout of relucert
#   action.sh check      checks the ledgers, writes the reports, and exits with the code of `relucert claims check`
set -euo pipefail
python=${RELUCERT_PYTHON:-python3}

install() {
    "$python" -m pip install --disable-pip-version-check --quiet "${GITHUB_ACTION_PATH:?}[prove]"
}

check() {
    local output=${RELUCERT_OUTPUT:-relucert-report} code=0 summary
    local -a options=() paths=()
    read -r -a paths <<<"${RELUCERT_PATHS:-.}"
    [ "${RELUCERT_FROZEN:-true}" = true ] && options+=(--frozen)
    [ "${RELUCERT_ALLOW_CODE:-false}" = true ] && options+=(--allow-code)
    [ -n "${RELUCERT_GRADE:-}" ] && options+=(--grade "$RELUCERT_GRADE")
    mkdir -p "$output"
    rm -f "$output"/{summary.md,claims.sarif,claims.xml,claims.html,badge.json} # those of an earlier run
    "$python" -m relucert.cli claims check "${options[@]}" --markdown "$output/summary.md" --sarif "$output/claims.sarif" \
        --junit "$output/claims.xml" --html "$output/claims.html" --badge "$output/badge.json" -- "${paths[@]}" || code=$?
    summary="nothing was checked, exit code $code"
    if [ -f "$output/summary.md" ]; then
        cat "$output/summary.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
        summary=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["message"])' "$output/badge.json")
    else
        echo "## Claims: $summary" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    fi
    {
        echo "exit-code=$code"
        echo "summary=$summary"
        echo "sarif=$output/claims.sarif"
        echo "badge=$output/badge.json"
    } >>"${GITHUB_OUTPUT:-/dev/null}"
    return "$code"
}

case ${1:-} in
install | check) "$1" ;;
*) echo "usage: action.sh install | check" >&2 && exit 2 ;;
esac
