#!/usr/bin/env bash
# Prints flash, static RAM and stack of the firmwares in DIRECTORY/TRIPLE/release and compares them with the budgets.
# report.sh size DIRECTORY [--write]            flash and static RAM, all targets
# report.sh stack DIRECTORY PROGRAM [--write]   stack, measured by PROGRAM (boards/stack), those that QEMU runs
set -euo pipefail
here=$(dirname "$0")
size_budget=$here/size-budget.txt
stack_budget=$here/stack-budget.txt
targets="thumbv7em-none-eabihf thumbv6m-none-eabi riscv32imc-unknown-none-elf"

# name, modem that is simulated, what the line carries at the start, connections to wait for, what a reader calls it
firmwares() {
    cat <<END
empty                    -       -     0 reset handler
async_empty              -       -     0 executor, timer and serial port, no modem
async_tcp_ublox          sara-r5 plain 3 async TCP client, SARA-R5
async_tcp_sequans        ryz014a plain 3 async TCP client, RYZ014A
async_tcp_auto           sara-r5 plain 3 async TCP client, whichever modem answers
async_tls_ublox          sara-r5 plain 3 async TLS client, SARA-R5
async_tls_sequans        ryz014a plain 3 async TLS client, RYZ014A
async_everything_ublox   sara-r5 plain 1 async, TCP, UDP, names and more, SARA-R5
async_everything_sequans ryz014a plain 1 async, TCP, UDP, names and more, RYZ014A
edge_tcp_ublox           sara-r5 plain 3 edge-nal TCP client, SARA-R5
edge_tcp_sequans         ryz014a plain 3 edge-nal TCP client, RYZ014A
nb_tcp_ublox             sara-r5 plain 3 nb TCP client, SARA-R5
nb_tcp_sequans           ryz014a plain 3 nb TCP client, RYZ014A
ppp_packets              sara-r5 ppp   0 PPP alone
mux_channels             sara-r5 mux   0 multiplexer alone
ip_tcp_wire              sara-r5 ppp   1 async TCP client by smoltcp over PPP, line already connected
ip_tcp_dialled           sara-r5 plain 1 async TCP client over PPP, SARA-R5 dialled
ip_tcp_multiplexed       sara-r5 plain 1 async TCP client over PPP and multiplexer, SARA-R5
all                      sara-r5 plain 1 all of it at once, whichever modem answers
END
}

# Sections that are programmed, and sections that take RAM; .data is both. The stack is in neither.
measure_size() {
    local triple name rest
    for triple in $targets; do
        firmwares | while read -r name rest; do
            size -A "$directory/$triple/release/$name" | awk -v key="$triple $name" '
                $1 ~ /^\.(vector_table|text|init\.rust|rodata|eh_frame|data)$/ { flash += $2 }
                $1 ~ /^\.(data|bss|uninit)$/ { ram += $2 }
                END { print key, flash, ram }'
        done
    done
}

# One run each, some at a time: they mostly wait for the modem.
measure_stack() {
    local triple name model line connections rest machine results
    results=$(mktemp)
    for triple in $targets; do
        case $triple in
        thumbv7em-*) machine=mps2-an386 ;;
        # QEMU has no Cortex-M0 with this board; a Cortex-M3 runs the same instructions.
        thumbv6m-*) machine=mps2-an385 ;;
        *) continue ;;
        esac
        firmwares | while read -r name model line connections rest; do
            [ "$model" = - ] ||
                echo "$triple $name $program $directory/$triple/release/$name $machine $model $line $connections"
        done
    done | xargs -P 3 -L 1 bash -c 'echo "$0 $1 $("${@:2}")"' >"$results"
    # In the order of the list, and not one missing.
    for triple in $targets; do
        firmwares | while read -r name rest; do
            grep "^$triple $name " "$results" || true
        done
    done
    rm "$results"
}

# What a firmware does not use must not be in it: nothing with these words in its symbols or texts.
lacks() {
    local bin=$1 triple word found
    for triple in $targets; do
        for word in "${@:2}"; do
            found=$({ nm -C "$directory/$triple/release/$bin" && strings -n 4 "$directory/$triple/release/$bin"; } |
                grep -m 1 -F -- "$word" || true)
            [ -z "$found" ] || { echo "$bin holds what it does not use: $found" >&2 && exit 1; }
        done
    done
}

# Puts lines of standard input between the marks in a file.
put_table() {
    local table
    table=$(mktemp)
    cat >"$table"
    awk -v table="$table" '
        $0 == "<!-- size -->" { print; inside = !inside; if (inside) while ((getline line <table) > 0) print line; next }
        !inside' "$1" >"$table.readme"
    cat "$table.readme" >"$1"
    rm -f "$table" "$table.readme"
}

