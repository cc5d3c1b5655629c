# shellcheck shell=bash
# Where an installation has what, and how a step is told and done. Sourced by scripts/install; defines only.

# Tests have the whole tree below another folder.
prefix=${SECURWOMAN_PREFIX:-}
opt=$prefix/opt/securwoman
versions=$opt/versions
current=$opt/current # leads to one of the versions, and is what the service starts
state=$prefix/var/lib/securwoman
etc=$prefix/etc/securwoman
settings=$etc/center.toml
units=$prefix/etc/systemd/system
rules=$prefix/etc/udev/rules.d/99-securwoman-modemmanager.rules
rotation=$prefix/etc/logrotate.d/securwoman
watchdog=$prefix/etc/systemd/system.conf.d/50-securwoman.conf
command=$prefix/usr/local/bin/securwoman
backups=$prefix/var/backups/securwoman
account=securwoman
kind=center                 # or watcher: `for_a_watcher`
own=("$state" "$backups")   # its account's alone
service=securwoman.service
services=("$service" securwoman-backup.service securwoman-check.service)
timers=(securwoman-backup.timer securwoman-check.timer securwoman-backup.path)
doctor=(doctor)
means=(SECURWOMAN_CONFIG="$settings") # what its commands are told besides
content='would serve an alert now'    # the doctor's words when all is well enough

usage_fault() {
    say "$1 (scripts/install --help)"
    exit 2
}

# Whether systemd runs this machine: in a container or a chroot everything is put in place, and nothing started.
has_systemd() { [[ -d $prefix/run/systemd/system ]]; }

# The center's own commands, as its account, with its settings and its state.
center() {
    runuser -u "$account" -- env "${means[@]}" STATE_DIRECTORY="$state" HOME="$state" \
        "$current/.venv/bin/securwoman" "$@"
}

# One of its settings, as the program that is installed reads them; nothing where they cannot be read.
setting() { # TABLE KEY
    runuser -u "$account" -- "$current/.venv/bin/python" -I -c 'import sys, tomllib
value = tomllib.load(open(sys.argv[1], "rb")).get(sys.argv[2], {}).get(sys.argv[3], "")
print(value)' "$settings" "$1" "$2" 2>/dev/null
}

told() { printf '%-14s %s\n' "$1" "$2"; }

# A step NAME is three functions: NAME_words says what it makes, NAME_is_there whether it is made, NAME_make makes it.
# All are told before the first is done; whether one is there is asked again then, since an earlier one may have made it.
carry_out() { # STEP...
    local step missing=()
    for step in "$@"; do
        if "${step}_is_there"; then
            told "is there" "$("${step}_words")"
        else
            told "will be made" "$("${step}_words")"
            missing+=("$step")
        fi
    done
    [[ -z $dry ]] || return 0
    for step in ${missing[@]+"${missing[@]}"}; do
        "${step}_is_there" && continue
        say "$("${step}_words")"
        "${step}_make" || die "$step failed; mend what it says and give the same command again"
    done
    finished
}
