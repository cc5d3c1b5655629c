# shellcheck shell=bash
# The steps of an installation, in their order; each is three functions, see `carry_out`.

install_steps=(packages account folders version current shortcut settings pages certificate key backup_key rules units
    upkeep backup_place service first_backup first_admin)

packages_needed() {
    local alsa=libasound2t64 package
    [[ $(cut -d. -f1 "$prefix/etc/debian_version") != 12 ]] || alsa=libasound2
    for package in python3 python3-venv ca-certificates "$alsa" udev; do
        # One whose trigger still waits is there as well.
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) =~ ^(installed|triggers-) ]] ||
            printf '%s\n' "$package"
    done
}
packages_words() { printf "Debian's python3, python3-venv, ca-certificates, ALSA's library and udev\n"; }
# Within a package's own script they are there, as it depends on them, and nothing else can be installed meanwhile.
packages_is_there() { [[ -n ${DPKG_MAINTSCRIPT_NAME:-} || -z $(packages_needed) ]]; }
packages_make() {
    local needed
    mapfile -t needed < <(packages_needed)
    install_debian "the center needs them" "${needed[@]}"
}

account_words() { printf 'account %s, in the groups dialout (modems) and audio (their sound cards)\n' "$account"; }
account_is_there() { [[ " $(id -Gn "$account" 2>/dev/null) " == *" dialout "* && " $(id -Gn "$account") " == *" audio "* ]]; }
account_make() {
    if id "$account" >/dev/null 2>&1; then
        usermod -aG dialout,audio "$account"
    else
        useradd --system --user-group --home-dir "$state" --shell /usr/sbin/nologin --groups dialout,audio "$account"
    fi
}

folders_words() { printf 'folders %s, %s\n' "$etc" "${own[*]}"; }
folders_is_there() {
    local folder
    for folder in "$etc" "${own[@]}"; do [[ -d $folder ]] || return 1; done
}
folders_make() {
    install -d -m 700 -o "$account" -g "$account" "${own[@]}" && install -d -m 750 -g "$account" "$etc"
}

shortcut_text() {
    cat <<TEXT
#!/bin/sh
# The center's commands, as its account, with its settings and its state.
set -- env ${means[*]} STATE_DIRECTORY=$state HOME=$state $current/.venv/bin/securwoman "\$@"
[ "\$(id -un)" = $account ] || set -- runuser -u $account -- "\$@"
exec "\$@"
TEXT
}
shortcut_words() { printf 'command %s\n' "$command"; }
shortcut_is_there() { shortcut_text | cmp -s - "$command"; }
shortcut_make() { install -d "${command%/*}" && shortcut_text >"$command" && chmod 755 "$command"; }

# What browsers and phones are told to ask for: a name that a network knows, else an address.
center_host() {
    local name address
    if [[ -n $host ]]; then
        printf '%s\n' "$host"
        return
    fi
    name=$(hostname -f 2>/dev/null || hostname)
    address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -F .) || address=''
    if [[ $name == *.* || -z $address ]]; then printf '%s\n' "$name"; else printf '%s\n' "$address"; fi
}

own_certificate=$state/certificate/center.pem
certificate_place() { if [[ -n $certificate ]]; then printf '%s\n' "$etc/center.pem"; else printf '%s\n' "$own_certificate"; fi; }

settings_words() {
    if settings_is_there; then
        printf 'settings %s\n' "$settings"
    else
        printf 'settings %s (https://%s:8112, backups to %s)\n' "$settings" "$(center_host)" "$backups"
    fi
}
settings_is_there() { [[ -e $settings ]]; }
settings_make() {
    local pem
    pem=$(certificate_place)
    if [[ -n $config ]]; then
        install -m 640 -g "$account" "$config" "$settings"
        return
    fi
    local http='host = "0.0.0.0"\
certificate = "'$pem'"\
key = "'${pem%.pem}.key'"\
public_url = "https://'$(center_host)':8112"\
metrics = "127.0.0.1:9112"'
    local backup='file = "'$backups'/center.age"\
to = ["'$state'/keys/trial.pub"]\
identity = "'$state'/keys/trial.key"'
    sed -e "/^\[http\]/a\\
$http" -e "/^\[backup\]/a\\
$backup" "$root/config/center.toml" >"$settings.new" &&
        chgrp "$account" "$settings.new" && chmod 640 "$settings.new" && mv -- "$settings.new" "$settings"
}

