#!/usr/bin/env bash
# A whole cluster on this machine, on loopback only: PostgreSQL, two cores, two gateways, HAProxy in front.
#
#   cluster.sh up [--port N] [--build]   start what does not run yet, wait until it is ready, print the addresses
#   cluster.sh status                    what runs and what is ready (exit code 0: all of it, 1: a part, 3: nothing)
#   cluster.sh kill NAME [SIGNAL]        send a signal to one of them, KILL unless told (STOP freezes it, CONT thaws it)
#   cluster.sh drain NAME                stop one in order, and wait until it has left
#   cluster.sh start NAME                bring one back
#   cluster.sh logs NAME [-f]            what it wrote
#   cluster.sh down [--delete]           stop all, and delete the data too
#
# NAME: postgres, core-1, core-2, gateway-1, gateway-2, haproxy
#
# KREWE_LOCAL_STATE   the folder of data, logs and process ids (default: /var/lib/krewe-local for root, else ~/.local/state/krewe-local)
# KREWE_LOCAL_PORT    where clients connect (default: 8080); 20 ports from there on are used
# KREWE_SERVER        a published Krewe.Server.dll; without it the one of this tree is used, and built when it is missing or older than its sources
#
# PostgreSQL and HAProxy are installed by apt when they are missing. Environment variables such as Krewe__Limits__SendRate go to all silos.
set -euo pipefail

readonly names=(postgres core-1 core-2 gateway-1 gateway-2 haproxy)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root
# Debian's haproxy and setpriv are not on everybody's path.
export PATH=$PATH:/usr/sbin:/sbin

if [[ -n ${KREWE_LOCAL_STATE:-} ]]; then
  state=$KREWE_LOCAL_STATE
elif [[ $(id -u) -eq 0 ]]; then
  state=/var/lib/krewe-local
else
  state=${XDG_STATE_HOME:-$HOME/.local/state}/krewe-local
fi
port=${KREWE_LOCAL_PORT:-}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'cluster.sh: %s\n' "$*" >&2
  exit 1
}

# --- Processes -----------------------------------------------------------------------------------------------------------

# When a process started, in ticks since boot: with its id it names one process for ever. Empty if there is none, or only its remains.
started() {
  local line rest
  line=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  rest=${line##*) }
  # shellcheck disable=SC2086 # the fields
  set -- $rest
  if [[ $1 != Z && $1 != X ]]; then printf '%s\n' "${20}"; fi
}

# The id of the process that this script started under a name, if it is still that one.
pid() {
  local id at
  [[ -r $state/run/$1 ]] || return 1
  read -r id at <"$state/run/$1" || return 1
  [[ -n $at && $(started "$id") == "$at" ]] || return 1
  printf '%s\n' "$id"
}

runs() { pid "$1" >/dev/null; }

frozen() { grep -q '^State:.*T (stopped)' "/proc/$1/status" 2>/dev/null; }

# Starts a command under a name, cut off from this terminal.
launch() {
  local name=$1 id
  shift
  setsid "$@" >>"$state/log/$name.log" 2>&1 </dev/null 9>&- &
  id=$!
  printf '%s %s\n' "$id" "$(started "$id")" >"$state/run/$name"
}

# Waits until a process has ended; false if it has not after so many seconds.
ended() {
  local name=$1 tries=$(($2 * 10))
  while runs "$name"; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
  rm -f "$state/run/$name"
}

# --- Ports ---------------------------------------------------------------------------------------------------------------

# One block of ports: the first is what people use.
ports() {
  client_port=$port
  postgres_port=$((port + 10))
}

# The port of a silo's listener: of gateway-2 admin
of() {
  local number=${1#*-} first
  case ${1%-*}/$2 in
    gateway/http) first=0 ;;
    gateway/admin) first=2 ;;
    core/admin) first=4 ;;
    gateway/silo) first=10 ;;
    core/silo) first=12 ;;
    *) fail "there is no port $2 of $1" ;;
  esac
  printf '%s\n' $((port + first + number))
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

need_port() {
  ! listens "$2" || fail "$1 needs port $2, and another program listens there. Stop that, or choose other ports: cluster.sh up --port N"
}