# Both budgets, one line each firmware: flash, RAM and stack of each target, then the title.
rows() {
    local name title
    firmwares | while read -r name _ _ _ title; do
        awk -v name="$name" -v targets="$targets" -v title="$title" '
            /^#/ || $2 != name { next }
            FILENAME ~ /stack/ { stack[$1] = $3; next }
            { flash[$1] = $3; ram[$1] = $4 }
            END {
                n = split(targets, target, " ")
                for (i = 1; i <= n; i++) {
                    t = target[i]
                    printf "%s %s %s ", ((t in flash) ? flash[t] : "–"), ((t in ram) ? ram[t] : "–"), ((t in stack) ? stack[t] : "–")
                }
                print title
            }' "$size_budget" "$stack_budget"
    done
}

write_tables() {
    rows | awk '
        BEGIN { print "| firmware | flash | static RAM | stack |\n|---|---|---|---|" }
        NR > 1 { line = "| " $10; for (i = 11; i <= NF; i++) line = line " " $i; print line " | " $1 " | " $2 " | " $3 " |" }
    ' | put_table "$here/../../README.md"
    rows | awk '
        BEGIN {
            print "| firmware | Cortex-M4: flash | stack | Cortex-M0+: flash | stack | RISC-V: flash | static RAM |"
            print "|---|---|---|---|---|---|---|"
        }
        {
            line = "| " $10; for (i = 11; i <= NF; i++) line = line " " $i
            print line " | " $1 " | " $3 " | " $4 " | " $6 " | " $7 " | " $2 " |"
        }
    ' | put_table "$here/README.md"
}

compiler=$(/usr/bin/rustc --version)
# Prints what standard input has more than the budget $1 allows, $2 percent and $4 bytes above it, in $3 columns.
compare() {
    if ! grep -qF "$compiler." "$1"; then
        echo "note: this is $compiler; the budget was measured with another compiler"
    fi
    awk -v percent="$2" -v columns="$3" -v bytes="$4" '
        NR == FNR && !/^#/ { for (i = 3; i < 3 + columns; i++) budget[$1, $2, i] = $i; known[$1, $2] = 1 }
        NR == FNR { next }
        {
            over = ""
            for (i = 3; i < 3 + columns; i++) if ($i > budget[$1, $2, i] * (1 + percent / 100) + bytes) over = over " over " budget[$1, $2, i]
            if (!(($1, $2) in known)) over = " has no budget"
            if (over) failed = 1
            printf "%-30s %-26s %8d %8s%s\n", $1, $2, $3, (columns > 1 ? $4 : ""), over
        }
        END {
            if (failed) {
                printf "more than %d %% over the budget; where that is right: the same with --write\n", percent
                exit 1
            }
        }' "$1" -
}

what=$1 directory=$2
shift 2
case $what in
size)
    parts=(advance_online take_incoming begin_datagram next_header give_anything set_option on_line_of_ping UPING CEDRXS CSUS)
    lacks async_tcp_ublox "${parts[@]}" sequans SQNS detect smoltcp cmux
    lacks ip_tcp_wire Engine sequans ublox cmux
    lacks nb_tcp_ublox "${parts[@]}" sequans SQNS detect
    lacks async_tcp_sequans "${parts[@]}" ublox +USO detect
    if [ "${1:-}" = --write ]; then
        { echo "# Bytes of flash and of static RAM. Measured with $compiler." && measure_size; } >"$size_budget"
        write_tables
    fi
    measure_size | compare "$size_budget" 1 2 0
    # The goal is for 1 KiB to send from: smaller buffers are no way to reach it.
    send=$(sed -n 's/.*Resources<2, 1024, \([0-9]*\)>.*/\1/p' "$here/src/apps.rs" | head -n 1)
    measure_size | awk -v flash_goal=20480 -v ram_goal=6144 -v short=$((2 * (1024 - send))) '
        $1 ~ /^thumbv7em/ && $2 ~ /^async_tcp_[us]/ {
            printf "%s is %s the goal of %d and %d", $2, $3 <= flash_goal && $4 + short <= ram_goal ? "within" : "beyond",
                flash_goal, ram_goal
            if (short) printf " (RAM with 1 KiB to send: %d)", $4 + short
            print ""
        }'
    ;;
stack)
    program=$1
    measured=$(mktemp)
    measure_stack >"$measured"
    ! grep -vE ' [0-9]+$' "$measured" || { echo "not measured: see above" >&2 && exit 1; }
    if [ "${2:-}" = --write ]; then
        { echo "# Bytes of stack, measured in QEMU. Measured with $compiler." && cat "$measured"; } >"$stack_budget"
        write_tables
    fi
    # An interrupt takes a place of its own: it comes at the deepest point in one run and not in the other.
    compare "$stack_budget" 5 1 128 <"$measured"
    rm "$measured"
    ;;
esac
