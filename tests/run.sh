#!/usr/bin/env bash
# Builds the solution and runs its tests.
#
#   tests/run.sh                            all of them
#   tests/run.sh Server Core                tests/Krewe.Server.Tests and tests/Krewe.Core.Tests
#   tests/run.sh Server --filter-method '*summary*'   options after the names go to the test runner
#
# KREWE_TEST_CONFIGURATION  Release (default) or Debug
# KREWE_TEST_JOBS           test projects at the same time (default: half the processors, at least one; each uses several itself)
# KREWE_TEST_TIMEOUT        for each project (default: 20m)
#
# What is missing of the browser that the browser tests drive, of Node with npm, which run the push vendors' own libraries, of PostgreSQL, which the
# tests of storage and cluster start for themselves, of slixmpp, a stock client of XMPP, of the proxies and checkers that deploy/ is tested with, and of the ICU library that .NET needs, is installed by apt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

configuration=${KREWE_TEST_CONFIGURATION:-Release}
processors=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
jobs=${KREWE_TEST_JOBS:-$((processors / 2 > 1 ? processors / 2 : 1))}
timeout=${KREWE_TEST_TIMEOUT:-20m}
results=$PWD/artifacts/test-results
log=$PWD/artifacts/test-run.log
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1

mkdir -p "$results"
# A build user without a home, as in some containers.
if [[ ! -w ${HOME:-/nonexistent} ]]; then
  export HOME=$PWD/artifacts/home DOTNET_CLI_HOME=$PWD/artifacts/home
  mkdir -p "$HOME"
fi

say() { printf '%s\n' "$*" >&2; }

install() {
  local root=()
  if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      say "Missing: $*. Neither root nor sudo: please install them."
      return 1
    fi
    root=(sudo -n)
  fi
  if ! command -v apt-get >/dev/null; then
    say "Missing: $*. There is no apt-get here: please install them."
    return 1
  fi
  say "Installing: $*"
  "${root[@]}" apt-get update -qq >"$log" 2>&1 || true
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    return 1
  }
}

names=()
while [[ $# -gt 0 && $1 != -* ]]; do
  names+=("$1")
  shift
done

if ! command -v dotnet >/dev/null; then
  say "The .NET SDK is missing; global.json names the version. See https://dotnet.microsoft.com/download"
  exit 1
fi
# Its folder is not on the path of everybody.
libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null || true)
if [[ ${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-0} != 1 && $libraries != *libicuuc.so* ]]; then
  icu=$(apt-cache search --names-only '^libicu[0-9]+$' 2>/dev/null | awk '{print $1}' | sort -V | tail -n 1)
  install "${icu:-libicu-dev}"
fi
needs_browser=0
needs_node=0
needs_postgres=0
needs_proxies=0
needs_xmpp=0
if [[ ${#names[@]} -eq 0 ]]; then needs_browser=1 needs_node=1 needs_postgres=1 needs_proxies=1 needs_xmpp=1; fi
for name in ${names[@]+"${names[@]}"}; do
  if [[ $name == *EndToEnd* ]]; then needs_browser=1 needs_postgres=1 needs_xmpp=1; fi
  if [[ $name == *TestKit* ]]; then needs_node=1; fi
  if [[ $name == *Storage* || $name == *Checker* ]]; then needs_postgres=1; fi
  if [[ $name == *Deploy* ]]; then needs_postgres=1 needs_proxies=1; fi
done
if [[ $needs_postgres -eq 1 ]] && ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  install postgresql
fi
if [[ $needs_browser -eq 1 ]] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null && ! command -v google-chrome >/dev/null; then
  install chromium fonts-dejavu-core
fi
if [[ $needs_xmpp -eq 1 ]] && ! /usr/bin/python3 -c 'import slixmpp' >/dev/null 2>&1; then
  install python3-slixmpp || say "The tests with slixmpp, a stock XMPP client, are skipped."
fi
if [[ $needs_node -eq 1 ]] && ! { command -v node && command -v npm; } >/dev/null; then
  install nodejs npm || say "The tests of the push vendors' own libraries are skipped."
fi
if [[ $needs_proxies -eq 1 ]] && ! PATH=$PATH:/usr/sbin bash -c 'command -v haproxy && command -v nginx && command -v shellcheck && command -v promtool' >/dev/null; then
  install haproxy nginx-light shellcheck prometheus || say "The tests of deploy/ that need them are skipped."
fi

say "Building ($configuration) …"
if ! dotnet build Cluster.sln -c "$configuration" -v quiet --nologo -clp:NoSummary >"$log" 2>&1; then
  grep -E 'error|warning' "$log" | sort -u >&2 || tail -n 50 "$log" >&2
  say "0 passed, 0 failed, 0 skipped (the build failed)"
  exit 1
fi

targets=()
if [[ ${#names[@]} -eq 0 ]]; then
  for project in tests/*.Tests/*.Tests.csproj; do targets+=("$project"); done
else
  for name in "${names[@]}"; do
    found=
    for project in "tests/Krewe.$name.Tests/Krewe.$name.Tests.csproj" "tests/$name/$name.csproj" "$name"; do
      if [[ -f $project ]]; then
        targets+=("$project")
        found=1
        break
      fi
    done
    if [[ -z $found ]]; then
      say "There is no test project '$name'. There are:" $(ls -d tests/*.Tests | sed 's#tests/Krewe\.##; s#\.Tests##')
      exit 2
    fi
  done
fi

# The runner is given a list of modules, so that it shares the processors among them and adds up.
modules=
for project in "${targets[@]}"; do
  name=$(basename "$project" .csproj)
  modules+="${modules:+;}$(dirname "$project")/bin/$configuration/net10.0/$name.dll"
done

checked=artifacts/checker/summary.txt
rm -f "$checked"
status=0
# A project in which the filter finds nothing is no failure (exit code 8); a run in which no test ran at all is, below.
timeout --kill-after=30s 3h dotnet test --test-modules "$modules" --root-directory "$PWD" --max-parallel-test-modules "$jobs" --results-directory "$results" \
  --no-progress --timeout "$timeout" --ignore-exit-code 8 "$@" 2>&1 | tee "$log" || status=$?

# What the short run against a real cluster did and found.
if [[ -f $checked ]]; then cat "$checked"; fi

# The runner's own summary, "  total: 12" and so on.
count() { awk -v key="$1:" '$1 == key && $2 ~ /^[0-9]+$/ { sum = $2 } END { print sum + 0 }' <(sed 's/\x1b\[[0-9;]*m//g' "$log"); }
passed=$(count succeeded)
failed=$(count failed)
skipped=$(count skipped)
if [[ $((passed + failed)) -eq 0 ]]; then
  say "No test ran."
  status=1
fi
if [[ $failed -gt 0 && $status -eq 0 ]]; then status=1; fi
if [[ $passed -gt 0 && $failed -eq 0 && $status -ne 0 ]]; then say "The test run failed although no test did: see above (a crash or a time-out)."; fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
