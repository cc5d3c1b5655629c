# shellcheck shell=bash
# From the version that runs to this one, and back by itself. What is slow or may fail is done before anything is touched:
# the version is made beside the other, the backup made, the journal's new form tried on a copy. Sourced by scripts/install.

kept=$state/before-upgrade # the journal as it was, for as long as the upgrade is not over
failed=$state/failed-upgrade
upgrade_ready_s=${SECURWOMAN_READY_S:-60} # how long the new version may take until doctor is content
upgrade_starts=3                          # so many starts within that time are a version that dies

upgrade() {
    local before after step
    before=$(readlink -- "$current") || die "nothing is installed here: scripts/install"
    after=$(version_folder)
    if [[ $before == "$after" ]]; then
        carry_out "${install_steps[@]}"
        return
    fi
    told "is there" "${before##*/}"
    told "will be made" "${after##*/} beside it"
    if [[ $kind == watcher ]]; then
        upgrade_watcher "$before" "$after"
        return
    fi
    told "will be done" "a backup; the journal's new form, tried on a copy"
    told "will be done" "stop, switch, start, doctor; a few seconds in which apps ask again, and calls stay up in the modems"
    told "if it fails" "back to ${before##*/}, with what has come meanwhile"
    is_own_journal || told "but" "a journal in PostgreSQL has no way back to an older form"
    [[ -z $dry ]] || return 0
    has_systemd || die "systemd does not run here: scripts/install --remove, then scripts/install"

    for step in packages version; do "${step}_is_there" || "${step}_make" || die "$step failed; nothing was changed"; done
    failures_now "$before" >"$after/failures-before"
    ! grep -qx fallback "$after/failures-before" || die "the disk cannot be written: mend that first (docs/operations/backup.md)"
    if [[ -n $(setting backup file) ]]; then
        systemctl start securwoman-backup.service || die "the backup failed; nothing was changed (journalctl -u securwoman-backup)"
    fi
    if is_own_journal; then
        say "trying the journal's new form on a copy"
        if ! copy_journal "$after" || ! try_on_copy "$after"; then
            rm -rf -- "$kept"
            die "the new version cannot read this journal; nothing was changed"
        fi
        systemctl stop securwoman.service
        copy_journal "$after" || { systemctl start securwoman.service; die "the journal cannot be copied; nothing was changed"; }
        put_in_place "$after"
        systemctl --no-block start securwoman.service
    else
        # It ends with its last call, and systemd starts what the link leads to then.
        put_in_place "$after"
        center run --drain >&2 || { put_in_place "$before"; die "the node cannot be drained; nothing was changed"; }
    fi
    if is_content "$after"; then
        rm -rf -- "$kept"
        forget_versions "$before" "$after"
        finished
        return
    fi
    say "${after##*/} is not as it should be; going back to ${before##*/}"
    go_back "$before" "$after"
}

is_own_journal() { [[ $(setting journal url) != postgres* ]]; }

# The checks that fail, a line each.
failures_now() { # VERSION
    runuser -u "$account" -- env "${means[@]}" STATE_DIRECTORY="$state" HOME="$state" \
        "$1/.venv/bin/securwoman" "${doctor[@]}" --json 2>/dev/null | tr '{' '\n' |
        sed -n 's/^"check":"\([^"]*\)","verdict":"fail".*/\1/p' | sort -u
}

# Content: as the doctor says it, and nothing fails that did not fail before.
is_content() { # VERSION
    local end=$((SECONDS + upgrade_ready_s)) said
    while ((SECONDS < end)); do
        # It dies at its start: every second that is waited is one without a center.
        (($(systemctl show -P NRestarts "$service") < upgrade_starts)) || return 1
        said=$(center "${doctor[@]}" --json 2>/dev/null)
        if [[ $said == *"$content"* ]]; then
            failures_now "$1" | comm -13 "$1/failures-before" - >"$1/failures-after"
            [[ -s $1/failures-after ]] || return 0
        fi
        sleep 1
    done
    say "doctor: $(tr '\n' ' ' <"$1/failures-after" 2>/dev/null)"
    return 1
}

journal_tool() { # VERSION ARGUMENT...
    runuser -u "$account" -- "$1/.venv/bin/python" -I "$1/scripts/lib/install/journal_copy.py" "${@:2}"
}

copy_journal() { rm -rf -- "$kept" && runuser -u "$account" -- mkdir -m 700 "$kept" && journal_tool "$1" copy "$state" "$kept"; }

# In a directory of its own, and below everything else that runs.
try_on_copy() { # VERSION
    runuser -u "$account" -- cp -r "$state/keys" "$kept/keys" &&
        chrt --idle 0 runuser -u "$account" -- env SECURWOMAN_CONFIG="$settings" STATE_DIRECTORY="$kept" HOME="$state" \
            "$1/.venv/bin/securwoman" journal verify >&2
}

# The units are those of the version that they start: what it does not have goes, and what begins others is begun.
put_in_place() { # VERSION
    local unit there=() new=() gone=()
    for unit in "${services[@]}" "${timers[@]}"; do
        if [[ -e $1/deploy/$unit ]]; then there+=("$1/deploy/$unit"); else gone+=("$unit"); fi
    done
    for unit in "${timers[@]}"; do
        [[ -e $units/$unit || ! -e $1/deploy/$unit ]] || new+=("$unit")
    done
    if ((${#gone[@]} > 0)); then
        systemctl -q disable --now "${gone[@]}" 2>/dev/null
        rm -f -- "${gone[@]/#/$units/}"
    fi
    switch_to "$1" && install -m 644 "${there[@]}" "$units" &&
        install -m 644 "$1/deploy/${rules##*/}" "$rules" && upkeep_of "$1" &&
        { [[ $kind == watcher ]] || pages_is_there || pages_make; } && systemctl daemon-reload && systemctl reset-failed 2>/dev/null
    ((${#new[@]} == 0)) || systemctl -q enable --now "${new[@]}" || say "could not be begun: ${new[*]}"
    [[ $(readlink -- "$current") == "$1" ]]
}

# What the new version has taken meanwhile goes along; what only it knows (new kinds of rows) stays in what is put aside.
go_back() { # BEFORE AFTER
    systemctl stop securwoman.service
    if is_own_journal; then
        runuser -u "$account" -- mkdir -p -m 700 "$failed"
        journal_tool "$2" back "$state" "$kept" "$failed" ||
            say "what the new version has taken cannot be carried back: it is in $failed/journal.db"
        rm -rf -- "$kept"
    fi
    put_in_place "$1"
    systemctl --no-block start securwoman.service
    is_content_again "$1" && die "the version before runs again; what the new one said is in $state/logs"
    die "the version before is not ready either: journalctl -u securwoman"
}

is_content_again() { cp -- "$(version_folder)/failures-before" "$1/failures-before" && is_content "$1"; }

# The one before is kept, for a look; older ones are not.
forget_versions() { # KEPT...
    local folder
    for folder in "$versions"/*; do [[ " $* " == *" $folder "* ]] || rm -rf -- "$folder"; done
}