# The status line of a request; empty if nobody answers within two seconds.
answer() {
  # shellcheck disable=SC2016 # $1 and $2 are the inner shell's
  timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.1\r\nHost: local\r\nConnection: close\r\n\r\n" "$2" >&3 && read -r line <&3 && printf "%s\n" "$line"' \
    - "$1" "$2" 2>/dev/null || true
}

# --- What is needed ------------------------------------------------------------------------------------------------------

need_packages() {
  local missing=() sudo=()
  find_postgres >/dev/null || missing+=(postgresql)
  command -v haproxy >/dev/null || missing+=(haproxy)
  if [[ ${#missing[@]} -eq 0 ]]; then return; fi
  command -v apt-get >/dev/null || fail "missing: ${missing[*]}. There is no apt-get here: please install them."
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || fail "missing: ${missing[*]}. Neither root nor sudo: please have them installed (apt-get install ${missing[*]})."
    sudo=(sudo)
  fi
  say "Installing ${missing[*]} …"
  "${sudo[@]}" apt-get update -qq >"$state/log/apt.log" 2>&1 || true
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$state/log/apt.log" 2>&1 ||
    fail "apt-get could not install ${missing[*]}; see $state/log/apt.log"
}

find_postgres() {
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV) ${PATH//:/ }; do
    if [[ -x $folder/initdb && -x $folder/postgres && -x $folder/psql ]]; then
      printf '%s\n' "$folder"
      return
    fi
  done
  return 1
}

# The server to run; built when there is none, or an old one.
find_server() {
  local project=$root/src/Krewe.Server
  server=${KREWE_SERVER:-$project/bin/Release/net10.0/Krewe.Server.dll}
  command -v dotnet >/dev/null || fail "the .NET SDK is missing; global.json names the version. See https://dotnet.microsoft.com/download"
  if [[ -n ${KREWE_SERVER:-} ]]; then
    [[ -f $server ]] || fail "KREWE_SERVER: there is no $server"
  elif [[ ! -f $server || ${build:-} == 1 ||
    -n $(find "$root/src" \( -name bin -o -name obj \) -prune -o -type f -newer "$server" \( -name '*.cs' -o -name '*.csproj' -o -name '*.js' -o -name '*.css' -o -name '*.html' -o -name '*.sql' \) -print -quit) ]]; then
    say "Building the server …"
    dotnet build "$project" -c Release -v quiet --nologo >"$state/log/build.log" 2>&1 || {
      tail -n 20 "$state/log/build.log" >&2
      fail "the build failed; see $state/log/build.log"
    }
    # A build that had nothing to change leaves the file as old as it was.
    touch -c "$server"
  fi
}

# --- The parts -----------------------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root.
as_postgres() {
  if [[ $(id -u) -eq 0 ]]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@")
  else
    "$@"
  fi
}

# 32 letters and digits that only this user reads.
make_secret() { (umask 077 && head -c 512 /dev/urandom | base64 -w 0 | tr -d +/= | cut -c 1-32 >"$1"); }

password() { cat "$state/password"; }

sql() { PGPASSWORD=$(password) "$postgres_bin/psql" -h 127.0.0.1 -p "$postgres_port" -U krewe -d "$1" -qAt -v ON_ERROR_STOP=1 -c "$2"; }

start_postgres() {
  local data=$state/postgres
  postgres_bin=$(find_postgres)
  need_port PostgreSQL "$postgres_port"
  if [[ ! -f $data/PG_VERSION ]]; then
    make_secret "$state/password"
    rm -rf "$data"
    mkdir -m 0700 "$data" "$data/new"
    cp "$state/password" "$data/password"
    if [[ $(id -u) -eq 0 ]]; then chown -R postgres: "$data"; fi
    as_postgres "$postgres_bin/initdb" -D "$data/new" -U krewe --encoding=UTF8 --no-locale --auth=scram-sha-256 --data-checksums --pwfile="$data/password" >>"$state/log/postgres.log" 2>&1 ||
      fail "PostgreSQL's data folder could not be made (user postgres must be able to enter $state); see $state/log/postgres.log"
    rm "$data/password"
    # Only whole ones get the name that is looked for.
    find "$data/new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$data" {} +
    mv "$data/new/PG_VERSION" "$data/" && rmdir "$data/new"
  elif [[ $(cat "$data/PG_VERSION") != "$("$postgres_bin/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')" ]]; then
    fail "$data was made by PostgreSQL $(cat "$data/PG_VERSION"), and $postgres_bin is another: down --delete begins anew"
  fi
  # PostgreSQL takes the remains of a killed one for one that runs, where nobody has cleared them away yet.
  if [[ -f $data/postmaster.pid && -z $(started "$(head -n 1 "$data/postmaster.pid")") ]]; then rm -f "$data/postmaster.pid"; fi
  local command=("$postgres_bin/postgres" -D "$data" -c "port=$postgres_port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200)
  if [[ $(id -u) -eq 0 ]]; then
    command=(setpriv --reuid=postgres --regid=postgres --init-groups "${command[@]}")
  fi
  (cd / && launch postgres "${command[@]}")
}

postgres_ready() { postgres_bin=${postgres_bin:-$(find_postgres)} && [[ $(PGCONNECT_TIMEOUT=2 sql postgres 'select 1' 2>/dev/null) == 1 ]]; }

make_database() {
  if [[ $(sql postgres "select count(*) from pg_database where datname = 'krewe'") == 0 ]]; then
    sql postgres 'create database krewe'
  fi
}

start_silo() {
  local name=$1 role=${1%-*} part
  for part in http admin silo; do
    if [[ $part != http || $role == gateway ]]; then need_port "$name" "$(of "$name" $part)"; fi
  done
  mkdir -p "$state/$name"
  local arguments=(
    "--Krewe:Roles=$role"
    "--Krewe:Admin:Listen=127.0.0.1:$(of "$name" admin)"
    "--Krewe:Cluster:SiloListen=127.0.0.1:$(of "$name" silo)"
    --Krewe:Storage:Provider=postgres
    "--Krewe:Storage:Path=$state/$name"
  )
  if [[ $role == gateway ]]; then
    arguments+=(
      "--Krewe:Http:Listen=127.0.0.1:$(of "$name" http)"
      # Two gateways would want the same port.
      --Krewe:Xmpp:Listen=
      --Krewe:Http:TrustedProxies:0=127.0.0.1
    )
  fi
  (
    cd "$state/$name"
    # In the environment, not on the command line, which everybody on this machine can read.
    Krewe__Storage__ConnectionString="Host=127.0.0.1;Port=$postgres_port;Database=krewe;Username=krewe;Password=$(password)"
    Krewe__Admin__Token=$(cat "$state/admin-token")
    export Krewe__Storage__ConnectionString Krewe__Admin__Token DOTNET_CLI_TELEMETRY_OPTOUT=1
    launch "$name" dotnet exec "$server" "${arguments[@]}"
  )
}

silo_ready() { [[ $(answer "$(of "$1" admin)" /health/ready) == *' 200 '* ]]; }

start_haproxy() {
  need_port HAProxy "$client_port"
  (
    cd "$state"
    export KREWE_PROXY_LISTEN=127.0.0.1:$client_port KREWE_MAX_CLIENTS=4000
    KREWE_GATEWAY_1=127.0.0.1:$(of gateway-1 http) KREWE_GATEWAY_1_ADMIN=$(of gateway-1 admin)
    KREWE_GATEWAY_2=127.0.0.1:$(of gateway-2 http) KREWE_GATEWAY_2_ADMIN=$(of gateway-2 admin)
    export KREWE_GATEWAY_1 KREWE_GATEWAY_1_ADMIN KREWE_GATEWAY_2 KREWE_GATEWAY_2_ADMIN
    launch haproxy haproxy -db -f "$root/deploy/haproxy/haproxy.cfg"
  )
}

# Through to a gateway: 401 is a gateway's answer.
haproxy_ready() { [[ $(answer "$client_port" /v1/mailbox) == *' 401 '* ]]; }

ready() {
  case $1 in
    postgres) postgres_ready ;;
    haproxy) haproxy_ready ;;
    *) silo_ready "$1" ;;
  esac
}

start_one() {
  if runs "$1"; then return; fi
  case $1 in
    postgres) start_postgres ;;
    haproxy) start_haproxy ;;
    *) start_silo "$1" ;;
  esac
}