# What the console's pages change is put in the file's place at once, which takes a folder that may be written to. Its
# sticky bit leaves everything else there to whoever it belongs to: certificate and key are root's.
pages_words() { printf 'that the pages may write %s, and no other file there\n' "$settings"; }
pages_is_there() { [[ $(stat -c %U "$settings") == "$account" && $(stat -c %a "$etc") == 1770 ]]; } 2>/dev/null
pages_make() { chown "$account:$account" "$settings" && chmod 1770 "$etc"; }

# Only settings that name what this procedure makes have it made: who has another certificate keeps it.
names_in_settings() { [[ ! -e $settings && -z $config ]] || grep -qs -- "\"$1\"" "$settings" "$config"; }

certificate_words() {
    if [[ -n $certificate ]]; then
        printf 'certificate %s, copied from %s\n' "$etc/center.pem" "$certificate"
    else
        printf "certificate %s, by an authority of the center's own\n" "$own_certificate"
    fi
}
certificate_is_there() {
    if [[ -n $certificate ]]; then
        cmp -s "$certificate" "$etc/center.pem"
    else
        ! names_in_settings "$own_certificate" || lasts "$own_certificate"
    fi
}
# For a month more; whoever runs the procedure again has one renewed before anybody's browser minds.
lasts() { # CERTIFICATE
    [[ -e $1 ]] && "$current/.venv/bin/python" -I -c 'import datetime, sys
from cryptography.x509 import load_pem_x509_certificate as load
left = load(open(sys.argv[1], "rb").read()).not_valid_after_utc - datetime.datetime.now(datetime.UTC)
sys.exit(left.days < 30)' "$1" 2>/dev/null
}
certificate_make() {
    if [[ -n $certificate ]]; then
        # The key first: a pair is tried before it is served, and until both fit the one before is.
        key_make && install -m 640 -g "$account" "$certificate" "$etc/center.pem"
        return
    fi
    local names=() name
    for name in "$(center_host)" "$(hostname)" localhost 127.0.0.1 $(hostname -I 2>/dev/null); do
        names+=(--name "$name")
    done
    center certificate make "${names[@]}" >&2
}

key_words() { printf 'key of the certificate\n'; }
key_is_there() { [[ -z $key ]] || cmp -s "$key" "$etc/center.key"; }
key_make() { install -m 640 -g "$account" "$key" "$etc/center.key"; }

backup_key_words() { printf "a key of this machine's own for its backups, %s\n" "$state/keys/trial.key"; }
backup_key_is_there() { ! names_in_settings "$state/keys/trial.pub" || [[ -s $state/keys/trial.pub ]]; }
backup_key_make() {
    local made
    runuser -u "$account" -- mkdir -p -m 700 "$state/keys" || return 1
    made=$(center backup --new-key "$state/keys/trial.key" | tail -n 1) || return 1
    printf '%s\n' "$made" | runuser -u "$account" -- sh -c 'umask 077 && cat >"$1"' sh "$state/keys/trial.pub"
}

rules_words() { printf 'udev rules %s\n' "$rules"; }
rules_is_there() { cmp -s "$root/deploy/${rules##*/}" "$rules"; }
rules_make() {
    install -D -m 644 "$root/deploy/${rules##*/}" "$rules" || return 1
    # Where no udevd runs, in a container, there is nobody to tell.
    [[ ! -S $prefix/run/udev/control ]] || { udevadm control --reload &&
        udevadm trigger --subsystem-match=usb --subsystem-match=tty --subsystem-match=sound; }
}

