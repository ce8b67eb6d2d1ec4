#!/usr/bin/env bash
# The checks of the project: ./ci.sh VERB..., or ./ci.sh all. Hosted CI runs this script too.
# It installs nothing; what is missing it names in one line.
set -euo pipefail
cd "$(dirname "$0")"

VERBS="paths lines layers fmt lint features docs test clients examples no_std size stack panics cycles boards hals fuzz"
MODELS="sara-r5-00b sara-r5-01b sara-r5 lexi-r520 sara-r42 lexi-r422 lena-r8 ryz014a cassiopeia gm02s"
# Examples that run at the same time.
AT_ONCE=4
BARE=thumbv7em-none-eabihf
# What boards/size is built for.
SIZED="$BARE thumbv6m-none-eabi riscv32imc-unknown-none-elf"
TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

usage() {
    cat <<END
Usage: ./ci.sh VERB...
  fmt       source is formatted
  lint      clippy is silent, with all features and with none
  test      unit tests, tests, doctests
  clients   published clients run on every simulated modem
  features  the library compiles without warnings in every combination of its features
  no_std    the library builds for $BARE
  layers    modules name only the modules below them, and each test belongs to a program
  lines     no source file is over 500 lines
  conformance  docs/conformance.md is what the runs give (--write: write it anew); part of test
  docs      documentation builds without warnings
  size      boards/size stays within its budget (--write: write the budget anew)
  stack     the stack of boards/size, measured in QEMU, stays within its budget (--write: write it anew)
  panics    nothing of the library panics in boards/size but what panics.txt there tells
  cycles    instructions a byte on a Cortex-M4, in QEMU, stay within their budget (--write: write it anew)
  examples  every example runs against every simulated modem
  boards    firmwares run in QEMU against every simulated modem, with its sockets and with IP of their own
  hals      firmwares for boards with the vendors' HALs build
  firmware  only builds these firmwares; part of boards
  paths     no file names a path of somebody's machine
  fuzz      fuzz targets find nothing in RUNS executions each (fuzz 5000; without a number a million)
  all       all of these
END
}

fail() {
    echo "ci.sh: $*" >&2
    exit 1
}

need() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || fail "missing: $tool"
    done
}

# The project's files, as git knows them: tracked, or new and not ignored.
files() {
    need git
    git -c safe.directory='*' ls-files -co --exclude-standard -- "$@" | while read -r file; do
        [ -f "$file" ] && echo "$file" || true
    done
}

# ---- formatting and lints -------------------------------------------------------------------

verb_fmt() {
    need cargo
    cargo fmt --version >/dev/null 2>&1 || fail "missing: rustfmt"
    cargo fmt --all --check
    cargo fmt --manifest-path boards/size/Cargo.toml --check
    cargo fmt --manifest-path boards/cycles/Cargo.toml --check
    cargo fmt --manifest-path boards/qemu-mps2/Cargo.toml --check
    cargo fmt --manifest-path boards/particle-boron/Cargo.toml --check
    cargo fmt --manifest-path boards/pico-gm02s/Cargo.toml --check
    cargo fmt --manifest-path boards/nucleo-u575/Cargo.toml --check
    cargo fmt --manifest-path boards/esp32c6/Cargo.toml --check
    cargo fmt --manifest-path clients/Cargo.toml --check
    cargo fmt --manifest-path fuzz/Cargo.toml --check
}

need_clippy() {
    need cargo
    cargo clippy --version >/dev/null 2>&1 || fail "missing: clippy"
}

verb_lint() {
    need_clippy
    cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
    cargo clippy --locked --lib --no-default-features -- -D warnings
    cargo clippy --locked --manifest-path clients/Cargo.toml --target-dir "$TARGET_DIR" --all-targets -- -D warnings
}

# The features of the root package, but for `default`.
features() {
    awk '/^\[/ { on = $0 == "[features]" } on && /^[a-z]/ && $1 != "default" { print $1 }' Cargo.toml
}