# Waits until it is ready; says why if it will not be.
await() {
  local name=$1 tries=300
  until ready "$name"; do
    if ! runs "$name"; then
      tail -n 5 "$state/log/$name.log" >&2
      fail "$name ended; see $state/log/$name.log"
    fi
    if frozen "$(pid "$name")"; then fail "$name is frozen: cluster.sh kill $name CONT thaws it"; fi
    ((tries-- > 0)) || fail "$name is not ready after a minute; see $state/log/$name.log"
    sleep 0.2
  done
}

# --- Commands ------------------------------------------------------------------------------------------------------------

known() {
  local name
  for name in "${names[@]}"; do
    if [[ $name == "${1:-}" ]]; then return; fi
  done
  fail "there is no '${1:-}'. There are: ${names[*]}"
}

anything_runs() {
  local name
  for name in "${names[@]}"; do
    if runs "$name"; then return; fi
  done
  return 1
}

prepare() {
  (umask 077 && mkdir -p "$state") || fail "$state cannot be made: choose another folder by KREWE_LOCAL_STATE"
  [[ -O $state ]] || fail "$state belongs to somebody else: choose another folder by KREWE_LOCAL_STATE"
  # The user postgres passes through, and sees nothing but its own folder.
  if [[ $(id -u) -eq 0 ]]; then chmod 0711 "$state"; fi
  (umask 077 && mkdir -p "$state/run" "$state/log")
  exec 9>"$state/lock"
  flock -w 120 9 || fail "another cluster.sh is at work on $state"
}

