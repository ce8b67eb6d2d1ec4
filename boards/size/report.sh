#!/usr/bin/env bash
# Prints flash and static RAM of the firmwares in a directory and compares them with the budget.
# report.sh DIRECTORY [--write]
set -euo pipefail
budget=$(dirname "$0")/size-budget.txt
bins="empty async_empty async_tcp_ublox async_tcp_sequans async_tcp_auto async_everything_ublox nb_tcp_ublox ip_tcp_wire ip_tcp_dialled ip_tcp_multiplexed"

# Sections that are programmed, and sections that take RAM; .data is both. The stack is in neither.
measure() {
    local bin
    for bin in $bins; do
        size -A "$1/$bin" | awk -v bin="$bin" '
            $1 ~ /^\.(vector_table|text|rodata|data)$/ { flash += $2 }
            $1 ~ /^\.(data|bss|uninit)$/ { ram += $2 }
            END { print bin, flash, ram }'
    done
}

# What a firmware does not use must not be in it: nothing with these words in its symbols or texts.
lacks() {
    local bin=$1 word found
    for word in "${@:2}"; do
        found=$({ nm -C "$directory/$bin" && strings -n 4 "$directory/$bin"; } | grep -m 1 -F -- "$word" || true)
        [ -z "$found" ] || { echo "$bin holds what it does not use: $found" >&2 && exit 1; }
    done
}
directory=$1
parts=(advance_online take_incoming begin_datagram next_header feed_on set_option)
lacks async_tcp_ublox "${parts[@]}" sequans SQNS detect smoltcp cmux
lacks ip_tcp_wire Engine sequans ublox cmux
lacks nb_tcp_ublox "${parts[@]}" sequans SQNS detect
lacks async_tcp_sequans "${parts[@]}" ublox +USO detect

# What a reader of the README calls these firmwares.
title() {
    case $1 in
    async_empty) echo "executor, timer and serial port, no modem" ;;
    async_tcp_ublox) echo "async TCP client, SARA-R5" ;;
    async_tcp_sequans) echo "async TCP client, RYZ014A" ;;
    async_tcp_auto) echo "async TCP client, whichever modem answers" ;;
    async_everything_ublox) echo "async, all of it, SARA-R5" ;;
    nb_tcp_ublox) echo "nb TCP client, SARA-R5" ;;
    ip_tcp_wire) echo "async TCP client by smoltcp over PPP, line already connected" ;;
    ip_tcp_dialled) echo "async TCP client over PPP, SARA-R5 dialled" ;;
    ip_tcp_multiplexed) echo "async TCP client over PPP and multiplexer, SARA-R5" ;;
    esac
}

# Puts the figures between the marks in the README.
write_table() {
    local table bin flash ram
    table=$(mktemp)
    {
        printf '| firmware | flash | static RAM |\n|---|---|---|\n'
        grep -v '^#' "$budget" | while read -r bin flash ram; do
            [ -z "$(title "$bin")" ] || printf "| %s | %d | %d |\n" "$(title "$bin")" "$flash" "$ram"
        done
    } >"$table"
    awk -v table="$table" '
        $0 == "<!-- size -->" { print; inside = !inside; if (inside) while ((getline line <table) > 0) print line; next }
        !inside' "$1" >"$table.readme"
    cat "$table.readme" >"$1"
    rm -f "$table" "$table.readme"
}

compiler=$(/usr/bin/rustc --version)
if [ "${2:-}" = --write ]; then
    {
        echo "# Bytes of flash and of static RAM. Measured with $compiler."
        measure "$1"
    } >"$budget"
    write_table "$(dirname "$0")/../../README.md"
fi
if ! grep -qF "$compiler." "$budget"; then
    echo "note: this is $compiler; the budget was measured with another compiler"
fi
# The goal is for 1 KiB to send from: smaller buffers are no way to reach it.
send=$(sed -n 's/.*Resources<2, 1024, \([0-9]*\)>.*/\1/p' "$(dirname "$0")/src/apps.rs" | head -n 1)
measure "$1" | awk -v flash_goal=20480 -v ram_goal=6144 -v short=$((2 * (1024 - send))) '
    NR == FNR && !/^#/ { flash[$1] = $2; ram[$1] = $3 }
    NR == FNR { next }
    FNR == 1 { empty = $2; printf "%-24s %8s %12s %11s\n", "firmware", "flash", "above empty", "static RAM" }
    {
        goal = ""
        if ($1 ~ /^async_tcp_[us]/) {
            goal = $2 <= flash_goal && $3 + short <= ram_goal ? "within" : "beyond"
            goal = "  " goal " the goal of " flash_goal " and " ram_goal
            if (short) goal = goal " (RAM with 1 KiB to send: " $3 + short ")"
        }
        printf "%-24s %8d %12d %11d%s\n", $1, $2, $2 - empty, $3, goal
        if (!($1 in flash)) over = over "  " $1 " has no budget\n"
        else if ($2 > flash[$1] * 1.01 || $3 > ram[$1] * 1.01)
            over = over sprintf("  %s: budget %d and %d\n", $1, flash[$1], ram[$1])
    }
    END {
        if (over) {
            printf "more than 1 %% over the budget:\n%swhere that is right: ./ci.sh size --write\n", over
            exit 1
        }
    }' "$budget" -