# Clippy is `cargo check` with more to say, and denies warnings without a build of its own. One crate at a time leaves processors
# idle, so each has combinations of its own, in a directory of its own.
verb_features() {
    need_clippy
    local names sets=("") wanted=() set name part parts pids=()
    names=$(features)
    for name in $names; do
        for set in "${sets[@]}"; do
            sets+=("$set${set:+,}$name")
        done
    done
    for set in "${sets[@]}"; do
        case ",$set," in
        # One brings the other along.
        *,async,*edge-nal,* | *,async,*embassy-net,* | *,nb,*no-std-net,*) continue ;;
        *,ppp,*smoltcp,* | *,ppp,*ipv6,* | *,ppp,*embassy-net,* | *,smoltcp,*ipv6,*) continue ;;
        # A log only uses what is there: what is unused without it shows without it, and what it needs, beside each feature alone.
        ,*,*,defmt,* | ,*,*,log,*) continue ;;
        # Parts of the IP stack: they do nothing without it, and these do not touch it.
        *,edge-nal,*smoltcp-* | *,no-std-net,*smoltcp-*) continue ;;
        *,smoltcp,*smoltcp-* | *,smoltcp-*,ipv6,*) ;;
        *,smoltcp-*) continue ;;
        esac
        wanted+=("$set")
    done
    parts=$(nproc)
    for ((part = 0; part < parts; part++)); do
        for ((set = part; set < ${#wanted[@]}; set += parts)); do
            CARGO_TARGET_DIR="$TARGET_DIR/features/$part" cargo clippy --quiet --locked --lib --no-default-features \
                --features "${wanted[set]}" -- -D warnings ||
                { echo "features: fails with '${wanted[set]:-no features}'" >&2 && exit 1; }
        done &
        pids+=($!)
    done
    for part in "${pids[@]}"; do
        wait "$part" || fail "features: see above"
    done
    rm -r "$TARGET_DIR/features"
    echo "${#wanted[@]} combinations of:" $names
}

# ---- tests, documentation, examples ---------------------------------------------------------

verb_test() {
    need cargo
    cargo test --workspace
}

# A package of its own, in the same directory for builds.
verb_clients() {
    need cargo
    cargo test --locked --manifest-path clients/Cargo.toml --target-dir "$TARGET_DIR" --tests
}

# Each run compares or writes its own column.
verb_conformance() {
    need cargo
    [ "${1:-}" != --write ] || export WRITE=1
    cargo test --quiet -p nal-tests
    cargo test --quiet -p cellular-nal --test conformance
}

verb_docs() {
    need cargo
    RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --workspace --all-features
}

# The features that any example requires, as Cargo.toml gives them.
examples_features() {
    awk '/^\[/ { on = $0 == "[[example]]" }
         on && $1 == "required-features" { gsub(/.*\[|\].*|["]/, ""); print }' Cargo.toml |
        tr -d ' ' | tr ',' '\n' | sort -u | paste -sd ,
}

# Options that keep an example short.
example_options() {
    case $1 in
    bulk) echo "--bytes 16384" ;;
    psm_sensor) echo "--count 2 --pause 1" ;;
    signal_report) echo "--count 2" ;;
    esac
}

# One run: $1 is the directory for what it prints, $2 the model that it has to find, then the
# program and its options.
run_one() {
    local dir=$1 model=$2 program=$3 status=0 name row result wrong="" begin=$SECONDS
    shift 3
    name="$(basename "$program") $*"
    name=${name//"$TARGET_DIR/bare/$BARE/release/"/}
    timeout -k 5 "${RUN_LIMIT:-60}" "$program" "$@" </dev/null >"$dir/out" 2>"$dir/err" || status=$?
    if [ $status -ne 0 ]; then
        wrong="exit code $status"
    elif [ ! -s "$dir/out" ]; then
        wrong="prints nothing"
    elif ! grep -qE "(^| )modem: $model\$" "$dir/out" "$dir/err"; then
        wrong="does not say 'modem: $model'"
    elif grep -q '^breach: ' "$dir/err"; then
        wrong="breaks a rule"
    fi
    # What is the same in all columns of the table.
    row=$(sed -E 's/^boards-host //; s/ --modem auto --model [^ ]+/ --modem auto/; s/ --modem '"$model"'//; s/ --limit [0-9]+//' <<<"$name")
    [ -z "$wrong" ] && result="$((SECONDS - begin)) s" || result=FAILED
    printf '%s\t%s\t%s\n' "$row" "$model" "$result" >>"$RUNS_DIR/table"
    if [ -z "$wrong" ]; then
        echo "$name: ok, $(wc -c <"$dir/out") bytes"
        rm -r "$dir"
        return
    fi
    # Shown at once, so that runs beside this one do not come between.
    (echo "$name: $wrong" && sed 's/^/    /' "$dir/err" && tail -n 20 "$dir/out" | sed 's/^/    /') >"$dir/shown"
    cat "$dir/shown"
}

# Runs beside each other, in RUNS_DIR: they mostly wait for the modem's times, so there are more of them than processors.
runs_begin() {
    need timeout
    RUNS=0
    RUNS_DIR=$(mktemp -d)
}

run_next() {
    RUNS=$((RUNS + 1))
    mkdir "$RUNS_DIR/$RUNS"
    while [ "$(jobs -rp | wc -l)" -ge $AT_ONCE ]; do
        wait -n || true
    done
    run_one "$RUNS_DIR/$RUNS" "$@" &
}

# What came of each run: models in columns, all else in rows.
runs_table() {
    LC_ALL=C sort "$RUNS_DIR/table" | awk -F '\t' -v models="$MODELS" '
        { if ($1 != row[rows]) row[++rows] = $1; cell[$1, $2] = $3; if (length($1) > wide) wide = length($1) }
        END {
            columns = split(models, model, " ")
            printf "%-*s", wide, ""
            for (c = 1; c <= columns; c++) printf "  %*s", length(model[c]), model[c]
            print ""
            for (r = 1; r <= rows; r++) {
                printf "%-*s", wide, row[r]
                for (c = 1; c <= columns; c++)
                    printf "  %*s", length(model[c]), (row[r], model[c]) in cell ? cell[row[r], model[c]] : "-"
                print ""
            }
        }'
}

# Fails under the name $1 when a run did.
runs_end() {
    local failed
    wait
    runs_table
    # What was well has removed its directory.
    failed=$(find "$RUNS_DIR" -mindepth 1 -maxdepth 1 -type d | wc -l)
    rm -r "$RUNS_DIR"
    [ "$failed" -eq 0 ] || fail "$1: $failed of $RUNS runs failed"
    echo "$RUNS runs"
}

verb_examples() {
    need cargo
    local file name model mode options
    cargo build --quiet --locked --examples --features "$(examples_features)"
    runs_begin
    for file in examples/*.rs; do
        [ -f "$file" ] || fail "examples: there are none"
        name=$(basename "$file" .rs)
        read -ra options <<<"$(example_options "$name")"
        for model in $MODELS; do
            case "$name $model" in
            # Their documents know no TLS.
            "https_get sara-r42" | "https_get cassiopeia" | "mqtts sara-r42" | "mqtts cassiopeia") continue ;;
            # Nor do they know DTLS, nor does that of LENA-R8.
            "coaps sara-r42" | "coaps cassiopeia" | "coaps lena-r8") continue ;;
            # embassy-net takes any ports, and this modem keeps some of them (see the module's documentation).
            "embassy_net lexi-r422") continue ;;
            esac
            run_next "$model" "$TARGET_DIR/debug/examples/$name" --modem "$model" "${options[@]}"
        done
    done
    for model in $MODELS; do
        run_next "$model" "$TARGET_DIR/debug/examples/http_get" --modem auto --model "$model"
        for name in http_get mqtt; do
            run_next "$model" "$TARGET_DIR/debug/examples/$name" --modem "$model" --mode ppp
            case $model in
            # Nothing is documented of a multiplexer.
            ryz014a | cassiopeia) ;;
            *) run_next "$model" "$TARGET_DIR/debug/examples/$name" --modem "$model" --mode cmux ;;
            esac
        done
    done
    # What they add to the mode is the same on all models.
    for mode in ppp cmux; do
        for name in edge_http_server embassy_net bulk coap embedded_tls mqtt_nb sntp udp_echo; do
            read -ra options <<<"$(example_options "$name")"
            run_next gm02s "$TARGET_DIR/debug/examples/$name" --modem gm02s --mode $mode "${options[@]}"
        done
    done
    for name in https_get mqtts coaps; do
        run_next sara-r5 "$TARGET_DIR/debug/examples/$name" --modem sara-r5 --mode cmux
    done
    runs_end examples
}

# ---- bare metal -----------------------------------------------------------------------------

# Debian's compiler with the sources of `core`: it needs no download of a target. The package
# names: rustc-web, cargo-web, rust-web-src, lld-22.
bare_cargo() {
    local linker
    linker=$(compgen -c ld.lld | sort -V | tail -n 1)
    [ -n "$linker" ] || fail "missing: ld.lld (Debian: lld-22)"
    [ -x /usr/bin/cargo ] && [ -x /usr/bin/rustc ] || fail "missing: /usr/bin/cargo (Debian: cargo-web)"
    [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library" ] ||
        fail "missing: sources of core (Debian: rust-web-src)"
    env RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_UNSTABLE_BUILD_STD=core \
        CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER="$linker" CARGO_TARGET_THUMBV6M_NONE_EABI_LINKER="$linker" \
        CARGO_TARGET_THUMBV8M_MAIN_NONE_EABIHF_LINKER="$linker" \
        CARGO_TARGET_RISCV32IMC_UNKNOWN_NONE_ELF_LINKER="$linker" \
        CARGO_TARGET_RISCV32IMAC_UNKNOWN_NONE_ELF_LINKER="$linker" \
        CARGO_TARGET_DIR="$TARGET_DIR/bare" \
        /usr/bin/cargo "$@"
}

# A program that runs firmware. With an example beside it, it gets the features that tests have, and so what is compiled already.
build_program() {
    cargo build --quiet --locked --workspace --bin "$1" --example http_get
}

verb_no_std() {
    local set
    for set in "" async nb edge-nal no-std-net ppp async,smoltcp async,smoltcp,smoltcp-dns,smoltcp-udp async,smoltcp,ipv6 embassy-net async,nb,ppp,defmt; do
        bare_cargo build --quiet --locked --release --lib --target $BARE --no-default-features --features "$set"
        echo "${set:-no features}: ok"
    done
    for set in "" async nb edge-nal; do
        bare_cargo build --quiet --locked --release --lib --package nal-tests --target $BARE \
            --no-default-features --features "$set"
        echo "nal-tests, ${set:-no features}: ok"
    done
}

# Of boards/size, for each kind of core.
build_sizes() {
    local triple
    for triple in $SIZED; do
        (cd boards/size && bare_cargo build --quiet --locked --release --target "$triple")
    done
}

verb_size() {
    need size awk
    build_sizes
    boards/size/report.sh size "$TARGET_DIR/bare" "$@"
}

# How far these firmwares reach down their stack while they talk to simulated modems.
verb_stack() {
    command -v qemu-system-arm >/dev/null ||
        { echo "ci.sh: SKIPPED: stack: missing: qemu-system-arm (Debian: qemu-system-arm)" >&2 && return; }
    need awk cargo
    build_sizes
    build_program boards-stack
    boards/size/report.sh stack "$TARGET_DIR/bare" "$TARGET_DIR/debug/boards-stack" "$@"
}

# That nothing of the library panics but what boards/size/panics.txt tells.
verb_panics() {
    need nm awk
    command -v llvm-objdump >/dev/null ||
        { echo "ci.sh: SKIPPED: panics: missing: llvm-objdump (Debian: llvm)" >&2 && return; }
    (cd boards/size && bare_cargo build --quiet --locked --release --target $BARE)
    boards/size/panics.sh "$TARGET_DIR/bare" $BARE
}

verb_cycles() {
    local figures
    command -v qemu-system-arm >/dev/null ||
        { echo "ci.sh: SKIPPED: cycles: missing: qemu-system-arm (Debian: qemu-system-arm)" >&2 && return; }
    need awk timeout
    (cd boards/cycles && bare_cargo build --quiet --locked --release --target $BARE)
    figures=$(mktemp)
    # A nanosecond for each instruction, so that the clock counts them.
    timeout 120 qemu-system-arm -M mps2-an386 -icount shift=0 -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel "$TARGET_DIR/bare/$BARE/release/cycles" \
        </dev/null >"$figures" || { cat "$figures" && fail "cycles: the firmware fails"; }
    boards/cycles/report.sh "$figures" "$@"
    rm "$figures"
}

verb_firmware() {
    (cd boards/qemu-mps2 && bare_cargo build --quiet --locked --release --target $BARE)
}

# Real firmware, real servers, and between them a simulated modem.
verb_boards() {
    need cargo
    local app model mode host="$TARGET_DIR/debug/boards-host" bin="$TARGET_DIR/bare/$BARE/release"
    verb_firmware
    build_program boards-host
    if ! command -v qemu-system-arm >/dev/null; then
        echo "boards: SKIPPED: NOTHING WAS RUN: missing: qemu-system-arm (Debian: qemu-system-arm)" >&2
        return
    fi
    # The conformance cases take a minute, and longer beside other work; the board is the same for all modems.
    local RUN_LIMIT=310
    runs_begin
    cases() { run_next "$2" "$host" "$bin/$1" --modem "$2" --limit 300 "${@:3}"; }
    cases conformance sara-r5
    cases conformance ryz014a
    cases conformance gm02s api=edge
    cases conformance_nb ryz014a
    cases conformance sara-r5 --mode ppp
    cases conformance gm02s --mode cmux
    cases conformance sara-r5 --mode ppp api=edge
    cases conformance lena-r8 --mode cmux api=edge
    cases conformance_nb sara-r5 --mode ppp
    cases conformance_nb gm02s --mode cmux
    firmware() { run_next "$2" "$host" "$bin/$1" --modem "$2" --limit 90 "${@:3}"; }
    for app in edge_http_server http_get https_get mqtt mqtt_nb signal_report udp_sntp; do
        for model in $MODELS; do
            case "$app $model" in
            # Their documents know no TLS.
            "https_get sara-r42" | "https_get cassiopeia") ;;
            *) firmware $app "$model" ;;
            esac
        done
    done
    for model in $MODELS; do
        firmware ppp_http "$model" --mode ppp
        case $model in
        # Nothing is documented of a multiplexer.
        ryz014a | cassiopeia) continue ;;
        esac
        firmware ppp_http "$model" --mode cmux
        firmware signal_report "$model" --mode cmux
    done
    # What they add to the mode is the same on all models.
    for mode in ppp cmux; do
        for app in edge_http_server http_get mqtt mqtt_nb udp_sntp; do
            firmware $app sara-r5 --mode $mode
            firmware $app gm02s --mode $mode
        done
    done
    firmware https_get sara-r5 --mode cmux
    firmware https_get gm02s --mode cmux
    runs_end boards
    # A firmware that cannot do it has to say so, and in time.
    local refusals=()
    refused "http_get --no-sim" "no SIM card" &
    refusals+=($!)
    refused "http_get --silent" "no modem answers" &
    refusals+=($!)
    refused "http_get --modem ryz014a --mode cmux" "no IP in this mode" &
    refusals+=($!)
    refused "https_get --mode ppp" "no TLS by the modem" &
    refusals+=($!)
    for app in "${refusals[@]}"; do
        wait "$app" || fail "boards: see above"
    done
}

# The firmware and options of $1 end with 1, and $2 stands in what is printed.
refused() {
    local words out status=0
    read -ra words <<<"$1"
    out=$("$TARGET_DIR/debug/boards-host" "$TARGET_DIR/bare/$BARE/release/${words[0]}" "${words[@]:1}" --limit 45 2>&1) ||
        status=$?
    [ $status -eq 1 ] && grep -qF "$2" <<<"$out" && echo "$1: ok, says '$2'" && return
    echo "$1: ends with $status and does not say '$2':" && tail -n 5 <<<"$out"
    return 1
}

# The triple is that of the board's own configuration.
verb_hals() {
    local board
    for board in particle-boron pico-gm02s nucleo-u575 esp32c6; do
        (cd "boards/$board" && bare_cargo build --quiet --locked --release)
        echo "$board: ok"
    done
}

# ---- fuzzing --------------------------------------------------------------------------------

# With the committed inputs and a fixed seed, so that the same thing is found again. What is found is in
# fuzz/findings; a program takes the name of such a file to run it alone.
verb_fuzz() {
    local runs=${1:-1000000} host bin log work failed=0
    need cargo rustc
    command -v "${CXX:-c++}" >/dev/null || fail "missing: a C++ compiler, which builds libFuzzer (Debian: g++)"
    host=$(rustc -vV | sed -n 's/^host: //p')
    (
        cd fuzz
        unset RUSTFLAGS CARGO_BUILD_TARGET
        export CARGO_TARGET_DIR=$TARGET_DIR/fuzz
        ! cargo clippy --version >/dev/null 2>&1 || cargo clippy --quiet --locked --release -- -D warnings
        cargo build --quiet --locked --release
    )
    work=$(mktemp -d)
    mkdir -p fuzz/findings
    for bin in fuzz/src/bin/*.rs; do
        bin=$(basename "$bin" .rs)
        mkdir "$work/$bin"
        while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
            wait -n || true
        done
        {
            RUST_BACKTRACE=0 "$TARGET_DIR/fuzz/$host/release/$bin" "$work/$bin" "fuzz/corpus/$bin" -runs="$runs" -seed=1 -max_len=1024 \
                -timeout=10 -rss_limit_mb=1024 -artifact_prefix="fuzz/findings/$bin-" >"$work/$bin.log" 2>&1 &&
                touch "$work/$bin.well"
        } &
    done
    wait
    for log in "$work"/*.log; do
        bin=$(basename "$log" .log)
        if [ -e "$work/$bin.well" ]; then
            echo "$bin: $(grep -E '^#[0-9]+.DONE' "$log" | tr -s '\t ' ' ')"
        else
            tail -n 60 "$log" && failed=1
        fi
    done
    rm -r "$work"
    [ $failed -eq 0 ] || fail "fuzz: the input is in fuzz/findings"
}

# ---- structure ------------------------------------------------------------------------------

# Paths in home directories and the like; the pattern does not match itself.
verb_paths() {
    local found
    found=$(files | tr '\n' '\0' | xargs -0 grep -InE '(^|[^a-z])/(work|farm|root|home|Users)/|\.\./shared' || true)
    [ -z "$found" ] || fail "paths: of somebody's machine:"$'\n'"$found"
}

verb_lines() {
    local found
    found=$(files '*.rs' | tr '\n' '\0' | xargs -0 awk 'FNR == 501 { print FILENAME }')
    [ -z "$found" ] || fail "lines: over 500:"$'\n'"$found"
}

# A file's code: without comments and without the unit tests at its end.
code() {
    awk '/^#\[cfg\(test\)\]/ { held = $0; next }
         held != "" { if (/^(pub )?mod .*\{/) exit; held = "" }
         { sub(/(^|[ \t])\/\/.*/, ""); print }' "$1"
}

# What a file names inside the crate, one path per line: `error::Error`, `link::Config`, `time`.
crate_paths() {
    code "$1" | tr '\n' ' ' |
        { grep -oE '\bcrate::(\{|\*|[A-Za-z_]+(::(\{[^}]*\}|[A-Za-z_*]+))?)' || true; } |
        sed 's/^crate:://' | awk '
            match($0, /::\{/) {
                head = substr($0, 1, RSTART - 1)
                n = split(substr($0, RSTART + 3), tail, /[,} ]+/)
                for (i = 1; i <= n; i++) if (tail[i] != "") print head "::" tail[i]
                next
            }
            { print }'
}

# What each module may name besides itself. A module that is not listed is not known here: add it.
allowed() {
    case $1 in
    error | fill | time | fmt | pem) echo "" ;;
    at) echo "error time" ;;
    dialect) echo "at error time link::Config link::PowerSaving link::Status link::UartSleep link::family socket::Name socket::is_host_name" ;;
    link) echo "at dialect error time" ;;
    # The table's state lives in the engine; user operations are written where the state is.
    socket) echo "at dialect error fill time fmt link::LinkState link::family engine::Core" ;;
    engine) echo "at dialect error time fmt link pem socket Error LinkState" ;;
    cmux | ppp) echo "error time fmt" ;;
    resources) echo "dialect engine link::Config socket" ;;
    drive) echo "engine socket time" ;;
    data) echo "cmux dialect drive engine error fill fmt link ppp socket time" ;;
    pins) echo "engine" ;;
    embassy_net | ip) echo "asynch data dialect drive engine error fill fmt ppp socket time" ;;
    edge) echo "asynch at dialect engine error socket" ;;
    no_std_net) echo "error nb" ;;
    control) echo "at dialect engine error link time" ;;
    asynch | nb) echo "at control dialect drive engine error time fmt link pins resources socket LinkState Error" ;;
    lib) echo "at asynch cmux data control dialect drive edge embassy_net engine error fill ip link nb no_std_net pem pins ppp resources socket time" ;;
    *) echo "?" ;;
    esac
}