# The ports of what runs, or ran last.
read_ports() {
  local last=
  if [[ -r $state/port ]]; then last=$(cat "$state/port"); fi
  if [[ -n $port && -n $last && $port != "$last" ]] && anything_runs; then
    fail "the cluster runs on port $last: stop it first (cluster.sh down)"
  fi
  port=${port:-${last:-8080}}
  [[ $port =~ ^[0-9]+$ && $port -ge 1 && $port -le 65515 ]] || fail "--port: $port is not a port from 1 to 65515"
  ports
}

must_exist() { [[ -d $state/run ]] || fail "there is no cluster in $state: cluster.sh up starts one"; }

up() {
  build=
  while [[ $# -gt 0 ]]; do
    case $1 in
      --port) port=${2:?--port needs a number} && shift 2 ;;
      --build) build=1 && shift ;;
      *) fail "up: unknown option $1" ;;
    esac
  done
  prepare
  read_ports
  need_packages
  find_server
  printf '%s\n' "$port" >"$state/port"
  if [[ ! -s $state/admin-token ]]; then
    make_secret "$state/admin-token"
  fi
  start_one postgres
  await postgres
  make_database
  local name
  for name in core-1 core-2 gateway-1 gateway-2; do start_one "$name"; done
  for name in core-1 core-2 gateway-1 gateway-2; do await "$name"; done
  start_one haproxy
  await haproxy
  addresses
}

addresses() {
  say "The cluster is ready."
  say "  clients    http://127.0.0.1:$client_port/ (HAProxy over gateway-1 and gateway-2)"
  local name
  for name in core-1 core-2 gateway-1 gateway-2; do
    say "  $(printf %-10s "$name") admin http://127.0.0.1:$(of "$name" admin)/"
  done
  say "  token      $state/admin-token"
  say "  data, logs $state"
}

status() {
  must_exist
  read_ports
  local name id word at ready=0 all=${#names[@]} running=0
  for name in "${names[@]}"; do
    case $name in
      postgres) at=127.0.0.1:$postgres_port ;;
      haproxy) at=http://127.0.0.1:$client_port/ ;;
      gateway-*) at="http://127.0.0.1:$(of "$name" http)/ admin :$(of "$name" admin)" ;;
      *) at="admin http://127.0.0.1:$(of "$name" admin)/" ;;
    esac
    if id=$(pid "$name"); then
      running=$((running + 1))
      if frozen "$id"; then
        word=frozen
      elif ready "$name"; then
        word=ready
        ready=$((ready + 1))
      else
        word='not ready'
      fi
    else
      id=- word=stopped
      if [[ -e $state/run/$name ]]; then word=died; fi
    fi
    printf '%-10s %-10s %-8s %s\n' "$name" "$word" "$id" "$at"
  done
  if [[ $running -eq 0 ]]; then return 3; fi
  [[ $ready -eq $all ]]
}

