# shellcheck shell=bash
# A version of the program in a folder of its own, with its environment: made beside the one that runs, whole or not at all.

# What the running center needs of a checkout, with the operators' guide and its pictures; the packages are those of pyproject.toml.
parts=(messages model runtime store media application actors gateways features center simulator config deploy scripts pyproject.toml
    docs/operator docs/screens README.md LICENSE requirements.lock requirements-build.lock)

# The number of the release, and the digest of what is in it: two checkouts of one number are two versions.
version_name() {
    if [[ -z ${named_version:-} ]]; then
        local number sum
        number=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/pyproject.toml") || return 1
        sum=$(cd -- "$root" && find "${parts[@]}" -name __pycache__ -prune -o -type f -print0 | LC_ALL=C sort -z |
            xargs -0 sha256sum | sha256sum) || return 1
        named_version=$number-${sum:0:8}
    fi
    printf '%s\n' "$named_version"
}

version_folder() { printf '%s/%s\n' "$versions" "$(version_name)"; }

version_words() { printf 'version %s in %s\n' "$(version_name)" "$(version_folder)"; }

version_is_there() { [[ -e $(version_folder)/.whole ]]; }

version_make() {
    local folder
    folder=$(version_folder)
    rm -rf -- "$folder" # half made, by a run that was ended
    install -d -m 755 "$versions" "$folder" || return 1
    tar -C "$root" --exclude=__pycache__ --no-same-owner -cf - "${parts[@]}" |
        tar -C "$folder" --no-same-owner -xf - || return 1
    chmod -R u=rwX,go=rX "$folder"
    # A package brings what is installed; a checkout has it fetched.
    [[ ! -d $root/wheels ]] || ln -s "$root/wheels" "$folder/wheels" || return 1
    (
        umask 022
        # shellcheck source=/dev/null
        source "$folder/scripts/lib/setup.sh" && setup runtime
    ) || return 1
    rm -f -- "$folder/wheels"
    # The service cannot write there, and without byte code each start compiles for three seconds.
    "$folder/.venv/bin/python" -I -m compileall -q -j 0 -x "/(tests?|pip|setuptools|hatchling)/" "$folder" >&2 || return 1
    : >"$folder/.whole"
}

current_words() { printf '%s leads to it\n' "$current"; }
current_is_there() { [[ $(readlink -- "$current") == "$(version_folder)" ]]; }
current_make() { switch_to "$(version_folder)"; }

# At no moment is there no version.
switch_to() { ln -sfn -- "$1" "$current.new" && mv -T -- "$current.new" "$current"; }