# Crates of the outside world: executors, stacks, ports.
OUTSIDE='\b(embassy|embedded_nal|embedded_io|edge_nal|smoltcp)[a-z_]*\b|(^|[^a-z_:])nb::'

verb_layers() {
    local file module program path may found=0 vendor
    vendor=$(cat src/dialect/ublox/*.rs src/dialect/sequans/*.rs |
        { grep -oE '"\+(U|SQN)[A-Z]{2,}' || true; } | tr -d '"+' | sort -u | paste -sd '|')
    while read -r file; do
        module=${file#src/}
        module=${module%%/*}
        module=${module%.rs}
        may=$(allowed "$module")
        if [ "$may" = "?" ]; then
            echo "$file: module $module is unknown to ci.sh layers"
            found=1
        fi
        for path in $(crate_paths "$file"); do
            case " $module $may " in
            *" ${path%%::*} "* | *" $path "*) ;;
            *) echo "$file: names crate::$path" && found=1 ;;
            esac
        done
        # Arrows must be seen as `crate::`.
        if [ "$module" != lib ] && code "$file" | grep -nE 'super::super\b'; then
            echo "$file: climbs with super::super" && found=1
        fi
        if [[ $file =~ ^src/[a-z]+(/mod)?\.rs$ ]] && code "$file" | grep -nE '(^|[^(])super::'; then
            echo "$file: names its siblings by super::" && found=1
        fi
        case $module in
        asynch | edge | embassy_net | nb | no_std_net | ip | error | lib) ;;
        *) if code "$file" | grep -vE '#\[cfg\((any\()?feature' | grep -nE "$OUTSIDE"; then
            echo "$file: names a crate of the outside world" && found=1
        fi ;;
        esac
        case $module in
        at | engine | link | socket) if [ -n "$vendor" ] && code "$file" | grep -nE "\b($vendor)\b"; then
            echo "$file: holds a vendor's command" && found=1
        fi ;;
        esac
    done < <(files 'src/*.rs' | grep -vE '(^|/)tests(\.rs$|/)')
    # A test that no program names never runs.
    while read -r file; do
        module=${file##*/}
        program=${file%/*}/main.rs
        [ "$file" = "$program" ] || grep -qx "mod ${module%.rs};" "$program" || { echo "$file: $program does not name it" && found=1; }
    done < <(files 'tests/*/*.rs' 'modem-sim/tests/*/*.rs' | grep -v 'tests/common/')
    # An oracle must not share the parser that it judges.
    if grep -nE 'cellular[-_]nal' modem-sim/Cargo.toml $(files 'modem-sim/*.rs'); then
        echo "modem-sim: names the crate that it judges" && found=1
    fi
    [ $found -eq 0 ] || fail "layers: see above"
}

# ---------------------------------------------------------------------------------------------

verb_all() {
    local verb failed=() start
    for verb in $VERBS; do
        echo "== $verb"
        start=$SECONDS
        case $verb in
        # As much as a minute allows.
        fuzz) ./ci.sh fuzz 100000 ;;
        *) ./ci.sh "$verb" ;;
        esac || failed+=("$verb")
        echo "== $verb: $((SECONDS - start)) s"
    done
    [ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
    echo "all is well"
}

[ $# -gt 0 ] || { usage && exit 2; }
case $1 in
firmware) verb_firmware ;;
size) verb_size "${@:2}" ;;
stack) verb_stack "${@:2}" ;;
cycles) verb_cycles "${@:2}" ;;
conformance) verb_conformance "${@:2}" ;;
fuzz) verb_fuzz "${@:2}" ;;
*)
    for verb; do
        case " $VERBS all " in
        *" $verb "*) "verb_$verb" ;;
        *) usage && exit 2 ;;
        esac
    done
    ;;
esac
