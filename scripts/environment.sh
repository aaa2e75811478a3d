# Sourced by the other scripts: makes a virtual environment once and again only when pyproject.toml changes.

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed and was not found" >&2
    exit 1
}

# make_environment FOLDER LABEL PIP-ARGUMENTS...: what was installed under a label is remembered there.
make_environment() {
    folder=$1
    label=$2
    shift 2
    wanted=$(cksum <"$root/pyproject.toml")
    if [ -x "$folder/bin/python" ] && [ "$(cat "$folder/installed-$label" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    echo "preparing $(basename -- "$folder") ..." >&2
    [ -x "$folder/bin/python" ] || "$(find_python)" -m venv "$folder" >&2
    # pip's own progress and warnings belong to stderr: stdout is the command's.
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$folder/bin/python" -m pip install --quiet --upgrade "pip>=25.1" >&2
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$folder/bin/python" -m pip install --quiet "$@" >&2
    echo "$wanted" >"$folder/installed-$label"
}
