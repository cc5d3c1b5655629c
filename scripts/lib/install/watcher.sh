# shellcheck shell=bash
# What is another machine's who watches a center: no journal, no console, nobody's alert. Sourced by scripts/install.

for_a_watcher() {
    kind=watcher
    state=$prefix/var/lib/securwoman-watch
    settings=$etc/watch.toml
    own=("$state")
    service=securwoman-watch.service
    services=("$service")
    timers=()
    doctor=(watch --check --config "$settings")
    means=()
    content='"check":"service","verdict":"ok"'
    install_steps=(packages account folders version current shortcut shared_key watched rules units upkeep service)
}

shared_key=$etc/watch.key
shared_key_words() { printf 'key %s, which the center has to have as well\n' "$shared_key"; }
shared_key_is_there() { [[ -e $shared_key ]] || { [[ -e $settings ]] && ! grep -qs '"watch.key"' "$settings"; }; }
shared_key_make() {
    head -c 32 /dev/urandom | base64 >"$shared_key.new" &&
        install -m 640 -g "$account" "$shared_key.new" "$shared_key" && rm -f -- "$shared_key.new"
}

watched_words() { printf 'settings %s\n' "$settings"; }
watched_is_there() { [[ -e $settings ]]; }
watched_make() {
    local name port voice
    if [[ -n $config ]]; then
        install -m 640 -g "$account" "$config" "$settings"
        return
    fi
    name=${watched#*://}
    name=$(printf '%s' "${name%%[:/]*}" | tr -c 'A-Za-z0-9' - | cut -c 1-32)
    port=$modem
    [[ -n $port ]] || read -r port voice < <(modem_found) || say "no modem was found: name it in $settings"
    sed -e "s|^name = \"milano\"|name = \"$name\"|" -e "s|https://center.example.org|${watched%/}|" \
        ${port:+-e "s|^port = \"/dev/ttyUSB2\"|port = \"$port\"|"} \
        ${voice:+-e "s|^# voice_port = \"/dev/ttyUSB4\"|voice_port = \"$voice\"|"} \
        "$root/config/watch.toml" >"$settings.new" &&
        install -m 640 -g "$account" "$settings.new" "$settings" && rm -f -- "$settings.new"
}

# The first that answers, by its place at USB, which stays; and `alsa` where its voice comes so.
modem_found() {
    center modem list --json 2>/dev/null | "$current/.venv/bin/python" -I -c 'import json, sys
for row in json.load(sys.stdin):
    if found := row["found"]:
        print("usb:" + found["modem"]["position"], "alsa" if found["voice"] == "card" else "")
        break' 2>/dev/null
}

watcher_told() {
    printf '\nThe center has to tell it: %s beside its center.toml, readable by its account alone, and in there\n' "$shared_key"
    printf '    [[heartbeat]]\n    name = "watch"\n    url = "http://%s:8114/v1/heartbeats"\n    key_file = "watch.key"\n' "$(center_host)"
}

# Nothing is lost by a try: what it knows is one small file, and what a version does not know of it is read over.
upgrade_watcher() { # BEFORE AFTER
    local step
    told "will be done" "switch, start again, look; back to ${1##*/} if it fails"
    [[ -z $dry ]] || return 0
    has_systemd || die "systemd does not run here: scripts/install --remove, then scripts/install"
    for step in packages version; do "${step}_is_there" || "${step}_make" || die "$step failed; nothing was changed"; done
    failures_now "$1" >"$2/failures-before"
    put_in_place "$2"
    if systemctl restart "$service" && is_content "$2"; then
        forget_versions "$1" "$2"
        finished
        return
    fi
    put_in_place "$1"
    systemctl restart "$service"
    die "${2##*/} is not as it should be; ${1##*/} runs again (journalctl -u $service)"
}
