# shellcheck shell=bash
# Sets up .venv from the hash-locked requirements. Sourced by scripts/run and scripts/test; defines functions only.
#
# What is fresh is known from a stamp inside .venv: the hash of everything that decides what has to be installed. With a
# fresh stamp `setup` starts two short processes and returns; it must stay that cheap, since it is on the way of every start.
# Nothing here may print to stdout: that belongs to the command that follows.

root=$(CDPATH='' cd -- "${BASH_SOURCE[0]%/*}/../.." && pwd -P) || exit 1
venv=$root/.venv

# The center runs with what the lock names and with nothing from the caller's environment.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP
unset PIP_TARGET PIP_PREFIX PIP_USER # these send what pip installs elsewhere
# Without the byte code of its modules every process would compile all of them again, and a center has dozens of processes.
unset PYTHONDONTWRITEBYTECODE
# A command started with its standard input closed would get the next opened file in its place.
[[ -e /proc/self/fd/0 ]] || exec </dev/null

say() { printf 'securwoman: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# What the environment has to match, for one kind of set-up: the locks, the project's metadata, this procedure, the place of
# the checkout (scripts in .venv/bin carry it), and the interpreter behind .venv (which a distribution's upgrade may replace).
setup_key() { # KIND
    local files=("$root/requirements-build.lock" "$root/requirements.lock" "$root/pyproject.toml" "$root/scripts/lib/setup.sh")
    [[ $1 == runtime ]] || files+=("$root/requirements-$1.lock")
    local python sum
    python=$(readlink -e -- "$venv/bin/python") || return 1
    sum=$(cat -- "${files[@]}" | sha256sum) || return 1
    printf '%s %s %s\n' "${sum%% *}" "$python" "$root"
}

setup_is_fresh() { # KIND
    local stamp key
    { read -r stamp <"$venv/.securwoman-$1"; } 2>/dev/null || return 1
    key=$(setup_key "$1" 2>/dev/null) || return 1
    [[ $stamp == "$key" ]]
}

# Installs Debian packages when it may; otherwise says how. Non-zero when they are not there afterwards.
install_debian() { # WHY PACKAGE...
    local why=$1
    shift
    local line="apt-get update && apt-get install -y --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        say "$why: this needs what Debian calls $*"
        return 1
    fi
    if ((EUID != 0)); then
        say "$why. Run this line, then try again:"
        if command -v sudo >/dev/null; then printf '    sudo sh -c "%s"\n' "$line"; else printf '    su -c "%s"\n' "$line"; fi >&2
        return 1
    fi
    say "$why: installing $*"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    local install=("${apt[@]}" install -y --no-install-recommends "$@")
    # The package lists may be absent (a bare image) or too old to name a version that still exists: then fetch them.
    "${install[@]}" </dev/null >/dev/null 2>&1 9>&- && return 0
    { "${apt[@]}" update && "${install[@]}"; } </dev/null >&2 9>&- && return 0
    say "$why: apt-get failed; the line was: $line"
    return 1
}

# Prints an interpreter of 3.11 or later that can make a virtual environment with pip.
find_python() {
    local candidate path version without='' without_version=''
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        path=$(command -v -- "$candidate") || continue
        [[ $path != "$venv"/* ]] || continue # active in the caller's shell, and about to be cleared
        version=$("$candidate" -I -c 'import sys
if sys.version_info >= (3, 11):
    print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        [[ -n $version ]] || continue
        if "$candidate" -I -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
        [[ -n $without ]] || without=$candidate without_version=$version
    done
    if [[ -z $without ]]; then
        say "Python 3.11 or later is needed, and no python3 here is that new"
        return 1
    fi
    # A bare Debian has the interpreter and not the module that makes environments.
    install_debian "$without cannot make a virtual environment" "python$without_version-venv" || return 1
    "$without" -I -c 'import ensurepip, venv' 2>/dev/null || { say "$without still cannot make a virtual environment"; return 1; }
    printf '%s\n' "$without"
}

# True when .venv works, was made for this very place, and has pip.
venv_is_usable() {
    [[ -x $venv/bin/python && -f $venv/pyvenv.cfg ]] || return 1
    "$venv/bin/python" -I - "$venv" <<'PYTHON' 2>/dev/null
import pathlib, sys
import pip
script = pathlib.Path(sys.prefix, "bin", "pip").read_text()
usable = sys.version_info >= (3, 11) and sys.prefix == sys.argv[1] and sys.argv[1] in script
raise SystemExit(not usable)
PYTHON
}

# pip compiles all that it installs, which takes longer than the rest; the first start compiles the fifth that it needs.
pip_install() { pip install --quiet --no-compile "$@"; }

pip() { "$venv/bin/python" -I -m pip --disable-pip-version-check --no-input "$@" </dev/null >&2 9>&-; }

# A package brings the wheels of what its locks name: then nothing is fetched, and pip is quick enough.
if [[ -d $root/wheels ]]; then export PIP_NO_INDEX=1 PIP_FIND_LINKS=$root/wheels; fi

# uv installs the lock in a tenth of pip's time. It does not read pip's settings, so what matters of them is handed over:
# the mirror, when there is one, and the machine's own certificates.
uv() {
    local args=(--quiet --no-progress --python "$venv/bin/python" "$@")
    [[ ! -e /etc/ssl/certs/ca-certificates.crt ]] || args=(--system-certs "${args[@]}")
    [[ -z $mirror ]] || local -x UV_DEFAULT_INDEX=$mirror
    [[ -n ${HOME:-} && -d $HOME && -w $HOME ]] || local -x HOME=$venv UV_CACHE_DIR=$venv/cache
    "$venv/bin/uv" pip install "${args[@]}" </dev/null >&2 9>&-
}

# thespian comes as a source archive and the project itself is installed in place: both are built with the locked tools that
# the first step has brought, hence no build isolation, and nothing that a lock does not name is ever downloaded.
install_lock() { # LOCK
    local args=(--no-deps --no-build-isolation --require-hashes -r "$1")
    if [[ ! -d $root/wheels ]]; then
        uv "${args[@]}" && return 0
        say "uv could not install $1; trying with pip, which takes longer"
    fi
    pip_install "${args[@]}"
}

install_project() {
    local args=(--no-deps --no-build-isolation --editable "$root")
    { [[ ! -d $root/wheels ]] && uv "${args[@]}"; } || pip_install "${args[@]}"
}

setup_locked() { # KIND
    local kind=$1 lock=$root/requirements.lock python mirror started=$SECONDS
    setup_is_fresh "$kind" && return 0 # another start was setting it up while this one waited
    [[ $kind == runtime ]] || lock=$root/requirements-$kind.lock
    say "setting up $venv ($kind), once"
    rm -f -- "$venv"/.securwoman-* || return 1
    if ! venv_is_usable; then
        python=$(find_python) || return 1
        "$python" -I -m venv --clear "$venv" </dev/null >&2 9>&- || return 1
    fi
    pip_install --no-deps --require-hashes -r "$root/requirements-build.lock" || return 1
    mirror=$("$venv/bin/python" -I -m pip config list 2>/dev/null | sed -n "s/^.*\.index-url='\(.*\)'\$/\1/p" | tail -n 1)
    install_lock "$lock" || return 1
    install_project || return 1
    rm -rf -- "$venv/cache" # there only when the caller had no home
    [[ $kind == runtime ]] || write_stamp runtime || return 1
    write_stamp "$kind" || return 1
    say "set up in $((SECONDS - started)) s"
}

write_stamp() { # KIND
    local key
    key=$(setup_key "$1") || return 1
    printf '%s\n' "$key" >"$venv/.securwoman-$1"
}

# Makes .venv what the locks say. KIND is `runtime`, or `dev`, which is the runtime and what the tests need.
setup() { # KIND
    setup_is_fresh "$1" && return 0
    # One set-up at a time in a checkout: this very file is what is locked, so that no lock file is left about.
    exec 9<"$root/scripts/lib/setup.sh"
    flock 9
    setup_locked "$1" || die "the set-up failed"
    exec 9<&-
}