units_words() { printf 'units of systemd: %s\n' "${services[*]} ${timers[*]}"; }
units_is_there() {
    local unit
    for unit in "${services[@]}" "${timers[@]}"; do cmp -s "$root/deploy/$unit" "$units/$unit" || return 1; done
}
units_make() {
    install -d "$units" && install -m 644 "${services[@]/#/$root/deploy/}" "${timers[@]/#/$root/deploy/}" "$units" &&
        daemon_reload
}
upkeep_words() { printf 'a log file a day, and the machine started again by its watchdog where it hangs\n'; }
upkeep_is_there() { cmp -s "$root/deploy/logrotate/securwoman" "$rotation" && cmp -s "$root/deploy/securwoman-watchdog.conf" "$watchdog"; }
upkeep_make() { upkeep_of "$root" && daemon_reload; }
# A version that had none of it takes it away.
upkeep_of() { # VERSION
    if [[ -e $1/deploy/securwoman-watchdog.conf ]]; then
        install -D -m 644 "$1/deploy/logrotate/securwoman" "$rotation" &&
            install -D -m 644 "$1/deploy/securwoman-watchdog.conf" "$watchdog"
    else
        rm -f -- "$rotation" "$watchdog"
    fi
}
daemon_reload() { ! has_systemd || systemctl daemon-reload; }