kill_one() {
  known "${1:-}"
  must_exist
  local id signal=${2:-KILL}
  signal=${signal#SIG}
  kill -l "$signal" >/dev/null 2>&1 || fail "there is no signal '$signal'"
  id=$(pid "$1") || fail "$1 does not run"
  # PostgreSQL's children are frozen, thawed and killed with it.
  if [[ $1 == postgres && $signal =~ ^(KILL|STOP|CONT|9|18|19)$ ]]; then
    local child children
    # Before: who has lost its parent is nobody's child.
    children=$(pgrep -P "$id" || true)
    kill -s "$signal" "$id"
    for child in $children; do kill -s "$signal" "$child" 2>/dev/null || true; done
  else
    kill -s "$signal" "$id"
  fi
  if [[ $signal == KILL || $signal == 9 ]]; then ended "$1" 10 || fail "$1 does not die"; fi
  say "$1 (process $id): SIG$signal"
}

# An ordered stop; a frozen one is thawed for it, and one that does not come to an end is killed.
stop() {
  local name=$1 id signal=TERM
  if ! id=$(pid "$name"); then
    rm -f "$state/run/$name"
    return
  fi
  # PostgreSQL's "fast" stop, which does not wait for its clients; HAProxy's that does not either.
  if [[ $name == postgres ]]; then signal=INT; fi
  kill -s "$signal" "$id" 2>/dev/null || true
  if frozen "$id"; then
    kill -s CONT "$id" 2>/dev/null || true
    pgrep -P "$id" | xargs -r kill -s CONT 2>/dev/null || true
  fi
  if ! ended "$name" "${2:-60}"; then
    say "$name did not stop in ${2:-60} s and is killed; see $state/log/$name.log"
    kill -s KILL "$id" 2>/dev/null || true
    ended "$name" 10 || fail "$name does not die"
  fi
}

drain() {
  known "${1:-}"
  must_exist
  runs "$1" || fail "$1 does not run"
  say "$1 stops in order …"
  stop "$1"
  say "$1 has left."
}

start_named() {
  known "${1:-}"
  must_exist
  prepare
  read_ports
  find_server
  if runs "$1"; then
    say "$1 runs already."
  elif [[ $1 != postgres && $1 != haproxy ]] && ! postgres_ready; then
    fail "$1 needs PostgreSQL: cluster.sh start postgres"
  fi
  start_one "$1"
  await "$1"
  say "$1 is ready."
}

logs() {
  known "${1:-}"
  must_exist
  if [[ ${2:-} == -f ]]; then exec tail -n 50 -f "$state/log/$1.log"; fi
  cat "$state/log/$1.log"
}

down() {
  if [[ -n ${1:-} && $1 != --delete ]]; then fail "down: unknown option $1"; fi
  if [[ ! -d $state/run ]]; then
    say "There is no cluster in $state."
    return
  fi
  prepare
  local name
  # From the outside in: nobody is left without what it needs to stop in order.
  for name in gateway-1 gateway-2; do stop "$name" & done
  wait
  stop haproxy 5
  for name in core-1 core-2; do stop "$name" & done
  wait
  stop postgres
  if [[ ${1:-} == --delete ]]; then
    rm -rf "${state:?}"/{postgres,core-1,core-2,gateway-1,gateway-2,run,log,lock,port,password,admin-token}
    rmdir "$state" 2>/dev/null || true
    say "The cluster is stopped and deleted."
  else
    say "The cluster is stopped. Its data is in $state; cluster.sh down --delete deletes it."
  fi
}

verb=${1:-}
shift || true
case $verb in
  up) up "$@" ;;
  status) status ;;
  kill) kill_one "$@" ;;
  drain) drain "$@" ;;
  start) start_named "$@" ;;
  logs) logs "$@" ;;
  down) down "$@" ;;
  *)
    sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
    [[ $verb == help || $verb == --help || $verb == -h ]] || exit 2
    ;;
esac