# The units may write to where this procedure puts backups; to another place a word of the settings leads them.
backup_dropin=(securwoman-backup.service securwoman-check.service)
backup_folder() {
    local file
    file=$(setting backup file) || return 1
    # The center's account may write the settings: what breaks a line of a unit is no folder.
    [[ $file != *[[:cntrl:]]* ]] || return 1
    [[ -n $file && ${file%/*} != "$backups" ]] && printf '%s\n' "${file%/*}"
}
dropin_text() { printf '[Unit]\nRequiresMountsFor=%s\n[Service]\nReadWritePaths=%s\n' "$1" "$1"; }
backup_place_words() { printf 'that the backup units may write to where the settings say\n'; }
backup_place_is_there() {
    local folder unit
    [[ -x $current/.venv/bin/python ]] || return 1 # nobody reads the settings yet
    folder=$(backup_folder) || return 0
    for unit in "${backup_dropin[@]}"; do dropin_text "$folder" | cmp -s - "$units/$unit.d/place.conf" || return 1; done
}
backup_place_make() {
    local folder unit
    folder=$(backup_folder) || return 0
    for unit in "${backup_dropin[@]}"; do
        install -d "$units/$unit.d" && dropin_text "$folder" >"$units/$unit.d/place.conf" || return 1
    done
    daemon_reload
}

service_words() { printf 'the service and its timers, enabled and started\n'; }
service_is_there() {
    if has_systemd; then
        systemctl -q is-active "$service" "${timers[@]}" && systemctl -q is-enabled "$service" "${timers[@]}"
    else
        [[ -L $units/multi-user.target.wants/$service ]]
    fi
} 2>/dev/null
service_make() {
    if has_systemd; then
        systemctl enable --now "$service" "${timers[@]}" && wait_until_ready
    else
        systemctl enable "$service" "${timers[@]}"
    fi
} >&2

# What the service says is ready when it has started; lines may take longer, which doctor tells.
wait_until_ready() {
    local end=$((SECONDS + 60))
    until [[ $(center "${doctor[@]}" --json 2>/dev/null) == *"$content"* ]]; do
        ((SECONDS < end)) || { say "it is not ready after a minute; the doctor says more"; return 0; }
        sleep 1
    done
}

first_backup_words() { printf 'a first backup, restored for trial\n'; }
first_backup_is_there() {
    local file
    ! has_systemd || { file=$(setting backup file) && [[ -z $file || -e $file ]]; }
}
first_backup_make() { systemctl start securwoman-backup.service && systemctl start securwoman-check.service; }

first_admin_words() { printf 'the link by which one person becomes the first admin, printed once\n'; }
# Where nothing is started nobody can open a link.
first_admin_is_there() { has_admin || { ! has_systemd && [[ -z $phone ]]; }; }
# The one of a simulated run goes with the first start with modems.
has_admin() { center operator list --json 2>/dev/null | tr '}' '\n' | grep -v '"id":"demo"' | grep -q '"role":"admin"'; }
first_admin_make() {
    local code url way=first
    if [[ -n $phone ]]; then
        center operator add Admin --phone "$phone" --role admin >&2 || return 1
        code=$(center operator recover Admin 2>/dev/null | tail -n 1) || return 1
        way=token
    else
        code=$(center operator first 2>/dev/null | tail -n 1) || return 1
    fi
    url=$(setting http public_url)
    link="${url:-http://127.0.0.1:8112}/console/#$way=$code"
}
link=''

finished() {
    has_systemd || { say "systemd does not run here: everything is in place, and nothing is started"; return 0; }
    local status=0
    center "${doctor[@]}" || status=3 # all is in place, and somebody has to see to something
    "${kind}_told"
    return "$status"
}

center_told() {
    printf '\nThe console: %s/console/\n' "$(setting http public_url)"
    if [[ -n $link ]]; then
        printf 'Whoever opens this link becomes the first admin, once, within a day; it is not shown again:\n    %s\n' "$link"
    elif ! has_admin; then
        printf 'Nobody is admin yet: scripts/install prints a link\n'
    fi
    left_to_do
}

# Of an installation by hand the service goes on as it was started: nobody restarts it unasked.
runs_another() {
    local pid
    pid=$(systemctl show -P MainPID securwoman.service) && [[ -r /proc/${pid:-none}/cmdline ]] &&
        [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") != "$(readlink -f -- "$current")"/* ]]
}

left_to_do() {
    ! runs_another || printf -- \
        '- the service still runs what was there before: systemctl restart securwoman, when no alert is open\n'
    [[ ! -e $own_certificate ]] || names_in_settings "$own_certificate" && printf -- \
        '- browsers and phones have to trust %s (docs/operations/access.md, TLS)\n' "${own_certificate%/*}/authority.crt"
    grep -q '^\[\[modem\]\]' "$settings" || printf -- \
        '- calls are simulated until there is a line: securwoman modem list --toml, into %s, systemctl restart securwoman\n' "$settings"
    [[ $(setting backup file) != "$backups"/* ]] || printf -- \
        '- backups are on this disk, for this machine alone: another disk and a second key (docs/operations/backup.md)\n'
    return 0
}

remove() {
    local found=("$units"/securwoman*.service "$units"/securwoman*.timer "$units"/securwoman*.path "$units"/securwoman*.service.d "$rules" "$rotation" "$watchdog" "$command" "$versions" "$current")
    local path existing=()
    for path in "${found[@]}"; do [[ ! -e $path ]] || existing+=("$path"); done
    printf 'will go        %s\n' ${existing[@]+"${existing[@]}"}
    printf 'stays          %s\n' "${own[@]}" "$etc" "account $account"
    [[ -z $dry ]] || return 0
    if has_systemd; then
        if [[ $kind == center ]] && systemctl -q is-active "$service" && [[ $(center alert list --open --json) != "[]" ]]; then
            die "an alert is open: close it first"
        fi
        systemctl -q disable --now "$service" "${timers[@]}" 2>/dev/null
    else
        systemctl -q disable "$service" "${timers[@]}" 2>/dev/null
    fi
    ((${#existing[@]} == 0)) || rm -rf -- "${existing[@]}" || die "not all of it could be removed"
    rmdir -- "$opt" 2>/dev/null # what else is there is somebody else's
    daemon_reload
    [[ ! -S $prefix/run/udev/control ]] || udevadm control --reload
    say "removed; all of it again: scripts/install. For good: rm -r ${own[*]} $etc; deluser $account"
}
